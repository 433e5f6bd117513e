"""Tasks, hand-overs, documents, daily results, readers and goals of a campaign."""

from datetime import date
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from campaigns.models import (
    Article,
    ArticleReading,
    Campaign,
    CampaignDocument,
    CampaignTask,
    Channel,
    ChannelDay,
    DocumentKind,
)
from campaigns.selectors.detail import campaign_page
from campaigns.selectors.tasks import own_tasks
from campaigns.services.documents import document_write
from campaigns.services.results import channel_day_record, goal_actuals_record, reading_record
from campaigns.services.tasks import TaskTerms, task_add, task_tick, tasks_from_list, template_add
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import AuditEvent
from departments.models import Period, Unit
from tests.campaigns.planning import drafted

TODAY = date(2024, 5, 15)


def unit(code):
    return Unit.objects.get(code=code)


def add(people, campaign, who="other-leader", key=None, **terms):
    given = {"title": "海报打印", "unit": unit("co-b"), "due": date(2024, 5, 16), **terms}
    return task_add(
        actor=people.user(who), campaign_id=campaign.pk, terms=TaskTerms(**given), key=key or uuid4()
    )


def write(people, campaign, who, kind="plan", text="方案正文", key=None):
    return document_write(
        actor=people.user(who),
        campaign_id=campaign.pk,
        kind=DocumentKind(kind),
        text=text,
        key=key or uuid4(),
    )


@pytest.mark.clause("HT-03")
def test_tasks_and_hand_overs_come_from_the_list_of_the_unit(people):
    campaign = drafted(people)
    for title, to_unit, lead in (("物料清单", None, 7), ("线上素材交门店", unit("co-a"), 3)):
        template_add(
            actor=people.user("manager"),
            unit=people.root,
            title=title,
            by_unit=unit("co-b"),
            to_unit=to_unit,
            lead_days=lead,
        )
    leader = people.user("other-leader")
    assert tasks_from_list(actor=leader, campaign_id=campaign.pk) == 2
    assert tasks_from_list(actor=leader, campaign_id=campaign.pk) == 0
    assert list(CampaignTask.objects.values_list("title", "kind", "due", "to_unit__code")) == [
        ("物料清单", "task", date(2024, 5, 11), None),
        ("线上素材交门店", "hand_over", date(2024, 5, 15), "co-a"),
    ]
    # The department that receives sees the campaign now, but no results of it.
    page = campaign_page(people.user("leader"), campaign.code, TODAY)
    assert [line.task.title for line in page.hand_overs] == ["线上素材交门店"]
    assert (page.full, page.results, page.may_plan) == (False, None, False)


@pytest.mark.clause("HT-03")
@pytest.mark.clause("YJ-23")
def test_owner_ticks_their_task_and_nobody_elses(people):
    campaign = drafted(people)
    task = add(people, campaign, owner=people.staff("other"))
    assert [one.pk for one in own_tasks(people.user("other"), date(2024, 5, 31))] == [task.pk]
    for who, error in (("staff", NotVisible), ("outsider", NotVisible), ("finance", NotAllowed)):
        with pytest.raises(error):
            task_tick(actor=people.user(who), task_id=task.pk, done=True)
    assert CampaignTask.objects.get().done_at is None
    task_tick(actor=people.user("other"), task_id=task.pk, done=True)
    once = AuditEvent.objects.count()
    task_tick(actor=people.user("other"), task_id=task.pk, done=True)
    assert (CampaignTask.objects.get().done_by, AuditEvent.objects.count()) == (people.user("other"), once)
    task_tick(actor=people.user("other-leader"), task_id=task.pk, done=False)
    assert CampaignTask.objects.get().done_at is None


def test_task_form_sent_twice_adds_one(people):
    campaign, key = drafted(people), uuid4()
    assert add(people, campaign, key=key) == add(people, campaign, key=key)
    assert CampaignTask.objects.count() == 1


def test_wrong_tasks_are_refused(people):
    campaign = drafted(people)
    outsider = people.staff("outsider")
    for terms in ({"title": " "}, {"unit": unit("xx")}, {"to_unit": unit("co-b")}, {"owner": outsider}):
        with pytest.raises(RuleViolation):
            add(people, campaign, **terms)
    with pytest.raises(NotVisible):
        add(people, campaign, who="leader")
    assert not CampaignTask.objects.exists()


@pytest.mark.clause("HT-12")
def test_written_plan_and_summary_are_there_once_somebody_has_written_them(people):
    campaign = drafted(people)
    assert (campaign.plan, campaign.summary) == (False, False)
    with pytest.raises(NotVisible):
        write(people, campaign, "other")
    add(people, campaign, owner=people.staff("other"))
    write(people, campaign, "other")
    after = Campaign.objects.get(pk=campaign.pk)
    assert (after.plan, after.summary) == (True, False)
    write(people, campaign, "other-leader", text="第二版")
    page = campaign_page(people.user("manager"), campaign.code, TODAY)
    lines = {line.kind.value: line for line in page.documents}
    assert (lines["plan"].latest.text, lines["plan"].versions) == ("第二版", 2)
    assert (lines["summary"].present, lines["summary"].latest) == (False, None)
    with pytest.raises(IntegrityError), transaction.atomic():
        CampaignDocument.objects.update(text="改写")


