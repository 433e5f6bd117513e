"""The rules of all apps in versions: draft, compare, activate, acknowledge."""
