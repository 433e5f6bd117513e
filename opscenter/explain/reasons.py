"""Why a person's money or a pool changed: the factors that differ, one after the other, with their effect.

Pure: figures of two months in, sentences out.  The factors of a sum are put in one by one, in the order of
calculation.md §4 (bonus: §2), so that their effects add up to the whole change but for the rounding shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from core.money import ZERO, fraction, round_money
from core.templatetags.ui import money, number, percent, rate


@dataclass(frozen=True)
class Part:
    """A person's part of a role's line of one pool; amounts in yuan, ``findings`` are names of rules."""

    campaign: str
    role: str
    role_name: str
    pool: Decimal
    nominal: Decimal
    after_findings: Decimal
    payout: Decimal
    amount: Decimal
    days: int
    all_days: int
    findings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Bonus:
    """A person's bonus and what it was multiplied from.  ``valid_from``: the version of the scheme."""

    amount: Decimal
    base: Decimal
    total: Decimal
    grade: str
    factor: Decimal
    proration: Decimal
    veto: bool
    scheme: str
    valid_from: str


@dataclass(frozen=True)
class Figures:
    """What one person gets in a month."""

    parts: tuple[Part, ...] = ()
    bonus: Bonus | None = None

    @property
    def amount(self) -> Decimal:
        whole = sum((part.amount for part in self.parts), ZERO)
        return whole + (self.bonus.amount if self.bonus else ZERO)


@dataclass(frozen=True)
class CampaignFigures:
    """A campaign of a month; amounts are ``None`` where it has no pool."""

    code: str
    name: str
    uplift: Decimal | None
    stores: int
    pool: Decimal | None = None
    rate: Decimal | None = None
    shortfall: Decimal | None = None
    paid: Decimal | None = None
    held: Decimal | None = None
    scheme: str = ""
    findings: tuple[str, ...] = ()


def signed(value: Decimal) -> str:
    """An amount with its sign: +12.00, −3.50."""
    return f"+{money(value)}" if value > 0 else f"−{money(-value)}"


def person_reasons(before: Figures, after: Figures) -> list[str]:
    """Sentences that say why a person's money changed; empty when nothing did."""
    found: list[str] = []
    roles = dict.fromkeys(part.role for part in (*before.parts, *after.parts))
    for role in roles:
        found += _role_reasons(
            [part for part in before.parts if part.role == role],
            [part for part in after.parts if part.role == role],
        )
    return found + _bonus_reasons(before.bonus, after.bonus)


@dataclass(frozen=True)
class _Sums:
    """The parts of one role of one month added up; each figure is the one before it times a factor."""

    pool: Fraction
    nominal: Fraction
    after_findings: Fraction
    payout: Fraction
    amount: Fraction

    @classmethod
    def of(cls, parts: Iterable[Part]) -> "_Sums":
        rows = list(parts)
        return cls(
            *(
                sum((fraction(getattr(row, name)) for row in rows), Fraction(0))
                for name in ("pool", "nominal", "after_findings", "payout", "amount")
            )
        )

    @property
    def factors(self) -> list[Fraction | None]:
        """The pools, the share, what findings leave, what reach leaves, the days; ``None``: over zero."""
        row = (self.pool, self.nominal, self.after_findings, self.payout, self.amount)
        return [self.pool, *(b / a if a else None for a, b in pairwise(row))]


def effects(before: Sequence[Fraction | None], after: Sequence[Fraction | None]) -> list[Decimal]:
    """The effect of each factor when they are put in one after the other, in yuan with two decimals.

    A factor that one side does not know is taken from the other, so that it has no effect of its own.
    """
    old = [one if one is not None else other for one, other in zip(before, after, strict=True)]
    new = [one if one is not None else other for one, other in zip(after, before, strict=True)]
    left, right = [one or Fraction(0) for one in old], [one or Fraction(0) for one in new]
    found = []
    for place in range(len(left)):
        mixed = [*right[:place], *left[place:]]
        stepped = [*right[: place + 1], *left[place + 1 :]]
        found.append(round_money(_product(stepped) - _product(mixed)))
    return found


def _product(factors: Iterable[Fraction]) -> Fraction:
    whole = Fraction(1)
    for one in factors:
        whole *= one
    return whole


def _role_reasons(before: list[Part], after: list[Part]) -> list[str]:
    if not before:
        name, change = after[0].role_name, sum((part.amount for part in after), ZERO)
        return [_("%(role)s: newly in this role (%(effect)s)") % {"role": name, "effect": signed(change)}]
    name = before[0].role_name
    if not after:
        change = -sum((part.amount for part in before), ZERO)
        text = _("%(role)s: no part of a pool any more (%(effect)s)")
        return [text % {"role": name, "effect": signed(change)}]
    old, new = _Sums.of(before), _Sums.of(after)
    words = (
        _pool_words(old, new),
        _("share of the role %(before)s → %(after)s")
        % {"before": _share(old.pool, old.nominal), "after": _share(new.pool, new.nominal)},
        _finding_words(old, new, before, after),
        _("reach leaves %(before)s → %(after)s")
        % {
            "before": _share(old.after_findings, old.payout),
            "after": _share(new.after_findings, new.payout),
        },
        _("days in post %(before)s → %(after)s") % {"before": _days(before), "after": _days(after)},
    )
    return [
        _with_effect(name, text, effect)
        for text, effect in zip(words, effects(old.factors, new.factors), strict=True)
        if effect
    ]


