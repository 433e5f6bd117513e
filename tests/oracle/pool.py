"""The incentive pool of a campaign: calculation.md §4, in its order."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from .people import path_of
from .rows import (
    CENT,
    Row,
    Tables,
    amount,
    children_of,
    day_of,
    days_between,
    half_up,
    latest_version,
    money,
    needed_day,
    number,
    rows_of,
    shown,
    split,
    text,
    versions_on,
    whole,
)


@dataclass
class Pool:
    """What lacks, or the settled pool as JSON object and its two credits."""

    missing: list[str] = field(default_factory=list)
    scheme: str = ""
    printed: dict[str, object] = field(default_factory=dict)
    reserve: Fraction = Fraction(0)
    held: Fraction = Fraction(0)


def scheme_of_unit(tables: Tables, unit: str, day: date) -> Row | None:
    """The version of the pool scheme of the nearest unit upward; versions as of the month's end."""
    versions = versions_on(tables, "pool_schemes", day)
    for above in path_of(tables, unit):
        for code in sorted(versions):
            if text(versions[code], "unit") == above:
                return versions[code]
    return None


def settle(tables: Tables, month: Sequence[date], campaign: Row, uplift: Fraction | None) -> Pool:
    """The pool of one paying campaign, or the codes of what it lacks."""
    missing = [] if uplift is not None else ["no_comparable_store"]
    scheme = scheme_of_unit(tables, text(campaign, "unit"), month[-1])
    if scheme is None:
        return Pool(sorted([*missing, "pool_scheme"]))
    roles = ordered_roles(tables, scheme)
    if not roles:
        missing.append("pool_roles")
    articles = articles_of(tables, scheme, month)
    if not any(text(article, "kind") == "activity" for article in articles):
        missing.append("activity_article")
    if any(readers_of(tables, scheme, article) is None for article in articles):
        missing.append("readers")
    if missing or uplift is None:
        return Pool(sorted(missing))
    shortfall = reach_shortfall(tables, scheme, articles, month)
    total = half_up(max(Fraction(0), uplift) * amount(scheme, "rate", "0.20"), 2)
    nominal, reserve = nominal_parts(scheme, roles, total)
    printed, paid = [], Fraction(0)
    for role, part in zip(roles, nominal, strict=True):
        holders = holders_of(tables, scheme, role, month)
        factor = role_factor(tables, scheme, role, campaign, month) if holders else Fraction(0)
        after_findings = half_up(part * factor, 2)
        payout = half_up(after_findings * (1 - shortfall), 2)
        paid += payout
        printed.append(
            {
                "role": text(role, "role"),
                "nominal": money(part),
                "factor": shown(factor, 4),
                "after_findings": money(after_findings),
                "payout": money(payout),
                "holders": holder_parts(payout, holders),
            }
        )
    held = total - reserve - paid
    result: dict[str, object] = {
        "campaign": text(campaign, "code"),
        "scheme": text(scheme, "code"),
        "amount": money(total),
        "shortfall": shown(shortfall, 4),
        "held": money(held),
        "reserve": money(reserve),
        "roles": sorted(printed, key=lambda one: str(one["role"])),
    }
    return Pool([], text(scheme, "code"), result, reserve, held)


def ordered_roles(tables: Tables, scheme: Row) -> list[Row]:
    """Roles by `order`, those without it after the others as listed."""
    roles = children_of(tables, "pool_schemes", "pool_roles", scheme)
    # sorted() keeps the order listed among equals.
    return sorted(roles, key=lambda role: (number(role, "order") is None, number(role, "order") or 0))


