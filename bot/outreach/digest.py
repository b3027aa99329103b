"""Once a month, what a team can think about together: no person in it, and a question after each line."""

from datetime import timedelta

from bot.conversation.effects import ShowDigest
from bot.conversation.vocabulary import place_name
from bot.handoff.context import Context
from bot.messages import Button
from bot.outreach import schedule
from bot.outreach.meetings import tell
from bot.outreach.occurrences import clashes, diversity, gaps, kept_rate
from bot.outreach.workers import worker_of

BACK = timedelta(days=31)
AHEAD = timedelta(days=31)
MOST_NAMED = 6


def show(context: Context, _: ShowDigest) -> None:
    """Tell a worker how the last month went and what could be asked about it."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    if worker is None:
        return
    territory, now = context.world.territory, context.now
    places = schedule.read_places(context.session, territory)
    past = schedule.read_calendar(context.session, territory, now - BACK, now)
    coming = schedule.read_calendar(context.session, territory, now, now + AHEAD)
    met = schedule.noted_meetings(context.session, (now - BACK).date(), now.date() + timedelta(days=1))
    held, planned = kept_rate(past, met, now)
    visited = [str(places[one.place].family) for one in past if not one.is_cancelled and one.place in places]
    commune_of = {place.id: place.commune for place in places.values()}
    empty = gaps(coming, [place.id for place in territory.places], commune_of)
    names = sorted(place_name(commune, voice, territory) for commune in empty)
    unfinished = [place.name for place in places.values() if not place.is_whole]
    lines = [
        voice.say("Your team's last month."),
        "• " + voice.say("{held} of {planned} rounds took place.", held=held, planned=planned),
        "  " + voice.say("What kept you from the others?"),
        "• "
        + voice.say(
            "The visits were as varied as those to {number} kinds of places in equal parts.",
            number=voice.number(diversity(visited)),
        ),
        "  " + voice.say("Whom do you not meet at these places?"),
    ]
    if names:
        lines.append(
            "• " + voice.say("Nobody comes to: {communes}.", communes=voice.listing(names[:MOST_NAMED]))
        )
        lines.append("  " + voice.say("Where would one round a month change most?"))
    if clashes(coming):
        lines.append(
            "• " + voice.say("Some rounds of the next month are at the same time. See the shared calendar.")
        )
    if unfinished:
        sheets = voice.listing(unfinished[:MOST_NAMED])
        lines.append("• " + voice.say("These sheets are not whole: {places}.", places=sheets))
    lines.append(voice.say("What did you hear outside that no text of ours answers?"))
    tell(context, "\n".join(lines), (Button(voice.say("The rounds"), "rounds"),))
