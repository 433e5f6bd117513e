"""The objects that the matrix asks for, one per relation, in two organisations and a locked month."""

import json
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from io import BytesIO
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from openpyxl import Workbook
from PIL import Image

from campaigns.models import Campaign, Channel, Plan, Uplift
from campaigns.services.tasks import TaskTerms, task_add
from core import jobs
from core.files import file_store, register_kind
from core.interchange.importer import import_sheets
from core.models import Job, User
from core.months import Month
from core.registry import Registry
from core.sealing import seal, unseal
from core.spreadsheets.reader import sheet_of_rows
from core.tokens import token_create
from departments.models import Duty, Unit, WebhookDelivery, WebhookEndpoint
from finance.models import Fund, FundMonth
from finance.services import Asked, fund_request
from incentives.jobs import ROLL_UP
from incentives.models import Adjustment, Finding, Manuscript, Payout, Settlement
from incentives.services.adjustments import adjustment_propose
from incentives.services.closing import month_lock, month_publish, month_review
from incentives.services.manuscripts import manuscript_screen
from incentives.services.payments import payment_return, payments_settle
from incentives.services.roll_up import month_roll_up
from incentives.services.submissions import link_revoke
from kpi.models import Attainment, LogEntry, PointKind, QuotaRule, Score
from kpi.selectors.appeals import appeal_lines
from kpi.services.appeals import appeal_file
from kpi.services.evidence import evidence_store
from kpi.services.points import point_propose
from kpi.services.samples import sample_draw
from opscenter.data.services import import_check
from opscenter.reminders.services import channel_save
from opscenter.rules.kinds import KINDS
from opscenter.rules.services import draft_create, draft_submit, standing
from opscenter.rules.sheets import digest_of, rows_of
from tests.access import pending
from tests.incentives import manuscripts, payday
from tests.people import APRIL, MONTH, People, load_people

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

HOOK = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=00000000-0000-4000-8000-000000000000"
#: A month of co that is locked, with a row of everybody in it.
LOCKED = Month(2024, 3)


@dataclass
class World:
    """The people, their browsers, and the keys of the objects by name."""

    people: People
    ids: dict[str, Any] = field(default_factory=dict)
    digest: str = ""
    #: kind and reference of a line of April that everybody with a score has
    line: tuple[str, str] = ("", "")
    digests: dict[str, str] = field(default_factory=dict)
    _clients: dict[str, tuple[Client, dict[str, str]]] = field(default_factory=dict)

    def client(self, who: str) -> Client:
        """The person's browser as it was right after signing in."""
        if who not in self._clients:
            client = Client(raise_request_exception=False)
            if who in self.people.users:
                client.force_login(self.people.user(who))
            self._clients[who] = client, {key: one.value for key, one in client.cookies.items()}
        client, cookies = self._clients[who]
        client.cookies.clear()
        for key, value in cookies.items():
            client.cookies[key] = value
        return client


def rows(name: str, *lines: dict[str, Any]) -> None:
    """Import rows of one table, as a workbook would."""
    columns = tuple(lines[0])
    cells = [(1, columns), *((at, tuple(line.values())) for at, line in enumerate(lines, 2))]
    report = import_sheets([sheet_of_rows(name, iter(cells))])
    assert report.accepted, [error.as_dict() for error in report.errors]


def load_world() -> World:
    people = load_people()
    people.users["stranger"] = User.objects.create_user("stranger")
    people.users["superuser"] = User.objects.create_superuser("superuser")
    world = World(people)
    _logs(world)
    _work(world)
    _files(world)
    _months(world)
    _assessment(world)
    _rules(world)
    _data(world)
    _programs(world)
    _plans(world)
    _manuscripts(world)
    _payments(world)
    world.ids |= pending.changes(world.people)
    world.ids |= pending.replay(world.people, world.ids["draft-submitted"], LOCKED)
    return world


def _months(world: World) -> None:
    """March is locked; April is computed, in both organisations, with the campaigns in it."""
    root = world.people.root
    payday.adjusted(world.people, LOCKED, "staff", "peer", "leader")
    month_roll_up(actor=None, root=root, month=LOCKED)
    month_lock(actor=None, root=root, month=LOCKED, reason="year end", force=True)
    for one in (root, Unit.objects.get(code="xx")):
        month_roll_up(actor=None, root=one, month=APRIL)
    # April is published: everybody may object to a line of theirs, and a director may approve.
    month_review(actor=world.people.user("manager"), root=root, month=APRIL)
    month_publish(actor=world.people.user("manager"), root=root, month=APRIL)


