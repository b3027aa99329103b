"""`GET /photos/{key}`: a worker's photo, for everybody, as long as the worker shows that they come somewhere."""

from fastapi import APIRouter, Response

from bot.desk.photos import announced_photo
from bot.storage.db import Database
from webhooks.files import serve

MOST_KEY = 64


def router(database: Database) -> APIRouter:
    """Open the door of the photos."""
    routes = APIRouter()

    @routes.get("/photos/{key}", include_in_schema=False)
    def photo(key: str) -> Response:
        with database.read() as session:
            return serve(announced_photo(session, key[:MOST_KEY]))

    return routes
