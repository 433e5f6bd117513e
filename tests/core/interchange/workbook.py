"""One complete valid workbook: at least one row in every table, all dates in one past month."""

# ruff: noqa: E501 — a row of a table is a line

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from core import registry
from core.interchange.importer import ImportReport, import_sheets
from core.spreadsheets.csv_reader import Sheet
from core.spreadsheets.reader import sheet_of_rows

Cells = dict[str, Any]
Tables = dict[str, list[Cells]]

_COMPLETE: Tables = {
    "units": [
        {"code": "t-co", "name": "某公司", "kind": "company", "parent": None, "reports_to": None,
        "head": "t-3",
         "valid_from": "2018-11-01"},
        {"code": "t-ops", "name": "推广部", "kind": "department", "parent": "t-co", "reports_to": "t-co",
         "head": "t-2", "valid_from": "2018-11-01"},
    ],
    "positions": [{"unit": "t-ops", "code": "t-writer", "name": "文案", "headcount": 2, "duties": "写稿",
                   "requirements": "会写"}],
    "duties": [{"unit": "t-ops", "number": 1, "category": "推广", "item": "发帖", "summary": "每天",
                "position": "t-writer"}],
    "activities": [{"code": "t-post", "name": "发帖"}],
    "documents": [{"number": "T-01", "version": "A/0", "title": "考核办法", "unit": "t-co", "drafted_by": "甲",
                   "drafted_on": "2018-11-01", "reviewed_by": "乙", "approved_by": "丙",
                   "effective_from": "2018-11-02", "precedence": 1}],
    "staff": [
        {"staff_no": "t-1", "name": "甲", "unit": "t-ops", "position": "t-writer", "role": "staff",
         "joined": "2018-11-01", "left": None, "phone": "13800000000", "bonus_base": "2000.00", "username": "t-user"},
        {"staff_no": "t-2", "name": "乙", "unit": "t-ops", "position": None, "role": "leader",
         "joined": "2018-11-01", "left": None, "phone": None, "bonus_base": None, "username": None},
        {"staff_no": "t-3", "name": "丙", "unit": "t-co", "position": None, "role": "director",
         "joined": "2018-11-01", "left": None, "phone": None, "bonus_base": None, "username": None},
    ],
    "assignments": [{"staff_no": "t-1", "unit": "t-ops", "position": "t-writer", "start": "2018-11-01", "end": None}],
    "grants": [{"staff_no": "t-1", "role": "leader", "unit": "t-ops", "start": "2018-11-01", "end": "2018-11-30"}],
    "leaves": [{"staff_no": "t-1", "start": "2018-11-05", "end": "2018-11-06", "kind": "年假",
                "reduces_target": "是"}],
    "calendar": [{"date": "2018-11-12", "kind": "weekend", "note": "店庆"}],
    "platforms": [
        {"code": "t-forum", "name": "论坛", "kind": "forum", "domains": "a.example,b.example",
         "opened": "2018-11-01", "closed": None, "successor": "t-blog"},
        {"code": "t-blog", "name": "博客", "kind": "blog", "domains": None, "opened": None, "closed": None,
         "successor": None},
    ],
    "accounts": [{"platform": "t-forum", "handle": "h1", "staff_no": "t-1", "verified": "是",
                  "opened": "2018-11-01", "closed": None, "client": "客户"}],
    "quota_rules": [{"unit": "t-ops", "code": "t-quota", "name": "发帖量", "activities": "t-post,t-reply",
                     "platforms": "t-forum,t-blog", "basis": "account", "period": "day", "amount": 5,
                     "accounts_required": 2, "platforms_required": 1, "day_basis": "workday", "surplus": "month",
                     "weight": 2, "valid_from": "2018-11-01", "valid_to": "2018-11-30", "document": "T-01",
                     "clause": "第3条"}],
    "month_policies": [{"unit": "t-ops", "valid_from": "2018-11-01", "entry_close_day": 5, "sample_rate": "0.25",
                        "sample_min": 4, "accept_bound": "0.05", "burst_rows": 40, "burst_minutes": 2,
                        "usual_factor": 6, "self_due": 6, "manager_due": 8, "review_due": 10}],
    "logs": [
        {"row_id": "t-r1", "date": "2018-11-02", "staff_no": "t-1", "platform": "t-forum",
        "activity": "t-post",
         "handle": "h1", "count": 5, "url": "https://a.example/1", "partner": "t-2", "status": "valid",
         "supersedes": "t-r2", "duty": 1, "note": "更正"},
        {"row_id": "t-r2", "date": "2018-11-02", "staff_no": "t-1", "platform": "t-forum",
        "activity": "t-post",
         "handle": "h1", "count": 4, "url": None, "partner": None, "status": "submitted", "supersedes": None,
         "duty": None, "note": None},
        {"row_id": None, "date": "2018-11-03", "staff_no": "t-2", "platform": "t-blog", "activity": "t-reply",
         "handle": None, "count": 0, "url": None, "partner": None, "status": "rejected", "supersedes": None,
         "duty": None, "note": None},
    ],
    "metrics": [{"code": "t-leads", "name": "线索", "unit_of_measure": "条", "direction": "less"}],
    "metric_values": [
        {"metric": "t-leads", "subject": "t-1", "month": "2018-11", "value": 42, "target": "50.5"},
        {"metric": "t-leads", "subject": "t-ops", "month": "2018-11", "value": 7, "target": None},
    ],
    "schemes": [{"code": "t-score", "name": "考核", "unit": "t-ops", "position": "t-writer",
                 "valid_from": "2018-11-01", "cap": "1.5", "threshold": "0.5", "total_cap": 110, "bonus_max": 5,
                 "deduct_max": 20, "appeal_days": 3, "pay_mode": "by_score", "bands": "A:85:1.30,B:0:0.70"}],
    "scheme_items": [
        {"scheme": "t-score", "valid_from": "2018-11-01", "code": "t-i1", "name": "发帖", "weight": 60,
         "source": "quota:t-quota", "method": "linear", "params": None, "clause": "一"},
        {"scheme": "t-score", "valid_from": "2018-11-01", "code": "t-i2", "name": "线索", "weight": "25.5",
         "source": "metric:t-leads", "method": "step", "params": "1.00:25,0:0", "clause": None},
        {"scheme": "t-score", "valid_from": "2018-11-01", "code": "t-i3", "name": "态度", "weight": "14.5",
         "source": "rating", "method": "manual", "params": None, "clause": None},
    ],
    "ratings": [{"month": "2018-11", "staff_no": "t-1", "scheme": "t-score", "item": "t-i3", "self": 90,
                 "score": "80.5", "remark": "好"}],
    "score_points": [{"month": "2018-11", "staff_no": "t-1", "code": "t-p1", "kind": "bonus", "points": 3,
                      "reason": "带教", "evidence": "记录", "proposed_by": "t-2", "approved_by": "t-3"}],
    "stores": [{"code": "t-s1", "name": "一店", "unit": "t-ops", "opened": "2018-11-01", "closed": None}],
    "store_days": [{"date": "2018-11-03", "store": "t-s1", "visitors": 100, "units": "200.5", "revenue": "4000.25",
                    "gross_profit": "1000.1250", "closed": "否"}],
    "product_days": [{"date": "2018-11-03", "store": "t-s1", "product": "p1", "units": 3, "gross_profit": "1.5"}],
    "member_days": [{"date": "2018-11-08", "unit": "t-co", "number": 1}],
    "baseline_methods": [{"unit": "t-co", "type": "weekend", "scale": "medium", "valid_from": "2018-11-01",
                          "method": "prev_weekends_same_weekday", "n": 2, "align": "weekday", "clause": "HT"}],
    "campaigns": [{"code": "t-c1", "name": "周末", "unit": "t-ops", "type": "weekend", "scale": "medium",
                   "start": "2018-11-10", "end": "2018-11-10", "stores": "t-s1", "products": "p1,p2", "pays": "是",
                   "status": "approved", "baseline": "fixed_dates", "baseline_dates": "2018-11-03,2018-11-04",
                   "plan": "是", "summary": "否"}],
    "articles": [{"code": "t-a1", "unit": "t-ops", "published": "2018-11-10", "title": "活动", "kind": "activity",
                  "campaign": "t-c1", "readers": 3000, "shares": 5, "likes": 6}],
    "article_readings": [{"article": "t-a1", "date": "2018-11-17", "readers": 3000, "shares": 5, "likes": 6}],
    "pool_schemes": [{"code": "t-pool", "name": "激励", "unit": "t-co", "valid_from": "2018-11-01", "rate": "25%",
                      "reserve_share": "0.1", "base_year": 2017, "growth": "0.1", "activity_reach": 2000,
                      "welfare_reach": 500, "combine": "sum", "residual": "reserve_absorbs", "withheld": "company",
                      "reach_days": 10, "monthly_fund": 500, "account_fee": 120, "account_fee_month": 5,
                      "fee_employee": 80, "fee_pharmacist": 150, "fee_customer": 120}],
    "pool_roles": [
        {"scheme": "t-pool", "valid_from": "2018-11-01", "role": "lead", "name": "牵头", "share":
        "0.5", "order": 1,
         "unit": "t-ops", "duty": "牵头", "assessor": "gm"},
        {"scheme": "t-pool", "valid_from": "2018-11-01", "role": "writer", "name": "文案", "share":
        "0.4", "order": None,
         "unit": None, "duty": None, "assessor": "lead"},
    ],
    "role_holders": [{"scheme": "t-pool", "role": "lead", "staff_no": "t-1", "start": "2018-11-01",
                      "end": "2018-11-30"}],
    "finding_rules": [
        {"scheme": "t-pool", "valid_from": "2018-11-01", "code": "t-f1", "role": "lead", "name": "缺方案",
         "scope": "campaign", "mode": "per_case", "value": "0.10", "due": "25日", "required": 2, "clause": "HT-09"},
        {"scheme": "t-pool", "valid_from": "2018-11-01", "code": "t-f2", "role": "lead", "name": "年度",
         "scope": "year", "mode": "percent", "value": None, "due": None, "required": None, "clause": None},
        {"scheme": "t-pool", "valid_from": "2018-11-01", "code": "t-f3", "role": "writer", "name": "缺稿",
         "scope": "month", "mode": "share", "value": 3, "due": None, "required": None, "clause": None},
    ],
    "findings": [
        {"id": "t-g1", "scheme": "t-pool", "rule": "t-f1", "date": "2018-11-10", "campaign":
        "t-c1", "occurrences": 2,
         "percent": None, "store": "t-s1", "note": "说明", "evidence": "凭证", "assessor": "gm", "answer": "答",
         "status": "confirmed"},
        {"id": "t-g2", "scheme": "t-pool", "rule": "t-f2", "date": "2018-11-20", "campaign": None,
        "occurrences": None,
         "percent": "25%", "store": None, "note": None, "evidence": None, "assessor": None, "answer": None,
         "status": "proposed"},
    ],
    "manuscript_rules": [{"scheme": "t-pool", "valid_from": "2018-11-01", "author_kind": "employee",
                          "min_characters": 300, "max_characters": 400, "outside": "refuse", "criteria": "真实",
                          "screening": "writer", "voters": "lead,writer", "pass_rule": "votes"}],
    "manuscripts": [{"id": "t-m1", "date": "2018-11-10", "title": "稿一", "author_kind": "employee", "author": "甲",
                     "staff_no": "t-1", "characters": 350, "status": "published", "published": "2018-11-12",
                     "scheme": "t-pool"}],
    "fund_entries": [{"id": "t-e1", "scheme": "t-pool", "fund": "maintenance", "date": "2018-11-01",
                      "kind": "opening", "amount": "30.00", "note": "启用"}],
    "bank_profiles": [{"code": "t-bank", "name": "代发", "unit": "t-co", "file_type": "csv", "delimiter": ",",
                       "encoding": "gb18030", "heading": True, "marker": "last", "max_rows": 500,
                       "payer_name": "测试公司", "payer_account": "1102000000001", "payer_branch": "营业部"}],
    "bank_columns": [{"profile": "t-bank", "order": 1, "header": "账号", "source": "account", "text": None},
                     {"profile": "t-bank", "order": 2, "header": "用途", "source": "text", "text": "奖金"}],
    "channels": [{"code": "t-ch", "name": "公众号", "kind": "online"}],
    "channel_days": [{"date": "2018-11-03", "channel": "t-ch", "campaign": "t-c1", "cost": "12.5",
                      "impressions": 1000, "clicks": 10, "leads": 2, "orders": 1, "revenue": "99.99"}],
}  # fmt: skip


