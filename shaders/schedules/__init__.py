"""Tiles and widths: which a kernel uses by default, and which a tuner tries."""
