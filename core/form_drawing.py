"""Lists to choose from, drawn without a template for each of their options.

The library includes two templates for every option; a list of a hundred units cost more than the rest of its
page.  All other widgets are drawn by the library.
"""

from collections.abc import Mapping
from typing import Any

from django.forms.renderers import DjangoTemplates
from django.utils.html import conditional_escape
from django.utils.safestring import mark_safe

SELECT = "django/forms/widgets/select.html"
OPTION = "django/forms/widgets/select_option.html"


def _attributes(given: Mapping[str, Any]) -> str:
    """As the library's ``attrs.html``: True is the name alone, False nothing."""
    return "".join(
        f" {name}" if value is True else f' {name}="{conditional_escape(str(value))}"'
        for name, value in given.items()
        if value is not False
    )


def _option(widget: Mapping[str, Any]) -> str:
    value = conditional_escape(str(widget["value"]))
    label = conditional_escape(widget["label"])
    return f'  <option value="{value}"{_attributes(widget["attrs"])}>{label}</option>'


class SiteRenderer(DjangoTemplates):
    """The renderer of all forms (``FORM_RENDERER``)."""

    def render(self, template_name: str, context: dict[str, Any], request: Any = None) -> str:
        widget = context.get("widget", {})
        groups = widget.get("optgroups") if template_name == SELECT else None
        if groups is None or any(one["template_name"] != OPTION for _name, row, _at in groups for one in row):
            return super().render(template_name, context, request)
        lines = [f'<select name="{conditional_escape(widget["name"])}"{_attributes(widget["attrs"])}>']
        for name, options, _index in groups:
            drawn = [_option(one) for one in options]
            if name:
                drawn = [f'  <optgroup label="{conditional_escape(name)}">', *drawn, "  </optgroup>"]
            lines += drawn
        return mark_safe("\n".join([*lines, "</select>"]))  # noqa: S308 - every part is escaped above
