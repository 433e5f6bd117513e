"""A payout as a tree: days in post ← the role's line ← findings, reach, pool ← uplift.

Pure: every figure is a stored one; what stands in a formula is what it was computed from.
Rule: calculation.md §4, read from step 8 back to step 1.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from core.templatetags.ui import money, number, percent, rate
from incentives.models import Pool, PoolRole
from opscenter.dashboards import wording
from opscenter.explain.selectors import FindingShown, PayoutBasis, PoolBasis, Post
from opscenter.explain.tree import Clause, Node


def payout_node(basis: PayoutBasis, uplift: Node) -> Node:
    """The tree of one payout; ``uplift`` is the campaign's, which stands at its foot."""
    payout, share = basis.payout, basis.share
    steps = share.steps
    days = sum(int(one["days"]) for one in steps["holders"])
    return Node(
        name="payout",
        label=_("Part of the role “%(role)s” in “%(campaign)s”")
        % {"role": share.role.name, "campaign": share.pool.campaign.name},
        figure=money(payout.amount),
        formula=_days_formula(payout.days or 0, days, share.payout, payout.amount),
        note=""
        if payout.days == days
        else _("split to whole 分: nothing is lost, spare ones are handed out"),
        children=(
            role_node(basis.pool, share.role, steps, uplift),
            _days_node(payout.days or 0, days, basis.posts),
        ),
    )


def _days_formula(own: int, days: int, whole: Decimal, amount: Decimal) -> str:
    if own == days:
        return _("held by one person all the days: the whole %(whole)s") % {"whole": money(whole)}
    return _("%(whole)s × %(own)s ÷ %(days)s days = %(amount)s") % {
        "whole": money(whole),
        "own": own,
        "days": days,
        "amount": money(amount),
    }


def _days_node(own: int, days: int, posts: tuple[Post, ...]) -> Node:
    return Node(
        label=_("Days in post in the month"),
        figure=_("%(own)s of %(days)s") % {"own": own, "days": days},
        note=_("all holders of the role together have %(days)s days") % {"days": days},
        children=tuple(
            Node(
                label=_("in the role"),
                figure=_("since %(day)s") % {"day": date_format(one.start, "SHORT_DATE_FORMAT")}
                if one.end is None
                else f"{date_format(one.start, 'SHORT_DATE_FORMAT')} – "
                f"{date_format(one.end, 'SHORT_DATE_FORMAT')}",
            )
            for one in posts
        ),
    )


def role_node(basis: PoolBasis, role: PoolRole, steps: Mapping[str, Any], uplift: Node | None) -> Node:
    """E ← C × (1 − R) ← N × k: a role's line from its payout back to the pool.

    Without ``uplift`` it ends at the role's part of the pool, which stands above it already.
    """
    figures = {key: Decimal(steps[key]) for key in ("share", "nominal", "factor", "after_findings", "payout")}
    vacant = steps["vacant"] == "yes"
    return Node(
        name=f"role-{steps['role']}",
        label=_("What the role gets (E)"),
        figure=money(figures["payout"]),
        formula=_("E = C × (1 − R): %(after)s × (1 − %(short)s) = %(payout)s")
        % {
            "after": money(figures["after_findings"]),
            "short": rate(basis.pool.shortfall),
            "payout": money(figures["payout"]),
        },
        note=_("nobody held the role on any day of the month") if vacant else "",
        children=(
            Node(
                label=_("After findings (C)"),
                figure=money(figures["after_findings"]),
                formula=_("C = N × k: %(nominal)s × %(factor)s = %(after)s")
                % {
                    "nominal": money(figures["nominal"]),
                    "factor": rate(figures["factor"]),
                    "after": money(figures["after_findings"]),
                },
                children=(
                    _nominal_node(basis, role, figures, uplift),
                    factor_node(basis, steps),
                ),
            ),
            reach_node(basis),
        ),
    )


def _nominal_node(
    basis: PoolBasis, role: PoolRole, figures: Mapping[str, Decimal], uplift: Node | None
) -> Node:
    pool = basis.pool
    return Node(
        label=_("The role's part of the pool before deductions (N)"),
        figure=money(figures["nominal"]),
        formula=_("N = P × share: %(pool)s × %(share)s = %(nominal)s")
        % {
            "pool": money(pool.amount),
            "share": percent(figures["share"]),
            "nominal": money(figures["nominal"]),
        },
        note=_residual(pool),
        children=(
            Node(
                label=_("Share of the role “%(role)s”") % {"role": role.name},
                figure=percent(figures["share"]),
                note=role.duty,
                clause=scheme_clause(basis),
            ),
            *([] if uplift is None else [pool_node(basis, uplift)]),
        ),
    )


