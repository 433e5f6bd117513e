"""List pages: filtered, sorted, paged, and exported to Excel as they are shown.

A page is a ``ListPage`` with a django-tables2 table, a django-filter set and ``get_queryset`` that asks
``visible_to``.  ``?export=xlsx`` gives all pages of what the filters leave.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Any, ClassVar

import django_tables2 as tables
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django_filters.views import FilterView
from openpyxl import Workbook
from openpyxl.styles import Font

from core.access import AccessMixin
from core.exceptions import RuleViolation
from core.spreadsheets.writer import cell_style, file_name, save_bytes, sheet_title, styled_cell
from core.templatetags import ui

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
PAGE_SIZE = 25
#: A database reads every row that it counts, so a list says "more than" where there are more.
MOST_COUNTED = 10_000
#: rows of one exported list
EXPORT_LIMIT = 100_000
TOO_MANY_ROWS = _("The list has more than %(limit)s rows. Narrow it with the filters, then export again.")
NUMERIC = {"td": {"class": "num"}, "th": {"class": "num"}}
#: the column that heads the card which a row is on a phone
HEAD = {"td": {"class": "oc-card-head"}}


def cell(label: Any, css: str = "") -> dict[str, Any]:
    """Attributes of a column that goes by another name than its header on a phone, where a row is a card."""
    return {"td": {"data-label": label, "class": css}, "th": {"class": css}}


class ShortPaginator(Paginator):
    """Counts no more than ``most`` rows; ``capped``: there are more, which only the filters reach."""

    most = MOST_COUNTED

    @cached_property
    def found(self) -> int:
        rows: Any = self.object_list
        # Of a table, what its rows are read from.
        rows = getattr(getattr(rows, "data", None), "data", rows)
        if not isinstance(rows, QuerySet):
            return len(rows)
        rows = rows.order_by()
        # Rows that are sums have no key of their own.
        rows = rows if rows.query.values_select else rows.values("pk")
        return int(rows[: self.most + 1].count())

    @property
    def capped(self) -> bool:
        return self.found > self.most

    @cached_property
    def count(self) -> int:
        return min(self.found, self.most)


class FigureColumn(tables.Column):
    """A right-aligned figure: shown by ``show``, exported as the exact number."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("attrs", NUMERIC)
        super().__init__(*args, **kwargs)

    def show(self, value: Any) -> str:
        return ui.number(value)

    def render(self, value: Any) -> str:
        return self.show(value)

    def value(self, value: Any) -> Any:
        return value


class MoneyColumn(FigureColumn):
    def show(self, value: Any) -> str:
        return ui.money(value)


class PercentColumn(FigureColumn):
    def show(self, value: Any) -> str:
        return ui.percent(value)


class StateColumn(tables.Column):
    """A choice field as a coloured word; exported as the word."""

    def __init__(self, field: str, **kwargs: Any) -> None:
        super().__init__(accessor=field, empty_values=(), **kwargs)
        self.field = field

    def render(self, record: Any) -> str:
        return ui.state_badge(getattr(record, self.field), self.value(record))

    def value(self, record: Any, **kwargs: Any) -> str:
        return str(getattr(record, f"get_{self.field}_display")())


class ListPage(AccessMixin, tables.SingleTableMixin, FilterView):
    """A list.  Subclasses set ``access``, ``title``, ``table_class``, ``filterset_class`` and say in
    ``empty_title`` and ``empty_text`` what would be here and how to get it.
    """

    http_method_names = ["get", "head"]
    template_name = "list.html"
    paginate_by = PAGE_SIZE
    paginator_class = ShortPaginator
    strict = False
    title: ClassVar[str | Promise]
    subtitle: ClassVar[str | Promise] = ""
    empty_title: ClassVar[str | Promise] = ""
    empty_text: ClassVar[str | Promise] = ""
    empty_icon: ClassVar[str] = "inbox"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        answer = super().get(request, *args, **kwargs)
        if request.GET.get("export") == "xlsx":
            return self.exported()
        return answer

    def get_table_pagination(self, table: tables.Table) -> dict[str, Any]:
        return {"per_page": self.paginate_by, "paginator_class": self.paginator_class}

    def paginate_queryset(self, queryset: Any, page_size: int) -> Any:
        """The table is paged, not what it is made from: the rows are counted once."""
        return None, None, queryset, False

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        filters = context["filter"]
        return {
            **context,
            "title": self.title,
            "subtitle": self.subtitle,
            "empty_title": self.empty_title,
            "empty_text": self.empty_text,
            "empty_icon": self.empty_icon,
            "filtered": filters.is_bound and any(filters.data.get(name) for name in filters.form.fields),
        }

    def exported(self) -> HttpResponse:
        """What the filters leave, in the order shown, as a workbook."""
        return table_answer(str(self.title), self.get_table(**self.get_table_kwargs()))


def table_answer(title: str, table: tables.Table) -> HttpResponse:
    """A table with all its rows as a workbook to download.  Raises ``RuleViolation`` for too many rows."""
    if len(table.rows) > EXPORT_LIMIT:
        raise RuleViolation("too_many_rows", TOO_MANY_ROWS, limit=EXPORT_LIMIT)
    name = file_name(title, timezone.localdate().isoformat())
    answer = HttpResponse(_workbook(title, table), content_type=XLSX)
    answer["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    return answer


def _workbook(title: str, table: tables.Table) -> bytes:
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(sheet_title(title))
    head, plain = cell_style(workbook, font=Font(bold=True)), cell_style(workbook)
    sheet.freeze_panes = "A2"
    for at, line in enumerate(table.as_values()):
        look = plain if at else head
        sheet.append([styled_cell(sheet, _typed(value), look) for value in line])
    return save_bytes(workbook, created=timezone.now())


def _typed(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int | Decimal | date | datetime):
        return value
    return str(value)
