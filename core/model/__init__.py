"""The model file: read and checked, written, and loaded as graphs."""
