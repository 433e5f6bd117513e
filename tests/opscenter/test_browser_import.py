"""The data pages in a real browser: uploading by hand, quiet, accessible, fitting on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from campaigns.models import StoreDay
from tests.opscenter.test_browser_shell import SIDEWAYS, VIEWS, Visitor, findings
from tests.opscenter.test_data_import import BAD, GOOD, workbook
from tests.people import NOW, PASSWORD, load_people

PAGES = (
    "/data/",
    "/data/import/",
    "/data/platform-export/",
    "/data/templates/",
    "/data/export/",
    "/data/completeness/?month=2024-05",
    "/data/completeness/missing/?month=2024-05&source=logs",
    "/data/reminders/",
    "/data/reminders/new/",
    "/jobs/",
)


@pytest.fixture
def visitor(
    browser: Any, live_server: Any, transactional_db: None, settings: Any, tmp_path: Path
) -> Iterator[Any]:
    import time_machine

    settings.MEDIA_ROOT = tmp_path
    with time_machine.travel(NOW, tick=True):
        load_people()

        def visit(**options: Any) -> Visitor:
            guest = Visitor(browser, live_server, **options)
            guest.open("/accounts/login/")
            guest.page.fill("[name=login]", "manager")
            guest.page.fill("[name=password]", PASSWORD)
            guest.page.click("main button[type=submit]")
            guest.page.wait_for_load_state("networkidle")
            return guest

        yield visit


def check(guest: Visitor, path: Path) -> None:
    """Choose a file and have it checked."""
    guest.open("/data/import/")
    guest.page.set_input_files("[name=file]", str(path))
    guest.page.click("main button[type=submit]")
    guest.page.wait_for_selector(".oc-data-verdict")


def test_a_file_is_checked_put_right_and_accepted(visitor: Any, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.xlsx", tmp_path / "good.xlsx"
    bad.write_bytes(workbook(BAD, "门店日报"))
    good.write_bytes(workbook(GOOD))
    guest = visitor(viewport={"width": 390, "height": 844}, locale="en-US")

    check(guest, bad)
    assert "4 things are wrong" in guest.page.inner_text(".oc-data-verdict")
    assert guest.page.evaluate(SIDEWAYS) == 0
    with guest.page.expect_download() as download:
        guest.page.click("text=The file with red cells")
    assert download.value.suggested_filename.endswith(".xlsx")

    check(guest, good)
    guest.page.click("text=Accept and import")
    guest.page.wait_for_selector("text=Imported")
    assert StoreDay.objects.count() == 2
    assert guest.complaints == []


@pytest.mark.full
@pytest.mark.parametrize(("width", "height", "scheme", "locale"), VIEWS)
def test_pages_are_quiet_and_fit(visitor: Any, width: int, height: int, scheme: str, locale: str) -> None:
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme, locale=locale)
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert guest.page.evaluate(SIDEWAYS) == 0, path
    assert guest.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844)])
def test_axe_finds_nothing(visitor: Any, tmp_path: Path, width: int, height: int, scheme: str) -> None:
    bad = tmp_path / "bad.xlsx"
    bad.write_bytes(workbook(BAD, "门店日报"))
    guest = visitor(viewport={"width": width, "height": height}, color_scheme=scheme)
    for path in PAGES:
        guest.open(path)
        guest.page.wait_for_load_state("networkidle")
        assert findings(guest.page) == [], path
    check(guest, bad)
    assert findings(guest.page) == []
