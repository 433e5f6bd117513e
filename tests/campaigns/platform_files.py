"""Exports of platforms, built by hand from the layouts that domain.md §3.3 describes."""

from io import BytesIO
from typing import Any

from openpyxl import Workbook

OLD_HEADINGS = [
    "内容标题", "发表时间", "总阅读人数", "总阅读次数", "总分享人数", "总分享次数", "阅读后关注人数",
    "送达人数", "公众号消息阅读次数", "送达阅读率", "首次分享次数", "分享产生阅读次数", "首次分享率",
    "每次分享带来阅读次数",
    "阅读完成率", "内容url",
]  # fmt: skip
NEW_HEADINGS = [
    "内容标题", "发表时间", "总阅读人数", "总分享人数", "阅读后关注人数", "送达人数", "送达阅读率",
    "阅读完成率", "内容url",
]  # fmt: skip
SILENT_HEADINGS = [
    "内容标题", "发表时间", "总阅读人数", "总阅读次数", "总分享人数", "总分享次数", "阅读后关注人数",
    "公众号消息阅读次数", "首次分享次数", "分享产生阅读次数", "首次分享率", "每次分享带来阅读次数",
    "阅读完成率", "内容url",
]  # fmt: skip
URL = "http://mp.weixin.qq.com/s?__biz=MzA5&mid=2247490098&idx=1&sn=ab12&chksm=x#rd"


def book(rows: list[list[Any]], title: str = "Sheet1") -> bytes:
    workbook = Workbook()
    workbook.active.title = title
    for row in rows:
        workbook.active.append(row)
    out = BytesIO()
    workbook.save(out)
    return out.getvalue()


def row_of(headings: list[str], **values: Any) -> list[Any]:
    """A row with the cells of ``values``, named by heading; the others hold 1."""
    return [values.get(heading, 1) for heading in headings]


def old_layout(**values: Any) -> bytes:
    cells = {
        "内容标题": "五一活动",
        "发表时间": "20240506",
        "总阅读人数": 812,
        "总分享人数": 40,
        "内容url": URL,
    }
    return book([OLD_HEADINGS, row_of(OLD_HEADINGS, **{**cells, **values})])


def silent_layout(**values: Any) -> bytes:
    cells = {
        "内容标题": "五一活动",
        "发表时间": "20240506",
        "总阅读人数": 812,
        "总分享人数": 40,
        "内容url": URL,
    }
    return book([SILENT_HEADINGS, row_of(SILENT_HEADINGS, **{**cells, **values})])


def new_layout(**values: Any) -> bytes:
    """Data from the fourth row on, beginning in column B."""
    cells = {
        "内容标题": "五一活动",
        "发表时间": "2024-05-06",
        "总阅读人数": "1.2万",
        "总分享人数": 40,
        "内容url": URL,
    }
    return book(
        [
            [None, "已通知内容"],
            [None, "2024-05-01 至 2024-05-14"],
            [None, *NEW_HEADINGS],
            [None, *row_of(NEW_HEADINGS, **{**cells, **values})],
        ],
        "New Sheet1",
    )


def web_page(encoding: str = "utf-8") -> bytes:
    """An .xls that is an HTML table."""
    head = "".join(f"<th>{heading}</th>" for heading in NEW_HEADINGS)
    cells = row_of(
        NEW_HEADINGS, 内容标题="五一&amp;活动", 发表时间="2024年05月06日 09:30", 总阅读人数="3,120"
    )
    body = "".join(f"<td>{cell}</td>" for cell in cells[:-1]) + f"<td>{URL.replace('&', '&amp;')}</td>"
    page = (
        f'<html><head><meta charset="{encoding}"><script>var a = "<td>";</script></head><body>'
        f'<table><tr><td colspan="9">已通知内容</td></tr><tr>{head}</tr><tr>{body}</tr></table></body></html>'
    )
    return page.encode(encoding)


def flow() -> bytes:
    return book([["日期", "渠道", "阅读人数", "阅读次数"], ["2024-05-06", "朋友圈", 10, 12]])


def growth() -> bytes:
    rows = [
        ["时间", "新关注人数", "取消关注人数", "净增关注人数", "累积关注人数"],
        ["2024-05-06", 3, 1, 2, 800],
    ]
    cells = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in rows)
    return f"<html><table>{cells}</table></html>".encode()


def weibo(encoding: str, rows: list[str]) -> bytes:
    """Columns in an order of their own."""
    return "\r\n".join(["点赞数,微博链接,发布时间,阅读数,转发数,微博正文", *rows]).encode(encoding)


def biff(rows: list[list[str | float]]) -> bytes:
    """A minimal workbook of the old binary format (BIFF8 in a compound file): text and numbers."""
    import struct

    def record(code: int, body: bytes) -> bytes:
        return struct.pack("<HH", code, len(body)) + body

    def text(value: str) -> bytes:
        return struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")

    sheet = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                sheet += record(0x0204, place + text(cell))
            else:
                sheet += record(0x0203, place + struct.pack("<d", cell))
    sheet += record(0x000A, b"")
    name = "Sheet1"
    start = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    start += record(0x0042, struct.pack("<H", 1200))
    size = len(start) + 4 + 8 + len(name) + 4
    bound = record(0x0085, struct.pack("<IBBBB", size, 0, 0, len(name), 0) + name.encode())
    stream = start + bound + record(0x000A, b"") + sheet
    return _compound(stream)


def _compound(stream: bytes) -> bytes:
    """A compound file with one stream, "Workbook", long enough to lie in ordinary sectors."""
    import struct

    stream = stream.ljust(max(4096, -(-len(stream) // 512) * 512), b"\0")
    sectors = len(stream) // 512
    end, free, fat_mark = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    fat = [fat_mark, end, *range(3, 2 + sectors), end]
    fat += [free] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    head += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0)
    head += struct.pack("<I", 0) + struct.pack("<I", free) * 108

    def entry(name: str, kind: int, child: int, first: int, size: int) -> bytes:
        raw = (name + "\0").encode("utf-16-le") if name else b""
        return (
            raw.ljust(64, b"\0")
            + struct.pack("<HBBIII", len(raw), kind, 1, free, free, child)
            + b"\0" * 36
            + struct.pack("<IQ", first, size)
        )

    directory = entry("Root Entry", 5, 1, end, 0) + entry("Workbook", 2, free, 2, len(stream))
    directory += entry("", 0, free, 0, 0) * 2
    return head + struct.pack("<128I", *fat) + directory + stream
