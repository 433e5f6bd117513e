"""Writes of the daily log: rows are added and superseded, never changed.

People log for themselves until the closing day of the next month; afterwards those who verify the unit's logs
log for them.  A form's key names its rows, so that a form sent twice logs once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import audit, guards, jobs
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import StoredFile, User
from core.months import Month
from departments.models import Activity, Duty, Period, Staff
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from departments.selectors import unit_tree
from kpi.calculations.links import LONGEST, link_key, normalised
from kpi.jobs import LOOK_AT_RISKS
from kpi.models import DutyTick, LogEntry, LogStatus, Platform, QuotaRule
from kpi.selectors import month_policies
from kpi.services.evidence import EVIDENCE

LOGGED = audit.register_action("log.added", _("work logged"))
CORRECTED = audit.register_action("log.corrected", _("log row corrected"))
TICKED = audit.register_action("duty.ticked", _("duty ticked"))
LARGEST_COUNT = 1_000_000_000_000
MOST_ROWS = 200
#: so that the key with the place of a row fits the row's id
LONGEST_KEY = 59


@dataclass(frozen=True)
class NewLog:
    """A row to log; ``partner``: the colleague of an exchange (YJ-15); ``duty``: what it serves (YJ-05)."""

    date: date
    platform: Platform
    activity: str
    count: int
    handle: str = ""
    url: str = ""
    partner: Staff | None = None
    duty: Duty | None = None
    note: str = ""
    evidence: StoredFile | None = None


def entry_closes(staff: Staff, month: Month) -> date:
    """The last day on which the person logs work of the month themselves.  Rule: domain.md §9."""
    day = month.plus(1).first
    tree = unit_tree(day)
    closing: int = month_policies(tree, [staff.unit_id], day)[staff.unit_id].entry_close_day
    return month.last if closing == 0 else day.replace(day=closing)


def may_log_for(actor: User, staff: Staff) -> bool:
    """Whether ``actor`` may log for a person who is somebody else, also after the closing day."""
    return reach_of(actor).allows("log.verify", staff.unit_id)


def _check_right(actor: User, staff: Staff, months: set[Month]) -> None:
    """Others' rows need the right to verify them; one's own are bound to the closing day, whoever one is."""
    if staff.user_id != actor.pk:
        if not may_log_for(actor, staff):
            raise NotVisible("staff")
        return
    today = timezone.localdate()
    for month in sorted(months, key=str):
        closes = entry_closes(staff, month)
        if today > closes:
            raise NotAllowed(
                "entry_closed",
                _("%(month)s could be logged until %(day)s. Ask your leader to log it for you."),
                month=str(month),
                day=date_format(closes, "SHORT_DATE_FORMAT"),
            )


def _check_key(key: str) -> None:
    if not 0 < len(key) <= LONGEST_KEY:
        raise RuleViolation(
            "key_length", _("The key of a form has 1 to %(limit)s characters."), limit=LONGEST_KEY
        )


def _check_parts(actor: User, staff: Staff, rows: Sequence[NewLog]) -> None:
    """What a row refers to must be the actor's picture and a duty of the person's units.

    Raises ``NotVisible``.
    """
    for row in rows:
        picture = row.evidence
        if picture is not None and (picture.kind != EVIDENCE or picture.owner_id != actor.pk):
            raise NotVisible("no_such_file")
    if any(row.duty is not None for row in rows):
        path = unit_tree(timezone.localdate()).path(staff.unit_id)
        if any(row.duty is not None and row.duty.unit_id not in path for row in rows):
            raise NotVisible("duty")


def known_activities() -> set[str]:
    """The codes of activities with a row, and those that a quota rule names: two queries."""
    known = set(Activity.objects.values_list("code", flat=True))
    for codes in QuotaRule.objects.values_list("activities", flat=True):
        known.update(codes)
    return known


def _problems(staff: Staff, row: NewLog, activities: set[str], today: date) -> list[dict[str, object]]:
    """What is wrong with a row, by field."""
    found: list[dict[str, object]] = []

    def wrong(field: str, message: object) -> None:
        found.append({"field": field, "message": message})

    platform = row.platform
    if row.date > today:
        wrong("date", _("The day is in the future."))
    if row.date < staff.joined or (staff.left and row.date > staff.left):
        wrong("date", _("You were not employed on that day."))
    if (platform.opened and row.date < platform.opened) or (platform.closed and row.date > platform.closed):
        after = platform.successor
        if after is not None:
            wrong(
                "platform",
                _("%(platform)s was closed on that day. Use %(successor)s.")
                % {"platform": platform.name, "successor": after.name},
            )
        else:
            wrong("platform", _("%(platform)s was closed on that day.") % {"platform": platform.name})
    if row.activity not in activities:
        wrong("activity", _("No quota rule knows this activity. Choose one from the list."))
    if not 0 <= row.count <= LARGEST_COUNT:
        wrong("count", _("Enter a whole number from 0 on."))
    if row.url and (len(row.url) > LONGEST or not normalised(row.url)):
        wrong("url", _("This is no link to a web page, or it is longer than 500 characters."))
    if row.partner is not None and (row.partner.pk == staff.pk or row.partner.root_id != staff.root_id):
        wrong("partner", _("The partner must be a colleague."))
    return found


def logs_add(*, actor: User, staff: Staff, rows: Sequence[NewLog], key: str) -> list[LogEntry]:
    """Log rows for a person.  ``key`` names the form: sent twice, it logs once, and both get the same rows.

    Raises ``NotAllowed`` after the closing day, ``RuleViolation`` with the field of each problem (prefixed
    with the row's place, ``2.count``, when there are several) and ``Conflict`` in a locked month.
    """
    _check_right(actor, staff, {Month.of(row.date) for row in rows})
    _check_key(key)
    if not rows:
        raise RuleViolation("nothing_to_log", _("There is nothing to log."))
    if len(rows) > MOST_ROWS:
        raise RuleViolation("too_many_rows", _("Log at most %(limit)s rows at once."), limit=MOST_ROWS)
    _check_parts(actor, staff, rows)
    activities, today = known_activities(), timezone.localdate()
    errors = [
        {**problem, "field": f"{place}.{problem['field']}" if len(rows) > 1 else problem["field"]}
        for place, row in enumerate(rows)
        for problem in _problems(staff, row, activities, today)
    ]
    if errors:
        raise RuleViolation("log_incomplete", _("Some of it cannot be logged yet; see below."), errors)
    keys = [f"id:{_row_id(key, place)}" for place in range(len(rows))]
    try:
        with guards.translate(), transaction.atomic():
            known = list(LogEntry.objects.filter(row_key__in=keys).order_by("pk"))
            if known:
                return _again(known, staff)
            entries = [_entry(actor, staff, row, key, place) for place, row in enumerate(rows)]
            LogEntry.objects.bulk_create(entries)
            audit.record(actor=actor, action=LOGGED, target=staff, change=_told(entries))
            jobs.enqueue(LOOK_AT_RISKS, dedupe_key=LOOK_AT_RISKS)
    except IntegrityError:
        # The same form came twice at once, and the other one was first.
        known = list(LogEntry.objects.filter(row_key__in=keys).order_by("pk"))
        if not known:
            raise
        return _again(known, staff)
    return entries


def _again(known: list[LogEntry], staff: Staff) -> list[LogEntry]:
    if any(entry.staff_id != staff.pk for entry in known):
        raise Conflict("key_taken", _("This form was used before. Open it again."))
    return known


def _row_id(key: str, place: int) -> str:
    return f"{key}-{place + 1}"


def _entry(actor: User, staff: Staff, row: NewLog, key: str, place: int) -> LogEntry:
    row_id = _row_id(key, place)
    return LogEntry(
        row_id=row_id,
        row_key=f"id:{row_id}",
        date=row.date,
        month=row.date.replace(day=1),
        root_id=staff.root_id,
        staff=staff,
        platform=row.platform,
        activity=row.activity,
        handle=row.handle.strip(),
        count=row.count,
        url=row.url.strip(),
        link_key=link_key(row.url),
        partner=row.partner,
        duty=row.duty,
        note=row.note.strip(),
        evidence=row.evidence,
        created_by=actor,
    )


def _told(entries: list[LogEntry]) -> dict[str, object]:
    days = sorted({entry.date for entry in entries})
    return {"rows": len(entries), "count": sum(entry.count for entry in entries), "days": days}


def log_correct(
    *, actor: User, entry_id: int, count: int, reason: str, key: str, handle: str | None = None
) -> LogEntry:
    """Replace a row by one with the right count (0 takes it back) and account; the old one stays readable.

    Raises ``NotVisible`` for a row the actor does not see, ``NotAllowed`` after the closing day,
    ``RuleViolation`` without a reason and for a rejected row (a correction would undo the rejection),
    ``Conflict`` when it was replaced before or its month is locked.
    """
    seen = LogEntry.objects.visible_to(actor).select_related("staff", "platform").filter(pk=entry_id).first()
    if seen is None:
        raise NotVisible("log")
    _check_right(actor, seen.staff, {Month.of(seen.date)})
    _check_key(key)
    errors = []
    if not reason.strip():
        errors.append({"field": "reason", "message": _("Say why; the reason stays in the records.")})
    if not 0 <= count <= LARGEST_COUNT:
        errors.append({"field": "count", "message": _("Enter a whole number from 0 on.")})
    if errors:
        raise RuleViolation("correction_incomplete", _("Something is missing; see below."), errors)
    row_id = _row_id(key, 0)
    with guards.translate(), transaction.atomic():
        old = LogEntry.objects.select_for_update(of=("self",)).select_related("staff").get(pk=entry_id)
        known = LogEntry.objects.filter(row_key=f"id:{row_id}").first()
        if known is not None:
            _again([known], old.staff)
            return known
        if old.status == LogStatus.REJECTED:
            raise RuleViolation(
                "row_rejected", _("This row was rejected. Log the work anew instead of correcting it.")
            )
        if old.successors.exclude(status=LogStatus.REJECTED).exists():
            raise Conflict("replaced_before", _("This row was corrected before. Correct the newer one."))
        new = LogEntry.objects.create(
            row_id=row_id,
            row_key=f"id:{row_id}",
            date=old.date,
            month=old.month,
            root_id=old.root_id,
            staff=old.staff,
            platform_id=old.platform_id,
            activity=old.activity,
            handle=old.handle if handle is None else handle.strip(),
            count=count,
            url=old.url,
            link_key=old.link_key,
            partner_id=old.partner_id,
            duty_id=old.duty_id,
            note=reason.strip()[:500],
            evidence_id=old.evidence_id,
            supersedes=old,
            created_by=actor,
        )
        change = {"from": old.count, "to": count, "replaces": old.pk}
        audit.record(actor=actor, action=CORRECTED, target=new, change=change, reason=reason)
        jobs.enqueue(LOOK_AT_RISKS, dedupe_key=LOOK_AT_RISKS)
    return new


@transaction.atomic
def duty_tick(*, actor: User, duty: Duty, day: date) -> DutyTick:
    """Tick a duty as done on a day, once; a duty of one's own unit or of one above it.  Rule: YJ-17.

    Raises ``NotVisible`` for a duty of other units or of another position, ``NotAllowed`` after the closing
    day, ``Conflict`` in a locked month.
    """
    staff = Staff.objects.filter(user=actor).first()
    if staff is None or duty.unit_id not in unit_tree(day).path(staff.unit_id):
        raise NotVisible("duty")
    if duty.position_id not in (None, staff.position_id):
        raise NotVisible("duty")
    if day > timezone.localdate():
        raise RuleViolation("future", _("The day is in the future."))
    month = Month.of(day)
    _check_right(actor, staff, {month})
    # The locking of the month and this take turns.
    guards.hold_root(staff.root_id)
    if Period.objects.filter(root_id=staff.root_id, month=month.first, state__in=FROZEN).exists():
        raise Conflict(guards.MONTH_LOCKED, _("The month is locked; nothing can be ticked in it any more."))
    tick, made = DutyTick.objects.get_or_create(staff=staff, duty=duty, date=day)
    if made:
        audit.record(actor=actor, action=TICKED, target=tick)
    return tick
