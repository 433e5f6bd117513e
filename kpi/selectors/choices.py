"""What the forms and filters of the daily log offer."""

from collections.abc import Collection
from typing import Any

from django.db.models import QuerySet

from core.exceptions import NotVisible
from core.models import User
from departments.models import Activity, Duty, Staff, Unit
from departments.permissions import reach_of
from kpi.models import LogEntry, Platform, QuotaRule
from kpi.selectors.verification import UnitOption, as_tree


def person_named(user: User, staff_no: str) -> Staff:
    """The person with a number, without one oneself.  Raises ``NotVisible``."""
    people = Staff.objects.select_related("unit", "root")
    found = people.filter(staff_no=staff_no).first() if staff_no else people.filter(user=user).first()
    if found is None:
        raise NotVisible("staff")
    return found


def platforms_offered(request: Any = None) -> "QuerySet[Platform]":
    return Platform.objects.order_by("name")


def platform_choices() -> list[tuple[str, str]]:
    """Code and name of every platform, by name: one query."""
    return list(platforms_offered().values_list("code", "name"))


def units_read(user: User) -> list[UnitOption]:
    """The units whose people's rows a person reads, as a tree: one query, none for staff."""
    reach = reach_of(user)
    units: Any = Unit.objects.without_tree_fields().visible_to(user)
    if not reach.everything:
        if not reach.units:
            return []
        units = units.filter(pk__in=reach.units)
    return as_tree(units.values_list("pk", "code", "name", "parent_id"))


def rules_offered(user: User) -> list[tuple[str, str]]:
    """Code and name of the quota rules of the person's organisations, by name: one query."""
    reach = reach_of(user)
    rows: Any = QuotaRule.objects.order_by("valid_from")
    if not reach.everything:
        rows = rows.filter(unit__root_id__in=reach.roots)
    # The latest version gives the name.
    return sorted(dict(rows.values_list("code", "name")).items(), key=lambda pair: pair[1])


def activities_offered() -> list[tuple[str, str]]:
    """Code and name of every activity, by name."""
    return sorted(Activity.objects.values_list("code", "name"), key=lambda pair: pair[1])


def colleagues(root_id: int | None, numbers: Collection[str]) -> dict[str, Staff]:
    """The people of an organisation with these numbers, by number."""
    return {row.staff_no: row for row in Staff.objects.filter(staff_no__in=numbers, root=root_id)}


def duty_with(pk: int) -> Duty:
    """Raises ``NotVisible`` when there is none."""
    found = Duty.objects.select_related("unit").filter(pk=pk).first()
    if found is None:
        raise NotVisible("duty")
    return found


def counted_by(rows: "QuerySet[LogEntry]", code: str) -> "QuerySet[LogEntry]":
    """The rows that the latest version of a quota rule counts."""
    rule = QuotaRule.objects.filter(code=code).order_by("-valid_from").first()
    if rule is None:
        return rows.none()
    return rows.filter(activity__in=rule.activities, platform__code__in=rule.platforms)
