"""Asking for the computation of a month."""

from django.utils.translation import gettext_lazy as _

from core import jobs
from core.exceptions import Conflict, NotAllowed
from core.models import Job
from incentives.jobs import ROLL_UP
from opscenter.dashboards.acts import may_roll_up
from opscenter.dashboards.scope import MonthScope


def roll_up_request(scope: MonthScope) -> Job:
    """Ask for the month to be computed; a job that waits or runs already is returned.

    Raises ``NotAllowed`` without the right, ``Conflict`` for a locked month.
    """
    if scope.reach.allows("month.roll_up", scope.root.pk) and not scope.provisional:
        raise Conflict(
            "month_locked", _("The month is locked; what came late is booked in the next open month.")
        )
    if not may_roll_up(scope):
        raise NotAllowed("month.roll_up")
    return jobs.enqueue(
        ROLL_UP,
        arguments={"month": str(scope.month), "unit": scope.root.code},
        dedupe_key=f"{ROLL_UP}:{scope.month}:{scope.root.code}",
        requested_by=scope.user,
    )
