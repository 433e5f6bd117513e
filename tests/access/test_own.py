"""Nobody decides about what is their own: plans, campaigns, changes; not as a superuser either.

Rule: KQ-03, KQ-04, YJ-23; the same for logs (``test_superuser``), months (``services/test_separation``).
"""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import Campaign, Plan, PlanChange
from campaigns.services.changes import change_decide, change_propose
from core.exceptions import NotAllowed
from core.models import AuditEvent, User
from tests.campaigns.planning import drafted, plan_terms, planned, take
from tests.people import People

WHO = ("manager", "superuser")


def boss(people: People, who: str) -> str:
    """Somebody who plans and approves: the manager, also as a superuser."""
    if who == "superuser":
        User.objects.filter(pk=people.user("manager").pk).update(is_superuser=True)
        people.user("manager").refresh_from_db()
    return "manager"


def refused(subject: Any, act: Any) -> None:
    rows, stood = AuditEvent.objects.count(), type(subject).objects.values().get(pk=subject.pk)
    with pytest.raises(NotAllowed) as refusal, transaction.atomic():
        act()
    assert refusal.value.code == "same_person"
    assert type(subject).objects.values().get(pk=subject.pk) == stood
    assert AuditEvent.objects.count() == rows


@pytest.mark.clause("KQ-03")
@pytest.mark.parametrize("who", WHO)
@pytest.mark.parametrize("make", [drafted, planned])
def test_nobody_approves_what_they_drafted(people: People, make: Any, who: str) -> None:
    name = boss(people, who)
    subject = make(people, who=name)
    take(people, name, subject, "submit")
    refused(subject, lambda: take(people, name, subject, "approve"))
    take(people, "director", subject, "approve")


@pytest.mark.parametrize("who", WHO)
def test_nobody_approves_what_they_submitted_for_another(people: People, who: str) -> None:
    name = boss(people, who)
    subject = drafted(people)
    take(people, name, subject, "submit")
    refused(subject, lambda: take(people, name, subject, "approve"))


@pytest.mark.parametrize("who", WHO)
def test_nobody_closes_what_they_reviewed(people: People, who: str) -> None:
    name = boss(people, who)
    plan = planned(people)
    take(people, "leader", plan, "submit")
    take(people, "director", plan, "approve")
    take(people, "leader", plan, "run")
    take(people, name, plan, "review", review="成", lessons="早")
    refused(plan, lambda: take(people, name, plan, "close"))
    take(people, "director", plan, "close")


@pytest.mark.clause("KQ-04")
@pytest.mark.parametrize("who", WHO)
def test_nobody_decides_about_a_change_they_proposed(people: People, who: str) -> None:
    name = boss(people, who)
    plan = planned(people)
    take(people, "leader", plan, "submit")
    take(people, "director", plan, "approve")
    change = change_propose(
        Plan, actor=people.user(name), pk=plan.pk, terms=plan_terms(end=date(2024, 5, 30)), reason="短",
        key=uuid4(),
    )  # fmt: skip
    for approve in (True, False):
        refused(
            plan,
            lambda yes=approve: change_decide(
                PlanChange, actor=people.user(name), pk=change.pk, approve=yes, remark="我"
            ),
        )
    change.refresh_from_db()
    assert change.decision is None


def test_the_table_refuses_it_too(people: People) -> None:
    campaign, leader = drafted(people), people.user("other-leader")
    for fields in ({"approved_by": leader}, {"reviewed_by": leader, "closed_by": leader}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Campaign.objects.filter(pk=campaign.pk).update(**fields)
