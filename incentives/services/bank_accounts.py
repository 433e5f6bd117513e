"""Where people are paid: their bank accounts, kept sealed.  Rule: domain.md §1.5, §6."""

import re
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from core import audit
from core.exceptions import NotAllowed, NotVisible, RuleViolation
from core.models import User
from core.sealing import seal, unseal
from departments.models import Staff
from departments.permissions import reach_of
from incentives.models import BankAccount

ACCOUNT_SET = audit.register_action("bank_account.set", _("bank account changed"))
ACCOUNT_READ = audit.register_action("bank_account.read", _("bank account number read"))

ACCOUNT_NUMBER = re.compile(r"[0-9]{8,32}")
#: letters with what stands between them in names; nothing that a spreadsheet takes for a formula
HOLDER = re.compile(r"[^\W\d_](?:[^\W\d_]|[·•. ()（）])*")


WRONG_NUMBER = _("An account number has 8 to 32 digits.")
WRONG_HOLDER = _("The account must be in the person's own name, written as in the staff list.")


def _is_own(holder: str, staff: Staff) -> bool:
    return HOLDER.fullmatch(holder.strip()) is not None and holder.strip() == staff.name


def account_problems(staff: Staff, digits: str, holder: str) -> list[str]:
    """What is wrong with an account before it is kept, a sentence each."""
    found = [] if ACCOUNT_NUMBER.fullmatch(digits) else [str(WRONG_NUMBER)]
    return found if _is_own(holder, staff) else [*found, str(WRONG_HOLDER)]


def _wrong(field: str, message: Any) -> RuleViolation:
    return RuleViolation("invalid", message, [{"field": field, "message": message}])


def bank_account_set(
    *, actor: User, staff_id: int, number: str, holder: str, branch: str = ""
) -> BankAccount:
    """Say where a person is paid; the same again changes nothing.  Act bank_account.edit.

    ``number``: 8–32 digits, spaces are left out; ``holder``: the name on the account, which must be the
    person's.  Raises ``NotVisible``, ``NotAllowed``, ``RuleViolation`` by field.
    """
    with transaction.atomic():
        staff = Staff.objects.select_for_update(of=("self",)).filter(pk=staff_id).first()
        reach = reach_of(actor)
        if staff is None or not reach.allows("bank_account.edit", staff.root_id):
            raise NotVisible("staff")
        if staff.user_id == actor.pk:
            raise NotAllowed("own_line", _("Nobody changes their own bank account; ask a colleague."))
        digits = re.sub(r"[\s-]", "", number)
        if not ACCOUNT_NUMBER.fullmatch(digits):
            raise _wrong("number", WRONG_NUMBER)
        if not _is_own(holder, staff):
            raise _wrong("holder", WRONG_HOLDER)
        known = BankAccount.objects.filter(staff=staff).first()
        same = known is not None and (unseal(known.sealed_number), known.holder, known.branch) == (
            digits,
            holder.strip(),
            branch.strip(),
        )
        if known is not None and same:
            return known
        account, _made = BankAccount.objects.update_or_create(
            staff=staff,
            defaults={
                "holder": holder.strip(),
                "branch": branch.strip(),
                "sealed_number": seal(digits),
                "last_four": digits[-4:],
                "changed_by": actor,
            },
        )
        audit.record(actor=actor, action=ACCOUNT_SET, target=account, change={"ends_in": digits[-4:]})
    return account


def bank_account_read(*, actor: User, staff_id: int, reason: str) -> str:
    """The whole number, for a reason that stays in the records.  Raises ``NotVisible``, ``RuleViolation``."""
    account = BankAccount.objects.select_related("staff").filter(staff_id=staff_id).first()
    if account is None or not reach_of(actor).allows("bank_account.edit", account.staff.root_id):
        raise NotVisible("bank_account")
    if not reason.strip():
        problem = _("Say what you need it for.")
        raise RuleViolation("reason_needed", problem, [{"field": "reason", "message": problem}])
    with transaction.atomic():
        audit.record(actor=actor, action=ACCOUNT_READ, target=account, reason=reason.strip())
    return unseal(account.sealed_number)
