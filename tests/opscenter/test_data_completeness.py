"""Which days and sources of May 2024 are missing; it is Wednesday the 15th.  Rule: KQ-14.

co-a and co-a1 have quota rules: staff, peer, leader and below owe a log on each working day.  Working days of
May before the 15th: the 6th to the 11th (the 11th made up for the holiday of the 1st to the 5th), 13th, 14th.
"""

from datetime import date, timedelta
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from campaigns.models import Article, ArticleReading, Campaign, ProductDay, Store, StoreDay
from core.months import Month
from departments.models import Leave
from kpi.models import MetricValue
from opscenter.dashboards.scope import month_scope
from opscenter.data.selectors.completeness import Source, completeness
from tests.people import MONTH, People
from tests.people.pages import assert_bounded

ENGLISH = {"accept-language": "en"}
WORKDAYS = [date(2024, 5, day) for day in (6, 7, 8, 9, 10, 11, 13, 14)]


def sources(people: People, who: str = "manager", month: Month = MONTH) -> dict[str, Source]:
    scope = month_scope(people.user(who), month)
    return {one.code: one for one in completeness(scope)}


def store_day(people: People, day: date) -> None:
    StoreDay.objects.create(
        date=day,
        month=day.replace(day=1),
        root=people.root,
        store=Store.objects.get(),
        gross_profit=Decimal(1),
    )


@pytest.mark.clause("KQ-14")
def test_store_days_of_the_days_that_are_over(people: People) -> None:
    store_day(people, date(2024, 5, 3))

    found = sources(people)["store_days"]

    assert (found.total, found.missing_total) == (14, 13)
    assert found.missing[date(2024, 5, 2)] == 1
    assert date(2024, 5, 3) not in found.missing
    assert date(2024, 5, 15) not in found.expected


def test_a_closed_store_owes_nothing(people: People) -> None:
    Store.objects.update(opened="2024-05-03", closed="2024-05-06")

    assert sorted(sources(people)["store_days"].expected) == [date(2024, 5, day) for day in (3, 4, 5, 6)]


@pytest.mark.clause("KQ-14")
def test_logs_of_people_with_quotas_on_working_days(people: People) -> None:
    found = sources(people)["logs"]

    assert sorted(found.expected) == WORKDAYS
    assert set(found.expected.values()) == {4}
    # The people have logged: staff on the 13th, all four on the 14th.
    assert (found.missing[date(2024, 5, 13)], found.missing[date(2024, 5, 14)]) == (3, 0)
    assert [gap.row["staff_no"] for gap in found.gaps_of(date(2024, 5, 13))] == [
        "p-below",
        "p-leader",
        "p-peer",
    ]


def test_people_on_leave_owe_no_log(people: People) -> None:
    below = people.staff("below")
    Leave.objects.create(staff=below, root=people.root, start="2024-05-13", end="2024-05-13", kind="年假")

    assert sources(people)["logs"].missing[date(2024, 5, 13)] == 2


def campaign(people: People, **values: Any) -> Campaign:
    unit = people.staff("other").unit
    fields: dict[str, Any] = {
        "code": "c-1", "name": "五一", "unit": unit, "root": people.root, "month": "2024-05-01",
        "type": "other", "scale": "small", "start": "2024-05-02", "end": "2024-05-03", "stores": ["*"],
        "products": ["p1", "p2"],
    }  # fmt: skip
    return Campaign.objects.create(**{**fields, **values})


def test_product_days_of_campaigns(people: People) -> None:
    campaign(people)
    campaign(people, code="c-2", status="draft", products=["p3"])
    ProductDay.objects.create(
        date="2024-05-02", month="2024-05-01", root=people.root, store=Store.objects.get(), product="p1"
    )

    found = sources(people)["product_days"]

    assert found.total == 4
    assert [(gap.day.day, gap.row["product"]) for gap in found.gaps] == [(2, "p2"), (3, "p1"), (3, "p2")]


def test_readings_on_the_day_on_which_they_count(people: People) -> None:
    unit = people.staff("other").unit

    def article(code: str, day: str, **values: Any) -> Article:
        return Article.objects.create(
            code=code, unit=unit, root=people.root, month="2024-05-01", published=day, title=code,
            kind="activity", **values,
        )  # fmt: skip

    read = article("read", "2024-05-01")
    ArticleReading.objects.create(
        article=read, date="2024-05-08", month="2024-05-01", root=people.root, readers=5
    )
    article("typed", "2024-05-02", readers=70)
    early = article("early", "2024-05-03")
    ArticleReading.objects.create(
        article=early, date="2024-05-09", month="2024-05-01", root=people.root, readers=5
    )
    article("young", "2024-05-13")
    article("april", "2024-04-26")

    found = sources(people)["article_readings"]

    assert sorted(found.expected) == [date(2024, 5, day) for day in (3, 8, 9, 10)]
    assert [(gap.day.day, gap.row["article"]) for gap in found.gaps] == [(3, "april"), (10, "early")]


