"""Who took which step of a month when, and whose turn the next one is.

compute → review → publish → approve → lock → export → pay, by different people: domain.md §4.4.  What holds
stands in the month's state; names and moments come from the audit rows of the acts, which are chained.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.models import AuditEvent, User
from departments.models import PeriodState, Unit
from incentives.models import Settlement
from incentives.services import closing, export, roll_up
from opscenter.cockpit.duties import Duties, Owners
from opscenter.dashboards.acts import ACTS
from opscenter.dashboards.scope import MonthScope

STATES = list(PeriodState)
LATEST = 200
SHORT_DIGEST = 12


@dataclass(frozen=True)
class Done:
    """An act as the records keep it."""

    name: str
    at: datetime
    reason: str


@dataclass(frozen=True)
class Step:
    """One step of closing.  ``done``: who took it; without it, ``owners`` may, in their turn (``now``).

    ``past``: the month is beyond it, even without it: one locked without approval.  ``url``: where the reader
    may take it now.  ``rule``: whom the steps before rule out.
    """

    label: str | Promise
    icon: str
    done: Done | None
    past: bool
    now: bool
    owners: Owners
    rule: str | Promise
    url: str


@dataclass(frozen=True)
class Export:
    """A handed-out sheet: who, when, and the digest of its bytes."""

    name: str
    at: datetime
    file: str
    trial: bool
    digest: str

    @property
    def short(self) -> str:
        return self.digest[:SHORT_DIGEST]


#: state reached → (the audit action, the right, the act of the month page, whom it rules out)
STEPS: tuple[tuple[PeriodState, str, str, str, str | Promise], ...] = (
    (PeriodState.COMPUTED, roll_up.ROLLED_UP, "month.roll_up", "", ""),
    (
        PeriodState.REVIEWED,
        closing.REVIEWED,
        "month.review",
        "review",
        gettext_lazy("not by whoever computed it"),
    ),
    (PeriodState.PUBLISHED, closing.PUBLISHED, "month.publish", "publish", ""),
    (
        PeriodState.APPROVED,
        closing.APPROVED,
        "month.approve",
        "approve",
        gettext_lazy("not by whoever computed or reviewed it"),
    ),
    (
        PeriodState.LOCKED,
        closing.LOCKED,
        "month.lock",
        "lock",
        gettext_lazy("not by whoever approved it"),
    ),
    (
        PeriodState.PAID,
        closing.PAID,
        "month.pay",
        "pay",
        gettext_lazy("not by whoever approved it"),
    ),
)


@dataclass(frozen=True)
class Records:
    """The acts on a month, the latest of each, and the sheets that were handed out, the latest first."""

    acts: dict[str, AuditEvent]
    exports: list[Export]


def read_records(scope: MonthScope) -> Records:
    """One query: the acts on the settlement, and the exports of the organisation's month."""
    about = Q(target_type=Unit._meta.label_lower, target_id=str(scope.root.pk), action=export.EXPORTED)
    if scope.settlement is not None:
        about |= Q(target_type=Settlement._meta.label_lower, target_id=str(scope.settlement.pk))
    rows: list[Any] = list(
        AuditEvent.objects.filter(about).select_related("actor__staff").order_by("-pk")[:LATEST]
    )
    acts: dict[str, AuditEvent] = {}
    exports = []
    for row in rows:
        if row.action == export.EXPORTED:
            if row.change.get("month") == str(scope.month):
                exports.append(
                    Export(
                        person(row.actor),
                        row.at,
                        row.change.get("file", ""),
                        bool(row.change.get("trial")),
                        row.change.get("sha256", ""),
                    )
                )
        else:
            acts.setdefault(row.action, row)
    return Records(acts, exports)


def person(user: User | None) -> str:
    """The name of whoever acted; the system itself for nobody."""
    if user is None:
        return _("the system")
    staff = getattr(user, "staff", None)
    return staff.name if staff else user.get_full_name() or user.get_username()


def _stands(settlement: Settlement | None, state: PeriodState) -> bool:
    """Whether the step to a state holds for the present result: a new one takes the stamps back, and a month
    locked without approval never had them.
    """
    stamps = {
        PeriodState.REVIEWED: "reviewed_at",
        PeriodState.PUBLISHED: "published_at",
        PeriodState.APPROVED: "approved_at",
    }
    return state not in stamps or getattr(settlement, stamps[state], None) is not None


def steps(scope: MonthScope, duties: Duties, records: Records) -> list[Step]:
    """The way of the month in order, with the reader's own next step as a link."""
    at = STATES.index(PeriodState(scope.state))
    found = []
    for state, action, right, name, rule in STEPS:
        place = STATES.index(state)
        act = ACTS.get(name)
        barred = closing.barred(scope.settlement, name) if scope.settlement else frozenset()
        event = records.acts.get(action) if place <= at and _stands(scope.settlement, state) else None
        now = place == at + 1
        mine = now and scope.reach.allows(right, scope.root.pk) and scope.user.pk not in barred
        url = reverse("month:act", args=[scope.month, name]) if act and mine else ""
        found.append(
            Step(
                label=act.label if act else gettext_lazy("Compute"),
                icon=act.icon if act else "calculator",
                done=Done(person(event.actor), event.at, event.reason) if event else None,
                past=place <= at,
                now=now,
                owners=duties.of(right, without=barred) if place > at else Owners(()),
                rule=rule,
                url=f"{url}?unit={scope.root.code}" if url else "",
            )
        )
    return found
