"""Hand-made workbooks, sound and hostile: zip archives of a few lines of XML."""

import struct
import zipfile
from collections.abc import Mapping
from io import BytesIO

SHEET_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006"
TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

STYLES = (
    f'{HEAD}<styleSheet xmlns="{SHEET_NS}"><numFmts count="2">'
    '<numFmt numFmtId="164" formatCode="yyyy\\-mm\\-dd"/>'
    '<numFmt numFmtId="165" formatCode="yyyy/m/d h:mm"/></numFmts>'
    '<cellXfs count="5"><xf numFmtId="0"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="20"/>'
    '<xf numFmtId="31"/></cellXfs></styleSheet>'
)


def worksheet(rows: str, before: str = "", after: str = "") -> str:
    """The XML of a sheet around its rows."""
    return f'{HEAD}<worksheet xmlns="{SHEET_NS}">{before}<sheetData>{rows}</sheetData>{after}</worksheet>'


def cell(reference: str, text: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


HEADER = f'<row r="1">{cell("A1", "a")}{cell("B1", "b")}</row>'


def parts(
    sheet: str = worksheet(HEADER), *, names: tuple[str, ...] = ("Sheet",), shared: str = ""
) -> dict[str, str]:
    """The parts of a workbook whose sheets all have the content ``sheet``."""
    numbers = range(1, len(names) + 1)
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="rId{n}"/>' for n, name in zip(numbers, names, strict=True)
    )
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{REL_NS}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    types = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{TYPE}.worksheet+xml"/>'
        for n in numbers
    )
    if shared:
        types += f'<Override PartName="/xl/sharedStrings.xml" ContentType="{TYPE}.sharedStrings+xml"/>'
    made = {
        "[Content_Types].xml": (
            f'{HEAD}<Types xmlns="{PACKAGE_NS}/content-types">'
            '<Default Extension="xml" ContentType="application/xml"/>'
            f'<Override PartName="/xl/workbook.xml" ContentType="{TYPE}.sheet.main+xml"/>{types}</Types>'
        ),
        "xl/workbook.xml": (
            f'{HEAD}<workbook xmlns="{SHEET_NS}" xmlns:r="{REL_NS}"><sheets>{listed}</sheets></workbook>'
        ),
        "xl/_rels/workbook.xml.rels": (
            f'{HEAD}<Relationships xmlns="{PACKAGE_NS}/relationships">{links}</Relationships>'
        ),
        "xl/styles.xml": STYLES,
    }
    if shared:
        made["xl/sharedStrings.xml"] = f'{HEAD}<sst xmlns="{SHEET_NS}">{shared}</sst>'
    return made | {f"xl/worksheets/sheet{n}.xml": sheet for n in numbers}


def packed(content: Mapping[str, str | bytes]) -> bytes:
    """The parts as a zip archive."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def workbook(rows: str = HEADER, *, before: str = "", after: str = "", shared: str = "") -> bytes:
    """A workbook of one sheet with these rows."""
    return packed(parts(worksheet(rows, before, after), shared=shared))


def with_part(name: str, data: str | bytes) -> bytes:
    """A sound workbook with one part added or replaced."""
    return packed({**parts(), name: data})


def overlapping() -> bytes:
    """Two entries of the directory that share the bytes of one part."""
    data = packed({**parts(), "xl/a.bin": b"x" * 1000, "xl/b.bin": b"x" * 1000})
    with zipfile.ZipFile(BytesIO(data)) as archive:
        first = archive.getinfo("xl/a.bin").header_offset
    at = data.rfind(b"xl/b.bin")
    return data[: at - 4] + struct.pack("<L", first) + data[at:]


def lying_size(megabytes: int) -> bytes:
    """A part that declares one byte and inflates to ``megabytes``."""
    data = with_part("xl/big.bin", b"\0" * (megabytes * 1024 * 1024))
    at = data.rfind(b"xl/big.bin") - 46 + 24
    return data[:at] + struct.pack("<L", 1) + data[at + 4 :]
