"""Who may do what, page by page, as the specification says."""

from tests.access.expectations import (
    api,
    assessment,
    campaigns,
    data,
    logs,
    months,
    organisation,
    programs,
    shell,
    team,
)
from tests.access.matrix import Page

PARTS = (shell, logs, months, organisation, assessment, data, api, programs, campaigns, team)
PAGES: dict[str, Page] = {page.name: page for part in PARTS for page in part.PAGES}
