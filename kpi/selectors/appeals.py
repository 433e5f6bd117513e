"""Reads of appeals: what of a month a person may dispute, until when, and who may decide.

An app further right adds kinds of lines with ``subjects.register``: findings and payouts are of REWARD.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Case, QuerySet, Value, When
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core import registry
from core.exceptions import NotVisible
from core.months import Month
from core.registry import Registry
from core.templatetags.ui import number
from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import work_calendar
from kpi.calculations.appeals import window_end
from kpi.models import (
    Appeal,
    AppealState,
    LogCheck,
    LogEntry,
    LogStatus,
    PointState,
    Rating,
    SchemeItem,
    Score,
    ScorePoint,
)

if TYPE_CHECKING:
    from core.models import User

#: how a bonus is named among the payouts that wait
BONUS = "bonus"


@dataclass(frozen=True)
class AppealLine:
    """One line of a person's month, in words of no language, for its title is kept with the appeal.

    ``holds`` names the payouts that wait while it is disputed.
    """

    kind: str
    reference: str
    title: str
    detail: str = ""
    holds: tuple[str, ...] = ()


@dataclass(frozen=True)
class SubjectKind:
    """A kind of line that can be disputed.

    ``act``: the right to decide, on the person's unit.  ``lines``: the person's lines of a month.
    ``made_by``: whether somebody made the disputed entry, so that they cannot decide about it.
    """

    name: str
    label: str | Promise
    act: str
    lines: Callable[[Staff, Month], list[AppealLine]]
    made_by: Callable[[Appeal, "User", Staff | None], bool]


subjects: "Registry[SubjectKind]" = Registry("kind of appeal")


@dataclass(frozen=True)
class Window:
    """When a person may object to a month.  ``published`` and ``end`` are empty before it is published."""

    published: date | None
    end: date | None
    days: int
    today: date

    @property
    def is_open(self) -> bool:
        return self.end is not None and self.today <= self.end

    @property
    def is_over(self) -> bool:
        return self.end is not None and self.today > self.end


def appeal_window(staff: Staff, month: Month) -> Window:
    """The window of a person's month; its length is that of their scheme, else the declared default.

    Rule: KQ-24, calculation.md §2: working days after publishing.
    """
    days = (
        Score.objects.filter(staff=staff, month=month.first)
        .values_list("scheme__appeal_days", flat=True)
        .first()
    )
    return window_of(staff.root_id, month, days)


def window_of(root_id: int, month: Month, days: int | None) -> Window:
    """The window of a month of an organisation; ``days``: working days, ``None`` the declared default."""
    published: datetime | None = registry.providers["month_published"](root_id, month)
    if days is None:
        columns = registry.tables["schemes"].columns
        days = next(column.default for column in columns if column.field_name == "appeal_days")
    today = timezone.localdate()
    if published is None:
        return Window(None, None, days, today)
    on = timezone.localdate(published)
    return Window(on, window_end(on, days, work_calendar()), days, today)


def appeal_lines(staff: Staff, month: Month) -> list[tuple[SubjectKind, list[AppealLine]]]:
    """What the person may dispute, by kind; kinds without a line are left out."""
    found = [(kind, kind.lines(staff, month)) for kind in subjects.values()]
    return [(kind, lines) for kind, lines in found if lines]


def appeal_line(staff: Staff, month: Month, kind: str, reference: str) -> AppealLine:
    """One line.  Raises ``NotVisible`` for a line the person does not have."""
    known = subjects.get(kind)
    lines = known.lines(staff, month) if known else []
    found = next((line for line in lines if line.reference == reference), None)
    if found is None:
        raise NotVisible("line")
    return found


def may_decide(appeal: Appeal, user: "User") -> bool:
    """Whether the person has the right, is somebody else, and did not make the disputed entry."""
    kind = subjects.get(appeal.kind)
    decider = Staff.objects.filter(user=user).first()
    return (
        kind is not None
        and decider is not None
        and decider.pk != appeal.staff_id
        and reach_of(user).allows(kind.act, appeal.staff.unit_id)
        and not kind.made_by(appeal, user, decider)
    )


def appeals_visible(user: "User") -> "QuerySet[Appeal]":
    """The appeals the person sees; those that wait come first, the oldest on top."""
    rows: QuerySet[Appeal] = Appeal.objects.visible_to(user).select_related("staff__unit")
    waiting = Case(When(state=AppealState.OPEN, then=Value(0)), default=Value(1))
    return rows.order_by(waiting, "created_at", "pk")


def appeal_of(user: "User", pk: int) -> Appeal:
    """One appeal.  Raises ``NotVisible`` for one out of reach."""
    found = Appeal.objects.visible_to(user).select_related("staff__unit", "decided_by").filter(pk=pk).first()
    if found is None:
        raise NotVisible("appeal")
    return found


def appeals_against(staff: Staff, month: Month) -> dict[tuple[str, str], Appeal]:
    """What the person has objected to already: (kind, reference) → appeal."""
    rows = Appeal.objects.filter(staff=staff, month=month.first)
    return {(row.kind, row.reference): row for row in rows}


def own_windows(user: "User") -> list[tuple[Month, Window]]:
    """The person's last published month and the one before, with the time to object to each."""
    staff = Staff.objects.filter(user=user).first()
    if staff is None:
        return []
    months = Score.objects.filter(staff=staff).order_by("-month").values_list("month", flat=True)[:2]
    found = [(Month.of(month), appeal_window(staff, Month.of(month))) for month in months]
    return [(month, window) for month, window in found if window.published]


