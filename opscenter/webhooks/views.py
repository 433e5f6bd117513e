"""Webhooks: the list, a new one, its settings, the log of messages."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.access import access, account
from core.exceptions import NotVisible, RuleViolation
from core.forms import add_problems
from core.lists import ListPage
from departments.permissions import may
from departments.webhooks import delivery_resend, endpoint_change, endpoint_create, endpoint_renew
from opscenter.webhooks import selectors
from opscenter.webhooks.forms import EditWebhookForm, NewWebhookForm
from opscenter.webhooks.tables import MessageFilter, MessageTable

KEEPERS = may("webhooks.edit")


@access(KEEPERS)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def index(request: HttpRequest) -> HttpResponse:
    """All of them; a new one shows its secret on the answer itself, and never again."""
    person = account(request)
    roots = selectors.webhook_roots(person)
    form = NewWebhookForm(request.POST or None, roots=roots)
    context: dict[str, Any] = {}
    if request.method == "POST" and form.is_valid():
        try:
            made, secret = endpoint_create(actor=person, **form.cleaned_data)
        except RuleViolation as error:
            add_problems(form, error)
        else:
            form = NewWebhookForm(roots=roots)
            context = {"made": made, "secret": secret}
    context |= {"form": form, "webhooks": selectors.webhooks(person)}
    return render(request, "webhooks/index.html", context, status=422 if form.is_bound else 200)


@access(KEEPERS)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int) -> HttpResponse:
    person = account(request)
    found = selectors.webhook(person, pk)
    standing = {"url": found.url, "events": found.events, "active": found.active}
    form = EditWebhookForm(request.POST or None, initial=standing)
    if request.method == "POST":
        form = EditWebhookForm(request.POST)
        if form.is_valid():
            try:
                endpoint_change(actor=person, pk=pk, **form.cleaned_data)
            except RuleViolation as error:
                add_problems(form, error)
            else:
                messages.success(request, _("The webhook is changed."))
                return redirect("webhooks:index")
    status = 422 if form.is_bound else 200
    return render(request, "webhooks/edit.html", {"webhook": found, "form": form}, status=status)


@access(KEEPERS)
@never_cache
@require_POST
def renew(request: HttpRequest, pk: int) -> HttpResponse:
    """A new secret, shown on the answer itself."""
    person = account(request)
    made, secret = endpoint_renew(actor=person, pk=pk)
    context = {
        "made": made,
        "secret": secret,
        "form": NewWebhookForm(roots=selectors.webhook_roots(person)),
        "webhooks": selectors.webhooks(person),
    }
    return render(request, "webhooks/index.html", context)


class MessageListView(ListPage):
    access = KEEPERS
    title = gettext_lazy("Webhook messages")
    subtitle = gettext_lazy("What other servers were told, and what they answered")
    table_class = MessageTable
    filterset_class = MessageFilter
    empty_title = gettext_lazy("No messages yet")
    empty_text = gettext_lazy(
        "A message is written when a month is locked or paid and a webhook asks for it."
    )
    empty_icon = "webhook"

    def get_queryset(self) -> Any:
        return selectors.messages_sent(account(self.request))


@access(KEEPERS)
@require_safe
def message(request: HttpRequest, pk: int) -> HttpResponse:
    """One message as it was sent."""
    found = selectors.messages_sent(account(request)).filter(pk=pk).first()
    if found is None:
        raise NotVisible("webhook_message")
    body = json.dumps(json.loads(found.body), ensure_ascii=False, indent=2)
    return render(request, "webhooks/message.html", {"delivery": found, "body": body})


@access(KEEPERS)
@require_POST
def resend(request: HttpRequest, pk: int) -> HttpResponse:
    delivery_resend(actor=account(request), pk=pk)
    messages.info(request, _("The message is on its way again."))
    return redirect("webhooks:message", pk)
