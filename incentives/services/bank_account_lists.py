"""Many bank accounts at once, pasted as rows of a spreadsheet: checked line by line, kept all or none.

Rule: domain.md §1.5, §6.
"""

import re
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core.exceptions import NotVisible, RuleViolation
from core.models import User
from core.sealing import unseal
from departments.models import Staff
from departments.permissions import reach_of
from incentives.models import BankAccount
from incentives.selectors.payment_board import people_to_pay
from incentives.services.bank_accounts import account_problems, bank_account_set

MOST_LINES = 1000
SEPARATORS = re.compile(r"\t|[,;，；]")
NEW, CHANGED, SAME = "new", "changed", "same"


@dataclass
class AccountLine:
    """A pasted line.  ``number`` is the account's; what is shown of it are ``last_four``.

    ``change``: new, changed or same, for a line without ``problems``.
    """

    place: int
    staff_no: str
    number: str
    holder: str
    branch: str
    staff: Staff | None = None
    change: str = ""
    problems: list[str] = field(default_factory=list)

    @property
    def last_four(self) -> str:
        return self.number[-4:] if self.number.isdecimal() else ""


def _split(text: str) -> list[AccountLine]:
    lines: list[AccountLine] = []
    for place, raw in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in SEPARATORS.split(raw)]
        if not any(cells):
            continue
        staff_no, number, holder, branch = [*cells, "", "", "", ""][:4]
        digits = re.sub(r"[\s-]", "", number)
        # The heading of a copied sheet: no digit where the number should be.
        if not lines and not re.search(r"\d", staff_no + number):
            continue
        lines.append(AccountLine(place, staff_no, digits, holder, branch))
    return lines


def accounts_check(actor: User, text: str) -> list[AccountLine]:
    """The lines (staff number, account number, holder, branch) with all that is wrong; two queries.

    Raises ``NotVisible`` without the right, ``RuleViolation`` for nothing or too much at once.
    """
    lines = _split(text)
    if not lines:
        raise _wrong(_("Paste at least one line: staff number, account number, holder, branch."))
    if len(lines) > MOST_LINES:
        raise _wrong(_("At most %(most)s lines at once.") % {"most": MOST_LINES})
    people: dict[str, Any] = {
        one.staff_no: one
        for one in people_to_pay(actor).filter(staff_no__in={line.staff_no for line in lines})
    }
    if not reach_of(actor).allows("bank_account.edit"):
        raise NotVisible("bank_account")
    seen: set[str] = set()
    for line in lines:
        line.staff = people.get(line.staff_no)
        if line.staff is None:
            line.problems.append(_("There is nobody with this staff number."))
            continue
        line.holder = line.holder or line.staff.name
        if line.staff_no in seen:
            line.problems.append(_("This person stands in the list twice."))
        seen.add(line.staff_no)
        if line.staff.user_id == actor.pk:
            line.problems.append(_("Nobody changes their own bank account; ask a colleague."))
        line.problems += account_problems(line.staff, line.number, line.holder)
        if "E+" in line.number.upper():
            line.problems.append(_("The spreadsheet shortened the number; format its column as text."))
        if not line.problems:
            line.change = _change(getattr(line.staff, "bank_account", None), line)
    return lines


def _change(known: BankAccount | None, line: AccountLine) -> str:
    if known is None:
        return NEW
    as_it_is = (unseal(known.sealed_number), known.holder, known.branch)
    return SAME if as_it_is == (line.number, line.holder, line.branch) else CHANGED


def accounts_set(actor: User, text: str) -> int:
    """Keep all of them, each with its row in the audit; gives how many were new or changed.

    Raises ``RuleViolation`` when a line is wrong: then none is kept.
    """
    with transaction.atomic():
        lines = accounts_check(actor, text)
        if any(line.problems for line in lines):
            raise _wrong(_("Nothing was kept: some lines are wrong."))
        changed = [line for line in lines if line.change != SAME]
        for line in changed:
            if line.staff is None:
                raise NotVisible("staff")
            bank_account_set(
                actor=actor,
                staff_id=line.staff.pk,
                number=line.number,
                holder=line.holder,
                branch=line.branch,
            )
    return len(changed)


def _wrong(message: str) -> RuleViolation:
    return RuleViolation("invalid", message, [{"field": "text", "message": message}])
