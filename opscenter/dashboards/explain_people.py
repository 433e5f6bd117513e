"""From the stored steps of attainment and score to words and formulas with the numbers in them.

Nothing is computed again here; what is shown is what was stored.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.templatetags.ui import money, number, percent, rate
from kpi.models import AssessmentScheme, Attainment, QuotaRule, Rating, SchemeItem, Score
from opscenter.dashboards import wording
from opscenter.dashboards.selectors.people import exact

UNDEFINED = "—"


@dataclass(frozen=True)
class SlotShown:
    """A day, week or month with its count; ``tone`` says whether the amount was reached."""

    label: str
    count: int
    tone: str


@dataclass(frozen=True)
class SubjectLine:
    """What a subject brought: a platform, an account, the person, or the best colleague of a slot."""

    name: str
    credited: Decimal | None
    raw: int
    slots: list[SlotShown]
    note: str = ""


@dataclass(frozen=True)
class ItemLine:
    """An assessment item: where its figure comes from, how it became points, which clause says so."""

    name: str
    weight: Decimal
    rate: Decimal | None
    score: Decimal | None
    source: str
    method: str
    formula: str
    clause: str
    remark: str
    applicable: bool


def rule_words(rule: QuotaRule) -> str:
    """``10 a day, per account, on 2 accounts on each of 3 platforms, working days``."""
    amount = _("%(amount)s %(period)s") % {
        "amount": number(rule.amount),
        "period": rule.get_period_display(),
    }
    parts = [amount, rule.get_basis_display()]
    if rule.basis == "account" and rule.accounts_required > 1:
        parts.append(
            ngettext("the best %(count)s account", "the best %(count)s accounts", rule.accounts_required)
            % {"count": rule.accounts_required}
        )
    if rule.platforms_required:
        parts.append(
            ngettext("the best %(count)s platform", "the best %(count)s platforms", rule.platforms_required)
            % {"count": rule.platforms_required}
        )
    if rule.period == "day":
        parts.append(rule.get_day_basis_display())
    parts.append(_("surplus %(how)s") % {"how": rule.get_surplus_display()})
    return pgettext("between clauses", ", ").join(str(part) for part in parts)


def target_formula(row: Attainment) -> str:
    """``2 × 20 slots × 2 subjects = 80``, with the proration of the amount where there is one."""
    steps = row.steps
    if not row.applicable:
        return ""
    parts = [number(Decimal(steps["amount"]))]
    if steps.get("proration"):
        parts.append(
            _("%(share)s working days in service") % {"share": steps["proration"].replace("/", " ÷ ")}
        )
    slots = len(steps["slots"])
    if row.rule.period == "day":
        parts.append(ngettext("%(count)s day", "%(count)s days", slots) % {"count": slots})
    elif row.rule.period == "week":
        parts.append(ngettext("%(count)s week", "%(count)s weeks", slots) % {"count": slots})
    if steps["owed"] > 1:
        words = {
            "account": ngettext("%(count)s account", "%(count)s accounts", steps["owed"]),
            "platform": ngettext("%(count)s platform", "%(count)s platforms", steps["owed"]),
        }
        parts.append(words.get(row.rule.basis, "%(count)s") % {"count": steps["owed"]})
    return f"{' × '.join(parts)} = {number(row.target)}"


def explain_subjects(
    row: Attainment, platforms: Mapping[str, str], colleagues: Mapping[str, str]
) -> list[SubjectLine]:
    """The subjects that count, with their count in every slot."""
    steps = row.steps
    if not row.applicable:
        return []
    amount = Decimal(steps["amount"])
    if "pairs" in steps:
        return [_pair(one, amount, colleagues) for one in steps["pairs"]]
    lines = []
    for one in steps["chosen"]:
        platform, _slash, handle = one["subject"].partition("/")
        name = platforms.get(platform, platform)
        lines.append(
            SubjectLine(
                name=(f"{name}/{handle}" if handle else name) or _("all output together"),
                credited=exact(one["credited"]),
                raw=one["raw"],
                slots=[
                    SlotShown(_slot(slot), count, _slot_tone(count, amount))
                    for slot, count in zip(steps["slots"], one["counts"], strict=False)
                ]
                if len(steps["slots"]) > 1
                else [],
            )
        )
    lines += [SubjectLine(_("missing"), Decimal(0), 0, []) for _gap in range(steps["owed"] - len(lines))]
    return lines


def _pair(step: Mapping[str, Any], amount: Decimal, colleagues: Mapping[str, str]) -> SubjectLine:
    both = step["own"] + step["partners"]
    return SubjectLine(
        name=f"{_slot(step['slot'])} · {colleagues.get(step['partner'], step['partner'])}",
        credited=min(Decimal(both), amount),
        raw=both,
        slots=[],
        note=_("own %(own)s + colleague's %(partners)s") % {"own": step["own"], "partners": step["partners"]},
    )


def _slot(key: str) -> str:
    """``2024-05-06`` → 05-06; a week keeps its number."""
    return key[5:]


def _slot_tone(count: int, amount: Decimal) -> str:
    if count >= amount:
        return "full"
    return "low" if count else "far"


# --- scores --------------------------------------------------------------------------------------------
def explain_item(
    step: Mapping[str, Any], item: SchemeItem | None, scheme: AssessmentScheme, rating: Rating | None
) -> ItemLine:
    """One item of a score with its formula."""
    return ItemLine(
        name=item.name if item else step["code"],
        weight=Decimal(step["weight"]),
        rate=exact(step["rate"]),
        score=exact(step["score"]),
        source=_source(step, rating),
        method=item.get_method_display() if item else "",
        formula=_item_formula(step, item, scheme),
        clause=item.clause if item else "",
        remark=rating.remark if rating else "",
        applicable=step["applicable"],
    )


def _source(step: Mapping[str, Any], rating: Rating | None) -> str:
    steps = step["steps"]
    if "rating" in steps:
        own = rating.self_score if rating else None
        text = _("rated %(rating)s") % {"rating": number(Decimal(steps["rating"]), 2)}
        return (
            text if own is None else text + _(", self-rating %(own)s (not counted)") % {"own": number(own, 2)}
        )
    if "value" in steps:
        value, target = exact(steps["value"]), exact(steps["target"])
        if target is None:
            return _("figure %(value)s") % {"value": number(value)}
        return _("figure %(value)s of %(target)s") % {"value": number(value), "target": number(target)}
    return _("attainment of the quota rules")


def _item_formula(step: Mapping[str, Any], item: SchemeItem | None, scheme: AssessmentScheme) -> str:
    if step["missing"]:
        return wording.lack(step["missing"], {item.code: item.name} if item else None)
    if not step["applicable"]:
        return _("not applicable: its weight is shared by the others")
    steps = step["steps"]
    scale = steps.get("scale", "1")
    weight = number(Decimal(step["weight"]), 2) + ("" if scale == "1" else f" × {scale.replace('/', ' ÷ ')}")
    score, reached = money(exact(step["score"])), exact(step["rate"])
    method = steps.get("method", "")
    if method == "per_case":
        points = number(Decimal(item.params)) if item and item.params else UNDEFINED
        return f"max(0, {weight} − {number(exact(steps['value']))} × {points}) = {score}"
    if method == "step":
        return _("%(rate)s falls into the step worth %(score)s") % {"rate": percent(reached), "score": score}
    if method == "boolean":
        return _("reached or not: %(score)s of %(weight)s") % {"score": score, "weight": weight}
    if "rating" in steps:
        return f"{weight} × {number(Decimal(steps['rating']), 2)} ÷ 100 = {score}"
    if reached is not None and reached < scheme.threshold:
        return _("%(rate)s is below the threshold of %(threshold)s: 0.00") % {
            "rate": percent(reached),
            "threshold": percent(scheme.threshold),
        }
    if reached is not None and reached > scheme.cap:
        return f"{weight} × min({percent(reached)}, {percent(scheme.cap)}) = {score}"
    return f"{weight} × {percent(reached)} = {score}"


def total_formula(score: Score, items: list[ItemLine]) -> str:
    """``34.50 + 15.10 + … + 5.00 − 2.00 = 86.60``."""
    if score.total is None:
        return ""
    parts = " + ".join(money(item.score) for item in items if item.score is not None)
    formula = (
        f"{parts} + {money(score.bonus_points)} − {money(score.deduction_points)} = {money(score.total)}"
    )
    return formula + _(" (within 0 … %(cap)s)") % {"cap": number(score.scheme.total_cap, 2)}


def bonus_formula(score: Score) -> str:
    """``base × coefficient × proration``; by score: ``base × total ÷ 100 × proration``."""
    if score.bonus is None or score.bonus_base is None:
        return ""
    if score.veto:
        return _("veto: %(bonus)s") % {"bonus": money(score.bonus)}
    by_score = score.scheme.pay_mode == "by_score"
    factor = f"{money(score.total)} ÷ 100" if by_score else number(score.coefficient, 2)
    return f"{money(score.bonus_base)} × {factor} × {rate(score.proration)} = {money(score.bonus)}"
