"""What is true of the place: public facts about rights and services, usable without the bot."""
