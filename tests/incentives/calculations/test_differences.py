"""What differs between two results of a month."""

from decimal import Decimal
from typing import Any

from incentives.calculations.differences import BONUS, differences


def content(**sections: Any) -> dict[str, Any]:
    empty: dict[str, Any] = {name: [] for name in ("attainment", "scores", "campaigns", "pools", "funds")}
    return {**empty, **sections}


def score(staff_no: str, bonus: str | None, total: str = "80.00") -> dict[str, Any]:
    return {"staff_no": staff_no, "scheme": "s", "bonus": bonus, "total": total}


def pool(campaign: str, amount: str, **holders: str) -> dict[str, Any]:
    lines = [{"staff_no": staff_no, "amount": paid} for staff_no, paid in holders.items()]
    return {"campaign": campaign, "amount": amount, "roles": [{"role": "editor", "holders": lines}]}


def test_equal_results_differ_in_nothing() -> None:
    one = content(scores=[score("a", "10.00")], pools=[pool("c", "5.00", a="2.00")])
    found = differences(one, one)
    assert not found.any
    assert (found.before, found.after, found.change) == (Decimal("12.00"), Decimal("12.00"), Decimal(0))


def test_person_is_the_sum_of_bonus_and_parts_and_lists_what_moved() -> None:
    before = content(
        scores=[score("a", "10.00"), score("b", "7.00")], pools=[pool("c", "5.00", a="2.00", b="1.00")]
    )
    after = content(
        scores=[score("a", "10.00"), score("b", None)], pools=[pool("c", "5.00", a="2.50", b="1.00")]
    )
    found = differences(before, after)

    a, b = found.people
    assert (a.staff_no, a.before, a.after, a.change) == (
        "a", Decimal("12.00"), Decimal("12.50"), Decimal("0.50"),
    )  # fmt: skip
    assert [part.key for part in a.parts] == [("c", "editor")]
    assert (b.before, b.after) == (Decimal("8.00"), Decimal("1.00"))
    assert [(part.key, part.before, part.after) for part in b.parts] == [(BONUS, Decimal("7.00"), None)]
    assert found.figures == 1  # the score of b


def test_person_whose_parts_move_but_not_the_sum_is_listed() -> None:
    before = content(scores=[score("a", "10.00")], pools=[pool("c", "5.00", a="2.00")])
    after = content(scores=[score("a", "11.00")], pools=[pool("c", "5.00", a="1.00")])
    (person,) = differences(before, after).people
    assert person.change == 0
    assert len(person.parts) == 2


def test_campaigns_pools_and_funds() -> None:
    before = content(
        campaigns=[{"code": "c", "uplift": None}, {"code": "d", "uplift": "1.00"}],
        pools=[pool("d", "0.20")],
        funds=[{"scheme": "p", "fund": "reserve", "closing": "3.00"}],
    )
    after = content(
        campaigns=[{"code": "c", "uplift": "-4.00"}, {"code": "d", "uplift": "1.00"}],
        pools=[pool("d", "0.20"), pool("c", "0.00")],
        funds=[{"scheme": "p", "fund": "reserve", "closing": "3.50"}],
    )
    found = differences(before, after)
    assert [(one.key, one.before, one.after, one.change) for one in found.uplifts] == [
        (("c",), None, Decimal("-4.00"), Decimal("-4.00"))
    ]
    assert [(one.key, one.before, one.after) for one in found.pools] == [(("c",), None, Decimal("0.00"))]
    assert [(one.key, one.change) for one in found.funds] == [(("p", "reserve"), Decimal("0.50"))]


def test_order_of_lines_is_irrelevant() -> None:
    lines = [score("a", "1.00"), score("b", "2.00")]
    assert not differences(content(scores=lines), content(scores=lines[::-1])).any
