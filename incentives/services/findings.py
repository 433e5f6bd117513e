"""Writes of findings: proposed by one, confirmed by another, answered by whom they hit, withdrawn with a
reason.  Rule: HT-09 … HT-20, HT-29.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from campaigns.models import Campaign, Store
from core import audit, guards
from core.attachments import Attachment
from core.exceptions import Conflict, NotAllowed, NotVisible, RuleViolation
from core.files import file_store, register_kind
from core.models import StoredFile, User
from core.months import Month
from departments.models import Staff
from departments.permissions import require
from incentives.calculations.findings import acting_span
from incentives.models import (
    Finding,
    FindingAnswer,
    FindingMode,
    FindingRule,
    FindingScope,
    FindingStatus,
    PoolRole,
)
from incentives.selectors.finding_board import people_hit, roots_to_propose, rule_of, rule_on
from kpi.selectors.appeals import appeal_window

PROPOSED = audit.register_action("finding.proposed", _("finding proposed"))
CONFIRMED = audit.register_action("finding.confirmed", _("finding confirmed"))
WITHDRAWN = audit.register_action("finding.withdrawn", _("finding withdrawn"))
ANSWERED = audit.register_action("finding.answered", _("finding answered"))


def _may_read(reader: User, stored: StoredFile) -> bool:
    return bool(Finding.objects.visible_to(reader).filter(evidence_file=stored).exists())


EVIDENCE = register_kind("finding-evidence", _may_read)


@dataclass(frozen=True)
class Proposal:
    """What somebody says has happened.  ``occurrences`` empty = once; ``percent`` is a share of 1."""

    scheme: str
    rule: str
    day: date
    note: str
    campaign: Campaign | None = None
    store: Store | None = None
    occurrences: int | None = None
    percent: Decimal | None = None
    evidence: str = ""
    assessor: str = ""
    attachment: Attachment | None = None


def _problems(given: Proposal, rule: FindingRule | None) -> list[dict[str, Any]]:
    """What is missing or wrong, by field; the same conditions as in a workbook."""
    found: list[tuple[str, Any]] = []
    if given.day > timezone.localdate():
        found.append(("date", _("The day has not come yet.")))
    if rule is None:
        found.append(("rule", _("This rule does not hold on the day.")))
    else:
        if rule.scope == FindingScope.CAMPAIGN and given.campaign is None:
            found.append(("campaign", _("A finding under this rule needs its campaign.")))
        if given.campaign is not None and given.campaign.root_id != rule.scheme.root_id:
            found.append(("campaign", _("The campaign belongs to another organisation.")))
        if given.store is not None and given.store.root_id != rule.scheme.root_id:
            found.append(("store", _("The store belongs to another organisation.")))
        if rule.mode == FindingMode.PERCENT and given.percent is None:
            found.append(("percent", _("A finding under this rule needs its percentage.")))
    if given.percent is not None and not 0 <= given.percent <= 1:
        found.append(("percent", _("Enter a percentage from 0 to 100.")))
    if given.occurrences is not None and given.occurrences < 1:
        found.append(("occurrences", _("At least one; leave it empty for one.")))
    if not given.note.strip():
        found.append(("note", _("Say what happened.")))
    if not given.evidence.strip() and given.attachment is None:
        found.append(("evidence", _("Say what shows it, or add a file.")))
    return [{"field": field, "message": message} for field, message in found]


def finding_propose(*, actor: User, given: Proposal, key: UUID) -> Finding:
    """Propose a finding; it takes nothing until another person confirms it.  ``key`` names the form: sent
    twice, it proposes once.

    Whoever leads somewhere in the organisation may propose, also about another department (HT-17).  Raises
    ``NotAllowed``, ``RuleViolation`` with what is wrong by field, and ``Conflict`` in a locked month.
    """
    roots = roots_to_propose(actor)
    if roots is not None and not roots:
        raise NotAllowed("finding.propose")
    rule = rule_on(actor, given.scheme, given.rule, given.day)
    if errors := _problems(given, rule):
        raise RuleViolation("finding_incomplete", _("Something is missing; see below."), errors)
    if rule is None:
        raise NotVisible("rule")
    with guards.translate(), transaction.atomic():
        ident = f"p-{key.hex[:20]}"
        known = Finding.objects.filter(ident=ident).first()
        if known is not None:
            return known
        stored = None
        if given.attachment is not None:
            stored = file_store(
                owner=actor,
                kind=EVIDENCE,
                name=given.attachment.name,
                content=given.attachment.content,
                content_type=given.attachment.content_type,
            )
        scope: Any = rule.scope
        acts_from, acts_to = acting_span(scope, given.day)
        finding, made = Finding.objects.get_or_create(
            ident=ident,
            defaults={
                "scheme_code": given.scheme,
                "rule_code": given.rule,
                "root_id": rule.scheme.root_id,
                "date": given.day,
                "acts_from": acts_from,
                "acts_to": acts_to,
                "campaign": given.campaign,
                "store": given.store,
                "occurrences": given.occurrences,
                "percent": given.percent,
                "note": given.note.strip(),
                "evidence": given.evidence.strip(),
                "evidence_file": stored,
                "assessor": given.assessor.strip() or _assessor(rule),
                "proposed_by": actor,
            },
        )
        if made:
            change = {"rule": f"{given.scheme}/{given.rule}", "date": given.day, "percent": given.percent}
            change |= {"occurrences": given.occurrences, "file": stored.sha256 if stored else ""}
            audit.record(actor=actor, action=PROPOSED, target=finding, change=change, reason=finding.note)
    return finding


def _assessor(rule: FindingRule) -> str:
    """Who assesses the role, as the scheme says.  Rule: HT-29."""
    role = PoolRole.objects.filter(scheme=rule.scheme_id, role=rule.role).first()
    if role is None or not role.assessor:
        return ""
    named = PoolRole.objects.filter(scheme=rule.scheme_id, role=role.assessor).first()
    return named.name if named else role.assessor


def _locked(actor: User, finding_id: int) -> tuple[Finding, FindingRule]:
    """The finding under a row lock, with its rule.  Raises ``NotVisible``."""
    finding: Finding | None = None
    if Finding.objects.visible_to(actor).filter(pk=finding_id).exists():
        finding = Finding.objects.select_for_update(of=("self",)).filter(pk=finding_id).first()
    rule = rule_of(finding) if finding else None
    if finding is None or rule is None:
        raise NotVisible("finding")
    return finding, rule


def _not_hit(actor: User, finding: Finding, rule: FindingRule) -> None:
    if any(person.user_id == actor.pk for person in people_hit(finding, rule.role)):
        raise NotAllowed("own_line", _("Nobody decides about a finding against themselves."))


def finding_confirm(*, actor: User, finding_id: int) -> Finding:
    """Let a finding act.  Neither the proposer nor somebody it hits confirms it.

    Raises ``NotVisible``; ``NotAllowed``; ``Conflict`` when it is no proposal any more or acts on a locked
    month.
    """
    with guards.translate(), transaction.atomic():
        finding, rule = _locked(actor, finding_id)
        require(actor, "finding.confirm", rule.scheme.unit_id)
        if finding.proposed_by_id == actor.pk:
            raise NotAllowed("same_person", _("Nobody confirms what they proposed."))
        _not_hit(actor, finding, rule)
        if finding.status != FindingStatus.PROPOSED:
            raise Conflict(
                "finding_settled",
                _("This finding is “%(state)s” already."),
                state=finding.get_status_display(),
            )
        finding.status, finding.confirmed_by = FindingStatus.CONFIRMED, actor
        finding.save(update_fields=["status", "confirmed_by"])
        audit.record(actor=actor, action=CONFIRMED, target=finding, change={"ident": finding.ident})
    return finding


def finding_withdraw(*, actor: User, finding_id: int, reason: str) -> Finding:
    """Take a finding back with a reason: its proposer while it waits, or whoever may confirm.

    Raises ``NotVisible``; ``NotAllowed``; ``RuleViolation`` without a reason; ``Conflict`` when it is
    withdrawn already or acts on a locked month.
    """
    with guards.translate(), transaction.atomic():
        finding, rule = _locked(actor, finding_id)
        waits = finding.status == FindingStatus.PROPOSED
        if not (waits and finding.proposed_by_id == actor.pk):
            require(actor, "finding.confirm", rule.scheme.unit_id)
            _not_hit(actor, finding, rule)
        if not reason.strip():
            problem = _("Say why it is withdrawn.")
            raise RuleViolation("reason_needed", problem, [{"field": "reason", "message": problem}])
        if finding.status == FindingStatus.WITHDRAWN:
            raise Conflict("finding_withdrawn", _("This finding is withdrawn already."))
        finding.status, finding.withdrawal = FindingStatus.WITHDRAWN, reason.strip()
        finding.save(update_fields=["status", "withdrawal"])
        audit.record(actor=actor, action=WITHDRAWN, target=finding, reason=finding.withdrawal)
    return finding


def finding_answer(*, actor: User, finding_id: int, text: str) -> FindingAnswer:
    """What a person whom the finding hits says to it, before or after it is confirmed.

    The same words again change nothing.  Raises ``NotVisible`` for those it does not hit, ``RuleViolation``
    without words, for a withdrawn finding, and once the window of its month is over.
    """
    text = text.strip()
    with transaction.atomic():
        finding, rule = _locked(actor, finding_id)
        hit = people_hit(finding, rule.role)
        staff: Staff | None = next((person for person in hit if person.user_id == actor.pk), None)
        if staff is None:
            raise NotVisible("finding")
        if not text:
            problem = _("Write your answer.")
            raise RuleViolation("text_needed", problem, [{"field": "text", "message": problem}])
        known = FindingAnswer.objects.filter(finding=finding, staff=staff).first()
        if known is not None and known.text == text:
            return known
        if finding.status == FindingStatus.WITHDRAWN:
            raise RuleViolation("finding_withdrawn", _("The finding is withdrawn; it takes nothing."))
        window = appeal_window(staff, Month.of(finding.acts_from))
        if window.end is not None and not window.is_open:
            raise RuleViolation(
                "window_over", _("The time to answer ended on %(day)s."), day=date_format(window.end)
            )
        if known is None:
            known = FindingAnswer(finding=finding, staff=staff)
        known.text = text
        known.save()
        audit.record(actor=actor, action=ANSWERED, target=finding, reason=text)
    return known
