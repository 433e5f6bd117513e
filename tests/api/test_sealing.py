"""Secrets are kept encrypted and come back only with the key they were kept with."""

import pytest
from django.test import override_settings

from core.exceptions import RuleViolation
from core.sealing import seal, unseal


def test_sealed_text_comes_back_and_shows_nothing() -> None:
    assert unseal(seal("秘密 1")) == "秘密 1"
    assert "secret" not in seal("secret")
    assert seal("secret") != seal("secret")


def test_former_keys_still_open() -> None:
    with override_settings(SECRET_KEY="a" * 50):
        sealed = seal("x")
    with override_settings(SECRET_KEY="b" * 50, SECRET_KEY_FALLBACKS=["a" * 50]):
        assert unseal(sealed) == "x"
    with override_settings(SECRET_KEY="b" * 50), pytest.raises(RuleViolation):
        unseal(sealed)


def test_changed_text_does_not_open() -> None:
    with pytest.raises(RuleViolation):
        unseal(seal("x")[:-4] + "AAAA")
