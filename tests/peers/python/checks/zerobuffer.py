"""ZeroBuffer: golden images decoded and reproduced byte for byte; reader and writer in two processes."""

import glob
import os
import re

from foreign import zb_layout as layout
from foreign.pattern import run
from foreign.posix import Image
from foreign.zb_reader import Reader
from foreign.zb_writer import Writer

from .harness import Peer

_COLUMNS = ("metadata_size", "metadata_free_bytes", "metadata_written_bytes", "payload_size", "payload_free_bytes",
            "payload_write_pos", "payload_read_pos", "payload_written_count", "payload_read_count")


def check(checks, golden):
    folder = os.path.join(golden, "zerobuffer")
    _headers(checks, folder)
    _contents(checks, folder)
    for language in ("cpp", "cs", "py"):
        _reproduce_basic(checks, folder, language)
        _reproduce_wrap(checks, folder, language)
        _reproduce_exact(checks, folder, language)
        _reproduce_tail(checks, folder, language)
    _reproduce_second_lap(checks, folder)
    _processes(checks)
    _steps(checks)
    _refusals(checks)


def _headers(checks, folder):
    rows = 0
    with open(os.path.join(folder, "README.md"), encoding="utf-8") as file:
        for line in file:
            row = re.match(r"\| (\S+\.bin) \| (.+) \|$", line.strip())
            if not row:
                continue
            rows += 1
            values = [cell.strip() for cell in row.group(2).split("|")]
            memory = Image(os.path.join(folder, row.group(1)))
            fields = layout.decode(memory)["header"]
            checks.equal(memory.size, int(values[0]), row.group(1) + " size")
            for name, value in zip(_COLUMNS, values[1:10]):
                checks.equal(fields[name], int(value), f"{row.group(1)} {name}")
            checks.equal(int(fields["writer_pid"] != 0), int(values[10]), row.group(1) + " writer")
            checks.equal(int(fields["reader_pid"] != 0), int(values[11]), row.group(1) + " reader")
    checks.equal(rows, len(glob.glob(os.path.join(folder, "*.bin"))), "images listed")


def _contents(checks, folder):
    expected = {
        "04": [(1024, 1), (1, 2), (100, 3)], "05": [(1, 2), (100, 3)], "06": [(1, 2), (100, 3)],
        "09": ["wrap", (4000, 3)], "12": [(10224, 1)], "14": [(10, 2)],
        "16": ["implicit-wrap", (20, 3)], "19": ["wrap", (4000, 4)]}
    for path in sorted(glob.glob(os.path.join(folder, "*.bin"))):
        name = os.path.basename(path)
        image = layout.decode(Image(path))
        number = name.split("-")[1]
        frames = [(f["size"], f["sequence"]) if f["kind"] == "frame" else f["kind"] for f in image["frames"]]
        checks.equal(frames, expected.get(number, []), name + " unread frames")
        checks.true(all(f.get("patternOk", True) for f in image["frames"]), name + " frame data")
        if image["metadata"] is not None:
            checks.equal(image["metadata"]["hex"], run(100, 0).hex(), name + " metadata")
        checks.equal(image["metadata"] is not None, "03" <= number <= "08", name + " has metadata")


