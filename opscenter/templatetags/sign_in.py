"""What the pages of a person's own account show."""

from django import template

from core.models import User
from opscenter.accounts import second_factor
from opscenter.accounts.browsers import browser_name

register = template.Library()


@register.filter
def second_factor_due(user: User) -> bool:
    """Whether nothing else opens until the person has set up a second factor."""
    return second_factor.due(user)


@register.filter
def browser(user_agent: str) -> str:
    """The browser and system in two words, or "" when they are not known."""
    return browser_name(user_agent)
