"""Element types of ZeroIPC containers: sizes, alignments, text, bytes, and values made from counters."""

import struct

from .lines import PeerError

_FORMATS = {"i8": "b", "u8": "B", "i16": "h", "u16": "H", "i32": "i", "u32": "I", "i64": "q", "u64": "Q",
            "f32": "f", "f64": "d", "bool": "?"}


def round_up(value, step):
    return (value + step - 1) // step * step


class Element:
    """One element type: a number, `bool`, `p12` (three f32) or `bytes:N`."""

    def __init__(self, name):
        self.name = name
        if name in _FORMATS:
            self.size = struct.calcsize("<" + _FORMATS[name])
            self.align = self.size
        elif name == "p12":
            self.size, self.align = 12, 4
        elif name.startswith("bytes:") and int(name[6:]) > 0:
            self.size, self.align = int(name[6:]), 1
        else:
            raise PeerError("bad-command", f"unknown element type {name}")
        self.integral = name[0] in "iu" or name == "bool"
        self.floating = name in ("f32", "f64")

    def pack(self, value):
        if self.name == "p12":
            return struct.pack("<3f", *value)
        if self.name.startswith("bytes:"):
            data = bytes.fromhex(value)
            if len(data) != self.size:
                raise PeerError("bad-command", f"{len(data)} bytes for an element of {self.size}")
            return data
        try:
            return struct.pack("<" + _FORMATS[self.name], value)
        except struct.error as error:
            raise PeerError("bad-command", f"{value} as {self.name}: {error}") from None

    def unpack(self, data):
        if self.name == "p12":
            return list(struct.unpack("<3f", data))
        if self.name.startswith("bytes:"):
            return data.hex()
        return struct.unpack("<" + _FORMATS[self.name], data)[0]

    def parse(self, text):
        """A value from its text: 42, 0x2A, 1.5, true, 1:2:3 (p12), hexadecimal bytes."""
        if self.name == "bool":
            return text.lower() in ("1", "true")
        if self.integral:
            return int(text, 0)
        if self.floating:
            return float(text)
        return [float(part) for part in text.split(":")] if self.name == "p12" else text

    def pack_number(self, number):
        """The bytes that stand for a counter value; in wide elements it is repeated, so that a torn one shows."""
        if self.name == "p12":
            return struct.pack("<f", number) * 3
        if self.name.startswith("bytes:"):
            return (struct.pack("<Q", number) * (self.size // 8 + 1))[:self.size]
        if self.floating:
            return self.pack(float(number))
        return (number & ((1 << 8 * self.size) - 1)).to_bytes(self.size, "little")

    def unpack_number(self, data):
        """The counter value of such bytes, None when they are torn."""
        if self.name == "p12":
            value = int(self.unpack(data)[0])
        elif self.name.startswith("bytes:"):
            value = int.from_bytes(data[:8], "little")
        else:
            value = int(self.unpack(data))
        return value if self.pack_number(value) == data else None
