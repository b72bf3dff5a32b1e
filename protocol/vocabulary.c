#include "protocol/vocabulary.h"

#define WORDS(name, list)                                                                          \
    {                                                                                              \
        name, list, sizeof list / sizeof *list, NULL                                               \
    }

static const struct word service_areas_list[] = {
    {"adults_assessment", "Assessing adults and planning their care"},
    {"adults_older", "Care of older people"},
    {"adults_learning_disability", "Adults with a learning disability"},
    {"adults_mental_health", "Adults' mental health"},
    {"adults_physical_sensory", "Adults with a physical or sensory impairment"},
    {"carers", "Unpaid carers"},
    {"safeguarding_adults", "Keeping adults safe from abuse and neglect"},
    {"direct_payments_personalisation", "Direct payments and personal budgets"},
    {"home_care", "Care at home"},
    {"residential_nursing", "Care homes and nursing homes"},
    {"reablement_hospital_discharge", "Reablement and leaving hospital"},
    {"equipment_adaptations", "Equipment and adapting homes"},
    {"children_early_help", "Early help for families"},
    {"children_in_need", "Children in need"},
    {"child_protection", "Child protection"},
    {"children_looked_after", "Children in care"},
    {"fostering_adoption", "Fostering and adoption"},
    {"care_leavers", "Young people who leave care"},
    {"send", "Special educational needs and disabilities"},
    {"youth_justice", "Youth justice"},
    {"early_years", "Nurseries and early years"},
    {"schools_support", "Support for schools"},
    {"public_health", "Public health"},
    {"substance_misuse", "Drugs and alcohol"},
    {"housing_homelessness", "Housing and homelessness"},
    {"revenues_benefits", "Council tax and benefits"},
    {"planning", "Planning and building control"},
    {"highways_transport", "Roads and transport"},
    {"waste_recycling", "Waste and recycling"},
    {"environment_regulatory", "Environment, licensing and trading standards"},
    {"libraries_culture_leisure", "Libraries, culture and leisure"},
    {"community_safety", "Community safety"},
    {"economic_development", "Jobs and the local economy"},
    {"customer_contact", "Contact with residents"},
    {"finance_procurement", "Finance and buying"},
    {"hr_workforce", "Staff and workforce"},
    {"ict_digital_data", "Computers, digital services and data"},
    {"legal_governance_scrutiny", "Law, governance and scrutiny"},
    {"integration_partnership", "Working as one with partners"},
};
static const struct word service_area_groups[] = {
    {"adults_assessment", "Adults"},
    {"children_early_help", "Children, families and schools"},
    {"public_health", "Health"},
    {"housing_homelessness", "Homes and money"},
    {"planning", "Places"},
    {"customer_contact", "The council itself"},
    {NULL, NULL},
};
const struct vocabulary service_areas = {"service area", service_areas_list,
                                         sizeof service_areas_list / sizeof *service_areas_list,
                                         service_area_groups};

static const struct word outcomes_list[] = {
    {"worked", "It did what it was for"},
    {"partly_worked", "Some of it worked, some did not"},
    {"too_early", "Too early to say"},
    {"no_effect", "Nothing changed"},
    {"did_not_work", "It did not do what it was for"},
    {"abandoned", "Given up before it could be judged"},
    {"harmful", "It made things worse for somebody"},
};
const struct vocabulary outcomes = WORDS("outcome", outcomes_list);

static const struct word stages_list[] = {
    {"idea", "Not begun"},
    {"planning", "Being prepared"},
    {"started", "Begun"},
    {"midway", "About half way"},
    {"completed", "Finished"},
    {"sustained_1y", "Still in place a year after it was finished"},
    {"stopped", "Stopped before it was finished"},
};
const struct vocabulary stages = WORDS("stage", stages_list);

static const struct word evidence_levels_list[] = {
    {"opinion", "What we think"},
    {"reasoned_account", "An account that gives its reasons"},
    {"before_after", "Figures from before and after, or users' accounts"},
    {"comparison_group", "Compared with a group that did not have it"},
    {"replicated", "Judged by outsiders, or done again elsewhere"},
    {"replicated_manual", "Done again elsewhere, from a manual"},
};
const struct vocabulary evidence_levels = WORDS("evidence level", evidence_levels_list);

