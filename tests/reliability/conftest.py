"""A database that child processes share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability import harness


@pytest.fixture
def shared_database(transactional_db: None, tmp_path: Path) -> Iterator[None]:
    """PostgreSQL as it is; SQLite as a file, because a child would only get a copy of the memory."""
    with harness.file_database(tmp_path):
        yield
