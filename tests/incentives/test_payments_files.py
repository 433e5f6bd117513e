"""What stands in the files for the bank, read again; and where account numbers stand nowhere."""

import csv
import hashlib
import logging
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from openpyxl import load_workbook

from core.exceptions import NotAllowed, NotVisible, RuleViolation
from core.files import content_of
from core.models import AuditEvent
from incentives.models import BankAccount, BankFileProfile, PaymentBatch, PaymentFile
from incentives.services.bank_accounts import bank_account_read, bank_account_set
from incentives.services.payments import bank_file_read, batch_files_again, payment_return
from tests.incentives import payday
from tests.people.refusals import refused

pytestmark = pytest.mark.django_db
PEER = ["员小二", payday.PEER_ACCOUNT]
STAFF = ["员小一", payday.STAFF_ACCOUNT]


def contents(batch: PaymentBatch) -> list[bytes]:
    return [content_of(one.stored) for one in batch.files.select_related("stored")]


def everything() -> str:
    """All rows of all tables, as text."""
    found = []
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"SELECT * FROM {connection.ops.quote_name(model._meta.db_table)}")  # noqa: S608
            found += [repr(row) for row in cursor.fetchall()]
    return "\n".join(found)


def test_workbook_holds_accounts_as_text_and_amounts_with_two_decimals(people: Any) -> None:
    payday.payday(people)

    (data,) = contents(payday.batch(people))

    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["number", "account", "holder", "amount", "branch"]
    assert [row[:3] for row in rows[1:]] == [[1, PEER[1], PEER[0]], [2, STAFF[1], STAFF[0]]]
    assert [Decimal(str(row[3])) for row in rows[1:]] == [Decimal("200.50"), Decimal("1000.00")]
    cells = list(sheet.iter_rows(min_row=2))
    assert {(row[1].data_type, row[1].number_format) for row in cells} == {("s", "@")}
    assert {row[3].number_format for row in cells} == {"0.00"}


def test_text_file_is_gb18030_with_bars_and_adds_up(people: Any) -> None:
    payday.payday(people)

    (data,) = contents(payday.batch(people, "text"))

    assert data.decode("gb18030") == (
        f"1|{PEER[1]}|员小二|200.50|奖金\r\n2|{STAFF[1]}|员小一|1000.00|奖金\r\n"
    )
    total = sum(Decimal(line.split("|")[3]) for line in data.decode("gb18030").splitlines())
    assert total == Decimal("1200.50")


def test_batch_larger_than_a_file_is_split(people: Any) -> None:
    payday.payday(people)

    batch = payday.batch(people, "single")

    files = list(batch.files.order_by("part"))
    assert [(one.stored.name, one.count, one.total) for one in files] == [
        ("202404-co-1-1.csv", 1, Decimal("200.50")),
        ("202404-co-1-2.csv", 1, Decimal("1000.00")),
    ]
    rows = [list(csv.reader(StringIO(data.decode("gb18030")))) for data in contents(batch)]
    head = ["account", "holder", "amount"]
    assert rows == [[head, [*PEER[::-1], "200.50"]], [head, [*STAFF[::-1], "1000.00"]]]


def test_layouts_of_a_preset_draw_what_the_bank_wants(people: Any) -> None:
    """The rows shipped, for ``co``: the totals, the empty columns, the batch number with its revision."""
    payday.payday(people)
    payday.shipped(people)
    icbc, ccb = (BankFileProfile.objects.get(code=f"p-{name}") for name in ("icbc-batch", "ccb-payroll"))

    batch = payday.batch(people)
    (data,) = contents(batch)
    sheet = load_workbook(BytesIO(data)).active
    assert sheet is not None
    last = [cell.value for cell in list(sheet.iter_rows())[-1]]
    assert (last[0], Decimal(str(last[3]))) == (2, Decimal("1200.50"))
    assert [row[5].value for row in sheet.iter_rows(min_row=2, max_row=3)] == ["202404-co-1"] * 2

    finance = people.user("finance")
    (again,) = batch_files_again(actor=finance, batch_id=batch.pk, profile_id=ccb.pk, reason="换行")
    assert content_of(again.stored).decode("gb18030").splitlines()[0] == (
        f"1|{PEER[1]}|员小二|200.50|202404-co-1-R2"
    )
    (third,) = batch_files_again(actor=finance, batch_id=batch.pk, profile_id=icbc.pk, reason="再换")
    wide = load_workbook(BytesIO(content_of(third.stored))).active
    assert wide is not None
    assert [cell.value for cell in wide[2]][6:11] == [PEER[1], "员小二", 200.5, "奖金", "202404-co-1-R3"]


