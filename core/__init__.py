"""Floor 1: the model file, the graph, the CPU kernels and the interpreter. Knows accelerators only through `delegate`."""
