"""Partitions that delegates run, and what becomes of them when they fail."""
