"""What a frozen month was computed from, as far as a page needs it: read from its frozen inputs."""

from core import canonical
from incentives.calculations.frozen import MonthFacts
from incentives.calculations.month import PoolFacts
from incentives.models import Settlement


def frozen_pool_facts(settlement: Settlement | None) -> PoolFacts | None:
    """The facts of the pools of a frozen month; ``None`` while the month is open.  One query."""
    if settlement is None or not settlement.period.is_frozen:
        return None
    inputs = Settlement.objects.filter(pk=settlement.pk).values_list("inputs", flat=True).first()
    if not inputs:
        return None
    facts: PoolFacts = canonical.load_field(bytes(inputs), MonthFacts, "pool")
    return facts
