"""ZeroIPC: contention between processes, both Python peers or one of them a C++ peer."""

import os

from .harness import Peer

_MANY = (
    ("queue", "--type i64", "--capacity 8", "producer", "consumer"),
    ("queue", "--type bytes:24", "--capacity 64", "producer", "consumer"),
    ("queue", "--type f64", "--capacity 1", "producer", "consumer"),
    ("stack", "--type i32", "--capacity 16", "producer", "consumer"),
    ("channel", "--type u16", "--capacity 4", "producer", "consumer"),
    ("monitor", "", "", "producer", "consumer"),
    ("event", "", "", "signaler", "waiter"))
_ONE_TO_ONE = (
    ("ring", "--type u64", "--capacity 5", "producer", "consumer"),
    ("channel", "--type i32", "--capacity 0", "producer", "consumer"),
    ("signal", "--type bytes:40", "", "writer", "reader"),
    ("stream", "--type p12", "--capacity 8", "producer", "consumer"))
_TOGETHER = (
    ("mutex", "", "", "loop"), ("semaphore", "", "--count 1 --max 1", "loop"), ("monitor", "", "", "loop"),
    ("rwlock", "", "", "writer"), ("pool", "--type bytes:16", "--capacity 3", "churn"), ("once", "", "", "loop"))
_COUNT = 500


class _Session:
    """A segment made by one peer; loops of the two sides run in it."""

    def __init__(self, checks, programs):
        self._checks, self._programs = checks, programs
        self._name = f"peer-selftest-{os.getpid()}"
        self.owner = Peer("zeroipc", "steps", "--segment", self._name, "--create", "262144", "--entries", "200",
                          programs=programs[0])
        checks.equal(self.owner.line(), "ready", "owner ready")

    def create(self, kind, entry, types, shape):
        self.owner.ask(f"array-create --name c-{entry} --type u64 --capacity 4")
        values = f" --values {'00' * 40}" if kind == "signal" else ""
        answer = self.owner.ask(f"{kind}-create --name {entry} {types} {shape}{values}".rstrip())
        self._checks.true(answer.get("ok"), f"{entry} created: {answer}")

    def loop(self, side, verb, entry, types="", count=_COUNT, start=0):
        return Peer("zeroipc", verb, "--segment", self._name, "--name", entry, *types.split(), "--count", str(count),
                    "--start", str(start), "--counter", f"c-{entry}", "--go", programs=self._programs[side])

    def go(self, peers, what):
        """Lets all start together; their last lines."""
        for peer in peers:
            self._checks.equal(peer.line(), "ready", what + " ready")
        for peer in peers:
            peer.send("go")
        results = [peer.finish() for peer in peers]
        for code, last in results:
            self._checks.equal((code, last and last.get("ok")), (0, True), f"{what} result {last}")
        return [last for _, last in results]

    def same_totals(self, first, second, what):
        for field in ("count", "sum", "squares"):
            if field in first[0] and field in second[0]:
                totals = [sum(result[field] for result in side) % 2 ** 64 for side in (first, second)]
                self._checks.equal(totals[0], totals[1], f"{what} {field}")


def contention(checks, programs=(None, None)):
    """`programs`: the folder of the C++ peers, or None for Python, of the owner and side 0, and of side 1."""
    mixed = programs != (None, None)
    session = _Session(checks, programs)
    for number, (kind, types, shape, left, right) in enumerate(_MANY):
        entry = f"{kind}{number}"
        session.create(kind, entry, types, shape)
        lefts = [session.loop(side, f"{kind}-{left}", entry, types, start=_COUNT * side) for side in (0, 1)]
        rights = [session.loop(side, f"{kind}-{right}", entry, types) for side in (0, 1)]
        results = session.go(lefts + rights, entry)
        session.same_totals(results[:2], results[2:], entry)
    for kind, types, shape, left, right in _ONE_TO_ONE[:3 if mixed else 4]:
        for side in (0, 1):
            entry = f"{kind}-{side}"
            session.create(kind, entry, types, shape)
            version = f" --version {_COUNT}" if kind == "signal" else ""
            results = session.go([session.loop(side, f"{kind}-{left}", entry, types),
                                  session.loop(1 - side, f"{kind}-{right}", entry, types + version)], entry)
            if kind != "signal":
                session.same_totals(results[:1], results[1:], entry)
                checks.true(results[1]["ascending"], entry + " in order")
    for kind, types, shape, loop in _TOGETHER:
        session.create(kind, kind, types, shape)
        session.go([session.loop(side, f"{kind}-{loop}", kind, types, start=1000 * side) for side in (0, 1)], kind)
    session.create("barrier", "barrier", "", "--participants 2")
    session.go([session.loop(side, "barrier-loop", "barrier", f"--index {side}", 50) for side in (0, 1)], "barrier")
    session.create("rwlock", "shared", "", "")
    roles = ((0, "writer"), (0, "reader"), (1, "writer"), (1, "reader"))
    session.go([session.loop(side, f"rwlock-{role}", "shared", count=200) for side, role in roles], "rwlock readers")
    for layout in ("",) if mixed else ("", " --layout python"):
        _keyed(checks, session, layout)
    checks.equal(session.owner.finish()[0], 0, "owner exit code")


def _keyed(checks, session, layout):
    flags = "--key-type i64 --value-type f64 --type i64" + layout
    for kind in ("map", "set"):
        entry = kind + layout.replace(" --layout ", "-")
        session.create(kind, entry, flags, "--capacity 700")
        session.go([session.loop(side, f"{kind}-filler", entry, flags, 300, 300 * side) for side in (0, 1)], entry)
        for side in (0, 1):
            session.go([session.loop(side, f"{kind}-checker", entry, flags, 600)], entry + " complete")
        session.go([session.loop(side, f"{kind}-remover", entry, flags, 300, 300 * side) for side in (1, 0)], entry)
        checks.true(not session.owner.ask(f"{kind}-checker --name {entry} {flags} --count 1")["ok"], entry + " emptied")
