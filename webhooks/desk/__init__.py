"""The desk on the web: the team's pages under `/desk`. What may be seen and done is decided in `bot.desk`."""

from webhooks.desk.routes import router

__all__ = ["router"]
