"""Floor 1: model file, graph, CPU kernels, interpreter. Knows accelerators only through the contract in `delegate`."""
