"""The pages of the cockpit: figures by hand, nothing written, the sheet's very cells, bounded queries."""

import hashlib
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from openpyxl import load_workbook

from core.models import AuditEvent, User
from departments.models import Grant, Staff
from incentives.models import Settlement
from incentives.services.closing import month_lock
from incentives.services.roll_up import month_roll_up
from kpi.models import LogEntry, Platform, Rating
from opscenter.cockpit.paper import paper
from tests.access.matrix import digest
from tests.opscenter.alpha import EXPECTED, compute, give_log_ins, load
from tests.people import APRIL
from tests.people.pages import assert_bounded, queries_of

pytestmark = pytest.mark.django_db
APRIL_PAGE = "/incentives/2024-04/"
MAY_PAGE = "/incentives/2024-05/"


def text_of(client: Client, url: str) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == 200, url
    return " ".join(unescape(answer.content.decode()).split())


@pytest.fixture
def director(db: None) -> Client:
    """The director of alpha in its computed month of May."""
    compute(load("alpha"))
    client = Client(headers={"accept-language": "en"})
    client.force_login(give_log_ins()["al-4"])
    return client


# --- the overview --------------------------------------------------------------------------------------
def test_overview_adds_the_pools_up(director: Client) -> None:
    page = text_of(director, MAY_PAGE)
    pools = EXPECTED["pools"]
    uplift = sum(Decimal(one["uplift"]) for one in EXPECTED["campaigns"])
    amount, reserve, held = (
        sum((Decimal(pool[key]) for pool in pools), Decimal(0)) for key in ("amount", "reserve", "held")
    )
    nominal = sum(Decimal(role["nominal"]) for pool in pools for role in pool["roles"])
    left = sum(Decimal(role["after_findings"]) for pool in pools for role in pool["roles"])
    paid = sum(Decimal(role["payout"]) for pool in pools for role in pool["roles"])
    # 340.31 + 228.75; 85.08 + 57.19
    assert (uplift, amount) == (Decimal("569.06"), Decimal("142.27"))
    assert paid + held + reserve == amount
    lines = {
        "Uplift": uplift,
        "Company": amount - uplift,
        "Pools": amount,
        "Reserve": -reserve,
        "Findings": left - nominal,
        "Reach": paid - left,
        "Paid": paid,
    }
    for label, value in lines.items():
        assert f"<dt>{label}</dt><dd>{value:,.2f}</dd>" in page
    # 1732.00 + 1199.93 + 48.57 + 36.23
    assert "<b>3,016.73</b>" in page
    assert f"<b>{held:,.2f}</b>" in page


def test_overview_shows_every_fund(director: Client) -> None:
    page = text_of(director, MAY_PAGE)
    for fund in EXPECTED["funds"]:
        assert all(f"{Decimal(fund[key]):,.2f}" in page for key in ("opening", "in", "out", "closing"))


def test_month_that_nobody_computed_says_so(people: Any) -> None:
    page = text_of(people.client("finance"), MAY_PAGE)
    assert "The month has not been computed" in page
    assert "stops the lock" in page


def test_latest_is_the_oldest_month_that_waits(people: Any) -> None:
    client = people.client("finance")
    month_roll_up(actor=None, root=people.root, month=APRIL.plus(1))
    assert client.get("/incentives/").headers["Location"] == APRIL_PAGE
    month_lock(actor=None, root=people.root, month=APRIL, reason="x", force=True)
    assert client.get("/incentives/").headers["Location"] == MAY_PAGE


def test_right_on_a_part_opens_nothing(people: Any) -> None:
    """Who reads the money of one department does not see that of the organisation."""
    Grant.objects.create(staff=people.staff("peer"), role="finance", unit=people.staff("peer").unit)
    client = people.client("peer")
    for url in ("/incentives/", APRIL_PAGE, f"{APRIL_PAGE}dry-run/", f"{APRIL_PAGE}sheet/"):
        assert client.get(url).status_code == 404
    assert "激励" not in client.get("/month/2024-04/").content.decode().split("</nav>")[0]


