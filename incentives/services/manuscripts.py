"""Writes of manuscripts: handed in, screened, voted on, published; each once, and never one's own.
Rule: HT-05, HT-06, HT-23, HT-24.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.attachments import Attachment
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.files import file_store, register_kind
from core.models import StoredFile, User
from departments.models import Staff
from departments.permissions import require
from incentives.calculations.manuscripts import count_characters, outcome
from incentives.models import (
    AuthorKind,
    Ballot,
    Manuscript,
    ManuscriptStatus,
    Step,
    Submission,
    VoteChoice,
)
from incentives.selectors.manuscript_routes import Route, Terms, is_own, route_of, scheme_for, terms_by_kind

SUBMITTED = audit.register_action("manuscript.submitted", _("manuscript submitted"))
REVISED = audit.register_action("manuscript.revised", _("manuscript revised"))
WITHDRAWN = audit.register_action("manuscript.withdrawn", _("manuscript withdrawn"))
RETURNED = audit.register_action("manuscript.returned", _("manuscript returned"))
PASSED_ON = audit.register_action("manuscript.passed_on", _("manuscript put to the vote"))
VOTED = audit.register_action("manuscript.voted", _("vote on a manuscript given"))
CLOSED = audit.register_action("manuscript.vote_closed", _("vote on a manuscript closed"))
PUBLISHED = audit.register_action("manuscript.published", _("manuscript published"))

#: a text is an article, not a book
MOST_CHARACTERS = 20_000


def _may_read(reader: User, stored: StoredFile) -> bool:
    return bool(Manuscript.objects.visible_to(reader).filter(submission__attachment=stored).exists())


FILE = register_kind("manuscript-file", _may_read)


@dataclass(frozen=True)
class Draft:
    """What an author hands in."""

    title: str
    text: str
    kind: str = AuthorKind.EMPLOYEE
    attachment: Attachment | None = None


def draft_problems(draft: Draft, terms: Terms | None) -> list[dict[str, Any]]:
    """What is missing or wrong, by field; ``None`` when no terms are known yet that tell the length.

    A length that the rule only hints at is none.  Rule: HT-23.
    """
    found: list[tuple[str, Any]] = []
    if not draft.title.strip():
        found.append(("title", _("Give the manuscript a title.")))
    if not draft.text.strip():
        found.append(("text", _("Write or paste the text.")))
    elif len(draft.text) > MOST_CHARACTERS:
        found.append(("text", _("The text is too long for one article.")))
    elif terms and terms.refuses and not terms.fits(draft.text):
        count = count_characters(draft.text)
        limits = {"count": count, "least": terms.minimum, "most": terms.maximum}
        if terms.minimum is not None and count < terms.minimum:
            message = _("%(count)s characters; at least %(least)s are needed (spaces do not count).")
        else:
            message = _("%(count)s characters; at most %(most)s are allowed (spaces do not count).")
        found.append(("text", str(message) % limits))
    return [{"field": name, "message": message} for name, message in found]


def incomplete(errors: list[dict[str, Any]]) -> RuleViolation:
    return RuleViolation("manuscript_incomplete", _("Something is missing; see below."), errors)


def manuscript_submit(*, actor: User, draft: Draft, key: UUID) -> Manuscript:
    """Hand in a manuscript of one's own.  ``key`` names the form: sent twice, it hands in once.

    Raises ``NotVisible`` for those who are not on the staff, ``RuleViolation`` with what is wrong by field or
    when no scheme pays for manuscripts here.
    """
    staff = Staff.objects.filter(user=actor, left__isnull=True).first()
    if staff is None:
        raise NotVisible("nobody")
    today = timezone.localdate()
    scheme = scheme_for(staff, today)
    if scheme is None:
        raise RuleViolation("no_scheme", _("No incentive scheme pays for manuscripts here."))
    if draft.kind == AuthorKind.CUSTOMER:
        raise incomplete([{"field": "kind", "message": _("Who is on the staff is no customer.")}])
    if errors := draft_problems(draft, terms_by_kind(scheme.code, today)[draft.kind]):
        raise incomplete(errors)
    ident = f"m-{key.hex[:20]}"
    with guards.translate(), transaction.atomic():
        known = Manuscript.objects.filter(ident=ident).first()
        if known is not None:
            if known.staff_id != staff.pk:
                raise NotVisible("manuscript")
            return known
        manuscript, made = Manuscript.objects.get_or_create(
            ident=ident,
            defaults={
                "date": today,
                "root_id": scheme.root_id,
                "title": draft.title.strip(),
                "author_kind": draft.kind,
                "author": staff.name,
                "staff": staff,
                "characters": count_characters(draft.text),
                "scheme_code": scheme.code,
            },
        )
        if made:
            stored = _stored(actor, draft)
            Submission.objects.create(
                manuscript=manuscript, text=draft.text.strip(), attachment=stored, submitted_by=actor
            )
            change = {"ident": ident, "kind": draft.kind, "characters": manuscript.characters}
            change |= {"file": stored.sha256 if stored else ""}
            audit.record(actor=actor, action=SUBMITTED, target=manuscript, change=change)
    return manuscript


def _stored(actor: User, draft: Draft) -> StoredFile | None:
    if draft.attachment is None:
        return None
    return file_store(
        owner=actor,
        kind=FILE,
        name=draft.attachment.name,
        content=draft.attachment.content,
        content_type=draft.attachment.content_type,
    )


def manuscript_locked(manuscript_id: int) -> Manuscript:
    """The manuscript under a row lock with its submission, made empty for one that a workbook brought."""
    row: Manuscript | None = (
        Manuscript.objects.select_for_update(of=("self",)).filter(pk=manuscript_id).first()
    )
    if row is None:
        raise NotVisible("manuscript")
    row.submission = Submission.objects.get_or_create(manuscript=row)[0]
    return row


def _seen(actor: User, manuscript_id: int) -> Manuscript:
    if not Manuscript.objects.visible_to(actor).filter(pk=manuscript_id).exists():
        raise NotVisible("manuscript")
    return manuscript_locked(manuscript_id)


def _not_own(actor: User, manuscript: Manuscript) -> None:
    if is_own(actor, manuscript):
        raise NotAllowed("own_line", _("Nobody decides about a manuscript of their own."))


def step_now(manuscript: Manuscript) -> str:
    """How far it is: a status that a workbook set counts more than the step."""
    step = manuscript.submission.step
    if manuscript.status == ManuscriptStatus.SUBMITTED:
        return step if step != Step.DECIDED else Step.SCREENING
    return Step.WITHDRAWN if step == Step.WITHDRAWN else Step.DECIDED


def _must_be(manuscript: Manuscript, *steps: str) -> None:
    now = step_now(manuscript)
    if now not in steps:
        state = manuscript.get_status_display() if now == Step.DECIDED else Step(now).label
        raise Conflict("manuscript_moved_on", _("The manuscript is “%(state)s” by now."), state=state)


def _save(submission: Submission, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(submission, name, value)
    submission.save(update_fields=list(fields))


def manuscript_revise(*, actor: User, manuscript_id: int, draft: Draft) -> Manuscript:
    """Hand in a returned manuscript again, better; its author only.

    Raises ``NotVisible``, ``RuleViolation`` with what is wrong by field, ``Conflict`` when it was
    not returned.
    """
    with transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        if not is_own(actor, manuscript):
            raise NotVisible("manuscript")
        _must_be(manuscript, Step.RETURNED)
        terms = terms_by_kind(manuscript.scheme_code, timezone.localdate())[manuscript.author_kind]
        if errors := draft_problems(draft, terms):
            raise incomplete(errors)
        stored = _stored(actor, draft) or manuscript.submission.attachment
        rewrite(manuscript, draft)
        _save(manuscript.submission, attachment=stored)
        change = {"characters": manuscript.characters, "file": stored.sha256 if stored else ""}
        audit.record(actor=actor, action=REVISED, target=manuscript, change=change)
    return manuscript


def rewrite(manuscript: Manuscript, draft: Draft) -> None:
    """Put the new words in, to be screened again.  Inside the caller's transaction."""
    manuscript.title, manuscript.characters = draft.title.strip(), count_characters(draft.text)
    manuscript.save(update_fields=["title", "characters"])
    _save(manuscript.submission, text=draft.text.strip(), step=Step.SCREENING)


