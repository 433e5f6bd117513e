"""Cells: how values may be written, and what defaults an empty one has."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from campaigns.models import BaselineMethod, Campaign
from core.interchange.columns import Choice, Code, Codes, Day, Fixed, Integer, MonthOf, Share, Text
from core.interchange.problems import CellProblem
from departments.models import Leave, Staff
from incentives.models import Finding, Manuscript, PoolScheme
from kpi.models import AssessmentScheme, LogEntry, Metric, QuotaRule, SchemeItem
from tests.core.interchange.workbook import complete, load, problems


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        (Integer(), "12", 12),
        (Integer(), " 12 ", 12),
        (Integer(), "12.0", 12),
        (Integer(), Decimal("12"), 12),
        (Integer(), "1,200", 1200),
        (Fixed(), "1,234.5", Decimal("1234.5000")),
        (Fixed(), "-3", Decimal("-3.0000")),
        (Fixed(places=2), "2000", Decimal("2000.00")),
        (Fixed(places=2), Decimal("0.10"), Decimal("0.10")),
        (Share(), "25%", Decimal("0.2500")),
        (Share(), "25.5％", Decimal("0.2550")),
        (Share(), " 0.25 ", Decimal("0.2500")),
        (Share(), 1, Decimal("1.0000")),
        (Day(), "2018-11-03", date(2018, 11, 3)),
        (Day(), "2018/11/3", date(2018, 11, 3)),
        (Day(), "20181103", date(2018, 11, 3)),
        (Day(), 20181103, date(2018, 11, 3)),
        (Day(), date(2018, 11, 3), date(2018, 11, 3)),
        (Day(), datetime(2018, 11, 3), date(2018, 11, 3)),  # noqa: DTZ001
        (Day(), "2018-11-03 00:00:00", date(2018, 11, 3)),
        (MonthOf(), "2018-11", date(2018, 11, 1)),
        (MonthOf(), "2018/11", date(2018, 11, 1)),
        (MonthOf(), "201811", date(2018, 11, 1)),
        (MonthOf(), 201811, date(2018, 11, 1)),
        (MonthOf(), "2018-11-17", date(2018, 11, 1)),
        (MonthOf(), date(2018, 11, 17), date(2018, 11, 1)),
        (Code(), 1001, "1001"),
        (Code(), Decimal("7.50"), "7.5"),
        (Text(), True, "1"),
        (Codes(), "a,b，c、d;e", ["a", "b", "c", "d", "e"]),
        (Codes(), "a,,a", ["a"]),
    ],
)
def test_value_may_be_written_so(kind: Any, cell: Any, value: Any) -> None:
    assert kind.parse(cell) == value
    assert type(kind.parse(cell)) is type(value)


@pytest.mark.parametrize(
    ("kind", "cell", "code"),
    [
        (Integer(), "1.5", "not_whole_number"),
        (Integer(), True, "not_whole_number"),
        (Integer(), "1e3", "not_whole_number"),
        (Integer(), "-1", "out_of_range"),
        (Integer(), "12个", "not_whole_number"),
        (Fixed(), "1.00001", "not_number"),
        (Fixed(places=2), "0.001", "not_number"),
        (Fixed(), "NaN", "not_number"),
        (Fixed(), "1,23", "not_number"),
        (Share(), "x%", "not_number"),
        (Share(), "101%", "out_of_range"),
        (Day(), "2018-02-30", "not_date"),
        (Day(), "18-11-03", "not_date"),
        (Day(), "2018-11", "not_date"),
        (Day(), "03/11/2018", "not_date"),
        (Day(), datetime(2018, 11, 3, 8), "not_date"),  # noqa: DTZ001
        (Day(), 43407, "not_date"),
        (MonthOf(), "20181", "not_month"),
        (MonthOf(), "2018-0", "not_month"),
        (Text(5), "六个字的文本", "not_text"),
        (Text(), "a\x00", "not_text"),
    ],
)
def test_value_is_refused(kind: Any, cell: Any, code: str) -> None:
    with pytest.raises(CellProblem) as refused:
        kind.parse(cell)
    assert refused.value.code == code


def test_float_never_gets_through() -> None:
    with pytest.raises(CellProblem):
        Fixed().parse(0.1)


@pytest.mark.django_db
def test_defaults_are_those_of_the_specification() -> None:
    """calculation.md §1 – §4: what a row has whose optional columns are missing."""
    needed = {
        "quota_rules": (
            "unit",
            "code",
            "name",
            "activities",
            "platforms",
            "basis",
            "period",
            "amount",
            "valid_from",
        ),
        "schemes": ("code", "name", "unit", "valid_from"),
        "scheme_items": ("scheme", "valid_from", "code", "name", "weight", "source"),
        "pool_schemes": ("code", "name", "unit", "valid_from"),
        "leaves": ("staff_no", "start", "end"),
        "metrics": ("code", "name"),
        "baseline_methods": ("unit", "type", "scale", "valid_from", "method"),
        "campaigns": ("code", "name", "unit", "type", "scale", "start", "end", "stores"),
        "staff": ("staff_no", "name", "unit", "joined"),
    }
    tables = complete()
    for name, columns in needed.items():
        tables[name] = [{column: row[column] for column in columns} for row in tables[name]]
    tables["scheme_items"] = [
        {**tables["scheme_items"][0], "weight": 100},
    ]
    tables["ratings"] = []
    tables["pool_roles"][0]["share"] = "0.4"
    assert problems(load(tables)) == []
    rule = QuotaRule.objects.get()
    assert (rule.accounts_required, rule.platforms_required, rule.day_basis, rule.surplus, rule.weight) == (
        1,
        None,
        "calendar",
        "none",
        1,
    )
    scheme = AssessmentScheme.objects.get()
    assert [scheme.cap, scheme.threshold] == [Decimal("1.20"), Decimal("0.60")]
    assert [scheme.total_cap, scheme.bonus_max, scheme.deduct_max, scheme.appeal_days] == [120, 10, 30, 5]
    assert (scheme.pay_mode, scheme.bands) == ("by_grade", "A:90:1.20,B:80:1.00,C:60:0.80,D:0:0.50")
    assert SchemeItem.objects.get().method == "linear"
    pool = PoolScheme.objects.get()
    assert [pool.rate, pool.reserve_share, pool.growth] == [Decimal("0.20")] * 3
    assert [pool.base_year, pool.activity_reach, pool.welfare_reach, pool.reach_days] == [2018, 3000, 1000, 7]
    assert (pool.combine, pool.residual, pool.withheld) == ("max", "largest_remainder", "hold")
    assert [pool.monthly_fund, pool.account_fee, pool.account_fee_month] == [2000, 200, 1]
    assert [pool.fee_employee, pool.fee_pharmacist, pool.fee_customer] == [100, 200, 200]
    assert Leave.objects.get().reduces_target is True
    assert Metric.objects.get().direction == "more"
    method = BaselineMethod.objects.get()
    assert (method.n, method.align) == (3, "date")
    campaign = Campaign.objects.get()
    assert (campaign.pays, campaign.status, campaign.baseline) == (True, "approved", "")
    assert (campaign.products, campaign.baseline_dates, campaign.plan, campaign.summary) == (
        [],
        [],
        None,
        None,
    )
    assert set(Staff.objects.values_list("role", flat=True)) == {"staff"}


@pytest.mark.django_db
def test_states_of_facts_default_to_the_first_one() -> None:
    tables = complete()
    for name in ("logs", "findings", "manuscripts"):
        for row in tables[name]:
            row["status"] = None
    assert problems(load(tables)) == []
    assert set(LogEntry.objects.values_list("status", flat=True)) == {"submitted"}
    assert set(Finding.objects.values_list("status", flat=True)) == {"proposed"}
    assert Manuscript.objects.get().status == "submitted"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_label_of_a_choice_is_understood(language: str) -> None:
    from django.utils import translation

    from departments.models import UnitKind

    with translation.override(language):
        labels = {str(label): value for value, label in UnitKind.choices}
    assert {label: Choice(UnitKind).parse(label) for label in labels} == labels
