"""The presets hold what the four source documents say, number by number."""

import re
from collections import Counter

import pytest

from tests.presets.tables import rows_of


@pytest.mark.clause("YJ-03")
@pytest.mark.clause("YJ-04")
def test_yuanjia_has_five_departments_and_eleven_groups() -> None:
    units = {row["code"]: row for row in rows_of("yuanjia", "units")}
    kinds = Counter(row["kind"] for row in units.values())
    groups = Counter(units[row["parent"]]["name"] for row in units.values() if row["kind"] == "group")

    assert kinds == {"company": 1, "centre": 1, "department": 5, "group": 11}
    assert groups == {"平台项目部": 3, "客户服务部": 2, "推广执行部": 2, "策划创意部": 2, "技术研发部": 2}
    assert [(row["unit"], row["name"]) for row in rows_of("yuanjia", "positions")] == [
        ("yj-ops", "运营总监"),
        ("yj-ops", "助理"),
        ("yj-plan", "产品经理"),
    ]
    assert units["yj-promo"]["reports_to"] == "yj-ops"


@pytest.mark.clause("YJ-05")
def test_yuanjia_duty_tables_are_complete_and_numbered() -> None:
    duties = rows_of("yuanjia", "duties")
    numbers: dict[str, list[int]] = {}
    for row in duties:
        numbers.setdefault(row["unit"], []).append(int(row["number"]))
    assert numbers == {
        "yj-promo": list(range(1, 13)),
        "yj-platform": [1, 2, 3, 4],
        "yj-service": [1, 2, 3, 4, 5],
        "yj-plan": [1, 2, 3],
    }
    assert Counter(row["category"] for row in duties if row["unit"] == "yj-service") == {
        "客户服务": 3,
        "数据应用": 2,
    }


@pytest.mark.clause("YJ-06")
def test_yuanjia_director_has_six_duties_and_requirements() -> None:
    director = next(row for row in rows_of("yuanjia", "positions") if row["code"] == "yj-director")
    assert re.findall(r"(\d)\. ", director["duties"]) == ["1", "2", "3", "4", "5", "6"]
    assert director["requirements"]


@pytest.mark.parametrize(
    ("code", "figures"),
    [
        pytest.param("yj-qq-signature", "person month 30 1 - YJ-07", marks=pytest.mark.clause("YJ-07")),
        pytest.param("yj-qq-link", "person month 30 - - YJ-08", marks=pytest.mark.clause("YJ-08")),
        pytest.param("yj-mail-send", "person month 10000 - - YJ-09", marks=pytest.mark.clause("YJ-09")),
        pytest.param("yj-tieba-post", "person month 200 - - YJ-10", marks=pytest.mark.clause("YJ-10")),
        pytest.param("yj-forum-post", "account month 30 2 5 YJ-11", marks=pytest.mark.clause("YJ-11")),
        pytest.param("yj-zhidao-answer", "person month 30 - - YJ-12", marks=pytest.mark.clause("YJ-12")),
        pytest.param("yj-zhidao-ask", "person month 30 - - YJ-12", marks=pytest.mark.clause("YJ-12")),
        pytest.param("yj-qa-answer", "person month 30 - - YJ-13", marks=pytest.mark.clause("YJ-13")),
        pytest.param("yj-qa-ask", "person month 30 - - YJ-13", marks=pytest.mark.clause("YJ-13")),
        pytest.param("yj-blog-original", "account day 1 5 - YJ-14", marks=pytest.mark.clause("YJ-14")),
        pytest.param("yj-blog-exchange", "pair week 30 - - YJ-15", marks=pytest.mark.clause("YJ-15")),
        pytest.param("yj-comment-article", "account month 30 5 - YJ-16", marks=pytest.mark.clause("YJ-16")),
        pytest.param("yj-comment-post", "account month 30 5 - YJ-16", marks=pytest.mark.clause("YJ-16")),
        pytest.param("yj-wiki-update", "person week 2 - - YJ-18", marks=pytest.mark.clause("YJ-18")),
        pytest.param("yj-weibo-item", "platform month 100 5 - YJ-19", marks=pytest.mark.clause("YJ-19")),
    ],
)
def test_yuanjia_quotas_are_those_of_the_handbook(code: str, figures: str) -> None:
    rules = {row["code"]: row for row in rows_of("yuanjia", "quota_rules")}
    columns = ["basis", "period", "amount", "accounts_required", "platforms_required", "clause"]
    assert len(rules) == 15
    assert [rules[code][column] or "-" for column in columns] == figures.split()


