"""The pages of payments: from the locked month to the receipt, and how many queries they need."""

from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from departments.models import Staff
from incentives.models import Adjustment, BankAccount, PaymentBatch, PaymentLine
from incentives.services.roll_up import month_roll_up
from tests.incentives import payday
from tests.people import APRIL
from tests.people.pages import assert_bounded

pytestmark = pytest.mark.django_db
KEY = "12345678-1234-4234-8234-123456789012"


def crowd(people: Any, batch: PaymentBatch | None) -> None:
    """Twenty more people with an account, and a payment each."""
    finance = people.user("finance")
    for number in range(20):
        person = Staff.objects.create(
            staff_no=f"n-{number}", name=f"新人{number}", root=people.root, unit=people.root, role="staff",
            joined=date(2024, 1, 1),
        )  # fmt: skip
        BankAccount.objects.create(
            staff=person, holder=person.name, sealed_number="x", last_four="0000", changed_by=finance
        )
        if batch is not None:
            PaymentLine.objects.create(
                batch=batch, root=people.root, month=APRIL.first, payee=person.staff_no, name=person.name,
                staff=person, gross=Decimal(10), tax=Decimal(0), amount=Decimal(10), method="bank",
            )  # fmt: skip


def test_month_is_paid_from_page_to_page(people: Any) -> None:
    payday.payday(people)
    profile, finance, director = payday.layout(people), people.client("finance"), people.client("director")
    page = finance.get("/payments/months/2024-04/co/")
    assert page.status_code == 200
    assert "2,160.50" in page.content.decode()
    assert "960.00" in page.content.decode()

    assert finance.post("/payments/months/2024-04/co/", {"key": KEY}).status_code == 422
    made = finance.post("/payments/months/2024-04/co/", {"key": KEY, "profile": profile.pk})
    batch = PaymentBatch.objects.get()
    assert made.headers["Location"] == f"/payments/batches/{batch.pk}/"
    finance.post("/payments/months/2024-04/co/", {"key": KEY, "profile": profile.pk})
    assert PaymentBatch.objects.count() == 1
    url = f"/payments/files/{batch.files.get().pk}/"
    first, second = finance.post(url), finance.post(url)
    assert first.content == second.content
    assert first.headers["Cache-Control"] == "no-store"
    assert director.post(url).status_code == 404

    assert director.post(f"/payments/batches/{batch.pk}/settle/", {"day": "2024-05-15"}).status_code == 302
    own = people.client("staff").get("/today/month/2024-04/").content.decode()
    line = payday.line("p-staff")
    assert f"/payments/lines/{line.pk}/received/" in own
    answer = people.client("staff").post(f"/payments/lines/{line.pk}/received/")
    assert answer.headers["Location"] == "/today/month/2024-04/"
    line.refresh_from_db()
    assert line.received_at is not None


def test_tax_list_is_exported_as_it_is_shown(people: Any) -> None:
    payday.payday(people)

    answer = people.client("auditor").get("/payments/months/2024-04/co/outsiders/?export=xlsx")

    sheet = load_workbook(BytesIO(answer.content)).active
    assert sheet is not None
    row = [cell.value for cell in sheet[2]]
    assert row[0] == "吴桂兰"
    assert [Decimal(str(cell)) for cell in row[2:]] == [Decimal(1000), Decimal(40), Decimal(960)]


def test_tax_list_of_a_month_that_is_not_locked_is_marked(people: Any) -> None:
    url = "/payments/months/2024-04/co/outsiders/"
    payday.owed(people)
    assert "吴桂兰" not in people.client("finance").get(url).content.decode()
    month_roll_up(actor=None, root=people.root, month=APRIL)

    client = people.client("finance")
    page = client.get(url, headers={"accept-language": "en"}).content.decode()

    # Five fees of 200.00: (1,000 − 800) × 20 % = 40.00
    for words in ("Provisional.", "吴桂兰", "1,000.00", "40.00", "960.00"):
        assert words in page
    sheet = load_workbook(BytesIO(client.get(f"{url}?export=xlsx").content)).active
    assert sheet is not None
    assert [Decimal(str(cell.value)) for cell in sheet[2][2:]] == [Decimal(1000), Decimal(40), Decimal(960)]
    index = client.get("/payments/", headers={"accept-language": "en"}).content.decode()
    assert "Provisional tax list" in index
    assert people.client("manager").get(url).status_code == 404

    payday.lock(people)
    final = client.get(url, headers={"accept-language": "en"}).content.decode()
    assert "Provisional." not in final
    assert "960.00" in final


def test_month_to_be_paid_shows_everybody_page_by_page(people: Any) -> None:
    crowd(people, None)
    payday.owed(people)
    for number in range(20):
        Adjustment.objects.create(
            root=people.root, month=APRIL.first, about_month=APRIL.plus(-1).first, amount=Decimal(10),
            staff=Staff.objects.get(staff_no=f"n-{number}"), reason="补", proposed_by=people.user("hr"),
            approved_by=people.user("director"),
        )  # fmt: skip
    payday.lock(people)
    payday.accounts(people)
    client, url = people.client("finance"), "/payments/months/2024-04/co/"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("incentives.selectors.payment_board.LINES_A_PAGE", 10)
        pages = [client.get(f"{url}?page={page}").content.decode() for page in (1, 2, 3)]
        by_hand = client.get(f"{url}?how=hand").content.decode()
    # 20 of the crowd, staff and peer by the bank; the customer by hand, who stands first
    assert "吴桂兰" in pages[0]
    for number in range(20):
        assert sum(f">新人{number}<" in page for page in pages) == 1
    assert "吴桂兰" in by_hand
    assert "新人" not in by_hand
    assert "2,360.50" in pages[0]


def test_lists_need_as_many_queries_for_many_rows(people: Any) -> None:
    payday.payday(people)
    batch, client = payday.batch(people), people.client("finance")

    assert_bounded(client, f"/payments/batches/{batch.pk}/", lambda: crowd(people, batch))


def test_accounts_need_as_many_queries_for_many_people(people: Any) -> None:
    payday.payday(people)
    payday.batch(people)

    assert_bounded(people.client("finance"), "/payments/accounts/", lambda: crowd(people, None))
    client = people.client("finance")
    for url in ("/payments/", "/payments/months/2024-04/co/"):
        assert_bounded(client, url, lambda: None)
