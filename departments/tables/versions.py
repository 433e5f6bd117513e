"""Rules in versions: what a computed month was computed with stays as it is."""

from datetime import date
from typing import Any, ClassVar

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import registry
from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from core.months import Month
from departments.models import Period, PeriodState
from departments.tables.lookups import root_of

register_messages(
    version_used=_(
        "The month %(month)s was computed with this version; make a new version from a later day."
    ),
)


def computed_until(context: ImportContext, root: int | None) -> date | None:
    """The last day of the latest month of an organisation that was computed; read once an import."""
    if "computed until" not in context.known:
        latest = (
            Period.objects.exclude(state=PeriodState.OPEN)
            .order_by()
            .values_list("root_id")
            .annotate(month=Max("month"))
        )
        context.known["computed until"] = {pk: Month.of(month).last for pk, month in latest}
    found: date | None = context.known["computed until"].get(root)
    return found


class VersionedTable(Table):
    """A rule in versions.  A person changes no version that a computed month used, and begins none in a
    locked month; the system (the command line) may, as results of locked months are frozen anyway.

    Rule: YJ-01 (the old version stays readable), domain.md, first principle.
    """

    act = "rules.edit"

    def version(self, context: ImportContext, fields: dict[str, Any]) -> tuple[int | None, date | None]:
        """The unit of the version and the day from which it holds."""
        return fields["unit_id"], fields["valid_from"]

    def begins(self, context: ImportContext, row: Row) -> bool:
        """Whether the row begins a version, instead of changing one that stands."""
        return row.before is None

    def check_states(self, context: ImportContext, row: Row) -> None:
        unit, valid_from = self.version(context, row.fields)
        root = root_of(context, unit)
        if root is None or valid_from is None:
            return
        if self.begins(context, row):
            month = context.frozen_month((root, valid_from, row.fields.get("valid_to")))
            if month:
                row.error("valid_from", "month_locked", month=str(month))
            return
        until = computed_until(context, root)
        if until and valid_from <= until and not self._ends_later(row, until):
            row.error("valid_from", "version_used", month=str(Month.of(until)))

    @staticmethod
    def _ends_later(row: Row, until: date) -> bool:
        """Whether nothing but the last day moves, and only on days of months not computed yet."""
        before = row.before or {}
        changed = {name for name, value in before.items() if row.fields[name] != value}
        ends = [before.get("valid_to") or date.max, row.fields.get("valid_to") or date.max]
        return changed == {"valid_to"} and min(ends) >= until


class VersionPartsTable(VersionedTable):
    """Rows that belong to one version of a rule; ``parent`` is the table of the versions."""

    parent: ClassVar[str]

    def version(self, context: ImportContext, fields: dict[str, Any]) -> tuple[int | None, date | None]:
        key = f"versions of {self.parent}"
        if key not in context.known:
            model = registry.tables[self.parent].model
            context.known[key] = {
                pk: (unit, day)
                for pk, unit, day in model._default_manager.values_list("pk", "unit_id", "valid_from")
            }
        return context.known[key].get(fields["scheme_id"]) or (None, None)

    def begins(self, context: ImportContext, row: Row) -> bool:
        """The version itself may be made by this import."""
        version = row.fields["scheme_id"]
        return any(
            other.pk == version and other.outcome == "created" for other in context.rows.get(self.parent, ())
        )
