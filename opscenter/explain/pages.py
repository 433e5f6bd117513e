"""The pages of explanations: what each shows, put together from selectors and trees."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.exceptions import NotVisible
from core.money import ZERO
from core.templatetags.ui import money
from departments.models import Staff
from incentives.models import Adjustment, Payout, PayoutKind
from incentives.services.verification import CHECKS
from kpi.models import Score
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.money import payees
from opscenter.dashboards.selectors.person import visible_staff
from opscenter.explain.compare import (
    Amounts,
    CampaignMover,
    Mover,
    campaign_movers,
    movers_of,
    with_reasons,
)
from opscenter.explain.selectors import payout_basis, payout_row
from opscenter.explain.selectors_campaign import shared_pool
from opscenter.explain.selectors_score import ScoreBasis, score_basis
from opscenter.explain.selectors_uplift import uplift_basis, visible_campaign
from opscenter.explain.tree import Node
from opscenter.explain.tree_campaign import shared_node
from opscenter.explain.tree_payout import payout_node
from opscenter.explain.tree_score import bonus_node, score_node
from opscenter.explain.tree_uplift import uplift_node
from opscenter.explain.verification import Checked, MonthCheck


@dataclass(frozen=True)
class PayoutPage:
    staff: Staff
    payout: Payout
    tree: Node


@dataclass(frozen=True)
class ScorePage:
    """``tree`` is the bonus with the score under it, or the score alone."""

    staff: Staff
    basis: ScoreBasis
    tree: Node


@dataclass(frozen=True)
class PersonPage:
    """``moved``: how the person's money changed since the computed month before, where there is one."""

    staff: Staff
    trees: list[Node]
    moved: Mover | None


def payout_page(scope: MonthScope, staff_no: str, code: str, role: str, page: str) -> PayoutPage:
    """One part of a pool down to the store-days.  Raises ``NotVisible``."""
    staff = visible_staff(scope, staff_no)
    payout = payout_row(scope, staff, code, role)
    basis = payout_basis(scope, payout, staff)
    here = reverse("explain:payout", args=[scope.month, staff_no, code, role])
    uplift = uplift_node(uplift_basis(scope, basis.share.pool.campaign, page), scope.month, here)
    return PayoutPage(staff, payout, payout_node(basis, uplift))


def score_page(scope: MonthScope, staff_no: str, *, bonus: bool) -> ScorePage:
    """A score, or the bonus made of it.  Raises ``NotVisible``."""
    staff = visible_staff(scope, staff_no)
    basis = score_basis(scope, staff)
    if basis is None or (bonus and (not basis.shows_bonus or basis.score.bonus is None)):
        raise NotVisible("score")
    node = bonus_node(basis, scope.month) if bonus else score_node(basis, scope.month)
    return ScorePage(staff, basis, node)


def campaign_tree(scope: MonthScope, code: str, page: str) -> Node:
    """A campaign's uplift, and for those who read money its pool.  Raises ``NotVisible``."""
    campaign = visible_campaign(scope, code)
    here = reverse("explain:campaign", args=[scope.month, code])
    uplift = uplift_node(uplift_basis(scope, campaign, page), scope.month, here)
    shared = shared_pool(scope, campaign)
    return uplift if shared is None else shared_node(shared, uplift, scope.month)


def person_page(scope: MonthScope, staff_no: str) -> PersonPage:
    """Everything about a person's month that can be explained, each with the way to its tree."""
    staff = visible_staff(scope, staff_no)
    trees: list[Node] = []
    rows = list(payees(staff, scope))
    if rows or scope.reads_amount_of(staff):
        trees.append(_paid_node(scope, staff, rows))
    if scope.reads_amount_of(staff) and (corrected := _adjustments(scope, staff)):
        trees.append(_adjusted_node(corrected))
    score = scope.of_people(Score.objects).filter(staff=staff).first()
    if score is not None:
        trees.append(
            Node(
                label=_("Score of the month"),
                figure=money(score.total),
                note=_("grade %(grade)s") % {"grade": score.grade} if score.grade else "",
                url=reverse("explain:score", args=[scope.month, staff_no]),
            )
        )
    if not trees:
        raise NotVisible("person")
    return PersonPage(staff, trees, _moved(scope, staff, rows))


