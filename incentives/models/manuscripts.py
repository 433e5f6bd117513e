"""Manuscripts, what they earn, and the rules that they are judged by."""

from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.guards import Point
from departments.models import Staff, Unit
from departments.permissions import reach_of
from departments.querysets import RootOwnedQuerySet
from incentives.models.schemes import RoleHolder

if TYPE_CHECKING:
    from core.models import User


class AuthorKind(models.TextChoices):
    EMPLOYEE = "employee", _("employee")
    PHARMACIST = "pharmacist", _("pharmacist or physician")
    CUSTOMER = "customer", _("customer")


class ManuscriptStatus(models.TextChoices):
    SUBMITTED = "submitted", _("submitted")
    ACCEPTED = "accepted", _("accepted")
    PUBLISHED = "published", _("published")
    REFUSED = "refused", _("refused")


class OutsideLength(models.TextChoices):
    WARN = "warn", _("a hint")
    REFUSE = "refuse", _("a refusal")


class PassRule(models.TextChoices):
    HOLDERS = "holders", _("more than half of those who may vote")
    VOTES = "votes", _("more votes for than against")


class ManuscriptRule(models.Model):
    """What a kind of author hands in, who looks at it first and who votes; the latest one begun holds.
    Rule: HT-23, HT-24.

    ``screening`` is the role of the scheme whose holder looks first, ``voters`` are the roles whose holders
    vote; empty: every role of the scheme.
    """

    scheme_code = models.CharField(_("scheme"), max_length=40)
    root = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="+", editable=False)
    valid_from = models.DateField(_("valid from"))
    author_kind = models.CharField(_("kind of author"), max_length=12, choices=AuthorKind)
    min_characters = models.PositiveIntegerField(_("least characters"), null=True, blank=True)
    max_characters = models.PositiveIntegerField(_("most characters"), null=True, blank=True)
    outside = models.CharField(_("another length is"), max_length=10, choices=OutsideLength)
    criteria = models.TextField(_("criteria"), blank=True)
    screening = models.CharField(_("screening role"), max_length=40, blank=True)
    voters = models.JSONField(_("voting roles"), default=list)
    pass_rule = models.CharField(_("accepted by"), max_length=10, choices=PassRule)

    objects = RootOwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("manuscript rule")
        verbose_name_plural = _("manuscript rules")
        ordering = ["scheme_code", "valid_from", "author_kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["scheme_code", "valid_from", "author_kind"], name="incentives_manuscript_rule_once"
            ),
            models.CheckConstraint(
                condition=Q(max_characters__isnull=True)
                | Q(min_characters__isnull=True)
                | Q(max_characters__gte=F("min_characters")),
                name="incentives_manuscript_rule_range",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_code} {self.get_author_kind_display()}"


class ManuscriptQuerySet(RootOwnedQuerySet):
    def visible_to(self, user: "User") -> Any:
        """Those of whole organisations one answers for, one's own, those that a role of one's routes here
        (screening or voting today), and those on which one has a vote.  Rule: HT-24.
        """
        from incentives.models.submissions import Ballot

        reach = reach_of(user)
        if reach.everything:
            return self
        mine = Q(root_id__in=reach.whole_roots)
        if reach.staff_id is not None:
            own_vote = Ballot.objects.filter(manuscript=OuterRef("pk"), staff_id=reach.staff_id)
            mine |= Q(staff_id=reach.staff_id) | Q(Exists(own_vote)) | _routed_to(reach.staff_id)
        return self.filter(mine)


def _routed_to(staff_id: int) -> Q:
    """The manuscripts for which the person holds a role of the rules today: two queries, or one for who holds
    none.
    """
    today = timezone.localdate()
    held = set(
        RoleHolder.objects.filter(
            Q(end__isnull=True) | Q(end__gte=today), staff_id=staff_id, start__lte=today
        ).values_list("scheme_code", "role")
    )
    found = Q(pk__in=())
    if held:
        codes = {scheme for scheme, _role in held}
        rules = ManuscriptRule.objects.filter(scheme_code__in=codes, valid_from__lte=today)
        latest = {(one.scheme_code, one.author_kind): one for one in rules.order_by("valid_from")}
        for rule in latest.values():
            roles = {role for scheme, role in held if scheme == rule.scheme_code}
            if rule.screening in roles or not rule.voters or roles & set(rule.voters):
                found |= Q(scheme_code=rule.scheme_code, author_kind=rule.author_kind)
    return found


class Manuscript(models.Model):
    """A submission; its fee is booked once, in the month it is published.  Rule: HT-05, HT-06, HT-23.

    ``month`` is that month, null until it is published.  Its text, and how far it is before it is decided,
    stand in its ``Submission``, which no locked month guards.
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

    objects = ManuscriptQuerySet.as_manager()
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
