"""Writes of points and vetoes: proposed by one, approved or refused by another.  Rule: calculation.md §2."""

from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.attachments import Attachment
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.files import file_store, register_kind
from core.models import StoredFile, User
from core.months import Month
from departments.models import Staff
from departments.permissions import reach_of, require
from kpi.models import PointKind, PointState, ScorePoint

PROPOSED = audit.register_action("points.proposed", _("points proposed"))
APPROVED = audit.register_action("points.approved", _("points approved"))
REFUSED = audit.register_action("points.refused", _("points refused"))
WITHDRAWN = audit.register_action("points.withdrawn", _("points withdrawn"))


def _may_read(reader: User, stored: StoredFile) -> bool:
    return bool(ScorePoint.objects.visible_to(reader).filter(evidence_file=stored).exists())


EVIDENCE = register_kind("points-evidence", _may_read)


def signatures(user: User) -> set[str]:
    """The names by which a person signs, here and in workbooks."""
    person = Staff.objects.filter(user=user).first()
    return {user.get_username()} | ({person.staff_no, person.name} if person else set())


def is_own(user: User, staff_id: int) -> bool:
    """Whether the line is the person's own; superusers too, if they are on the staff."""
    return reach_of(user).staff_id == staff_id or Staff.objects.filter(pk=staff_id, user_id=user.pk).exists()


def point_propose(
    *,
    actor: User,
    staff: Staff,
    month: Month,
    kind: PointKind,
    points: Decimal,
    reason: str,
    key: UUID,
    evidence: str = "",
    attachment: Attachment | None = None,
) -> ScorePoint:
    """Propose points or a veto; they count once another person approves.  ``key`` names the form: sent twice,
    it proposes once.

    Raises ``NotAllowed`` (right, oneself), ``RuleViolation`` (reason, number, evidence) and ``Conflict`` in a
    locked month.  Rule: calculation.md §2.
    """
    require(actor, "rating.enter", staff.unit_id)
    if is_own(actor, staff.pk):
        raise NotAllowed("own_line", _("Nobody proposes points for themselves."))
    reason, evidence = reason.strip(), evidence.strip()
    errors = []
    if not reason:
        errors.append({"field": "reason", "message": _("Say what the points are for.")})
    if kind == PointKind.VETO:
        points = Decimal(0)
    elif points <= 0:
        errors.append({"field": "points", "message": _("Enter how many points, more than 0.")})
    if kind == PointKind.BONUS and not evidence and attachment is None:
        errors.append({"field": "evidence", "message": _("Bonus points need evidence: a text or a file.")})
    if errors:
        raise RuleViolation("points_incomplete", _("Something is missing; see below."), errors)
    with guards.translate(), transaction.atomic():
        Staff.objects.select_for_update(of=("self",), no_key=True).get(pk=staff.pk)
        code = f"p-{key.hex[:16]}"
        known = ScorePoint.objects.filter(staff=staff, month=month.first, code=code).first()
        if known is not None:
            return known
        stored = None
        if attachment is not None:
            stored = file_store(
                owner=actor,
                kind=EVIDENCE,
                name=attachment.name,
                content=attachment.content,
                content_type=attachment.content_type,
            )
        point = ScorePoint.objects.create(
            month=month.first,
            root_id=staff.root_id,
            staff=staff,
            code=code,
            kind=kind,
            points=points,
            reason=reason,
            evidence=evidence,
            evidence_file=stored,
            proposed_by=actor.get_username(),
        )
        audit.record(
            actor=actor,
            action=PROPOSED,
            target=point,
            change={"kind": kind, "points": points, "file": stored.sha256 if stored else ""},
            reason=reason,
        )
    return point


def _open_proposal(actor: User, point_id: int) -> ScorePoint:
    """The proposal under a row lock.  Raises ``NotVisible``, and ``Conflict`` when it is settled already."""
    point: ScorePoint | None = (
        ScorePoint.objects.visible_to(actor)
        .select_for_update(of=("self",))
        .select_related("staff")
        .filter(pk=point_id)
        .first()
    )
    if point is None:
        raise NotVisible("points")
    return point


def _check_open(point: ScorePoint) -> None:
    if point.state != PointState.PROPOSED:
        raise Conflict(
            "points_settled",
            _("These points are settled already: %(state)s."),
            state=point.get_state_display(),
        )


def point_approve(*, actor: User, point_id: int, reason: str = "") -> ScorePoint:
    """Let proposed points or a veto count.

    Raises ``NotVisible``; ``NotAllowed`` (right, own proposal, own points); ``Conflict`` when somebody was
    faster or the month is locked.
    """
    with guards.translate(), transaction.atomic():
        point = _open_proposal(actor, point_id)
        require(actor, "points.approve", point.staff.unit_id)
        if point.proposed_by in signatures(actor):
            raise NotAllowed("same_person", _("Nobody approves what they proposed."))
        if is_own(actor, point.staff_id):
            raise NotAllowed("own_line", _("Nobody approves points of their own."))
        _check_open(point)
        point.approved_by = actor.get_username()
        point.save(update_fields=["approved_by"])
        audit.record(
            actor=actor,
            action=APPROVED,
            target=point,
            change={"kind": point.kind, "points": point.points},
            reason=reason.strip(),
        )
    return point


def point_refuse(*, actor: User, point_id: int, reason: str) -> ScorePoint:
    """End a proposal with a reason: whoever may approve refuses it, the proposer withdraws it.

    Raises ``NotVisible``; ``NotAllowed``; ``RuleViolation`` without a reason; ``Conflict`` when it is
    settled already or the month is locked.
    """
    with guards.translate(), transaction.atomic():
        point = _open_proposal(actor, point_id)
        own_proposal = point.proposed_by in signatures(actor)
        if not own_proposal:
            require(actor, "points.approve", point.staff.unit_id)
            if is_own(actor, point.staff_id):
                raise NotAllowed("own_line", _("Nobody decides about points of their own."))
        if not reason.strip():
            raise RuleViolation(
                "reason_needed", _("Say why."), [{"field": "reason", "message": _("Say why.")}]
            )
        _check_open(point)
        point.refused_by = point.proposed_by if own_proposal else actor.get_username()
        point.refusal = reason.strip()
        point.save(update_fields=["refused_by", "refusal"])
        audit.record(
            actor=actor, action=WITHDRAWN if own_proposal else REFUSED, target=point, reason=point.refusal
        )
    return point
