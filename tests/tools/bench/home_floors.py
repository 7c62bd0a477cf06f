"""The floors of pages that say many things: all their rows, in one statement.

Each part of a page is a part of a union, as tuples of six texts. What takes thought to
count (flags, movement) is counted by the product's own statement: nothing cheaper
that gives the same is known.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from pipeline.movement.bars import BARS
from pipeline.movement.days import Span
from pipeline.movement.selectors.asof import Scope, both_ends
from pipeline.movement.selectors.choices import choices_of
from pipeline.movement.selectors.funnel import furthest
from pipeline.opportunities.selectors.flag_counts import FACTS, facts_of
from rhythm.people.models import User
from rhythm.people.selectors.sight import sees
from tests.tools.bench.seen import SEEN

type Values = dict[str, Any]

OWED = """
    UNION ALL (SELECT 'owed', c.what, p.name, r.name, c.about, c.due_on::text
    FROM commitments_commitment c JOIN people_user p ON p.id = c.promiser_id
    JOIN people_user r ON r.id = c.receiver_id
    WHERE c.state = 'open' AND ((c.promiser_id = %(me)s AND c.due_on <= %(week)s)
        OR (c.receiver_id = %(me)s AND c.due_on < %(today)s))
    ORDER BY c.due_on, c.id LIMIT 16)
"""
REVIEWS = f"""
    UNION ALL (SELECT 'review', m.state, coalesce(t.name, w.name), u.name,
        m.planned_minutes::text, coalesce(m.started_at, m.starts_at)::text
    FROM reviews_review r JOIN calendar_meeting m ON m.id = r.meeting_id
    JOIN people_user u ON u.id = m.chair_id
    LEFT JOIN people_team t ON t.id = m.team_id
    LEFT JOIN people_user w ON w.id = m.person_id
    WHERE (m.state IN ('planned', 'running', 'paused')
            OR (m.state = 'held' AND m.ended_at >= %(lately)s))
        AND (m.chair_id = %(me)s OR m.deputy_id = %(me)s OR m.person_id IN ({SEEN})
            OR m.team_id IN (SELECT unnest(x.line) FROM people_membership y
                JOIN people_team x ON x.id = y.team_id
                WHERE y.user_id = %(me)s AND y.until IS NULL))
    ORDER BY m.ended_at DESC NULLS FIRST, m.starts_at LIMIT %(reviews)s)
"""
NEWS = """
    UNION ALL SELECT 'news', p.name, v.number::text, '', '', ''
    FROM process_processversion v JOIN process_process p ON p.id = v.process_id
    WHERE v.number > 1 AND v.published_at > %(lately)s
"""
JOINED = """
    deal LEFT JOIN lacking ON lacking.id = deal.id
    LEFT JOIN moved ON moved.id = deal.id
"""
WEEK = f"""
    {FACTS}, own AS (
        SELECT o.name, o.amount, o.next_step, o.next_step_on, a.name AS account,
            s.name AS stage, deal.close_on < %(today)s AS is_late,
            lacking.id IS NOT NULL AS lacks, has_slipped, is_stuck, is_idle, has_no_step
        FROM {JOINED} JOIN opportunities_opportunity o ON o.id = deal.id
        JOIN process_stage s ON s.id = o.stage_id
        LEFT JOIN opportunities_account a ON a.id = o.account_id
    )
    (SELECT 'step', name, account, stage, next_step, next_step_on::text
    FROM own ORDER BY next_step_on LIMIT 8)
    UNION ALL (SELECT 'needs', name, account, stage, amount::text,
        concat_ws(' ', is_late, lacks, has_slipped, is_stuck, is_idle, has_no_step)
    FROM own ORDER BY is_late DESC, lacks DESC, has_slipped DESC LIMIT 6)
    UNION ALL SELECT 'flags', count(*)::text, count(*) FILTER (WHERE is_late)::text,
        count(*) FILTER (WHERE lacks)::text, count(*) FILTER (WHERE has_slipped)::text,
        count(*) FILTER (WHERE is_stuck OR is_idle OR has_no_step)::text
    FROM own
    UNION ALL SELECT 'kept', count(*)::text,
        count(*) FILTER (WHERE state = 'kept' AND kept_on <= due_on)::text, '', '', ''
    FROM commitments_commitment
    WHERE promiser_id = %(me)s AND due_on BETWEEN %(lately)s::date AND %(today)s
    {OWED}{REVIEWS}{NEWS}
