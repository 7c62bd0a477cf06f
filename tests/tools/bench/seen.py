"""Whose work a person sees, as the floors ask it."""

# Own, and of the teams below those led.
SEEN = """
    SELECT %(me)s::bigint AS id UNION
    SELECT m.user_id FROM people_membership m JOIN people_team t ON t.id = m.team_id
    WHERE m.until IS NULL AND t.line && ARRAY(
        SELECT id FROM people_team WHERE manager_id = %(me)s)
"""
MINE = f"(%(all)s OR o.owner_id IN ({SEEN}))"
