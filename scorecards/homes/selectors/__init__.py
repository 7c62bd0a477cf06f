"""Reads that join what many apps know."""
