"""Imports and locked months through the commands: what is refused, what is told, what stays."""

import pytest
from django.core.management import call_command

from tests.commands.workbooks import (
    RULES,
    attainment,
    import_report,
    import_sheets,
    printed,
    roll_up,
    sheets_of,
)

pytestmark = pytest.mark.django_db


def test_all_errors_are_told_and_nothing_is_written(tmp_path):
    sheets = sheets_of("A|m|月|post|p1|person|month|10||||||2018-01-01")
    sheets["staff"] = "staff_no|name|unit|joined|role\nX|甲|ZZ|2018-02-30|boss\nY||A|2018-01-01|staff"
    sheets["logs"] = """date|staff_no|platform|activity|count
        2018-11-01|X|nope|post|-1
        2018-11-01|Q|p1|post|1.5
        不是|Y|p1|post|
        也不是|Y|p1|post|2
        2018-11-02|Y|p1|post|2
        2018-11-02|Y|p1|post|3"""
    report = import_report(tmp_path, sheets)

    told = [(error["sheet"], error["row"], error["column"], error["value"]) for error in report["errors"]]
    assert sorted(told) == [
        ("logs", 2, "count", "-1"),
        ("logs", 2, "platform", "nope"),
        ("logs", 3, "count", "1.5"),
        ("logs", 3, "staff_no", "Q"),
        ("logs", 4, "count", ""),
        ("logs", 4, "date", "不是"),
        ("logs", 5, "date", "也不是"),
        ("logs", 7, "row_id", ""),
        ("staff", 2, "joined", "2018-02-30"),
        ("staff", 2, "role", "boss"),
        ("staff", 2, "unit", "ZZ"),
        ("staff", 3, "name", ""),
    ]
    assert (report["exit"], report["tables"]) == (1, [])
    assert roll_up("2018-11")["attainment"] == []


def test_a_log_without_row_id_is_known_by_its_other_columns(tmp_path):
    rules = "R|m|月|post|p1|person|month|100||||||2018-01-01"
    logs = [("2018-11-01", "X", "p1", "post", "h", 5), ("2018-11-01", "X", "p1", "post", "g", 6)]
    import_sheets(tmp_path, sheets_of(rules, logs))
    import_sheets(
        tmp_path, {"推广日志": "date|staff_no|platform|activity|handle|count|note\n20181101|X|p1|post|h|9|"}
    )

    assert attainment(roll_up("2018-11")) == {"m": ("100.0000", "15.0000", "15.0000", "0.1500")}


def test_a_locked_month_prints_its_frozen_result(tmp_path):
    staff = "staff_no|name|unit|joined|role|username\nX|甲|A|2018-01-01||\nD|总监|R|2018-01-01|director|boss"
    rules = "R|m|月|post|p1|person|month|100||||||2018-01-01"
    import_sheets(tmp_path, sheets_of(rules, [("2018-11-01", "X", "p1", "post", "h", 5)], staff=staff))
    before = printed("2018-11")
    call_command("lock_month", "2018-11", unit="R", username="boss", reason="关账", verbosity=0)

    header = "date|staff_no|platform|activity|handle|count\n"
    refused = import_report(tmp_path, {"logs": header + "2018-11-30|X|p1|post|h|9\n2018-12-01|X|p1|post|h|9"})
    import_sheets(tmp_path, {"quota_rules": RULES + "R|m|月|post|p1|person|month|999||||||2018-01-01"})
    import_sheets(tmp_path, {"logs": header + "2018-11-01|X|p1|post|h|5"})

    assert [(error["row"], error["column"], error["code"]) for error in refused["errors"]] == [
        (2, "date", "month_locked")
    ]
    assert printed("2018-11") == before