def nominal_parts(scheme: Row, roles: list[Row], total: Fraction) -> tuple[list[Fraction], Fraction]:
    """The nominal part of every role, and of the reserve, which is last; together the pool exactly."""
    shares = [amount(role, "share", "0") for role in roles]
    reserve_share = amount(scheme, "reserve_share", "0.20")
    if text(scheme, "residual", "largest_remainder") == "reserve_absorbs":
        parts = [total * share // CENT * CENT for share in shares]
        return parts, total - sum(parts, Fraction(0))
    parts = split(total, [*shares, reserve_share])
    return parts[:-1], parts[-1]


def articles_of(tables: Tables, scheme: Row, month: Sequence[date]) -> list[Row]:
    """The month's articles of the scheme's unit or below.

    An empty unit means the campaign's unit; without a campaign the article counts for every scheme.
    """
    units = {text(row, "code"): text(row, "unit") for row in rows_of(tables, "campaigns")}
    found = []
    for article in rows_of(tables, "articles"):
        unit = text(article, "unit") or units.get(text(article, "campaign"), "")
        if needed_day(article, "published") not in month:
            continue
        if not unit or text(scheme, "unit") in path_of(tables, unit):
            found.append(article)
    return found


def readers_of(tables: Tables, scheme: Row, article: Row) -> Fraction | None:
    """The typed readers, else those of the reading at publish + reach days."""
    typed = number(article, "readers")
    if typed is not None:
        return typed
    reach_days = whole(scheme, "reach_days", 7)
    for reading in rows_of(tables, "article_readings"):
        age = (needed_day(reading, "date") - needed_day(article, "published")).days
        if text(reading, "article") == text(article, "code") and age == reach_days:
            return number(reading, "readers")
    return None


def reach_shortfall(tables: Tables, scheme: Row, articles: list[Row], month: Sequence[date]) -> Fraction:
    """R: the mean of each kind, the kinds by maximum or sum, 4 decimals at each step."""
    year = month[0].year
    base_year = whole(scheme, "base_year", needed_day(scheme, "valid_from").year)
    growth = 1 + amount(scheme, "growth", "0.20")
    kinds = []
    for kind, default in (("activity", "3000"), ("welfare", "1000")):
        target = half_up(amount(scheme, f"{kind}_reach", default) * growth ** (year - base_year), 0)
        shortfalls = []
        for article in articles:
            readers = readers_of(tables, scheme, article)
            if text(article, "kind") == kind and readers is not None:
                shortfalls.append(half_up(max(Fraction(0), (target - readers) / target), 4))
        # A kind without articles is left out.
        if shortfalls:
            kinds.append(half_up(sum(shortfalls, Fraction(0)) / len(shortfalls), 4))
    if text(scheme, "combine", "max") == "sum":
        return min(Fraction(1), sum(kinds, Fraction(0)))
    return max(kinds)


def role_factor(tables: Tables, scheme: Row, role: Row, campaign: Row, month: Sequence[date]) -> Fraction:
    """k = A × M, 4 decimals: last year's yearly findings, and this month's and this campaign's."""
    year = month[0].year
    last_year, this_month = Fraction(0), Fraction(0)
    for finding in rows_of(tables, "findings"):
        # Only confirmed findings count.
        confirmed = text(finding, "status", "proposed") == "confirmed"
        if not confirmed or text(finding, "scheme") != text(scheme, "code"):
            continue
        found_on = needed_day(finding, "date")
        # Yearly findings: the values of the version valid at the end of the finding's year.
        rule = finding_rule(tables, year_version(tables, scheme, found_on.year), finding)
        if rule and text(rule, "scope") == "year":
            if found_on.year == year - 1 and text(rule, "role") == text(role, "role"):
                last_year += finding_value(rule, finding)
            continue
        # All others: the values of the version of the settled month.
        rule = finding_rule(tables, scheme, finding)
        if not rule or text(rule, "role") != text(role, "role"):
            continue
        # A campaign finding follows its campaign whatever its date.
        of_campaign = text(rule, "scope") == "campaign" and text(finding, "campaign") == text(
            campaign, "code"
        )
        of_month = text(rule, "scope") == "month" and found_on in month
        if of_campaign or of_month:
            this_month += finding_value(rule, finding)
    return half_up((1 - min(Fraction(1), last_year)) * (1 - min(Fraction(1), this_month)), 4)


def year_version(tables: Tables, scheme: Row, year: int) -> Row | None:
    """The scheme's version at the end of a year."""
    own = [row for row in rows_of(tables, "pool_schemes") if text(row, "code") == text(scheme, "code")]
    return latest_version(own, date(year, 12, 31))


def finding_rule(tables: Tables, scheme: Row | None, finding: Row) -> Row | None:
    """The rule of a finding in one version of its scheme."""
    if scheme is None:
        return None
    for rule in children_of(tables, "pool_schemes", "finding_rules", scheme):
        if text(rule, "code") == text(finding, "rule"):
            return rule
    return None


def finding_value(rule: Row, finding: Row) -> Fraction:
    """What one finding takes of the coefficient, exact."""
    # Blank occurrences count as one.
    occurrences = amount(finding, "occurrences", "1")
    mode = text(rule, "mode")
    if mode == "per_case":
        return amount(rule, "value", "0") * occurrences
    if mode == "percent":
        return amount(finding, "percent", "0")
    if mode == "share":
        return occurrences / amount(rule, "value", "1")
    return Fraction(1)


def holders_of(tables: Tables, scheme: Row, role: Row, month: Sequence[date]) -> list[tuple[str, int]]:
    """The role's holders with their days in post in the month, in the order of the split."""
    posts: dict[str, tuple[date, int]] = {}
    for row in rows_of(tables, "role_holders"):
        if text(row, "scheme") != text(scheme, "code") or text(row, "role") != text(role, "role"):
            continue
        start, end = needed_day(row, "start"), day_of(row, "end") or month[-1]
        held = [day for day in days_between(start, end) if day in month]
        if held:
            staff_no = text(row, "staff_no")
            earliest, days = posts.get(staff_no, (start, 0))
            posts[staff_no] = (min(earliest, start), days + len(held))
    # By the start of the earliest period that touches the month, then staff_no.
    ranking = sorted(posts, key=lambda staff_no: (posts[staff_no][0], staff_no))
    return [(staff_no, posts[staff_no][1]) for staff_no in ranking]


def holder_parts(payout: Fraction, holders: list[tuple[str, int]]) -> list[dict[str, object]]:
    """The payout among the holders by days in post, printed by staff_no; none for a vacant role."""
    if not holders:
        return []
    parts = split(payout, [Fraction(days) for _staff_no, days in holders])
    printed: list[dict[str, object]] = [
        {"staff_no": staff_no, "amount": money(part)}
        for (staff_no, _days), part in zip(holders, parts, strict=True)
    ]
    return sorted(printed, key=lambda one: str(one["staff_no"]))
