from django.urls import URLPattern, URLResolver, path

from pipeline.opportunities.views import (
    board,
    bulk,
    closing,
    deals,
    detail,
    directory,
    exports,
    moves,
    options,
    parts,
    process_changes,
    publishing,
    saved_views,
    table,
    totals,
)

app_name = "opportunities"

DEALS: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("stages/<int:pk>/cards/", board.board_cards, name="board_cards"),
    path("table/", table.opportunity_list, name="opportunity_list"),
    path("table/totals/", totals.opportunity_totals, name="opportunity_totals"),
    path("bulk/", bulk.bulk_edit, name="bulk_edit"),
    path("bulk/<int:pk>/", bulk.bulk_run, name="bulk_run"),
    path("table/export/", exports.opportunity_export, name="opportunity_export"),
    path("table/views/new/", saved_views.view_create, name="view_create"),
    path("table/views/<int:pk>/edit/", saved_views.view_edit, name="view_edit"),
    path("table/views/<int:pk>/update/", saved_views.view_update, name="view_update"),
    path("table/views/<int:pk>/remove/", saved_views.view_remove, name="view_remove"),
    path(
        "table/views/<int:pk>/default/", saved_views.view_default, name="view_default"
    ),
    path("new/", deals.opportunity_create, name="opportunity_create"),
    path("<int:pk>/", detail.opportunity_detail, name="opportunity_detail"),
    path("<int:pk>/history/", detail.opportunity_history, name="opportunity_history"),
    path("<int:pk>/edit/", deals.opportunity_edit, name="opportunity_edit"),
    path("<int:pk>/cell/<str:field>/", table.opportunity_cell, name="opportunity_cell"),
    path("<int:pk>/move/", moves.opportunity_move, name="opportunity_move"),
    path(
        "<int:pk>/undo/<str:token>/",
        moves.opportunity_undo_move,
        name="opportunity_undo_move",
    ),
    path("<int:pk>/close/", closing.opportunity_close, name="opportunity_close"),
    path("<int:pk>/reopen/", closing.opportunity_reopen, name="opportunity_reopen"),
    path(
        "<int:pk>/still-there/",
        closing.opportunity_still_there,
        name="opportunity_still_there",
    ),
    path("<int:pk>/assign/", closing.opportunity_assign, name="opportunity_assign"),
    path(
        "<int:pk>/milestones/<int:milestone_pk>/",
        parts.milestone_record,
        name="milestone_record",
    ),
    path("<int:pk>/outcomes/new/", parts.outcome_create, name="outcome_create"),
    path("outcomes/<int:pk>/", parts.outcome_edit, name="outcome_edit"),
    path("outcomes/<int:pk>/remove/", parts.outcome_remove, name="outcome_remove"),
    path("<int:pk>/people/", parts.person_add, name="person_add"),
    path(
        "<int:pk>/people/<int:contact_pk>/remove/",
        parts.person_remove,
        name="person_remove",
    ),
]
DIRECTORY: list[URLPattern | URLResolver] = [
    path("accounts/", directory.account_list, name="account_list"),
    path("accounts/new/", directory.account_create, name="account_create"),
    path("accounts/<int:pk>/", directory.account_detail, name="account_detail"),
    path("accounts/<int:pk>/edit/", directory.account_edit, name="account_edit"),
    path(
        "accounts/<int:pk>/contacts/new/",
        directory.contact_create,
        name="contact_create",
    ),
    path("contacts/<int:pk>/edit/", directory.contact_edit, name="contact_edit"),
    path("products/", directory.product_list, name="product_list"),
    path("products/new/", directory.product_create, name="product_create"),
    path("products/<int:pk>/edit/", directory.product_edit, name="product_edit"),
    path("options/accounts/", options.account_options, name="account_options"),
    path("options/contacts/", options.contact_options, name="contact_options"),
    path("options/deals/", options.opportunity_options, name="opportunity_options"),
]
# The part of the process editor that looks at deals.
PROCESS: list[URLPattern | URLResolver] = [
    path("stages/<int:pk>/edit/", process_changes.stage_edit, name="stage_edit"),
    path(
        "stages/<int:pk>/impact/", process_changes.process_impact, name="process_impact"
    ),
    path("stages/draft/<int:pk>/", publishing.process_draft, name="process_draft"),
    path("stages/<int:pk>/remove/", process_changes.stage_remove, name="stage_remove"),
]
urlpatterns = [*DEALS, *DIRECTORY, *PROCESS]
