"""ZeroIPC v2: array, queue, stack, ring and pool."""

from .lines import PeerError
from .waiting import Tries
from .zi_types import round_up

_MASK32 = 0xFFFFFFFF
_NULL = 0xFFFFFFFF


def _signed(value):
    value &= _MASK32
    return value - (1 << 32) if value & 0x80000000 else value


def _slots_size(element, capacity):
    return 16 + round_up(capacity * element.size, 8) + 4 * capacity


class Array:
    """u64 capacity, then the elements. Accesses are plain."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, size = segment.find(name, least_size=8)
        self.capacity = self._memory.get64(self._offset)
        if size != 8 + self.capacity * element.size:
            raise PeerError("malformed", f"array {name}: capacity {self.capacity} of {element.name}, {size} bytes")

    @classmethod
    def create(cls, segment, name, element, capacity):
        offset, = segment.add((name, 8 + capacity * element.size))
        segment.memory.put64(offset, capacity)
        return cls(segment, name, element)

    def address(self, index):
        if not 0 <= index < self.capacity:
            raise IndexError(f"index {index} of an array of {self.capacity}")
        return self._offset + 8 + index * self._element.size

    def get(self, index):
        return self._memory.read(self.address(index), self._element.size)

    def set(self, index, data):
        self._memory.write(self.address(index), data)

    def state(self):
        return {"capacity": self.capacity,
                "values": [self._element.unpack(self.get(index)) for index in range(self.capacity)]}


class Queue:
    """Bounded queue of many producers and consumers with a sequence number for each slot."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, size = segment.find(name, least_size=16)
        self.capacity = self._memory.get32(self._offset + 8)
        known = self._memory.get32(self._offset + 12)
        if known != element.size:
            raise PeerError("malformed", f"queue {name}: elements of {known} bytes, not {element.size}")
        if self.capacity & (self.capacity - 1) or not self.capacity or size != _slots_size(element, self.capacity):
            raise PeerError("malformed", f"queue {name}: capacity {self.capacity}, {size} bytes")
        self._sequences = self._offset + 16 + round_up(self.capacity * element.size, 8)

    @classmethod
    def create(cls, segment, name, element, capacity):
        if capacity < 1:
            raise PeerError("bad-command", "a queue needs a capacity")
        capacity = max(2, 1 << (capacity - 1).bit_length())
        offset, = segment.add((name, _slots_size(element, capacity)))
        memory = segment.memory
        memory.put32(offset + 8, capacity)
        memory.put32(offset + 12, element.size)
        base = offset + 16 + round_up(capacity * element.size, 8)
        for index in range(capacity):
            memory.put32(base + 4 * index, index)
        return cls(segment, name, element)

    def push(self, data):
        """False when full."""
        memory = self._memory
        while True:
            tail = memory.get32(self._offset + 4)
            slot = tail % self.capacity
            distance = _signed(memory.get32(self._sequences + 4 * slot) - tail)
            if distance < 0:
                return False
            if distance == 0 and memory.cas32(self._offset + 4, tail, tail + 1):
                memory.write(self._offset + 16 + slot * self._element.size, data)
                memory.put32(self._sequences + 4 * slot, tail + 1)
                return True

    def pop(self):
        """None when empty."""
        memory = self._memory
        while True:
            head = memory.get32(self._offset)
            slot = head % self.capacity
            distance = _signed(memory.get32(self._sequences + 4 * slot) - (head + 1))
            if distance < 0:
                return None
            if distance == 0 and memory.cas32(self._offset, head, head + 1):
                data = memory.read(self._offset + 16 + slot * self._element.size, self._element.size)
                memory.put32(self._sequences + 4 * slot, head + self.capacity)
                return data

    def state(self):
        memory = self._memory
        head, tail = memory.get32(self._offset), memory.get32(self._offset + 4)
        values = []
        for position in range(head, head + min((tail - head) & _MASK32, self.capacity)):
            at = self._offset + 16 + position % self.capacity * self._element.size
            values.append(self._element.unpack(memory.read(at, self._element.size)))
        return {"head": head, "tail": tail, "capacity": self.capacity, "values": values,
                "sequences": [memory.get32(self._sequences + 4 * index) for index in range(self.capacity)]}


class Stack:
    """Index of the top and a state for each slot."""

    EMPTY, WRITING, READY, READING = range(4)

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, size = segment.find(name, least_size=16)
        self.capacity = self._memory.get32(self._offset + 4)
        known = self._memory.get32(self._offset + 8)
        if known != element.size or size != _slots_size(element, self.capacity):
            raise PeerError("malformed", f"stack {name}: {self.capacity} elements of {known} bytes, {size} bytes")
        self._states = self._offset + 16 + round_up(self.capacity * element.size, 8)

    @classmethod
    def create(cls, segment, name, element, capacity):
        if capacity < 1:
            raise PeerError("bad-command", "a stack needs a capacity")
        offset, = segment.add((name, _slots_size(element, capacity)))
        segment.memory.put32(offset, -1)
        segment.memory.put32(offset + 4, capacity)
        segment.memory.put32(offset + 8, element.size)
        return cls(segment, name, element)

    def _claim(self, slot, before, during):
        tries = Tries()
        while not self._memory.cas32(self._states + 4 * slot, before, during):
            if not tries.again():
                return False
        return True

    def push(self, data):
        """False when full or when the slot stays taken."""
        memory = self._memory
        while True:
            top = memory.get_i32(self._offset)
            if top >= self.capacity - 1:
                return False
            if memory.cas32(self._offset, top, top + 1):
                break
        slot = top + 1
        if not self._claim(slot, self.EMPTY, self.WRITING):
            memory.cas32(self._offset, top + 1, top)
            return False
        memory.write(self._offset + 16 + slot * self._element.size, data)
        memory.put32(self._states + 4 * slot, self.READY)
        return True

    def pop(self):
        """None when empty or when the slot stays taken."""
        memory = self._memory
        while True:
            top = memory.get_i32(self._offset)
            if top < 0:
                return None
            if memory.cas32(self._offset, top, top - 1):
                break
        if not self._claim(top, self.READY, self.READING):
            memory.cas32(self._offset, top - 1, top)
            return None
        data = memory.read(self._offset + 16 + top * self._element.size, self._element.size)
        memory.put32(self._states + 4 * top, self.EMPTY)
        return data

    def state(self):
        memory = self._memory
        top = memory.get_i32(self._offset)
        slots = [memory.read(self._offset + 16 + index * self._element.size, self._element.size)
                 for index in range(self.capacity)]
        return {"top": top, "capacity": self.capacity, "values": [self._element.unpack(s) for s in slots[:top + 1]],
                "states": [memory.get32(self._states + 4 * index) for index in range(self.capacity)]}


