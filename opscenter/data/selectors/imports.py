"""What the page of an import shows: counts, examples, errors page by page."""

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import get_language

from core.exceptions import NotVisible
from core.interchange.explanation import column_title
from core.interchange.reading import find_table
from core.models import Job, User
from core.models.jobs import JobState
from opscenter.dashboards.selectors.jobs import ENDED, IMPORT_KINDS
from opscenter.data.selectors.tables import shown_column, shown_table

ERRORS_PAGE = 50
WARNINGS_SHOWN = 100


@dataclass(frozen=True)
class TableResult:
    """What an import does to one table."""

    title: str
    created: int
    updated: int
    unchanged: int
    examples: list[dict[str, Any]]


@dataclass(frozen=True)
class ImportResult:
    """The result of a check or of an import.

    ``stage``: waiting, failed, cancelled, rejected, checked, nothing (to change), accepted.
    """

    stage: str
    tables: list[TableResult]
    errors: Page[Any]
    error_count: int
    warnings: list[dict[str, Any]]
    more_warnings: int
    accepted_as: Job | None

    @property
    def created(self) -> int:
        return sum(table.created for table in self.tables)

    @property
    def updated(self) -> int:
        return sum(table.updated for table in self.tables)

    @property
    def unchanged(self) -> int:
        return sum(table.unchanged for table in self.tables)


def import_job(user: User, pk: int) -> Job:
    """One's own import; anybody else's is no such page."""
    job = Job.objects.filter(pk=pk, kind__in=IMPORT_KINDS, requested_by=user).first()
    if job is None:
        raise NotVisible("job")
    return job


def recent_imports(user: User, number: int = 5) -> list[Job]:
    """One's own latest imports and checks."""
    return list(Job.objects.filter(kind__in=IMPORT_KINDS, requested_by=user).order_by("-pk")[:number])


def import_result(job: Job, page: str) -> ImportResult:
    """The result of an import, with one page of its errors."""
    result = job.result or {}
    examples = {shown["table"]: _examples(shown) for shown in result.get("examples", ())}
    tables = [
        TableResult(
            shown_table(row["table"]),
            row["created"],
            row["updated"],
            row["unchanged"],
            examples.get(row["table"], []),
        )
        for row in result.get("tables", ())
    ]
    errors = [_placed(error) for error in result.get("errors", ()) if "row" in error]
    warnings = [_placed(warning) for warning in result.get("warnings", ())]
    accepted = None
    if job.arguments.get("dry_run"):
        accepted = Job.objects.filter(kind=job.kind, dedupe_key=f"accept:{job.pk}").first()
    return ImportResult(
        stage=_stage(job, tables),
        tables=tables,
        errors=Paginator(errors, ERRORS_PAGE).get_page(page),
        error_count=result.get("error_count", len(errors)),
        warnings=warnings[:WARNINGS_SHOWN],
        more_warnings=max(0, len(warnings) - WARNINGS_SHOWN),
        accepted_as=accepted,
    )


def _stage(job: Job, tables: list[TableResult]) -> str:
    if job.state not in ENDED:
        return "waiting"
    if job.state != JobState.DONE:
        return str(job.state)
    status = str(job.result.get("status", "rejected"))
    if status == "checked" and not any(table.created or table.updated for table in tables):
        return "nothing"
    return status


def _examples(shown: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {
            **row,
            "cells": [
                {**cell, "title": shown_column(shown["table"], cell["column"])} for cell in row["cells"]
            ],
        }
        for row in shown["rows"]
    ]


def _placed(error: dict[str, Any]) -> dict[str, Any]:
    """An error with the title of its column as it stands in the sheet."""
    table = find_table(error["sheet"]) if error["sheet"] else None
    column = table.by_name.get(error["column"].lower()) if table else None
    title = column_title(column, get_language() or "") if column else error["column"]
    return {**error, "title": title}
