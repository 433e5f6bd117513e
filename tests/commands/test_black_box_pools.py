"""Campaigns, pools and funds through the commands, compared with figures worked out by hand."""

from datetime import date

import pytest
from django.core.management import call_command

from tests.commands.workbooks import import_report, import_sheets, printed, roll_up

pytestmark = pytest.mark.django_db

COMPANY = {
    "组织": "编码|名称|类别\nC|药堂|company",
    "staff": "staff_no|name|unit|joined\n" + "\n".join(f"P{n}|人{n}|C|2017-01-01" for n in range(1, 9)),
    "stores": "code|name|unit\nS1|一店|C\nS2|二店|C\nS3|三店|C",
    "pool_schemes": "code|name|unit|valid_from|rate|reserve_share|base_year|account_fee_month\n"
    "SC|方案|C|2017-01-01|0.20|0.20|2018|11",
    "pool_roles": """scheme|role|name|share|order
        SC|planner|总策划|0.15|1
        SC|supervisor|总督导|0.15|2
        SC|editor|文案|0.10|3
        SC|designer|美工|0.10|4
        SC|it|信息部|0.10|5
        SC|operations|运营部|0.10|6
        SC|service|客服部|0.10|7""",
    "finding_rules": """scheme|code|role|name|scope|mode|value
        SC|template|designer|版式|year|per_case|0.20
        SC|complaint|it|投诉|month|per_case|0.10
        SC|shop|operations|门店|campaign|per_case|0.10
        SC|part|editor|方案|month|share|3
        SC|rated|editor|评定|month|percent|
        SC|reply|service|回复|month|per_case|0.20""",
}
HOLDERS = """scheme|role|staff_no|start|end
    SC|planner|P1|2017-01-01|
    SC|operations|P1|2017-01-01|
    SC|supervisor|P2|2017-01-01|
    SC|editor|P3|2017-01-01|
    SC|designer|P4|2017-01-01|
    SC|it|P4|2017-01-01|
    SC|service|P5|2017-01-01|"""
EVERYTHING_HAPPENS = COMPANY | {
    "role_holders": HOLDERS,
    "会员日": [
        ["日期", "组织", "当月第几个"],
        *([date(2018, month, 18), "C", 1] for month in (8, 9, 10, 11)),
    ],
    "store_days": """date|store|gross_profit
        2018-08-18|S1|11066.83
        2018-09-18|S1|11066.82
        2018-10-18|S1|11066.84
        20181118|S1|15320.00
        2018/8/18|S2|10112
        2018/9/18|S2|10112
        2018/10/18|S2|10112
        2018/11/18|S2|9874.60
        2018-08-18|S3|14118
        2018-09-18|S3|14117
        2018-10-18|S3|14119
        2018-11-18|S3|20,411.35""",
    "campaigns": "code|name|unit|type|scale|start|end|stores\n"
    "K|会员日|C|member_day|medium|2018-11-18|2018-11-18|S1、S2，S3",
    "articles": "code|unit|published|title|kind|campaign|readers\n"
    "A1|C|2018-11-15|活动|activity|K|2628\nA2|C|2018-11-16|公益|welfare||910",
    "findings": """id|scheme|rule|date|campaign|occurrences|percent|status
        F1|SC|template|2017-12-31||2||confirmed
        F2|SC|complaint|2018-11-05||2||confirmed
        F3|SC|shop|2018-12-05|K|||confirmed
        F4|SC|rated|2018-11-05|||0.5|confirmed
        F5|SC|reply|2018-11-30||1||confirmed
        F6|SC|reply|2018-11-30||1||proposed
        F7|SC|reply|2018-10-30||1||confirmed""",
}


def _roles(pool):
    keys = ("nominal", "factor", "after_findings", "payout")
    return {role["role"]: tuple(role[key] for key in keys) for role in pool["roles"]}


def _funds(result):
    keys = ("fund", "opening", "in", "out", "closing")
    return [tuple(fund[key] for key in keys) for fund in result["funds"]]


