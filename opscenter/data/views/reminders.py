"""The channels of reminders: set up, tried, removed; and what became of the last messages."""

from datetime import time
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import RuleViolation
from core.messages import MessageKind
from core.models import User
from departments.models import DeliveryState, ReminderChannel, ReminderTopic
from departments.permissions import may
from opscenter.reminders import services
from opscenter.reminders.selectors import channel_shown, channels_shown, reminder_units

QUIET_FROM, QUIET_TO, PER_MINUTE = time(20, 0), time(8, 0), 10


class ChannelForm(forms.Form):
    """A channel; its address is never shown again."""

    unit: Any = forms.ModelChoiceField(
        queryset=None,
        label=gettext_lazy("Unit"),
        empty_label=gettext_lazy("choose a unit"),
        help_text=gettext_lazy("Its people are reminded, with those below it."),
    )
    name = forms.CharField(label=gettext_lazy("Name"), max_length=60)
    kind = forms.ChoiceField(label=gettext_lazy("Kind"), choices=MessageKind.choices)
    address = forms.CharField(
        label=gettext_lazy("Web hook or mail address"),
        required=False,
        max_length=1000,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy(
            "For a robot the web hook of its settings; for mail mailtos://user:password@server?from=…&to=…. "
            "It is kept encrypted and never shown again; empty = as it is."
        ),
    )
    sign = forms.CharField(
        label=gettext_lazy("Signing secret"),
        required=False,
        max_length=200,
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
        help_text=gettext_lazy("If the robot of DingTalk or Feishu asks for one."),
    )
    topics = forms.MultipleChoiceField(
        label=gettext_lazy("What about"),
        choices=ReminderTopic.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose at least one.")},
    )
    quiet_from = forms.TimeField(
        label=gettext_lazy("Quiet from"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    quiet_to = forms.TimeField(
        label=gettext_lazy("Quiet to"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    per_minute = forms.IntegerField(
        label=gettext_lazy("Messages a minute, at most"), min_value=1, max_value=60
    )
    active = forms.BooleanField(label=gettext_lazy("Send reminders every working day"), required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["unit"]
        choice.queryset = reminder_units(user)
        if len(only := choice.queryset[:2]) == 1:
            choice.initial = only[0]


def _initial(channel: ReminderChannel | None) -> dict[str, Any]:
    if channel is None:
        return {
            "quiet_from": QUIET_FROM,
            "quiet_to": QUIET_TO,
            "per_minute": PER_MINUTE,
            "topics": ReminderTopic.values,
        }
    names = ("unit", "name", "kind", "topics", "quiet_from", "quiet_to", "per_minute", "active")
    return {name: getattr(channel, name) for name in names}


@access(may("reminders.edit"))
@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    return render(request, "reminders/list.html", {"channels": channels_shown(account(request))})


@access(may("reminders.edit"))
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """Make or change a channel."""
    person = account(request)
    channel = channel_shown(person, pk) if pk else None
    form = ChannelForm(initial=_initial(channel), user=person)
    if request.method == "POST":
        form = ChannelForm(request.POST, initial=_initial(channel), user=person)
        if form.is_valid():
            try:
                services.channel_save(actor=person, channel_id=pk, **form.cleaned_data)
            except RuleViolation as error:
                form.add_error("name" if error.code == "same_name" else "address", str(error))
            else:
                messages.success(request, _("The channel is saved."))
                return redirect("data:reminders")
    context = {"form": form, "channel": channel}
    return render(request, "reminders/edit.html", context, status=422 if form.is_bound else 200)


@access(may("reminders.edit"))
@require_POST
def send_test(request: HttpRequest, pk: int) -> HttpResponse:
    """A test message, now."""
    try:
        delivery = services.channel_test(actor=account(request), channel_id=pk)
    except RuleViolation as error:
        messages.error(request, str(error))
        return redirect("data:reminders")
    if delivery.state == DeliveryState.SENT:
        messages.success(request, _("The test message was sent."))
    else:
        messages.error(request, _("The test message was not sent: %(why)s") % {"why": delivery.error})
    return redirect("data:reminders")


@access(may("reminders.edit"))
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int) -> HttpResponse:
    """GET says what will happen; POST does it."""
    person = account(request)
    channel = channel_shown(person, pk)
    if request.method == "POST":
        services.channel_delete(actor=person, channel_id=pk)
        messages.success(request, _("The channel is removed."))
        return redirect("data:reminders")
    return render(request, "reminders/delete.html", {"channel": channel})
