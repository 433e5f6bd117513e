"""The result of a month as the JSON object of interfaces.md §3: strings as computed, lists sorted by key."""

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from core.money import round_half_up
from core.months import Month
from finance.calculations.funds import FUNDS
from incentives.calculations.month import CampaignSettlement, MonthSettlement, PoolFacts
from incentives.calculations.pool import Pool
from kpi.calculations.attainment import Attainment
from kpi.calculations.month import PersonResult
from kpi.calculations.scores import Score

SECTIONS = ("attainment", "scores", "campaigns", "pools", "funds")


@dataclass(frozen=True)
class MonthResult:
    """``content`` is the JSON object; ``scope`` says which units each line belongs to, section by section.

    Under ``units`` it keeps each unit's path upward, so that a subtree can be printed as the tree stood then.
    """

    content: dict[str, Any]
    scope: dict[str, dict[str, list[str]]]

    def text(self) -> str:
        return as_text(self.content)


def as_text(content: Mapping[str, Any]) -> str:
    """The bytes that are printed, as text: equal content gives equal text."""
    return json.dumps(content, ensure_ascii=False)


def _text(value: Decimal | None, places: int) -> str | None:
    return None if value is None else str(round_half_up(value, places))


def attainment_row(staff_no: str, found: Attainment) -> dict[str, Any]:
    return {
        "staff_no": staff_no,
        "rule": found.rule.code,
        "applicable": found.applicable,
        "target": _text(found.target, 4),
        "credited": _text(found.credited, 4),
        "raw": _text(found.raw, 4),
        "rate": _text(found.rate, 4),
    }


def score_row(staff_no: str, scheme: str, found: Score) -> dict[str, Any]:
    return {
        "staff_no": staff_no,
        "scheme": scheme,
        "items": [
            {
                "code": item.code,
                "weight": _text(item.weight, 2),
                "rate": _text(item.rate, 4),
                "score": _text(item.score, 2),
            }
            for item in sorted(found.items, key=lambda item: item.code)
        ],
        "bonus_points": _text(found.bonus_points, 2),
        "deduction_points": _text(found.deduction_points, 2),
        "veto": found.veto,
        "total": _text(found.total, 2),
        "grade": found.grade,
        "coefficient": _text(found.coefficient, 2),
        "proration": _text(found.proration, 4),
        "bonus": _text(found.bonus, 2),
        "status": found.status,
        "missing": list(found.missing),
    }


def campaign_row(found: CampaignSettlement) -> dict[str, Any]:
    uplift = found.result.uplift
    return {
        "code": uplift.campaign,
        "status": "missing" if found.missing else "settled",
        "missing": list(found.missing),
        "uplift": _text(uplift.uplift, 2),
        "visitors": _text(uplift.visitors, 2),
        "units": _text(uplift.units, 2),
        "stores": [
            {
                "store": store.store,
                "comparable": store.comparable,
                "reason": store.reason,
                "actual": _text(store.actual, 2),
                "baseline": _text(store.baseline, 2),
                "uplift": _text(store.uplift, 2),
            }
            for store in sorted(uplift.stores, key=lambda store: store.store)
        ],
    }


def pool_row(scheme: str, found: Pool) -> dict[str, Any]:
    return {
        "campaign": found.campaign,
        "scheme": scheme,
        "amount": _text(found.amount, 2),
        "shortfall": _text(found.shortfall, 4),
        "held": _text(found.held, 2),
        "reserve": _text(found.reserve, 2),
        "roles": [
            {
                "role": line.role,
                "nominal": _text(line.nominal, 2),
                "factor": _text(line.factor, 4),
                "after_findings": _text(line.after_findings, 2),
                "payout": _text(line.payout, 2),
                "holders": [
                    {"staff_no": holder.staff_no, "amount": _text(holder.amount, 2)}
                    for holder in sorted(line.holders, key=lambda holder: holder.staff_no)
                ],
            }
            for line in sorted(found.roles, key=lambda line: line.role)
        ],
    }


