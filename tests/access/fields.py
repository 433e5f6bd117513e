"""Fields: what every form takes, and that nothing else that is sent changes anything.

What decides about rights and money is never typed: keys, people who took a step, states, months, amounts that
are computed.  ``everything`` names all of it after the columns of the tables, so a new column is sent too.
"""

import ast
import inspect
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import time_machine
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import connection, models

from core.api.serializers import RequestSerializer, RowSerializer
from opscenter.access_checks import own_pages
from tests.access.matrix import OF_SESSIONS, Page, undone
from tests.access.world import World
from tests.people import NOW, ROLES

ROOMS = ("core", "departments", "kpi", "campaigns", "finance", "incentives", "opscenter")
#: Who is asked to try: of those who may write, the one with the least rights.
ORDER = (*("staff", "peer", "below", "other", "leader", "other-leader"), *ROLES[2:], "stranger", "signed-out")

Rows = dict[str, list[dict[str, Any]]]


def own_models() -> Iterator[type[models.Model]]:
    for room in ROOMS:
        if apps.is_installed(room):
            yield from apps.get_app_config(room).get_models()


def system_fields() -> set[str]:
    """Columns that nobody types: keys, who did it, what is not editable, where a row stands on its way."""
    found = {"pk"}
    for model in own_models():
        for field in model._meta.concrete_fields:
            to_a_person = field.remote_field is not None and field.related_model is apps.get_model(
                settings.AUTH_USER_MODEL
            )
            if field.primary_key or not field.editable or to_a_person or type(field).__name__ == "FSMField":
                found |= {field.name, field.attname}
    return found


def modules() -> Iterator[Any]:
    """Every module of ours that the pages use, which their addresses have imported."""
    list(own_pages())
    for name, module in sorted(sys.modules.items()):
        if name.split(".")[0] in ROOMS:
            yield module


def _declared(kind: type[Any]) -> Iterator[tuple[str, type[Any]]]:
    for module in modules():
        for name, one in inspect.getmembers(module, inspect.isclass):
            if issubclass(one, kind) and one.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", one


def form_fields() -> dict[str, str]:
    """Every form and its fields, in alphabetical order; filters of lists write nothing and are left out."""
    return {
        name: " ".join(sorted(form.base_fields))
        for name, form in _declared(forms.Form)
        if form.base_fields and "Filter" not in name
    }


def request_fields() -> dict[str, str]:
    """Every serializer of a request and the fields it takes; one of rows takes none."""
    for name, one in _declared(RowSerializer):
        if hasattr(one, "Meta"):
            taken = [field for field, made in one().fields.items() if not made.read_only]
            assert not taken, f"{name} takes {taken}: rows are only read"
    return {
        name: " ".join(sorted(one().fields))
        for name, one in _declared(RequestSerializer)
        if one is not RequestSerializer
    }


def posted_names() -> dict[str, str]:
    """The names that views read from a POST without a form, by module; ``?`` where a variable names them."""
    found: dict[str, set[str]] = {}
    base = Path(settings.BASE_DIR)
    for room in ROOMS:
        for path in sorted((base / room).rglob("*.py")):
            for name in _posted(ast.parse(path.read_text())):
                found.setdefault(".".join(path.relative_to(base).with_suffix("").parts), set()).add(name)
    return {module: " ".join(sorted(names)) for module, names in found.items()}


def _posted(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript) and _is_post(node.value):
            yield _text(node.slice)
        elif (
            isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and _is_post(node.func.value)
        ):
            yield _text(node.args[0]) if node.args else "?"
        elif isinstance(node, ast.Compare) and any(_is_post(one) for one in node.comparators):
            yield _text(node.left)


def _is_post(node: ast.AST) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "POST"


def _text(node: ast.AST) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else "?"


