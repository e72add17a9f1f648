"""The GPU delegate: the pipeline from a partition to launches on a device, for every API of `devices`."""

from __future__ import annotations

from collections.abc import Callable

from ...core.delegate import CompiledPartition, Delegate, Partition, Verdict
from ...core.errors import DelegantError
from ...core.graph import Graph, Node
from ...devices.device import Device, DeviceInfo
from ...devices.plan import KernelSource, LaunchPlan
from ...shaders.device_class import DeviceClass
from .byte_check import refusal_of_bytes
from .emission.emit import emit, stored_singly
from .half_partition import HalfPartition
from .lower import judge
from .lower.checks import BYTES
from .lower.inline import flattened
from .lower.program import lower
from .options import Options
from .partition import GpuPartition
from .passes.attention import join_attention
from .passes.code_functions import join_code_functions
from .passes.dense_pictures import dense_pictures
from .passes.fuse import fuse
from .passes.keep_bytes import LACKING, UNWANTED, keep_bytes, multiplies_bytes, with_remarks
from .passes.keep_half import BEYOND, SINGLY, dequantizing, keep_half
from .passes.lane_teams import spread_lanes
from .passes.layer_norm import join_layer_norm
from .passes.patches import multiply_patches
from .passes.separate import separate
from .passes.shared_texts import share_texts
from .passes.strips import join_strips
from .passes.swish import join_swish
from .passes.winograd import join_winograd
from .program import ir
from .tuning.tuner import Tuner

NO_OPTIONS = Options()
MANY_BINDINGS = 2**31


def compile_plan(
    partition: Partition,
    info: DeviceInfo,
    tuner: Tuner | None = None,
    options: Options = NO_OPTIONS,
    beyond: frozenset[int] = frozenset(),
    announce: Callable[[KernelSource], None] = lambda kernel: None,
    no_bytes: str = "",
) -> tuple[ir.Program, LaunchPlan]:
    """The partition as a program, and that as a launch plan for a kind of device.

    Args:
        tuner: chooses schedules; None: all are the default ones.
        beyond: values that half floats cannot hold.
        announce: told of each kernel as soon as its text is known.
        no_bytes: why codes are not to be kept as bytes, if that is so.
    """
    program = join_attention(optimized(partition, options.widened), DeviceClass(info.device_class))
    no_bytes = no_bytes or ("" if multiplies_bytes(info) else LACKING)
    program = with_remarks(program, lambda value: no_bytes) if no_bytes else keep_bytes(program, info)
    device = DeviceClass(info.device_class)
    if not options.half:
        program = share_texts(multiply_patches(join_winograd(program, info), device), device)
    if tuner is not None:
        program = tuner.tuned(program)
    program = spread_lanes(program, device)
    if options.half:
        vetoed = options.wishes.nodes(partition.graph, partition.nodes)
        packs = info.language == "wgsl" and "fp16" not in info.features
        refused = dict.fromkeys(stored_singly(program, info) if packs else (), SINGLY) | dict.fromkeys(beyond, BEYOND)
        bindings = info.limits.get("max_storage_buffers", MANY_BINDINGS)
        program = keep_half(program, vetoed, refused, bindings, dequantizing(partition.graph, partition.nodes))
    program = join_strips(program if options.half else dense_pictures(program, info), info)
    return program, emit(program, info, announce)


def optimized(partition: Partition, widened: bool = False) -> ir.Program:
    """The partition as the fewest operations; `widened`: integer weights beside float activations become floats."""
    return separate(fuse(join_code_functions(join_swish(fuse(join_layer_norm(lower(partition, widened)))))))


class GpuDelegate(Delegate):
    """Runs partitions on one device.

    Attributes:
        tuner: what chooses the schedules of kernels by measurement, or None.
    """

    def __init__(self, name: str, open_device: Callable[[], Device], options: Options = NO_OPTIONS) -> None:
        """
        Raises:
            DeviceUnavailableError: there is no device to open.
        """
        self.name = name
        self._device = open_device()
        self.device = self._device.info.name
        self.is_software = self._device.info.is_software
        self._options = options
        self.tuner = None if options.tune is None else Tuner(self._device, options.tune)

    @property
    def info(self) -> DeviceInfo:
        """The device's description."""
        return self._device.info

    def supports(self, node: Node, graph: Graph) -> Verdict:
        return judge(node, graph, self._options.widened)

    def compile(self, partition: Partition) -> CompiledPartition:
        if self._options.half:
            return HalfPartition(lambda beyond: self._load(partition, beyond))
        return self._load(partition, frozenset())

    def _load(self, partition: Partition, beyond: frozenset[int]) -> GpuPartition:
        try:
            program, plan = self._plan(partition, beyond)
            return GpuPartition(self.name, program, plan, self._device.load(plan))
        except DelegantError as error:
            error.delegate = error.delegate or self.name
            error.nodes = error.nodes or partition.nodes
            raise

    def _plan(self, partition: Partition, beyond: frozenset[int]) -> tuple[ir.Program, LaunchPlan]:
        try:
            no_bytes = self._refusal_of_bytes(flattened(partition.graph))
            return compile_plan(
                partition, self.info, self.tuner, self._options, beyond, self._device.expect, no_bytes
            )
        except (ValueError, TypeError) as error:
            raise DelegantError(f"the partition fits no kernel of this release: {error}") from error

    def _refusal_of_bytes(self, graph: Graph) -> str:
        """Why codes are not kept as bytes, if a model has any; instructions are tried out before they are used.

        Raises:
            DelegantError: the user wants them kept so, and the device cannot.
        """
        if not any(tensor.type in BYTES for tensor in graph.tensors):
            return ""
        if self._options.bytes == "off":
            return UNWANTED
        refusal = refusal_of_bytes(self._device) if multiplies_bytes(self.info) else LACKING
        if refusal and self._options.bytes == "on":
            raise DelegantError(f"the option 'bytes' is 'on', but {refusal}")
        return refusal

    def close(self) -> None:
        self._device.close()
