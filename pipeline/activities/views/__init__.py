"""Pages of activities: log, list, the parts of other pages, and the kinds."""

from pipeline.activities.views.kinds import (
    kind_create,
    kind_edit,
    kind_list,
    kind_offer,
    order_kinds,
)
from pipeline.activities.views.lists import (
    account_activities,
    activity_list,
    opportunity_activities,
)
from pipeline.activities.views.log import (
    activity_edit,
    activity_put_back,
    activity_remove,
    log,
    people_options,
    subject_options,
)

__all__ = [
    "account_activities",
    "activity_edit",
    "activity_list",
    "activity_put_back",
    "activity_remove",
    "kind_create",
    "kind_edit",
    "kind_list",
    "kind_offer",
    "log",
    "opportunity_activities",
    "order_kinds",
    "people_options",
    "subject_options",
]
