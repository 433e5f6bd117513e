"""Many rows of what a list shows, made at once as copies of one that is there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import uuid4

from django.apps import apps
from django.db import models

from campaigns.models import Store
from core.models import User
from departments.models import Unit
from tests.people import APRIL, MONTH

#: from the number of a copy to the value of one of its columns
Made = Callable[[int], Any]
_NUMBERS = count(1)


def _another(column: Any, value: Any, number: int) -> Any:
    """Another value of a column of which no two rows have the same."""
    if column.is_relation:
        return None
    if isinstance(column, models.UUIDField):
        return uuid4()
    if isinstance(column, models.BinaryField):
        return number.to_bytes(32, "big")
    text = f"{number:05d}-{value}"
    return text[: column.max_length] if column.max_length else text


@dataclass(frozen=True)
class Copies:
    """Copies of a row of the table ``label``: the last one with ``where``, of ``co`` where the table knows.

    ``made``: what differs, by column.  ``first``: the columns of the row, where the table is empty.
    ``of``: rows of another table, to each of which one copy belongs, by the column ``by``.
    """

    label: str
    where: dict[str, Any] = field(default_factory=dict)
    made: dict[str, Made] = field(default_factory=dict)
    first: Callable[[], dict[str, Any]] | None = None
    of: "Copies | None" = None
    by: str = "staff_id"

    def make(self, many: int) -> list[Any]:
        model: Any = apps.get_model(self.label)
        row, owners = self._row(model), self.of.make(many) if self.of else []
        found = []
        for at in range(many):
            number = next(_NUMBERS)
            values = {
                column.attname: _another(column, getattr(row, column.attname), number)
                if column.unique
                else getattr(row, column.attname)
                for column in model._meta.concrete_fields
                if not column.primary_key
            }
            values |= {name: one(number) for name, one in self.made.items()}
            if owners:
                values[self.by] = owners[at].pk
            found.append(model(**values))
        return list(model._base_manager.bulk_create(found))

    def _row(self, model: Any) -> Any:
        if self.first is not None:
            return model(**self.first())
        rows = model._base_manager.filter(**self.where).order_by("-pk")
        if any(column.name == "root" for column in model._meta.fields):
            rows = rows.filter(root__code="co")
        return rows[0]


def _unit(code: str) -> int:
    return int(Unit.objects.get(code=code).pk)


def _director(_number: int) -> int:
    return int(User.objects.get(username="director").pk)


def _article() -> dict[str, Any]:
    columns = {"published": MONTH.first, "title": "文章", "kind": "activity", "month": MONTH.first}
    return {**columns, "root_id": _unit("co"), "unit_id": _unit("co-a")}


def _store_day() -> dict[str, Any]:
    store = Store.objects.filter(root__code="co")[0]
    return {"root_id": store.root_id, "store_id": store.pk, "revenue": 7, "gross_profit": 2}


def _template() -> dict[str, Any]:
    return {"unit_id": _unit("co"), "by_unit_id": _unit("co-a"), "kind": "task"}


def _day(number: int) -> Any:
    return MONTH.first - timedelta(days=400 + number)


def _code(number: int) -> str:
    return f"t-more-{number:05d}"


PEOPLE = Copies("departments.Staff", {"staff_no": "p-staff"})
CAMPAIGN = Copies(
    "campaigns.Campaign",
    {"status": "approved"},
    {"start": lambda _number: MONTH.first, "end": lambda _number: MONTH.first + timedelta(days=20)},
)
STORE_DAYS: dict[str, Made] = {"date": _day, "month": lambda number: _day(number).replace(day=1)}
LOGS = Copies(
    "kpi.LogEntry",
    {"status": "submitted", "month": MONTH.first, "supersedes": None, "staff__staff_no": "p-staff"},
)
APRILS = {"month": APRIL.first}
ATTAINMENT = Copies("kpi.Attainment", {**APRILS, "rate__isnull": False}, of=PEOPLE)
FINDING = Copies("incentives.Finding")
DELIVERY = Copies("departments.WebhookDelivery", made={"event_key": _code})

#: list → what it lists
GROWN: dict[str, Copies] = {
    "assessment:appeals": Copies("kpi.Appeal", of=PEOPLE),
    "assessment:points": Copies("kpi.ScorePoint", {"month": MONTH.first}, {"code": _code}),
    "assessment:ratings": PEOPLE,
    "campaigns:board": CAMPAIGN,
    "campaigns:calendar": CAMPAIGN,
    "campaigns:list": CAMPAIGN,
    "campaigns:plans": Copies("campaigns.Plan"),
    "campaigns:templates": Copies("campaigns.TaskTemplate", made={"title": _code}, first=_template),
    "data:missing": PEOPLE,
    "data:reminders": Copies("departments.ReminderChannel", {"unit__code": "co"}, {"name": _code}),
    "findings:list": FINDING,
    "jobs:list": Copies("core.Job", made={"dedupe_key": _code}),
    "logs:list": LOGS,
    "manuscripts:links": Copies("incentives.SubmissionLink"),
    "manuscripts:list": Copies("incentives.Manuscript"),
    "org:documents": Copies("departments.Document", made={"number": _code}),
    "org:people": PEOPLE,
    "payments:accounts": Copies("incentives.BankAccount", of=PEOPLE),
    "payments:adjustments": Copies("incentives.Adjustment"),
    "payments:index": Copies("incentives.PaymentBatch"),
    "rules:acknowledgements": PEOPLE,
    "rules:list": Copies("kpi.QuotaRule", {"unit__root__code": "co"}, {"code": _code}),
    "search:show": Copies("departments.Staff", {"staff_no": "p-staff"}, {"name": _code}),
    "team:missing": PEOPLE,
    "team:ranking": ATTAINMENT,
    "tokens:list": Copies("core.ApiToken", made={"user_id": _director}),
    "verification:queue": LOGS,
    "webhooks:index": Copies("departments.WebhookEndpoint"),
    "webhooks:messages": DELIVERY,
    "api:articles-list": Copies("campaigns.Article", made={"code": _code}, first=_article),
    "api:attainment-list": ATTAINMENT,
    "api:campaigns-list": CAMPAIGN,
    "api:findings-list": FINDING,
    "api:jobs-list": Copies("core.Job", made={"dedupe_key": _code}),
    "api:logs-list": LOGS,
    "api:payouts-list": Copies("incentives.Payout", {**APRILS, "kind": "bonus"}, of=PEOPLE),
    "api:quotas-list": Copies("kpi.QuotaRule", {"unit__root__code": "co"}, {"code": _code}),
    "api:scores-list": Copies("kpi.Score", APRILS, of=PEOPLE),
    "api:store-days-list": Copies("campaigns.StoreDay", made=STORE_DAYS, first=_store_day),
    "api:uplifts-list": Copies("campaigns.Uplift", APRILS, of=CAMPAIGN, by="campaign_id"),
}  # fmt: skip
