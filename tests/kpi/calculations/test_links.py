"""Links as people paste them: where they end, when two are the same, whose platform and account."""

import pytest

from kpi.calculations.links import (
    Found,
    found_in,
    handle_in,
    host_of,
    link_key,
    links_in,
    normalised,
    platform_of,
)


@pytest.mark.parametrize(
    ("line", "links"),
    [
        ("https://tieba.example.cn/p/1，已发", ["https://tieba.example.cn/p/1"]),
        ("https://tieba.example.cn/p/1已发2条", ["https://tieba.example.cn/p/1"]),
        ("（https://a.cn/x?id=1）和 http://b.cn/y.", ["https://a.cn/x?id=1", "http://b.cn/y"]),
        ("链接tieba.example.cn/p/1。", ["tieba.example.cn/p/1"]),
        ("“https://a.cn/x”", ["https://a.cn/x"]),
        ("<a href='https://a.cn/x'>", ["https://a.cn/x"]),
        ("wang@example.cn/ 第3.5条", []),
        ("没有链接", []),
    ],
)
def test_a_link_ends_where_words_begin(line: str, links: list[str]) -> None:
    assert links_in(line) == links


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("https://a.cn/p/9 3", [("https://a.cn/p/9", 3, "")]),
        ("https://a.cn/p/9 ×3", [("https://a.cn/p/9", 3, "")]),
        ("https://a.cn/p/9 X 12 春季活动", [("https://a.cn/p/9", 12, "春季活动")]),
        ("https://a.cn/p/9，3条，春季", [("https://a.cn/p/9", 3, "春季")]),
        ("https://a.cn/p/9已发2条", [("https://a.cn/p/9", 2, "已发2条")]),
        ("https://a.cn/p/9 第2条 2024-05-01", [("https://a.cn/p/9", 1, "第2条 2024-05-01")]),
        ("https://a.cn/p/9 2024年春", [("https://a.cn/p/9", 1, "2024年春")]),
        ("1. 春季活动：https://a.cn/p/9", [("https://a.cn/p/9", 1, "春季活动")]),
        (
            "https://a.cn/1 2 https://a.cn/2 ×5 顶帖",
            [("https://a.cn/1", 2, ""), ("https://a.cn/2", 5, "顶帖")],
        ),
    ],
)
def test_count_and_note_stand_on_the_line(line: str, found: list[tuple[str, int, str]]) -> None:
    assert found_in(line) == [Found(*one) for one in found]


SAME = "a.cn/x/1?a=1&b=2"


@pytest.mark.parametrize(
    "url",
    [
        "https://a.cn/x/1?a=1&b=2",
        "http://A.CN/x/1/?b=2&a=1",
        "https://www.a.cn:443/x/1?a=1&b=2#comments",
        "http://m.a.cn:80/x/1?a=1&b=2&utm_source=q&spm=3.1&from=timeline&share_id=8",
        "a.cn/x/1?a=1&b=2",
        " https://user:word@a.cn./x/%31?a=1&b=2 ",
    ],
)
def test_the_same_page_is_written_one_way(url: str) -> None:
    assert normalised(url) == SAME
    assert link_key(url) == link_key(f"https://{SAME}")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://a.cn/x%2Fy", "https://a.cn/x/y"),
        ("https://a.cn/#/post/1", "https://a.cn/#/post/2"),
        ("https://a.cn/#!1", "https://a.cn/#!2"),
        ("https://a.cn:8080/x", "https://a.cn/x"),
        ("https://a.cn/?id=1", "https://a.cn/?id=2"),
        # in GBK, so no UTF-8: 广 and 海
        ("https://a.cn/f?kw=%B9%E3", "https://a.cn/f?kw=%BA%A3"),
        ("https://a.cn/%B9%E3", "https://a.cn/%BA%A3"),
        ("https://m.cn/x", "https://cn/x"),
    ],
)
def test_different_pages_stay_different(one: str, other: str) -> None:
    assert normalised(one) != normalised(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "javascript:alert(1)",
        "ftp://a.cn/x",
        "https://[x/y",
        "https://a.cn:port/",
        "nothing",
        "https://a.cn/\ud800",
    ],
)
def test_what_is_no_link_has_no_form(text: str) -> None:
    assert normalised(text) == ""
    assert link_key(text) == ""


def test_what_cannot_be_read_belongs_to_nobody() -> None:
    for text in ("https://[x/y", "http://[", "https://a.cn:port/"):
        assert handle_in(text, ["x"]) == ""
        assert platform_of(text, {"x": "t"}) is None
    assert host_of("https://[x/y") == ""


@pytest.mark.clause("YJ-20")
def test_platform_is_that_of_the_longest_domain() -> None:
    domains = {"example.cn": "site", "blog.example.cn": "blog"}
    assert platform_of("https://blog.example.cn/1", domains) == "blog"
    assert platform_of("https://m.blog.example.cn/1", domains) == "blog"
    assert platform_of("https://EXAMPLE.cn/1", domains) == "site"
    assert platform_of("https://notexample.cn/1", domains) is None


def test_handle_is_found_as_a_part_of_its_own() -> None:
    own = ["海风一号", "haifeng2"]
    assert handle_in("https://a.cn/u/%E6%B5%B7%E9%A3%8E%E4%B8%80%E5%8F%B7/9", own) == "海风一号"
    assert handle_in("https://haifeng2.a.cn/9", own) == "haifeng2"
    assert handle_in("https://a.cn/@HaiFeng2", own) == "haifeng2"
    assert handle_in("https://a.cn/p?u=haifeng2", own) == "haifeng2"
    assert handle_in("https://a.cn/haifeng22", own) == ""
    assert handle_in("https://haifeng2.a.cn/海风一号", own) == ""