def manuscript_withdraw(*, actor: User, manuscript_id: int) -> Manuscript:
    """Take a manuscript of one's own back before it is decided; a second time changes nothing."""
    with transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        if not is_own(actor, manuscript):
            raise NotVisible("manuscript")
        if step_now(manuscript) == Step.WITHDRAWN:
            return manuscript
        _must_be(manuscript, Step.SCREENING, Step.RETURNED, Step.VOTING)
        take_back(manuscript)
        audit.record(actor=actor, action=WITHDRAWN, target=manuscript)
    return manuscript


def take_back(manuscript: Manuscript) -> None:
    """The author wants it back: for everybody it counts as refused.  Inside the caller's transaction."""
    manuscript.status = ManuscriptStatus.REFUSED
    manuscript.save(update_fields=["status"])
    _save(manuscript.submission, step=Step.WITHDRAWN, decided_at=timezone.now())


def manuscript_screen(*, actor: User, manuscript_id: int, passes: bool, remark: str = "") -> Manuscript:
    """Put a manuscript to the vote, or return it with a remark.  Rule: HT-24.

    The holder of the screening role does; where nobody else holds it, whoever answers for the scheme.
    Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` without a remark or without voters, ``Conflict``.
    """
    remark = remark.strip()
    with transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        route = route_of(manuscript, timezone.localdate())
        _not_own(actor, manuscript)
        if not route.may_screen(actor):
            raise NotAllowed("manuscript.screen")
        _must_be(manuscript, Step.SCREENING)
        if not passes and not remark:
            problem = _("Say what is to be changed.")
            raise RuleViolation("remark_needed", problem, [{"field": "remark", "message": problem}])
        if passes:
            _open_vote(manuscript, route)
        fields: dict[str, Any] = {"step": Step.VOTING if passes else Step.RETURNED, "remark": remark}
        fields |= {"screened_by": actor, "screened_at": timezone.now(), "pass_rule": route.terms.pass_rule}
        _save(manuscript.submission, **fields)
        change = {"voters": [person.staff_no for person in route.voters]} if passes else {}
        action = PASSED_ON if passes else RETURNED
        audit.record(actor=actor, action=action, target=manuscript, change=change, reason=remark)
    return manuscript


