"""What a page cannot be faster than: its rows, in one statement, in a plain template.

The views stand behind the same middleware, session and sign-in as the product's. Each
statement fetches what its page shows, as tuples, for the same person.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template import engines
from django.urls import path

from rhythm.people.access import acting_user
from rhythm.urls import urlpatterns as product
from tests.tools.bench import home_floors
from tests.tools.bench.seen import MINE, SEEN

DEAL = """
    o.id, o.name, a.name, u.name, s.name, o.amount, o.close_on, o.next_step,
    o.next_step_on, o.stage_since, o.last_activity_at
"""
JOINED = """
    opportunities_opportunity o JOIN people_user u ON u.id = o.owner_id
    JOIN process_stage s ON s.id = o.stage_id
    LEFT JOIN opportunities_account a ON a.id = o.account_id
"""
# How many milestones a deal has met, of those up to its stage.
MET = """
    (SELECT count(*) FROM opportunities_milestonerecord r
     WHERE r.opportunity_id = o.id AND r.is_met)
"""
LIST = f"""
    SELECT {DEAL}, {MET} FROM {JOINED}
    WHERE o.closed_on IS NULL AND {MINE} ORDER BY o.close_on, o.id LIMIT 50
"""
BOARD = f"""
    WITH mine AS (
        SELECT o.*, row_number() OVER (
            PARTITION BY o.stage_id ORDER BY o.amount DESC NULLS LAST, o.id DESC) AS n,
            count(*) OVER (PARTITION BY o.stage_id) AS deals,
            sum(o.amount) OVER (PARTITION BY o.stage_id) AS total
        FROM opportunities_opportunity o WHERE o.closed_on IS NULL AND {MINE}
    )
    SELECT {DEAL}, {MET}, o.deals, o.total
    FROM {JOINED.replace("opportunities_opportunity o", "mine o")}
    WHERE o.n <= 20 ORDER BY s.position, o.n
"""
DETAIL = f"""
    SELECT 'deal', o.name, a.name, u.name, s.name, o.amount::text, o.close_on::text
    FROM {JOINED} WHERE o.id = %(pk)s AND {MINE}
    UNION ALL SELECT 'milestone', m.title, r.evidence, w.name, m.hint, '',
        r.done_on::text
    FROM process_milestone m JOIN process_stage s ON s.id = m.stage_id
    LEFT JOIN opportunities_milestonerecord r
        ON r.milestone_id = m.id AND r.opportunity_id = %(pk)s
    LEFT JOIN people_user w ON w.id = r.recorded_by_id
    UNION ALL SELECT 'person', c.name, c.title, c.email, p.role, '', ''
    FROM opportunities_opportunitycontact p
    JOIN opportunities_contact c ON c.id = p.contact_id WHERE p.opportunity_id = %(pk)s
    UNION ALL SELECT 'commitment', c.what, u.name, v.name, c.state, '', c.due_on::text
    FROM opportunities_opportunity_commitments x
    JOIN commitments_commitment c ON c.id = x.commitment_id
    JOIN people_user u ON u.id = c.promiser_id
    JOIN people_user v ON v.id = c.receiver_id
    WHERE x.opportunity_id = %(pk)s
    UNION ALL (SELECT 'activity', k.name, u.name, a.outcome, '', '', a.happened_at::text
    FROM activities_activity a JOIN activities_activitykind k ON k.id = a.kind_id
    JOIN people_user u ON u.id = a.owner_id WHERE a.opportunity_id = %(pk)s
    ORDER BY a.happened_at DESC LIMIT 20)
    UNION ALL (SELECT 'change', s.name, '', '', '', e.amount::text,
        e.pgh_created_at::text
    FROM opportunities_opportunityevent e JOIN process_stage s ON s.id = e.stage_id
    WHERE e.pgh_obj_id = %(pk)s ORDER BY e.pgh_id DESC LIMIT 20)
