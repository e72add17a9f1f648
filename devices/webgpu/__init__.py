"""WebGPU by wgpu-py and wgpu-native: discovery, buffers, pipelines, replay."""
