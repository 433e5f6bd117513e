"""Reads of findings for their pages: the rules that hold on a day, whom a finding hits, who may do what."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, Q, Subquery

from campaigns.models import Campaign, Store
from core.exceptions import NotVisible
from core.months import Month
from core.templatetags.ui import percent
from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import frozen_months
from incentives.calculations.findings import Finding as FindingFacts
from incentives.calculations.findings import effect
from incentives.models import (
    Finding,
    FindingAnswer,
    FindingMode,
    FindingRule,
    FindingStatus,
    PoolRole,
    PoolScheme,
    RoleHolder,
)
from kpi.selectors.appeals import Window, appeal_window

if TYPE_CHECKING:
    from core.models import User


def roots_to_propose(user: "User") -> frozenset[int] | None:
    """The organisations in which the person may propose findings; ``None`` = all."""
    reach = reach_of(user)
    if reach.everything:
        return None
    return reach.roots if reach.units_for("finding.propose") else frozenset()


def _schemes(user: "User") -> Any:
    """The versions of the schemes under which the person may propose; everybody there knows the rules."""
    roots = roots_to_propose(user)
    rows = PoolScheme.objects.order_by("code", "valid_from")
    return rows if roots is None else rows.filter(root_id__in=roots)


def rule_choices(user: "User") -> list[tuple[str, str]]:
    """``scheme/rule`` → role, rule and what it takes, of the latest version of each scheme: three queries."""
    latest = {scheme.code: scheme for scheme in _schemes(user)}
    versions = [scheme.pk for scheme in latest.values()]
    roles = {
        (role.scheme_id, role.role): role.name for role in PoolRole.objects.filter(scheme_id__in=versions)
    }
    rules = FindingRule.objects.filter(scheme_id__in=versions).select_related("scheme")
    several = len(latest) > 1
    return [
        (
            f"{rule.scheme.code}/{rule.code}",
            (f"{rule.scheme.name} · " if several else "")
            + f"{roles.get((rule.scheme_id, rule.role), rule.role)} · {rule.name}"
            + (f" ({percent(rule.value, 0)})" if rule.mode == FindingMode.PER_CASE else ""),
        )
        for rule in rules.order_by("scheme__code", "role", "code")
    ]


def campaign_choices(user: "User", today: date) -> Any:
    """Campaigns of the last twelve months that the person sees."""
    since = Month.of(today).plus(-12).first
    return Campaign.objects.visible_to(user).filter(end__gte=since).order_by("-end", "code")


def store_choices(user: "User") -> Any:
    roots = roots_to_propose(user)
    rows = Store.objects.order_by("code")
    return rows if roots is None else rows.filter(root_id__in=roots)


def rule_on(user: "User", scheme_code: str, rule_code: str, day: date) -> FindingRule | None:
    """The rule as it holds on the day: of the latest version of its scheme begun by then, if it has it."""
    version = _schemes(user).filter(code=scheme_code, valid_from__lte=day).last()
    if version is None:
        return None
    return FindingRule.objects.select_related("scheme").filter(scheme=version, code=rule_code).first()


def findings_listed(user: "User") -> Any:
    """The findings the person sees with the names of rule and role, the newest first: one query."""
    rules = FindingRule.objects.filter(scheme__code=OuterRef("scheme_code"), code=OuterRef("rule_code"))
    roles = PoolRole.objects.filter(scheme__code=OuterRef("scheme_code"), role=OuterRef("role"))
    return (
        Finding.objects.visible_to(user)
        .annotate(
            rule_name=Subquery(rules.order_by("-scheme__valid_from").values("name")[:1]),
            role_name=Subquery(roles.order_by("-scheme__valid_from").values("name")[:1]),
        )
        .select_related("campaign", "store")
        .order_by("-date", "-pk")
    )


def in_month(rows: Any, month: Month) -> Any:
    """Those of a month's days, and those that act on it."""
    return rows.filter(
        Q(date__range=(month.first, month.last)) | Q(acts_from__lte=month.last, acts_to__gte=month.first)
    )


