"""What a table of the interchange schema is: columns, key, references and what its rows become."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.db.models import Q

from core.guards import Point, Span
from core.interchange.columns import Column, Ref, reference
from core.interchange.problems import RowError

if TYPE_CHECKING:
    from core.interchange.context import ImportContext

LOOKUP_BATCH = 5000
#: an ``owner`` that only those who reach everything have a right on
NOWHERE = 0


@dataclass(slots=True)
class Row:
    """One row of a sheet:
    its number and cells, its typed values by column name, and what is wrong with it.
    """

    sheet: str
    number: int
    cells: tuple[Any, ...]
    positions: dict[str, int]
    values: dict[str, Any]
    errors: list[RowError] = field(default_factory=list)
    #: refers to a row of the file that has errors: checked as far as possible, never written
    blocked: bool = False
    #: the model fields it becomes, and the row in the database with the same key
    fields: dict[str, Any] = field(default_factory=dict)
    pk: int | None = None
    outcome: str = ""
    #: of a row that changes one that stands: what stood, by model field
    before: dict[str, Any] | None = None
    #: deferred columns whose value changes, with what stood before
    late: dict[str, Any] = field(default_factory=dict)

    @property
    def stands(self) -> int:
        """The id of the row in the database.  Raises ``LookupError`` when none is known."""
        if self.pk is None:
            raise LookupError(f"{self.sheet} row {self.number} does not stand")
        return self.pk

    @property
    def sound(self) -> bool:
        return not self.errors and not self.blocked

    def error(self, column: str, code: str, /, **params: Any) -> None:
        """Note that the cell of ``column`` is wrong."""
        index = self.positions.get(column, len(self.cells))
        cell = self.cells[index] if index < len(self.cells) else None
        text = "" if cell is None else str(cell)
        self.errors.append(RowError(self.sheet, self.number, column, text[:200], code, params))

    def get(self, column: str) -> Any:
        return self.values.get(column)


class Table:
    """One table.  Subclasses declare ``name``, ``label``, ``model`` and ``columns`` and override what
    differs.

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
    #: how the rows that may already stand are looked up: within the range of a date field, by the values of a
    #: field that is unique by itself, or (neither) by reading the whole table
    range_field: ClassVar[str] = ""
    lookup_field: ClassVar[str] = ""
    #: the column by which other tables name a row; empty = the first of the key
    coded_by: ClassVar[str] = ""
    #: the columns that say when a row happened and to whom it belongs: where errors about months and
    #: organisations are shown
    date_column: ClassVar[str] = "date"
    root_column: ClassVar[str] = "unit"

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
        return self.coded_by or next(column.name for column in self.columns if column.key)

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
                # An unknown code is an error; one of a row with errors blocks this row.
                fields[f"{column.field_name}_id"] = context.resolve(row, column, value)
            else:
                fields[column.field_name] = value
        return fields

    def derive(self, context: "ImportContext", row: Row, fields: dict[str, Any]) -> None:
        """Fill the derived fields (root, month …) and check what spans several columns.

        Runs for rows with errors too, so that everything that is wrong is told at once: any field may be
        ``None``.  An error of a cell that is wrong already is dropped.
        """

    def key_of(self, fields: dict[str, Any]) -> tuple[Any, ...]:
        """The natural key of built fields."""
        return tuple(fields.get(f"{name}_id", fields.get(name)) for name in self.key_fields)

    def key_cells(self, row: Row) -> list[str]:
        """The columns that tell the row from the others of its sheet."""
        return [column.name for column in self.columns if column.key]

    def existing(self, rows: Sequence[Row]) -> Iterator[models.QuerySet[Any]]:
        """The rows of the database among which those of the file may already stand, in parts."""
        query = self.model._default_manager.order_by()
        if self.range_field:
            days = [row.fields[self.range_field] for row in rows]
            yield query.filter(**{f"{self.range_field}__range": (min(days), max(days))})
        elif self.lookup_field:
            values = [row.fields[self.lookup_field] for row in rows]
            for start in range(0, len(values), LOOKUP_BATCH):
                yield query.filter(**{f"{self.lookup_field}__in": values[start : start + LOOKUP_BATCH]})
        else:
            yield query

    def owner(self, context: "ImportContext", fields: dict[str, Any]) -> int | None:
        """The unit on which the importer needs the right ``act``;
        ``None`` = anywhere, ``NOWHERE`` = everything.
        """
        for name in ("unit_id", "root_id"):
            if fields.get(name):
                return int(fields[name])
        return None

    def check_states(self, context: "ImportContext", row: Row) -> None:
        """Refuse what the importer (never the system) could not set on a page and
        ``Column.states`` cannot say.
        """

    def touched(self, fields: dict[str, Any]) -> tuple[int | None, date, date | None] | None:
        """The root and the days a row touches: what must not lie in a locked month."""
        guard = getattr(self.model, "guard", None)
        if isinstance(guard, Point):
            month = fields.get(guard.month)
            return (fields.get(guard.root or ""), month, month) if month else None
        if isinstance(guard, Span):
            start = fields.get(guard.start)
            return (fields.get(guard.root or ""), start, fields.get(guard.end)) if start else None
        return None

    def touched_before(self, fields: dict[str, Any]) -> tuple[int | None, date, date | None] | None:
        """The same for what stood before a change."""
        return self.touched(fields)

    def create(self, context: "ImportContext", rows: list[Row]) -> None:
        """Write the new rows, in batches, and set their ids."""
        objects = self.model._default_manager.bulk_create(
            (self.model(**row.fields) for row in rows), batch_size=5000
        )
        for row, created in zip(rows, objects, strict=True):
            row.pk = created.pk

    def update(self, context: "ImportContext", rows: list[Row], names: list[str]) -> None:
        """Write the changed rows, in batches; ``names`` are the fields that change in some of them."""
        if names:
            objects = [self.model(pk=row.pk, **row.fields) for row in rows]
            fields = [self.model._meta.get_field(name).name for name in names]
            self.model._default_manager.bulk_update(objects, fields, batch_size=500)

    def deferred_path(self, column: Column) -> str:
        """The lookup path of what stands in a deferred column."""
        return f"{column.field_name}__{reference(column).attribute}"

    def write_deferred(self, context: "ImportContext", column: Column, rows: list[Row]) -> None:
        """Set references that may point at rows further down, once all rows stand."""
        name = f"{column.field_name}_id"
        changed = [
            self.model(pk=row.pk, **{name: context.known_id(column, row.values[column.name])}) for row in rows
        ]
        self.model._default_manager.bulk_update(changed, [column.field_name], batch_size=500)

    def refer(self, context: "ImportContext", row: Row, column: Column) -> int | None:
        """The id that a deferred column points at, once all rows stand."""
        return context.resolve(row, column, row.values.get(column.name))

    def after(self, context: "ImportContext", rows: list[Row]) -> None:
        """Checks that need all rows of all tables to stand, e.g. that shares sum to 1."""

    # --- rows out -------------------------------------------------------------------------------------
    #: the relation whose visible rows decide which rows of this table a person sees, where the model has no
    #: ``visible_to`` of its own; empty = everybody who may export sees all (catalogues)
    visible_through: ClassVar[str] = ""

    def queryset(self) -> models.QuerySet[Any]:
        """The rows of an export, in the order of the natural key."""
        return self.model._default_manager.order_by(*self.key_fields)

    def visible_to(self, user: Any) -> models.QuerySet[Any]:
        """The rows of an export that ``user`` may see (``None`` = the system, all)."""
        query: Any = self.queryset()
        if user is None:
            return query
        if hasattr(query, "visible_to"):
            return query.visible_to(user)
        if self.visible_through:
            target: Any = self.model._meta.get_field(self.visible_through).related_model
            seen = Q(**{f"{self.visible_through}__in": target._default_manager.visible_to(user).values("pk")})
            # A row that names none belongs to the deployment.
            return query.filter(seen | Q(**{f"{self.visible_through}__isnull": True}))
        return query

    def export_columns(self, user: Any, queryset: models.QuerySet[Any]) -> Sequence[Column]:
        """The columns of an export: those the reader may not read in all rows are left out, not blanked."""
        return self.columns

    def export_paths(self) -> list[str]:
        """For each column the lookup path of its cell."""
        return [
            f"{column.field_name}__{column.kind.attribute}"
            if isinstance(column.kind, Ref)
            else column.field_name
            for column in self.columns
        ]

    def export(self, queryset: models.QuerySet[Any], columns: Sequence[Column]) -> Iterator[list[Any]]:
        """The cells of the rows of ``queryset``, one list a row."""
        paths = dict(zip((column.name for column in self.columns), self.export_paths(), strict=True))
        kinds = [column.kind for column in columns]
        wanted = [paths[column.name] for column in columns]
        for values in queryset.values_list(*wanted).iterator(chunk_size=5000):
            yield [
                None if value is None or value == "" else kind.cell(value)
                for kind, value in zip(kinds, values, strict=True)
            ]
