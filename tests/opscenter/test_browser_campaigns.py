"""Plans and campaigns in a real browser: quiet, accessible, fitting, usable with a thumb."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.core.cache import cache

from campaigns.models import (
    Article,
    BaselineMethod,
    Campaign,
    CampaignTask,
    Channel,
    Plan,
    Store,
    StoreDay,
    Uplift,
)
from campaigns.services.changes import change_propose
from campaigns.services.results import channel_day_record
from campaigns.services.tasks import TaskTerms, task_add
from departments.models import Unit
from incentives.models import Pool
from tests.campaigns.planning import DAY, approved, campaign_terms, drafted, planned
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.people import NOW, PASSWORD, People, load_people

PHONE = {"viewport": {"width": 390, "height": 844}}
PAGES = (
    "/campaigns/",
    "/campaigns/calendar/",
    "/campaigns/list/",
    "/campaigns/plans/",
    "/campaigns/plans/{plan}/",
    "/campaigns/new/",
    "/campaigns/task-lists/",
    "/campaigns/show/c-1/",
    "/campaigns/show/c-1/edit/",
    "/campaigns/show/c-1/results/",
    "/campaigns/show/c-1/documents/plan/",
    "/campaigns/show/c-1/referee/",
    "/campaigns/show/c-2/acts/submit/",
)


def fill(people: People) -> None:
    """A campaign with everything on its page, a draft, a plan."""
    goals = [{"measure": "clicks", "name": "", "target": "400", "actual": ""}]
    campaign = approved(people, goals=goals)
    drafted(people, code="c-2", name="会员日")
    planned(people, who="manager", unit="co-b", goals=goals)
    wechat = Channel.objects.create(code="wx", name="微信", kind="online")
    leader = people.user("other-leader")
    for day in (13, 14):
        channel_day_record(
            actor=leader,
            campaign_id=campaign.pk,
            channel=wechat,
            day=date(2024, 5, day),
            figures={"cost": Decimal(30), "clicks": 60, "impressions": 1000, "revenue": Decimal(90)},
        )
    unit = Unit.objects.get(code="co-b")
    for title, to_unit in (("海报打印", None), ("素材交门店", Unit.objects.get(code="co-a"))):
        terms = TaskTerms(title, unit, date(2024, 5, 16), people.staff("other"), to_unit)
        task_add(actor=leader, campaign_id=campaign.pk, terms=terms, key=uuid4())
    change_propose(
        Campaign,
        actor=leader,
        pk=campaign.pk,
        terms=campaign_terms(goals=goals, end=date(2024, 5, 19)),
        reason="改为两天",
        key=uuid4(),
    )


@pytest.fixture
def visitor(browser: Any, live_server: Any, transactional_db: None) -> Iterator[Any]:
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        fill(load_people())

        def visit(who: str, path: str, **options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            guest.open(f"/accounts/login/?next={path}")
            guest.page.fill("[name=login]", who)
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_url(guest.base + path)
            return guest

        yield visit


def shown(path: str) -> str:
    return path.format(plan=Plan.objects.get().pk)


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(
        "manager",
        PAGES[0],
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        locale=locale,
    )
    for path in PAGES:
        guest.open(shown(path))
        guest.page.wait_for_load_state("networkidle")
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, width: int, height: int, scheme: str) -> None:
    guest = visitor(
        "manager",
        PAGES[0],
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        bypass_csp=True,
    )
    for path in PAGES:
        guest.open(shown(path))
        guest.page.wait_for_load_state("networkidle")
        assert findings(guest.page) == [], path


@pytest.mark.clause("HT-03")
def test_owner_ticks_a_task_with_the_thumb(visitor: Any) -> None:
    guest = visitor("other", "/campaigns/show/c-1/", **PHONE, has_touch=True)
    tick = guest.page.locator(".oc-cp-tick").first
    box = tick.bounding_box()
    assert min(box["width"], box["height"]) >= 44
    tick.tap()
    guest.page.wait_for_url("**/campaigns/show/c-1/#tasks")
    guest.page.locator(".oc-cp-tasks .done").first.wait_for()
    assert CampaignTask.objects.filter(done_at__isnull=False).count() == 1


@pytest.mark.clause("KQ-03")
def test_campaign_is_drafted_and_submitted_without_scripts(visitor: Any) -> None:
    guest = visitor("other-leader", "/campaigns/new/", **PHONE, java_script_enabled=False)
    page = guest.page
    page.fill("[name=code]", "c-new")
    page.fill("[name=name]", "夏季义诊")
    page.fill("[name=start]", "2024-06-01")
    page.fill("[name=end]", "2024-06-01")
    page.check("[name=stores][value='*']")
    page.click("main .oc-cp-save button")
    page.wait_for_url("**/campaigns/show/c-new/")
    page.click("main a[href$='/acts/submit/']")
    page.click("main button[type=submit]")
    page.wait_for_url("**/campaigns/show/c-new/")
    campaign = Campaign.objects.get(code="c-new")
    assert (campaign.status, campaign.stores) == ("submitted", ["*"])


def sell() -> None:
    """Every day of the shop 1,000 yuan of gross profit, on the campaign's Saturday 3,000."""
    store = Store.objects.get(code="st-1")
    StoreDay.objects.bulk_create(
        StoreDay(
            root=store.root,
            store=store,
            date=day,
            month=day.replace(day=1),
            gross_profit=Decimal(3000 if day == DAY else 1000),
            visitors=30 if day == DAY else 10,
            units=Decimal(9 if day == DAY else 4),
        )
        for day in (DAY - timedelta(days=n) for n in range(-8, 60))
    )


