"""The interchange schema as the specification lists it, and readers of preset folders."""

import csv
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PRESETS = ROOT / "presets"
TEST_PRESETS = Path(__file__).resolve().parent
PREFIX = {"yuanjia": "yj-", "haitang": "ht-", "dental": "kq-", "workplans": "wz-"}
TEST_PREFIX = {"alpha": "al-", "beta": "be-"}

# Table → its columns.
TABLES = {
    "units": "code name kind parent reports_to head valid_from",
    "positions": "unit code name headcount duties requirements",
    "duties": "unit number category item summary position",
    "activities": "code name",
    "documents": "number version title unit drafted_by drafted_on reviewed_by approved_by effective_from "
    "precedence",
    "staff": "staff_no name unit position role joined left phone bonus_base username",
    "assignments": "staff_no unit position start end",
    "grants": "staff_no role unit start end",
    "leaves": "staff_no start end kind reduces_target",
    "calendar": "date kind note",
    "platforms": "code name kind domains opened closed successor",
    "accounts": "platform handle staff_no verified opened closed client",
    "quota_rules": "unit code name activities platforms basis period amount accounts_required "
    "platforms_required day_basis surplus weight valid_from valid_to document clause",
    "logs": "row_id date staff_no platform activity handle count url partner status supersedes duty note",
    "metrics": "code name unit_of_measure direction",
    "metric_values": "metric subject month value target",
    "schemes": "code name unit position valid_from cap threshold total_cap bonus_max deduct_max "
    "appeal_days pay_mode bands",
    "scheme_items": "scheme valid_from code name weight source method params clause",
    "ratings": "month staff_no scheme item self score remark",
    "score_points": "month staff_no code kind points reason evidence proposed_by approved_by",
    "stores": "code name unit opened closed",
    "store_days": "date store visitors units revenue gross_profit closed",
    "product_days": "date store product units gross_profit",
    "member_days": "date unit number",
    "baseline_methods": "unit type scale valid_from method n align clause",
    "campaigns": "code name unit type scale start end stores products pays status baseline "
    "baseline_dates plan summary",
    "articles": "code unit published title kind campaign readers shares likes",
    "article_readings": "article date readers shares likes",
    "pool_schemes": "code name unit valid_from rate reserve_share base_year growth activity_reach "
    "welfare_reach combine residual withheld reach_days monthly_fund account_fee "
    "account_fee_month fee_employee fee_pharmacist fee_customer",
    "pool_roles": "scheme valid_from role name share order unit duty assessor",
    "role_holders": "scheme role staff_no start end",
    "finding_rules": "scheme valid_from code role name scope mode value due required clause",
    "findings": "id scheme rule date campaign occurrences percent store note evidence assessor answer status",
    "manuscript_rules": "scheme valid_from author_kind min_characters max_characters outside criteria "
    "screening voters pass_rule",
    "manuscripts": "id date title author_kind author staff_no characters status published scheme",
    "fund_entries": "id scheme fund date kind amount note",
    "bank_profiles": "code name unit file_type delimiter encoding heading marker max_rows payer_name "
    "payer_account payer_branch",
    "bank_columns": "profile order header source text",
    "channels": "code name kind",
    "channel_days": "date channel campaign cost impressions clicks leads orders revenue",
}
# The columns that name a row; a dated rule has one row for each version.
KEYS = {
    "units": "code",
    "positions": "unit code",
    "duties": "unit number",
    "activities": "code",
    "documents": "number version",
    "platforms": "code",
    "quota_rules": "unit code valid_from",
    "metrics": "code",
    "schemes": "code valid_from",
    "scheme_items": "scheme valid_from code",
    "channels": "code",
    "pool_schemes": "code valid_from",
    "pool_roles": "scheme valid_from role",
    "finding_rules": "scheme valid_from code",
    "manuscript_rules": "scheme valid_from author_kind",
    "baseline_methods": "unit type scale valid_from",
    "bank_profiles": "code",
    "bank_columns": "profile order",
}
# The column with the code that carries the preset's prefix.
CODED = {
    "units": "code",
    "positions": "code",
    "activities": "code",
    "documents": "number",
    "platforms": "code",
    "quota_rules": "code",
    "metrics": "code",
    "schemes": "code",
    "scheme_items": "code",
    "channels": "code",
    "pool_schemes": "code",
    "finding_rules": "code",
    "bank_profiles": "code",
}
# Tables whose rows are facts or people: a rule preset has none of them.
FACTS = {
    "staff",
    "assignments",
    "grants",
    "leaves",
    "accounts",
    "logs",
    "metric_values",
    "ratings",
    "score_points",
    "stores",
    "store_days",
    "product_days",
    "member_days",
    "campaigns",
    "articles",
    "article_readings",
    "role_holders",
    "findings",
    "manuscripts",
    "fund_entries",
    "channel_days",
}
# (table, column) → the table that must have the code.
REFERENCES = {
    ("units", "parent"): "units",
    ("units", "reports_to"): "units",
    ("positions", "unit"): "units",
    ("duties", "unit"): "units",
    ("duties", "position"): "positions",
    ("documents", "unit"): "units",
    ("platforms", "successor"): "platforms",
    ("quota_rules", "unit"): "units",
    ("quota_rules", "activities"): "activities",
    ("quota_rules", "platforms"): "platforms",
    ("quota_rules", "document"): "documents",
    ("schemes", "unit"): "units",
    ("scheme_items", "scheme"): "schemes",
    ("pool_schemes", "unit"): "units",
    ("pool_roles", "scheme"): "pool_schemes",
    ("pool_roles", "unit"): "units",
    ("finding_rules", "scheme"): "pool_schemes",
    ("manuscript_rules", "scheme"): "pool_schemes",
    ("baseline_methods", "unit"): "units",
    ("bank_profiles", "unit"): "units",
    ("bank_columns", "profile"): "bank_profiles",
}

Row = dict[str, str]


def read(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def tables_of(folder: Path) -> dict[str, list[Row]]:
    """Every table of a preset; the example in its subfolder is not part of it."""
    return {path.stem: read(path) for path in sorted(folder.glob("*.csv"))}


def rows_of(slug: str, table: str) -> list[Row]:
    return read(PRESETS / slug / f"{table}.csv")


def all_folders() -> Iterator[tuple[Path, str]]:
    """The presets and the test presets, each with the prefix of its codes."""
    yield from ((PRESETS / slug, prefix) for slug, prefix in PREFIX.items())
    yield from ((TEST_PRESETS / slug, prefix) for slug, prefix in TEST_PREFIX.items())


def codes(tables: dict[str, list[Row]], table: str) -> set[str]:
    return {row[CODED[table]] for row in tables.get(table, [])}