@pytest.mark.clause("HT-07", "HT-08", "HT-25")
def test_worked_example_clean_saturday(tmp_path):
    days = [["日期", "门店", "毛利"], [date(2018, 11, 17), "S1", 9876.54], ["2018/11/10", "S1", "6210.30"]]
    days += [["20181103", "S1", 5988.75], ["2018-10-27", "S1", "6,432.10"]]
    import_sheets(
        tmp_path,
        COMPANY
        | {
            "role_holders": HOLDERS,
            "store_days": days,
            "campaigns": "code|name|unit|type|scale|start|end|stores\n"
            "K|周末|C|weekend|small|2018-11-17|2018-11-17|S1",
            "articles": "code|unit|published|title|kind|readers\nA|C|2018-11-15|活动|activity|3120",
        },
    )

    result = roll_up("2018-11")

    store = result["campaigns"][0]["stores"][0]
    assert store == {
        "store": "S1",
        "comparable": True,
        "reason": "",
        "actual": "9876.54",
        "baseline": "6210.38",
        "uplift": "3666.16",
    }
    pool = result["pools"][0]
    assert list(pool) == ["campaign", "scheme", "amount", "shortfall", "held", "reserve", "roles"]
    assert (pool["amount"], pool["shortfall"], pool["held"], pool["reserve"]) == (
        "733.23",
        "0.0000",
        "0.00",
        "146.65",
    )
    assert [(role["role"], role["payout"]) for role in pool["roles"]] == [
        ("designer", "73.32"),
        ("editor", "73.32"),
        ("it", "73.32"),
        ("operations", "73.32"),
        ("planner", "109.99"),
        ("service", "73.32"),
        ("supervisor", "109.99"),
    ]


@pytest.mark.clause("HT-13", "HT-17", "HT-18", "HT-20", "HT-21", "HT-25")
def test_worked_example_member_day_where_everything_happens(tmp_path):
    import_sheets(tmp_path, EVERYTHING_HAPPENS)

    result = roll_up("2018-11")

    campaign, pool = result["campaigns"][0], result["pools"][0]
    assert [(store["baseline"], store["uplift"]) for store in campaign["stores"]] == [
        ("11066.83", "4253.17"),
        ("10112.00", "-237.40"),
        ("14118.00", "6293.35"),
    ]
    assert campaign["uplift"] == "10309.12"
    assert (pool["amount"], pool["shortfall"]) == ("2061.82", "0.1240")
    assert _roles(pool) == {
        "planner": ("309.28", "1.0000", "309.28", "270.93"),
        "supervisor": ("309.27", "1.0000", "309.27", "270.92"),
        "editor": ("206.18", "0.5000", "103.09", "90.31"),
        "designer": ("206.18", "0.6000", "123.71", "108.37"),
        "it": ("206.18", "0.8000", "164.94", "144.49"),
        "operations": ("206.18", "0.9000", "185.56", "162.55"),
        "service": ("206.18", "0.8000", "164.94", "144.49"),
    }
    assert (pool["held"], pool["reserve"]) == ("457.39", "412.37")
    assert [fund[0::2] for fund in _funds(result)] == [
        ("maintenance", "2000.00", "1800.00"),
        ("reserve", "412.37", "412.37"),
        ("withheld", "457.39", "457.39"),
    ]
    assert printed("2018-11") == printed("2018-11")


def test_settings_of_the_scheme_change_the_same_pool(tmp_path):
    scheme = (
        "code|name|unit|valid_from|base_year|combine|residual|withheld\n"
        "SC|方案|C|2017-01-01|2018|sum|reserve_absorbs|reserve"
    )
    import_sheets(tmp_path, EVERYTHING_HAPPENS | {"pool_schemes": scheme})

    result = roll_up("2018-11")

    pool = result["pools"][0]
    nominal = {role["role"]: role["nominal"] for role in pool["roles"]}
    assert (nominal["planner"], nominal["supervisor"], nominal["it"]) == ("309.27", "309.27", "206.18")
    # 0.1240 + 0.0900; held by hand from the shown columns: 1 649.44 nominal − 1 069.58 paid.
    assert (pool["shortfall"], pool["held"], pool["reserve"]) == ("0.2140", "579.86", "412.38")
    assert _funds(result)[1] == ("reserve", "0.00", "992.24", "0.00", "992.24")
    assert _funds(result)[2] == ("withheld", "0.00", "0.00", "0.00", "0.00")


