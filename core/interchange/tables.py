"""What a table of the interchange schema is: columns, key, references and what its rows become."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models

from core.guards import Point, Span
from core.interchange.columns import Column, Ref
from core.interchange.problems import RowError

if TYPE_CHECKING:
    from core.interchange.context import ImportContext


@dataclass(slots=True)
class Row:
    """One row of a sheet: its number and cells, its typed values by column name, and what is wrong with it."""

    sheet: str
    number: int
    cells: tuple[Any, ...]
    positions: dict[str, int]
    values: dict[str, Any]
    errors: list[RowError] = field(default_factory=list)
    #: the model fields it becomes, and the row in the database with the same key
    fields: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None
    outcome: str = ""

    def error(self, column: str, code: str, /, **params: Any) -> None:
        """Note that the cell of ``column`` is wrong."""
        index = self.positions.get(column, len(self.cells))
        cell = self.cells[index] if index < len(self.cells) else None
        text = "" if cell is None else str(cell)
        self.errors.append(RowError(self.sheet, self.number, column, text[:200], code, params))

    def get(self, column: str) -> Any:
        return self.values.get(column)


class Table:
    """One table.  Subclasses declare ``name``, ``label``, ``model`` and ``columns`` and override what differs.

    ``label`` is the Chinese name of the sheet, the default in templates.  ``act`` is the right an import of
    the table needs; rows are checked against the unit that ``owner`` gives.
    """

    name: ClassVar[str]
    label: ClassVar[str]
    model: ClassVar[type[models.Model]]
    columns: ClassVar[Sequence[Column]]
    act: ClassVar[str] = "facts.import"
    #: fields filled from others, compared and written like columns
    derived: ClassVar[Sequence[str]] = ()
    #: a date field by whose range the rows that may already stand are looked up (else all rows are read)
    range_field: ClassVar[str] = ""

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """Columns by English name and by Chinese label, in small letters."""
        return {name.lower(): column for column in self.columns for name in (column.label, column.name)}

    @cached_property
    def key_fields(self) -> list[str]:
        """The model fields of the natural key."""
        return [column.field_name for column in self.columns if column.key]

    @cached_property
    def code_column(self) -> str:
        """The column by which other tables name a row of this one."""
        return next(column.name for column in self.columns if column.key)

    # --- rows in --------------------------------------------------------------------------------------
    def prepare(self, context: "ImportContext", rows: list[Row]) -> None:
        """Read once what the rows need, before they are built."""

    def build(self, context: "ImportContext", row: Row) -> dict[str, Any]:
        """The model fields of a row; references become ids.  Problems are noted on the row."""
        fields: dict[str, Any] = {}
        for column in self.columns:
            if column.deferred:
                continue
            value = row.values.get(column.name)
            if isinstance(column.kind, Ref):
                fields[f"{column.field_name}_id"] = context.resolve(row, column, value)
            else:
                fields[column.field_name] = value
        return fields

    def derive(self, context: "ImportContext", row: Row, fields: dict[str, Any]) -> None:
        """Fill the derived fields (root, month …) and check what spans several columns."""

    def key_of(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        """The natural key of built fields."""
        return tuple(fields.get(f"{name}_id", fields.get(name)) for name in self.key_fields)

    def existing(self, context: "ImportContext", rows: Iterable[Row]) -> models.QuerySet[Any]:
        """The rows of the database among which those of the file may already stand."""
        query = self.model._default_manager.all()
        if self.range_field:
            days = [row.fields[self.range_field] for row in rows if row.fields.get(self.range_field)]
            if not days:
                return query.none()
            return query.filter(**{f"{self.range_field}__range": (min(days), max(days))})
        return query

    def owner(self, context: "ImportContext", fields: dict[str, Any]) -> int | None:
        """The unit on which the importer needs the right ``act``; ``None`` = anywhere."""
        for name in ("unit_id", "root_id"):
            if fields.get(name):
                return int(fields[name])
        return None

    def touched(self, fields: dict[str, Any]) -> tuple[int | None, date, date | None] | None:
        """The root and the days a row touches: what must not lie in a locked month."""
        guard = getattr(self.model, "guard", None)
        if isinstance(guard, Point):
            month = fields.get(guard.month)
            return (fields.get(guard.root), month, month) if month else None
        if isinstance(guard, Span):
            start = fields.get(guard.start)
            return (fields.get(guard.root), start, fields.get(guard.end)) if start else None
        return None

    def create(self, context: "ImportContext", rows: list[Row]) -> None:
        """Write the new rows, in batches, and set their ids."""
        objects = self.model._default_manager.bulk_create(
            [self.model(**row.fields) for row in rows], batch_size=2000
        )
        for row, created in zip(rows, objects, strict=True):
            row.pk = created.pk

    def update(self, context: "ImportContext", rows: list[Row], names: list[str]) -> None:
        """Write the changed rows, in batches."""
        objects = [self.model(pk=row.pk, **row.fields) for row in rows]
        fields = [name.removesuffix("_id") for name in names]
        self.model._default_manager.bulk_update(objects, fields, batch_size=500)

    def after(self, context: "ImportContext", rows: list[Row]) -> None:
        """Checks that need all rows of all tables to stand, e.g. that shares sum to 1."""

    # --- rows out -------------------------------------------------------------------------------------
    def queryset(self) -> models.QuerySet[Any]:
        """The rows of an export, in the order of the natural key."""
        return self.model._default_manager.order_by(*self.key_fields)

    def export_paths(self) -> list[str]:
        """For each column the lookup path of its cell."""
        return [
            f"{column.field_name}__{column.kind.attribute}" if isinstance(column.kind, Ref) else column.field_name
            for column in self.columns
        ]

    def export(self, queryset: models.QuerySet[Any]) -> Iterable[list[Any]]:
        """The cells of the rows of ``queryset``, one list a row."""
        kinds = [column.kind for column in self.columns]
        for values in queryset.values_list(*self.export_paths()).iterator(chunk_size=5000):
            yield [
                None if value is None or value == "" else kind.cell(value)
                for kind, value in zip(kinds, values, strict=True)
            ]
