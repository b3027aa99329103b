"""What is counted of a question: its theme, the commune, the language, each alone and never together."""

from bot.conversation.effects import Count
from bot.handoff.context import Context
from bot.outreach.figures import UNKNOWN
from bot.storage.tallies import count

BY_TERRITORY = frozenset({"turned-away", "why-not", "did-it-work"})
QUESTIONS = frozenset({"answer", "answer-missing"})


def count_for_the_report(context: Context, effect: Count) -> None:
    """Count what the open report of the territory is made of; a worker's own look-ups are not."""
    if effect.name not in BY_TERRITORY | QUESTIONS:
        return
    code = context.world.territory.code

    def add(name: str, key: str) -> None:
        count(context.session, name, f"{code}:{key}"[:64], context.now)

    if effect.name in BY_TERRITORY:
        add(effect.name, effect.key)
    elif effect.key in context.world.needs:
        theme = context.world.needs.need(effect.key).theme
        add("asked-theme", theme)
        add("asked-commune", context.conversation.place or UNKNOWN)
        add("asked-language", context.writer().language.code)
        if effect.name == "answer-missing":
            add("unanswered", theme)
