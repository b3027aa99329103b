"""Where things are."""

from pathlib import Path

PROJECT = Path(__file__).parent.parent
TESTVILLE = PROJECT / "tests" / "testville"
SHARED_DATA = PROJECT.parent / "shared" / "data"
