"""The directory's API with whatever its own OpenAPI allows: never a server error, always what was promised."""

import schemathesis
from fastapi import FastAPI
from hypothesis import settings

from bot.i18n import Words
from tests.webhooks.services import InMemoryBot
from webhooks.hsds import create_hsds

app = FastAPI(openapi_url=None)
app.mount("/hsds", create_hsds(InMemoryBot(Words())))
schema = schemathesis.openapi.from_asgi("/hsds/openapi.json", app)


@schema.parametrize()
@settings(max_examples=15, deadline=None)
def test_no_request_breaks_the_api(case: schemathesis.Case) -> None:
    case.call_and_validate()
