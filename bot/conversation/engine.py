"""The heart: one ordered list of rules answers every turn. The order is the character of the bot."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from bot.conversation import memory
from bot.conversation.dialogues import (
    account,
    bridge,
    casework,
    connect,
    danger,
    desk,
    followup,
    joining,
    meeting,
    need,
    news,
    reminders,
    request,
    rounds,
    services,
    territories,
    unusual,
    welcome,
)
from bot.conversation.effects import ForgetMe, RequestDue
from bot.conversation.turn import Outcome, State, Turn
from bot.messages import Kind
from bot.understanding.meaning import Decision
from directory.local_words import needs_named
from directory.territory import Danger

# What goes to the other side of a talk; a position does so only from somebody who is not asked for one.
PASSED_ON = frozenset({Kind.TEXT, Kind.VOICE, Kind.PICTURE, Kind.FILE, Kind.LOCATION})

Rule: TypeAlias = Callable[[Turn], Outcome | None]

DESK = "desk"  # what a worker writes, in every language, to open the team's pages
NEED_LINK = "n-"  # how a link that leads to an answer begins

COMMANDS: Mapping[str, Rule] = MappingProxyType(
    {
        "menu": welcome.show_themes,
        "language": welcome.ask_language,
        "help": welcome.help_me,
        "human": connect.talk,
        "state": request.tell_state,
        "withdraw": request.withdraw,
        "me": account.show_me,
        "erase": account.ask_erase,
        "stop": account.stop,
        "duty": desk.show_desk,
        "requests": desk.show_desk,
        DESK: desk.open_pages,
        "meet": meeting.show_meetings,
        "rounds": rounds.show_rounds,
        "met": rounds.note_meeting,
        "digest": rounds.show_digest,
        "remind": reminders.ask_date,
        "news": news.choose_news,
        "notice": news.make_notice,
    }
)


def _show_section(section: str, turn: Turn, id_: str) -> Outcome | None:
    return need.show_section(turn, section, id_) if id_ in turn.world.needs else None


CHOICES: Mapping[str, Callable[[Turn, str], Outcome | None]] = MappingProxyType(
    {
        "menu": lambda turn, _: welcome.show_themes(turn),
        "languages": lambda turn, _: welcome.ask_language(turn),
        "language": welcome.set_language,
        "theme": welcome.show_theme,
        "need": lambda turn, id_: need.answer_need(turn, id_) if id_ in turn.world.needs else None,
        **{section: partial(_show_section, section) for section in need.BEHIND_BUTTONS},
        "danger": lambda turn, kind: (
            danger.answer_danger(turn, Danger(kind)) if kind in set(Danger) else None
        ),
        "original": lambda turn, id_: need.show_original(turn, id_) if id_ in turn.world.needs else None,
        "related": lambda turn, id_: need.show_related(turn, id_) if id_ in turn.world.needs else None,
        "not-this": lambda turn, id_: need.not_this(turn, id_) if id_ in turn.world.needs else None,
        "places": lambda turn, id_: services.show_places(turn, id_) if id_ in turn.world.needs else None,
        "place": lambda turn, id_: _choose_place(turn, id_),
        "other-place": lambda turn, _: services.ask_place(turn),
        "everywhere": lambda turn, _: _everywhere(turn),
        "more": lambda turn, _: services.show_more(turn),
        "wrong": lambda turn, number: (
            services.report_wrong(turn, number) if number else services.ask_which_wrong(turn)
        ),
        territories.VERB: territories.arrive,
        "talk": connect.talk,
        "card": connect.change_card,
        "state": lambda turn, _: request.tell_state(turn),
        "withdraw": lambda turn, _: request.withdraw(turn),
        "me-all": lambda turn, _: account.send_everything(turn),
        "erase": lambda turn, _: account.ask_erase(turn),
        "erase-all": lambda turn, _: account.erase(turn),
        "toggle": joining.toggle,
        "next": joining.next_question,
        "duty": desk.set_duty,
        "accept": desk.accept,
        "decline": desk.decline,
        "declined": desk.say_why_declined,
        "pass": casework.ask_where_to,
        "pass-to": casework.pass_on,
        "note": casework.ask_note,
        "appoint": casework.ask_slots,
        "phrases": bridge.show_phrases,
        "phrase": bridge.send_phrase,
        "service": bridge.ask_service,
        "agree": request.agree,
        "refuse": request.refuse,
        "reopen": request.reopen,
        "slot": request.choose_slot,
        "unmeet": request.cancel_meeting,
        "show": lambda turn, _: request.show_unread(turn),
        "said": request.show_original,
        "send-file": lambda turn, _: request.send_file(turn),
        "keep-file": lambda turn, _: request.keep_file(turn),
        "traces": lambda turn, _: request.erase_traces(turn),
        "thread": desk.open_thread,
        "to": desk.send_kept_words,
        "leave-thread": lambda turn, _: desk.leave_thread(turn),
        "close": desk.ask_outcome,
        "closed": desk.close,
        "meet": meeting.show_meetings,
        "meeting-place": meeting.show_place,
        "follow": meeting.follow,
        "unfollow": meeting.leave,
        "rounds": lambda turn, _: rounds.show_rounds(turn),
        "stop-at": rounds.show_stop,
        "stop-is": rounds.change_stop,
        "come": rounds.join_round,
        "code": rounds.give_code,
        "met": rounds.note_meeting,
        "met-fix": rounds.fix_meeting,
        "ask-me": followup.agree,
        "ask-me-not": lambda turn, _: followup.decline(turn),
        "did": followup.hear_outcome,
        "why": followup.hear_reason,
        "news": news.choose_news,
        "notice": news.make_notice,
        "notice-set": news.shape_notice,
        "notice-do": news.step_notice,
        "remind": reminders.ask_date,
        "remind-on": reminders.choose_date,
        "remind-before": reminders.choose_lead,
    }
)

QUESTIONS: Mapping[str, Rule] = MappingProxyType(
    {
        services.ASKED: services.hear_place,
        connect.WORDS_ASKED: connect.hear_words,
        connect.PLACE_ASKED: connect.hear_card_place,
        casework.NOTE_ASKED: casework.hear_note,
        casework.SLOTS_ASKED: casework.hear_slots,
        bridge.SERVICE_ASKED: bridge.hear_service,
        joining.NAME_ASKED: joining.hear_name,
        joining.COMMUNES_ASKED: joining.hear_commune,
        meeting.COMMUNE_ASKED: meeting.hear_commune,
        reminders.DATE_ASKED: reminders.hear_date,
    }
)


def left_or_due(turn: Turn) -> Outcome | None:
    """Handle what no person wrote: they left, or a timer of ours is due."""
    if turn.inbound.kind is Kind.LEFT:
        return Outcome((), State(), (ForgetMe(),))
    if turn.inbound.kind is not Kind.TIMER:
        return None
    return followup.due(turn) or Outcome((), turn.state, (RequestDue(turn.inbound.text),))


def in_danger(turn: Turn) -> Outcome | None:
    """Danger first, in every state; a worker's words to a person are not the worker's own danger."""
    if turn.danger is None or desk.is_writing_to_somebody(turn):
        return None
    answered = danger.answer_danger(turn, turn.danger)
    on_the_card = connect.hear_words(turn) if turn.state.asked == connect.WORDS_ASKED else None
    if on_the_card is None:
        return answered
    return replace(answered, replies=answered.replies + on_the_card.replies, state=on_the_card.state)


def pressed(turn: Turn) -> Outcome | None:
    """Do what a button says; an old or foreign button gives a way on."""
    if turn.inbound.kind is not Kind.CHOICE:
        return None
    verb, _, rest = turn.inbound.text.partition(":")
    rule = CHOICES.get(verb)
    return rule(turn, rest) if rule else None


def commanded(turn: Turn) -> Outcome | None:
    """Obey a command or a word that means one, in any language; and greet at /start."""
    if turn.inbound.kind is Kind.START:
        return started(turn)
    if turn.heard is None:
        return None
    if turn.inbound.text.startswith("/"):
        word = turn.inbound.text[1:].split()[0].lower() if turn.inbound.text[1:].split() else ""
        command = COMMANDS.get(word, welcome.help_me)
    elif turn.person.worker and turn.inbound.text.strip().casefold() == DESK:
        command = desk.open_pages
    elif turn.heard.word in COMMANDS:
        command = COMMANDS[turn.heard.word]
    else:
        return None
    calm = replace(turn, state=replace(turn.state, asked=""))
    return command(calm) or welcome.help_me(calm)


def started(turn: Turn) -> Outcome | None:
    """Open the talk where the link leads: a worker's invitation, a need, else the greeting; others do no harm."""
    payload = turn.inbound.text
    if payload.startswith(joining.INVITATION):
        return joining.join(turn)
    if payload.startswith((meeting.PLACE_LINK, meeting.CODE_LINK)):
        return meeting.arrive(turn, payload)
    about = payload.removeprefix(NEED_LINK)
    if payload.startswith(NEED_LINK) and about in turn.world.needs:
        return welcome.introduced(turn, need.answer_need(turn, about))
    return welcome.greet(turn)


