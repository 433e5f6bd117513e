"""The log of messages as a list."""

from datetime import datetime
from typing import Any

import django_filters
import django_tables2 as tables
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.lists import StateColumn
from departments.models import WebhookDelivery, WebhookEvent, WebhookState

ONE_LINE = {"td": {"class": "text-nowrap"}}


def moment(value: datetime | None) -> str:
    return date_format(localtime(value), "SHORT_DATETIME_FORMAT") if value else "—"


class MessageTable(tables.Table):
    """Messages, the newest first."""

    created_at = tables.Column(verbose_name=gettext_lazy("Written"), attrs=ONE_LINE)
    event = tables.Column(verbose_name=gettext_lazy("Event"), orderable=False, attrs=ONE_LINE)
    endpoint = tables.Column(verbose_name=gettext_lazy("To"), orderable=False)
    state = StateColumn("state", verbose_name=gettext_lazy("State"), orderable=False)
    attempts = tables.Column(verbose_name=gettext_lazy("Attempts"), orderable=False)
    answer = tables.Column(verbose_name=gettext_lazy("Answer"), empty_values=(), orderable=False)

    class Meta:
        model = WebhookDelivery
        fields = ("created_at", "event", "endpoint", "state", "attempts", "answer")
        order_by = "-created_at"

    def render_created_at(self, record: WebhookDelivery) -> str:
        return format_html(
            '<a href="{}">{}</a>', reverse("webhooks:message", args=[record.pk]), moment(record.created_at)
        )

    def value_created_at(self, value: Any) -> Any:
        return moment(value)

    def render_answer(self, record: WebhookDelivery) -> str:
        if record.error and record.next_at:
            return format_html(
                "{} <small>{}</small>",
                record.error,
                _("again %(moment)s") % {"moment": moment(record.next_at)},
            )
        return record.error or (str(record.status) if record.status else "—")

    def value_answer(self, record: WebhookDelivery) -> str:
        return record.error or str(record.status or "")


class MessageFilter(django_filters.FilterSet):
    """By state and event."""

    state = django_filters.ChoiceFilter(
        choices=WebhookState.choices, label=gettext_lazy("State"), empty_label=gettext_lazy("any state")
    )
    event = django_filters.ChoiceFilter(
        choices=WebhookEvent.choices, label=gettext_lazy("Event"), empty_label=gettext_lazy("any event")
    )

    class Meta:
        model = WebhookDelivery
        fields = ("state", "event")
