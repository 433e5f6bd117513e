"""Pure calculations of the campaigns: baseline days, the choice of a method, uplift."""
