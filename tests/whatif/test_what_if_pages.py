"""The page of trials: figures by hand, nothing written, rights, locked months, bounded queries."""

from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from django.test import Client

from departments.models import Staff
from incentives.models import Payout, RoleHolder
from kpi.models import AssessmentScheme, LogEntry, Platform, QuotaRule
from tests.access.limits import COMPUTATION
from tests.access.matrix import digest
from tests.people import APRIL
from tests.people.pages import assert_bounded
from tests.whatif.pools import load_pools

pytestmark = pytest.mark.django_db
POOLS = "/what-if/?month=2024-04&unit=co&view=pools"
SCORES = "/what-if/?month=2024-04&unit=co&view=scores"


def text_of(client: Client, url: str, status: int = 200) -> str:
    answer = client.get(url, headers={"accept-language": "en"})
    assert answer.status_code == status, (url, answer.status_code)
    return " ".join(unescape(answer.content.decode()).split())


def posted(client: Client, url: str, **data: Any) -> Any:
    return client.post(url, data, headers={"accept-language": "en"})


@pytest.fixture
def company(people: Any) -> Any:
    load_pools(people.root)
    return people


def scheme(code: str = "s-main") -> int:
    return AssessmentScheme.objects.get(code=code).pk


# --- pools -----------------------------------------------------------------------------------------------
def test_page_begins_with_the_figures_as_they_are(company: Any) -> None:
    page = text_of(company.client("finance"), POOLS)
    assert "These are the figures as they are" in page
    # pool 500 × 20 % = 100.00: planner 50.00, editor 30.00, reserve 20.00
    assert list(Payout.objects.filter(kind="pool", month=APRIL.first).order_by("amount").values_list(
        "amount", flat=True)) == [Decimal("30.00"), Decimal("50.00")]  # fmt: skip
    for figure in ("100.00", "50.00", "30.00", "20.00"):
        assert figure in page
    assert "▲" not in page
    assert "▼" not in page


def test_form_leads_to_an_address_that_can_be_handed_on(company: Any) -> None:
    client = company.client("director")
    answer = posted(client, POOLS, **{"rate:ps-1": "10", "share:ps-1:editor": "", "uplift:w-4": "1,000"})
    assert answer.status_code == 302
    assert answer["Location"] == (
        "/what-if/?month=2024-04&unit=co&view=pools&uplift%3Aw-4=1%2C000&rate%3Aps-1=10"
    )
    # 1000 × 10 % = 100.00: the same pool as before, so that nothing but the uplift moves
    page = text_of(company.client("finance"), answer["Location"])
    assert "0 people get another amount" in page
    assert "▲</span> +500.00" in page


@pytest.mark.clause("HT-07")
def test_lower_rate_moves_every_line(company: Any) -> None:
    page = text_of(company.client("auditor"), f"{POOLS}&rate:ps-1=10")
    # 500 × 10 % = 50.00: 25.00, 15.00, reserve 10.00
    for line in (
        "100.00 → 50.00",
        "▼</span> -25.00",
        "▼</span> -15.00",
        "▼</span> -10.00",
        "▼</span> -50.00",
    ):
        assert line in page
    assert "2 people get another amount" in page


@pytest.mark.clause("HT-08")
def test_shares_that_do_not_sum_to_one_are_refused_beside_the_field(company: Any) -> None:
    client = company.client("finance")
    before = digest()
    answer = posted(client, POOLS, **{"share:ps-1:planner": "60"})
    assert answer.status_code == 422
    page = " ".join(unescape(answer.content.decode()).split())
    assert 'value="60"' in page
    assert "sum to 110 %; they must sum to exactly 100 %" in page
    assert digest() == before
    both = text_of(company.client("finance"), f"{POOLS}&share:ps-1:planner=40&share:ps-1:editor=40")
    assert "▼</span> -10.00" in both
    assert "▲</span> +10.00" in both


@pytest.mark.parametrize(
    "query",
    ["rate:ps-1=x", "rate:ps-1=101", "uplift:w-4=1.234", "readers:a-w-4=-1", "add1_role=ps-1:editor",
     "add1_percent=5", "add1_role=ps-1:nobody&add1_percent=5"],
)  # fmt: skip
def test_numbers_that_make_no_sense_are_told(company: Any, query: str) -> None:
    page = text_of(company.client("finance"), f"{POOLS}&{query}", 422)
    assert 'class="errorlist"' in page


def test_findings_and_readers_move_the_payouts(company: Any) -> None:
    client = company.client("finance")
    added = text_of(client, f"{POOLS}&add1_role=ps-1:editor&add1_percent=25")
    # 30.00 × 75 % = 22.50
    assert "▼</span> -7.50" in added
    readers = text_of(client, f"{POOLS}&readers:a-w-4=2700")
    # 10 % short: 50.00 → 45.00, 30.00 → 27.00; withheld 8.00
    assert "▼</span> -5.00" in readers
    assert "▼</span> -3.00" in readers
    assert "▲</span> +8.00" in readers


