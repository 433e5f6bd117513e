"""The random deployments are sound, and over many seeds every branch of the rules occurs."""

import json
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction

import pytest

from tests.oracle.month import MonthResult, month
from tests.oracle.people import is_employed
from tests.oracle.random_month import month_of, random_tables
from tests.oracle.rows import Tables, amount, day_of, holds_on, month_days, needed_day, rows_of, text
from tests.oracle.uplift import Facts, campaigns_of_month, method_of

SEEDS = range(200)
KEYS = {
    "units": ["code"],
    "staff": ["staff_no"],
    "assignments": ["staff_no", "unit", "start"],
    "leaves": ["staff_no", "start"],
    "calendar": ["date"],
    "platforms": ["code"],
    "accounts": ["platform", "handle"],
    "quota_rules": ["unit", "code", "valid_from"],
    "metric_values": ["metric", "subject", "month"],
    "schemes": ["code", "valid_from"],
    "scheme_items": ["scheme", "valid_from", "code"],
    "ratings": ["month", "staff_no", "scheme", "item"],
    "score_points": ["month", "staff_no", "code"],
    "stores": ["code"],
    "store_days": ["date", "store"],
    "member_days": ["date", "unit"],
    "baseline_methods": ["unit", "type", "scale", "valid_from"],
    "campaigns": ["code"],
    "articles": ["code"],
    "article_readings": ["article", "date"],
    "pool_schemes": ["code", "valid_from"],
    "pool_roles": ["scheme", "valid_from", "role"],
    "role_holders": ["scheme", "role", "staff_no", "start"],
    "finding_rules": ["scheme", "valid_from", "code"],
    "findings": ["id"],
    "manuscripts": ["id"],
    "fund_entries": ["id"],
}


@pytest.fixture(scope="module")
def drawn() -> list[tuple[Tables, MonthResult]]:
    """Every seed's tables and their month."""
    return [(tables, month(tables, month_of(seed))) for seed in SEEDS for tables in [random_tables(seed)]]


def test_a_seed_gives_the_same_tables_and_the_same_bytes() -> None:
    first, second = random_tables(7), random_tables(7)
    assert first == second
    results = [json.dumps(month(tables, month_of(7))) for tables in (first, second)]
    assert results[0] == results[1]


def test_the_tables_keep_the_rules_of_an_import(drawn: list[tuple[Tables, MonthResult]]) -> None:
    for tables, _result in drawn:
        assert sum(len(rows) for rows in tables.values()) < 5000
        for table, columns in KEYS.items():
            keys = [tuple(text(row, column) for column in columns) for row in rows_of(tables, table)]
            assert [key for key, count in Counter(keys).items() if count > 1] == [], table
        weights: dict[tuple[str, str], Fraction] = {}
        for row in rows_of(tables, "scheme_items"):
            key = (text(row, "scheme"), text(row, "valid_from"))
            weights[key] = weights.get(key, Fraction(0)) + amount(row, "weight", "0")
        assert set(weights.values()) <= {Fraction(100)}
        roles = {(text(row, "scheme"), text(row, "valid_from")) for row in rows_of(tables, "pool_roles")}
        for scheme in rows_of(tables, "pool_schemes"):
            key = (text(scheme, "code"), text(scheme, "valid_from"))
            shares = [
                amount(row, "share", "0")
                for row in rows_of(tables, "pool_roles")
                if (text(row, "scheme"), text(row, "valid_from")) == key
            ]
            assert key not in roles or sum(shares) + amount(scheme, "reserve_share", "0.20") == 1


