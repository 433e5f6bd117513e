"""The job that rolls a month up."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import jobs
from core.exceptions import RuleViolation
from core.job_context import JobContext
from core.months import Month
from departments.models import Unit
from incentives.services.roll_up import month_roll_up, settlement_of

ROLL_UP = "roll_up"


def roll_up(context: JobContext) -> None:
    """Roll up ``month``;
    without ``unit`` one job for each organisation, so that workers share no transaction.
    """
    try:
        month = Month.parse(str(context.arguments.get("month", "")))
    except ValueError:
        raise RuleViolation("no_month", _("A roll-up needs a month, written as 2018-11.")) from None
    roots = Unit.objects.filter(parent__isnull=True).order_by("code")
    code = context.arguments.get("unit")
    with transaction.atomic():
        if code:
            root = roots.filter(code=code).first()
            if root is None:
                raise RuleViolation("unknown_unit", _("There is no organisation “%(unit)s”."), unit=code)
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
