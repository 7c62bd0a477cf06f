from django.urls import URLPattern, URLResolver, path

from pipeline.reviews.views import (
    course,
    decisions,
    edits,
    lists,
    minutes,
    preparing,
    room,
    talk,
)

app_name = "reviews"

ITEM = "<int:pk>/deals/<int:item_pk>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", lists.review_list, name="review_list"),
    path("new/", lists.review_start, name="review_start"),
    path("new/deals/", lists.deal_options, name="deal_options"),
    path("<int:pk>/", room.review_detail, name="review_detail"),
    path("<int:pk>/pulse/", room.review_pulse, name="review_pulse"),
    path("<int:pk>/prepare/", preparing.review_prepare, name="review_prepare"),
    path("<int:pk>/begin/", course.review_begin, name="review_begin"),
    path("<int:pk>/timer/", course.review_timer, name="review_timer"),
    path("<int:pk>/claim/", course.review_claim, name="review_claim"),
    path("<int:pk>/abandon/", course.review_abandon, name="review_abandon"),
    path("<int:pk>/hand-over/", course.review_hand_over, name="review_hand_over"),
    path("<int:pk>/finish/", course.review_finish, name="review_finish"),
    path("<int:pk>/add/", course.review_add, name="review_add"),
    path("<int:pk>/minutes/", minutes.review_minutes, name="review_minutes"),
    path(
        "<int:pk>/minutes/<int:item_pk>/correct/",
        minutes.review_correct,
        name="review_correct",
    ),
    path(ITEM, room.review_item, name="review_item"),
    path(f"{ITEM}at/", room.review_at, name="review_at"),
    path(f"{ITEM}changes/", room.review_changes, name="review_changes"),
    path(f"{ITEM}decide/", decisions.review_decide, name="review_decide"),
    path(f"{ITEM}skip/", decisions.review_skip, name="review_skip"),
    path(f"{ITEM}undo/", decisions.review_undo, name="review_undo"),
    path(f"{ITEM}talk/", decisions.review_talk, name="review_talk"),
    path(f"{ITEM}asked/", talk.review_asked, name="review_asked"),
    path(f"{ITEM}note/", talk.review_note, name="review_note"),
    path(f"{ITEM}private-note/", talk.review_private_note, name="review_private_note"),
    path(
        f"{ITEM}commitments/", talk.review_commitment_add, name="review_commitment_add"
    ),
    path(
        f"{ITEM}commitments/<int:commitment_pk>/<slug:action>/",
        talk.review_commitment,
        name="review_commitment",
    ),
    path(f"{ITEM}edit/", edits.review_deal_edit, name="review_deal_edit"),
    path(
        f"{ITEM}milestones/<int:milestone_pk>/",
        edits.review_milestone,
        name="review_milestone",
    ),
]
