"""A system check: every page of our own apps says who may open it, or the site does not start."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags, register
from django.urls import URLPattern, URLResolver, get_resolver

from core.access import declared

# Pages of libraries, which guard themselves: the administration by its staff flag, sign-in by nature.
LIBRARY_NAMESPACES = frozenset({"admin"})
LIBRARY_MODULES = ("allauth.", "django.views.i18n")

Page = tuple[str, Any]


def own_pages(resolver: URLResolver | None = None, namespace: str = "") -> Iterator[Page]:
    """Name and view of every address that is not a library's; an unnamed one by its pattern."""
    resolver = resolver or get_resolver()
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            inner = ":".join(filter(None, (namespace, one.namespace)))
            if one.namespace not in LIBRARY_NAMESPACES:
                yield from own_pages(one, inner)
        elif isinstance(one, URLPattern) and not _module(one.callback).startswith(LIBRARY_MODULES):
            name = one.name or str(one.pattern)
            yield (f"{namespace}:{name}" if namespace else name), one.callback


def _module(view: Any) -> str:
    return str(getattr(view, "view_class", view).__module__)


@register(Tags.urls)
def declared_access(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """An error (``E003``) per page that declares no access."""
    return [
        checks.Error(
            f"The page {name!r} does not declare who may open it.",
            hint="Put @access(…) on the view, or AccessMixin with access = … among its bases.",
            id="opscenter.E003",
        )
        for name, view in own_pages()
        if declared(view) is None
    ]


@register(Tags.security, deploy=True)
def shared_limits(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[CheckMessage]:
    """A warning (``W004``) when each process counts the failed sign-ins for itself."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not backend.endswith("LocMemCache"):
        return []
    return [
        checks.Warning(
            "The limits of sign-in attempts are counted per process.",
            hint="Set REDIS_URL, so that all processes share one cache.",
            id="opscenter.W004",
        )
    ]
