"""The addresses of a month and of jobs; a month in an address is a ``Month``."""

from django.urls import path, register_converter

from core.months import Month
from opscenter.dashboards.views import details, jobs, months


class MonthConverter:
    """``2018-11``; anything else is no such page."""

    regex = r"[0-9]{4}-[0-9]{2}"

    def to_python(self, value: str) -> Month:
        return Month.parse(value)

    def to_url(self, value: Month | str) -> str:
        return str(value)


register_converter(MonthConverter, "month")

month_patterns = (
    [
        path("", months.latest, name="latest"),
        path("<month:month>/", months.show, name="show"),
        path("<month:month>/sheet/", months.sheet, name="sheet"),
        path("<month:month>/result.json", months.result, name="result"),
        path("<month:month>/roll-up/", months.roll_up, name="roll_up"),
        path("<month:month>/acts/<slug:name>/", months.act, name="act"),
        path("<month:month>/campaigns/<str:code>/", details.campaign, name="campaign"),
        path("<month:month>/people/<str:staff_no>/", details.person, name="person"),
    ],
    "month",
)
job_patterns = (
    [
        path("", jobs.JobListView.as_view(), name="list"),
        path("<int:pk>/", jobs.show, name="show"),
        path("<int:pk>/cancel/", jobs.cancel, name="cancel"),
    ],
    "jobs",
)
