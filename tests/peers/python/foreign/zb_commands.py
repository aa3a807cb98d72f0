"""Command line of the ZeroBuffer peer: read, write, decode, state."""

import time

from . import pattern
from . import zb_duplex
from . import zb_layout as layout
from .lines import PeerError, await_line, failure, result, say, serve
from .posix import Image, NamedSemaphore, SharedMemory
from .zb_reader import Reader
from .zb_writer import Writer


def add_verbs(verbs):
    read = verbs.add_parser("read", help="create a buffer and read frames")
    read.add_argument("--name", required=True)
    read.add_argument("--metadata-size", type=int, default=1024)
    read.add_argument("--payload-size", type=int, default=10240)
    read.add_argument("--frames", type=int, default=0, help="0: until the writer is gone")
    read.add_argument("--timeout-ms", type=int, default=5000)
    read.add_argument("--delay-ms", type=int, default=0, help="pause before each release")
    read.add_argument("--pattern", default="none")
    read.add_argument("--creation", choices=("shm-first", "semaphores-first"), default="shm-first")
    read.add_argument("--pause-at", choices=("shm-created", "oieb-written", "semaphores-created"))
    read.add_argument("--sequence", choices=("strict", "any"), default="strict")
    read.set_defaults(run=_read)

    write = verbs.add_parser("write", help="connect to a buffer and write frames")
    write.add_argument("--name", required=True)
    write.add_argument("--frames", type=int)
    write.add_argument("--sizes", default="1024", help="comma-separated, used in turn")
    write.add_argument("--pattern", default="sequential")
    write.add_argument("--metadata", help="text")
    write.add_argument("--metadata-bytes", type=int, help="so many bytes, byte i = i mod 256")
    write.add_argument("--delay-ms", type=int, default=0, help="pause after each frame")
    write.add_argument("--timeout-ms", type=int, default=5000, help="for room in the buffer")
    write.add_argument("--wait-ms", type=int, default=5000, help="for the buffer to appear")
    write.add_argument("--stay", action="store_true", help="stay connected until stdin brings `close` or ends")
    write.add_argument("--wrap-position", action="store_true", help="store payload_write_pos modulo the payload size")
    write.set_defaults(run=_write)

    for command in (read, write):
        command.add_argument("--steps", action="store_true", help="take commands from stdin")
        command.add_argument("--per-frame", action="store_true", help="one line per frame")
        command.add_argument("--no-checksum", action="store_true")
        command.add_argument("--count-implicit-wraps", action="store_true",
                             help="count wraps over a tail shorter than a frame header")

    zb_duplex.add_verbs(verbs)

    decode = verbs.add_parser("decode", help="decode a segment image")
    decode.add_argument("file")
    decode.add_argument("--from", dest="start", type=int, help="payload position instead of the read position")
    decode.set_defaults(run=_decode)

    state = verbs.add_parser("state", help="the header and semaphore values of a live buffer")
    state.add_argument("--name", required=True)
    state.set_defaults(run=_state)


def _decode(options):
    result("image", **layout.decode(Image(options.file), options.start))
    return 0


def _semaphore_value(label):
    try:
        semaphore = NamedSemaphore(label)
    except OSError:
        return None
    try:
        return semaphore.value()
    finally:
        semaphore.close()


def _state(options):
    memory = SharedMemory(options.name)
    _tell_state(memory, options.name)
    memory.close()
    return 0


def _tell_state(memory, name):
    result("state", header=layout.header(memory), dataSemaphore=_semaphore_value(layout.data_semaphore(name)),
           spaceSemaphore=_semaphore_value(layout.space_semaphore(name)))


def _pause(wanted):
    def step(reached):
        if reached == wanted:
            result("paused", at=reached)
            await_line("continue")
    return step


def _read(options):
    reader = Reader(options.name, options.metadata_size, options.payload_size, options.creation,
                    _pause(options.pause_at), options.count_implicit_wraps, options.sequence == "strict")
    say("ready")
    try:
        code = _read_steps(reader, options) if options.steps else _read_frames(reader, options)
    finally:
        reader.close()
    say("done")
    return code