def publish(people: People) -> None:
    """The month's article, read as often as the scheme asks, so that nothing is held back."""
    Article.objects.create(
        code="a-new",
        month=date(2024, 5, 1),
        root=people.root,
        unit=Unit.objects.get(code="co-a"),
        published=date(2024, 5, 17),
        title="义诊",
        kind="activity",
        campaign=Campaign.objects.get(code="c-new"),
        readers=3000,
    )


def signed_in(guest: Visitor, who: str) -> None:
    """The same browser as somebody else."""
    guest.page.context.clear_cookies()
    guest.open("/accounts/login/?next=/campaigns/show/c-new/")
    guest.page.fill("[name=login]", who)
    guest.page.fill("[name=password]", PASSWORD)
    guest.page.click("main button[type=submit]")
    guest.page.wait_for_url(guest.base + "/campaigns/show/c-new/")


def step(guest: Visitor, name: str, **given: str) -> None:
    page = guest.page
    page.click(f"main a[href$='/acts/{name}/']")
    for field, text in given.items():
        page.fill(f"[name={field}]", text)
    page.click("main form button[type=submit]")
    page.wait_for_url("**/campaigns/show/c-new/")


def write(guest: Visitor, kind: str, text: str) -> None:
    guest.page.click(f"main a[href$='/documents/{kind}/']")
    guest.page.fill("[name=text]", text)
    guest.page.click("main form button[type=submit]")
    guest.page.wait_for_url("**/campaigns/show/c-new/**")


@pytest.mark.clause("KQ-03", "YJ-23", "HT-07", "HT-25")
def test_campaign_is_planned_approved_run_closed_and_settled(
    browser: Any, live_server: Any, transactional_db: None
) -> None:
    """Leader plans and reviews, manager approves and closes; computed, it feeds 20 % of 2,000 yuan."""
    cache.clear()
    with time_machine.travel(NOW, tick=True):
        people = load_people()
        BaselineMethod.objects.create(
            unit=people.root,
            type="weekend",
            scale="small",
            valid_from=date(2024, 1, 1),
            method="prev_weekends_same_weekday",
            n=3,
            align="date",
        )
        sell()
        guest = Visitor(browser, live_server, viewport={"width": 1440, "height": 900}, locale="en-US")
        page = guest.page
        guest.open("/accounts/login/?next=/campaigns/new/")
        page.fill("[name=login]", "other-leader")
        page.fill("[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.fill("[name=code]", "c-new")
        page.fill("[name=name]", "夏季义诊")
        page.select_option("[name=type]", "weekend")
        page.select_option("[name=scale]", "small")
        page.fill("[name=start]", "2024-05-18")
        page.fill("[name=end]", "2024-05-18")
        page.check("[name=stores][value='st-1']")
        page.click("main .oc-cp-save button")
        page.wait_for_url("**/campaigns/show/c-new/")
        write(guest, "plan", "义诊方案")
        step(guest, "submit")
        assert page.locator("main a[href$='/acts/approve/']").count() == 0  # nobody approves their own
        signed_in(guest, "manager")
        step(guest, "approve")
    with time_machine.travel(datetime(2024, 5, 18, 2, tzinfo=UTC), tick=True):
        signed_in(guest, "other-leader")
        step(guest, "run")
    with time_machine.travel(datetime(2024, 5, 27, 2, tzinfo=UTC), tick=True):
        signed_in(guest, "other-leader")
        write(guest, "summary", "义诊总结")
        step(guest, "review", review="顾客三倍", lessons="早备货")
        assert page.locator("main a[href$='/acts/close/']").count() == 0
        signed_in(guest, "manager")
        step(guest, "close")
        publish(people)
        guest.open("/month/2024-05/")
        page.click("main >> text=Compute the month")
        page.wait_for_url("**/jobs/*/")
        page.wait_for_selector("text=The month is computed")
        guest.open("/campaigns/show/c-new/")
        page.locator("#oc-verdict").wait_for()
        page.locator("[data-chart][data-drawn]").first.wait_for()
        signed_in(guest, "director")
        guest.open("/month/2024-05/campaigns/c-new/")
        shown = page.inner_text("main")
    assert Uplift.objects.get(campaign__code="c-new").uplift == Decimal("2000.00")
    pool = Pool.objects.get(campaign__code="c-new")
    assert pool.amount == Decimal("400.00")
    assert "2,000.00" in shown
    assert "400.00" in shown
    campaign = Campaign.objects.get(code="c-new")
    assert (campaign.status, campaign.plan, campaign.summary) == ("closed", True, True)
    assert guest.complaints == []
