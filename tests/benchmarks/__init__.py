"""What it costs and how fast it is: `python -m tests.benchmarks` prints one JSON line a figure.

Each figure has its baseline from the same run on the same machine, because machines differ and are shared.
QUICK=1 is shorter and leaves some out; the names stay. Progress goes to standard error.
"""
