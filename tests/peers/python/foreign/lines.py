"""What a peer says to the test that drives it: plain handshake words and JSON lines on stdout, commands on stdin."""

import json
import os
import sys


class PeerError(Exception):
    """An expected failure: `code` is a stable word for tests, the text is for people."""

    def __init__(self, code, message):
        super().__init__(message)
        self.code = code


def say(word):
    print(word, flush=True)


def result(event, **fields):
    print(json.dumps({"event": event, **fields}, separators=(",", ":")), flush=True)


def failure(error):
    if isinstance(error, PeerError):
        code = error.code
    elif isinstance(error, FileNotFoundError):
        code = "not-found"
    elif isinstance(error, FileExistsError):
        code = "exists"
    elif isinstance(error, OSError):
        code = "os-error"
    else:
        code = "bad-command"
    result("error", code=code, message=str(error))


def await_line(word):
    """Blocks until stdin brings the given word (True) or ends (False)."""
    for line in sys.stdin:
        if line.strip() == word:
            return True
    return False


def serve(verbs):
    """Runs one command of stdin after another until `close` or the end of stdin; `crash` leaves without any cleanup.

    A verb receives its words and prints its own answer; a failing one is answered by an error line and does not end
    the loop.
    """
    for line in sys.stdin:
        words = line.split()
        if not words:
            continue
        if words[0] == "crash":
            os._exit(9)
        if words[0] == "close":
            break
        try:
            if words[0] not in verbs:
                raise PeerError("bad-command", f"no command {words[0]}")
            verbs[words[0]](*words[1:])
        except (PeerError, OSError, ValueError, TypeError, IndexError, OverflowError) as error:
            failure(error)
