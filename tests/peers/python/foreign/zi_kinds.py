"""ZeroIPC v2: how every kind is created and opened from command-line options."""

from .lines import PeerError
from .zi_channel_python import PythonChannel
from .zi_codata import BoolLazy, Channel, EventStream, Future, Lazy, Stream
from .zi_containers import Array, Pool, Queue, Ring, Stack
from .zi_map import Map, Set
from .zi_sync import Barrier, Event, Latch, Monitor, Once, ReadWriteLock, Semaphore, Signal
from .zi_types import Element

_SIZED = {"array": Array, "queue": Queue, "stack": Stack, "pool": Pool}
_BARE = {"semaphore": Semaphore, "mutex": Semaphore, "barrier": Barrier, "latch": Latch, "once": Once, "event": Event,
         "rwlock": ReadWriteLock, "monitor": Monitor}
_OPERATIONS = {"constant": 0, "add": 1, "multiply": 2, "negate": 3}
KINDS = (*_SIZED, *_BARE, "ring", "map", "set", "future", "lazy", "stream", "channel", "signal")


class Call:
    """One command on one structure: the segment and the parsed flags."""

    def __init__(self, segment, options):
        self.segment, self.options = segment, options
        self.name = options.name
        self.element = Element(options.type)
        self.key, self.value = Element(options.key_type), Element(options.value_type)

    def values(self):
        return [self.element.parse(text) for text in self.texts()]

    def texts(self):
        if self.options.values is None:
            raise PeerError("bad-command", "--values is missing")
        return self.options.values.split(",")


def create(kind, call):
    segment, name, options = call.segment, call.name, call.options
    if kind in _SIZED:
        return _SIZED[kind].create(segment, name, call.element, options.capacity)
    if kind in ("semaphore", "mutex"):
        return Semaphore.create(segment, name, *((1, 1) if kind == "mutex" else (options.count, options.max)))
    if kind == "barrier":
        return Barrier.create(segment, name, options.participants)
    if kind == "latch":
        return Latch.create(segment, name, options.count)
    if kind == "event":
        return Event.create(segment, name, options.mode == "manual")
    if kind in ("once", "rwlock", "monitor"):
        return _BARE[kind].create(segment, name)
    if kind == "ring":
        return Ring.create(segment, name, call.element, options.capacity_bytes or options.capacity * call.element.size)
    if kind == "map":
        return Map.create(segment, name, call.key, call.value, options.capacity, options.layout)
    if kind == "set":
        return Set.create(segment, name, call.element, options.capacity, options.layout)
    return _create_codata(kind, call)


def _create_codata(kind, call):
    segment, name, options = call.segment, call.name, call.options
    if kind == "future":
        return Future.create(segment, name, call.element, options.layout)
    if kind == "lazy":
        return Lazy.create(segment, name, call.element, _OPERATIONS[options.operation], call.values(), options.layout)
    if kind == "stream":
        return Stream.create(segment, name, call.element, options.capacity, options.layout)
    if kind == "channel":
        chosen = PythonChannel if options.layout == "python" else Channel
        return chosen.create(segment, name, call.element, options.capacity)
    if kind == "signal":
        return Signal.create(segment, name, call.element, call.element.pack(call.values()[0]), options.layout)
    raise PeerError("bad-command", f"unknown kind {kind}")


def attach(kind, call):
    """Opens an existing structure."""
    segment, name, layout = call.segment, call.name, call.options.layout
    if kind in _BARE:
        return _BARE[kind](segment, name)
    if kind == "map":
        return Map(segment, name, call.key, call.value, layout)
    if kind == "set":
        return Set(segment, name, call.element, layout)
    if kind == "lazy" and call.element.name == "bool" and layout == "cpp":
        return BoolLazy(segment, name)
    if kind == "lazy":
        return Lazy(segment, name, call.element, layout)
    if kind == "ticks":
        return EventStream(segment, name)
    if kind == "stream":
        return Stream(segment, name, call.element, layout)
    if kind == "channel":
        return (PythonChannel if layout == "python" else Channel)(segment, name, call.element)
    found = {**_SIZED, "ring": Ring, "future": Future, "signal": Signal}.get(kind)
    if found is None:
        raise PeerError("bad-command", f"unknown kind {kind}")
    return found(segment, name, call.element)