def pool_node(basis: PoolBasis, uplift: Node) -> Node:
    """P ← max(0, U) × rate."""
    pool = basis.pool
    share = Decimal(pool.steps["rate"])
    return Node(
        name="pool",
        label=_("Pool of “%(name)s” (P)") % {"name": pool.campaign.name},
        figure=money(pool.amount),
        formula=_("P = max(0, U) × rate: max(0, %(uplift)s) × %(rate)s = %(amount)s")
        % {"uplift": money(pool.uplift), "rate": percent(share), "amount": money(pool.amount)},
        children=(
            uplift,
            Node(
                label=_("Rate of the pool"),
                figure=percent(share),
                clause=scheme_clause(basis, documents=True),
            ),
        ),
    )


def _residual(pool: Pool) -> str:
    if pool.steps["residual"] == "reserve_absorbs":
        return _("the reserve takes the spare 分")
    return _("spare 分 go to the largest remainders")


def scheme_clause(basis: PoolBasis, *, documents: bool = False) -> Clause:
    """The scheme's version and, where ``documents`` are wanted, those it goes by."""
    scheme = basis.pool.scheme
    titles = (scheme.name, *basis.documents) if documents else (scheme.name,)
    return Clause(
        title=pgettext("between titles", " · ").join(titles),
        text=_("version of %(day)s") % {"day": date_format(scheme.valid_from, "SHORT_DATE_FORMAT")},
        url=_scheme_url(basis),
    )


def _scheme_url(basis: PoolBasis) -> str:
    return reverse("rules:show", args=["pool_schemes", basis.pool.scheme.code]) if basis.linked else ""


# --- findings ------------------------------------------------------------------------------------------
def factor_node(basis: PoolBasis, steps: Mapping[str, Any]) -> Node:
    """k ← what the findings of last year leave × what those of now leave."""
    found = [basis.findings[one["id"]] for one in steps["findings"] if one["id"] in basis.findings]
    yearly = [one for one in found if one.scope == "year"]
    current = [one for one in found if one.scope != "year"]
    if steps["vacant"] == "yes":
        formula = _("k = 0: nobody held the role")
    else:
        formula = _("k = A × M: %(annual)s × %(current)s = %(factor)s") % {
            "annual": steps["annual_factor"],
            "current": steps["month_factor"],
            "factor": rate(Decimal(steps["factor"])),
        }
    return Node(
        name="factor",
        label=_("What findings leave (k)"),
        figure=rate(Decimal(steps["factor"])),
        formula=formula,
        tone="bad" if found else "",
        note="" if found else _("no finding acts on the role"),
        children=(
            _remaining_node(
                _("Last year's yearly findings leave (A)"), steps["annual_factor"], yearly, basis
            ),
            _remaining_node(
                _("Findings of the month and the campaign leave (M)"), steps["month_factor"], current, basis
            ),
        ),
    )


def _remaining_node(label: str, left: str, findings: list[FindingShown], basis: PoolBasis) -> Node:
    taken = " − ".join(["1", *(_effect(one) for one in findings)])
    return Node(
        label=label,
        figure=left,
        formula=f"max(0, {taken}) = {left}" if findings else "",
        note="" if findings else pgettext("findings", "none"),
        children=tuple(_finding_node(one, basis) for one in findings),
    )


def _effect(finding: FindingShown) -> str:
    return finding.effect if "/" in finding.effect else percent(Decimal(finding.effect))


def _finding_node(finding: FindingShown, basis: PoolBasis) -> Node:
    rule, row, scheme = finding.rule, finding.row, basis.pool.scheme
    name = rule.name if rule else finding.facts.rule if finding.facts else finding.ident
    clause = None
    if rule is not None:
        clause = Clause(
            rule.clause,
            pgettext("between titles", " · ").join((scheme.name, *basis.documents)),
            rule.name,
            _scheme_url(basis),
        )
    parts = [wording.named(wording.SCOPES, finding.scope)]
    if row is not None:
        parts += [text for text in (row.evidence, row.note) if text]
        if row.answer:
            parts.append(_("answer: %(text)s") % {"text": row.answer})
    return Node(
        label=f"{finding.facts.date.isoformat()} {name}" if finding.facts else name,
        figure=f"−{_effect(finding)}",
        formula=_effect_formula(finding),
        note=pgettext("between notes", " · ").join(parts),
        clause=clause,
        url=reverse("findings:show", args=[row.pk]) if row is not None else "",
        tone="bad",
    )


