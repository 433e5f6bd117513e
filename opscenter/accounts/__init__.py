"""Sign-in: who is let in and how they prove it; accounts are made by an administrator, never by a visitor."""
