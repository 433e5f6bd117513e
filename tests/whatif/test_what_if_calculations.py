"""Pools under other numbers, by hand: the worked examples of the pool (domain.md §8.6, §8.7)."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from campaigns.calculations.facts import Campaign
from campaigns.calculations.methods import ChosenMethod
from campaigns.calculations.month import CampaignFacts, CampaignResult
from campaigns.calculations.uplift import CampaignUplift
from core.months import Month
from incentives.calculations.findings import Finding
from incentives.calculations.month import ArticleFacts, PoolFacts, SchemeTerms
from incentives.calculations.pool import Post, Role, Scheme
from incentives.calculations.what_if import (
    AddedFinding,
    PoolChanges,
    PoolTrial,
    SchemeChange,
    pool_trial,
    shares_sum,
)

MONTH = Month(2018, 11)
SHARES = {
    "planner": "0.15", "supervisor": "0.15",
    "copy": "0.10", "art": "0.10", "it": "0.10", "ops": "0.10", "cs": "0.10",
}  # fmt: skip
D = Decimal


def terms() -> SchemeTerms:
    roles = tuple(Role(code, D(share), place) for place, (code, share) in enumerate(SHARES.items()))
    return SchemeTerms(
        key=1, code="ps", unit=1, rate=D("0.20"), reserve_share=D("0.20"),
        pool=Scheme(D("0.20"), roles, D("0.20")), withheld="hold", base_year=2018, growth=D("0.20"),
        activity_reach=3000, welfare_reach=1000, combine="max", reach_days=7, monthly_fund=D(2000),
        account_fee=D(200), account_fee_month=1,
        fees={"employee": D(100), "pharmacist": D(200), "customer": D(200)},
    )  # fmt: skip


def finding(ident: str, role: str, percent: str) -> Finding:
    return Finding(ident, "f", role, "month", "percent", date(2018, 11, 5), percent=D(percent))


def facts(*findings: Finding, activity: int = 3120, welfare: int | None = None) -> PoolFacts:
    articles = [ArticleFacts("a-1", "activity", 1, date(2018, 11, 3), activity, {})]
    if welfare is not None:
        articles.append(ArticleFacts("a-2", "welfare", 1, date(2018, 11, 4), welfare, {}))
    return PoolFacts(
        month=MONTH,
        paths={1: (1,)},
        schemes=(terms(),),
        posts={"ps": tuple(Post(code, f"p-{code}", date(2018, 1, 1)) for code in SHARES)},
        findings={"ps": findings},
        articles=tuple(articles),
        manuscripts={},
        payables={},
        openings={},
        pending={},
    )


def campaign(uplift: str | None) -> list[CampaignResult]:
    day = date(2018, 11, 3)
    value = None if uplift is None else D(uplift)
    missing = () if uplift is not None else ("no_activity_data",)
    planned = Campaign("c-1", "weekend", "normal", day, day, ("st",), "prev_weekends_same_weekday")
    found = CampaignUplift(
        "c-1", "missing" if missing else "settled", missing, value, value, value, None, None, {}, (), {}
    )
    method = ChosenMethod("prev_weekends_same_weekday", 3, "date", "default", None)
    return [CampaignResult(CampaignFacts(1, planned, 1, "", True), method, found)]


def tried(given: PoolFacts, uplift: str | None, **changes: object) -> PoolTrial:
    return pool_trial(given, campaign(uplift), PoolChanges(**changes))  # type: ignore[arg-type]


def payouts(trial: PoolTrial, side: str = "after") -> dict[str, Decimal]:
    return {one.staff_no.removeprefix("p-"): getattr(one.amount, side) for one in trial.people}


@pytest.mark.clause("HT-07")
def test_rate_from_a_fifth_to_a_tenth_halves_the_pool() -> None:
    trial = tried(facts(), "3666.16", schemes={"ps": SchemeChange(rate=D("0.10"))})
    # 733.23 as in the worked example; 3666.16 × 10 % = 366.616 → 366.62
    assert (trial.amount.before, trial.amount.after) == (D("733.23"), D("366.62"))
    before = payouts(trial, "before")
    assert (before["planner"], before["supervisor"], before["copy"]) == (D("109.99"), D("109.99"), D("73.32"))
    # 54.993 ×2, 36.662 ×5, 73.324: floors sum to 366.60, spare 2 分 to the remainders .4 (reserve) and .3
    # (planner, the larger share and the first).
    after = payouts(trial)
    assert after["planner"] == D("55.00")
    assert after["supervisor"] == D("54.99")
    assert {after[role] for role in ("copy", "art", "it", "ops", "cs")} == {D("36.66")}
    assert trial.reserve.after == D("73.33")
    assert trial.paid.after + trial.held.after + trial.reserve.after == D("366.62")  # type: ignore[operator]


@pytest.mark.clause("HT-08")
def test_share_of_a_role_moves_only_with_another_one() -> None:
    moved = SchemeChange(shares={"planner": D("0.20"), "supervisor": D("0.10")})
    trial = tried(facts(), "10309.10", schemes={"ps": moved})
    # pool 2061.82: 20 % = 412.364, 10 % = 206.182, reserve 412.364
    after = payouts(trial)
    assert sum(after.values(), trial.reserve.after or D(0)) == D("2061.82")
    assert after["planner"] in (D("412.36"), D("412.37"))
    assert after["supervisor"] in (D("206.18"), D("206.19"))
    assert trial.amount.differs is False

    alone = SchemeChange(shares={"planner": D("0.20")})
    assert shares_sum(terms(), alone) == D("1.05")
    with pytest.raises(ValueError, match=r"not to 1"):
        tried(facts(), "10309.10", schemes={"ps": alone})


@pytest.mark.clause("HT-16")
def test_finding_left_out_gives_the_role_its_share_back() -> None:
    given = facts(finding("f-1", "copy", "0.5"), finding("f-2", "it", "0.2"), activity=2628, welfare=910)
    trial = tried(given, "10309.12", without=frozenset({"f-1"}))
    # domain.md §8.7: 文案 206.18 × 0.5 = 103.09, less 12.40 %: 90.31; without it 206.18 × 0.876 = 180.61
    assert (payouts(trial, "before")["copy"], payouts(trial)["copy"]) == (D("90.31"), D("180.61"))
    assert payouts(trial, "before")["it"] == payouts(trial)["it"] == D("144.49")
    assert trial.held.change == -trial.paid.change == D("-90.30")


def test_finding_added_takes_its_part() -> None:
    added = (AddedFinding("ps", "cs", D("0.20")),)
    trial = tried(facts(activity=2628, welfare=910), "10309.12", added=added)
    assert (payouts(trial, "before")["cs"], payouts(trial)["cs"]) == (D("180.61"), D("144.49"))
    other = tried(facts(), "10309.12", added=(replace(added[0], campaign="c-2"),))
    assert other.paid.differs is False


@pytest.mark.clause("HT-21")
def test_readers_that_reach_the_target_leave_nothing_withheld() -> None:
    trial = tried(facts(activity=2628, welfare=910), "10309.12", readers={"a-1": 3000, "a-2": 1000})
    line = trial.pools[0]
    assert (line.shortfall.before, line.shortfall.after) == (D("0.1240"), D("0.0000"))
    assert (payouts(trial, "before")["planner"], payouts(trial)["planner"]) == (D("270.93"), D("309.28"))
    assert trial.held.after == D("0.00")
    only = tried(facts(activity=2628, welfare=910), "10309.12", readers={"a-1": 3000})
    assert only.pools[0].shortfall.after == D("0.0900")


def test_uplift_typed_in_settles_a_campaign_without_data() -> None:
    trial = tried(facts(), None, uplifts={"c-1": D("3666.16")})
    assert (trial.pools[0].amount.before, trial.pools[0].amount.after) == (None, D("733.23"))
    assert trial.pools[0].missing == ()
    loss = tried(facts(), "3666.16", uplifts={"c-1": D("-5.00")})
    assert loss.amount.after == D("0.00")


def test_nothing_moves_without_a_change() -> None:
    trial = tried(facts(finding("f-1", "copy", "0.5")), "3666.16")
    assert not any(one.amount.differs for one in trial.people)
    assert not any(line.differs for line in trial.pools)
    assert not any(line.closing.differs for line in trial.funds)


def test_monthly_allotment_changes_the_fund_only() -> None:
    trial = tried(facts(), "3666.16", schemes={"ps": SchemeChange(monthly_fund=D(2500))})
    moved = {line.fund: line.closing.change for line in trial.funds if line.closing.differs}
    assert moved == {"maintenance": D("500.00")}
    assert not trial.paid.differs
