"""ZeroIPC v2: future, lazy, stream and channel, in the C++ layout and in the Python layout."""

import struct
import time

from .lines import PeerError
from .waiting import Deadline, poll
from .zi_containers import Queue, Ring
from .zi_types import round_up

_FOREVER = Deadline(None)
_TEXT = 256


def _text(memory, offset):
    return memory.read(offset, _TEXT).split(b"\0")[0].decode("utf-8", "replace")


def _write_text(memory, offset, text):
    memory.write(offset, text.encode()[:_TEXT - 1].ljust(_TEXT, b"\0"))


class Future:
    """u32 state, u32 waiters, u64 completion time, value, 256 bytes of error text."""

    PENDING, COMPUTING, READY, ERROR = range(4)

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, _ = segment.find(name, least_size=16 + element.size + _TEXT)

    @classmethod
    def create(cls, segment, name, element, layout="cpp"):
        size = 16 + element.size + _TEXT
        segment.add((name, size if layout == "python" else round_up(size, 8)))
        return cls(segment, name, element)

    def set(self, data):
        """False when it was completed before."""
        if not self._memory.cas32(self._offset, self.PENDING, self.COMPUTING):
            return False
        self._memory.write(self._offset + 16, data)
        self._memory.put64(self._offset + 8, time.monotonic_ns())
        self._memory.put32(self._offset, self.READY)
        return True

    def fail(self, text):
        """As the C++ peer: the state first, then the text."""
        if not self._memory.cas32(self._offset, self.PENDING, self.ERROR):
            return False
        _write_text(self._memory, self._offset + 16 + self._element.size, text)
        self._memory.put64(self._offset + 8, time.monotonic_ns())
        return True

    def wait(self, deadline=_FOREVER):
        """True once it is completed either way."""
        self._memory.add32(self._offset + 4, 1)
        met = poll(lambda: self._memory.get32(self._offset) in (self.READY, self.ERROR), deadline)
        self._memory.add32(self._offset + 4, -1)
        return met

    def state(self):
        value = self._memory.read(self._offset + 16, self._element.size)
        return {"state": self._memory.get32(self._offset), "waiters": self._memory.get32(self._offset + 4),
                "completionTime": self._memory.get64(self._offset + 8), "value": self._element.unpack(value),
                "error": _text(self._memory, self._offset + 16 + self._element.size)}


