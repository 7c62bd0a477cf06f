"""Pages that join what many apps know."""
