"""What the pages of the daily tool tell their users: days missed, slots, the worst rules, a first start."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from core.models import User
from departments.models import Activity, Leave, RuleDraft
from kpi.calculations.standing import cell, worst
from kpi.models import Account, Platform, QuotaRule
from kpi.selectors.day import person_day
from kpi.selectors.ratings import own_staff

TODAY = date(2024, 5, 15)
MONTH, APRIL = "/today/month/", "/today/month/2024-04/"
ENGLISH = {"accept-language": "en"}


def page(client: Client, url: str) -> str:
    answer = client.get(url, headers=ENGLISH)
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


# --- My month ------------------------------------------------------------------------------------------


def test_without_a_quota_no_day_is_missed(people: Any) -> None:
    """Finance owes no quota: a calendar without dots, and no count of working days without entries."""
    client = people.client("finance")
    own = client.get(MONTH).context["own"]
    assert not own.owing
    assert own.days_missed == 0
    text = page(client, MONTH)
    assert "working days without" not in text
    assert "a dot marks" not in text


def test_days_of_leave_are_not_missed(people: Any) -> None:
    """Of the six working days without a row (6 to 11 May) the first three are leave."""
    staff = people.staff("staff")
    Leave.objects.create(staff=staff, root=people.root, start=date(2024, 5, 6), end=date(2024, 5, 8))
    own = people.client("staff").get(MONTH).context["own"]
    assert own.days_missed == 3


@pytest.mark.parametrize("url", [MONTH, APRIL])
def test_my_month_shows_every_slot_of_every_rule(people: Any, url: str) -> None:
    """The rule of a week has a slot for each week, in the running month as in one that was computed."""
    answer = people.client("staff").get(url)
    own = answer.context["own"]
    held = set(QuotaRule.objects.filter(unit__code__in=("co", "co-a")).values_list("code", flat=True))
    assert {line.row.rule.code for line in own.rules} == held
    weekly = next(line for line in own.rules if line.row.rule.code == "q-answer")
    assert len(weekly.row.steps["slots"]) == len(weekly.subjects[0].slots) > 3
    tones = [slot.tone for slot in weekly.subjects[0].slots]
    # The weeks of the 23rd and the 30th are still to come; April is over.
    assert tones.count("later") == (2 if url == MONTH else 0)
    html = answer.content.decode()
    assert html.count('class="oc-own-rule"') == len(held)
    assert 'class="oc-slots"' in html


def test_an_earlier_month_is_still_my_month(people: Any) -> None:
    html = people.client("staff").get(APRIL).content.decode()
    current = re.findall(r'href="([^"]+)" aria-current="page"', html)
    assert set(current) == {MONTH}


# --- Today ---------------------------------------------------------------------------------------------


def test_what_the_later_slots_ask_for(people: Any) -> None:
    """Five answers a week: after the week of 15 May come those of the 23rd and the 30th, so ten."""
    day = person_day(own_staff(people.user("staff")), TODAY)
    weekly = next(one for one in day.quotas.lines if one.rule.code == "q-answer")
    assert weekly.pace is not None
    assert weekly.pace.later == Decimal(10)
    assert "then 10 more this month" in page(people.client("staff"), "/today/")


def test_an_exchange_names_the_colleague(people: Any) -> None:
    day = person_day(own_staff(people.user("staff")), TODAY)
    pairs = [line for line in day.quotas.lines if line.next.colleague]
    html = page(people.client("staff"), "/today/")
    for line in pairs:
        assert f"with {line.next.colleague}" in html


def test_logging_is_one_tap_away_on_every_page(people: Any) -> None:
    """For those who log work of their own; an administrator without a staff record has nothing to log."""
    assert 'class="oc-tab-log" href="/logs/add/"' in people.client("staff").get("/org/").content.decode()
    client = Client()
    client.force_login(User.objects.create_superuser("nobody"))
    assert "oc-tab-log" not in client.get("/org/").content.decode()


# --- the log -------------------------------------------------------------------------------------------


def test_a_link_of_no_platform_says_what_to_do(people: Any) -> None:
    client = people.client("staff")
    key = client.get("/logs/paste/").context["form"]["key"].value()
    data = {
        "key": key,
        "date": "2024-05-15",
        "text": "https://nowhere.example.org/1\nhttps://tieba.example.cn/p/9",
    }
    html = client.post("/logs/paste/", data, headers=ENGLISH).content.decode()
    assert html.count("No platform has this address") == 1


def test_closed_platforms_are_not_offered_but_answered(people: Any) -> None:
    """Somebody who kept an account there is not asked to choose it; who names it learns that it is closed."""
    old = Platform.objects.get(code="t-old")
    Account.objects.create(staff=people.staff("staff"), platform=old, handle="旧号")
    client = people.client("staff")
    form = client.get("/logs/add/").context["form"]
    assert "t-old" not in [row.code for row in form.fields["platform"].queryset]
    data = {
        "key": form["key"].value(),
        "date": "2024-05-15",
        "platform": "t-old",
        "activity": "post",
        "count": "1",
    }
    answer = client.post("/logs/add/", data)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["platform"]


def test_a_screenshot_may_come_from_the_album(people: Any) -> None:
    """An input that captures opens the camera at once, and a screenshot could not be chosen."""
    html = people.client("staff").get("/logs/add/").content.decode()
    assert 'accept="image/*"' in html
    assert "capture" not in html


# --- Team ----------------------------------------------------------------------------------------------


def test_the_worst_rules_are_those_furthest_from_what_was_expected() -> None:
    """10 of 20 to be expected is worse than 1 of 1; equal shares are told apart by the code."""
    half = Fraction(1, 2)
    cells = [
        cell("a", Decimal(2), Decimal(1), Decimal("0.5"), half),
        cell("b", Decimal(40), Decimal(10), Decimal("0.25"), half),
        cell("c", Decimal(10), Decimal(0), Decimal(0), half),
        cell("d", Decimal(40), Decimal(10), Decimal("0.25"), half),
        cell("e", Decimal(10), Decimal(10), Decimal(1), half),
    ]
    assert worst(cells) == {"b", "c", "d"}
    assert worst(cells[:2]) == {"a", "b"}


def test_a_person_with_many_rules_can_be_opened_on_a_phone(people: Any) -> None:
    """With four rules the switch would save nothing; with five it stands there."""
    assert "oc-team-more" not in page(people.client("leader"), "/team/")
    rule = QuotaRule.objects.get(code="q-post")
    rule.pk, rule.code = None, "q-repost"
    rule.save()
    board = people.client("leader").get("/team/").context["board"]
    html = page(people.client("leader"), "/team/")
    assert html.count('class="oc-team-more"') == sum(line.is_long for line in board.lines) > 0


# --- Rules ---------------------------------------------------------------------------------------------


def test_a_draft_names_what_may_be_counted_and_keeps_the_order(people: Any) -> None:
    """Activities and platforms are ticked by name; those that stood keep their places, so nothing differs."""
    Activity.objects.bulk_create(
        Activity(code=code, name=name) for code, name in (("answer", "回答"), ("post", "发帖"))
    )
    QuotaRule.objects.filter(code="q-post").update(platforms=["t-qa", "t-bar"], activities=["post", "answer"])
    client = people.client("manager")
    url = "/rules/drafts/new/?kind=quota_rules&code=co-a:q-post"
    form = client.get(url).context["form"]
    data = {f"f-{column.name}": form[f"f-{column.name}"].value() or "" for column in form.kind.columns} | {
        "f-platforms": ["t-bar", "t-qa", "t-blog"],
        "f-activities": ["answer", "post"],
        "f-amount": "120",
    }
    with translation.override("zh-hans"):
        assert "发帖" in str(form["f-activities"])
    assert client.post(url, data).status_code == 302
    cells = RuleDraft.objects.get().rows["quota_rules"][0]
    assert (cells["platforms"], cells["activities"]) == ("t-qa,t-bar,t-blog", "post,answer")


# --- a first start -------------------------------------------------------------------------------------


def test_before_any_organisation_the_first_page_says_how_to_begin(db: None) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("first"))
    html = page(client, "/")
    assert "No organisation is set up yet" in html
    assert "/data/import/" in html
    # No link of the navigation is dead.
    for link in re.findall(r'<nav class="oc-nav".*?</nav>', html, re.DOTALL)[0].split('href="')[1:]:
        assert client.get(link.partition('"')[0]).status_code == 200


@pytest.mark.parametrize("path", ["/team/", "/month/", "/incentives/", "/assessment/"])
def test_before_any_organisation_a_section_leads_to_the_first_page(db: None, path: str) -> None:
    client = Client()
    client.force_login(User.objects.create_superuser("first"))
    answer = client.get(path, headers={"accept-language": "en"}, follow=True)
    assert "No organisation is set up yet" in answer.content.decode()
