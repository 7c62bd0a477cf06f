"""Everybody's inbox, and the outbox for admins."""
