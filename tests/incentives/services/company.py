"""The organisation alpha of tests/presets with a person for each role, and its months up to the lock."""

from django.utils import timezone

from core.models import AuditEvent, User
from core.months import Month
from departments.models import Period, Staff, Unit
from incentives.models import Settlement
from incentives.services import closing
from incentives.services.roll_up import month_roll_up
from tests.reliability.harness import dump
from tests.roll_up.deployments import load_test_preset

MAY, JUNE, JULY = Month(2024, 5), Month(2024, 6), Month(2024, 7)
ROLES = ("staff", "leader", "manager", "director", "finance", "hr", "auditor", "admin")
ACTS = {
    "review": closing.month_review,
    "publish": closing.month_publish,
    "approve": closing.month_approve,
    "lock": closing.month_lock,
    "pay": closing.month_pay,
}


class Company:
    """Alpha, loaded; ``people``: role → user; ``manager2``, ``finance2`` a second one, ``outsider`` none."""

    def __init__(self, name: str = "alpha") -> None:
        self.expected = load_test_preset(name)
        self.root = Unit.objects.get(parent=None)
        self.people = {role: self.person(role, role) for role in ROLES}
        self.people["manager2"] = self.person("manager2", "manager")
        self.people["finance2"] = self.person("finance2", "finance")
        self.people["outsider"] = User.objects.create_user("outsider")
        self.people["superuser"] = User.objects.create_superuser("superuser")

    def person(self, username: str, role: str) -> User:
        user = User.objects.create_user(username)
        Staff.objects.create(
            staff_no=f"x-{username}",
            name=username,
            root=self.root,
            unit=self.root,
            role=role,
            joined=timezone.localdate(),
            user=user,
        )
        return user

    def roll_up(self, month: Month = MAY) -> dict[str, object]:
        return month_roll_up(actor=None, root=self.root, month=month)

    def act(self, name: str, role: str | None, month: Month = MAY, **arguments: object) -> Settlement:
        """One act of closing; a fresh user object, because its reach is read once.

        The months are published just now, so that approving says why nobody is waited for.
        """
        if name == "approve":
            arguments.setdefault("reason", "nobody objects")
        actor = User.objects.get(username=role) if role else None
        return ACTS[name](actor=actor, root=self.root, month=month, **arguments)

    def bring_to(self, state: str, month: Month = MAY) -> None:
        """Take the month through all steps up to a state."""
        if state == "open":
            Period.objects.get_or_create(root=self.root, month=month.first)
            return
        self.roll_up(month)
        for reached, act, role in (
            ("reviewed", "review", "manager"),
            ("published", "publish", "hr"),
            ("approved", "approve", "director"),
            ("locked", "lock", "finance"),
            ("paid", "pay", "finance"),
        ):
            if self.state(month) == state:
                return
            self.act(act, role, month)
            assert self.state(month) == reached

    def force_lock(self, month: Month = MAY) -> Settlement:
        return self.act("lock", "finance", month, force=True, reason="year end")

    def state(self, month: Month = MAY) -> str:
        period = Period.objects.filter(root=self.root, month=month.first).first()
        return period.state if period else "none"

    def settlement(self, month: Month = MAY) -> Settlement:
        return Settlement.objects.get(period__root=self.root, period__month=month.first)

    def trace(self) -> list[str]:
        """Everything that an act of closing may change, clocks left out."""
        from finance.models import FundMonth, Transfer
        from incentives.models import Adjustment, Payout, Pool

        return dump(
            Period,
            Settlement,
            AuditEvent,
            Transfer,
            FundMonth,
            Payout,
            Pool,
            Adjustment,
            without={"share_id", "score_id"},
        )
