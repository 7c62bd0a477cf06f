"""Whose work a viewer sees, for statements that are written by hand."""

from __future__ import annotations

from typing import Any

from rhythm.people.models import User


def sees(viewer: User, owner: str) -> tuple[str, dict[str, Any]]:
    """Return SQL for whether `viewer` sees the work of `owner`, and its parameters.

    owner is SQL for an id. The people are looked up once, as an array: so the planner
    expects few of them, and finds their rows by index.
    """
    if viewer.is_active and viewer.sees_all:
        return "true", {}
    people = User.objects.visible_to(viewer).order_by().values("pk")
    sql, values = people.query.sql_with_params()
    named = {f"seen_{place}": value for place, value in enumerate(values)}
    marks = tuple(f"%({name})s" for name in named)
    return f"{owner} = ANY(ARRAY({sql % marks}))", named
