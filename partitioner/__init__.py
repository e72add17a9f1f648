"""Floor 3: who runs which node, and the report that says why. Knows no delegate in particular."""
