"""The steps of plans and campaigns as pages offer them: who may take which one when, and what it will do."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaigns.models import Campaign, CampaignState, Flow
from campaigns.services.flow import STEPS
from core.models import User
from departments.permissions import reach_of

Text = str | Promise


@dataclass(frozen=True)
class Offer:
    """``sources``: the states it starts from; ``campaign`` and ``plan``: what it will do, in sentences."""

    name: str
    label: Text
    done: Text
    icon: str
    sources: tuple[CampaignState, ...]
    campaign: tuple[Text, ...]
    plan: tuple[Text, ...]

    @property
    def right(self) -> str:
        return STEPS[self.name].right

    @property
    def reason_needed(self) -> bool:
        return STEPS[self.name].reason_needed

    def consequences(self, subject: Flow) -> tuple[Text, ...]:
        return self.campaign if isinstance(subject, Campaign) else self.plan


OFFERS = {
    offer.name: offer
    for offer in (
        Offer(
            "submit",
            _("Submit"),
            _("It is submitted; somebody else decides."),
            "send",
            (CampaignState.DRAFT, CampaignState.RETURNED),
            (
                _("Somebody else decides; until then nobody changes it."),
                _("Nobody approves what they drafted, changed or submitted."),
            ),
            (
                _("Somebody else decides; until then nobody changes it."),
                _("Nobody approves what they drafted, changed or submitted."),
            ),
        ),
        Offer(
            "approve",
            _("Approve"),
            _("It is approved."),
            "stamp",
            (CampaignState.SUBMITTED,),
            (
                _("Method, stores and dates of the comparison are fixed."),
                _("A later change needs a reason and an approval, and is printed with every statement."),
                _("Its days are no days to compare other campaigns with."),
            ),
            (
                _("The plan holds; campaigns may be drafted for it."),
                _("A later adjustment is a new version with a reason."),
            ),
        ),
        Offer(
            "return",
            _("Return"),
            _("It is returned to its author."),
            "undo-2",
            (CampaignState.SUBMITTED,),
            (_("Its author reads your reason, changes it and submits it again."),),
            (_("Its author reads your reason, changes it and submits it again."),),
        ),
        Offer(
            "run",
            _("Begin"),
            _("It is running."),
            "play",
            (CampaignState.APPROVED,),
            (_("Daily results and tasks go on until its last day."),),
            (_("The plan is being carried out."),),
        ),
        Offer(
            "review",
            pgettext_lazy("campaign", "Review"),
            _("It is reviewed; somebody else closes it."),
            "clipboard-check",
            (CampaignState.RUNNING,),
            (
                _("You write what came of it and what is learnt."),
                _("The next campaign of the unit starts from these lessons."),
            ),
            (
                _("You write what came of it and what is learnt."),
                _("The next plan of the unit starts from these lessons."),
            ),
        ),
        Offer(
            "close",
            _("Close"),
            _("It is closed."),
            "archive",
            (CampaignState.REVIEWED,),
            (
                _("You have read the review and the written summary."),
                _("Nothing of it is changed any more; nobody can undo this."),
            ),
            (_("You have read the review."), _("Nothing of it is changed any more; nobody can undo this.")),
        ),
    )
}


def offers(subject: Flow, user: User) -> list[Offer]:
    """The steps that the person may take as it stands today, but for those that need another person."""
    reach, today = reach_of(user), timezone.localdate()
    unit_id: int = subject.unit_id  # type: ignore[attr-defined]
    found = []
    for offer in OFFERS.values():
        barred = (offer.name == "approve" and subject.is_own(user)) or (
            offer.name == "close" and user.pk == subject.reviewed_by_id
        )
        if isinstance(subject, Campaign):
            barred |= offer.name == "run" and today < subject.start
            barred |= offer.name == "review" and today <= subject.end
        if subject.status in offer.sources and reach.allows(offer.right, unit_id) and not barred:
            found.append(offer)
    return found


def stepper(subject: Flow) -> list[dict[str, object]]:
    """draft → submitted → approved → running → reviewed → closed; a returned one stands at the draft."""
    states: list[CampaignState] = [state for state in CampaignState if state != CampaignState.RETURNED]
    at = CampaignState.DRAFT if subject.status == CampaignState.RETURNED else CampaignState(subject.status)
    place = states.index(at)
    return [
        {
            "label": CampaignState.RETURNED.label
            if state == at and subject.status == CampaignState.RETURNED
            else state.label,
            "done": states.index(state) < place,
            "now": state == at,
        }
        for state in states
    ]