def with_text(rows: Any, text: str) -> Any:
    """Those with a text in the name of their rule or role, in the note or in the name of the store."""
    return rows.filter(
        Q(rule_name__icontains=text)
        | Q(role_name__icontains=text)
        | Q(note__icontains=text)
        | Q(store__name__icontains=text)
    )


def rule_of(finding: Finding) -> FindingRule | None:
    """The rule that a finding was made under: that of its day, else the first version that has it."""
    rules = FindingRule.objects.select_related("scheme").filter(
        scheme__code=finding.scheme_code, code=finding.rule_code
    )
    begun = rules.filter(scheme__valid_from__lte=finding.date).order_by("-scheme__valid_from").first()
    return begun or rules.order_by("scheme__valid_from").first()


def people_hit(finding: Finding, role: str) -> list[Staff]:
    """Who held the role on the day."""
    holders = RoleHolder.objects.filter(
        Q(end__isnull=True) | Q(end__gte=finding.date),
        scheme_code=finding.scheme_code,
        role=role,
        start__lte=finding.date,
    )
    return list(
        Staff.objects.filter(pk__in=holders.values("staff_id")).select_related("unit").order_by("staff_no")
    )


def effect_of(finding: Finding, rule: Any) -> Fraction | None:
    """What the finding takes of the role's coefficient, at most all; ``None`` when its numbers do not say."""
    if rule is None:
        return None
    facts = FindingFacts(
        id=finding.ident,
        rule=rule.code,
        role=rule.role,
        scope=rule.scope,
        mode=rule.mode,
        date=finding.date,
        value=rule.value,
        occurrences=finding.occurrences,
        percent=finding.percent,
    )
    try:
        return min(Fraction(1), effect(facts))
    except ValueError:
        return None


@dataclass(frozen=True)
class FindingPage:
    """A finding with everything its page shows, and what the reader may do."""

    finding: Finding
    rule: FindingRule | None
    role: PoolRole | None
    share: Fraction | None
    people: list[Staff]
    answers: list[FindingAnswer]
    own_answer: FindingAnswer | None
    frozen: bool
    window: Window | None
    may_confirm: bool
    may_withdraw: bool
    may_answer: bool

    @property
    def month(self) -> Month:
        return Month.of(self.finding.acts_from)


def finding_page(user: "User", pk: int) -> FindingPage:
    """One finding.  Raises ``NotVisible`` for one out of reach."""
    finding = (
        Finding.objects.visible_to(user)
        .select_related("campaign", "store", "proposed_by", "confirmed_by", "evidence_file", "root")
        .filter(pk=pk)
        .first()
    )
    if finding is None:
        raise NotVisible("finding")
    rule = rule_of(finding)
    people = people_hit(finding, rule.role) if rule else []
    answers = list(FindingAnswer.objects.filter(finding=finding).select_related("staff"))
    reach = reach_of(user)
    own = next((person for person in people if person.user_id == user.pk), None)
    first, last = Month.of(finding.acts_from), Month.of(finding.acts_to)
    frozen = any(
        root == finding.root_id and first <= Month.of(month) <= last for root, month in frozen_months()
    )
    window = appeal_window(own, first) if own else None
    live = finding.status != FindingStatus.WITHDRAWN
    proposed = finding.status == FindingStatus.PROPOSED
    decides = rule is not None and own is None and reach.allows("finding.confirm", rule.scheme.unit_id)
    return FindingPage(
        finding=finding,
        rule=rule,
        role=PoolRole.objects.filter(scheme=rule.scheme_id, role=rule.role).first() if rule else None,
        share=effect_of(finding, rule),
        people=people,
        answers=answers,
        own_answer=next((one for one in answers if own and one.staff_id == own.pk), None),
        frozen=frozen,
        window=window,
        may_confirm=proposed and decides and not frozen and finding.proposed_by_id != user.pk,
        may_withdraw=live and not frozen and (decides or (proposed and finding.proposed_by_id == user.pk)),
        may_answer=live and window is not None and not window.is_over,
    )
