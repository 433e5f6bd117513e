"""A first start on any day: whoever logs in with a printed name finds something to do on Today."""

from datetime import datetime
from io import StringIO
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from django.test import Client

from core.models import User
from departments.models import Role
from opscenter.management.commands.demo import _log_ins

#: who logs work or decides about it; the others begin on the month
WORKING = {Role.STAFF.label, Role.LEADER.label, Role.MANAGER.label}


# The National Day is the first of a month as well; the holidays of 2027 are not published; New Year of 2026.
@pytest.mark.parametrize("day", ["2026-10-01", "2027-01-01", "2026-02-17"])
def test_today_is_not_empty_for_the_printed_log_ins(db: None, settings: Any, tmp_path: Any, day: str) -> None:
    settings.VAR_DIR = tmp_path
    with time_machine.travel(datetime.fromisoformat(f"{day}T09:30:00+08:00"), tick=True):
        call_command("load_preset", "all", example=True, stdout=StringIO())
        call_command("demo", prepare=True, stdout=StringIO())
        seen = set()
        for root, role, _name, username in _log_ins():
            client = Client()
            client.force_login(User.objects.get(username=username))
            assert client.get("/", follow=True).status_code == 200, username
            page = client.get("/today/")
            assert page.status_code == 200, username
            if role in WORKING:
                here, own = page.context, page.context["day"]
                found = (
                    own.quotas.lines,
                    own.ticks,
                    own.logged,
                    here["quick"],
                    here["tasks"],
                    here["waiting"],
                )
                assert any(found), username
                seen.add((root, role))
        assert len(seen) == 12
