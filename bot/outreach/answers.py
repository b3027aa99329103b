"""What people answer to a message to many: the bot hears it, and a team too, if the person wishes."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

from sqlalchemy import exists, select, update

from bot.conversation.effects import OfferToTeam
from bot.conversation.request_card import wanted
from bot.conversation.turn import State
from bot.delivery.waiting import REPLY, WAITING
from bot.handoff.assignment import crews_of
from bot.handoff.context import Context
from bot.handoff.promise import best_promise
from bot.messages import Button, column
from bot.outreach.meetings import tell
from bot.storage.models import BroadcastReceipt, OutboxMessage

ANSWERED_WITHIN: Final = timedelta(days=2)


def offer_to_team(context: Context, effect: OfferToTeam) -> None:
    """Put the words on a request that only the person sees, and ask once whether a team may have them."""
    if not _waits_for_an_answer(context):
        return
    crews = crews_of(context.session, context.conversation.territory, context.conversation.id)
    world, card = context.world, effect.card
    made = best_promise(crews, wanted(card, world), context.now, world.territory)
    if made is None:  # a person is offered only while one can be promised
        return
    mine = BroadcastReceipt.conversation_id == context.conversation.id
    context.session.execute(update(BroadcastReceipt).where(mine).values(offered=True))
    state = State.from_json(context.conversation.state or {})
    context.conversation.state = replace(state, card=card).to_json()
    voice = context.writer()
    text = voice.say(
        "Do you answer my message to many people? Until now only I, a robot, have read your words."
        " {team} can read them too. You see first what is sent, and you decide.",
        team=made.name,
    )
    yes = Button(voice.say("Yes, show me what is sent"), "card:back")
    tell(context, text, *column([yes, Button(voice.say("No, leave it"), "card:leave")]))


def _waits_for_an_answer(context: Context) -> bool:
    """Tell whether the person got a message to many lately and nothing was offered since."""
    here = context.conversation.id
    lately = exists().where(
        BroadcastReceipt.conversation_id == here,
        BroadcastReceipt.offered.is_(False),
        BroadcastReceipt.queued_at > context.now - ANSWERED_WITHIN,
    )
    on_its_way = exists().where(
        OutboxMessage.conversation_id == here, OutboxMessage.priority != REPLY, WAITING
    )
    return bool(context.session.scalar(select(lately & ~on_its_way)))
