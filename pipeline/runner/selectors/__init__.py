"""Reads of meetings that are run: the room, the minutes, the votes."""
