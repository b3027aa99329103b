"""Encryption of what people say to a worker, by the application, with the key of the settings."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Sealer:
    """Seals words so that the database alone cannot tell them."""

    def __init__(self, secret: str, old: str = "") -> None:
        """Use a secret of any length; it opens what it sealed, and what an older one sealed, if given."""
        self._own = _fernet(secret)
        self._fernet = MultiFernet([self._own, _fernet(old)] if old else [self._own])

    def seal(self, words: str) -> str:
        """Seal words; nothing stays nothing."""
        return self._fernet.encrypt(words.encode()).decode() if words else ""

    def open(self, sealed: str) -> str:
        """Open sealed words.

        Raises:
            cryptography.fernet.InvalidToken: they were sealed with another secret.
        """
        return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""

    def seal_file(self, content: bytes) -> str:
        """Seal the content of a file."""
        return self._fernet.encrypt(content).decode()

    def open_file(self, sealed: str) -> bytes:
        """Open the content of a file.

        Raises:
            cryptography.fernet.InvalidToken: it was sealed with another secret.
        """
        return self._fernet.decrypt(sealed.encode())

    def is_own(self, sealed: str) -> bool:
        """Tell whether words were sealed with the secret of now, not with the older one."""
        try:
            self._own.decrypt(sealed.encode())
        except InvalidToken:
            return False
        return True

    def reseal(self, sealed: str) -> str:
        """Seal with the secret of now what an older one sealed; the words themselves never leave here.

        Raises:
            cryptography.fernet.InvalidToken: neither opens them.
        """
        return self._fernet.rotate(sealed.encode()).decode()


def _fernet(secret: str) -> Fernet:
    return Fernet(urlsafe_b64encode(sha256(b"passerelle sealing " + secret.encode()).digest()))
