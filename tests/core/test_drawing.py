"""What is drawn without a template is escaped, and is what the libraries draw themselves."""

import django_tables2 as tables
import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.html import format_html

BAD = """<script>'"&</script>"""
ESCAPED = "&lt;script&gt;&#x27;&quot;&amp;&lt;/script&gt;"


class ChoiceForm(forms.Form):
    plain = forms.ChoiceField(choices=[("", "none"), (BAD, BAD), ("b", "B")], initial="b")
    grouped = forms.ChoiceField(
        choices=[("", "none"), (BAD, [("c", BAD), ("d", "D")])],
        widget=forms.Select(attrs={"title": BAD, "disabled": True, "hidden": False}),
    )


def _squeezed(markup: str) -> str:
    return "".join(markup.split())


@pytest.mark.parametrize("name", ["plain", "grouped"])
def test_choices_are_drawn_as_the_library_draws_them(name: str) -> None:
    ours, theirs = ChoiceForm(), ChoiceForm(renderer=DjangoTemplates())

    assert _squeezed(str(ours[name])) == _squeezed(str(theirs[name]))
    assert "<script>" not in str(ours[name])
    assert ESCAPED in str(ours[name])


class PeopleTable(tables.Table):
    name = tables.Column(attrs={"td": {"title": BAD}})
    note = tables.Column(default=BAD)
    link = tables.Column(accessor="name", linkify=lambda record: f"/people/{record['pk']}/")
    safe = tables.TemplateColumn("<b>{{ record.name }}</b>", orderable=False)

    def render_note(self, value: str) -> str:
        return format_html("<i>{}</i>", value)


def test_rows_are_escaped_cell_by_cell() -> None:
    rows = [{"pk": 1, "name": BAD, "note": BAD}, {"pk": 2, "name": "A", "note": None}]
    table = PeopleTable(rows)
    request = RequestFactory().get("/")
    table.context = Context({"request": request, "table": table})
    drawn = Template("{% load rows %}{% table_rows table %}").render(Context({"table": table}))

    assert "<script>" not in drawn
    assert f'title="{ESCAPED}"' in drawn
    assert f"<i>{ESCAPED}</i>" in drawn
    assert f'<a href="/people/1/">{ESCAPED}</a>' in drawn
    assert f"<b>{ESCAPED}</b>" in drawn
    assert drawn.count("<tr") == 2