def test_nothing_is_written_by_any_request(company: Any) -> None:
    client = company.client("finance")
    client.get(POOLS)
    before = digest()
    client.get(f"{POOLS}&rate:ps-1=10&uplift:w-4=3&readers:a-w-4=5&fund:ps-1=1")
    posted(client, POOLS, **{"rate:ps-1": "10"})
    posted(client, POOLS, **{"rate:ps-1": "1000"})
    client.get(f"{SCORES}&threshold:{scheme()}=0")
    posted(client, SCORES, **{f"threshold:{scheme()}": "0"})
    assert digest() == before
    # Negative control: the digest sees a row that changes.
    Staff.objects.filter(user__username="peer").update(name="改名")
    assert digest() != before


def test_locked_month_is_tried_from_its_frozen_inputs(people: Any, monkeypatch: Any) -> None:
    load_pools(people.root, lock=True)
    for reader in ("pool_facts", "uplift_facts", "assessment_facts"):
        monkeypatch.setattr(f"opscenter.dashboards.facts.{reader}", lambda *_: pytest.fail("facts of today"))
    page = text_of(people.client("finance"), f"{POOLS}&rate:ps-1=10")
    assert "▼</span> -15.00" in page
    scores = text_of(people.client("finance"), f"{SCORES}&threshold:{scheme()}=5")
    assert "员小一" in scores


# --- scores ----------------------------------------------------------------------------------------------
@pytest.mark.clause("KQ-22")
def test_weights_move_score_grade_and_bonus(people: Any) -> None:
    # staff: quota 0; attitude 80, team 90: 12 + 13.50 = 25.50, D, 2000 × 0.50.
    # Weights 0 / 50 / 50: 40 + 45 = 85.00, B: 2000 × 1.00.
    key = scheme()
    query = f"{SCORES}&weight:{key}:i-quota=0&weight:{key}:i-attitude=50&weight:{key}:i-team=50"
    page = text_of(people.client("director"), query)
    for figure in ("25.50", "85.00", "▲</span> +59.50", "D → <b>B</b>", "▲</span> +1,000.00"):
        assert figure in page
    manager = text_of(people.client("manager"), query)
    assert "+59.50" in manager
    assert "1,000.00" not in manager


def test_grades_that_leave_a_gap_and_weights_that_lack_are_refused(people: Any) -> None:
    key = scheme()
    client = people.client("manager")
    assert "sum to 80" in text_of(client, f"{SCORES}&weight:{key}:i-quota=50", 422)
    assert "falling bounds" in text_of(client, f"{SCORES}&bands:{key}=A:90:1.2", 422)
    assert "▲</span> +59.50" not in text_of(client, f"{SCORES}&bands:{key}=A:20:1.2,D:0:0.5")


def test_quota_amount_moves_the_score(people: Any) -> None:
    rule = QuotaRule.objects.get(code="q-post")
    page = text_of(people.client("manager"), f"{SCORES}&amount:{rule.pk}=5")
    assert "员小一" in page
    assert "员小四" not in page


# --- rights ----------------------------------------------------------------------------------------------
def test_leader_sees_the_own_subtree_only(people: Any) -> None:
    page = text_of(people.client("leader"), f"{SCORES}&threshold:{scheme()}=5")
    assert "员小一" in page
    assert "1,000.00" not in page
    other = text_of(people.client("other-leader"), SCORES)
    assert "员小一" not in other
    assert people.client("leader").get(POOLS).status_code == 404


@pytest.mark.parametrize("who", ["staff", "admin", "outsider"])
def test_others_find_no_page(people: Any, who: str) -> None:
    for url in (POOLS, SCORES):
        assert people.client(who).get(url).status_code == 404
    home = people.client("staff").get("/today/").content.decode()
    assert "/what-if/" not in home


def test_month_that_is_no_month_is_not_found(people: Any) -> None:
    client = people.client("finance")
    assert client.get("/what-if/?month=2024-13").status_code == 404
    assert client.get("/what-if/?unit=nothing").status_code == 404
    assert client.get("/what-if/?view=nothing").status_code == 404
    assert client.get("/what-if/").status_code == 200


# --- queries ---------------------------------------------------------------------------------------------
def grow(people: Any) -> None:
    platform = Platform.objects.get(code="t-bar")
    for place in range(20):
        staff = Staff.objects.create(
            staff_no=f"g-{place}", name=f"新{place}", root=people.root, unit=people.staff("staff").unit,
            role="staff", joined=APRIL.first,
        )  # fmt: skip
        RoleHolder.objects.create(
            root=people.root, scheme_code="ps-1", role="editor", staff=staff, start=APRIL.first
        )
        LogEntry.objects.create(
            root=people.root, staff=staff, date=APRIL.first, platform=platform, activity="post", count=1,
            row_id=f"g-{place}", row_key=f"g-{place}", month=APRIL.first,
        )  # fmt: skip


@pytest.mark.parametrize("url", [POOLS, SCORES])
def test_queries_do_not_grow(company: Any, url: str) -> None:
    tried = f"&threshold:{scheme()}=5" if url == SCORES else "&rate:ps-1=10"
    # The facts of an open month are read as the lock reads them: more than a page's, as many for any size.
    limit = COMPUTATION.limit
    assert_bounded(company.client("director"), f"{url}{tried}", lambda: grow(company), limit)
