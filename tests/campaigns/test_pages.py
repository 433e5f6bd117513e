"""The pages of plans and campaigns: who opens what, by form from the draft to the end, bounded queries."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
import time_machine
from django.contrib.auth.models import AnonymousUser

from campaigns.models import (
    Campaign,
    CampaignChange,
    CampaignTask,
    Channel,
    ChannelDay,
    Plan,
    Store,
    StoreDay,
)
from campaigns.selectors.board import both_ways
from campaigns.services.changes import change_propose
from campaigns.services.tasks import TaskTerms, task_add
from core.models import User
from core.months import Month
from departments.models import Unit
from tests.campaigns.planning import approved, campaign_terms, drafted, planned, take
from tests.people.pages import assert_bounded

PAGES = (
    "/campaigns/",
    "/campaigns/calendar/",
    "/campaigns/list/",
    "/campaigns/plans/",
)


def form_terms(**other):
    return {
        "key": str(uuid4()),
        "code": "c-form",
        "unit": "co-b",
        "name": "周末义诊",
        "type": "weekend",
        "scale": "small",
        "start": "2024-05-18",
        "end": "2024-05-18",
        "stores": ["st-1"],
        "pays": "on",
        "aim": "拉新",
        "goal_0_measure": "clicks",
        "goal_0_target": "400",
        "budget": "1200.50",
        **other,
    }


@pytest.mark.clause("KQ-03")
def test_campaign_by_form_from_draft_to_running(people):
    leader, manager = people.client("other-leader"), people.client("manager")
    sent = form_terms()
    answer = leader.post("/campaigns/new/", sent)
    assert (answer.status_code, answer["Location"]) == (302, "/campaigns/show/c-form/")
    assert leader.post("/campaigns/new/", sent).status_code == 302
    campaign = Campaign.objects.get()
    assert campaign.goals == [{"measure": "clicks", "name": "", "target": "400", "actual": ""}]
    assert leader.post("/campaigns/show/c-form/acts/submit/").status_code == 302
    assert leader.get("/campaigns/show/c-form/acts/approve/").status_code == 404
    assert "c-form" in manager.get("/campaigns/show/c-form/").content.decode()
    assert manager.get("/campaigns/show/c-form/acts/approve/").status_code == 200
    assert Campaign.objects.get().status == "submitted"
    assert manager.post("/campaigns/show/c-form/acts/approve/").status_code == 302
    with time_machine.travel(datetime(2024, 5, 18, 2, 0, tzinfo=UTC)):
        # Sessions of three days before are over.
        leader = people.client("other-leader")
        assert leader.post("/campaigns/show/c-form/acts/run/")["Location"] == "/campaigns/show/c-form/"
    assert Campaign.objects.get().status == "running"


def test_form_keeps_what_was_typed_and_says_what_is_wrong(people):
    answer = people.client("other-leader").post(
        "/campaigns/new/", form_terms(end="2024-05-01", name="留住我")
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "留住我" in text
    assert "errorlist" in text
    assert not Campaign.objects.exists()


def test_reviewing_without_words_is_told_beside_the_field(people):
    campaign = approved(people)
    Campaign.objects.filter(pk=campaign.pk).update(status="running")
    with time_machine.travel(datetime(2024, 5, 20, 2, 0, tzinfo=UTC)):
        answer = people.client("other-leader").post(
            "/campaigns/show/c-1/acts/review/", {"review": "客流增加", "lessons": ""}
        )
    assert answer.status_code == 422
    assert "客流增加" in answer.content.decode()
    assert Campaign.objects.get().status == "running"


def test_change_by_form_is_decided_by_another(people):
    approved(people)
    leader, manager = people.client("other-leader"), people.client("manager")
    sent = form_terms(name="春季会员周", reason="改为两天", end="2024-05-19")
    assert leader.post("/campaigns/show/c-1/edit/", sent).status_code == 302
    change = CampaignChange.objects.get()
    assert Campaign.objects.get().end == date(2024, 5, 18)
    assert leader.get(f"/campaigns/show/c-1/changes/{change.pk}/").status_code == 404
    assert manager.get(f"/campaigns/show/c-1/changes/{change.pk}/").status_code == 200
    refused = manager.post(f"/campaigns/show/c-1/changes/{change.pk}/", {"decision": "refuse"})
    assert refused.status_code == 422
    manager.post(f"/campaigns/show/c-1/changes/{change.pk}/", {"decision": "approve"})
    assert Campaign.objects.get().end == date(2024, 5, 19)
    assert "改为两天" in leader.get("/campaigns/show/c-1/").content.decode()


@pytest.mark.parametrize(
    "who", ["staff", "leader", "manager", "director", "finance", "hr", "auditor", "outsider"]
)
def test_pages_of_the_room_open_for_members(people, who):
    for page in PAGES:
        assert people.client(who).get(page).status_code == 200, page


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("other", 404),
        ("leader", 404),
        ("outsider", 404),
        ("other-leader", 200),
        ("manager", 200),
        ("finance", 200),
        ("auditor", 200),
    ],
)
def test_campaign_and_plan_are_seen_by_those_responsible(people, who, status):
    drafted(people)
    plan = planned(people, who="manager", unit="co-b")
    client = people.client(who)
    assert client.get("/campaigns/show/c-1/").status_code == status
    assert client.get("/campaigns/show/c-1/referee/").status_code == status
    assert client.get(f"/campaigns/plans/{plan.pk}/").status_code == status
    assert client.get("/campaigns/show/c-none/").status_code == 404


def test_task_opens_the_campaign_for_its_owner_without_results(people):
    campaign = drafted(people)
    client = people.client("staff")
    assert client.get("/campaigns/show/c-1/").status_code == 404
    task = _task(people, campaign, owner=people.staff("staff"))
    text = client.get("/campaigns/show/c-1/").content.decode()
    assert task.title in text
    assert "ROI" not in text
    assert client.get("/campaigns/show/c-1/referee/").status_code == 404
    assert client.post(f"/campaigns/tasks/{task.pk}/done/", {"done": "yes"}).status_code == 302
    assert CampaignTask.objects.get().done_by == people.user("staff")
    written = client.post("/campaigns/show/c-1/documents/plan/", {"key": str(uuid4()), "text": "方案"})
    assert written.status_code == 302
    assert Campaign.objects.get().plan is True


def test_list_shows_the_budget_only_to_those_who_know_it(people):
    """Somebody with nothing but a task in a campaign reads it nowhere."""
    campaign = drafted(people)
    _task(people, campaign, owner=people.staff("staff"))
    shown, hidden = (
        people.client(who).get("/campaigns/list/").content.decode() for who in ("other-leader", "staff")
    )
    assert campaign.name in shown
    assert "1,000.00" in shown
    assert campaign.name in hidden
    assert "1,000.00" not in hidden


@pytest.mark.parametrize("who", ["other", "finance", "hr", "auditor"])
def test_planning_pages_are_closed_to_others(people, who):
    drafted(people)
    client = people.client(who)
    for page in ("new/", "plans/new/", "show/c-1/edit/", "task-lists/"):
        assert client.get(f"/campaigns/{page}").status_code == 404, page
    for page in ("tasks/", "results/", "readings/", "goals/", "acts/submit/", "tasks/from-list/"):
        assert client.post(f"/campaigns/show/c-1/{page}").status_code == 404, page
    assert Campaign.objects.get().status == "draft"


def test_manager_of_another_organisation_reaches_nothing(people):
    drafted(people)
    client = people.client("outsider")
    for page in ("edit/", "tasks/", "results/", "documents/plan/", "referee/", "acts/submit/"):
        assert client.get(f"/campaigns/show/c-1/{page}").status_code == 404, page
    assert client.post("/campaigns/new/", form_terms(code="c-x")).status_code == 422
    assert [one.status for one in Campaign.objects.all()] == ["draft"]


def _task(people, campaign, **terms):
    given = {"title": "海报打印", "unit": Unit.objects.get(code="co-b"), "due": date(2024, 5, 16), **terms}
    return task_add(
        actor=people.user("manager"), campaign_id=campaign.pk, terms=TaskTerms(**given), key=uuid4()
    )


def _grow(people, first, last):
    for number in range(first, last):
        plan = planned(people, who="manager", unit="co-b", name=f"计划{number}")
        campaign = drafted(people, who="manager", code=f"g-{number}", planned_in=plan)
        _task(people, campaign)
        channel, _made = Channel.objects.get_or_create(code=f"ch-{number}", name="渠道", kind="online")
        ChannelDay.objects.create(
            date=date(2024, 5, 10),
            month=date(2024, 5, 1),
            root=people.root,
            channel=channel,
            campaign=campaign,
            clicks=3,
        )


@pytest.mark.parametrize("page", PAGES)
def test_lists_need_equally_many_queries(people, page):
    _grow(people, 0, 2)
    assert_bounded(people.client("manager"), page, lambda: _grow(people, 2, 20))


def test_pages_of_one_need_equally_many_queries(people):
    campaign = approved(people)
    plan = planned(people, who="manager", unit="co-b")
    Campaign.objects.filter(pk=campaign.pk).update(planned_in=plan)
    channel = Channel.objects.create(code="ch", name="渠道", kind="online")

    def grow(first, last):
        for number in range(first, last):
            _task(people, campaign, owner=people.staff("other"), to_unit=Unit.objects.get(code="co-a"))
            ChannelDay.objects.create(
                date=date(2024, 4, number),
                month=date(2024, 4, 1),
                root=people.root,
                channel=channel,
                campaign=campaign,
                clicks=3,
            )
            drafted(people, who="manager", code=f"g-{number}", planned_in=plan)
            planned(people, who="manager", unit="co-b", name=f"计划{number}")

    grow(1, 3)
    client = people.client("manager")
    assert_bounded(client, "/campaigns/show/c-1/", lambda: grow(3, 10), limit=25)
    assert_bounded(client, f"/campaigns/plans/{plan.pk}/", lambda: grow(10, 17), limit=25)


@pytest.mark.clause("HT-25")
def test_referee_page_judges_a_finished_campaign(people):
    store = Store.objects.get(code="st-1")
    campaign = approved(people)
    # Saturdays without a holiday; 4 May 2024 is one of Labour Day.
    figures = {
        "2024-05-18": "200", "2024-05-11": "999", "2024-05-04": "150", "2024-04-27": "110",
        "2024-04-20": "100", "2024-04-13": "90",
    }  # fmt: skip
    for day, profit in figures.items():
        _store_day(people, store, date.fromisoformat(day), profit)
    client = people.client("other-leader")
    assert "200.00" not in client.get("/campaigns/show/c-1/referee/").content.decode()
    with time_machine.travel(datetime(2024, 5, 27, 2, 0, tzinfo=UTC)):
        text = people.client("other-leader").get("/campaigns/show/c-1/referee/").content.decode()
    # 11 May is a working Saturday, 4 May a holiday: 200 − (110 + 100 + 90) ÷ 3.
    assert "100.00" in text
    assert "法定" in text or "holiday" in text
    assert campaign.status == "approved"
    with time_machine.travel(datetime(2024, 5, 27, 2, 0, tzinfo=UTC)):
        assert_bounded(
            people.client("other-leader"),
            "/campaigns/show/c-1/referee/",
            lambda: [_store_day(people, store, date(2024, 4, day), "100") for day in range(1, 12)],
            limit=20,
        )


def _store_day(people, store, day, profit):
    StoreDay.objects.create(
        root=people.root, store=store, date=day, month=day.replace(day=1), gross_profit=profit
    )


def test_list_is_filtered_and_exported(people):
    drafted(people)
    drafted(people, code="c-2", name="会员日")
    client = people.client("manager")
    text = client.get("/campaigns/list/?q=c-2&status=draft&unit=co-b&month=2024-05").content.decode()
    assert "会员日" in text
    assert "春季会员周" not in text
    answer = client.get("/campaigns/list/?export=xlsx")
    assert answer["Content-Type"].startswith("application/vnd.openxmlformats")


def test_board_shows_what_waits_and_filters(people):
    campaign = approved(people)
    change_propose(
        Campaign,
        actor=people.user("other-leader"),
        pk=campaign.pk,
        terms=campaign_terms(name="新"),
        reason="改名",
        key=uuid4(),
    )
    client = people.client("manager")
    assert "春季会员周" in client.get("/campaigns/?unit=co-b&month=2024-05").content.decode()
    assert "春季会员周" not in client.get("/campaigns/?unit=co-a").content.decode()
    assert "春季会员周" not in client.get("/campaigns/?month=2024-03").content.decode()
    assert "春季会员周" in client.get("/campaigns/calendar/?month=2024-05").content.decode()
    assert client.get("/campaigns/?month=nonsense").status_code == 200


def test_plan_by_form(people):
    leader, manager = people.client("leader"), people.client("manager")
    sent = {
        "key": str(uuid4()), "unit": "co-a", "horizon": "month", "name": "六月计划", "start": "2024-06-01",
        "end": "2024-06-30", "goal_0_measure": "other", "goal_0_name": "新增粉丝", "goal_0_target": "500",
    }  # fmt: skip
    assert leader.post("/campaigns/plans/new/", sent).status_code == 302
    plan = Plan.objects.get()
    assert leader.post(f"/campaigns/plans/{plan.pk}/goals/", {"actual": ["120"]}).status_code == 302
    assert Plan.objects.get().goals[0]["actual"] == "120"
    leader.post(f"/campaigns/plans/{plan.pk}/acts/submit/")
    assert manager.post(f"/campaigns/plans/{plan.pk}/acts/approve/").status_code == 302
    assert manager.post(f"/campaigns/plans/{plan.pk}/acts/approve/").status_code == 409
    assert Plan.objects.get().status == "approved"
    assert take(people, "leader", plan, "run").status == "running"


@pytest.mark.clause("HT-09")
@pytest.mark.clause("HT-03")
def test_calendar_says_whether_a_campaign_goes_online_and_offline(people):
    Channel.objects.create(code="wx", name="微信", kind="online")
    shop = Channel.objects.create(code="shop", name="门店", kind="offline")
    campaign = approved(people, channels=["wx"])
    drafted(people, code="c-2", channels=["wx", "shop"])
    manager = people.user("manager")
    assert both_ways(manager, "", Month(2024, 5)) == []
    ChannelDay.objects.create(
        date=date(2024, 5, 10),
        month=date(2024, 5, 1),
        root=people.root,
        channel=shop,
        campaign=campaign,
        clicks=1,
    )
    assert both_ways(manager, "", Month(2024, 5)) == [campaign]
    assert both_ways(manager, "co-a", Month(2024, 5)) == []
    assert both_ways(manager, "", Month(2024, 4)) == []
    assert both_ways(people.user("outsider"), "", Month(2024, 5)) == []


def test_who_belongs_to_no_organisation_sees_nothing(people):
    campaign = approved(people)
    _task(people, campaign, owner=None)
    planned(people)
    Campaign.objects.filter(pk=campaign.pk).update(author=None)
    stranger = User.objects.create_user("stranger")
    for user in (stranger, AnonymousUser()):
        assert not Campaign.objects.visible_to(user).exists()
        assert not Plan.objects.visible_to(user).exists()


def test_a_missing_reason_is_said_beside_its_field(people):
    drafted(people, code="c-1")
    campaign = Campaign.objects.get()
    take(people, "other-leader", campaign, "submit")
    page = people.client("manager").post(
        "/campaigns/show/c-1/acts/return/", headers={"accept-language": "en"}
    )
    assert page.status_code == 422
    html = page.content.decode()
    field = html.partition('name="reason"')[2].partition("</div>")[0]
    assert 'aria-describedby="reason_error"' in field
    assert '<ul class="errorlist" id="reason_error"><li>' in field
    assert "oc-notice error" not in html
    assert Campaign.objects.get().status == "submitted"
