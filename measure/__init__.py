"""Floor 5: compare an accelerator with the CPU, and time both."""
