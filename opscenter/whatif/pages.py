"""The results of a trial as people read them: with names, the largest differences first, page by page."""

from dataclasses import dataclass
from decimal import Decimal

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from finance.models import FundKind
from incentives.calculations.score_trial import ScoreLine
from incentives.calculations.what_if import Moved, PoolLine, PoolTrial
from opscenter.dashboards.scope import MonthScope
from opscenter.dashboards.selectors.names import lacking_names, staff_names
from opscenter.dashboards.wording import lacks
from opscenter.whatif.facts import people_seen
from opscenter.whatif.names import PoolNames

PEOPLE_SHOWN = 50


@dataclass(frozen=True)
class Row:
    """A line with its name; ``note``: what else a reader wants to know."""

    name: str
    code: str
    moved: Moved
    note: str | Promise = ""


@dataclass(frozen=True)
class RoleRow:
    """A role of a pool; the people of a role with their amounts stand below it."""

    name: str
    code: str
    nominal: Moved
    factor: Moved
    payout: Moved
    vacant: bool
    holders: list[Row]

    @property
    def differs(self) -> bool:
        return self.nominal.differs or self.factor.differs or self.payout.differs


@dataclass(frozen=True)
class PoolCard:
    """A campaign: its pool, where the pool goes, and its roles; ``lacks``: why there is no pool."""

    name: str
    code: str
    line: PoolLine
    lacks: list[str]
    roles: list[RoleRow]

    @property
    def kept(self) -> list[tuple[str, Moved]]:
        """Where the rest of the pool goes."""
        return [(_("Withheld"), self.line.held), (_("Reserve"), self.line.reserve)]


@dataclass(frozen=True)
class PoolResult:
    trial: PoolTrial
    moved: int
    page: Page[Row]
    pools: list[PoolCard]
    funds: list[Row]


def pool_result(scope: MonthScope, trial: PoolTrial, names: PoolNames, page: str) -> PoolResult:
    """One query for the names of people."""
    staff = staff_names({one.staff_no for one in trial.people})
    people = sorted(trial.people, key=lambda one: (-abs(one.amount.change), one.staff_no))
    rows = [Row(staff.get(one.staff_no, one.staff_no), one.staff_no, one.amount) for one in people]
    kinds = {str(value): label for value, label in FundKind.choices}
    return PoolResult(
        trial=trial,
        moved=sum(row.moved.differs for row in rows),
        page=Paginator(rows, PEOPLE_SHOWN).get_page(page),
        pools=[_card(line, names, staff) for line in trial.pools],
        funds=[
            Row(
                str(kinds.get(line.fund, line.fund)),
                names.schemes.get(line.scheme, line.scheme),
                line.closing,
            )
            for line in trial.funds
        ],
    )


def _card(line: PoolLine, names: PoolNames, staff: dict[str, str]) -> PoolCard:
    return PoolCard(
        name=names.campaigns.get(line.campaign, line.campaign),
        code=line.campaign,
        line=line,
        lacks=lacks(line.missing, {}),
        roles=[
            RoleRow(
                names.roles.get(role.role, role.role),
                role.role,
                role.nominal,
                role.factor,
                role.payout,
                role.vacant,
                [
                    Row(staff.get(one.staff_no, one.staff_no), one.staff_no, one.amount)
                    for one in role.holders
                ],
            )
            for role in line.roles
        ],
    )


@dataclass(frozen=True)
class ScoreRow:
    """A person's score; ``bonus`` is ``None`` for those who do not read it."""

    name: str
    code: str
    total: Moved
    grade_before: str
    grade_after: str
    bonus: Moved | None
    lacks: list[str]

    @property
    def differs(self) -> bool:
        return (
            self.total.differs
            or self.grade_before != self.grade_after
            or (self.bonus is not None and self.bonus.differs)
        )


@dataclass(frozen=True)
class ScoreResult:
    """``up`` and ``down``: how many scores; ``bonus``: the sums, where the reader reads them all."""

    page: Page[ScoreRow]
    people: int
    moved: int
    up: int
    down: int
    bonus: Moved | None


def score_result(scope: MonthScope, lines: tuple[ScoreLine, ...], page: str) -> ScoreResult:
    """The people whom the reader sees; their bonus by the right to read money.  Three queries at most."""
    seen = people_seen(scope)
    numbers = None if seen is None else set(seen.values())
    shown = [one for one in lines if numbers is None or one.staff_no in numbers]
    shown.sort(key=lambda one: (-abs(one.bonus.change), -abs(one.total.change), one.staff_no))
    staff = staff_names({one.staff_no for one in shown})
    named = lacking_names({code for one in shown for code in one.missing})
    rows = [
        ScoreRow(
            staff.get(one.staff_no, one.staff_no),
            one.staff_no,
            one.total,
            one.grade_before,
            one.grade_after,
            one.bonus if scope.sees_money else None,
            lacks(one.missing, named),
        )
        for one in shown
    ]
    if not scope.sees_money:
        rows.sort(key=lambda row: (-abs(row.total.change), row.code))
    changes = [row.total.change for row in rows]
    return ScoreResult(
        page=Paginator(rows, PEOPLE_SHOWN).get_page(page),
        people=len(rows),
        moved=sum(row.differs for row in rows),
        up=sum(change > 0 for change in changes),
        down=sum(change < 0 for change in changes),
        bonus=_bonus(shown) if scope.sees_money else None,
    )


def _bonus(lines: list[ScoreLine]) -> Moved:
    before, after = (
        sum((figure for one in lines if (figure := getattr(one.bonus, side)) is not None), Decimal("0.00"))
        for side in ("before", "after")
    )
    return Moved(before, after)
