"""One search over people, campaigns, rules and pages."""
