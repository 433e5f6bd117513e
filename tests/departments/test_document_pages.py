"""Documents in versions: the new one is in force, the old one stays readable, the higher one is used."""

from datetime import date
from typing import Any

import pytest

from core.interchange.importer import import_sheets
from departments.models import Document
from departments.selectors.documents import DocumentStatus, document_page
from tests.departments.test_org_pages import text_of
from tests.opscenter.test_rules_drafts import sheet
from tests.people.pages import assert_bounded

TODAY = date(2024, 5, 15)


@pytest.mark.clause("YJ-01")
def test_new_version_supersedes_and_the_old_stays_readable(people: Any) -> None:
    Document.objects.create(
        number="CO-01",
        version="2.0",
        title="运营手册",
        unit=people.root,
        drafted_by="新起草人",
        approved_by="新批准人",
        effective_from=date(2024, 5, 1),
        precedence=10,
    )
    Document.objects.create(
        number="CO-01", version="3.0", title="运营手册", unit=people.root, effective_from=date(2024, 7, 1)
    )
    page = document_page(people.user("staff"), "CO-01", TODAY)
    assert page.current.version == "2.0"
    assert [(row.version, row.status) for row in page.versions] == [
        ("3.0", DocumentStatus.COMING),
        ("2.0", DocumentStatus.IN_FORCE),
        ("1.0", DocumentStatus.SUPERSEDED),
    ]
    shown = text_of(people.client("staff"), "/org/documents/CO-01/")
    for part in (
        "起草人",
        "审核人",
        "批准人",
        "2023-12-01",
        "2024-01-01",
        "新起草人",
        "superseded",
        "in force",
    ):
        assert part in shown, part
    # What the rules name is told where the document is read, whichever version they name.
    assert "/rules/quota_rules/co-a:q-post/" in shown


@pytest.mark.clause("YJ-01")
def test_documents_are_listed_with_their_status(people: Any) -> None:
    Document.objects.create(number="CO-02", version="试行版", title="草案", unit=people.root)
    page = text_of(people.client("staff"), "/org/documents/")
    assert "CO-01" in page
    assert "no date yet" in page
    only = text_of(people.client("staff"), "/org/documents/?status=in_force")
    assert "CO-01" in only
    assert "CO-02" not in only


@pytest.mark.clause("YJ-02")
def test_page_says_which_of_two_documents_is_used(people: Any) -> None:
    report = import_sheets(
        [
            sheet(
                "documents",
                {
                    "number": "CO-00",
                    "version": "1",
                    "title": "公司制度",
                    "unit": "co",
                    "effective_from": "2024-01-01",
                    "precedence": "100",
                },
            ),
            sheet(
                "quota_rules",
                {
                    "unit": "co",
                    "code": "q-post",
                    "name": "公司发帖",
                    "activities": "post",
                    "platforms": "t-bar",
                    "basis": "person",
                    "period": "month",
                    "amount": "50",
                    "valid_from": "2024-01-01",
                    "document": "CO-00",
                },
            ),
        ]
    )
    assert report.accepted, report.errors
    low = text_of(people.client("leader"), "/rules/quota_rules/co-a:q-post/")
    assert "公司制度" in low
    assert "has the higher precedence: that one is used" in low
    high = text_of(people.client("leader"), "/rules/quota_rules/co:q-post/")
    assert "has the lower precedence: the rule on this page is used" in high
    assert "has the higher precedence: that one is used" in text_of(
        people.client("leader"), "/org/documents/CO-01/"
    )
    mine = text_of(people.client("staff"), "/rules/mine/")
    assert "公司发帖" in mine
    assert "/rules/quota_rules/co-a:q-post/" not in mine


def test_lists_of_documents_need_equally_many_queries(people: Any) -> None:
    def grow() -> None:
        for number in range(18):
            Document.objects.create(
                number=f"N-{number}", version="1", title="n", unit=people.root, effective_from=TODAY
            )
            Document.objects.create(number="CO-01", version=f"0.{number}", title="n", unit=people.root)

    assert_bounded(people.client("staff"), "/org/documents/", grow)


def test_document_page_needs_equally_many_queries(people: Any) -> None:
    def grow() -> None:
        for number in range(18):
            Document.objects.create(number="CO-01", version=f"0.{number}", title="n", unit=people.root)

    assert_bounded(people.client("staff"), "/org/documents/CO-01/", grow)
