"""Pure calculations of the incentive pool: findings, reach, shares."""
