"""What if: a month under other numbers, and drafts of rules on past months.  Nothing is saved."""
