"""A message to many as one person gets it: the reviewed text in their language, a way to answer, a way to end it."""

from bot.conversation.vocabulary import place_name
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, Reply, column
from bot.outreach import schedule
from bot.outreach.notices import NOTICES, About
from bot.storage.models import Broadcast
from directory.territory import Danger


def write(row: Broadcast, voice: Voice, context: Context) -> Reply:
    """Write it in one language."""
    notice, territory = NOTICES[row.notice], context.world.territory
    values: dict[str, object] = {}
    commune = place_name(row.commune, voice, territory) if row.commune else voice.label(territory.name)
    values["commune"] = commune
    if notice.about is About.PLACE:
        place = schedule.read_place(context.session, row.about)
        values["place"] = place.name if place else commune
    lines = [voice.say(notice.text, **values)]
    if notice.emergency_number:
        line = territory.lines_for(Danger.MEDICAL_EMERGENCY)[0]
        lines.append(voice.say("In danger of life, call {number}.", number=voice.phone(line.phone)))
    lines.append(voice.say("You can answer me here. /stop ends these messages."))
    return Reply("\n".join(lines), column(_buttons(row, voice)), voice.language.code)


def _buttons(row: Broadcast, voice: Voice) -> list[Button]:
    notice = NOTICES[row.notice]
    need = row.about if notice.about is About.NEED else notice.need
    buttons = []
    if need:
        buttons.append(Button(voice.say("Open"), f"need:{need}"))
    if notice.about is About.PLACE:
        buttons.append(Button(voice.say("More about this place"), f"meeting-place:{row.about}"))
    buttons.append(Button(voice.say("Talk to someone"), "talk"))
    buttons.append(Button(voice.say("Tell me no more"), f"unfollow:{row.topic}"))
    return buttons
