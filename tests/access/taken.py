"""What every form and request takes: a field that is not named here is one that nobody has thought about.

Before a field is added, ask who may set it to what, and whether the service checks that again.
"""

#: Names that are also columns which nobody types, and why a form takes them all the same.
CHOSEN: dict[str, str] = {
    "key": "names the form, so that sent twice it counts once",
    "form_key": "names the form, so that sent twice it counts once",
    "month": "the month that a row is for; that it is open, the service and the table check",
    "unit": "chosen among the units on which the person has the right",
    "root": "chosen among the organisations on which the person has the right",
    "owner": "the owner of a task, chosen among people of the organisation",
    "digest": "which version was read; another one is refused",
    "reference": "of a guest's own manuscript, with the code that only the guest has",
}

#: Page → forms or modules whose fields it takes beside those that the matrix sends.
TAKES: dict[str, tuple[str, ...]] = {
    "assessment:point_add": ("kpi.forms.assessment.PointForm",),
    "campaigns:edit": ("campaigns.forms.CampaignForm",),
    "campaigns:goals": ("campaigns.views.entries",),
    "campaigns:new": ("campaigns.forms.CampaignForm",),
    "campaigns:plan_edit": ("campaigns.forms.PlanForm",),
    "campaigns:plan_goals": ("campaigns.views.entries",),
    "campaigns:plan_new": ("campaigns.forms.PlanForm",),
    "campaigns:templates": ("campaigns.forms.TemplateForm", "campaigns.views.tasks"),
    "data:reminder_edit": ("opscenter.data.views.reminders.ChannelForm",),
    "data:reminder_new": ("opscenter.data.views.reminders.ChannelForm",),
    "findings:new": ("incentives.forms.findings.FindingForm",),
    "logs:add": ("kpi.forms.logs.LogForm", "kpi.views.logs"),
    "logs:paste": ("kpi.forms.logs.PasteForm", "kpi.views.logs"),
    "logs:save_rows": ("kpi.forms.logs.RowForm", "kpi.views.logs"),
    "verification:decide": ("kpi.views.verification",),
    "verification:decide_many": ("kpi.views.verification",),
    "webhooks:edit": ("opscenter.webhooks.forms.EditWebhookForm",),
}