"""
BY_OWNER = f"""
    own AS (
        SELECT deal.owner_id, count(*) AS deals, sum(deal.amount) AS amount,
            concat_ws(' ', count(*) FILTER (WHERE deal.close_on < %(today)s),
                count(lacking.id), count(*) FILTER (WHERE has_slipped),
                count(*) FILTER (WHERE was_further), count(*) FILTER (WHERE is_stuck),
                count(*) FILTER (WHERE is_idle), count(*) FILTER (WHERE has_no_step)
            ) AS flags
        FROM {JOINED} GROUP BY deal.owner_id
    )
"""
TEAM_WEEK = f"""
    {FACTS}, {BY_OWNER}
    SELECT 'rep', u.name, deals::text, amount::text, flags, ''
    FROM own JOIN people_user u ON u.id = own.owner_id
    {OWED}{REVIEWS}{NEWS}
"""
SCORECARD = f"""
    {FACTS}, {BY_OWNER}
    SELECT 'team', t.name, u.name, sum(deals)::text, sum(amount)::text,
        string_agg(flags, ',')
    FROM people_team t LEFT JOIN people_user u ON u.id = t.manager_id
    LEFT JOIN people_team below ON below.line @> ARRAY[t.id]
    LEFT JOIN people_membership m ON m.team_id = below.id AND m.until IS NULL
    LEFT JOIN own ON own.owner_id = m.user_id GROUP BY t.id, u.id
    UNION ALL SELECT 'held', coalesce(m.team_id, m.person_id)::text, r.id::text,
        m.ended_at::text, '', ''
    FROM reviews_review r JOIN calendar_meeting m ON m.id = r.meeting_id
    WHERE m.state = 'held' AND m.ended_at >= %(long)s
    UNION ALL SELECT 'moved', to_json(bars)::text, '', '', '', ''
    FROM ({{bars}}) bars
"""
SETUP = """
    SELECT 'people', count(*), count(*) FILTER (WHERE email IS NULL), ''
    FROM people_user WHERE is_active
    UNION ALL SELECT 'teams', count(*), count(*) FILTER (WHERE u.is_active IS NOT TRUE),
        '' FROM people_team t LEFT JOIN people_user u ON u.id = t.manager_id
    UNION ALL SELECT 'stages', count(*), count(DISTINCT process_id), ''
    FROM process_stage
    UNION ALL SELECT 'deals', count(*), 0, '' FROM opportunities_opportunity
    WHERE closed_on IS NULL
    UNION ALL SELECT 'reviews', count(*), 0, '' FROM reviews_review r
    JOIN calendar_meeting m ON m.id = r.meeting_id WHERE m.state = 'held'
    UNION ALL SELECT 'mail', count(*) FILTER (WHERE state IN ('failed', 'unknown')),
        count(*) FILTER (WHERE state = 'held'), '' FROM notices_notice
    UNION ALL (SELECT 'import', id, 0, state FROM imports_importrun
    ORDER BY id DESC LIMIT 3)
"""
CHOICES = """
    SELECT 'team', name, id::text, line::text, '', '' FROM people_team
    WHERE %(all)s OR line && ARRAY(SELECT id FROM people_team WHERE manager_id = %(me)s)
    UNION ALL SELECT 'person', u.name, u.id::text, '', '', '' FROM people_user u
    WHERE {people} AND EXISTS (
        SELECT FROM opportunities_opportunity o WHERE o.owner_id = u.id)
    UNION ALL SELECT 'process', name, id::text, '', '', '' FROM process_process
"""
MOVEMENT = f"""
    {CHOICES}
    UNION ALL SELECT 'bars', to_json(bars)::text, '', '', '', '' FROM ({{bars}}) bars
    UNION ALL SELECT 'funnel', furthest::text, ended, count(*)::text,
        sum(counted)::text, '' FROM ({{funnel}}) came GROUP BY furthest, ended
    UNION ALL SELECT 'night', n.day::text, sum(s.deals)::text, sum(s.value)::text,
        sum(s.weighted)::text, ''
    FROM movement_summarisedday n LEFT JOIN movement_daysummary s
        ON s.day = n.day AND {{nights}}
    WHERE NOT n.is_stale
        AND n.day BETWEEN least(%(first)s, %(last)s - 90) AND %(last)s GROUP BY n.day
