"""Asking: one request, what came of it, and whether anything changed."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import compress
from typing import Any

from django.db import connection, transaction
from django.urls import reverse

from tests.access.personas import EVERYBODY, NOBODY, SIGNED_OUT, SUPERUSER, Who
from tests.access.world import World

#: A page that takes no object has this one relation; every page that takes one has ``missing``.
ANY, MISSING = "any", "missing"
READING = {"GET", "HEAD"}
OTHER_METHODS = ("PUT", "PATCH", "DELETE", "OPTIONS", "TRACE")
# Reading leaves these behind: the session itself, and where somebody is signed in.
OF_SESSIONS = {"django_session", "usersessions_usersession"}
#: What reading a page that is noted may change: the audit, and the sheet that the first export keeps.
NOTED_TABLES = {"core_auditevent", "core_storedfile"}
NOTED_COLUMNS = {("incentives_settlement", "sheet_id")}
SAID = re.compile(rb'errorlist[^>]*>(.*?)</ul>|class="oc-error-text">(.*?)</div>', re.DOTALL)
WRITE = re.compile(r"""\s*(?:INSERT(?: OR \w+)? INTO|UPDATE|DELETE FROM)\s+"?(\w+)""", re.IGNORECASE)

Arguments = Mapping[str, Any]
Data = Callable[[World, str], dict[str, Any]]


def nothing(world: World, who: str) -> dict[str, Any]:
    """A form without fields."""
    return {}


@dataclass(frozen=True)
class Page:
    """What the specification says about one page.

    ``objects``: relation → arguments of the address; ``read`` and ``write``: relation → who gets through,
    for a relation that is not named nobody does.  Without ``read`` (``write``) the page has no GET (POST).
    ``known``: relation → who sees the object although the page itself shows nothing; a refusal may say so.
    ``locked``: relations whose month is locked: who may write gets a refusal that names it (409).
    """

    name: str
    read: Mapping[str, Who] | None = None
    write: Mapping[str, Who] | None = None
    known: Mapping[str, Who] = field(default_factory=dict)
    objects: Mapping[str, Arguments] = field(default_factory=lambda: {ANY: {}})
    query: str | Mapping[str, str] = ""
    data: Data | Mapping[str, Data] = nothing
    public: bool = False
    #: Answers programs: JSON in and out, 401 for those who are signed out.
    api: bool = False
    locked: frozenset[str] = frozenset()
    prepare: Callable[[World, str], None] | None = None
    #: Whether reading it leaves a row in the audit, and nothing but that and what it notes.
    noted: bool = False
    #: Statuses of a write that got through.
    done: frozenset[int] = frozenset({200, 201, 202, 302, 303})
    #: Statuses of a write that is refused to somebody who sees the object; nothing changes.
    refused: frozenset[int] = frozenset({403, 404, 409})

    def url(self, world: World, relation: str) -> str:
        arguments = {
            key: world.ids[value] if isinstance(value, str) and value in world.ids else value
            for key, value in self.objects[relation].items()
        }
        query = self.query if isinstance(self.query, str) else self.query.get(relation, "")
        return reverse(self.name, kwargs=arguments) + query

    def sent(self, world: World, relation: str, who: str) -> dict[str, Any]:
        data = self.data if callable(self.data) else self.data.get(relation, nothing)
        return data(world, who)


@dataclass
class Answer:
    status: int
    body: bytes
    location: str
    changed: bool


class Watch:
    """Remembers the tables that are written to."""

    def __init__(self) -> None:
        self.tables: set[str] = set()

    def __call__(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        found = WRITE.match(str(sql))
        if found:
            self.tables.add(found[1])
        return execute(sql, params, many, context)


def digest(*, noted: bool = False) -> str:
    """All rows of all tables but those of sessions; ``noted``: but for what a noted reading leaves."""
    total = hashlib.sha256()
    left_out = OF_SESSIONS | NOTED_TABLES if noted else OF_SESSIONS
    with connection.cursor() as cursor:
        for table in sorted(set(connection.introspection.table_names(cursor)) - left_out):
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
            kept = [not noted or (table, column[0]) not in NOTED_COLUMNS for column in cursor.description]
            rows = sorted(
                # PostgreSQL gives bytes as a memoryview, whose text is its address.
                repr(
                    [
                        bytes(value) if isinstance(value, memoryview) else value
                        for value in compress(row, kept)
                    ]
                )
                for row in cursor.fetchall()
            )
            total.update(repr((table, rows)).encode())
    return total.hexdigest()


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside has not happened afterwards."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def ask(
    world: World,
    who: str,
    method: str,
    url: str,
    page: Page,
    relation: str,
    data: dict[str, Any] | None = None,
) -> Answer:
    """One request, undone afterwards; everything a write touches is compared with what it was."""
    client = world.client(who)
    watch = Watch()
    reads = method in READING and (who == SUPERUSER or who in (page.read or {}).get(relation, NOBODY))
    noted = page.noted and reads
    with undone():
        before = world.digest
        if page.prepare is not None:
            page.prepare(world, relation)
        if page.prepare is not None or noted:
            before = digest(noted=noted)
        with connection.execute_wrapper(watch):
            given: dict[str, Any] = {"data": data} if method == "POST" else {}
            if page.api:
                given["headers"] = {"accept": "application/json"}
                if method == "POST" and "file" not in (data or {}):
                    given["content_type"] = "application/json"
            answer = getattr(client, method.lower())(url, **given)
        changed = bool(watch.tables - OF_SESSIONS) and digest(noted=noted) != before
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Answer(answer.status_code, body, answer.headers.get("Location", ""), changed)


