"""What a service may refuse, each with a code and a sentence in the reader's language."""

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

#: what the guards and the services call a month that takes nothing any more
LOCKED_CODES = frozenset({"month_locked", "already_locked", "later_month_locked"})


class DomainError(Exception):
    """Something the reader can understand and put right.

    ``code`` is stable and for programs; ``message`` is for people; ``errors`` are
    ``{"field", "message"}`` for the parts that are wrong.
    """

    status = 400
    default_message: Any = _("This cannot be done.")

    def __init__(
        self, code: str, message: Any = None, errors: Sequence[dict[str, Any]] = (), **params: Any
    ) -> None:
        self.code = code
        self.message = message or self.default_message
        self.errors = list(errors)
        self.params = params
        super().__init__(code)

    def __str__(self) -> str:
        text = str(self.message)
        return text % self.params if self.params else text


class RuleViolation(DomainError):
    """The act breaks a rule of the organisation or of the calculation."""

    status = 400


class NotAllowed(DomainError):
    """The person sees the object but may not do this to it."""

    status = 403
    default_message = _("You may not do this.")


class NotVisible(DomainError):
    """The object is missing, or outside what the person may see: both answer alike."""

    status = 404
    default_message = _("There is no such page or record.")


class Conflict(DomainError):
    """Somebody else changed it first, or its month is locked."""

    status = 409
    default_message = _("Somebody else has changed this meanwhile. Load it again.")

    @property
    def about_locked_month(self) -> bool:
        """Whether nobody was faster: the month is closed, and loading again will not help."""
        return self.code in LOCKED_CODES
