"""The worked examples of the specification, against the oracle; every expectation is hand-worked."""

import csv
from datetime import date, timedelta

import pytest
from openpyxl import load_workbook

from tests.oracle.month import month
from tests.oracle.rows import Row, Tables
from tests.oracle.workbook import write_csv_folder, write_workbook

UNITS: list[Row] = [
    {"code": "CO", "name": "Company", "kind": "company"},
    {"code": "OPS", "name": "Operations", "kind": "department", "parent": "CO"},
]
SHARES = {
    "planner": "0.15",
    "supervisor": "0.15",
    "copy": "0.10",
    "artist": "0.10",
    "info": "0.10",
    "operations": "0.10",
    "service": "0.10",
}
FINDING_RULES = [
    ("template", "artist", "year", "per_case", "0.20"),
    ("complaint", "info", "month", "per_case", "0.10"),
    ("shop", "operations", "campaign", "per_case", "0.10"),
    ("void", "copy", "month", "percent", ""),
    ("slow", "service", "month", "per_case", "0.20"),
]


def person(staff_no: str, **more: str) -> Row:
    row: Row = {"staff_no": staff_no, "name": staff_no, "unit": "OPS", "joined": "2017-01-01"}
    return row | more


def pool_tables(*, valid_from: str = "2017-06-01") -> Tables:
    """The pharmacy's scheme: seven roles, each held by one person, base year 2018."""
    scheme: Row = {"code": "S", "name": "Account", "unit": "CO", "valid_from": valid_from, "rate": "0.20"}
    scheme |= {"reserve_share": "0.20", "base_year": "2018", "monthly_fund": "2000", "account_fee": "200"}
    scheme |= {"fee_employee": "100", "fee_pharmacist": "200", "fee_customer": "200"}
    return {
        "units": UNITS,
        "staff": [person(f"P-{role}") for role in SHARES],
        "pool_schemes": [scheme],
        "pool_roles": [
            {"scheme": "S", "valid_from": valid_from, "role": role, "share": share, "order": str(at)}
            for at, (role, share) in enumerate(SHARES.items(), 1)
        ],
        "role_holders": [
            {"scheme": "S", "role": role, "staff_no": f"P-{role}", "start": "2017-06-01"} for role in SHARES
        ],
        "finding_rules": [
            {
                "scheme": "S",
                "valid_from": valid_from,
                "code": code,
                "role": role,
                "name": code,
                "scope": scope,
                "mode": mode,
                "value": value,
            }
            for code, role, scope, mode, value in FINDING_RULES
        ],
    }


def store(code: str) -> Row:
    return {"code": code, "name": code, "unit": "OPS", "opened": "2015-01-01"}


def store_days(code: str, profits: dict[str, str]) -> list[Row]:
    return [{"date": day, "store": code, "gross_profit": profit} for day, profit in profits.items()]


def article(code: str, kind: str, published: str, readers: str) -> Row:
    row: Row = {"code": code, "unit": "OPS", "published": published, "title": code, "kind": kind}
    return row | {"readers": readers}


def finding(number: int, rule: str, day: str, **more: str) -> Row:
    row: Row = {"id": f"F{number}", "scheme": "S", "rule": rule, "date": day, "status": "confirmed"}
    return row | more


def roles_of(pool: object) -> dict[str, dict[str, object]]:
    assert isinstance(pool, dict)
    return {role["role"]: role for role in pool["roles"]}


def test_example_1_a_clean_saturday() -> None:
    profits = {"2018-11-03": "9876.54", "2018-10-27": "6210.30"}
    profits |= {"2018-10-20": "5988.75", "2018-10-13": "6432.10"}
    campaign: Row = {"code": "C1", "name": "Saturday", "unit": "OPS", "type": "weekend", "scale": "small"}
    campaign |= {"start": "2018-11-03", "end": "2018-11-03", "stores": "M1"}
    result = month(
        pool_tables()
        | {
            "stores": [store("M1")],
            "store_days": store_days("M1", profits),
            "campaigns": [campaign],
            "articles": [article("A1", "activity", "2018-11-01", "3120")],
        },
        "2018-11",
    )
    figures = {"actual": "9876.54", "baseline": "6210.38", "uplift": "3666.16"}
    assert result["campaigns"] == [
        {
            "code": "C1",
            "status": "settled",
            "missing": [],
            "uplift": "3666.16",
            "visitors": None,
            "units": None,
            "stores": [{"store": "M1", "comparable": True, "reason": "", **figures}],
        }
    ]
    (pool,) = result["pools"]
    assert (pool["amount"], pool["shortfall"], pool["held"]) == ("733.23", "0.0000", "0.00")
    assert pool["reserve"] == "146.65"
    assert {code: role["payout"] for code, role in roles_of(pool).items()} == {
        "planner": "109.99",
        "supervisor": "109.99",
        "copy": "73.32",
        "artist": "73.32",
        "info": "73.32",
        "operations": "73.32",
        "service": "73.32",
    }
    assert roles_of(pool)["copy"]["holders"] == [{"staff_no": "P-copy", "amount": "73.32"}]


