"""The kernel language: a kernel is Python code that is run once while a builder listens."""
