"""One search over people, units, campaigns, rules, documents and pages, as far as the person may see."""
