"""The worker's side of messages to many: make, propose, approve, watch, hold."""

from datetime import timedelta

from sqlalchemy import or_, select

from bot.conversation.effects import MakeNotice, ShapeNotice, StepNotice
from bot.conversation.vocabulary import mark, place_name
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, column
from bot.outreach import broadcasts, letters, schedule
from bot.outreach.meetings import tell
from bot.outreach.notices import NOTICES, About, topic_of
from bot.outreach.workers import worker_of
from bot.storage.models import Broadcast, Conversation, Worker

EVERYWHERE = "all"
STATUSES = {
    "draft": mark("being written"),
    "proposed": mark("waits for a second person"),
    "sending": mark("is being sent"),
    "paused": mark("stands still"),
    "sent": mark("has been sent"),
    "stopped": mark("was stopped"),
    "refused": mark("was refused"),
}
UNDER_WAY = ("proposed", "sending", "paused")
JUST_SENT = timedelta(hours=1)  # the last of it may still wait for its turn


def make(context: Context, effect: MakeNotice) -> None:
    """Begin a message to many, or show the texts there are and the messages under way."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    if worker is None:
        return
    notice = NOTICES.get(effect.notice)
    if notice is None:
        _show_all(context, voice)
        return
    row = Broadcast(
        territory=context.world.territory.code,
        notice=effect.notice,
        topic=topic_of(notice, ""),
        made_by=worker.id,
        made_at=context.now,
    )
    context.session.add(row)
    context.session.flush()
    _ask_next(context, row, voice)


def shape(context: Context, effect: ShapeNotice) -> None:
    """Choose what a draft names, where its people live, or which language they use."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    row = context.session.get(Broadcast, effect.broadcast)
    if worker is None or row is None or row.status != "draft" or row.made_by != worker.id:
        _not_now(context, voice)
        return
    if effect.field == "theme" and effect.value in {theme.id for theme in context.world.needs.themes}:
        needs = context.world.needs.of_theme(effect.value)
        buttons = [Button(voice.label(n.label), f"notice-set:{row.id}:about:{n.id}") for n in needs]
        tell(context, voice.say("Which right?"), *column(buttons))
        return
    if effect.field == "about" and _may_name(context, row, effect.value):
        row.about = effect.value
        if NOTICES[row.notice].about is About.NEED:
            row.topic = topic_of(NOTICES[row.notice], context.world.needs.need(effect.value).theme)
    communes = {place.id for place in context.world.territory.places}
    if effect.field == "in" and (effect.value in communes or effect.value == EVERYWHERE):
        row.commune = "" if effect.value == EVERYWHERE else effect.value
        _preview(context, row, voice)
        return
    if effect.field == "speaking":
        _choose_language(context, row, effect.value, voice)
        return
    _ask_next(context, row, voice)


def _choose_language(context: Context, row: Broadcast, chosen: str, voice: Voice) -> None:
    """Narrow a draft to those who talk with the bot in one language, or ask in which."""
    languages = context.world.words.languages
    if chosen in languages or chosen == EVERYWHERE:
        row.language = "" if chosen == EVERYWHERE else chosen
        _preview(context, row, voice)
        return
    base = f"notice-set:{row.id}:speaking"
    buttons = [Button(voice.say("All languages"), f"{base}:{EVERYWHERE}")]
    buttons += [Button(language.name, f"{base}:{code}") for code, language in languages.items()]
    tell(context, voice.say("For people who use which language?"), *column(buttons))


