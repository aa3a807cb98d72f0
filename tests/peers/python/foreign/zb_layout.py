"""ZeroBuffer v1: the 128-byte header, the frame header, names, and the decoder of segment images."""

import struct

from .lines import PeerError
from .pattern import fnv1a, run

HEADER_SIZE = 0x80
FRAME_HEADER = 16

OIEB_SIZE = 0x00
VERSION = 0x04
META_SIZE = 0x08
META_FREE = 0x10
META_WRITTEN = 0x18
PAYLOAD_SIZE = 0x20
FREE = 0x28
WRITE_POS = 0x30
READ_POS = 0x38
WRITTEN = 0x40
READ = 0x48
WRITER_PID = 0x50
READER_PID = 0x58

_FIELDS = (
    ("metadata_size", META_SIZE), ("metadata_free_bytes", META_FREE), ("metadata_written_bytes", META_WRITTEN),
    ("payload_size", PAYLOAD_SIZE), ("payload_free_bytes", FREE), ("payload_write_pos", WRITE_POS),
    ("payload_read_pos", READ_POS), ("payload_written_count", WRITTEN), ("payload_read_count", READ),
    ("writer_pid", WRITER_PID), ("reader_pid", READER_PID))


def align(size):
    return (size + 63) & ~63


def data_semaphore(name):
    return "sem-w-" + name


def space_semaphore(name):
    return "sem-r-" + name


def lock_path(name):
    return f"/tmp/zerobuffer/{name}.lock"


def header(memory):
    """All header fields, by the names of the protocol."""
    version = memory.read(VERSION, 4)
    fields = {"oieb_size": memory.get32(OIEB_SIZE), "version": ".".join(str(part) for part in version[:3])}
    fields.update((name, memory.get64(offset)) for name, offset in _FIELDS)
    return fields


def check(memory):
    """Refuses a segment whose header is not that of a complete v1 buffer."""
    if memory.size < HEADER_SIZE:
        raise PeerError("malformed", f"the segment has {memory.size} bytes, a header needs {HEADER_SIZE}")
    size = memory.get32(OIEB_SIZE)
    if size != HEADER_SIZE:
        raise PeerError("malformed", f"oieb_size is {size}, not {HEADER_SIZE}")
    major = memory.get8(VERSION)
    if major != 1:
        raise PeerError("malformed", f"protocol major version is {major}, not 1")
    metadata, payload = memory.get64(META_SIZE), memory.get64(PAYLOAD_SIZE)
    if metadata % 64 or payload % 64 or HEADER_SIZE + metadata + payload > memory.size:
        raise PeerError("malformed", f"blocks of {metadata} and {payload} bytes in a segment of {memory.size}")


def metadata(memory):
    """The metadata bytes, or None before any were written."""
    written = memory.get64(META_WRITTEN)
    if written == 0:
        return None
    length = memory.get64(HEADER_SIZE)
    if written != length + 8 or written > memory.get64(META_SIZE):
        raise PeerError("malformed", f"metadata length {length}, {written} bytes said to be written")
    return memory.read(HEADER_SIZE + 8, length)


def frame_at(memory, position):
    """(size, sequence) of the frame header at a payload position."""
    return struct.unpack("<QQ", memory.read(HEADER_SIZE + memory.get64(META_SIZE) + position, FRAME_HEADER))


def walk(memory, position, end, pending=True):
    """The frames and markers from a payload position up to another one, as dictionaries.

    `pending` tells whether equal positions mean a full ring (True) or an empty one.
    """
    base, payload = HEADER_SIZE + memory.get64(META_SIZE), memory.get64(PAYLOAD_SIZE)
    end %= payload
    found = []
    while position != end or pending:
        pending = False
        if payload - position < FRAME_HEADER:
            found.append({"kind": "implicit-wrap", "position": position, "bytes": payload - position})
            position = 0
            continue
        size, sequence = frame_at(memory, position)
        if size == 0:
            found.append({"kind": "wrap", "position": position, "bytes": payload - position})
            position = 0
            continue
        if size > payload - position - FRAME_HEADER:
            raise PeerError("malformed", f"frame of {size} bytes at {position} leaves a payload of {payload}")
        data = memory.read(base + position + FRAME_HEADER, size)
        found.append({"kind": "frame", "position": position, "size": size, "sequence": sequence,
                      "patternOk": data == run(size, sequence), "fnv1a": fnv1a(data)})
        position = (position + FRAME_HEADER + size) % payload
    return found


def decode(memory, start=None):
    """Everything in a segment image; frames from `start` (default: the unread ones)."""
    check(memory)
    fields = header(memory)
    block = metadata(memory)
    unread = fields["payload_written_count"] > fields["payload_read_count"]
    position = fields["payload_read_pos"] if start is None else start
    end = fields["payload_write_pos"]
    frames = []
    if fields["payload_size"] and (unread or start is not None):
        frames = walk(memory, position, end)
    return {"protocol": "zerobuffer", "bytes": memory.size, "header": fields,
            "metadata": None if block is None else {"size": len(block), "hex": block.hex(), "fnv1a": fnv1a(block)},
            "frames": frames}
