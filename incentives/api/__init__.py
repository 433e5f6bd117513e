"""The resources of REWARD for programs: filters, serializers, views."""