def test_organisation_is_chosen_by_those_of_several(people: Any) -> None:
    from departments.models import Unit

    Grant.objects.create(staff=people.staff("finance"), role="finance", unit=Unit.objects.get(code="xx"))
    client = people.client("finance")
    assert "<option" in text_of(client, APRIL_PAGE)
    assert "远山商行" in text_of(client, f"{APRIL_PAGE}?unit=xx").partition("<h1")[2]
    assert people.client("director").get(f"{APRIL_PAGE}?unit=xx").status_code == 404
    assert client.get(f"{APRIL_PAGE}?unit=co-a").status_code == 404


def grow(people: Any) -> None:
    """Twenty people more, with logs and without ratings, in April."""
    staff = Staff.objects.bulk_create(
        Staff(
            staff_no=f"n-{number}", name=f"新{number}", root=people.root, unit=people.staff("peer").unit,
            joined=date(2024, 1, 1), bonus_base=Decimal(1000),
        )
        for number in range(20)
    )  # fmt: skip
    LogEntry.objects.bulk_create(
        LogEntry(
            row_key=f"n:{one.pk}", date=date(2024, 4, 9), month=APRIL.first, root=people.root, staff=one,
            platform=Platform.objects.get(code="t-bar"), activity="post", count=1,
        )
        for one in staff
    )  # fmt: skip
    Rating.objects.bulk_create(
        Rating(root=people.root, month=APRIL.first, staff=one, scheme_code="s-main", item_code=item, score=80)
        for one in staff[:10]
        for item in ("i-attitude", "i-team")
    )
    month_roll_up(actor=None, root=people.root, month=APRIL)


@pytest.mark.parametrize("path", ["", "sheet/", "dry-run/", "changes/"])
def test_queries_do_not_grow(people: Any, path: str) -> None:
    month_roll_up(actor=None, root=people.root, month=APRIL.plus(-1))
    # A month is loaded as the lock loads it: a fixed number of queries for any size, but more than a page's.
    limit = {"dry-run/": 45, "sheet/": 32}.get(path, 25)
    assert_bounded(people.client("finance"), f"{APRIL_PAGE}{path}", lambda: grow(people), limit)


def test_overview_of_campaigns_stays_within_its_queries(director: Client) -> None:
    assert queries_of(director, MAY_PAGE) <= 25


# --- the dry run ---------------------------------------------------------------------------------------
def test_dry_run_says_that_nothing_moved(people: Any) -> None:
    page = text_of(people.client("finance"), f"{APRIL_PAGE}dry-run/")
    assert "every figure is the stored one" in page
    assert "No figure moves" in page


def test_dry_run_shows_who_would_get_what_and_writes_nothing(people: Any) -> None:
    # staff: quota below the threshold 0, 15 × 80 % + 15 × 90 % = 25.50 → D: 2000.00 × 0.50 = 1000.00.
    Staff.objects.filter(user__username="staff").update(bonus_base=Decimal(3000))
    # peer was not settled: 15 × 100 % + 15 × 100 % = 30.00 → D: 1000.00.
    for item in ("i-attitude", "i-team"):
        Rating.objects.update_or_create(
            root=people.root, month=APRIL.first, staff=people.staff("peer"), scheme_code="s-main",
            item_code=item, defaults={"score": 100},
        )  # fmt: skip
    client = people.client("finance")
    client.get(APRIL_PAGE)
    before = digest()

    page = text_of(client, f"{APRIL_PAGE}dry-run/")

    assert digest() == before
    assert "Facts have changed since" in page
    for figure in ("1,000.00", "1,500.00", "+500.00", "+1,000.00", "+1,500.00"):
        assert figure in page
    assert "员小一" in page
    assert "员小二" in page
    assert "Nothing was saved." in page


def test_dry_run_gives_what_the_roll_up_then_stores(people: Any) -> None:
    from incentives.dry_run import dry_run

    Staff.objects.filter(user__username="staff").update(bonus_base=Decimal(3000))
    run = dry_run(people.root, APRIL)
    assert not run.equal

    month_roll_up(actor=None, root=people.root, month=APRIL)

    assert Settlement.objects.get(period__root=people.root, period__month=APRIL.first).digest == run.digest
    assert dry_run(people.root, APRIL).equal


