"""Pure calculations of money out: funds, withholding, amounts in words."""