@dataclass(frozen=True)
class CheckShown:
    """A month that was checked, in the reader's language; ``outdated``: it was computed, or locked, since."""

    check: MonthCheck
    proofs: list[tuple[str, Checked]]
    movers: list[Mover]
    campaigns: list[CampaignMover]
    outdated: bool


def check_shown(scope: MonthScope, check: MonthCheck) -> CheckShown:
    """One query."""
    titles = {name: title for name, title, _check in CHECKS}
    titles["facts"] = gettext_lazy("The facts as they are now give the same result")
    digest = scope.settlement.digest if scope.settlement else ""
    return CheckShown(
        check=check,
        proofs=[(str(titles[one.name]), one) for one in check.proofs],
        movers=movers_of(check.movers),
        campaigns=campaign_movers(check.campaigns),
        outdated=check.digest != digest or check.frozen == scope.provisional,
    )


def _paid_node(scope: MonthScope, staff: Staff, rows: Sequence[Payout]) -> Node:
    total = sum((row.amount for row in rows), ZERO)
    terms = " + ".join(money(row.amount) for row in rows)
    return Node(
        label=_("To pay for the month"),
        figure=money(total),
        formula=f"{terms} = {money(total)}" if len(rows) > 1 else "",
        note="" if rows else _("nothing is paid to this person in the month"),
        opened=True,
        children=tuple(_payout_line(scope, staff, row) for row in rows),
    )


def _payout_line(scope: MonthScope, staff: Staff, row: Payout) -> Node:
    if row.kind == PayoutKind.BONUS or row.share is None:
        return Node(
            label=_("Bonus of the month"),
            figure=money(row.amount),
            url=reverse("explain:bonus", args=[scope.month, staff.staff_no]),
        )
    code, role = row.share.pool.campaign.code, row.share.role
    return Node(
        label=f"{row.share.pool.campaign.name} · {role.name}",
        figure=money(row.amount),
        note=_("before deductions %(amount)s") % {"amount": money(row.nominal)},
        url=reverse("explain:payout", args=[scope.month, staff.staff_no, code, role.role]),
    )


def _adjustments(scope: MonthScope, staff: Staff) -> list[Adjustment]:
    """What was approved to be paid or taken back in this month for earlier, locked ones: one query."""
    approved = Adjustment.objects.filter(root=scope.root, staff=staff, approved_by__isnull=False)
    return list(approved.filter(month=scope.month.first).order_by("about_month", "pk"))


def _adjusted_node(rows: Sequence[Adjustment]) -> Node:
    terms = " + ".join(money(row.amount) for row in rows)
    total = money(sum((row.amount for row in rows), ZERO))
    return Node(
        label=_("Corrections of earlier months, paid with this one"),
        figure=total,
        formula=f"{terms} = {total}" if len(rows) > 1 else "",
        opened=True,
        children=tuple(
            Node(
                label=_("Correction of %(month)s")
                % {"month": date_format(row.about_month, "YEAR_MONTH_FORMAT")},
                figure=money(row.amount),
                note=row.reason,
                url=reverse("payments:adjustment", args=[row.pk]),
            )
            for row in rows
        ),
    )


def _moved(scope: MonthScope, staff: Staff, rows: Sequence[Payout]) -> Mover | None:
    """The change of the person's money since the month before, for those who read it; seven queries."""
    before = scope.before
    if before is None or not scope.reads_amount_of(staff):
        return None
    now = sum((row.amount for row in rows), ZERO)
    earlier: Decimal = sum(
        Payout.objects.filter(root=scope.root, month=before.first, staff=staff).values_list(
            "amount", flat=True
        ),
        ZERO,
    )
    amounts = Amounts(staff.pk, earlier, now)
    return with_reasons(scope.root.pk, before, scope.month, [amounts])[0]