"""
DEALS = f"""
    {CHOICES}
    UNION ALL (SELECT 'deal', o.name, a.name, u.name, s.name, concat_ws(' ', o.amount,
        x.old_amount, x.new_close_on, x.old_close_on, x.counted,
        count(*) OVER (), sum(x.counted) OVER ())
    FROM (SELECT *, new_value AS counted FROM ({{ends}}) x WHERE {{holds}}) x
    JOIN opportunities_opportunity o ON o.id = x.id
    JOIN people_user u ON u.id = new_owner_id
    LEFT JOIN process_stage s ON s.id = new_stage_id
    LEFT JOIN opportunities_account a ON a.id = o.account_id
    ORDER BY abs(x.counted) DESC, o.id DESC LIMIT 50)
"""


def week(person: User, _given: Values) -> tuple[str, Values]:
    return WEEK.format(mine="deal.owner_id = %(me)s"), _usual(person)


def team_week(person: User, _given: Values) -> tuple[str, Values]:
    mine, own = sees(person, "deal.owner_id")
    return TEAM_WEEK.format(mine=mine), _usual(person) | own


def scorecard(person: User, _given: Values) -> tuple[str, Values]:
    last = person.today(timezone.now())
    span = Span(last - timedelta(days=27), last)
    bars, own = _bars(person, span, ("new", "won", "lost", "slipped", "closing"))
    sql = SCORECARD.format(mine="true", bars=bars)
    return sql, _usual(person) | own


def setup(_person: User, _given: Values) -> tuple[str, Values]:
    return SETUP, {}


def movement(person: User, given: Values) -> tuple[str, Values]:
    span = _span(given)
    bars, own = _bars(person, span, BARS)
    choices = choices_of(person, who="", process="")
    process = choices.main_process
    assert process is not None
    began = Span(span.last - timedelta(days=364), span.last)
    funnel, more = furthest(
        person, choices.scope_of(process), began, process, choices.main_stages
    )
    # The two statements say the same of different days: its own names for the one's.
    for name in ("first", "last", "opening", "closing", "process"):
        funnel = funnel.replace(f"%({name})s", f"%(began_{name})s")
        own[f"began_{name}"] = more[name]
    nights, _own = sees(person, "s.owner_id")
    people, _own = sees(person, "u.id")
    sql = MOVEMENT.format(bars=bars, funnel=funnel, nights=nights, people=people)
    return sql, more | own | _usual(person)


def movement_deals(person: User, given: Values) -> tuple[str, Values]:
    ends, own = both_ends(person, Scope(), _span(given))
    people, _own = sees(person, "u.id")
    sql = DEALS.format(ends=ends, holds=BARS["closing"].holds, people=people)
    return sql, own | _usual(person)


FLOORS: dict[str, Callable[[User, Values], tuple[str, Values]]] = {
    "week": week,
    "team_week": team_week,
    "scorecard": scorecard,
    "setup": setup,
    "movement": movement,
    "movement_deals": movement_deals,
}


def _usual(person: User) -> Values:
    now = timezone.now()
    today = person.today(now)
    return facts_of(person, now) | {
        "me": person.pk,
        "all": person.sees_all,
        "week": today + timedelta(days=6),
        "lately": now - timedelta(days=28 if person.is_rep else 14),
        "long": now - timedelta(weeks=8),
        "reviews": 14,
    }


def _span(given: Values) -> Span:
    return Span(date.fromisoformat(given["first"]), date.fromisoformat(given["last"]))


def _bars(person: User, span: Span, names: Any) -> tuple[str, Values]:
    ends, own = both_ends(person, Scope(), span)
    figures = ", ".join(
        f"count(*) FILTER (WHERE {BARS[name].holds}) AS {name}_deals,"
        f" sum({BARS[name].value}) FILTER (WHERE {BARS[name].holds}) AS {name}_value"
        for name in names
    )
    return f"SELECT {figures} FROM ({ends}) moved", own
