"""ZeroIPC: golden images decoded and rebuilt byte for byte; structures shared by two processes."""

import os
import struct

from foreign.atomics import Memory
from foreign.lines import PeerError
from foreign.posix import Image
from foreign.zi_commands import flag_parser
from foreign.zi_kinds import Call, attach
from foreign.zi_map import hash_bytes, hash_key
from foreign.zi_segment import Segment
from foreign.zi_types import Element
from foreign.zi_verbs import VERBS

from .harness import Peer
from .zi_contention import contention
from .zi_expected import EXPECTED
from .zi_scripts import SCRIPTS

_SIZE = 65536


def check(checks, golden):
    folder = os.path.join(golden, "zeroipc")
    _hashes(checks)
    _tables(checks, folder)
    for image, entries in EXPECTED.items():
        _decode(checks, folder, image, entries)
    for image, script in SCRIPTS.items():
        _rebuild(checks, folder, image, script)
    _single_operations(checks)
    contention(checks)


def _call(segment, text):
    return Call(segment, flag_parser().parse_args(text.split()))


def _hashes(checks):
    for name, value, expected in (
            ("i32", 1, 2654435761), ("i32", 42, 111486301962), ("i32", -1, 18446744071055115855),
            ("f64", 1.0, 8386164645967068059), ("f64", 0.0, 17606749225356372073), ("f64", -0.0, 1707563596781915746),
            ("f64", 3.14, 5464867211497793177), ("f32", 1.0, 6045349164495482701)):
        element = Element(name)
        checks.equal(hash_key(element, element.pack(value)), expected, f"hash of {name} {value}")
    checks.equal(hash_bytes(struct.pack("<3f", 1, 2, 3)), 3959204971145997586, "hash of a struct")


def _tables(checks, folder):
    images = sorted(name[:-4] for name in os.listdir(folder) if name.endswith(".bin"))
    plain = {"c_array", "cpp_table_empty", "py_table_empty", "cpp_table_small"}
    checks.equal(sorted(set(images) - set(EXPECTED)), sorted(plain), "images with expectations")
    for image in images:
        segment = Segment(Image(os.path.join(folder, image + ".bin")))
        header = segment.header()
        small = image == "cpp_table_small"
        checks.equal((header["memory_size"], header["max_entries"]), (_SIZE, 4 if small else 64), image + " header")
        end = 32 + 48 * header["max_entries"]
        for name, offset, size in segment.entries():
            checks.equal(offset, (end + 7) // 8 * 8, f"{image} offset of {name}")
            end = offset + size
        checks.equal(header["next_offset"], end, image + " next_offset")
    small = Segment(Image(os.path.join(folder, "cpp_table_small.bin")))
    checks.equal([(name, size) for name, _, size in small.entries()], [(f"e{i}", i + 1) for i in range(4)], "entries")
    foreign = Segment(Image(os.path.join(folder, "c_array.bin")))
    call = _call(foreign, "--name temps --type f32")
    checks.code("malformed", "array header of the C library", attach, "array", call)


def _decode(checks, folder, image, entries):
    segment = Segment(Image(os.path.join(folder, image + ".bin")))
    for kind, name, flags, expected in entries:
        try:
            state = attach(kind, _call(segment, f"--name {name} {flags}")).state()
        except PeerError as error:
            checks.equal(str(error), "decoded", f"{image} {name}")
            continue
        found = {key: state.get(key) for key in expected}
        for items in (found, expected):
            if "items" in items:
                items["items"] = sorted(items["items"])
        checks.equal(found, expected, f"{image} {name}")


def _rebuild(checks, folder, image, script):
    """Runs the script in a fresh segment; future completion times and entries not in the script are left out."""
    with open(os.path.join(folder, image + ".bin"), "rb") as file:
        wanted = bytearray(file.read())
    built = Memory(bytearray(_SIZE))
    segment = Segment.format(built)
    for line in script.strip().splitlines():
        words = line.split()
        if words[0] == "poke32":
            built.put32(segment.find(words[1])[0] + int(words[2]), int(words[3], 0))
        elif words[0] == "raw":
            segment.add((words[1], int(words[2])))
        else:
            VERBS[words[0]](_call(segment, " ".join(words[1:])))
    names = [name for name, _, _ in segment.entries()]
    golden = Segment(Memory(wanted)).entries()
    checks.equal(segment.entries(), golden[:len(names)], image + " table rebuilt")
    if len(names) == len(golden) and image != "cpp_future":
        checks.true(bytes(wanted) == built.read(0, _SIZE), image + " rebuilt")
    for name, offset, size in segment.entries():
        expected, actual = bytearray(wanted[offset:offset + size]), bytearray(built.read(offset, size))
        if image == "cpp_future":
            expected[8:16] = actual[8:16] = bytes(8)
        checks.true(expected == actual, f"{image} {name} rebuilt")


def _single_operations(checks):
    """Blocking operations between two processes, step by step."""
    name = f"peer-selftest-{os.getpid()}"
    first = Peer("zeroipc", "steps", "--segment", name, "--create", "65536")
    checks.equal(first.line(), "ready", "steps ready")
    second = Peer("zeroipc", "steps", "--segment", name)
    checks.equal(second.line(), "ready", "steps ready")
    for kind, waiting, waking in (
            ("semaphore", "acquire", "release"), ("latch", "wait", "down"), ("event", "wait", "signal"),
            ("barrier", "wait", "wait")):
        first.ask(f"{kind}-create --name {kind} --count {1 if kind == 'latch' else 0}")
        checks.equal(first.ask(f"{kind}-{waiting} --name {kind} --timeout-ms 20")["ok"], False, kind + " times out")
        second.send(f"{kind}-{waiting} --name {kind}")
        checks.true(first.ask(f"{kind}-{waking} --name {kind}")["ok"], f"{kind} {waking}")
        checks.true(second.line()["ok"], f"{kind} woken")
    for layout in ("cpp", "python"):
        flags = f"--name rendezvous-{layout} --layout {layout}"
        first.ask(f"channel-create {flags} --capacity 0")
        second.send(f"channel-send {flags} --values 1,2,3")
        checks.equal(first.ask(f"channel-receive {flags} --count 3")["values"], [1, 2, 3], layout + " rendezvous")
        checks.equal(second.line()["sent"], 3, layout + " rendezvous sent")
        first.ask(f"channel-close {flags}")
        checks.equal(second.ask(f"channel-receive {flags}")["closed"], True, layout + " closed")
        checks.equal(second.ask(f"channel-send {flags} --values 1")["code"], "closed", layout + " send to closed")
    first.ask("future-create --name f --type f64")
    second.send("future-get --name f --type f64")
    checks.true(first.ask("future-set --name f --type f64 --values 2.5")["ok"], "future set")
    checks.equal(second.line()["state"]["value"], 2.5, "future got")
    checks.equal(first.ask("future-set --name f --type f64 --values 3")["ok"], False, "future set twice")
    first.ask("lazy-create --name l --operation add --values 20,22")
    checks.equal(second.ask("lazy-force --name l")["state"]["value"], 42, "lazy sum")
    checks.equal(first.ask("queue-create --name f --capacity 4")["code"], "exists", "name taken")
    checks.equal(second.ask("queue-state --name missing")["code"], "not-found", "name missing")
    checks.equal(second.finish()[0], 0, "second exit code")
    checks.equal(first.finish()[0], 0, "first exit code")
