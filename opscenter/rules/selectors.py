"""The rules that hold for a person, whether they have read them, and who has not."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.cache import cache
from django.utils import timezone

from core.exceptions import NotVisible
from core.interchange.columns import as_text
from core.models import User
from core.months import Month
from departments.models import RuleAcknowledgement, Staff
from departments.permissions import reach_of
from departments.selectors import UnitTree, people_of, unit_tree
from departments.selectors.chart import own_root
from kpi.selectors.facts import facts_of, person_facts
from opscenter.rules.holders import Held, holdings, latest_pools, month_versions, roles_held
from opscenter.rules.versions import Cells, Version

#: how long the hint may be out of date after somebody changed a rule, in seconds
HINT_AGE = 300

Found = dict[str, list[Version]]


@dataclass(frozen=True)
class RoleRules:
    """A role in an incentive scheme, what it gets and what a lapse costs.  Rule: HT-04, HT-09 … HT-20."""

    scheme: Version
    role: Cells
    deductions: list[Cells]


@dataclass(frozen=True)
class BoundBy:
    """The rules that hold for a person in a month; ``digest`` is "" where none does."""

    quotas: list[Version]
    scheme: Version | None
    roles: list[RoleRules]
    digest: str


class RuleReader:
    """Turns what holds for people into the rules they read; equal sets are worked out once."""

    def __init__(self, found: Found, month: Month) -> None:
        self._quotas = {version.row.pk: version for version in found["quota_rules"]}
        self._schemes = {version.row.pk: version for version in found["schemes"]}
        self._pools = latest_pools(found["pool_schemes"], month)
        self._known: dict[Any, BoundBy] = {}

    def of(self, held: Held) -> BoundBy:
        key = (tuple(sorted(held.quotas)), held.scheme, tuple(held.roles))
        if key not in self._known:
            quotas = [self._quotas[pk] for pk in sorted(held.quotas)]
            quotas.sort(key=lambda version: (version.row.unit.code, version.row.code))
            scheme = self._schemes.get(held.scheme or 0)
            roles = [found for name in held.roles if (found := self._role(*name)) is not None]
            self._known[key] = BoundBy(quotas, scheme, roles, digest_of(quotas, scheme, roles))
        return self._known[key]

    def _role(self, code: str, role: str) -> RoleRules | None:
        scheme = self._pools.get(code)
        if scheme is None:
            return None
        row = next((each for each in scheme.parts["pool_roles"] if each["role"] == role), None)
        if row is None:
            return None
        return RoleRules(
            scheme, row, [each for each in scheme.parts["finding_rules"] if each["role"] == role]
        )


def _plain(cells: Cells) -> dict[str, str]:
    return {name: as_text(cell) for name, cell in cells.items() if cell not in (None, "")}


def digest_of(quotas: Iterable[Version], scheme: Version | None, roles: Iterable[RoleRules]) -> str:
    """SHA-256 of what the rules say; "" for no rules.  Of an incentive scheme only what its roles live by."""
    said: list[Any] = [_plain(version.cells) for version in quotas]
    if scheme is not None:
        said.append([_plain(scheme.cells), [_plain(item) for item in scheme.parts["scheme_items"]]])
    for role in roles:
        terms = {name: as_text(role.scheme.cells[name]) for name in ("code", "rate", "reserve_share")}
        said.append([terms, _plain(role.role), [_plain(each) for each in role.deductions]])
    if not said:
        return ""
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class MyRules:
    staff: Staff
    month: Month
    bound: BoundBy
    acknowledged_at: datetime | None


def own_staff(user: User) -> Staff | None:
    """The person behind a log-in."""
    reach = reach_of(user)
    if reach.staff_id is None:
        return Staff.objects.filter(user_id=user.pk).first() if reach.everything else None
    found: Staff | None = Staff.objects.visible_to(user).filter(pk=reach.staff_id).first()
    return found


def bound_by(staff: Staff, month: Month, tree: UnitTree) -> BoundBy:
    """The rules that hold for one person in a month."""
    people = person_facts(staff.root_id, month, [staff.pk])
    found = month_versions(staff.root_id, month, tree)
    held = holdings(month, tree, people, found, roles_held(month, staff_ids=[staff.pk]))
    return RuleReader(found, month).of(held[0]) if held else BoundBy([], None, [], "")


def my_rules(user: User, month: Month) -> MyRules:
    """The rules that hold for the reader.  Raises ``NotVisible`` for a log-in without a person."""
    staff = own_staff(user)
    if staff is None:
        raise NotVisible("person")
    bound = bound_by(staff, month, unit_tree(month.last))
    cache.set(_key(staff.pk, month), bound.digest, HINT_AGE)
    row = RuleAcknowledgement.objects.filter(staff=staff, digest=bound.digest).first()
    return MyRules(staff, month, bound, row.at if row else None)


def _key(staff_id: int, month: Month) -> str:
    return f"rules of {staff_id} in {month}".replace(" ", "-")


def unacknowledged(user: User, month: Month, person: Staff | None = None) -> bool:
    """Whether rules hold for the person that they have not acknowledged: a hint for other pages.

    What holds is remembered for a few minutes, so that the hint usually costs two queries, and one where
    ``person``, who signs in as ``user``, is known already.
    """
    staff = person or own_staff(user)
    if staff is None:
        return False
    digest = cache.get(_key(staff.pk, month))
    if digest is None:
        digest = bound_by(staff, month, unit_tree(month.last)).digest
        cache.set(_key(staff.pk, month), digest, HINT_AGE)
    return bool(digest) and not RuleAcknowledgement.objects.filter(staff=staff, digest=digest).exists()


@dataclass(frozen=True)
class ReaderLine:
    """Whether a person has read their rules; ``rules`` counts them."""

    staff_no: str
    name: str
    unit: str
    unit_code: str
    rules: int
    acknowledged_at: datetime | None

    @property
    def read(self) -> bool:
        return self.acknowledged_at is not None


def reader_lines(
    user: User, month: Month, *, text: str = "", unit_code: str = "", tree: UnitTree | None = None
) -> list[ReaderLine]:
    """The people in reach for whom rules hold, those who have not read them first; ten queries.

    ``tree``: the units at the month's end, where they are known already.
    """
    reach = reach_of(user)
    root_id = _root_id(user)
    tree = tree or unit_tree(month.last)
    wanted = tree.subtree(tree.ids[unit_code]) if unit_code in tree.ids else None
    found = month_versions(root_id, month, tree)
    # Positions matter as far as a scheme is for one of them.
    positions = {row.row.position_id: row.row.position.code for row in found["schemes"] if row.row.position}
    employed = people_of(root_id, month.first, month.last, leave=False)
    people = {
        person.pk: person
        for person in employed
        if reach.everything or person.unit_id in reach.units or person.pk == reach.staff_id
    }
    reader = RuleReader(found, month)
    read = {
        (staff, digest): at
        for staff, digest, at in RuleAcknowledgement.objects.filter(staff__root_id=root_id).values_list(
            "staff_id", "digest", "at"
        )
    }
    lines = []
    facts = [facts_of(person, positions) for person in people.values()]
    for held in holdings(month, tree, facts, found, roles_held(month, root_id=root_id)):
        bound = reader.of(held)
        name = people[held.person.key].name
        unit = held.unit or held.person.unit
        if not bound.digest or (wanted is not None and unit not in wanted):
            continue
        if text and text not in name and text not in held.person.staff_no:
            continue
        lines.append(
            ReaderLine(
                staff_no=held.person.staff_no,
                name=name,
                unit=tree.names[unit],
                unit_code=tree.codes[unit],
                rules=len(bound.quotas) + (bound.scheme is not None) + len(bound.roles),
                acknowledged_at=read.get((held.person.key, bound.digest)),
            )
        )
    lines.sort(key=lambda line: (line.read, line.unit_code, line.staff_no))
    return lines


def running_month(today: date | None = None) -> Month:
    return Month.of(today or timezone.localdate())


def units_in_reach(user: User, tree: UnitTree) -> list[tuple[str, str]]:
    """(code, name) of the units a person is responsible for."""
    reach = reach_of(user)
    return sorted(
        (code, tree.names[unit])
        for unit, code in tree.codes.items()
        if reach.everything or unit in reach.units
    )


def _root_id(user: User) -> int:
    """The organisation whose people one leads.  Raises ``NotVisible`` for those of none."""
    reach = reach_of(user)
    if len(reach.roots) == 1:
        return next(iter(reach.roots))
    root = own_root(user)
    if root is None:
        raise NotVisible("unit")
    return int(root.pk)
