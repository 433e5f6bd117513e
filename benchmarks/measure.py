"""``python -m benchmarks.measure NAME [ARGUMENT …]``: one measurement, printed as one line of JSON.

Each runs in a process of its own, so that its peak memory is its own.
"""

import gc
import json
import os
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscenter.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from openpyxl import Workbook, load_workbook  # noqa: E402

from benchmarks import bare, facts, organisation  # noqa: E402
from benchmarks.organisation import MONTH  # noqa: E402
from core.interchange.importer import import_sheets  # noqa: E402
from core.models import User  # noqa: E402
from core.spreadsheets.preflight import content  # noqa: E402
from core.spreadsheets.reader import read_workbook  # noqa: E402
from departments.models import Grant, Staff, Unit  # noqa: E402
from incentives.models import Payout, Settlement  # noqa: E402
from incentives.services import results  # noqa: E402
from incentives.services.closing import month_lock  # noqa: E402
from incentives.services.export import incentive_sheet  # noqa: E402
from incentives.services.roll_up import month_roll_up  # noqa: E402
from kpi.models import Attainment, LogEntry, Score  # noqa: E402
from kpi.services import clear_results  # noqa: E402

Figures = dict[str, Any]
IMPORT_ROW = "bm-import-"


@contextmanager
def timed(figures: Figures) -> Iterator[None]:
    """Seconds of the block in ``figures``; garbage of what went before is collected first."""
    gc.collect()
    began = time.perf_counter()
    yield
    figures["seconds"] = time.perf_counter() - began


def peak_megabytes() -> float:
    """The most memory this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1024 / (1024 if sys.platform == "darwin" else 1)


def _root() -> Unit:
    return Unit.objects.get(code=organisation.COMPANY)


def prepare(people: str, months: str = "1") -> Figures:
    """Tables and facts of a deployment of so many people, with the logs of so many months."""
    figures: Figures = {}
    call_command("migrate", verbosity=0)
    with timed(figures):
        facts.seed(int(people), int(months))
    _tidy()
    return figures


def _tidy() -> None:
    """What a database does by itself now and then: statistics, and room of deleted rows."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def roll_up() -> Figures:
    """The month's first roll-up: nothing of it is stored yet."""
    root = _root()
    results.clear(root.pk, MONTH)
    for model in (Score, Attainment):
        clear_results(model, root.pk, MONTH)
    Settlement.objects.filter(period__root=root).update(digest="", result="", scope={})
    _tidy()
    figures: Figures = {}
    with timed(figures):
        month_roll_up(actor=None, root=root, month=MONTH)
    figures["people"], figures["logs"] = Staff.objects.count(), LogEntry.objects.count()
    figures["written"] = {model.__name__: model.objects.count() for model in (Attainment, Score, Payout)}
    return figures


def bare_roll_up(rows: str) -> Figures:
    root = _root()
    figures: Figures = {}
    with timed(figures):
        figures["groups"] = bare.roll_up(root.pk, int(rows))
    return figures


def queries() -> Figures:
    """How often a roll-up reads and writes; counted apart, because counting costs time."""
    root = _root()
    with CaptureQueriesContext(connection) as captured:
        month_roll_up(actor=None, root=root, month=MONTH)
    texts = [query["sql"].lstrip("( \n").upper() for query in captured.captured_queries]
    reads = sum(text.startswith(("SELECT", "DECLARE", "WITH")) for text in texts)
    return {"reads": reads, "writes": sum(text.startswith(("INSERT", "UPDATE", "DELETE")) for text in texts)}


def lock() -> Figures:
    """Computing once more, freezing result and inputs, posting the ledger."""
    figures: Figures = {}
    with timed(figures):
        settlement = month_lock(actor=None, root=_root(), month=MONTH, reason="benchmark", force=True)
    return {**figures, "inputs_megabytes": len(settlement.inputs) / 1e6}


