"""Exports of platforms: recognised by content, read exactly, sent through the tables.  Rule: KQ-14."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from campaigns.exports.conversion import Wanted, code_of_url
from campaigns.exports.headings import find_layout
from campaigns.exports.jobs import prepare
from campaigns.exports.values import LowerBound, NotRead, count_of, day_of, share_of
from campaigns.models import Article, ArticleReading
from core.exceptions import RuleViolation
from core.interchange.importer import ImportReport, import_sheets
from core.spreadsheets.sniffing import read_any
from departments.models import Period
from tests.campaigns import platform_files as files
from tests.people import People

WANTED = Wanted(unit="co-b", kind="activity", counted_on=date(2024, 5, 14))


def take(data: bytes, wanted: Wanted = WANTED, user: Any = None) -> ImportReport:
    """What the job does with a file, without the job."""
    prepared = prepare(data, wanted)
    report = import_sheets(prepared.sheets, user=user, dry_run=bool(prepared.errors))
    report.errors[:0] = prepared.errors
    report.warnings[:0] = prepared.warnings
    return report


# --- values ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("20220329", date(2022, 3, 29)),
        (20220329, date(2022, 3, 29)),
        ("2022-3-29", date(2022, 3, 29)),
        ("2022/03/29 18:05", date(2022, 3, 29)),
        ("2026年08月11日 09:30", date(2026, 8, 11)),
        (44649, date(2022, 3, 29)),
        ("--", None),
        (None, None),
    ],
)
def test_days(cell: Any, day: date | None) -> None:
    assert day_of(cell) == day


@pytest.mark.parametrize("cell", ["soon", "2022-13-01", "20220230", 12, True])
def test_what_is_no_day(cell: Any) -> None:
    with pytest.raises(NotRead):
        day_of(cell)


@pytest.mark.parametrize(
    ("cell", "count"),
    [
        ("1.2万", 12_000),
        ("1,284", 1284),
        (812, 812),
        (Decimal("812"), 812),
        ("0", 0),
        ("-", None),
        ("", None),
        (None, None),
    ],
)
def test_counts(cell: Any, count: int | None) -> None:
    assert count_of(cell) == count


def test_a_lower_bound_is_no_number() -> None:
    with pytest.raises(LowerBound):
        count_of("10万+")


@pytest.mark.parametrize("cell", ["1.23456万", "-3", "about 5", Decimal("1.5"), True])
def test_what_is_no_count(cell: Any) -> None:
    with pytest.raises(NotRead):
        count_of(cell)


@pytest.mark.parametrize(
    ("cell", "share"), [("12.3%", "0.123"), ("0.123", "0.123"), ("100%", "1"), ("—", None)]
)
def test_shares(cell: Any, share: str | None) -> None:
    assert share_of(cell) == (None if share is None else Decimal(share))


# --- layouts --------------------------------------------------------------------------------------------

LAYOUTS: list[tuple[Callable[[], bytes], str]] = [
    (files.old_layout, "wechat_articles"),
    (files.new_layout, "wechat_articles"),
    (files.silent_layout, "wechat_articles"),
    (files.web_page, "wechat_articles"),
    (lambda: files.web_page("gb18030"), "wechat_articles"),
    (files.flow, "wechat_flow"),
    (files.growth, "wechat_growth"),
    (lambda: files.weibo("utf-8-sig", ["1,u,2024-05-06,2,3,x"]), "post_list"),
    (lambda: files.weibo("gb18030", ["1,u,2024-05-06,2,3,微博"]), "post_list"),
]


@pytest.mark.parametrize(("make", "code"), LAYOUTS)
def test_layout_is_recognised_by_content(make: Callable[[], bytes], code: str) -> None:
    found = find_layout(read_any(make())[0])

    assert found is not None
    assert found.layout.code == code


def test_old_binary_workbook_is_read() -> None:
    data = files.biff([["内容标题", "发表时间", "总阅读人数"], ["五一", "20240506", 812.0]])

    sheet = read_any(data)[0]

    assert sheet.header == ["内容标题", "发表时间", "总阅读人数"]
    assert list(sheet.rows) == [(2, ("五一", "20240506", 812))]


@pytest.mark.parametrize(
    "data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"\0\1\2", b"<html></html>"]
)
def test_what_cannot_be_read_is_refused(data: bytes) -> None:
    from core.spreadsheets.errors import FileRejected

    with pytest.raises(FileRejected):
        read_any(data)


def test_a_file_without_known_headings_is_refused(people: People) -> None:
    with pytest.raises(RuleViolation) as refused:
        prepare(files.book([["甲", "乙", "丙"], [1, 2, 3]]), WANTED)

    assert refused.value.code == "unknown_export"


@pytest.mark.parametrize("make", [files.flow, files.growth])
def test_an_export_without_articles_says_what_it_is(people: People, make: Callable[[], bytes]) -> None:
    with pytest.raises(RuleViolation) as refused:
        prepare(make(), WANTED)

    assert refused.value.code == "not_articles"


# --- into the tables ------------------------------------------------------------------------------------


@pytest.mark.clause("KQ-14")
@pytest.mark.parametrize(
    ("make", "readers"), [(files.old_layout, 812), (files.new_layout, 12_000), (files.silent_layout, 812)]
)
def test_new_articles_and_their_readings(people: People, make: Callable[[], bytes], readers: int) -> None:
    report = take(make())

    assert report.accepted, [error.as_dict() for error in report.errors]
    article = Article.objects.get(title="五一活动")
    assert (article.unit.code, article.kind, article.published) == ("co-b", "activity", date(2024, 5, 6))
    # Exported on the 14th, eight days after publishing: the account's own count ended on the seventh.
    assert list(article.readings.values_list("date", "readers", "shares")) == [
        (date(2024, 5, 13), readers, 40)
    ]
    assert article.readers is None


def test_the_same_file_again_changes_nothing(people: People) -> None:
    take(files.old_layout())

    report = take(files.old_layout())

    assert report.counts == {"article_readings": {"created": 0, "updated": 0, "unchanged": 1}}


def test_a_later_export_overwrites_the_reading_of_its_day(people: People) -> None:
    take(files.old_layout(), Wanted("co-b", "activity", date(2024, 5, 8)))
    take(files.old_layout(总阅读人数=900), Wanted("co-b", "activity", date(2024, 5, 8)))
    take(files.old_layout(总阅读人数=1000), Wanted("co-b", "activity", date(2024, 5, 9)))

    readings = ArticleReading.objects.order_by("date").values_list("date", "readers")
    assert list(readings) == [(date(2024, 5, 8), 900), (date(2024, 5, 9), 1000)]


def test_an_article_is_known_by_its_address_however_it_is_written(people: People) -> None:
    take(files.old_layout())
    other = files.URL.replace("http:", "https:").replace("&chksm=x#rd", "&scene=21&chksm=y")

    take(files.old_layout(内容标题="五一活动（改）", 内容url=other))

    assert Article.objects.count() == 1
    assert code_of_url(files.URL) == code_of_url(other)
    assert code_of_url(files.URL) != code_of_url(files.URL.replace("idx=1", "idx=2"))


def test_an_article_entered_by_hand_is_known_by_day_and_title(people: People) -> None:
    unit = people.staff("other").unit
    Article.objects.create(
        code="hand",
        unit=unit,
        root=people.root,
        month="2024-05-01",
        published="2024-05-06",
        title="五一活动",
        kind="welfare",
    )

    take(files.old_layout(), Wanted("co-b", "", date(2024, 5, 14)))

    assert [(one.code, one.kind) for one in Article.objects.all()] == [("hand", "welfare")]
    assert ArticleReading.objects.get().article.code == "hand"


def test_unknown_articles_are_left_out_when_no_kind_was_chosen(people: People) -> None:
    report = take(files.old_layout(), Wanted("co-b", "", date(2024, 5, 14)))

    assert [warning["code"] for warning in report.warnings] == ["unknown_article"]
    assert not Article.objects.exists()


def test_missing_readers_are_never_zero(people: People) -> None:
    report = take(files.old_layout(总阅读人数=None))

    assert [warning["code"] for warning in report.warnings] == ["no_figure"]
    assert not ArticleReading.objects.exists()


def test_a_lower_bound_is_left_out_and_said(people: People) -> None:
    report = take(files.old_layout(总阅读人数="10万+"))

    assert [(one["code"], one["row"], one["value"]) for one in report.warnings] == [
        ("lower_bound", 2, "10万+")
    ]
    assert not ArticleReading.objects.exists()


def test_missing_shares_stay_null(people: People) -> None:
    take(files.old_layout(总分享人数="-"))

    assert ArticleReading.objects.get().shares is None


def test_broken_cells_keep_the_whole_file_out(people: People) -> None:
    rows = [
        files.OLD_HEADINGS,
        files.row_of(
            files.OLD_HEADINGS, 内容标题="好的", 发表时间="20240506", 总阅读人数=5, 内容url="https://a.cn/1"
        ),
        files.row_of(
            files.OLD_HEADINGS, 内容标题="坏的", 发表时间="昨天", 总阅读人数=5, 内容url="https://a.cn/2"
        ),
        files.row_of(
            files.OLD_HEADINGS,
            内容标题="也坏",
            发表时间="20240506",
            总阅读人数="很多",
            内容url="https://a.cn/3",
        ),
        files.row_of(
            files.OLD_HEADINGS, 内容标题="太新", 发表时间="20240601", 总阅读人数=5, 内容url="https://a.cn/4"
        ),
    ]

    report = take(files.book(rows))

    assert [(error.row, error.column, error.code) for error in report.errors] == [
        (3, "发表时间", "not_date"),
        (5, "发表时间", "counted_before_published"),
        (4, "总阅读人数", "not_whole_number"),
    ]
    assert not Article.objects.exists()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030"])
def test_weibo(people: People, encoding: str) -> None:
    rows = [
        '7,https://weibo.com/1/a,2024/5/6 18:10,"1,024",3,"春天，来了"',
        "1,https://weibo.com/1/b,2024/5/7 8:00,2万,,x",
    ]

    report = take(files.weibo(encoding, rows))

    assert report.accepted, [error.as_dict() for error in report.errors]
    readings = ArticleReading.objects.order_by("article__published").values_list(
        "article__title", "date", "readers", "shares", "likes"
    )
    assert list(readings) == [
        ("春天，来了", date(2024, 5, 14), 1024, 3, 7),
        ("x", date(2024, 5, 14), 20_000, None, 1),
    ]


def test_locked_months_are_left_out(people: People) -> None:
    take(files.old_layout(), Wanted("co-b", "activity", date(2024, 5, 8)))
    Period.objects.update_or_create(root=people.root, month=date(2024, 5, 1), defaults={"state": "locked"})

    report = take(files.old_layout(总阅读人数=9999), Wanted("co-b", "activity", date(2024, 5, 8)))

    assert report.accepted
    assert [warning["code"] for warning in report.warnings] == ["month_left_out"]
    assert ArticleReading.objects.get().readers == 812


def test_rights_are_those_of_the_unit(people: People) -> None:
    report = take(files.old_layout(), user=people.user("staff"))

    assert {error.code for error in report.errors} == {"not_allowed"}
    assert not Article.objects.exists()


def test_a_real_list_of_articles(people: People, shared_data: Any) -> None:
    """47 real articles in GBK: every row is read, repeated titles on one day are the only errors."""
    data = shared_data("wechat_articles_2018_gbk.csv").read_bytes()

    report = take(data, Wanted("co-b", "activity", date(2024, 5, 14)))

    assert {error.code for error in report.errors} <= {"duplicate_key"}
    assert report.counts["articles"]["created"] + len(report.errors) // 2 == 47


# --- the pages ------------------------------------------------------------------------------------------


def test_upload_check_accept(people: People, settings: Any, tmp_path: Any) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from core.jobs import run_due
    from core.models import Job

    settings.MEDIA_ROOT = tmp_path
    client = people.client("manager")
    unit = people.staff("other").unit_id
    form = {"unit": unit, "kind": "activity", "counted_on": "2024-05-14"}

    answer = client.post(
        "/data/platform-export/", {**form, "file": SimpleUploadedFile("total_1.xls", files.new_layout())}
    )
    run_due()
    check = Job.objects.get(kind="platform_export")
    assert answer["Location"] == f"/data/import/{check.pk}/"
    assert check.result["status"] == "checked", check.result
    assert not Article.objects.exists()
    assert "五一活动" in client.get(answer["Location"]).content.decode()

    client.post(f"/data/import/{check.pk}/accept/")
    run_due()

    assert ArticleReading.objects.get().readers == 12_000


@pytest.mark.parametrize("who", ["staff", "leader", "auditor"])
def test_the_page_is_for_those_who_import_facts(people: People, who: str) -> None:
    assert people.client(who).get("/data/platform-export/").status_code == 404


def test_somebody_elses_unit_is_no_choice(people: People) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    from core.models import Job

    form = {"unit": people.root.pk, "kind": "activity", "counted_on": "2024-05-14"}
    answer = people.client("outsider").post(
        "/data/platform-export/", {**form, "file": SimpleUploadedFile("a.xlsx", files.old_layout())}
    )

    assert answer.status_code == 422
    assert not Job.objects.filter(kind="platform_export").exists()
