"""Every write of REWARD."""
