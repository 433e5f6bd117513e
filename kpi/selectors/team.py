"""How the people of a unit stand against their quotas. Rule: YJ-29."""
