"""ZeroIPC v2: the loops of contention tests. Values are the integers start, start+1, ... ; sums are modulo 2^64."""

import os

from .lines import PeerError
from .waiting import Deadline, spin
from .zi_containers import Array
from .zi_kinds import attach
from .zi_types import Element
from .zi_verbs import deadline

_MASK64 = 0xFFFFFFFFFFFFFFFF
_U64 = Element("u64")


class Tally:
    """What was moved, independent of the order, and whether the order was ascending."""

    def __init__(self):
        self.count = self.sum = self.squares = self.torn = 0
        self.ascending = True
        self._last = None

    def add(self, value):
        self.count += 1
        if value is None:
            self.torn += 1
            return
        self.sum = self.sum + value & _MASK64
        self.squares = self.squares + value * value & _MASK64
        self.ascending &= self._last is None or value > self._last
        self._last = value

    def fields(self, wanted):
        return {"ok": self.count == wanted and self.torn == 0, "count": self.count, "sum": self.sum,
                "squares": self.squares, "torn": self.torn, "ascending": self.ascending}


def _numbers(call):
    return range(call.options.start, call.options.start + call.options.count)


def _producer(kind):
    def run(call):
        target, limit, tally = attach(kind, call), deadline(call), Tally()
        for number in _numbers(call):
            data = call.element.pack_number(number)
            sent = target.send(data, limit) if kind == "channel" else spin(lambda: target.push(data), limit)
            if not sent:
                break
            tally.add(number)
        return tally.fields(call.options.count)
    return run


def _consumer(kind):
    def run(call):
        source, limit, tally = attach(kind, call), deadline(call), Tally()
        found = []

        def attempt():
            found[:] = [source.pop()]
            return found[0] is not None

        while tally.count < call.options.count:
            if kind == "channel":
                found[:] = [_receive(source, limit)]
            elif not spin(attempt, limit):
                break
            if found[0] is None:
                break
            tally.add(call.element.unpack_number(found[0]))
        return tally.fields(call.options.count)
    return run


def _receive(channel, limit):
    try:
        return channel.receive(limit)
    except PeerError:
        return None


def _map_filler(call):
    target, tally = attach("map", call), Tally()
    for number in _numbers(call):
        if target.put(call.key.pack_number(number), call.value.pack_number(2 * number + 1)):
            tally.add(number)
    return tally.fields(call.options.count)


def _map_checker(call):
    source, missing, wrong = attach("map", call), 0, 0
    for number in _numbers(call):
        data = source.get(call.key.pack_number(number))
        missing += data is None
        wrong += data is not None and data != call.value.pack_number(2 * number + 1)
    return {"ok": missing == 0 and wrong == 0, "missing": missing, "wrong": wrong}


def _map_remover(call):
    target, tally = attach("map", call), Tally()
    for number in _numbers(call):
        if target.remove(call.key.pack_number(number)):
            tally.add(number)
    return tally.fields(call.options.count)


def _set_loop(method):
    def run(call):
        target, tally = attach("set", call), Tally()
        for number in _numbers(call):
            if getattr(target, method)(call.element.pack_number(number)):
                tally.add(number)
        return tally.fields(call.options.count)
    return run


def _pool_churn(call):
    """Allocates, writes a value of its own, yields, checks that nobody else wrote there, frees."""
    pool, limit, conflicts, done = attach("pool", call), deadline(call), 0, 0
    found = []

    def attempt():
        found[:] = [pool.allocate()]
        return found[0] is not None

    for number in _numbers(call):
        if not spin(attempt, limit):
            break
        data = call.element.pack_number(number)
        pool.set(found[0], data)
        if number % 8 == 0:
            os.sched_yield()
        conflicts += pool.get(found[0]) != data
        pool.free(found[0])
        done += 1
    return {"ok": done == call.options.count and conflicts == 0, "count": done, "conflicts": conflicts}


def _counter(call):
    return Array(call.segment, call.options.counter, _U64)


def _bump(counter, index):
    """A plain read-modify-write: loses updates unless something keeps others out."""
    counter.set(index, _U64.pack(_U64.unpack(counter.get(index)) + 1))


def _lock_loop(kind, lock, unlock):
    """Increments the plain u64 elements 0 and 1 of the array --counter, --count times under the lock."""
    def run(call):
        target, limit, counter, done, violations = attach(kind, call), deadline(call), _counter(call), 0, 0
        while done < call.options.count:
            if not getattr(target, lock)(limit):
                break
            _bump(counter, 0)
            if done % 16 == 0:
                os.sched_yield()
            _bump(counter, 1)
            violations += counter.get(0) != counter.get(1)
            getattr(target, unlock)()
            done += 1
        return {"ok": done == call.options.count and violations == 0, "count": done, "violations": violations}
    return run


