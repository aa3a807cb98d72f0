"""VOID shared memory V2: header profiles, validation and decoding. Nothing here is published by its author."""

import struct

from .lines import PeerError

MAGIC = 0x44494F56
VERSION = 2
FIELDS = ("magic", "version", "header_size", "channels", "length", "epoch", "frame", "owner_app", "owner_project",
          "owner_node")
_NUMBERS = FIELDS[:7]

# Formats of the seven numbers in order, and the packing (0: natural alignment).
_PROFILES = {
    "canon": ("IIIIIQQ", 0), "A": ("IIIIIQQ", 0), "B": ("IIIIIIQ", 0), "C": ("IIIIIII", 0), "D": ("IIIIIQQ", 1),
    "E": ("IHHIIIQ", 0), "F": ("IIIQQQQ", 0), "G": ("IIIIIQI", 0)}


class Profile:
    """Offsets and widths of one layout; all strings have the same capacity."""

    def __init__(self, name="canon", capacity=64, endian="<"):
        if name not in _PROFILES:
            raise PeerError("bad-command", f"unknown profile {name}; known: {' '.join(_PROFILES)}")
        formats, packing = _PROFILES[name]
        self.name, self.capacity, self._endian = name, capacity, endian
        self._formats = dict(zip(_NUMBERS, formats))
        self.wide_frame = self._formats["frame"] == "Q"
        self.offsets, position, widest = {}, 0, 1
        for field, code in self._formats.items():
            width = struct.calcsize("<" + code)
            step = 1 if packing else width
            position = (position + step - 1) // step * step
            self.offsets[field] = position
            position += width
            widest = max(widest, step)
        for field in FIELDS[7:]:
            self.offsets[field] = position
            position += capacity
        self.header_size = (position + widest - 1) // widest * widest

    def number(self, data, field):
        return struct.unpack_from(self._endian + self._formats[field], data, self.offsets[field])[0]

    def text(self, data, field):
        start = self.offsets[field]
        return bytes(data[start:start + self.capacity]).split(b"\0")[0].decode("utf-8", "replace")

    def put_number(self, data, field, value):
        struct.pack_into(self._endian + self._formats[field], data, self.offsets[field], value)

    def put_text(self, data, field, value):
        """Cuts at the capacity, keeps whole characters and a terminating zero."""
        encoded = value.encode()[:self.capacity - 1].decode("utf-8", "ignore").encode()
        start = self.offsets[field]
        data[start:start + self.capacity] = encoded.ljust(self.capacity, b"\0")

    def header(self, data):
        return {**{field: self.number(data, field) for field in _NUMBERS},
                **{field: self.text(data, field) for field in FIELDS[7:]}}

    def check(self, data, size):
        """Raises the validity error of a header; `size` is that of the whole segment."""
        if len(data) < self.header_size:
            raise PeerError("too-small", f"{len(data)} bytes, a header has {self.header_size}")
        if self.number(data, "magic") != MAGIC:
            raise PeerError("bad-magic", f"magic {self.number(data, 'magic'):#010x}, not {MAGIC:#010x}")
        if self.number(data, "version") != VERSION:
            raise PeerError("bad-version", f"version {self.number(data, 'version')}")
        if self.number(data, "header_size") != self.header_size:
            said = self.number(data, "header_size")
            raise PeerError("bad-header-size", f"header_size {said}, not {self.header_size}")
        channels, length = self.number(data, "channels"), self.number(data, "length")
        if channels < 1 or length < 1:
            raise PeerError("bad-shape", f"{channels} channels of length {length}")
        if self.header_size + 4 * channels * length > size:
            raise PeerError("truncated", f"{channels} channels of length {length} in {size} bytes")


def snapshot(profile, data):
    """(header, values) of a whole segment image."""
    profile.check(data, len(data))
    header = profile.header(data)
    count = header["channels"] * header["length"]
    return header, list(struct.unpack_from(f"<{count}f", data, profile.header_size))


def fits(data):
    """The profiles (with equal string capacities of 16 to 256) that a header satisfies."""
    found = []
    for name in _PROFILES:
        for capacity in (16, 32, 64, 128, 256):
            profile = Profile(name, capacity)
            try:
                profile.check(data[:profile.header_size], len(data))
            except PeerError:
                continue
            if name != "A":
                found.append({"profile": name, "capacity": capacity})
    return found
