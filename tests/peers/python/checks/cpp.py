"""The C++ peers against the Python peers."""

import os

from .harness import Peer
from .zi_contention import contention

_SIZES = "1,1008,77,2032,500"


def check(checks, programs):
    for reader, writer in ((programs, None), (None, programs), (programs, programs)):
        _transfer(checks, reader, writer)
    _single_operations(checks, programs)
    contention(checks, (None, programs))
    contention(checks, (programs, None))


def _transfer(checks, reading, writing):
    name = f"peer-selftest-{os.getpid()}"
    reader = Peer("zerobuffer", "read", "--name", name, "--frames", "3000", "--payload-size", "4096",
                  "--pattern", "sequential", programs=reading)
    checks.equal(reader.line(), "ready", "reader ready")
    writer = Peer("zerobuffer", "write", "--name", name, "--frames", "3000", "--sizes", _SIZES, "--metadata", "mixed",
                  programs=writing)
    code, written = writer.finish()
    checks.equal(code, 0, "writer exit code")
    code, read = reader.finish()
    checks.equal((code, read["framesRead"], read["verifyErrors"]), (0, 3000, 0), "reader result")
    checks.equal(read["checksum"], written["checksum"], "checksums")
    checks.equal(bytes.fromhex(read["metadata"]), b"mixed", "metadata")


def _single_operations(checks, programs):
    """Each structure is made by one language and used by the other one."""
    name = f"peer-selftest-{os.getpid()}"
    python = Peer("zeroipc", "steps", "--segment", name, "--create", "65536", "--entries", "128")
    checks.equal(python.line(), "ready", "Python ready")
    cpp = Peer("zeroipc", "steps", "--segment", name, programs=programs)
    checks.equal(cpp.line(), "ready", "C++ ready")
    for number, (one, other) in enumerate(((python, cpp), (cpp, python))):
        _exchange(checks, one, other, str(number))
    checks.equal(cpp.finish()[0], 0, "C++ exit code")
    checks.equal(python.finish()[0], 0, "Python exit code")


def _exchange(checks, one, other, mark):
    for kind, values in (("queue", [1, -2, 3]), ("ring", [1, -2, 3]), ("stack", [3, -2, 1])):
        one.ask(f"{kind}-create --name {kind}{mark} --capacity 4")
        checks.equal(other.ask(f"{kind}-push --name {kind}{mark} --values 1,-2,3").get("pushed"), 3, kind + " pushed")
        checks.equal(one.ask(f"{kind}-pop --name {kind}{mark} --count 3").get("values"), values, kind + " popped")
    for key, text in (("i32", "-1=5,1=6,42=7"), ("f64", "0.5=5,-2=6,3.14=7"), ("f32", "1=5,2=6,3=7"),
                      ("bytes:12", "00112233445566778899aabb=5,010101010101010101010101=6,00000000000000000000000a=7")):
        flags = f"--name map-{key}-{mark} --key-type {key} --value-type f64"
        one.ask(f"map-create {flags} --capacity 7")
        checks.true(one.ask(f"map-put {flags} --values={text}").get("ok"), key + " stored")
        keys = ",".join(pair.split("=")[0] for pair in text.split(","))
        checks.equal(other.ask(f"map-get {flags} --values={keys}").get("values"), [5, 6, 7], key + " keys found")
    one.ask(f"set-create --name set{mark} --type f64 --capacity 5")
    added = other.ask(f"set-add --name set{mark} --type f64 --values 2.5,1,2.5")["added"]
    checks.equal(added, [True, True, False], "set")
    checks.true(one.ask(f"set-contains --name set{mark} --type f64 --values 2.5,1")["ok"], "set contains")
    one.ask(f"pool-create --name pool{mark} --type f64 --capacity 2")
    checks.equal(other.ask(f"pool-allocate --name pool{mark} --type f64 --values 6.5,7")["indices"], [0, 1], "pool")
    other.ask(f"pool-free --name pool{mark} --type f64 --index 0")
    checks.equal(one.ask(f"pool-allocate --name pool{mark} --type f64 --values 8")["indices"], [0], "pool reused")
    checks.equal(other.ask(f"pool-get --name pool{mark} --type f64 --index 1")["value"], 7, "pool value")
    for kind, flags, waiting, waking in (
            ("semaphore", "--count 0", "acquire", "release"), ("latch", "--count 1", "wait", "down"),
            ("event", "", "wait", "signal"), ("event", "--mode manual", "wait", "signal"),
            ("barrier", "", "wait", "wait")):
        entry = f"{kind}{flags.replace(' ', '')}{mark}"
        one.ask(f"{kind}-create --name {entry} {flags}".rstrip())
        checks.equal(one.ask(f"{kind}-{waiting} --name {entry} --timeout-ms 20")["ok"], False, kind + " times out")
        other.send(f"{kind}-{waiting} --name {entry}")
        checks.true(one.ask(f"{kind}-{waking} --name {entry}")["ok"], f"{kind} {waking}")
        checks.true(other.line()["ok"], f"{kind} woken")
    for text in ("set --values=-7", "fail --text boom"):
        entry = f"future-{text[:3]}{mark}"
        one.ask(f"future-create --name {entry}")
        other.send(f"future-get --name {entry}")
        verb, flag = text.split(" ", 1)
        checks.true(one.ask(f"future-{verb} --name {entry} {flag}")["ok"], "future " + verb)
        state = other.line()["state"]
        checks.equal((state["state"], state["value"]), (2, -7) if verb == "set" else (3, 0), "future " + verb)
    one.ask(f"channel-create --name rendezvous{mark} --capacity 0")
    other.send(f"channel-send --name rendezvous{mark} --values 1,2,3")
    checks.equal(one.ask(f"channel-receive --name rendezvous{mark} --count 3")["values"], [1, 2, 3], "rendezvous")
    checks.equal(other.line()["sent"], 3, "rendezvous sent")
    one.ask(f"channel-close --name rendezvous{mark}")
    checks.equal(other.ask(f"channel-send --name rendezvous{mark} --values 1")["code"], "closed", "closed channel")
    checks.equal(other.ask(f"channel-receive --name rendezvous{mark}")["closed"], True, "closed channel")
    one.ask(f"signal-create --name signal{mark} --values 5")
    checks.equal(other.ask(f"signal-get --name signal{mark}")["value"], 5, "signal")
    other.send(f"signal-wait --name signal{mark} --version 0")
    checks.equal(one.ask(f"signal-set --name signal{mark} --values 6")["versions"], [1], "signal set")
    answer = other.line()
    checks.equal((answer["version"], answer["value"]), (1, 6), "signal seen")
    one.ask(f"once-create --name once{mark}")
    checks.equal(one.ask(f"once-call --name once{mark}")["executed"], True, "once")
    checks.equal(other.ask(f"once-call --name once{mark}")["executed"], False, "once again")
