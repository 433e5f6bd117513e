"""A whole month as the JSON object of `manage.py roll_up YYYY-MM --format json`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from .attainment import Attained, attained_by_all
from .funds import Pending, ledgers_of_month, printed_funds
from .people import last_employed_day, path_of, unit_on
from .pool import Pool, settle
from .rows import Row, Tables, month_days, rows_of, shown, text, yes
from .scores import scores_of_all
from .uplift import Facts, campaign_uplift, campaigns_of_month


class MonthResult(dict[str, object]):
    """The JSON object; beside it, the fees that no fund could pay, by scheme, for the month that follows."""

    pending: Pending


def month(
    tables: Tables, name: str, unit: str | None = None, previous: MonthResult | None = None
) -> MonthResult:
    """The month `name` ("2018-11"), or its part at and below a unit.

    Without `previous`, the whole result of the month before, the funds open with their `opening` entries.
    """
    days = month_days(name)
    attained = attained_by_all(tables, days)
    scores = scores_of_all(tables, days, attained)
    campaigns, pools = settled_campaigns(tables, days)
    ledgers = ledgers_of_month(tables, days, pools, closings(previous), previous.pending if previous else {})
    people = {
        text(row, "staff_no") for row in rows_of(tables, "staff") if person_below(tables, row, days, unit)
    }
    owners = {text(row, "code"): text(row, "unit") for row in rows_of(tables, "campaigns")}

    def below(campaign: object) -> bool:
        return unit is None or unit in path_of(tables, owners[str(campaign)])

    result = MonthResult(
        {
            "month": name,
            "attainment": [printed_attainment(one) for one in attained if one.staff_no in people],
            "scores": [one for one in scores if one["staff_no"] in people],
            "campaigns": [one for one in campaigns if below(one["code"])],
            "pools": [pool.printed for pool in pools if pool.printed and below(pool.printed["campaign"])],
            "funds": printed_funds(tables, ledgers, unit),
        }
    )
    result.pending = {code: ledger.pending for code, ledger in ledgers.items()}
    return result


def person_below(tables: Tables, person: Row, days: Sequence[date], unit: str | None) -> bool:
    """Whether the person is of the unit or below, on the last day employed in the month."""
    if unit is None:
        return True
    day = last_employed_day(person, days)
    own = (unit_on(tables, person, day) if day else "") or text(person, "unit")
    return unit in path_of(tables, own)


def printed_attainment(attained: Attained) -> dict[str, object]:
    """One row of the list; a rule that is not applicable has nulls."""
    return {
        "staff_no": attained.staff_no,
        "rule": text(attained.rule, "code"),
        "applicable": attained.applicable,
        "target": shown(attained.target, 4),
        "credited": shown(attained.credited, 4),
        "raw": shown(attained.raw, 4),
        "rate": shown(attained.rate, 4),
    }


def settled_campaigns(tables: Tables, days: Sequence[date]) -> tuple[list[dict[str, object]], list[Pool]]:
    """The campaigns that end in the month with their status, and the pools of those that pay."""
    facts = Facts(tables)
    campaigns, pools = [], []
    for campaign in campaigns_of_month(facts, days):
        uplift, printed = campaign_uplift(facts, campaign)
        if yes(campaign, "pays", True):
            pool = settle(tables, days, campaign, uplift)
            pools.append(pool)
            missing = pool.missing
        else:
            # A campaign that pays nothing is settled as soon as it has an uplift; it has no pool.
            missing = [] if uplift is not None else ["no_comparable_store"]
        printed |= {"status": "missing" if missing else "settled", "missing": missing}
        campaigns.append(printed)
    return campaigns, pools


def closings(previous: MonthResult | None) -> dict[tuple[str, str], Fraction] | None:
    """The closing balances of the month before, by scheme and fund; None when there is none."""
    if previous is None:
        return None
    rows = cast(list[Mapping[str, str]], previous["funds"])
    return {(row["scheme"], row["fund"]): Fraction(row["closing"]) for row in rows}
