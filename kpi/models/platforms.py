"""Places where people promote, and the accounts they use there."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from departments.models import Staff
from departments.querysets import StaffOwnedQuerySet


class PlatformKind(models.TextChoices):
    FORUM = "forum", _("forum")
    QA = "qa", _("questions and answers")
    BLOG = "blog", _("blog")
    WEIBO = "weibo", _("microblog")
    IM = "im", _("messenger")
    MAIL = "mail", _("mail")
    WIKI = "wiki", _("encyclopaedia")
    VIDEO = "video", _("video")
    WECHAT = "wechat", _("WeChat")
    AD = "ad", _("advertising")
    OFFLINE = "offline", _("offline")
    OTHER = "other", _("other")


class Platform(models.Model):
    """A platform with its active dates (``closed`` = its last open day); closing keeps its history.

    Rule: YJ-20.
    """

    code = models.CharField(_("code"), max_length=40, unique=True)
    name = models.CharField(_("name"), max_length=100)
    kind = models.CharField(_("kind"), max_length=10, choices=PlatformKind)
    domains = models.JSONField(_("domains"), default=list, blank=True)
    opened = models.DateField(_("opened"), null=True, blank=True)
    closed = models.DateField(_("closed"), null=True, blank=True)
    successor = models.ForeignKey(
        "self", verbose_name=_("successor"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )

    class Meta:
        verbose_name = _("platform")
        verbose_name_plural = _("platforms")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.name


class Account(models.Model):
    """A promotion account of a person.  Rule: YJ-07, YJ-17, YJ-24."""

    platform = models.ForeignKey(
        Platform, verbose_name=_("platform"), on_delete=models.PROTECT, related_name="accounts"
    )
    handle = models.CharField(_("handle"), max_length=100)
    staff = models.ForeignKey(
        Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="accounts"
    )
    verified = models.BooleanField(_("verified"), default=False)
    opened = models.DateField(_("opened"), null=True, blank=True)
    closed = models.DateField(_("closed"), null=True, blank=True)
    client = models.CharField(_("client"), max_length=100, blank=True)

    objects = StaffOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")
        ordering = ["platform", "handle"]
        constraints = [models.UniqueConstraint(fields=["platform", "handle"], name="kpi_account_handle")]

    def __str__(self) -> str:
        return f"{self.platform}/{self.handle}"
