"""What a service refused, shown where it was typed."""

from collections.abc import Mapping

from django import forms

from core.exceptions import DomainError


def add_problems(form: forms.BaseForm, error: DomainError, fields: Mapping[str, str] | None = None) -> None:
    """Show what a service refused: beside its fields, or above the form.

    ``fields``: how the form names what the service names otherwise.
    """
    placed = False
    for one in error.errors:
        name = (fields or {}).get(one["field"], one["field"])
        if name in form.fields:
            form.add_error(name, one["message"])
            placed = True
    if not placed:
        form.add_error(None, str(error))