@pytest.mark.clause("YJ-17")
def test_the_duty_without_a_number_is_in_the_blog_row() -> None:
    blog = next(
        row for row in rows_of("yuanjia", "duties") if (row["unit"], row["number"]) == ("yj-promo", "9")
    )
    assert "认证账户要主动回复评论" in blog["summary"]


@pytest.mark.clause("YJ-20")
def test_closed_platforms_stay_in_the_set_and_enough_live_ones_remain() -> None:
    platforms = {row["code"]: row for row in rows_of("yuanjia", "platforms")}
    rules = {row["code"]: row["platforms"].split(",") for row in rows_of("yuanjia", "quota_rules")}
    forums = rules["yj-forum-post"]

    assert {platforms[code]["name"] for code in forums if platforms[code]["closed"]} == {
        "搜狐社区",
        "天涯论坛",
        "西祠胡同",
        "驴行网",
    }
    assert platforms["yj-sohu-club"]["closed"][:4] == "2017"
    assert platforms["yj-tianya"]["closed"][:7] == "2023-04"
    assert platforms["yj-qq-weibo"]["closed"] == "2020-09-28"
    assert len([code for code in forums if not platforms[code]["closed"]]) >= 5
    assert all(any(not platforms[code]["closed"] for code in codes) for codes in rules.values())
    assert [row["code"] for row in platforms.values() if row["closed"] and not row["successor"]] == []


@pytest.mark.clause("YJ-02")
def test_company_policy_precedes_the_handbook() -> None:
    precedence = {row["number"]: int(row["precedence"]) for row in rows_of("yuanjia", "documents")}
    assert precedence["yj-company-policy"] > precedence["yj-handbook"] > 0


def test_yuanjia_promotion_weights_are_the_default_groups() -> None:
    weights = {row["code"]: row["weight"] for row in rows_of("yuanjia", "scheme_items")}
    assert weights == {
        "yj-item-forum": "25",
        "yj-item-tieba": "20",
        "yj-item-blog": "20",
        "yj-item-weibo": "20",
        "yj-item-qa": "15",
    }


@pytest.mark.clause("HT-05")
@pytest.mark.clause("HT-06")
@pytest.mark.clause("HT-07")
@pytest.mark.clause("HT-21")
@pytest.mark.clause("HT-22")
def test_haitang_pool_figures_are_those_of_the_plan() -> None:
    (scheme,) = rows_of("haitang", "pool_schemes")
    del scheme["name"], scheme["unit"]
    assert scheme == {
        "code": "ht-pool",
        "valid_from": "2018-01-01",
        "rate": "0.20",
        "reserve_share": "0.20",
        "base_year": "2018",
        "growth": "0.20",
        "activity_reach": "3000",
        "welfare_reach": "1000",
        "combine": "max",
        "residual": "largest_remainder",
        "withheld": "hold",
        "reach_days": "7",
        "monthly_fund": "2000.00",
        "account_fee": "200.00",
        "account_fee_month": "1",
        "fee_employee": "100.00",
        "fee_pharmacist": "200.00",
        "fee_customer": "200.00",
    }


@pytest.mark.clause("HT-04")
@pytest.mark.clause("HT-08")
@pytest.mark.clause("HT-29")
def test_haitang_roles_shares_and_assessors() -> None:
    roles = [
        (row["role"], row["share"], row["order"], row["assessor"]) for row in rows_of("haitang", "pool_roles")
    ]
    assert roles == [
        ("planner", "0.15", "1", "gm"),
        ("supervisor", "0.15", "2", "gm"),
        ("editor", "0.10", "3", "vice_gm"),
        ("designer", "0.10", "4", "planner"),
        ("it", "0.10", "5", "planner"),
        ("operations", "0.10", "6", "supervisor"),
        ("service", "0.10", "7", "planner"),
    ]


