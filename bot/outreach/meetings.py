"""What people and workers are shown of places and rounds, and what workers note about them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from bot.conversation.effects import ChangeStop, Follow, JoinRound, ShowMeetingPlace, ShowMeetings, ShowStop
from bot.conversation.vocabulary import place_name, tell_line
from bot.delivery.outbox import queue
from bot.delivery.waiting import BROADCAST
from bot.handoff.context import Context
from bot.i18n import Voice
from bot.messages import Button, Reply, Rows, column
from bot.outreach import schedule, topics
from bot.outreach.limits import next_loud_moment
from bot.outreach.occurrences import Change, Occurrence, Status, of_the_week
from bot.outreach.places import PlaceSheet
from bot.outreach.telling import tell_change, tell_place, tell_sheet, tell_time, tell_times
from bot.outreach.workers import worker_of
from bot.storage.models import Conversation, Subscription, Worker
from bot.storage.tallies import count
from directory.places import distance_km

AT_ONCE = 4
LATER_MINUTES = (30, 60, 120)
SHOWN_DAYS = 7
MOST_MINUTES_AWAY = 366 * 24 * 60


def tell(context: Context, text: str, *rows: Iterable[Button]) -> None:
    """Tell the one who wrote."""
    buttons: Rows = tuple(tuple(row) for row in rows)
    context.tell(context.conversation.id, Reply(text, buttons, context.writer().language.code))


def show_meetings(context: Context, effect: ShowMeetings) -> None:
    """Tell where somebody can be met this week near a commune, the nearest places first."""
    voice, territory = context.writer(), context.world.territory
    places = schedule.read_places(context.session, territory)
    week = _by_place(_week(context))
    count(context.session, "meet", effect.commune, context.now)
    if not week:
        _say_nobody_comes(context, voice)
        return
    order = sorted(
        week, key=lambda id_: (_distance(context, effect.commune, places[id_]), week[id_][0].begins)
    )
    here = [id_ for id_ in order if places[id_].commune == effect.commune]
    shown = (here or order)[:AT_ONCE]
    commune = place_name(effect.commune, voice, territory)
    if here:
        head = voice.say(
            "You can meet us here this week, without appointment, in {commune}:", commune=commune
        )
    else:
        head = voice.say(
            "This week nobody of us comes to {commune}. These are the nearest places:", commune=commune
        )
    blocks = [
        "\n".join(
            [tell_place(places[id_], voice, territory), *(tell_time(one, voice) for one in week[id_][:3])]
        )
        for id_ in shown
    ]
    buttons = [Button(places[id_].name[:60], f"meeting-place:{id_}") for id_ in shown]
    buttons += [Button(voice.say("Another commune"), "meet:other"), Button(voice.say("All themes"), "menu")]
    tell(context, "\n\n".join([head, *blocks]), *column(buttons))


def show_place(context: Context, effect: ShowMeetingPlace) -> None:
    """Tell about one place: its sheet, its next times, and how to be told about changes."""
    voice, territory = context.writer(), context.world.territory
    place = schedule.read_place(context.session, effect.place)
    if place is None:
        _say_nobody_comes(context, voice)
        return
    times = this_week_at(context, place.id)
    text = "\n".join([tell_sheet(place, voice, territory), "", *tell_times(times, voice)])
    tell(context, text, *column([follow_button(context, place, voice), *_usual_buttons(voice)]))


def follow(context: Context, effect: Follow) -> None:
    """Note what the person asks to be told, and say how it ends."""
    voice, here = context.writer(), context.conversation.id
    if not effect.on:
        topics.unsubscribe(context.session, here, effect.topic)
        tell(context, voice.say("I tell you no more about this."))
        return
    if not effect.topic.startswith("place:"):
        topics.subscribe(context.session, here, effect.topic, context.now)
        opposite = topics.OPPOSITES.get(effect.topic)
        if opposite:
            topics.unsubscribe(context.session, here, opposite)
        return
    place = schedule.read_place(context.session, effect.topic.removeprefix("place:"))
    if place is None:
        _say_nobody_comes(context, voice)
        return
    topics.subscribe(context.session, here, effect.topic, context.now)
    text = voice.say(
        "I tell you when something changes at {place}. Between 21:00 and 08:00 I stay silent."
        " /stop ends all such messages.",
        place=place.name,
    )
    tell(context, text, (Button(voice.say("Tell me no more"), f"unfollow:{effect.topic}"),))


def show_rounds(context: Context) -> None:
    """Show a worker the rounds of the next days, and what is still to be noted of the last two."""
    voice, worker = context.writer(), worker_of(context.session, context.conversation.id)
    if worker is None:
        return
    start = context.now - timedelta(days=2)
    found = schedule.read_calendar(
        context.session, context.world.territory, start, context.now + timedelta(days=SHOWN_DAYS)
    )
    mine = [one for one in found if one.stop.team in (None, worker.team_id) and _is_open(one, context.now)]
    if not mine:
        tell(context, voice.say("No round is planned in the next days."))
        return
    places = schedule.read_places(context.session, context.world.territory)
    buttons = [
        Button(f"{voice.weekday(one.begins)} · {places[one.place].name}"[:60], f"stop-at:{_key(one)}")
        for one in mine[:8]
    ]
    tell(context, voice.say("The rounds of your team. Press one to change it:"), *column(buttons))


def show_stop(context: Context, effect: ShowStop) -> None:
    """Show a worker one time of a stop with all that can be noted about it."""
    one = _mine(context, effect.stop, effect.minute)
    voice = context.writer()
    if one is None:
        tell(context, voice.say("This round is not planned any more."))
        return
    place = schedule.read_place(context.session, one.place)
    key, note = _key(one), []
    if one.begins <= context.now:
        note += [Button(voice.say("We were there"), f"stop-is:{key}:held")]
        note += [Button(voice.say("We were not there"), f"stop-is:{key}:not-held")]
    if one.ends > context.now and not one.is_cancelled:
        note += [Button(voice.say("Cancel it"), f"stop-is:{key}:cancelled")]
        note += [
            Button(voice.say("{minutes} minutes later", minutes=minutes), f"stop-is:{key}:later-{minutes}")
            for minutes in LATER_MINUTES
        ]
    if one.status is not Status.PLANNED and one.ends > context.now:
        note += [Button(voice.say("As planned after all"), f"stop-is:{key}:planned")]
    note += _other_places(context, one, key, voice) + _presence(context, one, voice)
    note.append(Button(voice.say("I met people"), f"met:{one.place}"))
    note.append(Button(voice.say("A code to hand out"), f"code:{one.place}"))
    text = (
        "\n".join([tell_place(place, voice, context.world.territory), tell_time(one, voice)]) if place else ""
    )
    tell(context, text, *column(note))


def change_stop(context: Context, effect: ChangeStop) -> None:
    """Note what became of one time of a stop, and tell those who asked to be told."""
    one, voice = _mine(context, effect.stop, effect.minute), context.writer()
    change = _read_change(effect.what, one, context) if one else None
    if one is None or change is None:
        tell(context, voice.say("This round is not planned any more."))
        return
    before = (one.status, one.begins, one.place)
    schedule.change_stop(context.session, one, change, context.now)
    context.session.flush()
    changed = schedule.find_occurrence(context.session, context.world.territory, one.stop.id, one.planned_at)
    told = 0
    if changed and before != (changed.status, changed.begins, changed.place) and changed.ends > context.now:
        told = tell_followers(context, changed)
    noted = voice.say("Noted.")
    if told:
        noted += " " + voice.say_n("{n} person is told.", "{n} people are told.", told)
    tell(context, noted, (Button(voice.say("The rounds"), "rounds"),))


def join_round(context: Context, effect: JoinRound) -> None:
    """Let people know, or know no more, that the worker comes on a round."""
    worker, voice = worker_of(context.session, context.conversation.id), context.writer()
    if worker is None:
        return
    schedule.set_presence(context.session, effect.round, worker.id, comes=effect.on)
    if effect.on:
        said = voice.say("People now see your first name and your languages with this round.")
    else:
        said = voice.say("Your name is no longer shown with this round.")
    tell(context, said, (Button(voice.say("The rounds"), "rounds"),))


def tell_followers(context: Context, one: Occurrence) -> int:
    """Queue the news of a change to whoever follows the place: once a person, never at night, never too late."""
    zone = context.world.territory.zone
    not_before = next_loud_moment(context.now, zone)
    if not_before >= one.ends:
        return 0
    places = schedule.read_places(context.session, context.world.territory)
    planned, now_at = places[one.stop.place], places[one.place]
    query = (
        select(Conversation)
        .join(Subscription, Subscription.conversation_id == Conversation.id)
        .where(Subscription.topic == topics.place_topic(planned.id), Conversation.blocked.is_(False))
        .order_by(Conversation.id)
    )
    told = 0
    for conversation in context.session.scalars(query):
        voice = context.voice_of(conversation)
        buttons = column(
            [
                Button(voice.say("More about this place"), f"meeting-place:{now_at.id}"),
                Button(voice.say("Tell me no more"), f"unfollow:{topics.place_topic(planned.id)}"),
            ]
        )
        reply = Reply(tell_change(one, planned.name, now_at.name, voice), buttons, voice.language.code)
        queue(context.session, conversation.id, reply, context.now, BROADCAST, not_before)
        told += 1
    return told


def _read_change(what: str, one: Occurrence | None, context: Context) -> Change | None:
    if one is None:
        return None
    if what in (Status.HELD, Status.NOT_HELD, Status.CANCELLED, Status.PLANNED):
        return Change(Status(what))
    if what.startswith("later-") and what.removeprefix("later-") in map(str, LATER_MINUTES):
        later = timedelta(minutes=int(what.removeprefix("later-")))
        begins, ends = (moment.astimezone(UTC) + later for moment in (one.planned_at, _planned_end(one)))
        return Change(Status.MOVED, begins, ends, one.place if one.place != one.stop.place else "")
    place = what.removeprefix("at-")
    if what.startswith("at-") and place in schedule.read_places(context.session, context.world.territory):
        return Change(Status.MOVED, one.begins, one.ends, place)
    return None


def _planned_end(one: Occurrence) -> datetime:
    return one.planned_at.astimezone(UTC) + (one.ends.astimezone(UTC) - one.begins.astimezone(UTC))


def _mine(context: Context, stop: int, minute: int) -> Occurrence | None:
    """Give one time of a stop of the worker's own team."""
    worker = worker_of(context.session, context.conversation.id)
    if worker is None or abs(minute - context.now.timestamp() // 60) > MOST_MINUTES_AWAY:
        return None
    planned_at = datetime.fromtimestamp(minute * 60, UTC)
    one = schedule.find_occurrence(context.session, context.world.territory, stop, planned_at)
    return one if one and one.stop.team in (None, worker.team_id) else None


def _is_open(one: Occurrence, now: datetime) -> bool:
    return one.ends > now or one.status in (Status.PLANNED, Status.MOVED)


def _key(one: Occurrence) -> str:
    return f"{one.stop.id}.{int(one.planned_at.timestamp()) // 60}"


def _other_places(context: Context, one: Occurrence, key: str, voice: Voice) -> list[Button]:
    if one.ends <= context.now or one.is_cancelled:
        return []
    places = schedule.read_places(context.session, context.world.territory).values()
    same_commune = schedule.read_place(context.session, one.place)
    near = [place for place in places if same_commune and place.commune == same_commune.commune]
    return [
        Button(voice.say("At {place} instead", place=place.name)[:60], f"stop-is:{key}:at-{place.id}")
        for place in near
        if place.id != one.place
    ][:4]


def _presence(context: Context, one: Occurrence, voice: Voice) -> list[Button]:
    worker: Worker | None = worker_of(context.session, context.conversation.id)
    if worker is None:
        return []
    if worker.first_name in {card.first_name for card in one.stop.workers}:
        return [Button(voice.say("Do not show my name"), f"come:no:{one.stop.round}")]
    return [Button(voice.say("Show that I come"), f"come:yes:{one.stop.round}")]


def this_week_at(context: Context, place: str) -> list[Occurrence]:
    """Give the next times at one place."""
    return _by_place(_week(context)).get(place, [])


def _week(context: Context) -> list[Occurrence]:
    start = context.now - timedelta(days=1)
    found = schedule.read_calendar(
        context.session, context.world.territory, start, context.now + timedelta(days=SHOWN_DAYS + 1)
    )
    return of_the_week(found, context.now, SHOWN_DAYS)


def _by_place(found: Iterable[Occurrence]) -> Mapping[str, list[Occurrence]]:
    by_place: dict[str, list[Occurrence]] = {}
    for one in found:
        for place in dict.fromkeys((one.place, one.stop.place)):
            by_place.setdefault(place, []).append(one)
    return by_place


def _distance(context: Context, commune: str, place: PlaceSheet) -> float:
    here, there = (context.world.territory.place(id_) for id_ in (commune, place.commune))
    return distance_km(here.latitude, here.longitude, there.latitude, there.longitude)


def follow_button(context: Context, place: PlaceSheet, voice: Voice) -> Button:
    """Offer to be told about changes of a place, or to be told no more."""
    topic = topics.place_topic(place.id)
    if topics.asked_for(context.session, context.conversation.id, topic):
        return Button(voice.say("Tell me no more"), f"unfollow:{topic}")
    return Button(voice.say("Tell me when something changes"), f"follow:{place.id}")


def _usual_buttons(voice: Voice) -> list[Button]:
    return [
        Button(voice.say("Talk to someone"), "talk"),
        Button(voice.say("All themes"), "menu"),
    ]


def _say_nobody_comes(context: Context, voice: Voice) -> None:
    territory = context.world.territory
    line = tell_line(territory.line(territory.helpline), voice, territory, context.now)
    text = voice.say("I know of no place where somebody can be met here this week. You can call:")
    tell(context, f"{text}\n\n{line}", *column(_usual_buttons(voice)))
