"""The addresses of payments and bank accounts."""

from django.urls import path

from incentives.views import adjustments, bank_accounts, payments

app_name = "payments"
urlpatterns = [
    path("", payments.BatchListPage.as_view(), name="index"),
    path("months/<str:month>/<str:unit>/", payments.month, name="month"),
    path("months/<str:month>/<str:unit>/outsiders/", payments.outsiders, name="outsiders"),
    path("batches/<int:pk>/", payments.batch, name="batch"),
    path("batches/<int:pk>/again/", payments.again, name="again"),
    path("batches/<int:pk>/settle/", payments.settle, name="settle"),
    path("files/<int:pk>/", payments.download, name="file"),
    path("lines/<int:pk>/returned/", payments.returned, name="returned"),
    path("lines/<int:pk>/received/", payments.receive, name="receive"),
    path("adjustments/", adjustments.AdjustmentListPage.as_view(), name="adjustments"),
    path("adjustments/new/", adjustments.new, name="adjustment_new"),
    path("adjustments/<int:pk>/", adjustments.show, name="adjustment"),
    path("adjustments/<int:pk>/approve/", adjustments.approve, name="adjustment_approve"),
    path("accounts/", bank_accounts.AccountListPage.as_view(), name="accounts"),
    path("accounts/paste/", bank_accounts.paste, name="accounts_paste"),
    path("accounts/<int:pk>/", bank_accounts.edit, name="account"),
    path("accounts/<int:pk>/number/", bank_accounts.number, name="number"),
]
