"""The job that rolls a month up."""

from django.db import transaction

from core import jobs
from core.job_context import JobContext
from core.months import Month
from departments.models import Unit
from incentives.services.roll_up import month_roll_up, settlement_of

ROLL_UP = "roll_up"


def roll_up(context: JobContext) -> None:
    """Roll up ``month``;
    without ``unit`` one job for each organisation, so that workers share no transaction.
    """
    month = Month.parse(context.arguments["month"])
    roots = Unit.objects.filter(parent__isnull=True).order_by("code")
    code = context.arguments.get("unit")
    with transaction.atomic():
        if code:
            root = roots.get(code=code)
            month_roll_up(actor=context.requested_by, root=root, month=month, progress=context.progress)
            context.finish({"digest": settlement_of(root, month).digest})
            return
        asked = [
            jobs.enqueue(
                ROLL_UP,
                arguments={"month": str(month), "unit": root.code},
                dedupe_key=f"{ROLL_UP}:{month}:{root.code}",
                requested_by=context.requested_by,
            ).pk
            for root in roots
        ]
        context.finish({"jobs": asked})
