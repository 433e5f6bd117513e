"""The pages of plans and campaigns: parse, ask a selector or a service, show."""

from typing import cast

from django.http import HttpRequest
from django.urls import reverse

from campaigns.models import Campaign
from core.models import User


def account(request: HttpRequest) -> User:
    """The signed-in person; every page here needs one."""
    return cast(User, request.user)


def at(campaign: Campaign, part: str) -> str:
    """The address of a part of a campaign's page."""
    return f"{reverse('campaigns:show', args=[campaign.code])}#{part}"
