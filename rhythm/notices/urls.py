from django.urls import path

from rhythm.notices.views import channels, inbox, outbox, wishes

app_name = "notices"
urlpatterns = [
    path("", inbox.inbox, name="inbox"),
    path("read/", inbox.inbox_read, name="inbox_read"),
    path("<int:pk>/", inbox.inbox_item, name="inbox_item"),
    path("<int:pk>/open/", inbox.inbox_open, name="inbox_open"),
    path("<int:pk>/done/", inbox.inbox_done, name="inbox_done"),
    path("<int:pk>/reopen/", inbox.inbox_reopen, name="inbox_reopen"),
    path("<int:pk>/snooze/", inbox.inbox_snooze, name="inbox_snooze"),
    path("preferences/", wishes.preferences, name="preferences"),
    path("unsubscribe/<str:token>/", wishes.unsubscribe, name="unsubscribe"),
    path("deliveries/", outbox.notice_list, name="notice_list"),
    path("deliveries/test/", outbox.test_mail, name="test_mail"),
    path("deliveries/held/release/", outbox.held_release, name="held_release"),
    path("deliveries/held/drop/", outbox.held_drop, name="held_drop"),
    path("deliveries/<int:pk>/", outbox.notice_detail, name="notice_detail"),
    path("deliveries/<int:pk>/resend/", outbox.notice_resend, name="notice_resend"),
    path("channels/", channels.channel_list, name="channel_list"),
    path("channels/new/", channels.channel_create, name="channel_create"),
    path("channels/<int:pk>/", channels.channel_detail, name="channel_detail"),
    path("channels/<int:pk>/edit/", channels.channel_edit, name="channel_edit"),
    path("channels/<int:pk>/test/", channels.channel_test, name="channel_test"),
    path("channels/<int:pk>/secret/", channels.channel_renew, name="channel_renew"),
    path("channels/<int:pk>/forget/", channels.channel_forget, name="channel_forget"),
    path("channels/<int:pk>/switch/", channels.channel_switch, name="channel_switch"),
]
