"""Reads for the pages and mails of account plans, shaped as they are shown."""
