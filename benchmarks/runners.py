"""The systems that `peers.py` times, each behind the same three calls: make it, run it, close it.

Every runner lives in a child process of its own, so a peer that crashes or prints takes nothing with it.
"""
from __future__ import annotations

import ctypes
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Arrays = list[np.ndarray]
Run = Callable[[Arrays], Arrays]


@dataclass(frozen=True)
class Peer:
    """A system to time.

    Attributes:
        name: shown in the table.
        make: opens a model file and returns a function from inputs to outputs.
        options: keyword arguments for `make`.
    """

    name: str
    make: Callable[..., Run]
    options: dict[str, Any]


def _interpreter_run(interpreter: Any) -> Run:
    interpreter.allocate_tensors()
    inputs = [d["index"] for d in interpreter.get_input_details()]
    outputs = [d["index"] for d in interpreter.get_output_details()]

    def run(values: Arrays) -> Arrays:
        for index, value in zip(inputs, values, strict=True):
            interpreter.set_tensor(index, value)
        interpreter.invoke()
        return [interpreter.get_tensor(index) for index in outputs]

    return run


def litert(path: str, resolver: str, num_threads: int) -> Run:
    from ai_edge_litert.interpreter import Interpreter, OpResolverType

    kind = getattr(OpResolverType, resolver)
    return _interpreter_run(Interpreter(path, experimental_op_resolver_type=kind, num_threads=num_threads))


def litert_webgpu(path: str, float32: bool) -> Run:
    """LiteRT's own WebGPU accelerator (its newer API; `Interpreter` cannot use it)."""
    from ai_edge_litert.compiled_model import CompiledModel
    from ai_edge_litert.options import GpuOptions, HardwareAccelerator, Options

    options = Options(HardwareAccelerator.GPU, gpu_options=GpuOptions(enforce_f32=float32))
    model = CompiledModel.from_file(path, options=options)
    inputs, outputs = model.create_input_buffers(0), model.create_output_buffers(0)
    details = model.get_output_tensor_details(model.get_signature_by_index(0)["key"])
    sizes = [(tuple(d["shape"]), np.dtype(d["dtype"])) for d in details.values()]

    def run(values: Arrays) -> Arrays:
        for buffer, value in zip(inputs, values, strict=True):
            buffer.write(np.ascontiguousarray(value))
        model.run_by_index(0, inputs, outputs)
        read = [b.read(int(np.prod(s)), d.type) for b, (s, d) in zip(outputs, sizes, strict=True)]
        return [np.asarray(a).reshape(s) for a, (s, _) in zip(read, sizes, strict=True)]

    return run


def delegant(path: str, delegate: str | None) -> Run:
    from delegant import Interpreter

    return _interpreter_run(Interpreter(path, delegates=[delegate] if delegate else None))


def onnxruntime(path: str, num_threads: int) -> Run:
    """ONNX Runtime's processor back end, on the same network as `onnx_export` writes it."""
    from onnx_export import to_onnx
    from onnxruntime import InferenceSession, SessionOptions

    options = SessionOptions()
    options.intra_op_num_threads = num_threads
    session = InferenceSession(to_onnx(Path(path).read_bytes()), options, providers=["CPUExecutionProvider"])
    names = [value.name for value in session.get_inputs()]

    def run(values: Arrays) -> Arrays:
        return session.run(None, dict(zip(names, values, strict=True)))

    return run


def onnxruntime_cuda(path: str) -> Run:
    """ONNX Runtime on NVIDIA's GPUs (`pip install onnxruntime-gpu`), in float32 proper, not TF32."""
    import onnxruntime
    from onnx_export import to_onnx

    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        raise RuntimeError("this ONNX Runtime has no CUDA: pip install onnxruntime-gpu")
    if hasattr(onnxruntime, "preload_dlls"):
        onnxruntime.preload_dlls()  # CUDA's and cuDNN's libraries, where pip installed them
    provider = ("CUDAExecutionProvider", {"use_tf32": "0"})
    session = onnxruntime.InferenceSession(to_onnx(Path(path).read_bytes()), providers=[provider])
    if session.get_providers()[0] != provider[0]:
        raise RuntimeError("ONNX Runtime could not open CUDA")
    names = [value.name for value in session.get_inputs()]

    def run(values: Arrays) -> Arrays:
        return session.run(None, dict(zip(names, values, strict=True)))

    return run