def _open_vote(manuscript: Manuscript, route: Route) -> None:
    """A ballot for everybody who may vote now."""
    if not route.voters:
        raise RuleViolation(
            "nobody_votes", _("Nobody but the author holds a voting role today; name the role holders first.")
        )
    Ballot.objects.bulk_create(
        [
            Ballot(manuscript=manuscript, staff=person, author_id=manuscript.staff_id)
            for person in route.voters
        ]
    )


def manuscript_vote(*, actor: User, manuscript_id: int, choice: VoteChoice, remark: str = "") -> Manuscript:
    """Give one's vote, once; the tally decides as soon as it is clear.  Rule: HT-24.

    The same vote again changes nothing.  Raises ``NotVisible``, ``NotAllowed`` for who has no ballot,
    ``Conflict`` when one has voted otherwise or the vote is over.
    """
    with transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        _not_own(actor, manuscript)
        ballot = Ballot.objects.filter(manuscript=manuscript, staff__user=actor).first()
        if ballot is None:
            raise NotAllowed("manuscript.vote", _("You have no vote on this manuscript."))
        if ballot.choice == choice:
            return manuscript
        if ballot.choice:
            raise Conflict("voted", _("You have voted already; a vote is given once."))
        _must_be(manuscript, Step.VOTING)
        ballot.choice, ballot.remark, ballot.cast_at = choice, remark.strip(), timezone.now()
        ballot.save(update_fields=["choice", "remark", "cast_at"])
        _decide(manuscript, closed=False)
        change = {"vote": choice, "status": manuscript.status}
        audit.record(actor=actor, action=VOTED, target=manuscript, change=change, reason=ballot.remark)
    return manuscript


