#!/usr/bin/env python3
"""A foreign peer of the three protocols: peer.py PROTOCOL VERB --long-flags. README.md lists verbs and outputs."""

import argparse
import os
import sys

from foreign import void_commands, zb_commands, zi_commands
from foreign.lines import PeerError, failure


def main():
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    protocols = parser.add_subparsers(dest="protocol", required=True)
    modules = {"zerobuffer": zb_commands, "zeroipc": zi_commands, "voidshm": void_commands}
    for name, module in modules.items():
        verbs = protocols.add_parser(name).add_subparsers(dest="verb", required=True)
        module.add_verbs(verbs)
    options = parser.parse_args()
    try:
        return options.run(options)
    except BrokenPipeError:
        os._exit(1)  # nobody listens any more
    except (PeerError, OSError, ValueError, IndexError, OverflowError) as error:
        failure(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
