"""What each side reads of a request: the offer, the card once accepted, the question for another team, bad news."""

from datetime import datetime

from bot.conversation.request_card import tell_card
from bot.conversation.turn import Card
from bot.conversation.vocabulary import tell_doors, tell_line
from bot.handoff.choices import thread_buttons, yes_or_no
from bot.handoff.context import Context
from bot.handoff.promise import Promise
from bot.i18n import Voice
from bot.messages import Button, Reply, bold, column
from bot.storage.models import Handoff


def card_of(handoff: Handoff, words: str) -> Card:
    """Give the card that the person approved."""
    return Card(
        need=handoff.need,
        place=handoff.place,
        language=handoff.language,
        words=words,
        wishes=tuple(handoff.wishes),
        how=handoff.reach_how,
        when=handoff.reach_when,
        discreet=handoff.discreet,
        behalf=handoff.on_behalf,
        urgent=handoff.urgent,
    )


def describe(context: Context, handoff: Handoff, words: str, voice: Voice) -> list[str]:
    """Write what a worker may see of a request: exactly the card that the person approved."""
    return tell_card(card_of(handoff, words), voice, context.world, voice.say("Words of the person:"))


def offer_reply(
    context: Context, handoff: Handoff, words: str, voice: Voice, others: list[str], *, known: bool
) -> Reply:
    """Show a request to a worker, with the buttons to accept, decline or send it where it belongs."""
    title = voice.say("Urgent request") if handoff.urgent else voice.say("New request")
    lines = [bold(title), *describe(context, handoff, words, voice)]
    if known:
        lines.append(voice.say("You know this person from an earlier request."))
    if handoff.promised_until:
        until = moment(context, handoff.promised_until, voice)
        lines.append(voice.say("The person was promised an answer before {moment}.", moment=until))
    lines.append(
        voice.say("Also on duty: {names}", names=voice.listing(others))
        if others
        else voice.say("Nobody else of the team is on duty now.")
    )
    buttons = (
        (
            Button(voice.say("Accept"), f"accept:{handoff.id}"),
            Button(voice.say("Decline"), f"decline:{handoff.id}"),
        ),
        (Button(voice.say("For another team"), f"pass:{handoff.id}"),),
    )
    return Reply("\n".join(lines), buttons, voice.language.code)


def accepted_reply(context: Context, handoff: Handoff, voice: Voice) -> Reply:
    """Show the request to the worker who has it now."""
    words = context.sealer.open(handoff.sealed_words)
    text = "\n".join(
        [
            bold(voice.say("This request is yours.")),
            *describe(context, handoff, words, voice),
            voice.say("What you write now goes to this person. They see your first name only."),
        ]
    )
    return Reply(text, column(thread_buttons(handoff.id, voice)), voice.language.code)


def ask_for_another_team(
    context: Context, handoff: Handoff, made: Promise, voice: Voice, *, talked: bool
) -> Reply:
    """Ask the person whether another team may see the request."""
    words = context.sealer.open(handoff.sealed_words)
    until = moment(context, made.until, voice)
    card = tell_card(card_of(handoff, words), voice, context.world, voice.say("Your words:"))
    text = "\n".join(
        [
            voice.say("The team that has your request cannot take it further."),
            voice.say(
                "{team} can. Somebody there would write to you before {moment}.", team=made.name, moment=until
            ),
            voice.say("May {team} see this?", team=made.name),
            "",
            *card,
        ]
    )
    return Reply(text, column(yes_or_no(handoff.id, made.name, voice, talked=talked)), voice.language.code)


def nobody_accepted(
    context: Context, need: str, voice: Voice, fallback: str = "", *, promised: bool = False
) -> Reply:
    """Say that no worker could accept, and give other doors; a broken promise is said to be one."""
    territory = context.world.territory
    news = (
        voice.say("I promised you an answer, and nobody has written in time. I am sorry.")
        if promised
        else voice.say("No worker could accept your request now. I am sorry.")
    )
    doors = tell_doors(need, voice, territory, context.now)
    if fallback in {line.id for line in territory.lines}:
        doors = list(
            dict.fromkeys([tell_line(territory.line(fallback), voice, territory, context.now), *doors])
        )
    text = "\n\n".join([news, voice.say("These people can help you by phone:"), *doors])
    buttons = [Button(voice.say("Places near me"), f"places:{need}")] if need else []
    buttons += [Button(voice.say("Try again"), "talk"), Button(voice.say("All themes"), "menu")]
    return Reply(text, column(buttons), voice.language.code)


def moment(context: Context, when: datetime, voice: Voice) -> str:
    """Write a moment as clocks of the territory show it: day and hour."""
    return voice.weekday(when.astimezone(context.world.territory.zone))
