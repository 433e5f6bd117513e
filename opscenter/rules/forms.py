"""The form of a draft, made from the table declarations, and the filters of the lists.

The form holds cells as text and judges nothing itself: what is wrong, the importer says.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.db.models import Q
from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import registry
from core.interchange.columns import Choice, Codes, Column, Day, Fixed, Integer, Ref, Share, Text
from core.interchange.explanation import describe
from core.models import User
from departments.models import Activity, Document, Position, Unit
from departments.permissions import reach_of
from kpi.models import Platform
from opscenter.rules.kinds import KINDS, PART_LABELS, RuleKind, label_of
from opscenter.rules.sheets import Problem, Rows

#: empty rows offered below those of a part
BLANK_ROWS = 3
#: rows of a part that a form takes
MOST_ROWS = 100
#: longer texts get a field of several lines
LONG_TEXT = 300

Choices = list[tuple[str, str]]


@dataclass(frozen=True)
class Offered:
    """The choices of columns that refer to other tables, by table."""

    by_table: dict[str, Choices]

    def of(self, table: str) -> Choices:
        return self.by_table.get(table, [])


def offered(user: User) -> Offered:
    """What may be referred to: units one may make rules for, their positions, documents, activities and
    platforms.

    A platform that is closed says since when.  Rule: YJ-20.
    """
    reach = reach_of(user)
    units: Any = Unit.objects.without_tree_fields().visible_to(user)
    if not reach.everything:
        units = units.filter(pk__in=reach.units_for("rules.edit"))
    documents: Any = Document.objects.visible_to(user).order_by("number", "effective_from")
    posts = Position.objects.filter(Q(unit__root_id__in=reach.roots) if not reach.everything else Q())
    return Offered(
        {
            "units": list(units.order_by("code").values_list("code", "name")),
            "positions": list(posts.order_by("code").values_list("code", "name")),
            "documents": list(dict(documents.values_list("number", "title")).items()),
            "activities": list(Activity.objects.order_by("code").values_list("code", "name")),
            "platforms": [
                (code, _("%(name)s (closed %(day)s)") % {"name": name, "day": closed} if closed else name)
                for code, name, closed in Platform.objects.order_by("code").values_list(
                    "code", "name", "closed"
                )
            ],
        }
    )


def form_field(table: Any, column: Column, choices: Offered) -> forms.Field:
    """The control of a cell."""
    kind = column.kind
    label = label_of(table, column) + (" *" if column.required else "")
    common: dict[str, Any] = {"label": label, "required": False}
    if isinstance(kind, Choice):
        empty = [] if column.required else [("", "—")]
        return forms.ChoiceField(choices=[*empty, *kind.choices.choices], **common)
    if isinstance(kind, Ref) and choices.of(kind.table):
        return forms.ChoiceField(choices=[("", "—"), *choices.of(kind.table)], **common)
    if isinstance(kind, Codes) and choices.of(column.name):
        return forms.MultipleChoiceField(
            choices=choices.of(column.name), widget=forms.CheckboxSelectMultiple, **common
        )
    if isinstance(kind, Day):
        return forms.CharField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if isinstance(kind, Integer | Fixed):
        mode = "numeric" if isinstance(kind, Integer) else "decimal"
        text = str(describe(column, "")) if isinstance(kind, Share) else ""
        return forms.CharField(
            widget=forms.TextInput(attrs={"inputmode": mode}), help_text=text, max_length=40, **common
        )
    if isinstance(kind, Text) and kind.max_length > LONG_TEXT:
        return forms.CharField(widget=forms.Textarea(attrs={"rows": 2}), max_length=kind.max_length, **common)
    help_text = describe(column, "") if isinstance(kind, Codes) else ""
    return forms.CharField(help_text=help_text, max_length=500, **common)


@dataclass(frozen=True)
class PartRow:
    """One row of a part: its controls, and the one that takes it out."""

    fields: list[BoundField]
    drop: BoundField
    blank: bool


@dataclass(frozen=True)
class Part:
    """The rows below a version as an editable table."""

    name: str
    label: str
    heads: list[str]
    rows: list[PartRow]
    count: BoundField


class DraftForm(forms.Form):
    """The cells of a version and of its parts.

    ``fixed``: the columns that name the rule and cannot be changed in a new version of it.
    """

    def __init__(
        self,
        kind: RuleKind,
        choices: Offered,
        rows: Rows,
        data: Any = None,
        fixed: Iterable[str] = (),
    ) -> None:
        super().__init__(data)
        self.kind, self.choices, self.stored = kind, choices, rows
        main = (rows.get(kind.name) or [{}])[0]
        for column in kind.columns:
            self._add(kind.name, column, f"f-{column.name}", main.get(column.name, ""))
            if column.name in fixed:
                self.fields[f"f-{column.name}"].disabled = True
        self._counts = {part: self._count(part, len(rows.get(part, []))) for part in kind.parts}
        for part, count in self._counts.items():
            stored = rows.get(part, [])
            self.fields[f"{part}-count"] = forms.IntegerField(
                widget=forms.HiddenInput, required=False, initial=count
            )
            for place in range(count):
                cells = stored[place] if place < len(stored) else {}
                for column in kind.part_columns(part):
                    self._add(part, column, f"{part}-{place}-{column.name}", cells.get(column.name, ""))
                self.fields[f"{part}-{place}-drop"] = forms.BooleanField(
                    label=gettext_lazy("Remove"), required=False
                )

    def _count(self, part: str, stored: int) -> int:
        """How many rows of a part the form has: as many as were posted, else those stored and some blank."""
        text = self.data.get(f"{part}-count", "") if self.is_bound else ""
        posted = int(text) if text.isascii() and text.isdigit() else 0
        return min(max(posted, stored + BLANK_ROWS), MOST_ROWS)

    def _add(self, table: str, column: Column, name: str, cell: str) -> None:
        field = form_field(registry.tables[table], column, self.choices)
        several = isinstance(field, forms.MultipleChoiceField)
        field.initial = [code for code in cell.split(",") if code] if several else cell
        if isinstance(field, forms.ChoiceField):
            known: Choices = list(field.choices)  # type: ignore[arg-type]
            missing = (
                set(field.initial if several else [cell]) - {str(value) for value, _label in known} - {""}
            )
            # What stands already may be chosen again, also where it would not be offered today.
            known += [(code, code) for code in sorted(missing)]
            # Where many may be ticked, those that are stand first.
            field.choices = sorted(known, key=lambda one: one[0] not in field.initial) if several else known
        self.fields[name] = field

    # --- in -------------------------------------------------------------------------------------------
    def rows(self) -> Rows:
        """The posted cells; rows that are blank or taken out are left out.  Only of a valid form."""
        rows: Rows = {self.kind.name: [self._cells(self.kind.columns, "f")]}
        self._places: dict[str, list[int]] = {self.kind.name: [0]}
        for part, count in self._counts.items():
            kept = [
                (place, cells)
                for place in range(count)
                if not self.cleaned_data.get(f"{part}-{place}-drop")
                and self._typed(part, cells := self._cells(self.kind.part_columns(part), f"{part}-{place}"))
            ]
            rows[part] = [cells for _place, cells in kept]
            self._places[part] = [place for place, _cells in kept]
        return rows

    def _cells(self, columns: Iterable[Column], prefix: str) -> dict[str, str]:
        found = {}
        for column in columns:
            name = f"{prefix}-{column.name}"
            value = self.cleaned_data.get(name) or ""
            if isinstance(value, list):
                # In the order in which they stood, so that nothing seems to differ.
                stood = {code: place for place, code in enumerate(self.fields[name].initial)}
                value = ",".join(sorted(value, key=lambda code: stood.get(code, len(stood))))
            found[column.name] = str(value).strip()
        return found

    def _typed(self, part: str, cells: dict[str, str]) -> bool:
        """Whether somebody filled the row in: a list always has something chosen."""
        return any(
            cells[column.name]
            for column in self.kind.part_columns(part)
            if not isinstance(column.kind, Choice)
        )

    def tell(self, problems: Iterable[Problem]) -> None:
        """Show what is wrong beside the cells; what belongs to none, on top."""
        for problem in problems:
            name = self._named(problem)
            self.add_error(name if name in self.fields else None, problem.message)

    def _named(self, problem: Problem) -> str:
        if problem.table == self.kind.name:
            return f"f-{problem.column}"
        places = self._places.get(problem.table, [])
        if not problem.column or problem.place >= len(places):
            return ""
        return f"{problem.table}-{places[problem.place]}-{problem.column}"

    # --- out ------------------------------------------------------------------------------------------
    def main_fields(self) -> list[BoundField]:
        return [self[f"f-{column.name}"] for column in self.kind.columns]

    def parts(self) -> list[Part]:
        found = []
        for name, count in self._counts.items():
            columns = self.kind.part_columns(name)
            rows = [
                PartRow(
                    fields=[self[f"{name}-{place}-{column.name}"] for column in columns],
                    drop=self[f"{name}-{place}-drop"],
                    blank=place >= len(self.stored.get(name, [])),
                )
                for place in range(count)
            ]
            heads = [str(field.label) for field in rows[0].fields] if rows else []
            found.append(Part(name, str(PART_LABELS[name]), heads, rows, self[f"{name}-count"]))
        return found


class ActivateForm(forms.Form):
    """Why a version is to hold, and the digest of what was read."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, strip=True)
    digest = forms.CharField(widget=forms.HiddenInput, max_length=64)


