"""The checks that a file passes before anything parses it.

Time and memory are bounded by the size limits: the file is read once into memory, every part is inflated in
pieces and forgotten.  What passes is a zip archive of modest size whose XML is UTF-8, has no document type,
no entity, no CDATA section and no endless token, so that a plain XML parser is safe on it.
Rule: interfaces.md §2, last paragraph.
"""

import codecs
import re
import stat
import struct
import zipfile
import zlib
from io import BytesIO
from pathlib import Path
from typing import IO

from core.spreadsheets.errors import FileRejected
from core.spreadsheets.limits import LIMITS, MEGABYTE, Limits

Source = str | Path | bytes | IO[bytes]

PIECE = 256 * 1024
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
CENTRAL_SIGNATURE = b"PK\x01\x02"
REQUIRED = ("[Content_Types].xml", "xl/workbook.xml")
#: The first bytes of an XML part, in which its declaration has to end.
START = 512
MARKUP = re.compile(rb"<[!?]")
DECLARED_ENCODING = re.compile(rb"""encoding\s*=\s*["']([^"']*)["']""")
PLAIN_ENCODINGS = (b"utf-8", b"utf8", b"us-ascii", b"ascii")
FORBIDDEN_PARTS = (
    ("macros", re.compile(r"vbaproject|(^|/)macrosheets/|(^|/)vbadata", re.IGNORECASE)),
    ("external_links", re.compile(r"(^|/)externallinks/", re.IGNORECASE)),
    ("embedded_files", re.compile(r"(^|/)(embeddings|activex)/", re.IGNORECASE)),
)
UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    OverflowError,
    ValueError,
    OSError,
)


def checked_archive(source: Source, limits: Limits = LIMITS) -> zipfile.ZipFile:
    """The workbook as an open archive whose every part has been checked.  Raises ``FileRejected``."""
    data = content(source, limits)
    _check_kind(data)
    # Each record of the directory starts with this signature: the count bounds what ZipFile will build.
    if data.count(CENTRAL_SIGNATURE) > 4 * limits.parts:
        raise FileRejected("too_many_parts", limit=limits.parts)
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        parts = archive.infolist()
        _check_names(parts, limits)
        _check_layout(data, parts, archive.start_dir)
        _check_content(archive, parts, limits)
    except UNREADABLE as error:
        raise FileRejected("cut_off") from error
    return archive


def content(source: Source, limits: Limits = LIMITS) -> bytes:
    """The bytes of ``source``, never more than the limit of a file."""
    if isinstance(source, bytes):
        data = source
    elif isinstance(source, str | Path):
        with open(source, "rb") as file:
            data = file.read(limits.file_bytes + 1)
    else:
        data = source.read(limits.file_bytes + 1)
    if len(data) > limits.file_bytes:
        raise FileRejected("too_large", limit=limits.file_bytes // MEGABYTE)
    if not data:
        raise FileRejected("empty")
    return data


def _check_kind(data: bytes) -> None:
    if data.startswith(b"PK\x03\x04"):
        return
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise FileRejected("encrypted_or_old")
    head = data[:4096]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        head = head.replace(b"\0", b"")[2:]
    if b"\0" in head or head.startswith((b"%PDF", b"PK")):
        raise FileRejected("not_a_workbook")
    if head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"<"):
        raise FileRejected("web_page")
    raise FileRejected("plain_text" if _is_text(head) else "not_a_workbook")


def _is_text(head: bytes) -> bool:
    if any(byte < 32 and byte not in b"\t\r\n" for byte in head):
        return False
    for encoding in ("utf-8", "gb18030"):
        try:
            codecs.getincrementaldecoder(encoding)().decode(head)
        except UnicodeDecodeError:
            continue
        return True
    return False


