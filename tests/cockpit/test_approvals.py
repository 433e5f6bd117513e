"""The steps of closing on the cockpit: who took which, whose turn is next, and whom a step rules out."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone, translation

from core.models import User
from departments.models import Grant, Staff
from incentives.models import Settlement
from incentives.services import closing
from incentives.services.roll_up import month_roll_up
from opscenter.cockpit.approvals import read_records, steps
from opscenter.cockpit.duties import Duties
from opscenter.dashboards.scope import month_scope
from tests.people import APRIL

pytestmark = pytest.mark.django_db
WAY = ("compute", "review", "publish", "approve", "lock", "pay")


def way(people: Any, who: str) -> dict[str, Any]:
    """The steps by name, as a fresh visit sees them."""
    scope = month_scope(User.objects.get(username=who), APRIL, "co")
    duties = Duties(scope.root.pk, scope.tree)
    with translation.override("en"):
        return dict(zip(WAY, steps(scope, duties, read_records(scope)), strict=True))


def names(step: Any) -> list[str]:
    return [one.name for one in step.owners.people]


def take(people: Any, act: str, who: str, **arguments: Any) -> None:
    service = getattr(closing, f"month_{act}")
    service(actor=User.objects.get(username=who), root=people.root, month=APRIL, **arguments)


def test_each_step_names_who_may_take_it(people: Any) -> None:
    found = way(people, "finance")
    assert (found["compute"].past, found["compute"].done.name) == (True, "the system")
    assert {name: names(step) for name, step in found.items() if not step.past} == {
        "review": ["人事", "经理"],
        "publish": ["人事", "经理"],
        "approve": ["总监"],
        "lock": ["总监", "财务"],
        "pay": ["财务"],
    }
    assert [name for name, step in found.items() if step.now] == ["review"]
    assert not any(step.url for step in found.values())  # finance does not review


def test_steps_taken_show_who_when_and_why(people: Any) -> None:
    take(people, "review", "hr", reason="逐行核对")
    take(people, "publish", "manager")
    found = way(people, "director")

    assert (found["review"].done.name, found["review"].done.reason) == ("人事", "逐行核对")
    assert timezone.localdate(found["publish"].done.at).isoformat() == "2024-05-15"
    assert found["approve"].url == "/month/2024-04/acts/approve/?unit=co"
    assert way(people, "finance")["approve"].url == ""


def test_who_took_a_step_is_not_among_those_of_the_next(people: Any) -> None:
    for name in ("manager", "hr"):
        Grant.objects.create(staff=people.staff(name), role="director", unit=people.root)
    Settlement.objects.filter(period__root=people.root).update(computed_by=people.user("manager"))
    assert names(way(people, "hr")["review"]) == ["人事"]
    assert way(people, "manager")["review"].url == ""

    take(people, "review", "hr")
    take(people, "publish", "manager")
    assert names(way(people, "director")["approve"]) == ["总监"]

    take(people, "approve", "director", reason="无异议")
    assert names(way(people, "director")["lock"]) == ["财务", "人事", "经理"]
    assert way(people, "director")["lock"].url == ""
    assert way(people, "finance")["lock"].url


def test_new_figures_take_the_steps_back(people: Any) -> None:
    take(people, "review", "hr")
    from kpi.models import Rating

    Rating.objects.filter(staff=people.staff("staff"), month=APRIL.first).update(score=20)
    month_roll_up(actor=None, root=people.root, month=APRIL)

    found = way(people, "director")
    assert (found["review"].done, found["review"].past, found["review"].now) == (None, False, True)


def test_month_locked_without_approval_says_what_was_left_out(people: Any) -> None:
    take(people, "review", "hr")
    closing.month_lock(
        actor=people.user("finance"), root=people.root, month=APRIL, reason="year end", force=True
    )
    found = way(people, "finance")
    assert found["review"].done.name == "人事"
    assert (found["approve"].past, found["approve"].done) == (True, None)
    assert (found["lock"].done.name, found["lock"].done.reason) == ("财务", "year end")
    assert names(found["pay"]) == []  # who locked it without an approval does not pay it
    assert found["pay"].url == ""


def test_people_who_left_and_grants_that_ended_are_not_named(people: Any) -> None:
    today = timezone.localdate()
    Grant.objects.create(staff=people.staff("peer"), role="finance", unit=people.root)
    old = Grant.objects.create(staff=people.staff("below"), role="finance", unit=people.root)
    old.end = today - timedelta(days=1)
    old.save()
    Staff.objects.filter(user__username="finance").update(left=today - timedelta(days=1))

    assert names(way(people, "director")["pay"]) == ["员小二"]


def test_owner_is_the_nearest_who_has_the_right(people: Any) -> None:
    scope = month_scope(people.user("director"), APRIL, "co")
    duties = Duties(scope.root.pk, scope.tree)
    units = {scope.tree.codes[unit]: unit for unit in scope.tree.codes}

    def of(act: str, unit: str) -> list[str]:
        return [one.name for one in duties.of(act, units[unit]).people]

    assert of("log.verify", "co-a1") == ["组长甲"]  # the group has no leader, the department has
    assert of("log.verify", "co-b") == ["组长乙"]
    assert of("campaign.approve", "co-b") == ["总监", "经理"]
    assert of("month.pay", "co-a") == ["财务"]
    assert duties.of("month.pay", without=[people.user("finance").pk]).people == ()
