"""A line to a database that a test can cut: TCP on one side, the server's own socket on the other."""

import contextlib
import select
import socket
import threading

from sqlalchemy import URL


class Line:
    """Carries bytes both ways while it is up; while it is down, connecting is refused."""

    def __init__(self, server: URL, port: int) -> None:
        """`server` is an address of psycopg's; nothing is carried before `up`."""
        self._server = server
        self.port = port
        self._listening: socket.socket | None = None
        self._open: list[socket.socket] = []

    @property
    def url(self) -> str:
        """The database's address through this line."""
        through = self._server.set(drivername="postgresql", host="127.0.0.1", port=self.port)
        return through.set(query={}).render_as_string(hide_password=False)

    def up(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self._listening], daemon=True).start()

    def down(self) -> None:
        if self._listening:
            self._listening.shutdown(socket.SHUT_RDWR)
            self._listening.close()
            self._listening = None
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
        self._open.clear()

    def _accept(self, listening: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = listening.accept()
                far = self._connect()
                self._open += [near, far]
                threading.Thread(target=_carry, args=[near, far], daemon=True).start()

    def _connect(self) -> socket.socket:
        host = str(self._server.query.get("host", "") or self._server.host or "127.0.0.1")
        port = self._server.port or 5432
        if not host.startswith("/"):
            return socket.create_connection((host, port))
        far = socket.socket(socket.AF_UNIX)
        far.connect(f"{host}/.s.PGSQL.{port}")
        return far


def _carry(near: socket.socket, far: socket.socket) -> None:
    with near, far, contextlib.suppress(OSError):
        while True:
            for end in select.select([near, far], [], [])[0]:
                data = end.recv(65536)
                if not data:
                    return
                (far if end is near else near).sendall(data)
