"""The page of a unit: its people against their quotas. Rule: YJ-29."""
