"""The site as it is when the environment names services for signing in."""

from django.urls import include, path

from opscenter.urls import handler400, handler403, handler404, handler500
from opscenter.urls import urlpatterns as site

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]

urlpatterns = [
    path("accounts/services/", include("allauth.socialaccount.urls")),
    path("accounts/", include("allauth.socialaccount.providers.dingtalk.urls")),
    path("accounts/", include("allauth.socialaccount.providers.openid_connect.urls")),
    *site,
]
