"""Filters of the API's jobs."""

import django_filters

from core.models import Job
from core.models.jobs import JobState


class JobFilters(django_filters.FilterSet):
    state = django_filters.MultipleChoiceFilter(choices=JobState.choices)
    kind = django_filters.CharFilter(field_name="kind")

    class Meta:
        model = Job
        fields: list[str] = []
