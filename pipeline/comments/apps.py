from django.apps import AppConfig


class CommentsConfig(AppConfig):
    name = "pipeline.comments"
    label = "comments"
