"""Writes of the verification: rows are accepted or rejected, never by the person who did the work.

A decision is a new row of the record and the row's state, together; deciding again adds one more.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import User
from departments.models import Period, Staff
from departments.models.periods import FROZEN
from departments.permissions import reach_of, require
from kpi.models import LogCheck, LogEntry, LogSample, LogStatus, SampledRow, Verdict

ACCEPTED = audit.register_action("log.accepted", _("log rows accepted"))
REJECTED = audit.register_action("log.rejected", _("log rows rejected"))
MOST_ROWS = 500
STATUS = {Verdict.ACCEPTED: LogStatus.VALID, Verdict.REJECTED: LogStatus.REJECTED}


@dataclass(frozen=True)
class Decided:
    """What came of a decision on many rows: those decided now, and those that somebody decided before."""

    done: tuple[int, ...]
    before: tuple[int, ...]


def _reason(verdict: Verdict, reason: str) -> str:
    text = reason.strip()[:500]
    if verdict == Verdict.REJECTED and not text:
        message = _("Say why; the person reads it.")
        raise RuleViolation("no_reason", message, [{"field": "reason", "message": message}])
    return text


def _locked_rows(actor: User, keys: Sequence[int]) -> list[LogEntry]:
    """The rows under row locks, in the order of their keys, so that two people never wait in a circle.

    Raises ``NotVisible`` when one of them is missing or out of sight, ``NotAllowed`` without the right or on
    one's own row.
    """
    seen = LogEntry.objects.visible_to(actor)
    rows: list[LogEntry] = list(
        seen.select_for_update(of=("self",)).select_related("staff").filter(pk__in=keys).order_by("pk")
    )
    if len(rows) != len(set(keys)):
        raise NotVisible("log")
    require(actor, "log.verify", {row.staff.unit_id for row in rows})
    own = reach_of(actor).staff_id
    if any(row.staff_id == own or row.staff.user_id == actor.pk for row in rows):
        raise NotAllowed("own_line", _("Nobody verifies a row of their own."))
    months = {(row.root_id, row.month) for row in rows}
    for root, month in months:
        if Period.objects.filter(root_id=root, month=month, state__in=FROZEN).exists():
            raise Conflict(
                guards.MONTH_LOCKED,
                _("The month is locked; what came late is booked in the next open month."),
            )
    return rows


def _record(
    actor: User, rows: Sequence[LogEntry], verdict: Verdict, reason: str, sample: LogSample | None = None
) -> None:
    """One row of the record for each, and their state; the caller holds the locks."""
    keys = [row.pk for row in rows]
    numbers = dict(
        LogCheck.objects.filter(entry_id__in=keys).order_by().values_list("entry_id").annotate(Max("number"))
    )
    drawn = dict(
        SampledRow.objects.filter(entry_id__in=keys, sample__outcome="").values_list("entry_id", "sample_id")
    )
    by_staff = Staff.objects.filter(user=actor).first()
    LogCheck.objects.bulk_create(
        LogCheck(
            entry=row,
            number=numbers.get(row.pk, 0) + 1,
            staff_id=row.staff_id,
            verdict=verdict,
            reason=reason,
            by=actor,
            by_staff=by_staff,
            sample_id=sample.pk if sample else drawn.get(row.pk),
        )
        for row in rows
    )
    LogEntry.objects.filter(pk__in=keys).update(status=STATUS[verdict])
    audit.record(
        actor=actor,
        action=ACCEPTED if verdict == Verdict.ACCEPTED else REJECTED,
        target=rows[0] if len(rows) == 1 else None,
        change={"rows": keys, "sample": sample.pk if sample else None},
        reason=reason,
    )


def log_decide(*, actor: User, entry_id: int, verdict: Verdict, reason: str, seen: int) -> LogCheck:
    """Accept or reject a row.  ``seen``: the number of the last decision that the actor knows, 0 for none.

    The same decision sent twice is one.  Raises ``Conflict`` when somebody decided meanwhile, the row was
    replaced or its month is locked; ``RuleViolation`` without the reason that a rejection, and every second
    decision, needs.
    """
    text = _reason(verdict, reason)
    with guards.translate(), transaction.atomic():
        (row,) = _locked_rows(actor, [entry_id])
        last = row.checks.order_by("-number").first()
        if (
            last is not None
            and last.number == seen + 1
            and last.by_id == actor.pk
            and last.verdict == verdict
        ):
            return last
        if (last.number if last else 0) != seen:
            raise Conflict(
                "decided_before", _("Somebody else has decided on this row meanwhile. Look at it again.")
            )
        if row.status == STATUS[verdict]:
            raise Conflict("decided_before", _("This row has been decided in this way already."))
        if row.status != LogStatus.SUBMITTED and not text:
            message = _("Say why the earlier decision changes.")
            raise RuleViolation("no_reason", message, [{"field": "reason", "message": message}])
        _refuse_replaced(row)
        _record(actor, [row], verdict, text)
        made: LogCheck = row.checks.get(number=seen + 1)
    return made


def _refuse_replaced(row: LogEntry) -> None:
    if row.successors.exclude(status=LogStatus.REJECTED).exists():
        raise Conflict("replaced_before", _("A newer row replaces this one. Decide on the newer one."))


def logs_decide(*, actor: User, entry_ids: Sequence[int], verdict: Verdict, reason: str = "") -> Decided:
    """Accept or reject many rows that wait; those that somebody decided meanwhile stay as they are.

    Raises as ``log_decide`` does; then nothing has changed.
    """
    keys = sorted(set(entry_ids))
    if not keys:
        raise RuleViolation("nothing_ticked", _("Tick at least one row."))
    if len(keys) > MOST_ROWS:
        raise RuleViolation("too_many_rows", _("Decide on at most %(limit)s rows at once."), limit=MOST_ROWS)
    text = _reason(verdict, reason)
    with guards.translate(), transaction.atomic():
        rows = _locked_rows(actor, keys)
        replaced = set(
            LogEntry.objects.filter(supersedes_id__in=keys)
            .exclude(status=LogStatus.REJECTED)
            .values_list("supersedes_id", flat=True)
        )
        open_rows = [row for row in rows if row.status == LogStatus.SUBMITTED and row.pk not in replaced]
        if open_rows:
            _record(actor, open_rows, verdict, text)
    done = {row.pk for row in open_rows}
    return Decided(tuple(sorted(done)), tuple(key for key in keys if key not in done))