def test_nothing_vanishes(drawn: list[tuple[Tables, MonthResult]]) -> None:
    for _tables, result in drawn:
        for pool in result["pools"]:
            payouts = [Fraction(role["payout"]) for role in pool["roles"]]
            rest = Fraction(pool["held"]) + Fraction(pool["reserve"])
            assert sum(payouts) + rest == Fraction(pool["amount"])
            assert min(payouts) >= 0
            for role in pool["roles"]:
                parts = [Fraction(holder["amount"]) for holder in role["holders"]]
                assert sum(parts) == Fraction(role["payout"])
        for fund in result["funds"]:
            closing = Fraction(fund["opening"]) + Fraction(fund["in"]) - Fraction(fund["out"])
            assert closing == Fraction(fund["closing"]) >= 0
        assert '"-0.00"' not in json.dumps(result)


def test_a_subtree_is_a_part_of_the_whole() -> None:
    tables, name = random_tables(3), month_of(3)
    whole_month, part = month(tables, name), month(tables, name, unit="A")
    for part_of in ("attainment", "scores", "campaigns", "pools", "funds"):
        assert all(row in whole_month[part_of] for row in part[part_of])
    assert {row["staff_no"][0] for row in part["attainment"]} == {"A"}


def facts_of_tables(tables: Tables, days: list) -> Iterator[str]:
    """What the drawn rows exercise."""
    people = {text(row, "staff_no"): row for row in rows_of(tables, "staff")}
    for person in people.values():
        joined, left = needed_day(person, "joined"), day_of(person, "left")
        yield f"joiner {joined in days}"
        yield f"leaver {left in days}"
        yield f"not employed {not any(is_employed(person, day) for day in days)}"
        moves = [row for row in rows_of(tables, "assignments") if row["staff_no"] == person["staff_no"]]
        yield f"mover {bool(moves)}"
    for row in rows_of(tables, "leaves"):
        away = all(holds_on(row, day, "start", "end") for day in days)
        yield f"leave {text(row, 'reduces_target', 'yes')} all month {away}"
    for row in rows_of(tables, "platforms"):
        open_days = {holds_on(row, day, "opened", "closed") for day in days}
        yield f"platform open {sorted(open_days)}"
    units: dict[str, set[str]] = {}
    for row in rows_of(tables, "quota_rules"):
        basis, period = text(row, "basis"), text(row, "period")
        n, k = bool(text(row, "platforms_required")), bool(text(row, "accounts_required"))
        yield f"rule {basis} {period} {text(row, 'surplus', 'none')}"
        yield f"rule {basis} n {n} k {k}"
        if period == "day":
            yield f"rule day {text(row, 'day_basis', 'calendar')}"
        units.setdefault(text(row, "code"), set()).add(text(row, "unit"))
    yield f"a code in two units {any(len(found) > 1 for found in units.values())}"
    rejected = {text(row, "row_id") for row in rows_of(tables, "logs") if text(row, "status") == "rejected"}
    replaced = {text(row, "supersedes") for row in rows_of(tables, "logs")} - {""}
    for row in rows_of(tables, "logs"):
        day = needed_day(row, "date")
        yield f"log partner {bool(text(row, 'partner'))} handle {bool(text(row, 'handle'))}"
        yield f"log in service {is_employed(people[text(row, 'staff_no')], day)} in month {day in days}"
        yield f"log id {bool(text(row, 'row_id'))}"
        if text(row, "supersedes"):
            by = "rejected" if text(row, "row_id") in rejected else "standing"
            yield f"log superseded by {by}, in a chain {text(row, 'row_id') in replaced}"
    for row in rows_of(tables, "scheme_items"):
        kind = text(row, "source").partition(":")[0]
        group = "*" if text(row, "source").endswith("*") else "+" if "+" in text(row, "source") else "one"
        yield f"item {kind} {text(row, 'method')} {group if kind == 'quota' else ''}".strip()
    for row in rows_of(tables, "score_points"):
        by, proposer = text(row, "approved_by"), text(row, "proposed_by")
        fate = "other" if by else "none" if proposer else "nobody"
        yield f"points {text(row, 'kind')} {fate}"
    facts = Facts(tables)
    for campaign in campaigns_of_month(facts, days):
        yield f"campaign {text(campaign, 'type')} {text(campaign, 'scale')}"
        yield f"baseline {method_of(facts, campaign).code} own {bool(text(campaign, 'baseline'))}"
    yield f"touched twice {any(len(found) > 1 for found in facts.touching.values())}"
    modes = {text(row, "code"): row for row in rows_of(tables, "finding_rules")}
    for row in rows_of(tables, "findings"):
        rule = modes[text(row, "rule")]
        last_year = needed_day(row, "date").year == days[0].year - 1
        if text(row, "status") == "confirmed":
            yield f"finding {text(rule, 'scope')} {text(rule, 'mode')}"
        else:
            yield "finding not confirmed"
        if text(rule, "scope") == "year":
            yield f"finding of last year {last_year}"
    for article in rows_of(tables, "articles"):
        read = {
            (needed_day(row, "date") - needed_day(article, "published")) == timedelta(days=7)
            for row in rows_of(tables, "article_readings")
            if text(row, "article") == text(article, "code")
        }
        yield f"article typed {bool(text(article, 'readers'))} read {True in read}"
        yield f"article unit {bool(text(article, 'unit'))} campaign {bool(text(article, 'campaign'))}"
    for row in rows_of(tables, "fund_entries"):
        yield f"fund {text(row, 'fund')} {text(row, 'kind')}"
    for row in rows_of(tables, "manuscripts"):
        yield f"manuscript scheme {bool(text(row, 'scheme'))} published {bool(text(row, 'published'))}"
    for row in rows_of(tables, "pool_schemes"):
        yield f"scheme withheld {text(row, 'withheld', 'hold')}"
        yield f"scheme residual {text(row, 'residual', 'largest_remainder')}"
        yield f"scheme combine {text(row, 'combine', 'max')}"


