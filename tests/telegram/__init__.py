"""A strict stand-in of the Telegram Bot API, driven over real HTTP; `BotApi` in standin.py is its handle."""
