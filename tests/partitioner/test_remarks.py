"""What a delegate says of the nodes it runs is part of the placement."""

from __future__ import annotations

from collections.abc import Mapping

from fake_delegate import FakeDelegate, FakePartition, chain

import delegant
from delegant.core.delegate import CompiledPartition, Partition


class RemarkingPartition(FakePartition):
    def remarks(self) -> Mapping[int, tuple[str, str]]:
        return {1: ("fp16", f"shorter after {self.delegate.runs} runs")}


class RemarkingDelegate(FakeDelegate):
    def compile(self, partition: Partition) -> CompiledPartition:
        return RemarkingPartition(self, partition)


def test_remarks_are_those_of_now() -> None:
    delegate = RemarkingDelegate()
    with delegant.Interpreter(model_content=chain("TANH", "EXP", "NEG"), delegates=[delegate]) as interpreter:
        interpreter.allocate_tensors()
        places = [(p.rule, p.reason) for p in interpreter.placement[:2]]
        assert places == [("supported", ""), ("fp16", "shorter after 0 runs")]
        interpreter.invoke()
        (remark,) = interpreter.placement_report().remarks
    assert (remark.op, remark.nodes, remark.rule) == ("EXP", (1,), "fp16")
    assert remark.reason == f"shorter after {delegate.runs} runs" and delegate.runs > 0
