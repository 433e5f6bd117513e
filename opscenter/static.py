"""How static files are stored in production: hashed names, compressed with gzip and brotli."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


def _without_source_maps(rules: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        rule for rule in rules if "sourceMappingURL" not in str(rule[0] if isinstance(rule, tuple) else rule)
    )


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Does not follow source maps: the wheels leave them out, and a missing file stops ``collectstatic``."""

    patterns = tuple(
        (glob, _without_source_maps(rules)) for glob, rules in CompressedManifestStaticFilesStorage.patterns
    )