"""
REVIEW = f"""
    SELECT 'agenda', o.id, o.name, a.name, u.name, s.name, o.amount::text,
        i.decision, i.reasons::text
    FROM reviews_reviewitem i
    JOIN opportunities_opportunity o ON o.id = i.opportunity_id
    JOIN people_user u ON u.id = o.owner_id JOIN process_stage s ON s.id = o.stage_id
    LEFT JOIN opportunities_account a ON a.id = o.account_id
    WHERE i.review_id = %(review)s
    UNION ALL SELECT part, %(pk)s, b, c, d, e, f, g, ''
    FROM ({DETAIL}) x (part, b, c, d, e, f, g)
"""
PROPOSAL = f"""
    SELECT {DEAL}, {MET}, (SELECT max(i.decided_at) FROM reviews_reviewitem i
        WHERE i.opportunity_id = o.id) FROM {JOINED}
    WHERE o.closed_on IS NULL AND {MINE}
    ORDER BY o.amount DESC NULLS LAST LIMIT 200
"""
REVIEWS = """
    SELECT r.id, m.state, m.starts_at, t.name, u.name, count(i.id), count(i.decided_at)
    FROM reviews_review r JOIN calendar_meeting m ON m.id = r.meeting_id
    LEFT JOIN people_team t ON t.id = m.team_id JOIN people_user u ON u.id = m.chair_id
    LEFT JOIN reviews_reviewitem i ON i.review_id = r.id
    WHERE %(all)s OR m.chair_id = %(me)s
    GROUP BY r.id, m.id, t.id, u.id ORDER BY m.starts_at DESC LIMIT 50
"""
# One commitment: with the meeting it was made in, and the new date asked for.
PROMISE = """
    c.id, c.version, c.what, c.due_on::text, c.kept_on::text, p.name, r.name, c.about,
    c.about_url, coalesce(t.name, w.name), c.renegotiations, d.new_due_on::text
    FROM commitments_commitment c JOIN people_user p ON p.id = c.promiser_id
    JOIN people_user r ON r.id = c.receiver_id
    LEFT JOIN calendar_meeting m ON m.id = c.made_in_id
    LEFT JOIN people_team t ON t.id = m.team_id
    LEFT JOIN people_user w ON w.id = m.person_id
    LEFT JOIN commitments_daterequest d
        ON d.commitment_id = c.id AND d.state = 'asked'
"""
COMMITMENTS = f"""
    (SELECT 'mine', {PROMISE} WHERE c.state = 'open' AND c.promiser_id = %(me)s
    ORDER BY c.due_on, c.id LIMIT 25)
    UNION ALL (SELECT 'to answer', {PROMISE}
    WHERE c.state = 'open' AND c.receiver_id = %(me)s AND d.id IS NOT NULL
    ORDER BY c.due_on, c.id LIMIT 25)
    UNION ALL (SELECT 'to me', {PROMISE} WHERE c.state = 'open'
    AND c.receiver_id = %(me)s AND c.promiser_id <> %(me)s
    ORDER BY c.due_on, c.id LIMIT 5)
    UNION ALL (SELECT 'kept', {PROMISE} WHERE c.state = 'kept'
    AND c.promiser_id = %(me)s ORDER BY c.kept_on DESC, c.id DESC LIMIT 5)
    UNION ALL SELECT 'counts',
        count(*) FILTER (WHERE c.state = 'open' AND c.due_on <= current_date),
        count(*) FILTER (WHERE c.state = 'open' AND c.due_on > current_date),
        '', '', '', '', '', '', '', '',
        count(*) FILTER (WHERE c.kept_on <= c.due_on),
        (count(*) FILTER (WHERE c.due_on < current_date))::text
    FROM commitments_commitment c WHERE c.promiser_id = %(me)s
        AND (c.state = 'open' OR c.due_on >= current_date - 28)
"""
ACTIVITIES = f"""
    SELECT v.id, k.name, u.name, o.name, a.name, v.outcome, v.minutes, v.happened_at
    FROM activities_activity v JOIN activities_activitykind k ON k.id = v.kind_id
    JOIN people_user u ON u.id = v.owner_id
    LEFT JOIN opportunities_opportunity o ON o.id = v.opportunity_id
    LEFT JOIN opportunities_account a ON a.id = v.account_id
    WHERE v.removed_at IS NULL AND (%(all)s OR v.owner_id IN ({SEEN}))
    ORDER BY v.happened_at DESC LIMIT 50
