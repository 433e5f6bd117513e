"""Two settlements side by side: whose money moved, how far, and why in words."""

from collections.abc import Collection
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q, Sum

from core.money import ZERO
from core.months import Month
from departments.models import Staff, Unit
from incentives.models import Payout
from opscenter.explain.figures import MonthFigures, people_figures
from opscenter.explain.reasons import CampaignFigures, Figures, campaign_reasons, person_reasons

NOTHING = Figures()


@dataclass(frozen=True)
class Mover:
    """A person whose money changed; amounts in yuan, ``reasons`` as sentences."""

    staff: Staff
    before: Decimal
    after: Decimal
    change: Decimal
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class CampaignMover:
    """A campaign of one or both settlements, and why its uplift or pool changed."""

    code: str
    name: str
    before: CampaignFigures | None
    after: CampaignFigures | None
    reasons: list[str]

    @property
    def change(self) -> Decimal:
        return _pool(self.after) - _pool(self.before)

    @property
    def pool_before(self) -> Decimal | None:
        return self.before.pool if self.before else None

    @property
    def pool_after(self) -> Decimal | None:
        return self.after.pool if self.after else None


@dataclass(frozen=True)
class Amounts:
    """What a person (id) gets in two months."""

    staff_id: int
    before: Decimal
    after: Decimal

    @property
    def change(self) -> Decimal:
        return self.after - self.before


def movers(root: Unit, month_a: Month, month_b: Month, limit: int) -> list[Mover]:
    """The people whose money changed most from ``month_a`` to ``month_b``, largest change first.

    For those who read the money of the whole organisation.  Nine queries, whatever the size.
    """
    return with_reasons(root.pk, month_a, month_b, changed_amounts(root.pk, month_a, month_b)[:limit])


def changed_amounts(root_id: int, month_a: Month, month_b: Month, among: Q | None = None) -> list[Amounts]:
    """Everybody whose sum differs, largest change first; one query.  ``among`` limits the payouts."""
    rows = (
        Payout.objects.filter(among or Q(), root_id=root_id, month__in=[month_a.first, month_b.first])
        .order_by()
        .values("staff_id")
        .annotate(
            before=Sum("amount", filter=Q(month=month_a.first)),
            after=Sum("amount", filter=Q(month=month_b.first)),
        )
    )
    found = [Amounts(row["staff_id"], row["before"] or ZERO, row["after"] or ZERO) for row in rows]
    return sorted(
        (one for one in found if one.change), key=lambda one: (-abs(one.change), one.change, one.staff_id)
    )


def with_reasons(root_id: int, month_a: Month, month_b: Month, rows: Collection[Amounts]) -> list[Mover]:
    """The rows with the people and the reasons: seven queries for any number of them."""
    ids = [one.staff_id for one in rows]
    if not ids:
        return []
    staff = {one.pk: one for one in Staff.objects.filter(pk__in=ids).select_related("unit")}
    before, after = people_figures(root_id, month_a, ids), people_figures(root_id, month_b, ids)
    return [
        Mover(
            staff[one.staff_id],
            one.before,
            one.after,
            one.change,
            person_reasons(
                before.get(staff[one.staff_id].staff_no, NOTHING),
                after.get(staff[one.staff_id].staff_no, NOTHING),
            ),
        )
        for one in rows
    ]


@dataclass(frozen=True)
class Moved:
    """What somebody (staff number) gets in two sets of figures; plain, so that it can be kept."""

    who: str
    before: Figures
    after: Figures

    @property
    def change(self) -> Decimal:
        return self.after.amount - self.before.amount


@dataclass(frozen=True)
class MovedCampaign:
    """A campaign in two sets of figures."""

    before: CampaignFigures | None
    after: CampaignFigures | None


def people_moved(before: MonthFigures, after: MonthFigures) -> list[Moved]:
    """Everybody whose money differs between two sets of figures, the largest change first."""
    rows = [
        Moved(who, before.people.get(who, NOTHING), after.people.get(who, NOTHING))
        for who in {*before.people, *after.people}
    ]
    return sorted((row for row in rows if row.change), key=lambda row: (-abs(row.change), row.who))


def movers_of(rows: Collection[Moved]) -> list[Mover]:
    """The rows with the people and the reasons, in the reader's language; one query."""
    numbers = [row.who for row in rows]
    people = {one.staff_no: one for one in Staff.objects.filter(staff_no__in=numbers).select_related("unit")}
    return [
        Mover(
            people[row.who],
            row.before.amount,
            row.after.amount,
            row.change,
            person_reasons(row.before, row.after),
        )
        for row in rows
        if row.who in people
    ]


def campaigns_moved(
    before: dict[str, CampaignFigures], after: dict[str, CampaignFigures]
) -> list[MovedCampaign]:
    """The campaigns of either side that differ."""
    return [
        MovedCampaign(before.get(code), after.get(code))
        for code in sorted({*before, *after})
        if before.get(code) != after.get(code)
    ]


def campaign_movers(rows: Collection[MovedCampaign]) -> list[CampaignMover]:
    """The rows with the reasons, in the reader's language; the largest change of the pool first."""
    found = []
    for row in rows:
        one = row.after or row.before
        if one is not None:
            reasons = campaign_reasons(row.before, row.after)
            found.append(CampaignMover(one.code, one.name, row.before, row.after, reasons))
    return sorted(found, key=lambda one: (-abs(one.change), one.code))


def _pool(figures: CampaignFigures | None) -> Decimal:
    return ZERO if figures is None or figures.pool is None else figures.pool
