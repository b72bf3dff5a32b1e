#include "node/reporting.h"

#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DAY_MS INT64_C(86400000)

/* What is gathered, and from where. */
struct gathering {
    struct store *store;
    const struct charter *charter;
    struct reporting *reporting;
    struct matter *targets; /* Records of which it is still to be heard what refers to them. */
    size_t target_count, target_room;
    struct candidate *candidates; /* With words: lessons and issues that have them. */
    size_t candidate_count, candidate_room;
};

struct matter {
    struct digest id, about; /* What is one matter has one. */
};

struct candidate {
    struct digest id;
    char services[128]; /* Codes, separated by one space. */
};

/* --- Sayings --- */

static struct norm_saying saying_of(const struct charter *charter, const struct record *record,
                                    enum norm_act act)
{
    const struct header *header = record_header(record);
    const struct author *author = &header->author;
    struct norm_saying saying = {.act = act,
                                 .id = *record_id(record),
                                 .about = *record_id(record),
                                 .day = header->time_ms / DAY_MS,
                                 .began = NORM_NO_DAY,
                                 .weeks = -1};

    if (author->form == AUTHOR_NAMED) {
        struct digest heir = charter_heir(charter, &author->feed.authority);
        saying.voice = norm_named(&heir);
        saying.turn.own = digest_equal(&heir, &author->feed.authority);
        saying.turn.feed = author->feed.number;
        saying.turn.seq = author->seq;
    } else {
        saying.voice = norm_unnamed(record_id(record), author);
        saying.turn.feed = author->form == AUTHOR_OWNER ? author->n : 0;
        saying.turn.seq = (uint64_t)header->time_ms;
    }
    return saying;
}

static void add_saying(struct reporting *reporting, const struct norm_saying *saying,
                       enum reporting_kind kind, struct bytes outcome)
{
    if (reporting->count == reporting->room) {
        reporting->room = reporting->room == 0 ? 256 : 2 * reporting->room;
        reporting->sayings =
            memory_grow(reporting->sayings, reporting->room, sizeof *reporting->sayings);
        reporting->records =
            memory_grow(reporting->records, reporting->room, sizeof *reporting->records);
    }
    struct reported *record = &reporting->records[reporting->count];
    *record = (struct reported){.kind = kind};
    if (outcome.size < sizeof record->outcome && outcome.size > 0)
        memcpy(record->outcome, outcome.data, outcome.size);
    reporting->sayings[reporting->count++] = *saying;
}

static bool is_known(const struct reporting *reporting, const struct digest *id)
{
    for (size_t i = 0; i < reporting->count; i++)
        if (reporting->sayings[i].act != NORM_SPEAKS && digest_equal(&reporting->sayings[i].id, id))
            return true;
    return false;
}

static void add_target(struct gathering *gathering, const struct digest *id,
                       const struct digest *about)
{
    if (gathering->target_count == gathering->target_room) {
        gathering->target_room = gathering->target_room == 0 ? 64 : 2 * gathering->target_room;
        gathering->targets =
            memory_grow(gathering->targets, gathering->target_room, sizeof *gathering->targets);
    }
    gathering->targets[gathering->target_count++] = (struct matter){*id, *about};
}

/* --- Read from bodies --- */

static bool is_word(struct bytes text, const char *word)
{
    return bytes_equal(text, bytes_of_text(word));
}

/* What a body says, of which only words, dates and numbers are looked at. NULL: it is not here. */
static struct document *read_body(const struct record *record)
{
    const struct form *form = form_of_kind(record_header(record)->kind);
    struct bytes map;
    struct fault ignored;

    if (form == NULL || !record_has_body(record) ||
        !body_open(record_content(record), &map, &ignored))
        return NULL;
    return document_read(form, map, &ignored);
}

static int64_t weeks_in(const struct document *document)
{
    int64_t weeks;
    unsigned decimals;

    return number_read(document_text(document, "elapsed_weeks"), &weeks, &decimals) &&
                   decimals == 0 && weeks >= 0
               ? weeks
               : -1;
}

static bool worked(struct bytes outcome)
{
    return is_word(outcome, "worked");
}

