"""ZeroIPC v2 segments: the table of names, creation and opening."""

import struct
import time

from .lines import PeerError
from .posix import SharedMemory, shm_unlink
from .zi_types import round_up

MAGIC = 0x5A49504D
_HEADER = 32
_ENTRY = 48
_NAME = 32


class Segment:
    """A segment and its table. The table itself is not protected: one process creates entries, the others open them."""

    def __init__(self, memory):
        self.memory = memory
        if memory.size < _HEADER:
            raise PeerError("malformed", f"{memory.size} bytes are too few for a segment header")
        if memory.get32(0) != MAGIC or memory.get32(4) != 2:
            raise PeerError("malformed", f"magic {memory.get32(0):#x}, version {memory.get32(4)}")
        self.max_entries = memory.get32(12) or 64
        if _HEADER + _ENTRY * self.max_entries > memory.size or memory.get64(16) > memory.size:
            raise PeerError("malformed", f"{self.max_entries} entries, {memory.get64(16)} of {memory.size} bytes")

    @classmethod
    def create(cls, name, size, max_entries=64, replace=False):
        if _HEADER + _ENTRY * max_entries > size:
            raise PeerError("bad-command", f"a table of {max_entries} entries does not fit into {size} bytes")
        if replace:
            shm_unlink(name)
        return cls.format(SharedMemory(name, size), max_entries)

    @classmethod
    def format(cls, memory, max_entries=64):
        """Writes an empty table into a zeroed memory; the magic comes last."""
        memory.put32(4, 2)
        memory.put32(12, max_entries)
        memory.put64(16, memory.size)
        memory.put64(24, _HEADER + _ENTRY * max_entries)
        memory.put32(0, MAGIC)
        return cls(memory)

    @classmethod
    def open(cls, name, wait=0.0):
        """Opens; waits so many seconds for the segment to appear and to be complete."""
        deadline = time.monotonic() + wait
        while True:
            try:
                return cls(SharedMemory(name))
            except (FileNotFoundError, PeerError):
                if time.monotonic() >= deadline:
                    raise
            time.sleep(0.005)

    def header(self):
        memory = self.memory
        return {"magic": memory.get32(0), "version": memory.get32(4), "entry_count": memory.get32(8),
                "max_entries": memory.get32(12), "memory_size": memory.get64(16), "next_offset": memory.get64(24)}

    def entries(self):
        """[(name, offset, size)] in table order."""
        found = []
        for index in range(min(self.memory.get32(8), self.max_entries)):
            data = self.memory.read(_HEADER + _ENTRY * index, _ENTRY)
            offset, size = struct.unpack("<QQ", data[_NAME:])
            found.append((data[:_NAME].split(b"\0")[0].decode("utf-8", "replace"), offset, size))
        return found

    def find(self, name, exact_size=None, least_size=0):
        """(offset, size) of an entry, checked to lie inside the segment."""
        for known, offset, size in self.entries():
            if known == name:
                if offset % 8 or offset + size > self.memory.size:
                    raise PeerError("malformed", f"entry {name}: {size} bytes at {offset}")
                if size < least_size or exact_size not in (None, size):
                    raise PeerError("malformed", f"entry {name} has {size} bytes: it is of another kind")
                return offset, size
        raise PeerError("not-found", f"no entry {name}")

    def has(self, name):
        return any(known == name for known, _, _ in self.entries())

    def add(self, *wanted):
        """Adds entries (name, size) in order after checking that all of them can be added; returns their offsets."""
        for name, _ in wanted:
            if not 0 < len(name.encode()) < _NAME:
                raise PeerError("bad-command", f"entry name {name} must have 1 to {_NAME - 1} bytes")
            if self.has(name):
                raise PeerError("exists", f"entry {name} exists")
        if self.memory.get32(8) + len(wanted) > self.max_entries:
            raise PeerError("full", f"the table has {self.max_entries} entries")
        return [self._add(name, size) for name, size in wanted]

    def _add(self, name, size):
        offset = round_up(self.memory.get64(24), 8)
        if offset + size > self.memory.get64(16):
            raise PeerError("full", f"no room for {size} bytes")
        self.memory.put64(24, offset + size)
        index = self.memory.get32(8)
        entry = name.encode().ljust(_NAME, b"\0") + struct.pack("<QQ", offset, size)
        self.memory.write(_HEADER + _ENTRY * index, entry)
        self.memory.put32(8, index + 1)
        return offset