static const struct word source_kinds_list[] = {
    {"review", "A service review"},
    {"peer_challenge", "A peer challenge"},
    {"incident_or_complaint", "An incident or a complaint"},
    {"project", "A project"},
    {"pilot", "A pilot"},
    {"evaluation", "An evaluation"},
    {"workshop_or_focus_group", "A workshop or focus group"},
    {"user_or_carer_feedback", "What users or carers told us"},
    {"staff_note", "A note by a member of staff"},
    {"inspection_response", "An answer to an inspection"},
};
const struct vocabulary source_kinds = WORDS("source", source_kinds_list);

static const struct word client_groups_list[] = {
    {"older", "Older people"},
    {"learning_disability", "People with a learning disability"},
    {"mental_health", "People with mental health needs"},
    {"physical", "People with a physical impairment"},
    {"sensory", "People with a sensory impairment"},
    {"dementia", "People with dementia"},
    {"carers", "Unpaid carers"},
    {"children_0_4", "Children aged 0 to 4"},
    {"children_5_11", "Children aged 5 to 11"},
    {"children_12_17", "Children aged 12 to 17"},
    {"care_leavers", "Young people who left care"},
    {"disabled_children", "Disabled children"},
    {"families", "Families"},
    {"homeless", "People without a home"},
    {"asylum", "People seeking asylum"},
    {"substance", "People who use drugs or alcohol"},
    {"general", "Everybody"},
};
const struct vocabulary client_groups = WORDS("client group", client_groups_list);

static const struct word partner_sectors_list[] = {
    {"nhs_acute", "Hospitals"},
    {"nhs_community_mental_health", "Community and mental health trusts"},
    {"icb", "Integrated care board, or health board"},
    {"gp_primary_care", "GPs and primary care"},
    {"police", "Police"},
    {"probation_prisons", "Probation and prisons"},
    {"fire", "Fire and rescue"},
    {"schools", "Schools"},
    {"fe_he", "Colleges and universities"},
    {"housing_association", "Housing associations"},
    {"voluntary_community", "Voluntary and community groups"},
    {"private_provider", "Private providers"},
    {"dwp_jobcentre", "Benefits offices and jobcentres"},
    {"central_government", "Central or devolved government"},
    {"other_council", "Other councils"},
    {"user_led_organisation", "Organisations led by users"},
    {"faith", "Faith groups"},
    {"business", "Businesses"},
};
const struct vocabulary partner_sectors = WORDS("partner sector", partner_sectors_list);

static const struct word scales_list[] = {
    {"team", "One team"},
    {"service", "One service"},
    {"council_wide", "The whole council"},
    {"place_wide", "The council and its partners"},
    {"regional", "Several councils"},
};
const struct vocabulary scales = WORDS("scale", scales_list);

static const struct word drivers_list[] = {
    {"law_or_guidance", "New law or guidance"},
    {"budget", "Money"},
    {"inspection", "An inspection"},
    {"demand", "More people, or greater needs"},
    {"user_expectation", "What users expect"},
    {"workforce", "Staff, or the lack of them"},
    {"technology", "Technology"},
    {"emergency", "An emergency"},
    {"local_priority", "A local priority"},
};
const struct vocabulary drivers = WORDS("driver", drivers_list);

static const struct word contributing_factors_list[] = {
    {"leadership", "Leadership"},
    {"clear_aim", "Whether the aim was clear"},
    {"conflicting_objectives", "Aims that pulled apart"},
    {"politics", "Politics"},
    {"staffing", "Enough staff, or too few"},
    {"skills_training", "Skills and training"},
    {"caseload", "Caseloads"},
    {"pay_recruitment", "Pay and recruitment"},
    {"morale", "Morale"},
    {"communication_down", "What the front line was told"},
    {"communication_up", "What the front line could say"},
    {"team_isolation", "Teams working on their own"},
    {"information_system", "The information system"},
    {"data_quality", "The quality of data"},
    {"partner_engagement", "Whether partners took part"},
    {"provider_market", "The market of providers"},
    {"contract", "The contract"},
    {"budget", "Money"},
    {"timing", "Timing"},
    {"law_procedure", "Law and procedure"},
    {"user_involvement", "Whether users took part"},
    {"culture_of_blame", "A culture of blame"},
    {"learning_culture", "A culture of learning"},
    {"estate", "Buildings"},
    {"geography", "Geography"},
    {"chance", "Chance"},
};
const struct vocabulary contributing_factors =
    WORDS("contributing factor", contributing_factors_list);

