"""What a line of one's own is, and the acts that decide about no line."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.people import People

BOSS = "leader"
TODAY = date(2024, 5, 15)
Posts = list[tuple[str, dict[str, Any]]]


@dataclass(frozen=True)
class Line:
    """A line of one's own and every way to decide about it.  ``code``: what the services say.

    ``posts``: addresses of pages with what is sent; ``api``: those of the API; ``sheets``: workbooks.
    """

    code: str
    acts: list[Callable[[], Any]]
    posts: Posts
    api: Posts | None = None
    sheets: list[tuple[str, dict[str, Any]]] | None = None


#: name of the walk → the acts of the table that it shows, and how the line is made
WALKS: dict[str, tuple[tuple[str, ...], Callable[[People], Line]]] = {}


def walk(*acts: str) -> Any:
    def keep(make: Callable[[People], Line]) -> Callable[[People], Line]:
        WALKS[make.__name__] = (acts, make)
        return make

    return keep


#: Acts that decide about no line, and why.
OF_NO_LINE = {
    "campaign.plan": "plans and proposes; somebody else approves",
    "finding.propose": "proposes; confirming is walked",
    "manuscript.link": "opens a page for outsiders",
    "fund.enter": "keeps the ledger of a fund, which belongs to nobody; requests of people are walked",
    "fund.request": "asks; deciding is walked",
    "month.roll_up": "computes from facts; whoever did does not review",
    "month.publish": "shows what somebody else reviewed",
    "month.export": "reads",
    "money.read": "reads",
    "jobs.read": "reads",
    "audit.read": "reads",
    "reminders.edit": "names channels of a unit",
    "webhooks.edit": "names servers of an organisation",
}
