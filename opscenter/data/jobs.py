"""The job that writes a full export."""

from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation
from core.files import file_store
from core.interchange.exporter import export_workbook, find_tables
from core.interchange.tables import Table
from core.job_context import JobContext
from core.lists import XLSX
from core.months import Month
from core.spreadsheets.limits import LIMITS
from core.spreadsheets.writer import file_name, save_bytes
from opscenter.data.services import EXPORT_FILE

TOO_MANY = _("The table “%(table)s” has more than %(limit)s rows. Export it month by month.")


def export_tables(context: JobContext) -> None:
    """Write the tables ``tables`` into a workbook; the result names the private file.

    ``only_month``: of tables whose rows lie in a month only those of this month.  A table with more rows than
    an import takes back is refused.
    """
    names = [str(name) for name in context.arguments["tables"]]
    text = str(context.arguments.get("only_month", ""))
    month = Month.parse(text) if text else None
    chosen = find_tables(names)
    done: list[str] = []

    def narrow(table: Table, rows: "models.QuerySet[Any]") -> "models.QuerySet[Any]":
        context.progress(len(done), len(chosen), table.label)
        done.append(table.name)
        kept = of_month(table, rows, month)
        if kept.order_by()[LIMITS.rows : LIMITS.rows + 1].exists():
            raise RuleViolation("too_many_rows", TOO_MANY, table=table.label, limit=LIMITS.rows)
        return kept

    workbook = export_workbook(
        names, context.requested_by, str(context.arguments.get("language", "zh-hans")), narrow=narrow
    )
    now = timezone.now()
    data = save_bytes(workbook, created=now)
    with transaction.atomic():
        stored = file_store(
            owner=context.requested_by,
            kind=EXPORT_FILE,
            name=file_name(*(table.label for table in chosen[:3]), text, timezone.localdate(now).isoformat()),
            content=data,
            content_type=XLSX,
        )
        context.finish({"file": str(stored.key), "name": stored.name, "size": stored.size})


def of_month(table: Table, rows: "models.QuerySet[Any]", month: Month | None) -> "models.QuerySet[Any]":
    """The rows of a month, where the rows of the table have one."""
    if month is None:
        return rows
    try:
        table.model._meta.get_field("month")
    except FieldDoesNotExist:
        return rows
    return rows.filter(month=month.first)
