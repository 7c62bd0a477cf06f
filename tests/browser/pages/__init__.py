"""Every page that the browser tests open and check, app by app."""

from tests.browser.pages import (
    accounts,
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
    runner,
    strategy,
)

PAGES = [
    *people.PAGES,
    *process.PAGES,
    *opportunities.PAGES,
    *activities.PAGES,
    *accounts.PAGES,
    *reviews.PAGES,
    *meetings.PAGES,
    *runner.PAGES,
    *comments.PAGES,
    *cadences.PAGES,
    *imports.PAGES,
    *homes.PAGES,
    *discipline.PAGES,
    *strategy.PAGES,
    *channels.PAGES,
    *notices.PAGES,
]
