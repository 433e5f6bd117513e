"""A person's access keys: what there is, a new one, its end."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from core.access import SIGNED_IN, access, account
from core.tokens import token_create, token_list, token_revoke
from opscenter.tokens.forms import TokenForm


@access(SIGNED_IN)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: HttpRequest) -> HttpResponse:
    """The keys; a new one shows its secret on the answer itself, and never again."""
    person, now = account(request), timezone.now()
    form = TokenForm(request.POST or None)
    context: dict[str, Any] = {"form": form}
    if request.method == "POST" and form.is_valid():
        token, secret = token_create(actor=person, **form.cleaned_data)
        context = {"form": TokenForm(), "made": token, "secret": secret}
    keys = [(token, token.is_live(now)) for token in token_list(person)]
    status = 422 if context["form"].is_bound else 200
    return render(request, "tokens/list.html", {**context, "keys": keys}, status=status)


@access(SIGNED_IN)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    token = token_revoke(actor=account(request), token_id=pk)
    messages.success(request, _("The key “%(name)s” opens nothing any more.") % {"name": token.name})
    return redirect("tokens:list")
