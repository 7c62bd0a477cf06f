from django.urls import URLPattern, URLResolver, path

from pipeline.runner.views import answers, blocks, course, room, talk, votes

app_name = "runner"

# A room has the number of its meeting.
BLOCK = "<int:pk>/blocks/<int:block_pk>/"
urlpatterns: list[URLPattern | URLResolver] = [
    path("<int:pk>/", room.room, name="room"),
    path("<int:pk>/pulse/", room.room_pulse, name="room_pulse"),
    path("<int:pk>/minutes/", room.minutes, name="minutes"),
    path("<int:pk>/prepare/", course.room_prepare, name="room_prepare"),
    path("<int:pk>/begin/", course.room_begin, name="room_begin"),
    path("<int:pk>/timer/", course.room_timer, name="room_timer"),
    path("<int:pk>/take/", course.room_take, name="room_take"),
    path("<int:pk>/hand-over/", course.room_hand_over, name="room_hand_over"),
    path("<int:pk>/finish/", course.room_finish, name="room_finish"),
    path("<int:pk>/abandon/", course.room_abandon, name="room_abandon"),
    path("<int:pk>/vote/", votes.vote, name="vote"),
    path("<int:pk>/answer/", answers.answer, name="answer"),
    path("<int:pk>/blocks/", blocks.block_add, name="block_add"),
    path(BLOCK, blocks.block_edit, name="block_edit"),
    path(f"{BLOCK}go/", course.block_go, name="block_go"),
    path(f"{BLOCK}move/", blocks.block_move, name="block_move"),
    path(f"{BLOCK}drop/", blocks.block_drop, name="block_drop"),
    path(f"{BLOCK}case/", blocks.block_case, name="block_case"),
    path(f"{BLOCK}note/", talk.block_note, name="block_note"),
    path("<int:pk>/commitments/", talk.promise_add, name="promise_add"),
    path(
        "<int:pk>/commitments/<int:commitment_pk>/<slug:action>/",
        talk.promise,
        name="promise",
    ),
]
