"""Requests of programs that must be done once, however often they are sent."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class IdempotentRequest(models.Model):
    """A request that was done, with the answer it got; written in the transaction of its work.

    ``body`` is the SHA-256 of what was sent: the same key with something else is refused.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(_("key"), max_length=200)
    method = models.CharField(max_length=10)
    path = models.CharField(max_length=300)
    body = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    response = models.BinaryField(default=b"")
    at = models.DateTimeField(_("at"), auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("request done once")
        verbose_name_plural = _("requests done once")
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="core_idempotent_request_once")]

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.key}"