def test_ratings_are_due_in_the_next_month(people: People) -> None:
    found = sources(people, month=Month(2024, 4))["ratings"]

    # Four people of co-a under s-main with two rated items each; staff has both.
    assert (found.total, found.missing_total) == (8, 6)
    assert found.due is not None
    assert Month.of(found.due) == MONTH


def test_metric_values_are_the_persons_or_a_units(people: People) -> None:
    from kpi.models import AssessmentScheme, Metric, SchemeItem

    metric = Metric.objects.create(code="m-1", name="回复率")
    scheme = AssessmentScheme.objects.get(code="s-main")
    SchemeItem.objects.create(
        scheme=scheme, code="i-m", name="回复率", weight=10, source="metric:m-1", method="linear"
    )
    assert sources(people)["metric_values"].missing_total == 4

    MetricValue.objects.create(
        metric=metric, root=people.root, staff=people.staff("staff"), month="2024-05-01", value=1
    )
    assert sources(people)["metric_values"].missing_total == 3

    MetricValue.objects.create(
        metric=metric, root=people.root, unit=people.staff("staff").unit, month="2024-05-01", value=1
    )
    assert sources(people)["metric_values"].missing_total == 0


def test_a_leader_is_told_of_their_own_unit_only(people: People) -> None:
    leader, other = sources(people, "leader"), sources(people, "other-leader")

    assert leader["store_days"].total == 0
    assert leader["logs"].total == 32
    assert other["store_days"].total == 14
    assert other["logs"].total == 0


@pytest.mark.parametrize("path", ["", "missing/?source=logs", "fill/?source=logs"])
@pytest.mark.parametrize("who", ["staff", "outsider"])
def test_pages_are_for_those_who_lead(people: People, path: str, who: str) -> None:
    answer = people.client(who).get(f"/data/completeness/{path}")

    if who == "staff":
        assert answer.status_code == 404
    else:
        assert "p-staff" not in answer.content.decode(errors="replace")
        assert "员小" not in answer.content.decode(errors="replace")
        mark = "&" if "?" in path else "?"
        assert people.client(who).get(f"/data/completeness/{path}{mark}unit=co").status_code == 404


@pytest.mark.parametrize("query", ["", "?source=no", "?source=logs&day=tomorrow", "?source=logs&unit=no"])
def test_there_is_no_list_of_what_does_not_exist(people: People, query: str) -> None:
    assert people.client("manager").get(f"/data/completeness/missing/{query}").status_code == 404


def test_the_page_leads_to_what_is_missing_and_to_its_template(people: People) -> None:
    client = people.client("manager")
    page = client.get("/data/completeness/?month=2024-05", headers=ENGLISH).content.decode()
    link = "/data/completeness/missing/?month=2024-05&amp;unit=co&amp;source=logs&amp;day=2024-05-13"
    assert link in page

    shown = client.get(link.replace("&amp;", "&"), headers=ENGLISH).content.decode()
    assert "员小三" in shown

    filled = client.get("/data/completeness/fill/?month=2024-05&unit=co&source=logs&day=2024-05-13")
    sheet = load_workbook(BytesIO(filled.content))["推广日志"]
    assert [cell.value for cell in sheet[2]][1:3] == [sheet["B2"].value, "p-below"]
    assert sheet["B2"].value.date() == date(2024, 5, 13)


def test_a_month_to_come_owes_nothing(people: People) -> None:
    found = sources(people, month=Month(2024, 7))

    assert {one.total for one in found.values() if one.due is None} == {0}


def test_pages_need_few_queries(people: People) -> None:
    campaign(people)
    store = Store.objects.get()
    client = people.client("manager")

    def grow() -> None:
        for number in range(18):
            Store.objects.create(code=f"st-{number + 2}", name="店", unit=store.unit, root=store.root)
            store_day_of = date(2024, 5, 1) + timedelta(days=number % 14)
            StoreDay.objects.create(
                date=store_day_of, month="2024-05-01", root=people.root, gross_profit=Decimal(1),
                store=Store.objects.get(code=f"st-{number + 2}"),
            )  # fmt: skip

    assert_bounded(client, "/data/completeness/?month=2024-05", grow, limit=30)
    assert_bounded(client, "/data/completeness/missing/?month=2024-05&source=logs", lambda: None, limit=20)
