"""The public account of a month for the sheet: funds, movements, pools, vacant roles, manuscript fees."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from core.money import ZERO
from core.months import Month
from departments.models import Unit
from finance.calculations.withholding import OUTSIDERS_INCOME, Fee, withhold
from finance.models import FundEntry, FundMonth
from incentives.models import AuthorKind, FindingRule, Manuscript, Pool, PoolShare
from incentives.sheet import wording
from incentives.sheet.content import FundLine, Line, MovementLine, PoolLine, Vacancy

Item = Mapping[str, Any]


@dataclass(frozen=True)
class Ledger:
    """Lines of the public account, and the pools by key for the lines of people."""

    pools: dict[int, Pool]
    rule_names: dict[tuple[int, str], str]
    pool_lines: tuple[PoolLine, ...]
    vacancies: tuple[Vacancy, ...]
    funds: tuple[FundLine, ...]
    movements: tuple[MovementLine, ...]
    pending: tuple[MovementLine, ...]
    outsiders: tuple[Line, ...]
    staff_fees: tuple[Line, ...]

    @staticmethod
    def findings(pool: Pool, role: str, steps: Item) -> Iterable[Item]:
        """The findings that acted on a role, from its own steps or from those of its pool."""
        if "findings" not in steps:
            steps = next((one for one in pool.steps.get("roles", ()) if one.get("role") == role), {})
        found: Iterable[Item] = steps.get("findings", ())
        return found


def read_ledger(
    root: Unit, month: Month, schemes: Mapping[str, str], department: Callable[[int], str]
) -> Ledger:
    """``schemes``: names by code; ``department``: the department a unit belongs to."""
    pools = {
        pool.pk: pool
        for pool in Pool.objects.filter(root=root, month=month.first)
        .select_related("campaign", "scheme")
        .order_by("campaign__code")
    }
    rules = FindingRule.objects.filter(scheme__root=root, scheme__valid_from__lte=month.last)
    funds = list(
        FundMonth.objects.filter(root=root, month=month.first)
        .select_related("fund")
        .order_by("fund__scheme_code")
    )
    funds.sort(key=lambda one: (one.fund.scheme_code, list(wording.FUNDS).index(one.fund.kind)))
    movements = _distinct(funds, "movements")
    pending = _distinct(funds, "pending")
    papers = _manuscripts(root, movements, pending)
    texts = _texts(root, pools.values(), papers, movements, pending)
    outsiders, staff_fees = _fees(month, movements, papers, department)
    return Ledger(
        pools=pools,
        rule_names={
            (scheme, code): name for scheme, code, name in rules.values_list("scheme_id", "code", "name")
        },
        pool_lines=tuple(map(_pool_line, pools.values())),
        vacancies=_vacancies(root, month, pools),
        funds=tuple(_fund_line(one, schemes, pending) for one in funds),
        movements=tuple(_movement_lines(funds, schemes, movements, texts)),
        pending=tuple(_pending_lines(funds, schemes, pending, texts)),
        outsiders=outsiders,
        staff_fees=staff_fees,
    )


def _distinct(funds: Iterable[FundMonth], name: str) -> dict[str, list[Item]]:
    """By scheme: the items of all its funds, each once (one item may stand with two funds)."""
    found: dict[str, list[Item]] = {}
    for one in funds:
        items = found.setdefault(one.fund.scheme_code, [])
        items.extend(item for item in getattr(one, name) if item not in items)
    return found


def _pool_line(pool: Pool) -> PoolLine:
    return PoolLine(
        campaign=pool.campaign.name,
        scheme=pool.scheme.name,
        uplift=pool.uplift,
        amount=pool.amount,
        shortfall=pool.shortfall,
        paid=pool.paid,
        held=pool.held,
        reserve=pool.reserve,
    )


def _vacancies(root: Unit, month: Month, pools: Mapping[int, Pool]) -> tuple[Vacancy, ...]:
    rows = (
        PoolShare.objects.filter(root=root, month=month.first, vacant=True)
        .order_by("pool__campaign__code", "role__order", "role_id")
        .values_list("pool_id", "role__name", "role__share", "nominal")
    )
    return tuple(
        Vacancy(pools[pool].campaign.name, pools[pool].scheme.name, role, share, nominal)
        for pool, role, share, nominal in rows
    )


def _fund_line(one: FundMonth, schemes: Mapping[str, str], pending: Mapping[str, list[Item]]) -> FundLine:
    code, kind = one.fund.scheme_code, one.fund.kind
    waiting = (Decimal(item["amount"]) for item in pending[code] if item.get("fund", "maintenance") == kind)
    return FundLine(
        scheme=schemes.get(code, code),
        fund=wording.FUNDS[kind],
        opening=one.opening,
        inflow=one.inflow,
        outflow=one.outflow,
        closing=one.closing,
        pending=sum(waiting, ZERO),
    )


def _movement_lines(
    funds: Iterable[FundMonth],
    schemes: Mapping[str, str],
    movements: Mapping[str, list[Item]],
    texts: Mapping[str, str],
) -> Iterator[MovementLine]:
    """Fund by fund, so that the lines add up to the fund's in and out."""
    for one in funds:
        code, kind = one.fund.scheme_code, one.fund.kind
        for item in movements[code]:
            inward = item["destination"] == kind
            if inward or item["source"] == kind:
                amount = Decimal(item["amount"])
                yield MovementLine(
                    date=date.fromisoformat(item["date"]),
                    scheme=schemes.get(code, code),
                    fund=wording.FUNDS[kind],
                    kind=wording.movement(item["kind"]),
                    reference=item["id"],
                    text=texts.get(item["id"], ""),
                    inflow=amount if inward else None,
                    outflow=None if inward else amount,
                )


