#include "node/cli/command.h"

#include <string.h>

#define END                                                                                        \
    {                                                                                              \
        NULL, NULL, false, NULL                                                                    \
    }

static const struct command_option no_options[] = {END};

static const struct command_option init_options[] = {
    {"name", "NAME", false, "the authority's name, as its peers know it (required)"},
    {"type", "TYPE", false, "county, district, unitary, metropolitan, london_borough, ..."},
    {"nation", "NATION", false, "england, wales, scotland or northern_ireland"},
    {"region", "REGION", false, "its region"},
    {"gss", "CODE", true, "the GSS code of an area it answers for"},
    {"function", "F", true, "a service it runs, such as adults_assessment"},
    {"role", "ROLE", false, "authority (as a rule) or hub"},
    {"recovery", "SHEET", false, "put the next key and the steward key onto this sheet, sealed"},
    {"passphrase", NULL, false, "seal the keys in the home with a passphrase too"},
    {"listen", "tcp://H:P", true, "let other nodes connect here (live records: the next port)"},
    END};

static const struct command_option card_options[] = {
    {"out", "FILE", false, "write it here instead of standard output"},
    {"recovery", "SHEET", false, "move the next key and the steward key onto this sheet"},
    {"rotate", NULL, false, "the next key takes over: close the feed and open the next"},
    {"renew", NULL, false,
     "make new transport, box and ring keys; with --rotate a new steward key too"},
    {"key", "SHEET", false, "with --rotate: the recovery sheet that holds the next key"},
    END};

static const struct command_option found_options[] = {
    {"network", "NAME", false, "the network's name (required)"},
    {"threshold", "K", false,
     "how many stewards must sign: more than half, fewer than all (required)"},
    {"demo", NULL, false, "a network to try things out in"},
    {"out", "FILE", false, "where the proposal goes (required)"},
    END};

static const struct command_option propose_options[] = {
    {"admit", "CARD", true, "admit the authority of this card"},
    {"rotate", "CARD", true, "replace a member's card by its newer one"},
    {"remove", "MEMBER", true, "remove a member; what it published so far stays"},
    {"dissolve", "MEMBER", true, "a member that is no more"},
    {"successor", "MEMBER", false, "with --dissolve: who takes its place"},
    {"steward", "MEMBER", true, "make a member a steward"},
    {"unsteward", "MEMBER", true, "a steward that shall be none any more"},
    {"threshold", "K", false, "how many stewards must sign from now on"},
    {"out", "FILE", false, "where the proposal goes (required)"},
    END};

static const struct command_option sign_options[] = {
    {"key", "SHEET", false, "the recovery sheet with the steward key; else the one in keys/"}, END};

static const struct command_option merge_options[] = {
    {"out", "FILE", false, "where the proposal that ends the rivalry goes (required)"}, END};

static const struct command_option halt_options[] = {
    {"key", "SHEET", false, "the recovery sheet with the next key; else the one in keys/"},
    {"after", "ID", false, "the last record that is truly ours; else the last one known here"},
    {"out", "FILE", false, "where the halt goes, to be installed elsewhere with candour join"},
    END};

static const struct command_option join_options[] = {
    {"peer", "PEER", true,
     "whom to connect to: a member's name, NAME@tcp://H:P, or an endpoint on a card"},
    END};

static const struct command_option run_options[] = {
    {"listen", "tcp://H:P", true, "instead of what candour.conf says"},
    {"force-offline", NULL, false,
     "after a restore: sign although no peer could be asked; what was published since the backup "
     "is then told twice, and the feed is lost"},
    END};

static const struct command_option lesson_new_options[] = {
    {"kind", "KIND", false, "lesson (as a rule), issue, response, update, review, summary, ..."},
    {"all", NULL, false, "with all that it has room for, not only what is needed"},
    END};

static const struct command_option check_options[] = {
    {"name", "NAME", true, "a name that would give the authority away, besides those configured"},
    {"anonymous", NULL, false, "as strictly as for a lesson whose author is not named"},
    {"spans", "FILE", false,
     "of passages in JSON, a line each, say where what is found (for a scorer)"},
    {"profiles", "FILE", false, "with --spans: the names that each passage's authority knows"},
    END};

