"""The pages of the organisation: who sees what of the chart, a unit, a person."""

from datetime import date
from typing import Any

import pytest

from core.interchange.importer import import_sheets
from departments.models import Assignment, Staff, Unit, UnitPlacement
from departments.selectors.chart import org_chart
from tests.opscenter.test_rules_drafts import sheet
from tests.people.pages import assert_bounded

TODAY = date(2024, 5, 15)


def text_of(client: Any, url: str) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200, (url, answer.status_code)
    return str(answer.content.decode())


def more_people(root: Unit, count: int = 18) -> None:
    unit = Unit.objects.get(code="co-a")
    Staff.objects.bulk_create(
        Staff(staff_no=f"n-{number}", name=f"新{number}", root=root, unit=unit, joined=date(2023, 1, 1))
        for number in range(count)
    )


def more_units(root: Unit, count: int = 18) -> None:
    for number in range(count):
        unit = Unit.objects.create(
            code=f"co-n{number}", name=f"新部{number}", kind="group", parent=root, root=root
        )
        UnitPlacement.objects.create(unit=unit, name=unit.name, kind="group", parent=root)


@pytest.mark.clause("YJ-03")
def test_chart_draws_the_tree_with_kinds_and_people(people: Any) -> None:
    chart = org_chart(people.user("staff"), TODAY, TODAY)
    assert [(box.code, box.people, box.total) for box in chart.root.all()] == [
        ("co", 6, 12),
        ("co-a", 3, 4),
        ("co-a1", 1, 1),
        ("co-b", 2, 2),
    ]
    assert chart.root.units == 3
    page = text_of(people.client("staff"), "/org/")
    assert "海风商贸" in page
    assert "论坛组" in page
    assert "远山商行" not in page


@pytest.mark.clause("YJ-03")
def test_chart_shows_a_past_day_as_it_was(people: Any) -> None:
    report = import_sheets(
        [
            sheet(
                "units",
                {
                    "code": "co-a1",
                    "name": "社区组",
                    "kind": "group",
                    "parent": "co-b",
                    "valid_from": "2024-05-01",
                },
            )
        ]
    )
    assert report.accepted, report.errors
    before = text_of(people.client("staff"), "/org/?on=2024-04-30")
    assert "论坛组" in before
    assert "社区组" not in before
    now = org_chart(people.user("staff"), TODAY, TODAY)
    assert [box.name for box in now.root.children[1].children] == ["社区组"]
    assert "2024-05-01" in text_of(people.client("staff"), "/org/")


@pytest.mark.clause("YJ-04")
def test_chart_says_where_a_unit_reports_elsewhere_than_to_its_parent(people: Any) -> None:
    team = Unit.objects.get(code="co-a1")
    Unit.objects.filter(pk=team.pk).update(reports_to=people.root)
    boxes = {box.code: box for box in org_chart(people.user("staff"), TODAY, TODAY).root.all()}
    assert (boxes["co-a1"].reports_to, boxes["co-a"].reports_to) == ("海风商贸", "")
    assert "reports to 海风商贸" in text_of(people.client("staff"), "/org/")
    assert 'href="/org/units/co/"' in text_of(people.client("staff"), "/org/units/co-a1/")


def test_unit_that_began_later_is_left_out(people: Any) -> None:
    unit = Unit.objects.create(code="co-new", name="新部", kind="group", parent=people.root, root=people.root)
    UnitPlacement.objects.create(
        unit=unit, name="新部", kind="group", parent=people.root, valid_from=date(2024, 5, 10)
    )
    assert "新部" not in text_of(people.client("staff"), "/org/?on=2024-05-09")
    assert "新部" in text_of(people.client("staff"), "/org/?on=2024-05-10")


@pytest.mark.clause("YJ-05", "YJ-06")
def test_unit_page_shows_duties_positions_rules_and_people(people: Any) -> None:
    page = text_of(people.client("peer"), "/org/units/co-a/")
    assert page.index("每天发帖") < page.index("每天问答")
    assert "每天推广" in page
    assert "会写" in page
    assert "/rules/quota_rules/co-a:q-post/" in page
    assert "/org/people/p-leader/" in page
    assert page.count("2 of 4 filled") == 1


def test_unit_and_person_of_another_organisation_are_missing(people: Any) -> None:
    outsider = people.client("outsider")
    for url in ("/org/units/co-a/", "/org/people/p-staff/", "/org/?root=co", "/org/documents/CO-01/"):
        assert outsider.get(url).status_code == 404, url
    assert outsider.get("/org/units/nowhere/").status_code == 404
    assert people.client("staff").get("/org/units/xx/").status_code == 404


def test_signed_out_reader_signs_in_first(people: Any, client: Any) -> None:
    for url in ("/org/", "/org/people/", "/org/documents/", "/rules/", "/rules/mine/"):
        assert client.get(url).status_code == 302, url


@pytest.mark.clause("YJ-06")
def test_person_page_shows_the_position_and_more_to_those_responsible(people: Any) -> None:
    Staff.objects.filter(staff_no="p-staff").update(phone="13812345678")
    seen = {
        name: text_of(people.client(name), "/org/people/p-staff/")
        for name in ("staff", "peer", "leader", "hr", "other-leader")
    }
    for page in seen.values():
        assert "每天推广" in page  # the duties of the position
        assert "2,000" not in page
        assert "2000" not in page  # the bonus base
    assert "13812345678" in seen["staff"]
    assert "13812345678" in seen["hr"]
    assert "138****5678" in seen["leader"]
    for name in ("peer", "other-leader"):
        assert "5678" not in seen[name]
        assert "2023-01-01" not in seen[name]
        assert "海风一号" not in seen[name]
    assert "海风一号" in seen["leader"]


def test_person_page_names_assignments_and_roles(people: Any) -> None:
    staff = people.staff("below")
    unit = Unit.objects.get(code="co-b")
    Assignment.objects.create(staff=staff, root=people.root, unit=unit, start=date(2024, 1, 1))
    page = text_of(people.client("below"), "/org/people/p-below/")
    assert "2024-01-01" in page
    assert "内容部" in page


def test_people_are_listed_by_name_and_unit_and_found(people: Any) -> None:
    page = text_of(people.client("staff"), "/org/people/")
    assert "员小四" in page
    assert "外人" not in page
    found = text_of(people.client("staff"), "/org/people/?q=小四")
    assert "员小四" in found
    assert "组长甲" not in found
    assert people.client("staff").get("/org/people/?export=xlsx").status_code == 200


@pytest.mark.parametrize(
    ("url", "limit"),
    [
        ("/org/", 20),
        ("/org/units/co-a/", 25),
        ("/org/people/", 15),
        ("/org/people/p-staff/", 25),
    ],
)
def test_pages_need_equally_many_queries(people: Any, url: str, limit: int) -> None:
    def grow() -> None:
        more_people(people.root)
        more_units(people.root)

    assert_bounded(people.client("manager"), url, grow, limit)
