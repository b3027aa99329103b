"""Handoff: a person's request to a worker, from the first yes to the end."""
