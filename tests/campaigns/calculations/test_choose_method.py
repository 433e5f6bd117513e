"""The baseline method of a campaign: rows of the nearest unit, its own word, the defaults."""

import pytest

from campaigns.calculations.methods import ChosenMethod, MethodRow, choose_method
from tests.campaigns.calculations.build import on

PATH = ["shop", "region", "company"]
OLD = MethodRow("company", "member_day", "small", on("2018-01-01"), "same_member_day_prev_months", 3)
NEW = MethodRow("company", "member_day", "small", on("2019-01-01"), "nearest_ordinary_days", 5, "weekday")
NEAR = MethodRow("region", "member_day", "small", on("2018-06-01"), "fixed_dates")
ROWS = [OLD, NEW, NEAR]


def chosen(
    start: str, path: list[str] | None = None, own: str = "", type: str = "member_day"
) -> ChosenMethod:
    return choose_method(ROWS, path or ["company"], type, "small", on(start), own=own)  # type: ignore[arg-type]


@pytest.mark.clause("HT-28")
@pytest.mark.parametrize(
    ("_case", "start", "code"),
    [
        ("last day of the first version", "2018-12-31", "same_member_day_prev_months"),
        ("first day of the second version", "2019-01-01", "nearest_ordinary_days"),
    ],
)
def test_the_latest_version_at_the_start_decides(_case: str, start: str, code: str) -> None:
    assert chosen(start).code == code


def test_a_nearer_unit_wins_as_soon_as_it_has_a_row() -> None:
    assert chosen("2019-03-01", PATH).row == NEAR
    assert chosen("2019-03-01", PATH) == ChosenMethod("fixed_dates", 3, "date", "row", NEAR)
    assert chosen("2018-05-31", PATH).row == OLD


def test_the_campaigns_own_method_wins_with_the_settings_of_a_row_of_the_same_method() -> None:
    assert chosen("2019-03-01", own="nearest_ordinary_days") == ChosenMethod(
        "nearest_ordinary_days", 5, "weekday", "campaign", NEW
    )
    assert chosen("2019-03-01", own="last_year_same_dates") == ChosenMethod(
        "last_year_same_dates", 3, "date", "campaign", None
    )


@pytest.mark.clause("HT-25")
@pytest.mark.parametrize(
    ("_case", "type", "scale", "code"),
    [
        ("weekend", "weekend", "small", "prev_weekends_same_weekday"),
        ("member day, several shops", "member_day", "medium", "same_member_day_prev_months"),
        ("maker", "manufacturer", "medium", "nearest_ordinary_days"),
        ("other", "other", "small", "nearest_ordinary_days"),
        ("large, whatever the type", "weekend", "large", "last_year_same_dates"),
    ],
)
def test_defaults_stand_where_no_row_matches(_case: str, type: str, scale: str, code: str) -> None:
    found = choose_method([], PATH, type, scale, on("2018-11-24"))  # type: ignore[arg-type]

    assert found == ChosenMethod(code, 3, "date", "default", None)


def test_a_row_of_another_type_scale_unit_or_later_date_does_not_match() -> None:
    assert chosen("2017-12-31").source == "default"
    assert chosen("2018-06-01", type="weekend").source == "default"
    assert chosen("2018-06-01", ["elsewhere"]).source == "default"


def test_steps_say_who_decided() -> None:
    assert chosen("2018-02-01").steps == {
        "method": "same_member_day_prev_months",
        "n": "3",
        "align": "date",
        "source": "row",
        "unit": "company",
        "valid_from": "2018-01-01",
    }


def test_an_unknown_own_method_is_an_error() -> None:
    with pytest.raises(ValueError, match="no baseline method"):
        chosen("2018-02-01", own="best_days")
