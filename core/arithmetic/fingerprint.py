"""FarmHash's 64-bit fingerprint of a byte string.

Source: Geoff Pike, FarmHash (2014), the portable function `farmhashna::Hash64`.
"""
from __future__ import annotations

_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F
_MASK = (1 << 64) - 1
_SEED = 81
Pair = tuple[int, int]


def fingerprint64(data: bytes) -> int:
    """The fingerprint as an unsigned number."""
    if len(data) <= 16:
        return _up_to_16(data)
    if len(data) <= 32:
        return _up_to_32(data)
    return _up_to_64(data) if len(data) <= 64 else _long(data)


def _word(data: bytes, at: int, size: int = 8) -> int:
    """The little-endian number at a position; negative positions count from the end."""
    at += len(data) if at < 0 else 0
    return int.from_bytes(data[at : at + size], "little")


def _rotate(value: int, count: int) -> int:
    value &= _MASK
    return (value >> count) | (value << (64 - count)) & _MASK


def _shift_mix(value: int) -> int:
    value &= _MASK
    return value ^ (value >> 47)


def _mix(u: int, v: int, multiplier: int) -> int:
    u, v = u & _MASK, v & _MASK
    a = _shift_mix((u ^ v) * multiplier)
    return _shift_mix((v ^ a) * multiplier) * multiplier & _MASK


def _up_to_16(data: bytes) -> int:
    n = len(data)
    multiplier = _K2 + 2 * n
    if n >= 8:
        a, b = _word(data, 0) + _K2, _word(data, -8)
        return _mix(_rotate(b, 37) * multiplier + a, (_rotate(a, 25) + b) * multiplier, multiplier)
    if n >= 4:
        return _mix(n + (_word(data, 0, 4) << 3), _word(data, -4, 4), multiplier)
    if n == 0:
        return _K2
    y, z = data[0] + (data[n >> 1] << 8), n + (data[-1] << 2)
    return _shift_mix((y * _K2) ^ (z * _K0)) * _K2 & _MASK


def _up_to_32(data: bytes) -> int:
    multiplier = _K2 + 2 * len(data)
    a, b, c, d = _word(data, 0) * _K1, _word(data, 8), _word(data, -8) * multiplier, _word(data, -16) * _K2
    return _mix(_rotate(a + b, 43) + _rotate(c, 30) + d, a + _rotate(b + _K2, 18) + c, multiplier)


def _up_to_64(data: bytes) -> int:
    multiplier = _K2 + 2 * len(data)
    a, b, c, d = _word(data, 0) * _K2, _word(data, 8), _word(data, -8) * multiplier, _word(data, -16) * _K2
    y = _rotate(a + b, 43) + _rotate(c, 30) + d
    z = _mix(y, a + _rotate(b + _K2, 18) + c, multiplier)
    e, f = _word(data, 16) * multiplier, _word(data, 24)
    g, h = (y + _word(data, -32)) * multiplier, (z + _word(data, -24)) * multiplier
    return _mix(_rotate(e + f, 43) + _rotate(g, 30) + h, e + _rotate(f + a, 18) + g, multiplier)


def _weak_hash(block: bytes, a: int, b: int) -> Pair:
    """Two numbers from 32 bytes and two seeds."""
    w, x, y, z = (_word(block, i) for i in (0, 8, 16, 24))
    a += w
    b = _rotate(b + a + z, 21)
    return a + x + y + z & _MASK, b + _rotate(a + x + y, 44) + a & _MASK


def _long(data: bytes) -> int:
    x, y = _SEED * _K2, _SEED * _K1 + 113
    z = _shift_mix(y * _K2 + 113) * _K2
    state = x + _word(data, 0), y, z, (0, 0), (0, 0)
    last = (len(data) - 1) // 64 * 64
    for at in range(0, last, 64):
        state = _absorb(data[at : at + 64], *state, _K1, 1)
    x, y, z, v, w = state
    multiplier = _K1 + ((z & 0xFF) << 1)
    w = w[0] + (len(data) - 1 & 63), w[1]
    v = v[0] + w[0] & _MASK, v[1]
    w = w[0] + v[0] & _MASK, w[1]
    x, y, z, v, w = _absorb(data[-64:], x, y, z, v, w, multiplier, 9)
    first = _mix(v[0], w[0], multiplier) + _shift_mix(y) * _K0 + z
    return _mix(first, _mix(v[1], w[1], multiplier) + x, multiplier)


def _absorb(
    block: bytes, x: int, y: int, z: int, v: Pair, w: Pair, multiplier: int, weight: int
) -> tuple[int, int, int, Pair, Pair]:
    """Take 64 bytes into the state."""
    x = _rotate(x + y + v[0] + _word(block, 8), 37) * multiplier
    y = _rotate(y + v[1] + _word(block, 48), 42) * multiplier
    x = (x ^ (w[1] * weight)) & _MASK
    y = y + v[0] * weight + _word(block, 40) & _MASK
    z = _rotate(z + w[0], 33) * multiplier & _MASK
    v = _weak_hash(block[:32], v[1] * multiplier, x + w[0])
    w = _weak_hash(block[32:], z + w[1], y + _word(block, 16))
    return z, y, x, v, w
