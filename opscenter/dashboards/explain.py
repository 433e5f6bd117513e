"""From the stored steps of a pool to what a person reads: every step in order, with its numbers and clauses.

Nothing is computed again here but differences and sums of figures that are shown; the order is that of
calculation.md §4, steps 1–8.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import ZERO
from core.templatetags.ui import money, number, percent, rate
from incentives.models import FindingRule, Pool, PoolRole
from opscenter.dashboards import wording

STORES_IN_FORMULA = 6


@dataclass(frozen=True)
class Step:
    """A step of a calculation: what it is, the formula in letters, and the formula with the numbers."""

    number: int
    title: str
    letters: str
    formula: str
    note: str = ""


@dataclass(frozen=True)
class Deduction:
    """A finding that acts on a role: what it takes and which clause says so."""

    ident: str
    name: str
    effect: str
    scope: str
    clause: str


@dataclass(frozen=True)
class HolderLine:
    staff_no: str
    name: str
    days: int
    nominal: Decimal
    amount: Decimal


@dataclass(frozen=True)
class RoleLine:
    """A role from its share of the pool to what its holders get."""

    code: str
    name: str
    duty: str
    share: Decimal
    nominal: Decimal
    annual: str
    current: str
    factor: Decimal
    after_findings: Decimal
    payout: Decimal
    withheld: Decimal
    vacant: bool
    deductions: list[Deduction]
    holders: list[HolderLine]
    formula: str


@dataclass(frozen=True)
class ArticleLine:
    title: str
    kind: str
    readers: str
    target: str
    shortfall: Decimal | None


@dataclass(frozen=True)
class PoolExplained:
    pool: Pool
    steps: list[Step]
    roles: list[RoleLine]
    articles: list[ArticleLine]
    chart: dict[str, Any]


def explain_pool(
    pool: Pool,
    shares: Iterable[Mapping[str, Any]],
    roles: Mapping[str, PoolRole],
    rules: Mapping[str, FindingRule],
    names: Mapping[str, str],
    titles: Mapping[str, str],
    uplifts: list[Decimal],
) -> PoolExplained:
    """A pool with its steps in order.  ``shares``: the stored steps of its roles, in their order."""
    lines = [role_line(share, roles.get(share["role"]), rules, names, pool.shortfall) for share in shares]
    reach = pool.steps["reach"]
    articles = [
        ArticleLine(
            titles.get(one["article"], one["article"]),
            wording.named(wording.ARTICLE_KINDS, one["kind"]),
            number(Decimal(one["readers"])) if one["readers"] else "—",
            number(Decimal(one["target"])),
            Decimal(one["shortfall"]) if one["shortfall"] else None,
        )
        for one in reach["articles"]
    ]
    return PoolExplained(pool, _steps(pool, lines, reach, uplifts), lines, articles, _waterfall(pool, lines))


def role_line(
    share: Mapping[str, Any],
    role: PoolRole | None,
    rules: Mapping[str, FindingRule],
    names: Mapping[str, str],
    shortfall: Decimal,
) -> RoleLine:
    """One role's line of a pool, from its stored steps."""
    figures = {
        key: Decimal(share[key])
        for key in ("share", "nominal", "factor", "after_findings", "payout", "withheld")
    }
    formula = _("%(nominal)s × %(factor)s = %(after)s; × (1 − %(shortfall)s) = %(payout)s") % {
        "nominal": money(figures["nominal"]),
        "factor": rate(figures["factor"]),
        "after": money(figures["after_findings"]),
        "shortfall": rate(shortfall),
        "payout": money(figures["payout"]),
    }
    return RoleLine(
        code=share["role"],
        name=role.name if role else share["role"],
        duty=role.duty if role else "",
        **figures,
        annual=share["annual_factor"],
        current=share["month_factor"],
        vacant=share["vacant"] == "yes",
        deductions=[_deduction(one, rules.get(one["rule"])) for one in share["findings"]],
        holders=[
            HolderLine(
                one["staff_no"],
                names.get(one["staff_no"], one["staff_no"]),
                int(one["days"]),
                Decimal(one["nominal_part"]),
                Decimal(one["amount"]),
            )
            for one in share["holders"]
        ],
        formula=formula,
    )


