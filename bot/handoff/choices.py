"""Buttons that the talk and the steps of a request share; pure."""

from bot.i18n import Voice
from bot.messages import Button


def yes_or_no(request: str, team: str, voice: Voice, *, talked: bool) -> list[Button]:
    """Give the answers to the question whether another team may see a request."""
    if talked:
        yes = [
            Button(voice.say("Yes, with what we wrote"), f"agree:{request}:history"),
            Button(voice.say("Yes, only the request"), f"agree:{request}"),
        ]
    else:
        yes = [Button(voice.say("Yes, {team} may see it", team=team), f"agree:{request}")]
    return [*yes, Button(voice.say("No"), f"refuse:{request}")]


def thread_buttons(request: str, voice: Voice) -> list[Button]:
    """Give what a worker can do in a request beside writing."""
    return [
        Button(voice.say("Ready sentences"), f"phrases:{request}"),
        Button(voice.say("Propose a meeting"), f"appoint:{request}"),
        Button(voice.say("Pass on"), f"pass:{request}"),
        Button(voice.say("Note for the team"), f"note:{request}"),
        Button(voice.say("Close this request"), f"close:{request}"),
        Button(voice.say("Stop writing to them"), "leave-thread"),
    ]
