"""ZeroIPC v2: map and set, in the C++ layout and in the Python layout."""

from .lines import PeerError
from .waiting import Tries
from .zi_types import Element, round_up

_MASK64 = 0xFFFFFFFFFFFFFFFF
_KNUTH = 2654435761
_BYTE = Element("u8")
EMPTY, OCCUPIED, DELETED, INSERTING = range(4)


def hash_bytes(data):
    """The 64-bit byte hash of libstdc++."""
    factor = 0xC6A4A7935BD1E995
    value = 0xC70F6907 ^ len(data) * factor & _MASK64
    whole = len(data) // 8 * 8
    for at in range(0, whole, 8):
        word = int.from_bytes(data[at:at + 8], "little") * factor & _MASK64
        word = (word ^ word >> 47) * factor & _MASK64
        value = (value ^ word) * factor & _MASK64
    if whole < len(data):
        value = (value ^ int.from_bytes(data[whole:], "little")) * factor & _MASK64
    value = (value ^ value >> 47) * factor & _MASK64
    return value ^ value >> 47


def hash_key(element, data):
    """The hash of a key in the C++ layout."""
    return element.unpack(data) * _KNUTH & _MASK64 if element.integral else hash_bytes(data)


def hash_python(data):
    """The hash of a key in the Python layout."""
    value = 0
    for byte in data:
        value = value * 31 + byte
    return value * _KNUTH & _MASK64


class Map:
    """Open addressing with tombstones and two-phase inserts."""

    _KIND = "map"

    def __init__(self, segment, name, key, value, layout="cpp"):
        self._memory, self._key, self._value, self._layout = segment.memory, key, value, layout
        self._offset, size = segment.find(name, least_size=16)
        self.capacity = self._memory.get32(self._offset + 4)
        sizes = self._memory.get32(self._offset + 8), self._memory.get32(self._offset + 12)
        self._key_at, self._value_at, self._stride = self._shape(key, value, layout)
        if sizes != self._sizes(key, value, layout):
            raise PeerError("malformed", f"{self._KIND} {name}: keys and values of {sizes} bytes")
        if self.capacity == 0 or size != 16 + self.capacity * self._stride:
            raise PeerError("malformed", f"{self._KIND} {name}: capacity {self.capacity}, {size} bytes")

    @staticmethod
    def _sizes(key, value, _):
        return key.size, value.size

    @staticmethod
    def _shape(key, value, layout):
        """(offset of the key, offset of the value, stride) of an entry."""
        if layout == "python":
            return 4, 4 + key.size, round_up(4 + key.size + value.size, 8)
        key_at = round_up(4, key.align)
        value_at = round_up(key_at + key.size, value.align)
        return key_at, value_at, round_up(value_at + value.size, max(4, key.align, value.align))

    @classmethod
    def create(cls, segment, name, key, value, capacity, layout="cpp"):
        if capacity < 1 or value is not None and value.size > 8:
            raise PeerError("bad-command", f"capacity {capacity}, values of {value.size} bytes")
        offset, = segment.add((name, 16 + capacity * cls._shape(key, value, layout)[2]))
        sizes = cls._sizes(key, value, layout)
        for at, field in ((4, capacity), (8, sizes[0]), (12, sizes[1])):
            segment.memory.put32(offset + at, field)
        return cls(segment, name, key, value, layout)

    def slot_of(self, key):
        return (hash_python(key) if self._layout == "python" else hash_key(self._key, key)) % self.capacity

    def _probe(self, key):
        """The entries of a key's chain, in probing order."""
        if self._layout == "python":
            first = hash_python(key)
            indices = ((first + step) % self.capacity for step in range(self.capacity))
        else:
            first = hash_key(self._key, key)
            indices = (((first + step) & _MASK64) % self.capacity for step in range(self.capacity))
        return (self._offset + 16 + index * self._stride for index in indices)

    def _same(self, entry, key):
        found = self._memory.read(entry + self._key_at, self._key.size)
        return self._key.unpack(found) == self._key.unpack(key) if self._key.floating else found == key

    def _settled(self, entry):
        """The state of an entry after a bounded wait for an insert that is under way."""
        tries = Tries()
        while (state := self._memory.get32(entry)) == INSERTING and tries.again():
            pass
        return state

    def put(self, key, value):
        """Inserts or updates; False when there is no slot."""
        while (outcome := self._try_put(key, value)) is None:
            pass
        return outcome

    def _try_put(self, key, value, update=True):
        """True or False, None when a claim was lost and the chain must be scanned again."""
        memory, target, target_state = self._memory, None, None
        for entry in self._probe(key):
            state = self._settled(entry)
            if state == OCCUPIED and self._same(entry, key):
                if not update:
                    return False
                if not memory.cas32(entry, OCCUPIED, INSERTING):
                    return None
                memory.write(entry + self._value_at, value)
                memory.put32(entry, OCCUPIED)
                return True
            if state in (EMPTY, DELETED) and target is None:
                target, target_state = entry, state
            if state == EMPTY:
                break
        if target is None:
            return False
        if not memory.cas32(target, target_state, INSERTING):
            return None
        memory.write(target + self._key_at, key)
        if value is not None:
            memory.write(target + self._value_at, value)
        memory.put32(target, OCCUPIED)
        memory.add32(self._offset, 1)
        return True

    def _find(self, key):
        for entry in self._probe(key):
            state = self._settled(entry)
            if state == EMPTY:
                return None
            if state == OCCUPIED and self._same(entry, key):
                return entry
        return None

    def get(self, key):
        """The value's bytes or None."""
        entry = self._find(key)
        return None if entry is None else self._memory.read(entry + self._value_at, self._value.size)

    def remove(self, key):
        while (entry := self._find(key)) is not None:
            if self._memory.cas32(entry, OCCUPIED, DELETED):
                self._memory.add32(self._offset, -1)
                return True
        return False

    def _entries(self):
        for index in range(self.capacity):
            entry = self._offset + 16 + index * self._stride
            yield entry, self._memory.get32(entry)

    def state(self):
        states, items = [], []
        for entry, state in self._entries():
            states.append(state)
            if state == OCCUPIED:
                items.append([self._key.unpack(self._memory.read(entry + self._key_at, self._key.size)),
                              self._value.unpack(self._memory.read(entry + self._value_at, self._value.size))])
        return {"size": self._memory.get32(self._offset), "capacity": self.capacity, "states": states, "items": items}


