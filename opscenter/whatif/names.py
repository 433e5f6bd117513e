"""What people call the codes of a trial: one query for each kind of thing."""

from collections.abc import Collection
from dataclasses import dataclass, field

from campaigns.models import Article, Campaign
from incentives.models import FindingRule, PoolRole, PoolScheme
from kpi.models import AssessmentScheme, QuotaRule, SchemeItem
from opscenter.dashboards.scope import MonthScope
from opscenter.whatif.facts import Measures


@dataclass(frozen=True)
class PoolNames:
    """Codes → names; ``rules`` by scheme and code."""

    campaigns: dict[str, str] = field(default_factory=dict)
    schemes: dict[str, str] = field(default_factory=dict)
    roles: dict[str, str] = field(default_factory=dict)
    rules: dict[str, str] = field(default_factory=dict)
    articles: dict[str, str] = field(default_factory=dict)


def pool_names(scope: MonthScope, articles: Collection[str]) -> PoolNames:
    """Five queries; of a code with several names the latest version's."""
    begun = {"scheme__root": scope.root, "scheme__valid_from__lte": scope.month.last}
    return PoolNames(
        campaigns=dict(
            Campaign.objects.filter(root=scope.root, month=scope.month.first).values_list("code", "name")
        ),
        schemes=dict(
            PoolScheme.objects.filter(root=scope.root, valid_from__lte=scope.month.last)
            .order_by("valid_from")
            .values_list("code", "name")
        ),
        roles=dict(
            PoolRole.objects.filter(**begun).order_by("scheme__valid_from").values_list("role", "name")
        ),
        rules=dict(
            FindingRule.objects.filter(**begun).order_by("scheme__valid_from").values_list("code", "name")
        ),
        articles=dict(Article.objects.filter(code__in=articles).values_list("code", "title")),
    )


@dataclass(frozen=True)
class ScoreNames:
    """Keys of versions → names; ``items`` by the version's key and the item's code."""

    rules: dict[int, str]
    schemes: dict[int, str]
    items: dict[tuple[int, str], str]


def score_names(found: Measures) -> ScoreNames:
    """Three queries."""
    schemes = [one.key for one in found.schemes]
    return ScoreNames(
        dict(
            QuotaRule.objects.filter(pk__in=[one.rule.key for one in found.rules]).values_list("pk", "name")
        ),
        dict(AssessmentScheme.objects.filter(pk__in=schemes).values_list("pk", "name")),
        {
            (scheme, code): name
            for scheme, code, name in SchemeItem.objects.filter(scheme__in=schemes).values_list(
                "scheme_id", "code", "name"
            )
        },
    )
