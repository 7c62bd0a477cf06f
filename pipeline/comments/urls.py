from django.urls import URLPattern, URLResolver, path

from pipeline.comments.views import thread, writing

app_name = "comments"
urlpatterns: list[URLPattern | URLResolver] = [
    path("questions/", thread.question_list, name="question_list"),
    path("deals/<int:pk>/", thread.thread, name="thread"),
    path("deals/<int:pk>/list/", thread.comment_list, name="comment_list"),
    path("deals/<int:pk>/people/", thread.mention_options, name="mention_options"),
    path("deals/<int:pk>/new/", writing.comment_create, name="comment_create"),
    path("<int:pk>/", thread.comment_detail, name="comment_detail"),
    path("<int:pk>/reply/", writing.reply_create, name="reply_create"),
    path("<int:pk>/edit/", writing.comment_edit, name="comment_edit"),
    path("<int:pk>/remove/", writing.comment_remove, name="comment_remove"),
    path("<int:pk>/put-back/", writing.put_back, name="put_back"),
    path("<int:pk>/close/", writing.close, name="close"),
    path("<int:pk>/reopen/", writing.reopen, name="reopen"),
]
