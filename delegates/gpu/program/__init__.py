"""What a graph is lowered to: values in memory, operations, the steps that fuse into them."""
