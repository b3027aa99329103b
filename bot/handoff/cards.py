"""What each side reads of a request: the offer, the card once accepted, the news that nobody could come."""

from datetime import datetime, timedelta

from bot.conversation.vocabulary import place_name, tell_doors
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, Reply, bold, column, escape
from bot.storage.models import Handoff

ANSWER_WITHIN = timedelta(hours=2)  # then the person hears that nobody could accept


def offer_reply(context: Context, handoff: Handoff, words: str, voice: Voice) -> Reply:
    """Show a request to a worker, with the buttons to accept or decline."""
    until = handoff.asked_at + ANSWER_WITHIN
    text = "\n".join(
        [
            bold(voice.say("New request")),
            *describe(context, handoff, words, voice),
            voice.say("Please answer before {time}.", time=_local_time(context, until, voice)),
        ]
    )
    buttons = (
        Button(voice.say("Accept"), f"accept:{handoff.id}"),
        Button(voice.say("Decline"), f"decline:{handoff.id}"),
    )
    return Reply(text, (buttons,), voice.language.code)


def describe(context: Context, handoff: Handoff, words: str, voice: Voice) -> list[str]:
    """Write what a worker may see of a request: exactly the card that the person approved."""
    world, unsaid = context.world, voice.say("not said")
    need = voice.label(world.needs.need(handoff.need).label) if handoff.need else unsaid
    place = place_name(handoff.place, voice, world.territory) if handoff.place else unsaid
    said = f"“{voice.isolate(escape(words))}”" if words else unsaid
    return [
        voice.say("Language: {language}", language=voice.language_name(handoff.language)),
        voice.say("Commune: {commune}", commune=place),
        voice.say("Question: {need}", need=need),
        voice.say("Words of the person:") + " " + said,
    ]


def accepted_reply(context: Context, handoff: Handoff, voice: Voice) -> Reply:
    """Show a request to the worker who has it now."""
    words = context.sealer.open(handoff.sealed_words)
    text = "\n".join(
        [
            bold(voice.say("This request is yours.")),
            *describe(context, handoff, words, voice),
            voice.say("What you write now goes to this person. They see your first name only."),
        ]
    )
    buttons = [
        Button(voice.say("Close this request"), f"close:{handoff.id}"),
        Button(voice.say("Stop writing to them"), "leave-thread"),
    ]
    return Reply(text, column(buttons), voice.language.code)


def nobody_accepted(context: Context, need: str, voice: Voice) -> Reply:
    """Say that no worker could accept, and give other doors."""
    territory = context.world.territory
    text = "\n\n".join(
        [
            voice.say("No worker could accept your request now. I am sorry."),
            voice.say("These people can help you by phone:"),
            *tell_doors(need, voice, territory, context.now),
        ]
    )
    buttons = [Button(voice.say("Try again"), "talk"), Button(voice.say("All themes"), "menu")]
    return Reply(text, column(buttons), voice.language.code)


def _local_time(context: Context, moment: datetime, voice: Voice) -> str:
    return voice.time(moment.astimezone(context.world.territory.zone))