def month_result(
    facts: PoolFacts,
    people: Iterable[PersonResult],
    settlement: MonthSettlement,
    unit_code: Callable[[int], str],
) -> MonthResult:
    """The object and, for each line, the code of the unit it belongs to.

    A person belongs to the unit of their last day of employment in the month, a campaign to its own unit, a
    fund to the unit of its scheme.
    """
    rows: dict[str, list[tuple[Any, dict[str, Any]]]] = {section: [] for section in SECTIONS}
    scope: dict[str, dict[str, list[str]]] = {section: {} for section in SECTIONS}
    for person in people:
        staff_no = person.person.staff_no
        own = unit_code(person.person.unit if person.unit is None else person.unit)
        scope["attainment"][staff_no] = [own]
        for found in person.attainments:
            rows["attainment"].append(
                ((staff_no, found.rule.code, found.rule.key), attainment_row(staff_no, found))
            )
        if person.score:
            scope["scores"][staff_no] = [own]
            code = person.score.scheme.scheme.code
            rows["scores"].append(((staff_no, code), score_row(staff_no, code, person.score.score)))
    for one in settlement.campaigns:
        code = one.result.uplift.campaign
        scope["campaigns"][code] = scope["pools"][code] = [unit_code(one.result.facts.unit)]
        rows["campaigns"].append((code, campaign_row(one)))
        if one.pool and one.scheme:
            rows["pools"].append(((code, one.scheme.code), pool_row(one.scheme.code, one.pool)))
    for scheme, fund in settlement.funds.items():
        for name in FUNDS:
            balance = fund.balances[name]
            rows["funds"].append(
                (
                    (scheme, name),
                    {
                        "scheme": scheme,
                        "fund": name,
                        "opening": _text(balance.opening, 2),
                        "in": _text(balance.received, 2),
                        "out": _text(balance.spent, 2),
                        "closing": _text(balance.closing, 2),
                    },
                )
            )
    scope["funds"] = {terms.code: [unit_code(terms.unit)] for terms in facts.schemes}
    scope["units"] = {
        unit_code(unit): [unit_code(above) for above in path] for unit, path in facts.paths.items()
    }
    content: dict[str, Any] = {"month": str(facts.month)}
    for section in SECTIONS:
        content[section] = [row for _key, row in sorted(rows[section], key=lambda pair: pair[0])]
    return MonthResult(content, scope)


_KEYS = {
    "attainment": "staff_no",
    "scores": "staff_no",
    "campaigns": "code",
    "pools": "campaign",
    "funds": "scheme",
}


def units_below(scope: Mapping[str, Mapping[str, list[str]]], unit: str) -> set[str]:
    """The codes of a unit and of everything below it, as the tree stood when the month was computed."""
    return {code for code, path in scope.get("units", {}).items() if unit in path}


def within(
    content: Mapping[str, Any], scope: Mapping[str, Mapping[str, list[str]]], units: set[str]
) -> dict[str, Any]:
    """The lines of ``content`` that belong to the units (codes)."""
    part: dict[str, Any] = {"month": content["month"]}
    for section in SECTIONS:
        key = _KEYS[section]
        owners = scope.get(section, {})
        part[section] = [row for row in content[section] if units.intersection(owners.get(row[key], ()))]
    return part


def merged(contents: Iterable[Mapping[str, Any]], month: Month) -> dict[str, Any]:
    """The results of several organisations as one object, sorted like each of them."""
    whole: dict[str, Any] = {"month": str(month), **{section: [] for section in SECTIONS}}
    for content in contents:
        for section in SECTIONS:
            whole[section] += content[section]
    order: dict[str, Callable[[dict[str, Any]], tuple[str, ...]]] = {
        "attainment": lambda row: (row["staff_no"], row["rule"]),
        "scores": lambda row: (row["staff_no"], row["scheme"]),
        "campaigns": lambda row: (row["code"],),
        "pools": lambda row: (row["campaign"], row["scheme"]),
        "funds": lambda row: (row["scheme"], row["fund"]),
    }
    for section, key in order.items():
        whole[section].sort(key=key)
    return whole
