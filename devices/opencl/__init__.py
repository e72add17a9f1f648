"""OpenCL: discovery, buffers, compiled programs, replay; what PoCL needs."""
