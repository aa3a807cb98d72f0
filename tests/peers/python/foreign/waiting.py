"""Polling, as all peers do: the formats have no wake-up."""

import os
import time


class Deadline:
    """A point in time; seconds None means never, 0 means that one try is enough."""

    def __init__(self, seconds):
        self._end = None if seconds is None else time.monotonic() + seconds

    def passed(self):
        return self._end is not None and time.monotonic() >= self._end

    def remaining(self, limit):
        return limit if self._end is None else max(0.0, min(limit, self._end - time.monotonic()))


def poll(condition, deadline):
    """Waits with growing pauses (1 us to 1 ms) until the condition holds (True) or the deadline passes (False)."""
    pause = 1e-6
    while not condition():
        if deadline.passed():
            return False
        time.sleep(deadline.remaining(pause))
        pause = min(pause * 2, 1e-3)
    return True


def spin(condition, deadline):
    """Waits with yields only: for short waits in contention tests."""
    while not condition():
        if deadline.passed():
            return False
        os.sched_yield()
    return True


class Tries:
    """A bounded number of attempts with a yield after each failed one.

    A process that runs beside others on a busy machine (--go) also goes on for `outlast` seconds: whoever holds the slot
    may only be kept from running, and giving up then loses an element.
    """

    outlast = 0

    def __init__(self, count=10_000):
        self._left = count
        self._end = time.monotonic() + Tries.outlast

    def again(self):
        self._left -= 1
        os.sched_yield()
        return self._left > 0 or time.monotonic() < self._end
