"""Reads for the pages and mails of reviews, shaped as they are shown."""
