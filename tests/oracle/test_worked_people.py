"""The worked examples about people, quotas and scores, against the oracle; expectations are hand-worked."""

from tests.oracle.month import month
from tests.oracle.rows import Row, Tables

UNITS: list[Row] = [
    {"code": "CO", "name": "Company", "kind": "company"},
    {"code": "OPS", "name": "Operations", "kind": "department", "parent": "CO"},
]


def person(staff_no: str, **more: str) -> Row:
    row: Row = {"staff_no": staff_no, "name": staff_no, "unit": "OPS", "joined": "2017-01-01"}
    return row | more


def test_a_month_of_quotas_of_one_person() -> None:
    """calculation.md §1, last example: one person, full service, a 30-day month, the defaults."""
    forums = [f"f{at}" for at in range(1, 8)]
    rules = {
        "tieba": ("person", "month", "200", "tieba", "", ""),
        "forum": ("account", "month", "30", ",".join(forums), "2", "5"),
        "blog": ("account", "day", "1", "blog", "5", ""),
        "comment": ("account", "month", "30", "blog", "5", ""),
        "weibo": ("platform", "month", "100", "w1、w2", "", ""),
        "mail": ("person", "month", "10000", "mail", "", ""),
    }
    logs: list[Row] = []

    def log(code: str, day: str, platform: str, count: str, handle: str = "") -> None:
        row: Row = {"row_id": f"L{len(logs)}", "date": day, "staff_no": "P1", "platform": platform}
        logs.append(row | {"activity": code, "handle": handle, "count": count})

    # Nine accounts with 30 posts, the first with 15 more that cover nothing, the tenth with 16.
    for at in range(10):
        platform, handle = forums[at // 2], f"h{at % 2}"
        log("forum", "2018-11-05", platform, {0: "45", 9: "16"}.get(at, "30"), handle)
    log("forum", "2018-11-06", "f6", "16", "h0")
    # 贴吧 200 of 200 and ten more: nothing lacks, the surplus counts.
    log("tieba", "2018-11-06", "tieba", "210")
    # Each of five blogs a post on 28 of 30 days, the first two on the 28th: one is credited.
    for at in range(5):
        for day in range(1, 29):
            log("blog", f"2018-11-{day:02d}", "blog", "2" if (at, day) == (0, 28) else "1", f"b{at}")
    log("weibo", "2018-11-06", "w1", "150")
    log("weibo", "2018-11-06", "w2", "50")
    tables: Tables = {
        "units": UNITS,
        "staff": [person("P1")],
        "platforms": [
            {"code": code, "name": code, "kind": "other"}
            for code in ["tieba", "blog", "mail", "w1", "w2", *forums]
        ],
        "quota_rules": [
            {
                "unit": "CO",
                "code": code,
                "name": code,
                "activities": code,
                "platforms": platforms,
                "basis": basis,
                "period": period,
                "amount": owed,
                "accounts_required": k,
                "platforms_required": n,
                "valid_from": "2018-01-01",
            }
            for code, (basis, period, owed, platforms, k, n) in rules.items()
        ],
        "logs": logs,
    }
    found = {
        row["rule"]: (row["target"], row["credited"], row["raw"], row["rate"])
        for row in month(tables, "2018-11")["attainment"]
    }
    assert found == {
        "tieba": ("200.0000", "200.0000", "210.0000", "1.0500"),
        "forum": ("300.0000", "286.0000", "301.0000", "0.9533"),
        "blog": ("150.0000", "140.0000", "141.0000", "0.9333"),
        "comment": ("150.0000", "0.0000", "0.0000", "0.0000"),
        "weibo": ("200.0000", "150.0000", "200.0000", "0.7500"),
        "mail": ("10000.0000", "0.0000", "0.0000", "0.0000"),
    }


def test_a_joiner_with_leave_owes_half_a_month() -> None:
    """domain.md §4.3: joins on 14 September 2026, 13 of 22 working days, two days of leave: 0.5000."""
    tables: Tables = {
        "units": UNITS,
        "staff": [person("P1", joined="2026-09-14")],
        "leaves": [{"staff_no": "P1", "start": "2026-09-16", "end": "2026-09-17"}],
        "platforms": [{"code": "tieba", "name": "tieba", "kind": "forum"}],
        "quota_rules": [
            {
                "unit": "OPS",
                "code": "q",
                "name": "q",
                "activities": "post",
                "platforms": "tieba",
                "basis": "person",
                "period": "month",
                "amount": "200",
                "valid_from": "2018-01-01",
            }
        ],
    }
    assert [row["target"] for row in month(tables, "2026-09")["attainment"]] == ["100.0000"]


def score_tables(**of_person: str) -> Tables:
    """domain.md §4.1: five items read from metrics, bonus 3, deduction 5."""
    values = {"t": ("188", "200", "20"), "f": ("340", "300", "25"), "q": ("60", "120", "15")}
    values |= {"b": ("150", "150", "20"), "w": ("260", "200", "20")}
    points: Row = {"month": "2018-11", "staff_no": "P1", "reason": "r", "evidence": "e"}
    points |= {"proposed_by": "P2", "approved_by": "P3"}
    return {
        "units": UNITS,
        "staff": [person("P1", bonus_base="2000", **of_person), person("P2"), person("P3")],
        "metrics": [{"code": code, "name": code, "direction": "more"} for code in values],
        "metric_values": [
            {"metric": code, "subject": "P1", "month": "2018-11", "value": value, "target": target}
            for code, (value, target, _weight) in values.items()
        ],
        "schemes": [
            {"code": "K", "name": "K", "unit": "CO", "valid_from": "2018-01-01", "position": "writer"}
        ],
        "scheme_items": [
            {
                "scheme": "K",
                "valid_from": "2018-01-01",
                "code": code,
                "name": code,
                "weight": weight,
                "source": f"metric:{code}",
                "method": "linear",
            }
            for code, (_value, _target, weight) in values.items()
        ],
        "score_points": [
            points | {"code": "B1", "kind": "bonus", "points": "3"},
            points | {"code": "D1", "kind": "deduction", "points": "5"},
            points | {"code": "D2", "kind": "deduction", "points": "9", "approved_by": "P2"},
        ],
    }


def test_the_score_of_the_specification() -> None:
    (score,) = month(score_tables(position="writer"), "2018-11")["scores"]
    assert {item["code"]: (item["weight"], item["rate"], item["score"]) for item in score["items"]} == {
        "t": ("20.00", "0.9400", "18.80"),
        "f": ("25.00", "1.1333", "28.33"),
        "q": ("15.00", "0.5000", "0.00"),
        "b": ("20.00", "1.0000", "20.00"),
        "w": ("20.00", "1.3000", "24.00"),
    }
    assert (score["bonus_points"], score["deduction_points"], score["total"]) == ("3.00", "5.00", "89.13")
    assert (score["grade"], score["coefficient"], score["bonus"]) == ("B", "1.00", "2000.00")
    assert (score["veto"], score["status"], score["missing"]) == (False, "settled", [])


def test_a_veto_takes_the_bonus_and_a_missing_metric_takes_the_total() -> None:
    tables = score_tables(position="writer")
    tables["score_points"].append(tables["score_points"][0] | {"code": "V", "kind": "veto", "points": ""})
    (vetoed,) = month(tables, "2018-11")["scores"]
    assert (vetoed["veto"], vetoed["total"]) == (True, "89.13")
    assert (vetoed["coefficient"], vetoed["bonus"]) == ("0.00", "0.00")
    tables["metric_values"].pop()
    (lacking,) = month(tables, "2018-11")["scores"]
    assert (lacking["total"], lacking["bonus"], lacking["status"]) == (None, None, "missing")
    assert lacking["missing"] == ["metric:w"]


def test_an_item_that_is_not_applicable_gives_its_weight_to_the_others() -> None:
    tables = score_tables(position="writer")
    tables["metric_values"][0]["target"] = "0"
    (score,) = month(tables, "2018-11")["scores"]
    # 100 ÷ 80 of each: 25 × 1.25 × 1.1333 = 35.415625; 0; 25.00; 25 × 1.20 = 30.00; + 3 − 5.
    assert [item["score"] for item in score["items"]] == ["25.00", "35.42", "0.00", None, "30.00"]
    assert score["total"] == "88.42"


def test_a_person_without_a_scheme_has_no_score() -> None:
    assert month(score_tables(position="driver"), "2018-11")["scores"] == []
