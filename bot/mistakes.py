"""What somebody at the keyboard can put right; everybody may raise it, the command line tells it in one line."""


class Mistake(Exception):
    """The message says what is wrong and what to do."""
