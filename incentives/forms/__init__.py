"""Forms of REWARD."""
