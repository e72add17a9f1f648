"""A profile as trace events, the JSON that chrome://tracing and Perfetto read.

After Google's "Trace Event Format" (docs.google.com/document/d/1CvAClvFfyA5R-PhYUmn5OOQtYMH4h6I0nSsKchNAySU). Complete
events ("ph": "X") have a begin `ts` and a duration `dur` in microseconds, on a track that `pid` and `tid` name; events
of one track lie beside each other or inside each other.
"""
from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .profile import KernelProfile, Profile

Event = dict[str, Any]
PROCESS = 1
CPU_TRACK = 1


def trace_events(profile: Profile) -> dict[str, Any]:
    """The trace of all runs: the CPU's track has invocations with their nodes and partitions inside, those of each
    subgraph that is called have a track of their own. The delegate's has its kernels, in the replay in which they were
    timed, which follows the run of their partition."""
    delegated = [k for k in profile.kernels if k.device != "cpu" and k.kernel != "partition"]
    tracks = {name: CPU_TRACK + 1 + i for i, name in enumerate(dict.fromkeys(k.device for k in delegated))}
    devices = {profile.target.name: profile.target.device}
    events = [_named("process_name", 0, f"delegant: {profile.model}"), _named("thread_name", CPU_TRACK, "CPU")]
    events += [_named("thread_name", tid, f"{name}: {devices.get(name, name)}") for name, tid in tracks.items()]
    called = sorted({k.subgraph for k in profile.kernels} - {0})
    places = {0: CPU_TRACK, **{subgraph: CPU_TRACK + 1 + len(tracks) + i for i, subgraph in enumerate(called)}}
    events += [_named("thread_name", places[subgraph], f"CPU: subgraph {subgraph}") for subgraph in called]
    events += _on_cpu(profile, places)
    for name, tid in tracks.items():
        events += _one_after_another(tid, [k for k in delegated if k.device == name])
    return {"traceEvents": events, "displayTimeUnit": "ms", "otherData": {"model": profile.model, "unit": "us"}}


def _named(what: str, tid: int, name: str) -> Event:
    return {"ph": "M", "name": what, "pid": PROCESS, "tid": tid, "args": {"name": name}}


def _complete(name: str, category: str, tid: int, start: float, duration: float, **args: Any) -> Event:
    times = {"ts": round(start, 3), "dur": round(duration, 3)}
    return {"ph": "X", "name": name, "cat": category, "pid": PROCESS, "tid": tid, **times, "args": args}


def _on_cpu(profile: Profile, places: Mapping[int, int]) -> Iterator[Event]:
    times = zip(profile.starts_us, profile.times_us, profile.replays_us, strict=True)
    for run, (start, duration, replays) in enumerate(times):
        yield _complete(f"invoke {run}", "invoke", CPU_TRACK, start, duration + replays, without_replays_us=duration)
    for partition in profile.partitions:
        name = f"partition {partition.number} on {partition.device}"
        for start, duration in zip(partition.starts_us, partition.times_us, strict=True):
            yield _complete(name, "partition", places[partition.subgraph], start, duration, nodes=partition.nodes)
    for kernel in profile.kernels:
        if kernel.device == "cpu" and kernel.partition is None:
            for start, duration in zip(kernel.starts_us, kernel.times_us, strict=True):
                yield _kernel_event(kernel, places[kernel.subgraph], start, duration)


def _one_after_another(tid: int, kernels: Sequence[KernelProfile]) -> Iterator[Event]:
    """Kernels of one device. Where the device overlaps two, the later one is shown from the end of the earlier."""
    spans = [
        (start, start + duration, kernel)
        for kernel in kernels
        for start, duration in zip(kernel.starts_us, kernel.times_us, strict=True)
    ]
    free = float("-inf")
    for start, end, kernel in sorted(spans, key=lambda span: span[:2]):
        begin = max(start, free)
        free = max(end, begin)
        yield _kernel_event(kernel, tid, begin, free - begin)


def _kernel_event(kernel: KernelProfile, tid: int, start: float, duration: float) -> Event:
    name = kernel.kernel if kernel.device != "cpu" else f"{kernel.kernel} {kernel.nodes[0]}"
    args = {"nodes": list(kernel.nodes), "ops": "+".join(kernel.ops), "median_us": round(kernel.median_us, 3)}
    return _complete(name, "node" if kernel.device == "cpu" else "kernel", tid, start, duration, **args)
