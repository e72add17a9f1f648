"""Floor 5: the `delegant` command."""
