"""The library's requests over aiohttp, which takes a fifth of the processor's time that its own client takes.

Values go as plain JSON: to write a message as the library's objects, and to read its answer into some, took
as long again as to send it.
"""

import json
from collections.abc import Mapping
from functools import cache
from ssl import SSLContext
from typing import Any, Final
from urllib.request import getproxies, proxy_bypass

import httpx
from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, FormData, TCPConnector
from telegram.error import NetworkError, TimedOut
from telegram.request import BaseRequest, RequestData
from telegram.request._requestparameter import RequestParameter
from yarl import URL

CONNECTIONS: Final = 24  # as many as the sender has on their way
KEEP_SECONDS: Final = 15.0  # an unused connection; the other side closes it later than that
JSON: Final = {"Content-Type": "application/json"}


class Connections(BaseRequest):
    """A few connections, opened by the first request and bound to its event loop until `shutdown`."""

    __slots__ = ("_count", "_session", "_timeout")

    def __init__(self, timeout: float, count: int = CONNECTIONS) -> None:
        """Prepare without any network; `timeout` in seconds, for connecting and for each wait of an answer."""
        self._timeout = timeout
        self._count = count
        self._session: ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """Give the seconds that an answer may take."""
        return self._timeout

    async def initialize(self) -> None:
        """Do nothing yet: a connection is opened when it is needed."""

    async def shutdown(self) -> None:
        """Close the connections; a later request opens new ones."""
        session, self._session = self._session, None
        if session:
            await session.close()

    async def call(self, url: str, values: Mapping[str, Any], seconds: float | None = None) -> Any:
        """Call a method of the Bot API and give its result.

        Args:
            url: the method's address.
            values: what it takes, as plain values; an `InputFile` is uploaded, None is left out.
            seconds: how long the answer may take, instead of `read_timeout`.

        Raises:
            TelegramError: it was refused, or nobody knows.
        """
        parameters = [RequestParameter.from_input(key, value) for key, value in values.items()]
        return await self.post(url, RequestData(parameters), read_timeout=seconds or self._timeout)

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = None,
        connect_timeout: Any = None,
        pool_timeout: Any = None,
    ) -> tuple[int, bytes]:
        """Send one request over a free connection, or as soon as there is one."""
        seconds = read_timeout if isinstance(read_timeout, float | int) else self._timeout
        limits = ClientTimeout(None, self._timeout, seconds, self._timeout)
        if self._session is None:
            self._session = self._opened(url)
        try:
            async with self._session.request(
                method,
                URL(url, encoded=True),
                **_body(request_data),
                timeout=limits,
                allow_redirects=False,
            ) as answer:
                return answer.status, await answer.read()
        except TimeoutError as error:
            raise TimedOut from error
        except ClientError as error:
            raise NetworkError(type(error).__name__) from error

    def _opened(self, url: str) -> ClientSession:
        address = URL(url)
        proxy = None if proxy_bypass(address.host or "") else getproxies().get(address.scheme)
        return ClientSession(
            connector=TCPConnector(limit=self._count, ssl=_trusted(), keepalive_timeout=KEEP_SECONDS),
            cookie_jar=DummyCookieJar(),
            headers={"User-Agent": self.USER_AGENT},
            proxy=proxy,
        )


@cache
def _trusted() -> SSLContext:
    """Trust whom the library's own client trusts."""
    return httpx.create_ssl_context()


def _body(data: RequestData | None) -> dict[str, Any]:
    if data is None:
        return {}
    if not data.contains_files:
        return {"data": json.dumps(data.parameters).encode(), "headers": JSON}
    form = FormData(quote_fields=False)  # names of files in any script, as they are
    for name, value in data.json_parameters.items():
        form.add_field(name, value)
    for name, (file, content, kind) in data.multipart_data.items():
        form.add_field(name, content, filename=file, content_type=kind)
    return {"data": form}
