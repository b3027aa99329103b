"""Draws how far the languages are, as a small picture: a column for each language, a row for each theme."""

from collections.abc import Mapping, Sequence
from html import escape

from bot.translations.status import State

CELL, LEFT, TOP, MARGIN = 30, 170, 46, 12
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.small { font-size: 11px; fill: #59636e }
.back { fill: #d1d9e0 } .told { fill: #4c8dd6 } .read { fill: #2e8b57 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc } .small { fill: #9198a1 }
  .back { fill: #3d444d } .told { fill: #6cb0ff } .read { fill: #57c785 }
}
"""


def draw(
    themes: Mapping[str, Sequence[str]], states: Mapping[str, Mapping[str, State]], names: Mapping[str, str]
) -> str:
    """Draw it: each cell fills up with the answers of a theme, `themes` gives their needs by the theme's name."""
    codes = sorted(names)
    width = LEFT + CELL * len(codes) + MARGIN
    height = TOP + CELL * len(themes) + 40
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
        ' role="img">',
        "<title>Answers by language and theme: translated and reviewed</title>",
        f"<style>{STYLE}</style>",
    ]
    for column, code in enumerate(codes):
        x = LEFT + CELL * column
        parts.append(
            f'<text x="{x + 13}" y="{TOP - 12}" text-anchor="middle">{code}<title>{escape(names[code])}</title></text>'
        )
    for row, (theme, needs) in enumerate(themes.items()):
        y = TOP + CELL * row
        parts.append(f'<text x="{LEFT - 10}" y="{y + 17}" text-anchor="end">{escape(theme)}</text>')
        for column, code in enumerate(codes):
            parts += _cell(LEFT + CELL * column, y, theme, code, [states[need][code] for need in needs])
    parts += _legend(TOP + CELL * len(themes) + 8)
    return "\n".join([*parts, "</svg>", ""])


def _cell(x: int, y: int, theme: str, code: str, states: Sequence[State]) -> list[str]:
    told = sum(state is not State.MISSING for state in states)
    read = sum(state in (State.ORIGINAL, State.REVIEWED) for state in states)
    said = f"{escape(theme)}, {code}: {told} of {len(states)} told, {read} reviewed"
    full = CELL - 4
    cells = [
        f'<rect class="back" x="{x}" y="{y}" width="{full}" height="{full}" rx="3"><title>{said}</title></rect>'
    ]
    for kind, count in (("told", told), ("read", read)):
        if tall := round(full * count / max(1, len(states))):
            cells.append(
                f'<rect class="{kind}" x="{x}" y="{y + full - tall}" width="{full}" height="{tall}" rx="3"'
                ' pointer-events="none"/>'
            )
    return cells


def _legend(y: int) -> list[str]:
    parts, x = [], LEFT
    for kind, words in (("back", "missing"), ("told", "translated"), ("read", "original or reviewed")):
        parts.append(f'<rect class="{kind}" x="{x}" y="{y}" width="12" height="12" rx="2"/>')
        parts.append(f'<text class="small" x="{x + 18}" y="{y + 10}">{words}</text>')
        x += 40 + 7 * len(words)
    return parts
