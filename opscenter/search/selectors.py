"""What a search finds, group by group; one query for each kind of row, whatever the size of the site."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign
from core.models import User
from core.months import Month
from departments.models import Document, Staff, Unit
from departments.selectors import unit_tree
from opscenter.navigation import Link, address
from opscenter.rules.kinds import KINDS, RuleKind
from opscenter.rules.versions import readable_units

#: Rows shown of one group.
SHOWN = 8
#: Rules and documents have versions: so many rows are read to fill a group with different ones.
VERSIONS_READ = 5 * SHOWN
#: The kinds of rules that have a name of their own; the others are found by their unit's page.
NAMED_KINDS = ("quota_rules", "schemes", "pool_schemes")


@dataclass(frozen=True)
class Found:
    """One line of the result; without a page of its own it has no ``url`` and is not shown."""

    title: str
    detail: str
    url: str


@dataclass(frozen=True)
class Group:
    """What was found of one kind.  ``more``: there is more than is shown."""

    label: str | Promise
    icon: str
    found: list[Found]
    more: bool = False


def search(user: User, text: str, links: Iterable[Link]) -> list[Group]:
    """Everything whose name or number contains ``text`` and that the person may see; "" finds nothing."""
    if not text:
        return []
    groups = [
        Group(pgettext_lazy("of the site", "Pages"), "panel-left", _pages(text, links)),
        *(_group(label, icon, find(user, text)) for label, icon, find in SOURCES),
        *_rule_groups(user, text),
    ]
    return [group for group in groups if group.found]


def _pages(text: str, links: Iterable[Link]) -> list[Found]:
    wanted = text.casefold()
    return [
        Found(str(link.label), str(link.group), link.url)
        for link in links
        if wanted in str(link.label).casefold()
    ]


def _group(label: str | Promise, icon: str, found: Iterable[Found]) -> Group:
    """At most ``SHOWN`` lines, each page once: versions of one rule share a page."""
    pages = {one.url: one for one in reversed(list(found)) if one.url}
    lines = list(reversed(pages.values()))
    return Group(label, icon, lines[:SHOWN], len(lines) > SHOWN)


def _people(user: User, text: str) -> Iterable[Found]:
    rows = Staff.objects.known_to(user).filter(Q(name__icontains=text) | Q(staff_no__icontains=text))
    for person in rows.select_related("unit").order_by("name", "staff_no")[: SHOWN + 1]:
        yield Found(
            person.name, f"{person.staff_no} · {person.unit.name}", address("org:person", person.staff_no)
        )


def _units(user: User, text: str) -> Iterable[Found]:
    rows = Unit.objects.visible_to(user).without_tree_fields()
    rows = rows.filter(Q(name__icontains=text) | Q(code__icontains=text)).order_by("name", "code")
    for unit in rows[: SHOWN + 1]:
        yield Found(unit.name, f"{unit.get_kind_display()} · {unit.code}", address("org:unit", unit.code))


def _campaigns(user: User, text: str) -> Iterable[Found]:
    rows = Campaign.objects.visible_to(user).filter(Q(name__icontains=text) | Q(code__icontains=text))
    for campaign in rows.order_by("-end", "code")[: SHOWN + 1]:
        days = f"{campaign.start.isoformat()} – {campaign.end.isoformat()}"
        url = address("month:campaign", Month.of(campaign.month), campaign.code)
        yield Found(campaign.name, days, url)


def _rules(user: User, text: str, kind: RuleKind, readable: frozenset[int] | None) -> Iterable[Found]:
    """The rules of one kind in the units whose rules the person reads; a rule's page shows its versions."""
    rows: Any = kind.table.model._default_manager.filter(Q(name__icontains=text) | Q(code__icontains=text))
    if readable is not None:
        rows = rows.filter(unit_id__in=readable)
    for rule in rows.select_related("unit").order_by("code", "-valid_from")[:VERSIONS_READ]:
        code = kind.code({"unit": rule.unit.code, "code": rule.code})
        yield Found(rule.name, f"{rule.code} · {rule.unit.name}", address("rules:show", kind.name, code))


def _rule_groups(user: User, text: str) -> Iterable[Group]:
    readable = readable_units(user, unit_tree(timezone.localdate()))
    for kind in KINDS.values():
        if kind.name in NAMED_KINDS:
            yield _group(kind.plural, kind.icon, _rules(user, text, kind, readable))


def _documents(user: User, text: str) -> Iterable[Found]:
    rows = Document.objects.visible_to(user).filter(Q(title__icontains=text) | Q(number__icontains=text))
    for document in rows.order_by("number", "-effective_from")[:VERSIONS_READ]:
        yield Found(document.title, document.number, address("org:document", document.number))


SOURCES: tuple[tuple[str | Promise, str, Callable[[User, str], Iterable[Found]]], ...] = (
    (_("People"), "user", _people),
    (_("Units"), "network", _units),
    (_("Campaigns"), "megaphone", _campaigns),
    (_("Documents"), "file-text", _documents),
)
