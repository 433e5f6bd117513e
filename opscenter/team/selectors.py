"""When the months of a team were last computed."""

from datetime import datetime

from core.months import Month
from departments.models import Period
from incentives.models import Settlement
from kpi.selectors.team import TeamScope


def computed_at(scope: TeamScope) -> datetime | None:
    """The moment of the month's last computation: one query."""
    return (
        Settlement.objects.filter(
            period__in=Period.objects.visible_to(scope.user),
            period__root_id=scope.root_id,
            period__month=scope.month.first,
            revision__gt=0,
        )
        .values_list("computed_at", flat=True)
        .first()
    )


def month_choices(today: Month, many: int = 13) -> list[Month]:
    """The running month and those before it, the latest first."""
    return [today.plus(-back) for back in range(many)]
