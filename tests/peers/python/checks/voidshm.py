"""VOID shared memory: profiles, and writer and reader in two processes."""

import os
import struct

from foreign.posix import SharedMemory, shm_unlink
from foreign.void_layout import Profile, fits
from foreign.void_peer import Reader, Writer

from .harness import Peer


def check(checks, _):
    _layouts(checks)
    _codes(checks)
    _steps(checks)
    _profiles(checks)
    _stream(checks)


def _layouts(checks):
    canon = Profile()
    checks.equal(canon.header_size, struct.calcsize("<5I4x2Q64s64s64s"), "canon header size")
    checks.equal(list(canon.offsets.values()), [0, 4, 8, 12, 16, 24, 32, 40, 104, 168], "canon offsets")
    for name, sizes in (("A", (88, 136, 232, 424, 808)), ("B", (80, 128, 224, 416, 800)),
                        ("C", (76, 124, 220, 412, 796)), ("D", (84, 132, 228, 420, 804)),
                        ("E", (80, 128, 224, 416, 800)), ("F", (96, 144, 240, 432, 816)), ("G", (88, 136, 232))):
        for capacity, size in zip((16, 32, 64, 128, 256), sizes):
            checks.equal(Profile(name, capacity).header_size, size, f"{name} header size, strings of {capacity}")


def _codes(checks):
    name, profile = f"peer-selftest-{os.getpid()}", Profile()
    reader = Reader(name, profile)
    checks.code("missing", "no segment", reader.read)
    for size, code in ((16, "too-small"), (236, "bad-magic")):
        SharedMemory(name, size).close()
        checks.code(code, f"{size} zero bytes", reader.read)
        shm_unlink(name)
    writer = Writer(name, profile, 2, 3)
    for field, value, code in (("version", 3, "bad-version"), ("header_size", 228, "bad-header-size"),
                               ("channels", 0, "bad-shape"), ("length", 0, "bad-shape"), ("length", 4, "truncated"),
                               ("channels", 0xFFFFFFFF, "truncated")):
        kept = profile.number(writer.memory.buffer, field)
        profile.put_number(writer.memory.buffer, field, value)
        checks.code(code, f"{field} {value}", reader.read)
        profile.put_number(writer.memory.buffer, field, kept)
    checks.code("busy", "refuse", Writer, name, profile, 1, 1, ("", "", ""), None, "refuse")
    writer.disconnect()
    checks.code("missing", "disconnected", reader.read)


def _steps(checks):
    name = f"peer-selftest-{os.getpid()}"
    writer = Peer("voidshm", "write", "--name", name, "--channels", "4", "--length", "2", "--owner-app", "app",
                  "--owner-project", "project", "--owner-node", "n" * 70, "--epoch", "7", "--steps")
    checks.equal(writer.line(), "ready", "writer ready")
    reader = Peer("voidshm", "read", "--name", name, "--steps")
    checks.equal(reader.line(), "ready", "reader ready")
    first = reader.ask("read")
    checks.equal((first["values"], first["bytes"]), ([0.0] * 8, 264), "first snapshot")
    checks.equal(first["header"], {
        "magic": 0x44494F56, "version": 2, "header_size": 232, "channels": 4, "length": 2, "epoch": 7, "frame": 0,
        "owner_app": "app", "owner_project": "project", "owner_node": "n" * 63}, "first header")
    writer.ask("write 1 2 3 4 5 6 7 8 9 10")
    writer.ask("write 0.5")
    writer.ask("set 1 20 30 40")
    last = reader.ask("read")
    checks.equal(last["values"], [0.5, 2, 20, 30, 40, 6, 7, 8], "written values")
    checks.equal((last["header"]["epoch"], last["header"]["frame"]), (7, 3), "written frame")
    for number, command in enumerate(("channels 2", "length 5", "reset")):
        state = writer.ask(command)
        checks.equal((state["header"]["epoch"], state["header"]["frame"]), (8 + number, 0), command)
    checks.equal(reader.ask("read")["values"], [0.0] * 10, "cleared values")
    checks.equal(writer.ask("disconnect")["connected"], False, "disconnected")
    checks.equal(reader.ask("read")["code"], "missing", "gone")
    checks.equal(writer.ask("connect")["header"]["epoch"], 11, "connected again")
    writer.send("crash")
    writer.finish()
    checks.equal(reader.ask("read")["header"]["epoch"], 11, "left by a crash")
    heir = Peer("voidshm", "write", "--name", name, "--steps")
    checks.equal(heir.line(), "ready", "writer takes the place of a dead one")
    checks.equal(reader.ask("read")["header"]["epoch"], 12, "epoch continued")
    checks.equal((reader.finish()[0], heir.finish()[0]), (0, 0), "exit codes")


def _profiles(checks):
    name = f"peer-selftest-{os.getpid()}"
    for letter in "ABCDEFG":
        for capacity in (32, 64):
            profile = Profile(letter, capacity)
            writer = Writer(name, profile, 7, 3, ("app", "project", "node"), 5)
            writer.write([float(i) for i in range(21)])
            header, payload, _ = Reader(name, profile).read()
            checks.equal((header["epoch"], header["frame"], header["owner_node"]), (5, 1, "node"), letter + " header")
            checks.equal(list(struct.unpack("<21f", payload)), [float(i) for i in range(21)], letter + " payload")
            expected = {"profile": "canon" if letter == "A" else letter, "capacity": capacity}
            checks.true(expected in fits(writer.memory.buffer[:]), f"{letter} {capacity} recognised")
            writer.disconnect()


def _stream(checks):
    name = f"peer-selftest-{os.getpid()}"
    writer = Peer("voidshm", "write", "--name", name, "--channels", "8", "--frames", "300", "--delay-ms", "1",
                  "--stay")
    checks.equal(writer.line(), "ready", "writer ready")
    watcher = Peer("voidshm", "watch", "--name", name, "--until-frame", "300")
    checks.equal(watcher.line(), "ready", "watcher ready")
    busy = Peer("voidshm", "write", "--name", name, "--existing", "refuse")
    code, last = busy.finish()
    checks.equal((code, last and last.get("code")), (1, "busy"), "second writer")
    code, last = watcher.finish()
    checks.equal((code, last["frame"], last["backwards"], last["end"]), (0, 300, 0, "frame"), "watched")
    checks.equal(writer.finish()[0], 0, "writer exit code")
