"""The crash test over the real thing: real processes killed at any moment, a Bot API in trouble, all counted.

`python -m tests.crash` is the long form, `test_crash.py` the short one of `make test`.
"""
