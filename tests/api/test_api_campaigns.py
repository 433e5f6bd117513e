"""Campaigns and their figures for programs, and filters that are those of the pages."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from campaigns.models import Campaign, Channel, Store, StoreDay, StoreUplift, Uplift
from campaigns.services.tasks import TaskTerms, task_add
from departments.models import Unit
from tests.api import Program
from tests.campaigns.planning import approved, drafted
from tests.people import People

GOALS = [
    {"measure": "clicks", "name": "", "target": "400", "actual": ""},
    {"measure": "other", "name": "义诊人数", "target": "60", "actual": "48"},
]


@pytest.fixture
def campaign(people: People) -> Campaign:
    Channel.objects.create(code="wx", name="微信", kind="online")
    return approved(
        people, goals=GOALS, channels=["wx"], products=["p-1"], budget=Decimal("1200.50"), aim="拉新"
    )


def test_campaign_has_the_terms_of_its_page(people: People, campaign: Campaign) -> None:
    row = Program(people, "manager").get(f"campaigns/{campaign.pk}/").json()

    assert row == {
        "id": campaign.pk,
        "code": "c-1",
        "name": "春季会员周",
        "month": "2024-05",
        "unit": "co-b",
        "type": "weekend",
        "scale": "small",
        "start": "2024-05-18",
        "end": "2024-05-18",
        "stores": ["st-1"],
        "products": ["p-1"],
        "pays": True,
        "status": "approved",
        "version": 1,
        "aim": "拉新",
        "goals": GOALS,
        "channels": ["wx"],
        "budget": "1200.50",
        "results_shown": True,
        "planned_in": None,
        "baseline": "",
        "baseline_dates": [],
        "fixed_method": "prev_weekends_same_weekday",
        "fixed_n": 3,
        "fixed_align": "date",
        "plan": False,
        "summary": False,
    }


def test_whoever_has_a_task_sees_the_campaign_without_goals_and_budget(
    people: People, campaign: Campaign
) -> None:
    assert Program(people, "staff").get(f"campaigns/{campaign.pk}/").status_code == 404
    terms = TaskTerms("海报", Unit.objects.get(code="co-b"), date(2024, 5, 17), owner=people.staff("staff"))
    task_add(actor=people.user("other-leader"), campaign_id=campaign.pk, terms=terms, key=uuid4())

    row = Program(people, "staff").get(f"campaigns/{campaign.pk}/").json()

    assert people.client("staff").get("/campaigns/show/c-1/").status_code == 200
    assert (row["results_shown"], row["goals"], row["budget"]) == (False, None, None)
    assert (row["code"], row["channels"], row["products"]) == ("c-1", ["wx"], ["p-1"])


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"month": "2024-05"}, {"c-1", "c-long"}),
        ({"month": "2024-06"}, {"c-long", "c-2"}),
        ({"ends_in": "2024-05"}, {"c-1"}),
        ({"unit": "co"}, {"c-1", "c-2", "c-long"}),
        ({"unit": "co-b"}, {"c-1", "c-2", "c-long"}),
        ({"unit": "co-a"}, set()),
        ({"unit": "xx"}, set()),
        ({"q": "义诊"}, {"c-2"}),
        ({"q": "LONG"}, {"c-long"}),
        ({"status": "draft", "type": "other"}, {"c-2"}),
    ],
)
def test_campaigns_are_filtered_like_on_their_page(
    people: People, campaign: Campaign, params: dict[str, str], found: set[str]
) -> None:
    drafted(people, code="c-2", name="义诊", type="other", start=date(2024, 6, 8), end=date(2024, 6, 8))
    drafted(people, code="c-long", start=date(2024, 5, 25), end=date(2024, 6, 2))

    assert {row["code"] for row in Program(people, "manager").rows("campaigns/", **params)} == found
    # The page has no such filter, or no such choice.
    if "ends_in" not in params and params.get("unit") != "xx":
        page = people.client("manager").get("/campaigns/list/", params)
        assert {row.record.code for row in page.context["table"].page.object_list} == found


def test_store_days_tell_visitors_units_and_money(people: People) -> None:
    store = Store.objects.get(code="st-1")
    StoreDay.objects.create(
        date=date(2024, 5, 4), month=date(2024, 5, 1), root=people.root, store=store, visitors=120,
        units=Decimal("86.5000"), revenue=Decimal("4310.2000"), gross_profit=Decimal("1024.3300"),
    )  # fmt: skip
    program = Program(people, "manager")

    [row] = program.rows("store-days/", unit="co", month="2024-05", closed="false")

    assert {name: row[name] for name in ("store", "visitors", "units", "revenue", "gross_profit")} == {
        "store": "st-1",
        "visitors": 120,
        "units": "86.5000",
        "revenue": "4310.2000",
        "gross_profit": "1024.3300",
    }
    assert program.rows("store-days/", closed="true") == program.rows("store-days/", unit="co-a") == []


def test_uplift_tells_all_four_dimensions_of_each_store(people: People, campaign: Campaign) -> None:
    first = date(2024, 5, 1)
    found = Uplift.objects.create(
        root=people.root, month=first, campaign=campaign, method="prev_weekends_same_weekday",
        status="settled", uplift=Decimal("10.00"), visitors=Decimal("3.50"), units=Decimal("7.00"),
        products=[{"product": "p-1", "units": "2.00"}, {"product": "p-2", "units": None}],
    )  # fmt: skip
    StoreUplift.objects.create(
        root=people.root, month=first, result=found, store=Store.objects.get(code="st-1"), comparable=True,
        actual=Decimal("30.00"), baseline=Decimal("20.00"), uplift=Decimal("10.00"),
        visitors=Decimal("3.50"), units=Decimal("7.00"),
    )  # fmt: skip

    [row] = Program(people, "manager").rows("uplifts/", unit="co-b")

    assert row["products"] == [{"product": "p-1", "units": "2.00"}, {"product": "p-2", "units": None}]
    assert row["stores"] == [
        {
            "store": "st-1",
            "comparable": True,
            "reason": "",
            "actual": "30.00",
            "baseline": "20.00",
            "uplift": "10.00",
            "visitors": "3.50",
            "units": "7.00",
        }
    ]
    assert Program(people, "leader").rows("uplifts/") == []


# --- the other resources ---------------------------------------------------------------------------------


def seen(people: People, name: str, path: str, of: str, **params: Any) -> set[str]:
    return {row[of] for row in Program(people, name).rows(path, **params)}


def test_logs_are_filtered_like_on_their_page(people: People) -> None:
    assert seen(people, "director", "logs/", "row_id", unit="co-a") == {
        "l-own", "l-valid", "l-april", "l-peer", "l-leader", "l-below",
    }  # fmt: skip
    assert seen(people, "director", "logs/", "row_id", unit="co-a1") == {"l-below"}
    page = people.client("director").get("/logs/", {"rule": "q-post"})
    on_page = {row.record.row_id for row in page.context["table"].page.object_list}
    assert seen(people, "director", "logs/", "row_id", rule="q-post") == on_page
    assert 0 < len(on_page) < 7
    assert seen(people, "director", "logs/", "row_id", rule="nothing") == set()
    assert seen(people, "outsider", "logs/", "row_id", rule="q-post") == set()


def test_findings_are_filtered_like_on_their_page(people: People) -> None:
    director = people.client("director")
    for params in (
        {"month": "2024-04"},
        {"month": "2024-05"},
        {"q": "推文"},
        {"q": "%"},
        {"status": "proposed"},
    ):
        page = director.get("/findings/", params)
        on_page = {row.record.ident for row in page.context["table"].page.object_list}
        assert seen(people, "director", "findings/", "ident", **params) == on_page, params


def test_people_are_found_by_name_number_and_unit(people: People) -> None:
    numbers = seen(people, "director", "scores/", "staff_no", unit="co-a", month="2024-04")
    assert {"p-staff", "p-peer"} <= numbers
    assert "p-other" not in numbers
    name = people.staff("peer").name
    for path in ("scores/", "attainment/"):
        assert seen(people, "director", path, "staff_no", q=name) == {"p-peer"}
        assert seen(people, "director", path, "staff_no", q="p-peer") == {"p-peer"}
    assert seen(people, "director", "payouts/", "staff_no", unit="co-b") <= {"p-other", "p-other-leader"}