class Ring:
    """Byte positions of one producer and one consumer."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, size = segment.find(name, least_size=24)
        self.capacity = self._memory.get32(self._offset + 16)
        known = self._memory.get32(self._offset + 20)
        if known != element.size or self.capacity == 0 or self.capacity % known or size != 24 + self.capacity:
            raise PeerError("malformed", f"ring {name}: {self.capacity} bytes, elements of {known}, entry {size}")

    @classmethod
    def create(cls, segment, name, element, capacity_bytes):
        capacity = max(capacity_bytes // element.size, 1) * element.size
        offset, = segment.add((name, 24 + capacity))
        segment.memory.put32(offset + 16, capacity)
        segment.memory.put32(offset + 20, element.size)
        return cls(segment, name, element)

    def push(self, data):
        """False when full."""
        written = self._memory.get64(self._offset)
        if written - self._memory.get64(self._offset + 8) + len(data) > self.capacity:
            return False
        self._memory.write(self._offset + 24 + written % self.capacity, data)
        self._memory.put64(self._offset, written + len(data))
        return True

    def pop(self):
        """None when empty."""
        read = self._memory.get64(self._offset + 8)
        if self._memory.get64(self._offset) == read:
            return None
        data = self._memory.read(self._offset + 24 + read % self.capacity, self._element.size)
        self._memory.put64(self._offset + 8, read + len(data))
        return data

    def state(self):
        written, read = self._memory.get64(self._offset), self._memory.get64(self._offset + 8)
        values = [self._element.unpack(self._memory.read(self._offset + 24 + at % self.capacity, self._element.size))
                  for at in range(read, written, self._element.size)]
        return {"write_pos": written, "read_pos": read, "capacityBytes": self.capacity, "values": values}


class Pool:
    """Fixed nodes on a free list with a generation against ABA. Handles are indices."""

    def __init__(self, segment, name, element):
        self._memory, self._element = segment.memory, element
        self._offset, size = segment.find(name, least_size=24)
        self.capacity = self._memory.get32(self._offset + 16)
        known = self._memory.get32(self._offset + 20)
        self._next, self._stride = self._shape(element)
        if known != element.size or size != 24 + self.capacity * self._stride:
            raise PeerError("malformed", f"pool {name}: {self.capacity} elements of {known} bytes, entry {size}")

    @staticmethod
    def _shape(element):
        following = round_up(element.size, 4)
        return following, round_up(following + 4, max(4, element.align))

    @classmethod
    def create(cls, segment, name, element, capacity):
        if capacity < 1:
            raise PeerError("bad-command", "a pool needs a capacity")
        following, stride = cls._shape(element)
        offset, = segment.add((name, 24 + capacity * stride))
        segment.memory.put32(offset + 16, capacity)
        segment.memory.put32(offset + 20, element.size)
        for index in range(capacity):
            segment.memory.put32(offset + 24 + index * stride + following, index + 1 if index + 1 < capacity else _NULL)
        return cls(segment, name, element)

    def _node(self, index):
        if not 0 <= index < self.capacity:
            raise IndexError(f"node {index} of a pool of {self.capacity}")
        return self._offset + 24 + index * self._stride

    def allocate(self):
        """An index, or None when all are taken."""
        while True:
            head = self._memory.get64(self._offset)
            index = head & _MASK32
            if index == _NULL:
                return None
            following = self._memory.get32(self._node(index) + self._next)
            if self._memory.cas64(self._offset, head, ((head >> 32) + 1 & _MASK32) << 32 | following):
                self._memory.add32(self._offset + 8, 1)
                return index

    def free(self, index):
        node = self._node(index)
        while True:
            head = self._memory.get64(self._offset)
            self._memory.put32(node + self._next, head & _MASK32)
            if self._memory.cas64(self._offset, head, ((head >> 32) + 1 & _MASK32) << 32 | index):
                self._memory.add32(self._offset + 8, -1)
                return

    def get(self, index):
        return self._memory.read(self._node(index), self._element.size)

    def set(self, index, data):
        self._memory.write(self._node(index), data)

    def state(self):
        head, free = self._memory.get64(self._offset), []
        index = head & _MASK32
        while index < self.capacity and len(free) <= self.capacity:
            free.append(index)
            index = self._memory.get32(self._node(index) + self._next)
        return {"generation": head >> 32, "index": head & _MASK32, "allocated": self._memory.get32(self._offset + 8),
                "capacity": self.capacity, "free": free,
                "values": [self._element.unpack(self.get(index)) for index in range(self.capacity)]}
