"""The administration of log-ins: open an account, set a new password, shut one."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin

from core.models import User

admin.site.register(User, UserAdmin)
