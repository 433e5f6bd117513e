"""New versions of rules on their way: drafted by one person, activated by another."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import FSMField, transition

from departments.models.units import Unit
from departments.querysets import RuleDraftQuerySet


class DraftState(models.TextChoices):
    DRAFT = "draft", pgettext_lazy("rule", "draft")
    SUBMITTED = "submitted", _("submitted")
    ACTIVE = "active", pgettext_lazy("rule", "activated")
    DISCARDED = "discarded", _("discarded")


OPEN = (DraftState.DRAFT, DraftState.SUBMITTED)


class RuleDraft(models.Model):
    """A version of a rule before it holds.  Rule: KQ-04, HT-08; architecture.md §3, separation of duties.

    ``kind`` is the interchange table of the version, ``code`` names the rule within it; ``rows`` holds the
    cells of that table and of those of its parts, as text and in their own columns: what is activated is
    imported.  ``base`` is the first day of the version that the draft started from.
    """

    kind = models.CharField(_("kind"), max_length=40)
    code = models.CharField(_("rule"), max_length=140)
    name = models.CharField(_("name"), max_length=100)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    unit = models.ForeignKey(Unit, verbose_name=_("unit"), on_delete=models.PROTECT, related_name="+")
    base = models.DateField(_("made from the version of"), null=True, blank=True)
    valid_from = models.DateField(_("valid from"))
    rows = models.JSONField(_("rows"))
    state = FSMField(
        _("state"), max_length=10, choices=DraftState.choices, default=DraftState.DRAFT, protected=True
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    approver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("activated by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("drafted"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = RuleDraftQuerySet.as_manager()

    class Meta:
        verbose_name = _("draft of a rule")
        verbose_name_plural = _("drafts of rules")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "code"],
                condition=Q(state__in=[state.value for state in OPEN]),
                name="departments_draft_one_open",
            ),
            models.CheckConstraint(
                condition=Q(approver__isnull=True) | ~Q(approver=F("author")),
                name="departments_draft_two_people",
                violation_error_message=_("Nobody activates their own draft."),
            ),
            models.CheckConstraint(
                condition=~Q(state=DraftState.ACTIVE) | (Q(approver__isnull=False) & ~Q(reason="")),
                name="departments_draft_activated_by",
            ),
            models.CheckConstraint(condition=Q(state__in=DraftState.values), name="departments_draft_state"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.valid_from}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @transition(field=state, source=[state.value for state in OPEN], target=DraftState.DRAFT)
    def revise(self) -> None:
        """Changed by its author: whoever read it before has to read it again."""

    @transition(field=state, source=DraftState.DRAFT, target=DraftState.SUBMITTED)
    def submit(self) -> None:
        """Ready for somebody else to look at."""

    @transition(field=state, source=DraftState.SUBMITTED, target=DraftState.ACTIVE)
    def activate(self) -> None:
        """A second person made it a version that holds from its day on."""

    @transition(field=state, source=[state.value for state in OPEN], target=DraftState.DISCARDED)
    def discard(self) -> None:
        """Given up; it stays readable."""
