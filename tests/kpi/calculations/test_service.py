"""Days in service, proration, slots, and the rules that hold for a person."""

from datetime import date
from fractions import Fraction

import pytest

from core.months import Month
from core.workdays import WorkCalendar
from kpi.calculations.rules import RuleBook, RuleVersion, applicable_rules
from kpi.calculations.service import (
    Assignment,
    Leave,
    in_service,
    leave_days,
    placements,
    proration,
)
from kpi.calculations.slots import MonthDays, month_slots, window
from tests.kpi.calculations.builders import LONG_AGO, month_days, rule, service

CENTRE, DEPARTMENT, GROUP, OTHER = 1, 2, 3, 4
IN_GROUP = (GROUP, DEPARTMENT, CENTRE)
IN_OTHER = (OTHER, CENTRE)
HOME = placements([], IN_GROUP)


def version(key, unit, *, code="a", valid_from=LONG_AGO, valid_to=None, precedence=0):
    return RuleVersion(rule(key=key, code=code), unit, valid_from, valid_to, precedence)


def held(versions, placed=HOME, joined=LONG_AGO, left=None, leaves=()):
    """Key of each rule that holds and its number of days in service."""
    days = month_days()
    holdings = applicable_rules(RuleBook(versions, days), joined, left, placed, leave_days(leaves, days))
    return {holding.rule.key: len(holding.service.days) for holding in holdings}


@pytest.mark.clause("KQ-24")
def test_proration_of_a_joiner_and_of_leave():
    days = month_days(Month(2026, 9))
    leave = Leave(date(2026, 9, 23), date(2026, 9, 24))

    joiner = in_service(date(2026, 9, 14), None, [], days)
    on_leave = in_service(date(2026, 9, 14), None, [leave], days)

    assert proration(joiner, days) == Fraction(13, 22)
    assert proration(on_leave, days) == Fraction(11, 22)


def test_proration_follows_make_up_days():
    # Sunday 20 September 2026 is a working day, Friday the 25th is not.
    days = month_days(Month(2026, 9))

    assert date(2026, 9, 20) in days.workdays
    assert date(2026, 9, 25) not in days.workdays
    assert proration(in_service(date(2026, 9, 20), date(2026, 9, 20), [], days), days) == Fraction(1, 22)


def test_proration_is_undefined_in_a_month_without_working_days():
    closed = WorkCalendar(dict.fromkeys(month_days().days, "holiday"))
    days = MonthDays.of(Month(2018, 11), closed)

    assert proration(in_service(LONG_AGO, None, [], days), days) is None


def test_joining_and_leaving_day_are_in_service():
    present = service(joined=date(2018, 11, 5), left=date(2018, 11, 9))

    assert (min(present.days), max(present.days), present.workdays) == (
        date(2018, 11, 5),
        date(2018, 11, 9),
        5,
    )


def test_leave_that_does_not_reduce_targets_leaves_service_alone():
    present = service(leaves=[Leave(date(2018, 11, 1), date(2018, 11, 30), reduces_target=False)])

    assert present.full


def test_overlapping_leaves_are_counted_once():
    present = service(
        leaves=[Leave(date(2018, 10, 1), date(2018, 11, 2)), Leave(date(2018, 11, 2), date(2018, 11, 5))]
    )

    assert len(present.days) == 25


@pytest.mark.clause("YJ-18")
def test_window_reaches_into_the_weeks_next_door():
    assert window(Month(2018, 11)) == (date(2018, 10, 29), date(2018, 12, 2))
    # 1 August 2026 is a Saturday: its week belongs to July.
    assert window(Month(2026, 8)) == (date(2026, 8, 1), date(2026, 8, 31))


@pytest.mark.parametrize(
    ("month", "day_basis", "slots"),
    [
        (Month(2018, 11), "calendar", 30),
        (Month(2018, 12), "calendar", 31),
        (Month(2018, 2), "calendar", 28),
        (
            Month(2018, 2),
            "workday",
            17,
        ),  # 20 weekdays, less Spring Festival 15, 16, 19, 20, 21, plus 11 and 24
    ],
)
def test_day_slots(month, day_basis, slots):
    assert len(month_slots("day", day_basis, month_days(month))) == slots


