"""ResNet-50, Inception V3 and a U-Net, with the operators Keras' versions have after conversion."""

from __future__ import annotations

from seeded_builder import SeededBuilder

from delegant.core.build.builder import BuilderTensor


def resnet_50(*, softmax: bool = True, seed: int = 0) -> bytes:
    """ResNet-50, 224x224x3 -> 1000 (He et al. 2015)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 224, 224, 3))
    x = m.pad(image, [(0, 0), (3, 3), (3, 3), (0, 0)])
    x = m.conv(x, 64, 7, 2, "RELU", "VALID")
    x = m.max_pool_2d(m.pad(x, [(0, 0), (1, 1), (1, 1), (0, 0)]), 3, stride=2)
    for filters, repeats, first_stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]:
        for i in range(repeats):
            x = _residual(m, x, filters, first_stride if i == 0 else 1, project=i == 0)
    return m.finish(image, m.dense(m.mean(x, [1, 2]), 1000), softmax=softmax)


def _residual(m: SeededBuilder, x: BuilderTensor, filters: int, stride: int, *, project: bool) -> BuilderTensor:
    shortcut = m.conv(x, 4 * filters, 1, stride, padding="VALID") if project else x
    y = m.conv(x, filters, 1, stride, "RELU", "VALID")
    y = m.conv(y, filters, 3, 1, "RELU")
    y = m.conv(y, 4 * filters, padding="VALID", scale=0.3)  # a sum of 16 branches stays small
    return m.add(shortcut, y, activation="RELU")


def inception_v3(*, softmax: bool = True, seed: int = 0) -> bytes:
    """Inception V3, 299x299x3 -> 1000 (Szegedy et al. 2015)."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 299, 299, 3))
    x = m.conv(image, 32, 3, 2, "RELU", "VALID")
    x = m.conv(x, 32, 3, 1, "RELU", "VALID")
    x = m.max_pool_2d(m.conv(x, 64, 3, 1, "RELU"), 3, stride=2)
    x = m.conv(x, 80, 1, 1, "RELU", "VALID")
    x = m.max_pool_2d(m.conv(x, 192, 3, 1, "RELU", "VALID"), 3, stride=2)
    for pooled in (32, 64, 64):
        x = _inception_a(m, x, pooled)
    x = _reduction_a(m, x)
    for width in (128, 160, 160, 192):
        x = _inception_b(m, x, width)
    x = _reduction_b(m, x)
    for _ in range(2):
        x = _inception_c(m, x)
    return m.finish(image, m.dense(m.mean(x, [1, 2]), 1000), softmax=softmax)


def _chain(m: SeededBuilder, x: BuilderTensor, *layers: tuple[int, int | tuple[int, int]]) -> BuilderTensor:
    """Convolutions of (filters, kernel), each with a rectifier."""
    for filters, kernel in layers:
        x = m.conv(x, filters, kernel, activation="RELU")
    return x


def _pooled(m: SeededBuilder, x: BuilderTensor, filters: int) -> BuilderTensor:
    return _chain(m, m.average_pool_2d(x, 3, stride=1, padding="SAME"), (filters, 1))


def _inception_a(m: SeededBuilder, x: BuilderTensor, pooled: int) -> BuilderTensor:
    branches = [
        _chain(m, x, (64, 1)),
        _chain(m, x, (48, 1), (64, 5)),
        _chain(m, x, (64, 1), (96, 3), (96, 3)),
        _pooled(m, x, pooled),
    ]
    return m.concatenation(branches)


def _reduction_a(m: SeededBuilder, x: BuilderTensor) -> BuilderTensor:
    direct = m.conv(x, 384, 3, 2, "RELU", "VALID")
    double = m.conv(_chain(m, x, (64, 1), (96, 3)), 96, 3, 2, "RELU", "VALID")
    return m.concatenation([direct, double, m.max_pool_2d(x, 3, stride=2)])


def _inception_b(m: SeededBuilder, x: BuilderTensor, width: int) -> BuilderTensor:
    branches = [
        _chain(m, x, (192, 1)),
        _chain(m, x, (width, 1), (width, (1, 7)), (192, (7, 1))),
        _chain(m, x, (width, 1), (width, (7, 1)), (width, (1, 7)), (width, (7, 1)), (192, (1, 7))),
        _pooled(m, x, 192),
    ]
    return m.concatenation(branches)


def _reduction_b(m: SeededBuilder, x: BuilderTensor) -> BuilderTensor:
    direct = m.conv(_chain(m, x, (192, 1)), 320, 3, 2, "RELU", "VALID")
    seven = m.conv(_chain(m, x, (192, 1), (192, (1, 7)), (192, (7, 1))), 192, 3, 2, "RELU", "VALID")
    return m.concatenation([direct, seven, m.max_pool_2d(x, 3, stride=2)])


def _inception_c(m: SeededBuilder, x: BuilderTensor) -> BuilderTensor:
    direct = _chain(m, x, (320, 1))
    three = _chain(m, x, (384, 1))
    three = m.concatenation([_chain(m, three, (384, (1, 3))), _chain(m, three, (384, (3, 1)))])
    double = _chain(m, x, (448, 1), (384, 3))
    double = m.concatenation([_chain(m, double, (384, (1, 3))), _chain(m, double, (384, (3, 1)))])
    return m.concatenation([direct, three, double, _pooled(m, x, 192)])


def unet(*, softmax: bool = True, seed: int = 0) -> bytes:
    """A small U-Net (Ronneberger et al. 2015), 128x128x3 -> 128x128x4, upsampling in three different ways."""
    m = SeededBuilder(seed)
    image = m.input("input", (1, 128, 128, 3))
    x, skips = image, []
    for filters in (16, 32, 64):
        x = _chain(m, x, (filters, 3), (filters, 3))
        skips.append(x)
        x = m.max_pool_2d(x, 2)
    x = _chain(m, x, (128, 3), (128, 3))
    x = m.transpose_conv(x, m.weights((64, 2, 2, 128), 128))
    x = _chain(m, m.concatenation([x, skips[2]]), (64, 3), (64, 3))
    x = m.transpose_conv(x, m.weights((32, 3, 3, 64), 2 * 64))
    x = _chain(m, m.concatenation([x, skips[1]]), (32, 3), (32, 3))
    x = m.resize_bilinear(x, (128, 128), half_pixel_centers=True)
    x = _chain(m, m.concatenation([x, skips[0]]), (16, 3), (16, 3))
    return m.finish(image, m.conv(x, 4, padding="VALID"), softmax=softmax)