def _assessment(world: World) -> None:
    """Proposed points, findings, and an appeal of ``staff``."""
    user, staff = world.people.user, world.people.staff
    for ident, number in Finding.objects.values_list("ident", "pk"):
        world.ids[ident] = number
    for name, whose, by in (("points-peer", "peer", "leader"), ("points-leader", "leader", "manager")):
        point = point_propose(
            actor=user(by), staff=staff(whose), month=MONTH, kind=PointKind.DEDUCTION, points=Decimal(1),
            reason="迟到", key=uuid5(NAMESPACE_URL, name),
        )  # fmt: skip
        world.ids[name] = point.pk
        world.ids[f"id-{whose}"] = staff(whose).pk
    groups = appeal_lines(staff("staff"), APRIL)
    (kind, lines) = groups[0]
    line, world.line = lines[0], (kind.name, lines[1].reference)
    appeal = appeal_file(
        actor=user("staff"), month=APRIL, kind=kind.name, reference=line.reference, text="数字不对"
    )
    world.ids["appeal-staff"] = appeal.pk


def _rules(world: World) -> None:
    """Two drafts by the manager: a submitted one and one still being written."""
    manager = world.people.user("manager")
    kind = KINDS["quota_rules"]
    for name, code in (("draft-submitted", "q-post"), ("draft-open", "q-blog")):
        rows_of_draft = rows_of(standing(kind, f"co-a:{code}")[-1])
        rows_of_draft[kind.name][0]["valid_from"] = "2024-06-01"
        rows_of_draft[kind.name][0]["weight"] = "3"
        draft = draft_create(actor=manager, kind=kind, rows=rows_of_draft)
        world.ids[name] = draft.pk
        if name == "draft-submitted":
            draft_submit(actor=manager, pk=draft.pk)
            world.digests[name] = digest_of(draft.rows)


def workbook(**tables: list[list[Any]]) -> bytes:
    """A workbook with a sheet for each table."""
    book = Workbook()
    book.remove(book.active)
    for name, lines in tables.items():
        sheet = book.create_sheet(name)
        for line in lines:
            sheet.append(line)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def upload() -> SimpleUploadedFile:
    """A workbook with a platform, as hr would send one."""
    data = workbook(platforms=[["code", "name", "kind"], ["t-new", "新论坛", "forum"]])
    return SimpleUploadedFile("facts.xlsx", data, XLSX)


def _data(world: World) -> None:
    """A checked import of the person of hr, and a channel for reminders of each organisation."""
    check = import_check(actor=world.people.user("hr"), upload=upload())
    jobs.run(check.pk)
    world.ids["import-hr"] = check.pk
    for name, unit, by in (("channel-co", "co", "manager"), ("channel-xx", "xx", "outsider")):
        channel = channel_save(
            actor=world.people.user(by), channel_id=None, unit=Unit.objects.get(code=unit), name=name,
            kind="wecom", address=HOOK, sign="",
            topics=["due"], quiet_from=time(22), quiet_to=time(8), per_minute=10, active=False,
        )  # fmt: skip
        world.ids[name] = channel.pk


def _logs(world: World) -> None:
    log = {"platform": "t-bar", "activity": "post", "count": 1, "status": "submitted"}
    rows(
        "logs",
        {"row_id": "l-outsider", "date": date(2024, 5, 14), "staff_no": "x-outsider", **log},
        {"row_id": "l-locked", "date": date(2024, 3, 14), "staff_no": "p-staff", **log},
    )
    for entry in LogEntry.objects.all():
        world.ids[entry.row_id] = entry.pk
    world.ids["no-row"] = 999_999_999
    picture = BytesIO()
    Image.new("RGB", (40, 40), "white").save(picture, "PNG")
    shot = evidence_store(owner=world.people.user("staff"), name="a.png", content=picture.getvalue())
    LogEntry.objects.filter(row_id="l-own").update(evidence=shot)
    sample = sample_draw(actor=world.people.user("leader"), unit=Unit.objects.get(code="co-a"), month=MONTH)
    world.ids["sample-a"] = sample.pk
    world.ids["duty"] = Duty.objects.get(unit__code="co-a", number=1).pk


