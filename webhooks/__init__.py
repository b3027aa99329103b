"""The doors on the web: FastAPI only."""