/* A lesson or an issue that reports it; `about`: NULL for itself. */
static void add_told(struct gathering *gathering, const struct record *record,
                     const struct document *document, const struct digest *about)
{
    bool lesson = is_word(record_header(record)->kind, "lesson");
    struct norm_saying saying = saying_of(gathering->charter, record, NORM_TELLS);
    struct bytes outcome = lesson ? document_text(document, "outcome") : bytes_of(NULL, 0);
    struct bytes began = lesson ? bytes_of(NULL, 0) : document_text(document, "began");

    if (is_known(gathering->reporting, &saying.id))
        return;
    if (about != NULL)
        saying.about = *about;
    saying.solved = worked(outcome);
    saying.weeks = lesson ? weeks_in(document) : -1;
    if (began.size > 0)
        saying.began = date_begin_day(began);
    add_saying(gathering->reporting, &saying, lesson ? REPORTING_LESSON : REPORTING_ISSUE, outcome);
    add_target(gathering, &saying.id, &saying.about);
}

/* The uptake of a response; false where it is none that we know. */
static bool uptake_of(struct bytes word, enum norm_uptake *uptake)
{
    static const char *const words[NORM_UPTAKES] = {"adopted", "adapted", "abandoned", "rejected"};

    for (size_t i = 0; i < NORM_UPTAKES; i++)
        if (is_word(word, words[i])) {
            *uptake = (enum norm_uptake)i;
            return true;
        }
    return false;
}

/* Questions, answers, challenges and thanks say nothing of how it is with whoever asks. */
static bool says_how_it_is(const struct document *response)
{
    struct bytes word = document_text(response, "response");

    return is_word(word, "same_here") || is_word(word, "tried");
}

static void add_response(struct gathering *gathering, const struct record *record,
                         const struct document *document, const struct digest *about)
{
    struct norm_saying saying = saying_of(gathering->charter, record, NORM_HAS);
    struct bytes situation = document_text(document, "situation");
    struct bytes outcome = document_text(document, "outcome");

    saying.about = *about;
    if (is_word(document_text(document, "response"), "tried")) {
        saying.act = NORM_TRIES;
        if (!uptake_of(document_text(document, "uptake"), &saying.uptake))
            return;
        saying.solved = saying.uptake <= NORM_ADAPTED && worked(outcome);
        saying.weeks = weeks_in(document);
    } else if (is_word(situation, "do_not_have")) {
        saying.act = NORM_LACKS;
    } else if (is_word(situation, "had_and_fixed")) {
        saying.solved = true;
        saying.weeks = weeks_in(document);
    } else if (!is_word(situation, "have")) {
        return;
    }
    add_saying(gathering->reporting, &saying, REPORTING_RESPONSE, outcome);
}

static void add_update(struct gathering *gathering, const struct record *record,
                       const struct document *document, const struct digest *about)
{
    struct norm_saying saying = saying_of(gathering->charter, record, NORM_GOES_ON);
    struct bytes outcome = document_text(document, "outcome");

    saying.about = *about;
    saying.solved = worked(outcome);
    add_saying(gathering->reporting, &saying, REPORTING_UPDATE, outcome);
}

/* --- What refers to what reports it --- */

struct listening {
    struct gathering *gathering;
    struct matter target;
};

static void take_reference(struct listening *listening, const struct record *record,
                           const struct document *document)
{
    struct bytes kind = record_header(record)->kind;

    if (is_word(kind, "lesson"))
        add_told(listening->gathering, record, document, NULL);
    else if (is_word(kind, "update"))
        add_update(listening->gathering, record, document, &listening->target.about);
    else if (is_word(kind, "response") && says_how_it_is(document))
        add_response(listening->gathering, record, document, &listening->target.about);
}

/* Only what is about it: to supersede or to cite it is another thing. */
static bool is_about(const struct record *record, const struct digest *id)
{
    const struct header *header = record_header(record);

    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ABOUT &&
            digest_equal(&header->references[i].id, id))
            return true;
    return false;
}

static bool hear_reference(void *context, const struct stored *stored, struct fault *fault)
{
    struct listening *listening = context;
    struct reporting *reporting = listening->gathering->reporting;

    (void)fault;
    if (!is_about(stored->record, &listening->target.id))
        return true;
    struct document *document = read_body(stored->record);
    if (reporting->count >= REPORTING_RECORDS_MAX)
        reporting->more = true;
    else if (document != NULL)
        take_reference(listening, stored->record, document);
    document_free(document);
    return true;
}

