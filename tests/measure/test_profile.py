"""A profile names every node once, its times add up, and its trace keeps the rules of the trace event format."""
from __future__ import annotations

import json
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from control_models import WIDTH, loop
from fake_delegate import FakeDelegate, chain

import delegant
from delegant.core.build.builder import ModelBuilder
from delegant.core.delegate import Delegate
from delegant.measure.profile import Profile
from delegant.measure.trace import trace_events


def fused_and_mixed() -> bytes:
    """A convolution with a function, a reshape that moves nothing, two nodes for the CPU (complex numbers), a TANH."""
    rng = np.random.default_rng(0)
    m = ModelBuilder()
    x = m.input("x", (1, 6, 6, 8))
    y = m.conv_2d(x, rng.standard_normal((8, 1, 1, 8)).astype(np.float32), np.zeros(8, np.float32))
    y = m.reshape(m.op("ABS", [y]), (1, 36, 8))
    y = m.op("CAST", [y], dtype="complex64")
    m.output(m.tanh(m.op("COMPLEX_ABS", [y], dtype="float32")))
    return m.to_bytes()


def assert_adds_up(profile: Profile) -> None:
    assert sum(k.share for k in profile.kernels) == pytest.approx(1)
    assert sum(op.share for op in profile.ops) == pytest.approx(1)
    assert sum(op.median_us for op in profile.ops) == pytest.approx(sum(k.median_us for k in profile.kernels))
    for kernel in profile.kernels:
        assert len(kernel.times_us) == len(kernel.starts_us) == profile.runs
        assert min(kernel.times_us) <= kernel.median_us <= max(kernel.times_us) and min(kernel.times_us) >= 0


def test_kernels_are_told_by_the_nodes_that_they_compute(delegate: Delegate) -> None:
    profile = delegant.profile(fused_and_mixed(), delegate, runs=3)
    assert_adds_up(profile)
    ops = {op.ops: op for op in profile.ops}
    assert ops["CONV_2D", "ABS"].nodes == 2 and ops["CONV_2D", "ABS"].device == delegate.name
    assert ops["COMPLEX_ABS",].device == "cpu" and ops["TANH",].device == delegate.name
    first, second = profile.partitions
    assert (first.nodes, first.without_kernel, second.nodes, second.without_kernel) == (3, 1, 1, 0)
    for partition in profile.partitions:
        inside = [k for k in profile.kernels if k.partition == partition.number]
        assert partition.profiled and inside and all(k.median_us > 0 for k in inside if k.nodes)
        assert partition.kernels_us > 0 and partition.wall_us > 0
    assert profile.target.name == delegate.name and profile.invoke_us > sum(p.wall_us for p in profile.partitions) / 2


def test_on_the_cpu_every_node_is_timed() -> None:
    profile = delegant.profile(fused_and_mixed(), runs=2)
    assert_adds_up(profile)
    assert [(k.kernel, k.nodes, k.device) for k in profile.kernels] == [
        (name, (i,), "cpu") for i, name in enumerate(["CONV_2D", "ABS", "RESHAPE", "CAST", "COMPLEX_ABS", "TANH"])
    ]
    assert profile.partitions == ()


def test_a_delegate_that_cannot_tell_is_timed_as_a_whole() -> None:
    profile = delegant.profile(chain("TANH", "EXP", "NEG", "TANH"), FakeDelegate(seconds=0.002), runs=3)
    assert_adds_up(profile)
    assert [(k.kernel, k.device, k.nodes, k.partition) for k in profile.kernels] == [
        ("partition", "fake", (0, 1), 0), ("NEG", "cpu", (2,), None), ("partition", "fake", (3,), 1),
    ]  # fmt: skip
    assert profile.kernels[0].median_us >= 2000
    assert [(p.profiled, p.kernels_us, p.without_kernel) for p in profile.partitions] == [(False, 0, 0)] * 2


def test_what_auto_took_back_is_shown_on_the_cpu() -> None:
    profile = delegant.profile(chain("TANH", "EXP"), FakeDelegate(seconds=0.02), policy="auto", runs=2)
    assert [(k.device, k.nodes) for k in profile.kernels] == [("cpu", (0, 1))]
    assert profile.partitions[0].device == "cpu"


