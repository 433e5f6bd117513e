"""The resources of COST for programs: filters, serializers, views."""