/* Lessons that refer to an issue are themselves referred to. */
static bool hear_references(struct gathering *gathering, struct fault *fault)
{
    bool done = true;

    for (size_t i = 0; done && i < gathering->target_count; i++) {
        struct listening listening = {gathering, gathering->targets[i]};
        done = store_each_about(gathering->store, &listening.target.id, hear_reference, &listening,
                                fault);
    }
    gathering->target_count = 0;
    return done;
}

/* --- Who spoke of the service --- */

static bool hear_speaker(void *context, const struct digest *authority, const struct record *record,
                         struct fault *fault)
{
    struct gathering *gathering = context;
    struct norm_saying saying = {.act = NORM_SPEAKS};

    (void)fault;
    if (authority == NULL) {
        saying = saying_of(gathering->charter, record, NORM_SPEAKS);
    } else {
        saying.id = saying.about = charter_heir(gathering->charter, authority);
        saying.voice = norm_named(&saying.id);
    }
    add_saying(gathering->reporting, &saying, REPORTING_LESSON, bytes_of(NULL, 0));
    return true;
}

/* --- Who could --- */

static bool has_spoken(const struct reporting *reporting, const struct digest *authority)
{
    for (size_t i = 0; i < reporting->count; i++)
        if (reporting->sayings[i].voice.named && reporting->sayings[i].act != NORM_GOES_ON &&
            digest_equal(&reporting->sayings[i].voice.marks[0].mark, authority))
            return true;
    return false;
}

static bool runs(const struct card *card, const char *service)
{
    for (size_t i = 0; i < card->function_count; i++)
        if (strcmp(card->functions[i], service) == 0)
            return true;
    return false;
}

/* Members that run the service, and those that spoke of it whatever their card says. Where no card
 * says anything, all of them may. */
static void count_members(const struct charter *charter, struct reporting *reporting)
{
    size_t all = 0, running = 0, listed = 0;

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        if (member->status != MEMBER_ACTIVE || member->card->role != ROLE_AUTHORITY)
            continue;
        bool runs_it = runs(member->card, reporting->service);
        all++;
        listed += runs_it;
        running += runs_it || has_spoken(reporting, &member->card->authority);
    }
    reporting->by_function = listed > 0;
    reporting->could = listed > 0 ? running : all;
}

/* Those with which others are one. */
static size_t count_succeeded(const struct charter *charter)
{
    size_t count = 0;

    for (size_t i = 0; i < charter_members(charter); i++)
        count += charter_member_at(charter, i)->succeeded;
    return count;
}

/* --- All of it, when the service is known --- */

static void count_outcome(struct reporting *reporting, const char *outcome)
{
    size_t i = 0;

    while (i < reporting->outcome_count && strcmp(reporting->outcomes[i].code, outcome) != 0)
        i++;
    if (i == REPORTING_OUTCOMES_MAX)
        return;
    if (i == reporting->outcome_count) {
        snprintf(reporting->outcomes[i].code, sizeof reporting->outcomes[i].code, "%s", outcome);
        reporting->outcome_count++;
    }
    reporting->outcomes[i].lessons++;
}

/* How a lesson went: as the latest update of its author says. */
static const char *outcome_now(const struct reporting *reporting, size_t lesson)
{
    const struct norm_saying *told = &reporting->sayings[lesson];

    for (size_t i = 0; i < reporting->count; i++)
        if (reporting->sayings[i].act == NORM_GOES_ON &&
            reporting->records[i].counted != NORM_NOT && reporting->records[i].outcome[0] != '\0' &&
            digest_equal(&reporting->sayings[i].about, &told->about))
            return reporting->records[i].outcome;
    return reporting->records[lesson].outcome;
}

static void count_records(struct reporting *reporting)
{
    for (size_t i = 0; i < reporting->count; i++) {
        const struct reported *record = &reporting->records[i];
        if (record->counted == NORM_NOT)
            continue;
        reporting->of_kind[record->kind]++;
        reporting->unnamed += !reporting->sayings[i].voice.named;
        if (record->kind == REPORTING_LESSON)
            count_outcome(reporting, outcome_now(reporting, i));
    }
}

