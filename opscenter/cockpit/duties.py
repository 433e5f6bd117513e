"""Whose turn it is: the people who hold the right to an act, nearest to the unit it is about.

Shown as a hint; the right itself is asked for where the act is done.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone

from departments.models import Grant, Staff
from departments.models.people import Role
from departments.permissions import ACTS
from departments.selectors import UnitTree

#: as many names are shown; the rest is a number
NAMES_SHOWN = 3


@dataclass(frozen=True)
class Holder:
    """A person with a role; ``user_id`` is empty for somebody without a log-in."""

    staff_no: str
    name: str
    user_id: int | None


@dataclass(frozen=True)
class Owners:
    """The people who can do something about it; ``more``: how many are not named."""

    people: tuple[Holder, ...]

    @property
    def named(self) -> tuple[Holder, ...]:
        return self.people[:NAMES_SHOWN]

    @property
    def more(self) -> int:
        return max(0, len(self.people) - NAMES_SHOWN)


class Duties:
    """Everybody with more than ``staff`` in an organisation, by unit and role: two queries."""

    def __init__(self, root_id: int, tree: UnitTree) -> None:
        self._tree = tree
        self._root_id = root_id
        today = timezone.localdate()
        people = Staff.objects.filter(Q(left__isnull=True) | Q(left__gte=today), root_id=root_id)
        own = people.exclude(role=Role.STAFF).values_list("unit_id", "role", "staff_no", "name", "user_id")
        given = (
            Grant.objects.filter(
                Q(start__isnull=True) | Q(start__lte=today), Q(end__isnull=True) | Q(end__gte=today)
            )
            .filter(Q(staff__left__isnull=True) | Q(staff__left__gte=today), unit__root_id=root_id)
            .values_list("unit_id", "role", "staff__staff_no", "staff__name", "staff__user_id")
        )
        self._held: dict[int, dict[str, list[Holder]]] = defaultdict(lambda: defaultdict(list))
        for unit, role, number, name, user in (*own, *given):
            self._held[unit][role].append(Holder(number, name, user))

    def of(self, act: str, unit: int | None = None, *, without: Iterable[int | None] = ()) -> Owners:
        """Who may do ``act`` on the unit (else on the whole): those of the nearest unit upward that has any.

        ``without``: users who took the step before and so may not take this one.
        """
        barred = set(without) - {None}
        path = self._tree.path(unit) if unit is not None else ()
        for above in path or (self._root_id,):
            found = {
                holder.staff_no: holder
                for role in sorted(ACTS[act])
                for holder in self._held.get(above, {}).get(role, ())
                if holder.user_id not in barred
            }
            if found:
                return Owners(tuple(found[number] for number in sorted(found)))
        return Owners(())