"""
ACCOUNTS = f"""
    SELECT a.id, a.name, a.industry, a.location,
        (SELECT count(*) FROM opportunities_opportunity o
         WHERE o.account_id = a.id AND o.closed_on IS NULL AND {MINE}),
        (SELECT sum(o.amount) FROM opportunities_opportunity o
         WHERE o.account_id = a.id AND o.closed_on IS NULL AND {MINE})
    FROM opportunities_account a ORDER BY a.name, a.id LIMIT 50
"""
ACCOUNT = f"""
    SELECT 'deal', o.name, s.name, u.name, o.amount::text, o.close_on::text
    FROM opportunities_opportunity o JOIN process_stage s ON s.id = o.stage_id
    JOIN people_user u ON u.id = o.owner_id WHERE o.account_id = %(account)s AND {MINE}
    UNION ALL SELECT 'person', c.name, c.title, c.email, '', ''
    FROM opportunities_contact c WHERE c.account_id = %(account)s
    UNION ALL (SELECT 'activity', k.name, u.name, v.outcome, '', v.happened_at::text
    FROM activities_activity v JOIN activities_activitykind k ON k.id = v.kind_id
    JOIN people_user u ON u.id = v.owner_id WHERE v.account_id = %(account)s
    ORDER BY v.happened_at DESC LIMIT 20)
"""
PEOPLE = """
    (SELECT u.id, u.name, u.email, t.name, concat_ws(' ', u.is_rep, u.is_admin,
        u.is_executive, u.last_login, EXISTS (
            SELECT FROM people_team l WHERE l.manager_id = u.id), count(*) OVER ())
    FROM people_user u
    LEFT JOIN people_membership m ON m.user_id = u.id AND m.until IS NULL
    LEFT JOIN people_team t ON t.id = m.team_id
    WHERE u.is_active ORDER BY u.name, u.id LIMIT 50)
    UNION ALL (SELECT id, name, '', '', '' FROM people_team ORDER BY name)
"""
TEAMS = """
    SELECT t.id, t.name, t.line, u.name, u.is_active, count(m.id)
    FROM people_team t LEFT JOIN people_user u ON u.id = t.manager_id
    LEFT JOIN people_membership m ON m.team_id = t.id AND m.until IS NULL
    GROUP BY t.id, u.id ORDER BY t.name
"""
FLOORS = {
    "login": "SELECT 1",
    "list": LIST,
    "board": BOARD,
    "detail": DETAIL,
    "review": REVIEW,
    "proposal": PROPOSAL,
    "reviews": REVIEWS,
    "commitments": COMMITMENTS,
    "activities": ACTIVITIES,
    "accounts": ACCOUNTS,
    "account": ACCOUNT,
    "people": PEOPLE,
    "teams": TEAMS,
}
SAVE = """
    UPDATE opportunities_opportunity o SET next_step = %(text)s, version = version + 1
    WHERE o.id = %(pk)s AND (%(all)s OR o.owner_id = %(me)s)
"""
PLAIN = """<!doctype html><title>Floor</title><table>{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""


def floor(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with the rows of a page, and nothing else."""
    values = _values(request, request.GET.dict())
    sql = FLOORS.get(name, "")
    if not sql:
        sql, values = home_floors.FLOORS[name](acting_user(request), values)
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        rows = cursor.fetchall()
    return HttpResponse(_template().render({"rows": rows}, request))


def save_floor(request: HttpRequest) -> HttpResponse:
    """Write one value of one row."""
    with connection.cursor() as cursor:
        cursor.execute(SAVE, _values(request, request.POST.dict()))
    return redirect("opportunities:board")


@cache
def _template() -> Any:
    return engines["django"].from_string(PLAIN)


def _values(request: HttpRequest, given: dict[str, str]) -> dict[str, object]:
    person = acting_user(request)
    plain = {"pk": 0, "review": 0, "account": 0, "text": ""}
    return plain | given | {"me": person.pk, "all": person.sees_all}


urlpatterns = [
    *product,
    path("bench/floor/<str:name>/", floor),
    path("bench/save/", save_floor),
]
