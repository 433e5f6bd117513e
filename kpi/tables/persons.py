"""Who the importer is: nobody verifies, rates or approves a line of their own."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from core.interchange.context import ImportContext
from core.interchange.problems import register_messages
from core.interchange.tables import Row, Table
from departments.models import Staff
from departments.tables.lookups import staff_root, staff_unit

register_messages(own_line=_("Nobody verifies, rates or approves a line of their own."))


def importer(context: ImportContext) -> Staff | None:
    """The person who imports; ``None`` for the system and for a log-in of nobody."""
    if "importer" not in context.known:
        user = context.user
        context.known["importer"] = Staff.objects.filter(user_id=user.pk).first() if user else None
    found: Staff | None = context.known["importer"]
    return found


def own_staff_id(context: ImportContext) -> int:
    """The importer's own id among the people, 0 for nobody."""
    person = importer(context)
    return person.pk if person else 0


def own_names(context: ImportContext) -> set[str]:
    """The names by which the importer signs."""
    person = importer(context)
    names = {context.user.get_username()} if context.user is not None else set()
    return names | ({person.staff_no, person.name} if person else set())


class MonthTable(Table):
    """Rows of a person's month; the organisation is the person's."""

    derived: ClassVar[Sequence[str]] = ("root_id",)
    range_field = "month"
    date_column = "month"
    root_column = "staff_no"

    def derive(self, context: ImportContext, row: Row, fields: dict[str, Any]) -> None:
        fields["root_id"] = staff_root(context, fields["staff_id"])

    def owner(self, context: ImportContext, fields: dict[str, Any]) -> int | None:
        return staff_unit(context, fields["staff_id"])
