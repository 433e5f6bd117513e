"""The job that imports an uploaded workbook."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation
from core.interchange.importer import import_sheets
from core.job_context import JobContext
from core.models import StoredFile
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.reader import read_workbook

IMPORT = "import"


def import_workbook(context: JobContext) -> None:
    """Import the stored file ``file`` with the rights of whoever asked; the report is the job's result."""
    stored = StoredFile.objects.filter(key=context.arguments["file"]).first()
    if stored is None or not stored.file.storage.exists(str(stored.file.name)):
        raise RuleViolation("file_missing", _("The file is no longer there; upload it again."))
    with transaction.atomic():
        try:
            with stored.file.open("rb") as source:
                report = import_sheets(
                    read_workbook(source),
                    user=context.requested_by,
                    dry_run=context.arguments.get("dry_run", False),
                    digest=stored.sha256,
                )
        except FileRejected as error:
            raise RuleViolation(error.code, str(error)) from error
        context.finish(report.as_dict())
