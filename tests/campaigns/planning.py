"""What the tests of plans and campaigns start from: terms, and a campaign on its way."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import uuid4

from campaigns.models import Campaign, Plan
from campaigns.services.drafting import campaign_draft, plan_draft
from campaigns.services.flow import step_take
from departments.models import Unit
from tests.people import People

#: It is 15 May 2024; the campaign is the Saturday after.
DAY = date(2024, 5, 18)


def shared_terms(**other: Any) -> dict[str, Any]:
    return {
        "name": "春季会员周",
        "start": DAY,
        "end": DAY,
        "aim": "拉新",
        "goals": [],
        "channels": [],
        "content": "",
        "budget": Decimal("1000.00"),
        "carried": "",
        **other,
    }


def campaign_terms(**other: Any) -> dict[str, Any]:
    return {
        **shared_terms(),
        "type": "weekend",
        "scale": "small",
        "stores": ["st-1"],
        "products": [],
        "pays": True,
        "baseline": "",
        "baseline_dates": [],
        "planned_in": None,
        **other,
    }


def plan_terms(**other: Any) -> dict[str, Any]:
    first, last = date(2024, 5, 1), date(2024, 5, 31)
    return {**shared_terms(start=first, end=last), "horizon": "month", "parent": None, **other}


def drafted(people: People, who: str = "other-leader", code: str = "c-1", **terms: Any) -> Campaign:
    """A draft of the content department, ``co-b``."""
    return campaign_draft(
        actor=people.user(who),
        code=code,
        unit=Unit.objects.get(code="co-b"),
        terms=campaign_terms(**terms),
        key=uuid4(),
    )


def planned(people: People, who: str = "leader", unit: str = "co-a", **terms: Any) -> Plan:
    """A plan of the promotion department, ``co-a``."""
    return plan_draft(
        actor=people.user(who), unit=Unit.objects.get(code=unit), terms=plan_terms(**terms), key=uuid4()
    )


def take(people: People, who: str, subject: Any, name: str, **given: str) -> Any:
    return step_take(type(subject), actor=people.user(who), pk=subject.pk, name=name, **given)


def approved(people: People, code: str = "c-1", **terms: Any) -> Campaign:
    campaign = drafted(people, code=code, **terms)
    take(people, "other-leader", campaign, "submit")
    approved: Campaign = take(people, "manager", campaign, "approve")
    return approved