def relayed(turn: Turn) -> Outcome | None:
    """Pass on what is said where a person and a worker are talking, unless a question of the bot's waits."""
    kind, waits = turn.inbound.kind, bool(turn.state.asked)
    if kind not in PASSED_ON or (waits and (kind is Kind.LOCATION or not connect.is_for_the_worker(turn))):
        return None
    return desk.relay_to_person(turn) or request.relay_words(turn)


def asked(turn: Turn) -> Outcome | None:
    """Take the answer to the question that waits for one."""
    question = QUESTIONS.get(turn.state.asked)
    if question is None or turn.inbound.kind not in (Kind.TEXT, Kind.LOCATION):
        return None
    return question(turn)


def understood(turn: Turn) -> Outcome | None:
    """Answer what the words mean."""
    if turn.inbound.kind is Kind.LOCATION:
        return services.hear_place(turn)
    if turn.heard is None:
        return None
    if turn.heard.decision is Decision.HUMAN:
        return connect.talk(turn, turn.heard.sure[0] if turn.heard.sure else "")
    if named := needs_named(turn.inbound.text, turn.world.territory):
        by_word = services.note_place(turn, need.hear_local_words(turn, turn.heard, named))
        return _greeted(turn, danger.ask_gently(turn, by_word))
    if turn.heard.decision is Decision.SMALLTALK:
        return welcome.chat_along(turn, turn.heard.word)
    if at_another_time := services.only_a_time(turn):
        return at_another_time
    place = services.named_place(turn) if turn.heard.decision is Decision.UNKNOWN else None
    answered = services.set_place(turn, place) if place else need.hear(turn, turn.heard)
    if answered is None:
        return None
    return _greeted(turn, danger.ask_gently(turn, services.note_place(turn, answered)))


def _greeted(turn: Turn, outcome: Outcome) -> Outcome:
    return welcome.introduced(turn, outcome) if turn.person.is_new else outcome


def fallback(turn: Turn) -> Outcome:
    """Always have something to say."""
    return unusual.answer_unusual(turn) or need.not_understood(turn)


RULES: tuple[Rule, ...] = (left_or_due, in_danger, pressed, commanded, relayed, asked, understood, fallback)


def respond(turn: Turn) -> Outcome:
    """Answer with the first rule that has something to say; fallback always has."""
    here = territories.follow(turn)
    outcome = next(outcome for rule in RULES if (outcome := rule(here)) is not None)
    outcome = news.offer_to_team(here, followup.offer(here, outcome))
    return memory.keep(turn, welcome.keep_language(here, territories.told(turn, here, outcome)))


def _everywhere(turn: Turn) -> Outcome | None:
    if turn.state.asked == connect.PLACE_ASKED:
        return connect.leave_card_place(turn)
    return services.show_everywhere(turn) if turn.state.need else None


def _choose_place(turn: Turn, place: str) -> Outcome | None:
    if turn.state.card is not None and turn.state.asked == connect.PLACE_ASKED:
        return connect.set_card_place(turn, place)
    return services.set_place(turn, place)