def complete() -> Tables:
    """A fresh copy of the workbook."""
    return deepcopy(_COMPLETE)


def sheet(name: str, rows: list[Cells], columns: list[str] | None = None) -> Sheet:
    """A sheet as the reader gives it; ``columns`` default to all of the rows."""
    columns = columns if columns is not None else list(dict.fromkeys(name for row in rows for name in row))
    lines = [tuple(columns), *(tuple(row.get(column) for column in columns) for row in rows)]
    return sheet_of_rows(name, iter(list(enumerate(lines, 1))))


def sheets(tables: Mapping[str, list[Cells]]) -> list[Sheet]:
    return [sheet(name, rows) for name, rows in tables.items() if rows]


def load(tables: Mapping[str, list[Cells]], **options: Any) -> ImportReport:
    return import_sheets(sheets(tables), **options)


def problems(report: ImportReport) -> list[tuple[str, int, str, str]]:
    """(sheet, row, column, code) of every error."""
    return [(error.sheet, error.row, error.column, error.code) for error in report.errors]


def codes(report: ImportReport) -> set[str]:
    return {error.code for error in report.errors}


def one(name: str, /, **cells: Any) -> Cells:
    """The first row of a table with other cells."""
    return {**complete()[name][0], **cells}


def totals(report: ImportReport) -> dict[str, int]:
    """created, updated, unchanged over all tables."""
    return {
        outcome: sum(counts[outcome] for counts in report.counts.values())
        for outcome in ("created", "updated", "unchanged")
    }


def columns_of(kind: type | tuple[type, ...]) -> list[tuple[str, str]]:
    """(table, column) of every column whose kind is one of these exactly."""
    kinds = kind if isinstance(kind, tuple) else (kind,)
    return [
        (table.name, column.name)
        for table in registry.tables.values()
        for column in table.columns
        if type(column.kind) in kinds
    ]