class _Pair:
    """Reader and writer in this process, compared with images."""

    def __init__(self, checks, folder, language, metadata_size, payload_size):
        self._checks, self._folder, self._language = checks, folder, language
        counts = language == "py"
        self.name = f"peer-selftest-{os.getpid()}"
        self.reader = Reader(self.name, metadata_size, payload_size, count_implicit_wraps=counts)
        self.compare("01", 0, 0)
        self.writer = Writer(self.name, count_implicit_wraps=counts, wrap_position=language == "cs")

    def compare(self, number, data=None, space=None):
        found = glob.glob(os.path.join(self._folder, f"{self._language}-{number}-*.bin"))
        if found and os.path.getsize(found[0]) == self.reader.memory.size:
            with open(found[0], "rb") as file:
                wanted = bytearray(file.read())
            actual = bytearray(self.reader.memory.read(0, self.reader.memory.size))
            for image in (wanted, actual):
                image[0x50:0x60] = bytes(16)
            different = [hex(i) for i in range(len(wanted)) if wanted[i] != actual[i]]
            self._checks.equal(different[:5], [], os.path.basename(found[0]) + " reproduced")
        if data is not None:
            self._checks.equal((self.reader.data_ready.value(), self.reader.space_freed.value()), (data, space),
                               f"{self._language}-{number} semaphores")

    def pass_through(self, size):
        sequence, _ = self.writer.write(run(size, self.writer.sequence + 1))
        self.take(size, sequence)

    def take(self, size, sequence, release=True):
        frame = self.reader.read(1)
        self._checks.equal((frame.size, frame.sequence), (size, sequence), "frame read")
        self._checks.true(frame.data() == run(size, sequence), "frame data read")
        if release:
            self.reader.release(frame)
        return frame

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.writer.close()
        self.reader.close()


def _reproduce_basic(checks, folder, language):
    with _Pair(checks, folder, language, 1024, 10240) as pair:
        pair.compare("02")
        pair.writer.set_metadata(run(100, 0))
        pair.compare("03")
        for size in (1024, 1, 100):
            pair.writer.write(run(size, pair.writer.sequence + 1))
        pair.compare("04", 3, 0)
        frame = pair.take(1024, 1, release=False)
        pair.compare("05", 2, 0)
        pair.reader.release(frame)
        pair.compare("06", 2, 1)
        pair.take(1, 2)
        pair.take(100, 3)
        pair.compare("07", 0, 3)
        pair.writer.memory.put64(layout.WRITER_PID, 0)
        pair.compare("08", 0, 3)


def _reproduce_wrap(checks, folder, language):
    with _Pair(checks, folder, language, 1024, 10240) as pair:
        pair.pass_through(4000)
        pair.pass_through(4000)
        pair.writer.write(run(4000, 3))
        pair.compare("09", 1, 2)
        frame = pair.take(4000, 3, release=False)
        pair.compare("10", 0, 2)
        pair.reader.release(frame)
        pair.compare("11", 0, 3)


def _reproduce_exact(checks, folder, language):
    with _Pair(checks, folder, language, 0, 10240) as pair:
        pair.writer.write(run(10224, 1))
        pair.compare("12", 1, 0)
        pair.take(10224, 1)
        pair.compare("13", 0, 1)
        pair.writer.write(run(10, 2))
        pair.compare("14", 1, 1)


def _reproduce_tail(checks, folder, language):
    with _Pair(checks, folder, language, 64 if language == "py" else 0, 128) as pair:
        pair.pass_through(48)
        pair.pass_through(41)
        pair.compare("15", 0, 2)
        pair.writer.write(run(20, 3))
        pair.compare("16", 1, 2)
        pair.take(20, 3)
        checks.equal(pair.reader.memory.get64(layout.FREE), 128, "free bytes after an implicit wrap")
        pair.writer.write(run(30, 4))
        pair.writer.memory.put64(layout.WRITER_PID, 0)
        pair.take(30, 4)


def _reproduce_second_lap(checks, folder):
    with _Pair(checks, folder, "cpp", 0, 10240) as pair:
        for size in (10224, 4000, 4000):
            pair.pass_through(size)
        pair.compare("18")
        pair.writer.write(run(4000, 4))
        pair.compare("19")


