"""What holds for every pool, whatever its scheme, findings, posts and reach."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.months import Month
from incentives.calculations.findings import Finding
from incentives.calculations.pool import Pool, Post, Role, Scheme, pool

NOVEMBER = Month(2018, 11)


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Any scheme: up to 8 roles, shares of ten-thousandths that sum to 1 with the reserve."""
    weights = draw(st.lists(st.integers(0, 1250), min_size=1, max_size=8))
    roles = tuple(Role(f"r{k}", Decimal(weight).scaleb(-4), k) for k, weight in enumerate(weights))
    reserve = 1 - sum((role.share for role in roles), Decimal(0))
    residual = draw(st.sampled_from(["largest_remainder", "reserve_absorbs"]))
    return Scheme(Decimal(draw(st.integers(0, 10_000))).scaleb(-4), roles, reserve, residual)


UPLIFTS = st.integers(-10_000_000, 1_000_000_000).map(lambda fen: Decimal(fen).scaleb(-2))
SHORTFALLS = st.integers(0, 10_000).map(lambda parts: Decimal(parts).scaleb(-4))
ANY_FINDING = st.builds(
    lambda k, role, scope, mode, value, occurrences, percent: Finding(
        id=f"f{k}",
        rule="r",
        role=f"r{role}",
        scope=scope,
        mode=mode,
        date=date(2017, 12, 31) if scope == "year" else date(2018, 11, 9),
        value=Decimal(value).scaleb(-2) if mode == "per_case" else Decimal(value),
        occurrences=occurrences,
        percent=Decimal(percent).scaleb(-4),
        campaign="A",
    ),
    st.integers(0, 99),
    st.integers(0, 7),
    st.sampled_from(["campaign", "month", "year"]),
    st.sampled_from(["per_case", "percent", "share", "all"]),
    st.integers(1, 100),
    st.none() | st.integers(0, 12),
    st.integers(0, 10_000),
)
ANY_POST = st.builds(
    lambda role, who, start, length: Post(
        f"r{role}", f"P{who}", date.fromordinal(start), date.fromordinal(start + length) if length else None
    ),
    st.integers(0, 7),
    st.integers(0, 5),
    st.integers(date(2018, 10, 1).toordinal(), date(2018, 12, 5).toordinal()),
    st.integers(0, 60),
)


@pytest.mark.clause("HT-08")
@given(
    scheme=schemes(),
    uplift=UPLIFTS,
    shortfall=SHORTFALLS,
    findings=st.lists(ANY_FINDING, max_size=10),
    posts=st.lists(ANY_POST, max_size=20),
    more=ANY_FINDING,
    random=st.randoms(use_true_random=False),
)
def test_what_holds_for_every_pool(scheme, uplift, shortfall, findings, posts, more, random) -> None:  # type: ignore[no-untyped-def]
    def settled(all_findings: list[Finding]) -> Pool:
        return pool(
            campaign="A",
            month=NOVEMBER,
            uplift=uplift,
            scheme=scheme,
            posts=posts,
            findings=all_findings,
            shortfall=shortfall,
        )

    found = settled(findings)

    # Nothing vanishes: parts and rest are the pool, and the nominal amounts and the reserve are the pool.
    assert sum(line.payout for line in found.roles) + found.held + found.reserve == found.amount
    assert sum(line.nominal for line in found.roles) + found.reserve == found.amount
    for line in found.roles:
        assert 0 <= line.factor <= 1
        assert 0 <= line.payout <= line.after_findings <= line.nominal
        assert line.vacant == (not line.holders)
        if line.holders:
            assert sum(one.amount for one in line.holders) == line.payout
            assert sum(one.nominal_part for one in line.holders) == line.nominal
        else:
            assert line.payout == 0
    # One finding more never raises a payout.
    worse = settled([*findings, more])
    for before, after in zip(found.roles, worse.roles, strict=True):
        assert after.payout <= before.payout
    # The order of the rows says nothing.
    random.shuffle(findings)
    random.shuffle(posts)
    again = settled(findings)
    assert again.held == found.held
    assert [(line.role, line.payout, line.holders) for line in again.roles] == [
        (line.role, line.payout, line.holders) for line in found.roles
    ]
