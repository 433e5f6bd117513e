"""What other apps show on the pages of a unit, a person and a document.

An app further right registers a function here; it gets the reader and the object and gives a ``Panel``, or
``None`` where it has nothing to show.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from core.models import User
from core.registry import Registry
from departments.models import Document, Staff, Unit


@dataclass(frozen=True)
class Panel:
    """A part of a page: its template and what the template shows."""

    template: str
    context: dict[str, Any]


UnitPanel = Callable[[User, Unit, date], Panel | None]
PersonPanel = Callable[[User, Staff], Panel | None]
DocumentPanel = Callable[[User, list[Document]], Panel | None]

unit_panels: "Registry[UnitPanel]" = Registry("panel of a unit")
person_panels: "Registry[PersonPanel]" = Registry("panel of a person")
document_panels: "Registry[DocumentPanel]" = Registry("panel of a document")


def shown(registry: "Registry[Any]", *arguments: Any) -> list[Panel]:
    """The panels that have something to show, in the order of their registration."""
    panels = (make(*arguments) for make in registry.values())
    return [panel for panel in panels if panel is not None]
