"""A draft of a rule as the calculations read it: its cells parsed by the columns of its tables."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaigns.calculations.methods import MethodRow
from core import registry
from core.exceptions import RuleViolation
from core.interchange.problems import CellProblem
from core.money import ZERO
from departments.models import Document, RuleDraft
from incentives.calculations.month import SchemeTerms
from incentives.calculations.pool import Role, Scheme
from incentives.calculations.replay import DraftRule, FindingTerms
from kpi.calculations.month import SchemeVersion
from kpi.calculations.rules import QuotaRule, RuleVersion
from kpi.calculations.schemes import Scheme as AssessmentScheme
from kpi.calculations.schemes import parse_bands, parse_item

Cells = Mapping[str, Any]
#: the key of a version that has no stored row
NO_ROW = 0
#: kinds that decide about pools; the other ones that can be replayed decide about scores
POOL_KINDS = ("pool_schemes", "baseline_methods")
SCORE_KINDS = ("quota_rules", "schemes")


def parsed(table: str, cells: Mapping[str, str]) -> dict[str, Any]:
    """Cells of a table as values; an empty one is the default of its column.  Raises ``CellProblem``."""
    found = {}
    for column in registry.tables[table].columns:
        text = cells.get(column.name) or ""
        found[column.name] = column.kind.parse(text) if text else column.default_value()
    return found


def draft_rule(draft: RuleDraft) -> DraftRule:
    """What the draft says, for ``incentives.calculations.replay``.  One query at most.

    Raises ``RuleViolation`` for a draft that cannot be read, and for a kind that decides about no figure.
    """
    readers = {
        "quota_rules": _quota,
        "schemes": _scheme,
        "pool_schemes": _pool,
        "baseline_methods": _method,
    }
    reader = readers.get(draft.kind)
    if reader is None:
        raise RuleViolation("no_replay", _("This kind of rule decides about no figure of a month."))
    try:
        return reader(draft, parsed(draft.kind, draft.rows[draft.kind][0]))
    except (CellProblem, ValueError, LookupError, TypeError) as error:
        raise RuleViolation(
            "draft_unreadable", _("The draft cannot be used as it is; open it and mend the marked fields.")
        ) from error


def _parts(draft: RuleDraft, table: str) -> list[dict[str, Any]]:
    return [parsed(table, cells) for cells in draft.rows.get(table, [])]


def _quota(draft: RuleDraft, cells: Cells) -> DraftRule:
    return DraftRule(
        quota=RuleVersion(
            rule=QuotaRule(
                key=NO_ROW,
                code=cells["code"],
                activities=frozenset(cells["activities"]),
                platforms=frozenset(cells["platforms"]),
                basis=cells["basis"],
                period=cells["period"],
                amount=cells["amount"],
                accounts_required=cells["accounts_required"],
                platforms_required=cells["platforms_required"],
                day_basis=cells["day_basis"],
                surplus=cells["surplus"],
                weight=cells["weight"],
            ),
            unit=draft.unit_id,
            valid_from=draft.valid_from,
            precedence=_precedence(cells["document"]),
        )
    )


def _precedence(number: str | None) -> int:
    """That of the newest version of a document, as an import takes it."""
    if not number:
        return 0
    rows = Document.objects.filter(number=number).values_list("effective_from", "version", "precedence")
    newest = max(rows, key=lambda row: (row[0] or date.min, row[1]), default=None)
    return newest[2] if newest else 0


def _scheme(draft: RuleDraft, cells: Cells) -> DraftRule:
    items = [
        parse_item(item["code"], item["weight"], item["source"], item["method"] or "", item["params"] or "")
        for item in _parts(draft, "scheme_items")
    ]
    bands = sorted(parse_bands(cells["bands"]), key=lambda band: -band.bound)
    return DraftRule(
        scheme=SchemeVersion(
            key=NO_ROW,
            scheme=AssessmentScheme(
                code=cells["code"],
                items=tuple(sorted(items, key=lambda item: item.code)),
                cap=cells["cap"],
                threshold=cells["threshold"],
                total_cap=cells["total_cap"],
                bonus_max=cells["bonus_max"],
                deduct_max=cells["deduct_max"],
                pay_mode=cells["pay_mode"],
                bands=tuple(bands),
            ),
            unit=draft.unit_id,
            valid_from=draft.valid_from,
            position=cells["position"] or "",
        )
    )


def _pool(draft: RuleDraft, cells: Cells) -> DraftRule:
    roles = tuple(Role(row["role"], row["share"], row["order"]) for row in _parts(draft, "pool_roles"))
    scheme = Scheme(cells["rate"], roles, cells["reserve_share"], cells["residual"])
    base_year = cells["base_year"]
    return DraftRule(
        pool=SchemeTerms(
            key=NO_ROW,
            code=cells["code"],
            unit=draft.unit_id,
            rate=cells["rate"],
            reserve_share=cells["reserve_share"],
            pool=scheme,
            withheld=cells["withheld"],
            base_year=draft.valid_from.year if base_year is None else base_year,
            growth=cells["growth"],
            activity_reach=cells["activity_reach"],
            welfare_reach=cells["welfare_reach"],
            combine=cells["combine"],
            reach_days=cells["reach_days"],
            monthly_fund=cells["monthly_fund"] or ZERO,
            account_fee=cells["account_fee"] or ZERO,
            account_fee_month=cells["account_fee_month"],
            fees={
                "employee": cells["fee_employee"],
                "pharmacist": cells["fee_pharmacist"],
                "customer": cells["fee_customer"],
            },
        ),
        findings={
            row["code"]: FindingTerms(row["role"], row["scope"], row["mode"], _number(row["value"]))
            for row in _parts(draft, "finding_rules")
        },
    )


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(value)


def _method(draft: RuleDraft, cells: Cells) -> DraftRule:
    return DraftRule(
        method=MethodRow(
            str(draft.unit_id),
            cells["type"],
            cells["scale"],
            draft.valid_from,
            cells["method"],
            cells["n"],
            cells["align"],
        )
    )
