"""The kinds of rules that exist in versions, each by its table of the interchange schema."""

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from core import registry
from core.interchange.columns import Column, Ref
from core.interchange.explanation import column_title
from core.interchange.tables import Table


@dataclass(frozen=True)
class RuleKind:
    """``name`` is the table of the versions, ``parts`` are those of the rows below a version.

    ``key``: the columns that, with the day it begins, name a version; together they are the rule's code.
    """

    name: str
    label: str | Promise
    plural: str | Promise
    icon: str
    key: tuple[str, ...]
    parts: tuple[str, ...] = ()

    @property
    def table(self) -> Table:
        found: Table = registry.tables[self.name]
        return found

    @property
    def columns(self) -> list[Column]:
        return list(self.table.columns)

    @property
    def refers_to(self) -> list[str]:
        """The tables that cells of the kind name by code."""
        found: dict[str, None] = {"units": None}
        for column in [*self.columns, *(each for part in self.parts for each in self.part_columns(part))]:
            if isinstance(column.kind, Ref):
                found[column.kind.table] = None
            elif column.name in ("platforms", "activities"):
                found[column.name] = None
        return list(found)

    def part_columns(self, part: str) -> list[Column]:
        """The columns of a part but for the two that say to which version it belongs."""
        return list(registry.tables[part].columns)[2:]

    def code(self, cells: dict[str, Any]) -> str:
        """The rule that the cells of a version belong to."""
        return ":".join(str(cells.get(name) or "") for name in self.key)


KINDS = {
    kind.name: kind
    for kind in (
        RuleKind("quota_rules", _("quota rule"), _("Quota rules"), "target", ("unit", "code")),
        RuleKind(
            "schemes", _("assessment scheme"), _("Assessment schemes"), "star", ("code",), ("scheme_items",)
        ),
        RuleKind(
            "pool_schemes",
            _("incentive scheme"),
            _("Incentive schemes"),
            "coins",
            ("code",),
            ("pool_roles", "finding_rules"),
        ),
        RuleKind(
            "baseline_methods",
            _("baseline method"),
            _("Baseline methods"),
            "ruler",
            ("unit", "type", "scale"),
        ),
        RuleKind("month_policies", _("month settings"), _("Month settings"), "calendar-clock", ("unit",)),
    )
}

PART_LABELS = {
    "scheme_items": _("Assessment items"),
    "pool_roles": _("Roles and shares"),
    "finding_rules": _("Deduction rules"),
}


def label_of(table: Table, column: Column) -> str:
    """What a column is called in the reader's language: as in a workbook, in English as the model says."""
    title = column_title(column, get_language() or "")
    if title != column.name:
        return title
    field: Any = table.model._meta.get_field(column.field_name)
    named = str(field.verbose_name)
    return named[:1].upper() + named[1:]
