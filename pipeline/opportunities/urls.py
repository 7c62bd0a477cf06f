from django.urls import URLPattern, URLResolver, path

from pipeline.opportunities.views import (
    board,
    closing,
    moves,
    options,
    process_changes,
)

app_name = "opportunities"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", board.board, name="board"),
    path("stages/<int:pk>/cards/", board.board_cards, name="board_cards"),
    path("options/accounts/", options.account_options, name="account_options"),
    path("options/contacts/", options.contact_options, name="contact_options"),
    path("options/deals/", options.opportunity_options, name="opportunity_options"),
    path("stages/<int:pk>/edit/", process_changes.stage_edit, name="stage_edit"),
    path(
        "stages/<int:pk>/impact/", process_changes.process_impact, name="process_impact"
    ),
    path("stages/<int:pk>/remove/", process_changes.stage_remove, name="stage_remove"),
    path("<int:pk>/move/", moves.opportunity_move, name="opportunity_move"),
    path(
        "<int:pk>/undo/<str:token>/",
        moves.opportunity_undo_move,
        name="opportunity_undo_move",
    ),
    path("<int:pk>/close/", closing.opportunity_close, name="opportunity_close"),
    path("<int:pk>/reopen/", closing.opportunity_reopen, name="opportunity_reopen"),
    path("<int:pk>/assign/", closing.opportunity_assign, name="opportunity_assign"),
]
