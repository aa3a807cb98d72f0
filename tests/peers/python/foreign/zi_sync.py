"""ZeroIPC v2: semaphore, mutex, barrier, latch, once, event, rwlock, monitor and signal."""

from .lines import PeerError
from .waiting import Deadline, poll
from .zi_types import round_up

_FOREVER = Deadline(None)


class Semaphore:
    """i32 count, waiting, max_count (0: unbounded)."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=16)

    @classmethod
    def create(cls, segment, name, count, maximum=0):
        if count < 0 or maximum < 0 or maximum and count > maximum:
            raise PeerError("bad-command", f"count {count}, maximum {maximum}")
        offset, = segment.add((name, 16))
        cls.format(segment.memory, offset, count, maximum)
        return cls(segment, name)

    @staticmethod
    def format(memory, offset, count, maximum):
        memory.put32(offset, count)
        memory.put32(offset + 8, maximum)

    def try_acquire(self):
        while (count := self._memory.get_i32(self._offset)) > 0:
            if self._memory.cas32(self._offset, count, count - 1):
                return True
        return False

    def acquire(self, deadline=_FOREVER):
        """False on time-out."""
        self._memory.add32(self._offset + 4, 1)
        taken = poll(self.try_acquire, deadline)
        self._memory.add32(self._offset + 4, -1)
        return taken

    def release(self):
        maximum = self._memory.get_i32(self._offset + 8)
        while True:
            count = self._memory.get_i32(self._offset)
            if maximum and count >= maximum:
                raise PeerError("overflow", f"release of a semaphore at its maximum of {maximum}")
            if self._memory.cas32(self._offset, count, count + 1):
                return

    def waiting(self):
        return self._memory.get_i32(self._offset + 4)

    def state(self):
        return {"count": self._memory.get_i32(self._offset), "waiting": self.waiting(),
                "max": self._memory.get_i32(self._offset + 8)}


class Barrier:
    """i32 arrived, generation, participants."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=16)

    @classmethod
    def create(cls, segment, name, participants):
        if participants < 1:
            raise PeerError("bad-command", f"{participants} participants")
        offset, = segment.add((name, 16))
        segment.memory.put32(offset + 8, participants)
        return cls(segment, name)

    def wait(self, deadline=_FOREVER):
        """False on time-out, after taking the arrival back."""
        generation = self._memory.get32(self._offset + 4)
        if self._memory.add32(self._offset, 1) + 1 == self._memory.get32(self._offset + 8):
            self._memory.put32(self._offset, 0)
            self._memory.add32(self._offset + 4, 1)
            return True
        if poll(lambda: self._memory.get32(self._offset + 4) != generation, deadline):
            return True
        self._memory.add32(self._offset, -1)
        return False

    def state(self):
        return {"arrived": self._memory.get_i32(self._offset), "generation": self._memory.get_i32(self._offset + 4),
                "participants": self._memory.get_i32(self._offset + 8)}


class Latch:
    """i32 count, initial."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=16)

    @classmethod
    def create(cls, segment, name, count):
        if count < 0:
            raise PeerError("bad-command", f"count {count}")
        offset, = segment.add((name, 16))
        segment.memory.put32(offset, count)
        segment.memory.put32(offset + 4, count)
        return cls(segment, name)

    def down(self, number=1):
        """Counts down, never below 0; returns what is left."""
        if number < 1:
            raise PeerError("bad-command", f"counting down by {number}")
        while True:
            count = self._memory.get_i32(self._offset)
            left = max(count - number, 0)
            if count <= 0 or self._memory.cas32(self._offset, count, left):
                return left

    def wait(self, deadline=_FOREVER):
        return poll(lambda: self._memory.get_i32(self._offset) <= 0, deadline)

    def state(self):
        return {"count": self._memory.get_i32(self._offset), "initial": self._memory.get_i32(self._offset + 4)}


class Once:
    """u32 state: 0 not yet, 1 executing, 2 done."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=4)

    @classmethod
    def create(cls, segment, name):
        segment.add((name, 4))
        return cls(segment, name)

    def call(self, action, deadline=_FOREVER):
        """True when this call executed the action, False when another one had; None on time-out."""
        if self._memory.get32(self._offset) == 2:
            return False
        if self._memory.cas32(self._offset, 0, 1):
            try:
                action()
            finally:
                self._memory.put32(self._offset, 2)
            return True
        return False if poll(lambda: self._memory.get32(self._offset) != 1, deadline) else None

    def state(self):
        return {"state": self._memory.get32(self._offset)}