static const struct word cost_bands_list[] = {
    {"none", "Nothing beyond ordinary work"},    {"under_10k", "Under 10,000 pounds"},
    {"10k_to_100k", "10,000 to 100,000 pounds"}, {"100k_to_1m", "100,000 to a million pounds"},
    {"over_1m", "Over a million pounds"},        {"not_known", "Not known"},
};
const struct vocabulary cost_bands = WORDS("cost band", cost_bands_list);

static const struct word staff_days_bands_list[] = {
    {"under_10", "Under 10 days"}, {"10_to_50", "10 to 50 days"}, {"50_to_250", "50 to 250 days"},
    {"over_250", "Over 250 days"}, {"not_known", "Not known"},
};
const struct vocabulary staff_days_bands = WORDS("staff days band", staff_days_bands_list);

static const struct word impacts_list[] = {
    {"better", "Better than before"}, {"same", "The same as before"},
    {"worse", "Worse than before"},   {"mixed", "Better for some, worse for others"},
    {"not_measured", "Not measured"},
};
const struct vocabulary impacts = WORDS("impact", impacts_list);

static const struct word barriers_list[] = {
    {"law", "Law"},
    {"regulation", "Regulation"},
    {"guidance", "Guidance"},
    {"funding_ringfence", "Money tied to one purpose"},
    {"funding_short_term", "Money for too short a time"},
    {"data_sharing", "Sharing data"},
    {"boundaries", "Boundaries that do not match"},
    {"culture", "Culture"},
    {"workforce", "Staff who cannot be found or kept"},
    {"procurement", "Rules of buying"},
    {"it_systems", "Computer systems"},
    {"freedom_needed", "A freedom that councils do not have"},
};
const struct vocabulary barriers = WORDS("barrier", barriers_list);

static const struct word barrier_addressees_list[] = {
    {"none", "Nobody"},
    {"central_department", "A government department"},
    {"regulator", "A regulator"},
    {"nhs_body", "A body of the NHS"},
    {"professional_body", "A professional body"},
};
const struct vocabulary barrier_addressees = WORDS("addressee", barrier_addressees_list);

static const struct word offers_list[] = {
    {"talk", "A conversation"},
    {"visit", "A visit to us"},
    {"shadow", "Shadowing one of us"},
    {"mentor", "Mentoring"},
    {"secondment", "A secondment"},
    {"documents", "Our documents"},
    {"peer_challenge", "A peer challenge"},
    {"meeting", "A meeting of several"},
};
const struct vocabulary offers = WORDS("offer", offers_list);

static const struct word languages_list[] = {
    {"en", "English"},
    {"cy", "Welsh"},
};
const struct vocabulary languages = WORDS("language", languages_list);

static const struct word answers_list[] = {
    {"yes", "Yes"},
    {"no", "No"},
};
const struct vocabulary answers = WORDS("answer", answers_list);

static const struct word attributions_list[] = {
    {"named", "Published under the council's name"},
    {"anonymous", "Published by one of a ring of councils"},
    {"delegated", "Published by a hub on a council's behalf"},
};
const struct vocabulary attributions = WORDS("attribution", attributions_list);

static const struct word authority_types_list[] = {
    {"county", "County council"},
    {"district", "District council"},
    {"unitary", "Unitary council"},
    {"metropolitan", "Metropolitan district"},
    {"london_borough", "London borough"},
    {"city_of_london", "City of London"},
    {"combined", "Combined authority"},
    {"gla", "Greater London Authority"},
    {"welsh_unitary", "Council in Wales"},
    {"scottish", "Council in Scotland"},
    {"ni_district", "District council in Northern Ireland"},
};
const struct vocabulary authority_types = WORDS("authority type", authority_types_list);

