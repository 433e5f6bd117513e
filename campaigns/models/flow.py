"""The way of a plan and of a campaign: draft → submitted → approved or returned → running → reviewed →
closed, each step by whom it may be.

Rule: KQ-03, YJ-23; architecture.md §3, separation of duties inside the transition.
"""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from core.exceptions import NotAllowed
from core.fields import MoneyField

if TYPE_CHECKING:
    from core.models import User


class CampaignState(models.TextChoices):
    DRAFT = "draft", _("draft")
    SUBMITTED = "submitted", _("submitted")
    APPROVED = "approved", _("approved")
    RETURNED = "returned", _("returned")
    RUNNING = "running", _("running")
    REVIEWED = "reviewed", pgettext_lazy("campaign", "reviewed")
    CLOSED = "closed", pgettext_lazy("campaign", "closed")


# Only an approved campaign counts and touches days; what follows approval is approved too.
COUNTED_STATES = (CampaignState.APPROVED, CampaignState.RUNNING, CampaignState.REVIEWED, CampaignState.CLOSED)
# In these states its author may still change it freely; later only by a change that somebody approves.
OPEN_STATES = (CampaignState.DRAFT, CampaignState.RETURNED)


class Measure(models.TextChoices):
    """What a goal counts; all but the last come from the daily results, the articles and the uplift."""

    IMPRESSIONS = "impressions", _("impressions")
    CLICKS = "clicks", _("clicks")
    LEADS = "leads", _("leads")
    ORDERS = "orders", _("orders")
    REVENUE = "revenue", _("revenue")
    READERS = "readers", _("readers")
    UPLIFT = "uplift", _("uplift")
    OTHER = "other", _("other figure")


def person(label: Any) -> "models.ForeignKey[User | None, User | None]":
    """Who took a step; empty for rows that came in a workbook."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=label,
        null=True,
        blank=True,
        editable=False,
        on_delete=models.PROTECT,
        related_name="+",
    )


def two_people(label: str) -> list[models.BaseConstraint]:
    """Nobody approves what they drafted, changed or submitted, nobody closes what they reviewed."""
    own = ("author", "edited_by", "submitted_by")
    return [
        *(
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True)
                | Q(**{f"{name}__isnull": True})
                | ~Q(approved_by=F(name)),
                name=f"campaigns_{label}_approved_by_another_{name}",
                violation_error_message=_("Nobody approves a plan of their own."),
            )
            for name in own
        ),
        models.CheckConstraint(
            condition=Q(closed_by__isnull=True)
            | Q(reviewed_by__isnull=True)
            | ~Q(closed_by=F("reviewed_by")),
            name=f"campaigns_{label}_closed_by_another",
            violation_error_message=_("Nobody closes what they reviewed."),
        ),
        models.CheckConstraint(
            condition=Q(status__in=CampaignState.values), name=f"campaigns_{label}_status"
        ),
    ]


class Flow(ConcurrentTransitionMixin, models.Model):
    """What a plan and a campaign have in common: their terms as text and figures, and their way.

    ``goals``: rows of ``measure``, ``name``, ``target`` and ``actual`` (figures as text, "" = not known;
    actual only for a measure that is not computed).  ``channels``: codes.  ``carried``: the lessons of
    earlier reviews it starts from; ``lessons``: those its own review draws.  ``version`` counts adjustments
    after approval.  The default state is that of a row in a workbook.  Rule: KQ-03, KQ-04, KQ-05.
    """

    status = FSMField(
        _("status"), max_length=10, choices=CampaignState.choices, default=CampaignState.APPROVED
    )
    aim = models.TextField(_("goal"), blank=True)
    goals = models.JSONField(_("goals with numbers"), default=list, blank=True)
    channels = models.JSONField(_("channels"), default=list, blank=True)
    content = models.TextField(_("content"), blank=True)
    budget = MoneyField(_("budget"), null=True, blank=True)
    carried = models.TextField(_("lessons it starts from"), blank=True)
    review = models.TextField(_("review"), blank=True)
    lessons = models.TextField(_("lessons"), blank=True)
    version = models.PositiveIntegerField(_("version"), default=1, editable=False)
    # Of the form that made it: sent twice, it makes one.
    key = models.UUIDField(null=True, unique=True, editable=False)
    author = person(_("author"))
    edited_by = person(_("last changed by"))
    submitted_by = person(_("submitted by"))
    approved_by = person(_("approved by"))
    reviewed_by = person(_("reviewed by"))
    closed_by = person(_("closed by"))

    class Meta:
        abstract = True

    @property
    def is_open(self) -> bool:
        """Whether it may be changed without anybody's approval."""
        return self.status in OPEN_STATES

    @property
    def counts(self) -> bool:
        """Whether it is approved, or further."""
        return self.status in COUNTED_STATES

    def is_own(self, actor: "User") -> bool:
        """Whether the person drafted, changed or submitted it, and so cannot approve it."""
        return actor.pk in (self.author_id, self.edited_by_id, self.submitted_by_id)

    @transition(field=status, source=[state.value for state in OPEN_STATES], target=CampaignState.SUBMITTED)
    def submit(self, actor: "User") -> None:
        """Ready for somebody else to decide."""
        self.submitted_by = actor

    @transition(field=status, source=CampaignState.SUBMITTED, target=CampaignState.APPROVED)
    def approve(self, actor: "User") -> None:
        """A second person lets it be done; from here on baseline, stores and dates are fixed."""
        if self.is_own(actor):
            raise NotAllowed("same_person", _("Nobody approves a plan of their own."))
        self.approved_by = actor

    @transition(field=status, source=CampaignState.SUBMITTED, target=CampaignState.RETURNED)
    def send_back(self, actor: "User") -> None:
        """To be changed and submitted again."""

    @transition(field=status, source=CampaignState.APPROVED, target=CampaignState.RUNNING)
    def run(self, actor: "User") -> None:
        """It has begun."""

    @transition(field=status, source=CampaignState.RUNNING, target=CampaignState.REVIEWED)
    def evaluate(self, actor: "User") -> None:
        """It is over; what came of it and what is learnt is written down."""
        self.reviewed_by = actor

    @transition(field=status, source=CampaignState.REVIEWED, target=CampaignState.CLOSED)
    def finish(self, actor: "User") -> None:
        """A second person has read the review."""
        if actor.pk == self.reviewed_by_id:
            raise NotAllowed("same_person", _("Nobody closes what they reviewed."))
        self.closed_by = actor
