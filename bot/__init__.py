"""The core of Passerelle: conversation, understanding, handoff, delivery and storage."""
