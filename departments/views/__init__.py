"""The pages of the organisation: parse, ask a selector, show."""

from typing import cast

from django.http import HttpRequest

from core.models import User


def account(request: HttpRequest) -> User:
    """The signed-in person; every page here needs one."""
    return cast(User, request.user)
