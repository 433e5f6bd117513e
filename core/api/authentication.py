"""Programs sign in with ``Authorization: Token <secret>``; a signed-in browser with its session."""

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from core.models import User
from core.tokens import token_user

KEYWORD = "Token"
REFUSED = _("This access key is unknown, has ended or was revoked.")


class TokenAuthentication(BaseAuthentication):
    """The person who made the key.  Another scheme, or none, is left to the next way of signing in."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != KEYWORD.lower():
            return None
        user = token_user(secret.strip())
        if user is None:
            raise AuthenticationFailed(REFUSED)
        return user, None

    def authenticate_header(self, request: Request) -> str:
        return KEYWORD
