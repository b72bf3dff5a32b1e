#include "node/reporting.h"
#include "protocol/vocabulary.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Distinct authorities --- */

struct authors {
    struct digest *list;
    size_t count, room;
};

/* Who stands for it now: a council that was dissolved is one with its successor. */
static struct digest heir_of(const struct charter *charter, struct digest authority)
{
    for (size_t steps = 0; steps < 16; steps++) {
        const struct member *member = charter_member(charter, &authority);
        if (member == NULL || !member->succeeded)
            break;
        authority = member->succeeded_by;
    }
    return authority;
}

static bool is_among(const struct digest *list, size_t count, const struct digest *authority)
{
    for (size_t i = 0; i < count; i++)
        if (digest_equal(&list[i], authority))
            return true;
    return false;
}

static void add_author(struct authors *authors, const struct charter *charter,
                       const struct digest *authority)
{
    struct digest author = heir_of(charter, *authority);

    if (is_among(authors->list, authors->count, &author))
        return;
    if (authors->count == authors->room) {
        authors->room = authors->room == 0 ? 64 : 2 * authors->room;
        authors->list = memory_grow(authors->list, authors->room, sizeof *authors->list);
    }
    authors->list[authors->count++] = author;
}

/* --- Lessons that have the words --- */

struct said {
    bool unnamed;
    struct digest authority;
    char services[128]; /* Codes, separated by one space. */
    char outcome[41];
};

struct hearing {
    struct said *list; /* Room for REPORTING_LESSONS_MAX. */
    size_t count;
};

/* All of what is asked, but for how a sum of reals is rounded. */
#define ALL_OF_IT 0.999999

static bool hear_lesson(void *context, const struct hit *hit, struct fault *fault)
{
    struct hearing *hearing = context;

    (void)fault;
    if (hit->missing[0] != '\0' || hearing->count == REPORTING_LESSONS_MAX)
        return true;
    struct said *said = &hearing->list[hearing->count++];
    *said = (struct said){.unnamed = hit->anonymous, .authority = hit->authority};
    snprintf(said->services, sizeof said->services, "%s", hit->services);
    snprintf(said->outcome, sizeof said->outcome, "%s", hit->outcome);
    return true;
}

/* Is it about this service? */
static bool is_about(const struct said *said, struct bytes service)
{
    const char *at = said->services;

    while (*at != '\0') {
        size_t size = strcspn(at, " ");
        if (bytes_equal(bytes_of(at, size), service))
            return true;
        at += size + (at[size] == ' ');
    }
    return false;
}

/* --- Which service --- */

static size_t count_about(const struct hearing *hearing, struct bytes service)
{
    size_t count = 0;

    for (size_t i = 0; i < hearing->count; i++)
        count += is_about(&hearing->list[i], service);
    return count;
}

/* The one that most are about; of as many the first of the vocabulary, so that it is always the
 * same. */
static bool choose_service(const struct hearing *hearing, struct reporting *reporting,
                           struct fault *fault)
{
    size_t most = 0;

    for (size_t i = 0; i < service_areas.count; i++) {
        size_t count = count_about(hearing, bytes_of_text(service_areas.words[i].code));
        if (count <= most)
            continue;
        most = count;
        snprintf(reporting->service, sizeof reporting->service, "%s", service_areas.words[i].code);
    }
    return most > 0 ||
           fault_set(fault, FAULT_ABSENT,
                     "no lesson has all of these words: try fewer, or look with candour search");
}

/* --- Who reports, who spoke, who could --- */

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

static void count_reports(const struct hearing *hearing, const struct charter *charter,
                          struct authors *reporters, struct reporting *reporting)
{
    for (size_t i = 0; i < hearing->count; i++) {
        const struct said *said = &hearing->list[i];
        if (!is_about(said, bytes_of_text(reporting->service)))
            continue;
        reporting->lessons++;
        reporting->counts.unnamed += said->unnamed;
        if (!said->unnamed)
            add_author(reporters, charter, &said->authority);
        count_outcome(reporting, said->outcome);
    }
    reporting->counts.named = reporters->count;
}

struct speaking {
    const struct charter *charter;
    struct authors speakers;
    size_t unnamed;
};

static bool hear_speaker(void *context, const struct digest *authority, uint64_t lessons,
                         struct fault *fault)
{
    struct speaking *speaking = context;

    (void)fault;
    if (authority == NULL)
        speaking->unnamed += (size_t)lessons;
    else
        add_author(&speaking->speakers, speaking->charter, authority);
    return true;
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
static void count_members(const struct charter *charter, const struct authors *speakers,
                          struct reporting *reporting)
{
    size_t all = 0, running = 0, listed = 0;

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        if (member->status != MEMBER_ACTIVE || member->card->role != ROLE_AUTHORITY)
            continue;
        bool runs_it = runs(member->card, reporting->service);
        all++;
        listed += runs_it;
        running += runs_it || is_among(speakers->list, speakers->count, &member->card->authority);
    }
    reporting->by_function = listed > 0;
    reporting->counts.could = listed > 0 ? running : all;
}

static bool gather(struct store *store, const struct charter *charter, struct bytes words,
                   const char *service, struct hearing *hearing, struct reporting *reporting,
                   struct fault *fault)
{
    struct query query = {
        .words = words, .service = service, .limit = REPORTING_LESSONS_MAX, .share = ALL_OF_IT};
    struct speaking speaking = {.charter = charter};
    struct authors reporters = {0};
    struct answer answer;

    if (!store_search(store, &query, &answer, hear_lesson, hearing, fault))
        return false;
    if (service != NULL)
        snprintf(reporting->service, sizeof reporting->service, "%s", service);
    else if (!choose_service(hearing, reporting, fault))
        return false;
    reporting->counts.more = answer.total > REPORTING_LESSONS_MAX;
    count_reports(hearing, charter, &reporters, reporting);
    reporting->reporters = reporters.list;
    bool done = store_each_speaker(store, reporting->service, hear_speaker, &speaking, fault);
    reporting->speakers = speaking.speakers.list;
    reporting->counts.spoke = speaking.speakers.count;
    reporting->counts.spoke_unnamed = speaking.unnamed;
    count_members(charter, &speaking.speakers, reporting);
    return done;
}

bool reporting_gather(struct store *store, const struct charter *charter, struct bytes words,
                      const char *service, struct reporting *reporting, struct fault *fault)
{
    struct hearing hearing = {.list = memory_new(REPORTING_LESSONS_MAX, sizeof *hearing.list)};

    *reporting = (struct reporting){0};
    bool done = gather(store, charter, words, service, &hearing, reporting, fault);
    free(hearing.list);
    if (!done)
        reporting_release(reporting);
    return done;
}

void reporting_release(struct reporting *reporting)
{
    free(reporting->reporters);
    free(reporting->speakers);
    *reporting = (struct reporting){0};
}

/* --- Among some --- */

struct norm_counts reporting_among(const struct reporting *reporting, const struct charter *charter,
                                   const struct digest *members, size_t count)
{
    struct norm_counts among = reporting->counts;

    among.named = among.spoke = among.could = 0;
    for (size_t i = 0; i < count; i++) {
        const struct member *member = charter_member(charter, &members[i]);
        bool spoke = is_among(reporting->speakers, reporting->counts.spoke, &members[i]);
        among.named += is_among(reporting->reporters, reporting->counts.named, &members[i]);
        among.spoke += spoke;
        among.could += spoke || !reporting->by_function ||
                       (member != NULL && runs(member->card, reporting->service));
    }
    return among;
}
