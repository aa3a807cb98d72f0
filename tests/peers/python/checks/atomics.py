"""Both implementations of atomic read-modify-write: results, and no lost update between two processes."""

import mmap
import os

from foreign import atomics

_ROUNDS = 20_000


def check(checks, _):
    kept = atomics.RMW
    for wanted in ("libatomic", "stub"):
        os.environ["PEER_ATOMICS"] = wanted
        try:
            atomics.RMW = atomics.select()
        except OSError:
            print("libatomic.so.1 is not installed: not checked")
            continue
        finally:
            del os.environ["PEER_ATOMICS"]
        checks.equal(atomics.RMW.kind, wanted, "implementation")
        _results(checks, wanted)
        _race(checks, wanted)
    atomics.RMW = kept


def _results(checks, what):
    memory = atomics.Memory(bytearray(64))
    memory.put64(8, 2 ** 63)
    checks.equal((memory.add64(8, -5), memory.get64(8)), (2 ** 63, 2 ** 63 - 5), what + " add64")
    checks.equal((memory.cas64(8, 1, 2), memory.get64(8)), (False, 2 ** 63 - 5), what + " cas64 refused")
    checks.equal((memory.cas64(8, 2 ** 63 - 5, 7), memory.get64(8)), (True, 7), what + " cas64")
    checks.equal((memory.add32(20, -1), memory.get32(20)), (0, 2 ** 32 - 1), what + " add32")
    checks.equal((memory.cas32(20, 0, 9), memory.cas32(20, -1, 9), memory.get32(20)), (False, True, 9), what + " cas32")
    checks.equal((memory.get32(16), memory.get32(24)), (0, 0), what + " neighbours")


def _race(checks, what):
    memory = atomics.Memory(mmap.mmap(-1, 64))
    child = os.fork()
    for _ in range(_ROUNDS):
        memory.add64(0, 3)
        while not memory.cas32(8, value := memory.get32(8), value + 1):
            pass
    if child == 0:
        os._exit(0)
    checks.equal(os.waitpid(child, 0)[1], 0, what + " child")
    checks.equal((memory.get64(0), memory.get32(8)), (6 * _ROUNDS, 2 * _ROUNDS), what + " two processes")
