"""Command line of the VOID peer: write, read, watch, probe, decode."""

import struct
import time

from .lines import PeerError, await_line, result, say, serve
from .posix import Image, shm_path
from .void_layout import Profile, fits, snapshot
from .void_peer import Reader, Writer


def add_verbs(verbs):
    write = verbs.add_parser("write", help="create a segment and write to it")
    write.add_argument("--name", required=True)
    write.add_argument("--channels", type=int, default=1)
    write.add_argument("--length", type=int, default=1)
    write.add_argument("--owner-app", default="")
    write.add_argument("--owner-project", default="")
    write.add_argument("--owner-node", default="")
    write.add_argument("--epoch", type=int)
    write.add_argument("--existing", choices=("probe", "take-over", "refuse"), default="probe")
    write.add_argument("--steps", action="store_true", help="take commands from stdin")
    write.add_argument("--frames", type=int, default=0, help="so many frames; all floats are the frame number")
    write.add_argument("--delay-ms", type=float, default=0, help="pause after each frame")
    write.add_argument("--stay", action="store_true", help="stay connected until stdin brings `close` or ends")
    write.set_defaults(run=_write)

    read = verbs.add_parser("read", help="one snapshot")
    read.add_argument("--name", required=True)
    read.add_argument("--steps", action="store_true", help="a snapshot for each `read` on stdin")
    read.set_defaults(run=_read)

    watch = verbs.add_parser("watch", help="snapshots without pause until a frame number or the end of the segment")
    watch.add_argument("--name", required=True)
    watch.add_argument("--until-frame", type=int, default=0, help="0: until the segment is gone")
    watch.add_argument("--timeout-ms", type=int, default=30000)
    watch.set_defaults(run=_watch)

    probe = verbs.add_parser("probe", help="the profiles that a live segment satisfies")
    probe.add_argument("--name", required=True)
    probe.set_defaults(run=_probe)

    decode = verbs.add_parser("decode", help="decode a segment image")
    decode.add_argument("file")
    decode.set_defaults(run=_decode)

    for command in (write, read, watch, decode):
        command.add_argument("--profile", default="canon", help="canon, or a rival: A B C D E F G")
        command.add_argument("--capacity", type=int, default=64, help="bytes of each string")


def _profile(options):
    return Profile(options.profile, options.capacity)


def _tell(event, header, values, size):
    result(event, header=header, values=values, bytes=size)


def _decode(options):
    image = Image(options.file)
    header, values = snapshot(_profile(options), image.buffer)
    _tell("image", header, values, image.size)
    return 0


def _probe(options):
    with open(shm_path(options.name), "rb") as file:
        found = fits(file.read())
    result("fits", profiles=found)
    return 0 if found else 1


def _take(reader):
    header, payload, size = reader.read()
    _tell("snapshot", header, list(struct.unpack(f"<{len(payload) // 4}f", payload)), size)


def _read(options):
    reader = Reader(options.name, _profile(options))
    if not options.steps:
        _take(reader)
        return 0
    say("ready")

    def rename(name):
        reader.name = name
        result("renamed", name=name)

    serve({"read": lambda: _take(reader), "name": rename})
    say("done")
    return 0


def _watch(options):
    """Counts snapshots whose floats are not all the same (torn), and epochs or frames that go back."""
    reader, deadline = Reader(options.name, _profile(options)), time.monotonic() + options.timeout_ms / 1000
    snapshots = torn = changed = backwards = frames = 0
    last, end = (0, 0), "timed-out"
    say("ready")
    while time.monotonic() < deadline:
        try:
            header, payload, _ = reader.read()
        except PeerError as error:
            if error.code == "changed":
                changed += 1
                continue
            if snapshots == 0:
                continue
            end = error.code
            break
        now = header["epoch"], header["frame"]
        snapshots += 1
        frames += now != last
        backwards += now < last
        torn += payload != payload[:4] * (len(payload) // 4)
        last = now
        if options.until_frame and now[1] >= options.until_frame:
            end = "frame"
            break
    result("summary", snapshots=snapshots, distinct=frames, torn=torn, changed=changed, backwards=backwards, end=end,
           epoch=last[0], frame=last[1])
    say("done")
    return 0 if end != "timed-out" and backwards == 0 else 1


def _write(options):
    owner = options.owner_app, options.owner_project, options.owner_node
    writer = Writer(options.name, _profile(options), options.channels, options.length, owner, options.epoch,
                    options.existing)
    say("ready")
    try:
        if options.steps:
            serve(_steps(writer))
        else:
            for number in range(1, options.frames + 1):
                writer.write_bytes(struct.pack("<f", number) * (writer.channels * writer.length))
                if options.delay_ms:
                    time.sleep(options.delay_ms / 1000)
            header = writer.header()
            result("summary", frame=header["frame"], epoch=header["epoch"])
            if options.stay:
                await_line("close")
    finally:
        if writer.memory is not None:
            writer.disconnect()
    say("done")
    return 0


def _steps(writer):
    def told(action):
        def run(*words):
            action(*words)
            connected = writer.memory is not None
            result("state", connected=connected, name=writer.name, epoch=writer.epoch,
                   header=writer.header() if connected else None)
        return run

    def set_from(index, *values):
        writer.write([float(value) for value in values], int(index) * writer.length)

    return {
        "write": told(lambda *values: writer.write([float(value) for value in values])),
        "set": told(set_from),
        "fill": told(lambda value: writer.write([float(value)] * (writer.channels * writer.length))),
        "channels": told(lambda number: writer.restructure(channels=int(number))),
        "length": told(lambda number: writer.restructure(length=int(number))),
        "name": told(lambda name: writer.restructure(name=name)),
        "reset": told(writer.restructure),
        "disconnect": told(writer.disconnect), "destroy": told(writer.disconnect),
        "connect": told(writer.connect), "state": told(lambda: None)}
