"""Payments: finance makes batches and keeps accounts, somebody else notes what became of them; one's own."""

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import MEMBERS, who

MARCH, APRIL = "2024-03", "2024-04"
#: Acts money.read, payment.make with bank_account.edit, payment.confirm.  The outsider, a manager, has none.
READERS = who("director", "finance", "auditor")
FINANCE = who("finance")
SETTLERS = who("finance", "director")
#: act adjustment.propose; the outsider, a manager, has no locked month
PROPOSERS = who("manager", "hr", "finance")
BATCH = {"co": {"pk": "batch"}, MISSING: {"pk": "no-row"}}

PAGES = [
    Page("payments:index", read={ANY: READERS}),
    # The payment to ``leader`` came back, so that something is left of March; April is not locked.
    Page(
        "payments:month",
        read={"locked": FINANCE, "open": FINANCE},
        write={"locked": FINANCE},
        known={"open": FINANCE},
        objects={
            "locked": {"month": MARCH, "unit": "co"},
            "open": {"month": APRIL, "unit": "co"},
            "other organisation": {"month": MARCH, "unit": "xx"},
            MISSING: {"month": MARCH, "unit": "nothing"},
        },
        data=lambda world, who: {
            "profile": world.ids["bank-profile"],
            "key": "99999999-9999-4999-8999-999999999999",
        },
    ),
    Page(
        "payments:outsiders",
        read={"locked": READERS},
        objects={"locked": {"month": MARCH, "unit": "co"}, MISSING: {"month": MARCH, "unit": "nothing"}},
    ),
    Page("payments:batch", read={"co": READERS}, objects=BATCH),
    Page(
        "payments:again",
        write={"co": FINANCE},
        known={"co": READERS},
        objects=BATCH,
        data=lambda world, who: {"profile": world.ids["bank-profile"], "reason": "银行改了格式"},
    ),
    # Finance made the batch: the director notes what became of it.
    Page(
        "payments:settle",
        write={"co": who("director")},
        known={"co": READERS},
        objects=BATCH,
        data=lambda world, who: {"day": "2024-05-15"},
    ),
    Page(
        "payments:returned",
        write={"peer": who("director")},
        known={"peer": SETTLERS},
        objects={"peer": {"pk": "payment-peer"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"day": "2024-05-15", "reason": "户名不符"},
    ),
    # The payee alone, once it is paid.
    Page(
        "payments:receive",
        write={"staff": who("staff")},
        known={"staff": who("staff"), "peer": who("peer")},
        objects={
            "staff": {"pk": "payment-staff"},
            "peer": {"pk": "payment-peer"},
            MISSING: {"pk": "no-row"},
        },
    ),
    # POST, because the download is recorded.
    Page(
        "payments:file",
        write={"co": FINANCE},
        known={"co": READERS},
        objects={"co": {"pk": "bank-file"}, MISSING: {"pk": "no-row"}},
    ),
    Page("payments:accounts", read={ANY: FINANCE}),
    Page(
        "payments:accounts_paste",
        read={ANY: FINANCE},
        write={ANY: FINANCE},
        data=lambda world, who: {"act": "keep", "text": "p-staff\t6228480402564890018\t员小一\t农行"},
    ),
    # Finance keeps everybody's account but their own.
    Page(
        "payments:account",
        read={"staff": FINANCE, "own": FINANCE},
        write={"staff": FINANCE},
        known={"own": FINANCE},
        objects={
            "staff": {"pk": "id-staff"},
            "own": {"pk": "id-finance"},
            "outsider": {"pk": "id-outsider"},
            MISSING: {"pk": "no-row"},
        },
        data={
            relation: lambda world, who, name=name: {
                "number": "6228480402564890018",
                "holder": name,
                "branch": "农行",
            }
            for relation, name in (("staff", "员小一"), ("own", "财务"), ("outsider", "外人"))
        },
    ),
    Page(
        "payments:number",
        write={"staff": FINANCE},
        known={"staff": FINANCE},
        objects={"staff": {"pk": "id-staff"}, "outsider": {"pk": "id-outsider"}, MISSING: {"pk": "no-row"}},
        data=lambda world, who: {"reason": "银行来电核对"},
    ),
    # Adjustments of March, about February: one's own, of people whose money one reads, and what one proposed.
    Page("payments:adjustments", read={ANY: MEMBERS}),
    Page(
        "payments:adjustment",
        read={"locked": READERS | who("staff", "hr"), "proposed": READERS | who("peer", "hr")},
        objects={
            "locked": {"pk": "adjustment-staff"},
            "proposed": {"pk": "adjustment-proposed"},
            MISSING: {"pk": "no-row"},
        },
    ),
    Page(
        "payments:adjustment_new",
        read={ANY: PROPOSERS | who("outsider")},
        write={ANY: PROPOSERS},
        refused=frozenset({403, 404, 409, 422}),
        data=lambda world, who: {
            "staff_no": "x-outsider" if who == "outsider" else "p-below",
            "about": MARCH,
            "month": "2024-06",
            "amount": "12.50",
            "reason": "漏记",
        },
    ),
    # HR proposed it: director and finance approve, once.
    Page(
        "payments:adjustment_approve",
        write={"proposed": SETTLERS},
        known={"locked": READERS | who("staff", "hr"), "proposed": READERS | who("peer", "hr")},
        objects={
            "locked": {"pk": "adjustment-staff"},
            "proposed": {"pk": "adjustment-proposed"},
            MISSING: {"pk": "no-row"},
        },
    ),
]
