"""Command line of the ZeroIPC peer: segment verbs, every operation and loop, and `steps`."""

import argparse
import shlex

from .lines import PeerError, await_line, result, say, serve
from .posix import Image, SharedMemory, shm_unlink
from .waiting import Tries
from .zi_contention import LOOPS
from .zi_kinds import KINDS, Call, attach
from .zi_segment import Segment
from .zi_verbs import VERBS

_FLAGS = (
    ("--name", str, "x"), ("--type", str, "i32"), ("--key-type", str, "i32"), ("--value-type", str, "i32"),
    ("--capacity", int, 16), ("--capacity-bytes", int, 0), ("--count", int, 1), ("--max", int, 0),
    ("--participants", int, 2), ("--start", int, 0), ("--index", int, 0), ("--version", int, 0),
    ("--values", str, None),
    ("--text", str, ""), ("--timeout-ms", int, 30000), ("--counter", str, "counter"))


def _flags(parser):
    for flag, kind, default in _FLAGS:
        parser.add_argument(flag, type=kind, default=default)
    parser.add_argument("--mode", choices=("auto", "manual"), default="auto")
    parser.add_argument("--operation", choices=("constant", "add", "multiply", "negate"), default="constant")
    parser.add_argument("--layout", choices=("cpp", "python"), default="cpp")


def add_verbs(verbs):
    for verb, function in {**VERBS, **LOOPS}.items():
        parser = verbs.add_parser(verb)
        parser.add_argument("--segment", required=True)
        parser.add_argument("--wait-ms", type=int, default=0, help="for the segment to appear")
        parser.add_argument("--go", action="store_true", help="after `ready` wait for `go` on stdin")
        _flags(parser)
        parser.set_defaults(run=_run_verb, function=function)

    create = verbs.add_parser("segment-create", help="create an empty segment")
    create.add_argument("--segment", required=True)
    create.add_argument("--size", type=int, default=65536)
    create.add_argument("--entries", type=int, default=64)
    create.add_argument("--replace", action="store_true")
    create.set_defaults(run=_segment_create)
    remove = verbs.add_parser("segment-remove", help="unlink a segment")
    remove.add_argument("--segment", required=True)
    remove.set_defaults(run=_segment_remove)
    table = verbs.add_parser("table", help="header and entries of a segment")
    table.add_argument("--segment", required=True)
    table.set_defaults(run=_table)

    steps = verbs.add_parser("steps", help="one verb a line on stdin, without --segment")
    steps.add_argument("--segment", required=True)
    steps.add_argument("--create", type=int, metavar="SIZE", help="create the segment first, remove it at the end")
    steps.add_argument("--entries", type=int, default=64)
    steps.add_argument("--wait-ms", type=int, default=0)
    steps.set_defaults(run=_steps)

    decode = verbs.add_parser("decode", help="decode a segment image: its table, or one entry")
    decode.add_argument("file")
    decode.add_argument("--kind", choices=(*KINDS, "ticks"))
    _flags(decode)
    decode.set_defaults(run=_decode)


def _run_verb(options):
    segment = Segment.open(options.segment, options.wait_ms / 1000)
    Tries.outlast = 20 if options.go else 0
    say("ready")
    if options.go and not await_line("go"):
        return 1
    fields = {"ok": True, **options.function(Call(segment, options))}
    result("result", verb=options.verb, **fields)
    say("done")
    return 0 if fields["ok"] else 1


def _segment_create(options):
    segment = Segment.create(options.segment, options.size, options.entries, options.replace)
    result("segment", header=segment.header())
    return 0


def _segment_remove(options):
    SharedMemory(options.segment).close()
    shm_unlink(options.segment)
    result("removed", segment=options.segment)
    return 0


def _tell_table(event, segment):
    entries = [{"name": name, "offset": offset, "size": size} for name, offset, size in segment.entries()]
    result(event, protocol="zeroipc", bytes=segment.memory.size, header=segment.header(), entries=entries)


def _table(options):
    _tell_table("table", Segment.open(options.segment))
    return 0


def _decode(options):
    segment = Segment(Image(options.file))
    if options.kind is None:
        _tell_table("image", segment)
    else:
        state = attach(options.kind, Call(segment, options)).state()
        result("entry", name=options.name, kind=options.kind, state=state)
    return 0


class _StepParser(argparse.ArgumentParser):
    """Says what is wrong with a line instead of ending the process."""

    def error(self, message):
        raise PeerError("bad-command", message)


def flag_parser():
    parser = _StepParser(add_help=False)
    _flags(parser)
    return parser


def _steps(options):
    if options.create is not None:
        segment = Segment.create(options.segment, options.create, options.entries)
    else:
        segment = Segment.open(options.segment, options.wait_ms / 1000)
    parser = flag_parser()

    def step(verb, function):
        def run(*words):
            call = Call(segment, parser.parse_args(shlex.split(" ".join(words))))
            result("result", verb=verb, **{"ok": True, **function(call)})
        return run

    commands = {verb: step(verb, function) for verb, function in {**VERBS, **LOOPS}.items()}
    commands["table"] = lambda: _tell_table("table", segment)
    say("ready")
    try:
        serve(commands)
    finally:
        if options.create is not None:
            shm_unlink(options.segment)
    say("done")
    return 0
