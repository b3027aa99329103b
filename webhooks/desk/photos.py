"""A worker's own photo on the roster page: sent by their own act, deleted at any time."""

from typing import Final

from fastapi import Response

from bot.conversation.vocabulary import mark
from bot.desk import photos
from bot.desk.audit import write_down
from webhooks.desk.people import show_roster
from webhooks.desk.visit import Visit
from webhooks.files import serve

NO_PICTURE: Final = mark("This is no photo that can be shown: send a JPEG or PNG of one megabyte at most.")


def photo(visit: Visit) -> Response:
    """Give the reader their own photo."""
    return serve(photos.photo_of(visit.session, visit.by.worker_id))


def keep(visit: Visit) -> Response:
    """Keep the photo that the reader sends; sending it is their consent."""
    if not photos.keep_photo(visit.session, visit.by.worker_id, visit.file, visit.now):
        return show_roster(visit, 422, photo_problem=NO_PICTURE)
    write_down(visit.session, visit.by, "photo", visit.now, new="kept")
    return visit.go("/desk/roster", "photo")


def remove(visit: Visit) -> Response:
    """Delete the reader's photo."""
    photos.forget_photo(visit.session, visit.by.worker_id)
    write_down(visit.session, visit.by, "photo", visit.now, new="deleted")
    return visit.go("/desk/roster", "no-photo")
