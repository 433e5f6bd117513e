"""Who may do what where: roles are given on a unit and reach its subtree.

A person's own role holds on their own unit; grants add roles on other units, between two dates.
Superusers reach everything, but separation of duties is checked inside the acts, not here.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db.models import FilteredRelation, Q
from django.utils import timezone

from core.access import Access
from core.exceptions import NotAllowed

if TYPE_CHECKING:
    from core.models import User

# Acts and the roles that carry them.  One table, so that "who may" is read in one place.
ACTS: dict[str, frozenset[str]] = {
    "log.verify": frozenset({"leader", "manager", "director"}),
    "facts.import": frozenset({"manager", "director", "hr", "finance", "admin"}),
    "rating.enter": frozenset({"leader", "manager", "director", "hr"}),
    "points.approve": frozenset({"manager", "director"}),
    "campaign.plan": frozenset({"leader", "manager", "director"}),
    "campaign.approve": frozenset({"manager", "director"}),
    "finding.propose": frozenset({"leader", "manager", "director", "hr"}),
    "finding.confirm": frozenset({"manager", "director"}),
    "manuscript.accept": frozenset({"manager", "director"}),
    "manuscript.screen": frozenset({"manager", "director"}),
    "manuscript.link": frozenset({"manager", "director"}),
    "fund.enter": frozenset({"finance"}),
    "fund.request": frozenset({"leader", "manager", "director", "hr", "finance"}),
    "fund.approve": frozenset({"director", "finance"}),
    "roles.grant": frozenset({"hr", "admin"}),
    "rules.edit": frozenset({"manager", "director", "hr", "admin"}),
    "month.roll_up": frozenset({"manager", "director", "finance", "hr", "admin"}),
    "month.review": frozenset({"manager", "hr"}),
    "month.publish": frozenset({"manager", "hr"}),
    "month.approve": frozenset({"director"}),
    "month.lock": frozenset({"finance", "director"}),
    "month.pay": frozenset({"finance"}),
    "payment.make": frozenset({"finance"}),
    "payment.confirm": frozenset({"finance", "director"}),
    "bank_account.edit": frozenset({"finance"}),
    "month.export": frozenset({"finance", "director", "auditor"}),
    "adjustment.propose": frozenset({"manager", "hr", "finance"}),
    "adjustment.approve": frozenset({"director", "finance"}),
    "money.read": frozenset({"director", "finance", "auditor"}),
    "jobs.read": frozenset({"admin"}),
    "reminders.edit": frozenset({"manager", "admin"}),
    "webhooks.edit": frozenset({"finance", "admin"}),
    "audit.read": frozenset({"auditor", "director", "admin"}),
}


@dataclass(frozen=True)
class Reach:
    """What one person reaches.  ``units``: units (with everything below) in which they have more than
    ``staff``;
    ``roots``: organisations they belong to; ``whole_roots``: those they are responsible for as a whole.
    """

    everything: bool = False
    staff_id: int | None = None
    units: frozenset[int] = frozenset()
    roots: frozenset[int] = frozenset()
    whole_roots: frozenset[int] = frozenset()
    roles: dict[str, frozenset[int]] = field(default_factory=dict)

    def units_for(self, act: str) -> frozenset[int]:
        """The units on which the person may do ``act``."""
        return frozenset().union(*(self.roles.get(role, frozenset()) for role in ACTS[act]))

    def allows(self, act: str, unit_id: int | None = None) -> bool:
        """Whether the person may do ``act`` on the unit (anywhere, when no unit is given)."""
        if self.everything:
            return True
        units = self.units_for(act)
        return bool(units) if unit_id is None else unit_id in units


def _subtree(children: dict[int | None, list[int]], top: int) -> set[int]:
    found, queue = {top}, [top]
    while queue:
        for child in children.get(queue.pop(), ()):
            if child not in found:
                found.add(child)
                queue.append(child)
    return found


def reach_of(user: "User | None") -> Reach:
    """The person's reach, read once per user object: two queries, whatever the size of the tree."""
    from departments.models import Staff, Unit

    if user is None or not user.is_authenticated or not user.is_active:
        return Reach()
    if user.is_superuser:
        return Reach(everything=True)
    known: Reach | None = getattr(user, "_reach", None)
    if known is not None:
        return known
    today = timezone.localdate()
    # A row for each grant that holds today, or one with none: a log-in belongs to one person.
    holding = (Q(grants__start=None) | Q(grants__start__lte=today)) & (
        Q(grants__end=None) | Q(grants__end__gte=today)
    )
    rows = list(
        Staff.objects.filter(user_id=user.pk)
        .annotate(given=FilteredRelation("grants", condition=holding))
        .order_by("given__role")
        .values_list("pk", "role", "unit_id", "root_id", "left", "given__role", "given__unit_id")
    )
    if not rows:
        return Reach()
    staff_id, own_role, own_unit, own_root, left = rows[0][:5]
    given = [(own_role, own_unit)] if left is None or left >= today else []
    given += [(role, unit_id) for *_person, role, unit_id in rows if role is not None]
    children: dict[int | None, list[int]] = defaultdict(list)
    root_of: dict[int, int | None] = {}
    for pk, parent_id, root_id in Unit.objects.without_tree_fields().values_list(
        "pk", "parent_id", "root_id"
    ):
        children[parent_id].append(pk)
        root_of[pk] = root_id
    roles: dict[str, set[int]] = defaultdict(set)
    for role, unit_id in given:
        roles[role] |= _subtree(children, unit_id)
    units = set().union(*(reached for role, reached in roles.items() if role != "staff"))
    reach = Reach(
        staff_id=staff_id,
        units=frozenset(units),
        roots=frozenset({own_root} | {root for unit in units if (root := root_of.get(unit))}),
        whole_roots=frozenset(unit for unit in units if root_of.get(unit) == unit),
        roles={role: frozenset(reached) for role, reached in roles.items()},
    )
    user._reach = reach  # type: ignore[attr-defined]
    return reach


def require(user: "User | None", act: str, unit_ids: int | Iterable[int]) -> None:
    """Raise ``NotAllowed`` unless the person may do ``act`` on every one of the units.

    ``None`` is the system.
    """
    if user is None:
        return
    reach = reach_of(user)
    wanted = [unit_ids] if isinstance(unit_ids, int) else list(unit_ids)
    if not all(reach.allows(act, unit_id) for unit_id in wanted):
        raise NotAllowed(act)


def _is_member(user: "User") -> bool:
    reach = reach_of(user)
    return reach.everything or bool(reach.roots)


def _leads(user: "User") -> bool:
    reach = reach_of(user)
    return reach.everything or bool(reach.units)


#: belongs to an organisation
MEMBER = Access("member", _is_member)
#: has more than ``staff`` on some unit
LEADING = Access("leading", _leads)


def may(act: str) -> Access:
    """Those who may do ``act`` on some unit."""
    if act not in ACTS:
        raise KeyError(f"no act is named {act!r}")
    return Access(act, lambda user: reach_of(user).allows(act))


def may_of_whole(act: str) -> Access:
    """Those who may do ``act`` on a whole organisation."""
    if act not in ACTS:
        raise KeyError(f"no act is named {act!r}")

    def allows(user: "User") -> bool:
        reach = reach_of(user)
        return reach.everything or bool(reach.units_for(act) & reach.whole_roots)

    return Access(f"{act} of a whole organisation", allows)
