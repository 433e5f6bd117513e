"""The yardsticks: what the same work costs when nothing is decided, checked or explained.

Each does what any program must do at least: read the same rows, touch each once, write as many.
"""

from collections import defaultdict
from copy import copy
from io import BytesIO
from pathlib import Path
from typing import Any

from django.db import connection, models, transaction
from django.db.models import Sum
from openpyxl import Workbook, load_workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import NamedStyle

from benchmarks.organisation import MONTH
from kpi.calculations.slots import window
from kpi.models import LogEntry

BATCH = 5000


class BareResult(models.Model):
    """As many columns, and of the kinds, of an attainment; no foreign keys, checks, guards or indexes."""

    root_id = models.BigIntegerField()
    month = models.DateField()
    staff_id = models.BigIntegerField()
    rule_id = models.BigIntegerField()
    applicable = models.BooleanField()
    target = models.BigIntegerField(null=True)
    credited = models.BigIntegerField(null=True)
    raw = models.BigIntegerField(null=True)
    rate = models.BigIntegerField(null=True)
    steps = models.JSONField(default=dict)

    class Meta:
        app_label = "benchmarks"

    def __str__(self) -> str:
        return f"{self.staff_id} {self.rule_id}"


def roll_up(root_id: int, rows: int) -> int:
    """One GROUP BY over the rows that the product reads, one loop over its result, ``rows`` rows inserted.

    Gives the number of groups.
    """
    with connection.schema_editor() as editor:
        editor.create_model(BareResult)
    try:
        with transaction.atomic():
            return _roll_up(root_id, rows)
    finally:
        with connection.schema_editor() as editor:
            editor.delete_model(BareResult)


def _roll_up(root_id: int, rows: int) -> int:
    groups: Any = (
        LogEntry.objects.filter(root_id=root_id, date__range=window(MONTH))
        .values_list("staff_id", "date", "activity", "platform_id", "handle", "partner_id")
        .annotate(total=Sum("count"))
        .order_by()
    )
    sums: dict[tuple[int, str], int] = defaultdict(int)
    number = 0
    for staff, _day, activity, _platform, _handle, _partner, total in groups.iterator(chunk_size=20_000):
        sums[staff, activity] += total
        number += 1
    keys = list(sums)
    BareResult.objects.bulk_create(
        [
            BareResult(
                root_id=root_id,
                month=MONTH.first,
                staff_id=keys[row % len(keys)][0],
                rule_id=row,
                applicable=True,
                target=300_000,
                credited=sums[keys[row % len(keys)]] * 10_000,
                raw=sums[keys[row % len(keys)]] * 10_000,
                rate=10_000,
                steps={"activity": keys[row % len(keys)][1], "count": sums[keys[row % len(keys)]]},
            )
            for row in range(rows)
        ],
        batch_size=BATCH,
    )
    return number


def read_workbook(path: Path) -> int:
    """openpyxl merely reading every cell; gives the number of rows."""
    book = load_workbook(path, read_only=True)
    rows = sum(1 for sheet in book.worksheets for _row in sheet.iter_rows(values_only=True))
    book.close()
    return rows


class SameCells:
    """The cells of a workbook with their styles, to be written again by openpyxl alone.

    Every look becomes a named style, the cheapest way openpyxl offers to give a cell its style.
    """

    def __init__(self, data: bytes) -> None:
        self.looks: dict[str, NamedStyle] = {}
        self.sheets: list[tuple[str, list[list[tuple[Any, str]]]]] = []
        names: dict[Any, str] = {}
        for sheet in load_workbook(BytesIO(data)).worksheets:
            rows = []
            for row in sheet.iter_rows():
                cells = []
                for cell in row:
                    key = tuple(cell._style or ())
                    if key not in names:
                        names[key] = name = f"look {len(names)}"
                        self.looks[name] = NamedStyle(
                            name,
                            copy(cell.font),
                            copy(cell.fill),
                            copy(cell.border),
                            copy(cell.alignment),
                            cell.number_format,
                        )
                    cells.append((cell.value, names[key]))
                rows.append(cells)
            self.sheets.append((sheet.title, rows))

    def write(self) -> int:
        """The number of cells written."""
        book = Workbook(write_only=True)
        for look in self.looks.values():
            book.add_named_style(look)
        number = 0
        for title, rows in self.sheets:
            sheet = book.create_sheet(title)
            for row in rows:
                cells = []
                for value, look in row:
                    cell = WriteOnlyCell(sheet, value)
                    cell.style = look
                    cells.append(cell)
                sheet.append(cells)
                number += len(cells)
        book.save(BytesIO())
        return number
