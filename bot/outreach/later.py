"""What comes later because a person said yes to it: the question whether it worked, and reminders.

Both are timers of the conversation; what they send names no subject.
"""

from datetime import date, datetime, time, timedelta
from typing import Final

from sqlalchemy import delete, func, select

from bot.conversation.dialogues.followup import DUE, OUTCOMES, REMIND
from bot.conversation.effects import (
    AskWhetherItWorked,
    ItHelped,
    PlanFollowUp,
    SetReminder,
    StopTelling,
    TellReminder,
)
from bot.handoff.context import Context
from bot.messages import Button, column
from bot.outreach import broadcasts, topics
from bot.outreach.limits import next_loud_moment
from bot.outreach.meetings import tell
from bot.storage.models import HelpedContact, Timer

AFTER: Final = timedelta(days=3)
ONCE_MORE_AFTER: Final = timedelta(days=18)  # three weeks after the first words
MOST_REMINDERS: Final = 10
REMIND_AT: Final = time(9)


def plan_follow_up(context: Context, effect: PlanFollowUp) -> None:
    """Plan to ask whether it worked; the latest referral about a need counts."""
    wait = ONCE_MORE_AFTER if effect.again else AFTER
    due_at = next_loud_moment(context.now + wait, context.world.territory.zone)
    here = context.conversation.id
    context.remind(here, f"{DUE}{here}:{effect.need}", f"{DUE}{effect.need}", due_at)


def ask_whether_it_worked(context: Context, effect: AskWhetherItWorked) -> None:
    """Ask, unless the person has said stop since or the need is no more."""
    wants = topics.asked_for(context.session, context.conversation.id, topics.FOLLOW_UP)
    if not wants or effect.need not in context.world.needs:
        return
    voice = context.writer()
    text = voice.say("You asked me something a few days ago, and I may ask back: did it work?")
    buttons = [
        Button(voice.say(words), f"did:{outcome}:{effect.need}") for outcome, words in OUTCOMES.items()
    ]
    tell(context, text, *column([*buttons, Button(voice.say("Do not ask me again"), "ask-me-not")]))


def it_helped(context: Context, _: ItHelped) -> None:
    """Note that it helped once; trust grows from it."""
    context.session.add(HelpedContact(conversation_id=context.conversation.id, said_at=context.now))


def set_reminder(context: Context, effect: SetReminder) -> None:
    """Set a timer for the morning that the person chose, and say when it comes."""
    voice, here = context.writer(), context.conversation.id
    mine = select(func.count()).where(Timer.conversation_id == here, Timer.text.startswith(REMIND))
    if (context.session.scalar(mine) or 0) >= MOST_REMINDERS:
        tell(context, voice.say("You have many reminders already. /stop ends all of them."))
        return
    morning = _morning(context, effect.day - timedelta(days=effect.lead))
    key = f"{REMIND}{here}:{effect.day.isoformat()}:{effect.lead}"
    context.remind(here, key, f"{REMIND}{effect.need}:{effect.day.isoformat()}", morning)
    text = voice.say(
        "I remind you on {moment}. My message says only the date, not what it is about. /stop ends it.",
        moment=voice.weekday(morning.astimezone(context.world.territory.zone)),
    )
    tell(context, text, (Button(voice.say("All themes"), "menu"),))


def tell_reminder(context: Context, effect: TellReminder) -> None:
    """Remind of the day, with buttons to what it was about."""
    voice = context.writer()
    text = voice.say(
        "You asked me to remind you of this day: {date}.", date=voice.date(date.fromisoformat(effect.day))
    )
    buttons = [Button(voice.say("Talk to someone"), "talk"), Button(voice.say("Another reminder"), "remind")]
    if effect.need in context.world.needs:
        buttons.insert(0, Button(voice.say("Open"), f"need:{effect.need}"))
    tell(context, text, *column(buttons))


def stop_telling(context: Context, _: StopTelling) -> None:
    """Forget all that the person asked to be told, every reminder, and what was on its way to them for many."""
    topics.unsubscribe(context.session, context.conversation.id)
    broadcasts.drop_for(context.session, context.conversation.id)
    mine = Timer.conversation_id == context.conversation.id
    ours = Timer.text.startswith(DUE) | Timer.text.startswith(REMIND)
    query = delete(Timer).where(mine, ours)
    context.session.execute(query.execution_options(synchronize_session=False))


def _morning(context: Context, day: date) -> datetime:
    return datetime.combine(day, REMIND_AT, context.world.territory.zone)
