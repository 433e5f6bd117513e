"""What the pages of the rules show: the list, one rule with its versions, the drafts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from core import registry
from core.exceptions import NotVisible
from core.models import User
from core.months import Month
from departments.models import RuleDraft, Staff
from departments.models.drafts import OPEN
from departments.permissions import reach_of
from departments.selectors import UnitTree, unit_tree
from kpi.selectors.facts import person_facts
from opscenter.rules.comparing import MOST_NAMED, Touched
from opscenter.rules.holders import Held, holdings, in_month, roles_held, units_of, units_under
from opscenter.rules.kinds import KINDS, PART_LABELS, RuleKind, label_of
from opscenter.rules.versions import (
    Names,
    Rule,
    Version,
    names,
    rule_list,
    rule_shown,
    shown,
    versions,
)
from opscenter.rules.wording import total_share, words

#: versions shown side by side; the others are listed below
MOST_BESIDE = 4


@dataclass(frozen=True)
class RuleLine:
    """A rule in the list."""

    kind: str
    kind_name: str
    code: str
    name: str
    unit: str
    unit_code: str
    words: str
    since: date
    held: bool
    versions: int
    document: str
    clause: str
    draft: bool


def rule_lines(user: User, on: date, *, text: str = "", kind: str = "", state: str = "") -> list[RuleLine]:
    """The rules a person may read, narrowed: a query a kind and one for the drafts."""
    tree = unit_tree(on)
    chosen = [KINDS[kind]] if kind in KINDS else []
    drafted = set(RuleDraft.objects.visible_to(user).filter(state__in=OPEN).values_list("kind", "code"))
    called = Names({})
    found = []
    for rule in rule_list(user, tree, on, chosen):
        draft = (rule.kind.name, rule.code) in drafted
        if text.lower() not in f"{rule.name} {rule.code} {rule.clause}".lower():
            continue
        if (state == "held" and rule.held is None) or (state == "draft" and not draft):
            continue
        found.append(
            RuleLine(
                kind=str(rule.kind.plural),
                kind_name=rule.kind.name,
                code=rule.code,
                name=rule.name,
                unit=rule.unit.name,
                unit_code=rule.unit.code,
                words=words(rule.shown, called),
                since=rule.shown.valid_from,
                held=rule.held is not None,
                versions=len(rule.versions),
                document=rule.document.title if rule.document else "",
                clause=rule.clause,
                draft=draft,
            )
        )
    return found


def open_drafts(user: User) -> list[RuleDraft]:
    """The drafts that wait for somebody, newest first."""
    rows: Any = RuleDraft.objects.visible_to(user).filter(state__in=OPEN)
    return list(rows.select_related("unit", "author"))


def draft_seen(user: User, pk: int) -> RuleDraft:
    """A draft with its people.  Raises ``NotVisible``."""
    rows: Any = RuleDraft.objects.visible_to(user)
    draft: RuleDraft | None = rows.select_related("unit", "root", "author", "approver").filter(pk=pk).first()
    if draft is None:
        raise NotVisible("draft")
    return draft


def open_draft_of(user: User, kind: RuleKind, code: str) -> RuleDraft | None:
    """The draft of a rule that is under way."""
    rows: Any = RuleDraft.objects.visible_to(user)
    found: RuleDraft | None = rows.filter(kind=kind.name, code=code, state__in=OPEN).first()
    return found


# --- one rule -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Beside:
    """One cell across the versions shown, newest first; ``changed`` where a version differs from the next."""

    label: str
    cells: list[tuple[str, bool]]


@dataclass(frozen=True)
class PartRows:
    """The rows of a part of one version."""

    label: str
    heads: list[str]
    rows: list[list[str]]
    total: str = ""


@dataclass(frozen=True)
class Rival:
    """The same quota rule set by another unit on the path, and whose is used.  Rule: YJ-02."""

    version: Version
    above: bool
    used: bool
    by_precedence: bool


@dataclass(frozen=True)
class RulePage:
    """One rule: its versions beside each other and those it holds for; ``people`` names the first of them."""

    rule: Rule
    words: str
    beside: list[Beside]
    heads: list[Version]
    older: list[Version]
    parts: list[PartRows]
    month: Month
    count: int
    units: list[str]
    people: list[Touched]
    rivals: list[Rival]
    may_edit: bool
    draft: RuleDraft | None
    history: list[RuleDraft]


def rule_page(user: User, kind_name: str, code: str, today: date) -> RulePage:
    """One rule: its versions, whom it holds for, who drafted them.  Raises ``NotVisible``."""
    tree = unit_tree(today)
    rule = rule_shown(user, tree, kind_name, code, today)
    called, month = names(rule.kind.refers_to), Month.of(today)
    heads = list(reversed(rule.versions))[:MOST_BESIDE]
    count, units, people = _holders(user, rule, tree, month, today)
    drafts = list(
        RuleDraft.objects.visible_to(user)
        .filter(kind=kind_name, code=code)
        .select_related("author", "approver")
        .order_by("-pk")
    )
    return RulePage(
        rule=rule,
        words=words(rule.shown, called),
        beside=_beside(rule.kind, heads, called),
        heads=heads,
        older=list(reversed(rule.versions))[MOST_BESIDE:],
        parts=[_part(rule.shown, part, called) for part in rule.kind.parts],
        month=month,
        count=count,
        units=units,
        people=people,
        rivals=rivals(rule, versions(rule.kind) if kind_name == "quota_rules" else (), tree, today),
        may_edit=reach_of(user).allows("rules.edit", rule.unit.pk),
        draft=next((draft for draft in drafts if draft.is_open), None),
        history=[draft for draft in drafts if not draft.is_open],
    )


def _beside(kind: RuleKind, heads: list[Version], called: Names) -> list[Beside]:
    found = []
    for column in kind.columns:
        cells = [shown(column, version.cells[column.name], called) for version in heads]
        if any(version.cells[column.name] not in (None, "") for version in heads):
            changed = [
                at + 1 < len(cells) and cells[at] != cells[at + 1] and column.name != "valid_from"
                for at in range(len(cells))
            ]
            found.append(Beside(label_of(kind.table, column), list(zip(cells, changed, strict=True))))
    return found


def _part(version: Version, part: str, called: Names) -> PartRows:
    table = registry.tables[part]
    rows = version.parts[part]
    columns = [
        column
        for column in version.kind.part_columns(part)
        if any(cells[column.name] not in (None, "") for cells in rows)
    ]
    return PartRows(
        label=str(PART_LABELS[part]),
        heads=[label_of(table, column) for column in columns],
        rows=[[shown(column, cells[column.name], called) for column in columns] for cells in rows],
        total=total_share(rows, version.cells["reserve_share"]) if part == "pool_roles" and rows else "",
    )


def _holders(
    user: User, rule: Rule, tree: UnitTree, month: Month, today: date
) -> tuple[int, list[str], list[Touched]]:
    """How many people the version that holds binds in the month, in which units, and the first names."""
    version = rule.held
    if version is None:
        return 0, [], []
    root = tree.roots[rule.unit.pk]
    people = person_facts(root, month)
    units: set[int] = set()
    if rule.kind.name in ("quota_rules", "schemes", "pool_schemes"):
        found = _of_month(rule, month, tree)
        held = holdings(month, tree, people, found, roles_held(month, root_id=root))
        bound = {one.person.key: one.unit or one.person.unit for one in held if _binds(one, rule, version)}
    else:
        units = units_under(tree, versions(rule.kind), today, version)
        bound = {person.key: person.unit for person in people if person.unit in units}
    seen: Any = Staff.objects.visible_to(user).filter(pk__in=bound)
    named = [
        Touched(staff_no, name, tree.names[bound[pk]])
        for pk, staff_no, name in seen.order_by("staff_no").values_list("pk", "staff_no", "name")[:MOST_NAMED]
    ]
    places = units or set(bound.values())
    return len(bound), [tree.names[unit] for unit in sorted(places, key=lambda one: tree.codes[one])], named


def _of_month(rule: Rule, month: Month, tree: UnitTree) -> dict[str, list[Version]]:
    """The versions that decide whom the rule holds for: quota rules by code, schemes among each other."""
    found: dict[str, list[Version]] = {"quota_rules": [], "schemes": []}
    condition = in_month(month, units_of(tree, tree.roots[rule.unit.pk]), rule.kind.name)
    if rule.kind.name == "quota_rules":
        condition &= Q(code=rule.shown.row.code)
    if rule.kind.name in found:
        found[rule.kind.name] = versions(rule.kind, condition, parts=True)
    return found


def _binds(held: Held, rule: Rule, version: Version) -> bool:
    """Whether a version holds for a person."""
    if rule.kind.name == "quota_rules":
        return version.row.pk in held.quotas
    if rule.kind.name == "schemes":
        return held.scheme == version.row.pk
    return any(code == rule.code for code, _role in held.roles)


def rivals(rule: Rule, stored: Iterable[Version], tree: UnitTree, on: date) -> list[Rival]:
    """Where two units on one path set the same quota rule: the document of higher precedence is used, else
    the nearer unit.  ``stored``: all quota rules.  Rule: YJ-02; calculation.md §1.
    """
    version = rule.held
    if rule.kind.name != "quota_rules" or version is None:
        return []
    code, unit = version.row.code, version.row.unit_id
    latest: dict[int, Version] = {}
    for other in stored:
        if other.row.code == code and other.begun(on):
            latest[other.row.unit_id] = other
    found = []
    for place, other in latest.items():
        if place == unit or not (place in tree.path(unit) or unit in tree.path(place)):
            continue
        above = place in tree.path(unit)
        own, its = _precedence(version), _precedence(other)
        used = its > own if above else its >= own
        found.append(Rival(other, above, used, own != its))
    return found


def _precedence(version: Version) -> int:
    document = version.row.document
    return int(document.precedence) if document else 0


def rules_of_document(user: User, document_ids: Iterable[int], tree: UnitTree, on: date) -> list[Rule]:
    """The quota rules that name one of the versions of a document, as far as the reader may read them."""
    wanted = set(document_ids)
    rules = rule_list(user, tree, on, [KINDS["quota_rules"]])
    return [rule for rule in rules if rule.shown.row.document_id in wanted]