def settle_before() -> Figures:
    """The month before the measured one, computed and locked: it has payouts to be paid, and a ledger."""
    root, month = _root(), MONTH.plus(-1)
    figures: Figures = {}
    with timed(figures):
        month_roll_up(actor=None, root=root, month=month)
        month_lock(actor=None, root=root, month=month, reason="benchmark", force=True)
    _tidy()
    return figures


def make_workbook(path: str, rows: str) -> Figures:
    """A workbook of log rows of the month after."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("logs")
    sheet.append(["row_id", "date", "staff_no", "platform", "activity", "handle", "count", "url", "status"])
    people = list(Staff.objects.order_by("staff_no").values_list("staff_no", flat=True))
    days = MONTH.plus(1).days()
    draw = random.Random(3)
    for row in range(int(rows)):
        activity, places, highest, _partner = facts.CHANNELS[row % len(facts.CHANNELS)]
        sheet.append(
            [
                f"{IMPORT_ROW}{row}",
                days[row % len(days)],
                people[row % len(people)],
                places[row % len(places)],
                activity,
                f"user{row % 4000}",
                draw.randint(1, highest),
                f"https://example.com/thread/{row}",
                "submitted",
            ]
        )
    book.save(path)
    return {"megabytes": Path(path).stat().st_size / 1e6}


def import_logs(path: str) -> Figures:
    """Reading, checking and writing every row of the workbook."""
    rows = LogEntry.objects.filter(row_id__startswith=IMPORT_ROW)
    rows._raw_delete(rows.db)
    figures: Figures = {}
    with timed(figures):
        report = import_sheets(read_workbook(content(Path(path))))
    if not report.accepted:
        raise ValueError([str(error) for error in report.errors[:5]])
    return {**figures, **report.counts["logs"]}


def bare_reading(path: str) -> Figures:
    figures: Figures = {}
    with timed(figures):
        figures["rows"] = bare.read_workbook(Path(path))
    return figures


def sheet(path: str) -> Figures:
    """The incentive sheet from the result tables to the bytes of the file."""
    figures: Figures = {}
    with timed(figures):
        _name, data = incentive_sheet(_root(), MONTH, actor=None, printed_at=timezone.now())
    Path(path).write_bytes(data)
    book = load_workbook(path, read_only=True)
    return {**figures, "lines": Payout.objects.count(), "sheets": len(book.sheetnames)}


def bare_sheet(path: str) -> Figures:
    cells = bare.SameCells(Path(path).read_bytes())
    figures: Figures = {}
    with timed(figures):
        figures["cells"] = cells.write()
    return figures


def sign_in(*roles: str) -> Figures:
    """Somebody with each role, signed in; gives the keys of their sessions.

    The director does what finance does too, so that no more than four people ask at once.
    """
    figures: Figures = {"megabytes": 0.0}
    places = {"staff": None, "leader": Unit.objects.get(code=organisation.GROUPS[1])}
    for number, role in enumerate(roles):
        person = Staff.objects.get(staff_no=f"bm-{number:05d}")
        person.user = User.objects.create(username=role)
        person.save(update_fields=["user"])
        unit = places.get(role, _root())
        if unit is not None:
            held = (role, "finance") if role == "director" else (role,)
            Grant.objects.bulk_create(Grant(staff=person, role=one, unit=unit) for one in held)
        browser = Client()
        browser.force_login(person.user)
        figures[role] = browser.cookies[settings.SESSION_COOKIE_NAME].value
    return figures


MEASUREMENTS: dict[str, Callable[..., Figures]] = {
    function.__name__: function
    for function in (
        prepare,
        roll_up,
        bare_roll_up,
        sign_in,
        queries,
        lock,
        settle_before,
        make_workbook,
        import_logs,
        bare_reading,
        sheet,
        bare_sheet,
    )
}

if __name__ == "__main__":
    found = MEASUREMENTS[sys.argv[1]](*sys.argv[2:])
    print(json.dumps({**found, "megabytes": found.get("megabytes", peak_megabytes())}))
