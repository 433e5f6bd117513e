"""Separation of duties in closing: 制表 ≠ 审核 ≠ 审批, and who lets the money go neither locks nor pays it.

Rule: domain.md §4.4.  Each refusal leaves the month and its records as they were; superusers are refused too.
"""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.exceptions import NotAllowed, RuleViolation
from core.models import AuditEvent, User
from departments.models import Staff
from incentives.models import Settlement
from incentives.selectors.objections import objection_window
from incentives.services.roll_up import month_roll_up
from incentives.sheet.selectors import sheet_content
from tests.incentives.services.company import MAY, Company
from tests.incentives.services.test_closing import changed_rating

pytestmark = pytest.mark.django_db


def computed_by(company: Company, who: str) -> None:
    month_roll_up(actor=User.objects.get(username=who), root=company.root, month=MAY)


def with_role(company: Company, who: str, role: str) -> None:
    Staff.objects.get(user__username=who).grants.create(role=role, unit=company.root)


def refused(company: Company, act: str, who: str, **arguments: object) -> str:
    before, state = company.trace(), company.state()
    with pytest.raises(NotAllowed) as refusal:
        company.act(act, who, **arguments)
    assert (company.state(), company.trace()) == (state, before)
    return refusal.value.code


@pytest.mark.parametrize("who", ["manager", "superuser"])
def test_nobody_reviews_what_they_computed(who: str) -> None:
    company = Company()
    computed_by(company, who)

    assert refused(company, "review", who) == "same_person"

    company.act("review", "hr")
    assert company.state() == "reviewed"


@pytest.mark.parametrize("who", ["director", "superuser"])
def test_nobody_approves_what_they_computed(who: str) -> None:
    company = Company()
    computed_by(company, who)
    company.act("review", "manager")
    company.act("publish", "hr")

    assert refused(company, "approve", who) == "same_person"

    with_role(company, "manager2", "director")
    company.act("approve", "manager2")
    assert company.state() == "approved"


@pytest.mark.parametrize("who", ["director", "superuser"])
def test_nobody_locks_what_they_approved(who: str) -> None:
    company = Company()
    company.bring_to("published")
    company.act("approve", who)

    assert refused(company, "lock", who) == "same_person"

    company.act("lock", "finance")
    assert company.state() == "locked"


@pytest.mark.parametrize("who", ["director", "superuser"])
def test_nobody_pays_what_they_approved(who: str) -> None:
    company = Company()
    with_role(company, "director", "finance")
    company.bring_to("published")
    company.act("approve", who)
    company.act("lock", "finance")

    assert refused(company, "pay", who) == "same_person"

    company.act("pay", "finance")  # who locked it did not decide that it is paid
    assert company.state() == "paid"


@pytest.mark.parametrize("who", ["finance", "superuser"])
def test_nobody_pays_what_they_locked_without_an_approval(who: str) -> None:
    company = Company()
    company.roll_up()
    company.act("lock", who, force=True, reason="year end")

    assert refused(company, "pay", who) == "same_person"

    company.act("pay", "finance2")
    assert company.state() == "paid"


def test_system_is_nobody() -> None:
    company = Company()
    company.roll_up()
    for act, state in (
        ("review", "reviewed"),
        ("publish", "published"),
        ("approve", "approved"),
        ("lock", "locked"),
        ("pay", "paid"),
    ):
        company.act(act, None)
        assert company.state() == state


def test_nightly_roll_up_takes_no_name_off_the_figures() -> None:
    company = Company()
    computed_by(company, "director")
    made = company.settlement().revised_at
    company.act("review", "manager")
    company.act("publish", "hr")

    company.roll_up()  # by the system, the same figures

    again = company.settlement()
    assert again.computed_by == User.objects.get(username="director")
    # The statement's line of signatures stays in order: made before it was reviewed.
    assert again.revised_at == made < again.reviewed_at < again.computed_at
    sheet = sheet_content(company.root, MAY)
    assert [(one.act, one.at) for one in sheet.approvals] == [("制表", made), ("审核", again.reviewed_at)]
    assert refused(company, "approve", "director") == "same_person"

    changed_rating()
    company.roll_up()
    changed = company.settlement()
    assert changed.computed_by is None
    assert changed.revised_at > again.computed_at


@pytest.mark.clause("KQ-24")
def test_approval_while_people_may_object_says_why() -> None:
    company = Company()
    company.bring_to("published")
    window = objection_window(company.root.pk, MAY)
    assert (window.days, window.is_open) == (3, True)
    before = company.trace()

    with pytest.raises(RuleViolation) as refusal:
        company.act("approve", "director", reason="  ")

    assert refusal.value.code == "window_open"
    assert (company.state(), company.trace()) == ("published", before)

    company.act("approve", "director", reason="everybody has agreed")
    row = AuditEvent.objects.get(action="month.approved")
    assert (row.reason, row.change["objections_until"]) == ("everybody has agreed", str(window.end))


def test_approval_after_the_window_needs_no_reason() -> None:
    company = Company()
    company.bring_to("published")
    # A few working days are over after 25 days, whatever holidays lie between.
    Settlement.objects.update(published_at=timezone.now() - timedelta(days=25))
    assert objection_window(company.root.pk, MAY).is_over

    company.act("approve", "director", reason="")

    assert company.state() == "approved"


@pytest.mark.parametrize(
    "stamps",
    [
        {"computed_by": "manager", "reviewed_by": "manager"},
        {"reviewed_by": "hr", "approved_by": "hr"},
        {"computed_by": "director", "approved_by": "director"},
    ],
)
def test_database_takes_no_two_steps_of_one_person(stamps: dict[str, str]) -> None:
    company = Company()
    company.roll_up()
    users = {name: User.objects.get(username=who) for name, who in stamps.items()}
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.update(**users)
    assert company.settlement().approved_by is None