def _with_effect(about: str, text: str, effect: Decimal) -> str:
    return pgettext("reason", "%(about)s: %(text)s (%(effect)s)") % {
        "about": about,
        "text": text,
        "effect": signed(effect),
    }


def _pool_words(old: _Sums, new: _Sums) -> str:
    amounts = {"before": money(old.pool), "after": money(new.pool)}
    if new.pool > old.pool:
        return _("more uplift, pools %(before)s → %(after)s") % amounts
    return _("less uplift, pools %(before)s → %(after)s") % amounts


def _share(whole: Fraction, part: Fraction) -> str:
    return percent(part / whole) if whole else "—"


def _finding_words(old: _Sums, new: _Sums, before: list[Part], after: list[Part]) -> str:
    text = _("findings leave %(before)s → %(after)s") % {
        "before": _share(old.nominal, old.after_findings),
        "after": _share(new.nominal, new.after_findings),
    }
    names = _changed(_named(before), _named(after))
    return f"{text} · {names}" if names else text


def _named(parts: Iterable[Part]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in parts for name in part.findings))


def _changed(before: Sequence[str], after: Sequence[str]) -> str:
    """What came and what went, by name."""
    came = [_("new: %(name)s") % {"name": name} for name in after if name not in before]
    gone = [_("no longer: %(name)s") % {"name": name} for name in before if name not in after]
    return "; ".join([*came, *gone])


def _days(parts: list[Part]) -> str:
    return " + ".join(f"{part.days}/{part.all_days}" for part in parts)


def _bonus_reasons(before: Bonus | None, after: Bonus | None) -> list[str]:
    about = _("Bonus")
    if before is None or after is None:
        one = after or before
        if one is None or not one.amount:
            return []
        text = _("there is one now") if before is None else _("there is none any more")
        return [_with_effect(about, text, one.amount if before is None else -one.amount)]
    found = []
    if before.amount != after.amount and (before.scheme, before.valid_from) != (
        after.scheme,
        after.valid_from,
    ):
        found.append(
            _("Bonus: assessed by %(scheme)s in its version of %(day)s")
            % {"scheme": after.scheme, "day": after.valid_from}
        )
    moved = effects(_bonus_factors(before), _bonus_factors(after))
    words = (
        _("base %(before)s → %(after)s") % {"before": money(before.base), "after": money(after.base)},
        _grade_words(before, after),
        _("working days in service %(before)s → %(after)s")
        % {"before": rate(before.proration), "after": rate(after.proration)},
    )
    return found + [
        _with_effect(about, text, effect) for text, effect in zip(words, moved, strict=True) if effect
    ]


def _bonus_factors(bonus: Bonus) -> list[Fraction | None]:
    factor = Fraction(0) if bonus.veto else fraction(bonus.factor)
    return [fraction(bonus.base), factor, fraction(bonus.proration)]


def _grade_words(before: Bonus, after: Bonus) -> str:
    if after.veto and not before.veto:
        return _("a veto takes the whole bonus")
    if before.veto and not after.veto:
        return _("no veto any more")
    return _("score %(before)s → %(after)s, grade %(old)s → %(new)s, factor %(less)s → %(more)s") % {
        "before": money(before.total),
        "after": money(after.total),
        "old": before.grade or "—",
        "new": after.grade or "—",
        "less": number(before.factor),
        "more": number(after.factor),
    }


def campaign_reasons(before: CampaignFigures | None, after: CampaignFigures | None) -> list[str]:
    """Sentences that say why a campaign's pool or uplift changed."""
    if before is None or after is None:
        return [_("only in the later one") if before is None else _("only in the earlier one")]
    found = []
    if before.uplift != after.uplift:
        old, new = before.uplift or ZERO, after.uplift or ZERO
        text = _("uplift up by %(change)s") if new > old else _("uplift down by %(change)s")
        found.append(text % {"change": money(abs(new - old))})
    if before.stores != after.stores:
        found.append(
            _("comparable stores %(before)s → %(after)s") % {"before": before.stores, "after": after.stores}
        )
    if before.rate != after.rate:
        found.append(
            _("rate of the pool %(before)s → %(after)s")
            % {"before": percent(before.rate), "after": percent(after.rate)}
        )
    if before.shortfall != after.shortfall:
        found.append(
            _("reach shortfall %(before)s → %(after)s")
            % {"before": rate(before.shortfall), "after": rate(after.shortfall)}
        )
    if names := _changed(before.findings, after.findings):
        found.append(_("findings: %(names)s") % {"names": names})
    if before.scheme != after.scheme:
        found.append(_("scheme: %(scheme)s") % {"scheme": after.scheme or "—"})
    return found
