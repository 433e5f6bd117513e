"""The pages of a month: figures as computed by hand, who sees what, how many queries, the acts on its state.

The figures are those of ``tests/presets/alpha/EXPECTED.md``: al-1 and al-2 are staff of al-team, al-3 is the
manager and al-4 the director of the whole company; the manager does not read amounts.
"""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from campaigns.models import Uplift
from core.models import AuditEvent, Job, User
from core.templatetags.ui import money, percent
from departments.models import Grant, Period, Staff
from incentives.models import Settlement
from kpi.models import Attainment, Score
from opscenter.dashboards import wording
from tests.opscenter.alpha import EXPECTED, PAGE, compute, give_log_ins, load

ENGLISH = {"accept-language": "en"}


@pytest.fixture
def users(db: None) -> dict[str, User]:
    compute(load("alpha"))
    return give_log_ins()


@pytest.fixture
def visit(users: dict[str, User]) -> Any:
    """``visit("al-1", path)`` → (status, text of the page in English)."""

    def get(who: str, path: str = PAGE) -> tuple[int, str]:
        client = Client(headers=ENGLISH)
        client.force_login(users[who])
        answer = client.get(path)
        return answer.status_code, unescape(answer.content.decode())

    return get


def rows_of(section: str, **wanted: str) -> list[dict[str, Any]]:
    return [row for row in EXPECTED[section] if all(row[key] == value for key, value in wanted.items())]


# --- figures -------------------------------------------------------------------------------------------
def test_month_page_shows_every_expected_figure(visit: Any) -> None:
    status, page = visit("al-4")
    assert status == 200
    for row in EXPECTED["attainment"]:
        assert percent(Decimal(row["rate"])) in page
    for row in EXPECTED["scores"]:
        assert money(Decimal(row["total"])) in page
        assert money(Decimal(row["bonus"])) in page
        assert all(money(Decimal(item["score"])) in page for item in row["items"])
    for row in EXPECTED["campaigns"]:
        assert money(Decimal(row["uplift"])) in page
    for row in EXPECTED["pools"]:
        assert all(money(Decimal(row[key])) in page for key in ("amount", "held", "reserve"))
    for row in EXPECTED["funds"]:
        assert all(money(Decimal(row[key])) in page for key in ("opening", "in", "out", "closing"))


def test_key_figures_are_the_sums(visit: Any) -> None:
    _status, page = visit("al-4")
    # (1.15 + .425 + .92 + .5333 + .8 + .1667 + 1.0667 + .6111) ÷ 8 = 0.7091
    assert "<b>70.91%</b>" in page
    assert "2 of 8 targets reached" in page
    # 340.31 + 228.75; 85.08 + 57.19; 1732.00 + 1199.93 + 48.57 + 36.23
    assert "<b>569.06</b>" in page
    assert "<b>142.27</b>" in page
    assert "<b>3,016.73</b>" in page
    assert "3 people, bonus 2,931.93" in page


@pytest.mark.parametrize("code", ["al-c1", "al-c2"])
def test_campaign_page_shows_every_expected_figure(visit: Any, code: str) -> None:
    status, page = visit("al-4", f"{PAGE}campaigns/{code}/")
    assert status == 200
    (campaign,) = rows_of("campaigns", code=code)
    for store in campaign["stores"]:
        assert all(money(Decimal(store[key])) in page for key in ("actual", "baseline", "uplift"))
    (pool,) = rows_of("pools", campaign=code)
    for role in pool["roles"]:
        assert all(money(Decimal(role[key])) in page for key in ("nominal", "after_findings", "payout"))
        assert all(money(Decimal(holder["amount"])) in page for holder in role["holders"])


def test_campaign_page_says_how_the_numbers_came_about(visit: Any) -> None:
    _status, page = visit("al-4", f"{PAGE}campaigns/al-c1/")
    for sentence in (
        "450.31 + (-110.00) = 340.31",
        "max(0, 340.31) × 25.00% = 85.08",
        "76.56 + 8.52 = 85.08",
        "48.57 + 27.99 + 8.52 = 85.08",
        "statutory holiday: 2024-05-04",
        "store closed: 2024-05-11",
        "2,100.375 ÷ 2 = 1,050.1875",
        "activity 0.0250 / welfare 0.0800 → 0.1050",
        "HT-25",
        "HT-12",
        "写稿",
    ):
        assert sentence in page


