"""The rules of the measured organisation, as the tables that anybody would import.

One company with 100 groups; 14 quota rules of every basis and period, an assessment scheme of 5 items, 50
stores with a weekend campaign and the pool that it feeds.
"""

import datetime as dt
from collections.abc import Iterator
from typing import Any

from core.months import Month
from core.spreadsheets.reader import Sheet, sheet_of_rows

MONTH = Month(2024, 5)
START = "2020-01-01"
COMPANY, SCHEME, POOL, CAMPAIGN = "bm-company", "bm-monthly", "bm-pool", "bm-weekend"
RATED_ITEM = "bm-item-manner"
GROUPS = [f"bm-group-{number:03d}" for number in range(100)]
STORES = [f"bm-store-{number:02d}" for number in range(50)]
DAYS_OF_A_STORE = 400
CAMPAIGN_DAYS = (dt.date(2024, 5, 25), dt.date(2024, 5, 26))
ROLES = ("planner", "supervisor", "editor", "designer", "it", "operations", "service")

FORUMS = ["bm-forum-a", "bm-forum-b", "bm-forum-c", "bm-forum-d", "bm-forum-e", "bm-forum-f"]
BLOGS = ["bm-blog-a", "bm-blog-b", "bm-blog-c", "bm-blog-d"]
QA = ["bm-qa-a", "bm-qa-b"]
WEIBO = ["bm-weibo-a", "bm-weibo-b"]
OTHERS = ["bm-tieba", "bm-zhidao", "bm-qq", "bm-mail", "bm-wiki"]
PLATFORMS = [*FORUMS, *BLOGS, *QA, *WEIBO, *OTHERS]

# code, activity, platforms, basis, period, amount, accounts, platforms required, day basis, surplus
RULES: list[tuple[str, str, list[str], str, str, int, int | None, int | None, str, str]] = [
    ("bm-signature", "bm-sign", ["bm-qq"], "person", "month", 30, None, None, "calendar", "none"),
    ("bm-link", "bm-link", ["bm-qq"], "person", "month", 30, None, None, "calendar", "none"),
    ("bm-mail", "bm-send", ["bm-mail"], "person", "month", 10_000, None, None, "calendar", "none"),
    ("bm-tieba-post", "bm-post", ["bm-tieba"], "person", "month", 200, None, None, "calendar", "none"),
    ("bm-forum-post", "bm-post", FORUMS, "account", "month", 30, 2, 5, "calendar", "none"),
    ("bm-zhidao-answer", "bm-answer", ["bm-zhidao"], "person", "month", 30, None, None, "calendar", "none"),
    ("bm-zhidao-ask", "bm-ask", ["bm-zhidao"], "person", "day", 1, None, None, "workday", "month"),
    ("bm-qa-answer", "bm-answer", QA, "person", "month", 30, None, None, "calendar", "none"),
    ("bm-blog-original", "bm-original", BLOGS, "account", "day", 1, 2, None, "calendar", "none"),
    ("bm-blog-exchange", "bm-exchange", BLOGS, "pair", "week", 30, None, None, "calendar", "none"),
    ("bm-comment", "bm-comment", BLOGS, "account", "month", 30, 5, None, "calendar", "none"),
    ("bm-wiki", "bm-update", ["bm-wiki"], "person", "week", 2, None, None, "calendar", "none"),
    ("bm-weibo", "bm-item", WEIBO, "platform", "month", 100, None, None, "calendar", "none"),
    ("bm-repost", "bm-repost", WEIBO, "platform", "day", 2, None, 1, "workday", "none"),
]

# code, weight, source, method
ITEMS = [
    ("bm-item-forum", 25, "quota:bm-forum-post", "linear"),
    ("bm-item-tieba", 20, "quota:bm-tieba-post", "linear"),
    ("bm-item-blog", 20, "quota:bm-blog-original+bm-blog-exchange+bm-comment", "linear"),
    ("bm-item-all", 20, "quota:*", "linear"),
    (RATED_ITEM, 15, "rating", "manual"),
]


def rules() -> Iterator[Sheet]:
    """Everything but people and what they did."""
    yield _sheet("units", [{"code": COMPANY, "name": "基准公司", "kind": "company", "parent": None}]
                 + [{"code": code, "name": f"第{number}组", "kind": "group", "parent": COMPANY}
                    for number, code in enumerate(GROUPS)])  # fmt: skip
    yield _sheet("platforms", [{"code": code, "name": code, "kind": "other"} for code in PLATFORMS])
    names = ("unit", "code", "name", "activities", "platforms", "basis", "period", "amount",
             "accounts_required", "platforms_required", "day_basis", "surplus", "valid_from")  # fmt: skip
    yield _sheet("quota_rules", [
        dict(zip(names, (COMPANY, code, code, activity, ",".join(platforms), *rest, START), strict=True))
        for code, activity, platforms, *rest in RULES
    ])  # fmt: skip
    yield _sheet("schemes", [{"code": SCHEME, "name": "月度考核", "unit": COMPANY, "valid_from": START}])
    yield _sheet("scheme_items", [
        {"scheme": SCHEME, "valid_from": START, "code": code, "name": code, "weight": weight,
         "source": source, "method": method} for code, weight, source, method in ITEMS
    ])  # fmt: skip
    yield _sheet("stores", [{"code": code, "name": code, "unit": COMPANY} for code in STORES])
    first, last = CAMPAIGN_DAYS
    yield _sheet("campaigns", [{"code": CAMPAIGN, "name": "周末活动", "unit": COMPANY, "type": "weekend",
                                "scale": "medium", "start": first, "end": last, "stores": "*"}])  # fmt: skip
    yield _sheet("articles", [{"code": "bm-article", "unit": COMPANY, "published": first, "title": "周末活动",
                               "kind": "activity", "campaign": CAMPAIGN, "readers": 2500}])  # fmt: skip
    yield _sheet("pool_schemes", [{"code": POOL, "name": "激励方案", "unit": COMPANY, "valid_from": START,
                                   "rate": "0.20", "reserve_share": "0.20"}])  # fmt: skip
    shares = ("0.15", "0.15", "0.10", "0.10", "0.10", "0.10", "0.10")
    yield _sheet("pool_roles", [
        {"scheme": POOL, "valid_from": START, "role": role, "name": role, "share": share, "order": order}
        for order, (role, share) in enumerate(zip(ROLES, shares, strict=True), 1)
    ])  # fmt: skip


def holders(staff_numbers: list[str]) -> Iterator[Sheet]:
    """Who holds the roles of the pool."""
    yield _sheet("role_holders", [
        {"scheme": POOL, "role": role, "staff_no": staff_no, "start": START}
        for role, staff_no in zip(ROLES, staff_numbers, strict=False)
    ])  # fmt: skip


def _sheet(name: str, rows: list[dict[str, Any]]) -> Sheet:
    columns = tuple(rows[0])
    cells = ((number, tuple(row[column] for column in columns)) for number, row in enumerate(rows, 2))
    return sheet_of_rows(name, iter([(1, columns), *cells]))
