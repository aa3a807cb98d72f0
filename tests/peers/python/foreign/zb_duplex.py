"""The two ends of a ZeroBuffer duplex channel, as the known Python users make them."""

from . import pattern
from .lines import PeerError, await_line, result, say
from .zb_reader import Reader
from .zb_writer import Writer

_ERROR_ANSWER = b"PLENUM-DUPLEX-ERROR "


def add_verbs(verbs):
    serve = verbs.add_parser("duplex-serve", help="answer the requests of a channel until its client has left")
    serve.add_argument("--fail-every", type=int, default=0, help="give every k-th request back without an answer")
    serve.set_defaults(run=_serve)
    call = verbs.add_parser("duplex-call", help="send requests and verify the answers")
    call.add_argument("--requests", type=int, default=1)
    call.add_argument("--sizes", type=int, default=1024)
    call.add_argument("--in-flight", type=int, default=1)
    call.add_argument("--stay", action="store_true", help="stay connected until stdin brings `close` or ends")
    call.set_defaults(run=_call)
    for command in (serve, call):
        command.add_argument("--name", required=True)
        command.add_argument("--mode", choices=("echo", "reverse", "xor"), default="echo")
        command.add_argument("--xor-key", type=int, default=255)
        command.add_argument("--payload-size", type=int, default=1 << 20)
        command.add_argument("--timeout-ms", type=int, default=20000)


def _transformed(data, options):
    if options.mode == "reverse":
        return data[::-1]
    return bytes(byte ^ options.xor_key for byte in data) if options.mode == "xor" else data


def _next(reader, options):
    """A frame and None, or None and why there is none."""
    try:
        frame = reader.read(options.timeout_ms / 1000)
    except PeerError as error:
        if error.code not in ("writer-closed", "writer-dead"):
            raise
        return None, error.code
    return frame, None if frame is not None else "timed-out"


def _serve(options):
    requests = Reader(options.name + "_request", 4096, options.payload_size)
    answers = None
    handled = failed = 0
    try:
        say("ready")
        answers = Writer(options.name + "_response", options.timeout_ms / 1000, options.timeout_ms / 1000)
        while True:
            frame, end = _next(requests, options)
            if frame is None:
                break
            handled += 1
            # A handler that raises answers nothing, as with the known servers.
            if options.fail_every and handled % options.fail_every == 0:
                failed += 1
            else:
                answers.write(_transformed(frame.data(), options))
            requests.release(frame)
    finally:
        if answers is not None:
            answers.close()
        requests.close()
    result("served", handled=handled, failed=failed, end=end)
    say("done")
    return 1 if end == "timed-out" else 0


def _call(options):
    answers = Reader(options.name + "_response", 4096, options.payload_size)
    requests = None
    sent = answered = errors = wrong = 0
    end = "count"
    try:
        requests = Writer(options.name + "_request", options.timeout_ms / 1000, options.timeout_ms / 1000)
        say("ready")
        while answered < options.requests:
            while sent < options.requests and sent - answered < options.in_flight:
                requests.write(pattern.run(options.sizes, sent))
                sent += 1
            frame, why = _next(answers, options)
            if frame is None:
                end = why
                break
            data = frame.data()
            if data.startswith(_ERROR_ANSWER):
                errors += 1
            elif data != _transformed(pattern.run(options.sizes, answered), options):
                wrong += 1
            answers.release(frame)
            answered += 1
        result("called", answered=answered, errorAnswers=errors, wrong=wrong, end=end)
        if options.stay:
            await_line("close")
    finally:
        if requests is not None:
            requests.close()
        answers.close()
    say("done")
    return 0 if answered == options.requests and wrong == 0 else 1
