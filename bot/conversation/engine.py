"""The heart: one ordered list of rules answers every turn. The order is the character of the bot."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import TypeAlias

from bot.conversation.dialogues import (
    account,
    connect,
    danger,
    desk,
    joining,
    need,
    services,
    unusual,
    welcome,
)
from bot.conversation.effects import ExpireRequest, ForgetMe
from bot.conversation.turn import Outcome, State, Turn
from bot.messages import Kind
from bot.understanding.meaning import Decision
from directory.territory import Danger

Rule: TypeAlias = Callable[[Turn], Outcome | None]

NEED_LINK = "n-"  # how a link that leads to an answer begins
EXPIRE = "expire:"  # how the timer of a request that nobody took begins

COMMANDS: Mapping[str, Rule] = MappingProxyType(
    {
        "menu": welcome.show_themes,
        "language": welcome.ask_language,
        "help": welcome.help_me,
        "human": connect.talk,
        "state": connect.tell_state,
        "withdraw": connect.withdraw,
        "me": account.show_me,
        "erase": account.ask_erase,
        "stop": account.stop,
        "duty": desk.show_desk,
        "requests": desk.show_desk,
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
        "talk": connect.talk,
        "card": connect.change_card,
        "state": lambda turn, _: connect.tell_state(turn),
        "withdraw": lambda turn, _: connect.withdraw(turn),
        "erase": lambda turn, _: account.ask_erase(turn),
        "erase-all": lambda turn, _: account.erase(turn),
        "toggle": joining.toggle,
        "next": joining.next_question,
        "duty": desk.set_duty,
        "accept": desk.accept,
        "decline": desk.decline,
        "thread": desk.open_thread,
        "to": desk.send_kept_words,
        "leave-thread": lambda turn, _: desk.leave_thread(turn),
        "close": desk.ask_outcome,
        "closed": desk.close,
    }
)

QUESTIONS: Mapping[str, Rule] = MappingProxyType(
    {
        services.ASKED: services.hear_place,
        connect.WORDS_ASKED: connect.hear_words,
        connect.PLACE_ASKED: connect.hear_card_place,
        joining.NAME_ASKED: joining.hear_name,
        joining.COMMUNES_ASKED: joining.hear_commune,
    }
)


def left_or_due(turn: Turn) -> Outcome | None:
    """Handle what no person wrote: they left, or a timer of ours is due."""
    if turn.inbound.kind is Kind.LEFT:
        return Outcome((), State(), (ForgetMe(),))
    if turn.inbound.kind is not Kind.TIMER:
        return None
    due = turn.inbound.text
    return Outcome(
        (), turn.state, (ExpireRequest(due.removeprefix(EXPIRE)),) if due.startswith(EXPIRE) else ()
    )


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
    about = payload.removeprefix(NEED_LINK)
    if payload.startswith(NEED_LINK) and about in turn.world.needs:
        return welcome.introduced(turn, need.answer_need(turn, about))
    return welcome.greet(turn)


def relayed(turn: Turn) -> Outcome | None:
    """Pass words on where a person and a worker are talking, or where a request's words are asked for."""
    if turn.inbound.kind is not Kind.TEXT or (turn.state.asked and not connect.is_for_the_worker(turn)):
        return None
    return desk.relay_to_person(turn) or connect.relay_words(turn)


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
    if turn.heard.decision is Decision.SMALLTALK:
        return welcome.chat_along(turn, turn.heard.word)
    place = services.named_place(turn) if turn.heard.decision is Decision.UNKNOWN else None
    answered = services.set_place(turn, place) if place else need.hear(turn, turn.heard)
    if answered is None:
        return None
    answered = danger.ask_gently(turn, answered)
    return welcome.introduced(turn, answered) if turn.person.is_new else answered


def fallback(turn: Turn) -> Outcome:
    """Always have something to say."""
    return unusual.answer_unusual(turn) or need.not_understood(turn)


RULES: tuple[Rule, ...] = (left_or_due, in_danger, pressed, commanded, relayed, asked, understood, fallback)


def respond(turn: Turn) -> Outcome:
    """Answer with the first rule that has something to say; fallback always has."""
    outcome = next(outcome for rule in RULES if (outcome := rule(turn)) is not None)
    return welcome.keep_language(turn, outcome)


def _everywhere(turn: Turn) -> Outcome | None:
    if turn.state.asked == connect.PLACE_ASKED:
        return connect.leave_card_place(turn)
    return services.show_everywhere(turn) if turn.state.need else None


def _choose_place(turn: Turn, place: str) -> Outcome | None:
    if turn.state.card is not None and turn.state.asked == connect.PLACE_ASKED:
        return connect.set_card_place(turn, place)
    return services.set_place(turn, place)
