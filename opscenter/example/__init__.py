"""Example months: believable facts made anew from today's date, so that a trial never looks stale.

An organisation's people, texts and habits are data and stand beside its rules (``presets/*/example``); what
is here knows none of them: the window of dates, seeded draws, rows into sheets, logs that follow quota rules.
"""
