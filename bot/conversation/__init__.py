"""Conversation: a pure core that answers one turn at a time."""
