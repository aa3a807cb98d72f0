#!/usr/bin/env python3
"""What a writer at full speed loses while `plenum top` watches it, full screen, on a pseudo-terminal of 80 x 24.

Usage: writer_loss.py PAIRS SECONDS PEER_DLL PLENUM_DLL [SEGMENTS [INTERVAL]]
One VOID writer (verb void-write of the test peer) writes without pause, pinned to one core; one `plenum top` runs on another,
watching it and SEGMENTS more every INTERVAL (default 500ms). The two are started once. For each pair top is stopped (SIGSTOP) for a window, then goes on
for a window; the frames written in each window are read from the header of the segment. Prints every pair's ratio and
the median of the losses. Removes what it made."""
import os
import pty
import signal
import statistics
import struct
import subprocess
import sys
import threading
import time

NAME = f"loss-{os.getpid()}"
FRAME_OFFSET = 32  # the canon profile


def frames(file):
    return struct.unpack("<Q", os.pread(file, 8, FRAME_OFFSET))[0]


def window(file, seconds):
    start, first = time.perf_counter(), frames(file)
    time.sleep(seconds)
    last, end = frames(file), time.perf_counter()
    return (last - first) / (end - start)


def drain(master, seen):
    try:
        while data := os.read(master, 65536):
            seen[0] += len(data)
    except OSError:
        pass


def main():
    pairs, seconds, peer, plenum = int(sys.argv[1]), float(sys.argv[2]), sys.argv[3], sys.argv[4]
    extra = int(sys.argv[5]) if len(sys.argv) > 5 else 0
    interval = sys.argv[6] if len(sys.argv) > 6 else "500ms"
    cores = sorted(os.sched_getaffinity(0))
    made = []
    writer = subprocess.Popen(
        ["dotnet", "exec", peer, "void-write", "--segment", NAME, "--channels", "8", "--length", "64", "--pin",
         str(cores[-1])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    top, file = None, None
    try:
        while not writer.stdout.readline().startswith("ready"):
            pass
        for i in range(extra):
            path = f"/dev/shm/{NAME}-{i}"
            with open(path, "wb") as segment:
                segment.write(struct.pack("<IIIIQQ", 0x5A49504D, 2, 0, 64, 65536, 0xC20).ljust(65536, b"\0"))
            made.append(path)
        file = os.open("/dev/shm/" + NAME, os.O_RDONLY)
        os.sched_setaffinity(0, {cores[0]})
        master, slave = pty.openpty()
        import fcntl
        import termios
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        environment = {**os.environ, "TERM": "xterm", "LANG": "C.UTF-8"}
        environment.pop("NO_COLOR", None)
        top = subprocess.Popen(["dotnet", "exec", plenum, "top", "--interval", interval],
                               stdin=slave, stdout=slave, env=environment)
        seen = [0]
        threading.Thread(target=drain, args=(master, seen), daemon=True).start()
        time.sleep(2.5)
        ratios, totals = [], {"stop": 0.0, "run": 0.0}
        for i in range(pairs):
            order = ["stop", "run"] if i % 2 == 0 else ["run", "stop"]
            rates = {}
            for state in order:
                os.kill(top.pid, signal.SIGSTOP if state == "stop" else signal.SIGCONT)
                rates[state] = window(file, seconds)
            ratios.append(rates["run"] / rates["stop"])
            totals["stop"] += rates["stop"]
            totals["run"] += rates["run"]
            print(f"pair {i + 1}: alone {rates['stop'] / 1e6:.3f} M frames/s, watched {rates['run'] / 1e6:.3f}, "
                  f"ratio {ratios[-1]:.4f}")
        loss = 100 * (1 - statistics.median(ratios))
        mean = 100 * (1 - totals["run"] / totals["stop"])
        print(f"median loss {loss:.2f} %, mean loss {mean:.2f} % over {pairs} pairs of {seconds} s; {seen[0]} bytes were drawn")
    finally:
        if top:
            os.kill(top.pid, signal.SIGCONT)
            top.terminate()
            top.wait()
        writer.stdin.write("\n")
        writer.stdin.close()
        writer.wait()
        if file is not None:
            os.close(file)
        for path in made + ["/dev/shm/" + NAME]:
            if os.path.exists(path):
                os.unlink(path)


main()
