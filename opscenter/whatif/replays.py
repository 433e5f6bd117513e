"""A draft of a rule replayed on past locked months: who gains, who loses, the total.  Nothing is written.

The result is plain data, so that a page shows the same whether it was computed at once or by a job.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.translation import gettext as _

from core.exceptions import Conflict, NotVisible
from core.models import User
from core.money import ZERO
from core.months import Month
from departments.models import RuleDraft, Staff
from departments.models.periods import FROZEN
from departments.permissions import reach_of
from incentives.calculations.replay import MonthReplay, replay
from incentives.calculations.what_if import Moved
from incentives.models import Settlement
from opscenter.dashboards.facts import frozen_facts
from opscenter.dashboards.selectors.names import lacking_names, staff_names
from opscenter.dashboards.wording import lacks
from opscenter.rules.pages import draft_seen
from opscenter.rules.sheets import digest_of
from opscenter.whatif.drafts import POOL_KINDS, SCORE_KINDS, draft_rule

MOST_MONTHS = 12
#: so much is computed while the reader waits; more is the work of a job
DIRECT_MONTHS, DIRECT_PEOPLE = 3, 300
PEOPLE_SHOWN = 50
#: so many campaigns or people without a figure are named for each month
MOST_LACKING = 20

Progress = Callable[[int, int], None]


def sees_money(user: User, draft: RuleDraft) -> bool:
    return reach_of(user).allows("money.read", draft.root_id)


def replayable(user: User, draft: RuleDraft) -> bool:
    """Whether the person may see what the draft would have changed.

    Pools: those who read the money of the whole organisation; scores: those who rate as well.
    """
    if draft.kind in POOL_KINDS:
        return sees_money(user, draft)
    return draft.kind in SCORE_KINDS and (
        sees_money(user, draft) or reach_of(user).allows("rating.enter", draft.unit_id)
    )


def draft_to_replay(user: User, pk: int) -> RuleDraft:
    """The draft.  Raises ``NotVisible`` for one that the person may not see or not replay."""
    draft = draft_seen(user, pk)
    if not replayable(user, draft):
        raise NotVisible("draft")
    return draft


def locked_months(draft: RuleDraft) -> list[Settlement]:
    """The locked months of the draft's organisation, the latest first; one query."""
    return list(
        Settlement.objects.filter(period__root=draft.root_id, period__state__in=FROZEN)
        .select_related("period")
        .defer("inputs", "result", "scope")
        .order_by("-period__month")
    )


def is_large(draft: RuleDraft, months: Sequence[Month]) -> bool:
    """Whether a job has to do it; one query."""
    return len(months) > DIRECT_MONTHS or Staff.objects.filter(root=draft.root_id).count() > DIRECT_PEOPLE


def replayed(
    user: User, draft: RuleDraft, months: Iterable[Month], progress: Progress | None = None
) -> dict[str, Any]:
    """Replay the draft; gives plain data: a line a month, and everybody's figures over all months.

    Only people whom ``user`` may see; a query a month.
    """
    wanted = set(months)
    chosen = [one for one in locked_months(draft) if Month.of(one.period.month) in wanted]
    rule = draft_rule(draft)
    seen = _numbers_seen(user, draft)
    lines: list[dict[str, Any]] = []
    people: dict[str, list[Decimal]] = {}
    for done, settlement in enumerate(sorted(chosen, key=lambda one: one.period.month), 1):
        month = Month.of(settlement.period.month)
        try:
            found = replay(frozen_facts(settlement), rule)
        except Conflict as error:
            lines.append({"month": str(month), "problem": str(error)})
        except ValueError:
            lines.append({"month": str(month), "problem": _lacking_finding()})
        else:
            lines.append(_month_line(found, seen, people))
        if progress:
            progress(done, len(chosen))
    return {
        "draft": draft.pk,
        "digest": digest_of(draft.rows),
        "months": lines,
        "people": [[who, *(str(figure) for figure in figures)] for who, figures in sorted(people.items())],
    }


def _lacking_finding() -> str:
    return _(
        "A finding of this month lacks what the draft asks of it, such as a number or the campaign; "
        "the draft cannot be replayed on it."
    )


def _numbers_seen(user: User, draft: RuleDraft) -> set[str] | None:
    reach = reach_of(user)
    if reach.everything or sees_money(user, draft):
        return None
    return set(Staff.objects.visible_to(user).filter(root=draft.root_id).values_list("staff_no", flat=True))


