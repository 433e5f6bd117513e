"""``{% load lucide %}``: the icons of the wheel, each drawn once.

Takes the place of the wheel's own tag, which parses and prints an icon's XML anew wherever it stands; that
was the larger part of what a page's navigation cost.
"""

from functools import lru_cache

from django import template
from lucide.templatetags import lucide as wheel

register = template.Library()
#: Different icons in different sizes; the site has some hundred.
MOST_KEPT = 1024


@lru_cache(maxsize=MOST_KEPT)
def _drawn(name: str, size: int | None, attributes: tuple[tuple[str, str], ...]) -> str:
    return wheel.lucide(name, size=size, **dict(attributes))


@register.simple_tag
def lucide(name: str, *, size: int | None = 24, **attributes: object) -> str:
    """An icon inline; ``aria_hidden="true"`` and other attributes go to its ``<svg>``."""
    plain = tuple((key, str(value)) for key, value in attributes.items())
    return _drawn(str(name), size, plain)
