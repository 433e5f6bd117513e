"""Programs too: somebody who owes a second factor can do nothing before they set one up."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.exceptions import NotAllowed
from core.models import User
from opscenter.accounts.second_factor import due

OWED = _("Set up a second step of sign-in first; your role needs it.")


class SecondFactorSet(BasePermission):
    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.user, User) and due(request.user):
            raise NotAllowed("second_factor", OWED)
        return True