def test_person_page_says_how_the_numbers_came_about(visit: Any) -> None:
    status, page = visit("al-1", f"{PAGE}people/al-1/")
    assert status == 200
    for sentence in (
        "2 × 20 days × 2 accounts = 80",
        "甲博客一/x",
        "Not among the best, so not counted: 甲博客一/z",
        "own 4 + colleague's 3",
        "max(0, 10 − 2 × 3) = 4.00",
        "34.50 + 15.10 + 18.00 + 4.00 + 12.00 + 5.00 − 2.00 = 86.60",
        "2,000.00 × 86.60 ÷ 100 × 1.0000 = 1,732.00",
        "23.82 × 0.7500 = 17.87; × (1 − 0.1050) = 15.99",
        "In post 10 of 29 days: 15.99 × 10 ÷ 29 = 5.51",
        "YJ-14",
    ):
        assert sentence in page
    _status, other = visit("al-2", f"{PAGE}people/al-2/")
    assert "100 × 15 ÷ 20 working days in service = 75" in other


def test_what_is_missing_is_named_in_words(visit: Any) -> None:
    Score.objects.filter(staff__staff_no="al-2").update(status="missing", missing=["metric:al-leads"])
    Uplift.objects.filter(campaign__code="al-c2").update(status="missing", missing=["few_baseline_days"])
    _status, page = visit("al-4")
    assert "2 lines lack data" in page
    assert "the figure of the metric “线索数”" in page
    assert "too few days to compare with; give fixed baseline dates, or let it not pay" in page
    assert "metric:al-leads" not in page


def test_every_reason_of_a_calculation_has_words() -> None:
    from typing import get_args

    from campaigns.calculations.baselines import METHODS, NoBaseline, Reason
    from campaigns.calculations.uplift import NotComparable
    from kpi.calculations.attainment import Reason as RuleReason

    assert set(get_args(Reason)) <= set(wording.DAY_REASONS)
    assert {*get_args(NoBaseline), *get_args(NotComparable)} <= set(wording.STORE_REASONS) & set(
        wording.LACKS
    )
    assert set(get_args(RuleReason)) <= set(wording.RULE_REASONS)
    assert set(METHODS) == set(wording.METHODS)


# --- who sees what -------------------------------------------------------------------------------------
def test_staff_see_their_own_lines_only(visit: Any) -> None:
    status, page = visit("al-1")
    assert status == 200
    assert "115.00%" in page
    for hidden in ("甲二", "106.67%", "1,199.93", "周末活动", "142.27", "24.25"):
        assert hidden not in page
    assert "1,785.74" in page  # 1732.00 + 25.89 + 5.51 + 17.40 + 4.94
    for view in ("people", "campaigns", "money"):
        assert "甲二" not in visit("al-1", f"{PAGE}?view={view}")[1]


@pytest.mark.parametrize(
    "path",
    [
        "people/al-2/",
        "campaigns/al-c1/",
        "sheet/?unit=al-company",
        "result.json?unit=al-company",
        "acts/review/?unit=al-company",
        "people/nobody/",
        "campaigns/nothing/",
        "acts/nothing/",
        "?unit=nothing",
        "?view=nothing",
    ],
)
def test_denied_and_missing_answer_alike(visit: Any, path: str) -> None:
    status, page = visit("al-1", PAGE + path)
    assert status == 404
    assert "There is no such page or record." in page


def test_manager_sees_the_subtree_without_amounts(visit: Any) -> None:
    status, page = visit("al-3")
    assert status == 200
    assert "甲一" in page
    assert "甲二" in page
    assert "340.31" in page  # uplift is no amount that somebody gets
    for amount in ("1,732.00", "1,199.93", "85.08", "142.27", "24.25", "2,931.93"):
        assert amount not in page
    _status, money_view = visit("al-3", f"{PAGE}?view=money")
    assert "1,732.00" not in money_view
    assert "11.19" in money_view  # their own: 6.69 + 4.50
    _status, campaign = visit("al-3", f"{PAGE}campaigns/al-c1/")
    assert "450.31" in campaign
    assert "85.08" not in campaign
    _status, person = visit("al-3", f"{PAGE}people/al-1/")
    assert "86.60" in person
    assert "1,732.00" not in person
    assert visit("al-3", f"{PAGE}sheet/?unit=al-company")[0] == 404
    assert visit("al-3", f"{PAGE}result.json?unit=al-company")[0] == 404


