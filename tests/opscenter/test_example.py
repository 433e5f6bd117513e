"""The example months: stable within a day, growing by a day, complete, and worth looking at."""

import json
import re
from collections import Counter, defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as configured
from django.core.management import CommandError, call_command

from campaigns.models import Article, Campaign, ChannelDay, Store, StoreDay
from core.models import User
from departments.models import Grant, Role, Staff
from finance.models import FundEntry
from incentives.models import Finding, FindingStatus
from kpi.models import LogEntry, Rating, ScorePoint
from opscenter.example.quota_logs import Promoter, QuotaLogs
from opscenter.example.sheets import example_sheets, example_slugs, rules_of
from opscenter.example.terminal import aligned
from opscenter.example.window import Window

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 22)
# Tables that last month must have filled somewhere, all four examples together.
TABLES = {
    "staff", "grants", "assignments", "leaves", "accounts", "logs", "metric_values", "ratings",
    "score_points", "stores", "store_days", "product_days", "member_days", "campaigns", "articles",
    "article_readings",
    "role_holders", "findings", "manuscripts", "fund_entries", "channel_days",
}  # fmt: skip


def rows_of(slug: str, day: date) -> dict[str, list[frozenset[tuple[str, Any]]]]:
    """Every row as the set of its filled cells, by table."""
    return {
        sheet.name: [
            frozenset(
                (name, cell) for name, cell in zip(sheet.header, cells, strict=True) if cell is not None
            )
            for _number, cells in sheet.rows
        ]
        for sheet in example_sheets(slug, day)
    }


def load(day: date) -> str:
    out = StringIO()
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)):
        call_command("load_preset", "all", example=True, stdout=out)
    return out.getvalue()


def rolled_up(day: date, month: str) -> dict[str, Any]:
    out = StringIO()
    with time_machine.travel(datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI)):
        call_command("roll_up", month, format="json", stdout=out)
    result: dict[str, Any] = json.loads(out.getvalue())
    return result


# --- the generator -------------------------------------------------------------------------------------
@pytest.mark.parametrize("slug", example_slugs())
@pytest.mark.parametrize("day", [DAY, date(2027, 3, 1), date(2028, 2, 28)])
def test_a_second_run_on_a_day_gives_the_same_rows(slug: str, day: date) -> None:
    assert rows_of(slug, day) == rows_of(slug, day)


@pytest.mark.parametrize("slug", example_slugs())
@pytest.mark.parametrize("day", [DAY, date(2027, 3, 1), date(2026, 10, 18)])
def test_the_next_day_adds_rows_and_changes_none(slug: str, day: date) -> None:
    before, after = rows_of(slug, day), rows_of(slug, day + timedelta(days=1))
    for table, rows in before.items():
        assert set(rows) <= set(after[table]), table
    assert sum(map(len, after.values())) > sum(map(len, before.values()))


@pytest.mark.parametrize("slug", example_slugs())
def test_no_fact_is_dated_after_today(slug: str) -> None:
    for day in (DAY, date(2026, 11, 1), date(2026, 11, 30)):
        for table in ("logs", "store_days", "product_days", "article_readings", "findings", "channel_days"):
            dates = [dict(row)["date"] for row in rows_of(slug, day).get(table, ())]
            assert all(each <= day for each in dates)


def test_every_table_that_matters_has_rows() -> None:
    assert set().union(*(rows_of(slug, DAY) for slug in example_slugs())) == TABLES


def test_addresses_lie_on_the_domains_of_their_platforms() -> None:
    for slug in example_slugs():
        domains = {
            row["code"]: (row.get("domains") or "").split(",")[0] for row in rules_of(slug)["platforms"]
        }
        accounts = {
            (dict(row)["platform"], dict(row)["handle"]) for row in rows_of(slug, DAY).get("accounts", ())
        }
        for row in map(dict, rows_of(slug, DAY).get("logs", ())):
            domain, url = domains[row["platform"]], row.get("url", "")
            if url and row["status"] == "submitted" and not url.startswith(f"https://{domain}/"):
                assert url.startswith(tuple(f"https://{other}/" for other in domains.values() if other))
            else:
                assert url.startswith(f"https://{domain}/") if domain else not url
            assert (row["platform"], row["handle"]) in accounts


