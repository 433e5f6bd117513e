"""Who may open a page: every view declares it, and a view that declares nothing stops the start.

``@access(rule)`` on a function, ``AccessMixin`` with ``access = rule`` on a class.  Somebody signed out is
sent to sign in; somebody whom the rule refuses gets the answer of a page that does not exist.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from core.exceptions import NotVisible

if TYPE_CHECKING:
    from core.models import User

View = Callable[..., HttpResponseBase]


@dataclass(frozen=True)
class Access:
    """A rule that a person passes or not; what of the page's rows they see, ``visible_to`` says.

    ``public``: also for those who are not signed in.
    """

    name: str
    allows: Callable[[Any], bool]
    public: bool = False


PUBLIC = Access("public", lambda user: True, public=True)
SIGNED_IN = Access("signed in", lambda user: True)


def account(request: HttpRequest) -> "User":
    """The signed-in person of a page that is not ``PUBLIC``."""
    return cast("User", request.user)


def _refusal(rule: Access, request: HttpRequest) -> HttpResponseBase | None:
    """The redirect of those who are signed out; raises ``NotVisible`` for those whom the rule refuses."""
    if rule.public:
        return None
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if not rule.allows(request.user):
        raise NotVisible("page")
    return None


def access(rule: Access) -> Callable[[View], View]:
    """Declare who may open the decorated view."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            return _refusal(rule, request) or view(request, *args, **kwargs)

        guarded.access = rule  # type: ignore[attr-defined]
        return guarded

    return decorate


class AccessMixin:
    """A class-based view with its rule; stands first among the bases."""

    access: ClassVar[Access]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        refusal = _refusal(self.access, request)
        if refusal is not None:
            return refusal
        answer: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        return answer


def declared(callback: Any) -> Access | None:
    """The rule that a view of the URL resolver declares."""
    view = getattr(callback, "view_class", callback)
    rule = getattr(view, "access", None)
    return rule if isinstance(rule, Access) else None