def facts_of_result(result: MonthResult) -> Iterator[str]:
    """What the month shows."""
    for row in result["attainment"]:
        rate = Fraction(row["rate"] or -1)
        yield "rule not applicable" if rate < 0 else f"rate {(rate > 0) + (rate >= 1) + (rate > 1)}"
    rows = Counter((row["staff_no"], row["rule"]) for row in result["attainment"])
    yield f"a moved person has a code twice {max(rows.values(), default=0) > 1}"
    for score in result["scores"]:
        yield f"score {score['status']} veto {score['veto']}"
        yield f"grade {score['grade']}"
        yield f"prorated {score['proration'] != '1.0000'}"
        yield from (f"score misses {code.partition(':')[0]}" for code in score["missing"])
        left_out = [item for item in score["items"] if item["score"] is None]
        yield f"score {score['status']} with items left out {bool(left_out)}"
    for campaign in result["campaigns"]:
        yield f"campaign {campaign['status']}"
        yield f"campaign figures {campaign['uplift'] is not None} visitors {campaign['visitors'] is not None}"
        yield from (f"campaign misses {code}" for code in campaign["missing"])
        yield from (f"store {store['reason'] or 'comparable'}" for store in campaign["stores"])
    for pool in result["pools"]:
        yield f"pool empty {pool['amount'] == '0.00'} short {pool['shortfall'] != '0.0000'}"
        for role in pool["roles"]:
            factor = Fraction(role["factor"])
            yield f"role holders {min(2, len(role['holders']))} factor {(factor > 0) + (factor == 1)}"
    yield f"fees pending {any(result.pending.values())}"
    yield f"two pools {len(result['pools']) > 1}"


