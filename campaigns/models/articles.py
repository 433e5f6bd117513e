"""Articles of the public account and their readers."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models.campaigns import Campaign
from core.guards import Point
from departments.models import Unit
from departments.querysets import UnitOwnedQuerySet


class ArticleKind(models.TextChoices):
    ACTIVITY = "activity", pgettext_lazy("article", "activity")
    WELFARE = "welfare", pgettext_lazy("article", "welfare")


class Article(models.Model):
    """An article; ``unit`` empty means its campaign's unit, and without a campaign every scheme's.
    Rule: HT-21.

    ``root`` is null only for an article of no unit: it then touches the month of every organisation.
    """

    code = models.CharField(_("code"), max_length=60, unique=True)
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(
        Unit, verbose_name=_("unit"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    published = models.DateField(_("published"))
    title = models.CharField(_("title"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=ArticleKind)
    campaign = models.ForeignKey(
        Campaign,
        verbose_name=_("campaign"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="articles",
    )
    readers = models.PositiveIntegerField(_("readers"), null=True, blank=True)
    shares = models.PositiveIntegerField(_("shares"), null=True, blank=True)
    likes = models.PositiveIntegerField(_("likes"), null=True, blank=True)

    objects = UnitOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        ordering = ["-published", "code"]
        indexes = [models.Index(fields=["month"], name="campaigns_article_month")]

    def __str__(self) -> str:
        return self.title


class ArticleReading(models.Model):
    """The readers of an article as counted on a day; the one at publish + n days fills its readers."""

    article = models.ForeignKey(
        Article, verbose_name=_("article"), on_delete=models.PROTECT, related_name="readings"
    )
    date = models.DateField(_("date"))
    month = models.DateField(editable=False)
    root = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    readers = models.PositiveIntegerField(_("readers"))
    shares = models.PositiveIntegerField(_("shares"), null=True, blank=True)
    likes = models.PositiveIntegerField(_("likes"), null=True, blank=True)

    guard = Point()

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["article", "date"]
        constraints = [models.UniqueConstraint(fields=["article", "date"], name="campaigns_reading_once")]

    def __str__(self) -> str:
        return f"{self.article} {self.date} {self.readers}"