class Lazy:
    """A deferred operation and its cached value; the Python layout holds constants only."""

    CONSTANT, ADD, MULTIPLY, NEGATE = range(4)

    def __init__(self, segment, name, element, layout="cpp"):
        self._memory, self._element, self._layout = segment.memory, element, layout
        shape = self._shape(element, layout)
        self._offset, size = segment.find(name, exact_size=shape["size"])
        self._op, self._operands = self._offset + shape["op"], self._offset + shape["operands"]
        self._cached, self._error = self._offset + shape["cached"], self._offset + shape["error"]
        self._count = self._offset + shape["count"]

    @staticmethod
    def _shape(element, layout):
        if layout == "python":
            return {"op": 0, "operands": 0, "cached": 4, "error": 4 + element.size, "count": 0,
                    "size": 4 + element.size + _TEXT}
        align = max(4, element.align)
        op = round_up(4, align)
        operands = op + align
        cached = operands + round_up(max(2 * element.size, 8), align)
        error = cached + element.size
        count = round_up(error + _TEXT, 4)
        return {"op": op, "operands": operands, "cached": cached, "error": error, "count": count,
                "size": round_up(count + 4, align)}

    @classmethod
    def create(cls, segment, name, element, operation, operands, layout="cpp"):
        """A constant is computed already; other operations are computed when they are forced."""
        segment.add((name, cls._shape(element, layout)["size"]))
        lazy = cls(segment, name, element, layout)
        if layout == "python" and operation != cls.CONSTANT:
            raise PeerError("bad-command", "the Python layout holds constants only")
        if layout == "cpp":
            segment.memory.put32(lazy._op, operation)
            segment.memory.write(lazy._operands, b"".join(element.pack(value) for value in operands))
        if operation == cls.CONSTANT:
            segment.memory.write(lazy._cached, element.pack(operands[0]))
            segment.memory.put32(lazy._offset, 2)
        return lazy

    def force(self, deadline=_FOREVER):
        """Computes if nobody did; the state afterwards (2 computed, 3 error), or None on time-out."""
        if self._memory.cas32(self._offset, 0, 1):
            try:
                self._memory.write(self._cached, self._element.pack(self._compute()))
                self._memory.put32(self._offset, 2)
                if self._layout == "cpp":
                    self._memory.add32(self._count, 1)
            except PeerError as error:
                _write_text(self._memory, self._error, str(error))
                self._memory.put32(self._offset, 3)
        if not poll(lambda: self._memory.get32(self._offset) in (2, 3), deadline):
            return None
        return self._memory.get32(self._offset)

    def _compute(self):
        if self._layout == "python":
            raise PeerError("bad-command", "no computation available")
        first, second = self._operand(0), self._operand(1)
        operation = self._memory.get32(self._op)
        if operation == self.CONSTANT:
            return first
        if operation == self.ADD:
            return first + second
        if operation == self.MULTIPLY:
            return first * second
        if operation == self.NEGATE:
            return -first
        raise PeerError("bad-command", f"operation {operation} is not implemented")

    def _operand(self, index):
        return self._element.unpack(self._memory.read(self._operands + index * self._element.size, self._element.size))

    def reset(self):
        """Only a computed value can be reset."""
        return self._memory.cas32(self._offset, 2, 0)

    def state(self):
        value = self._element.unpack(self._memory.read(self._cached, self._element.size))
        found = {"state": self._memory.get32(self._offset), "value": value, "error": _text(self._memory, self._error)}
        if self._layout == "cpp":
            found.update(operation=self._memory.get32(self._op), operands=[self._operand(0), self._operand(1)],
                         computeCount=self._memory.get32(self._count))
        return found


class BoolLazy:
    """Lazy<bool> of the C++ layout: read only."""

    def __init__(self, segment, name):
        offset, _ = segment.find(name, exact_size=16)
        self._data = segment.memory.read(offset, 16)

    def state(self):
        state, operation = struct.unpack("<2I", self._data[:8])
        return {"state": state, "operation": operation, "operands": [bool(self._data[8]), bool(self._data[9])],
                "value": bool(self._data[12])}


class Stream:
    """NAME_header (56 bytes) and the ring NAME_buffer; in the Python layout the ring NAME alone."""

    def __init__(self, segment, name, element, layout="cpp"):
        self._memory = segment.memory
        self._header = None if layout == "python" else segment.find(name + "_header", exact_size=56)[0]
        self._ring = Ring(segment, name if layout == "python" else name + "_buffer", element)

    @classmethod
    def create(cls, segment, name, element, capacity, layout="cpp"):
        if layout == "cpp":
            header, = segment.add((name + "_header", 56))
            segment.memory.put32(header + 16, capacity)
        Ring.create(segment, name if layout == "python" else name + "_buffer", element, capacity * element.size)
        return cls(segment, name, element, layout)

    def closed(self):
        return self._header is not None and self._memory.get8(self._header + 12) != 0

    def push(self, data):
        """False when full or closed."""
        if self.closed() or not self._ring.push(data):
            return False
        if self._header is not None:
            self._memory.add64(self._header, 1)
        return True

    def pop(self):
        return self._ring.pop()

    def close(self):
        if self._header is None:
            raise PeerError("bad-command", "a stream of the Python layout cannot be closed")
        self._memory.put8(self._header + 12, 1)

    def state(self):
        found = {"ring": self._ring.state()}
        if self._header is not None:
            transform = self._memory.read(self._header + 20, 32).split(b"\0")[0].decode("utf-8", "replace")
            found.update(sequence=self._memory.get64(self._header), subscribers=self._memory.get32(self._header + 8),
                         closed=self.closed(), capacity=self._memory.get32(self._header + 16), transform=transform)
        return found


