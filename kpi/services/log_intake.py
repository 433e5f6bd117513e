"""Log rows as a program sends them: by codes, for several people at once, all or nothing."""

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import RuleViolation
from core.models import User
from departments.models import Duty, Staff
from departments.selectors import unit_tree
from kpi.models import LogEntry, Platform
from kpi.services.logs import NewLog, logs_add

UNKNOWN = _("There is none with this code, or you may not use it.")
NEEDS_PERSON = _("Say whose row it is: your log-in belongs to no person on the staff.")
INCOMPLETE = _("Some of it cannot be logged yet; see below.")


@dataclass(frozen=True)
class SentLog:
    """A row by codes; without ``staff_no`` it is the sender's own.  ``duty`` is the number of a duty."""

    date: date
    platform: str
    activity: str
    count: int
    staff_no: str = ""
    handle: str = ""
    url: str = ""
    partner: str = ""
    duty: int | None = None
    note: str = ""


Problem = dict[str, Any]


def form_key(actor: User, key: str | None, rows: Sequence[SentLog]) -> str:
    """What names the rows of a request: the same for each repeat, also when its answer is forgotten."""
    if key is None:
        return f"api-{uuid4().hex}"
    return "api-" + hashlib.sha256(f"{actor.pk}:{key}:{list(rows)}".encode()).hexdigest()[:32]


def log_take_in(*, actor: User, row: SentLog, key: str) -> LogEntry:
    """Log one row.  Raises what ``logs_add`` raises; a ``RuleViolation`` names every problem by field."""
    try:
        return logs_take_in(actor=actor, rows=[row], key=key)[0]
    except RuleViolation as error:
        for problem in error.errors:
            problem["field"] = problem["field"].partition(".")[2]
        raise


def logs_take_in(*, actor: User, rows: Sequence[SentLog], key: str) -> list[LogEntry]:
    """Log the rows, each for its person; gives them in the order sent.

    Raises what ``logs_add`` raises; a ``RuleViolation`` names every problem with the place of its row
    (``2.count``).
    """
    found = _Codes(actor, rows)
    errors: list[Problem] = []
    groups: dict[Staff, list[tuple[int, NewLog]]] = defaultdict(list)
    for place, row in enumerate(rows):
        staff, built, problems = found.built(row)
        errors += [_placed(place, problem) for problem in problems]
        if staff is not None and built is not None:
            groups[staff].append((place, built))
    if errors:
        raise RuleViolation("log_incomplete", INCOMPLETE, errors)
    entries: dict[int, LogEntry] = {}
    with transaction.atomic():
        for staff, placed in groups.items():
            try:
                logged = logs_add(
                    actor=actor, staff=staff, rows=[row for _place, row in placed], key=f"{key}-{staff.pk}"
                )
            except RuleViolation as error:
                errors += _mapped(error, [place for place, _row in placed])
                continue
            entries |= {place: entry for (place, _row), entry in zip(placed, logged, strict=True)}
        if errors:
            # What was logged for the others goes as well.
            raise RuleViolation("log_incomplete", INCOMPLETE, errors)
    return [entries[place] for place in sorted(entries)]


def _placed(place: int, problem: Problem) -> Problem:
    return {**problem, "field": f"{place}.{problem['field']}"}


def _mapped(error: RuleViolation, places: list[int]) -> list[Problem]:
    """The problems of one person's rows, with the places that the rows have in the request."""
    if not error.errors:
        return [{"field": str(places[0]), "message": str(error)}]
    found = []
    for problem in error.errors:
        number, _dot, field = str(problem["field"]).rpartition(".")
        found.append({**problem, "field": f"{places[int(number or 0)]}.{field}"})
    return found


class _Codes:
    """What the codes of a request stand for: a fixed number of queries, whatever the number of rows."""

    def __init__(self, actor: User, rows: Sequence[SentLog]) -> None:
        self.own = Staff.objects.filter(user=actor).first()
        people = Staff.objects.select_related("unit")
        numbers = {row.staff_no for row in rows} - {""}
        self.people = {
            staff.staff_no: staff for staff in people.visible_to(actor).filter(staff_no__in=numbers)
        }
        partners = {row.partner for row in rows} - {""}
        self.partners = {
            staff.staff_no: staff for staff in Staff.objects.known_to(actor).filter(staff_no__in=partners)
        }
        platforms = Platform.objects.select_related("successor")
        self.platforms = {one.code: one for one in platforms.filter(code__in={row.platform for row in rows})}
        duties = Duty.objects.filter(number__in={row.duty for row in rows if row.duty})
        self.duties = {(duty.unit_id, duty.number): duty for duty in duties}
        self.tree = unit_tree(timezone.localdate()) if self.duties else None

    def built(self, row: SentLog) -> tuple[Staff | None, NewLog | None, list[Problem]]:
        """Whose row it is and the row itself; or what is unknown of it."""
        problems: list[Problem] = []
        staff = self.people.get(row.staff_no) if row.staff_no else self.own
        if staff is None:
            problems.append({"field": "staff_no", "message": UNKNOWN if row.staff_no else NEEDS_PERSON})
        platform = self.platforms.get(row.platform)
        if platform is None:
            problems.append({"field": "platform", "message": UNKNOWN})
        partner = self.partners.get(row.partner)
        if row.partner and partner is None:
            problems.append({"field": "partner", "message": UNKNOWN})
        duty = self._duty(staff, row.duty)
        if row.duty is not None and duty is None:
            problems.append({"field": "duty", "message": UNKNOWN})
        if problems or staff is None or platform is None:
            return None, None, problems
        return (
            staff,
            NewLog(
                date=row.date,
                platform=platform,
                activity=row.activity,
                count=row.count,
                handle=row.handle,
                url=row.url,
                partner=partner,
                duty=duty,
                note=row.note,
            ),
            [],
        )

    def _duty(self, staff: Staff | None, number: int | None) -> Duty | None:
        """The duty with the number, of the person's unit or the nearest above that has it."""
        if staff is None or number is None or self.tree is None:
            return None
        path = self.tree.path(staff.unit_id)
        return next((self.duties[unit, number] for unit in path if (unit, number) in self.duties), None)
