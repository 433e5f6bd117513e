"""People through the commands: workbooks in, attainment and scores compared with figures by hand."""

from datetime import date, timedelta

import pytest
from django.core.management import call_command

from tests.commands.workbooks import ONE_PERSON, UNITS, attainment, import_sheets, roll_up, sheets_of

pytestmark = pytest.mark.django_db


@pytest.mark.clause("YJ-14", "YJ-18", "WZ-17")
def test_slots_of_a_month(tmp_path):
    rules = """A|month|月|post|p1|person|month|200||||||2018-01-01
        A|week|周|post|p1|person|week|10||||||2018-01-01
        A|day|日|post|p1|person|day|2||||||2018-01-01
        A|workday|工作日|post|p1|person|day|2|||workday|||2018-01-01
        A|pooled|合计|post|p1|person|day|2||||month||2018-01-01"""
    logs = [
        (date(2018, 11, 1), "X", "p1", "post", "h", 100),
        ("2018/11/2", "X", "p1", "post", "h", "50"),
        ("20181103", "X", "p1", "post", "h", 1),
        ("2018-10-29", "X", "p1", "post", "h", 3),
        ("2018-12-02", "X", "p1", "post", "h", 7),
        ("2018-10-28", "X", "p1", "post", "h", 1000),
        ("2018-12-03", "X", "p1", "post", "h", 1000),
    ]
    import_sheets(tmp_path, sheets_of(rules, logs))

    # November 2018: 30 days, 22 working days, five weeks by their Thursday, from 29 October to 2 December.
    assert attainment(roll_up("2018-11")) == {
        "month": ("200.0000", "151.0000", "151.0000", "0.7550"),
        "week": ("50.0000", "17.0000", "161.0000", "0.3400"),
        "day": ("60.0000", "5.0000", "151.0000", "0.0833"),
        "workday": ("44.0000", "4.0000", "150.0000", "0.0909"),
        "pooled": ("60.0000", "60.0000", "151.0000", "2.5167"),
    }


def test_service_and_leave_prorate_the_month(tmp_path):
    staff = """staff_no|name|unit|joined|left
        X|新|A|2018-09-17|
        Y|走|A|2018-01-01|2018-09-10
        Z|后|A|2018-10-01|
        V|假|A|2018-01-01|"""
    rules = """A|month|月|post|p1|person|month|200||||||2018-01-01
        A|workday|日|post|p1|person|day|2|||workday|||2018-01-01"""
    logs = [
        ("2018-09-03", "X", "p1", "post", "h", 5),
        ("2018-09-17", "X", "p1", "post", "h", 100),
        ("2018-09-24", "X", "p1", "post", "h", 9),
        ("2018-09-29", "X", "p1", "post", "h", 3),
    ]
    leaves = """staff_no|start|end|kind|reduces_target
        V|2018-08-20|2018-10-20|产假|
        X|2018-09-26|2018-09-26|事假|否"""
    import_sheets(tmp_path, sheets_of(rules, logs, staff=staff, leaves=leaves))

    result = roll_up("2018-09")

    # 21 working days: the 24th is a holiday, Saturday 29th and Sunday 30th are worked. X has 11 of them, Y 6.
    assert attainment(result) == {
        "month": ("104.7619", "104.7619", "117.0000", "1.1168"),
        "workday": ("22.0000", "4.0000", "103.0000", "0.1818"),
    }
    assert attainment(result, "Y")["month"] == ("57.1429", "0.0000", "0.0000", "0.0000")
    assert attainment(result, "Z") == {}
    assert next(row for row in result["attainment"] if row["staff_no"] == "V") == {
        "staff_no": "V",
        "rule": "month",
        "applicable": False,
        "target": None,
        "credited": None,
        "raw": None,
        "rate": None,
    }


@pytest.mark.clause("YJ-11", "YJ-16", "YJ-19")
def test_best_accounts_on_the_best_platforms(tmp_path):
    rules = """A|forum|论坛|post|p1,p2，p3、p4;p5|account|month|30|2|2||||2018-01-01
        A|any|账号|post|p1,p2|account|month|10|2|||||2018-01-01
        A|each|平台|post|p1,p2,p3|platform|month|10||||||2018-01-01
        A|two|两个平台|post|p1,p2,p3|platform|month|10||2||||2018-01-01"""
    logs = [
        ("2018-11-02", "X", "p1", "post", "a", 40),
        ("2018-11-02", "X", "p1", "post", "b", 20),
        ("2018-11-02", "X", "p1", "post", "c", 25),
        ("2018-11-02", "X", "p2", "post", "a", 30),
        ("2018-11-03", "X", "p3", "post", "z", 29),
        ("2018-11-02", "X", "p3", "post", "y", 10),
        ("2018-11-02", "X", "p4", "post", None, 500),
    ]
    import_sheets(tmp_path, sheets_of(rules, logs))

    assert attainment(roll_up("2018-11")) == {
        # p1 a 30 and c 25, p3 z 29 and y 10; the row without handle belongs to no account.
        "forum": ("120.0000", "94.0000", "104.0000", "0.7833"),
        # 10 each of the three best: p1/a and p2/a have the highest raw counts.
        "any": ("20.0000", "20.0000", "70.0000", "3.5000"),
        "each": ("30.0000", "30.0000", "154.0000", "5.1333"),
        "two": ("20.0000", "20.0000", "124.0000", "6.2000"),
    }


