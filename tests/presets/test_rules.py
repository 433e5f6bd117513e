"""The rows of every preset are well-formed, unique, resolved and complete, shown without a database."""

import json
import re
from collections import Counter
from decimal import Decimal
from pathlib import Path

import pytest

from tests.architecture import clauses
from tests.presets.tables import (
    CODED,
    FACTS,
    KEYS,
    PREFIX,
    PRESETS,
    REFERENCES,
    ROOT,
    TABLES,
    TEST_PREFIX,
    TEST_PRESETS,
    all_folders,
    codes,
    read,
    tables_of,
)

EVERY_FOLDER = pytest.mark.parametrize(
    ("folder", "prefix"), [pytest.param(*pair, id=pair[0].name) for pair in all_folders()]
)


@EVERY_FOLDER
def test_tables_and_columns_are_those_of_the_interchange_schema(folder: Path, prefix: str) -> None:
    for path in sorted(folder.glob("*.csv")):
        raw = path.read_bytes()
        header = raw.decode("utf-8").split("\n", 1)[0].split(",")
        assert set(header) <= set(TABLES[path.stem].split()), path
        assert len(set(header)) == len(header), path
        assert b"\r" not in raw, path
        assert not raw.startswith(b"\xef\xbb\xbf"), path
        assert all(None not in row and None not in row.values() for row in read(path)), path
        assert read(path), f"{path} is empty"


@pytest.mark.parametrize("slug", PREFIX)
def test_a_rule_preset_holds_no_people_and_no_facts(slug: str) -> None:
    assert set(tables_of(PRESETS / slug)) & FACTS == set()


@EVERY_FOLDER
def test_codes_carry_the_prefix_of_their_preset(folder: Path, prefix: str) -> None:
    for table, rows in tables_of(folder).items():
        if table in CODED:
            assert [row[CODED[table]] for row in rows if not row[CODED[table]].startswith(prefix)] == []


def test_natural_keys_are_unique_over_the_whole_deployment() -> None:
    seen: Counter[tuple[str, ...]] = Counter()
    for folder, _prefix in all_folders():
        for table, rows in tables_of(folder).items():
            if table in KEYS:
                seen.update((table, *(row[column] for column in KEYS[table].split())) for row in rows)

    assert [key for key, count in seen.items() if count > 1] == []


@pytest.mark.parametrize("slug", PREFIX)
def test_every_reference_resolves_inside_the_preset(slug: str) -> None:
    tables = tables_of(PRESETS / slug)
    missing = []
    for (table, column), target in REFERENCES.items():
        known = codes(tables, target)
        for row in tables.get(table, []):
            missing += [
                f"{table}.{column}: {code}"
                for code in (row.get(column) or "").split(",")
                if code and code not in known
            ]
    assert missing == []


@pytest.mark.parametrize("slug", PREFIX)
def test_scheme_sources_and_finding_roles_resolve(slug: str) -> None:
    tables = tables_of(PRESETS / slug)
    roles = {row["role"] for row in tables.get("pool_roles", [])}
    quotas, metrics = codes(tables, "quota_rules"), codes(tables, "metrics")
    for item in tables.get("scheme_items", []):
        kind, _, named = item["source"].partition(":")
        assert kind in {"quota", "metric", "rating"}
        assert set(filter(None, named.split("+"))) <= (quotas if kind == "quota" else metrics), item
    for rule in tables.get("finding_rules", []):
        assert rule["role"] in roles
        assert rule["value"] or rule["mode"] in {"percent", "all"}, rule
    for role in tables.get("pool_roles", []):
        assert role["assessor"] in roles | {"gm", "vice_gm"}


@pytest.mark.parametrize("slug", PREFIX)
def test_every_rule_row_names_an_existing_clause(slug: str) -> None:
    known = set(clauses.specified(ROOT))
    form = re.compile(rf"{PREFIX[slug][:2].upper()}-\d\d")
    for table in ("quota_rules", "scheme_items", "finding_rules", "baseline_methods"):
        for row in tables_of(PRESETS / slug).get(table, []):
            assert form.fullmatch(row["clause"]), row
            assert not known or row["clause"] in known, row


@EVERY_FOLDER
def test_weights_and_shares_sum_to_the_whole(folder: Path, prefix: str) -> None:
    tables = tables_of(folder)
    for scheme in tables.get("schemes", []):
        items = [item for item in tables["scheme_items"] if item["scheme"] == scheme["code"]]
        assert sum(Decimal(item["weight"]) for item in items) == 100, scheme["code"]
    for scheme in tables.get("pool_schemes", []):
        shares = [Decimal(role["share"]) for role in tables["pool_roles"] if role["scheme"] == scheme["code"]]
        assert sum(shares) + Decimal(scheme["reserve_share"]) == 1, scheme["code"]


# --- two deployments that share no rule -------------------------------------------------------------

# What one organisation sets and another sets differently.
SETTINGS = {
    "pool_schemes": set(TABLES["pool_schemes"].split()) - {"valid_from"},
    "schemes": {
        "cap",
        "threshold",
        "total_cap",
        "bonus_max",
        "deduct_max",
        "appeal_days",
        "pay_mode",
        "bands",
    },
}


@pytest.mark.parametrize("table", SETTINGS)
def test_the_test_presets_differ_in_every_setting(table: str) -> None:
    (alpha,), (beta,) = (tables_of(TEST_PRESETS / slug)[table] for slug in TEST_PREFIX)
    assert [column for column in sorted(SETTINGS[table]) if alpha[column] == beta[column]] == []


def test_the_test_presets_share_no_quota_baseline_or_deduction() -> None:
    alpha, beta = (tables_of(TEST_PRESETS / slug) for slug in TEST_PREFIX)
    for table, columns in {
        "quota_rules": ("basis", "period", "amount"),
        "finding_rules": ("scope", "mode", "value"),
        "baseline_methods": ("type", "scale", "method", "n", "align"),
        "pool_roles": ("share",),
    }.items():
        rules = [
            {tuple(row[column] for column in columns) for row in tables[table]} for tables in (alpha, beta)
        ]
        assert rules[0] & rules[1] == set(), table


@pytest.mark.parametrize("slug", TEST_PREFIX)
def test_the_expected_month_adds_up(slug: str) -> None:
    month = json.loads((TEST_PRESETS / slug / "expected-2024-05.json").read_text(encoding="utf-8"))
    for pool in month["pools"]:
        paid = [Decimal(role["payout"]) for role in pool["roles"]]
        assert sum(paid) + Decimal(pool["held"]) + Decimal(pool["reserve"]) == Decimal(pool["amount"])
        for role in pool["roles"]:
            assert sum(Decimal(holder["amount"]) for holder in role["holders"]) == Decimal(role["payout"])
    for fund in month["funds"]:
        closing = Decimal(fund["opening"]) + Decimal(fund["in"]) - Decimal(fund["out"])
        assert closing == Decimal(fund["closing"]) >= 0
    for score in month["scores"]:
        assert sum(Decimal(item["weight"]) for item in score["items"]) == 100
