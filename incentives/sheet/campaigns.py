"""What the sheet says about campaigns besides their pools: those not settled, and changed comparisons."""

from dataclasses import dataclass

from django.utils import timezone, translation

from campaigns.models.results import Uplift, UpliftStatus
from campaigns.selectors.changes import changes_printed
from core.months import Month
from departments.models import Unit
from incentives.sheet import wording
from incentives.sheet.content import ChangeNote, Unsettled

# The sheet is Chinese, whoever exports it.
LANGUAGE = "zh-hans"


@dataclass(frozen=True)
class CampaignNotes:
    unsettled: tuple[Unsettled, ...]
    changes: tuple[ChangeNote, ...]


def read_campaigns(root: Unit, month: Month) -> CampaignNotes:
    """Two queries, a third for the names of plans.

    Rule: KQ-04: a comparison changed after the approval of its campaign is printed on every statement.
    """
    rows = list(
        Uplift.objects.filter(root=root, month=month.first)
        .order_by("campaign__code")
        .values_list("campaign_id", "campaign__name", "status", "missing")
    )
    return CampaignNotes(
        tuple(
            Unsettled(name, wording.lacks(missing))
            for _campaign, name, status, missing in rows
            if status == UpliftStatus.MISSING
        ),
        _changes({campaign: name for campaign, name, _status, _missing in rows}),
    )


def _changes(campaigns: dict[int, str]) -> tuple[ChangeNote, ...]:
    if not campaigns:
        return ()
    with translation.override(LANGUAGE):
        printed = changes_printed(campaigns)
        return tuple(
            ChangeNote(
                campaign=name,
                term=term.label,
                before=term.before,
                after=term.after,
                on=timezone.localdate(line.change.decided_at),
                reason=line.change.reason,
                proposed_by=wording.person(line.change.proposed_by),
                approved_by=wording.person(line.change.decided_by),
            )
            for campaign, name in campaigns.items()
            for line in printed.get(campaign, ())
            for term in line.terms
            if term.fixed
        )