@pytest.mark.clause("YJ-15")
def test_pair_takes_the_best_colleague_of_each_week(tmp_path):
    staff = "staff_no|name|unit|joined\nX|甲|A|2018-01-01\nY|乙|A|2018-01-01\nZ|丙|B|2018-01-01"
    logs = [
        ("2018-11-02", "X", "p1", "post", None, 20, "Y"),
        ("2018-11-03", "Y", "p1", "post", None, 15, "X"),
        ("2018-11-06", "X", "p1", "post", None, 12, "Z"),
        ("2018-11-06", "X", "p1", "post", None, 11, "Y"),
        ("2018-11-06", "Z", "p1", "post", None, 4, "X"),
        ("2018-11-06", "X", "p1", "post", None, 100),
    ]
    import_sheets(tmp_path, sheets_of("A|pair|互换|post|p1|pair|week|30||||||2018-01-01", logs, staff=staff))

    result = roll_up("2018-11")

    assert attainment(result) == {"pair": ("150.0000", "46.0000", "51.0000", "0.3067")}
    assert attainment(result, "Y") == {"pair": ("150.0000", "41.0000", "46.0000", "0.2733")}
    assert attainment(result, "Z") == {}


@pytest.mark.clause("YJ-20")
def test_closed_platforms_are_left_out(tmp_path):
    platforms = (
        "code|name|kind|opened|closed\np1|一|forum||\np2|二|forum||2018-10-31\np3|三|forum||2018-11-01"
    )
    rules = """A|each|平台|post|p1,p2,p3|platform|month|10||||||2018-01-01
        A|gone|关|post|p2|person|month|10||||||2018-01-01
        A|owed|论坛|post|p1,p2|account|month|10|2|3||||2018-01-01"""
    logs = [("2018-11-02", "X", "p1", "post", "a", 4), ("2018-11-02", "X", "p2", "post", "a", 10)]
    logs += [("2018-11-20", "X", "p3", "post", "a", 9)]
    import_sheets(tmp_path, sheets_of(rules, logs, platforms=platforms))

    assert attainment(roll_up("2018-11")) == {
        "each": ("20.0000", "13.0000", "13.0000", "0.6500"),
        "gone": None,
        "owed": ("60.0000", "4.0000", "4.0000", "0.0667"),
    }


@pytest.mark.clause("YJ-02")
def test_nearer_unit_and_higher_document_win(tmp_path):
    rules = """unit|code|name|activities|platforms|basis|period|amount|valid_from|document
        R|near|近|post|p1|person|month|10|2018-01-01|
        A|near|近|post|p1|person|month|20|2018-01-01|
        R|high|高|post|p1|person|month|10|2018-01-01|D1
        A|high|高|post|p1|person|month|20|2018-01-01|D2"""
    documents = "number|version|title|precedence\nD1|1|公司制度|10\nD2|1|部门制度|5"
    import_sheets(tmp_path, sheets_of("", quota_rules=rules, documents=documents))

    targets = {code: figures[0] for code, figures in attainment(roll_up("2018-11")).items()}
    assert targets == {"near": "20.0000", "high": "10.0000"}


