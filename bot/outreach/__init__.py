"""Going towards people: places and rounds, encounters, follow-up, messages to many, what the territory says."""