static const struct word view_holders_list[] = {
    {"users", "People who use the service"},
    {"carers", "Unpaid carers"},
    {"staff", "Staff"},
    {"partners", "Partners"},
};
const struct vocabulary view_holders = WORDS("view", view_holders_list);

static const struct word asked_bands_list[] = {
    {"1_to_5", "1 to 5 people"},       {"6_to_20", "6 to 20 people"},
    {"21_to_100", "21 to 100 people"}, {"over_100", "Over 100 people"},
    {"not_known", "Not known"},
};
const struct vocabulary asked_bands = WORDS("number asked", asked_bands_list);

static const struct word units_list[] = {
    {"percent", "In every 100"},
    {"per_1000", "In every 1,000"},
    {"per_10000", "In every 10,000"},
    {"per_100000", "In every 100,000"},
    {"gbp_per_week", "Pounds a week"},
    {"gbp_per_hour", "Pounds an hour"},
    {"score", "A score"},
    {"ratio", "One number divided by another"},
    {"days", "Days"},
    {"count", "A count"},
};
const struct vocabulary units = WORDS("unit", units_list);

static const struct word statistics_list[] = {
    {"proportion", "A share of all cases"},
    {"rate", "Cases among a population"},
    {"survey_proportion", "A share of those who answered a survey"},
    {"score", "A score"},
    {"cost", "Money"},
    {"ratio", "One number divided by another"},
};
const struct vocabulary statistics = WORDS("statistic", statistics_list);

static const struct word polarities_list[] = {
    {"higher", "Higher is better"},
    {"lower", "Lower is better"},
    {"neutral", "Neither is better"},
    {"banded", "Best between two values, both ends are bad"},
};
const struct vocabulary polarities = WORDS("polarity", polarities_list);

static const struct word period_kinds_list[] = {
    {"financial_year", "April to March"}, {"year_end_31_march", "As it stood on 31 March"},
    {"calendar", "January to December"},  {"academic", "September to August"},
    {"quarter", "Three months"},          {"biennial", "Every two years"},
};
const struct vocabulary period_kinds = WORDS("period kind", period_kinds_list);

static const struct word snapshot_statuses_list[] = {
    {"provisional", "May still change"},
    {"final", "Will not change"},
    {"revised", "Replaces an earlier one"},
};
const struct vocabulary snapshot_statuses = WORDS("status", snapshot_statuses_list);

static const struct word disclosure_profiles_list[] = {
    {"strict", "Counts of 1 to 7 hidden, others rounded to 5"},
    {"standard", "Counts of 1 to 4 hidden, others rounded to 5"},
    {"exact_totals",
     "Counts of 1 to 4 hidden, others exact, and what would give them away hidden too"},
    {"none", "Does not count people"},
};
const struct vocabulary disclosure_profiles = WORDS("disclosure profile", disclosure_profiles_list);

static const struct word value_flags_list[] = {
    {"c", "Confidential"},
    {"x", "Not available"},
    {"z", "Not applicable"},
    {"low", "Rounds to zero but is not zero"},
    {"k", "Rounds to zero but is not zero"},
    {"u", "Of low reliability"},
    {"e", "Estimated"},
    {"p", "Provisional"},
    {"r", "Revised"},
    {"b", "Break in the series"},
};
const struct vocabulary value_flags = WORDS("flag", value_flags_list);

static const struct word response_kinds_list[] = {
    {"same_here", "We have the same here, or had it, or do not"},
    {"tried", "We tried it too, or decided not to"},
    {"question", "We ask"},
    {"answer", "We answer what somebody asked"},
    {"challenge", "We doubt it, and ask why it should be so"},
    {"thanks", "It helped us"},
};
const struct vocabulary response_kinds = WORDS("response", response_kinds_list);

static const struct word situations_list[] = {
    {"have", "We have it now"},
    {"had_and_fixed", "We had it, and have put it right"},
    {"do_not_have", "We do not have it"},
};
const struct vocabulary situations = WORDS("situation", situations_list);