def _pending_lines(
    funds: Iterable[FundMonth],
    schemes: Mapping[str, str],
    pending: Mapping[str, list[Item]],
    texts: Mapping[str, str],
) -> Iterator[MovementLine]:
    for code in dict.fromkeys(one.fund.scheme_code for one in funds):
        for item in pending[code]:
            yield MovementLine(
                date=date.fromisoformat(item["date"]),
                scheme=schemes.get(code, code),
                fund=wording.FUNDS[item.get("fund", "maintenance")],
                kind=wording.movement(item["kind"]),
                reference=item["id"],
                text=texts.get(item["id"], ""),
                outflow=Decimal(item["amount"]),
            )


def _ids(*kinds: str, among: Iterable[Mapping[str, list[Item]]]) -> set[str]:
    return {
        item["id"] for group in among for items in group.values() for item in items if item["kind"] in kinds
    }


def _manuscripts(
    root: Unit, movements: Mapping[str, list[Item]], pending: Mapping[str, list[Item]]
) -> dict[str, Manuscript]:
    idents = _ids("fee", among=(movements, pending))
    return {
        paper.ident: paper
        for paper in Manuscript.objects.filter(root=root, ident__in=idents).select_related("staff")
    }


def _texts(
    root: Unit,
    pools: Iterable[Pool],
    papers: Mapping[str, Manuscript],
    movements: Mapping[str, list[Item]],
    pending: Mapping[str, list[Item]],
) -> dict[str, str]:
    """What an id of a movement stands for."""
    entries = _ids("spend", "release", among=(movements, pending))
    texts = dict(FundEntry.objects.filter(root=root, ident__in=entries).values_list("ident", "note"))
    texts |= {pool.campaign.code: pool.campaign.name for pool in pools}
    return texts | {ident: f"{paper.author}《{paper.title}》" for ident, paper in papers.items()}


def _fees(
    month: Month,
    movements: Mapping[str, list[Item]],
    papers: Mapping[str, Manuscript],
    department: Callable[[int], str],
) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    """(outsiders, staff): what was paid for manuscripts in the month, one line a payee.

    Outsiders' tax is withheld here, summed per payee and month; that of people on the payroll is payroll's.
    Rule: HT-06, domain.md §2.1.
    """
    paid: dict[str, Decimal] = {}
    for items in movements.values():
        for item in items:
            if item["kind"] == "fee" and item["id"] in papers:
                paid[item["id"]] = paid.get(item["id"], ZERO) + Decimal(item["amount"])
    outside: dict[str, list[str]] = {}
    inside: dict[tuple[str, str], list[str]] = {}
    for ident in paid:
        paper = papers[ident]
        if paper.staff is not None:
            inside.setdefault((paper.staff.staff_no, paper.staff.name), []).append(ident)
        elif paper.author_kind == AuthorKind.EMPLOYEE:
            inside.setdefault(("", paper.author), []).append(ident)
        else:
            outside.setdefault(paper.author, []).append(ident)
    outsiders = []
    fees = [
        Fee(author, month, OUTSIDERS_INCOME, paid[ident])
        for author, idents in outside.items()
        for ident in idents
    ]
    for one in withhold(fees):
        written = [papers[ident] for ident in outside[one.payee]]
        outsiders.append(
            Line(
                department=wording.OUTSIDE,
                staff_no="",
                name=one.payee,
                post="、".join(dict.fromkeys(wording.AUTHORS[paper.author_kind] for paper in written)),
                gross=one.gross,
                net=one.net,
                tax=one.tax,
                note=wording.pieces([paper.title for paper in written]),
            )
        )
    staff_fees = []
    for (staff_no, name), idents in sorted(inside.items()):
        staff = papers[idents[0]].staff
        gross = sum((paid[ident] for ident in idents), ZERO)
        staff_fees.append(
            Line(
                department=department(staff.unit_id) if staff else "",
                staff_no=staff_no,
                name=name,
                post="稿酬",
                gross=gross,
                net=gross,
                note=wording.pieces([papers[ident].title for ident in idents]) + "；个税随工资",
            )
        )
    return tuple(outsiders), tuple(staff_fees)
