"""Reads the stored results of a month into the content of its sheet: as many queries for any size."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.exceptions import Conflict, RuleViolation
from core.models import User
from core.money import ZERO
from core.months import Month
from departments.models import Assignment, PeriodState, Unit
from departments.selectors import UnitTree, unit_tree
from incentives.models import Adjustment, Payout, PayoutKind, PoolScheme, PoolShare, Settlement
from incentives.selectors.held import held_amounts
from incentives.sheet import wording
from incentives.sheet.campaigns import read_campaigns
from incentives.sheet.content import AdjustmentLine, Approval, Content, Department, Line, Missing
from incentives.sheet.ledger import Ledger, read_ledger
from kpi.models import Score, ScoreStatus

# What is signed electronically, in the order of the signature row.  A month computed anew after an approval
# goes back to its first state, so that only what the state has reached still holds.
# The figures were made when they became what they are: a roll-up that finds the same does not sign again.
ACTS = {
    PeriodState.COMPUTED: ("制表", "computed_by", "revised_at"),
    PeriodState.REVIEWED: ("审核", "reviewed_by", "reviewed_at"),
    PeriodState.LOCKED: ("财务复核", "locked_by", "locked_at"),
    PeriodState.APPROVED: ("审批", "approved_by", "approved_at"),
}
STATES = list(PeriodState)


def sheet_content(
    root: Unit, month: Month, *, printed_by: User | None = None, printed_at: datetime | None = None
) -> Content:
    """Everything on the sheet of ``month``, from the result tables only.  Rule: HT-29, interfaces.md §5.

    Of a locked month ``printed_at`` and the printer are those of the lock, so that a second export is the
    same file.  Raises ``RuleViolation`` for a unit that is no root and a month that is not computed, and
    ``Conflict`` when a roll-up replaced the results meanwhile.
    """
    if root.parent_id is not None:
        raise RuleViolation(
            "not_a_root",
            _("“%(unit)s” lies below another unit; the sheet is made for a whole organisation."),
            unit=root.code,
        )
    settlement = _settlement(root, month)
    frozen = settlement.period.is_frozen
    if frozen:
        printed_by, printed_at = settlement.locked_by, settlement.locked_at or settlement.computed_at
    tree = unit_tree(month.last)
    names = _scheme_names(root, month)
    ledger = read_ledger(root, month, names, lambda unit: _department(tree, root, unit)[1])
    held = held_amounts(root.pk, month, at=settlement.locked_at if frozen else None)
    departments, missing, adjustments = _departments(root, month, tree, ledger, held)
    campaigns = read_campaigns(root, month)
    _unchanged(settlement)
    return Content(
        company=tree.names[root.pk],
        month=month,
        trial=not frozen,
        printed_by=wording.person(printed_by),
        printed_at=timezone.localtime(printed_at),
        revision=settlement.revision,
        digest=settlement.digest,
        approvals=_approvals(settlement),
        departments=departments,
        outsiders=ledger.outsiders,
        staff_fees=ledger.staff_fees,
        funds=ledger.funds,
        movements=ledger.movements,
        pending=ledger.pending,
        pools=ledger.pool_lines,
        vacancies=ledger.vacancies,
        unsettled=campaigns.unsettled,
        adjustments=adjustments,
        missing=missing,
        changes=campaigns.changes,
    )


def _settlement(root: Unit, month: Month) -> Settlement:
    settlement = (
        Settlement.objects.filter(period__root=root, period__month=month.first)
        .select_related("period", *(f"{signer}__staff" for _label, signer, _moment in ACTS.values()))
        .defer("inputs", "result", "scope")
        .first()
    )
    if settlement is None or not settlement.digest or settlement.period.state == PeriodState.OPEN:
        raise RuleViolation(
            "month_not_computed",
            _("%(month)s of “%(unit)s” is not computed; roll it up first."),
            month=str(month),
            unit=root.code,
        )
    return settlement


def _unchanged(settlement: Settlement) -> None:
    """The results were read with several queries; a roll-up in between would mix two revisions."""
    now = Settlement.objects.filter(pk=settlement.pk).values_list("revision", "digest").first()
    if now != (settlement.revision, settlement.digest):
        raise Conflict("rolled_up_meanwhile")


def _approvals(settlement: Settlement) -> tuple[Approval, ...]:
    reached = STATES.index(PeriodState(settlement.period.state))
    found = []
    for act, (label, signer, moment) in ACTS.items():
        at = getattr(settlement, moment)
        if at and STATES.index(act) <= reached:
            found.append(Approval(label, wording.person(getattr(settlement, signer)), timezone.localtime(at)))
    return tuple(found)


def _scheme_names(root: Unit, month: Month) -> dict[str, str]:
    """Code → name of the latest version that has begun."""
    versions = PoolScheme.objects.filter(root=root, valid_from__lte=month.last).order_by("valid_from")
    return dict(versions.values_list("code", "name"))


def _department(tree: UnitTree, root: Unit, unit: int | None) -> tuple[str, str]:
    """(sort key, name) of the unit directly below the root; the root itself stands first."""
    path = tree.path(unit)
    if root.pk not in path or unit == root.pk:
        return "", tree.names[root.pk]
    top = path[path.index(root.pk) - 1]
    return tree.codes[top], tree.names[top]


@dataclass
class _Remarks:
    """What a line's 备注 is made of, gathered over the campaigns."""

    findings: dict[str, str] = field(default_factory=dict)
    shortfalls: dict[Decimal, None] = field(default_factory=dict)
    days: int | None = None
    holders: int = 1

    def text(self, month: Month) -> str:
        parts = []
        if self.findings:
            parts.append("扣减：" + wording.counted(self.findings.values()))
        if self.shortfalls:
            parts.append("传播差额" + "、".join(map(wording.percent, self.shortfalls)))
        whole = month.last.day
        if self.days is not None and self.days < whole:
            parts.append(f"折算{self.days}/{whole}天")
        elif self.holders > 1:
            parts.append(f"{self.holders}人分担")
        return "；".join(parts)