# --- the lines of MEASURE ----------------------------------------------------------------------------


def _item_lines(staff: Staff, month: Month) -> list[AppealLine]:
    score = Score.objects.filter(staff=staff, month=month.first).first()
    if score is None:
        return []
    names = dict(SchemeItem.objects.filter(scheme=score.scheme_id).values_list("code", "name"))
    return [
        AppealLine(
            "item",
            item["code"],
            names.get(item["code"], item["code"]),
            f"{item['score'] or '—'} / {item['weight']}",
            (BONUS,),
        )
        for item in score.items
        if item["applicable"]
    ]


def _item_made_by(appeal: Appeal, user: "User", staff: Staff | None) -> bool:
    rated = Rating.objects.filter(staff=appeal.staff_id, month=appeal.month, item_code=appeal.reference)
    return staff is not None and rated.filter(rated_by=staff).exists()


def _point_lines(staff: Staff, month: Month) -> list[AppealLine]:
    rows = ScorePoint.objects.filter(staff=staff, month=month.first).order_by("kind", "code")
    return [
        AppealLine(
            "points",
            row.code,
            f"{row.get_kind_display()} {number(row.points) if row.points else ''}".strip(),
            row.reason,
            (BONUS,),
        )
        for row in rows
        if row.state == PointState.APPROVED
    ]


def _point_made_by(appeal: Appeal, user: "User", staff: Staff | None) -> bool:
    names = {user.get_username()} | ({staff.staff_no, staff.name} if staff else set())
    row = ScorePoint.objects.filter(staff=appeal.staff_id, month=appeal.month, code=appeal.reference).first()
    return row is not None and bool(names & {row.proposed_by, row.approved_by})


def _log_lines(staff: Staff, month: Month) -> list[AppealLine]:
    rows = (
        LogEntry.objects.filter(staff=staff, date__range=(month.first, month.last), status=LogStatus.REJECTED)
        .select_related("platform")
        .order_by("date", "pk")
    )
    return [
        AppealLine(
            "log",
            row.row_key,
            f"{row.date.isoformat()} {row.platform.name} {row.activity} × {row.count}",
            row.note,
            (BONUS,),
        )
        for row in rows
    ]


def _log_made_by(appeal: Appeal, user: "User", staff: Staff | None) -> bool:
    """Whether the user made the last decision on the row."""
    checks = LogCheck.objects.filter(entry__row_key=appeal.reference).order_by("-number")
    return checks.values_list("by_id", flat=True).first() == user.pk


for _kind in (
    SubjectKind("item", gettext_lazy("an item of the score"), "rating.enter", _item_lines, _item_made_by),
    SubjectKind("points", gettext_lazy("points"), "points.approve", _point_lines, _point_made_by),
    SubjectKind("log", gettext_lazy("a rejected log row"), "rating.enter", _log_lines, _log_made_by),
):
    subjects.register(_kind.name, _kind)