static bool conclude(struct gathering *gathering, struct fault *fault)
{
    struct reporting *reporting = gathering->reporting;

    if (!hear_references(gathering, fault) ||
        !store_each_speaker(gathering->store, reporting->service, hear_speaker, gathering, fault))
        return false;
    enum norm_counted *counted = memory_new(reporting->count, sizeof *counted);
    reporting->told = norm_tell(reporting->sayings, reporting->count, NULL,
                                count_succeeded(gathering->charter), counted);
    for (size_t i = 0; i < reporting->count; i++)
        reporting->records[i].counted = counted[i];
    free(counted);
    count_records(reporting);
    count_members(gathering->charter, reporting);
    return true;
}

static bool finish(struct gathering *gathering, bool done)
{
    free(gathering->targets);
    free(gathering->candidates);
    if (!done)
        reporting_release(gathering->reporting);
    return done;
}

/* --- By words --- */

static void add_candidate(struct gathering *gathering, const struct digest *id,
                          const char *services)
{
    if (gathering->candidate_count == gathering->candidate_room) {
        gathering->candidate_room =
            gathering->candidate_room == 0 ? 64 : 2 * gathering->candidate_room;
        gathering->candidates = memory_grow(gathering->candidates, gathering->candidate_room,
                                            sizeof *gathering->candidates);
    }
    struct candidate *candidate = &gathering->candidates[gathering->candidate_count++];
    candidate->id = *id;
    snprintf(candidate->services, sizeof candidate->services, "%s", services);
}

/* All of what is asked, but for how a sum of reals is rounded. */
#define ALL_OF_IT 0.999999

static bool hear_lesson(void *context, const struct hit *hit, struct fault *fault)
{
    struct gathering *gathering = context;

    (void)fault;
    if (hit->missing[0] == '\0')
        add_candidate(gathering, &hit->id, hit->services);
    return true;
}

static void write_services(const struct document *document, struct buffer *services)
{
    for (size_t i = 0; i < document_count(document, "service_area"); i++) {
        buffer_append_text(services, i == 0 ? "" : " ");
        buffer_append(services, document_item(document, "service_area", i));
    }
}

static bool hear_issue(void *context, const struct record *record, const struct document *document,
                       struct fault *fault)
{
    struct gathering *gathering = context;
    struct buffer services = {0};

    (void)fault;
    write_services(document, &services);
    if (gathering->candidate_count < REPORTING_RECORDS_MAX)
        add_candidate(gathering, record_id(record), buffer_text(&services));
    else
        gathering->reporting->more = true;
    buffer_release(&services);
    return true;
}

/* Is it about this service? */
static bool is_of(const char *services, const char *service)
{
    for (const char *at = services; *at != '\0';) {
        size_t size = strcspn(at, " ");
        if (bytes_equal(bytes_of(at, size), bytes_of_text(service)))
            return true;
        at += size + (at[size] == ' ');
    }
    return false;
}

static size_t count_candidates(const struct gathering *gathering, const char *service)
{
    size_t count = 0;

    for (size_t i = 0; i < gathering->candidate_count; i++)
        count += is_of(gathering->candidates[i].services, service);
    return count;
}

static void set_service(struct reporting *reporting, const char *service)
{
    snprintf(reporting->service, sizeof reporting->service, "%s", service);
}

/* The one that most are about; of as many the first of the vocabulary, so that it is always the
 * same. */
static bool choose_service(struct gathering *gathering, struct fault *fault)
{
    size_t most = 0;

    for (size_t i = 0; i < service_areas.count; i++) {
        size_t count = count_candidates(gathering, service_areas.words[i].code);
        if (count <= most)
            continue;
        most = count;
        set_service(gathering->reporting, service_areas.words[i].code);
    }
    return most > 0 || fault_set(fault, FAULT_ABSENT,
                                 "no lesson and no issue has all of these words: try fewer, or "
                                 "look with candour search");
}

/* One that was erased since is passed over. */
static bool take_candidate(struct gathering *gathering, const struct digest *id,
                           struct fault *fault)
{
    struct record *record = store_find(gathering->store, id, true, fault);
    struct document *document = record == NULL ? NULL : read_body(record);

