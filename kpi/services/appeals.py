"""Writes of appeals: a person objects to one line within the window, somebody else decides.  Rule: KQ-24."""

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import User
from core.months import Month
from departments.models import Staff
from departments.permissions import require
from kpi.models import Appeal, AppealState
from kpi.selectors.appeals import appeal_line, appeal_window, subjects

FILED = audit.register_action("appeal.filed", _("appeal made"))
DECIDED = audit.register_action("appeal.decided", _("appeal decided"))

TITLE_LENGTH = 200


def appeal_file(*, actor: User, month: Month, kind: str, reference: str, text: str) -> Appeal:
    """Object to one line of one's own month.  Only what hangs on the line waits.

    The same words a second time change nothing.  Raises ``NotVisible`` for a line one does not have,
    ``RuleViolation`` without words and outside the window, ``Conflict`` when there is another appeal
    against the line.
    """
    staff = Staff.objects.filter(user=actor).first()
    if staff is None:
        raise NotVisible("nobody")
    text = text.strip()
    if not text:
        problem = _("Say what is wrong with the line.")
        raise RuleViolation("text_needed", problem, [{"field": "text", "message": problem}])
    line = appeal_line(staff, month, kind, reference)
    with transaction.atomic():
        # The locking of the month, which decides what waits, and this take turns.
        guards.hold_root(staff.root_id)
        known = Appeal.objects.filter(staff=staff, month=month.first, kind=kind, reference=reference).first()
        if known is not None:
            if known.text == text:
                return known
            raise Conflict("appeal_known", _("You have objected to this line already."))
        window = appeal_window(staff, month)
        if window.end is None:
            raise RuleViolation(
                "not_published", _("The month is not published yet; you can object from then on.")
            )
        if not window.is_open:
            raise RuleViolation(
                "window_over",
                _("The time to object ended on %(day)s; the result counts as accepted."),
                day=date_format(window.end),
            )
        appeal = Appeal.objects.create(
            root_id=staff.root_id,
            month=month.first,
            staff=staff,
            kind=kind,
            reference=reference,
            title=f"{line.title} · {line.detail}".rstrip(" ·")[:TITLE_LENGTH],
            text=text,
            holds=list(line.holds),
        )
        audit.record(
            actor=actor,
            action=FILED,
            target=appeal,
            change={"kind": kind, "reference": reference, "holds": line.holds},
            reason=text,
        )
    return appeal


def appeal_decide(*, actor: User, appeal_id: int, uphold: bool, answer: str) -> Appeal:
    """Answer an appeal.  Upheld, ``answer`` says what will change: the change itself is an act of its own,
    after which the month is computed again, or in a locked month an adjustment.  Dismissed, the line stays.

    Raises ``NotVisible``; ``NotAllowed`` (right, one's own, an entry one made); ``RuleViolation`` without an
    answer; ``Conflict`` when somebody was faster.
    """
    state = AppealState.UPHELD if uphold else AppealState.DISMISSED
    answer = answer.strip()
    with transaction.atomic():
        appeal: Appeal | None = (
            Appeal.objects.visible_to(actor)
            .select_for_update(of=("self",))
            .select_related("staff")
            .filter(pk=appeal_id)
            .first()
        )
        if appeal is None:
            raise NotVisible("appeal")
        kind = subjects[appeal.kind]
        require(actor, kind.act, appeal.staff.unit_id)
        decider = Staff.objects.filter(user=actor).first()
        if decider is None:
            raise NotAllowed("nobody", _("An answer needs a name: your log-in belongs to no person."))
        if decider.pk == appeal.staff_id:
            raise NotAllowed("own_line", _("Nobody decides an appeal of their own."))
        if kind.made_by(appeal, actor, decider):
            raise NotAllowed("own_entry", _("You made the disputed entry; somebody else has to decide."))
        if not answer:
            problem = _("Give an answer: what will change, or why the line stays.")
            raise RuleViolation("answer_needed", problem, [{"field": "answer", "message": problem}])
        if appeal.state != AppealState.OPEN:
            if (appeal.state, appeal.answer, appeal.decided_by_id) == (state, answer, decider.pk):
                return appeal
            raise Conflict("appeal_decided", _("This appeal is decided already."))
        appeal.state, appeal.answer = state, answer
        appeal.decided_by, appeal.decided_at = decider, timezone.now()
        appeal.save(update_fields=["state", "answer", "decided_by", "decided_at"])
        audit.record(actor=actor, action=DECIDED, target=appeal, change={"state": state}, reason=answer)
    return appeal
