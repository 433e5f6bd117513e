"""Writes of samples: drawn once for a unit and month, enlarged, and concluded in one act."""

import secrets

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.bulk import insert_rows
from core.exceptions import Conflict, NotVisible, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Staff, Unit
from departments.permissions import require
from kpi.calculations.sampling import conclusion, drawn, sample_size
from kpi.models import (
    LogCheck,
    LogEntry,
    LogSample,
    LogStatus,
    SampledRow,
    SampleOutcome,
    Verdict,
)
from kpi.selectors.samples import (
    MOST_ROWS,
    open_population,
    policy_of,
    quiet_rows,
    rest_of,
    sampled,
)
from kpi.services.risks import risks_look

DRAWN = audit.register_action("sample.drawn", _("sample drawn"))
ENLARGED = audit.register_action("sample.enlarged", _("sample enlarged"))
CONCLUDED = audit.register_action("sample.concluded", _("sample concluded"))
BATCH = 500


def sample_draw(*, actor: User, unit: Unit, month: Month) -> LogSample:
    """Draw a sample of the waiting rows without a risk; sent twice, it is one.

    Raises ``NotAllowed`` without the right on the unit, ``RuleViolation`` when there is nothing to draw or
    too much, or when an earlier sample of the unit and month asked for a full check.  Rule: domain.md §4.5.
    """
    require(actor, "log.verify", unit.pk)
    risks_look(open_population(actor, unit, month), MOST_ROWS)
    known = LogSample.objects.filter(unit=unit, month=month.first)
    try:
        with guards.translate(), transaction.atomic():
            sample = known.filter(outcome="").first()
            if sample is not None:
                return sample
            if known.filter(outcome=SampleOutcome.FULL_CHECK).exists():
                raise RuleViolation(
                    "full_check",
                    _("A sample of this month had rejected rows, so every row has to be checked."),
                )
            rows = quiet_rows(open_population(actor, unit, month)).order_by()
            keys = dict(rows.values_list("row_key", "pk")[: MOST_ROWS + 1])
            if not keys:
                raise RuleViolation("nothing_to_draw", _("No row without a risk waits here."))
            if len(keys) > MOST_ROWS:
                raise RuleViolation(
                    "too_many_rows",
                    _("More than %(limit)s rows wait here. Draw a sample for each unit below."),
                    limit=MOST_ROWS,
                )
            policy = policy_of(unit, month.last)
            sample = LogSample.objects.create(
                unit=unit,
                root_id=unit.root_id or unit.pk,
                month=month.first,
                population=len(keys),
                size=sample_size(len(keys), policy.sample_rate, policy.sample_min),
                seed=secrets.randbits(62),
                drawn_by=actor,
            )
            ranked = drawn(keys, sample.seed, len(keys))
            lines = [(sample.pk, keys[key], place) for place, key in enumerate(ranked, 1)]
            insert_rows(SampledRow, ("sample", "entry", "place"), lines)
            audit.record(actor=actor, action=DRAWN, target=sample, change=_told(sample))
    except IntegrityError:
        # Somebody else drew one at the same moment.
        other = known.filter(outcome="").first()
        if other is None:
            raise
        return other
    return sample


def _told(sample: LogSample) -> dict[str, object]:
    return {"population": sample.population, "size": sample.size, "seed": sample.seed}


def _held(actor: User, sample_id: int) -> LogSample:
    """The open sample under a row lock.  Raises ``NotVisible``, and ``Conflict`` when it is concluded."""
    sample = (
        LogSample.objects.select_for_update(of=("self",)).select_related("unit").filter(pk=sample_id).first()
    )
    if sample is None:
        raise NotVisible("sample")
    require(actor, "log.verify", sample.unit_id)
    if sample.outcome:
        raise Conflict("sample_concluded", _("This sample is concluded already."))
    return sample


def sample_enlarge(*, actor: User, sample_id: int) -> LogSample:
    """Draw as many more rows as a sample without a rejected row needs for the rest to be accepted.

    The ranks stay, so that the larger sample contains the smaller one; a second time changes nothing.
    """
    with guards.translate(), transaction.atomic():
        sample = _held(actor, sample_id)
        limit = policy_of(sample.unit, sample.month).accept_bound
        needed = conclusion(sample.population, sample.size, 0, limit).needed
        if needed > sample.size:
            sample.size = needed
            sample.save(update_fields=["size"])
            audit.record(actor=actor, action=ENLARGED, target=sample, change=_told(sample))
    return sample


def sample_conclude(*, actor: User, sample_id: int) -> LogSample:
    """Accept the rest when the sample allows it, else settle that every row has to be checked.

    Rows of the actor's own stay for somebody else.  Raises ``Conflict`` while a drawn row waits, or when the
    sample is too small to say anything although none was rejected.
    """
    with guards.translate(), transaction.atomic():
        sample = _held(actor, sample_id)
        states = list(
            LogEntry.objects.filter(pk__in=sampled(sample).values("entry")).values_list("status", flat=True)
        )
        if LogStatus.SUBMITTED in states:
            raise Conflict("sample_open", _("Rows of the sample still wait for a decision."))
        rejected = states.count(LogStatus.REJECTED)
        limit = policy_of(sample.unit, sample.month).accept_bound
        said = conclusion(sample.population, len(states), rejected, limit)
        if not rejected and not said.enough:
            raise Conflict("sample_too_small", _("The sample is too small to say that; enlarge it first."))
        accepted = _accept_rest(actor, sample) if said.enough else 0
        sample.outcome = SampleOutcome.REST_ACCEPTED if said.enough else SampleOutcome.FULL_CHECK
        sample.concluded_by, sample.concluded_at = actor, timezone.now()
        sample.save(update_fields=["outcome", "concluded_by", "concluded_at"])
        change = {**_told(sample), "rejected": rejected, "accepted": accepted, "outcome": sample.outcome}
        audit.record(actor=actor, action=CONCLUDED, target=sample, change=change)
    return sample


def _accept_rest(actor: User, sample: LogSample) -> int:
    """Accept what was not drawn and still waits; each row gets its own row of the record."""
    rest = rest_of(actor, sample).select_related(None).order_by("pk")
    rows = list(
        LogEntry.objects.select_for_update(of=("self",)).filter(pk__in=rest.values("pk")).order_by("pk")
    )
    rows = [row for row in rows if row.status == LogStatus.SUBMITTED]
    by_staff = Staff.objects.filter(user=actor).first()
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        numbers = _numbers([row.pk for row in part])
        LogCheck.objects.bulk_create(
            LogCheck(
                entry=row,
                number=numbers.get(row.pk, 0) + 1,
                staff_id=row.staff_id,
                verdict=Verdict.ACCEPTED,
                by=actor,
                by_staff=by_staff,
                sample=sample,
            )
            for row in part
        )
        LogEntry.objects.filter(pk__in=[row.pk for row in part]).update(status=LogStatus.VALID)
    return len(rows)


def _numbers(keys: list[int]) -> dict[int, int]:
    """The number of the last decision on each of the rows."""
    known = LogCheck.objects.filter(entry_id__in=keys).order_by("number")
    return dict(known.values_list("entry_id", "number"))
