"""Reads of meetings: the page of one, and the calendar of a person."""

from pipeline.meetings.selectors.meetings import Status, named, status_of

__all__ = ["Status", "named", "status_of"]
