"""People of a month: attainment by person and rule, and scores, one page of people at a time."""

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from core.money import fraction, round_rate
from departments.models import Staff
from incentives.models import Payout
from kpi.models import Attainment, QuotaRule, Score
from opscenter.dashboards import wording
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import score_names

PAGE_SIZE = 15
ORDERS = {
    "number": (F("staff_no").asc(),),
    "name": (F("name").asc(), F("staff_no").asc()),
    "best": (F("total").desc(nulls_last=True), F("staff_no").asc()),
    "worst": (F("total").asc(nulls_last=True), F("staff_no").asc()),
}
#: From which rate on a cell is coloured how; for the eye only, no rule follows from it.
TONES = ((Decimal(1), "full"), (Decimal("0.8"), "near"), (Decimal("0.6"), "low"))


def rate_tone(rate: Decimal | None) -> str:
    if rate is None:
        return "none"
    return next((tone for bound, tone in TONES if rate >= bound), "far")


@dataclass(frozen=True)
class PeopleFilter:
    """What the reader typed: text, only those with missing data, the order, the page."""

    text: str = ""
    missing: bool = False
    order: str = "number"
    page: str = "1"


@dataclass(frozen=True)
class ItemShown:
    """An assessment item of a score: its name, rate and points."""

    name: str
    weight: Decimal
    rate: Decimal | None
    score: Decimal | None
    applicable: bool


@dataclass(frozen=True)
class PersonLine:
    """A person of the page.  ``cells`` stand in the order of the board's rules."""

    staff: Staff
    cells: list[Attainment | None]
    mean: Decimal | None
    score: Score | None
    items: list[ItemShown]
    lacks: list[str]
    shows_bonus: bool

    @property
    def has_cells(self) -> bool:
        return any(self.cells)

    @property
    def shown(self) -> list[tuple[Attainment | None, str]]:
        return [(cell, rate_tone(cell.rate if cell else None)) for cell in self.cells]


@dataclass(frozen=True)
class PeopleBoard:
    """One page of people with the rules that hold for some of them."""

    page: Page[Staff]
    rules: list[QuotaRule]
    lines: list[PersonLine]
    filter: PeopleFilter

    @property
    def alone(self) -> PersonLine | None:
        """The only person there is, shown as a list of rules instead of a table of people."""
        return self.lines[0] if self.page.paginator.count == 1 else None


def people_of_month(scope: MonthScope, wanted: PeopleFilter) -> "QuerySet[Staff]":
    """The visible people with a line in the month; each annotated with ``total``, their score."""
    here = {"root": scope.root.pk, "month": scope.month.first}
    scores = Score.objects.filter(staff=OuterRef("pk"), **here)
    # Sets that the database makes once: asked for each person, SQLite reads the month again and again.
    in_month = (
        Q(pk__in=Attainment.objects.filter(**here).order_by().values("staff"))
        | Q(pk__in=Score.objects.filter(**here).order_by().values("staff"))
        | Q(pk__in=Payout.objects.filter(**here).order_by().values("staff"))
    )
    people = (
        Staff.objects.visible_to(scope.user)
        .filter(in_month, root=scope.root)
        .annotate(total=Subquery(scores.values("total")[:1]))
        .select_related("unit")
    )
    if not scope.whole:
        people = people.filter(unit_id__in=scope.units)
    if wanted.text:
        people = people.filter(Q(name__icontains=wanted.text) | Q(staff_no__icontains=wanted.text))
    if wanted.missing:
        people = people.filter(Exists(scores.filter(status="missing")))
    found: QuerySet[Staff] = people.order_by(*ORDERS.get(wanted.order, ORDERS["number"]))
    return found


def people_board(scope: MonthScope, wanted: PeopleFilter) -> PeopleBoard:
    """One page of people: six queries, however many there are."""
    page = Paginator(people_of_month(scope, wanted), PAGE_SIZE).get_page(wanted.page)
    people = list(page.object_list)
    rows = list(
        Attainment.objects.visible_to(scope.user)
        .filter(staff__in=[one.pk for one in people], month=scope.month.first)
        .only("staff_id", "rule_id", "applicable", "target", "credited", "rate")
    )
    # Read apart: the same few rules stand in the row of everybody.
    held = QuotaRule.objects.filter(pk__in={row.rule_id for row in rows}).only("code", "name")
    by_key = {rule.pk: rule for rule in held.order_by("unit__code", "pk")}
    order = {key: place for place, key in enumerate(by_key)}
    rules: dict[str, QuotaRule] = {}
    for rule in by_key.values():
        rules.setdefault(rule.code, rule)
    cells: dict[tuple[int, str], Attainment] = {}
    rates: dict[int, list[Fraction]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: order[row.rule_id]):
        row.rule = by_key[row.rule_id]
        cells[row.staff_id, row.rule.code] = row
        if row.rate is not None:
            rates[row.staff_id].append(fraction(row.rate))
    scores = {
        row.staff_id: row
        for row in Score.objects.visible_to(scope.user)
        .filter(staff__in=[one.pk for one in people], month=scope.month.first)
        .select_related("scheme")
    }
    names, called = score_names(scores.values())
    lines = []
    for one in people:
        score = scores.get(one.pk)
        known = rates[one.pk]
        lines.append(
            PersonLine(
                staff=one,
                cells=[cells.get((one.pk, code)) for code in rules],
                mean=round_rate(sum(known, Fraction(0)) / len(known)) if known else None,
                score=score,
                items=[] if score is None else _items(score, names),
                lacks=[] if score is None else wording.lacks(score.missing, called),
                shows_bonus=scope.reads_amount_of(one),
            )
        )
    return PeopleBoard(page, list(rules.values()), lines, wanted)


def _items(score: Score, names: dict[tuple[int, str], str]) -> list[ItemShown]:
    return [
        ItemShown(
            name=names.get((score.scheme_id, item["code"]), item["code"]),
            weight=Decimal(item["weight"]),
            rate=exact(item["rate"]),
            score=exact(item["score"]),
            applicable=item["applicable"],
        )
        for item in score.items
    ]


def exact(text: Any) -> Decimal | None:
    """A figure of stored steps; an empty one is undefined."""
    return None if text in (None, "") else Decimal(str(text))
