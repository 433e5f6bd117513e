"""The tables of the interchange schema as people choose them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language

from core import registry
from core.interchange.columns import Column
from core.interchange.explanation import column_title, table_title
from core.interchange.tables import Table
from core.models import User
from departments.models import Unit
from departments.permissions import reach_of


@dataclass(frozen=True)
class TableChoice:
    name: str
    title: str
    columns: int


@dataclass(frozen=True)
class TableGroup:
    """The tables of one area."""

    label: str | Promise
    tables: tuple[TableChoice, ...]


def shown_table(name: str) -> str:
    """A table's name in the reader's language: the Chinese label, or the English name in words."""
    table: Table | None = registry.tables.get(name)
    if table is None:
        return name
    title = table_title(table, get_language() or "")
    return title.replace("_", " ").capitalize() if title == table.name else title


def shown_column(table_name: str, column_name: str) -> str:
    """A column's title in the reader's language."""
    table: Table | None = registry.tables.get(table_name)
    column: Column | None = table.by_name.get(column_name.lower()) if table else None
    return column_title(column, get_language() or "") if column else column_name


def table_groups() -> list[TableGroup]:
    """All tables by area, in the order of their references."""
    groups: dict[Any, list[TableChoice]] = defaultdict(list)
    for table in registry.tables.values():
        choice = TableChoice(table.name, shown_table(table.name), len(table.columns))
        groups[table.model._meta.app_config].append(choice)
    return [TableGroup(config.verbose_name, tuple(tables)) for config, tables in groups.items()]


def import_units(user: User) -> Any:
    """The units for which the person may import facts."""
    units = Unit.objects.without_tree_fields().visible_to(user).order_by("code")
    reach = reach_of(user)
    return units if reach.everything else units.filter(pk__in=reach.units_for("facts.import"))
