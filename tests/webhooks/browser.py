"""Finds the Chromium of this machine."""

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome")


def chromium() -> str:
    """Give the path of a Chromium; "" when there is none."""
    named = os.environ.get("CHROMIUM", "")
    found = (shutil.which(name) for name in (named, *NAMES) if name)
    return next((path for path in found if path and Path(path).is_file()), "")


def flags() -> list[str]:
    """Chromium's own sandbox does not work for root, as in a container."""
    return ["--no-sandbox"] if os.geteuid() == 0 else []
