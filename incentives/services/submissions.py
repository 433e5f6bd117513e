"""Manuscripts of people without a log-in: links, consent, the state of one's own, a contact that is read.

Rule: HT-23, domain.md §6.1.  Kept are the name, the text and, if given, a contact (sealed); no address of a
computer.  Taking the consent back is as easy as giving it.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core import audit, guards
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.models import User
from core.sealing import seal, unseal
from core.tokens import digest_of
from departments.permissions import reach_of, require
from incentives.calculations.manuscripts import count_characters
from incentives.models import (
    AuthorKind,
    Manuscript,
    ManuscriptStatus,
    Step,
    Submission,
    SubmissionLink,
)
from incentives.selectors.manuscript_routes import latest_version, route_of, terms_by_kind
from incentives.services.manuscripts import (
    Draft,
    draft_problems,
    incomplete,
    manuscript_locked,
    rewrite,
    step_now,
    take_back,
)

LINK_MADE = audit.register_action("manuscript.link_made", _("submission link made"))
LINK_REVOKED = audit.register_action("manuscript.link_revoked", _("submission link revoked"))
RECEIVED = audit.register_action("manuscript.received", _("manuscript received by link"))
REVISED = audit.register_action("manuscript.revised_by_link", _("manuscript revised by link"))
CONSENT_ENDED = audit.register_action("manuscript.consent_ended", _("consent taken back"))
CONTACT_READ = audit.register_action("manuscript.contact_read", _("contact of an author read"))

#: people copy these from a screen: no letter that looks like a digit
LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH, CODE_LENGTH = 8, 16
#: the kinds of authors that come by a link
GUESTS = (AuthorKind.PHARMACIST, AuthorKind.CUSTOMER)
#: what stands where a name was
ANONYMOUS = "—"


def link_create(*, actor: User, scheme_code: str, name: str, days: int, key: UUID) -> SubmissionLink:
    """An address for authors without a log-in.  ``key`` names the form: sent twice, it makes one link.

    Act manuscript.link on the scheme's unit.  Raises ``NotVisible`` for an unknown scheme, ``NotAllowed``.
    """
    version = latest_version(scheme_code, timezone.localdate())
    reach = reach_of(actor)
    if version is None or not (reach.everything or version.root_id in reach.roots):
        raise NotVisible("scheme")
    require(actor, "manuscript.link", version.unit_id)
    token = secrets.token_urlsafe(32)
    with transaction.atomic():
        link, made = SubmissionLink.objects.get_or_create(
            form_key=key,
            defaults={
                "scheme_code": scheme_code,
                "root_id": version.root_id,
                "unit_id": version.unit_id,
                "name": name.strip(),
                "digest": digest_of(token),
                "sealed_token": seal(token),
                "created_by": actor,
                "expires_at": timezone.now() + timedelta(days=days),
            },
        )
        if not made and link.created_by_id != actor.pk:
            raise NotVisible("link")
        if made:
            audit.record(
                actor=actor, action=LINK_MADE, target=link, change={"scheme": scheme_code, "days": days}
            )
    return link


def link_revoke(*, actor: User, link_id: int) -> SubmissionLink:
    """End a link at once; a second time changes nothing.  Raises ``NotVisible``."""
    with transaction.atomic():
        link: SubmissionLink | None = SubmissionLink.objects.select_for_update().filter(pk=link_id).first()
        reach = reach_of(actor)
        if link is None or not (reach.everything or reach.allows("manuscript.link", link.unit_id)):
            raise NotVisible("link")
        if link.revoked_at is None:
            link.revoked_at = timezone.now()
            link.save(update_fields=["revoked_at"])
            audit.record(actor=actor, action=LINK_REVOKED, target=link)
    return link


def link_opened(token: str) -> SubmissionLink:
    """The live link with this token.  Raises ``NotVisible`` for one that never was, ended or is revoked."""
    link: SubmissionLink | None = (
        SubmissionLink.objects.select_related("root").filter(digest=digest_of(token)).first()
    )
    if link is None or not link.is_live(timezone.now()):
        raise NotVisible("link")
    return link


@dataclass(frozen=True)
class Guest:
    """An author without a log-in.  ``consent`` names the version of the text they agreed to."""

    name: str
    contact: str = ""
    consent: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the author keeps; the code is told this once and is empty when the form was sent before."""

    reference: str
    code: str


def _drawn(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))


def cleaned(typed: str) -> str:
    """A reference number or code as it was drawn, however it was typed."""
    return "".join(one for one in typed.upper() if one in LETTERS)


