"""Today and My month: what they show, and in how many queries; those of the log's pages as well."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from departments.models import Assignment, Document, Duty
from kpi.models import Account, DutyTick, LogEntry, Platform, QuotaRule
from kpi.selectors.day import PersonDay, QuotaLine, person_day
from kpi.selectors.ratings import own_staff
from kpi.services.logs import NewLog, logs_add
from tests.people.pages import assert_bounded, queries_of

TODAY = date(2024, 5, 15)
SHOW, ADD, PASTE, SAVE = "/today/", "/logs/add/", "/logs/paste/", "/logs/rows/"


def day_of(people: Any, who: str = "staff", today: date = TODAY) -> PersonDay:
    return person_day(own_staff(people.user(who)), today)


def line(day: PersonDay, code: str) -> QuotaLine:
    return next(one for one in day.quotas.lines if one.rule.code == code)


def text_of(people: Any, url: str, who: str = "staff") -> str:
    client = people.client(who)
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


def form(**given: Any) -> dict[str, Any]:
    return {
        "key": f"web-{uuid4().hex}",
        "date": "2024-05-15",
        "platform": "t-bar",
        "activity": "post",
        "handle": "海风一号",
        "count": 1,
        **given,
    }


def log_rows(people: Any, many: int = 25) -> None:
    """More rows of today and of days before, on three platforms."""
    platforms = list(Platform.objects.filter(code__in=("t-bar", "t-qa", "t-blog")))
    rows = [
        NewLog(
            date=TODAY - timedelta(days=place % 12),
            platform=platforms[place % 3],
            activity=("post", "answer", "article")[place % 3],
            count=place + 1,
            handle=f"h{place % 5}",
        )
        for place in range(many)
    ]
    logs_add(actor=people.user("staff"), staff=people.staff("staff"), rows=rows, key=uuid4().hex)


# --- Today ---------------------------------------------------------------------------------------------


@pytest.mark.clause("KQ-17")
def test_today_shows_each_quota_with_its_pace(people: Any) -> None:
    """May 2024 has 21 working days (with the 11th, without the 1st to 3rd); 9 of them by the 15th."""
    day = day_of(people)
    assert (day.workdays_passed, day.workdays) == (9, 21)
    post = line(day, "q-post")
    assert post.pace is not None
    # 3 + 20 of 100; 100 × 9 ÷ 21 = 42.8571; 23 × 21 ÷ 9 = 53.6667
    assert [str(value) for value in (post.pace.done, post.pace.expected, post.pace.forecast)] == [
        "23.0000",
        "42.8571",
        "53.6667",
    ]
    text = text_of(people, SHOW)
    assert "working day 9 of 21" in text
    assert "forecast 54" in text
    assert "Forecast: what is done so far" in text


def test_the_next_act_names_platform_and_own_account(people: Any) -> None:
    day = day_of(people)
    assert str(line(day, "q-post").next) == "某贴吧 · 海风一号"
    assert str(line(day, "q-answer").next) == "某问答"
    # The first blog account has had its article of today.
    assert str(line(day, "q-blog").next) == "某博客 · haifeng1"
    people.client("staff").post(ADD, form(platform="t-blog", activity="article", handle="haifeng1", count=1))
    assert str(line(day_of(people), "q-blog").next) == "某博客 · haifeng2"


def test_the_act_that_takes_least_is_offered_first(people: Any) -> None:
    day = day_of(people)
    assert day.best is not None
    assert (day.best.rule.code, day.best.next_act and day.best.next_act.lacking) == ("q-blog", 1)
    assert "platform=t-blog&amp;activity=article&amp;handle=haifeng1" in text_of(people, SHOW)


@pytest.mark.clause("YJ-07")
def test_accounts_to_keep_are_a_condition_met_or_not(people: Any) -> None:
    blog = line(day_of(people), "q-blog")
    assert (blog.keeps, blog.owned, len(blog.accounts)) == (True, 2, 2)
    assert "accounts kept: 2 of 2" in text_of(people, SHOW)
    before = blog.pace
    Account.objects.filter(handle="haifeng2").update(closed=date(2024, 5, 14))
    blog = line(day_of(people), "q-blog")
    assert (blog.keeps, len(blog.accounts)) == (False, 1)
    assert "accounts kept: 1 of 2" in text_of(people, SHOW)
    assert blog.pace == before  # shown, never counted


@pytest.mark.clause("YJ-02")
def test_the_document_of_higher_precedence_is_used_and_the_page_says_so(people: Any) -> None:
    rule = QuotaRule.objects.get(code="q-post")
    lower = rule.document
    company = Document.objects.create(
        number="CO-99", version="1.0", title="公司制度", unit=people.root, precedence=20, effective_from=TODAY
    )
    QuotaRule.objects.create(
        unit=people.root,
        code="q-post",
        name="发帖",
        activities=["post"],
        platforms=["t-bar"],
        basis="person",
        period="month",
        amount=60,
        valid_from=date(2024, 1, 1),
        document=company,
    )
    post = line(day_of(people), "q-post")
    assert (post.rule.document, post.rule.amount) == (company, 60)
    assert [one.document for one in post.outranked] == [lower]
    assert "“公司制度” is used; “运营手册” sets 100 and ranks lower." in text_of(people, SHOW)


def test_who_moved_within_the_month_is_paced_by_the_days_in_the_unit(people: Any) -> None:
    staff = people.staff("staff")
    Assignment.objects.create(
        root=people.root,
        staff=staff,
        unit=people.staff("other").unit,
        start=date(2024, 1, 1),
        end=date(2024, 5, 12),
    )
    Assignment.objects.create(root=people.root, staff=staff, unit=staff.unit, start=date(2024, 5, 13))
    post = line(day_of(people), "q-post").pace
    assert post is not None
    # In service from the 13th on 15 of 21 working days: 100 × 15 ÷ 21; 3 of the 15 have passed.
    assert (str(post.target), str(post.expected)) == ("71.4286", "14.2857")


@pytest.mark.clause("YJ-17")
def test_a_duty_without_a_number_is_ticked_on_the_page(people: Any) -> None:
    duty = Duty.objects.get(number=1)
    url = reverse("logs:tick", args=[duty.pk])
    client = people.client("staff")
    assert client.post(url).status_code == 302
    assert client.post(url).status_code == 302
    assert DutyTick.objects.filter(duty=duty, date=TODAY, staff=people.staff("staff")).count() == 1
    assert [one.today for one in day_of(people).ticks] == [True, False]
    assert people.client("other").post(url).status_code == 404
    assert client.get(url).status_code == 405


def test_one_tap_logs_once(people: Any) -> None:
    client, data = people.client("staff"), form(count=5)
    for _time in range(2):
        answer = client.post(ADD, data)
        assert (answer.status_code, answer["Location"]) == (302, SHOW)
    assert [(row.count, row.handle) for row in LogEntry.objects.filter(date=TODAY)] == [(5, "海风一号")]
    assert day_of(people).today_count == 5


@pytest.mark.parametrize("who", ["staff", "leader", "below", "other", "finance", "outsider"])
def test_everybody_has_a_day_and_a_month(people: Any, who: str) -> None:
    for url in (SHOW, "/today/month/", "/today/month/2024-04/", "/logs/", ADD, PASTE):
        assert people.client(who).get(url).status_code == 200, url
    assert people.client(who).get("/today/month/2024-06/").status_code == 404


# --- My month ------------------------------------------------------------------------------------------


def test_my_month_shades_the_days_by_rank(people: Any) -> None:
    own = people.client("staff").get("/today/month/").context["own"]
    days = {one.day.day: one for week in own.weeks for one in week if one.inside}
    assert [(days[day].count, days[day].shade) for day in (12, 13, 14)] == [(0, 0), (20, 4), (3, 2)]
    assert (own.days_logged, own.count) == (2, 23)
    # Of the working days before today these have no row: 6 to 10 and the 11th.
    assert own.days_missed == 6
    assert days[10].missed
    assert not days[15].missed


def test_my_month_that_was_computed_has_its_results(people: Any) -> None:
    answer = people.client("staff").get("/today/month/2024-04/")
    own = answer.context["own"]
    assert own.computed
    assert answer.context["quotas"] is None
    with translation.override("zh-hans"):
        assert reverse("month:person", args=[own.month, "p-staff"]) in answer.content.decode()


# --- queries -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "limit"),
    [(SHOW, 25), ("/today/month/", 25), ("/logs/", 15), (ADD, 20), (PASTE, 15), ("/logs/copy/", 15)],
)
def test_queries_do_not_grow_with_the_rows(people: Any, url: str, limit: int) -> None:
    log_rows(people, 2)
    assert_bounded(people.client("staff"), url, lambda: log_rows(people), limit)


def test_a_row_needs_few_queries(people: Any) -> None:
    url = reverse("logs:show", args=[LogEntry.objects.get(row_id="l-own").pk])
    assert queries_of(people.client("staff"), url) <= 15
