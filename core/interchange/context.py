"""What one import knows: the importer, the codes of the file and of the database, the locked months."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from typing import Any, TypeAlias

from core import registry
from core.interchange.columns import Column, reference
from core.interchange.tables import LOOKUP_BATCH, Row, Table
from core.months import Month

#: a root (``None`` = every one), the first and the last day
Touched: TypeAlias = tuple[int | None, date, date | None]


class ImportContext:
    """Shared by all tables of one import."""

    def __init__(self, user: Any, today: date) -> None:
        self.user = user
        self.today = today
        #: rows that stand stay as they are, and locked months as well
        self.keep = False
        #: codes that stand in the file, also in rows with errors: they count as present for references
        self.in_file: dict[str, set[str]] = defaultdict(set)
        #: tables whose column of codes is missing in the file: any code may stand there
        self.uncoded: set[str] = set()
        self.rows: dict[str, list[Row]] = {}
        self.warnings: list[dict[str, Any]] = []
        self._codes: dict[str, dict[str, int]] = {}
        self._frozen: dict[int | None, list[date]] | None = None
        self._answers: dict[tuple[str, int | None], bool] = {}
        #: what tables read once for all their rows
        self.known: dict[str, Any] = {}

    def codes(self, table_name: str) -> dict[str, int]:
        """code → id of the rows of a table that stand in the database now."""
        if table_name not in self._codes:
            table: Table = registry.tables[table_name]
            column = next(column for column in table.columns if column.name == table.code_column)
            self._codes[table_name] = dict(
                table.model._default_manager.order_by("pk").values_list(column.field_name, "pk")
            )
        return self._codes[table_name]

    def wrote(self, table: Table, rows: Iterable[Row]) -> None:
        """New rows of ``table`` stand: their codes are known from now on."""
        known = self._codes.get(table.name)
        if known is not None:
            column = next(column for column in table.columns if column.name == table.code_column)
            for row in rows:
                if row.pk is not None:
                    known[row.fields[column.field_name]] = row.pk

    def resolve(self, row: Row, column: Column, code: str | None) -> int | None:
        """The id behind a code.  An unknown code is an error of the row;
        one whose row has errors blocks it.
        """
        if not code:
            return None
        found = self.codes(reference(column).table).get(code)
        if found is None:
            self.check_known(row, column.name, reference(column).table, code)
            row.blocked = True
        return found

    def known_id(self, column: Column, code: str | None) -> int | None:
        """The id behind a code that has been checked already."""
        return self.codes(reference(column).table)[code] if code else None

    def limit_codes(self, table_name: str, codes: Iterable[str]) -> None:
        """Of a large table only these codes are looked up in the database."""
        table: Table = registry.tables[table_name]
        column = next(column for column in table.columns if column.name == table.code_column)
        wanted, found = list(codes), self._codes.setdefault(table_name, {})
        for start in range(0, len(wanted), LOOKUP_BATCH):
            found.update(
                table.model._default_manager.filter(
                    **{f"{column.field_name}__in": wanted[start : start + LOOKUP_BATCH]}
                )
                .order_by("pk")
                .values_list(column.field_name, "pk")
            )

    def check_known(self, row: Row, column: str, table_name: str, code: str) -> bool:
        """Note an error unless the code stands in the file or in the database."""
        if code in self.in_file[table_name] or code in self.codes(table_name) or table_name in self.uncoded:
            return True
        row.error(column, "unknown_code", code=code, table=registry.tables[table_name].label)
        return False

    # --- rights -----------------------------------------------------------------------------------------
    def may(self, act: str, unit_id: int | None) -> bool:
        """Whether the importer may do ``act`` on a unit.

        A unit that this import makes counts as the one above it; a new organisation is for those who reach
        everything.
        """
        made = self.known.get("made units", {})
        while unit_id in made:
            unit_id = made[unit_id]
        question = (act, unit_id)
        if question not in self._answers:
            self._answers[question] = registry.providers["may"](self.user, act, unit_id)
        return self._answers[question]

    # --- locked months --------------------------------------------------------------------------------
    def frozen_month(
        self, touched: "Touched | None", before: "Touched | None" = None, *, only_end: bool = False
    ) -> Month | None:
        """The first locked month that a new or changed row touches; ``before`` is what the old row touched.

        When only the end of a span moved, the days by which it grew or shrank are touched, not the rest.
        """
        spans = [span for span in (touched, before) if span]
        if only_end and len(spans) == 2:
            ends = [span[2] or date.max for span in spans]
            return self._frozen_between(spans[0][0], min(ends), max(ends), after_first=True)
        for root, first, last in spans:
            month = self._frozen_between(root, first, last or date.max)
            if month:
                return month
        return None

    def _frozen_between(
        self, root: int | None, first: date, last: date, after_first: bool = False
    ) -> Month | None:
        months = self._frozen_months().get(root, [])
        if after_first and first < date.max:
            first = date.fromordinal(first.toordinal() + 1)
        position = bisect_left(months, first.replace(day=1))
        if position < len(months) and months[position] <= last:
            return Month.of(months[position])
        return None

    @property
    def months_are_locked(self) -> bool:
        return bool(self._frozen_months())

    def _frozen_months(self) -> dict[int | None, list[date]]:
        if self._frozen is None:
            self._frozen = defaultdict(list)
            for root_id, month in registry.providers["frozen_months"]():
                self._frozen[root_id].append(month)
                self._frozen[None].append(month)
            for months in self._frozen.values():
                months.sort()
        return self._frozen
