"""What a page's form would send: its fields as shown, with some filled in."""

from html.parser import HTMLParser
from typing import Any


class _Fields(HTMLParser):
    """The successful controls of the largest POST form of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[dict[str, Any]] = []
        self._form: dict[str, Any] | None = None
        self._select = self._area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        name = given.get("name") or ""
        if tag == "form":
            self._form = {} if (given.get("method") or "").lower() == "post" else None
        elif self._form is None:
            return
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            self._form.setdefault(self._select, []).append(given.get("value") or "")
        elif tag == "textarea":
            self._area = name
            self._form[name] = [""]
        elif tag == "input" and name:
            kind = given.get("type") or "text"
            if kind in {"submit", "file"} or (kind in {"checkbox", "radio"} and "checked" not in given):
                return
            self._form.setdefault(name, []).append(given.get("value") or "")

    def handle_data(self, data: str) -> None:
        if self._form is not None and self._area:
            self._form[self._area] = [(self._form[self._area][0] + data).strip()]

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._area = ""
        elif tag == "form" and self._form is not None:
            self.forms.append(self._form)
            self._form = None


def shown_form(page: bytes, **filled: Any) -> dict[str, Any]:
    """The fields of the page's main form; ``filled`` overrides them (``-`` in a name is written ``__``)."""
    parser = _Fields()
    parser.feed(page.decode())
    fields = max(parser.forms, key=len, default={})
    fields.pop("csrfmiddlewaretoken", None)
    return {**fields, **{name.replace("__", "-"): value for name, value in filled.items()}}