class Set(Map):
    """A map without values; in the Python layout a map with the value 1 of one byte."""

    _KIND = "set"

    def __init__(self, segment, name, element, layout="cpp"):
        super().__init__(segment, name, element, _BYTE, layout)

    @staticmethod
    def _sizes(key, value, layout):
        return key.size, value.size if layout == "python" else 0

    @staticmethod
    def _shape(key, value, layout):
        if layout == "python":
            return Map._shape(key, value, layout)
        at = round_up(4, key.align)
        return at, at, round_up(at + key.size, max(4, key.align))

    @classmethod
    def create(cls, segment, name, element, capacity, layout="cpp"):
        offset, = segment.add((name, 16 + capacity * cls._shape(element, _BYTE, layout)[2]))
        sizes = cls._sizes(element, _BYTE, layout)
        for at, field in ((4, capacity), (8, sizes[0]), (12, sizes[1])):
            segment.memory.put32(offset + at, field)
        return cls(segment, name, element, layout)

    def add(self, data):
        """False when the element is there already, or when there is no slot."""
        value = b"\x01" if self._layout == "python" else None
        while (outcome := self._try_put(data, value, update=False)) is None:
            pass
        return outcome

    def contains(self, data):
        return self._find(data) is not None

    def state(self):
        states, items = [], []
        for entry, state in self._entries():
            states.append(state)
            if state == OCCUPIED:
                items.append(self._key.unpack(self._memory.read(entry + self._key_at, self._key.size)))
        return {"size": self._memory.get32(self._offset), "capacity": self.capacity, "states": states, "items": items}