def _month_line(
    found: MonthReplay, seen: set[str] | None, people: dict[str, list[Decimal]]
) -> dict[str, Any]:
    """The month as plain data; adds each person's figures to ``people``: paid and points, before and after.

    Amounts are only for those who read them all (``seen`` is ``None``).
    """
    own = found.people if seen is None else {}
    scores = [one for one in found.scores if seen is None or one.staff_no in seen]
    for who, moved in own.items():
        _add(people, who, 0, moved)
    for one in scores:
        _add(people, one.staff_no, 2, one.total)
    pools = found.pools
    changes = [moved.change for moved in own.values()] if pools else [one.total.change for one in scores]
    lacking = [
        [code, list(why)]
        for code, why in sorted(found.lacking.items())
        if pools or seen is None or code in seen
    ]
    return {
        "month": str(found.month),
        "before": str(sum((one.before or ZERO for one in own.values()), ZERO)),
        "after": str(sum((one.after or ZERO for one in own.values()), ZERO)),
        "up": sum(change > 0 for change in changes),
        "down": sum(change < 0 for change in changes),
        "pools": [str(pools.amount.before), str(pools.amount.after)] if pools else [],
        "kept": [str((pools.held.before or ZERO) + (pools.reserve.before or ZERO)),
                 str((pools.held.after or ZERO) + (pools.reserve.after or ZERO))] if pools else [],
        "lacking": lacking[:MOST_LACKING],
        "more": max(0, len(lacking) - MOST_LACKING),
    }  # fmt: skip


def _add(people: dict[str, list[Decimal]], who: str, place: int, moved: Moved) -> None:
    figures = people.setdefault(who, [ZERO] * 4)
    figures[place] += moved.before or ZERO
    figures[place + 1] += moved.after or ZERO


# --- shown ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MonthRow:
    """One month; ``problem``: why the draft could not be replayed on it.  ``paid``: pools or bonus."""

    month: Month
    problem: str
    paid: Moved
    pools: Moved
    kept: Moved
    up: int
    down: int
    lacking: list[tuple[str, str]]
    more: int


@dataclass(frozen=True)
class PersonRow:
    name: str
    code: str
    paid: Moved
    points: Moved


@dataclass(frozen=True)
class Replayed:
    """What the page shows.  ``paid`` sums all months; ``outdated``: the draft was changed since."""

    months: list[MonthRow]
    paid: Moved
    up: int
    down: int
    page: Page[PersonRow]
    about_pools: bool
    sees_money: bool
    outdated: bool

    @property
    def alike(self) -> bool:
        """Whether nothing moves at all."""
        return not self.up and not self.down and not self.paid.differs


def shown(user: User, draft: RuleDraft, result: dict[str, Any], page: str) -> Replayed:
    """The data with names, limited to what the reader may see now.  Three queries at most."""
    seen = _numbers_seen(user, draft)
    money, about_pools = sees_money(user, draft), draft.kind in POOL_KINDS
    rows = [
        (who, [Decimal(text) for text in figures])
        for who, *figures in result["people"]
        if seen is None or who in seen
    ]
    lacking = {code for line in result["months"] for code, _why in line.get("lacking", ())}
    names = staff_names({*(who for who, _figures in rows), *(() if about_pools else lacking)})
    words = lacking_names(
        {why for line in result["months"] for _code, reasons in line.get("lacking", ()) for why in reasons}
    )
    people = [
        PersonRow(names.get(who, who), who, Moved(*figures[:2]), Moved(*figures[2:])) for who, figures in rows
    ]
    by_money = about_pools or money
    people.sort(
        key=lambda one: (
            -abs(one.paid.change) if by_money else 0,
            -abs(one.points.change),
            one.code,
        )
    )
    changes = [_change(one, about_pools, money) for one in people]
    months = [_month_row(line, names, words) for line in result["months"]]
    return Replayed(
        months=months,
        paid=Moved(
            sum((one.paid.before or ZERO for one in months), ZERO),
            sum((one.paid.after or ZERO for one in months), ZERO),
        ),
        up=sum(change > 0 for change in changes),
        down=sum(change < 0 for change in changes),
        page=Paginator(people, PEOPLE_SHOWN).get_page(page),
        about_pools=about_pools,
        sees_money=money,
        outdated=digest_of(draft.rows) != result["digest"],
    )


def _change(one: PersonRow, about_pools: bool, money: bool) -> Decimal:
    """What decides who gains: the money; the score where money is not read or does not move."""
    if about_pools or (money and one.paid.change):
        return one.paid.change
    return one.points.change


def _month_row(line: dict[str, Any], names: dict[str, str], words: dict[str, str]) -> MonthRow:
    def moved(figures: Sequence[str]) -> Moved:
        return Moved(*(Decimal(text) for text in figures)) if figures else Moved(None, None)

    return MonthRow(
        month=Month.parse(line["month"]),
        problem=line.get("problem", ""),
        paid=moved([line["before"], line["after"]] if "before" in line else []),
        pools=moved(line.get("pools", ())),
        kept=moved(line.get("kept", ())),
        up=line.get("up", 0),
        down=line.get("down", 0),
        lacking=[
            (names.get(code, code), "; ".join(lacks(why, words))) for code, why in line.get("lacking", ())
        ],
        more=line.get("more", 0),
    )
