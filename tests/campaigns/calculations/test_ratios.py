"""CTR, CVR, ROI and the costs of a click, a lead and an order, by hand."""

from decimal import Decimal

import pytest

from campaigns.calculations.ratios import ChannelRow, channel_totals, forecast, reached, shortfall

D = Decimal


@pytest.mark.clause("KQ-05")
@pytest.mark.clause("KQ-31")
def test_ratios_of_a_channel():
    totals = channel_totals(
        [
            ChannelRow(D("100.00"), 10_000, 200, 10, 4, D("150.00")),
            ChannelRow(D("50.00"), 5_000, 100, 5, 2, D("90.00")),
        ]
    )
    assert (totals.cost, totals.impressions, totals.clicks, totals.orders) == (D("150.00"), 15_000, 300, 6)
    # 300 ÷ 15,000; 6 ÷ 300; (240 − 150) ÷ 150
    assert (totals.ctr, totals.cvr, totals.roi) == (D("0.0200"), D("0.0200"), D("0.6000"))
    # 150 ÷ 300, ÷ 15, ÷ 6
    assert (totals.cost_per_click, totals.cost_per_lead, totals.cost_per_order) == (
        D("0.50"),
        D("10.00"),
        D("25.00"),
    )


@pytest.mark.clause("KQ-05")
def test_ratio_over_zero_is_undefined():
    totals = channel_totals([ChannelRow(D("0.00"), 0, 0, 0, 0, D("10.00"))])
    assert (totals.ctr, totals.cvr, totals.roi) == (None, None, None)
    assert (totals.cost_per_click, totals.cost_per_lead, totals.cost_per_order) == (None, None, None)
    assert totals.cost == D("0.00")


def test_nothing_known_is_no_zero():
    totals = channel_totals([])
    assert (totals.rows, totals.cost, totals.clicks, totals.revenue, totals.roi) == (
        0,
        None,
        None,
        None,
        None,
    )


def test_row_without_a_figure_neither_raises_nor_lowers_the_rate_of_others():
    totals = channel_totals(
        [
            ChannelRow(cost=D("80.00"), impressions=1_000, clicks=50, orders=5, revenue=D("200.00")),
            ChannelRow(cost=D("40.00"), clicks=30),  # counts no impressions, orders or revenue
        ]
    )
    assert totals.clicks == 80
    assert totals.ctr == D("0.0500")
    assert totals.cvr == D("0.1000")
    assert totals.roi == D("1.5000")
    assert totals.cost_per_click == D("1.50")


def test_loss_is_a_negative_return():
    assert channel_totals([ChannelRow(cost=D("30.00"), revenue=D("20.00"))]).roi == D("-0.3333")


def test_goal_is_reached_in_part():
    assert reached(45, D("60")) == D("0.7500")
    assert reached(None, D("60")) is None
    assert reached(5, D("0")) is None


@pytest.mark.clause("HT-21")
def test_readers_stay_below_their_target():
    assert shortfall(2_628, 3_000) == D("0.1240")
    assert shortfall(3_100, 3_000) == D("0.0000")
    assert shortfall(None, 3_000) is None
    assert shortfall(10, 0) is None


def test_forecast_carries_the_pace_on():
    assert forecast(40, 4, 10) == D("100.00")
    assert forecast(None, 4, 10) is None
    assert forecast(40, 0, 10) is None