def manuscript_receive(*, link: SubmissionLink, draft: Draft, guest: Guest, key: UUID) -> Receipt:
    """Take a manuscript that came by a link.  ``key`` names the form: sent twice, it is taken once.

    Raises ``NotVisible`` when the link has ended meanwhile, ``RuleViolation`` with what is wrong by field.
    """
    today = timezone.localdate()
    errors = []
    if not guest.name.strip():
        errors.append({"field": "name", "message": _("Write your name; the fee goes to it.")})
    if draft.kind not in GUESTS:
        errors.append({"field": "kind", "message": _("Say whether you write as a pharmacist or a customer.")})
    errors += draft_problems(draft, terms_by_kind(link.scheme_code, today).get(draft.kind))
    if not guest.consent:
        errors.append({"field": "consent", "message": _("Without your consent we may not keep your text.")})
    if errors:
        raise incomplete(errors)
    ident, code = f"m-{key.hex[:20]}", _drawn(CODE_LENGTH)
    try:
        with guards.translate(), transaction.atomic():
            if not SubmissionLink.objects.select_for_update().get(pk=link.pk).is_live(timezone.now()):
                raise NotVisible("link")
            known = Submission.objects.filter(manuscript__ident=ident).first()
            if known is not None:
                if known.link_id != link.pk:
                    raise NotVisible("link")
                return Receipt(known.reference or "", "")
            manuscript = Manuscript.objects.create(
                ident=ident,
                date=today,
                root_id=link.root_id,
                title=draft.title.strip(),
                author_kind=draft.kind,
                author=guest.name.strip(),
                characters=count_characters(draft.text),
                scheme_code=link.scheme_code,
            )
            submission = Submission.objects.create(
                manuscript=manuscript,
                text=draft.text.strip(),
                link=link,
                reference=_drawn(REFERENCE_LENGTH),
                code_digest=digest_of(code),
                sealed_contact=seal(guest.contact.strip()) if guest.contact.strip() else "",
                consent=guest.consent,
                consented_at=timezone.now(),
            )
            change = {"ident": ident, "kind": draft.kind, "characters": manuscript.characters}
            change |= {"link": link.pk, "consent": guest.consent}
            audit.record(actor=None, action=RECEIVED, target=link, change=change)
    except IntegrityError as error:
        raise Conflict("received", _("This manuscript was received already.")) from error
    return Receipt(submission.reference or "", code)


def own_submission(*, reference: str, code: str) -> Manuscript:
    """The manuscript with this number and code.  Raises ``NotVisible`` alike for a wrong number or code."""
    rows = Submission.objects.select_related("manuscript__root").filter(
        reference=cleaned(reference), code_digest=digest_of(cleaned(code))
    )
    submission = rows.first() if cleaned(reference) and cleaned(code) else None
    if submission is None:
        raise NotVisible("submission")
    manuscript: Manuscript = submission.manuscript
    manuscript.submission = submission
    return manuscript


def own_submission_revise(*, reference: str, code: str, draft: Draft) -> Manuscript:
    """Hand a returned manuscript in again.  Raises as ``own_submission``, ``RuleViolation``, ``Conflict``."""
    with transaction.atomic():
        manuscript = manuscript_locked(own_submission(reference=reference, code=code).pk)
        if step_now(manuscript) != Step.RETURNED:
            raise Conflict("manuscript_moved_on", _("The manuscript is not waiting for you."))
        terms = terms_by_kind(manuscript.scheme_code, timezone.localdate())[manuscript.author_kind]
        if errors := draft_problems(draft, terms):
            raise incomplete(errors)
        rewrite(manuscript, draft)
        change = {"characters": manuscript.characters}
        audit.record(actor=None, action=REVISED, target=manuscript.submission.link, change=change)
    return manuscript


def own_submission_end(*, reference: str, code: str) -> Manuscript:
    """Take the consent back: text and contact are erased, before publication the name and the title too.

    What was published stays published, and the name of who is paid stays with the accounts; a second time
    changes nothing.  Raises ``NotVisible``.
    """
    with transaction.atomic():
        manuscript = manuscript_locked(own_submission(reference=reference, code=code).pk)
        submission = manuscript.submission
        if submission.consent_ended_at is not None:
            return manuscript
        if manuscript.status != ManuscriptStatus.PUBLISHED:
            if step_now(manuscript) != Step.WITHDRAWN:
                take_back(manuscript)
            manuscript.author = manuscript.title = ANONYMOUS
            manuscript.save(update_fields=["author", "title"])
        submission.text = submission.sealed_contact = ""
        submission.consent_ended_at = timezone.now()
        submission.save(update_fields=["text", "sealed_contact", "consent_ended_at"])
        change = {"ident": manuscript.ident, "status": manuscript.status}
        audit.record(actor=None, action=CONSENT_ENDED, target=submission.link, change=change)
    return manuscript


def contact_read(*, actor: User, manuscript_id: int, reason: str) -> str:
    """The contact of an author, to ask or to pay; who read it and why is recorded.

    Those who screen or publish it, and those who pay (act month.pay).  Raises ``NotVisible``, ``NotAllowed``,
    ``RuleViolation`` without a reason.  Rule: domain.md §6.1 (masking).
    """
    with transaction.atomic():
        if not Manuscript.objects.visible_to(actor).filter(pk=manuscript_id).exists():
            raise NotVisible("manuscript")
        manuscript = manuscript_locked(manuscript_id)
        if not manuscript.submission.sealed_contact:
            raise NotVisible("contact")
        if not may_read_contact(actor, manuscript):
            raise NotAllowed("manuscript.contact")
        if not reason.strip():
            problem = _("Say what you need it for.")
            raise RuleViolation("reason_needed", problem, [{"field": "reason", "message": problem}])
        audit.record(actor=actor, action=CONTACT_READ, target=manuscript, reason=reason.strip())
    return unseal(manuscript.submission.sealed_contact)


def may_read_contact(user: User, manuscript: Manuscript) -> bool:
    """Whether the person may read the contact; needs the submission."""
    route = route_of(manuscript, timezone.localdate())
    reach = reach_of(user)
    pays = reach.everything or reach.allows("month.pay", manuscript.root_id)
    return pays or route.may_screen(user) or route.may_publish(user)
