"""Personal and working data: the engine, the tables and their migrations."""
