"""A draft's rows as the sheets that an import takes, and what the import finds wrong with them."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from core import registry
from core.interchange.columns import Day, as_text
from core.interchange.importer import import_sheets
from core.interchange.problems import CellProblem, RowError
from core.models import User
from core.months import Month
from core.spreadsheets.reader import Sheet, sheet_of_rows
from departments.models import Period, Unit
from departments.models.periods import FROZEN
from opscenter.rules.kinds import RuleKind
from opscenter.rules.versions import Version

#: table → its rows, each column → cell as text
Rows = dict[str, list[dict[str, str]]]
#: the first row of a sheet below its heading
FIRST = 2


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell of a draft: the table, the row's place in it, the column, a sentence."""

    table: str
    place: int
    column: str
    message: str


def rows_of(version: Version) -> Rows:
    """A stored version as the rows of a draft."""
    rows: Rows = {version.kind.name: [{name: as_text(cell) for name, cell in version.cells.items()}]}
    for part in version.kind.parts:
        names = [column.name for column in version.kind.part_columns(part)]
        rows[part] = [{name: as_text(cells[name]) for name in names} for cells in version.parts[part]]
    return rows


def digest_of(rows: Rows) -> str:
    """SHA-256 of a draft's rows: what somebody read is what they activate."""
    text = json.dumps(rows, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def sheets_of(kind: RuleKind, rows: Rows) -> list[Sheet]:
    """The sheets of an import; the parts name the version they belong to."""
    main = rows[kind.name][0]
    sheets = [_sheet(kind.name, [column.name for column in kind.columns], rows[kind.name])]
    for part in kind.parts:
        names = [column.name for column in registry.tables[part].columns]
        version = {"scheme": main.get("code", ""), "valid_from": main.get("valid_from", "")}
        if rows.get(part):
            sheets.append(_sheet(part, names, [{**cells, **version} for cells in rows[part]]))
    return sheets


def _sheet(name: str, columns: list[str], rows: list[dict[str, str]]) -> Sheet:
    lines: list[tuple[Any, ...]] = [tuple(columns)]
    lines += [tuple(cells.get(column) or None for column in columns) for cells in rows]
    return sheet_of_rows(name, iter(list(enumerate(lines, FIRST - 1))))


def begins_on(kind: RuleKind, rows: Rows) -> date | None:
    """The day from which the draft is to hold, where it can be read."""
    try:
        return Day().parse(rows[kind.name][0].get("valid_from") or "")
    except CellProblem:
        return None


def unit_of(kind: RuleKind, rows: Rows) -> Unit | None:
    """The unit that sets the rule."""
    code = rows[kind.name][0].get("unit", "")
    found: Unit | None = Unit.objects.without_tree_fields().filter(code=code).first()
    return found


def problems_of(actor: User, kind: RuleKind, rows: Rows, standing: Iterable[Version]) -> list[Problem]:
    """Everything that would keep the draft from being activated; the import is tried and taken back.

    ``standing``: the versions of the same rule.  Rule: HT-08, KQ-22, YJ-01.
    """
    found = [problem_of(kind, error) for error in tried(actor, kind, rows, dry_run=True)]
    day, unit = begins_on(kind, rows), unit_of(kind, rows)
    if day is not None and unit is not None:
        found += [
            Problem(kind.name, 0, "valid_from", message) for message in day_problems(unit, day, standing)
        ]
    for part in kind.parts:
        if part != "finding_rules" and not rows.get(part):
            found.append(Problem(part, 0, "", _("A version without these rows cannot be used; add some.")))
    return list(dict.fromkeys(found))


def tried(actor: User, kind: RuleKind, rows: Rows, *, dry_run: bool) -> list[RowError]:
    """Import the draft with the person's own rights; gives what is wrong."""
    return import_sheets(sheets_of(kind, rows), user=actor, dry_run=dry_run).errors


def problem_of(kind: RuleKind, error: RowError) -> Problem:
    """Where in the draft an error of the import belongs: what is wrong with the version itself, on top."""
    place = max(error.row - FIRST, 0)
    if error.column in ("scheme", "valid_from") and error.sheet != kind.name:
        return Problem(kind.name, 0, "valid_from", error.message)
    return Problem(error.sheet or kind.name, place, error.column, error.message)


def day_problems(unit: Unit, day: date, standing: Iterable[Version]) -> list[str]:
    """Why a version cannot begin on a day: after every locked month, after those that have begun.

    A version that a month may have used is never changed; a new one takes its place from a later day on.
    """
    found = []
    locked = locked_until(unit)
    if locked is not None and day <= locked:
        found.append(
            _("The month %(month)s is locked; let the version begin later.") % {"month": Month.of(locked)}
        )
    days = [version.valid_from for version in standing]
    if day in days:
        found.append(_("There is a version from this day already; a version never changes."))
    elif any(day < other for other in days):
        found.append(
            _("A version begins on %(day)s already; let the new one begin after it.")
            % {"day": max(days).isoformat()}
        )
    return found


def locked_until(unit: Unit) -> date | None:
    """The last day of the latest locked month of the unit's organisation."""
    month = Period.objects.filter(root_id=unit.root_id, state__in=FROZEN).aggregate(last=Max("month"))["last"]
    return Month.of(month).last if month else None
