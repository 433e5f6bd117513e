"""A comparison that was changed after approval stands on every part of the statement, and only then."""

import datetime as dt
from dataclasses import replace
from io import BytesIO
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.utils import translation

from campaigns.models import Campaign, CampaignChange, Uplift
from core.models import User
from departments.models import Unit
from incentives.services.export import incentive_sheet
from incentives.sheet.selectors import sheet_content
from incentives.sheet.text import as_text
from incentives.sheet.workbook import draw
from tests.incentives.sheet.month import FIRST, MONTH, lock, make_month

pytestmark = pytest.mark.django_db

PRINTED = dt.datetime(2018, 12, 2, 0, 15, tzinfo=dt.UTC)
NOTE = "说明：「活动CA」的比较口径在批准后有变更，明细见“公账台账”"


def change(root: Unit, decision: str | None, terms: dict[str, Any]) -> None:
    """A change of campaign CA, proposed by the clerk and decided by the boss on 2 November 2018."""
    campaign = Campaign.objects.get(code="CA")
    Uplift.objects.get_or_create(
        root=root, month=FIRST, campaign=campaign, defaults={"method": "fixed_dates", "status": "settled"}
    )
    CampaignChange.objects.create(
        campaign=campaign,
        terms=terms,
        reason="=下雨",
        proposed_by=User.objects.get(username="clerk"),
        key=uuid4(),
        decision=decision,
        decided_by=User.objects.get(username="boss") if decision else None,
        decided_at=dt.datetime(2018, 11, 2, 1, 0, tzinfo=dt.UTC) if decision else None,
        remark="" if decision else None,
    )


def cells(data: bytes, sheet: str) -> list[list[Any]]:
    book = openpyxl.load_workbook(BytesIO(data))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def exported(root: Unit) -> bytes:
    return incentive_sheet(root, MONTH, printed_at=PRINTED)[1]


@pytest.mark.clause("KQ-04")
def test_approved_change_is_printed_on_every_sheet_with_a_pool() -> None:
    root = make_month()
    change(
        root,
        "approved",
        {"end": ["2018-11-04", "2018-11-05"], "baseline": ["", "fixed_dates"], "aim": ["", "x"]},
    )

    data = exported(root)

    for sheet in ("汇总", "运营部", "推广部"):
        assert [row[0] for row in cells(data, sheet)].count(NOTE) == 1, sheet
    ledger = cells(data, "公账台账")
    at = [row[0] for row in ledger].index("七、批准后变更的比较口径")
    assert ledger[at + 1] == ["活动", "条款", "原定", "改为", "批准日期", "原因", "提出人", "批准人"]
    # The goal is no term of the comparison, so it is not printed.
    with translation.override("zh-hans"):
        end, baseline = (str(Campaign._meta.get_field(name).verbose_name) for name in ("end", "baseline"))
    assert ledger[at + 2][:5] == ["活动CA", end, "2018-11-04", "2018-11-05", "2018-11-02"]
    assert ledger[at + 2][5:] == ["=下雨", "制单", "经理"]
    assert ledger[at + 3][:3] == ["活动CA", baseline, "—"]
    assert NOTE in as_text(sheet_content(root, MONTH, printed_at=PRINTED))


@pytest.mark.parametrize("decision", [None, "refused"])
def test_what_did_not_come_to_hold_is_not_printed(decision: str | None) -> None:
    root = make_month()
    change(root, decision, {"end": ["2018-11-04", "2018-11-05"]})
    assert sheet_content(root, MONTH, printed_at=PRINTED).changes == ()


def test_other_terms_are_not_printed() -> None:
    root = make_month()
    change(root, "approved", {"aim": ["拉新", "会员"]})
    assert sheet_content(root, MONTH, printed_at=PRINTED).changes == ()


def test_sheet_without_a_change_has_the_same_bytes_as_ever() -> None:
    root = make_month()
    before = exported(root)
    change(root, "approved", {"end": ["2018-11-04", "2018-11-05"]})
    content = sheet_content(root, MONTH, printed_at=PRINTED)

    assert exported(root) != before
    assert draw(replace(content, changes=())) == before


def test_language_of_the_reader_does_not_change_the_file() -> None:
    root = make_month()
    change(root, "approved", {"type": ["weekend", "other"]})
    lock(root)
    with translation.override("en"):
        english = sheet_content(root, MONTH)
    with translation.override("zh-hans"):
        assert sheet_content(root, MONTH) == english
