"""Floor 2: what hardware is here, and how to run a launch plan on it. Knows no graphs and no operators."""
