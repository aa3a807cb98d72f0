"""ZeroIPC v2: the single operations of the command line. Each returns the fields of its result line."""

from .lines import PeerError
from .waiting import Deadline
from .zi_kinds import KINDS, attach, create

_PUSHED = ("queue", "stack", "ring", "stream")


def deadline(call):
    return Deadline(call.options.timeout_ms / 1000)


def _create(kind):
    def run(call):
        return {"state": create(kind, call).state()}
    return run


def _state(kind):
    return lambda call: {"state": attach(kind, call).state()}


def _push(kind):
    def run(call):
        target, values = attach(kind, call), call.values()
        pushed = 0
        while pushed < len(values) and target.push(call.element.pack(values[pushed])):
            pushed += 1
        return {"ok": pushed == len(values), "pushed": pushed}
    return run


def _pop(kind):
    def run(call):
        source, found = attach(kind, call), []
        while len(found) < call.options.count and (data := source.pop()) is not None:
            found.append(call.element.unpack(data))
        return {"ok": len(found) == call.options.count, "values": found}
    return run


def _array_set(call):
    array = attach("array", call)
    for index, value in enumerate(call.values()):
        array.set(call.options.index + index, call.element.pack(value))
    return {}


def _array_get(call):
    return {"value": call.element.unpack(attach("array", call).get(call.options.index))}


def _map_put(call):
    target, stored = attach("map", call), []
    for pair in call.texts():
        key, value = pair.split("=")
        stored.append(target.put(call.key.pack(call.key.parse(key)), call.value.pack(call.value.parse(value))))
    return {"ok": all(stored), "stored": stored}


def _map_get(call):
    source, found = attach("map", call), []
    for text in call.texts():
        data = source.get(call.key.pack(call.key.parse(text)))
        found.append(None if data is None else call.value.unpack(data))
    return {"ok": None not in found, "values": found}


def _map_remove(call):
    target = attach("map", call)
    removed = [target.remove(call.key.pack(call.key.parse(text))) for text in call.texts()]
    return {"ok": all(removed), "removed": removed}


def _set_verb(method, field):
    def run(call):
        target = attach("set", call)
        answers = [getattr(target, method)(call.element.pack(value)) for value in call.values()]
        return {"ok": all(answers), field: answers}
    return run


def _pool_allocate(call):
    pool, indices = attach("pool", call), []
    for value in call.values():
        index = pool.allocate()
        if index is None:
            break
        pool.set(index, call.element.pack(value))
        indices.append(index)
    return {"ok": len(indices) == len(call.values()), "indices": indices}


def _pool_get(call):
    return {"value": call.element.unpack(attach("pool", call).get(call.options.index))}


def _pool_free(call):
    attach("pool", call).free(call.options.index)
    return {}


def _timed(kind, method):
    """A waiting operation: ok is false when it timed out."""
    return lambda call: {"ok": bool(getattr(attach(kind, call), method)(deadline(call)))}


def _plain(kind, method):
    def run(call):
        getattr(attach(kind, call), method)()
        return {}
    return run


def _latch_down(call):
    return {"left": attach("latch", call).down(call.options.count)}


def _once_call(call):
    executed = attach("once", call).call(lambda: None, deadline(call))
    return {"ok": executed is not None, "executed": executed}


def _signal_set(call):
    signal = attach("signal", call)
    return {"versions": [signal.set(call.element.pack(value)) for value in call.values()]}


def _signal_get(call):
    version, data = attach("signal", call).get()
    return {"version": version, "value": call.element.unpack(data)}


def _signal_wait(call):
    signal = attach("signal", call)
    changed = signal.wait(call.options.version, deadline(call))
    version, data = signal.get()
    return {"ok": changed, "version": version, "value": call.element.unpack(data)}


def _future_set(call):
    return {"ok": attach("future", call).set(call.element.pack(call.values()[0]))}


def _future_fail(call):
    return {"ok": attach("future", call).fail(call.options.text)}


def _future_get(call):
    future = attach("future", call)
    return {"ok": future.wait(deadline(call)), "state": future.state()}


def _lazy_force(call):
    lazy = attach("lazy", call)
    return {"ok": lazy.force(deadline(call)) == 2, "state": lazy.state()}


def _lazy_reset(call):
    return {"ok": attach("lazy", call).reset()}


def _channel_send(call):
    channel, sent = attach("channel", call), 0
    for value in call.values():
        if not channel.send(call.element.pack(value), deadline(call)):
            break
        sent += 1
    return {"ok": sent == len(call.values()), "sent": sent}


def _channel_receive(call):
    channel, found, closed = attach("channel", call), [], False
    try:
        while len(found) < call.options.count and (data := channel.receive(deadline(call))) is not None:
            found.append(call.element.unpack(data))
    except PeerError as error:
        closed = error.code == "closed"
    return {"ok": len(found) == call.options.count, "values": found, "closed": closed}


VERBS = {
    "array-set": _array_set, "array-get": _array_get,
    "map-put": _map_put, "map-get": _map_get, "map-remove": _map_remove,
    "set-add": _set_verb("add", "added"), "set-contains": _set_verb("contains", "contained"),
    "set-remove": _set_verb("remove", "removed"),
    "pool-allocate": _pool_allocate, "pool-get": _pool_get, "pool-free": _pool_free,
    "semaphore-acquire": _timed("semaphore", "acquire"), "semaphore-release": _plain("semaphore", "release"),
    "mutex-lock": _timed("mutex", "acquire"), "mutex-unlock": _plain("mutex", "release"),
    "rwlock-read-lock": _timed("rwlock", "read_lock"), "rwlock-read-unlock": _plain("rwlock", "read_unlock"),
    "rwlock-write-lock": _timed("rwlock", "write_lock"), "rwlock-write-unlock": _plain("rwlock", "write_unlock"),
    "monitor-lock": _timed("monitor", "lock"), "monitor-unlock": _plain("monitor", "unlock"),
    "monitor-wait": _timed("monitor", "wait"), "monitor-notify": _plain("monitor", "notify"),
    "monitor-notify-all": _plain("monitor", "notify_all"),
    "barrier-wait": _timed("barrier", "wait"), "latch-down": _latch_down, "latch-wait": _timed("latch", "wait"),
    "once-call": _once_call, "event-signal": _plain("event", "signal"), "event-wait": _timed("event", "wait"),
    "event-reset": _plain("event", "reset"),
    "signal-set": _signal_set, "signal-get": _signal_get, "signal-wait": _signal_wait,
    "future-set": _future_set, "future-fail": _future_fail, "future-get": _future_get,
    "lazy-force": _lazy_force, "lazy-reset": _lazy_reset, "stream-close": _plain("stream", "close"),
    "channel-send": _channel_send, "channel-receive": _channel_receive, "channel-close": _plain("channel", "close"),
}
VERBS.update({f"{kind}-create": _create(kind) for kind in KINDS})
VERBS.update({f"{kind}-state": _state(kind) for kind in (*KINDS, "ticks")})
VERBS.update({f"{kind}-push": _push(kind) for kind in _PUSHED})
VERBS.update({f"{kind}-pop": _pop(kind) for kind in _PUSHED})