def everything(world: World) -> dict[str, Any]:
    """Every column of every table by name, with a value that would do harm if it were taken."""
    found: dict[str, Any] = {"pk": "1"}
    for model in own_models():
        for field in model._meta.concrete_fields:
            found[field.name] = found[field.attname] = _harm(world, field)
    return found


def _harm(world: World, field: Any) -> str:
    if field.remote_field is not None:
        name = field.related_model.__name__
        keys = {
            "User": world.people.user("outsider").pk,
            "Staff": world.people.staff("outsider").pk,
            "Unit": world.ids["unit-xx"],
        }
        return str(keys.get(name, 1))
    if isinstance(field, models.BooleanField):
        return "on"
    if isinstance(field, models.DateTimeField):
        return "2024-01-02T03:04:05Z"
    if isinstance(field, models.DateField):
        return "2024-01-02"
    if isinstance(field, models.IntegerField | models.DecimalField):
        return "77"
    if field.name in {"status", "state"}:
        return {"status": "confirmed", "state": "locked"}[field.name]
    return str(field.choices[-1][0]) if field.choices else "xx"


def contents() -> Rows:
    """All rows of all tables but those of sessions."""
    found: Rows = {}
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - OF_SESSIONS):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, map(_kept, row), strict=True)) for row in cursor.fetchall()]
            found[table] = sorted(rows, key=_place)
    return found


def _place(row: Mapping[str, Any]) -> tuple[int, str]:
    """Rows in the order of their numbers, 99 before 100, so that two runs are compared row by row."""
    return len(str(row.get("id", ""))), repr(row)


def _kept(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def after(
    world: World, who: str, page: Page, relation: str, data: Mapping[str, Any], *, form: bool | None = None
) -> tuple[int, Rows]:
    """The status of one request and what stands after it; it is undone.  ``form``: sent as one to the API."""
    as_form = "file" in data if form is None else form
    with undone(), time_machine.travel(NOW, tick=False):
        if page.prepare is not None:
            page.prepare(world, relation)
        given: dict[str, Any] = {"data": dict(data)}
        if page.api and not as_form:
            given["content_type"] = "application/json"
        answer = world.client(who).post(page.url(world, relation), **given)
        return answer.status_code, contents()


def unlike(one: Rows, other: Rows) -> set[tuple[str, str]]:
    """Table and column of what differs; column ``*`` where there are more rows or fewer."""
    found = set()
    for table in one:
        if one[table] == other[table]:
            continue
        if len(one[table]) != len(other[table]):
            found.add((table, "*"))
            continue
        for mine, theirs in zip(one[table], other[table], strict=True):
            found |= {(table, name) for name in mine if mine[name] != theirs[name]}
    return found


def who_tries(page: Page, relation: str) -> list[str]:
    """Those who may write, the least rights first."""
    writers = (page.write or {}).get(relation, frozenset())
    return [who for who in ORDER if who in writers]


def smuggled(world: World, page: Page, relation: str, who: str, taken: set[str]) -> list[str]:
    """What fields that the page does not take change; ``taken``: those that it takes beside what is sent."""
    plain = page.sent(world, relation, who)
    more = {name: one for name, one in everything(world).items() if name not in taken and name not in plain}
    said, expected = after(world, who, page, relation, plain)
    # Files are read once, so what is sent is made anew.
    sent = {**more, **page.sent(world, relation, who)}
    answered, found = after(world, who, page, relation, sent, form="file" in plain)
    if page.api and answered == 400 and not unlike(untouched(world, page, relation), found):
        return []
    differs = unlike(expected, found)
    if differs:
        # What is random differs between two equal requests too.
        _said, again = after(world, who, page, relation, page.sent(world, relation, who))
        differs -= unlike(expected, again)
    problems = [f"{table}.{column}" for table, column in sorted(differs)]
    return problems if said == answered else [*problems, f"status {answered} instead of {said}"]


def untouched(world: World, page: Page, relation: str) -> Rows:
    with undone():
        if page.prepare is not None:
            page.prepare(world, relation)
        return contents()
