"""The pages of the daily log: one row, pasted links, a copied day, corrections, the list."""

from datetime import date
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from departments.models import Period, PeriodState
from kpi.models import LogEntry, LogStatus, QuotaRule
from kpi.selectors.logs import links_read, platform_activities

TODAY = date(2024, 5, 15)
SHOW, ADD, PASTE, SAVE = "/today/", "/logs/add/", "/logs/paste/", "/logs/rows/"


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


# --- the list, and months that are locked --------------------------------------------------------------


def test_rows_are_narrowed_to_a_unit_with_what_is_below(people: Any) -> None:
    client = people.client("manager")

    def shown(query: str) -> set[str]:
        return {row.record.row_id for row in client.get(f"/logs/?{query}").context["table"].rows}

    assert shown("unit=co-a1") == {"l-below"}
    assert shown("unit=co-b") == {"l-other"}
    assert shown("unit=co-a") == {"l-own", "l-valid", "l-peer", "l-leader", "l-below", "l-april"}
    # Who reads one unit only has nothing to choose, and staff read nobody else's rows.
    assert "unit" not in people.client("other-leader").get("/logs/").context["filter"].form.fields
    assert not {"unit", "staff"} & set(people.client("staff").get("/logs/").context["filter"].form.fields)


def test_replaced_row_is_marked_on_the_page_and_in_the_workbook(people: Any) -> None:
    client, entry = people.client("staff"), LogEntry.objects.get(row_id="l-own")
    client.post(
        f"/logs/{entry.pk}/correct/",
        {"key": f"web-{uuid4().hex}", "count": "2", "handle": "海风一号", "reason": "数错了"},
    )
    page = client.get("/logs/", headers={"accept-language": "en"})
    marked = [row.record.pk for row in page.context["table"].rows if row.record.replaced]
    assert marked == [entry.pk]
    assert page.content.decode().count("oc-replaced") == 1
    lines = [line[5] for line in page.context["table"].as_values()]
    assert sorted(str(line) for line in lines).count("submitted, replaced") == 1


def test_locked_month_is_told_beside_the_form_and_keeps_what_was_typed(people: Any) -> None:
    Period.objects.filter(month=date(2024, 4, 1)).update(state=PeriodState.LOCKED)
    before = LogEntry.objects.count()
    client = people.client("leader")
    for path, data in (
        (ADD, form(staff="p-staff", date="2024-04-20", note="bleibt")),
        (SAVE, rows_form({"note": "bleibt"}, staff="p-staff", date="2024-04-20")),
    ):
        answer = client.post(path, data, headers={"accept-language": "en"})
        assert answer.status_code == 409
        text = answer.content.decode()
        assert "The month is locked" in text
        assert "bleibt" in text
    assert LogEntry.objects.count() == before


def test_page_of_a_locked_month_does_not_say_that_somebody_was_faster(people: Any) -> None:
    april = LogEntry.objects.get(row_id="l-april")
    Period.objects.filter(month=date(2024, 4, 1)).update(state=PeriodState.LOCKED)
    answer = people.client("leader").post(
        f"/verification/{april.pk}/decide/",
        {"verdict": "rejected", "reason": "x", "seen": "0"},
        headers={"accept-language": "en", "accept": "text/html"},
    )
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "The month is locked" in text
    assert "Somebody was faster" not in text
