"""Hands out the incentive sheet of a month as a workbook."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.models import User
from core.months import Month
from core.spreadsheets.writer import file_name
from departments.models import Unit
from departments.permissions import require
from incentives.sheet.content import Content
from incentives.sheet.selectors import sheet_content
from incentives.sheet.workbook import draw

EXPORTED = audit.register_action("month.export", _("incentive sheet exported"))


def incentive_sheet(
    root: Unit, month: Month, *, actor: User | None = None, printed_at: datetime
) -> tuple[str, bytes]:
    """(file name, workbook) of a month's sheet, from its stored results; ``None`` is the system.

    Before lock ``printed_at`` decides the bytes, after it the moment of the lock.  Raises ``NotAllowed``,
    ``RuleViolation`` for a unit that is no root or a month that is not computed, and ``Conflict`` when the
    month is rolled up at the same time.  Rule: HT-29, interfaces.md §5.
    """
    require(actor, "month.export", root.pk)
    content = sheet_content(root, month, printed_by=actor, printed_at=printed_at)
    name, data = sheet_name(content), draw(content)
    with transaction.atomic():
        audit.record(
            actor=actor,
            action=EXPORTED,
            target=root,
            change={
                "month": str(month),
                "revision": content.revision,
                "trial": content.trial,
                "file": name,
                "sha256": hashlib.sha256(data).hexdigest(),
            },
        )
    return name, data


def sheet_name(content: Content) -> str:
    """``202610_绩效奖金发放表_运营管理中心_v1.xlsx``."""
    return file_name(f"{content.month.first:%Y%m}_绩效奖金发放表_{content.company}_v{content.revision}")
