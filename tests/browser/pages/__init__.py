"""Every page that the browser tests open and check, app by app."""

from tests.browser.pages import (
    activities,
    cadences,
    channels,
    comments,
    discipline,
    homes,
    imports,
    meetings,
    notices,
    opportunities,
    people,
    process,
    reviews,
)

PAGES = [
    *people.PAGES,
    *process.PAGES,
    *opportunities.PAGES,
    *activities.PAGES,
    *reviews.PAGES,
    *meetings.PAGES,
    *comments.PAGES,
    *cadences.PAGES,
    *imports.PAGES,
    *homes.PAGES,
    *discipline.PAGES,
    *channels.PAGES,
    *notices.PAGES,
]
