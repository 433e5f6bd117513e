"""The resources of MEASURE for programs: filters, serializers, views."""
