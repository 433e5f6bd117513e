"""Policy documents in versions."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models.units import Unit
from departments.querysets import DocumentQuerySet


class Document(models.Model):
    """One version of a policy document; a new version supersedes, the old one stays readable.  Rule:
    YJ-01, YJ-02.
    """

    number = models.CharField(_("number"), max_length=60)
    version = models.CharField(_("version"), max_length=30)
    title = models.CharField(_("title"), max_length=200)
    unit = models.ForeignKey(
        Unit,
        verbose_name=_("unit"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="documents",
    )
    drafted_by = models.CharField(_("drafted by"), max_length=60, blank=True)
    drafted_on = models.DateField(_("drafted on"), null=True, blank=True)
    reviewed_by = models.CharField(_("reviewed by"), max_length=60, blank=True)
    approved_by = models.CharField(_("approved by"), max_length=60, blank=True)
    effective_from = models.DateField(_("effective from"), null=True, blank=True)
    precedence = models.IntegerField(_("precedence"), default=0)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ["number", "effective_from", "version"]
        constraints = [
            models.UniqueConstraint(fields=["number", "version"], name="departments_document_version")
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.version}"
