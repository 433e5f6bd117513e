"""Today, My month and the pages of the log: what they show, to whom, and in how many queries."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import translation

from departments.models import Assignment, Document, Duty, Period, PeriodState
from kpi.models import Account, DutyTick, LogEntry, LogStatus, Platform, QuotaRule
from kpi.selectors.day import PersonDay, QuotaLine, person_day
from kpi.selectors.logs import links_read, platform_activities
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


def rows_form(*rows: dict[str, Any], **given: Any) -> dict[str, Any]:
    data: dict[str, Any] = {
        "key": f"web-{uuid4().hex}",
        "origin": "paste",
        "date": "2024-05-15",
        "form-TOTAL_FORMS": len(rows),
        "form-INITIAL_FORMS": len(rows),
        **given,
    }
    for place, row in enumerate(rows):
        row = {"chosen": "on", "platform": "t-bar", "activity": "post", "count": 1, **row}
        data |= {f"form-{place}-{name}": value for name, value in row.items() if value is not None}
    return data


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


# --- the form, pasted links, copied days ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"date": "2024-05-16"}, "date"),
        ({"date": ""}, "date"),
        ({"activity": "juggling"}, "activity"),
        ({"count": "-1"}, "count"),
        ({"count": "many"}, "count"),
        ({"url": "javascript:alert(1)"}, "url"),
        ({"partner": "x-outsider"}, "partner"),
        ({"platform": "nowhere"}, "platform"),
    ],
)
def test_a_mistake_is_told_beside_its_field(people: Any, given: dict[str, str], field: str) -> None:
    before = LogEntry.objects.count()
    answer = people.client("staff").post(ADD, form(**given, note="bleibt"))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "bleibt" in answer.content.decode()
    assert LogEntry.objects.count() == before


def test_late_entry_is_told_and_the_leader_logs_it(people: Any) -> None:
    before = LogEntry.objects.count()
    answer = people.client("staff").post(ADD, form(date="2024-04-20"))
    assert answer.status_code == 422
    assert LogEntry.objects.count() == before
    for who in ("peer", "other-leader", "outsider"):
        assert people.client(who).post(ADD, form(staff="p-staff")).status_code == 404
    assert LogEntry.objects.count() == before
    answer = people.client("leader").post(ADD, form(staff="p-staff", date="2024-04-20"))
    assert (answer.status_code, answer["Location"]) == (302, "/logs/?staff=p-staff")
    assert LogEntry.objects.latest("pk").staff == people.staff("staff")
    Period.objects.filter(month=date(2024, 4, 1)).update(state=PeriodState.LOCKED)
    answer = people.client("leader").post(ADD, form(staff="p-staff", date="2024-04-20"))
    assert answer.status_code == 409
    assert LogEntry.objects.count() == before + 1


@pytest.mark.clause("YJ-20")
def test_pasted_links_are_recognised(people: Any) -> None:
    text = (
        "https://www.tieba.example.cn/p/9?utm_source=q 3\n"
        "https://m.tieba.example.cn/p/2#top 顶帖\n"
        "https://tieba.example.cn/p/9/\n"
        "https://wenda.example.cn/q/7，已发2条\n"
        "https://blog.example.cn/haifeng2/1\n"
        "https://old.example.cn/x\n"
        "https://nowhere.example.org/1\n"
        "https://[x/y"
    )
    found = links_read(people.staff("staff"), text, TODAY)
    assert [
        (one.platform and one.platform.code, one.activity, one.handle, one.count, one.note, one.ticked)
        for one in found
    ] == [
        ("t-bar", "post", "海风一号", 3, "", True),
        ("t-bar", "post", "海风一号", 1, "顶帖", False),
        ("t-bar", "post", "海风一号", 1, "", False),
        ("t-qa", "answer", "", 2, "已发2条", True),
        ("t-blog", "article", "haifeng2", 1, "", True),
        (None, "", "", 1, "", False),  # closed since 2023
        (None, "", "", 1, "", False),
        (None, "", "", 1, "", False),
    ]
    assert found[1].duplicate == LogEntry.objects.get(row_id="l-peer")
    assert [one.twice for one in found] == [False, False, True, *[False] * 5]


def test_a_rejected_row_makes_no_duplicate(people: Any) -> None:
    LogEntry.objects.filter(row_id="l-peer").update(status=LogStatus.REJECTED)
    (found,) = links_read(people.staff("staff"), "https://tieba.example.cn/p/2", TODAY)
    assert found.ticked


def test_only_rules_in_force_propose_an_activity(people: Any) -> None:
    staff = people.staff("staff")
    assert platform_activities(staff, TODAY) == {
        "t-bar": ["post"],
        "t-qa": ["answer"],
        "t-blog": ["article", "exchange"],
    }
    QuotaRule.objects.filter(code="q-blog").update(valid_to=date(2024, 4, 30))
    QuotaRule.objects.filter(code="q-answer").update(valid_from=date(2024, 6, 1))
    assert platform_activities(staff, TODAY) == {"t-bar": ["post"], "t-blog": ["exchange"]}


def test_paste_shows_what_it_found_and_saves_what_is_ticked(people: Any) -> None:
    client = people.client("staff")
    answer = client.post(
        PASTE,
        {
            "key": f"web-{uuid4().hex}",
            "date": "2024-05-15",
            "text": "https://tieba.example.cn/p/9 3 春季\nhttps://tieba.example.cn/p/2\nhttps://[x/y",
        },
    )
    assert answer.status_code == 200
    text = answer.content.decode()
    assert "员小二" in text  # who logged the second link before
    shown = answer.context["rows"]
    rows = [
        {name: one[name].value() for name in ("url", "platform", "activity", "handle", "count", "note")}
        | {"chosen": "on" if one["chosen"].value() else None}
        for one in shown
    ]
    assert [row["chosen"] for row in rows] == ["on", None, None]
    data = rows_form(*rows, key=answer.context["key"])
    for _time in range(2):
        assert client.post(SAVE, data).status_code == 302
    (entry,) = LogEntry.objects.filter(date=TODAY)
    assert (entry.count, entry.note, entry.handle) == (3, "春季", "海风一号")
    assert "春季" in text_of(people, reverse("logs:show", args=[entry.pk]))


@pytest.mark.parametrize("bad", [{"platform": ""}, {"activity": ""}, {"count": ""}, {"platform": "t-old"}])
def test_all_ticked_rows_are_saved_or_none(people: Any, bad: dict[str, str]) -> None:
    before = LogEntry.objects.count()
    answer = people.client("staff").post(SAVE, rows_form({"note": "gut"}, bad))
    assert answer.status_code == 422
    assert LogEntry.objects.count() == before
    assert answer.context["rows"][1].errors
    assert "gut" in answer.content.decode()
    assert people.client("staff").post(SAVE, rows_form({}, {**bad, "chosen": None})).status_code == 302
    assert LogEntry.objects.count() == before + 1


def test_nothing_ticked_and_nothing_pasted_is_told(people: Any) -> None:
    client = people.client("staff")
    assert client.post(SAVE, rows_form({"chosen": None})).status_code == 422
    data = {"key": f"web-{uuid4().hex}", "date": "2024-05-15", "text": "kein Link"}
    assert client.post(PASTE, data).status_code == 422
    assert client.post(SAVE, rows_form({}, key="x")).status_code == 404
    assert people.client("peer").post(SAVE, rows_form({}, staff="p-staff")).status_code == 404
    assert not LogEntry.objects.filter(date=TODAY).exists()


def test_copying_takes_the_last_day_without_links(people: Any) -> None:
    answer = people.client("staff").get("/logs/copy/")
    (row,) = answer.context["rows"]
    assert (row["platform"].value(), row["count"].value(), row["handle"].value()) == ("t-bar", 3, "海风一号")
    assert not row["url"].value()
    assert not LogEntry.objects.filter(date=TODAY).exists()


# --- rows and their history ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("staff", 200),
        ("leader", 200),
        ("manager", 200),
        ("peer", 404),
        ("other-leader", 404),
        ("outsider", 404),
    ],
)
def test_a_row_is_shown_to_those_who_may_see_it(people: Any, who: str, status: int) -> None:
    entry = LogEntry.objects.get(row_id="l-own")
    client = people.client(who)
    assert client.get(reverse("logs:show", args=[entry.pk])).status_code == status
    assert client.get(reverse("logs:correct", args=[entry.pk])).status_code == status


@pytest.mark.parametrize(
    ("who", "seen"), [("staff", 3), ("leader", 6), ("peer", 1), ("other", 1), ("outsider", 0)]
)
def test_the_list_has_the_rows_one_may_see(people: Any, who: str, seen: int) -> None:
    answer = people.client(who).get("/logs/")
    assert len(answer.context["table"].rows) == seen


def test_the_list_of_a_rule_has_the_rows_it_counts(people: Any) -> None:
    answer = people.client("leader").get("/logs/?rule=q-answer")
    assert [row.record.row_id for row in answer.context["table"].rows] == ["l-below"]


def test_a_correction_is_made_on_the_page(people: Any) -> None:
    entry = LogEntry.objects.get(row_id="l-own")
    url = reverse("logs:correct", args=[entry.pk])
    client = people.client("staff")
    data = {"key": f"web-{uuid4().hex}", "count": 4, "handle": "海风一号", "reason": "漏了一条"}
    assert client.post(url, data | {"reason": ""}).status_code == 422
    for _time in range(2):
        assert client.post(url, data).status_code == 302
    (new,) = entry.successors.all()
    assert "漏了一条" in text_of(people, reverse("logs:show", args=[new.pk]))
    LogEntry.objects.filter(pk=new.pk).update(status=LogStatus.REJECTED)
    rejected = reverse("logs:correct", args=[new.pk])
    assert "Log the work anew" in text_of(people, rejected)
    assert client.post(rejected, data | {"key": f"web-{uuid4().hex}"}).status_code == 422
    assert not new.successors.exists()


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
