"""What may be published of counts: no cell under ten, and nothing from which one could be worked out.

Hiding the small cells is not enough: whoever knows the total from another table takes the visible ones away. So
further cells are hidden with them, in the order of their names (never of their size, which would tell something),
until every hidden cell could have many values. No total is published, only the sum of what is visible.
Whoever knows this rule, all visible cells and the true total still cannot tell any hidden cell: a test tries
every possibility.
"""

from collections.abc import Mapping
from typing import Final

LEAST: Final = 10


def publish(cells: Mapping[str, int], least: int = LEAST) -> dict[str, int | None]:
    """Give each cell its count, or None when it stays hidden."""
    hidden = {name for name, n in cells.items() if n < least}
    if not hidden:
        return dict(cells)
    sure = 0  # the least that the further cells are known to hold together
    for name in sorted(cells):
        if sure and sum(cells[one] for one in hidden) - sure >= least - 1:
            break
        if name not in hidden:
            hidden.add(name)
            sure += least
    else:
        if not sure or sum(cells[one] for one in hidden) - sure < least - 1:
            hidden = set(cells)
    return {name: None if name in hidden else n for name, n in cells.items()}