def _read_frames(reader, options):
    frames = size = errors = 0
    total = pattern.Fnv1a()
    end = "count"
    started = time.monotonic()
    while options.frames == 0 or frames < options.frames:
        try:
            frame = reader.read(options.timeout_ms / 1000)
        except PeerError as error:
            end = error.code
            if end not in ("writer-closed", "writer-dead"):
                failure(error)
            break
        if frame is None:
            end = "timed-out"
            break
        data = frame.data()
        if frames == 0:
            started = time.monotonic()
        wanted = pattern.make(options.pattern, frame.size, frames, frame.sequence)
        good = wanted is None or wanted == data
        errors += not good
        if not options.no_checksum:
            total.add(data)
        if options.per_frame:
            result("frame", index=frames, sequence=frame.sequence, size=frame.size, position=frame.position,
                   patternOk=good, fnv1a=pattern.fnv1a(data))
        frames += 1
        size += frame.size
        if options.delay_ms:
            time.sleep(options.delay_ms / 1000)
        reader.release(frame)
    metadata = reader.metadata()
    result("summary", framesRead=frames, bytesRead=size, verifyErrors=errors, end=end,
           durationMs=round((time.monotonic() - started) * 1000),
           checksum=None if options.no_checksum else total.hex(), metadata=None if metadata is None else metadata.hex())
    complete = end == "count" or options.frames == 0 and end == "writer-closed"
    return 0 if complete and errors == 0 else 1


def _read_steps(reader, options):
    held = []

    def read(timeout_ms=str(options.timeout_ms)):
        frame = reader.read(int(timeout_ms) / 1000)
        if frame is None:
            result("timed-out")
            return
        held.append(frame)
        data = frame.data()
        result("frame", sequence=frame.sequence, size=frame.size, position=frame.position,
               patternOk=data == pattern.run(frame.size, frame.sequence), fnv1a=pattern.fnv1a(data))

    def release(sequence=None):
        if not held:
            raise PeerError("released", "no frame is held")
        frame = held[0] if sequence is None else next((f for f in held if f.sequence == int(sequence)), None)
        if frame is None:
            raise PeerError("released", f"frame {sequence} is not held")
        held.remove(frame)
        reader.release(frame)
        result("released", sequence=frame.sequence, size=frame.size)

    def metadata():
        block = reader.metadata()
        result("metadata", size=None if block is None else len(block), hex=None if block is None else block.hex())

    serve({"read": read, "release": release, "metadata": metadata,
           "state": lambda: _tell_state(reader.memory, reader.name)})
    return 0


def _write(options):
    writer = Writer(options.name, options.wait_ms / 1000, options.timeout_ms / 1000, options.count_implicit_wraps,
                    options.wrap_position)
    say("ready")
    try:
        if options.metadata is not None:
            writer.set_metadata(options.metadata.encode())
        elif options.metadata_bytes is not None:
            writer.set_metadata(pattern.run(options.metadata_bytes, 0))
        code = _write_steps(writer) if options.steps else _write_frames(writer, options)
    finally:
        writer.close()
    say("done")
    return code


def _write_frames(writer, options):
    sizes = [int(size) for size in options.sizes.split(",")]
    count = len(sizes) if options.frames is None else options.frames
    total = pattern.Fnv1a()
    size, frames, end = 0, 0, "count"
    started = time.monotonic()
    while frames < count:
        data = pattern.make(options.pattern, sizes[frames % len(sizes)], frames, frames + 1)
        try:
            sequence, position = writer.write(data)
        except PeerError as error:
            failure(error)
            end = error.code
            break
        if not options.no_checksum:
            total.add(data)
        if options.per_frame:
            result("written", index=frames, sequence=sequence, size=len(data), position=position)
        frames += 1
        size += len(data)
        if options.delay_ms:
            time.sleep(options.delay_ms / 1000)
    result("summary", framesWritten=frames, bytesWritten=size, end=end,
           durationMs=round((time.monotonic() - started) * 1000),
           checksum=None if options.no_checksum else total.hex())
    if options.stay:
        await_line("close")
    return 0 if end == "count" else 1


def _write_steps(writer):
    def write(size, seed=None):
        writer.reserve(int(size))
        commit(seed)

    def reserve(size):
        position, sequence = writer.reserve(int(size))
        result("reserved", sequence=sequence, size=int(size), position=position)

    def commit(seed=None):
        position, size = writer.pending()
        writer.commit(pattern.run(size, writer.sequence if seed is None else int(seed)))
        result("written", sequence=writer.sequence, size=size, position=position)

    def metadata(size, seed="0"):
        writer.set_metadata(pattern.run(int(size), int(seed)))
        result("metadata", size=int(size))

    def timeout(milliseconds):
        writer.timeout = int(milliseconds) / 1000
        result("timeout", milliseconds=int(milliseconds))

    serve({"write": write, "reserve": reserve, "commit": commit, "metadata": metadata, "timeout": timeout,
           "state": lambda: _tell_state(writer.memory, writer.name)})
    return 0
