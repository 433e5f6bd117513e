"""Whoever moves money or rights needs a second factor; without one nothing else opens.  Rule: ui.md."""

from collections.abc import Callable
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from core.models import User
from departments.permissions import reach_of

#: Codes from a phone and passkeys; recovery codes are a way back in, not a factor of their own.
FACTORS = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
#: What somebody may open who has yet to set up a second factor; besides everything about factors itself.
OPEN_MEANWHILE = frozenset(
    {
        "account_login",
        "account_logout",
        "account_reauthenticate",
        "account_change_password",
        "account_signup",
        "account_inactive",
        "set_language",
        "healthz",
        "favicon",
    }
)


def required_of(user: User) -> bool:
    """Whether one of the person's roles, here or elsewhere, is in ``MFA_REQUIRED_ROLES``.

    Administrators of the site (staff flag, superuser) count as ``admin``.
    """
    roles: list[str] = settings.MFA_REQUIRED_ROLES
    if not roles:
        return False
    if "admin" in roles and (user.is_superuser or user.is_staff):
        return True
    reach = reach_of(user)
    return any(reach.roles.get(role) for role in roles)


def due(user: User) -> bool:
    """Whether the person has to set up a second factor before anything else."""
    return required_of(user) and not is_mfa_enabled(user, FACTORS)


class SecondFactorMiddleware:
    """Leads those who owe a second factor to the page where they set one up, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.MFA_REQUIRED_ROLES or request.resolver_match is None:
            return None
        name = request.resolver_match.view_name
        if name in OPEN_MEANWHILE or name.startswith("mfa_"):
            return None
        if name.startswith("api:") and name != "api:docs":
            # Programs do not follow a redirect to a page: ``SecondFactorSet`` tells them in JSON.
            return None
        user = request.user
        if not isinstance(user, User) or not due(user):
            return None
        address = reverse("mfa_index")
        if getattr(request, "htmx", None):
            return HttpResponseClientRedirect(address)
        return HttpResponseRedirect(address)
