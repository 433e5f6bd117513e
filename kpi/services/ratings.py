"""Writes of ratings: one's own first, then the manager's; each under a lock, each audited once."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Staff
from departments.permissions import require
from kpi.calculations.ratings import remark_needed
from kpi.models import Rating
from kpi.selectors.ratings import RatingSheet, rating_sheet

SELF_RATED = audit.register_action("rating.self", _("rated themselves"))
RATED = audit.register_action("rating.entered", _("rating entered"))

SCORE_NEEDED = _("Enter a number from 0 to 100.")
REMARK_NEEDED = _("Say why: the rating is below the threshold or below the person's own.")


@dataclass(frozen=True)
class Given:
    """What a manager gives one item; ``score`` ``None`` leaves it open."""

    score: Decimal | None
    remark: str = ""


def seen_digest(ratings: Iterable[Rating]) -> str:
    """A short mark of the ratings as a page showed them; another one means they have changed since."""
    rows = sorted((row.item_code, f"{row.self_score}|{row.score}|{row.remark}") for row in ratings)
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:16]


def _locked_rows(staff: Staff, month: Month) -> list[Rating]:
    """The person's ratings; whoever writes ratings of the same person waits."""
    Staff.objects.select_for_update(of=("self",), no_key=True).get(pk=staff.pk)
    return list(Rating.objects.select_for_update(of=("self",)).filter(staff=staff, month=month.first))


def _rows_by_item(sheet: RatingSheet, rows: Iterable[Rating]) -> dict[str, Rating]:
    code = sheet.version.scheme.code
    found = {row.item_code: row for row in rows if row.scheme_code == code}
    for line in sheet.rated_lines:
        found.setdefault(
            line.row.code,
            Rating(
                month=sheet.month.first,
                root_id=sheet.staff.root_id,
                staff=sheet.staff,
                scheme_code=code,
                item_code=line.row.code,
            ),
        )
    return found


def _check_range(scores: Mapping[str, Decimal | None], sheet: RatingSheet) -> list[dict[str, Any]]:
    known = {line.row.code for line in sheet.rated_lines}
    if unknown := set(scores) - known:
        raise RuleViolation("unknown_item", _("The scheme does not rate “%(item)s”."), item=min(unknown))
    return [
        {"field": f"score_{item}", "message": SCORE_NEEDED}
        for item, score in scores.items()
        if score is not None and not 0 <= score <= 100
    ]


def rating_self(*, actor: User, month: Month, scores: Mapping[str, Decimal | None]) -> int:
    """Rate oneself, item by item; gives how many items changed.  Shown to the manager, never counted.

    Raises ``NotAllowed`` for a log-in of nobody; ``RuleViolation`` after the last day, once the manager has
    rated, and for a number outside 0–100; ``Conflict`` in a locked month.  Rule: KQ-23.
    """
    staff = Staff.objects.filter(user=actor).first()
    if staff is None:
        raise NotAllowed("nobody", _("Your log-in belongs to no person on the staff."))
    with guards.translate(), transaction.atomic():
        rows = _locked_rows(staff, month)
        sheet = rating_sheet(staff, month)
        if errors := _check_range(scores, sheet):
            raise RuleViolation("score_range", SCORE_NEEDED, errors)
        found = _rows_by_item(sheet, rows)
        changed = {item: score for item, score in scores.items() if found[item].self_score != score}
        if not changed:
            return 0
        if timezone.localdate() > sheet.due.self_rating:
            raise RuleViolation(
                "self_rating_late",
                _("The self-rating was due on %(day)s; tell your manager what they should know."),
                day=date_format(sheet.due.self_rating),
            )
        if any(row.score is not None for row in found.values()):
            raise RuleViolation("rated_already", _("You have been rated already; your own rating stays."))
        for item, score in changed.items():
            row = found[item]
            row.self_score = score
            _write(row, ["self_score"])
        audit.record(actor=actor, action=SELF_RATED, target=staff, change={"month": str(month), **changed})
    return len(changed)


def rating_enter(*, actor: User, staff: Staff, month: Month, given: Mapping[str, Given], seen: str) -> int:
    """Rate a person; gives how many items changed.  ``seen`` is the ``seen_digest`` of what was on the page.

    Values that stand already change nothing, whatever was seen: a form sent twice does no harm.  Raises
    ``NotAllowed`` (right, oneself), ``RuleViolation`` (range, a remark that is owed, the self-rating's time
    is not over) and ``Conflict`` when somebody changed the ratings meanwhile or the month is locked.
    Rule: KQ-23.
    """
    require(actor, "rating.enter", staff.unit_id)
    rater = Staff.objects.filter(user=actor).first()
    if rater is None:
        raise NotAllowed("nobody", _("A rating needs a name: your log-in belongs to no person on the staff."))
    if rater.pk == staff.pk:
        raise NotAllowed("own_line", _("Nobody rates themselves."))
    with guards.translate(), transaction.atomic():
        rows = _locked_rows(staff, month)
        sheet = rating_sheet(staff, month)
        errors = _check_range({item: one.score for item, one in given.items()}, sheet)
        found = _rows_by_item(sheet, rows)
        changed = {
            item: one
            for item, one in given.items()
            if (found[item].score, found[item].remark) != (one.score, one.remark)
        }
        if not changed:
            return 0
        if seen != seen_digest(row for row in found.values() if row.pk):
            raise Conflict(
                "rated_meanwhile",
                _("Somebody else has changed these ratings meanwhile; what stands now is beside yours."),
            )
        errors += _owed_remarks(changed, found, sheet)
        if errors:
            raise RuleViolation("rating_incomplete", _("Something is missing; see below."), errors)
        if not sheet.self_complete and timezone.localdate() <= sheet.due.self_rating:
            raise RuleViolation(
                "self_rating_first",
                _("%(name)s rates themselves first, until %(day)s."),
                name=staff.name,
                day=date_format(sheet.due.self_rating),
            )
        for item, one in changed.items():
            row = found[item]
            row.score, row.remark = one.score, one.remark
            row.rated_by, row.rated_at = rater, timezone.now()
            _write(row, ["score", "remark", "rated_by", "rated_at"])
        audit.record(
            actor=actor,
            action=RATED,
            target=staff,
            change={"month": str(month), **{item: [one.score, one.remark] for item, one in changed.items()}},
        )
    return len(changed)


def _owed_remarks(
    changed: Mapping[str, Given], found: Mapping[str, Rating], sheet: RatingSheet
) -> list[dict[str, Any]]:
    threshold = sheet.version.scheme.threshold
    return [
        {"field": f"remark_{item}", "message": REMARK_NEEDED}
        for item, one in changed.items()
        if one.score is not None
        and not one.remark
        and remark_needed(one.score, found[item].self_score, threshold)
    ]


def _write(row: Rating, fields: list[str]) -> None:
    if row.pk:
        row.save(update_fields=fields)
    else:
        row.save()