def _work(world: World) -> None:
    """An assessment of co-b, a campaign of each unit, a job of each organisation."""
    version = {"valid_from": date(2024, 1, 1)}
    rows("schemes", {"code": "s-b", "name": "内容考核", "unit": "co-b", **version})
    item = {"code": "i-b", "name": "内容", "weight": 100, "source": "rating", "method": "manual"}
    rows("scheme_items", {"scheme": "s-b", **version, **item})
    campaign = {"type": "weekend", "scale": "small", "start": date(2024, 4, 6), "end": date(2024, 4, 7)}
    rows(
        "stores",
        {"code": "st-x", "name": "远店", "unit": "xx"},
        {"code": "st-a", "name": "二店", "unit": "co-a"},
    )
    rows(
        "campaigns",
        {"code": "c-a", "name": "推广活动", "unit": "co-a", **campaign, "stores": "st-a"},
        {"code": "c-b", "name": "内容活动", "unit": "co-b", **campaign, "stores": "st-1"},
        {"code": "c-x", "name": "远山活动", "unit": "xx", **campaign, "stores": "st-x"},
    )
    for name, code, asker in (("job-co", "co", "manager"), ("job-xx", "xx", "outsider")):
        job = Job.objects.create(
            kind=ROLL_UP,
            arguments={"unit": code, "month": "2024-04"},
            requested_by=world.people.user(asker),
            dedupe_key=name,
        )
        world.ids[name] = job.pk


def _files(world: World) -> None:
    """A private file of one person, of a kind that nobody else may read."""
    from core import files

    kinds: Registry[Any] = files.kinds
    if "matrix" not in kinds:
        register_kind("matrix", lambda reader, stored: False)
    stored = file_store(
        owner=world.people.user("staff"), kind="matrix", name="a.txt", content=b"a", content_type="text/plain"
    )
    world.ids["file-own"] = stored.key
    world.ids["file-missing"] = "00000000-0000-4000-8000-000000000000"


def _programs(world: World) -> None:
    """A key of one person, a webhook of the organisation with a message, and the rows that programs read."""
    key = UUID("33333333-3333-4333-8333-333333333333")
    token, _secret = token_create(actor=world.people.user("staff"), name="脚本", days=30, form_key=key)
    endpoint = WebhookEndpoint.objects.create(
        root=world.people.root,
        url="https://example.com/hook",
        events=["month.locked"],
        secret=seal("x"),
        form_key=key,
    )
    message = WebhookDelivery.objects.create(
        endpoint=endpoint, event="month.locked", event_key="matrix", body="{}", state="failed"
    )
    world.ids |= {"token": token.pk, "webhook": endpoint.pk, "message": message.pk}
    staff = world.people.staff("staff")
    first = APRIL.first
    world.ids |= {
        "quota": QuotaRule.objects.get(code="q-post").pk,
        "attainment": Attainment.objects.filter(staff=staff, month=first)[:1].get().pk,
        "score": Score.objects.get(staff=staff, month=first).pk,
        "payout": Payout.objects.filter(staff=staff, month=first)[:1].get().pk,
        "campaign-a": Campaign.objects.get(code="c-a").pk,
        "uplift": Uplift.objects.get(campaign__code="c-a").pk,
        "settlement": Settlement.objects.get(period__root=world.people.root, period__month=first).pk,
        "settlement-xx": Settlement.objects.get(period__root__code="xx", period__month=first).pk,
    }
    fund = FundMonth.objects.filter(root=world.people.root).first()
    world.ids["fund"] = fund.pk if fund else world.ids["no-row"]