static const struct command_option list_options[] = {{"all", NULL, false, "what went out too"},
                                                     END};

static const struct command_option show_options[] = {
    {"out", "FILE", false, "write its text there, as a file that can be changed and submitted"},
    END};

static const struct command_option decide_options[] = {
    {"replace", "ROLE", false, "put a role in its place, such as [resident]"},
    {"generalise", "TEXT", false, "put something less precise in its place"},
    {"keep", NULL, false, "leave it as it is; say why with --reason"},
    {"reason", "WHY", false, "why it may stay"},
    {"field", "KEY", false, "only where it stands in this field, such as what_we_did"},
    END};

static const struct command_option submit_options[] = {
    {"author", "NAME", false, "who wrote it; else the user, where one person may approve it"},
    {"anonymous", NULL, false, "it is to go out without the authority's name"},
    END};

static const struct command_option author_options[] = {
    {"author", "NAME", false, "who wrote it; else as before"}, END};

static const struct command_option define_options[] = {
    {"author", "NAME", false, "who wrote it; else the user, where one person may approve it"}, END};

static const struct command_option approve_options[] = {
    {"by", "NAME", false, "who approves (required)"},
    {"text", "DIGITS", false,
     "the text that draft show shows with these digits; without, it is shown and asked about at a "
     "terminal"},
    {"anonymous", NULL, false, "yes, it goes out without the authority's name"},
    {"intruder", "ANSWER", false,
     "with --anonymous: could a local journalist, or a colleague at another council, name us "
     "within "
     "ten minutes?"},
    END};

static const struct command_option withdraw_options[] = {
    {"by", "NAME", false, "who takes it back (required)"},
    {"why", "TEXT", false, "the reason, for its author"},
    END};

static const struct command_option reject_options[] = {
    {"by", "NAME", false, "who rejects (required)"},
    {"why", "TEXT", false, "the reason (required)"},
    END};

static const struct command_option publish_options[] = {
    {"by", "NAME", false, "who wrote it and approves it (required)"},
    {"anonymous", NULL, false,
     "it is to go out without the authority's name: a second person approves it"},
    {"wait", NULL, false,
     "until the record is on this node's disk, where nothing else comes first"},
    END};

static const struct command_option respond_options[] = {
    {"kind", "KIND", false, "same_here, tried, question, answer, challenge or thanks (required)"},
    {"situation", "SITUATION", false,
     "with same_here: have (as a rule), had_and_fixed or do_not_have"},
    {"uptake", "UPTAKE", false, "with tried: adopted, adapted, rejected or abandoned"},
    {"outcome", "OUTCOME", false, "with tried: how it went, such as partly_worked"},
    {"evidence", "LEVEL", false, "what that rests on, such as before_after"},
    {"text", "TEXT", false, "what happened, or what you ask, answer or doubt; else in FILE"},
    {"context", "TEXT", false, "what is different here"},
    {"replied-by", "WHO", false,
     "with answer: pass on what another body replied, such as central_department"},
    {"by", "NAME", false, "publish it: who wrote it and approves it; else it is put forward"},
    {"author", "NAME", false, "without --by: who wrote it"},
    {"anonymous", NULL, false, "it is to go out without the authority's name"},
    {"wait", NULL, false, "with --by: until it is on this node's disk"},
    END};

static const struct command_option import_options[] = {
    {"map", "FILE", false, "which column is what; else the ASCOF layout that ships with candour"},
    {"area", "CODE", false, "the rows of this GSS code; else the one configured"},
    {"reference", NULL, false,
     "public figures of all areas, to compare with: kept in this house, never published"},
    {"profiles", NULL, false,
     "what kind of places there are, a row for each: likewise (docs/comparing.md)"},
    {"source", "TEXT", false, "with these two: where they are from; else the file's name"},
    {"publish", NULL, false, "approve and publish what was imported"},
    {"by", "NAME", false, "with --publish: who approves"},
    {"wait", NULL, false, "with --publish: until it is on this node's disk"},
    END};

