"""What is open in a month, in as few queries as its list needs; nothing grows with the number of people."""

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, Sum

from campaigns.models import COUNTED_STATES, Campaign, Uplift
from core.models import AuditEvent
from departments.models import Period, Unit
from departments.models.periods import FROZEN
from incentives.models import Adjustment, Finding, FindingStatus, Manuscript, ManuscriptStatus, Payout
from kpi.models import Appeal, AppealState, LogEntry, LogStatus, Score, ScorePoint, ScoreStatus
from opscenter.dashboards.scope import MonthScope

#: acts that may change a fact, by the beginning of their name
FACTS = (
    "log.",
    "sample.concluded",
    "rating.",
    "points.",
    "finding.",
    "campaign.",
    "import.",
    "rule.activated",
)
#: so many of the latest acts are looked at
LATEST = 500


@dataclass(frozen=True)
class Open:
    """Counts of what is open in a month, and what is paid, read with one query."""

    findings: int
    appeals: int
    accepted: int
    adjustments: int
    points: int
    to_pay: Decimal | None
    payees: int
    not_closed_before: date | None
    not_closed: int


@dataclass(frozen=True)
class CampaignOpen:
    """A campaign of the month with what it lacks."""

    pk: int
    code: str
    name: str
    unit: int
    status: str
    summary: bool | None
    lacks: list[str] = field(default_factory=list)

    @property
    def counts(self) -> bool:
        """Whether somebody approved it."""
        return self.status in COUNTED_STATES


def _one(rows: "QuerySet[Any]", value: Any) -> Subquery:
    """A figure over the rows of an organisation, as a column."""
    found = rows.order_by().values("root").annotate(figure=value).values("figure")
    return Subquery(found)


def read_open(scope: MonthScope) -> Open:
    """One query, whatever the number of rows."""
    month = scope.month
    here = {"root": OuterRef("pk"), "month": month.first}
    earlier = Period.objects.filter(root=OuterRef("pk"), month__lt=month.first).exclude(state__in=FROZEN)
    row = (
        Unit.objects.without_tree_fields()
        .filter(pk=scope.root.pk)
        .values(
            findings=_one(
                Finding.objects.filter(
                    root=OuterRef("pk"),
                    status=FindingStatus.PROPOSED,
                    acts_from__lte=month.last,
                    acts_to__gte=month.first,
                ),
                Count("pk"),
            ),
            appeals=_one(Appeal.objects.filter(**here, state=AppealState.OPEN), Count("pk")),
            accepted=_one(
                Manuscript.objects.filter(root=OuterRef("pk"), status=ManuscriptStatus.ACCEPTED), Count("pk")
            ),
            adjustments=_one(Adjustment.objects.filter(**here, approved_by__isnull=True), Count("pk")),
            points=_one(ScorePoint.objects.filter(**here, approved_by="", refused_by=""), Count("pk")),
            to_pay=_one(Payout.objects.filter(**here), Sum("amount")),
            payees=_one(Payout.objects.filter(**here), Count("staff", distinct=True)),
            not_closed_before=Subquery(earlier.order_by("month").values("month")[:1]),
            not_closed=_one(earlier, Count("pk")),
        )
        .get()
    )
    return Open(
        findings=row["findings"] or 0,
        appeals=row["appeals"] or 0,
        accepted=row["accepted"] or 0,
        adjustments=row["adjustments"] or 0,
        points=row["points"] or 0,
        to_pay=row["to_pay"],
        payees=row["payees"] or 0,
        not_closed_before=row["not_closed_before"],
        not_closed=row["not_closed"] or 0,
    )


def read_campaigns(scope: MonthScope) -> list[CampaignOpen]:
    """Every campaign that ends in the month, drafts as well: one query."""
    result = Uplift.objects.filter(campaign=OuterRef("pk"), month=scope.month.first)
    rows = (
        Campaign.objects.visible_to(scope.user)
        .filter(root=scope.root, end__range=(scope.month.first, scope.month.last))
        .order_by("end", "code")
        .annotate(lacking=Subquery(result.values("missing")[:1]))
        .values_list("pk", "code", "name", "unit_id", "status", "summary", "lacking")
    )
    return [
        CampaignOpen(pk, code, name, unit, status, summary, list(lacking or ()))
        for pk, code, name, unit, status, summary, lacking in rows
    ]


def read_logs(scope: MonthScope) -> list[tuple[int, int]]:
    """(unit, rows of the month that nobody verified), most first: one query."""
    first, last = scope.month.first, scope.month.last
    rows = (
        LogEntry.objects.filter(
            root=scope.root, date__range=(first, last), status=LogStatus.SUBMITTED, count__gt=0
        )
        .order_by()
        .values_list("staff__unit_id")
        .annotate(rows=Count("pk"))
    )
    return sorted(rows, key=lambda row: (-row[1], row[0]))


def read_scores(scope: MonthScope) -> list[tuple[int, str, list[str]]]:
    """(unit, person, what lacks) of each score that is not settled: one query."""
    rows = Score.objects.filter(root=scope.root, month=scope.month.first, status=ScoreStatus.MISSING)
    return list(rows.order_by("staff__staff_no").values_list("unit_id", "staff__name", "missing"))


def changes_since(root_id: int, moment: datetime | None) -> int:
    """How many acts that may change facts people of the organisation took since a moment, among the latest
    acts: one query.  Whether a figure moved, only the dry run says.
    """
    if moment is None:
        return 0
    latest = AuditEvent.objects.order_by("-pk").values_list("action", "at", "actor__staff__root")[:LATEST]
    return sum(
        at > moment and action.startswith(FACTS) and root in (root_id, None) for action, at, root in latest
    )
