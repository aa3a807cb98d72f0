"""Assertions that go on after a failure, and peers as child processes."""

import json
import os
import subprocess
import sys

_PEER = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "peer.py")


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = []

    def equal(self, actual, expected, what):
        if actual == expected:
            self.passed += 1
        else:
            self.failed.append(f"{what}: {actual!r}, expected {expected!r}")
            print("FAIL " + self.failed[-1], flush=True)

    def true(self, condition, what):
        self.equal(bool(condition), True, what)

    def code(self, expected, what, action, *arguments):
        """The action must fail with a PeerError of this code."""
        try:
            action(*arguments)
            self.equal("success", expected, what)
        except Exception as error:  # any other failure is a finding as well
            self.equal(getattr(error, "code", repr(error)), expected, what)


class Peer:
    """A peer process: peer.py, or with a folder of programs the C++ peer of the protocol."""

    def __init__(self, protocol, verb, *flags, environment=None, programs=None):
        python = [sys.executable, _PEER, protocol]
        command = python if programs is None else [os.path.join(programs, protocol + "_peer")]
        self._process = subprocess.Popen(
            [*command, verb, *flags], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, **(environment or {})})

    def line(self):
        """The next line: a dictionary for a JSON line, otherwise the word; None at the end."""
        text = self._process.stdout.readline().strip()
        if not text:
            return None
        return json.loads(text) if text.startswith("{") else text

    def until(self, event):
        """The next line that is this word or JSON event; None when the peer ended before."""
        while True:
            line = self.line()
            if line is None or line == event or isinstance(line, dict) and line["event"] == event:
                return line

    def ask(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()
        return self.line()

    def send(self, command):
        self._process.stdin.write(command + "\n")
        self._process.stdin.flush()

    def finish(self):
        """Closes stdin, reads the rest and returns (exit code, the last JSON line)."""
        self._process.stdin.close()
        last = None
        while (line := self.line()) is not None:
            last = line if isinstance(line, dict) else last
        code = self._process.wait()
        self._process.stdout.close()
        return code, last

    def stop(self):
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        self._process.stdin.close()
        self._process.stdout.close()
