"""One load of the world for a module; every request is undone."""

from collections.abc import Iterator
from typing import Any

import pytest
import time_machine
from django.db import transaction

from tests.access.matrix import digest
from tests.access.world import World, load_world
from tests.people import NOW


@pytest.fixture(scope="module")
def world(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[World]:
    from django.test import override_settings

    files = override_settings(MEDIA_ROOT=tmp_path_factory.mktemp("files"))
    monkeypatch = pytest.MonkeyPatch()
    # A test message goes nowhere.
    monkeypatch.setattr("apprise.Apprise.notify", lambda self, *args, **kwargs: True)
    with django_db_blocker.unblock(), files, transaction.atomic(), time_machine.travel(NOW, tick=True):
        found = load_world()
        for who in ("signed-out", *found.people.users):
            found.client(who)
        found.digest = digest()
        yield found
        transaction.set_rollback(True)
    monkeypatch.undo()
