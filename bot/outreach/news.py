"""A person's choice of what to be told."""

from bot.conversation.vocabulary import mark
from bot.handoff.context import Context
from bot.messages import Button, column
from bot.outreach import topics
from bot.outreach.meetings import tell

TOPIC_LABELS = {
    topics.URGENT: mark("Urgent: great heat, great cold, danger"),
    topics.PLACES: mark("New meeting places"),
    topics.ACTIVITIES: mark("What the team does, and invitations"),
}


def show_topics(context: Context) -> None:
    """Show what the person can ask to be told; a press turns it on or off."""
    voice, mine = context.writer(), set(topics.topics_of(context.session, context.conversation.id))
    labels = {topic: voice.say(words) for topic, words in TOPIC_LABELS.items()}
    labels |= {topics.theme_topic(t.id): voice.label(t.label) for t in context.world.needs.themes}
    buttons = [
        Button(
            f"{'✅' if topic in mine else '◻️'} {label}"[:60],
            f"news:{'off' if topic in mine else 'on'}:{topic}",
        )
        for topic, label in labels.items()
    ]
    text = voice.say(
        "Choose what I may write to you about. I write at most once in seven days, and never between 21:00 and 08:00."
        " Only an urgent message may come sooner. /stop ends all of it."
    )
    tell(context, text, *column([*buttons, Button(voice.say("All themes"), "menu")]))
