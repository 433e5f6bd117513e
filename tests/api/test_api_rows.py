"""Rows of the API: who sees which, with which figures, how they are filtered and paged."""

from decimal import Decimal

import pytest
from django.utils.timezone import localtime

from finance.models import Fund, FundMonth
from kpi.models import LogEntry, Score
from tests.api import Program
from tests.people import APRIL, People

RESOURCES = (
    *("logs", "quotas", "attainment", "scores", "campaigns", "uplifts", "store-days", "articles"),
    *("findings", "settlements", "payouts", "funds", "jobs"),
)
CLOSED_TO_STAFF = {"uplifts", "store-days", "articles", "funds"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_every_resource_answers_the_director(people: People, resource: str) -> None:
    answer = Program(people, "director").get(f"{resource}/")

    assert answer.status_code == 200
    assert set(answer.json()) == {"next", "previous", "results"}


@pytest.mark.parametrize("resource", RESOURCES)
def test_nobody_reads_without_signing_in(people: People, client, resource: str) -> None:
    answer = client.get(f"/api/v1/{resource}/", headers={"Accept-Language": "en"})

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("resource", RESOURCES)
def test_outsider_sees_no_row(people: People, resource: str) -> None:
    answer = Program(people, "outsider").get(f"{resource}/")

    assert answer.status_code == (404 if resource == "funds" else 200)
    assert answer.json().get("results", []) == []


@pytest.mark.parametrize("resource", sorted(CLOSED_TO_STAFF))
def test_what_staff_may_not_open_answers_like_what_is_not_there(people: People, resource: str) -> None:
    program = Program(people, "staff")

    denied, missing = program.get(f"{resource}/"), program.get("no-such-thing/")

    assert denied.status_code == missing.status_code == 404
    assert denied.json() == missing.json()


def test_log_rows_are_ones_own_and_of_the_people_one_leads(people: People) -> None:
    def seen(name: str) -> set[str]:
        return {row["row_id"] for row in Program(people, name).rows("logs/")}

    assert seen("staff") == {"l-own", "l-valid", "l-april"}
    assert seen("leader") == {"l-own", "l-valid", "l-april", "l-peer", "l-leader", "l-below"}
    assert seen("other-leader") == {"l-other"}
    assert len(seen("director")) == 7


def test_denied_row_answers_like_a_missing_one(people: People) -> None:
    program = Program(people, "staff")
    other = LogEntry.objects.get(row_id="l-other")

    denied, missing = program.get(f"logs/{other.pk}/"), program.get("logs/999999/")

    assert denied.status_code == missing.status_code == 404
    assert denied.json() == missing.json()
    assert program.get(f"logs/{10**30}/").status_code == 404


def test_log_row_has_the_columns_of_the_table(people: People) -> None:
    row = LogEntry.objects.get(row_id="l-own")

    assert Program(people, "staff").get(f"logs/{row.pk}/").json() == {
        "id": row.pk,
        "row_id": "l-own",
        "date": "2024-05-14",
        "month": "2024-05",
        "staff_no": "p-staff",
        "platform": "t-bar",
        "activity": "post",
        "handle": "海风一号",
        "count": 3,
        "url": "https://tieba.example.cn/p/1",
        "partner": None,
        "status": "submitted",
        "supersedes": None,
        "duty": None,
        "note": "",
        "created_at": localtime(row.created_at).isoformat(),
    }


def test_log_filters(people: People) -> None:
    program = Program(people, "director")

    assert {row["row_id"] for row in program.rows("logs/", month="2024-04")} == {"l-april"}
    assert {row["row_id"] for row in program.rows("logs/", staff_no="p-staff", status="valid")} == {
        "l-valid",
        "l-april",
    }
    assert {row["row_id"] for row in program.rows("logs/", date_to="2024-05-13")} == {"l-valid", "l-april"}
    assert {row["row_id"] for row in program.rows("logs/", platform="t-qa")} == {"l-below"}


@pytest.mark.parametrize("params", [{"month": "2024-13"}, {"date_from": "yesterday"}, {"status": "great"}])
def test_filter_that_is_none_is_refused_by_name(people: People, params: dict[str, str]) -> None:
    answer = Program(people, "director").get("logs/", **params)

    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"
    assert [line["field"] for line in answer.json()["errors"]] == list(params)


def test_pages_follow_each_other_to_the_end(people: People) -> None:
    program = Program(people, "director")
    found, path, params = [], "logs/", {"limit": "2", "ordering": "date"}
    while path:
        page = program.get(path, **params).json()
        found += [row["row_id"] for row in page["results"]]
        path, params = (page["next"] or "").partition("/api/v1/")[2], {}

    assert len(found) == len(set(found)) == 7
    assert found[:2] == ["l-april", "l-valid"]


@pytest.mark.parametrize("cursor", ["cD0x", "bz0xMDAwMDAwMDA%3D", "a:b:c"])
def test_cursor_that_is_none_of_ours_is_refused(people: People, cursor: str) -> None:
    answer = Program(people, "director").get("logs/", cursor=cursor)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "cursor"


def test_cursor_of_another_order_is_refused(people: People) -> None:
    program = Program(people, "director")
    page = program.get("logs/", limit="2", ordering="date").json()
    path = page["next"].partition("/api/v1/")[2].replace("ordering=date", "ordering=id")

    assert program.get(path).status_code == 400


def test_quota_rules_are_those_of_ones_units_and_of_those_above(people: People) -> None:
    rules = {row["code"]: row for row in Program(people, "below").rows("quotas/")}

    assert Program(people, "other").rows("quotas/") == []
    assert set(rules) == {"q-post", "q-answer", "q-blog", "q-pair"}
    assert rules["q-post"]["amount"] == "100.0000"
    assert rules["q-post"]["weight"] == "2.0000"
    assert rules["q-post"]["activities"] == ["post"]
    assert rules["q-post"]["document"] == "CO-01"


def test_quota_rules_that_hold_for_a_person(people: People) -> None:
    assert {row["code"] for row in Program(people, "staff").get("people/p-staff/quotas/").json()} == {
        "q-post",
        "q-answer",
        "q-blog",
        "q-pair",
    }
    assert Program(people, "director").get("people/p-other/quotas/", month="2024-04").json() == []
    assert Program(people, "staff").get("people/p-other/quotas/").status_code == 404
    assert Program(people, "staff").get("people/p-staff/quotas/", month="May").status_code == 400


def test_attainment_has_exact_figures(people: People) -> None:
    rows = {row["rule"]: row for row in Program(people, "staff").rows("attainment/", month="2024-04")}

    assert rows["q-post"]["credited"] == "5.0000"
    assert rows["q-post"]["target"] == "100.0000"
    assert rows["q-post"]["rate"] == "0.0500"


@pytest.fixture
def score(people: People) -> Score:
    row = Score.objects.get(staff__staff_no="p-peer", month=APRIL.first)
    Score.objects.filter(pk=row.pk).update(bonus=Decimal("1880.50"))
    return row


@pytest.mark.parametrize(
    ("name", "bonus"),
    [
        ("peer", "1880.50"),
        ("finance", "1880.50"),
        ("director", "1880.50"),
        ("leader", None),
        ("manager", None),
    ],
)
def test_bonus_is_shown_to_its_owner_and_to_those_who_read_money(
    people: People, score: Score, name: str, bonus: str | None
) -> None:
    row = Program(people, name).get(f"scores/{score.pk}/").json()

    assert row["bonus"] == bonus
    assert row["bonus_base"] == ("2000.00" if bonus else None)
    assert row["amounts_shown"] is (bonus is not None)


def test_score_of_somebody_else_is_not_there(people: People, score: Score) -> None:
    assert Program(people, "staff").get(f"scores/{score.pk}/").status_code == 404


def test_settlement_result_is_for_those_who_read_money(people: People) -> None:
    [month] = Program(people, "staff").rows("settlements/")

    assert (month["month"], month["unit"], month["state"]) == ("2024-04", "co", "computed")
    assert Program(people, "staff").get(f"settlements/{month['id']}/result/").status_code == 404
    assert Program(people, "outsider").get(f"settlements/{month['id']}/result/").status_code == 404
    answer = Program(people, "finance").get(f"settlements/{month['id']}/result/")
    assert answer.json()["month"] == "2024-04"


def test_funds_are_for_those_who_read_money(people: People) -> None:
    fund = Fund.objects.filter(scheme_code="ps-1", kind="reserve").first() or Fund.objects.create(
        scheme_code="ps-1", root=people.root, kind="reserve"
    )
    FundMonth.objects.filter(fund=fund).delete()
    FundMonth.objects.create(
        fund=fund,
        root=people.root,
        month=APRIL.first,
        opening=Decimal("10.10"),
        inflow=Decimal("5.05"),
        outflow=Decimal("0.15"),
        closing=Decimal("15.00"),
    )

    [row] = Program(people, "auditor").rows("funds/", fund="reserve", month="2024-04")

    assert (row["opening"], row["inflow"], row["outflow"], row["closing"]) == (
        "10.10",
        "5.05",
        "0.15",
        "15.00",
    )
    assert Program(people, "manager").get("funds/").status_code == 404