    if (document != NULL)
        add_told(gathering, record, document, NULL);
    document_free(document);
    record_free(record);
    return record != NULL || fault->kind == FAULT_ABSENT;
}

static bool take_candidates(struct gathering *gathering, struct fault *fault)
{
    bool done = true;

    for (size_t i = 0; done && i < gathering->candidate_count; i++)
        if (is_of(gathering->candidates[i].services, gathering->reporting->service))
            done = take_candidate(gathering, &gathering->candidates[i].id, fault);
    return done;
}

/* A lesson or an issue of the service. */
static bool is_of_service(struct gathering *gathering, const struct digest *id)
{
    struct fault ignored;
    struct record *record = store_find(gathering->store, id, true, &ignored);
    struct document *document = record == NULL ? NULL : read_body(record);
    struct buffer services = {0};
    bool is = false;

    if (document != NULL && (is_word(record_header(record)->kind, "lesson") ||
                             is_word(record_header(record)->kind, "issue"))) {
        write_services(document, &services);
        is = is_of(buffer_text(&services), gathering->reporting->service);
    }
    buffer_release(&services);
    document_free(document);
    record_free(record);
    return is;
}

/* The words are in the response itself, whatever they are in that it is about. */
static bool hear_response(void *context, const struct record *record,
                          const struct document *document, struct fault *fault)
{
    struct gathering *gathering = context;
    const struct header *header = record_header(record);

    (void)fault;
    if (gathering->reporting->count >= REPORTING_RECORDS_MAX) {
        gathering->reporting->more = true;
        return true;
    }
    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ABOUT &&
            is_of_service(gathering, &header->references[i].id))
            add_response(gathering, record, document, &header->references[i].id);
    return true;
}

static bool gather(struct gathering *gathering, struct bytes words, const char *service,
                   struct fault *fault)
{
    struct query query = {.words = words,
                          .service = service,
                          .limit = REPORTING_LESSONS_MAX,
                          .share = ALL_OF_IT,
                          .lessons_only = true};
    struct answer answer;

    if (!store_search(gathering->store, &query, &answer, hear_lesson, gathering, fault) ||
        !store_each_matching(gathering->store, "issue", words, NULL, hear_issue, gathering, fault))
        return false;
    gathering->reporting->more = gathering->reporting->more || answer.total > REPORTING_LESSONS_MAX;
    if (service != NULL)
        set_service(gathering->reporting, service);
    else if (!choose_service(gathering, fault))
        return false;
    return take_candidates(gathering, fault) && hear_references(gathering, fault) &&
           store_each_matching(gathering->store, "response", words, says_how_it_is, hear_response,
                               gathering, fault);
}

bool reporting_gather(struct store *store, const struct charter *charter, struct bytes words,
                      const char *service, struct reporting *reporting, struct fault *fault)
{
    struct gathering gathering = {.store = store, .charter = charter, .reporting = reporting};

    *reporting = (struct reporting){.more = false};
    bool done = gather(&gathering, words, service, fault);
    return finish(&gathering, done && conclude(&gathering, fault));
}

/* --- By an issue --- */

/* The one that is asked of. Its first service is the one, where no other is asked for. */
static bool look_at_asked(struct gathering *gathering, const struct digest *id, const char *service,
                          struct fault *fault)
{
    struct record *record = store_find(gathering->store, id, true, fault);
    struct document *document = record == NULL ? NULL : read_body(record);
    bool known = record != NULL && (is_word(record_header(record)->kind, "issue") ||
                                    is_word(record_header(record)->kind, "lesson"));

    if (record != NULL && !known)
        fault_set(fault, FAULT_INPUT,
                  "that is neither an issue nor a lesson: give the id of one, "
                  "or words");
    else if (record != NULL && document == NULL)
        fault_set(fault, FAULT_ABSENT,
                  "its text is not here, so what it reports is not known: "
                  "give words");
    bool good = known && document != NULL;
    if (good) {
        struct bytes first = document_item(document, "service_area", 0);
        snprintf(gathering->reporting->service, sizeof gathering->reporting->service, "%.*s",
                 (int)first.size, (const char *)first.data);
        if (service != NULL)
            set_service(gathering->reporting, service);
    }
    document_free(document);
    record_free(record);
    return good;
}

