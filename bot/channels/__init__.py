"""The ways in which people reach the bot; each module is one channel behind the contract of `base`."""