def _deduction(step: Mapping[str, str], rule: FindingRule | None) -> Deduction:
    effect = step["effect"]
    return Deduction(
        ident=step["id"],
        name=rule.name if rule else step["rule"],
        effect=effect if "/" in effect else percent(Decimal(effect)),
        scope=wording.named(wording.SCOPES, step["scope"]),
        clause=rule.clause if rule else "",
    )


def _steps(pool: Pool, lines: list[RoleLine], reach: Mapping[str, Any], uplifts: list[Decimal]) -> list[Step]:
    steps = pool.steps
    terms = " + ".join(_term(one) for one in uplifts)
    if len(uplifts) > STORES_IN_FORMULA:
        terms = ngettext("sum of %(count)s store", "sum of %(count)s stores", len(uplifts)) % {
            "count": len(uplifts)
        }
    share = Decimal(steps["rate"])
    nominal = sum((line.nominal for line in lines), ZERO)
    means = [
        f"{wording.named(wording.ARTICLE_KINDS, kind)} {mean}"
        for kind, mean in sorted(reach["means"].items())
    ]
    residual = {
        "largest_remainder": _("spare 分 go to the largest remainders"),
        "reserve_absorbs": _("the reserve takes the spare 分"),
    }
    factors = "; ".join(
        f"{line.name}: {line.annual} × {line.current} = {rate(line.factor)}"
        for line in lines
        if line.factor != 1
    )
    return [
        Step(1, _("Uplift"), _("U = sum of the stores' uplift"), f"{terms} = {money(pool.uplift)}"),
        Step(
            2,
            _("Pool"),
            _("P = max(0, U) × rate"),
            f"max(0, {money(pool.uplift)}) × {percent(share)} = {money(pool.amount)}",
            pool.scheme.name,
        ),
        Step(
            3,
            _("Shares of the roles"),
            _("N = P split by the shares; N of all roles and the reserve sum to P"),
            f"{money(nominal)} + {money(pool.reserve)} = {money(pool.amount)}",
            residual.get(steps["residual"], ""),
        ),
        Step(
            4,
            _("Deductions by findings"),
            _("k = yearly factor × monthly factor; C = N × k"),
            factors or _("no findings: every k = 1"),
        ),
        Step(
            5,
            _("Reach"),
            _("E = C × (1 − R)"),
            f"R = {' / '.join(means) or '0'} → {rate(pool.shortfall)}",
            wording.named(wording.COMBINATIONS, reach["combine"]),
        ),
        Step(
            6,
            _("Withheld"),
            _("held = sum of N − E over the roles"),
            f"{money(nominal)} − {money(pool.paid)} = {money(pool.held)}",
            pool.scheme.get_withheld_display(),
        ),
        Step(
            7,
            _("Check"),
            _("paid + held + reserve = P"),
            f"{money(pool.paid)} + {money(pool.held)} + {money(pool.reserve)} = {money(pool.amount)}",
        ),
        Step(
            8,
            _("Payouts"),
            _("E of a role is split by days in post"),
            " · ".join(f"{line.name} {money(line.payout)}" for line in lines),
        ),
    ]


def _term(value: Decimal) -> str:
    return money(value) if value >= 0 else f"({money(value)})"


def _waterfall(pool: Pool, lines: list[RoleLine]) -> dict[str, Any]:
    by_findings = sum((line.nominal - line.after_findings for line in lines), ZERO)
    by_reach = sum((line.after_findings - line.payout for line in lines), ZERO)
    return {
        "unit": _("yuan"),
        "places": 2,
        "steps": [
            {"label": _("Pool"), "value": pool.amount, "total": True},
            {"label": _("Reserve"), "value": -pool.reserve},
            {"label": _("Findings"), "value": -by_findings},
            {"label": _("Reach"), "value": -by_reach},
            {"label": _("Paid"), "value": pool.paid, "total": True},
        ],
    }
