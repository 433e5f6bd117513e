"""Who may open a resource: what its ``access`` says, as for pages."""

from typing import Any

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from core.access import Access
from core.exceptions import NotVisible


class DeclaredAccess(BasePermission):
    """The rule in ``view.access``.  Refused, the resource answers like one that does not exist."""

    def has_permission(self, request: Request, view: Any) -> bool:
        rule: Access = view.access
        if rule.public:
            return True
        if not request.user.is_authenticated:
            return False
        if not rule.allows(request.user):
            raise NotVisible("resource")
        return True
