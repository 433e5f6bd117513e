"""Hands out the incentive sheet of a month as a workbook."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.files import content_of, file_store, register_kind
from core.models import User
from core.months import Month
from core.spreadsheets.writer import file_name
from departments.models import Unit
from departments.models.periods import FROZEN
from departments.permissions import reach_of, require
from incentives.models import Settlement
from incentives.sheet.content import Content
from incentives.sheet.selectors import sheet_content
from incentives.sheet.workbook import draw

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHEET = register_kind("incentive-sheet", lambda reader, _stored: reach_of(reader).allows("month.export"))
EXPORTED = audit.register_action("month.export", _("incentive sheet exported"))


def incentive_sheet(
    root: Unit, month: Month, *, actor: User | None = None, printed_at: datetime
) -> tuple[str, bytes]:
    """(file name, workbook) of a month's sheet, from its stored results; ``None`` is the system.

    Before lock ``printed_at`` decides the bytes; the first export after it is kept and handed out from then
    on, whatever is renamed meanwhile.  Raises ``NotAllowed``,
    ``RuleViolation`` for a unit that is no root or a month that is not computed, and ``Conflict`` when the
    month is rolled up at the same time.  Rule: HT-29, interfaces.md §5.
    """
    require(actor, "month.export", root.pk)
    with transaction.atomic():
        frozen = _frozen(root, month)
        if frozen is not None and frozen.sheet is not None:
            name, data = frozen.sheet.name, content_of(frozen.sheet)
        else:
            content = sheet_content(root, month, printed_by=actor, printed_at=printed_at)
            name, data = sheet_name(content), draw(content)
            if frozen is not None:
                frozen.sheet = file_store(owner=None, kind=SHEET, name=name, content=data, content_type=XLSX)
                frozen.save(update_fields=["sheet"])
        audit.record(
            actor=actor,
            action=EXPORTED,
            target=root,
            change={
                "month": str(month),
                "trial": frozen is None,
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
            },
        )
    return name, data


def incentive_sheet_preview(
    root: Unit, month: Month, *, actor: User | None = None, printed_at: datetime
) -> tuple[str, bytes]:
    """The file that ``incentive_sheet`` would hand out, byte for byte, without handing it out: nothing is
    kept and nothing noted.  Raises what ``incentive_sheet`` raises.
    """
    require(actor, "month.export", root.pk)
    kept = (
        Settlement.objects.filter(
            period__root=root, period__month=month.first, period__state__in=FROZEN, sheet__isnull=False
        )
        .select_related("sheet")
        .first()
    )
    if kept is not None and kept.sheet is not None:
        return kept.sheet.name, content_of(kept.sheet)
    content = sheet_content(root, month, printed_by=actor, printed_at=printed_at)
    return sheet_name(content), draw(content)


def _frozen(root: Unit, month: Month) -> Settlement | None:
    """The settlement of a locked month, under a row lock so that two exports keep one file."""
    row = (
        Settlement.objects.select_for_update(of=("self",))
        .filter(period__root=root, period__month=month.first)
        .select_related("period", "sheet")
        .first()
    )
    return row if row is not None and row.period.is_frozen else None


def sheet_name(content: Content) -> str:
    """``202610_绩效奖金发放表_运营管理中心_v1.xlsx``."""
    return file_name(f"{content.month.first:%Y%m}_绩效奖金发放表_{content.company}_v{content.revision}")