def test_some_rows_that_wait_give_a_reason_to_look_twice() -> None:
    """A link that an earlier row gave already, or one of another site; never in a row that is valid."""
    rows = [dict(row) for row in rows_of("yuanjia", DAY)["logs"]]
    domains = {
        row["code"]: (row.get("domains") or "").split(",")[0] for row in rules_of("yuanjia")["platforms"]
    }
    first: dict[str, dict[str, Any]] = {}
    repeated, elsewhere = [], []
    for row in sorted(rows, key=lambda row: row["date"]):
        if row.get("url") is None or "supersedes" in row:
            continue
        if f"//{domains[row['platform']]}/" not in row["url"]:
            elsewhere.append(row)
        elif first.setdefault(row["url"], row)["row_id"] != row["row_id"]:
            repeated.append(row)
    assert {row["status"] for row in repeated + elsewhere} == {"submitted"}
    assert 10 < len(repeated) < 60
    assert 5 < len(elsewhere) < 40


def test_amounts_follow_the_rules_of_the_preset() -> None:
    """Somebody at a pace of 100 in a rule of 40 a month reaches 40, give or take the day's luck."""
    rule = {
        "code": "r", "activities": "post", "platforms": "p",
        "basis": "person", "period": "month", "amount": "40",
    }  # fmt: skip
    platform = {"code": "p", "kind": "forum", "domains": "example.org"}
    window = Window(date(2026, 12, 15))
    logs = QuotaLogs(window, [rule], [platform], {})
    totals: dict[str, int] = defaultdict(int)
    for _table, row in logs.logs(window.last, [Promoter("A", 100, ("a",)), Promoter("B", 50, ("b",))]):
        if row["status"] != "rejected" and not row["row_id"].endswith(".r"):
            totals[row["staff_no"]] += row["count"]
    assert 30 <= totals["A"] <= 46
    assert 14 <= totals["B"] <= 23


def test_lines_of_a_table_are_aligned_with_wide_characters() -> None:
    assert list(aligned([["姓名", "x"], ["a", "y"]])) == ["姓名  x", "a     y"]


# --- in the database -----------------------------------------------------------------------------------
@pytest.mark.django_db
def test_all_four_are_loaded_once_and_grow_by_a_day() -> None:
    assert "--example: +" in load(DAY)
    assert all(": +0 =" in line for line in load(DAY).splitlines())
    last_day = LogEntry.objects.order_by("-date").values_list("date", flat=True)[0]
    before = LogEntry.objects.count()
    assert last_day == DAY  # the running month reaches up to today
    assert StoreDay.objects.order_by("-date")[0].date == DAY - timedelta(days=1)
    load(DAY + timedelta(days=1))
    added = LogEntry.objects.count() - before
    assert added == LogEntry.objects.filter(date=DAY + timedelta(days=1)).count() > 0


@pytest.mark.django_db
def test_last_month_is_whole() -> None:
    load(DAY)
    october = {"date__range": (date(2026, 10, 1), date(2026, 10, 31))}
    assert LogEntry.objects.filter(**october).dates("date", "day").count() == 31
    assert StoreDay.objects.filter(**october).dates("date", "day").count() == 31
    assert ChannelDay.objects.filter(**october).dates("date", "day").count() == 31
    assert set(LogEntry.objects.filter(**october).values_list("status", flat=True)) == {
        "valid", "submitted", "rejected",
    }  # fmt: skip
    assert LogEntry.objects.filter(**october, supersedes__isnull=False).exists()
    assert Counter(Campaign.objects.filter(month=date(2026, 10, 1)).values_list("type", "scale")) == {
        ("member_day", "medium"): 1,
        ("weekend", "small"): 1,
    }
    assert set(Article.objects.filter(month=date(2026, 10, 1)).values_list("kind", flat=True)) == {
        "activity", "welfare",
    }  # fmt: skip
    assert set(Finding.objects.values_list("status", flat=True)) == {"proposed", "confirmed", "withdrawn"}
    assert Finding.objects.filter(date=date(2025, 12, 31), acts_from=date(2026, 1, 1)).exists()
    assert set(ScorePoint.objects.values_list("kind", flat=True)) == {"bonus", "deduction"}
    assert Rating.objects.filter(month=date(2026, 10, 1)).exists()
    assert set(FundEntry.objects.filter(kind="opening").values_list("date", flat=True)) == {date(2026, 10, 1)}
    assert Store.objects.filter(opened=date(2026, 9, 20)).count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("slug", ["yuanjia", "haitang"])