def step(context: Context, effect: StepNotice) -> None:
    """Take a step with a message to many: propose, approve, refuse, pause, go on, stop, or look."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    row = context.session.get(Broadcast, effect.broadcast)
    if worker is None or row is None or row.territory != context.world.territory.code:
        _not_now(context, voice)
    elif effect.step == "approve":
        _approve(context, row, worker, voice)
    elif effect.step == "look":
        _progress(context, row, voice)
    elif effect.step not in ("propose", "refuse", "pause", "go-on", "stop") or not broadcasts.step(
        context.session, row.id, effect.step
    ):
        _not_now(context, voice)
    else:
        if effect.step == "propose":
            _ask_for_approval(context, row, worker)
        if effect.step == "go-on":
            broadcasts.begin(context, row.id)
        _progress(context, row, voice)


def _approve(context: Context, row: Broadcast, worker: Worker, voice: Voice) -> None:
    refused = broadcasts.approve(context.session, row.id, worker)
    if refused == "own":
        tell(context, voice.say("Somebody else must approve what you wrote."))
    elif refused == "not-a-coordinator":
        tell(context, voice.say("Only a coordinator can approve it."))
    elif refused:
        _not_now(context, voice)
    else:
        broadcasts.begin(context, row.id)
        _progress(context, row, voice)


def _ask_for_approval(context: Context, row: Broadcast, maker: Worker) -> None:
    """Show the message to the coordinators, each in their language."""
    query = select(Worker).where(Worker.role == "coordinator", Worker.id != maker.id).order_by(Worker.id)
    for worker in context.session.scalars(query):
        voice = context.voice_of(context.session.get_one(Conversation, worker.conversation_id))
        letter = letters.write(row, voice, context)
        people, held = broadcasts.preview(context, row)
        head = voice.say("{name} proposes this message to many:", name=maker.first_name)
        text = "\n\n".join([head, letter.text, _counts(voice, people, held), *_when(context, voice)])
        buttons = (
            Button(voice.say("Approve and send"), f"notice-do:{row.id}:approve"),
            Button(voice.say("Refuse"), f"notice-do:{row.id}:refuse"),
        )
        reply = type(letter)(text, column(buttons), voice.language.code)
        context.tell(worker.conversation_id, reply)


def _preview(context: Context, row: Broadcast, voice: Voice) -> None:
    """Show the message in every language, and how many get it."""
    people, held = broadcasts.preview(context, row)
    words = context.world.words
    codes = [voice.language.code, *(code for code in words.languages if code != voice.language.code)]
    texts = [
        f"<b>{words.languages[c].name}</b>\n{letters.write(row, words.voice(c), context).text}" for c in codes
    ]
    buttons = [
        Button(voice.say("Ask a second person to approve"), f"notice-do:{row.id}:propose"),
        Button(voice.say("Only for one language"), f"notice-set:{row.id}:speaking:"),
        Button(voice.say("Delete"), f"notice-do:{row.id}:stop"),
    ]
    tell(
        context, "\n\n".join([*texts, _counts(voice, people, held), *_when(context, voice)]), *column(buttons)
    )


def _progress(context: Context, row: Broadcast, voice: Voice) -> None:
    context.session.flush()
    context.session.refresh(row)
    unsent = broadcasts.unsent(context.session, row.id)
    status = "sending" if unsent and row.status == "sent" else row.status
    said, label = voice.say(STATUSES[status]), voice.say(NOTICES[row.notice].label)
    text = voice.say("{label}: {status}.", label=label, status=said)
    text += " " + voice.say_n("Sent to {n} person.", "Sent to {n} people.", row.queued - unsent)
    if row.held_back:
        text += " " + voice.say_n("Held back for {n} person.", "Held back for {n} people.", row.held_back)
    if status in ("draft", "proposed", "sending"):
        text = "\n".join([text, *_when(context, voice)])
    choices = {
        "sending": [("pause", voice.say("Pause")), ("stop", voice.say("Stop"))],
        "paused": [("go-on", voice.say("Go on")), ("stop", voice.say("Stop"))],
        "proposed": [("stop", voice.say("Delete"))],
    }.get(status, [])
    buttons = [Button(label, f"notice-do:{row.id}:{name}") for name, label in choices]
    buttons.append(Button(voice.say("How far is it?"), f"notice-do:{row.id}:look"))
    tell(context, text, *column(buttons))


def _ask_next(context: Context, row: Broadcast, voice: Voice) -> None:
    """Ask for what the text names, then for the commune."""
    about, base = NOTICES[row.notice].about, f"notice-set:{row.id}"
    if about is About.NEED and not row.about:
        themes = context.world.needs.themes
        buttons = [Button(voice.label(theme.label), f"{base}:theme:{theme.id}") for theme in themes]
        tell(context, voice.say("About which theme?"), *column(buttons))
        return
    if about is About.PLACE and not row.about:
        places = schedule.read_places(context.session, context.world.territory).values()
        buttons = [Button(place.name[:60], f"{base}:about:{place.id}") for place in places]
        tell(context, voice.say("About which place?"), *column(buttons))
        return
    territory = context.world.territory
    communes = sorted((place_name(place.id, voice, territory), place.id) for place in territory.places)
    buttons = [Button(voice.say("Everywhere"), f"{base}:in:{EVERYWHERE}")]
    buttons += [Button(name, f"{base}:in:{id_}") for name, id_ in communes]
    tell(context, voice.say("For people of which commune?"), *column(buttons))


def _show_all(context: Context, voice: Voice) -> None:
    just_sent = Broadcast.ended_at > context.now - JUST_SENT
    shown = or_(Broadcast.status.in_(UNDER_WAY), just_sent)
    query = select(Broadcast).where(shown).order_by(Broadcast.id.desc()).limit(5)
    under_way = [
        Button(
            f"{voice.say(NOTICES[row.notice].label)} · {voice.say(STATUSES[row.status])}"[:60],
            f"notice-do:{row.id}:look",
        )
        for row in context.session.scalars(query)
    ]
    buttons = [Button(voice.say(notice.label), f"notice:{name}") for name, notice in NOTICES.items()]
    text = voice.say("Which message? Only reviewed texts can be sent, and a second person must approve it.")
    tell(context, text, *column([*under_way, *buttons]))


def _may_name(context: Context, row: Broadcast, value: str) -> bool:
    about = NOTICES[row.notice].about
    if about is About.NEED:
        return value in context.world.needs
    return about is About.PLACE and value in schedule.read_places(context.session, context.world.territory)


def _counts(voice: Voice, people: int, held: int) -> str:
    text = voice.say_n("{n} person asked for this.", "{n} people asked for this.", people)
    if held:
        text += " " + voice.say_n(
            "{n} of them gets it later or not: the limits.",
            "{n} of them get it later or not: the limits.",
            held,
        )
    return text


def _when(context: Context, voice: Voice) -> list[str]:
    """Say when it goes out, where that is not at once: an urgent message, too, leaves people in peace at night."""
    zone = context.world.territory.zone
    moment = broadcasts.goes_at(context.now, zone)
    if moment == context.now:
        return []
    return [
        voice.say(
            "It goes out from {moment}. Nobody is written to between 21:00 and 08:00, not even when it is urgent.",
            moment=voice.weekday(moment.astimezone(zone)),
        )
    ]


def _not_now(context: Context, voice: Voice) -> None:
    tell(context, voice.say("This is not possible any more."))