class Event:
    """u32 signaled, mode (0 automatic, 1 manual), waiting; automatic events count in NAME_sem."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=12)
        self._permits = Semaphore(segment, name + "_sem")
        self.manual = self._memory.get32(self._offset + 4) == 1

    @classmethod
    def create(cls, segment, name, manual):
        offset, _ = segment.add((name, 12), (name + "_sem", 16))
        segment.memory.put32(offset + 4, int(manual))
        return cls(segment, name)

    def signal(self):
        self._memory.put32(self._offset, 1)
        if not self.manual:
            self._permits.release()

    def wait(self, deadline=_FOREVER):
        if not self.manual:
            if not self._permits.acquire(deadline):
                return False
            self._memory.put32(self._offset, 0)
            return True
        self._memory.add32(self._offset + 8, 1)
        met = poll(lambda: self._memory.get32(self._offset) != 0, deadline)
        self._memory.add32(self._offset + 8, -1)
        return met

    def reset(self):
        self._memory.put32(self._offset, 0)

    def state(self):
        return {"signaled": self._memory.get32(self._offset), "mode": self._memory.get32(self._offset + 4),
                "waiting": self._memory.get32(self._offset + 8), "semaphore": self._permits.state()}


class ReadWriteLock:
    """NAME_state {i32 readers, i32 writer_active}, NAME_rmtx, NAME_wmtx and the marker NAME."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        segment.find(name, exact_size=1)
        self._offset, _ = segment.find(name + "_state", exact_size=8)
        self._readers, self._writers = Semaphore(segment, name + "_rmtx"), Semaphore(segment, name + "_wmtx")

    @classmethod
    def create(cls, segment, name):
        _, readers, writers, _ = segment.add(
            (name + "_state", 8), (name + "_rmtx", 16), (name + "_wmtx", 16), (name, 1))
        Semaphore.format(segment.memory, readers, 1, 1)
        Semaphore.format(segment.memory, writers, 1, 1)
        return cls(segment, name)

    def _writer_active(self):
        return self._memory.get32(self._offset + 4) != 0

    def read_lock(self, deadline=_FOREVER):
        """False on time-out."""
        while True:
            if not self._readers.acquire(deadline):
                return False
            if not self._writer_active():
                self._memory.add32(self._offset, 1)
                self._readers.release()
                return True
            self._readers.release()
            if not poll(lambda: not self._writer_active(), deadline):
                return False

    def read_unlock(self):
        self._memory.add32(self._offset, -1)

    def write_lock(self, deadline=_FOREVER):
        """False on time-out."""
        if not self._writers.acquire(deadline):
            return False
        if not self._readers.acquire(deadline):
            self._writers.release()
            return False
        self._memory.put32(self._offset + 4, 1)
        self._readers.release()
        if poll(lambda: self._memory.get_i32(self._offset) == 0, deadline):
            return True
        self.write_unlock()
        return False

    def write_unlock(self):
        self._memory.put32(self._offset + 4, 0)
        self._writers.release()

    def state(self):
        return {"readers": self._memory.get_i32(self._offset), "writerActive": self._memory.get_i32(self._offset + 4),
                "readerMutex": self._readers.state(), "writerMutex": self._writers.state()}


class Monitor:
    """NAME_mtx, NAME_cond, u32 NAME_count and the marker NAME."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        segment.find(name, exact_size=1)
        self._mutex, self._condition = Semaphore(segment, name + "_mtx"), Semaphore(segment, name + "_cond")
        self._offset, _ = segment.find(name + "_count", exact_size=4)

    @classmethod
    def create(cls, segment, name):
        mutex, _, _, _ = segment.add((name + "_mtx", 16), (name + "_cond", 16), (name + "_count", 4), (name, 1))
        Semaphore.format(segment.memory, mutex, 1, 1)
        return cls(segment, name)

    def lock(self, deadline=_FOREVER):
        return self._mutex.acquire(deadline)

    def unlock(self):
        self._mutex.release()

    def wait(self, deadline=_FOREVER):
        """Gives the lock up while waiting; may return without a notification. False on time-out."""
        self._memory.add32(self._offset, 1)
        self._mutex.release()
        notified = self._condition.acquire(deadline)
        self._mutex.acquire()
        self._memory.add32(self._offset, -1)
        return notified

    def notify(self):
        if self._condition.waiting() > 0 or self._memory.get32(self._offset) > 0:
            self._condition.release()

    def notify_all(self):
        for _ in range(self._memory.get32(self._offset)):
            self._condition.release()

    def state(self):
        return {"mutex": self._mutex.state(), "condition": self._condition.state(),
                "count": self._memory.get32(self._offset)}


class Signal:
    """NAME_state {u64 version, value}, NAME_mtx and the marker NAME."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        segment.find(name, exact_size=1)
        self._offset, size = segment.find(name + "_state", least_size=8 + element.size)
        if size not in (8 + element.size, round_up(8 + element.size, 8)):
            raise PeerError("malformed", f"signal {name}: {size} bytes for a value of {element.size}")
        self._mutex = Semaphore(segment, name + "_mtx")

    @classmethod
    def create(cls, segment, name, element, data, layout="cpp"):
        size = 8 + element.size if layout == "python" else round_up(8 + element.size, 8)
        offset, mutex, _ = segment.add((name + "_state", size), (name + "_mtx", 16), (name, 1))
        segment.memory.write(offset + 8, data)
        Semaphore.format(segment.memory, mutex, 1, 1)
        return cls(segment, name, element)

    def set(self, data):
        """Stores a value; returns the new version."""
        self._mutex.acquire()
        self._memory.write(self._offset + 8, data)
        version = self._memory.add64(self._offset, 1) + 1
        self._mutex.release()
        return version

    def get(self):
        """(version, bytes), read under the mutex."""
        self._mutex.acquire()
        found = self._memory.get64(self._offset), self._memory.read(self._offset + 8, self._element.size)
        self._mutex.release()
        return found

    def wait(self, version, deadline=_FOREVER):
        """False when the version is still the given one at the deadline."""
        return poll(lambda: self._memory.get64(self._offset) != version, deadline)

    def state(self):
        data = self._memory.read(self._offset + 8, self._element.size)
        return {"version": self._memory.get64(self._offset), "value": self._element.unpack(data),
                "mutex": self._mutex.state()}
