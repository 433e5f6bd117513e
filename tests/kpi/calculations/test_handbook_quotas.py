"""The quotas of the handbook: what one person owes in a 30-day month."""

import pytest

from tests.kpi.calculations.builders import attain, figures, rule

FORUMS = ("f1", "f2", "f3", "f4", "f5", "f6", "f7")

# One person, full service, a 30-day month (calculation.md §1, last paragraph; domain.md §9).
HANDBOOK = [
    pytest.param(
        {"platforms": ["qq"], "activities": ["comment"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-07"),
        id="qq-comment",
    ),
    pytest.param(
        {"platforms": ["qq"], "activities": ["link"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-08"),
        id="qq-link",
    ),
    pytest.param(
        {"platforms": ["mail"], "activities": ["send"], "amount": 10000},
        "10000.0000",
        marks=pytest.mark.clause("YJ-09"),
        id="mail",
    ),
    pytest.param({"amount": 200}, "200.0000", marks=pytest.mark.clause("YJ-10"), id="tieba"),
    pytest.param(
        {
            "platforms": FORUMS,
            "basis": "account",
            "amount": 30,
            "accounts_required": 2,
            "platforms_required": 5,
        },
        "300.0000",
        marks=pytest.mark.clause("YJ-11"),
        id="forum",
    ),
    pytest.param(
        {"platforms": ["zhidao"], "activities": ["answer"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-12"),
        id="baidu-answer",
    ),
    pytest.param(
        {"platforms": ["zhidao"], "activities": ["ask"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-12"),
        id="baidu-ask",
    ),
    pytest.param(
        {"platforms": ["zhihu", "wenwen"], "activities": ["answer"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-13"),
        id="other-answer",
    ),
    pytest.param(
        {"platforms": ["zhihu", "wenwen"], "activities": ["ask"], "amount": 30},
        "30.0000",
        marks=pytest.mark.clause("YJ-13"),
        id="other-ask",
    ),
    pytest.param(
        {"platforms": ["blog"], "basis": "account", "period": "day", "amount": 1, "accounts_required": 5},
        "150.0000",
        marks=pytest.mark.clause("YJ-14"),
        id="blog-original",
    ),
    pytest.param(
        {
            "platforms": ["blog"],
            "basis": "account",
            "period": "day",
            "day_basis": "workday",
            "amount": 1,
            "accounts_required": 5,
        },
        "110.0000",
        marks=pytest.mark.clause("YJ-14"),
        id="blog-original-workdays",
    ),
    pytest.param(
        {"platforms": ["blog"], "basis": "account", "amount": 30, "accounts_required": 5},
        "150.0000",
        marks=pytest.mark.clause("YJ-16"),
        id="blog-comment",
    ),
    pytest.param(
        {"platforms": ["blog", "f1"], "basis": "account", "amount": 30, "accounts_required": 5},
        "150.0000",
        marks=pytest.mark.clause("YJ-16"),
        id="post-comment",
    ),
    pytest.param(
        {"platforms": ["weibo"], "basis": "platform", "amount": 100},
        "100.0000",
        marks=pytest.mark.clause("YJ-19"),
        id="weibo-one",
    ),
    pytest.param(
        {"platforms": ["weibo", "wechat"], "basis": "platform", "amount": 100},
        "200.0000",
        marks=pytest.mark.clause("YJ-19"),
        id="weibo-each-of-two",
    ),
    pytest.param(
        {"platforms": ["f1"], "period": "day", "amount": 2},
        "60.0000",
        marks=pytest.mark.clause("WZ-17"),
        id="service-staff-forum",
    ),
]


@pytest.mark.parametrize(("changes", "target"), HANDBOOK)
def test_target_of_the_handbook_quotas(changes, target):
    result = attain(rule(**changes))

    assert figures(result) == (target, "0.0000", "0.0000", "0.0000")
