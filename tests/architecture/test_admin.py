"""The administration shows every table to whoever helps the others, and changes none but log-ins."""

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.test import Client
from django.urls import reverse

from core.admin import ReadOnlyAdmin, ReadOnlyInline
from core.models import User

APPS = ("core", "departments", "customers", "kpi", "campaigns", "finance", "incentives")
# table → why it is not shown.
EXEMPT = {
    "incentives.Ballot": "who voted how is told by its page, to those who may know",
    "incentives.Submission": "the texts, and who wrote them while others vote; its page keeps them apart",
    "core.IdempotentRequest": "answers that were given to programs, byte for byte",
    "kpi.SampledRow": "the drawn rows of a sample, up to hundreds of thousands; a page of its own shows them",
}
#: keys and addresses, also encrypted ones, and what is told to other servers
HIDDEN = {"secret", "sealed", "sealed_contact", "sealed_number", "sealed_token", "phone", "body"}


def own_models() -> list[type[Model]]:
    return [model for model in apps.get_models() if model._meta.app_label in APPS]


def shown() -> set[type[Model]]:
    """The tables with pages of their own, and those inside the page of another."""
    pages = dict(admin.site._registry)
    inside = {inline.model for page in pages.values() for inline in page.inlines}
    return set(pages) | inside


def test_every_table_is_shown_or_exempt_for_a_reason() -> None:
    missing = {model._meta.label for model in own_models() if model not in shown()} - set(EXEMPT)
    assert missing == set()
    assert set(EXEMPT) <= {model._meta.label for model in own_models() if model not in shown()}
    assert all(len(reason.split()) > 3 for reason in EXEMPT.values())


def test_nothing_but_log_ins_is_changed_there() -> None:
    for model, page in admin.site._registry.items():
        if model in own_models() and model is not User:
            assert isinstance(page, ReadOnlyAdmin), model
            assert all(issubclass(inline, ReadOnlyInline) for inline in page.inlines), model


def test_secrets_are_on_no_page(rf: Any) -> None:
    request = rf.get("/admin/")
    request.user = User(is_superuser=True, is_staff=True, is_active=True)
    for model, page in admin.site._registry.items():
        if model not in own_models() or model is User:
            continue
        fields: list[str] = [str(name) for name in page.get_fields(request)]
        assert not set(fields) & HIDDEN, model


def with_a_list() -> list[type[Model]]:
    return [model for model in own_models() if model in admin.site._registry]


@pytest.mark.parametrize("model", with_a_list(), ids=lambda model: model._meta.label)
def test_list_opens_and_is_searched(db: None, model: type[Model], client: Client) -> None:
    client.force_login(User.objects.create_superuser("root"))
    path = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    assert client.get(path).status_code == 200
    if admin.site._registry[model].search_fields:
        assert client.get(path, {"q": "a"}).status_code == 200