def _check_names(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise FileRejected("too_many_parts", limit=limits.parts)
    seen: set[str] = set()
    for part in parts:
        # orig_filename, because ZipFile cuts a name at its NUL and turns foreign separators round.
        name = part.orig_filename
        folded = name.casefold()
        if (
            not name
            or name.startswith("/")
            or ".." in name.split("/")
            or any(character in "\\:" or ord(character) < 32 for character in name)
            or folded in seen
            or stat.S_ISLNK(part.external_attr >> 16)
        ):
            raise FileRejected("unsafe_names")
        seen.add(folded)
        for code, pattern in FORBIDDEN_PARTS:
            if pattern.search(name):
                raise FileRejected(code)
        if part.flag_bits & 0x1:
            raise FileRejected("encrypted_or_old")
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise FileRejected("damaged")
    if any(name.casefold() not in seen for name in REQUIRED):
        raise FileRejected("not_a_workbook")


def _check_layout(data: bytes, parts: list[zipfile.ZipInfo], directory: int) -> None:
    """No two parts share a byte (an overlapping archive unpacks to far more than it holds)."""
    end = 0
    for part in sorted(parts, key=lambda each: each.header_offset):
        start = part.header_offset
        header = LOCAL_HEADER.unpack_from(data, start)
        if start < end or header[0] != b"PK\x03\x04":
            raise FileRejected("overlapping_parts")
        end = start + LOCAL_HEADER.size + header[9] + header[10] + part.compress_size
        if end > directory:
            raise FileRejected("overlapping_parts")


def _check_content(archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Inflate every part to its end (which also verifies its checksum), counting what really comes out."""
    too_large = FileRejected("too_large_unpacked", limit=limits.unpacked_bytes // MEGABYTE)
    if sum(part.file_size for part in parts) > limits.unpacked_bytes:
        raise too_large
    left = limits.unpacked_bytes
    for part in parts:
        scan = _XmlScan(limits.token_bytes) if is_xml(part.filename) else None
        with archive.open(part) as stream:
            while piece := stream.read(PIECE):
                left -= len(piece)
                if left < 0:
                    raise too_large
                if scan:
                    scan.feed(piece)
        if scan:
            scan.close()


def is_xml(name: str) -> bool:
    """Whether the part was scanned as XML; the reader parses no other part."""
    return name.lower().endswith((".xml", ".rels"))


class _XmlScan:
    """Looks through the bytes of one XML part for what must not be in it, without parsing."""

    def __init__(self, token_bytes: int) -> None:
        self.limit = token_bytes
        self.begun = False
        self.run = 0
        self.tail = b""

    def feed(self, piece: bytes) -> None:
        first = piece.find(b"<")
        if first < 0:
            self.run += len(piece)
        else:
            self.run += first
        if self.run > self.limit:
            raise FileRejected("text_too_long")
        if first >= 0:
            self.run = len(piece) - piece.rfind(b"<")
        data = self.tail + piece
        if not self.begun:
            if len(data) < START:
                self.tail = data
                return
            self._check_start(data)
        self._check_markup(data)

    def close(self) -> None:
        if not self.begun:
            self._check_start(self.tail)
            self._check_markup(self.tail)

    def _check_start(self, data: bytes) -> None:
        """Only in an ASCII superset known to be one do the bytes searched for mean what they say."""
        self.begun = True
        head = data[:START].removeprefix(b"\xef\xbb\xbf").lstrip(b" \t\r\n")
        if b"\0" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
            raise FileRejected("xml_encoding")
        if head and not head.startswith(b"<"):
            raise FileRejected("damaged")
        if head.startswith(b"<?xml"):
            declaration, end, _rest = head.partition(b"?>")
            declared = DECLARED_ENCODING.search(declaration)
            # A declaration that goes on and on could name its encoding out of sight.
            if not end or (declared and declared[1].lower() not in PLAIN_ENCODINGS):
                raise FileRejected("xml_encoding")

    def _check_markup(self, data: bytes) -> None:
        """Only comments and processing instructions may follow ``<!`` or ``<?``, and they must be short."""
        self.tail = b"<" if data.endswith(b"<") else b""
        if b"<!" not in data and b"<?" not in data:
            return
        found = MARKUP.search(data)
        while found:
            start = found.start()
            opening = data[start : start + 4]
            if len(opening) < 4:
                self.tail = data[start:]
                return
            comment = opening == b"<!--"
            if not comment and opening.startswith(b"<!"):
                raise FileRejected("forbidden_xml")
            end = data.find(b"-->" if comment else b"?>", start + (4 if comment else 2))
            if end < 0:
                if len(data) - start > self.limit:
                    raise FileRejected("text_too_long")
                self.tail = data[start:]
                return
            found = MARKUP.search(data, end + 2)