def _effect_formula(finding: FindingShown) -> str:
    """What one finding takes, by the mode of its rule."""
    facts = finding.facts
    if facts is None:
        return ""
    count = number(facts.occurrences) if facts.occurrences is not None else "1"
    if facts.mode == "per_case" and facts.value is not None:
        return _("%(count)s × %(value)s for each case = %(effect)s") % {
            "count": count,
            "value": percent(facts.value),
            "effect": _effect(finding),
        }
    if facts.mode == "share" and facts.value is not None:
        return _("%(count)s of the role's %(items)s items = %(effect)s") % {
            "count": count,
            "items": number(facts.value),
            "effect": _effect(finding),
        }
    if facts.mode == "percent":
        return _("%(effect)s as assessed") % {"effect": _effect(finding)}
    return _("the whole coefficient")


# --- reach ---------------------------------------------------------------------------------------------
def reach_node(basis: PoolBasis) -> Node:
    """R ← the mean shortfall of each kind ← each article's readers against its target."""
    pool, reach = basis.pool, basis.pool.steps["reach"]
    means = reach["means"]
    words = " · ".join(
        f"{wording.named(wording.ARTICLE_KINDS, kind)} {means[kind]}" for kind in sorted(means)
    )
    combine = wording.named(wording.COMBINATIONS, reach["combine"])
    return Node(
        name="reach",
        label=_("Reach shortfall of the month (R)"),
        figure=rate(pool.shortfall),
        formula=f"{words or '0'} → {rate(pool.shortfall)}",
        note=combine if len(means) > 1 else "",
        tone="bad" if pool.shortfall else "",
        clause=scheme_clause(basis),
        children=tuple(
            _kind_node(kind, [one for one in reach["articles"] if one["kind"] == kind], means, basis)
            for kind in sorted({one["kind"] for one in reach["articles"]})
        ),
    )


def _kind_node(kind: str, articles: list[Mapping[str, str]], means: Any, basis: PoolBasis) -> Node:
    shown = [one["shortfall"] for one in articles if one["shortfall"]]
    formula = ""
    if kind in means and len(shown) > 1:
        formula = f"({' + '.join(shown)}) ÷ {len(shown)} = {means[kind]}"
    return Node(
        label=_("Articles of the kind “%(kind)s”") % {"kind": wording.named(wording.ARTICLE_KINDS, kind)},
        figure=means.get(kind, "—"),
        formula=formula,
        children=tuple(_article_node(one, basis) for one in articles),
    )


def _article_node(step: Mapping[str, str], basis: PoolBasis) -> Node:
    terms, article = basis.terms, basis.articles.get(step["article"])
    readers, target = step["readers"], step["target"]
    formula = ""
    if readers and int(target):
        formula = _("max(0, %(target)s − %(readers)s) ÷ %(target)s = %(short)s") % {
            "target": number(int(target)),
            "readers": number(int(readers)),
            "short": step["shortfall"],
        }
    years = basis.month.year - terms.base_year
    base = terms.base.get(step["kind"], 0)
    published = _("published %(day)s") % {"day": article.published.isoformat()} if article else ""
    return Node(
        label=article.title if article else step["article"],
        figure=step["shortfall"] or "—",
        formula=formula,
        note=published,
        children=(
            Node(
                label=_("Readers"),
                figure=number(int(readers)) if readers else "—",
                note=ngettext(
                    "counted %(days)s day after publishing",
                    "counted %(days)s days after publishing",
                    terms.reach_days,
                )
                % {"days": terms.reach_days},
            ),
            Node(
                label=_("Target"),
                figure=number(int(target)),
                formula=_("%(base)s × (1 + %(growth)s)^%(years)s → %(target)s whole readers")
                % {
                    "base": number(base),
                    "growth": percent(terms.growth),
                    "years": years,
                    "target": number(int(target)),
                },
                clause=scheme_clause(basis),
            ),
        ),
    )