EXPECTED = {
    *(
        f"rule {b} {p} {s}"
        for b in ("person", "account", "platform", "pair")
        for p in ("day", "week", "month")
        for s in ("none", "month")
    ),
    *(f"rule account n {n} k {k}" for n in (True, False) for k in (True, False)),
    "rule platform n True k False",
    "rule platform n False k False",
    "rule day calendar",
    "rule day workday",
    "joiner True",
    "leaver True",
    "not employed True",
    "mover True",
    "a code in two units True",
    "leave yes all month True",
    "leave yes all month False",
    "leave no all month False",
    "platform open [False]",
    "platform open [True]",
    "platform open [False, True]",
    *(f"log partner {p} handle {h}" for p in (True, False) for h in (True, False)),
    *(f"log in service {s} in month {m}" for s in (True, False) for m in (True, False)),
    "log id False",
    "log superseded by rejected, in a chain False",
    "log superseded by standing, in a chain True",
    "log superseded by rejected, in a chain True",
    *(f"item quota {m} one" for m in ("linear", "step", "boolean")),
    "item quota linear +",
    "item quota linear *",
    "item quota step *",
    *(f"item metric {m}" for m in ("linear", "step", "boolean", "per_case")),
    "item rating manual",
    *(f"points {kind} {by}" for kind in ("bonus", "deduction", "veto") for by in ("none", "nobody", "other")),
    *(
        f"campaign {t} {s}"
        for t in ("weekend", "member_day", "manufacturer", "other")
        for s in ("small", "medium", "large")
    ),
    *(
        f"baseline {m} own {own}"
        for own in (True, False)
        for m in (
            "prev_weekends_same_weekday",
            "same_member_day_prev_months",
            "nearest_ordinary_days",
            "last_year_same_dates",
        )
    ),
    "baseline fixed_dates own True",
    "touched twice True",
    *(
        f"finding {s} {m}"
        for s in ("campaign", "month", "year")
        for m in ("per_case", "share", "percent", "all")
    ),
    "finding not confirmed",
    "finding of last year True",
    "finding of last year False",
    *(f"article typed {t} read {r}" for t in (True, False) for r in (True, False)),
    *(f"article unit {u} campaign {c}" for u in (True, False) for c in (True, False)),
    *(f"fund {f} opening" for f in ("maintenance", "reserve", "withheld")),
    "fund maintenance spend",
    "fund reserve spend",
    "fund withheld release",
    *(f"manuscript scheme {s} published {p}" for s in (True, False) for p in (True, False)),
    *(f"scheme withheld {w}" for w in ("hold", "company", "reserve")),
    "scheme residual reserve_absorbs",
    "scheme residual largest_remainder",
    "scheme combine max",
    "scheme combine sum",
    "rule not applicable",
    "rate 0",
    "rate 1",
    "rate 2",
    "rate 3",
    "score settled veto True",
    "score settled veto False",
    "score missing veto False",
    "score not_applicable veto False",
    *(f"grade {g}" for g in ("S", "A", "B", "C", "D", "None")),
    "a moved person has a code twice True",
    "prorated True",
    "score misses metric",
    "score misses rating",
    "score misses bonus_base",
    "score settled with items left out True",
    "campaign settled",
    "campaign figures True visitors True",
    "campaign figures True visitors False",
    "campaign figures False visitors False",
    *(
        f"campaign misses {c}"
        for c in ("no_comparable_store", "pool_scheme", "pool_roles", "activity_article", "readers")
    ),
    *(f"store {r}" for r in ("comparable", "closed", "too_few_days", "no_member_day", "no_last_year")),
    "pool empty True short True",
    "pool empty False short False",
    "pool empty False short True",
    "role holders 0 factor 0",
    *(f"role holders {h} factor {f}" for h in (1, 2) for f in (0, 1, 2)),
    "fees pending True",
    "two pools True",
}


def test_every_branch_occurs(drawn: list[tuple[Tables, MonthResult]]) -> None:
    seen: Counter[str] = Counter()
    for seed, (tables, result) in zip(SEEDS, drawn, strict=True):
        seen.update(facts_of_tables(tables, month_days(month_of(seed))))
        seen.update(facts_of_result(result))
    assert sorted(fact for fact in EXPECTED if seen[fact] < 3) == []
