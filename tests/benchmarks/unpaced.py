"""`python -m tests.benchmarks.unpaced COMMAND` is `python -m bot COMMAND` without Telegram's limits.

Telegram lets a bot send thirty messages a second: what is measured is the program and not its waiting.
"""

import sys
from dataclasses import replace

from bot import cli
from bot.channels.telegram import TelegramChannel

if __name__ == "__main__":
    TelegramChannel.capabilities = replace(TelegramChannel.capabilities, rate=50_000, rate_per_chat=50_000)
    sys.exit(cli.main())
