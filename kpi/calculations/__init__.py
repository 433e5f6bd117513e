"""Pure calculations of the app: numbers in, numbers out; no database, no clock, no setting."""