class EventStream:
    """Stream<void> of the C++ layout: u64 count, u8 closed."""

    def __init__(self, segment, name):
        self._memory = segment.memory
        self._offset, _ = segment.find(name, exact_size=16)

    def state(self):
        return {"count": self._memory.get64(self._offset), "closed": self._memory.get8(self._offset + 8) != 0}


def queue_send(queue, closed, data, deadline):
    """Pushes once there is room; False on time-out, error `closed`."""
    sent = []

    def attempt():
        if not closed() and queue.push(data):
            sent.append(True)
        return sent or closed()

    if poll(attempt, deadline) and not sent:
        raise PeerError("closed", "the channel is closed")
    return bool(sent)


class Channel:
    """C++ layout: NAME_header (32 bytes) and the queue NAME_buffer, or the rendezvous NAME_slot."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._header, _ = segment.find(name + "_header", exact_size=32)
        self.capacity = self._memory.get32(self._header)
        self._queue = Queue(segment, name + "_buffer", element) if self.capacity else None
        self._data = round_up(2, element.align)
        if self._queue is None:
            self._slot, _ = segment.find(name + "_slot", exact_size=self._slot_size(element))

    @staticmethod
    def _slot_size(element):
        return round_up(round_up(2, element.align) + element.size, element.align)

    @classmethod
    def create(cls, segment, name, element, capacity):
        header, = segment.add((name + "_header", 32))
        if capacity:
            queue = Queue.create(segment, name + "_buffer", element, capacity)
            segment.memory.put32(header, queue.capacity)
        else:
            segment.add((name + "_slot", cls._slot_size(element)))
        return cls(segment, name, element)

    def closed(self):
        return self._memory.get8(self._header + 12) != 0

    def close(self):
        self._memory.put8(self._header + 12, 1)

    def send(self, data, deadline=_FOREVER):
        """True when sent, False on time-out; error `closed`."""
        if self._queue is None:
            return self._hand_over(data, deadline)
        return queue_send(self._queue, self.closed, data, deadline)

    def _hand_over(self, data, deadline):
        memory = self._memory
        memory.add32(self._header + 4, 1)
        try:
            if not poll(lambda: self.closed() or memory.get8(self._slot) == 0, deadline):
                return False
            if self.closed():
                raise PeerError("closed", "the channel is closed")
            memory.write(self._slot + self._data, data)
            memory.put8(self._slot + 1, 0)
            memory.put8(self._slot, 1)
            poll(lambda: self.closed() or memory.get8(self._slot + 1) != 0, _FOREVER)
            if memory.get8(self._slot + 1) == 0:
                raise PeerError("closed", "the channel was closed before the value was taken")
            return True
        finally:
            memory.add32(self._header + 4, -1)

    def receive(self, deadline=_FOREVER):
        """The bytes, None on time-out; error `closed` when closed and drained."""
        found = []

        def attempt():
            value = self._queue.pop() if self._queue else self._take()
            if value is not None:
                found.append(value)
            return found or self.closed()

        self._memory.add32(self._header + 8, 0 if self._queue else 1)
        met = poll(attempt, deadline)
        self._memory.add32(self._header + 8, 0 if self._queue else -1)
        if met and not found:
            last = self._queue.pop() if self._queue else None
            if last is None:
                raise PeerError("closed", "the channel is closed")
            found.append(last)
        return found[0] if found else None

    def _take(self):
        if self._memory.get8(self._slot) == 0:
            return None
        data = self._memory.read(self._slot + self._data, self._element.size)
        self._memory.put8(self._slot + 1, 1)
        self._memory.put8(self._slot, 0)
        return data

    def state(self):
        memory = self._memory
        found = {"capacity": self.capacity, "senders": memory.get32(self._header + 4),
                 "receivers": memory.get32(self._header + 8), "closed": self.closed()}
        if self._queue:
            found["queue"] = self._queue.state()
        else:
            value = memory.read(self._slot + self._data, self._element.size)
            found["slot"] = {"ready": memory.get8(self._slot), "consumed": memory.get8(self._slot + 1),
                             "value": self._element.unpack(value)}
        return found
