"""A file that comes with a form: checked by what it is, never by its name."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Attachment:
    """A file that came with a form and passed its checks."""

    name: str
    content: bytes
    content_type: str


MEGABYTE = 1024 * 1024
LIMIT = 10 * MEGABYTE
# How each accepted kind begins; it is always handed out as a download, never shown in a page.
KINDS = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"PK\x03\x04", "application/zip"),
)


def kind_of(content: bytes) -> str:
    """The content type by the first bytes, or "" for what is not accepted."""
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for head, kind in KINDS if content.startswith(head)), "")


class AttachmentField(forms.FileField):
    """An optional file; cleans to an ``Attachment`` or ``None``."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("File"))
        kwargs.setdefault("help_text", _("PDF, picture or Office file, up to 10 MB."))
        super().__init__(required=False, max_length=200, **kwargs)

    def clean(self, data: Any, initial: Any = None) -> Attachment | None:
        upload: UploadedFile | None = super().clean(data, initial) or None
        if upload is None:
            return None
        if (upload.size or 0) > LIMIT:
            raise ValidationError(_("The file is larger than 10 MB."), code="too_large")
        content = upload.read()
        kind = kind_of(content)
        if not kind:
            raise ValidationError(
                _("This is no PDF, picture (JPEG, PNG, WebP) or Office file."), code="wrong_kind"
            )
        return Attachment(upload.name or "file", content, kind)
