"""Explain: any figure of a month as a tree down to its rows, checked again, and set beside another month."""
