"""`python -m bot` is the command `passerelle`."""

import sys

from bot.cli import main

sys.exit(main())
