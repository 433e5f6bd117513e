"""The WSGI entry point."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "opscenter.settings")

application = get_wsgi_application()

# What is loaded now, all pages included, lives as long as the process.  The collector need not look at it
# again and again: that took 150 ms, in which no thread of the process answered anybody.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