def _rwlock_reader(call):
    """Under the read lock the two counters must be equal and never go back."""
    lock, limit, counter = attach("rwlock", call), deadline(call), _counter(call)
    done = violations = last = 0
    while done < call.options.count and lock.read_lock(limit):
        first = _U64.unpack(counter.get(0))
        if done % 16 == 0:
            os.sched_yield()
        violations += first != _U64.unpack(counter.get(1)) or first < last
        last = first
        lock.read_unlock()
        done += 1
    return {"ok": done == call.options.count and violations == 0, "count": done, "violations": violations}


def _monitor_producer(call):
    """Puts --count items: element 0 of --counter is the number of items."""
    monitor, limit, counter, done = attach("monitor", call), deadline(call), _counter(call), 0
    while done < call.options.count and monitor.lock(limit):
        _bump(counter, 0)
        monitor.notify()
        monitor.unlock()
        done += 1
    return {"ok": done == call.options.count, "count": done}


def _monitor_consumer(call):
    monitor, limit, counter, done = attach("monitor", call), deadline(call), _counter(call), 0
    while done < call.options.count and monitor.lock(limit):
        while (items := _U64.unpack(counter.get(0))) == 0 and not limit.passed():
            monitor.wait(Deadline(limit.remaining(0.05)))
        if items:
            counter.set(0, _U64.pack(items - 1))
            done += 1
        monitor.unlock()
        if not items:
            break
    return {"ok": done == call.options.count, "count": done}


def _barrier_loop(call):
    """Writes the round to element --index of --counter, meets the others, finds them in this round or the next."""
    barrier, limit, counter = attach("barrier", call), deadline(call), _counter(call)
    participants, done, violations = barrier.state()["participants"], 0, 0
    while done < call.options.count:
        counter.set(call.options.index, _U64.pack(done + 1))
        if not barrier.wait(limit):
            break
        violations += sum(_U64.unpack(counter.get(other)) not in (done + 1, done + 2) for other in range(participants))
        done += 1
    return {"ok": done == call.options.count and violations == 0, "count": done, "violations": violations}


def _once_loop(call):
    """Calls the `once` that increments element 0 of --counter; afterwards the element is 1 for everybody."""
    once, counter = attach("once", call), _counter(call)
    executed = once.call(lambda: _bump(counter, 0), deadline(call))
    value = _U64.unpack(counter.get(0))
    return {"ok": executed is not None and value == 1, "executed": executed, "counter": value}


def _event_waiter(call):
    event, limit, done = attach("event", call), deadline(call), 0
    while done < call.options.count and event.wait(limit):
        done += 1
    return {"ok": done == call.options.count, "count": done}


def _event_signaler(call):
    event = attach("event", call)
    for _ in range(call.options.count):
        event.signal()
    return {"count": call.options.count}


def _signal_writer(call):
    signal, tally = attach("signal", call), Tally()
    for number in _numbers(call):
        signal.set(call.element.pack_number(number))
        tally.add(number)
    return tally.fields(call.options.count)


def _signal_reader(call):
    """Reads until the version is --version: values must be whole and versions must not go back."""
    signal, limit, torn, backwards, reads, last = attach("signal", call), deadline(call), 0, 0, 0, 0
    while last < call.options.version and not limit.passed():
        version, data = signal.get()
        torn += call.element.unpack_number(data) is None
        backwards += version < last
        last, reads = version, reads + 1
    return {"ok": last >= call.options.version and not torn and not backwards, "reads": reads, "torn": torn,
            "backwards": backwards, "version": last}


LOOPS = {
    "map-filler": _map_filler, "map-checker": _map_checker, "map-remover": _map_remover,
    "set-filler": _set_loop("add"), "set-checker": _set_loop("contains"), "set-remover": _set_loop("remove"),
    "pool-churn": _pool_churn,
    "mutex-loop": _lock_loop("mutex", "acquire", "release"),
    "semaphore-loop": _lock_loop("semaphore", "acquire", "release"),
    "monitor-loop": _lock_loop("monitor", "lock", "unlock"),
    "rwlock-writer": _lock_loop("rwlock", "write_lock", "write_unlock"), "rwlock-reader": _rwlock_reader,
    "monitor-producer": _monitor_producer, "monitor-consumer": _monitor_consumer,
    "barrier-loop": _barrier_loop, "once-loop": _once_loop,
    "event-waiter": _event_waiter, "event-signaler": _event_signaler,
    "signal-writer": _signal_writer, "signal-reader": _signal_reader,
}
for _kind in ("queue", "stack", "ring", "stream", "channel"):
    LOOPS[_kind + "-producer"] = _producer(_kind)
    LOOPS[_kind + "-consumer"] = _consumer(_kind)
