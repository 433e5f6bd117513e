"""Channels and their daily results."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign
from core.fields import FixedField, MoneyField
from core.guards import Point
from departments.models import Unit


class ChannelKind(models.TextChoices):
    ONLINE = "online", _("online")
    OFFLINE = "offline", _("offline")


class Channel(models.Model):
    """A way to reach people, online or offline."""

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=ChannelKind)

    class Meta:
        verbose_name = _("channel")
        verbose_name_plural = _("channels")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class ChannelDay(models.Model):
    """What a channel cost and brought on a day, for a campaign or for none."""

    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    channel = models.ForeignKey(
        Channel, verbose_name=_("channel"), on_delete=models.PROTECT, related_name="days"
    )
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="channel_days",
    )
    cost = MoneyField(_("cost"), null=True, blank=True)
    impressions = models.PositiveBigIntegerField(_("impressions"), null=True, blank=True)
    clicks = models.PositiveBigIntegerField(_("clicks"), null=True, blank=True)
    leads = models.PositiveIntegerField(_("leads"), null=True, blank=True)
    orders = models.PositiveIntegerField(_("orders"), null=True, blank=True)
    revenue = FixedField(_("revenue"), places=4, null=True, blank=True)

    guard = Point()

    class Meta:
        verbose_name = _("channel-day")
        verbose_name_plural = _("channel-days")
        ordering = ["date", "channel"]
        constraints = [
            models.UniqueConstraint(
                fields=["date", "channel", "campaign"], name="campaigns_channel_day_once"
            ),
            models.UniqueConstraint(
                fields=["date", "channel"],
                condition=models.Q(campaign__isnull=True),
                name="campaigns_channel_day_once_without_campaign",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.date} {self.channel}"