def member_day_tables() -> Tables:
    """Three stores on the second member day of November 2018, compared with the three months before."""
    profits = {
        "M1": ("15320.00", "11000.50", "11100.00", "11100.00"),
        "M2": ("9874.60", "10112.00", "10112.00", "10112.00"),
        "M3": ("20411.35", "14118.00", "14000.00", "14236.00"),
    }
    dates = ("2018-11-18", "2018-10-18", "2018-09-18", "2018-08-18")
    campaign: Row = {"code": "C2", "name": "Member day", "unit": "OPS", "type": "member_day"}
    campaign |= {"scale": "medium", "start": dates[0], "end": dates[0], "stores": "M1,M2,M3"}
    return {
        "stores": [store(code) for code in profits],
        "store_days": [
            row
            for code, figures in profits.items()
            for row in store_days(code, dict(zip(dates, figures, strict=True)))
        ],
        "member_days": [{"date": day, "unit": "CO", "number": "2"} for day in dates],
        "campaigns": [campaign],
        "articles": [
            article("A1", "activity", "2018-11-05", "2628"),
            article("A2", "welfare", "2018-11-09", "910"),
        ],
    }


def test_example_2_a_member_day_on_which_everything_happens() -> None:
    findings = [
        finding(1, "template", "2017-12-31", occurrences="2"),
        finding(2, "complaint", "2018-11-06", occurrences="2"),
        # A campaign finding follows its campaign whatever its date; blank occurrences are one.
        finding(3, "shop", "2018-12-02", campaign="C2"),
        finding(4, "void", "2018-11-30", percent="0.5"),
        finding(5, "slow", "2018-11-20"),
        # Only confirmed findings count.
        finding(6, "slow", "2018-11-21", status="proposed"),
    ]
    result = month(pool_tables() | member_day_tables() | {"findings": findings}, "2018-11")
    (campaign,) = result["campaigns"]
    assert [one["uplift"] for one in campaign["stores"]] == ["4253.17", "-237.40", "6293.35"]
    assert [one["baseline"] for one in campaign["stores"]] == ["11066.83", "10112.00", "14118.00"]
    assert campaign["uplift"] == "10309.12"
    (pool,) = result["pools"]
    assert (pool["amount"], pool["shortfall"]) == ("2061.82", "0.1240")
    assert (pool["held"], pool["reserve"]) == ("457.39", "412.37")
    assert {
        code: (role["nominal"], role["factor"], role["after_findings"], role["payout"])
        for code, role in roles_of(pool).items()
    } == {
        "planner": ("309.28", "1.0000", "309.28", "270.93"),
        "supervisor": ("309.27", "1.0000", "309.27", "270.92"),
        "copy": ("206.18", "0.5000", "103.09", "90.31"),
        "artist": ("206.18", "0.6000", "123.71", "108.37"),
        "info": ("206.18", "0.8000", "164.94", "144.49"),
        "operations": ("206.18", "0.9000", "185.56", "162.55"),
        "service": ("206.18", "0.8000", "164.94", "144.49"),
    }