def manuscript_close_vote(*, actor: User, manuscript_id: int) -> Manuscript:
    """End a vote that waits for people who do not come; those who did not vote count as not for.

    Act manuscript.accept on the scheme's unit.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation``
    without a single vote, ``Conflict``.
    """
    with transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        route = route_of(manuscript, timezone.localdate())
        if route.unit_id is None:
            raise NotVisible("scheme")
        require(actor, "manuscript.accept", route.unit_id)
        _not_own(actor, manuscript)
        _must_be(manuscript, Step.VOTING)
        if not manuscript.ballots.exclude(choice="").exists():
            raise RuleViolation("no_votes", _("Nobody has voted yet; there is nothing to count."))
        _decide(manuscript, closed=True)
        audit.record(actor=actor, action=CLOSED, target=manuscript, change={"status": manuscript.status})
    return manuscript


def _decide(manuscript: Manuscript, *, closed: bool) -> None:
    """Take over what the tally says.  The manuscript is locked, so no vote is counted twice or missed."""
    choices = list(manuscript.ballots.values_list("choice", flat=True))
    pass_rule: Any = manuscript.submission.pass_rule
    said = outcome(
        pass_rule,
        entitled=len(choices),
        votes_for=choices.count(VoteChoice.FOR),
        against=choices.count(VoteChoice.AGAINST),
        closed=closed,
    )
    if said is not None:
        manuscript.status = said
        manuscript.save(update_fields=["status"])
        _save(manuscript.submission, step=Step.DECIDED, decided_at=timezone.now())


def manuscript_publish(*, actor: User, manuscript_id: int, day: date, address: str = "") -> Manuscript:
    """Say when and where an accepted manuscript was published; the roll-up of that month pays its fee, once.

    A screener, a voter or whoever may accept does, never the author.  Said again with the same day it changes
    nothing.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` for a day that is none, ``Conflict``
    when it is not accepted or the month is locked.  Rule: HT-05, HT-06.
    """
    with guards.translate(), transaction.atomic():
        manuscript = _seen(actor, manuscript_id)
        _not_own(actor, manuscript)
        if not route_of(manuscript, timezone.localdate()).may_publish(actor):
            raise NotAllowed("manuscript.publish")
        if manuscript.status == ManuscriptStatus.PUBLISHED and manuscript.published == day:
            return manuscript
        if manuscript.status != ManuscriptStatus.ACCEPTED:
            state = manuscript.get_status_display()
            raise Conflict("manuscript_moved_on", _("The manuscript is “%(state)s” by now."), state=state)
        problem = _wrong_day(manuscript, day)
        if problem:
            raise RuleViolation("wrong_day", problem, [{"field": "day", "message": problem}])
        manuscript.status, manuscript.published = ManuscriptStatus.PUBLISHED, day
        manuscript.month = day.replace(day=1)
        manuscript.save(update_fields=["status", "published", "month"])
        _save(manuscript.submission, address=address.strip(), published_by=actor, step=Step.DECIDED)
        change = {"published": day, "address": address.strip()}
        audit.record(actor=actor, action=PUBLISHED, target=manuscript, change=change)
    return manuscript


def _wrong_day(manuscript: Manuscript, day: date) -> Any:
    if day > timezone.localdate():
        return _("The day has not come yet.")
    if day < manuscript.date:
        return _("The manuscript was not handed in yet on that day.")
    return None
