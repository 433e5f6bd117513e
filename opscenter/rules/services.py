"""A new version of a rule: drafted by one person, read and activated by another; rules acknowledged.

A version is written in one way only, by an import with the rights of whoever activates it.
"""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import User
from core.months import Month
from departments.models import DraftState, RuleAcknowledgement, RuleDraft
from departments.models.drafts import OPEN
from departments.permissions import require
from departments.selectors import unit_tree
from opscenter.rules.kinds import KINDS, RuleKind
from opscenter.rules.selectors import bound_by, own_staff
from opscenter.rules.sheets import (
    Problem,
    Rows,
    begins_on,
    day_problems,
    digest_of,
    problem_of,
    problems_of,
    tried,
    unit_of,
)
from opscenter.rules.versions import Version, versions

DRAFTED = audit.register_action("rule.drafted", _("new version of a rule drafted"))
REVISED = audit.register_action("rule.revised", _("draft of a rule changed"))
SUBMITTED = audit.register_action("rule.submitted", _("draft of a rule submitted"))
ACTIVATED = audit.register_action("rule.activated", _("new version of a rule activated"))
DISCARDED = audit.register_action("rule.discarded", _("draft of a rule discarded"))
ACKNOWLEDGED = audit.register_action("rule.acknowledged", _("rules acknowledged"))

DRAFT_OPEN = _("Somebody is drafting a new version of this rule already; finish or discard that draft first.")
REASON_NEEDED = _("Say why; the reason stays in the records.")


class Rejected(RuleViolation):
    """A draft that would be refused, with what is wrong cell by cell."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        errors = [{"field": problem.column, "message": problem.message} for problem in problems]
        super().__init__("draft_rejected", _("The draft cannot be used as it is."), errors)


def standing(kind: RuleKind, code: str) -> list[Version]:
    """The stored versions of a rule, oldest first."""
    return [version for version in versions(kind) if version.code == code]


def _checked(actor: User, kind: RuleKind, rows: Rows) -> tuple[str, list[Version]]:
    """The rule that the rows belong to, and its versions; raises ``Rejected`` for rows that are wrong."""
    code = kind.code(rows[kind.name][0])
    found = standing(kind, code)
    unit = unit_of(kind, rows)
    if unit is not None:
        require(actor, "rules.edit", unit.pk)
    problems = problems_of(actor, kind, rows, found)
    if problems:
        raise Rejected(problems)
    return code, found


def _fields(kind: RuleKind, rows: Rows, code: str) -> dict[str, Any]:
    """What the draft's columns repeat of its rows; only for rows that were checked."""
    unit, day = unit_of(kind, rows), begins_on(kind, rows)
    if unit is None or day is None:
        raise LookupError("the rows were not checked")
    main = rows[kind.name][0]
    return {
        "name": (main.get("name") or code)[:100],
        "unit": unit,
        "root_id": unit.root_id,
        "valid_from": day,
        "rows": rows,
    }


def draft_create(*, actor: User, kind: RuleKind, rows: Rows) -> RuleDraft:
    """Draft a new version of a rule, or a new rule.  Posted twice, the first draft is given back.

    Raises ``NotAllowed``; ``Rejected`` with what is wrong; ``Conflict`` when another draft of it is open.
    """
    try:
        with transaction.atomic():
            code, found = _checked(actor, kind, rows)
            open_draft = RuleDraft.objects.filter(kind=kind.name, code=code, state__in=OPEN).first()
            if open_draft is not None:
                if open_draft.author_id == actor.pk and open_draft.rows == rows:
                    return open_draft
                raise Conflict("draft_open", DRAFT_OPEN)
            draft = RuleDraft.objects.create(
                kind=kind.name,
                code=code,
                base=found[-1].valid_from if found else None,
                author=actor,
                **_fields(kind, rows, code),
            )
            audit.record(actor=actor, action=DRAFTED, target=draft, change=_told(draft))
    except IntegrityError as error:
        raise Conflict("draft_open", DRAFT_OPEN) from error
    return draft


def _told(draft: RuleDraft) -> dict[str, Any]:
    return {
        "kind": draft.kind,
        "rule": draft.code,
        "valid_from": draft.valid_from,
        "digest": digest_of(draft.rows),
    }


def _held(actor: User, pk: int) -> RuleDraft:
    """The draft under a row lock.  Raises ``NotVisible`` for one that the person may not see."""
    draft: RuleDraft | None = (
        RuleDraft.objects.visible_to(actor).select_for_update(of=("self",)).filter(pk=pk).first()
    )
    if draft is None:
        raise NotVisible("draft")
    require(actor, "rules.edit", draft.unit_id)
    return draft


def _by_author(actor: User, draft: RuleDraft) -> None:
    if draft.author_id != actor.pk:
        raise NotAllowed(
            "not_the_author", _("Only its author changes a draft; discard it and make your own.")
        )


def _still_open(draft: RuleDraft) -> None:
    if not draft.is_open:
        raise Conflict("draft_closed", _("The draft has been activated or discarded."))


