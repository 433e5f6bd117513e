"""Team pages: those who lead people, on the units where they do."""

from tests.access.matrix import ANY, Page
from tests.access.personas import LEADING

PAGES = [
    Page("team:show", read={ANY: LEADING}),
    Page("team:missing", read={ANY: LEADING}),
    Page("team:ranking", read={ANY: LEADING}),
    Page("team:totals", read={ANY: LEADING}),
]
