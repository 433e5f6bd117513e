"""Two campaigns with pools in the organisation of ``tests.people``: 200.00 in March, 100.00 in April.

A day of 2,000 (1,500) against two baseline days of 1,000 each: uplift 1,000 (500), rate 20 %; planner
(other) 50 %, editor (staff) 30 %, reserve 20 %; the article reaches its target.
"""

from typing import Any

from core.interchange.importer import import_sheets
from core.months import Month
from core.spreadsheets.reader import sheet_of_rows
from departments.models import Unit
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_roll_up
from tests.people import APRIL

MARCH = Month(2024, 3)


def load_rows(name: str, *lines: dict[str, Any]) -> None:
    columns = tuple(lines[0])
    cells = [(1, columns), *((at, tuple(line.values())) for at, line in enumerate(lines, 2))]
    report = import_sheets([sheet_of_rows(name, iter(cells))])
    assert report.accepted, [error.as_dict() for error in report.errors]


def load_pools(root: Unit, *, lock: bool = False, baseline: str = "fixed_dates") -> None:
    """The campaigns with their facts, both months computed; ``lock``: and locked."""
    for month, code, profit in ((MARCH, "w-3", 2000), (APRIL, "w-4", 1500)):
        day = month.first.replace(day=20).isoformat()
        basis = [month.first.replace(day=at).isoformat() for at in (6, 13)]
        load_rows("campaigns", {
            "code": code, "name": f"活动{code}", "unit": "co", "type": "other", "scale": "small",
            "start": day, "end": day, "stores": "st-1", "pays": "是", "status": "approved",
            "baseline": baseline,
            "baseline_dates": ",".join(basis),
        })  # fmt: skip
        load_rows(
            "store_days",
            *({"date": one, "store": "st-1", "gross_profit": 1000} for one in basis),
            {"date": day, "store": "st-1", "gross_profit": profit},
        )
        load_rows("articles", {
            "code": f"a-{code}", "published": day, "title": f"推文{code}", "kind": "activity",
            "campaign": code, "readers": 3000,
        })  # fmt: skip
    for month in (MARCH, APRIL):
        month_roll_up(actor=None, root=root, month=month)
    for month in (MARCH, APRIL) if lock else ():
        month_lock(actor=None, root=root, month=month, reason="test", force=True)