@transaction.atomic
def draft_save(*, actor: User, pk: int, rows: Rows) -> RuleDraft:
    """Change a draft.  One that was submitted is a draft again: whoever reads it has to read it anew."""
    draft = _held(actor, pk)
    _by_author(actor, draft)
    _still_open(draft)
    if draft.rows == rows:
        return draft
    kind = KINDS[draft.kind]
    code, _found = _checked(actor, kind, rows)
    if code != draft.code:
        raise RuleViolation("other_rule", _("A draft stays with its rule; begin another draft."))
    for name, value in _fields(kind, rows, code).items():
        setattr(draft, name, value)
    draft.revise()
    draft.submitted_at = None
    draft.save(update_fields=["name", "unit", "root", "valid_from", "rows", "state", "submitted_at"])
    audit.record(actor=actor, action=REVISED, target=draft, change=_told(draft))
    return draft


@transaction.atomic
def draft_submit(*, actor: User, pk: int) -> RuleDraft:
    """Hand the draft to somebody else to read.  Submitted twice, nothing changes."""
    draft = _held(actor, pk)
    _by_author(actor, draft)
    if draft.state == DraftState.SUBMITTED:
        return draft
    _still_open(draft)
    _checked(actor, KINDS[draft.kind], draft.rows)
    draft.submit()
    draft.submitted_at = timezone.now()
    draft.save(update_fields=["state", "submitted_at"])
    audit.record(actor=actor, action=SUBMITTED, target=draft, change=_told(draft))
    return draft


@transaction.atomic
def draft_activate(*, actor: User, pk: int, reason: str, digest: str) -> RuleDraft:
    """Make the draft a version.  Nobody activates their own draft; what was read is what is written.

    ``digest``: of the rows that the person read.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``
    without a reason, ``Rejected``, ``Conflict`` when the draft is not submitted or has changed meanwhile.
    Activated twice by the same person, the second time changes nothing.
    """
    draft = _held(actor, pk)
    if draft.author_id == actor.pk:
        raise NotAllowed("same_person", _("Nobody activates their own draft; ask somebody else."))
    if draft.state == DraftState.ACTIVE and draft.approver_id == actor.pk:
        return draft
    if draft.state != DraftState.SUBMITTED:
        raise Conflict("not_submitted", _("The draft is not submitted, or was decided already."))
    if digest != digest_of(draft.rows):
        raise Conflict("draft_changed", _("The draft has changed since you read it; read it again."))
    if not reason.strip():
        raise RuleViolation("reason_needed", REASON_NEEDED)
    kind = KINDS[draft.kind]
    _checked(actor, kind, draft.rows)
    errors = tried(actor, kind, draft.rows, dry_run=False)
    if errors:
        raise Rejected([problem_of(kind, error) for error in errors])
    # After the import, in the order in which imports lock: no month is locked from here on.
    guards.hold_root(draft.root_id)
    late = day_problems(draft.unit, draft.valid_from, ())
    if late:
        raise Rejected([Problem(kind.name, 0, "valid_from", message) for message in late])
    draft.activate()
    draft.approver, draft.reason, draft.decided_at = actor, reason.strip()[:500], timezone.now()
    draft.save(update_fields=["state", "approver", "reason", "decided_at"])
    audit.record(actor=actor, action=ACTIVATED, target=draft, change=_told(draft), reason=reason)
    return draft


@transaction.atomic
def draft_discard(*, actor: User, pk: int, reason: str) -> RuleDraft:
    """Give a draft up, with a reason: its author, or who could activate it.  It stays readable."""
    draft = _held(actor, pk)
    if draft.state == DraftState.DISCARDED:
        return draft
    _still_open(draft)
    if not reason.strip():
        raise RuleViolation("reason_needed", REASON_NEEDED)
    draft.discard()
    draft.reason, draft.decided_at = reason.strip()[:500], timezone.now()
    draft.save(update_fields=["state", "reason", "decided_at"])
    audit.record(actor=actor, action=DISCARDED, target=draft, change=_told(draft), reason=reason)
    return draft


@transaction.atomic
def rules_acknowledge(*, actor: User, month: Month, digest: str) -> RuleAcknowledgement:
    """A person says that they have read the rules that hold for them; said twice, it is written once.

    ``digest``: of the rules as they were shown.  Raises ``NotVisible`` for a log-in without a person,
    ``Conflict`` when other rules hold by now.  Rule: domain.md §4.4.
    """
    staff = own_staff(actor)
    if staff is None:
        raise NotVisible("person")
    bound = bound_by(staff, month, unit_tree(month.last))
    if not bound.digest or bound.digest != digest:
        raise Conflict("rules_changed", _("The rules have changed since you read them; read them again."))
    row, made = RuleAcknowledgement.objects.get_or_create(
        staff=staff, digest=digest, defaults={"month": month.first}
    )
    if made:
        audit.record(
            actor=actor, action=ACKNOWLEDGED, target=row, change={"month": str(month), "digest": digest}
        )
    return row
