"""Rows of MEASURE as one person may read them, with what a list of them shows: one query each."""

from typing import TYPE_CHECKING, Any

from django.db.models import BooleanField, Case, Q, QuerySet, Value, When
from django.utils import timezone

from core.exceptions import NotVisible
from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import unit_tree
from kpi.models import Attainment, LogEntry, QuotaRule, Score

if TYPE_CHECKING:
    from core.models import User


def logs_readable(user: "User") -> "QuerySet[LogEntry]":
    rows: QuerySet[LogEntry] = LogEntry.objects.visible_to(user).select_related(
        "staff", "platform", "partner", "supersedes", "duty"
    )
    return rows


def person_readable(user: "User", staff_no: str) -> Staff:
    """Oneself or somebody one is responsible for.  Raises ``NotVisible``."""
    person: Staff | None = Staff.objects.visible_to(user).filter(staff_no=staff_no).first()
    if person is None:
        raise NotVisible("person")
    return person


def quotas_readable(user: "User") -> "QuerySet[QuotaRule]":
    """The rules of the units a person belongs to or answers for, and, as rules hold downwards, of those above
    them: what the pages of rules show.
    """
    reach = reach_of(user)
    rows = QuotaRule.objects.select_related("unit", "document")
    if reach.everything:
        return rows
    tree = unit_tree(timezone.localdate())
    units = {unit for reached in reach.roles.values() for unit in reached if unit in tree.parents}
    return rows.filter(unit_id__in={above for unit in units for above in tree.path(unit)})


def attainment_readable(user: "User") -> "QuerySet[Attainment]":
    rows: QuerySet[Attainment] = Attainment.objects.visible_to(user).select_related("staff", "rule")
    return rows


def amounts_of_people(user: "User") -> Q:
    """The rows of people whose amounts one reads: one's own, and by right those of a unit's people."""
    reach = reach_of(user)
    if reach.everything:
        return Q(staff__isnull=False)
    return Q(staff__unit_id__in=reach.units_for("money.read")) | Q(staff_id=reach.staff_id)


def scores_readable(user: "User") -> "QuerySet[Score]":
    """Scores; ``amounts_shown`` says whether the person may know the bonus."""
    rows: Any = Score.objects.visible_to(user).select_related("staff", "unit", "scheme")
    found: QuerySet[Score] = rows.annotate(
        amounts_shown=Case(
            When(amounts_of_people(user), then=Value(True)),
            default=Value(False),
            output_field=BooleanField(),
        )
    )
    return found
