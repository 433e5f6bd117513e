"""The append-only record of who did what."""

from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class AppendOnlyQuerySet(models.QuerySet[Any]):
    """Rows that are written once: no update, no delete."""

    def update(self, **kwargs: Any) -> NoReturn:
        raise TypeError("append-only rows are never updated")

    def delete(self) -> NoReturn:
        raise TypeError("append-only rows are never deleted")


class AuditEvent(models.Model):
    """One act of one person (or of the system), written in the same transaction as the act.

    Rows are chained in batches: ``hash`` = HMAC-SHA-256 over the previous hash and the row's content; a row
    that waits for its batch has no hash yet.
    """

    at = models.DateTimeField(_("at"), auto_now_add=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("actor"),
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    actor_name = models.CharField(_("actor's name"), max_length=150, blank=True)
    action = models.CharField(_("action"), max_length=80)
    target_type = models.CharField(_("kind of record"), max_length=80, blank=True)
    target_id = models.CharField(_("record"), max_length=200, blank=True)
    target_text = models.CharField(_("record's text"), max_length=200, blank=True)
    change = models.JSONField(_("change"), default=dict, blank=True)
    reason = models.TextField(_("reason"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    previous_hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - unique, so no value must be NULL
    hash = models.CharField(max_length=64, null=True, unique=True, editable=False)  # noqa: DJ001 - as above

    objects = AppendOnlyQuerySet.as_manager()
    append_only = True
    append_once = ("previous_hash", "hash")

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ["-pk"]
        indexes = [models.Index(fields=["target_type", "target_id"], name="core_audit_target")]

    def __str__(self) -> str:
        return f"{self.action} {self.target_text}"

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        raise TypeError("append-only rows are never deleted")
