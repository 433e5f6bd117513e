"""The jobs that import an uploaded file: checked first, then accepted with the same bytes."""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotVisible, RuleViolation
from core.files import content_of
from core.interchange.context import ImportContext
from core.interchange.importer import import_sheets
from core.interchange.preview import preview
from core.interchange.problems import RowError
from core.job_context import JobContext
from core.models import StoredFile
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.reader import Sheet, read_workbook

IMPORT = "import"
#: how many errors a result keeps; ``error_count`` says how many there were
ERRORS_KEPT = 20_000
CHANGED = _("The file is no longer the one that was checked. Upload it again.")


@dataclass(frozen=True)
class Prepared:
    """A file as sheets of tables, with what is wrong before any table is looked at."""

    sheets: Iterable[Sheet]
    errors: list[RowError] = field(default_factory=list)
    warnings: list[dict[str, Any]] = field(default_factory=list)


def import_workbook(context: JobContext) -> None:
    """Import the stored workbook ``file`` with the rights of whoever asked."""
    run_import(context, lambda data: Prepared(read_workbook(data)))


def run_import(context: JobContext, prepare: Callable[[bytes], Prepared]) -> None:
    """Import what ``prepare`` makes of the stored file ``file``; the report is the job's result.

    ``dry_run``: nothing is written, and the result shows examples.  ``digest``: the SHA-256 that was checked;
    a file with another one is refused.
    """
    data, digest = stored_content(context)
    dry_run = bool(context.arguments.get("dry_run", False))
    examples: list[dict[str, Any]] = []

    def observe(rows: ImportContext) -> None:
        examples.extend(preview(rows))

    with transaction.atomic():
        try:
            prepared = prepare(data)
            report = import_sheets(
                prepared.sheets,
                user=context.requested_by,
                # What is wrong in the file itself keeps everything out.
                dry_run=dry_run or bool(prepared.errors),
                digest=digest,
                progress=context.progress,
                observe=observe if dry_run else None,
            )
        except FileRejected as error:
            raise RuleViolation(error.code, str(error)) from error
        report.errors[:0] = prepared.errors
        report.warnings[:0] = prepared.warnings
        found = len(report.errors)
        del report.errors[ERRORS_KEPT:]
        context.finish({**report.as_dict(), "error_count": found, "examples": examples})


def stored_content(context: JobContext) -> tuple[bytes, str]:
    """The bytes of the job's file and their SHA-256.  Raises ``RuleViolation``."""
    stored = StoredFile.objects.filter(key=context.arguments["file"]).first()
    if stored is None or not stored.file.storage.exists(str(stored.file.name)):
        raise RuleViolation("file_missing", _("The file is no longer there; upload it again."))
    try:
        data = content_of(stored)
    except NotVisible as error:
        raise RuleViolation("file_changed", CHANGED) from error
    digest = hashlib.sha256(data).hexdigest()
    if context.arguments.get("digest", digest) != digest:
        raise RuleViolation("file_changed", CHANGED)
    return data, digest
