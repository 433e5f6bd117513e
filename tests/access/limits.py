"""What kind of page each one is, and how many queries its kind may need.

A list shows stored rows, page by page.  A page works out what it shows: of one thing, of a person, of a
unit or of a month.  A computation repeats a whole month on trial or writes one out as a file.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    name: str
    limit: int


LIST = Kind("list", 15)
PAGE = Kind("page", 25)
COMPUTATION = Kind("computation", 45)

LISTS = """
assessment:appeals assessment:points assessment:ratings
campaigns:board campaigns:calendar campaigns:list campaigns:plans campaigns:tasks campaigns:templates
cockpit:movers data:index data:marked data:missing data:reminders
findings:list funds:index jobs:list logs:list
manuscripts:links manuscripts:list
org:chart org:documents org:people
payments:accounts payments:adjustments payments:index payments:outsiders
rules:acknowledgements rules:list search:show team:missing team:ranking tokens:list
verification:queue webhooks:index webhooks:messages
api:articles-list api:attainment-list api:campaigns-list api:findings-list api:funds-list api:jobs-list
api:logs-list api:payouts-list api:quotas-list api:scores-list api:settlements-list api:store-days-list
api:uplifts-list
"""

PAGES = """
assessment:appeal_answer assessment:appeal_new assessment:point_add assessment:point_approve assessment:rate
assessment:self
campaigns:act campaigns:change campaigns:document campaigns:edit campaigns:new campaigns:note campaigns:plan
campaigns:plan_act campaigns:plan_change campaigns:plan_edit campaigns:plan_new campaigns:referee
campaigns:results campaigns:show
cockpit:latest cockpit:show
data:completeness data:export data:fill data:import data:import_show data:platform_export data:reminder_delete
data:reminder_edit data:reminder_new data:template
explain:bonus explain:campaign explain:compare explain:payout explain:person explain:rule explain:score
explain:verify
favicon file findings:new findings:show funds:new funds:request funds:show healthz healthz_session home
jobs:show logs:add logs:copy_yesterday logs:correct logs:image logs:paste logs:show
manuscripts:edit manuscripts:new manuscripts:receive manuscripts:sent manuscripts:show manuscripts:state
month:act month:campaign month:latest month:person month:result month:show
org:document org:person org:unit
payments:account payments:accounts_paste payments:adjustment payments:adjustment_new
payments:batch payments:file payments:month
rules:draft rules:draft_compare rules:draft_new rules:mine rules:show
team:show team:totals
today:month today:month_of today:show
verification:sample verification:sample_show verification:show
webhooks:edit webhooks:message
api:articles-detail api:attainment-detail api:campaigns-detail api:docs api:findings-detail api:funds-detail
api:jobs-detail api:logs-detail api:not-there api:payouts-detail api:person-quotas api:quotas-detail
api:schema api:scores-detail api:settlements-detail api:settlements-result api:store-days-detail
api:uplifts-detail
"""

COMPUTATIONS = "cockpit:dry_run cockpit:sheet month:sheet whatif:replay whatif:replayed whatif:show"

KINDS: dict[str, Kind] = {
    **dict.fromkeys(LISTS.split(), LIST),
    **dict.fromkeys(PAGES.split(), PAGE),
    **dict.fromkeys(COMPUTATIONS.split(), COMPUTATION),
}
