"""What the pages of a team have in common: unit and month of the request, what stands above the content."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from core.access import account
from core.exceptions import NotVisible
from core.months import Month
from kpi.selectors.team import TeamScope, team_scope
from opscenter.team.selectors import month_choices


def requested_scope(request: HttpRequest, *, running: bool = False) -> TeamScope:
    """``running``: always the running month.

    Raises ``NotVisible`` for a unit that the person does not lead and for what is no month that began."""
    today = timezone.localdate()
    asked = "" if running else request.GET.get("month", "")
    try:
        month = Month.parse(asked) if asked else Month.of(today)
    except ValueError as error:
        raise NotVisible("month") from error
    return team_scope(account(request), request.GET.get("unit", ""), month, today)


def frame(scope: TeamScope, here: str) -> dict[str, Any]:
    """What every page of a team shows around its content; ``here`` is its route."""
    months = month_choices(Month.of(scope.today))
    return {
        "scope": scope,
        "here": here,
        "span": f"first={scope.month.first}&last={scope.month.last}",
        "query": f"unit={scope.unit.code}&month={scope.month}",
        "months": months if scope.month in months else [*months, scope.month],
    }
