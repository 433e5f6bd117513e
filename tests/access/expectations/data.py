"""Data in and out: everybody their own files; what a file may change, the importer asks row by row."""

from typing import Any

from tests.access.forms import shown_form
from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import LEADING, MEMBERS, who
from tests.access.world import World, upload

#: Act facts.import.
IMPORTERS = who("manager", "director", "hr", "finance", "admin", "outsider")
#: Act reminders.edit, on co.
REMIND = who("manager", "admin")
CHANNELS = {
    "own organisation": {"pk": "channel-co"},
    "other organisation": {"pk": "channel-xx"},
    MISSING: {"pk": "no-row"},
}
OF_CHANNEL = {"own organisation": REMIND, "other organisation": who("outsider")}
#: One's own imports only; the list of jobs shows an administrator the others'.
IMPORT = {"own": {"pk": "import-hr"}, MISSING: {"pk": "no-row"}}
MISSING_LOGS = "?source=logs&month=2024-05"


def _channel(world: World, who: str) -> dict[str, Any]:
    path = f"/data/reminders/{world.ids['channel-co']}/"
    return shown_form(world.client("manager").get(path).content, per_minute="5")


def _new_channel(world: World, who: str) -> dict[str, Any]:
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=11111111-1111-4111-8111-111111111111"
    return {**_channel(world, who), "name": "新群", "address": address}


PAGES = [
    Page("data:index", read={ANY: MEMBERS}),
    Page(
        "data:import", read={ANY: MEMBERS}, write={ANY: MEMBERS}, data=lambda world, who: {"file": upload()}
    ),
    # A file that is no export is said beside the field (422): the right to send one is what counts here.
    Page(
        "data:platform_export",
        read={ANY: IMPORTERS},
        write={ANY: IMPORTERS},
        data=lambda world, who: {"file": upload()},
        done=frozenset({302, 422}),
    ),
    Page("data:import_show", read={"own": who("hr")}, objects=IMPORT),
    Page("data:import_accept", write={"own": who("hr")}, objects=IMPORT),
    Page("data:import_again", write={"own": who("hr")}, objects=IMPORT),
    Page("data:marked", read={"own": who("hr")}, objects=IMPORT),
    Page("data:template", read={ANY: MEMBERS}),
    Page(
        "data:export",
        read={ANY: LEADING},
        write={ANY: LEADING},
        data=lambda world, who: {"tables": ["units"], "month": ""},
    ),
    Page("data:completeness", read={ANY: LEADING}),
    Page("data:missing", read={ANY: LEADING}, query=MISSING_LOGS),
    Page("data:fill", read={ANY: LEADING}, query=MISSING_LOGS),
    Page("data:reminders", read={ANY: REMIND | {"outsider"}}),
    Page(
        "data:reminder_new",
        read={ANY: REMIND | {"outsider"}},
        write={ANY: REMIND},
        data=_new_channel,
        refused=frozenset({403, 404, 409, 422}),
    ),
    Page(
        "data:reminder_edit",
        read=OF_CHANNEL,
        write={"own organisation": REMIND},
        objects=CHANNELS,
        data=_channel,
        refused=frozenset({403, 404, 409, 422}),
    ),
    Page("data:reminder_test", write=OF_CHANNEL, objects=CHANNELS),
    Page("data:reminder_delete", read=OF_CHANNEL, write=OF_CHANNEL, objects=CHANNELS),
]
