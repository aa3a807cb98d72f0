"""ZeroBuffer v1, the reader: owner of the segment, both semaphores and the lock file."""

import os
import time

from . import zb_layout as layout
from .lines import PeerError
from .posix import LockFile, NamedSemaphore, SharedMemory, alive, sem_unlink, shm_unlink

_SLICE = 0.1


class Frame:
    """A frame that was read; its bytes stay in the ring until it is released."""

    def __init__(self, memory, position, offset, size, sequence):
        self._memory = memory
        self._offset = offset
        self.position = position
        self.size = size
        self.sequence = sequence
        self.held = True

    def data(self):
        return self._memory.read(self._offset, self.size)


class Reader:
    """Creates a buffer and reads it."""

    def __init__(self, name, metadata_size, payload_size, order="shm-first", pause=None,
                 count_implicit_wraps=False, strict_sequence=True):
        """`order` is shm-first (as the known peers) or semaphores-first; `pause(step)` is called between the steps."""
        self.name = name
        self._count_implicit = count_implicit_wraps
        self._strict = strict_sequence
        self._expected = 1
        self.compare_counters = True
        step = pause or (lambda _: None)
        self._lock = LockFile(layout.lock_path(name))
        self.memory = self.data_ready = self.space_freed = None
        try:
            self._refuse_live_owner()
            if order == "semaphores-first":
                self._create_semaphores(step)
            self._create_segment(align_or_zero(metadata_size), align_or_zero(payload_size), step)
            if order == "shm-first":
                self._create_semaphores(step)
        except BaseException:
            self._remove()
            raise
        self._base = layout.HEADER_SIZE + self.memory.get64(layout.META_SIZE)
        self._payload = self.memory.get64(layout.PAYLOAD_SIZE)

    def _refuse_live_owner(self):
        """Removes what a dead owner of this name left; refuses when it lives."""
        try:
            old = SharedMemory(self.name)
        except FileNotFoundError:
            old = None
        except PeerError:
            old = None
            shm_unlink(self.name)
        if old is not None:
            pid = old.get64(layout.READER_PID) if old.size >= layout.HEADER_SIZE else 0
            old.close()
            if alive(pid):
                raise PeerError("reader-exists", f"creating buffer {self.name}: process {pid} owns it")
            shm_unlink(self.name)
        sem_unlink(layout.data_semaphore(self.name))
        sem_unlink(layout.space_semaphore(self.name))

    def _create_segment(self, metadata_size, payload_size, step):
        self.memory = SharedMemory(self.name, layout.HEADER_SIZE + metadata_size + payload_size)
        step("shm-created")
        self.memory.put32(layout.OIEB_SIZE, layout.HEADER_SIZE)
        self.memory.write(layout.VERSION, b"\x01\x00\x00\x00")
        self.memory.put64(layout.META_SIZE, metadata_size)
        self.memory.put64(layout.META_FREE, metadata_size)
        self.memory.put64(layout.PAYLOAD_SIZE, payload_size)
        self.memory.put64(layout.FREE, payload_size)
        self.memory.put64(layout.READER_PID, os.getpid())
        step("oieb-written")

    def _create_semaphores(self, step):
        self.data_ready = NamedSemaphore(layout.data_semaphore(self.name), create=True)
        self.space_freed = NamedSemaphore(layout.space_semaphore(self.name), create=True)
        step("semaphores-created")

    def metadata(self):
        return layout.metadata(self.memory)

    def read(self, seconds):
        """The next frame, or None on time-out. Raises `writer-closed` or `writer-dead` when nothing more can come."""
        deadline = time.monotonic() + seconds
        while not self.data_ready.wait(max(0.0, min(_SLICE, deadline - time.monotonic()))):
            pid = self.memory.get64(layout.WRITER_PID)
            if pid == 0 and self.memory.get64(layout.WRITTEN) > 0 and not self.data_ready.try_wait():
                raise PeerError("writer-closed", f"reading {self.name}: the writer closed, all its frames were read")
            if pid == 0 and self.memory.get64(layout.WRITTEN) > 0:
                break
            if pid != 0 and not alive(pid):
                if self.data_ready.try_wait():
                    break
                raise PeerError("writer-dead", f"reading {self.name}: writer process {pid} is gone")
            if time.monotonic() >= deadline:
                return None
        if self.compare_counters and self.memory.get64(layout.WRITER_PID) == 0 and \
                self.memory.get64(layout.WRITTEN) <= self.memory.get64(layout.READ):
            raise PeerError("writer-closed", f"reading {self.name}: a token without a frame, and no writer")
        return self._take()

    def _take(self):
        position = self.memory.get64(layout.READ_POS)
        tail = self._payload - position
        if tail < layout.FRAME_HEADER:
            self.compare_counters = False
            position = self._wrap(tail, self._count_implicit)
        size, sequence = layout.frame_at(self.memory, position)
        if size == 0:
            position = self._wrap(self._payload - position, True)
            size, sequence = layout.frame_at(self.memory, position)
        if self._strict and sequence != self._expected:
            raise PeerError("sequence", f"reading {self.name}: sequence {sequence}, expected {self._expected}")
        if size == 0 or size > self._payload - position - layout.FRAME_HEADER:
            raise PeerError("malformed", f"reading {self.name}: frame of {size} bytes at payload offset {position}")
        self._expected = sequence + 1
        self.memory.put64(layout.READ_POS, (position + layout.FRAME_HEADER + size) % self._payload)
        self.memory.put64(layout.READ, self.memory.get64(layout.READ) + 1)
        return Frame(self.memory, position, self._base + position + layout.FRAME_HEADER, size, sequence)

    def _wrap(self, tail, counts):
        self.memory.add64(layout.FREE, tail)
        self.memory.put64(layout.READ_POS, 0)
        if counts:
            self.memory.put64(layout.READ, self.memory.get64(layout.READ) + 1)
        return 0

    def release(self, frame):
        """Gives a frame's bytes back to the writer. Frames may be released in any order, each of them once."""
        if not frame.held:
            raise PeerError("released", f"releasing frame {frame.sequence}: it was released before")
        frame.held = False
        self.memory.add64(layout.FREE, layout.FRAME_HEADER + frame.size)
        self.space_freed.post()

    def close(self):
        self.memory.put64(layout.READER_PID, 0)
        self._remove()

    def _remove(self):
        if self.memory is not None:
            self.memory.close()
            shm_unlink(self.name)
        for semaphore, label in ((self.data_ready, layout.data_semaphore), (self.space_freed, layout.space_semaphore)):
            if semaphore is not None:
                semaphore.close()
                sem_unlink(label(self.name))
        self._lock.release()


def align_or_zero(size):
    if size < 0:
        raise PeerError("bad-command", f"a block of {size} bytes")
    return layout.align(size)