def test_unit_and_text_narrow_the_page(visit: Any) -> None:
    _status, page = visit("al-4", f"{PAGE}?unit=al-team&q=甲二")
    assert "people/al-2/" in page
    assert "people/al-1/" not in page
    _status, retail = visit("al-4", f"{PAGE}?unit=al-retail")
    assert "people/al-1/" not in retail
    assert "campaigns/al-c1/" in retail


def test_other_organisation_is_not_there(users: dict[str, User], visit: Any) -> None:
    compute(load("beta"))
    person = Staff.objects.filter(root__code="be-company").order_by("staff_no").first()
    campaign = Uplift.objects.filter(root__code="be-company").order_by("pk").first()
    assert person
    assert campaign
    for path in ("?unit=be-company", f"people/{person.staff_no}/", f"campaigns/{campaign.campaign.code}/"):
        for who in ("al-1", "al-3", "al-4"):
            assert visit(who, PAGE + path)[0] == 404


def test_pages_need_a_sign_in_and_are_not_stored(users: dict[str, User], client: Client) -> None:
    assert client.get(PAGE)["Location"].startswith("/accounts/login/")
    client.force_login(users["al-1"])
    for path in (PAGE, f"{PAGE}people/al-1/", "/"):
        assert client.get(path)["Cache-Control"] == "no-store, private"


def test_month_without_a_result_says_what_to_do(visit: Any) -> None:
    status, page = visit("al-3", "/month/2024-06/")
    assert status == 200
    assert "2024-06 has not been computed yet" in page
    assert "Compute the month" in page
    assert "Compute the month" not in visit("al-1", "/month/2024-06/")[1]
    assert visit("al-3", "/month/2024-13/")[0] == 404


def test_latest_month_opens_without_a_date(users: dict[str, User], client: Client) -> None:
    client.force_login(users["al-1"])
    assert client.get("/month/", follow=True).redirect_chain[-1][0] == PAGE


# --- queries -------------------------------------------------------------------------------------------
def queries(user: User, path: str) -> int:
    client = Client(headers=ENGLISH)
    client.force_login(user)
    client.get(path)  # the session gets its token with the first page
    with CaptureQueriesContext(connection) as found:
        assert client.get(path).status_code == 200
    return len(found)


def more_people(count: int) -> None:
    """People like al-1, with the same lines."""
    model = Staff.objects.get(staff_no="al-1")
    attainments = list(Attainment.objects.filter(staff=model))
    score = Score.objects.get(staff=model)
    for number in range(count):
        model.pk, model.staff_no, model.user = None, f"al-x{number:02}", None
        model.save()
        for row in [*attainments, score]:
            row.pk, row.staff_id = None, model.pk
            row.save(force_insert=True)


@pytest.mark.parametrize(
    "path",
    [PAGE, f"{PAGE}?view=people", f"{PAGE}?view=campaigns", f"{PAGE}?view=money", f"{PAGE}people/al-1/"],
)
def test_queries_do_not_grow_with_the_people(users: dict[str, User], path: str) -> None:
    few = queries(users["al-4"], path)
    more_people(18)
    assert queries(users["al-4"], path) == few
    assert few <= 25


def test_queries_stay_bounded_when_data_is_missing(users: dict[str, User]) -> None:
    Score.objects.update(status="missing", missing=["metric:al-leads", "rating:al-item-5"])
    Uplift.objects.update(status="missing", missing=["readers"])
    assert queries(users["al-4"], PAGE) <= 25
    assert queries(users["al-4"], f"{PAGE}campaigns/al-c1/") <= 28


# --- downloads, computation, acts ------------------------------------------------------------------------
def test_director_downloads_sheet_and_result(users: dict[str, User], client: Client) -> None:
    client.force_login(users["al-4"])
    sheet = client.get(f"{PAGE}sheet/?unit=al-company")
    assert sheet.status_code == 200
    assert sheet.content[:2] == b"PK"
    assert "filename*=UTF-8''202405_" in sheet["Content-Disposition"]
    result = client.get(f"{PAGE}result.json?unit=al-company")
    assert result.json() == EXPECTED


