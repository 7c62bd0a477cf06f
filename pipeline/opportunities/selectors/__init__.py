"""Reads over deals, shaped for pages."""
