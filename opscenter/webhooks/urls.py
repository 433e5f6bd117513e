"""The addresses of webhooks."""

from django.urls import path

from opscenter.webhooks import views

app_name = "webhooks"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:pk>/", views.edit, name="edit"),
    path("<int:pk>/secret/", views.renew, name="renew"),
    path("messages/", views.MessageListView.as_view(), name="messages"),
    path("messages/<int:pk>/", views.message, name="message"),
    path("messages/<int:pk>/resend/", views.resend, name="resend"),
]