#define LIKE_OPTIONS                                                                               \
    {"by", "VARIABLE", true, "alike in this, such as density or density=2; else the usual seven"}, \
        {"remember", NULL, false, "use these variables from now on"},                              \
        {"neighbours", "N", false, "so many of them (15; among counties and London boroughs 10)"}, \
        {"any-class", NULL, false, "of whatever type; else counties with counties, and so on"},    \
    {                                                                                              \
        "area", "CODE", false, "for this area; else your own"                                      \
    }

static const struct command_option compare_options[] = {
    {"period", "PERIOD", false, "this period, such as 2020-21; else the last one that you have"},
    {"of", "GROUP", false, "of these people, such as Female; else of all"},
    {"like-us", NULL, false, "with the places that are most like yours"},
    {"signed", NULL, false, "without public figures"},
    {"definition", "FILE", false, "what it counts, where nobody has published that"},
    {"target", "N", false, "would this be met, as it goes?"},
    LIKE_OPTIONS,
    END};

static const struct command_option norm_options[] = {
    {"service", "SERVICE", false, "counted in this service area; else in the one most are about"},
    {"like-us", NULL, false, "among the members most like yours as well"},
    {"explain", NULL, false, "say how the count came about"},
    LIKE_OPTIONS,
    END};

static const struct command_option search_options[] = {
    {"service", "SERVICE", false, "only this service area"},
    {"outcome", "OUTCOME", false, "only this outcome, such as did_not_work"},
    {"stage", "STAGE", false, "only this stage"},
    {"evidence", "LEVEL", false, "only with evidence at least so strong, such as before_after"},
    {"voice", "WHO", false, "only where these were asked: users, carers, staff, partners"},
    {"barrier", "BARRIER", false, "only where this stood in the way, such as data_sharing"},
    {"driver", "DRIVER", false, "only what was begun because of this, such as budget"},
    {"factor", "FACTOR", false, "only where this counted, such as leadership"},
    {"partner", "SECTOR", false, "only where these took part, such as police"},
    {"topic", "TOPIC", false, "only this topic and those below it"},
    {"authority", "MEMBER", false, "only what this member published"},
    {"like-us", NULL, false, "only what the members most like yours published under their names"},
    {"since", "DATE", false, "published since yyyy-mm-dd, or in the last 30d, 12h, 2w"},
    {"limit", "N", false, "show at most so many (10)"},
    {"explain", NULL, false, "say of each why it stands where it does"},
    {"silent", "WHAT", false,
     "list what nobody has said anything to, the oldest first: questions, lessons, issues"},
    {"save", "NAME", false, "keep this search, words and filters, by that name"},
    {"saved", "NAME", false, "ask again what was kept by that name"},
    {"new", NULL, false,
     "with --saved: only what came here since it was asked so last, and has half of it or more"},
    {"forget", "NAME", false, "keep it no longer"},
    {"searches", NULL, false, "list the searches that are kept"},
    LIKE_OPTIONS,
    END};

static const struct command_option digest_options[] = {
    {"weekly", NULL, false, "what is new since the last weekly one; the first is of 7 days"},
    {"monthly", NULL, false, "since the last monthly one, as a rule; the first is of 30 days"},
    {"since", "DATE", false, "published since yyyy-mm-dd, or in the last 30d, whatever was told"},
    {"service", "SERVICE", true, "what counts as yours; else as candour.conf says"},
    {"limit", "N", false, "at most so many items (7)"},
    {"format", "FORMAT", false, "text (as a rule), html, message or atom"},
    {"to", "ADDRESS", false, "with --format message: whom it is for"},
    {"from", "ADDRESS", false, "with --format message: who sends it"},
    END};

static const struct command_option brief_options[] = {
    {"format", "FORMAT", false, "text (as a rule) or html"}, END};

