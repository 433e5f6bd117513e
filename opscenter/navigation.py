"""What the shell of every page shows: the name, the sections a person may open, the current one."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.models import User
from departments.models import Unit
from departments.permissions import LEADING, MEMBER, may, may_of_whole, reach_of

Account = User | AnonymousUser


def anybody(account: Account) -> bool:
    return True


def administrator(account: Account) -> bool:
    return account.is_staff


def member(account: Account) -> bool:
    """Whether the person belongs to an organisation; the reach is read once, and pages need it anyway."""
    return isinstance(account, User) and MEMBER.allows(account)


def employed(account: Account) -> bool:
    """Whether the person logs work of their own."""
    return isinstance(account, User) and reach_of(account).staff_id is not None


def leading(account: Account) -> bool:
    """Whether the person has more than ``staff`` on some unit."""
    return isinstance(account, User) and LEADING.allows(account)


def rights(*acts: str) -> Callable[[Account], bool]:
    """Whether the person may do one of ``acts`` somewhere."""
    rules = [may(act) for act in acts]
    return lambda account: isinstance(account, User) and any(rule.allows(account) for rule in rules)


def of_whole(act: str) -> Callable[[Account], bool]:
    """Whether the person may do ``act`` on a whole organisation."""
    rule = may_of_whole(act)
    return lambda account: isinstance(account, User) and rule.allows(account)


@dataclass(frozen=True)
class Section:
    """One entry of the navigation.

    ``route`` is the URL name it opens; an entry without a page is left out, so that no link is dead.
    ``allowed`` asks the database for the person's reach at most.
    """

    route: str
    label: str | Promise
    icon: str
    group: str | Promise
    allowed: Callable[[Account], bool] = anybody


WORK = _("Work")
SETUP = _("Organisation and data")

SECTIONS = (
    Section("today:show", _("Today"), "sun", WORK, allowed=employed),
    Section("team:show", _("Team"), "users", WORK, allowed=leading),
    Section("today:month", _("My month"), "calendar-days", WORK, allowed=employed),
    Section("month:latest", _("Month"), "layout-dashboard", WORK, allowed=member),
    Section("campaigns:board", _("Campaigns"), "megaphone", WORK, allowed=member),
    Section("cockpit:latest", _("Incentives"), "coins", WORK, allowed=of_whole("money.read")),
    Section("whatif:show", _("What if"), "flask-conical", WORK, allowed=rights("money.read", "rating.enter")),
    Section("verification:queue", _("Verification"), "list-checks", WORK, allowed=rights("log.verify")),
    Section("assessment:ratings", _("Ratings"), "star", WORK, allowed=rights("rating.enter")),
    Section("findings:list", _("Findings"), "flag", WORK, allowed=leading),
    Section("manuscripts:list", _("Manuscripts"), "file-pen-line", WORK, allowed=member),
    Section("payments:index", _("Payments"), "banknote", WORK, allowed=rights("money.read")),
    Section("funds:index", _("Funds"), "piggy-bank", WORK, allowed=rights("fund.request", "money.read")),
    Section("org:chart", _("Organisation"), "network", SETUP, allowed=member),
    Section("rules:list", _("Rules"), "scale", SETUP, allowed=member),
    Section("data:index", _("Data"), "database", SETUP, allowed=member),
    Section("webhooks:index", _("Webhooks"), "webhook", SETUP, allowed=rights("webhooks.edit")),
    Section("admin:index", _("Administration"), "settings", SETUP, allowed=administrator),
)


#: what there is to do before the first organisation is stored; the other pages are about one
FIRST_START = frozenset({"data:index", "admin:index"})


def first_start(account: Account) -> bool:
    """Whether there is no organisation yet: a question of the first page, for those who reach everything."""
    return isinstance(account, User) and reach_of(account).everything and not Unit.objects.exists()


@dataclass(frozen=True)
class Link:
    """A section as it is shown to one person on one page."""

    label: str | Promise
    icon: str
    group: str | Promise
    url: str
    current: bool


def address(route: str, *arguments: Any) -> str:
    """The path of a route, or "" when there is no such page."""
    try:
        return reverse(route, args=arguments)
    except NoReverseMatch:
        return ""


class Navigation:
    """The links of one request; worked out when a template asks, so that bare pages cost nothing."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def links(self) -> list[Link]:
        account: Account | None = getattr(self.request, "user", None)
        if account is None or not account.is_authenticated:
            return []
        shown = [
            (section, url)
            for section in SECTIONS
            if section.allowed(account) and (url := address(section.route))
        ]
        if getattr(self.request, "first_start", False):
            shown = [(section, url) for section, url in shown if section.route in FIRST_START]
        here = self.current_route([section.route for section, _url in shown])
        return [
            Link(section.label, section.icon, section.group, url, section.route == here)
            for section, url in shown
        ]

    @property
    def first_start(self) -> bool:
        """Whether there is no organisation yet, asked where a section has nothing to show."""
        return first_start(self.request.user)

    def current_route(self, routes: list[str]) -> str:
        """The route of the page itself, else one whose name begins its name, else the first beside it."""
        match = self.request.resolver_match
        if match is None:
            return ""
        if match.view_name in routes:
            return match.view_name
        alike = next((route for route in routes if match.view_name.startswith(f"{route}_")), "")
        return alike or next(
            (route for route in routes if match.namespace and _namespace(route) == match.namespace), ""
        )

    @property
    def tabs(self) -> list[Link]:
        """The links of the bar at the bottom of a phone; the rest is behind its last tab."""
        return self.links[:4]

    @property
    def log_url(self) -> str:
        """Where somebody who logs work does so from any page of a phone."""
        account: Account | None = getattr(self.request, "user", None)
        return address("logs:add") if account is not None and employed(account) else ""

    @property
    def search_url(self) -> str:
        return address("search:show")


def _namespace(route: str) -> str:
    return route.rpartition(":")[0]


def navigation(request: HttpRequest) -> dict[str, Any]:
    """Context processor; works nothing out before a template asks."""
    return {"navigation": Navigation(request), "SITE_NAME": settings.SITE_NAME}
