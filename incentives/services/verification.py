"""Proof that a frozen month is what was locked: digests, audit row, a recomputation from its inputs."""

import hashlib
import json
import zlib

from django.utils.translation import gettext as _

from core import canonical
from core.models import AuditEvent
from incentives.calculations.frozen import MonthFacts, recompute
from incentives.models import Settlement
from incentives.services.closing import LOCKED
from incentives.services.roll_up import digest_of


def settlement_problems(settlement: Settlement) -> list[str]:
    """What is wrong with a frozen settlement, a sentence each; empty when nothing is.

    The digests are compared with the audit row of the lock as well, which is chained: who changes the result
    and its digest together is found by it.
    """
    problems = []
    if digest_of(settlement.result) != settlement.digest:
        problems.append(_("The result does not give its digest."))
    inputs = bytes(settlement.inputs or b"")
    if hashlib.sha256(inputs).hexdigest() != settlement.inputs_digest:
        problems.append(_("The inputs do not give their digest."))
    locked = AuditEvent.objects.filter(
        action=LOCKED, target_type=Settlement._meta.label_lower, target_id=str(settlement.pk)
    ).first()
    noted = (locked.change.get("digest"), locked.change.get("inputs")) if locked else ("", "")
    if noted != (settlement.digest, settlement.inputs_digest):
        problems.append(_("The digests are not those that were noted when the month was locked."))
    try:
        again = recompute(canonical.load(inputs, MonthFacts))
    except (zlib.error, json.JSONDecodeError, TypeError, ValueError, LookupError, ArithmeticError):
        problems.append(_("The inputs cannot be read."))
    else:
        if again != settlement.result:
            problems.append(_("A recomputation from the inputs does not give the result."))
    return problems
