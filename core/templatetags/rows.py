"""The rows of a table, drawn at once.

The library's own way works out for every cell what is the same in the whole column (attributes, label, what
its ``render`` takes) and runs all context processors for each cell that has a template.
"""

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from django import template
from django.template.base import render_value_in_context
from django.template.loader import get_template
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django_tables2 import TemplateColumn
from django_tables2.columns import BoundColumn
from django_tables2.rows import BoundRow
from django_tables2.utils import signature

register = template.Library()
Draw = Callable[..., Any]
#: the site has some ten templates in its code
MOST_COMPILED = 128


def _varies(attributes: Any) -> bool:
    """Whether an attribute is worked out for each cell."""
    if isinstance(attributes, Mapping):
        return any(_varies(one) for one in attributes.values())
    return callable(attributes)


def _with_what_it_takes(function: Draw) -> Callable[[dict[str, Any]], Any]:
    """Calls ``function`` with those of the given arguments that it has."""
    names, rest = signature(function)
    if rest:
        return lambda given: function(**given)
    return lambda given: function(**{name: given[name] for name in names})


@lru_cache(maxsize=MOST_COMPILED)
def _compiled(code: str) -> template.Template:
    """A template that stands in the code of a table: the library compiles it anew for each cell."""
    return template.Template(code)


def _by_template(column: TemplateColumn, context: template.RequestContext) -> Callable[[dict[str, Any]], Any]:
    """Draws with the context of the page, whose processors have run."""
    drawn: Any
    if column.template_name:
        drawn = get_template(column.template_name).template  # type: ignore[attr-defined]
    else:
        drawn = _compiled(column.template_code)

    def draw(given: dict[str, Any]) -> Any:
        with context.update(column.get_context_data(**given)):
            return drawn.render(context)

    return draw


class _Column:
    """What holds for all cells of a column."""

    def __init__(self, bound: BoundColumn, context: template.RequestContext) -> None:
        self.bound, self.default = bound, bound.default
        column, own = bound.column, type(bound.column)
        by_library = issubclass(own, TemplateColumn) and own.render is TemplateColumn.render
        if by_library:
            self.draw = _by_template(column, context)
        else:
            self.draw = _with_what_it_takes(bound.render)
        attributes = {**bound._table.attrs, **bound.column.attrs}
        self.attributes = "" if _varies(attributes) else self._attributes()

    def _attributes(self) -> str:
        """Those of the column, and its header: on a phone, where a row is a card, a cell names itself."""
        attributes = self.bound.attrs["td"]
        text, header = attributes.as_html(), self.bound.header
        if header and "data-label" not in attributes:
            text = format_html('{} data-label="{}"', text, header)
        return f" {text}"

    def cell(self, row: BoundRow, context: template.RequestContext) -> str:
        given: dict[str, Any] = {}

        def drawn(bound: BoundColumn, value: Any = None) -> Any:
            given.update(row._optional_cell_arguments(bound, value))
            content = self.draw(given)
            return bound.link(content, **given) if bound.link else content

        value = row._get_and_render_with(self.bound, render_func=drawn, default=self.default)
        self.bound.current_value, self.bound.current_record = value, row.record
        shown = render_value_in_context(value, context)
        attributes = self.attributes or self._attributes()
        return f'<td{attributes}><span class="oc-cell">{shown}</span></td>'


@register.simple_tag(takes_context=True)
def table_rows(context: template.RequestContext, table: Any) -> SafeString:
    """The rows of the page of a table."""
    page = table.context
    columns = [_Column(bound, page) for bound in table.columns]
    lines = []
    for row in table.paginated_rows:
        cells = "".join(column.cell(row, page) for column in columns)
        lines.append(f"<tr {row.attrs.as_html()}>{cells}</tr>")
    return mark_safe("\n    ".join(lines))  # noqa: S308 - every part is escaped above
