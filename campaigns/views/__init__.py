"""The pages of plans and campaigns: parse, ask a selector or a service, show."""

from django.urls import reverse

from campaigns.models import Campaign


def at(campaign: Campaign, part: str) -> str:
    """The address of a part of a campaign's page."""
    return f"{reverse('campaigns:show', args=[campaign.code])}#{part}"