def _processes(checks):
    name = f"peer-selftest-{os.getpid()}"
    for number, atomics in enumerate(("auto", "stub")):
        environment = {"PEER_ATOMICS": atomics}
        reader = Peer("zerobuffer", "read", "--name", name, "--frames", "3000", "--payload-size", "4096",
                      "--metadata-size", "128", "--pattern", "sequential", environment=environment)
        checks.equal(reader.line(), "ready", "reader ready")
        writer = Peer("zerobuffer", "write", "--name", name, "--frames", "3000", "--sizes", "1,1008,77,2032,500",
                      "--metadata-bytes", "100", environment=environment)
        code, written = writer.finish()
        checks.equal(code, 0, f"writer {number} exit code")
        code, read = reader.finish()
        checks.equal(code, 0, f"reader {number} exit code")
        checks.equal((read["framesRead"], read["verifyErrors"]), (3000, 0), "frames read")
        checks.equal(read["checksum"], written["checksum"], "checksums")
        checks.equal(read["metadata"], run(100, 0).hex(), "metadata read")


def _steps(checks):
    name = f"peer-selftest-{os.getpid()}"
    reader = Peer("zerobuffer", "read", "--name", name, "--steps", "--payload-size", "3072",
                  "--pause-at", "shm-created", "--timeout-ms", "100")
    checks.equal(reader.line(), {"event": "paused", "at": "shm-created"}, "pause")
    checks.equal(reader.ask("continue"), "ready", "reader ready")
    checks.equal(reader.ask("read")["event"], "timed-out", "read without a writer")
    writer = Peer("zerobuffer", "write", "--name", name, "--steps", "--timeout-ms", "100")
    checks.equal(writer.line(), "ready", "writer ready")
    checks.equal(writer.ask("write 1024")["sequence"], 1, "write")
    checks.equal(writer.ask("reserve 1024")["position"], 1040, "reserve")
    checks.equal(writer.ask("commit")["sequence"], 2, "commit")
    checks.equal(writer.ask("write 1024")["code"], "buffer-full", "write into a full buffer")
    checks.equal(writer.ask("write 4000")["code"], "frame-too-large", "too large")
    checks.equal(writer.ask("write 0")["code"], "frame-size", "empty frame")
    checks.true(reader.ask("read")["patternOk"], "read 1")
    checks.true(reader.ask("read")["patternOk"], "read 2")
    checks.equal(reader.ask("release 2"), {"event": "released", "sequence": 2, "size": 1024}, "release out of order")
    checks.equal(reader.ask("release")["sequence"], 1, "release the oldest")
    checks.equal(reader.ask("state")["header"]["payload_free_bytes"], 3072, "all free")
    writer.send("crash")
    writer.finish()
    checks.equal(reader.ask("read")["code"], "writer-dead", "dead writer")
    again = Peer("zerobuffer", "write", "--name", name, "--steps")
    checks.equal(again.line(), "ready", "second writer takes the place of a dead one")
    checks.equal(reader.finish()[0], 0, "reader exit code")
    checks.equal(again.ask("write 10")["code"], "reader-dead", "closed reader")
    checks.equal(again.finish()[0], 0, "writer exit code")


def _refusals(checks):
    name = f"peer-selftest-{os.getpid()}"
    checks.code("ENOENT", "no buffer", _errno, Writer, name)
    reader = Peer("zerobuffer", "read", "--name", name, "--steps")
    checks.equal(reader.line(), "ready", "reader ready")
    checks.code("reader-exists", "second reader", Reader, name, 0, 64)
    writer = Writer(name)
    checks.code("writer-exists", "second writer", Writer, name)
    writer.set_metadata(b"once")
    checks.code("metadata-written", "metadata twice", writer.set_metadata, b"twice")
    reader.send("crash")
    reader.finish()
    checks.code("no-reader", "dead reader", Writer, name)
    writer.timeout = 0.3
    for _ in range(9):
        writer.write(bytes(1024))
    checks.code("reader-dead", "reader dead while full", writer.write, bytes(1024))
    writer.close()
    Reader(name, 64, 64).close()


def _errno(action, *arguments):
    try:
        action(*arguments)
    except FileNotFoundError as error:
        error.code = "ENOENT"
        raise
