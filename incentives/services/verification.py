"""Proof that a frozen month is what was locked: digests, audit row, recomputation, result rows, ledger."""

import hashlib
import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core import audit, canonical
from core.models import AuditEvent
from core.months import Month
from incentives.calculations.frozen import MonthFacts, recompute
from incentives.models import Settlement
from incentives.services.closing import LOCKED
from incentives.services.ledger_verification import ledger_problems
from incentives.services.result_verification import result_row_problems
from incentives.services.roll_up import digest_of

#: what reading damaged inputs raises
UNREADABLE = (zlib.error, json.JSONDecodeError, TypeError, ValueError, LookupError, ArithmeticError)

Told = Callable[[int, int, str], None]


@dataclass(frozen=True)
class Proof:
    """One thing that was checked; ``problems``: what differs, a sentence each."""

    name: str
    title: str | Promise
    problems: list[str]

    @property
    def holds(self) -> bool:
        return not self.problems


def settlement_problems(settlement: Settlement) -> list[str]:
    """What is wrong with a frozen settlement, a sentence each; empty when nothing is.

    The digests are compared with the audit row of the lock as well, which is chained: who changes the result
    and its digest together is found by it.
    """
    return [
        problem
        for check in (result_problems, inputs_problems, lock_problems, recomputation_problems)
        for problem in check(settlement)
    ]


def month_proofs(settlement: Settlement, told: Told | None = None) -> list[Proof]:
    """Everything that can be checked about a frozen month, each with what differs.

    ``told`` is called before each check with how many are done, how many there are, and what comes now.
    """
    found = []
    for done, (name, title, check) in enumerate(CHECKS):
        if told:
            told(done, len(CHECKS), str(title))
        found.append(Proof(name, title, check(settlement)))
    return found


def result_problems(settlement: Settlement) -> list[str]:
    if digest_of(settlement.result) != settlement.digest:
        return [_("The result does not give its digest.")]
    return []


def inputs_problems(settlement: Settlement) -> list[str]:
    inputs = bytes(settlement.inputs or b"")
    if hashlib.sha256(inputs).hexdigest() != settlement.inputs_digest:
        return [_("The inputs do not give their digest.")]
    return []


def lock_problems(settlement: Settlement) -> list[str]:
    """The audit row of the lock names other digests, is missing, or does not give its own hash any more."""
    locked = AuditEvent.objects.filter(
        action=LOCKED, target_type=Settlement._meta.label_lower, target_id=str(settlement.pk)
    ).first()
    noted = (locked.change.get("digest"), locked.change.get("inputs")) if locked else ("", "")
    problems = []
    if noted != (settlement.digest, settlement.inputs_digest):
        problems.append(_("The digests are not those that were noted when the month was locked."))
    if locked is not None and audit.row_is_intact(locked.pk) is False:
        problems.append(_("The record of the lock was changed after it was chained."))
    return problems


def recomputation_problems(settlement: Settlement) -> list[str]:
    try:
        again = recompute(canonical.load(bytes(settlement.inputs or b""), MonthFacts))
    except UNREADABLE:
        return [_("The inputs cannot be read.")]
    if again != settlement.result:
        return [_("A recomputation from the inputs does not give the result.")]
    return []


def _ledger_problems(settlement: Settlement) -> list[str]:
    return ledger_problems(settlement.period.root, Month.of(settlement.period.month))


CHECKS: tuple[tuple[str, Promise, Callable[[Settlement], list[str]]], ...] = (
    ("result", gettext_lazy("The result gives its digest"), result_problems),
    ("inputs", gettext_lazy("The frozen inputs give their digest"), inputs_problems),
    ("lock", gettext_lazy("The record of the lock names the same digests"), lock_problems),
    ("again", gettext_lazy("A recomputation from the inputs gives the same result"), recomputation_problems),
    ("rows", gettext_lazy("What pages and exports read is what the result says"), result_row_problems),
    ("ledger", gettext_lazy("The ledger holds every 分 of it and nothing else"), _ledger_problems),
)