def tinygrad_cuda(path: str) -> Run:
    """tinygrad's back end for NVIDIA's GPUs."""
    os.environ["DEV"] = "CUDA"
    return _tinygrad_run(path)


def tinygrad_opencl(path: str) -> Run:
    """tinygrad on the OpenCL device that Delegant would take, beside pyopencl and by the same loader, so that PoCL is
    repaired for both (see `devices/opencl/pocl.py`). BEAM=2 and the like in the environment count."""
    from delegant.devices.discovery import open_device

    handle = open_device("opencl")._opened.handle  # type: ignore[attr-defined]
    os.environ["DEV"] = "CL"
    if library := _loaded_library("libOpenCL"):
        os.environ["OPENCL_PATH"] = library
    from tinygrad.runtime.autogen import opencl
    from tinygrad.runtime.ops_cl import CLDevice

    CLDevice.device_ids = (opencl.cl_device_id * 1)(ctypes.cast(handle.int_ptr, opencl.cl_device_id))
    return _tinygrad_run(path)


def tinygrad_cpu(path: str) -> Run:
    """tinygrad's own back end for processors, which compiles with clang; CPU_COUNT threads."""
    os.environ["DEV"] = "CPU"
    return _tinygrad_run(path)


def _tinygrad_run(path: str) -> Run:
    """tinygrad's ONNX front end under its JIT: two runs record it, the third replays."""
    from onnx_export import to_onnx
    from tinygrad import Tensor, TinyJit
    from tinygrad.nn.onnx import OnnxRunner

    network = Path(path).with_name(f"tinygrad-{os.getpid()}.onnx")
    network.write_bytes(to_onnx(Path(path).read_bytes()))
    runner = OnnxRunner(network)
    names = list(runner.graph_inputs)

    @TinyJit
    def replay(*tensors: Any) -> list[Any]:
        return [y.contiguous().realize() for y in runner(dict(zip(names, tensors, strict=True))).values()]

    def run(values: Arrays) -> Arrays:
        tensors = [Tensor(np.ascontiguousarray(value)).realize() for value in values]
        return [y.numpy() for y in replay(*tensors)]

    zeros = [np.zeros(tuple(spec.shape), np.float32) for spec in runner.graph_inputs.values()]
    for _ in range(3):
        run(zeros)
    return run


def _loaded_library(name: str) -> str:
    """The path of a shared library that this process has loaded, on Linux; "" elsewhere."""
    maps = Path("/proc/self/maps")
    lines = maps.read_text().splitlines() if maps.exists() else []
    return next((line.split(maxsplit=5)[5] for line in lines if name in line), "")


PEERS = (
    Peer("LiteRT BUILTIN_REF", litert, {"resolver": "BUILTIN_REF", "num_threads": 1}),
    Peer("LiteRT optimised, 1 thread", litert, {"resolver": "BUILTIN_WITHOUT_DEFAULT_DELEGATES", "num_threads": 1}),
    Peer("LiteRT XNNPACK, 1 thread", litert, {"resolver": "AUTO", "num_threads": 1}),
    Peer("LiteRT XNNPACK, 2 threads", litert, {"resolver": "AUTO", "num_threads": 2}),
    Peer("LiteRT WebGPU, float32", litert_webgpu, {"float32": True}),
    Peer("LiteRT WebGPU, float16", litert_webgpu, {"float32": False}),
    Peer("ONNX Runtime CPU, 1 thread", onnxruntime, {"num_threads": 1}),
    Peer("ONNX Runtime CPU, 2 threads", onnxruntime, {"num_threads": 2}),
    Peer("ONNX Runtime CUDA", onnxruntime_cuda, {}),
    Peer("tinygrad OpenCL", tinygrad_opencl, {}),
    Peer("tinygrad CUDA", tinygrad_cuda, {}),
    Peer("tinygrad CPU", tinygrad_cpu, {}),
    Peer("Delegant CPU", delegant, {"delegate": None}),
    Peer("Delegant OpenCL", delegant, {"delegate": "opencl"}),
    Peer("Delegant WebGPU", delegant, {"delegate": "webgpu"}),
)
