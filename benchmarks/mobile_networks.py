"""MobileNet V1, V2, V3-small and EfficientNet-B0, with the operators Keras' versions have after conversion."""

from __future__ import annotations

from seeded_builder import GATE_SCALE, SWISH_SCALE, SeededBuilder, make_divisible

from delegant.core.build.builder import BuilderTensor


def mobilenet_v1(*, softmax: bool = True, seed: int = 0) -> bytes:
    """MobileNet V1, width 1.0, 224x224x3 -> 1000 (Howard et al. 2017)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 224, 224, 3))
    x = m.conv(image, 32, 3, 2, "RELU6")
    for filters, stride in [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2),
                            (1024, 1)]:  # fmt: skip
        x = m.depthwise(x, 3, stride, "RELU6")
        x = m.conv(x, filters, activation="RELU6")
    x = m.mean(x, [1, 2], keep_dims=True)
    x = m.reshape(m.conv(x, 1000), (1, 1000))
    return m.finish(image, x, softmax=softmax)


def mobilenet_v2(*, softmax: bool = True, seed: int = 0) -> bytes:
    """MobileNet V2, width 1.0, 224x224x3 -> 1000 (Sandler et al. 2018)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 224, 224, 3))
    x = m.conv(image, 32, 3, 2, "RELU6")
    stages = [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]
    for expansion, filters, repeats, first_stride in stages:
        for i in range(repeats):
            x = _inverted_residual(m, x, expansion, filters, first_stride if i == 0 else 1)
    x = m.mean(m.conv(x, 1280, activation="RELU6", padding="VALID"), [1, 2])
    return m.finish(image, m.dense(x, 1000), softmax=softmax)


def _inverted_residual(m: SeededBuilder, x: BuilderTensor, expansion: int, filters: int, stride: int) -> BuilderTensor:
    y = m.conv(x, x.shape[3] * expansion, activation="RELU6") if expansion > 1 else x
    y = m.depthwise(y, 3, stride, "RELU6")
    y = m.conv(y, filters)
    return m.add(x, y) if x.shape == y.shape else y


def mobilenet_v3_small(*, softmax: bool = True, seed: int = 0) -> bytes:
    """MobileNet V3 small, width 1.0, 224x224x3 (0 to 255) -> 1000 (Howard et al. 2019)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 224, 224, 3))
    x = m.add(m.mul(image, m.scalar("scale", 1 / 127.5)), m.scalar("offset", -1.0))
    x = m.hard_swish(m.conv(x, 16, 3, 2, scale=SWISH_SCALE))
    blocks = [  # expanded channels, filters, kernel, stride, squeeze and excite, hard swish
        (16, 16, 3, 2, True, False), (72, 24, 3, 2, False, False), (88, 24, 3, 1, False, False),
        (96, 40, 5, 2, True, True), (240, 40, 5, 1, True, True), (240, 40, 5, 1, True, True),
        (120, 48, 5, 1, True, True), (144, 48, 5, 1, True, True), (288, 96, 5, 2, True, True),
        (576, 96, 5, 1, True, True), (576, 96, 5, 1, True, True),
    ]  # fmt: skip
    for block in blocks:
        x = _bottleneck_v3(m, x, *block)
    x = m.mean(m.hard_swish(m.conv(x, 576, scale=SWISH_SCALE)), [1, 2], keep_dims=True)
    x = m.hard_swish(m.conv(x, 1024, scale=SWISH_SCALE))
    return m.finish(image, m.reshape(m.conv(x, 1000), (1, 1000)), softmax=softmax)


def _bottleneck_v3(
    m: SeededBuilder, x: BuilderTensor, expanded: int, filters: int, kernel: int, stride: int, excite: bool, hard: bool
) -> BuilderTensor:
    fused, scale = ("NONE", SWISH_SCALE) if hard else ("RELU", 1.0)
    y = x
    if expanded != x.shape[3]:
        y = m.conv(y, expanded, activation=fused, scale=scale)
        y = m.hard_swish(y) if hard else y
    y = m.depthwise(y, kernel, stride, fused, scale)
    y = m.hard_swish(y) if hard else y
    if excite:
        s = m.mean(y, [1, 2], keep_dims=True)
        s = m.conv(s, make_divisible(expanded / 4), activation="RELU")
        s = m.conv(s, expanded, activation="RELU6", bias_offset=3.0)
        y = m.mul(y, m.mul(s, m.scalar("sixth", 1 / 6)))
    y = m.conv(y, filters, scale=GATE_SCALE if excite else 1.0)
    return m.add(x, y) if x.shape == y.shape else y


def efficientnet_b0(*, softmax: bool = True, seed: int = 0) -> bytes:
    """EfficientNet-B0, 224x224x3 -> 1000 (Tan and Le 2019)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 224, 224, 3))
    x = m.swish(m.conv(image, 32, 3, 2, scale=SWISH_SCALE))
    stages = [  # expansion, filters, kernel, first stride, repeats
        (1, 16, 3, 1, 1), (6, 24, 3, 2, 2), (6, 40, 5, 2, 2), (6, 80, 3, 2, 3), (6, 112, 5, 1, 3), (6, 192, 5, 2, 4),
        (6, 320, 3, 1, 1),
    ]  # fmt: skip
    for expansion, filters, kernel, first_stride, repeats in stages:
        for i in range(repeats):
            x = _efficient_block(m, x, expansion, filters, kernel, first_stride if i == 0 else 1)
    x = m.mean(m.swish(m.conv(x, 1280, scale=SWISH_SCALE)), [1, 2])
    return m.finish(image, m.dense(x, 1000), softmax=softmax)


def _efficient_block(
    m: SeededBuilder, x: BuilderTensor, expansion: int, filters: int, kernel: int, stride: int
) -> BuilderTensor:
    channels = x.shape[3]
    y = m.swish(m.conv(x, channels * expansion, scale=SWISH_SCALE)) if expansion > 1 else x
    y = m.swish(m.depthwise(y, kernel, stride, scale=SWISH_SCALE))
    s = m.mean(y, [1, 2], keep_dims=True)
    s = m.swish(m.conv(s, max(1, channels // 4)))
    s = m.logistic(m.conv(s, channels * expansion))
    y = m.conv(m.mul(y, s), filters, scale=GATE_SCALE)
    return m.add(y, x) if x.shape == y.shape else y