def test_week_at_the_turn_of_the_year():
    # Thursday 31 December 2020: the week of 28 December to 3 January is the 53rd of 2020.
    last = month_slots("week", "calendar", month_days(Month(2020, 12)))[-1]

    assert (last.key, last.days[0], last.days[-1]) == ("2020-W53", date(2020, 12, 28), date(2021, 1, 3))


def test_rule_holds_for_its_unit_and_below():
    assert held([version(1, CENTRE)]) == {1: 30}
    assert held([version(1, GROUP)]) == {1: 30}
    assert held([version(1, OTHER)]) == {}


def test_rule_holds_in_a_month_touched_by_its_validity():
    assert held([version(1, CENTRE, valid_from=date(2018, 11, 30))]) == {1: 30}
    assert held([version(1, CENTRE, valid_to=date(2018, 11, 1))]) == {1: 30}
    assert held([version(1, CENTRE, valid_from=date(2018, 12, 1))]) == {}
    assert held([version(1, CENTRE, valid_to=date(2018, 10, 31))]) == {}


def test_latest_version_that_touches_the_month_counts():
    versions = [
        version(3, CENTRE, valid_from=date(2018, 12, 1)),
        version(2, CENTRE, valid_from=date(2018, 11, 20)),
        version(1, CENTRE),
    ]

    assert held(versions) == {2: 30}


def test_nearer_unit_wins():
    assert held([version(1, CENTRE), version(2, DEPARTMENT), version(3, CENTRE, code="b")]) == {2: 30, 3: 30}


def test_document_of_higher_precedence_wins_over_the_nearer_unit():
    assert held([version(1, CENTRE, precedence=2), version(2, GROUP, precedence=1)]) == {1: 30}


def test_who_moves_serves_each_rule_on_the_days_it_wins():
    placed = placements(
        [
            Assignment(LONG_AGO, date(2018, 11, 15), IN_GROUP),
            Assignment(date(2018, 11, 16), None, IN_OTHER),
        ],
        IN_GROUP,
    )
    versions = [version(1, CENTRE), version(2, GROUP), version(3, OTHER, code="b")]

    # The group's rule until the 15th; afterwards the centre's, and the other unit's own.
    assert held(versions, placed) == {1: 15, 2: 15, 3: 15}


def test_of_assignments_that_overlap_the_later_one_counts():
    placed = placements(
        [
            Assignment(LONG_AGO, None, IN_GROUP),
            Assignment(date(2018, 11, 11), date(2018, 11, 20), IN_OTHER),
        ],
        IN_GROUP,
    )

    assert held([version(1, GROUP), version(2, OTHER)], placed) == {1: 20, 2: 10}


def test_nobody_is_in_service_between_two_assignments():
    placed = placements(
        [
            Assignment(LONG_AGO, date(2018, 11, 10), IN_GROUP),
            Assignment(date(2018, 11, 21), None, IN_GROUP),
        ],
        IN_GROUP,
    )

    assert held([version(1, CENTRE)], placed) == {1: 20}


def test_people_not_employed_have_no_rules():
    assert held([version(1, CENTRE)], joined=date(2018, 12, 1)) == {}
    assert held([version(1, CENTRE)], left=date(2018, 10, 31)) == {}


def test_rules_hold_without_days_for_people_on_leave_all_month():
    assert held([version(1, CENTRE)], leaves=[Leave(date(2018, 11, 1), date(2018, 11, 30))]) == {1: 0}


def test_one_persons_dates_do_not_leak_into_the_next():
    days = month_days()
    book = RuleBook([version(1, CENTRE)], days)
    everybody = [LONG_AGO, date(2018, 11, 20), LONG_AGO, date(2018, 11, 29), LONG_AGO]

    served = [len(applicable_rules(book, joined, None, HOME)[0].service.days) for joined in everybody]

    assert served == [30, 11, 30, 2, 30]