static const struct command_option review_list_options[] = {
    {"all", NULL, false, "those of others too"},
    {"service", "SERVICE", false, "only of this service area"},
    END};

static const struct command_option review_due_options[] = {
    {"within", "DAYS", false, "what is due in so many days (30)"},
    {"silent", "DAYS", false, "lessons of yours that were not followed up for so long (180)"},
    END};

static const struct command_option export_options[] = {
    {"research", NULL, false,
     "instead, a new folder of CSV and JSON Lines without what only members may know"},
    {"since", "DATE", false, "only records since yyyy-mm-dd, or of the last 30d"},
    {"topic", "TOPIC", false,
     "texts of this service or topic, those below it and those without one; of others the header"},
    END};

static const struct command_option restore_options[] = {
    {"key", "SHEET", false, "with an export: the recovery sheet says whose home is to be made"},
    {"passphrase", NULL, false, "with an export: seal the keys in the home with a passphrase"},
    END};

static const struct command_option erase_options[] = {
    {"why", "TEXT", false, "the reason, which everybody will read (required)"},
    {"by", "NAME", false, "who approves (required)"},
    {"wait", NULL, false, "until it is on this node's disk"},
    END};

static const struct command_option notices_options[] = {
    {"dismiss", "ID", false, "it identifies nobody: say nothing of it any more"}, END};

static const struct command_option compile_options[] = {
    {"region", "REGION", false,
     "the members whose cards say that they are of this region; else all"},
    {"since", "DATE", false, "what was said since yyyy-mm-dd, or in the last 30d, 12h, 2w"},
    {"out", "FILE", false, "write it here instead of standard output"},
    END};

static const struct command_option sql_options[] = {{"csv", NULL, false, "as CSV"}, END};

static const struct command_option demo_options[] = {
    {"dir", "DIR", false, "where the four homes go; else a new folder under /tmp"},
    {"samples", "DIR", false, "the sample lessons, where they are not beside the program"},
    {"exit", NULL, false, "end after the tour; exit status 0 only when every step was true"},
    END};

static const struct command_option help_options[] = {
    {"man", NULL, false, "the man page's source (scdoc)"},
    {"bash", NULL, false, "the completion for bash"},
    END};

#define PROPOSAL_JSON "{network, version, members, signatures, needed, changes}"
#define DRAFT_JSON                                                                                 \
    "{draft, state, text, attribution, author, approvals:[{by, answer, rules, at}], goes_out, "    \
    "open, id, "                                                                                   \
    "rejected_by, rejected_why, withdrawn_by, withdrawn_why, returned_by, returned_why, "          \
    "findings:[{number,field,line,column,class,text,advice,hard,suggestion,decided,reason}], "     \
    "hidden:[{row,code,disaggregation,because}]}"

