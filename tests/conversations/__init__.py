"""Whole talks as text that a social worker can read and write."""
