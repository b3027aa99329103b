"""Encryption of what people say to a worker, by the application, with the key of the settings."""

from base64 import urlsafe_b64encode
from hashlib import sha256

from cryptography.fernet import Fernet


class Sealer:
    """Seals words so that the database alone cannot tell them."""

    def __init__(self, secret: str) -> None:
        """Use a secret of any length; the same one opens what it sealed."""
        self._fernet = Fernet(urlsafe_b64encode(sha256(b"passerelle sealing " + secret.encode()).digest()))

    def seal(self, words: str) -> str:
        """Seal words; nothing stays nothing."""
        return self._fernet.encrypt(words.encode()).decode() if words else ""

    def open(self, sealed: str) -> str:
        """Open sealed words.

        Raises:
            cryptography.fernet.InvalidToken: they were sealed with another secret.
        """
        return self._fernet.decrypt(sealed.encode()).decode() if sealed else ""
