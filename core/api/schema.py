"""What the description of the API says about every resource: signing in, errors, repeats."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

ERROR = "#/components/schemas/Error"
#: status → what it says, for every operation
EVERYWHERE = {
    "400": "Something in the request is not right.",
    "401": "Nobody is signed in, or the access key has ended.",
    "403": "You may see this, but not do this.",
    "404": "There is no such thing, or you may not see it.",
    "406": "The answer is JSON.",
    "429": "Too many requests; `Retry-After` says when to go on.",
}
#: more of what changes something
ON_WRITES = {
    "409": "Somebody else was faster, the month is locked, or the key was used for another request.",
    "413": "The request is too large.",
    "415": "The body is of another kind than is read here.",
}
KEY_PARAMETER = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "A text of your choice, 1 to 200 characters without spaces, kept for three days: a repeat "
    "with the same key and body changes nothing and gets the same bytes, with `Idempotent-Replayed: true`.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200, "pattern": "^[!-~]+$"},
}


class TokenScheme(OpenApiAuthenticationExtension):
    """``Authorization: Token <secret>``."""

    target_class = "core.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "Authorization",
            "description": "An access key from your account pages, written as `Token <secret>`.",
        }


def common_answers(result: dict[str, Any], generator: Any, request: Any, public: bool) -> dict[str, Any]:
    """Adds to each operation the errors that every one can give, and to writes the key of repeats."""
    components = result.setdefault("components", {}).setdefault("schemas", {})
    components["ErrorLine"] = {
        "type": "object",
        "description": "One part of the request that is wrong; an empty field is the whole.",
        "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
        "required": ["field", "message"],
    }
    components["Error"] = {
        "type": "object",
        "description": "What was refused: `code` for programs, `message` for people, "
        "in the language of `Accept-Language`.",
        "properties": {
            "code": {"type": "string"},
            "message": {"type": "string"},
            "errors": {"type": "array", "items": {"$ref": "#/components/schemas/ErrorLine"}},
        },
        "required": ["code", "message", "errors"],
    }
    for methods in result["paths"].values():
        for method, operation in methods.items():
            writes = method != "get"
            for status, text in {**EVERYWHERE, **(ON_WRITES if writes else {})}.items():
                operation["responses"].setdefault(
                    status,
                    {"description": text, "content": {"application/json": {"schema": {"$ref": ERROR}}}},
                )
            if writes and not operation.pop("x-not-repeatable", False):
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
    return result
