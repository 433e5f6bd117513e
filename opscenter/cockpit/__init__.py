"""The cockpit of a month for finance and director: what blocks closing, what moved, what is paid, by whom."""
