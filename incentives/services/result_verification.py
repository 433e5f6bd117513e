"""Proof that the result rows of a month, which pages and exports read, are what its stored result says."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from campaigns.models import Uplift
from finance.models import FundMonth
from incentives.models import Payout, PayoutKind, Pool, Settlement
from kpi.models import Attainment, Score

MOST_NAMED = 20
Key = tuple[str, ...]
Figures = tuple[Decimal | None, ...]


def result_row_problems(settlement: Settlement) -> list[str]:
    """The rows that differ from the result, a sentence each."""
    try:
        content = json.loads(settlement.result)
        told = dict(_told(content))
    except (json.JSONDecodeError, LookupError, TypeError, ValueError, ArithmeticError):
        return [_("The result cannot be read.")]
    root_id, first = settlement.period.root_id, settlement.period.month
    stored = dict(_stored({"root_id": root_id, "month": first}))
    problems = [
        _("“%(row)s” is %(stored)s, the result says %(told)s.")
        % {"row": " ".join(key), "stored": _shown(stored.get(key)), "told": _shown(told.get(key))}
        for key in sorted(told.keys() | stored.keys())
        if told.get(key) != stored.get(key)
    ]
    rest = len(problems) - MOST_NAMED
    if rest > 0:
        problems = [*problems[:MOST_NAMED], _("… and %(count)s more") % {"count": rest}]
    return problems


def _shown(figures: Figures | None) -> str:
    if figures is None:
        return "—"
    return " / ".join("—" if one is None else str(one) for one in figures)


def _exact(*texts: str | None) -> Figures:
    return tuple(None if text is None else Decimal(text) for text in texts)


def _told(content: Mapping[str, Any]) -> Iterable[tuple[Key, Figures]]:
    """The figures of the result by what they are about."""
    for row in content["attainment"]:
        yield (
            ("attainment", row["staff_no"], row["rule"]),
            _exact(row["target"], row["credited"], row["raw"], row["rate"]),
        )
    for row in content["scores"]:
        yield ("score", row["staff_no"]), _exact(row["total"], row["bonus"])
        if row["bonus"] is not None:
            yield ("bonus", row["staff_no"]), _exact(row["bonus"])
    for row in content["campaigns"]:
        yield ("uplift", row["code"]), _exact(row["uplift"])
    for row in content["pools"]:
        yield ("pool", row["campaign"]), _exact(row["amount"], row["held"], row["reserve"])
        for role in row["roles"]:
            for holder in role["holders"]:
                key = ("payout", row["campaign"], role["role"], holder["staff_no"])
                yield key, _exact(holder["amount"])
    for row in content["funds"]:
        yield ("fund", row["scheme"], row["fund"]), _exact(row["opening"], row["closing"])


def _stored(mine: dict[str, Any]) -> Iterable[tuple[Key, Figures]]:
    """The same figures as the rows have them; seven queries for any size of the month."""
    attained = Attainment.objects.filter(**mine).order_by("rule_id")
    for who, rule, *figures in attained.values_list(
        "staff__staff_no", "rule__code", "target", "credited", "raw", "rate"
    ).iterator(chunk_size=20_000):
        yield ("attainment", who, rule), tuple(figures)
    for who, total, bonus in Score.objects.filter(**mine).values_list("staff__staff_no", "total", "bonus"):
        yield ("score", who), (total, bonus)
    payouts = Payout.objects.filter(**mine)
    for who, amount in payouts.filter(kind=PayoutKind.BONUS).values_list("staff__staff_no", "amount"):
        yield ("bonus", who), (amount,)
    for code, role, who, amount in payouts.filter(kind=PayoutKind.POOL).values_list(
        "share__pool__campaign__code", "share__role__role", "staff__staff_no", "amount"
    ):
        yield ("payout", code, role, who), (amount,)
    for code, uplift in Uplift.objects.filter(**mine).values_list("campaign__code", "uplift"):
        yield ("uplift", code), (uplift,)
    for code, *figures in Pool.objects.filter(**mine).values_list(
        "campaign__code", "amount", "held", "reserve"
    ):
        yield ("pool", code), tuple(figures)
    for scheme, fund, *figures in FundMonth.objects.filter(**mine).values_list(
        "fund__scheme_code", "fund__kind", "opening", "closing"
    ):
        yield ("fund", scheme, fund), tuple(figures)
