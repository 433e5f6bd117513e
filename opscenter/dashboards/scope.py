"""What one person looks at: an organisation, a month, a unit, and what of it they may see.

A missing object and a denied one answer alike: ``NotVisible``.
"""

from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from django.db.models import Q, QuerySet

from core.exceptions import NotVisible
from core.models import User
from core.months import Month
from departments.models import Period, Staff, Unit
from departments.permissions import Reach, reach_of
from departments.selectors import UnitTree, unit_tree
from incentives.models import Settlement


class Rows(Protocol):
    """A manager of rows that are asked for by ``visible_to``, the only door to them."""

    def visible_to(self, user: User) -> Any: ...


@dataclass(frozen=True)
class MonthScope:
    """A month of an organisation as one person sees it; ``unit`` is the part they chose, or the whole."""

    user: User
    reach: Reach
    month: Month
    root: Unit
    unit: Unit
    tree: UnitTree
    settlement: Settlement | None
    computed_months: tuple[Month, ...]

    @property
    def before(self) -> Month | None:
        """The computed month before this one."""
        return max((one for one in self.computed_months if one < self.month), default=None)

    @property
    def after(self) -> Month | None:
        """The computed month after this one."""
        return min((one for one in self.computed_months if one > self.month), default=None)

    @property
    def state(self) -> str:
        return self.settlement.period.state if self.settlement else "open"

    @property
    def computed(self) -> bool:
        return self.settlement is not None and self.settlement.revision > 0

    @property
    def provisional(self) -> bool:
        """Whether the figures may still change."""
        return self.settlement is None or not self.settlement.period.is_frozen

    @property
    def whole(self) -> bool:
        return self.unit.pk == self.root.pk

    @cached_property
    def units(self) -> frozenset[int]:
        """The chosen unit and everything below it, as the tree stood at the month's end."""
        return frozenset(self.tree.subtree(self.unit.pk))

    @property
    def sees_others(self) -> bool:
        """Whether the person sees more than their own lines."""
        return self.reach.everything or bool(self.reach.units)

    @property
    def sees_money(self) -> bool:
        """Whether the person reads pools, funds and everybody's amounts of the whole organisation."""
        return self.reach.allows("money.read", self.root.pk)

    @property
    def sees_amounts(self) -> bool:
        """Whether the person reads what somebody else is paid."""
        return self.reach.allows("money.read")

    def reads_amount_of(self, staff: Staff) -> bool:
        """Whether the person reads what this person is paid: their own, and by right on the person's unit."""
        return staff.pk == self.reach.staff_id or self.reach.allows("money.read", staff.unit_id)

    def amounts(self) -> Q:
        """The payouts the person reads, as a condition on rows that belong to a person."""
        if self.reach.everything:
            return Q()
        return Q(staff__unit_id__in=self.reach.units_for("money.read")) | Q(staff_id=self.reach.staff_id)

    def of_people(self, rows: Rows) -> "QuerySet[Any]":
        """The month's rows that belong to a person of the chosen unit, as far as they are visible."""
        chosen: QuerySet[Any] = rows.visible_to(self.user).filter(
            root_id=self.root.pk, month=self.month.first
        )
        return chosen if self.whole else chosen.filter(staff__unit_id__in=self.units)

    def of_campaigns(self, rows: Rows) -> "QuerySet[Any]":
        """The month's rows that belong to a campaign of the chosen unit, as far as they are visible."""
        chosen: QuerySet[Any] = rows.visible_to(self.user).filter(
            root_id=self.root.pk, month=self.month.first
        )
        return chosen if self.whole else chosen.filter(campaign__unit_id__in=self.units)


def periods_seen(user: User) -> "QuerySet[Settlement]":
    """Computed months of the organisations that the person belongs to."""
    seen = Period.objects.visible_to(user)
    return Settlement.objects.filter(period__in=seen, revision__gt=0)


def latest_month(user: User) -> Month | None:
    """The latest month with a result; for those of one organisation, its own."""
    found = periods_seen(user).order_by("-period__month").values_list("period__month", flat=True).first()
    return Month.of(found) if found else None


def month_scope(user: User, month: Month, unit_code: str = "") -> MonthScope:
    """The scope of a request.  Raises ``NotVisible`` for a unit outside the person's organisations."""
    reach = reach_of(user)
    units = Unit.objects.without_tree_fields().visible_to(user)
    unit = units.filter(code=unit_code).first() if unit_code else _own_root(user, reach, month)
    if unit is None:
        raise NotVisible("unit")
    root = unit if unit.root_id == unit.pk else units.get(pk=unit.root_id)
    # The frozen inputs and the result may be large, and no page shows them whole.
    settlements = {
        Month.of(row.period.month): row
        for row in Settlement.objects.select_related("period")
        .defer("result", "scope", "inputs")
        .filter(period__in=Period.objects.visible_to(user), period__root=root)
        .order_by("period__month")
    }
    computed = tuple(one for one, row in settlements.items() if row.revision > 0)
    return MonthScope(user, reach, month, root, unit, unit_tree(month.last), settlements.get(month), computed)


def _own_root(user: User, reach: Reach, month: Month) -> Unit | None:
    """The organisation to begin with: one's own, else the first one that has a result of the month."""
    roots = Unit.objects.without_tree_fields().visible_to(user).filter(parent__isnull=True).order_by("code")
    if reach.staff_id is not None:
        return roots.filter(pk__in=Staff.objects.filter(pk=reach.staff_id).values("root_id")).first()
    settled = roots.filter(periods__month=month.first, periods__settlement__revision__gt=0).first()
    return settled or roots.first()


@dataclass(frozen=True)
class UnitChoice:
    """A unit in the filter; ``depth`` 0 is an organisation."""

    code: str
    name: str
    depth: int
    chosen: bool

    @property
    def label(self) -> str:
        return "\u3000" * self.depth + self.name


def unit_choices(scope: MonthScope) -> list[UnitChoice]:
    """The units the person may choose, as a tree;
    only organisations for those who see their own lines only.
    """
    tree, found = scope.tree, []
    roots = sorted(
        (unit for unit, root in tree.roots.items() if unit == root),
        key=lambda unit: tree.codes[unit],
    )
    for top in roots:
        if not (scope.reach.everything or top in scope.reach.roots):
            continue
        stack = [(top, 0)]
        while stack:
            unit, depth = stack.pop()
            if depth == 0 or scope.reach.everything or unit in scope.reach.units:
                found.append(UnitChoice(tree.codes[unit], tree.names[unit], depth, unit == scope.unit.pk))
            below = sorted(tree.children.get(unit, ()), key=lambda one: tree.codes[one], reverse=True)
            if unit != top or top == scope.root.pk:
                stack += [(one, depth + 1) for one in below]
    return found