@pytest.mark.clause("HT-02", "HT-05", "HT-06", "HT-21", "HT-22")
def test_worked_example_third_year_vacancy_hand_over_and_funds(tmp_path):
    fees = [("employee", 6), ("pharmacist", 5), ("customer", 9)]
    manuscripts = ["id|date|title|author_kind|author|staff_no|status|published|scheme"]
    for kind, count in fees:
        staff = "P1" if kind == "employee" else ""
        manuscripts += [
            f"{kind}{n}|2020-11-02|稿|{kind}|作者{n}|{staff}|published|2020-11-{10 + n}|SC"
            for n in range(count)
        ]
    import_sheets(
        tmp_path,
        COMPANY
        | {
            "role_holders": """scheme|role|staff_no|start|end
                SC|planner|P1|2018-01-01|
                SC|operations|P6|2018-01-01|
                SC|supervisor|P2|2018-01-01|
                SC|editor|P3|2018-01-01|2020-11-12
                SC|editor|P8|2020-11-13|
                SC|it|P5|2018-01-01|
                SC|service|P7|2018-01-01|
                SC|designer|P4|2018-01-01|2020-10-31""",
            "findings": "id|scheme|rule|date|occurrences|status\nF1|SC|reply|2020-11-05|6|confirmed",
            "store_days": """date|store|gross_profit
                2020-11-14|S1|60000.07
                2020-11-07|S1|11650
                2020-10-31|S1|11649
                2020-10-24|S1|11651
                2020-11-15|S2|1800
                2020-11-08|S2|5000
                2020-11-01|S2|5000
                2020-10-25|S2|5000""",
            "campaigns": """code|name|unit|type|scale|start|end|stores
                KA|甲|C|weekend|small|2020-11-14|2020-11-14|S1
                KB|乙|C|weekend|small|2020-11-15|2020-11-15|S2""",
            "articles": """code|unit|published|title|kind|campaign|readers
                A1|C|2020-11-13|活动|activity|KA|4701
                A2|C|2020-11-16|公益|welfare||1296""",
            "fund_entries": "id|scheme|fund|date|kind|amount|note\n"
            "O|SC|maintenance|2020-11-01|opening|1350|期初",
            "manuscripts": "\n".join(manuscripts),
        },
    )

    result = roll_up("2020-11")

    first, second = result["pools"]
    assert (first["amount"], first["shortfall"], first["held"], first["reserve"]) == (
        "9670.01",
        "0.1000",
        "2514.20",
        "1934.01",
    )
    assert {role["role"]: role["payout"] for role in first["roles"]} == {
        "planner": "1305.45",
        "supervisor": "1305.45",
        "editor": "870.30",
        "designer": "0.00",
        "it": "870.30",
        "operations": "870.30",
        "service": "0.00",
    }
    holders = {role["role"]: role["holders"] for role in first["roles"]}
    assert holders["designer"] == []
    assert holders["editor"] == [
        {"staff_no": "P3", "amount": "348.12"},
        {"staff_no": "P8", "amount": "522.18"},
    ]
    assert (second["amount"], second["held"], second["reserve"]) == ("0.00", "0.00", "0.00")
    assert _funds(result) == [
        ("maintenance", "1350.00", "2000.00", "3350.00", "0.00"),
        ("reserve", "0.00", "1934.01", "250.00", "1684.01"),
        ("withheld", "0.00", "2514.20", "0.00", "2514.20"),
    ]


def _one_pool(articles="A|C|2018-11-10|活动|activity|5000", findings=""):
    """A campaign with an uplift of 1,000.00 and a pool of 200.00: 30, 30, five times 20, reserve 40."""
    return COMPANY | {
        "role_holders": HOLDERS,
        "store_days": "date|store|gross_profit\n2018-01-02|S1|100\n2018-01-03|S1|100\n2018-11-14|S1|1100",
        "campaigns": "code|name|unit|type|scale|start|end|stores|baseline|baseline_dates\n"
        "K|厂家|C|manufacturer|small|2018-11-14|2018-11-14|S1|fixed_dates|2018-01-02、20180103",
        "articles": "code|unit|published|title|kind|readers\n" + articles,
        "findings": "id|scheme|rule|date|campaign|occurrences|percent|status\n" + findings,
    }


@pytest.mark.clause("HT-21")
def test_shortfalls_of_one_kind_are_averaged(tmp_path):
    # 0.2000, 0 and 10 ÷ 3000 = 0.0033; the mean of the three is 0.0678. December's is another month's.
    articles = (
        "A|C|2018-11-01|一|activity|2400\nB|C|2018-11-30|二|activity|3300\nD|C|2018-11-02|三|activity|2990"
    )
    import_sheets(tmp_path, _one_pool(articles + "\nE|C|2018-12-01|四|activity|1"))

    assert roll_up("2018-11")["pools"][0]["shortfall"] == "0.0678"