@pytest.mark.clause("HT-12")
def test_document_of_a_locked_month_comes_too_late(people):
    campaign = drafted(people)
    Period.objects.update_or_create(root=people.root, month=date(2024, 5, 1), defaults={"state": "locked"})
    with pytest.raises(Conflict):
        write(people, campaign, "other-leader", kind="summary")
    assert not CampaignDocument.objects.exists()
    assert Campaign.objects.get().summary is False


def test_document_needs_words_and_counts_once(people):
    campaign, key = drafted(people), uuid4()
    with pytest.raises(RuleViolation):
        write(people, campaign, "other-leader", text="  ")
    first, second = (write(people, campaign, "other-leader", key=key) for _again in range(2))
    assert first == second
    assert CampaignDocument.objects.count() == 1


@pytest.mark.clause("KQ-04")
@pytest.mark.clause("KQ-31")
def test_daily_results_beside_the_goals(people):
    goals = [
        {"measure": "clicks", "name": "", "target": "400", "actual": ""},
        {"measure": "other", "name": "加群人数", "target": "50", "actual": ""},
    ]
    campaign = drafted(people, start=date(2024, 5, 14), end=date(2024, 5, 17), goals=goals)
    wechat = Channel.objects.create(code="wx", name="微信", kind="online")
    leader = people.user("other-leader")
    figures = {"cost": Decimal("30.00"), "impressions": 1000, "clicks": 60, "revenue": Decimal("90.00")}
    for day in (14, 15):
        channel_day_record(
            actor=leader, campaign_id=campaign.pk, channel=wechat, day=date(2024, 5, day), figures=figures
        )
    goal_actuals_record(Campaign, actor=leader, pk=campaign.pk, actuals=[None, Decimal(20)])
    page = campaign_page(leader, campaign.code, TODAY)
    total = page.results.total
    assert (total.ctr, total.cvr, total.roi, total.cost_per_click) == (
        Decimal("0.0600"),
        None,
        Decimal("2.0000"),
        Decimal("0.50"),
    )
    # 120 of 400 after two of four days.
    assert [(goal.actual, goal.share, goal.forecast) for goal in page.goals] == [
        (120, Decimal("0.3000"), Decimal("240.00")),
        (Decimal(20), Decimal("0.4000"), Decimal("40.00")),
    ]
    shown = people.client("other-leader").get(f"/campaigns/show/{campaign.code}/").content.decode()
    assert "6.00%" in shown
    assert "200.00%" in shown


def test_day_entered_again_is_replaced_and_both_are_recorded(people):
    campaign = drafted(people)
    wechat = Channel.objects.create(code="wx", name="微信", kind="online")

    def enter(who="other-leader", day=TODAY, **figures):
        channel_day_record(
            actor=people.user(who), campaign_id=campaign.pk, channel=wechat, day=day, figures=figures
        )

    enter(clicks=5)
    enter(clicks=7)
    row = ChannelDay.objects.get()
    assert (row.clicks, row.cost, row.root, row.month) == (7, None, people.root, date(2024, 5, 1))
    event = AuditEvent.objects.filter(action="campaign.results_recorded").latest("pk")
    assert (event.change["before"]["clicks"], event.change["after"]["clicks"]) == (5, 7)
    for wrong in ({"day": date(2024, 5, 16), "clicks": 1}, {}):
        with pytest.raises(RuleViolation):
            enter(**wrong)
    with pytest.raises(NotAllowed):
        enter(who="finance", clicks=9)
    assert ChannelDay.objects.get().clicks == 7


@pytest.mark.clause("HT-21")
def test_readers_are_kept_as_snapshots_with_their_shortfall(people):
    campaign = drafted(people)
    article = Article.objects.create(
        code="a-1",
        title="周末活动",
        kind="activity",
        unit=unit("co-b"),
        root=people.root,
        month=date(2024, 5, 1),
        published=date(2024, 5, 10),
        campaign=campaign,
        readers=2628,
    )
    leader = people.user("other-leader")
    for _again in range(2):
        reading_record(actor=leader, article_id=article.pk, day=date(2024, 5, 12), readers=1500)
    with pytest.raises(Conflict):
        reading_record(actor=leader, article_id=article.pk, day=date(2024, 5, 12), readers=1600)
    with pytest.raises(RuleViolation):
        reading_record(actor=leader, article_id=article.pk, day=date(2024, 5, 9), readers=1)
    assert [row.readers for row in ArticleReading.objects.all()] == [1500]
    (line,) = campaign_page(leader, campaign.code, TODAY).articles
    # The scheme of the organisation asks for 3,000 readers of an activity article in 2024.
    assert (line.target, line.shortfall) == (3000, Decimal("0.1240"))
    assert [(reading.readers, short) for reading, short in line.readings] == [(1500, Decimal("0.5000"))]
