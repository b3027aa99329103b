"""How much is measured: all of it, or within a minute."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Size:
    """How much is measured."""

    posts: int
    chats: int
    each: int  # messages of each chat at once
    seconds: float  # at an even rate
    idle: float
    stored: tuple[int, ...]
    rounds: int  # of messages in each of the stored sizes
    texts: int
    all: bool


QUICK = Size(
    posts=1000,
    chats=60,
    each=3,
    seconds=3,
    idle=1.5,
    stored=(1_000, 100_000),
    rounds=5,
    texts=30,
    all=False,
)
FULL = Size(
    posts=10_000,
    chats=100,
    each=10,
    seconds=30,
    idle=10,
    stored=(1_000, 100_000, 1_000_000),
    rounds=20,
    texts=200,
    all=True,
)
