"""Models made in Python."""