@dataclass
class _RoleSum:
    """One person in one role, summed over the month's campaigns."""

    line: Line
    factors: set[Decimal]
    remarks: _Remarks


def _departments(
    root: Unit, month: Month, tree: UnitTree, ledger: Ledger, held: Mapping[int, Decimal]
) -> tuple[tuple[Department, ...], tuple[Missing, ...], tuple[AdjustmentLine, ...]]:
    posts, places = _placements(root, month)
    adjustments, adjusted = _adjustments(root, month, tree, places)
    missing = _missing(root, month, tree)
    shares = _shares(root, month)
    holders: dict[int, int] = defaultdict(int)
    rows = list(_payouts(root, month))
    for row in rows:
        if row["share_id"]:
            holders[row["share_id"]] += 1
    pool: dict[tuple[str, str], dict[tuple[Any, ...], _RoleSum]] = defaultdict(dict)
    bonus: dict[tuple[str, str], list[tuple[int, Line]]] = defaultdict(list)
    for row in rows:
        department = _department(tree, root, row["unit_id"])
        if row["kind"] == PayoutKind.BONUS:
            bonus[department].append((row["staff_id"], _bonus_line(department[1], row, posts)))
        else:
            share = shares[row["share_id"]]
            _add(pool[department], department[1], row, share, ledger, holders[row["share_id"]])
    lacking = {key: one.lacks for key, one in missing.items()}
    found = []
    for number, department in enumerate(sorted({*pool, *bonus}), 1):
        summed = pool.get(department, {})
        pool_lines = [(key[1], _role_line(summed[key], month)) for key in sorted(summed)]
        lines = _with_notices([*pool_lines, *bonus.get(department, ())], lacking, adjusted, held)
        found.append(
            Department(
                name=department[1],
                number=f"JX-{month.first:%Y%m}-{number:03d}",
                pool_lines=tuple(lines[: len(pool_lines)]),
                bonus_lines=tuple(lines[len(pool_lines) :]),
                missing=tuple(one for one in missing.values() if one.department == department[1]),
            )
        )
    return tuple(found), tuple(missing.values()), adjustments


def _payouts(root: Unit, month: Month) -> Iterable[dict[str, Any]]:
    person = ("staff_id", "staff__staff_no", "staff__name", "staff__position__name", "unit_id")
    score = ("score__total", "score__coefficient", "score__grade", "score__veto", "score__proration")
    return (
        Payout.objects.filter(root=root, month=month.first)
        .order_by("staff__staff_no", "pk")
        .values(*person, "kind", "share_id", "days", "nominal", "amount", *score)
    )


def _shares(root: Unit, month: Month) -> dict[int, PoolShare]:
    return {
        share.pk: share
        for share in PoolShare.objects.filter(root=root, month=month.first).select_related("role")
    }


def _add(
    found: dict[tuple[Any, ...], _RoleSum],
    department: str,
    row: Mapping[str, Any],
    share: PoolShare,
    ledger: Ledger,
    holders: int,
) -> None:
    """Add one payout to the line of its person and role."""
    pool, role = ledger.pools[share.pool_id], share.role
    order = (role.order is None, role.order or 0, role.pk)
    key = (row["staff__staff_no"], row["staff_id"], pool.scheme.code, order, role.role)
    known = found.get(key)
    if known is None:
        line = Line(department, row["staff__staff_no"], row["staff__name"], role.name, ZERO, ZERO, role.share)
        known = found[key] = _RoleSum(line, set(), _Remarks())
    line = known.line
    known.line = replace(line, gross=line.gross + row["nominal"], net=line.net + row["amount"])
    known.factors.add(share.factor)
    remarks = known.remarks
    remarks.days, remarks.holders = row["days"], max(remarks.holders, holders)
    if pool.shortfall:
        remarks.shortfalls[pool.shortfall] = None
    for finding in ledger.findings(pool, role.role, share.steps):
        remarks.findings[finding["id"]] = (
            ledger.rule_names.get((pool.scheme_id, finding["rule"])) or finding["rule"]
        )