def test_numbers_of_runs_are_checked() -> None:
    for wrong in ({"runs": 0}, {"warmup": -1}):
        with pytest.raises(ValueError, match="at least"):
            delegant.profile(chain("TANH"), **wrong)


# ------------------------------------------------------------------------------------------------- the trace


def assert_valid(trace: dict[str, Any]) -> None:
    """The rules of the format: known phases, numbers for times, named tracks, events that nest."""
    names = {(e["pid"], e["tid"]): e["args"]["name"] for e in trace["traceEvents"] if e["name"] == "thread_name"}
    tracks = defaultdict(list)
    for event in trace["traceEvents"]:
        assert event["ph"] in ("X", "M") and isinstance(event["name"], str) and isinstance(event["args"], dict)
        if event["ph"] == "X":
            assert event["ts"] >= 0 and event["dur"] >= 0 and isinstance(event["cat"], str)
            tracks[event["pid"], event["tid"]].append((event["ts"], event["ts"] + event["dur"]))
    assert set(tracks) == set(names) and len(set(names.values())) == len(names)
    for spans in tracks.values():
        open_until: list[float] = []
        for begin, end in sorted(spans, key=lambda span: (span[0], -span[1])):
            while open_until and open_until[-1] <= begin + 0.002:  # times are rounded to a nanosecond
                open_until.pop()
            assert not open_until or end <= open_until[-1] + 0.002
            open_until.append(end)


def test_the_trace_has_a_track_for_the_cpu_and_one_for_the_device(delegate: Delegate, tmp_path: Path) -> None:
    profile = delegant.profile(fused_and_mixed(), delegate, runs=4)
    profile.save_trace(tmp_path / "trace.json")
    trace = json.loads((tmp_path / "trace.json").read_text())
    assert_valid(trace)
    by_category = defaultdict(list)
    for event in trace["traceEvents"]:
        by_category[event.get("cat")].append(event)
    kernels = [k for k in profile.kernels if k.device == delegate.name]
    assert len(by_category["kernel"]) == 4 * len(kernels) and len(by_category["invoke"]) == 4
    assert len(by_category["partition"]) == 8
    assert [e["name"] for e in by_category["node"]] == ["CAST 3"] * 4 + ["COMPLEX_ABS 4"] * 4
    assert {e["name"] for e in by_category["kernel"]} == {k.kernel for k in kernels}
    assert all(delegate.device in e["args"]["name"] for e in by_category[None] if e["tid"] == 2)


def test_subgraphs_have_tracks_of_their_own(delegate: Delegate) -> None:
    inputs = [np.int32([3]), np.ones((4, WIDTH), np.float32)]
    trace = trace_events(delegant.profile(loop(dense=True), delegate, inputs, runs=2))
    assert_valid(trace)
    tracks = {e["tid"]: e["args"]["name"] for e in trace["traceEvents"] if e["name"] == "thread_name"}
    nodes = [(tracks[e["tid"]], e["name"]) for e in trace["traceEvents"] if e.get("cat") in ("node", "partition")]
    expected = {
        ("CPU", "WHILE 0"): 2, ("CPU: subgraph 1", "GREATER 0"): 8, ("CPU: subgraph 2", "SUB 0"): 6,
        ("CPU: subgraph 2", f"partition 0 on {delegate.name}"): 6,
    }  # fmt: skip
    assert Counter(nodes) == expected


def test_kernels_that_a_device_overlaps_are_shown_one_after_another() -> None:
    from delegant.measure.profile import KernelProfile
    from delegant.measure.session import Target

    def kernel(start: float, time: float) -> KernelProfile:
        return KernelProfile("k", "gpu", 0, (0,), ("ADD",), (start,), (time,), time, 0.5)

    kernels, once = (kernel(1, 4), kernel(3, 5)), (0.0,)
    profile = Profile("m", Target("gpu", "a GPU", False), 1, 9.0, once, (9.0,), once, kernels, (), ())
    trace = trace_events(profile)
    assert_valid(trace)
    assert [(e["ts"], e["dur"]) for e in trace["traceEvents"] if e.get("cat") == "kernel"] == [(1, 4), (5, 3)]
