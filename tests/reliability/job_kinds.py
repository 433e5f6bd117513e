"""Kinds of jobs that only tests ask for; a test worker includes this module."""

import time
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from core import audit, jobs
from core.job_context import JobContext
from core.models import CalendarDay

ACTED = audit.register_action("test.days", "days written")


@jobs.kind("test.days")
def write_days(context: JobContext) -> None:
    """Write some days, one by one, with their audit row and the mark, in one transaction."""
    number, pause_ms = context.arguments["number"], context.arguments.get("pause_ms", 0)
    with transaction.atomic():
        for index in range(number):
            CalendarDay.objects.create(date=date(2018, 11, 1) + timedelta(days=index), kind="workday")
            context.progress(index + 1, number)
            time.sleep(pause_ms / 1000)
        audit.record(actor=None, action=ACTED, change={"number": number})
        context.finish({"days": number})


@jobs.kind("test.torn")
def write_days_torn(context: JobContext) -> dict[str, Any]:
    """The same done wrongly: the audit row is committed before the rest."""
    audit.record(actor=None, action=ACTED, change={"number": 1})
    with transaction.atomic():
        CalendarDay.objects.create(date=date(2018, 11, 1), kind="workday")
        context.finish({"days": 1})
    return {}
