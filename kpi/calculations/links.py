"""Links as people paste them: what they lead to, written one way, and whose platform and account it is.

Two links that open the same page have the same normal form, so that a link logged twice is found.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit

#: query parameters that say where a visitor came from, not what the page shows
TRACKING = re.compile(
    r"^(utm_\w+|spm|scm|from|source|share\w*|ref|referer|fbclid|gclid|yclid|msclkid|bd_vid|_t|timestamp)$"
)
#: the same site for phones or with the customary prefix
PREFIXES = ("www.", "m.", "wap.", "mobile.")
# Chinese writing, its punctuation and full-width signs are never part of a pasted link: browsers copy
# them percent-encoded, and in a message they follow without a blank.
_INSIDE = r"[^\s<>\"\u2000-\u206f\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]"
LINK = re.compile(
    rf"https?://{_INSIDE}+|(?<![a-z0-9@./_-])(?:[a-z0-9-]+\.)+[a-z]{{2,}}/{_INSIDE}*", re.IGNORECASE
)
#: "3", "×3" or "x 3" right after the link; "3条" anywhere, unless it is the third ("第3条")
COUNTS = (
    re.compile(
        r"^\s*[,;:，；：、]?\s*(?:[x×*✕]\s*)?(\d{1,9})(?:\s*[条篇个次帖])?(?![\w.:/-])", re.IGNORECASE
    ),
    re.compile(r"(?<!\w)[x×*✕]\s*(\d{1,9})(?!\w)", re.IGNORECASE),
    re.compile(r"(?<![第\d.])(\d{1,9})\s*[条篇个次帖]"),
)
NUMBERING = re.compile(r"^\s*(?:\d{1,3}[.、)）]\s*)?")
AROUND = " \t,.;:，。；：、()（）[]【】<>《》\"'“”-—|"
LONGEST = 500
# What is no UTF-8 stays what it is: sites in GBK have different pages under such names.
_AS_IS = "surrogateescape"


@dataclass(frozen=True, slots=True)
class Found:
    """A link in a line, how many are claimed for it (1 when nothing is said), and the words around it."""

    url: str
    count: int
    note: str


def links_in(line: str) -> list[str]:
    """The links in a line of text, in order."""
    return [found.group().rstrip(".,;)]'") for found in LINK.finditer(line)]


def found_in(line: str) -> list[Found]:
    """The links in a line with the count and the words that stand after each, up to the next link.

    Words before the first link belong to it.
    """
    matches = list(LINK.finditer(line))
    found = []
    for place, match in enumerate(matches):
        url = match.group().rstrip(".,;)]'")
        end = matches[place + 1].start() if place + 1 < len(matches) else len(line)
        count, words = _counted(line[match.start() + len(url) : end])
        if place == 0:
            before = NUMBERING.sub("", line[: match.start()], count=1).strip(AROUND)
            words = " ".join(part for part in (before, words) if part)
        found.append(Found(url, count, words))
    return found


def _counted(text: str) -> tuple[int, str]:
    """The count in the words after a link, and the words without a count that stands alone."""
    for alone, pattern in ((True, COUNTS[0]), (True, COUNTS[1]), (False, COUNTS[2])):
        match = pattern.search(text)
        if match:
            rest = text[: match.start()] + text[match.end() :] if alone else text
            return int(match.group(1)), " ".join(rest.split()).strip(AROUND)
    return 1, " ".join(text.split()).strip(AROUND)


def _split(url: str) -> SplitResult | None:
    text = url.strip()
    try:
        text.encode()  # half a character, as a program may send, is in no address
        return urlsplit(text if "://" in text else f"https://{text}")
    except ValueError:
        return None


def normalised(url: str) -> str:
    """Host, path and query in one way of writing; "" for what is no link to a web page.

    Scheme, user, default port, ``www.`` and ``m.``, fragment, closing slash and tracking fall away; a
    fragment that is a path (``#/…``, ``#!…``) stays, as some sites show their pages by it.
    """
    parts, host = _split(url), host_of(url)
    if parts is None or parts.scheme.lower() not in ("http", "https") or "." not in host:
        return ""
    try:
        port = parts.port
    except ValueError:
        return ""
    for prefix in PREFIXES:
        if host.startswith(prefix) and host.count(".") > 1:
            host = host.removeprefix(prefix)
            break
    if port not in (None, 80, 443):
        host = f"{host}:{port}"
    # Each piece by itself: a slash written %2F is part of a name, not a step down.
    pieces = [
        quote(unquote(piece, errors=_AS_IS), safe="~:@!$&'()*+,;=", errors=_AS_IS)
        for piece in parts.path.split("/")
    ]
    query = sorted(
        (name, value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True, errors=_AS_IS)
        if not TRACKING.match(name.lower())
    )
    fragment = parts.fragment.rstrip("/")
    return (
        f"{host}{'/'.join(pieces).rstrip('/')}"
        + (f"?{urlencode(query, errors=_AS_IS)}" if query else "")
        + (f"#{fragment}" if fragment.startswith(("/", "!")) else "")
    )


def link_key(url: str) -> str:
    """The digest by which the same link is found; "" for no link."""
    normal = normalised(url) if url else ""
    return hashlib.sha256(normal.encode()).hexdigest() if normal else ""


def host_of(url: str) -> str:
    """The host of a link in small letters, without port; "" when there is none."""
    parts = _split(url)
    return (parts.hostname or "").rstrip(".") if parts is not None else ""


def platform_of(url: str, domains: Mapping[str, str]) -> str | None:
    """The platform whose domain is the longest one that the link's host is or lies under.

    ``domains``: domain → code.  Rule: YJ-20.
    """
    labels = host_of(url).split(".")
    for start in range(len(labels)):
        found = domains.get(".".join(labels[start:]))
        if found is not None:
            return found
    return None


def handle_in(url: str, handles: Iterable[str]) -> str:
    """The one of the handles that stands in the link as a part of its own; "" when none or several do."""
    parts = _split(url)
    if parts is None:
        return ""
    pieces = {unquote(piece).casefold() for piece in re.split(r"[/@]", parts.path) if piece}
    pieces |= {value.casefold() for _name, value in parse_qsl(parts.query)}
    pieces |= set((parts.hostname or "").split("."))
    found = [handle for handle in handles if handle.casefold() in pieces]
    return found[0] if len(found) == 1 else ""
