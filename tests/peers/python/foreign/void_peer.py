"""VOID shared memory V2: the writer that owns a segment and the reader that takes strict snapshots."""

import os
import struct
import time

from .lines import PeerError
from .posix import SharedMemory, shm_path, shm_unlink
from .void_layout import MAGIC, VERSION

_ATTEMPTS = 8


class Reader:
    """Opens, validates, copies and closes for every snapshot; never maps and never keeps anything."""

    def __init__(self, name, profile):
        self.name, self.profile = name, profile

    def read(self):
        """(header, payload bytes, segment size). Errors: missing denied too-small bad-* truncated changed."""
        for _ in range(_ATTEMPTS):
            found = self._attempt()
            if found is not None:
                return found
        raise PeerError("changed", f"reading {self.name}: it changed during each of {_ATTEMPTS} copies")

    def _attempt(self):
        try:
            descriptor = os.open(shm_path(self.name), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            raise PeerError("missing", f"reading {self.name}: there is no such segment") from None
        except PermissionError:
            raise PeerError("denied", f"reading {self.name}: access denied") from None
        try:
            size = os.fstat(descriptor).st_size
            before = os.pread(descriptor, self.profile.header_size, 0)
            self.profile.check(before, size)
            header = self.profile.header(before)
            wanted = 4 * header["channels"] * header["length"]
            payload = os.pread(descriptor, wanted, self.profile.header_size)
            after = os.pread(descriptor, self.profile.header_size, 0)
        finally:
            os.close(descriptor)
        return (header, payload, size) if len(payload) == wanted and before == after else None


class Writer:
    """Creates the segment and is its only writer."""

    def __init__(self, name, profile, channels, length, owner=("", "", ""), epoch=None, existing="probe"):
        """`existing`: probe (replace it unless it moves), take-over or refuse.

        `epoch`: None continues that of a segment that is replaced, otherwise takes the time in milliseconds.
        """
        self.name, self.profile, self.channels, self.length, self._owner = name, profile, channels, length, owner
        old = self._displace(existing)
        self.epoch = epoch if epoch is not None else old + 1 if old is not None else int(time.time() * 1000)
        self.memory = None
        self.connect()

    def _displace(self, existing):
        """The epoch of a stale segment that was removed, None when there was none."""
        try:
            header, _, _ = Reader(self.name, self.profile).read()
        except PeerError as error:
            if error.code != "missing" and existing == "refuse":
                raise PeerError("busy", f"creating {self.name}: something has this name") from None
            if error.code == "changed" and existing == "probe":
                raise PeerError("busy", f"creating {self.name}: another writer is active") from None
            shm_unlink(self.name)
            return None
        if existing == "refuse" or existing == "probe" and self._moves(header):
            raise PeerError("busy", f"creating {self.name}: another writer is at frame {header['frame']}")
        shm_unlink(self.name)
        return header["epoch"]

    def _moves(self, header):
        for _ in range(10):
            time.sleep(0.02)
            try:
                now, _, _ = Reader(self.name, self.profile).read()
            except PeerError as error:
                return error.code == "changed"
            if (now["frame"], now["epoch"]) != (header["frame"], header["epoch"]):
                return True
        return False

    def connect(self):
        """Creates the segment with cleared payload and frame 0; the magic is stored last."""
        if self.memory is not None:
            raise PeerError("bad-command", f"{self.name} is connected")
        if self.channels < 1 or self.length < 1:
            raise PeerError("bad-shape", f"{self.channels} channels of length {self.length}")
        profile = self.profile
        self.memory = SharedMemory(self.name, profile.header_size + 4 * self.channels * self.length)
        fields = {"version": VERSION, "header_size": profile.header_size, "channels": self.channels,
                  "length": self.length, "epoch": self.epoch, "frame": 0}
        for field, value in fields.items():
            profile.put_number(self.memory.buffer, field, value)
        for field, value in zip(("owner_app", "owner_project", "owner_node"), self._owner):
            profile.put_text(self.memory.buffer, field, value)
        self.memory.put32(profile.offsets["magic"], MAGIC)

    def disconnect(self):
        """Marks the segment as invalid (magic 0, epoch + 1), then removes it."""
        if self.memory is None:
            raise PeerError("bad-command", f"{self.name} is not connected")
        self.memory.put32(self.profile.offsets["magic"], 0)
        self.epoch += 1
        self.profile.put_number(self.memory.buffer, "epoch", self.epoch)
        self.memory.close()
        self.memory = None
        shm_unlink(self.name)

    def restructure(self, name=None, channels=None, length=None):
        """A structural change: the old segment is invalidated and removed, a new one is created."""
        self.disconnect()
        self.name = name or self.name
        self.channels, self.length = channels or self.channels, length or self.length
        self.connect()

    def write(self, values, start=0):
        """Stores floats from an element on (what does not fit is dropped) and adds 1 to frame; returns frame."""
        kept = values[:max(0, self.channels * self.length - start)]
        return self.write_bytes(struct.pack(f"<{len(kept)}f", *kept), start)

    def write_bytes(self, data, start=0):
        if self.memory is None:
            raise PeerError("bad-command", f"{self.name} is not connected")
        self.memory.write(self.profile.header_size + 4 * start, data)
        offset = self.profile.offsets["frame"]
        if self.profile.wide_frame:
            self.memory.put64(offset, self.memory.get64(offset) + 1)
            return self.memory.get64(offset)
        self.memory.put32(offset, self.memory.get32(offset) + 1)
        return self.memory.get32(offset)

    def header(self):
        return self.profile.header(self.memory.buffer)