def _plans(world: World) -> None:
    """A plan and a campaign of co-a that wait for approval, by its leader, and a task of ``staff``."""
    leader, unit = world.people.user("leader"), Unit.objects.get(code="co-a")
    june = {"start": date(2024, 6, 1), "end": date(2024, 6, 30)}
    waiting = {"author": leader, "submitted_by": leader, "status": "submitted"}
    plan = Plan.objects.create(
        name="六月", root=world.people.root, unit=unit, horizon="month", **june, **waiting
    )
    campaign = Campaign.objects.create(
        code="c-plan", name="六月活动", root=world.people.root, unit=unit, month=june["start"],
        type="weekend", scale="small", stores=["st-a"], **june, **waiting,
    )  # fmt: skip
    terms = TaskTerms("海报", unit, date(2024, 6, 1), owner=world.people.staff("staff"))
    key = UUID("44444444-4444-4444-8444-444444444444")
    task = task_add(actor=leader, campaign_id=campaign.pk, terms=terms, key=key)
    july = {"start": date(2024, 7, 6), "end": date(2024, 7, 7)}
    draft = Plan.objects.create(
        name="七月", root=world.people.root, unit=unit, horizon="month", author=leader, status="draft",
        start=date(2024, 7, 1), end=date(2024, 7, 31),
    )  # fmt: skip
    Campaign.objects.create(
        code="c-draft", name="七月活动", root=world.people.root, unit=unit, month=date(2024, 7, 1),
        type="weekend", scale="small", stores=["st-a"], author=leader, status="draft", **july,
    )  # fmt: skip
    Channel.objects.create(code="wx", name="微信", kind="online")
    world.ids["campaign-plan"] = campaign.pk
    world.ids |= {"plan-june": plan.pk, "plan-draft": draft.pk, "task": task.pk, "unit-a": unit.pk}
    world.ids["unit-xx"] = Unit.objects.get(code="xx").pk


def _manuscripts(world: World) -> None:
    """Manuscripts of ``below`` at every step, one of a guest with its link, a request of the leader."""
    people = world.people
    editor = people.user("staff")
    manuscripts.rules(people)
    screening, returned, voting = (manuscripts.handed_in(people) for _each in range(3))
    manuscript_screen(actor=editor, manuscript_id=returned.pk, passes=False, remark="写具体些")
    manuscript_screen(actor=editor, manuscript_id=voting.pk, passes=True)
    manuscripts.vote(people, voting, "staff")
    made = {"screening": screening, "returned": returned, "voting": voting}
    made["accepted"] = manuscripts.accepted(people)
    live, revoked = manuscripts.link(people), manuscripts.link(people)
    link_revoke(actor=people.user("manager"), link_id=revoked.pk)
    receipt = manuscripts.received(live)
    made["guest"] = Manuscript.objects.get(submission__reference=receipt.reference)
    world.ids |= {f"manuscript-{name}": one.pk for name, one in made.items()}
    kept = {"reference": receipt.reference, "code": receipt.code, "at": int(timezone.now().timestamp())}
    world.ids |= {
        "guest-link": live.pk,
        "guest-token": unseal(live.sealed_token),
        "guest-token-revoked": unseal(revoked.sealed_token),
        "guest-reference": receipt.reference,
        "guest-code": receipt.code,
        "guest-receipt": seal(json.dumps(kept)),
    }
    fund = Fund.objects.get(scheme_code="ps-1", kind="maintenance")
    asked = Asked(fund.pk, Decimal("80.00"), "图片素材")
    key = UUID("88888888-8888-4888-8888-888888888888")
    request = fund_request(actor=people.user("leader"), asked=asked, key=key)
    world.ids |= {"fund-maintenance": fund.pk, "request-leader": request.pk}


def _payments(world: World) -> None:
    """A batch of March by finance: ``staff`` is paid, ``peer`` on the way, that to ``leader`` came back."""
    people = world.people
    payday.accounts(people)
    made = payday.batch(people, month=LOCKED)
    director, day = people.user("director"), date(2024, 5, 15)
    lines = {line.payee: line.pk for line in made.lines.all()}
    payments_settle(actor=director, batch_id=made.pk, day=day, lines=[lines["p-staff"]])
    payment_return(actor=director, line_id=lines["p-leader"], day=day, reason="户名不符")
    adjustments = Adjustment.objects.filter(month=LOCKED.first, staff=people.staff("staff"))
    proposed = adjustment_propose(
        actor=people.user("hr"), staff=people.staff("peer"), about=LOCKED, month=MONTH, amount=Decimal(7),
        reason="漏记",
    )  # fmt: skip
    world.ids |= {"adjustment-staff": adjustments.get().pk, "adjustment-proposed": proposed.pk}
    world.ids |= {f"payment-{who}": lines[f"p-{who}"] for who in ("staff", "peer", "leader")}
    world.ids |= {f"id-{who}": people.staff(who).pk for who in ("staff", "finance", "outsider")}
    world.ids |= {
        "batch": made.pk,
        "bank-file": made.files.get().pk,
        "bank-profile": made.files.get().profile_id,
    }
