"""What the bot would show in a worker's chat, as parts of a page."""

from markupsafe import Markup

from bot.messages import Button, Reply


def choices_of(reply: Reply, *kinds: str) -> list[Button]:
    """Give the buttons of a reply that stand on the page too, by how their data begins."""
    return [button for row in reply.buttons for button in row if button.data.split(":")[0] in kinds]


def lines_of(text: str) -> list[Markup]:
    """Give the lines of a reply."""
    return [Markup(line) for line in text.split("\n") if line]  # noqa: S704  every value in a reply is escaped