/* With those that are the same: all are one matter. */
static bool take_same(struct gathering *gathering, struct fault *fault)
{
    const struct issue_group *same = &gathering->reporting->same;
    bool done = true;

    gathering->reporting->more = same->more;
    for (size_t i = 0; done && i < same->count; i++) {
        struct record *record = store_find(gathering->store, &same->ids[i], true, fault);
        struct document *document = record == NULL ? NULL : read_body(record);
        if (document != NULL)
            add_told(gathering, record, document, &same->ids[0]);
        done = record != NULL || fault->kind == FAULT_ABSENT;
        document_free(document);
        record_free(record);
    }
    return done;
}

static bool is_same(const struct reporting *reporting, struct bytes id)
{
    for (size_t i = 0; i < reporting->same.count; i++)
        if (bytes_equal(bytes_of(reporting->same.ids[i].bytes, DIGEST_SIZE), id))
            return true;
    return false;
}

/* A lesson that is not named may say by its second scope which issue it is about
 * (docs/protocol.md, 6.2). */
#define SCOPE_ISSUE 1

static bool hear_unnamed(void *context, const struct stored *stored, struct fault *fault)
{
    struct gathering *gathering = context;
    const struct header *header = record_header(stored->record);
    struct digest network;

    (void)fault;
    if (!stored->in || stored->text != TEXT_STANDS || header->author.form != AUTHOR_ANONYMOUS ||
        !is_word(header->kind, "lesson") || header->author.scopes[1].kind != SCOPE_ISSUE ||
        !is_same(gathering->reporting, header->author.scopes[1].id) ||
        !store_network(gathering->store, &network) || !digest_equal(&network, &header->network))
        return true;
    struct document *document = read_body(stored->record);
    if (document != NULL)
        add_told(gathering, stored->record, document, NULL);
    document_free(document);
    return true;
}

static bool gather_issue(struct gathering *gathering, const struct digest *id,
                         const struct norm_members *honoured, const char *service,
                         struct fault *fault)
{
    static const struct digest nobody;
    struct reporting *reporting = gathering->reporting;

    reporting->issue = *id;
    return look_at_asked(gathering, id, service, fault) &&
           store_issue_group(gathering->store, id, honoured->list, honoured->count,
                             &reporting->same, fault) &&
           take_same(gathering, fault) &&
           store_each_of(gathering->store, &nobody, hear_unnamed, gathering, fault);
}

bool reporting_gather_issue(struct store *store, const struct charter *charter,
                            const struct digest *id, const struct norm_members *honoured,
                            const char *service, struct reporting *reporting, struct fault *fault)
{
    struct gathering gathering = {.store = store, .charter = charter, .reporting = reporting};

    *reporting = (struct reporting){.more = false};
    bool done = gather_issue(&gathering, id, honoured, service, fault);
    return finish(&gathering, done && conclude(&gathering, fault));
}

void reporting_release(struct reporting *reporting)
{
    free(reporting->sayings);
    free(reporting->records);
    *reporting = (struct reporting){.more = false};
}

/* --- Of all, and among some --- */

struct norm_asked reporting_asked(const struct reporting *reporting)
{
    return (struct norm_asked){.report = reporting->told.report,
                               .spoke = reporting->told.spoke,
                               .could = reporting->could,
                               .more = reporting->more};
}

struct norm_asked reporting_among(const struct reporting *reporting, const struct charter *charter,
                                  const struct digest *members, size_t count)
{
    struct norm_members among = {members, count};
    size_t could = 0;
    struct norm_told told =
        norm_tell(reporting->sayings, reporting->count, &among, count_succeeded(charter), NULL);

    for (size_t i = 0; i < count; i++) {
        const struct member *member = charter_member(charter, &members[i]);
        could += has_spoken(reporting, &members[i]) || !reporting->by_function ||
                 (member != NULL && runs(member->card, reporting->service));
    }
    return (struct norm_asked){.report = told.report,
                               .spoke = told.spoke,
                               .could = could,
                               .outside = reporting->could > could ? reporting->could - could : 0,
                               .more = reporting->more};
}
