"""Charts as plain drawings: the same figures stand in a table beside them, for whoever does not see them."""

from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 320, 120
GAP = 0.3  # of a bar's room


@dataclass(frozen=True)
class Bar:
    """One bar, ready to draw; `text` stands above it, `label` below."""

    x: float
    y: float
    width: float
    height: float
    middle: float
    label: str
    text: str


def bars(values: Sequence[tuple[str, float | None, str]], most: float = 0) -> list[Bar]:
    """Draw bars for (label, value, text); no value draws no bar. `most` is the value of the full height."""
    full = most or max((value for _, value, _ in values if value is not None), default=0) or 1
    room = WIDTH / max(1, len(values))
    drawn = []
    for number, (label, value, text) in enumerate(values):
        height = round(HEIGHT * min(1.0, (value or 0) / full), 1)
        left = round(number * room + room * GAP / 2, 1)
        drawn.append(
            Bar(
                left,
                round(HEIGHT - height, 1),
                round(room * (1 - GAP), 1),
                height,
                round((number + 0.5) * room, 1),
                label,
                text,
            )
        )
    return drawn