def test_roll_up_by_button_runs_a_job_and_shows_its_end(users: dict[str, User], client: Client) -> None:
    client.force_login(users["al-3"])
    answer = client.post(f"{PAGE}roll-up/", {"unit": "al-company"}, headers=ENGLISH)
    job = Job.objects.get(kind="roll_up")
    assert (answer.status_code, answer["Location"]) == (302, f"/jobs/{job.pk}/")
    assert (job.kind, job.arguments) == ("roll_up", {"month": "2024-05", "unit": "al-company"})
    page = client.get(f"/jobs/{job.pk}/", headers=ENGLISH).content.decode()
    assert f'href="/jobs/{job.pk}/"' in page  # the way to see how far it is without scripts
    part = client.get(f"/jobs/{job.pk}/", headers={**ENGLISH, "hx-request": "true"}).content.decode()
    assert "<html" not in part
    assert 'hx-trigger="every 1s"' in part
    client.force_login(users["al-1"])
    assert client.get(f"/jobs/{job.pk}/").status_code == 404
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 404
    client.force_login(users["al-4"])
    assert client.post(f"/jobs/{job.pk}/cancel/").status_code == 302
    job.refresh_from_db()
    assert job.state == "cancelled"
    ended = client.get(f"/jobs/{job.pk}/", headers=ENGLISH).content.decode()
    assert "nothing was changed" in ended
    assert "every 1s" not in ended


def test_staff_cannot_compute(users: dict[str, User], client: Client) -> None:
    client.force_login(users["al-1"])
    assert client.post(f"{PAGE}roll-up/", {"unit": "al-company"}).status_code == 403
    assert client.get(f"{PAGE}roll-up/").status_code == 405
    assert not Job.objects.filter(kind="roll_up").exists()


def state() -> str:
    return Period.objects.get(month="2024-05-01").state


def test_month_goes_from_computed_to_paid_by_three_people(users: dict[str, User], client: Client) -> None:
    for number in ("al-2", "al-4"):
        person = Staff.objects.get(staff_no=number)
        Grant.objects.create(staff=person, role="finance", unit=Staff.objects.get(staff_no="al-4").unit)

    def act(who: str, name: str, **form: str) -> Any:
        client.force_login(users[who])
        return client.post(f"{PAGE}acts/{name}/", {"unit": "al-company", **form}, headers=ENGLISH)

    assert act("al-3", "review").status_code == 302
    assert state() == "reviewed"
    assert act("al-4", "approve").status_code == 409  # not published yet
    assert act("al-3", "publish").status_code == 302
    assert act("al-3", "approve").status_code == 404
    assert act("al-4", "approve").status_code == 422  # people may still object
    assert act("al-4", "approve", reason="all agreed").status_code == 302
    assert "Say why" in act("al-2", "lock").content.decode()
    assert act("al-4", "lock", reason="mine, too").status_code == 403
    assert state() == "approved"
    assert act("al-2", "lock", reason="closing of May").status_code == 302
    assert AuditEvent.objects.get(action="month.locked").reason == "closing of May"
    assert act("al-4", "pay").status_code == 403  # who approved it does not pay it
    assert act("al-2", "pay").status_code == 302
    assert state() == "paid"


def test_confirmation_says_what_will_happen_and_changes_nothing(visit: Any) -> None:
    status, page = visit("al-3", f"{PAGE}acts/review/?unit=al-company")
    assert status == 200
    assert "You confirm that you looked at every figure of the month." in page
    assert state() == "computed"
    assert Settlement.objects.get().reviewed_by is None


def test_buttons_are_only_those_that_can_be_pressed(visit: Any) -> None:
    assert "acts/review/" in visit("al-3")[1]
    for who in ("al-1", "al-4"):
        assert "acts/" not in visit(who)[1]
    assert "roll-up/" not in visit("al-1")[1]


# Log-ins and their addresses are what the administration is for.
ACCOUNTS = {"user", "emailaddress", "authenticator", "usersession", "socialaccount"}


# --- the administration ----------------------------------------------------------------------------------
def test_administration_shows_tables_and_changes_none(users: dict[str, User], client: Client) -> None:
    from django.contrib import admin

    client.force_login(User.objects.create_superuser("root", password="x"))
    client.get("/admin/")  # the addresses, which settle what is registered, are read with the first request
    for model in list(admin.site._registry):
        name = f"/admin/{model._meta.app_label}/{model._meta.model_name}/"
        assert client.get(name).status_code == 200, name
        if model._meta.model_name not in ACCOUNTS:
            assert client.get(f"{name}add/").status_code == 403, name
            row = model._default_manager.first()
            if row is not None:
                assert client.get(f"{name}{row.pk}/change/").status_code == 200, name
                assert client.post(f"{name}{row.pk}/change/", {}).status_code == 403, name
                assert client.post(f"{name}{row.pk}/delete/", {"post": "yes"}).status_code == 403, name
