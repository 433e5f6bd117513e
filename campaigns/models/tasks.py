"""What has to be done for a campaign, and what one department hands to another.  Rule: HT-03, YJ-23."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from campaigns.models.flow import person
from departments.models import Staff, Unit
from departments.querysets import UnitOwnedQuerySet


class TaskKind(models.TextChoices):
    TASK = "task", _("task")
    HAND_OVER = "hand_over", _("hand-over")


class CampaignTask(models.Model):
    """A task of a unit, or a thing that ``unit`` hands over to ``to_unit``; done when it is ticked."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="tasks"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind)
    title = models.CharField(_("what"), max_length=200)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(
        Unit, verbose_name=_("handed to"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    owner = models.ForeignKey(
        Staff,
        verbose_name=_("owner"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="campaign_tasks",
    )
    due = models.DateField(_("due"))
    done_at = models.DateTimeField(_("done"), null=True, blank=True, editable=False)
    done_by = person(_("done by"))
    key = models.UUIDField(unique=True, editable=False)

    class Meta:
        verbose_name = _("task of a campaign")
        verbose_name_plural = _("tasks of campaigns")
        ordering = ["due", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind=TaskKind.TASK, to_unit__isnull=True)
                | Q(kind=TaskKind.HAND_OVER, to_unit__isnull=False),
                name="campaigns_task_handed_to_a_unit",
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, done_by__isnull=True)
                | Q(done_at__isnull=False, done_by__isnull=False),
                name="campaigns_task_done_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["owner", "due"], name="campaigns_task_owner")]

    def __str__(self) -> str:
        return self.title


class TaskTemplate(models.Model):
    """A line of the list from which a new campaign of ``unit`` or below gets its tasks.

    ``lead_days``: how many days before the start it is due; below zero, after it.
    """

    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=TaskKind)
    title = models.CharField(_("what"), max_length=200)
    by_unit = models.ForeignKey(Unit, verbose_name=_("done by"), on_delete=models.PROTECT, related_name="+")
    to_unit = models.ForeignKey(
        Unit, verbose_name=_("handed to"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    lead_days = models.SmallIntegerField(_("days before the start"), default=0)

    objects = UnitOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("task template")
        verbose_name_plural = _("task templates")
        ordering = ["unit", "-lead_days", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["unit", "kind", "title", "by_unit"], name="campaigns_task_template_once"
            ),
            models.CheckConstraint(
                condition=Q(kind=TaskKind.TASK, to_unit__isnull=True)
                | Q(kind=TaskKind.HAND_OVER, to_unit__isnull=False),
                name="campaigns_template_handed_to_a_unit",
            ),
        ]

    def __str__(self) -> str:
        return self.title
