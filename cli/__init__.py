"""Floor 5: the `delegant` command. Each file is one command over one Python function of the same name."""
