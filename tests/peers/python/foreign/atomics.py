"""Atomic access to a mapping: plain aligned loads and stores (acquire/release on x86-64) and real read-modify-write.

Read-modify-write goes through libatomic when it is installed, otherwise through a few bytes of x86-64 machine code.
PEER_ATOMICS=libatomic or PEER_ATOMICS=stub forces one of the two.
"""

import ctypes
import mmap
import os
import platform

_SEQ_CST = 5
_MASK32 = 0xFFFFFFFF
_MASK64 = 0xFFFFFFFFFFFFFFFF

# System V calling convention: rdi = address, rsi = expected or addend, rdx = desired. The old value is returned.
_STUBS = {
    "cas32": bytes.fromhex("89f0 f00fb117 c3"),      # mov eax,esi; lock cmpxchg [rdi],edx; ret
    "cas64": bytes.fromhex("4889f0 f0480fb117 c3"),  # mov rax,rsi; lock cmpxchg [rdi],rdx; ret
    "add32": bytes.fromhex("89f0 f00fc107 c3"),      # mov eax,esi; lock xadd [rdi],eax; ret
    "add64": bytes.fromhex("4889f0 f0480fc107 c3"),  # mov rax,rsi; lock xadd [rdi],rax; ret
}


class _LibAtomic:
    """compare_exchange and fetch_add of libatomic.so.1."""

    kind = "libatomic"

    def __init__(self):
        lib = ctypes.CDLL("libatomic.so.1")
        self._cas, self._add = {}, {}
        for bits, size, word in ((32, 4, ctypes.c_uint32), (64, 8, ctypes.c_uint64)):
            cas = getattr(lib, f"__atomic_compare_exchange_{size}")
            cas.argtypes = [ctypes.c_void_p, ctypes.c_void_p, word, ctypes.c_int, ctypes.c_int]
            cas.restype = ctypes.c_bool
            add = getattr(lib, f"__atomic_fetch_add_{size}")
            add.argtypes = [ctypes.c_void_p, word, ctypes.c_int]
            add.restype = word
            self._cas[bits] = (cas, word)
            self._add[bits] = add

    def cas(self, bits, address, expected, desired):
        function, word = self._cas[bits]
        seen = word(expected)
        return bool(function(address, ctypes.byref(seen), desired, _SEQ_CST, _SEQ_CST))

    def add(self, bits, address, delta):
        return self._add[bits](address, delta, _SEQ_CST)


class _MachineCode:
    """The same two operations as machine code in an executable anonymous mapping."""

    kind = "stub"

    def __init__(self):
        if platform.machine() != "x86_64":
            raise OSError("the machine-code atomics exist for x86-64 only; install libatomic.so.1")
        self._page = mmap.mmap(-1, mmap.PAGESIZE, mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS,
                               mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        base = ctypes.addressof(ctypes.c_char.from_buffer(self._page))
        self._functions = {}
        for index, (name, code) in enumerate(_STUBS.items()):
            self._page[index * 16:index * 16 + len(code)] = code
            word = ctypes.c_uint32 if name.endswith("32") else ctypes.c_uint64
            count = 2 if name.startswith("cas") else 1
            self._functions[name] = ctypes.CFUNCTYPE(word, ctypes.c_void_p, *[word] * count)(base + index * 16)

    def cas(self, bits, address, expected, desired):
        return self._functions[f"cas{bits}"](address, expected, desired) == expected

    def add(self, bits, address, delta):
        return self._functions[f"add{bits}"](address, delta)


def select():
    """The implementation that is installed, or the one that PEER_ATOMICS names."""
    wanted = os.environ.get("PEER_ATOMICS", "auto")
    if wanted == "stub":
        return _MachineCode()
    try:
        return _LibAtomic()
    except (OSError, AttributeError):
        if wanted == "libatomic":
            raise
        return _MachineCode()


RMW = select()


class Memory:
    """Typed access to one mapping (or any writable buffer) by byte offset. Every access is bounds-checked."""

    def __init__(self, buffer):
        self.buffer = buffer
        self.size = len(buffer)
        self._base = ctypes.addressof(ctypes.c_char.from_buffer(buffer)) if self.size else 0

    def address(self, offset, size):
        if offset < 0 or offset + size > self.size:
            raise IndexError(f"access to {size} bytes at {offset} of a mapping of {self.size} bytes")
        return self._base + offset

    def get8(self, offset):
        return ctypes.c_uint8.from_address(self.address(offset, 1)).value

    def put8(self, offset, value):
        ctypes.c_uint8.from_address(self.address(offset, 1)).value = value

    def get32(self, offset):
        return ctypes.c_uint32.from_address(self.address(offset, 4)).value

    def put32(self, offset, value):
        ctypes.c_uint32.from_address(self.address(offset, 4)).value = value & _MASK32

    def get_i32(self, offset):
        return ctypes.c_int32.from_address(self.address(offset, 4)).value

    def get64(self, offset):
        return ctypes.c_uint64.from_address(self.address(offset, 8)).value

    def put64(self, offset, value):
        ctypes.c_uint64.from_address(self.address(offset, 8)).value = value & _MASK64

    def cas32(self, offset, expected, desired):
        return RMW.cas(32, self.address(offset, 4), expected & _MASK32, desired & _MASK32)

    def cas64(self, offset, expected, desired):
        return RMW.cas(64, self.address(offset, 8), expected & _MASK64, desired & _MASK64)

    def add32(self, offset, delta):
        """Adds (modulo 2^32) and returns the value before."""
        return RMW.add(32, self.address(offset, 4), delta & _MASK32)

    def add64(self, offset, delta):
        """Adds (modulo 2^64) and returns the value before."""
        return RMW.add(64, self.address(offset, 8), delta & _MASK64)

    def read(self, offset, size):
        self.address(offset, size)
        return bytes(self.buffer[offset:offset + size])

    def write(self, offset, data):
        self.address(offset, len(data))
        self.buffer[offset:offset + len(data)] = data