class DiscardForm(forms.Form):
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=500, strip=True)


class RuleFilterForm(forms.Form):
    q = forms.CharField(label=gettext_lazy("Name or code"), required=False, max_length=60)
    kind = forms.ChoiceField(
        label=gettext_lazy("Kind"),
        required=False,
        choices=[("", gettext_lazy("All kinds")), *((kind.name, kind.plural) for kind in KINDS.values())],
    )
    state = forms.ChoiceField(
        label=gettext_lazy("Shown"),
        required=False,
        choices=[
            ("", gettext_lazy("all rules")),
            ("held", gettext_lazy("holding today")),
            ("draft", gettext_lazy("with a draft")),
        ],
    )


class ReaderFilterForm(forms.Form):
    """Which people a leader asks about; ``units`` are those in reach."""

    q = forms.CharField(label=gettext_lazy("Name or number"), required=False, max_length=60)
    unit = forms.ChoiceField(label=gettext_lazy("Unit"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("Shown"),
        required=False,
        choices=[
            ("", gettext_lazy("everybody")),
            ("open", gettext_lazy("has not read them")),
            ("read", gettext_lazy("has read them")),
        ],
    )

    def __init__(self, data: Any, units: Choices) -> None:
        super().__init__(data)
        self.fields["unit"].choices = [("", _("All units")), *units]  # type: ignore[attr-defined]
