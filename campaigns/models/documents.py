"""The written plan and the written summary of a campaign.  Rule: HT-12, YJ-23."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from campaigns.models.campaigns import Campaign


class DocumentKind(models.TextChoices):
    PLAN = "plan", _("written plan")
    SUMMARY = "summary", _("written summary")


class CampaignDocument(models.Model):
    """A version of a document; the latest one stands, the earlier ones stay."""

    campaign = models.ForeignKey(
        Campaign, verbose_name=_("campaign"), on_delete=models.PROTECT, related_name="documents"
    )
    kind = models.CharField(_("kind"), max_length=10, choices=DocumentKind)
    text = models.TextField(_("text"))
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    written_at = models.DateTimeField(_("written"), auto_now_add=True)
    key = models.UUIDField(unique=True, editable=False)

    append_only = True

    class Meta:
        verbose_name = _("document of a campaign")
        verbose_name_plural = _("documents of campaigns")
        ordering = ["-written_at", "-pk"]
        indexes = [models.Index(fields=["campaign", "kind"], name="campaigns_document_kind")]

    def __str__(self) -> str:
        return f"{self.campaign} {self.get_kind_display()}"
