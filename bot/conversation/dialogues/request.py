"""A person's own request: where it stands, who may see it, take it back, meet, be left without traces."""

from dataclasses import asdict, replace

from bot.conversation.effects import (
    AgreeToTeam,
    CancelMeeting,
    ChooseSlot,
    RefuseTeam,
    RelayToWorker,
    ReopenRequest,
    ShowOriginal,
    ShowUnread,
    WithdrawRequest,
)
from bot.conversation.turn import Outcome, RequestView, Turn
from bot.handoff.choices import yes_or_no
from bot.messages import Button, Kind, Media, column


def tell_state(turn: Turn) -> Outcome:
    """Say where the person's request stands."""
    say, request = turn.voice.say, turn.person.request
    if request is None:
        ways = column([Button(say("Talk to someone"), "talk"), Button(say("All themes"), "menu")])
        return Outcome((turn.reply(say("You have no open request."), *ways),), turn.state)
    lines = _standing(turn, request)
    buttons: list[Button] = []
    if request.next_team:
        lines.append(say("{team} could take it. May {team} see it?", team=request.next_team))
        buttons += yes_or_no(request.id, request.next_team, turn.voice, talked=request.talked)
    if request.meeting:
        moment = turn.voice.weekday(request.meeting.astimezone(turn.world.territory.zone))
        lines.append(say("You meet {moment}.", moment=moment))
        buttons.append(Button(say("Cancel the meeting"), f"unmeet:{request.meeting_id}"))
    buttons += [Button(say("Withdraw my request"), "withdraw"), Button(say("All themes"), "menu")]
    return Outcome((turn.reply("\n".join(lines), *column(buttons)),), turn.state)


def withdraw(turn: Turn) -> Outcome:
    """Take the request back."""
    if turn.person.request is None:
        return tell_state(turn)
    text = turn.voice.say("Your request is withdrawn. A worker who saw it may still have it in their chat.")
    buttons = column([Button(turn.voice.say("All themes"), "menu")])
    return Outcome((turn.reply(text, *buttons),), replace(turn.state, card=None), (WithdrawRequest(),))


def agree(turn: Turn, choice: str) -> Outcome:
    """Let another team see the request, with what was written so far or without."""
    request, _, how = choice.partition(":")
    return Outcome((), turn.state, (AgreeToTeam(request, history=how == "history"),))


def refuse(turn: Turn, request: str) -> Outcome:
    """Let nobody else see the request."""
    return Outcome((), turn.state, (RefuseTeam(request),))


def reopen(turn: Turn, request: str) -> Outcome:
    """Say that a closed request is not solved."""
    return Outcome((), turn.state, (ReopenRequest(request),))


def choose_slot(turn: Turn, choice: str) -> Outcome:
    """Take one of the moments that a worker proposed."""
    meeting, _, slot = choice.partition(":")
    return Outcome((), turn.state, (ChooseSlot(meeting, slot),))


def cancel_meeting(turn: Turn, meeting: str) -> Outcome:
    """Call a meeting off."""
    return Outcome((), turn.state, (CancelMeeting(meeting),))


def show_unread(turn: Turn) -> Outcome:
    """Show what waits for a discreet person."""
    return Outcome((), turn.state, (ShowUnread(),))


def show_original(turn: Turn, message: str) -> Outcome:
    """Show the words behind a machine translation."""
    return Outcome((), turn.state, (ShowOriginal(message),))


def erase_traces(turn: Turn) -> Outcome:
    """Tell how to leave no traces of this chat on the phone."""
    say = turn.voice.say
    lines = [
        say("To leave no traces:"),
        "1. " + say("Press “Erase everything”: what is kept here goes."),
        "2. " + say("In Telegram, press the name at the top, then the menu, then “Delete chat”."),
        "3. " + say("In the browser, close the page. Then delete it from the history."),
        say("Messages that a worker has read stay with the worker."),
    ]
    buttons = column([Button(say("Erase everything"), "erase"), Button(say("All themes"), "menu")])
    return Outcome((turn.reply("\n".join(lines), *buttons),), turn.state)


def relay_words(turn: Turn) -> Outcome | None:
    """Pass the person's words, picture or voice note to the worker who accepted."""
    request, inbound = turn.person.request, turn.inbound
    if request is None or not request.has_worker:
        return None
    words = inbound.text.strip() if inbound.kind in _WORDY else ""
    if not words and inbound.media is None:
        return None
    if inbound.media and inbound.kind is Kind.FILE:
        return _ask_about_file(turn, inbound.media, request.worker_name)
    text = turn.voice.say("Passed on to {name}.", name=request.worker_name)
    effects = (RelayToWorker(inbound.text.strip(), inbound.media),)
    if inbound.media:  # whether it can be passed on is known by the effect alone
        return Outcome((), turn.state, effects)
    return Outcome((turn.reply(text),), turn.state, effects)


def send_file(turn: Turn) -> Outcome:
    """Pass on the file that waited for a yes."""
    draft = turn.state.draft
    if turn.person.request is None or not turn.person.request.has_worker or "file" not in draft:
        return tell_state(turn)
    effect = RelayToWorker(draft["words"], Media(**draft["file"]))
    return Outcome((), replace(turn.state, draft={}), (effect,))


def keep_file(turn: Turn) -> Outcome:
    """Send the file to nobody."""
    reply = turn.reply(turn.voice.say("Fine, it goes to nobody."))
    return Outcome((reply,), replace(turn.state, draft={}))


def _ask_about_file(turn: Turn, media: Media, name: str) -> Outcome:
    """Say what a file may tell beside what is in it, before anybody gets it: it cannot be cleaned as photos are."""
    say = turn.voice.say
    lines = [
        say("This file may tell who made it, when and where. I cannot take that out."),
        say("If it is a picture, you can send it as a photo instead: a photo tells none of this."),
        say("Do you want {name} to have this file?", name=name),
    ]
    buttons = column(
        [Button(say("Yes, send it"), "send-file"), Button(say("No, do not send it"), "keep-file")]
    )
    waiting = {"file": asdict(media), "words": turn.inbound.text.strip()}
    return Outcome((turn.reply("\n".join(lines), *buttons),), replace(turn.state, draft=waiting))


_WORDY = frozenset({Kind.TEXT, Kind.PICTURE, Kind.VOICE, Kind.FILE})


def _standing(turn: Turn, request: RequestView) -> list[str]:
    say = turn.voice.say
    if request.has_worker:
        return [say("{name} has your request. What you write here goes to {name}.", name=request.worker_name)]
    lines = [say("Your request is with {team}. Nobody has accepted it yet.", team=request.team_name)]
    if request.promised_until and request.missed:
        lines.append(say("I promised you an answer, and nobody has written in time. I am sorry."))
    elif request.promised_until:
        moment = turn.voice.weekday(request.promised_until.astimezone(turn.world.territory.zone))
        lines.append(say("Somebody writes to you here before {moment}.", moment=moment))
    return [*lines, say("I write to you as soon as somebody accepts, or if nobody can.")]