def test_example_3_third_year_two_campaigns_vacancy_hand_over_and_ledger() -> None:
    tables = pool_tables()
    tables["pool_schemes"][0] |= {"account_fee_month": "11"}
    tables["staff"].append(person("P-second"))
    tables["role_holders"] = [
        row | ({"end": "2020-11-12"} if row["role"] == "copy" else {})
        for row in tables["role_holders"]
        if row["role"] != "artist"
    ]
    tables["role_holders"].append(
        {"scheme": "S", "role": "copy", "staff_no": "P-second", "start": "2020-11-13"}
    )
    # A: 20 November 2020 on M1 against one Friday; B: the same day on M2, with a loss.
    tables["stores"] = [store("M1"), store("M2")]
    tables["store_days"] = [
        *store_days("M1", {"2020-11-20": "58350.07", "2020-11-06": "10000.00"}),
        *store_days("M2", {"2020-11-20": "6800.00", "2020-11-06": "10000.00"}),
    ]
    common: Row = {"name": "Fixed", "unit": "OPS", "type": "other", "scale": "small", "start": "2020-11-20"}
    common |= {"end": "2020-11-20", "baseline": "fixed_dates", "baseline_dates": "2020-11-06"}
    tables["campaigns"] = [common | {"code": "A", "stores": "M1"}, common | {"code": "B", "stores": "M2"}]
    tables["articles"] = [
        article("A1", "activity", "2020-11-05", "4701"),
        article("A2", "welfare", "2020-11-09", "1296"),
    ]
    tables["findings"] = [finding(1, "slow", "2020-11-09", occurrences="6")]
    kinds = ["employee"] * 6 + ["pharmacist"] * 5 + ["customer"] * 9
    tables["manuscripts"] = [
        {
            "id": f"W{at:02d}",
            "date": "2020-11-01",
            "title": "T",
            "author_kind": kind,
            "author": "N",
            "status": "published",
            "published": f"2020-11-{at:02d}",
        }
        for at, kind in enumerate(kinds, 1)
    ]
    opening: Row = {"id": "E1", "scheme": "S", "fund": "maintenance", "date": "2020-10-31"}
    tables["fund_entries"] = [opening | {"kind": "opening", "amount": "1350.00"}]
    result = month(tables, "2020-11")
    assert [one["uplift"] for one in result["campaigns"]] == ["48350.07", "-3200.00"]
    first, second = result["pools"]
    assert (first["amount"], first["shortfall"]) == ("9670.01", "0.1000")
    assert (first["held"], first["reserve"]) == ("2514.20", "1934.01")
    assert (second["amount"], second["held"], second["reserve"]) == ("0.00", "0.00", "0.00")
    roles = roles_of(first)
    assert {code: role["payout"] for code, role in roles.items()} == {
        "planner": "1305.45",
        "supervisor": "1305.45",
        "copy": "870.30",
        "artist": "0.00",
        "info": "870.30",
        "operations": "870.30",
        "service": "0.00",
    }
    assert roles["artist"]["holders"] == []
    assert (roles["artist"]["factor"], roles["service"]["factor"]) == ("0.0000", "0.0000")
    assert roles["copy"]["holders"] == [
        {"staff_no": "P-copy", "amount": "348.12"},
        {"staff_no": "P-second", "amount": "522.18"},
    ]
    # 1,350 + 2,000 − 200 − 600 − 1,000 = 1,550; 1,800 for the customers empties it, 250 fall on the reserve.
    assert result["funds"] == [
        {
            "scheme": "S",
            "fund": "maintenance",
            "opening": "1350.00",
            "in": "2000.00",
            "out": "3350.00",
            "closing": "0.00",
        },
        {
            "scheme": "S",
            "fund": "reserve",
            "opening": "0.00",
            "in": "1934.01",
            "out": "250.00",
            "closing": "1684.01",
        },
        {
            "scheme": "S",
            "fund": "withheld",
            "opening": "0.00",
            "in": "2514.20",
            "out": "0.00",
            "closing": "2514.20",
        },
    ]


def test_a_fee_that_no_fund_can_pay_is_paid_first_in_the_next_month() -> None:
    tables = pool_tables()
    tables["pool_schemes"][0] |= {"monthly_fund": "150", "account_fee_month": "3"}
    tables["manuscripts"] = [
        {
            "id": f"W{at}",
            "date": "2018-11-05",
            "title": "T",
            "author_kind": "customer",
            "author": "N",
            "status": "published",
        }
        for at in (1, 2)
    ]
    november = month(tables, "2018-11")
    # 400 are due, 150 are there: 50 of the first and 200 of the second wait.
    assert [str(one) for one in november.pending["S"]] == ["50", "200"]
    december = month(tables, "2018-12", previous=november)
    assert december["funds"][0] == {
        "scheme": "S",
        "fund": "maintenance",
        "opening": "0.00",
        "in": "150.00",
        "out": "150.00",
        "closing": "0.00",
    }
    assert [str(one) for one in december.pending["S"]] == ["100"]


@pytest.mark.parametrize(("days_without_data", "reason"), [(1, ""), (2, "too_few_days")])
def test_two_of_three_weekends_are_needed_within_eight_weeks(days_without_data: int, reason: str) -> None:
    """3 November 2018 has eight Saturdays before; 29 September was a make-up working day."""
    saturdays = [date(2018, 11, 3) - timedelta(days=7 * weeks) for weeks in range(1, 9)]
    kept = [*saturdays[days_without_data - 1 : 2], saturdays[4]]
    profits = {str(day): "10.00" for day in kept} | {"2018-11-03": "15.00"}
    campaign: Row = {"code": "C1", "name": "S", "unit": "OPS", "type": "weekend", "scale": "small"}
    campaign |= {"start": "2018-11-03", "end": "2018-11-03", "stores": "*", "pays": "no"}
    tables: Tables = {"units": UNITS, "stores": [store("M1")], "store_days": store_days("M1", profits)}
    (found,) = month(tables | {"campaigns": [campaign]}, "2018-11")["campaigns"]
    assert found["stores"][0]["reason"] == reason
    assert found["uplift"] == (None if reason else "5.00")


def test_tables_are_written_as_workbook_and_as_folder(tmp_path) -> None:
    tables: Tables = {"units": UNITS, "staff": []}
    write_workbook(tables, tmp_path / "month.xlsx")
    write_csv_folder(tables, tmp_path / "month")
    book = load_workbook(tmp_path / "month.xlsx")
    assert book.sheetnames == ["units"]
    assert [[cell.value for cell in row] for row in book["units"]] == [
        ["code", "name", "kind", "parent"],
        ["CO", "Company", "company", None],
        ["OPS", "Operations", "department", "CO"],
    ]
    with (tmp_path / "month" / "units.csv").open(encoding="utf-8") as stream:
        assert list(csv.reader(stream))[1] == ["CO", "Company", "company", ""]