def test_every_role_has_a_log_in(slug: str) -> None:
    load(DAY)
    root = rules_of(slug)["units"][0]["code"]
    people = Staff.objects.filter(root__code=root, user__isnull=False)
    granted = Grant.objects.filter(staff__in=people).values_list("role", flat=True)
    assert {*people.values_list("role", flat=True), *granted} == set(Role.values)


@pytest.mark.django_db
def test_what_people_changed_stays() -> None:
    """Loading again the next day takes nobody's work back.  Rule: interfaces.md §1, a second run."""
    load(DAY)
    Finding.objects.filter(status=FindingStatus.PROPOSED).update(status=FindingStatus.CONFIRMED)
    load(DAY + timedelta(days=1))
    assert not Finding.objects.filter(status=FindingStatus.PROPOSED).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("day", "month"),
    [
        (DAY, "2026-10"),
        (date(2026, 12, 1), "2026-11"),
        (date(2027, 3, 15), "2027-02"),  # no national calendar is published for 2027
    ],
)
def test_the_month_is_worth_looking_at(day: date, month: str) -> None:
    load(day)
    result = rolled_up(day, month)
    rates = [Decimal(row["rate"]) for row in result["attainment"] if row["applicable"]]
    assert min(rates) >= Decimal("0.25")
    assert max(rates) <= Decimal("1.40")
    assert any(rate < Decimal("0.60") for rate in rates)
    assert any(rate > 1 for rate in rates)
    assert {row["grade"] for row in result["scores"]} == {"A", "B", "C", "D"}
    assert {row["status"] for row in result["scores"]} == {"settled"}
    assert [row["status"] for row in result["campaigns"]] == ["settled", "settled"]
    stores = [store for row in result["campaigns"] for store in row["stores"]]
    assert [store["reason"] for store in stores if not store["comparable"]] == ["few_baseline_days"]
    assert Decimal(1000) < sum(Decimal(row["amount"]) for row in result["pools"]) < Decimal(9000)
    factors = {role["role"]: Decimal(role["factor"]) for role in result["pools"][0]["roles"]}
    assert factors["designer"] == Decimal("0.8")  # one of last year's templates
    assert factors["it"] == Decimal("0.9")  # one complaint
    assert {len(role["holders"]) for role in result["pools"][0]["roles"]} == {1, 2}


@pytest.mark.django_db
def test_the_demo_prepares_a_trial(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.VAR_DIR = tmp_path
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    load(DAY)
    out = StringIO()
    with time_machine.travel(datetime(2026, 11, 22, 12, tzinfo=SHANGHAI)):
        call_command("demo", prepare=True, print=True, stdout=out)
    assert (tmp_path / "incentives-2026-10.xlsx").is_file()
    assert "绩效奖金发放表" in out.getvalue()
    password = re.split(r"[：: ]+", out.getvalue().splitlines()[-1])[-1]
    chosen = User.objects.get(username="lin.shuyi")
    assert chosen.check_password(password)
    assert "lin.shuyi" in out.getvalue()
    chosen.set_password("a password of her own")
    chosen.save()
    with time_machine.travel(datetime(2026, 11, 22, 13, tzinfo=SHANGHAI)):
        call_command("demo", prepare=True, stdout=StringIO())
    assert User.objects.get(username="lin.shuyi").check_password("a password of her own")


def test_the_demo_is_refused_in_production(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.PRODUCTION = True
    monkeypatch.delenv("DEMO_PASSWORD", raising=False)
    for options in ({}, {"force": True}):
        with pytest.raises(CommandError):
            call_command("demo", prepare=True, **options)


def test_every_example_has_its_preset() -> None:
    folders = {folder.name for folder in (configured.BASE_DIR / "presets").iterdir() if folder.is_dir()}
    assert set(example_slugs()) == folders