def failures(page: Page, world: World, methods: tuple[str, ...] = ("GET", "POST")) -> list[str]:
    """What is not as it should be, each as a sentence; [] when all is well."""
    found = []
    for relation in page.objects:
        url = page.url(world, relation)
        for who in sorted(EVERYBODY):
            for method in methods:
                problem = _problem(page, world, relation, url, who, method)
                if problem:
                    found.append(f"{page.name} [{relation}] {method} by {who}: {problem}")
        for method in methods:
            problem = _problem_of_superuser(page, world, relation, url, method)
            if problem:
                found.append(f"{page.name} [{relation}] {method} by {SUPERUSER}: {problem}")
    return found


def _problem_of_superuser(page: Page, world: World, relation: str, url: str, method: str) -> str:
    """A superuser reaches everything, but finds nothing that is missing and changes no locked month."""
    data = page.sent(world, relation, SUPERUSER) if method == "POST" else None
    answer = ask(world, SUPERUSER, method, url, page, relation, data)
    if answer.status >= 500:
        return f"status {answer.status}"
    if relation == MISSING and answer.status not in {404, 405}:
        return f"should be missing, status {answer.status}"
    if answer.changed and (method != "POST" or page.write is None or relation in {MISSING, *page.locked}):
        return f"changed something, status {answer.status}"
    return ""


def _problem(page: Page, world: World, relation: str, url: str, who: str, method: str) -> str:
    readers = (page.read or {}).get(relation, NOBODY)
    writers = (page.write or {}).get(relation, NOBODY)
    reads = method in READING
    data = page.sent(world, relation, who) if method == "POST" else None
    answer = ask(world, who, method, url, page, relation, data)
    if answer.status >= 500:
        return f"status {answer.status}"
    if who == SIGNED_OUT and not page.public:
        return _led_to_sign_in(page, answer)
    if reads and page.read is not None and who in readers:
        if answer.changed:
            return "changed something by reading"
        return "" if answer.status in {200, 302} else f"should open, status {answer.status}"
    if method == "POST" and page.write is not None and who in writers:
        return _written(page, relation, answer)
    if answer.changed:
        return f"is refused ({answer.status}), but something changed"
    known = who in readers or who in writers or who in page.known.get(relation, NOBODY)
    missing_method = page.read is None if reads else page.write is None or method != "POST"
    if missing_method and answer.status == 405:
        return ""
    if known:
        # They see the object, so the refusal may say so; without the page's right its methods are hidden.
        allowed = {403, 404} if missing_method else page.refused
        return "" if answer.status in allowed else f"should be refused, status {answer.status}"
    return _like_missing(page, world, relation, who, method, data, answer)


def _led_to_sign_in(page: Page, answer: Answer) -> str:
    if answer.changed:
        return "changed something while signed out"
    if page.api:
        return "" if answer.status in {401, 403, 405} else f"should ask for a key, status {answer.status}"
    if answer.status == 302 and answer.location.startswith("/accounts/login/"):
        return ""
    return f"should lead to sign-in, status {answer.status} {answer.location}"


def _written(page: Page, relation: str, answer: Answer) -> str:
    if relation in page.locked:
        if answer.changed:
            return "changed a locked month"
        return "" if answer.status in {409, 422} else f"should say that the month is locked, {answer.status}"
    if answer.status in page.done:
        return ""
    shown = re.findall(
        rb'errorlist[^>]*>(.*?)</ul>|class="oc-error-text">(.*?)</div>', answer.body, re.DOTALL
    )
    why = b" ".join(one or other for one, other in shown).decode()[:200]
    return f"should get through, status {answer.status} {why}"


def _like_missing(
    page: Page, world: World, relation: str, who: str, method: str, data: Any, answer: Answer
) -> str:
    if answer.status != 404:
        return f"should answer like a missing page, status {answer.status}"
    if MISSING not in page.objects or relation == MISSING:
        return ""
    missing = ask(world, who, method, page.url(world, MISSING), page, MISSING, data)
    return "" if answer.body == missing.body else "answers otherwise than for a missing object"
