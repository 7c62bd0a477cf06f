from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "pipeline.reviews"
    label = "reviews"