static const struct word uptakes_list[] = {
    {"adopted", "We did the same"},
    {"adapted", "We did it in a way of our own"},
    {"rejected", "We looked at it and decided against it"},
    {"abandoned", "We began, and gave it up"},
};
const struct vocabulary uptakes = WORDS("uptake", uptakes_list);

static const struct word grounds_list[] = {
    {"read", "We read it, and it fits with what we know"},
    {"spoke", "We talked with those who did it"},
    {"visited", "We went to see it"},
    {"figures", "We went through its figures"},
    {"evaluated", "We evaluated it, and had no part in it"},
};
const struct vocabulary grounds = WORDS("ground", grounds_list);

static const struct word team_decisions_list[] = {
    {"adopt", "We shall do the same"},    {"adapt", "We shall do it in a way of our own"},
    {"reject", "We shall not do it"},     {"find_out_more", "We shall find out more first"},
    {"no_decision", "We did not decide"},
};
const struct vocabulary team_decisions = WORDS("decision", team_decisions_list);

static const struct word review_kinds_list[] = {
    {"best_value", "A Best Value review"},
    {"peer_challenge", "A peer challenge"},
    {"service_review", "Another review of a service"},
    {"self_assessment", "An assessment of ourselves"},
};
const struct vocabulary review_kinds = WORDS("kind of review", review_kinds_list);

static const struct word action_states_list[] = {
    {"not_begun", "Not begun"},
    {"under_way", "Under way"},
    {"done", "Done"},
    {"dropped", "Dropped"},
};
const struct vocabulary action_states = WORDS("progress", action_states_list);

static const struct word labels_list[] = {
    {"same_as", "It says the same as another one"},
    {"out_of_date", "It is not so any more"},
    {"law_changed", "The law or guidance that it rests on has changed"},
    {"disputed", "What it says is in doubt"},
    {"unclear", "It cannot be followed without asking"},
    {"well_told", "It tells enough to do the same"},
    {"start_here", "Read this first"},
    {"heads_up", "A change may be coming that touches it"},
};
const struct vocabulary labels = WORDS("label", labels_list);

static const struct word directions_list[] = {
    {"given", "We offer it"},
    {"sought", "We look for it"},
};
const struct vocabulary directions = WORDS("direction", directions_list);

static const struct word venues_list[] = {
    {"online", "Online, or by telephone"},
    {"with_us", "With us"},
    {"with_you", "With whoever takes it up"},
    {"elsewhere", "Somewhere else"},
};
const struct vocabulary venues = WORDS("venue", venues_list);

const struct vocabulary *const vocabularies[] = {&service_areas,
                                                 &outcomes,
                                                 &stages,
                                                 &evidence_levels,
                                                 &source_kinds,
                                                 &client_groups,
                                                 &partner_sectors,
                                                 &scales,
                                                 &drivers,
                                                 &contributing_factors,
                                                 &cost_bands,
                                                 &staff_days_bands,
                                                 &impacts,
                                                 &barriers,
                                                 &barrier_addressees,
                                                 &offers,
                                                 &languages,
                                                 &answers,
                                                 &attributions,
                                                 &authority_types,
                                                 &view_holders,
                                                 &asked_bands,
                                                 &units,
                                                 &statistics,
                                                 &polarities,
                                                 &period_kinds,
                                                 &snapshot_statuses,
                                                 &disclosure_profiles,
                                                 &value_flags,
                                                 &response_kinds,
                                                 &situations,
                                                 &uptakes,
                                                 &grounds,
                                                 &team_decisions,
                                                 &review_kinds,
                                                 &action_states,
                                                 &labels,
                                                 &directions,
                                                 &venues,
                                                 NULL};

const struct alphabet topic_alphabet = {"abcdefghijklmnopqrstuvwxyz0123456789-/",
                                        "lower-case letters, digits, - and /"};
const struct alphabet digits_alphabet = {"0123456789", "digits"};
const struct alphabet area_alphabet = {"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
                                       "capital letters and digits"};
const struct alphabet id_alphabet = {"0123456789abcdef", "digits and the letters a to f"};
