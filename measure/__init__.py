"""Floor 5: look at a model and a machine: run, compare, time, explain, summarise, diagnose. One file per command."""
