"""The web server: uvicorn, which ends the open streams first when it is told to stop.

There is no access log: addresses hold invitation codes.
"""

import socket
from typing import Final

import uvicorn
from fastapi import FastAPI

from webhooks.streams import Streams

GRACE_SECONDS: Final = 10


class Server(uvicorn.Server):
    """Serves an app of `create_app`; `run()` blocks until SIGTERM, SIGINT or `should_exit`."""

    def __init__(self, app: FastAPI, host: str, port: int, *, behind_proxy: bool = False) -> None:
        """Prepare; nothing listens before `run`.

        Args:
            behind_proxy: believe the forwarded scheme and address from proxies named in FORWARDED_ALLOW_IPS.
        """
        self._streams: Streams = app.state.streams
        super().__init__(
            uvicorn.Config(
                app,
                host,
                port,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=behind_proxy,
                ws="none",
                lifespan="on",
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Let everybody go and stop."""
        self._streams.close()
        await super().shutdown(sockets)
