from tests.telegram.fixtures import bot_api, bot_api_server

__all__ = ["bot_api", "bot_api_server"]
