"""What is done to a traced kernel: run in NumPy, counted, rewritten for shorter storage."""
