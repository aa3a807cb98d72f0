#!/usr/bin/env python3
"""What watching costs: 100 moving segments of three protocols, and the processor time of a command that watches them.

Usage: watch_cost.py [--pty] SEGMENTS SECONDS COMMAND...
With --pty the command draws on a pseudo-terminal of 80 x 24, and what it draws is thrown away; otherwise its output is.
Makes SEGMENTS segments (a third each: ZeroBuffer, ZeroIPC with a queue, a ring and an array, VOID), moves every one ten
times a second, starts COMMAND, waits 12 s (the run time compiles hot
code again in the background), and then reads the user and system time of the command over SECONDS from
/proc. Removes what it made."""
import fcntl
import mmap
import os
import pty
import struct
import subprocess
import sys
import termios
import threading
import time

PREFIX = f"watchcost-{os.getpid()}-"


def zerobuffer(name):
    size = 128 + 64 + 65536
    header = struct.pack("<IBBBBQQQQQQQQQQQ", 128, 1, 0, 0, 0, 64, 64, 0, 65536, 65536, 0, 0, 0, 0, os.getpid(),
                         os.getpid())
    return name, size, {0: header}, lambda m, n: struct.pack_into("<QQ", m, 0x40, n, n)


def zeroipc(name):
    size = 65536
    table = 0x20 + 64 * 0x30
    queue, ring, array = table, table + 16 + 16 * 8 + 16 * 4, table + 16 + 16 * 8 + 16 * 4 + 24 + 1024
    rows = [("jobs", queue, 16 + 16 * 8 + 64), ("samples", ring, 24 + 1024), ("levels", array, 8 + 80)]
    parts = {0: struct.pack("<IIIIQQ", 0x5A49504D, 2, len(rows), 64, size, array + 88)}
    for i, (entry, offset, length) in enumerate(rows):
        parts[0x20 + i * 0x30] = entry.encode().ljust(32, b"\0") + struct.pack("<QQ", offset, length)
    parts[queue] = struct.pack("<IIII", 0, 0, 16, 8)
    parts[queue + 16 + 16 * 8] = struct.pack("<16I", *range(16))
    parts[ring] = struct.pack("<QQII", 0, 0, 1024, 8)
    parts[array] = struct.pack("<Q", 10)
    return name, size, parts, lambda m, n: struct.pack_into("<QQ", m, ring, n * 8, n * 8)


def void(name):
    # The canon profile of docs/protocols/voidshm.md: numbers at 0, strings from 40, payload at 232.
    size = 232 + 4 * 2 * 8
    header = struct.pack("<IIIIIIQQ", 0x44494F56, 2, 232, 2, 8, 0, 7, 1)
    return name, size, {0: header}, lambda m, n: struct.pack_into("<Q", m, 32, n)


def cpu(pid):
    with open(f"/proc/{pid}/stat") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def drain(master):
    try:
        while os.read(master, 65536):
            pass
    except OSError:
        pass


def start(command, on_terminal):
    if not on_terminal:
        return subprocess.Popen(command, stdout=subprocess.DEVNULL)
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment = {**os.environ, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
    environment.pop("NO_COLOR", None)
    child = subprocess.Popen(command, stdin=slave, stdout=slave, env=environment)
    os.close(slave)
    threading.Thread(target=drain, args=(master,), daemon=True).start()
    return child


def main():
    words = sys.argv[1:]
    on_terminal = words[0] == "--pty"
    words = words[1:] if on_terminal else words
    count, seconds, command = int(words[0]), float(words[1]), words[2:]
    kinds = [zerobuffer, zeroipc, void]
    maps, paths = [], []
    try:
        for i in range(count):
            name, size, parts, move = kinds[i % len(kinds)](f"{PREFIX}{i}")
            path = "/dev/shm/" + name
            paths.append(path)
            with open(path, "w+b") as file:
                file.truncate(size)
                memory = mmap.mmap(file.fileno(), size)
            for offset, data in parts.items():
                memory[offset:offset + len(data)] = data
            maps.append((memory, move))
        child = start(command, on_terminal)
        begin = time.monotonic()
        first = None
        step = 1
        while time.monotonic() - begin < 3 + seconds:
            step += 1
            for memory, move in maps:
                move(memory, step)
            time.sleep(0.1)
            if first is None and time.monotonic() - begin >= 3:
                first = (cpu(child.pid), time.monotonic())
        used, elapsed = cpu(child.pid) - first[0], time.monotonic() - first[1]
        child.terminate()
        child.wait()
        print(f"{count} segments, {elapsed:.1f} s: {used:.2f} s of processor time, {100 * used / elapsed:.2f} % of one core")
    finally:
        for path in paths:
            if os.path.exists(path):
                os.unlink(path)


main()