@pytest.mark.clause("KQ-22", "KQ-24")
def test_worked_example_of_a_score(tmp_path):
    quotas = [
        ("tie", 200, 188),
        ("forum", 300, 340),
        ("qa", 120, 60),
        ("blog", 150, 150),
        ("weibo", 200, 260),
    ]
    weights = {"tie": 20, "forum": 25, "qa": 15, "blog": 20, "weibo": 20}
    rules = "\n".join(
        f"A|{code}|x|{code}|p1|person|month|{amount}||||||2018-01-01" for code, amount, _ in quotas
    )
    logs = [("2018-11-02", "X", "p1", code, None, count) for code, _, count in quotas]
    items = [f"S|{code}|x|{weight}|quota:{code}" for code, weight in weights.items()]
    other = {
        "staff": ONE_PERSON + "\nL|组长|A|2018-01-01|\nM|经理|R|2018-01-01|",
        "schemes": "code|name|unit|valid_from\nS|方案|A|2018-01-01",
        "scheme_items": "scheme|code|name|weight|source\n" + "\n".join(items),
        "score_points": """month|staff_no|code|kind|points|reason|evidence|proposed_by|approved_by
            2018-11|X|1|bonus|3|支援|记录|L|M
            2018-11|X|2|deduction|5|迟报|记录|L|M
            2018-11|X|3|veto||未批准|记录|L|""",
    }
    import_sheets(tmp_path, sheets_of(rules, logs, **other))

    score = next(row for row in roll_up("2018-11")["scores"] if row["staff_no"] == "X")

    items_shown = [(item["code"], item["weight"], item["rate"], item["score"]) for item in score.pop("items")]
    assert items_shown == [
        ("blog", "20.00", "1.0000", "20.00"),
        ("forum", "25.00", "1.1333", "28.33"),
        ("qa", "15.00", "0.5000", "0.00"),
        ("tie", "20.00", "0.9400", "18.80"),
        ("weibo", "20.00", "1.3000", "24.00"),
    ]
    assert score == {
        "staff_no": "X",
        "scheme": "S",
        "bonus_points": "3.00",
        "deduction_points": "5.00",
        "veto": False,
        "total": "89.13",
        "grade": "B",
        "coefficient": "1.00",
        "proration": "1.0000",
        "bonus": "2000.00",
        "status": "settled",
        "missing": [],
    }


def _one_score(tmp_path, items, **other):
    sheets = {
        "units": UNITS,
        "staff": ONE_PERSON,
        "schemes": "code|name|unit|valid_from\nS|方案|A|2018-01-01",
        "scheme_items": "scheme|code|name|weight|source|method|params\n" + items,
        "metrics": "code|name|direction\nmore|多|more\nless|少|less\ncases|例|less",
    }
    import_sheets(tmp_path, sheets | other)
    return roll_up("2018-11")["scores"][0]


VALUES = "metric|subject|month|value|target\nmore|X|2018-11|9|10\nless|X|2018-11|12|10\ncases|X|2018-11|3|"
METHODS = """S|a|多|30|metric:more|linear|
    S|b|少|20|metric:less|linear|
    S|c|评|20|rating||
    S|d|步|10|metric:more|step|1.00:10,0.80:8,0.70:6,0.60:4,0:0
    S|e|例|20|metric:cases|per_case|6"""


@pytest.mark.clause("KQ-23", "WZ-05")
def test_every_method_of_an_item(tmp_path):
    ratings = "month|staff_no|scheme|item|self|score\n2018-11|X|S|c|100|85.5"
    score = _one_score(tmp_path, METHODS, metric_values=VALUES, ratings=ratings)

    assert [item["score"] for item in score["items"]] == ["27.00", "16.00", "17.10", "8.00", "2.00"]
    assert (score["total"], score["grade"], score["coefficient"], score["bonus"]) == (
        "70.10",
        "C",
        "0.80",
        "1600.00",
    )


def test_missing_rating_is_named_and_never_nothing(tmp_path):
    score = _one_score(tmp_path, METHODS, metric_values=VALUES)

    assert (score["status"], score["missing"]) == ("missing", ["rating:c"])
    assert (score["total"], score["grade"], score["coefficient"], score["bonus"]) == (None, None, None, None)


def test_pay_by_score_and_caps(tmp_path):
    schemes = "code|name|unit|valid_from|pay_mode|cap|total_cap\nS|方案|A|2018-01-01|by_score|1.30|125"
    values = "metric|subject|month|value|target\nmore|X|2018-11|30|10"
    score = _one_score(tmp_path, "S|a|多|100|metric:more||", schemes=schemes, metric_values=values)

    assert (score["total"], score["bonus"]) == ("125.00", "2500.00")


