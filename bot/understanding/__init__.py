"""Understanding: from a person's words to a language, a danger, needs and a place. Pure."""