@pytest.mark.parametrize(
    ("code", "figures"),
    [
        pytest.param(
            "ht-planner-activity", "planner month percent - - 1 HT-09", marks=pytest.mark.clause("HT-09")
        ),
        pytest.param(
            "ht-supervisor-execution",
            "supervisor month percent - - - HT-10",
            marks=pytest.mark.clause("HT-10"),
        ),
        pytest.param("ht-editor-drafts", "editor month share 3 - 2 HT-11", marks=pytest.mark.clause("HT-11")),
        pytest.param(
            "ht-editor-content", "editor month share 3 - - HT-12", marks=pytest.mark.clause("HT-12")
        ),
        pytest.param(
            "ht-editor-papers", "editor campaign share 3 - - HT-12", marks=pytest.mark.clause("HT-12")
        ),
        pytest.param(
            "ht-designer-templates",
            "designer year per_case 0.20 12-31 5 HT-13",
            marks=pytest.mark.clause("HT-13"),
        ),
        pytest.param(
            "ht-designer-artwork", "designer month share 2 - - HT-14", marks=pytest.mark.clause("HT-14")
        ),
        pytest.param(
            "ht-it-interfaces", "it year per_case 0.20 12-31 1 HT-15", marks=pytest.mark.clause("HT-15")
        ),
        pytest.param("ht-it-channels", "it year per_case 0 12-31 3 HT-16", marks=pytest.mark.clause("HT-16")),
        pytest.param(
            "ht-it-complaint", "it month per_case 0.10 - - HT-17", marks=pytest.mark.clause("HT-17")
        ),
        pytest.param(
            "ht-operations-store",
            "operations campaign per_case 0.10 - - HT-18",
            marks=pytest.mark.clause("HT-18"),
        ),
        pytest.param(
            "ht-service-files", "service campaign percent - - - HT-19", marks=pytest.mark.clause("HT-19")
        ),
        pytest.param(
            "ht-service-slow-reply",
            "service month per_case 0.20 - - HT-20",
            marks=pytest.mark.clause("HT-20"),
        ),
        pytest.param(
            "ht-service-summary", "service campaign all - - 1 HT-20", marks=pytest.mark.clause("HT-20")
        ),
    ],
)
def test_haitang_deductions_are_those_of_the_plan(code: str, figures: str) -> None:
    rules = {row["code"]: row for row in rows_of("haitang", "finding_rules")}
    assert len(rules) == 14
    columns = ["role", "scope", "mode", "value", "due", "required", "clause"]
    assert [rules[code][column] or "-" for column in columns] == figures.split()


@pytest.mark.clause("HT-23")
@pytest.mark.clause("HT-24")
def test_haitang_manuscripts_are_those_of_the_plan() -> None:
    rows = {row["author_kind"]: row for row in rows_of("haitang", "manuscript_rules")}
    lengths = {kind: (row["min_characters"], row["max_characters"]) for kind, row in rows.items()}
    assert lengths == {"employee": ("300", "400"), "pharmacist": ("", ""), "customer": ("", "")}
    routes = {kind: row["screening"] for kind, row in rows.items()}
    assert routes == {"employee": "editor", "pharmacist": "service", "customer": "service"}
    # The direct management team votes.
    assert {row["voters"] for row in rows.values()} == {"planner,supervisor,editor,designer"}
    assert all(row["criteria"] for row in rows.values())


@pytest.mark.clause("HT-25")
@pytest.mark.clause("HT-26")
@pytest.mark.clause("HT-28")
def test_haitang_baselines_cover_every_type_and_scale_from_2018() -> None:
    rows = {(row["type"], row["scale"]): row for row in rows_of("haitang", "baseline_methods")}
    by_type = {
        "weekend": "prev_weekends_same_weekday",
        "member_day": "same_member_day_prev_months",
        "manufacturer": "nearest_ordinary_days",
        "other": "nearest_ordinary_days",
    }
    assert {key: (row["method"], row["n"], row["clause"]) for key, row in rows.items()} == {
        (kind, scale): ("last_year_same_dates", "", "HT-26") if scale == "large" else (method, "3", "HT-25")
        for kind, method in by_type.items()
        for scale in ("small", "medium", "large")
    }
    assert {row["valid_from"] for row in rows.values()} == {"2018-01-01"}


@pytest.mark.clause("KQ-01")
@pytest.mark.clause("KQ-22")
@pytest.mark.clause("KQ-23")
def test_dental_has_four_groups_and_three_assessed_sides() -> None:
    assert [row["name"] for row in rows_of("dental", "units") if row["kind"] == "group"] == [
        "网络推广组",
        "内容策划组",
        "客户服务组",
        "数据分析组",
    ]
    assert Counter(row["unit"] for row in rows_of("dental", "duties")) == dict.fromkeys(
        ("kq-ops", "kq-promotion", "kq-content", "kq-service", "kq-data"), 4
    )
    assert [(row["name"], row["weight"], row["source"]) for row in rows_of("dental", "scheme_items")] == [
        ("工作业绩", "70", "metric:kq-work-result"),
        ("工作态度", "15", "rating"),
        ("团队协作", "15", "rating"),
    ]


@pytest.mark.clause("WZ-17")
def test_shop_service_owes_two_forum_posts_a_day() -> None:
    (rule,) = rows_of("workplans", "quota_rules")
    assert (rule["unit"], rule["basis"], rule["period"], rule["amount"], rule["clause"]) == (
        "wz-shop-service",
        "person",
        "day",
        "2",
        "WZ-17",
    )
