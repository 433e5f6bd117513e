"""Versions of schemes, as their child rows name them."""

from collections import defaultdict
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row

register_messages(no_version=_("The scheme “%(code)s” has no version valid from %(day)s."))


def same_root(context: ImportContext, row: Row, known: str, code: str | None, root: int | None) -> None:
    """All versions of a scheme belong to one organisation; ``known``: scheme code → root id."""
    roots: dict[str, int] = context.known[known]
    if code and root and roots.setdefault(code, root) != root:
        row.error("unit", "other_root", code=code)


def version_of(
    context: ImportContext,
    row: Row,
    table_name: str,
    model: type[Any],
    code: str | None,
    valid_from: date | None,
) -> int | None:
    """The id of a scheme's version; without a date the one valid today (else its first).

    An unknown scheme or version is an error; one whose row has errors blocks the row.
    """
    key = f"versions:{table_name}"
    if key not in context.known:
        versions: dict[str, dict[date, int]] = defaultdict(dict)
        for pk, scheme, day in model.objects.order_by("valid_from").values_list("pk", "code", "valid_from"):
            versions[scheme][day] = pk
        context.known[key] = versions
        context.known[f"{key} in the file"] = {
            (other.get("code"), other.get("valid_from")) for other in context.rows.get(table_name, ())
        }
    if not code or any(error.column == "valid_from" for error in row.errors):
        return None
    in_file: set[tuple[str | None, date | None]] = context.known[f"{key} in the file"]
    stands: dict[date, int] = context.known[key].get(code, {})
    if valid_from is not None and valid_from in stands:
        return stands[valid_from]
    if valid_from is None and stands:
        begun = [pk for day, pk in stands.items() if day <= context.today]
        return begun[-1] if begun else next(iter(stands.values()))
    row.blocked = True
    known = context.check_known(row, "scheme", table_name, code)
    if known and valid_from is not None and not in_file & {(code, valid_from), (code, None)}:
        row.error("valid_from", "no_version", code=code, day=valid_from)
    return None


def version_unit(context: ImportContext, model: type[Any], scheme_id: int | None) -> int | None:
    """The unit of a scheme's version."""
    key = f"units of {model.__name__}"
    if key not in context.known:
        context.known[key] = dict(model.objects.values_list("pk", "unit_id"))
    found: int | None = context.known[key].get(scheme_id)
    return found


Version = int | tuple[Any, Any]


def summed(
    context: ImportContext, rows: list[Row], model: type[Any], code: str, number: str
) -> dict[Version, tuple[Row, Decimal]]:
    """Σ ``number`` of the children of each version that the rows touch: of the file and of the database.

    Gives the first row of each version as well.  Versions with a number that could not be read are left out,
    and all of them when a row names no known scheme: it may belong to any.
    """
    if any(row.errors and row.fields["scheme_id"] is None and not row.get("scheme") for row in rows):
        return {}
    parts: dict[Version, dict[Any, Decimal | None]] = defaultdict(dict)
    first: dict[Version, Row] = {}
    for row in rows:
        if any(error.column in ("scheme", "valid_from") for error in row.errors):
            return {}
        version: Version = row.fields["scheme_id"] or (row.get("scheme"), row.get("valid_from"))
        first.setdefault(version, row)
        parts[version][row.get(code)] = row.get(number)
    stands = [version for version in parts if isinstance(version, int)]
    for scheme, name, value in model.objects.filter(scheme_id__in=stands).values_list(
        "scheme_id", code, number
    ):
        parts[scheme].setdefault(name, value)
    return {
        version: (first[version], sum((value for value in values.values() if value is not None), Decimal(0)))
        for version, values in parts.items()
        if None not in values.values()
    }