def test_locked_month_has_no_dry_run(people: Any) -> None:
    month_lock(actor=None, root=people.root, month=APRIL, reason="x", force=True)
    page = text_of(people.client("finance"), f"{APRIL_PAGE}dry-run/")
    assert "frozen" in page
    assert f"{APRIL_PAGE}dry-run/" not in text_of(people.client("finance"), APRIL_PAGE)


# --- the sheet -----------------------------------------------------------------------------------------
def test_preview_shows_every_cell_of_the_workbook(director: Client) -> None:
    data = director.get("/month/2024-05/sheet/?unit=al-company").content
    book = load_workbook(BytesIO(data))
    for place, sheet in enumerate(book.worksheets):
        shown = paper(data, place)
        assert shown is not None
        page = text_of(director, f"{MAY_PAGE}sheet/?part={place}")
        texts = [cell.text for row in (*shown.head, *shown.rows) for cell in row.cells]
        filled = [cell for row in sheet.iter_rows() for cell in row if cell.value is not None]
        assert len([text for text in texts if text]) == len(filled)
        for text in texts:
            assert " ".join(text.split()) in page
        spans = [sum(cell.span for cell in row.cells) for row in (*shown.head, *shown.rows)]
        assert set(spans) == {sheet.max_column} == {shown.columns}


def test_preview_writes_figures_as_the_workbook_shows_them(director: Client) -> None:
    parts = [text_of(director, f"{MAY_PAGE}sheet/?part={place}") for place in (1, 2)]
    page = next(part for part in parts if ">甲一<" in part)
    assert "绩效奖金发放表" in page
    assert "（试算）" in page
    assert "合计人民币（大写）：人民币" in page
    assert "审批（总经理）：" in page
    # al-1: by score 2000.00 × 86.60 %, shown with two decimals and a comma; the total 86.6 as points
    assert ">1,732.00<" in page
    assert ">86.60<" in page


def test_preview_hands_nothing_out(director: Client) -> None:
    director.get(f"{MAY_PAGE}sheet/")
    assert not AuditEvent.objects.filter(action="month.export").exists()
    for part in ("99", "-1", "x", "9999999"):
        assert director.get(f"{MAY_PAGE}sheet/?part={part}").status_code == 404


def test_every_download_after_the_lock_is_the_same_file(people: Any) -> None:
    month_lock(actor=people.user("finance"), root=people.root, month=APRIL, reason="月末", force=True)
    url = "/month/2024-04/sheet/?unit=co"
    first = people.client("finance").get(url).content
    User.objects.filter(username="finance").update(first_name="改名")
    Staff.objects.filter(user__username="staff").update(name="改名")

    again = people.client("auditor").get(url).content

    assert again == first
    page = text_of(people.client("director"), APRIL_PAGE)
    assert page.count(hashlib.sha256(first).hexdigest()) == 2
    assert "Since the lock every download is the same file" in page
    # The preview is that file as well, with the names of then.
    kept = text_of(people.client("director"), f"{APRIL_PAGE}sheet/?part=1")
    assert "员小一" in kept
    assert "改名" not in kept.partition('class="oc-paper"')[2]


# --- largest changes -----------------------------------------------------------------------------------
def test_largest_changes_name_people_amounts_and_reasons(people: Any) -> None:
    march = APRIL.plus(-1)
    for item, score in (("i-attitude", 80), ("i-team", 90)):
        Rating.objects.create(
            root=people.root, month=march.first, staff=people.staff("staff"), scheme_code="s-main",
            item_code=item, score=score,
        )  # fmt: skip
    month_roll_up(actor=None, root=people.root, month=march)
    Staff.objects.filter(user__username="staff").update(bonus_base=Decimal(3000))
    month_roll_up(actor=None, root=people.root, month=APRIL)

    client = people.client("director")
    for headers in ({}, {"hx-request": "true"}):
        page = client.get(f"{APRIL_PAGE}changes/", headers={"accept-language": "en", **headers})
        text = " ".join(unescape(page.content.decode()).split())
        assert ("<html" in text) == (not headers)
        for figure in ("1,000.00", "1,500.00", "+500.00", "员小一"):
            assert figure in text
    assert f"{APRIL_PAGE}changes/" in text_of(client, APRIL_PAGE)


def test_first_month_has_nothing_to_compare_with(people: Any) -> None:
    assert "no computed month before" in text_of(people.client("finance"), f"{APRIL_PAGE}changes/")
