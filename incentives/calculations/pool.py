"""The incentive pool of one campaign, in the order of calculation.md §4, steps 1–8.

Money in yuan, rounded half-up to 分 when a column is first shown; the next column starts from the shown
value.
Rule: HT-07, HT-08, HT-13 … HT-22.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from core.money import ZERO, Residual, fraction, round_money, round_rate, split
from core.months import Month, days
from finance.calculations.funds import Credit
from incentives.calculations.findings import Finding, acting_as, effect, remaining

Withheld = Literal["hold", "company", "reserve"]
Steps = dict[str, object]


class PoolImbalance(ArithmeticError):
    """The parts of a pool do not add up to it: a fault of the program, never of the data."""


@dataclass(frozen=True)
class Role:
    """A role of a scheme and its share of the pool (0 … 1); roles without ``order`` follow the others."""

    code: str
    share: Decimal
    order: int | None = None


@dataclass(frozen=True)
class Scheme:
    """What a scheme version says about its pools.  Shares and reserve must sum to exactly 1.  Rule: HT-08."""

    rate: Decimal
    roles: tuple[Role, ...]
    reserve_share: Decimal
    residual: Residual = "largest_remainder"

    def __post_init__(self) -> None:
        if len({role.code for role in self.roles}) < len(self.roles):
            raise ValueError("a role stands twice in the scheme")
        whole = sum((fraction(role.share) for role in self.roles), fraction(self.reserve_share))
        if whole != 1:
            raise ValueError(f"the shares and the reserve sum to {_exact_text(whole)}, not to 1")

    def ordered(self) -> list[Role]:
        """Roles by ``order``, those without it after the others as listed."""
        return sorted(self.roles, key=lambda role: (role.order is None, role.order or 0))


@dataclass(frozen=True)
class Post:
    """One person in one role from ``start`` to ``end``, both included; a blank end is open."""

    role: str
    staff_no: str
    start: date
    end: date | None = None


@dataclass(frozen=True)
class HolderShare:
    """A person's part of a role's nominal amount and of its payout; ``days`` in post in the month."""

    staff_no: str
    days: int
    nominal_part: Decimal
    amount: Decimal


@dataclass(frozen=True)
class RoleShare:
    """A role from nominal amount to payout; the two factors are exact, ``factor`` has 4 decimals."""

    role: str
    nominal: Decimal
    annual_factor: Fraction
    month_factor: Fraction
    factor: Decimal
    after_findings: Decimal
    payout: Decimal
    vacant: bool
    findings: tuple[Finding, ...]
    holders: tuple[HolderShare, ...]


@dataclass(frozen=True)
class Pool:
    """One pool: ``amount = Σ payouts + held + reserve``, always."""

    campaign: str
    uplift: Decimal
    amount: Decimal
    shortfall: Decimal
    held: Decimal
    reserve: Decimal
    roles: tuple[RoleShare, ...]
    steps: Steps

    @property
    def paid(self) -> Decimal:
        return sum((role.payout for role in self.roles), ZERO)


def pool(
    *,
    campaign: str,
    month: Month,
    uplift: Decimal,
    scheme: Scheme,
    posts: Iterable[Post],
    findings: Iterable[Finding] = (),
    shortfall: Decimal = Decimal(0),
) -> Pool:
    """The pool of ``campaign``, which belongs to ``month`` (that of its end), and everybody's part of it.

    ``uplift`` is the sum over the stores; below zero the pool is 0.  ``findings`` are the confirmed ones of
    the scheme; those that do not act on this pool are passed over.  ``shortfall`` is R, 4 decimals, 0 … 1.
    Raises ``ValueError`` for an R outside, and ``PoolImbalance`` when the parts do not add up.
    """
    if not 0 <= fraction(shortfall) <= 1 or round_rate(shortfall) != shortfall:
        raise ValueError("the reach shortfall must lie between 0 and 1 and have 4 decimals")
    amount = round_money(max(Fraction(0), fraction(uplift)) * fraction(scheme.rate))
    roles = scheme.ordered()
    shares = [*(role.share for role in roles), scheme.reserve_share]
    *nominals, reserve = split(amount, shares, residual=scheme.residual)

    all_posts, all_findings = list(posts), list(findings)
    lines = tuple(
        _role_share(
            role.code,
            nominal,
            [post for post in all_posts if post.role == role.code],
            [one for one in all_findings if one.role == role.code],
            campaign,
            month,
            shortfall,
        )
        for role, nominal in zip(roles, nominals, strict=True)
    )
    held = sum((line.nominal - line.payout for line in lines), ZERO)
    result = Pool(
        campaign=campaign,
        uplift=round_money(uplift),
        amount=amount,
        shortfall=round_rate(shortfall),
        held=held,
        reserve=reserve,
        roles=lines,
        steps=_steps(uplift, amount, reserve, held, shortfall, scheme, lines),
    )
    _check(result)
    return result


def _role_share(
    role: str,
    nominal: Decimal,
    posts: Sequence[Post],
    findings: Iterable[Finding],
    campaign: str,
    month: Month,
    shortfall: Decimal,
) -> RoleShare:
    """Steps 4, 5 and 8 for one role."""
    acting: dict[str, list[Finding]] = {"yearly": [], "current": []}
    for finding in sorted(findings, key=lambda one: (one.date, one.id)):
        if how := acting_as(finding, campaign=campaign, month=month):
            acting[how].append(finding)
    annual, current = remaining(acting["yearly"]), remaining(acting["current"])
    days_held = days_in_post(posts, month)
    factor = round_rate(annual * current if days_held else 0)
    after_findings = round_money(fraction(nominal) * fraction(factor))
    payout = round_money(fraction(after_findings) * (1 - fraction(shortfall)))
    holders: tuple[HolderShare, ...] = ()
    if days_held:
        weights = list(days_held.values())
        parts = zip(days_held.items(), split(nominal, weights), split(payout, weights), strict=True)
        holders = tuple(HolderShare(who, count, part, paid) for (who, count), part, paid in parts)
    return RoleShare(
        role=role,
        nominal=nominal,
        annual_factor=annual,
        month_factor=current,
        factor=factor,
        after_findings=after_findings,
        payout=payout,
        vacant=not days_held,
        findings=(*acting["yearly"], *acting["current"]),
        holders=holders,
    )


def days_in_post(posts: Iterable[Post], month: Month) -> dict[str, int]:
    """Calendar days of each holder in the month, start and end included, several periods of one person added.

    In the order of the earliest period that touches the month, then of staff_no; nobody with no day.
    """
    held: dict[str, set[date]] = {}
    since: dict[str, date] = {}
    for post in posts:
        last = month.last if post.end is None else min(post.end, month.last)
        in_month = set(days(max(post.start, month.first), last))
        if in_month:
            held.setdefault(post.staff_no, set()).update(in_month)
            since[post.staff_no] = min(since.get(post.staff_no, post.start), post.start)
    return {who: len(held[who]) for who in sorted(held, key=lambda who: (since[who], who))}


def fund_credits(settled: Pool, withheld: Withheld) -> list[Credit]:
    """What the pool brings into the funds: the reserve, and the withheld part by the scheme's setting.

    With ``company`` the withheld part goes back to the company and enters no fund.  Rule: HT-22.
    """
    credits = [Credit(settled.campaign, "reserve", settled.reserve)]
    if withheld == "reserve":
        credits.append(Credit(settled.campaign, "reserve", settled.held))
    elif withheld == "hold":
        credits.append(Credit(settled.campaign, "withheld", settled.held))
    return credits


def _check(settled: Pool) -> None:
    """Step 7, and step 8 for every role: nothing vanishes (no ``assert``, which -O removes)."""
    if settled.paid + settled.held + settled.reserve != settled.amount:
        raise PoolImbalance(f"{settled.campaign}: payouts, held and reserve do not add up to the pool")
    for line in settled.roles:
        if not 0 <= line.payout <= line.nominal:
            raise PoolImbalance(
                f"{settled.campaign}, {line.role}: the payout is not within the nominal amount"
            )
        if line.holders and sum(holder.amount for holder in line.holders) != line.payout:
            raise PoolImbalance(f"{settled.campaign}, {line.role}: the holders' parts are not the payout")


def _exact_text(value: Fraction) -> str:
    """A fraction as a decimal where that is exact with 4 decimals, else as numerator/denominator."""
    rounded = round_rate(value)
    return str(rounded) if fraction(rounded) == value else str(value)


def _steps(
    uplift: Decimal,
    amount: Decimal,
    reserve: Decimal,
    held: Decimal,
    shortfall: Decimal,
    scheme: Scheme,
    lines: Iterable[RoleShare],
) -> Steps:
    shares = {role.code: str(role.share) for role in scheme.roles}
    return {
        "uplift": str(uplift),
        "rate": str(scheme.rate),
        "amount": str(amount),
        "shortfall": str(round_rate(shortfall)),
        "residual": scheme.residual,
        "reserve_share": str(scheme.reserve_share),
        "reserve": str(reserve),
        "held": str(held),
        "roles": [
            {
                "role": line.role,
                "share": shares[line.role],
                "nominal": str(line.nominal),
                "annual_factor": _exact_text(line.annual_factor),
                "month_factor": _exact_text(line.month_factor),
                "vacant": "yes" if line.vacant else "no",
                "factor": str(line.factor),
                "after_findings": str(line.after_findings),
                "payout": str(line.payout),
                "withheld": str(line.nominal - line.payout),
                "findings": [
                    {"id": one.id, "rule": one.rule, "scope": one.scope, "effect": _exact_text(effect(one))}
                    for one in line.findings
                ],
                "holders": [
                    {
                        "staff_no": one.staff_no,
                        "days": str(one.days),
                        "nominal_part": str(one.nominal_part),
                        "amount": str(one.amount),
                    }
                    for one in line.holders
                ],
            }
            for line in lines
        ],
    }
