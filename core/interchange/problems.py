"""What may be wrong with an imported row, each with a sentence that says what would be right."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

MESSAGES: dict[str, Any] = {
    "required": _("A value is needed here."),
    "not_text": _("Text of at most %(max)s characters is needed here."),
    "not_whole_number": _("A whole number of at least %(min)s is needed here."),
    "not_number": _("A number with at most %(places)s decimals is needed here."),
    "out_of_range": _("The number must lie between %(min)s and %(max)s."),
    "not_date": _("A date is needed here, such as 2018-11-03."),
    "not_month": _("A month is needed here, such as 2018-11."),
    "not_yes_no": _("Write 是 or 否 (yes or no)."),
    "not_choice": _("Write one of: %(choices)s."),
    "unknown_code": _(
        "“%(code)s” is not a code of the table “%(table)s”, neither in this file nor in the system."
    ),
    "duplicate_key": _("The same key stands in row %(row)s already; each row needs a key of its own."),
    "unknown_sheet": _("There is no table of this name. Tables: %(tables)s."),
    "unknown_column": _("The table has no column of this name. Columns: %(columns)s."),
    "duplicate_column": _("The column stands in the sheet twice; leave one."),
    "duplicate_sheet": _("The table stands in the workbook twice; put all rows into one sheet."),
    "missing_column": _("The sheet needs the column “%(column)s”."),
    "month_locked": _("The month %(month)s is locked; record the correction in an open month."),
    "other_root": _("“%(code)s” belongs to another organisation; a code cannot move between organisations."),
    "not_allowed": _("You may not import this; ask somebody who may."),
    "state_not_allowed": _("You may not set “%(value)s” here; leave the state to somebody who may."),
    "formula": _("Formulas are not read; paste the value instead."),
    "error_value": _("The cell holds an error of the spreadsheet program; enter the value."),
    "too_many_digits": _(
        "A number with more than 15 digits loses digits in a spreadsheet; enter it as text."
    ),
    "blocked": _("The row refers to one that could not be written."),
    "refused": _("The database refuses the tables (%(reason)s); nothing was written."),
    "locked_meanwhile": _(
        "A month was locked while the import ran; nothing was written. Import the file again."
    ),
    "busy": _("The database is busy with another import; nothing was written. Try again in a minute."),
}


def register_messages(**messages: Any) -> None:
    """Sentences of an app's own checks; a code may be used once."""
    for code, message in messages.items():
        if code in MESSAGES:
            raise ValueError(f"the problem {code!r} has a message already")
        MESSAGES[code] = message


class CellProblem(Exception):
    """A cell holds something else than its column allows."""

    def __init__(self, code: str, **params: Any) -> None:
        self.code = code
        self.params = params
        super().__init__(code)


@dataclass(frozen=True)
class RowError:
    """One thing that is wrong: where it stands, what stands there and what would be right."""

    sheet: str
    row: int
    column: str
    value: str
    code: str
    params: dict[str, Any]

    @property
    def message(self) -> str:
        text = str(MESSAGES.get(self.code, self.code))
        return text % self.params if self.params else text

    def as_dict(self) -> dict[str, Any]:
        return {
            "sheet": self.sheet,
            "row": self.row,
            "column": self.column,
            "value": self.value,
            "code": self.code,
            "message": self.message,
        }
