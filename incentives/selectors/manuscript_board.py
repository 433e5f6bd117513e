"""What the pages of manuscripts show: the list, one manuscript with its vote, what the month has brought."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db.models import Case, Count, Exists, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from core.exceptions import NotVisible
from core.months import Month
from departments.models import Staff
from departments.permissions import reach_of
from departments.selectors import frozen_months
from finance.models import FundMonth
from incentives.models import (
    AuthorKind,
    Ballot,
    FindingRule,
    FindingScope,
    Manuscript,
    ManuscriptRule,
    ManuscriptStatus,
    PoolScheme,
    RoleHolder,
    Step,
    Submission,
    SubmissionLink,
    VoteChoice,
)
from incentives.selectors.manuscript_routes import (
    Route,
    is_own,
    latest_version,
    route_of,
    scheme_for,
    scheme_names,
    terms_by_kind,
)
from incentives.services.manuscripts import step_now
from incentives.services.submissions import may_read_contact

if TYPE_CHECKING:
    from core.models import User

#: a status that a workbook set counts more than the step
STEP_NOW = Case(
    When(~Q(status=ManuscriptStatus.SUBMITTED), then=F("status")),
    When(submission__step=Step.DECIDED, then=Value(Step.SCREENING.value)),
    default=Coalesce(F("submission__step"), Value(Step.SCREENING.value)),
)


def manuscripts_listed(user: "User") -> Any:
    """The manuscripts the person sees, newest first; ``now`` is the step, or the status once decided."""
    votes = Ballot.objects.filter(manuscript=OuterRef("pk")).order_by().values("manuscript")
    cast = votes.exclude(choice="").annotate(many=Count("pk")).values("many")
    return (
        Manuscript.objects.visible_to(user)
        .select_related("submission")
        .annotate(
            now=STEP_NOW,
            ballots_all=Subquery(votes.annotate(many=Count("pk")).values("many")),
            ballots_cast=Coalesce(Subquery(cast), 0),
        )
        .order_by("-date", "-pk")
    )


def waiting_for(user: "User", rows: Any) -> Any:
    """Those on which the person is to do something: screen, vote, improve what came back."""
    today, reach = timezone.localdate(), reach_of(user)
    staff = reach.staff_id
    mine = Q(pk__in=())
    if staff is not None:
        open_vote = Ballot.objects.filter(manuscript=OuterRef("pk"), staff_id=staff, choice="")
        mine |= Q(Exists(open_vote), now=Step.VOTING) | Q(now=Step.RETURNED, staff_id=staff)
    kinds = _screened_kinds(today)
    held = _holders_of({scheme for scheme, _kind, _role, _unit in kinds}, today)
    for scheme, kind, role, unit in kinds:
        of_kind = Q(now=Step.SCREENING, scheme_code=scheme, author_kind=kind)
        screeners = held.get((scheme, role), set()) if role else set()
        if staff in screeners:
            mine |= of_kind & ~_by(staff)
        elif reach.everything or reach.allows("manuscript.screen", unit):
            # In the place of nobody, or of somebody who is the author.
            alone = Q() if not screeners else _by(*screeners) if len(screeners) == 1 else Q(pk__in=())
            mine |= of_kind & alone & ~_by(staff)
    return rows.filter(mine)


def _by(*staff: int | None) -> Q:
    """Written by one of these; those without a person on the staff are nobody's."""
    return Q(staff_id__isnull=False, staff_id__in=[one for one in staff if one is not None])


def _holders_of(schemes: set[str], today: date) -> dict[tuple[str, str], set[int]]:
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    rows = RoleHolder.objects.filter(
        Q(end__isnull=True) | Q(end__gte=today), scheme_code__in=schemes, start__lte=today
    )
    for scheme, role, staff in rows.values_list("scheme_code", "role", "staff_id"):
        found[scheme, role].add(staff)
    return found


def _screened_kinds(today: date) -> list[tuple[str, str, str, int]]:
    """Scheme, kind of author, screening role and the scheme's unit, as they hold today: two queries."""
    units = dict(
        PoolScheme.objects.filter(valid_from__lte=today).order_by("valid_from").values_list("code", "unit_id")
    )
    rules = ManuscriptRule.objects.filter(valid_from__lte=today).order_by("valid_from")
    roles = {
        (scheme, kind): role
        for scheme, kind, role in rules.values_list("scheme_code", "author_kind", "screening")
    }
    return [
        (code, str(kind), roles.get((code, str(kind)), ""), unit)
        for code, unit in units.items()
        for kind in AuthorKind.values
    ]


