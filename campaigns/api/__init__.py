"""The resources of WORK for programs: filters, serializers, views."""
