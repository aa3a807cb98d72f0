#!/usr/bin/env python3
"""Checks the peers against the golden images and against each other: selftest.py --golden FOLDER."""

import argparse
import os
import sys
import time

from checks import atomics, cpp, voidshm, zerobuffer, zeroipc
from checks.harness import Checks

_PROTOCOLS = {"atomics": atomics, "zerobuffer": zerobuffer, "zeroipc": zeroipc, "voidshm": voidshm}


def _left_behind():
    mark = f"peer-selftest-{os.getpid()}"
    found = [name for name in os.listdir("/dev/shm") if mark in name]
    if os.path.isdir("/tmp/zerobuffer"):
        found += [name for name in os.listdir("/tmp/zerobuffer") if mark in name]
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", required=True)
    parser.add_argument("--only", choices=sorted(_PROTOCOLS))
    parser.add_argument("--cpp", help="folder of the built C++ peers: run them against the Python peers as well")
    options = parser.parse_args()
    checks = Checks()
    parts = {name: (module, options.golden) for name, module in _PROTOCOLS.items() if options.only in (None, name)}
    if options.cpp:
        parts["cpp"] = (cpp, options.cpp)
    for name, (module, folder) in parts.items():
        started, before = time.monotonic(), checks.passed
        module.check(checks, folder)
        checks.equal(_left_behind(), [], f"{name}: left behind")
        print(f"{name}: {checks.passed - before} checks passed in {time.monotonic() - started:.1f} s", flush=True)
    print(f"{checks.passed} passed, {len(checks.failed)} failed")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
