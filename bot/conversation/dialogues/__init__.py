"""One module a dialogue: what the bot says and asks about one thing."""
