"""ZeroBuffer v1, the writer: connects to an existing buffer and fills it."""

import os
import struct
import time

from . import zb_layout as layout
from .lines import PeerError
from .posix import NamedSemaphore, SharedMemory, alive

_SLICE = 0.1


class Writer:
    """Writes frames into the buffer of a living reader."""

    def __init__(self, name, wait=0.0, timeout=5.0, count_implicit_wraps=False, wrap_position=False):
        """`wait`: seconds for the buffer to appear; `wrap_position`: store payload_write_pos modulo the size."""
        self.name = name
        self.timeout = timeout
        self._count_implicit = count_implicit_wraps
        self._wrap_position = wrap_position
        self.sequence = 0
        self._reserved = None
        deadline = time.monotonic() + wait
        while True:
            try:
                self._connect()
                break
            except (FileNotFoundError, PeerError) as error:
                transient = isinstance(error, FileNotFoundError) or error.code in ("malformed", "no-reader")
                if not transient or time.monotonic() >= deadline:
                    raise
            time.sleep(0.005)
        self._base = layout.HEADER_SIZE + self.memory.get64(layout.META_SIZE)
        self._payload = self.memory.get64(layout.PAYLOAD_SIZE)
        self._metadata_written = self.memory.get64(layout.META_WRITTEN) != 0

    def _connect(self):
        self.memory = SharedMemory(self.name)
        self.data_ready = self.space_freed = None
        try:
            layout.check(self.memory)
            reader = self.memory.get64(layout.READER_PID)
            if not alive(reader):
                raise PeerError("no-reader", f"connecting to {self.name}: no living reader (pid {reader})")
            writer = self.memory.get64(layout.WRITER_PID)
            if alive(writer):
                raise PeerError("writer-exists", f"connecting to {self.name}: process {writer} writes to it")
            self.data_ready = NamedSemaphore(layout.data_semaphore(self.name))
            self.space_freed = NamedSemaphore(layout.space_semaphore(self.name))
        except BaseException:
            self._disconnect()
            raise
        self.memory.put64(layout.WRITER_PID, os.getpid())

    def set_metadata(self, data):
        if self._metadata_written:
            raise PeerError("metadata-written", f"metadata of {self.name}: it was written before")
        size = self.memory.get64(layout.META_SIZE)
        if len(data) + 8 > size:
            raise PeerError("metadata-too-large", f"metadata of {self.name}: {len(data)} + 8 bytes into {size}")
        self.memory.put64(layout.HEADER_SIZE, len(data))
        self.memory.write(layout.HEADER_SIZE + 8, data)
        self.memory.put64(layout.META_WRITTEN, len(data) + 8)
        self.memory.put64(layout.META_FREE, size - len(data) - 8)
        self._metadata_written = True

    def write(self, data):
        """Writes one frame; returns (sequence, payload position)."""
        position, sequence = self.reserve(len(data))
        self.commit(data)
        return sequence, position

    def reserve(self, size):
        """Waits for room, wraps if needed and writes the frame header; commit() publishes the frame."""
        if size == 0:
            raise PeerError("frame-size", f"writing to {self.name}: a frame has at least one byte")
        if self._reserved is not None:
            raise PeerError("frame-size", f"writing to {self.name}: a reserved frame is not committed yet")
        total = layout.FRAME_HEADER + size
        if total > self._payload:
            raise PeerError("frame-too-large", f"writing to {self.name}: {total} bytes into {self._payload}")
        self._await_room(total)
        position = self.memory.get64(layout.WRITE_POS)
        if self._payload - position < total:
            position = self._wrap(position)
        self.sequence += 1
        self.memory.write(self._base + position, struct.pack("<QQ", size, self.sequence))
        self._reserved = (position, size)
        return position, self.sequence

    def _await_room(self, total):
        deadline = time.monotonic() + self.timeout
        while True:
            reader = self.memory.get64(layout.READER_PID)
            if reader == 0:
                raise PeerError("reader-dead", f"writing to {self.name}: the reader closed")
            tail = self._payload - self.memory.get64(layout.WRITE_POS)
            need = total if tail >= total else tail + total
            if self.memory.get64(layout.FREE) >= need:
                return
            if not self.space_freed.wait(max(0.0, min(_SLICE, deadline - time.monotonic()))):
                if not alive(reader):
                    raise PeerError("reader-dead", f"writing to {self.name}: reader process {reader} is gone")
                if time.monotonic() >= deadline:
                    raise PeerError("buffer-full", f"writing to {self.name}: {need} bytes did not become free")

    def _wrap(self, position):
        tail = self._payload - position
        marker = tail >= layout.FRAME_HEADER
        if marker:
            self.memory.write(self._base + position, bytes(layout.FRAME_HEADER))
        if marker or self._count_implicit and tail > 0:
            self.memory.put64(layout.WRITTEN, self.memory.get64(layout.WRITTEN) + 1)
        self.memory.add64(layout.FREE, -tail)
        self.memory.put64(layout.WRITE_POS, 0)
        return 0

    def pending(self):
        """(payload position, size) of the frame that is reserved."""
        if self._reserved is None:
            raise PeerError("frame-size", f"committing to {self.name}: no frame is reserved")
        return self._reserved

    def commit(self, data):
        """Copies the data of the reserved frame and publishes it."""
        if self._reserved is None or self._reserved[1] != len(data):
            raise PeerError("frame-size", f"committing to {self.name}: {len(data)} bytes, reserved {self._reserved}")
        position, size = self._reserved
        self._reserved = None
        self.memory.write(self._base + position + layout.FRAME_HEADER, data)
        end = position + layout.FRAME_HEADER + size
        self.memory.put64(layout.WRITE_POS, end % self._payload if self._wrap_position else end)
        self.memory.add64(layout.FREE, -(layout.FRAME_HEADER + size))
        self.memory.put64(layout.WRITTEN, self.memory.get64(layout.WRITTEN) + 1)
        self.data_ready.post()

    def close(self):
        self.memory.put64(layout.WRITER_PID, 0)
        self._disconnect()

    def _disconnect(self):
        self.memory.close()
        for semaphore in (self.data_ready, self.space_freed):
            if semaphore is not None:
                semaphore.close()
