"""Daily results of a channel, readers of an article, and figures of goals typed in by hand.

Rule: KQ-04, KQ-05, KQ-31; HT-21 for the readers.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaigns.calculations.ratios import FIGURES
from campaigns.models import Article, ArticleReading, Campaign, Channel, ChannelDay, Flow, Measure
from campaigns.services.flow import locked
from campaigns.services.terms import plain, refuse
from core import audit, guards
from core.exceptions import Conflict, NotVisible
from core.models import User
from core.months import Month
from departments.permissions import require

RECORDED = audit.register_action("campaign.results_recorded", _("daily result entered"))
READ = audit.register_action("campaign.readers_recorded", _("readers entered"))
GOALS = audit.register_action("campaign.goals_recorded", _("figures of goals entered"))


def channel_day_record(
    *, actor: User, campaign_id: int, channel: Channel, day: date, figures: Mapping[str, Any]
) -> ChannelDay:
    """Enter what a channel cost and brought on a day; entered again, the figures are replaced, with both kept
    in the record of acts.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``, ``Conflict`` in a locked month.
    """
    with guards.translate(), transaction.atomic():
        campaign = locked(Campaign, actor, campaign_id)
        require(actor, "campaign.plan", campaign.unit_id)
        given = {name: figures.get(name) for name in FIGURES}
        if day > timezone.localdate():
            refuse([("date", _("The day has not come yet."))])
        if all(value is None for value in given.values()):
            refuse([("cost", _("Enter at least one figure."))])
        row = ChannelDay.objects.filter(date=day, channel=channel, campaign=campaign).first()
        before = {name: getattr(row, name) for name in FIGURES} if row else {}
        if before == given and row is not None:
            return row
        if row is None:
            row = ChannelDay(date=day, channel=channel, campaign=campaign)
        row.root_id, row.month = campaign.root_id, Month.of(day).first
        for name, value in given.items():
            setattr(row, name, value)
        row.save()
        change = {"channel": channel.code, "date": day, "before": before, "after": given}
        audit.record(actor=actor, action=RECORDED, target=campaign, change=change)
    return row


def reading_record(*, actor: User, article_id: int, day: date, readers: int) -> ArticleReading:
    """Keep how often an article had been read by a day.  A reading that stands is never changed.

    The same reading again changes nothing.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``,
    ``Conflict`` for another figure of the same day and in a locked month.
    """
    with guards.translate(), transaction.atomic():
        article: Any = (
            Article.objects.visible_to(actor).select_related("campaign").filter(pk=article_id).first()
        )
        if article is None or article.root_id is None:
            raise NotVisible("article")
        unit_id = article.unit_id or (article.campaign.unit_id if article.campaign else article.root_id)
        require(actor, "campaign.plan", unit_id)
        if day < article.published or day > timezone.localdate():
            refuse([("date", _("The day lies before the article, or has not come yet."))])
        reading, made = ArticleReading.objects.get_or_create(
            article=article,
            date=day,
            defaults={"readers": readers, "root_id": article.root_id, "month": Month.of(day).first},
        )
        if not made and reading.readers != readers:
            raise Conflict(
                "reading_stands", _("This day has a reading already, and readings are kept as they were.")
            )
        if made:
            change = {"date": day, "readers": readers}
            audit.record(actor=actor, action=READ, target=article, change=change)
    return reading


def goal_actuals_record(
    model: type[Flow], *, actor: User, pk: int, actuals: Sequence[Decimal | None]
) -> Flow:
    """Enter the figures of the goals that nothing computes, by their place.

    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` when their number differs, ``Conflict`` in a
    locked month.
    """
    with guards.translate(), transaction.atomic():
        subject: Any = locked(model, actor, pk)
        require(actor, "campaign.plan", subject.unit_id)
        if len(actuals) != len(subject.goals):
            raise Conflict("goals_changed", _("The goals have changed meanwhile. Load the page again."))
        goals = [
            {**goal, "actual": "" if value is None else plain(value)}
            if goal["measure"] == Measure.OTHER
            else goal
            for goal, value in zip(subject.goals, actuals, strict=True)
        ]
        if goals == subject.goals:
            return subject
        subject.goals = goals
        subject.save(update_fields=["goals"])
        audit.record(actor=actor, action=GOALS, target=subject, change={"goals": goals})
    return subject