def _yuanjia_logs():
    """What the one person of the next test did: lacks and surpluses of every kind."""
    first = date(2018, 11, 1)
    yield from (
        (first, "yj-qq-group", "yj-signature", None, 20),
        (first, "yj-qzone", "yj-signature", None, 10),
    )
    yield (first, "yj-qq-group", "yj-link", None, 33)
    yield (first, "yj-mail", "yj-mail-send", None, 8000)
    yield (first, "yj-tieba", "yj-post", None, 188)
    yield (first, "yj-sohu-club", "yj-post", "a", 900)
    for extra, forum in enumerate(["yj-tianya", "yj-xici", "yj-lvxing", "yj-douban-group", "yj-zhihu"]):
        yield (first, forum, "yj-post", "a", 30 + extra)
        yield (first, forum, "yj-post", "b", 30 if extra < 4 else 20)
    yield from ((first, "yj-zhidao", "yj-answer", None, 30), (first, "yj-zhidao", "yj-ask", None, 15))
    yield from ((first, "yj-zhihu", "yj-answer", None, 30), (first, "yj-360-wenda", "yj-ask", None, 31))
    for offset in range(30):
        for handle in "abcde":
            day = first + timedelta(offset)
            yield (day, "yj-wechat", "yj-blog-original", handle, 1 if offset else 2)
    for handle in "abcd":
        yield (first, "yj-toutiao", "yj-comment-article", handle, 30)
    for extra, handle in enumerate("abcdef"):
        yield (first, "yj-toutiao", "yj-comment-post", handle, 30 + extra)
    for offset in (0, 7, 14, 21, 28):
        yield (first + timedelta(offset), "yj-baike" if offset else "yj-wenku", "yj-wiki-update", None, 2)
    yield from ((first, "yj-weibo", "yj-weibo-original", "w", 60), (first, "yj-weibo", "yj-repost", "w", 50))
    yield (first, "yj-moments", "yj-moment", None, 100)
    yield (first, "yj-qq-weibo", "yj-private-message", None, 90)


@pytest.mark.clause(
    "YJ-07", "YJ-08", "YJ-09", "YJ-10", "YJ-11", "YJ-12", "YJ-13", "YJ-14", "YJ-15", "YJ-16", "YJ-18", "YJ-19"
)
def test_one_person_under_all_quotas_of_the_handbook(tmp_path):
    call_command("load_preset", "yuanjia", verbosity=0)
    logs = [["日期", "工号", "平台", "动作", "账号名", "数量", "互动同事"]]
    logs += [[day, "E1", platform, *rest, None] for day, platform, *rest in _yuanjia_logs()]
    for day in (1, 6, 13, 20):
        logs += [[date(2018, 11, day), "E1", "yj-toutiao", "yj-blog-exchange", None, 20, "E2"]]
        logs += [[date(2018, 11, day), "E2", "yj-toutiao", "yj-blog-exchange", None, 15, "E1"]]
    staff = """工号|姓名|组织|入职日期|绩效基数
        E1|张|yj-promo-business|2017-01-01|3000
        E2|李|yj-promo-welfare|2017-01-01|3000"""
    import_sheets(tmp_path, {"人员": staff, "推广日志": logs})

    result = roll_up("2018-11", "yj-promo-business")

    assert attainment(result, "E1") == {
        "yj-qq-signature": ("30.0000", "30.0000", "30.0000", "1.0000"),
        "yj-qq-link": ("30.0000", "30.0000", "33.0000", "1.1000"),
        "yj-mail-send": ("10000.0000", "8000.0000", "8000.0000", "0.8000"),
        "yj-tieba-post": ("200.0000", "188.0000", "188.0000", "0.9400"),
        "yj-forum-post": ("300.0000", "290.0000", "300.0000", "0.9667"),
        "yj-zhidao-answer": ("30.0000", "30.0000", "30.0000", "1.0000"),
        "yj-zhidao-ask": ("30.0000", "15.0000", "15.0000", "0.5000"),
        "yj-qa-answer": ("30.0000", "30.0000", "30.0000", "1.0000"),
        "yj-qa-ask": ("30.0000", "30.0000", "31.0000", "1.0333"),
        "yj-blog-original": ("150.0000", "150.0000", "155.0000", "1.0333"),
        "yj-blog-exchange": ("150.0000", "120.0000", "140.0000", "0.8000"),
        "yj-comment-article": ("150.0000", "120.0000", "120.0000", "0.8000"),
        "yj-comment-post": ("150.0000", "150.0000", "165.0000", "1.1000"),
        "yj-wiki-update": ("10.0000", "10.0000", "10.0000", "1.0000"),
        "yj-weibo-item": ("300.0000", "290.0000", "300.0000", "0.9667"),
    }
    assert {row["staff_no"] for row in result["scores"]} == {"E1"}
    score = result["scores"][0]
    # Blog (1.0333 + 0.8 + 0.8 + 1.1) ÷ 4, questions (1 + 0.5 + 1 + 1.0333) ÷ 4, each times its weight.
    assert {item["code"]: item["score"] for item in score["items"]} == {
        "yj-item-forum": "24.17",
        "yj-item-tieba": "18.80",
        "yj-item-blog": "18.67",
        "yj-item-weibo": "19.33",
        "yj-item-qa": "13.25",
    }
    assert (score["total"], score["grade"], score["bonus"]) == ("94.22", "A", "3600.00")