def _role_line(summed: _RoleSum, month: Month) -> Line:
    factor = summed.factors.pop() if len(summed.factors) == 1 else None
    return replace(summed.line, score=factor, note=summed.remarks.text(month))


def _bonus_line(department: str, row: Mapping[str, Any], posts: Mapping[int, str]) -> Line:
    notes = [f"等级{row['score__grade']}"] if row["score__grade"] else []
    if row["score__veto"]:
        notes.append("一票否决")
    proration = row["score__proration"]
    if proration is not None and proration != 1:
        days = f"（{row['days']}天）" if row["days"] else ""
        notes.append(f"出勤折算{proration}{days}")
    return Line(
        department=department,
        staff_no=row["staff__staff_no"],
        name=row["staff__name"],
        post=posts.get(row["staff_id"]) or row["staff__position__name"] or wording.BONUS_POST,
        gross=row["nominal"],
        net=row["amount"],
        coefficient=row["score__coefficient"],
        score=row["score__total"],
        scored=True,
        note="；".join(notes),
    )


def _with_notices(
    lines: list[tuple[int, Line]],
    lacking: Mapping[int, str],
    adjusted: Mapping[int, Decimal],
    held: Mapping[int, Decimal],
) -> list[Line]:
    """The lines, the first one of a person with what concerns the person as a whole."""
    told: set[int] = set()
    found = []
    for staff, line in lines:
        notes = [line.note] if line.note else []
        if staff not in told and staff in lacking:
            notes.append(f"绩效{wording.LACKING}：{lacking[staff]}")
        if staff not in told and staff in adjusted:
            notes.append(f"上期调整{adjusted[staff]}（另列）")
        if staff not in told and staff in held:
            notes.append(f"暂缓发放{held[staff]}（申诉处理中）")
        told.add(staff)
        text = "；".join(notes)
        found.append(line if text == line.note else replace(line, note=text))
    return found


def _placements(root: Unit, month: Month) -> tuple[dict[int, str], dict[int, int]]:
    """Position and unit of the last assignment that touches the month, by person."""
    posts: dict[int, str] = {}
    places: dict[int, int] = {}
    rows = (
        Assignment.objects.filter(
            Q(end__isnull=True) | Q(end__gte=month.first), root=root, start__lte=month.last
        )
        .order_by("start")
        .values_list("staff_id", "unit_id", "position__name")
    )
    for staff, unit, position in rows:
        places[staff] = unit
        posts[staff] = position or ""
    return posts, places


def _missing(root: Unit, month: Month, tree: UnitTree) -> dict[int, Missing]:
    rows = (
        Score.objects.filter(root=root, month=month.first, status=ScoreStatus.MISSING)
        .order_by("staff__staff_no")
        .values_list("staff_id", "staff__staff_no", "staff__name", "unit_id", "missing")
    )
    return {
        staff: Missing(_department(tree, root, unit)[1], staff_no, name, wording.lacks(codes))
        for staff, staff_no, name, unit, codes in rows
    }


def _adjustments(
    root: Unit, month: Month, tree: UnitTree, places: Mapping[int, int]
) -> tuple[tuple[AdjustmentLine, ...], dict[int, Decimal]]:
    """The approved adjustments paid in the month, and their sum by person."""
    rows = (
        Adjustment.objects.filter(root=root, month=month.first, approved_by__isnull=False)
        .select_related("staff", "proposed_by__staff", "approved_by__staff")
        .order_by("staff__staff_no", "about_month", "pk")
    )
    lines: list[AdjustmentLine] = []
    sums: dict[int, Decimal] = {}
    for row in rows:
        unit = places.get(row.staff_id, row.staff.unit_id)
        lines.append(
            AdjustmentLine(
                department=_department(tree, root, unit)[1],
                staff_no=row.staff.staff_no,
                name=row.staff.name,
                about=Month.of(row.about_month),
                amount=row.amount,
                reason=row.reason,
                proposed_by=wording.person(row.proposed_by),
                approved_by=wording.person(row.approved_by),
            )
        )
        sums[row.staff_id] = sums.get(row.staff_id, ZERO) + row.amount
    return tuple(lines), sums
