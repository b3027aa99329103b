"""The word `desk` in a worker's chat: a link to the desk on the web, for this worker and for once."""

from urllib.parse import urlencode

from bot.desk.access import LINK_VALID, make_link
from bot.handoff.context import Context
from bot.handoff.team import worker_of
from bot.messages import Button, Reply, column, escape, link


def send_link(context: Context) -> None:
    """Send a worker a new link; without pages on the web, say so."""
    worker = worker_of(context.session, context.conversation.id)
    if worker is None:
        return
    voice = context.writer()
    if not context.desk_url:
        text = voice.say("There is no desk on the web here. Everything works in this chat: /duty.")
        context.tell(context.conversation.id, Reply(text, (), voice.language.code))
        return
    code = make_link(context.session, worker.id, context.now)
    minutes = int(LINK_VALID.total_seconds() // 60)
    text = voice.say_n(
        "This link opens your desk. It works once, for {n} minute. It is yours: give it to nobody.",
        "This link opens your desk. It works once, for {n} minutes. It is yours: give it to nobody.",
        minutes,
    )
    address = f"{context.desk_url}/desk/login?{urlencode({'code': code})}"
    if not address.startswith("https:"):  # to try it out on one machine: Telegram draws no such button
        reply = Reply(f"{text}\n{link(escape(address), address)}", (), voice.language.code)
    else:
        reply = Reply(text, column([Button(voice.say("Open the desk"), url=address)]), voice.language.code)
    context.tell(context.conversation.id, reply)
