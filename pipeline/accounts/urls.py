from django.urls import URLPattern, URLResolver, path

from pipeline.accounts.views import course, notes, parts, plans, room

app_name = "accounts"

PLANS: list[URLPattern | URLResolver] = [
    path("account-plans/", plans.plan_list, name="plan_list"),
    path("account-plans/of/<int:account_pk>/", plans.plan_create, name="plan_create"),
    path("account-plans/<int:pk>/", plans.plan_detail, name="plan_detail"),
    path("account-plans/<int:pk>/edit/", plans.plan_edit, name="plan_edit"),
    path("account-plans/<int:pk>/moves/", parts.move_add, name="move_add"),
    path(
        "account-plans/<int:pk>/field/<int:area_pk>/<int:product_pk>/",
        parts.field_cell,
        name="field_cell",
    ),
    path("account-plans/<int:pk>/<slug:kind>/new/", parts.part_add, name="part_add"),
    path("account-plans/<slug:kind>/<int:pk>/", parts.part_edit, name="part_edit"),
    path(
        "account-plans/<slug:kind>/<int:pk>/remove/",
        parts.part_remove,
        name="part_remove",
    ),
]
ITEM = "account-reviews/<int:pk>/plans/<int:item_pk>/"
REVIEWS: list[URLPattern | URLResolver] = [
    path("account-reviews/<int:pk>/", room.review_detail, name="review_detail"),
    path("account-reviews/<int:pk>/pulse/", room.review_pulse, name="review_pulse"),
    path("account-reviews/<int:pk>/begin/", course.review_begin, name="review_begin"),
    path("account-reviews/<int:pk>/claim/", course.review_claim, name="review_claim"),
    path("account-reviews/<int:pk>/add/", course.review_add, name="review_add"),
    path("account-reviews/<int:pk>/timer/", course.review_timer, name="review_timer"),
    path(
        "account-reviews/<int:pk>/hand-over/",
        course.review_hand_over,
        name="review_hand_over",
    ),
    path(
        "account-reviews/<int:pk>/abandon/",
        course.review_abandon,
        name="review_abandon",
    ),
    path(
        "account-reviews/<int:pk>/finish/", course.review_finish, name="review_finish"
    ),
    path(
        "account-reviews/<int:pk>/minutes/",
        course.review_minutes,
        name="review_minutes",
    ),
    path(ITEM, room.review_item, name="review_item"),
    path(f"{ITEM}at/", room.review_at, name="review_at"),
    path(f"{ITEM}changes/", room.review_changes, name="review_changes"),
    path(f"{ITEM}decide/", room.review_decide, name="review_decide"),
    path(f"{ITEM}skip/", room.review_skip, name="review_skip"),
    path(f"{ITEM}undo/", room.review_undo, name="review_undo"),
    path(f"{ITEM}note/", notes.review_note, name="review_note"),
    path(f"{ITEM}private-note/", notes.review_private_note, name="review_private_note"),
    path(f"{ITEM}moves/", room.review_move_add, name="review_move_add"),
    path(f"{ITEM}drop/", course.review_drop, name="review_drop"),
]
urlpatterns = [*PLANS, *REVIEWS]