# --- the month --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class SchemeMonth:
    """What a month brought to a scheme.  ``required``: how many the editor's rule asks for.  Rule: HT-11."""

    code: str
    name: str
    handed_in: int
    passed_on: int
    required: int | None
    published: int


def months_of_schemes(user: "User", month: Month) -> list[SchemeMonth]:
    """For whoever sees more than their own, scheme by scheme: four queries."""
    reach = reach_of(user)
    seen = Manuscript.objects.visible_to(user)
    if reach.staff_id is not None and not reach.whole_roots:
        seen = seen.exclude(staff_id=reach.staff_id)
    in_month = {"date__range": (month.first, month.last)}
    counted = (
        seen.order_by()
        .values("scheme_code")
        .annotate(
            handed_in=Count("pk", filter=Q(**in_month)),
            passed_on=Count(
                "pk",
                filter=Q(
                    submission__screened_at__date__range=(month.first, month.last),
                    submission__step__in=(Step.VOTING, Step.DECIDED),
                ),
            ),
            published=Count("pk", filter=Q(month=month.first)),
        )
    )
    rows = {row["scheme_code"]: row for row in counted}
    names = scheme_names(set(rows))
    return [
        SchemeMonth(
            code,
            names.get(code, code),
            row["handed_in"],
            row["passed_on"],
            _required(code, month.last),
            row["published"],
        )
        for code, row in sorted(rows.items())
    ]


def _required(scheme_code: str, day: date) -> int | None:
    """How many manuscripts the rule of who screens the employees' asks for in a month: one query."""
    screening = ManuscriptRule.objects.filter(
        scheme_code=scheme_code, author_kind=AuthorKind.EMPLOYEE, valid_from__lte=day
    ).order_by("-valid_from")
    rules = FindingRule.objects.filter(
        scheme__code=scheme_code,
        scheme__valid_from__lte=day,
        role=Subquery(screening.values("screening")[:1]),
        scope=FindingScope.MONTH,
        required__isnull=False,
    )
    found: int | None = (
        rules.order_by("-scheme__valid_from", "code").values_list("required", flat=True).first()
    )
    return found


# --- one manuscript ---------------------------------------------------------------------------------
@dataclass(frozen=True)
class Tally:
    entitled: int
    votes_for: int
    against: int

    @property
    def cast(self) -> int:
        return self.votes_for + self.against

    @property
    def open(self) -> int:
        return self.entitled - self.cast


@dataclass(frozen=True)
class Booked:
    """A part of the fee that a fund paid."""

    fund: str
    amount: Decimal


@dataclass(frozen=True)
class ManuscriptPage:
    """A manuscript with everything its page shows, and what the reader may do.

    ``ballots``: who voted how, only once it is decided, and not for the author, who reads the ``remarks``.
    ``contact``: whether an author without a log-in left one.
    """

    manuscript: Manuscript
    submission: Submission
    now: str
    route: Route
    roles: dict[str, str]
    tally: Tally | None
    ballots: list[Ballot]
    remarks: list[str]
    ballot: Ballot | None
    own: bool
    fee: Decimal | None
    booked: list[Booked]
    frozen: bool
    contact: bool
    may_screen: bool
    may_vote: bool
    may_close: bool
    may_publish: bool
    may_revise: bool
    may_withdraw: bool
    may_read_contact: bool

    @property
    def screening_name(self) -> str:
        return self.roles.get(self.route.terms.screening, self.route.terms.screening)

    @property
    def voters_names(self) -> list[str]:
        wanted = self.route.terms.voters or tuple(self.roles)
        return [self.roles.get(role, role) for role in wanted]

    @property
    def only_terms(self) -> list[Any]:
        """The rule as a list of one."""
        return [self.route.terms]


