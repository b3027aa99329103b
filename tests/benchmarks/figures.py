"""How a figure is told."""

import json
import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One line; `ok` is None when nobody has set a target."""

    figure: str
    value: float
    unit: str
    baseline: float | None = None
    target: float | None = None
    ok: bool | None = None

    def to_json(self) -> str:
        rounded = {
            name: round(value, 3) if isinstance(value, float) else value for name, value in vars(self).items()
        }
        return json.dumps(rounded)


def at_most(figure: str, value: float, unit: str, target: float, baseline: float | None = None) -> Figure:
    return Figure(figure, value, unit, baseline, target, value <= target)


def at_least(figure: str, value: float, unit: str, target: float, baseline: float) -> Figure:
    return Figure(figure, value, unit, baseline, target, value >= target)


def percentile(values: Sequence[float], percent: int) -> float:
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]
