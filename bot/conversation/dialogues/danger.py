"""Danger: the numbers to call, short, and the offer of a person. It comes before everything else."""

from dataclasses import replace

from bot.conversation.effects import Count, RelayToWorker
from bot.conversation.turn import Effect, Outcome, Turn
from bot.conversation.vocabulary import DANGER_NEEDS, DANGERS, tell_line
from bot.i18n import Voice
from bot.messages import Button, bold, column
from directory.territory import Danger, Line

MOST_LINES = 4


def answer_danger(turn: Turn, danger: Danger) -> Outcome:
    """Give the numbers to call first; the talk then goes on where it was.

    Words meant for a worker still reach the worker.
    """
    voice, territory = turn.voice, turn.world.territory
    lines = territory.lines_for(danger)[:MOST_LINES]
    text = "\n\n".join(
        [
            f"<b>{voice.say(DANGERS[danger], number=lines[0].phone)}</b>",
            *(tell_line(line, voice, territory, turn.now) for line in lines),
            *_in_another_language(voice, lines[0]),
        ]
    )
    need = turn.world.needs.need(DANGER_NEEDS[danger])
    buttons = column(
        [
            Button(voice.say("Talk to someone"), f"talk:{need.id}"),
            Button(voice.label(need.label), f"need:{need.id}"),
            Button(voice.say("Places near me"), f"places:{need.id}"),
        ]
    )
    effects: tuple[Effect, ...] = (Count("danger", danger),)
    request = turn.person.request
    if request and request.has_worker:
        text += "\n\n" + voice.say("Passed on to {name}.", name=request.worker_name)
        effects += (RelayToWorker(turn.inbound.text),)
    return Outcome((turn.reply(text, *buttons),), turn.state, effects)


def _in_another_language(voice: Voice, line: Line) -> list[str]:
    """Keep nobody from calling because of the languages that stand beside the number."""
    if not line.languages or voice.language.code in line.languages:
        return []
    return [
        voice.say(
            "You do not speak these languages? Call all the same: say where you are, and the name of your language."
        )
    ]


def ask_gently(turn: Turn, outcome: Outcome) -> Outcome:
    """Answer as usual, and open the way to the numbers in one tap when the words might mean a danger."""
    doubt = turn.heard.doubt if turn.heard else None
    if doubt is None or not outcome.replies:
        return outcome
    *first, last = outcome.replies
    say = turn.voice.say
    question = bold(say("If somebody is in danger now, press the button."))
    asked = replace(
        last,
        text=f"{last.text}\n\n{question}",
        buttons=((Button(say("Danger now"), f"danger:{doubt}"),), *last.buttons),
    )
    return replace(outcome, replies=(*first, asked))
