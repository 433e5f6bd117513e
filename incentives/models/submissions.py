"""How a manuscript comes in and is decided: links for people without a log-in, texts, votes."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.models import StoredFile
from departments.models import Staff, Unit
from departments.querysets import RootOwnedQuerySet
from incentives.models.manuscripts import Manuscript


class Step(models.TextChoices):
    """How far a manuscript is while its status is ``submitted``, and that its author took it back."""

    SCREENING = "screening", _("to be screened")
    RETURNED = "returned", _("returned")
    VOTING = "voting", _("being voted on")
    DECIDED = "decided", _("decided")
    WITHDRAWN = "withdrawn", _("withdrawn")


class SubmissionLink(models.Model):
    """An address by which pharmacists and customers hand in manuscripts without signing in.  Rule: HT-23.

    Found by the SHA-256 of its token; the token itself is kept sealed, to be copied again by those who may
    make links.  ``form_key`` names the form that made it: sent twice, it makes one link.
    """

    scheme_code = models.CharField(_("scheme"), max_length=40)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=60)
    form_key = models.UUIDField(unique=True, editable=False)
    digest = models.CharField(max_length=64, unique=True, editable=False)
    sealed_token = models.TextField(editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("made by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    expires_at = models.DateTimeField(_("valid until"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)

    objects = RootOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("submission link")
        verbose_name_plural = _("submission links")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def is_live(self, now: datetime) -> bool:
        """Whether manuscripts may still come by it."""
        return self.revoked_at is None and now < self.expires_at


class Submission(models.Model):
    """The text of a manuscript, how far it is, and what its author agreed to.

    Of an author without a log-in the name stands in the manuscript and an optional contact here, sealed;
    ``code_digest`` belongs to the code with which they ask for the state and take their consent back.
    ``consent`` names the version of the text they agreed to.  Rule: HT-24, domain.md §6.1 (14–16, 19).
    """

    manuscript = models.OneToOneField(
        Manuscript, verbose_name=_("manuscript"), on_delete=models.CASCADE, related_name="submission"
    )
    step = models.CharField(_("step"), max_length=10, choices=Step, default=Step.SCREENING)
    text = models.TextField(_("text"), blank=True)
    attachment = models.ForeignKey(
        StoredFile, verbose_name=_("file"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("submitted by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    submitted_at = models.DateTimeField(_("submitted"), auto_now_add=True)
    link = models.ForeignKey(
        SubmissionLink,
        verbose_name=_("link"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="submissions",
    )
    reference = models.CharField(_("reference number"), max_length=20, unique=True, null=True, blank=True)
    code_digest = models.CharField(max_length=64, blank=True, editable=False)
    sealed_contact = models.TextField(blank=True, editable=False)
    consent = models.CharField(_("consent to text"), max_length=40, blank=True)
    consented_at = models.DateTimeField(_("consent given"), null=True, blank=True)
    consent_ended_at = models.DateTimeField(_("consent taken back"), null=True, blank=True)
    screened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("screened by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    screened_at = models.DateTimeField(_("screened"), null=True, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    pass_rule = models.CharField(_("accepted by"), max_length=10, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)
    address = models.URLField(_("address of the article"), max_length=500, blank=True)
    published_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("published by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(screened_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(screened_by=F("submitted_by")),
                name="incentives_submission_screened_by_another",
                violation_error_message=_("Nobody screens a manuscript of their own."),
            ),
            models.CheckConstraint(
                condition=Q(published_by__isnull=True)
                | Q(submitted_by__isnull=True)
                | ~Q(published_by=F("submitted_by")),
                name="incentives_submission_published_by_another",
                violation_error_message=_("Nobody publishes a manuscript of their own."),
            ),
        ]
        indexes = [models.Index(fields=["step"], name="incentives_submission_step")]

    def __str__(self) -> str:
        return self.manuscript.title


class VoteChoice(models.TextChoices):
    FOR = "for", pgettext_lazy("vote", "for")
    AGAINST = "against", pgettext_lazy("vote", "against")


class Ballot(models.Model):
    """One vote of one person on one manuscript; empty until it is given.  Rule: HT-24.

    The ballots are made when voting begins, for those who hold a voting role then; ``author`` is the
    manuscript's, so that the database itself refuses a vote on one's own.
    """

    manuscript = models.ForeignKey(Manuscript, on_delete=models.CASCADE, related_name="ballots")
    staff = models.ForeignKey(Staff, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+")
    author = models.ForeignKey(Staff, null=True, on_delete=models.PROTECT, related_name="+", editable=False)
    choice = models.CharField(_("vote"), max_length=10, choices=VoteChoice, blank=True)
    remark = models.CharField(_("remark"), max_length=500, blank=True)
    cast_at = models.DateTimeField(_("given"), null=True, blank=True)

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["manuscript", "staff"], name="incentives_ballot_once"),
            models.CheckConstraint(
                condition=Q(author__isnull=True) | ~Q(staff=F("author")),
                name="incentives_ballot_not_own",
                violation_error_message=_("Nobody votes on a manuscript of their own."),
            ),
            models.CheckConstraint(
                condition=Q(choice="", cast_at__isnull=True) | Q(choice__in=["for", "against"]),
                name="incentives_ballot_choice",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.staff} {self.choice}"
