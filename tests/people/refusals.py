"""What every test of a refused act asks: refused for this reason and no other."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.exceptions import DomainError


@contextmanager
def refused(kind: type[DomainError], code: str) -> Iterator[None]:
    """The block is refused with an error of ``kind`` and this code."""
    with pytest.raises(kind) as caught:
        yield
    assert caught.value.code == code
