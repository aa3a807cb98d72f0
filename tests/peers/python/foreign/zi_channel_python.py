"""ZeroIPC v2: the channel in the Python layout."""

from .lines import PeerError
from .waiting import Deadline, poll
from .zi_codata import queue_send
from .zi_containers import Queue

_FOREVER = Deadline(None)


class PythonChannel:
    """The queue NAME and NAME_sync {u32 sender_waiting, receiver_waiting, closed, logical capacity}."""

    def __init__(self, segment, name, element):
        self._memory = segment.memory
        self._queue = Queue(segment, name, element)
        self._sync, _ = segment.find(name + "_sync", exact_size=16)
        self.capacity = self._memory.get32(self._sync + 12)

    @classmethod
    def create(cls, segment, name, element, capacity):
        Queue.create(segment, name, element, max(capacity, 2))
        sync, = segment.add((name + "_sync", 16))
        segment.memory.put32(sync + 12, capacity)
        return cls(segment, name, element)

    def closed(self):
        return self._memory.get32(self._sync + 8) != 0

    def close(self):
        self._memory.put32(self._sync + 8, 1)

    def _refuse_closed(self):
        if self.closed():
            raise PeerError("closed", "the channel is closed")

    def send(self, data, deadline=_FOREVER):
        """An unbuffered send waits for a receiver, then for the value to be taken."""
        self._refuse_closed()
        if self.capacity:
            return queue_send(self._queue, self.closed, data, deadline)
        self._memory.add32(self._sync, 1)
        try:
            if not poll(lambda: self.closed() or self._memory.get32(self._sync + 4) > 0, deadline):
                return False
            self._refuse_closed()
            return self._queue.push(data) and poll(self._empty, deadline)
        finally:
            self._memory.add32(self._sync, -1)

    def _empty(self):
        return not self._queue.state()["values"]

    def receive(self, deadline=_FOREVER):
        """The bytes, None on time-out; error `closed` when closed and drained."""
        found = []

        def attempt():
            value = self._queue.pop()
            if value is not None:
                found.append(value)
            return found or self.closed()

        self._memory.add32(self._sync + 4, 1)
        met = poll(attempt, deadline)
        self._memory.add32(self._sync + 4, -1)
        if met and not found:
            last = self._queue.pop()
            if last is None:
                raise PeerError("closed", "the channel is closed")
            found.append(last)
        return found[0] if found else None

    def state(self):
        return {"senderWaiting": self._memory.get32(self._sync), "receiverWaiting": self._memory.get32(self._sync + 4),
                "closed": self.closed(), "capacity": self.capacity, "queue": self._queue.state()}
