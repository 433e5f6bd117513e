"""Uploads: kept privately, checked by a job, accepted with the same bytes; and exports made by a job."""

from collections.abc import Sequence
from datetime import date

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from campaigns.exports.jobs import PLATFORM_EXPORT
from core import audit, jobs
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.files import file_store, register_kind
from core.interchange.jobs import IMPORT
from core.models import Job, StoredFile, User
from core.models.jobs import JobState
from core.months import Month
from core.spreadsheets.errors import FileRejected
from core.spreadsheets.limits import LIMITS, MEGABYTE
from departments.models import Unit
from departments.permissions import require
from opscenter.dashboards.selectors.jobs import IMPORT_KINDS, TABLE_EXPORT

UPLOADED = audit.register_action("import.uploaded", _("file uploaded for import"))
ACCEPTED = audit.register_action("import.confirmed", _("import confirmed"))
EXPORTED = audit.register_action("tables.exported", _("tables exported"))

# Only who uploaded a file or asked for an export reads it.
UPLOAD_FILE = register_kind("import", lambda reader, stored: False)
EXPORT_FILE = register_kind("export", lambda reader, stored: False)

NOT_CHECKED = _("Only a file that was checked and found in order can be accepted.")


def _kept(actor: User, upload: UploadedFile) -> StoredFile:
    """The uploaded file, stored.  Raises ``RuleViolation`` for one that is empty or too large."""
    size = upload.size or 0
    if not 0 < size <= LIMITS.file_bytes:
        code = "too_large" if size else "empty"
        raise RuleViolation(code, str(FileRejected(code, limit=LIMITS.file_bytes // MEGABYTE)))
    return file_store(
        owner=actor,
        kind=UPLOAD_FILE,
        name=str(upload.name or "file"),
        content=upload.read(),
        content_type="application/octet-stream",
    )


@transaction.atomic
def import_check(*, actor: User, upload: UploadedFile) -> Job:
    """Keep a workbook and ask for it to be checked; nothing is written into its tables.

    The same bytes uploaded twice while the first are being checked are one job.
    """
    stored = _kept(actor, upload)
    return _check(actor, stored, IMPORT, {})


@transaction.atomic
def export_check(*, actor: User, upload: UploadedFile, unit: Unit, kind: str, counted_on: date) -> Job:
    """Keep an export of a platform and ask for it to be checked for the unit whose account it is."""
    require(actor, "facts.import", unit.pk)
    stored = _kept(actor, upload)
    chosen = {"unit": unit.code, "kind": kind, "counted_on": counted_on.isoformat()}
    return _check(actor, stored, PLATFORM_EXPORT, chosen)


def _check(actor: User, stored: StoredFile, kind: str, chosen: dict[str, str]) -> Job:
    audit.record(actor=actor, action=UPLOADED, target=stored, change={"sha256": stored.sha256, **chosen})
    choice = ":".join(chosen.values())
    return jobs.enqueue(
        kind,
        arguments={
            "file": str(stored.key),
            "name": stored.name,
            "digest": stored.sha256,
            "dry_run": True,
            **chosen,
        },
        dedupe_key=f"check:{actor.pk}:{stored.sha256}:{choice}"[:200],
        requested_by=actor,
    )


@transaction.atomic
def import_check_again(*, actor: User, job: Job) -> Job:
    """Check the same file once more, after something else was put right."""
    arguments = {**_own(actor, job).arguments, "dry_run": True}
    return jobs.enqueue(
        job.kind, arguments=arguments, dedupe_key=f"again:{actor.pk}:{job.pk}", requested_by=actor
    )


@transaction.atomic
def import_accept(*, actor: User, check: Job) -> Job:
    """Ask for the real import of a checked file; asking twice gives the same job.

    The rights are those of ``actor``, who also checked it; the importer asks for them row by row.
    Raises ``NotVisible`` for somebody else's job, ``Conflict`` for one that is not ready.
    """
    check = Job.objects.select_for_update().get(pk=_own(actor, check).pk)
    ready = check.state == JobState.DONE and check.result.get("status") == "checked"
    if not (ready and check.arguments.get("dry_run")):
        raise Conflict("not_checked", NOT_CHECKED)
    key = f"accept:{check.pk}"
    accepted = Job.objects.filter(kind=check.kind, dedupe_key=key).first()
    if accepted:
        return accepted
    audit.record(actor=actor, action=ACCEPTED, target=check, change={"sha256": check.arguments["digest"]})
    return jobs.enqueue(
        check.kind,
        arguments={**check.arguments, "dry_run": False, "check": check.pk},
        dedupe_key=key,
        requested_by=actor,
        once=True,
    )


def _own(actor: User, job: Job) -> Job:
    if job.kind not in IMPORT_KINDS or job.requested_by_id != actor.pk:
        raise NotVisible("job")
    return job


@transaction.atomic
def export_request(*, actor: User, tables: Sequence[str], month: Month | None, language: str) -> Job:
    """Ask for a workbook of the rows that ``actor`` may see, of one month where rows have one."""
    audit.record(
        actor=actor, action=EXPORTED, change={"tables": list(tables), "month": str(month) if month else ""}
    )
    arguments = {"tables": list(tables), "only_month": str(month) if month else "", "language": language}
    return jobs.enqueue(TABLE_EXPORT, arguments=arguments, requested_by=actor)
