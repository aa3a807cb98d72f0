"""Test data and its checksum."""

_FNV_START = 0xCBF29CE484222325
_FNV_PRIME = 0x100000001B3
_CYCLE = bytes(range(256))


def run(size, seed):
    """`size` bytes, byte i = (i + seed) mod 256."""
    start = seed % 256
    return (_CYCLE * ((start + size) // 256 + 1))[start:start + size]


def make(pattern, size, frame, sequence):
    """The data of the frame with this index (from 0) and sequence number; None for the pattern `none`."""
    if pattern == "sequential":
        return run(size, frame)
    if pattern == "sequence":
        return run(size, sequence)
    if pattern == "index":
        return run(size, 0)
    if pattern == "zero":
        return bytes(size)
    if pattern == "ones":
        return b"\xff" * size
    if pattern.startswith("byte:"):
        return bytes([int(pattern[5:], 0)]) * size
    if pattern == "none":
        return None
    raise ValueError(f"unknown pattern {pattern}")


class Fnv1a:
    """FNV-1a, 64 bits, over everything added."""

    def __init__(self):
        self._hash = _FNV_START

    def add(self, data):
        value = self._hash
        for byte in data:
            value = ((value ^ byte) * _FNV_PRIME) & 0xFFFFFFFFFFFFFFFF
        self._hash = value

    def hex(self):
        return f"{self._hash:016x}"


def fnv1a(data):
    total = Fnv1a()
    total.add(data)
    return total.hex()
