"""WHO: units, positions, duties, documents, people, leave, and the months of a root unit."""

from departments.models.acknowledgements import RuleAcknowledgement
from departments.models.documents import Document
from departments.models.drafts import DraftState, RuleDraft
from departments.models.people import Assignment, Grant, Leave, Role, Staff
from departments.models.periods import Period, PeriodState
from departments.models.reminders import (
    DeliveryState,
    ReminderChannel,
    ReminderDelivery,
    ReminderTopic,
)
from departments.models.units import Activity, Duty, Position, Unit, UnitKind, UnitPlacement
from departments.models.webhooks import WebhookDelivery, WebhookEndpoint, WebhookEvent, WebhookState

__all__ = [
    "Activity",
    "Assignment",
    "DeliveryState",
    "Document",
    "DraftState",
    "Duty",
    "Grant",
    "Leave",
    "Period",
    "PeriodState",
    "Position",
    "ReminderChannel",
    "ReminderDelivery",
    "ReminderTopic",
    "Role",
    "RuleAcknowledgement",
    "RuleDraft",
    "Staff",
    "Unit",
    "UnitKind",
    "UnitPlacement",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
    "WebhookState",
]
