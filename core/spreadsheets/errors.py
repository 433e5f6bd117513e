"""What can be wrong with a spreadsheet file, and with one cell of it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

FILE_SENTENCES = {
    "too_large": _("The file is larger than %(limit)s MB."),
    "empty": _("The file is empty."),
    "encrypted_or_old": _("The file is encrypted or an old .xls file. Save it as .xlsx without a password."),
    "web_page": _("The file is a web page with an Excel name. Open it in Excel and save it as .xlsx."),
    "plain_text": _("The file is plain text (such as CSV) with an Excel name. Save it as .xlsx."),
    "not_a_workbook": _("The file is not an Excel workbook (.xlsx)."),
    "cut_off": _("The file is cut off or damaged. Upload or save it again."),
    "damaged": _("The workbook is damaged and cannot be read. Open it in Excel and save it again."),
    "too_many_parts": _("The workbook consists of more than %(limit)s parts."),
    "unsafe_names": _("The workbook contains a part with a forbidden name."),
    "overlapping_parts": _("The parts of the workbook overlap; this is no file that Excel writes."),
    "too_large_unpacked": _("The workbook needs more than %(limit)s MB when unpacked."),
    "macros": _("The workbook contains macros. Save it as .xlsx without macros."),
    "external_links": _("The workbook links to other files. Break the links and save it again."),
    "embedded_files": _("The workbook contains embedded files or controls. Remove them and save it again."),
    "forbidden_xml": _("The workbook contains XML declarations that no spreadsheet program writes."),
    "xml_encoding": _("The workbook is not written in UTF-8. Open it in Excel and save it again."),
    "text_too_long": _("The file contains a text that is longer than a cell can hold."),
    "too_much_text": _("The workbook contains too much text."),
    "too_complex": _("The workbook is too complex: too many elements in one place."),
    "no_sheets": _("The workbook has no sheet that can be read. Save it as an ordinary .xlsx."),
    "too_many_sheets": _("The workbook has more than %(limit)s sheets."),
    "duplicate_sheet": _("The name %(sheet)s stands on more than one sheet."),
    "bad_header": _("Sheet %(sheet)s: the heading in column %(column)s is a formula or an error."),
    "too_many_rows": _("Sheet %(sheet)s has more than %(limit)s rows."),
    "too_many_columns": _("Sheet %(sheet)s has more than %(limit)s columns."),
    "text_encoding": _("The file %(sheet)s is not written in %(encoding)s."),
    "no_table": _("The web page contains no table."),
    "unknown_kind": _("The file is neither a workbook nor a web page nor text."),
    "bad_csv": _("The file %(sheet)s is not a valid CSV table."),
}

CELL_SENTENCES = {
    "formula": _("a formula; paste its value instead"),
    "error_value": _("an error value"),
    "too_many_digits": _("a number of more than 15 digits; enter it as text"),
    "not_a_number": _("not a number"),
    "not_finite": _("a number out of range"),
    "date_out_of_range": _("a date or duration that cannot be read"),
    "text_too_long": _("a text longer than 32,767 characters"),
    "control_characters": _("a text with control characters"),
}


class FileRejected(Exception):
    """The whole file is refused: ``code`` names why, ``str()`` says it in the reader's language."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code, params)
        self.code = code
        self.params = params

    def __str__(self) -> str:
        return str(FILE_SENTENCES[self.code]) % self.params

    def __reduce__(self) -> Any:
        # The default would pass the parameters by position when a worker process hands the error back.
        return _rejected, (self.code, self.params)


def _rejected(code: str, params: dict[str, object]) -> FileRejected:
    return FileRejected(code, **params)


@dataclass(frozen=True, slots=True)
class CellError:
    """Stands in place of a cell that cannot be taken: why (``code``) and what the cell holds (``text``).

    The table reports it with row and column, together with every other error of the file.
    """

    code: str
    text: str = ""

    def __str__(self) -> str:
        return str(CELL_SENTENCES[self.code])
