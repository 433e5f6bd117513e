"""A month of a root unit and its state."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_fsm import ConcurrentTransitionMixin, FSMField, transition

from departments.models.units import Unit
from departments.querysets import PeriodQuerySet


class PeriodState(models.TextChoices):
    OPEN = "open", _("open")
    COMPUTED = "computed", _("computed")
    REVIEWED = "reviewed", _("reviewed")
    PUBLISHED = "published", pgettext_lazy("month", "published")
    APPROVED = "approved", _("approved")
    LOCKED = "locked", _("locked")
    PAID = "paid", _("paid")


# A frozen month takes no fact and no result any more; the database's guards read the same two words.
FROZEN = (PeriodState.LOCKED, PeriodState.PAID)

NOT_FROZEN = [state.value for state in PeriodState if state not in FROZEN]
BEFORE_LOCK = [state for state in NOT_FROZEN if state != PeriodState.OPEN]


class Period(ConcurrentTransitionMixin, models.Model):
    """A month of a root unit: open → computed → reviewed → published → approved → locked → paid."""

    root = models.ForeignKey(
        Unit, verbose_name=_("organisation"), on_delete=models.PROTECT, related_name="periods"
    )
    month = models.DateField(_("month"))
    state = FSMField(
        _("state"), max_length=10, choices=PeriodState.choices, default=PeriodState.OPEN, protected=True
    )

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("month")
        verbose_name_plural = _("months")
        ordering = ["-month", "root"]
        constraints = [
            models.UniqueConstraint(fields=["root", "month"], name="departments_period_once"),
            models.CheckConstraint(condition=models.Q(month__day=1), name="departments_period_first_day"),
            models.CheckConstraint(
                condition=models.Q(state__in=PeriodState.values), name="departments_period_state"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.root} {self.month:%Y-%m}"

    @property
    def is_frozen(self) -> bool:
        return self.state in FROZEN

    @transition(field=state, source=NOT_FROZEN, target=PeriodState.COMPUTED)
    def compute(self) -> None:
        """A new result: whatever was reviewed or approved before has to be looked at again."""

    @transition(field=state, source=PeriodState.COMPUTED, target=PeriodState.REVIEWED)
    def review(self) -> None:
        """Somebody looked at every figure."""

    @transition(field=state, source=PeriodState.REVIEWED, target=PeriodState.PUBLISHED)
    def publish(self) -> None:
        """Everybody sees their own result and may appeal."""

    @transition(field=state, source=PeriodState.PUBLISHED, target=PeriodState.APPROVED)
    def approve(self) -> None:
        """A second person, not the one who reviewed, lets it be paid."""

    @transition(field=state, source=PeriodState.APPROVED, target=PeriodState.LOCKED)
    def lock(self) -> None:
        """Facts and result are frozen for good."""

    @transition(field=state, source=BEFORE_LOCK, target=PeriodState.LOCKED)
    def force_lock(self) -> None:
        """Locked without the steps in between, by somebody with the right and for a reason that
        is audited.
        """

    @transition(field=state, source=PeriodState.LOCKED, target=PeriodState.PAID)
    def pay(self) -> None:
        """The money has left."""
