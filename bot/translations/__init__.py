"""Translations looked at as a whole: what is wrong, what is missing, who has reviewed what. Pure, but for its files."""