def manuscript_page(user: "User", pk: int) -> ManuscriptPage:
    """One manuscript.  Raises ``NotVisible`` for one out of reach."""
    manuscript = Manuscript.objects.visible_to(user).select_related("staff", "root").filter(pk=pk).first()
    if manuscript is None:
        raise NotVisible("manuscript")
    submission = (
        Submission.objects.select_related("attachment", "screened_by", "published_by", "link")
        .filter(manuscript=manuscript)
        .first()
    ) or Submission(manuscript=manuscript)
    manuscript.submission = submission
    today = timezone.localdate()
    route, now, own = route_of(manuscript, today), step_now(manuscript), is_own(user, manuscript)
    ballots = list(Ballot.objects.filter(manuscript=manuscript).select_related("staff"))
    mine = next((one for one in ballots if one.staff.user_id == user.pk), None)
    version = latest_version(manuscript.scheme_code, manuscript.published or today)
    decided = now == Step.DECIDED
    accepted = manuscript.status == ManuscriptStatus.ACCEPTED
    return ManuscriptPage(
        manuscript=manuscript,
        submission=submission,
        now=now,
        route=route,
        roles=_role_names(version),
        tally=_tally(ballots) if ballots else None,
        ballots=ballots if decided and not own else [],
        remarks=[one.remark for one in ballots if one.remark] if decided and own else [],
        ballot=mine,
        own=own,
        fee=_fee(version, manuscript.author_kind),
        booked=_booked(manuscript),
        frozen=manuscript.month is not None and _is_frozen(manuscript.root_id, manuscript.month),
        contact=bool(submission.sealed_contact),
        may_screen=now == Step.SCREENING and not own and route.may_screen(user),
        may_vote=now == Step.VOTING and mine is not None and not mine.choice,
        may_close=now == Step.VOTING and not own and route.may_close(user) and any(b.choice for b in ballots),
        may_publish=accepted and not own and route.may_publish(user),
        may_revise=own and now == Step.RETURNED,
        may_withdraw=own and now in (Step.SCREENING, Step.RETURNED, Step.VOTING),
        may_read_contact=bool(submission.sealed_contact) and may_read_contact(user, manuscript),
    )


def _tally(ballots: list[Ballot]) -> Tally:
    choices = [one.choice for one in ballots]
    return Tally(len(choices), choices.count(VoteChoice.FOR), choices.count(VoteChoice.AGAINST))


def _role_names(version: PoolScheme | None) -> dict[str, str]:
    return dict(version.roles.values_list("role", "name")) if version else {}


def _fee(version: PoolScheme | None, kind: str) -> Decimal | None:
    return fees_of(version)[kind] if version else None


def fees_of(version: PoolScheme) -> dict[str, Decimal]:
    """What each kind of author gets.  Rule: HT-06."""
    return {
        AuthorKind.EMPLOYEE.value: version.fee_employee,
        AuthorKind.PHARMACIST.value: version.fee_pharmacist,
        AuthorKind.CUSTOMER.value: version.fee_customer,
    }


def _booked(manuscript: Manuscript) -> list[Booked]:
    """Which fund paid how much of the fee; what waited is paid in a later month.  One query."""
    if manuscript.month is None:
        return []
    rows = FundMonth.objects.filter(
        fund__scheme_code=manuscript.scheme_code, month__gte=manuscript.month
    ).select_related("fund")
    return [
        Booked(row.fund.get_kind_display(), Decimal(step["amount"]))
        for row in rows.order_by("month", "pk")
        for step in row.movements
        if step["kind"] == "fee" and step["id"] == manuscript.ident and step["source"] == row.fund.kind
    ]


def _is_frozen(root_id: int, month: date) -> bool:
    return any(root == root_id and first == month for root, first in frozen_months())


# --- handing in -------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Desk:
    """What an author needs to hand in: the scheme, its rules and fees; no scheme where nobody pays."""

    scheme: PoolScheme | None
    terms: dict[str, Any]
    fees: dict[str, Decimal]


def desk_of(user: "User") -> Desk | None:
    """``None`` for those who are not on the staff."""
    staff = Staff.objects.filter(user=user, left__isnull=True).first()
    if staff is None:
        return None
    today = timezone.localdate()
    scheme = scheme_for(staff, today)
    if scheme is None:
        return Desk(None, {}, {})
    return Desk(scheme, terms_by_kind(scheme.code, today), fees_of(scheme))


def guest_desk(link: SubmissionLink) -> Desk:
    """The same for who comes by a link."""
    today = timezone.localdate()
    version = latest_version(link.scheme_code, today)
    return Desk(version, terms_by_kind(link.scheme_code, today), fees_of(version) if version else {})


def links_listed(user: "User") -> list[Any]:
    """The links of the schemes for which the person may make some, newest first, with what came by them."""
    reach = reach_of(user)
    rows = SubmissionLink.objects.select_related("created_by").annotate(received=Count("submissions"))
    if not reach.everything:
        rows = rows.filter(unit_id__in=reach.units_for("manuscript.link"))
    return list(rows.order_by("-pk")[:100])


def schemes_to_link(user: "User") -> list[tuple[str, str]]:
    """Code and name of the schemes for which the person may make links."""
    reach, today = reach_of(user), timezone.localdate()
    rows = PoolScheme.objects.filter(valid_from__lte=today).order_by("valid_from")
    latest = {row.code: row for row in rows}
    units = None if reach.everything else reach.units_for("manuscript.link")
    return [(row.code, row.name) for row in latest.values() if units is None or row.unit_id in units]