def test_every_download_gives_the_same_bytes_and_is_recorded(people: Any) -> None:
    payday.payday(people)
    batch = payday.batch(people)
    file, finance = batch.files.get(), people.user("finance")

    first = bank_file_read(actor=finance, file_id=file.pk)
    bank_account_set(
        actor=finance, staff_id=people.staff("peer").pk, number="6217000010009999999", holder="员小二"
    )
    assert bank_file_read(actor=finance, file_id=file.pk) == first

    rows = AuditEvent.objects.filter(action="payment.file_read")
    digest = hashlib.sha256(first[2]).hexdigest()
    assert [(row.actor_name, row.change["rows"], row.change["sha256"]) for row in rows] == [
        ("finance", 2, digest)
    ] * 2


def test_files_are_made_again_for_a_reason_and_for_open_payments_only(people: Any) -> None:
    payday.payday(people)
    batch, finance = payday.batch(people), people.user("finance")
    profile = BankFileProfile.objects.get()
    with pytest.raises(RuleViolation):
        batch_files_again(actor=finance, batch_id=batch.pk, profile_id=profile.pk, reason=" ")
    assert PaymentFile.objects.count() == 1
    line = payday.line("p-staff")
    payment_return(actor=people.user("director"), line_id=line.pk, day=date(2024, 5, 15), reason="账户已销")

    (again,) = batch_files_again(
        actor=finance, batch_id=batch.pk, profile_id=payday.layout(people, "text").pk, reason="银行要文本"
    )

    assert content_of(again.stored).decode("gb18030") == f"1|{PEER[1]}|员小二|200.50|奖金\r\n"


def test_account_numbers_stand_in_no_table_and_in_no_log(
    people: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    payday.payday(people)
    batch = payday.batch(people)
    finance = people.user("finance")
    bank_file_read(actor=finance, file_id=batch.files.get().pk)
    client = people.client("finance")
    for url in ("/payments/", f"/payments/batches/{batch.pk}/", "/payments/accounts/"):
        body = client.get(url).content.decode()
        assert payday.STAFF_ACCOUNT not in body
    staff = people.staff("staff").pk
    shown = bank_account_read(actor=finance, staff_id=staff, reason="银行来电核对")

    assert shown == payday.STAFF_ACCOUNT
    kept = everything()
    assert "3445" in kept  # the last four are
    for number in (payday.STAFF_ACCOUNT, payday.PEER_ACCOUNT):
        assert number not in kept
        assert number not in caplog.text


@pytest.mark.parametrize("number", ["1234567", "1" * 33, "62220202001122334x", "六二二二"])
def test_wrong_number_is_refused(people: Any, number: str) -> None:
    staff = people.staff("staff")
    with pytest.raises(RuleViolation):
        bank_account_set(actor=people.user("finance"), staff_id=staff.pk, number=number, holder=staff.name)
    assert not BankAccount.objects.exists()


def test_accounts_are_kept_by_finance_for_others_in_their_own_name(people: Any) -> None:
    staff, finance = people.staff("staff"), people.staff("finance")
    number = payday.STAFF_ACCOUNT
    for who in ("staff", "leader", "manager", "director", "hr", "auditor", "admin", "outsider"):
        with pytest.raises(NotVisible):
            bank_account_set(actor=people.user(who), staff_id=staff.pk, number=number, holder=staff.name)
    with refused(NotAllowed, "own_line"):
        bank_account_set(
            actor=people.user("finance"), staff_id=finance.pk, number=number, holder=finance.name
        )
    with pytest.raises(RuleViolation):
        bank_account_set(actor=people.user("finance"), staff_id=staff.pk, number=number, holder="别人")
    assert not BankAccount.objects.exists()
