"""The first page, health, search, private files, jobs."""

from tests.access.matrix import ANY, MISSING, Page
from tests.access.personas import EVERYBODY, SIGNED_IN, WHOLE, who

PAGES = [
    Page("home", read={ANY: SIGNED_IN}),
    Page("healthz", read={ANY: EVERYBODY}, public=True),
    Page("healthz_session", read={ANY: SIGNED_IN}),
    Page("favicon", read={ANY: EVERYBODY}, public=True),
    Page("search:show", read={ANY: SIGNED_IN}, query="?q=a"),
    # A private file: its owner, and whom its kind names (here nobody); no role opens it.
    Page(
        "file",
        read={"own": who("staff")},
        objects={"own": {"key": "file-own"}, MISSING: {"key": "file-missing"}},
    ),
    Page("jobs:list", read={ANY: SIGNED_IN}),
    # A roll-up's job: who asked for it, and who may ask for one there (act month.roll_up); leaders may not.
    Page(
        "jobs:show",
        read={"co": WHOLE - {"auditor"}, "other organisation": who("outsider")},
        objects={"co": {"pk": "job-co"}, "other organisation": {"pk": "job-xx"}, MISSING: {"pk": "no-row"}},
    ),
    Page(
        "jobs:cancel",
        write={"co": WHOLE - {"auditor"}, "other organisation": who("outsider")},
        objects={"co": {"pk": "job-co"}, "other organisation": {"pk": "job-xx"}, MISSING: {"pk": "no-row"}},
    ),
]
