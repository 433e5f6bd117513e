"""Manuscripts and what they earn."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from core.guards import Point
from departments.models import Staff, Unit
from departments.querysets import RootOwnedQuerySet


class AuthorKind(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    PHARMACIST = "pharmacist", _("pharmacist or physician")
    CUSTOMER = "customer", _("customer")


class ManuscriptStatus(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("refused")


class Manuscript(models.Model):
    """A submission; its fee is booked once, in the month it is published.  Rule: HT-05, HT-06, HT-23.

    ``month`` is that month, null until it is published.
    """

    ident = models.CharField(_("id"), max_length=60, unique=True)
    date = models.DateField(_("date"))
    month = models.DateField(null=True, editable=False)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    title = models.CharField(_("title"), max_length=200)
    author_kind = models.CharField(_("kind of author"), max_length=12, choices=AuthorKind)
    author = models.CharField(_("author"), max_length=60)
    staff = models.ForeignKey(
        Staff,
        verbose_name=_("person"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="manuscripts",
    )
    characters = models.PositiveIntegerField(_("characters"), null=True, blank=True)
    status = models.CharField(
        _("status"), max_length=10, choices=ManuscriptStatus, default=ManuscriptStatus.SUBMITTED
    )
    published = models.DateField(_("published"), null=True, blank=True)
    scheme_code = models.CharField(_("scheme"), max_length=40)

    objects = RootOwnedQuerySet.as_manager()
    guard = Point()

    class Meta:
        verbose_name = _("manuscript")
        verbose_name_plural = _("manuscripts")
        ordering = ["date", "ident"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(status="published") | Q(month__isnull=False), name="incentives_manuscript_month"
            )
        ]

    def __str__(self) -> str:
        return self.title