#: Every form and its fields.
FORMS: dict[str, str] = {
    "campaigns.forms.CampaignChangeForm": (
        "aim baseline baseline_dates budget carried channels code content end key name pays "
        "planned_in products reason scale start stores type unit"
    ),
    "campaigns.forms.CampaignForm": (
        "aim baseline baseline_dates budget carried channels code content end key name pays "
        "planned_in products scale start stores type unit"
    ),
    "campaigns.forms.DocumentForm": "key text",
    "campaigns.forms.KeyedForm": "key",
    "campaigns.forms.NoteForm": "key source subject text",
    "campaigns.forms.PlanChangeForm": (
        "aim budget carried channels content end horizon key name parent reason start unit"
    ),
    "campaigns.forms.PlanForm": "aim budget carried channels content end horizon key name parent start unit",
    "campaigns.forms.ReadingForm": "article date readers",
    "campaigns.forms.ReasonMixin": "reason",
    "campaigns.forms.ResultForm": "channel clicks cost date impressions leads orders revenue",
    "campaigns.forms.TaskForm": "due key owner title to_unit unit",
    "campaigns.forms.TemplateForm": "by_unit lead_days title to_unit unit",
    "campaigns.forms.TermsForm": "aim budget carried channels content end key name start",
    "departments.forms.ChartForm": "on root",
    "finance.forms.ApproveForm": "day",
    "finance.forms.FundRequestForm": "amount file fund key purpose",
    "finance.forms.RefuseForm": "reason",
    "incentives.forms.adjustments.AdjustmentForm": "about amount month reason staff_no",
    "incentives.forms.findings.AnswerForm": "text",
    "incentives.forms.findings.FindingForm": (
        "assessor campaign date evidence file key note occurrences percent rule store"
    ),
    "incentives.forms.findings.WithdrawForm": "reason",
    "incentives.forms.manuscripts.ContactForm": "reason",
    "incentives.forms.manuscripts.GuestForm": "consent contact key kind name text title website",
    "incentives.forms.manuscripts.GuestRevisionForm": "code reference text title",
    "incentives.forms.manuscripts.LinkForm": "days key name scheme",
    "incentives.forms.manuscripts.ManuscriptForm": "file key kind text title",
    "incentives.forms.manuscripts.PublishForm": "address day",
    "incentives.forms.manuscripts.ReceiptForm": "code reference",
    "incentives.forms.manuscripts.RevisionForm": "file text title",
    "incentives.forms.manuscripts.ScreenForm": "remark",
    "incentives.forms.manuscripts.VoteForm": "choice remark",
    "incentives.forms.payments.AccountForm": "branch holder number",
    "incentives.forms.payments.AccountsForm": "text",
    "incentives.forms.payments.AgainForm": "profile reason",
    "incentives.forms.payments.BatchForm": "key profile",
    "incentives.forms.payments.LayoutForm": "profile",
    "incentives.forms.payments.ReasonForm": "reason",
    "incentives.forms.payments.ReturnForm": "day reason",
    "incentives.forms.payments.SettleForm": "day",
    "kpi.forms.assessment.AnswerForm": "answer",
    "kpi.forms.assessment.AppealForm": "text",
    "kpi.forms.assessment.PointForm": "evidence file key kind month points reason staff",
    "kpi.forms.assessment.RatingForm": "seen",
    "kpi.forms.assessment.ReasonForm": "reason",
    "kpi.forms.logs.CorrectionForm": "count handle key reason",
    "kpi.forms.logs.KeyedForm": "key",
    "kpi.forms.logs.LogForm": "activity count date duty handle key note partner platform screenshot url",
    "kpi.forms.logs.PasteForm": "date key text",
    "kpi.forms.logs.RowForm": "activity chosen count handle note partner platform url",
    "opscenter.data.forms.ExportForm": "month tables",
    "opscenter.data.forms.ExportUploadForm": "counted_on file kind unit",
    "opscenter.data.forms.TablesForm": "tables",
    "opscenter.data.forms.UploadForm": "file",
    "opscenter.data.views.reminders.ChannelForm": (
        "active address kind name per_minute quiet_from quiet_to sign topics unit"
    ),
    "opscenter.rules.forms.ActivateForm": "digest reason",
    "opscenter.rules.forms.DiscardForm": "reason",
    "opscenter.tokens.forms.TokenForm": "days form_key name",
    "opscenter.webhooks.forms.EditWebhookForm": "active events url",
    "opscenter.webhooks.forms.NewWebhookForm": "events form_key root url",
    "opscenter.webhooks.forms.WebhookForm": "events url",
}

#: Every request of the API and its fields.
REQUESTS: dict[str, str] = {
    "kpi.api.serializers.SentLogSerializer": (
        "activity count date duty handle note partner platform staff_no url"
    ),
    "opscenter.api.serializers.LockSerializer": "month reason unit",
    "opscenter.api.serializers.MonthAndUnitSerializer": "month unit",
    "opscenter.api.serializers.UploadSerializer": "file",
}

#: What views read from a POST without a form; ``?`` is a name in a variable.
POSTED: dict[str, str] = {
    "campaigns.views.entries": "actual",
    "campaigns.views.steps": "? decision remark",
    "campaigns.views.tasks": "done page remove",
    "incentives.views.bank_accounts": "act",
    "incentives.views.manuscripts": "act",
    "incentives.views.payments": "line",
    "incentives.views.submissions": "code reference",
    "kpi.views.assessment": "preview",
    "kpi.views.assessment_appeals": "verdict",
    "kpi.views.assessment_points": "act",
    "kpi.views.logs": "date key origin staff",
    "kpi.views.samples": "act",
    "kpi.views.verification": "back follows reason row seen verdict",
    "opscenter.dashboards.views.months": "reason unit",
    "opscenter.rules.views.rules": "digest month",
}
