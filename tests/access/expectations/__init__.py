"""Who may do what, page by page, as the specification says."""

from tests.access.expectations import (
    api,
    assessment,
    campaigns,
    cockpit,
    data,
    explain,
    logs,
    manuscripts,
    months,
    organisation,
    payments,
    programs,
    shell,
    team,
    verification,
    what_if,
)
from tests.access.matrix import Page

PARTS = (
    shell,
    logs,
    manuscripts,
    months,
    organisation,
    assessment,
    data,
    api,
    programs,
    campaigns,
    cockpit,
    explain,
    payments,
    team,
    verification,
    what_if,
)
PAGES: dict[str, Page] = {page.name: page for part in PARTS for page in part.PAGES}
