"""What an author needs to go on: why a plan or campaign came back, and which reading counts for pay."""

from datetime import date
from decimal import Decimal

import pytest

from campaigns.models import Article, Channel, Measure
from campaigns.selectors.detail import campaign_page
from campaigns.selectors.results import computed_figures, results_of
from campaigns.services.results import reading_record
from departments.models import Unit
from tests.campaigns.planning import drafted, planned, take

TODAY = date(2024, 5, 15)


@pytest.mark.clause("KQ-03")
def test_author_reads_why_it_was_returned_until_it_is_submitted_again(people):
    campaign = drafted(people)
    page = f"/campaigns/show/{campaign.code}/"
    author = people.client("other-leader")
    take(people, "other-leader", campaign, "submit")
    assert "预算太高" not in author.get(page).content.decode()
    take(people, "manager", campaign, "return", reason="预算太高")
    found = author.get(page).context["page"].returned
    assert (found.reason, found.actor) == ("预算太高", people.user("manager"))
    assert "预算太高" in author.get(page).content.decode()
    take(people, "other-leader", campaign, "submit")
    assert author.get(page).context["page"].returned is None
    take(people, "manager", campaign, "return", reason="请写明门店")
    text = author.get(page).content.decode()
    assert "请写明门店" in text
    assert "预算太高" not in text


def test_plan_shows_its_channels_and_why_it_was_returned(people):
    channel = Channel.objects.create(code="wx", name="公众号推送", kind="online")
    plan = planned(people, channels=[channel.code])
    other = planned(people)
    for one, reason in ((plan, "缺渠道预算"), (other, "缺目标")):
        take(people, "leader", one, "submit")
        take(people, "manager", one, "return", reason=reason)
    text = people.client("leader").get(f"/campaigns/plans/{plan.pk}/").content.decode()
    assert "公众号推送" in text
    assert "缺渠道预算" in text
    assert "缺目标" not in text


@pytest.fixture
def article(people):
    return Article.objects.create(
        code="a-1",
        title="周末活动",
        kind="activity",
        unit=Unit.objects.get(code="co-b"),
        root=people.root,
        month=date(2024, 5, 1),
        published=date(2024, 5, 5),
        campaign=drafted(people),
    )


@pytest.mark.clause("HT-21")
def test_reading_of_the_seventh_day_counts_and_a_typed_figure_wins(people, article):
    leader = people.user("other-leader")
    for day, readers in ((10, 1500), (12, 2400), (14, 3300)):
        reading_record(actor=leader, article_id=article.pk, day=date(2024, 5, day), readers=readers)
    (line,) = campaign_page(leader, "c-1", TODAY).articles
    # 3,000 are asked for, seven days after 5 May: 1 − 2400 ÷ 3000.
    assert (line.counted_on, line.readers, line.shortfall) == (date(2024, 5, 12), 2400, Decimal("0.2000"))
    text = people.client("other-leader").get("/campaigns/show/c-1/").content.decode()
    assert text.count("oc-chip counts") == 1
    article.readers = 2700
    article.save(update_fields=["readers"])
    (line,) = campaign_page(leader, "c-1", TODAY).articles
    assert (line.counted_on, line.readers, line.shortfall) == (None, 2700, Decimal("0.1000"))


@pytest.mark.clause("KQ-04")
def test_goal_in_readers_counts_the_latest_reading(people, article):
    leader = people.user("other-leader")
    ids = [article.campaign_id]
    total = results_of(ids).total
    assert computed_figures(ids, total)[Measure.READERS] is None
    for day, readers in ((10, 1500), (14, 3300)):
        reading_record(actor=leader, article_id=article.pk, day=date(2024, 5, day), readers=readers)
    assert computed_figures(ids, total)[Measure.READERS] == 3300