const struct command commands[] = {
    {"init", "", "make a home: keys, store and configuration", init_options, 0, 0, run_init,
     "{authority, name, key, fingerprint, home}",
     "candour init --name Kelder --type unitary --gss X06000001 --recovery kelder.sheet"},
    {"card", "", "print this authority's signed card, to give to the stewards", card_options, 0, 0,
     run_card, "the card: {authority, name, fingerprint, ...}", "candour card --out kelder.card"},
    {"charter found", "CARD...", "propose a new network: its first charter", found_options, 1,
     ANY_NUMBER, run_charter_found, PROPOSAL_JSON,
     "candour charter found --network North --threshold 2 --out north.charter *.card"},
    {"charter propose", "", "propose the charter's next version", propose_options, 0, 0,
     run_charter_propose, PROPOSAL_JSON,
     "candour charter propose --admit eastvale.card --out north-2.charter"},
    {"charter sign", "FILE", "add this steward's signature to a proposal", sign_options, 1, 1,
     run_charter_sign, PROPOSAL_JSON, "candour charter sign north.charter --key kelder.sheet"},
    {"charter merge", "FILE FILE",
     "unite signatures of one proposal, or propose the end of a rivalry", merge_options, 2, 2,
     run_charter_merge, PROPOSAL_JSON,
     "candour charter merge a.charter b.charter --out both.charter"},
    {"charter halt", "", "stop this authority's feed at once: its key was stolen", halt_options, 0,
     0, run_charter_halt, "{feed, seq, id}",
     "candour charter halt --key kelder.sheet --out kelder.halt"},
    {"charter show", "[FILE]", "read the charter in force, or one in a file", no_options, 0, 1,
     run_charter_show, "{name, network, heads:[...], members:[...]}", "candour charter show"},
    {"join", "FILE", "install a charter that has its signatures, and choose peers", join_options, 1,
     1, run_join, "{network, version, members, member}", "candour join north.charter --peer Hub"},
    {"run", "", "run the node, in the foreground", run_options, 0, 0, run_run, "log lines",
     "candour run --listen tcp://0.0.0.0:7400"},
    {"lesson new", "", "print a form to fill in", lesson_new_options, 0, 0, run_lesson_new, NULL,
     "candour lesson new > lesson.md"},
    {"lesson check", "[FILE]",
     "say everything that is wrong with a file, and every risky word in it", check_options, 0, 1,
     run_lesson_check, "{ok, problems:[{line,column,class,text,advice,hard}]}",
     "candour lesson check lesson.md"},
    {"lesson submit", "FILE", "put it forward for approval", submit_options, 1, 1,
     run_lesson_submit, DRAFT_JSON, "candour lesson submit lesson.md --author \"J. Rees\""},
    {"draft list", "", "list what waits in the house", list_options, 0, 0, run_draft_list,
     "{drafts:[{draft, state, attribution, kind, title, open, updated, goes_out, returned_why}]}",
     "candour draft list"},
    {"draft show", "DRAFT", "read a draft, its findings and what was decided", show_options, 1, 1,
     run_draft_show, DRAFT_JSON, "candour draft show 3"},
    {"draft decide", "DRAFT FINDING",
     "decide a finding, by its number or its words, wherever it stands: replace, generalise, keep",
     decide_options, 2, 2, run_draft_decide, DRAFT_JSON,
     "candour draft decide 3 \"01632 960 123\" --replace \"[duty line]\""},
    {"draft submit", "DRAFT [FILE]", "hand it in again, with the text of a file where one is given",
     author_options, 1, 2, run_draft_submit, DRAFT_JSON, "candour draft submit 3 lesson.md"},
    {"draft approve", "DRAFT", "let it go out: the node signs and publishes it", approve_options, 1,
     1, run_draft_approve, DRAFT_JSON, "candour draft approve 3 --by \"A. Khan\" --text 5f0c21d9"},
    {"draft reject", "DRAFT", "send it back to its author", reject_options, 1, 1, run_draft_reject,
     DRAFT_JSON, "candour draft reject 3 --by \"A. Khan\" --why \"names a school\""},
    {"draft delete", "DRAFT", "remove a draft that is not approved, for good", no_options, 1, 1,
     run_draft_delete, "{draft, state}", "candour draft delete 3"},
    {"draft withdraw", "DRAFT", "take an approved draft back before it is signed", withdraw_options,
     1, 1, run_draft_withdraw, DRAFT_JSON,
     "candour draft withdraw 3 --by \"J. Rees\" --why \"a figure is wrong\""},
    {"publish", "FILE", "submit and approve in one step, where the policy allows it",
     publish_options, 1, 1, run_publish,
     "{draft, state, id}; what waits in the house as draft show",
     "candour publish lesson.md --by \"J. Rees\" --wait"},
    {"respond", "ID [FILE]",
     "say to a lesson or issue: the same here, we tried it, a question, an answer", respond_options,
     1, 2, run_respond, DRAFT_JSON "; with --by: {draft, state, id}",
     "candour respond 3fa9c2 --kind tried --uptake adapted --outcome worked --text \"We rang "
     "first.\" --by \"J. Rees\""},
    {"indicator define", "FILE", "submit an indicator's definition", define_options, 1, 1,
     run_indicator_define, DRAFT_JSON, "candour indicator define 1C2A.md"},
    {"indicator import", "FILE.csv", "read indicator values, small numbers suppressed",
     import_options, 1, 1, run_indicator_import,
     "{profile, imported, suppressed, company, stay_hidden, erased, others, refused_rows, "
     "totals:[{total, because}], hidden:[{line,why}], "
     "refused:[{line,why}], snapshots:[{draft, id, waited}]}",
     "candour indicator import ascof.csv --publish --by \"J. Rees\""},
    {"compare", "INDICATOR", "see a figure among its like, and how it changed; never an order",
     compare_options, 1, 1, run_compare,
     "{indicator, period, own, others, funnel, change, series, broken, chart, meaning, like_us, "
     "questions, lessons_of} (docs/comparing.md)",
     "candour compare ASCOF-2014:1E --like-us"},
    {"norm", "ISSUE|WORDS...", "say whether a thing is the norm or the exception, and of how many",
     norm_options, 1, ANY_NUMBER, run_norm,
     "{service, issue, reporting, interval:[least, most], named, anonymous, anonymous_apart, "
     "spoke:[least, most], could_report, by_function, do_not_have, solved, uptakes, weeks, "
     "did:[{id, kind, title, authority_name}], outcomes, like_us, verdict, because, explanation} "
     "(docs/comparing.md)",
     "candour norm slow start --service direct_payments_personalisation"},
    {"compile", "", "draft a summary of what several members report, for a hub to go on with",
     compile_options, 0, 0, run_compile,
     "{region, since, until, members, floor, themes:[{kind, service, code, interval:[least, most], "
     "could, cites:[id]}], spreading, resolved, addressed, challenges:[id], silent, too_few, "
     "draft} "
     "(docs/hub.md)",
     "candour compile --region \"North West\" --since 2026-04-01 --out brief.md"},
    {"search", "[WORDS...]", "find others' experience, best first", search_options, 0, ANY_NUMBER,
     run_search,
     "{total, at_least, loose, corrections:[{typed, meant}], not_searchable, cut_off, "
     "results:[{id, kind, "
     "title, abstract, outcome, stage, service_areas, topic, authority, anonymous, published, "
     "score, snippet, missing:[word], explanation:[line], withheld:[class], responses:{same_here, "
     "same_here_least, fixed, not_here, tried, tried_least, worked, did_not_work, open, "
     "replications}, same, corrected_by, via:{id, kind, authority}}]}",
     "candour search slow direct payments --outcome did_not_work"},
    {"show", "ID", "read one record, what became of it and what others say to it", no_options, 1, 1,
     run_show,
     "{id, header, verified, body, withheld:[class], responses:{same_here, same_here_least, fixed, "
     "not_here, tried, tried_least, worked, did_not_work, open, replications}, labels:[{id, label, "
     "same_as, why, expires, "
     "authority_name, honoured}], thread:[...]}",
     "candour show 3fa9c2"},
    {"digest", "", "put the few things that are new for you on one page", digest_options, 0, 0,
     run_digest,
     "{of, since, candidates, note, items:[{id, show, part, why, title, text, facts, authority, "
     "published}]}",
     "candour digest --weekly --format message --to team@example.org --from candour@example.org"},
    {"brief", "ID", "write two pages about a lesson or issue for a team to discuss", brief_options,
     1, 1, run_brief, NULL, "candour brief 3fa9c2 --format html > brief.html"},
    {"review list", "", "list reviews, and how far their actions are", review_list_options, 0, 0,
     run_review_list,
     "{reviews:[{id, title, authority, review_kind, service_areas, stage, review_again, "
     "actions:{not_begun, under_way, done, dropped}}]}",
     "candour review list --all"},
    {"review due", "",
     "say what you said you would look at again; exit status 1 where there is any",
     review_due_options, 0, 0, run_review_due, "{due:[{id, kind, title, what, day, days_over}]}",
     "candour review due --within 14"},
    {"give-and-take", "", "count what you gave and received; nobody else is told", no_options, 0, 0,
     run_give_and_take, "{given:{...}, received:{...}, lessons:{all, tell_what_did_not_work}}",
     "candour give-and-take"},
    {"erase", "ID...", "take texts back, everywhere", erase_options, 1, 8, run_erase, DRAFT_JSON,
     "candour erase 3fa9c2 --why \"It named a school\" --by \"J. Rees\""},
    {"receipts", "ID", "say who has confirmed that a text is gone", no_options, 1, 1, run_receipts,
     "{erased, since, confirmed:[{name, at}], waiting:[name], overdue:[name]}",
     "candour receipts 3fa9c2"},
    {"notices", "", "list what may identify somebody in texts that this authority published",
     notices_options, 0, 0, run_notices,
     "{notices:[{id, field, class, means, rules, said_by, at}]}", "candour notices"},
    {"status", "", "one screen: who I am, the charter, what I hold, each peer", no_options, 0, 0,
     run_status,
     "{node, charter, records, drafts, own:{lessons, success_only}, peers, not_connected, "
     "refused, notices, cited, warnings, at}",
     "candour status"},
    {"peers", "", "each peer: its state, what is still to come, what was refused and why",
     no_options, 0, 0, run_peers,
     "{peers:[{name, state, last_seen, missing, refused}], not_connected:[{name, last_seen}]}",
     "candour peers"},
    {"sync", "", "compare with every peer now", no_options, 0, 0, run_sync, "{asked}",
     "candour sync"},
    {"why", "ID|PEER", "say what happened to a record, or how it stands with a peer", no_options, 1,
     1, run_why, "{state, because, since, do}; of a peer last_seen too", "candour why 3fa9c2"},
    {"verify", "", "check every record, chain, signature and derived table again", no_options, 0, 0,
     run_verify, "{checked, signatures, bad:[{id, text}]}", "candour verify"},
    {"sql", "SELECT", "ask the documented views, read-only", sql_options, 1, 1, run_sql,
     "rows: [{column: value, ...}, ...]",
     "candour sql \"SELECT outcome, count(*) FROM lessons GROUP BY outcome\""},
    {"reindex", "", "build everything derived from the records anew", no_options, 0, 0, run_reindex,
     "{records}", "candour reindex"},
    {"export", "FILE|DIR", "write charter and records into one file, for a stick or an archive",
     export_options, 1, 1, run_export,
     "{records, texts, bytes}; with --research {path, records, embargoed, files}",
     "candour export all.candour"},
    {"import", "FILE", "take in such a file: the same checks as from a peer", no_options, 1, 1,
     run_import, "{records, taken, new, aside, refused_count, refused:[{number, why}], damaged}",
     "candour import all.candour"},
    {"backup", "DIR",
     "copy this home while the node runs, but for the keys of the recovery sheet and ring keys",
     no_options, 1, 1, run_backup, "{path, records}",
     "candour backup /mnt/safe/candour-2026-11-28"},
    {"restore", "DIR|EXPORT", "make a home from a backup, or from an export and the recovery sheet",
     restore_options, 1, 1, run_restore, "{path, records}",
     "candour --home /var/lib/candour restore /mnt/safe/candour-2026-11-28"},
    {"config check", "", "say whether candour.conf and the lists of names can be read", no_options,
     0, 0, run_config_check, "{ok, path, names, unread}", "candour config check"},
    {"config show", "", "print what the configuration says", no_options, 0, 0, run_config_show,
     "the settings", "candour config show"},
    {"demo", "", "run a small network on this machine, with lessons in it", demo_options, 0, 0,
     run_demo, "{nodes:[...], converged_ms, ...}", "candour demo --exit"},
    {"help", "[COMMAND]", "say how a command is used", help_options, 0, 2, run_help, NULL,
     "candour help search"},
    {"version", "", "say which candour this is", no_options, 0, 0, run_version, "{version}",
     "candour version"},
};
const size_t command_count = sizeof commands / sizeof *commands;

const struct command *command_named(const char *name)
{
    for (size_t i = 0; i < command_count; i++)
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    return NULL;
}
