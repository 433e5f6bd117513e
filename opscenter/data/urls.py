"""The addresses of import, templates, exports, completeness and reminders."""

from django.urls import path

from opscenter.data.views import completeness, imports, reminders, tables

app_name = "data"
urlpatterns = [
    path("", tables.index, name="index"),
    path("import/", imports.upload, name="import"),
    path("import/<int:pk>/", imports.show, name="import_show"),
    path("import/<int:pk>/accept/", imports.accept, name="import_accept"),
    path("import/<int:pk>/again/", imports.again, name="import_again"),
    path("import/<int:pk>/marked/", imports.marked, name="marked"),
    path("platform-export/", imports.platform_export, name="platform_export"),
    path("templates/", tables.template, name="template"),
    path("export/", tables.export, name="export"),
    path("completeness/", completeness.show, name="completeness"),
    path("completeness/missing/", completeness.missing, name="missing"),
    path("completeness/fill/", completeness.fill, name="fill"),
    path("reminders/", reminders.channels, name="reminders"),
    path("reminders/new/", reminders.edit, name="reminder_new"),
    path("reminders/<int:pk>/", reminders.edit, name="reminder_edit"),
    path("reminders/<int:pk>/test/", reminders.send_test, name="reminder_test"),
    path("reminders/<int:pk>/delete/", reminders.delete, name="reminder_delete"),
]