@pytest.mark.clause("HT-21")
def test_reading_seven_days_after_publication_fills_the_readers(tmp_path):
    readings = "article|date|readers\nA|2018-11-07|10\nA|2018-11-08|2700\nA|2018-11-09|9000"
    sheets = _one_pool("A||2018-11-01|活动|activity|")
    import_sheets(tmp_path, sheets)

    waiting = roll_up("2018-11")
    assert (waiting["pools"], waiting["campaigns"][0]["status"]) == ([], "missing")
    assert waiting["campaigns"][0]["missing"] == ["readers"]

    import_sheets(tmp_path, {"article_readings": readings})
    assert roll_up("2018-11")["pools"][0]["shortfall"] == "0.1000"


@pytest.mark.clause("HT-11", "HT-12", "HT-13")
def test_findings_add_up_exactly_and_never_below_nothing(tmp_path):
    findings = """1|SC|part|2018-11-01||1||confirmed
        2|SC|part|2018-11-02||2||confirmed
        3|SC|template|2018-05-01||5||confirmed
        4|SC|reply|2018-11-02||6||confirmed
        5|SC|complaint|2018-11-30||||confirmed
        6|SC|complaint|2018-11-30||||"""
    import_sheets(tmp_path, _one_pool(findings=findings))

    roles = _roles(roll_up("2018-11")["pools"][0])
    assert roles["editor"][1:] == ("0.0000", "0.00", "0.00")
    assert roles["service"][1:] == ("0.0000", "0.00", "0.00")
    # A yearly finding acts on the year after; without a status a finding is only proposed.
    assert roles["designer"][1:] == ("1.0000", "20.00", "20.00")
    assert roles["it"][1:] == ("0.9000", "18.00", "18.00")


def test_every_finding_that_cannot_be_is_told(tmp_path):
    findings = """1|SC|shop|2018-11-01||||confirmed
        2|SC|rated|2018-11-01||||confirmed
        3|SC|rated|2018-11-01|||1.5|confirmed
        4|SC|other|2018-11-01||||confirmed
        5|SC|part|2018-11-31||||sure"""
    report = import_report(tmp_path, _one_pool(findings=findings))

    assert report["exit"] == 1
    assert [(error["row"], error["column"], error["value"]) for error in report["errors"]] == [
        (2, "campaign", ""),
        (3, "percent", ""),
        (4, "percent", "1.5"),
        (5, "rule", "other"),
        (6, "date", "2018-11-31"),
        (6, "status", "sure"),
    ]


def test_a_unit_has_one_incentive_scheme_from_a_date(tmp_path):
    sheets = {
        "units": COMPANY["组织"],
        "pool_schemes": "code|name|unit|valid_from\nSC|一|C|2018-01-01\nSD|二|C|2018-01-01",
        "pool_roles": "scheme|role|name|share\nSC|a|甲|0.80\nSD|a|甲|0.80",
    }
    sheets["units"] = sheets["units"].replace("编码|名称|类别", "code|name|kind")
    report = import_report(tmp_path, sheets)

    assert [(error["row"], error["column"], error["code"]) for error in report["errors"]] == [
        (2, "unit", "scheme_twice"),
        (3, "unit", "scheme_twice"),
    ]


def test_types_and_scales_that_do_not_fit_the_dates_are_warnings(tmp_path):
    sheets = {
        "units": "code|name|kind\nC|药堂|company",
        "stores": "code|name|unit\nS1|一店|C",
        "member_days": "date|unit|number\n2018-11-18|C|1",
        "campaigns": """code|name|unit|type|scale|start|end|stores
            K1|星期二|C|weekend|small|2018-11-13|2018-11-13|S1
            K2|会员日|C|member_day|small|2018-11-18|2018-11-18|S1
            K3|平日|C|member_day|small|2018-11-14|2018-11-14|S1
            K4|周末|C|weekend|medium|2018-11-17|2018-11-18|S1""",
    }
    report = import_report(tmp_path, sheets)

    assert report["exit"] == 0
    assert [(warning["row"], warning["column"], warning["code"]) for warning in report["warnings"]] == [
        (2, "type", "not_a_weekend"),
        (4, "type", "not_a_member_day"),
        (5, "scale", "not_medium"),
    ]


def test_a_person_reads_the_month_as_text(tmp_path, capsys):
    call_command("roll_up", "2018-11")
    empty = capsys.readouterr().out
    import_sheets(tmp_path, EVERYTHING_HAPPENS)
    call_command("roll_up", "2018-11")
    full = capsys.readouterr().out

    assert len(empty.splitlines()) == 2
    assert "  designer  206.18 → 123.71 → 108.37  P4 108.37" in full.splitlines()
    assert any("457.39" in line and "412.37" in line for line in full.splitlines())
