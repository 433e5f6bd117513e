"""The acts on a month's state: who may do which one when, what it will do, and the service that does it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.exceptions import NotAllowed
from departments.models.periods import PeriodState
from incentives.selectors.objections import objection_window
from incentives.services import closing
from opscenter.dashboards.scope import MonthScope


@dataclass(frozen=True)
class Act:
    """``source``: the state it starts from; ``consequences``: what it will do, in sentences."""

    name: str
    right: str
    source: PeriodState
    label: str | Promise
    done: str | Promise
    consequences: tuple[str | Promise, ...]
    icon: str
    needs_reason: bool
    service: Callable[..., Any]


ACTS = {
    act.name: act
    for act in (
        Act(
            "review",
            "month.review",
            PeriodState.COMPUTED,
            _("Review"),
            _("The month is reviewed."),
            (
                _("You confirm that you looked at every figure of the month."),
                _("When a fact changes and the month is computed again, it has to be reviewed again."),
            ),
            "clipboard-check",
            False,
            closing.month_review,
        ),
        Act(
            "publish",
            "month.publish",
            PeriodState.REVIEWED,
            _("Publish"),
            _("The month is published."),
            (
                _("Everybody sees their own result, and nobody else's."),
                _("The working days in which people may object begin today."),
            ),
            "megaphone",
            False,
            closing.month_publish,
        ),
        Act(
            "approve",
            "month.approve",
            PeriodState.PUBLISHED,
            _("Approve"),
            _("The month is approved."),
            (
                _("You agree to what will be paid."),
                _("Whoever computed or reviewed the month cannot approve it; who approves it cannot pay it."),
                _("While people may still object, say why it is approved earlier."),
            ),
            "stamp",
            False,
            closing.month_approve,
        ),
        Act(
            "lock",
            "month.lock",
            PeriodState.APPROVED,
            _("Lock"),
            _("The month is locked."),
            (
                _("The month is computed once more."),
                _("When anything differs from what was approved, nothing is locked."),
                _("Facts, rules and results of the month are frozen for good; nobody can undo this."),
                _("What comes in later is settled as an adjustment in a later month."),
            ),
            "lock",
            True,
            closing.month_lock,
        ),
        Act(
            "pay",
            "month.pay",
            PeriodState.LOCKED,
            _("Mark as paid"),
            _("The month is marked as paid."),
            (_("You confirm that the money of the month has left."),),
            "banknote",
            False,
            closing.month_pay,
        ),
    )
}


def open_acts(scope: MonthScope) -> list[Act]:
    """The acts that the person may do on the month as it stands, and that no step of theirs rules out."""
    return [
        act
        for act in ACTS.values()
        if scope.state == act.source
        and scope.reach.allows(act.right, scope.root.pk)
        and scope.settlement is not None
        and scope.user.pk not in closing.barred(scope.settlement, act.name)
    ]


def reason_needed(scope: MonthScope, act: Act) -> bool:
    """Whether the act is refused without a reason: also an approval while people may still object."""
    return act.needs_reason or (
        act.name == "approve" and objection_window(scope.root.pk, scope.month).is_open
    )


def may_roll_up(scope: MonthScope) -> bool:
    return scope.provisional and scope.reach.allows("month.roll_up", scope.root.pk)


def may_export(scope: MonthScope) -> bool:
    return scope.computed and scope.reach.allows("month.export", scope.root.pk)


def act_do(scope: MonthScope, act: Act, reason: str) -> None:
    """Do it; raises what the service raises."""
    if not scope.reach.allows(act.right, scope.root.pk):
        raise NotAllowed(act.right)
    act.service(actor=scope.user, root=scope.root, month=scope.month, reason=reason)
