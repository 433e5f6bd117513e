"""What this site wants otherwise than the sign-in library does."""

import base64
import secrets
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from core.exceptions import RuleViolation
from core.sealing import seal, unseal


class ClosedAccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed; a changed password leads back to work."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("home")


class ExistingPeopleAdapter(DefaultSocialAccountAdapter):
    """Another service signs in those who connected it beforehand; it makes no account, also not by e-mail."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        return False

    def can_authenticate_by_email(self, login: Any, email: str) -> bool:
        return False

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[Any]:
        """Those of the environment only: a row in the database opens no door, and none is asked for."""
        # The library's own reading of the settings; its public method asks the database as well.
        from allauth.socialaccount.adapter import _build_apps_from_settings

        found = _build_apps_from_settings(provider=provider, client_id=client_id)
        return [app for apps in found.values() for app in apps]


class SecondFactorAdapter(DefaultMFAAdapter):
    """Names the site on the phone, and keeps the secrets of second factors encrypted in the database."""

    def get_totp_issuer(self) -> str:
        return settings.SITE_NAME

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        return {**super().get_public_key_credential_rp_entity(), "name": settings.SITE_NAME}

    def encrypt(self, text: str) -> str:
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """A secret kept with another key becomes one that nobody knows: no code fits, ask for a reset."""
        try:
            return unseal(encrypted_text)
        except RuleViolation:
            return base64.b32encode(secrets.token_bytes(20)).decode()
