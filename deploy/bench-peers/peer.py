"""What the benchmark says to a peer and hears from it, a line each way.

A peer prints `ready NAME`, then for every line `run N` does its work N times and prints `seconds S`,
until its input ends. It exits with 3 where it cannot be a peer here (PyTorch is missing).
"""

import sys
import time

try:
    import torch
except ImportError:
    sys.exit(3)


def name():
    return "PyTorch " + torch.__version__.split("+")[0]


def serve(work, form=""):
    """`work(n)` does the work n times, in the form that the peer's name then ends with."""
    print("ready", (name() + " " + form).strip(), flush=True)
    for line in sys.stdin:
        count = int(line.split()[1])
        begin = time.perf_counter()
        work(count)
        print("seconds", time.perf_counter() - begin, flush=True)


def fastest(variants, count):
    """The variant that takes the least time, each warmed up: peers are shown at their best."""

    def seconds(work):
        work(count)
        begin = time.perf_counter()
        work(count)
        return time.perf_counter() - begin

    return min(variants, key=seconds)
