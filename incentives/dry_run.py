"""What computing a month now would give, beside what is stored: nothing is written.

The same facts and the same calculation as the lock's (``roll_up.compute_and_store``), so that a month whose
dry run finds nothing new is locked with the approved figures.
"""

import json
from dataclasses import dataclass
from typing import Any

from core.months import Month
from departments.models import Unit
from departments.selectors import unit_tree
from incentives.calculations.differences import MonthDifferences, differences
from incentives.calculations.frozen import recompute
from incentives.calculations.result import SECTIONS
from incentives.models import Settlement
from incentives.services.roll_up import digest_of, month_facts

EMPTY: dict[str, Any] = {section: [] for section in SECTIONS}


@dataclass(frozen=True)
class DryRun:
    """``equal``: byte for byte what is stored, so that nothing moves."""

    digest: str
    stored: str
    differences: MonthDifferences

    @property
    def equal(self) -> bool:
        return self.digest == self.stored


def dry_run(root: Unit, month: Month) -> DryRun:
    """Compute ``month`` from the facts as they are.  A fixed number of queries; no row is touched.

    A month that was never computed is compared with an empty one.
    """
    text = recompute(month_facts(root, month, unit_tree(month.last)))
    stored = (
        Settlement.objects.filter(period__root=root, period__month=month.first, revision__gt=0)
        .values_list("digest", "result")
        .first()
    )
    digest, result = stored or ("", "")
    before = json.loads(result) if result else EMPTY
    return DryRun(digest_of(text), digest, differences(before, json.loads(text)))
