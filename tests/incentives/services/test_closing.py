"""Closing a month: who may take which step from which state, and that a refused step leaves no trace."""

import pytest

from core.exceptions import Conflict, DomainError, NotAllowed, RuleViolation
from core.models import AuditEvent
from departments.models import Unit
from incentives.services.closing import month_lock, month_review
from incentives.services.roll_up import month_roll_up
from kpi.models import Rating
from tests.incentives.services.company import ACTS, MAY, Company

pytestmark = pytest.mark.django_db

STATES = ("open", "computed", "reviewed", "published", "approved", "locked", "paid")
# act → (the state it starts from, the state it leads to, who may)
STEPS = {
    "review": ("computed", "reviewed", {"manager", "hr", "manager2"}),
    "publish": ("reviewed", "published", {"manager", "hr", "manager2"}),
    "approve": ("published", "approved", {"director"}),
    "lock": ("approved", "locked", {"finance", "director", "finance2"}),
    "pay": ("locked", "paid", {"finance", "finance2"}),
}
EVERYBODY = (
    "staff",
    "leader",
    "manager",
    "manager2",
    "director",
    "finance",
    "finance2",
    "hr",
    "auditor",
    "admin",
)


def changed_rating() -> None:
    Rating.objects.filter(month=MAY.first, staff__staff_no="al-1").update(score=90)


@pytest.mark.parametrize("act", STEPS)
@pytest.mark.parametrize("state", STATES)
def test_step_is_taken_from_its_own_state_only(act: str, state: str) -> None:
    company = Company()
    company.bring_to(state)
    source, target, _who = STEPS[act]
    role = {
        "review": "manager2",
        "publish": "hr",
        "approve": "director",
        "lock": "finance",
        "pay": "finance",
    }[act]
    before = company.trace()

    if state == source:
        company.act(act, role)
        assert company.state() == target
    else:
        with pytest.raises(Conflict):
            company.act(act, role)
        assert (company.state(), company.trace()) == (state, before)


@pytest.mark.parametrize("act", STEPS)
def test_step_is_for_those_with_the_right_and_leaves_no_trace_for_others(act: str) -> None:
    company = Company()
    source, target, may = STEPS[act]
    company.bring_to(source)
    before = company.trace()

    for role in {*EVERYBODY, "outsider"} - may - {"superuser"}:
        with pytest.raises(NotAllowed):
            company.act(act, role)
    assert company.trace() == before

    company.act(act, sorted(may - {"manager", "director"} or may)[0])
    assert company.state() == target


def test_act_on_a_month_nobody_has_touched_leaves_not_even_a_row() -> None:
    company = Company()

    with pytest.raises(NotAllowed):
        company.act("review", "staff")
    with pytest.raises(Conflict):
        company.act("review", "manager")

    assert company.state() == "none"


@pytest.mark.parametrize("reviewer", ["manager", "superuser"])
def test_nobody_approves_what_they_reviewed(reviewer: str) -> None:
    company = Company()
    company.roll_up()
    person = company.people[reviewer]
    if reviewer == "manager":  # a manager who is the director of the house as well
        person.staff.grants.create(role="director", unit=company.root)
    company.act("review", reviewer)
    company.act("publish", "hr")

    with pytest.raises(NotAllowed) as refusal:
        company.act("approve", reviewer)

    assert refusal.value.code == "same_person"
    assert company.state() == "published"
    company.act("approve", "director")
    assert company.state() == "approved"


def test_every_step_is_audited_with_the_digest_of_what_was_seen() -> None:
    company = Company()
    company.bring_to("paid")
    digest = company.settlement().digest

    rows = AuditEvent.objects.filter(action__startswith="month.").order_by("pk")

    assert [(row.action, row.actor_name, row.change["digest"]) for row in rows] == [
        ("month.rolled_up", "", digest),
        ("month.reviewed", "manager", digest),
        ("month.published", "hr", digest),
        ("month.approved", "director", digest),
        ("month.locked", "finance", digest),
        ("month.paid", "finance", digest),
    ]


@pytest.mark.parametrize("state", ["reviewed", "published", "approved"])
def test_new_result_has_to_be_looked_at_again(state: str) -> None:
    company = Company()
    company.bring_to(state)
    changed_rating()

    company.roll_up()

    found = company.settlement()
    assert company.state() == "computed"
    assert (found.revision, found.reviewed_by, found.reviewed_at) == (2, None, None)
    assert (found.published_at, found.approved_by, found.approved_at) == (None, None, None)


@pytest.mark.parametrize("state", ["reviewed", "published", "approved"])
def test_same_result_again_takes_nothing_back(state: str) -> None:
    company = Company()
    company.bring_to(state)
    before = company.trace()

    company.roll_up()

    assert (company.state(), company.trace()) == (state, before)


def test_lock_is_refused_when_facts_changed_since_the_approval() -> None:
    company = Company()
    company.bring_to("approved")
    changed_rating()
    before = company.trace()

    with pytest.raises(Conflict) as refusal:
        company.act("lock", "finance")

    assert refusal.value.code == "changed_since_approval"
    assert (company.state(), company.trace()) == ("approved", before)


@pytest.mark.parametrize("state", ["open", "computed", "reviewed", "published"])
def test_lock_needs_approval_or_a_right_and_a_reason(state: str) -> None:
    company = Company()
    company.bring_to(state)
    before = company.trace()

    with pytest.raises(Conflict) as refusal:
        company.act("lock", "finance")
    assert refusal.value.code == "not_approved"
    with pytest.raises(RuleViolation) as unreasoned:
        company.act("lock", "finance", force=True, reason="  ")
    assert unreasoned.value.code == "reason_needed"
    with pytest.raises(NotAllowed):
        company.act("lock", "hr", force=True, reason="because")
    assert (company.state(), company.trace()) == (state, before)

    company.act("lock", "finance", force=True, reason="year end")

    found = company.settlement()
    assert company.state() == "locked"
    assert found.locked_by.username == "finance"
    assert found.revision == 1
    row = AuditEvent.objects.get(action="month.locked")
    assert (row.actor_name, row.reason, row.change["forced"]) == ("finance", "year end", True)
    assert (row.change["digest"], row.change["inputs"]) == (found.digest, found.inputs_digest)


def test_locked_result_is_the_one_worked_out_by_hand() -> None:
    company = Company()

    company.force_lock()

    assert company.roll_up() == company.expected


def test_second_lock_is_refused() -> None:
    company = Company()
    company.force_lock()
    before = company.trace()

    with pytest.raises(Conflict) as refusal:
        company.force_lock()

    assert refusal.value.code == "already_locked"
    assert company.trace() == before


def test_right_in_one_house_is_none_in_another() -> None:
    company = Company()
    other = Unit.objects.create(code="other", name="other", kind="company")
    Unit.objects.filter(pk=other.pk).update(root=other)
    other.refresh_from_db()

    for act in ACTS.values():
        with pytest.raises(NotAllowed):
            act(actor=company.people["director"], root=other, month=MAY)
    with pytest.raises(NotAllowed):
        month_roll_up(actor=company.people["director"], root=other, month=MAY)


def test_month_is_computed_and_locked_for_a_whole_house_only() -> None:
    company = Company()
    team = Unit.objects.get(code="al-team")

    for act in (month_roll_up, month_lock):
        with pytest.raises(RuleViolation) as refusal:
            act(actor=None, root=team, month=MAY)
        assert refusal.value.code == "not_a_root"
    with pytest.raises(DomainError):
        month_review(actor=company.people["manager"], root=team, month=MAY)
