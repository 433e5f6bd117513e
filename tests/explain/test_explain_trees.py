"""Explanations as trees: every figure of alpha's May by hand, and who may open which."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone, translation

from campaigns.models import Campaign, CampaignChange
from core.exceptions import NotVisible
from core.models import User
from departments.models import Staff, Unit
from incentives.models import Adjustment
from opscenter.dashboards.scope import MonthScope, month_scope
from opscenter.explain import pages
from opscenter.explain.tree import Node, find
from tests.opscenter.alpha import MONTH

BASE = "/explain/2024-05/"
WRITER = f"{BASE}people/al-2/pool/al-c1/writer/"


@pytest.fixture(autouse=True)
def _english() -> Any:
    with translation.override("en"):
        yield


def scope_of(user: User) -> MonthScope:
    return month_scope(user, MONTH, "al-company")


def every(node: Node) -> list[Node]:
    return [node, *(one for child in node.children for one in every(child))]


def labelled(node: Node, text: str) -> Node:
    return next(one for one in every(node) if text in one.label)


@pytest.mark.clause("HT-22")
def test_payout_goes_down_to_the_store_day_rows(users: dict[str, User]) -> None:
    page = pages.payout_page(scope_of(users["al-2"]), "al-2", "al-c1", "writer", "1")

    tree = page.tree
    # E 15.99 by 19 of 29 days: 10.4762, the spare 分 goes here.
    assert tree.figure == "10.48"
    assert tree.formula == "15.99 × 19 ÷ 29 days = 10.48"
    role = find(tree, "role-writer")
    assert role is not None
    assert role.formula == "E = C × (1 − R): 17.87 × (1 − 0.1050) = 15.99"
    assert labelled(tree, "After findings").formula == "C = N × k: 23.82 × 0.7500 = 17.87"
    assert labelled(tree, "before deductions").formula == "N = P × share: 85.08 × 28.00% = 23.82"
    pool = find(tree, "pool")
    assert pool is not None
    assert pool.formula == "P = max(0, U) × rate: max(0, 340.31) × 25.00% = 85.08"
    uplift = find(tree, "uplift")
    assert uplift is not None
    assert uplift.formula == "450.31 + (-110.00) = 340.31"
    store = find(tree, "store-al-s1")
    assert store is not None
    assert store.formula == "actual 1,500.50 − baseline 1,050.19 = 450.31"
    day = store.children[0]
    assert day.label.startswith("2024-05-18")
    assert day.children[0].figure == "1,500.50"
    baseline = day.children[1]
    assert baseline.formula == "2,100.375 ÷ 2 = 1,050.1875"
    assert [(row.label[-14:-4], row.figure) for row in baseline.children] == [
        ("2024-05-11", "1,100.25"),
        ("2024-04-27", "1,000.125"),
    ]
    passed = labelled(day, "passed over")
    assert [(one.label[:10], one.note) for one in passed.children] == [("2024-05-04", "statutory holiday")]


@pytest.mark.clause("KQ-04")
def test_change_after_approval_stands_in_the_tree(users: dict[str, User]) -> None:
    CampaignChange.objects.create(
        campaign=Campaign.objects.get(code="al-c1"),
        terms={"baseline": ["", "fixed_dates"]},
        reason="flood",
        proposed_by=users["al-3"],
        key=uuid4(),
        decision="approved",
        decided_by=users["al-4"],
        decided_at=timezone.now(),
        remark="",
    )

    tree = pages.payout_page(scope_of(users["al-2"]), "al-2", "al-c1", "writer", "1").tree

    (change,) = labelled(tree, "Changes after approval").children
    assert (change.label, change.figure) == ("flood", "approved")
    assert "→" in change.note


@pytest.mark.clause("HT-21")
def test_reach_goes_down_to_the_articles_and_their_targets(users: dict[str, User]) -> None:
    tree = pages.payout_page(scope_of(users["al-2"]), "al-2", "al-c1", "writer", "1").tree

    reach = find(tree, "reach")
    assert reach is not None
    assert reach.figure == "0.1050"
    activity, welfare = reach.children
    assert activity.formula == "(0.0500 + 0.0000) ÷ 2 = 0.0250"
    assert welfare.figure == "0.0800"
    article = welfare.children[0]
    assert article.formula == "max(0, 550 − 506) ÷ 550 = 0.0800"
    assert article.children[1].formula == "500 × (1 + 10.00%)^1 → 550 whole readers"


def test_findings_say_what_they_take_and_why(users: dict[str, User]) -> None:
    tree = pages.payout_page(scope_of(users["al-2"]), "al-2", "al-c1", "writer", "1").tree

    factor = find(tree, "factor")
    assert factor is not None
    assert factor.figure == "0.7500"
    yearly, current = factor.children
    assert yearly.children == ()
    assert current.formula == "max(0, 1 − 25.00%) = 0.7500"
    (finding,) = current.children
    assert finding.figure == "−25.00%"
    assert finding.formula == "1 of the role's 4 items = 25.00%"
    assert finding.clause is not None


def test_score_goes_down_to_rules_and_slots(users: dict[str, User]) -> None:
    page = pages.score_page(scope_of(users["al-1"]), "al-1", bonus=True)

    assert page.tree.figure == "1,732.00"
    assert page.tree.formula == "2,000.00 × 86.60 ÷ 100 × 1.0000 = 1,732.00"
    score = find(page.tree, "score")
    assert score is not None
    assert score.figure == "86.60"
    assert [one.figure for one in score.children[:5]] == ["34.50", "15.10", "18.00", "4.00", "12.00"]
    group = labelled(score.children[1], "all rules together")
    assert group.formula == "(1 × 42.50% + 2 × 92.00%) ÷ 3 = 75.50%"
    blog = find(score, "rule-al-blog")
    assert blog is not None
    assert blog.formula == "credited 34 ÷ 80 = 0.4250"
    assert [one.figure for one in blog.children[1].children] == ["24", "10"]
    grade = labelled(score, "Grade")
    assert [one.note for one in grade.children if one.tone == "good"] == ["this one"]


def test_caps_of_points_are_said(users: dict[str, User]) -> None:
    page = pages.score_page(scope_of(users["al-2"]), "al-2", bonus=False)

    points = labelled(page.tree, "Points")
    assert points.figure == "-20.00"
    assert "points off at most 20" in points.note


# --- rights --------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("who", "path", "status"),
    [
        ("al-2", WRITER, 200),
        ("al-1", WRITER, 404),
        ("al-3", WRITER, 404),
        ("al-4", WRITER, 200),
        ("al-2", f"{BASE}people/al-2/bonus/", 200),
        ("al-1", f"{BASE}people/al-2/bonus/", 404),
        ("al-3", f"{BASE}people/al-2/bonus/", 404),
        ("al-3", f"{BASE}people/al-2/score/", 200),
        ("al-1", f"{BASE}people/al-2/score/", 404),
        ("al-1", f"{BASE}people/al-1/rules/al-blog/", 200),
        ("al-2", f"{BASE}people/al-1/rules/al-blog/", 404),
        ("al-1", f"{BASE}people/al-1/rules/nothing/", 404),
        ("al-1", f"{BASE}people/al-1/", 200),
        ("al-2", f"{BASE}people/al-1/", 404),
        ("al-1", f"{BASE}campaigns/al-c1/", 404),
        ("al-3", f"{BASE}campaigns/al-c1/", 200),
        ("al-1", f"{BASE}people/al-1/pool/al-c1/nothing/", 404),
        ("al-1", "/explain/2024-06/people/al-1/", 404),
        ("al-1", f"{BASE}verify/", 404),
        ("al-3", f"{BASE}verify/?unit=al-company", 404),
        ("al-4", f"{BASE}verify/?unit=al-company", 200),
        ("al-3", "/explain/compare/?unit=al-company", 404),
        ("al-4", "/explain/compare/?unit=al-company", 200),
    ],
)
def test_a_denied_explanation_answers_like_a_missing_one(
    visit: Any, who: str, path: str, status: int
) -> None:
    assert visit(who, path)[0] == status


def test_nobody_sees_a_colleagues_amount_in_their_own_tree(visit: Any) -> None:
    """The control is the director, who reads both."""
    own = visit("al-2", f"{WRITER}?open=all")[1]
    assert "10.48" in own
    assert "5.51" not in own
    whole = visit("al-4", f"{BASE}campaigns/al-c1/?open=all")[1]
    assert "10.48" in whole
    assert "5.51" in whole


def test_the_manager_sees_the_uplift_and_no_pool(visit: Any) -> None:
    status, page = visit("al-3", f"{BASE}campaigns/al-c1/")
    assert status == 200
    assert "340.31" in page
    assert "85.08" not in page


def test_a_person_out_of_reach_is_not_visible(users: dict[str, User]) -> None:
    with pytest.raises(NotVisible):
        pages.score_page(scope_of(users["al-1"]), "al-2", bonus=False)


def test_pages_show_what_they_explain(visit: Any) -> None:
    assert "10.48" in visit("al-2", f"{BASE}people/al-2/")[1]
    page = visit("al-1", f"{BASE}people/al-1/rules/al-blog/?slot=2024-05-06")[1]
    assert "Log rows" in page
    assert "does not count: not among the best" in visit("al-1", f"{BASE}people/al-1/rules/al-blog/")[1]


def test_corrections_of_earlier_months_stand_beside_what_is_paid(visit: Any, users: dict[str, User]) -> None:
    """Paid with May: +12.34 for March and −2.00 for April; one that waits for approval is not shown."""
    staff = Staff.objects.get(staff_no="al-2")
    root = Unit.objects.get(code="al-company")
    may, march, april = (date(2024, month, 1) for month in (5, 3, 4))
    for about, amount, reason, approver in (
        (march, "12.34", "Two posts were found", "al-4"),
        (april, "-2.00", "A post was counted twice", "al-4"),
        (april, "99.99", "Not decided", None),
    ):
        Adjustment.objects.create(
            root=root,
            month=may,
            about_month=about,
            staff=staff,
            amount=Decimal(amount),
            reason=reason,
            proposed_by=users["al-3"],
            approved_by=users[approver] if approver else None,
        )
    page = pages.person_page(scope_of(users["al-2"]), "al-2")

    tree = next(one for one in page.trees if "Corrections" in one.label)
    assert tree.formula == "12.34 + -2.00 = 10.34"
    assert [(one.label, one.figure, one.note) for one in tree.children] == [
        ("Correction of March 2024", "12.34", "Two posts were found"),
        ("Correction of April 2024", "-2.00", "A post was counted twice"),
    ]
    assert "10.34" in visit("al-2", f"{BASE}people/al-2/")[1]
    assert visit("al-2", tree.children[0].url)[0] == 200
    # The manager rates the person, and does not read the amounts.
    assert "10.34" not in visit("al-3", f"{BASE}people/al-2/")[1]
