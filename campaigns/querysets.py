"""Which plans and campaigns a person may see."""

from typing import TYPE_CHECKING, Any

from django.db.models import Exists, OuterRef, Q

from departments.permissions import Reach, reach_of
from departments.querysets import UnitOwnedQuerySet

if TYPE_CHECKING:
    from core.models import User


def _drafted_by(user: "User", reach: Reach) -> Q:
    """Those one drafted, in the organisations one belongs to; empty for who belongs to none."""
    return Q(author_id=user.pk, root_id__in=reach.roots) if reach.roots else Q(pk__in=())


class CampaignQuerySet(UnitOwnedQuerySet):
    def visible_to(self, user: "User") -> Any:
        """Those of the units one is responsible for, those one drafted, and those with a task for oneself or
        for one of one's units: what is handed over is seen on both sides.  Rule: HT-03.
        """
        from campaigns.models.tasks import CampaignTask

        reach = reach_of(user)
        if reach.everything:
            return self
        concerned = Q(unit_id__in=reach.units) | Q(to_unit_id__in=reach.units)
        if reach.staff_id is not None:  # a task without an owner is nobody's own
            concerned |= Q(owner_id=reach.staff_id)
        asked = CampaignTask.objects.filter(concerned, campaign=OuterRef("pk"))
        return self.filter(Q(unit_id__in=reach.units) | _drafted_by(user, reach) | Exists(asked))


class PlanQuerySet(UnitOwnedQuerySet):
    def visible_to(self, user: "User") -> Any:
        """Those of the units one is responsible for, and those one drafted."""
        reach = reach_of(user)
        if reach.everything:
            return self
        return self.filter(Q(unit_id__in=reach.units) | _drafted_by(user, reach))
