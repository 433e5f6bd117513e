"""Reminders: what they say (``digest``), when they go (``jobs``), who sets them up (``services``)."""
