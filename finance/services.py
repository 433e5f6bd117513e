"""Writes of requests to spend: asked for by one, approved or refused by another, once.  Rule: HT-22."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
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
from core.money import ZERO
from core.templatetags.ui import money
from departments.permissions import reach_of, require
from finance.fund_board import available
from finance.models import EntryKind, Fund, FundEntry, FundKind, FundRequest, RequestState

ASKED = audit.register_action("fund.requested", _("money of a fund asked for"))
APPROVED = audit.register_action("fund.approved", _("request to spend approved"))
REFUSED = audit.register_action("fund.refused", _("request to spend refused"))
WITHDRAWN = audit.register_action("fund.withdrawn", _("request to spend withdrawn"))


def _may_read(reader: User, stored: StoredFile) -> bool:
    return bool(FundRequest.objects.visible_to(reader).filter(evidence_file=stored).exists())


EVIDENCE = register_kind("fund-evidence", _may_read)


@dataclass(frozen=True)
class Asked:
    """What somebody wants money for."""

    fund: int
    amount: Decimal
    purpose: str
    attachment: Attachment | None = None


def fund_request(*, actor: User, asked: Asked, key: UUID) -> FundRequest:
    """Ask for money of a fund.  ``key`` names the form: sent twice, it asks once.

    Act fund.request somewhere in the organisation.  Raises ``NotVisible`` for a fund of another one,
    ``NotAllowed``, ``RuleViolation`` with what is wrong by field.
    """
    reach = reach_of(actor)
    fund = Fund.objects.filter(pk=asked.fund).first()
    if fund is None or not (reach.everything or fund.root_id in reach.roots):
        raise NotVisible("fund")
    if not (reach.everything or reach.units_for("fund.request")):
        raise NotAllowed("fund.request")
    errors: list[dict[str, Any]] = []
    if asked.amount <= ZERO:
        errors.append({"field": "amount", "message": _("Enter an amount above 0.")})
    if not asked.purpose.strip():
        errors.append({"field": "purpose", "message": _("Say what the money is for.")})
    if errors:
        raise RuleViolation("request_incomplete", _("Something is missing; see below."), errors)
    with transaction.atomic():
        request, made = FundRequest.objects.get_or_create(
            form_key=key,
            defaults={
                "fund": fund,
                "root_id": fund.root_id,
                "amount": asked.amount,
                "purpose": asked.purpose.strip(),
                "requested_by": actor,
            },
        )
        if not made and request.requested_by_id != actor.pk:
            raise NotVisible("request")
        if made:
            stored = None
            if asked.attachment is not None:
                stored = file_store(
                    owner=actor,
                    kind=EVIDENCE,
                    name=asked.attachment.name,
                    content=asked.attachment.content,
                    content_type=asked.attachment.content_type,
                )
                request.evidence_file = stored
                request.save(update_fields=["evidence_file"])
            change = {"amount": asked.amount, "file": stored.sha256 if stored else ""}
            audit.record(
                actor=actor, action=ASKED, target=request, change=change, reason=asked.purpose.strip()
            )
    return request


def _locked(actor: User, request_id: int) -> FundRequest:
    """The request under the lock of its organisation: no two decisions there count the same money."""
    seen = (
        FundRequest.objects.visible_to(actor).filter(pk=request_id).values_list("root_id", flat=True).first()
    )
    if seen is None:
        raise NotVisible("request")
    guards.hold_root(seen)
    request: FundRequest = (
        FundRequest.objects.select_for_update(of=("self",)).select_related("fund").get(pk=request_id)
    )
    return request


def _waiting(request: FundRequest) -> None:
    if request.state != RequestState.WAITING:
        raise Conflict(
            "request_settled", _("This request is “%(state)s” already."), state=request.get_state_display()
        )


def _decides(actor: User, request: FundRequest) -> None:
    require(actor, "fund.approve", request.root_id)
    if request.requested_by_id == actor.pk:
        raise NotAllowed("own_line", _("Nobody decides about a request of their own."))


def fund_request_approve(*, actor: User, request_id: int, day: date) -> FundRequest:
    """Approve a request: it becomes one entry of the fund on ``day``, a spending or a release.

    Act fund.approve on the organisation, never the one who asked.  Raises ``NotVisible``, ``NotAllowed``,
    ``RuleViolation`` for a day to come or when the fund has less than that, ``Conflict`` when it is decided
    already or the month is locked.
    """
    with guards.translate(), transaction.atomic():
        request = _locked(actor, request_id)
        _decides(actor, request)
        _waiting(request)
        if day > timezone.localdate():
            problem = _("The day has not come yet.")
            raise RuleViolation("wrong_day", problem, [{"field": "day", "message": problem}])
        left = available(request.fund, day)
        if request.amount > left:
            raise RuleViolation(
                "overdraft",
                _("The fund has %(left)s left; %(amount)s cannot be paid from it."),
                left=money(left),
                amount=money(request.amount),
            )
        request.entry = FundEntry.objects.create(
            ident=f"fr-{request.form_key.hex[:20]}",
            fund=request.fund,
            root_id=request.root_id,
            date=day,
            month=day.replace(day=1),
            kind=EntryKind.RELEASE if request.fund.kind == FundKind.WITHHELD else EntryKind.SPEND,
            amount=request.amount,
            note=request.purpose,
        )
        _settle(request, RequestState.APPROVED, actor)
        change = {"amount": request.amount, "entry": request.entry.ident, "day": day, "left": left}
        audit.record(actor=actor, action=APPROVED, target=request, change=change)
    return request


def fund_request_refuse(*, actor: User, request_id: int, reason: str) -> FundRequest:
    """Refuse a request.  Raises as ``fund_request_approve``, and ``RuleViolation`` without a reason."""
    with transaction.atomic():
        request = _locked(actor, request_id)
        _decides(actor, request)
        if not reason.strip():
            problem = _("Say why it is refused.")
            raise RuleViolation("reason_needed", problem, [{"field": "reason", "message": problem}])
        _waiting(request)
        request.reason = reason.strip()
        _settle(request, RequestState.REFUSED, actor)
        audit.record(actor=actor, action=REFUSED, target=request, reason=request.reason)
    return request


def fund_request_withdraw(*, actor: User, request_id: int) -> FundRequest:
    """Take a request of one's own back while it waits; a second time changes nothing."""
    with transaction.atomic():
        request = _locked(actor, request_id)
        if request.requested_by_id != actor.pk:
            raise NotAllowed("fund.withdraw")
        if request.state == RequestState.WITHDRAWN:
            return request
        _waiting(request)
        _settle(request, RequestState.WITHDRAWN, actor)
        audit.record(actor=actor, action=WITHDRAWN, target=request)
    return request


def _settle(request: FundRequest, state: RequestState, actor: User) -> None:
    request.state, request.decided_by, request.decided_at = state, actor, timezone.now()
    request.save(update_fields=["state", "decided_by", "decided_at", "reason", "entry"])
