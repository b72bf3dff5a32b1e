#include "node/reporting.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- Distinct authorities --- */

struct authors {
    struct digest *list;
    size_t count, room;
    size_t unnamed; /* Lessons. */
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
                       const struct hit *hit)
{
    if (hit->anonymous) {
        authors->unnamed++;
        return;
    }
    struct digest author = heir_of(charter, hit->authority);
    if (is_among(authors->list, authors->count, &author))
        return;
    if (authors->count == authors->room) {
        authors->room = authors->room == 0 ? 64 : 2 * authors->room;
        authors->list = memory_grow(authors->list, authors->room, sizeof *authors->list);
    }
    authors->list[authors->count++] = author;
}

/* --- Which service --- */

struct tally_of_services {
    struct {
        char code[41];
        size_t lessons;
    } list[64];
    size_t count;
    bool loose;
};

static void count_service(struct tally_of_services *tally, struct bytes code)
{
    size_t i = 0;

    while (i < tally->count && !bytes_equal(bytes_of_text(tally->list[i].code), code))
        i++;
    if (i == sizeof tally->list / sizeof *tally->list || code.size >= sizeof tally->list[i].code)
        return;
    if (i == tally->count)
        memcpy(tally->list[tally->count++].code, code.data, code.size);
    tally->list[i].lessons++;
}

static bool hear_services(void *context, const struct hit *hit, struct fault *fault)
{
    struct tally_of_services *tally = context;
    const char *at = hit->services;

    (void)fault;
    tally->loose = hit->loose;
    while (*at != '\0') {
        size_t size = strcspn(at, " ");
        count_service(tally, bytes_of(at, size));
        at += size + (at[size] == ' ');
    }
    return true;
}

/* The one that most are about; of as many the first by its code, so that it is always the same. */
static bool choose_service(struct store *store, struct bytes words, struct reporting *reporting,
                           struct fault *fault)
{
    struct query query = {.words = words, .limit = REPORTING_LESSONS_MAX};
    struct tally_of_services *tally = memory_new(1, sizeof *tally);
    size_t most = 0;
    uint64_t total;

    bool done = store_search(store, &query, &total, hear_services, tally, fault);
    for (size_t i = 0; done && !tally->loose && i < tally->count; i++)
        if (tally->list[i].lessons > most ||
            (tally->list[i].lessons == most &&
             strcmp(tally->list[i].code, reporting->service) < 0)) {
            most = tally->list[i].lessons;
            memcpy(reporting->service, tally->list[i].code, sizeof reporting->service);
        }
    free(tally);
    if (done && most == 0)
        return fault_set(
            fault, FAULT_ABSENT,
            "no lesson has all of these words: try fewer, or look with candour search");
    return done;
}

/* --- Who reports, who spoke, who could --- */

struct hearing {
    const struct charter *charter;
    struct authors authors;
    struct reporting *reporting; /* NULL: only who speaks is counted. */
    bool loose;
};

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

static bool hear_author(void *context, const struct hit *hit, struct fault *fault)
{
    struct hearing *hearing = context;

    (void)fault;
    hearing->loose = hit->loose;
    if (hit->loose)
        return true;
    add_author(&hearing->authors, hearing->charter, hit);
    if (hearing->reporting != NULL)
        count_outcome(hearing->reporting, hit->outcome);
    return true;
}

static bool hear(struct store *store, struct hearing *hearing, struct bytes words,
                 const char *service, uint64_t *total, struct fault *fault)
{
    struct query query = {.words = words, .service = service, .limit = REPORTING_LESSONS_MAX};

    return store_search(store, &query, total, hear_author, hearing, fault);
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

static bool gather(struct store *store, struct hearing *reports, struct hearing *speaks,
                   struct bytes words, struct reporting *reporting, struct fault *fault)
{
    struct norm_counts *counts = &reporting->counts;
    uint64_t spoke;

    if (!hear(store, reports, words, reporting->service, &reporting->lessons, fault) ||
        !hear(store, speaks, bytes_of_text(""), reporting->service, &spoke, fault))
        return false;
    reporting->loose = reports->loose;
    if (reports->loose)
        reporting->lessons = 0;
    counts->named = reports->authors.count;
    counts->unnamed = reports->authors.unnamed;
    counts->more = reporting->lessons > REPORTING_LESSONS_MAX;
    counts->spoke = speaks->authors.count;
    counts->spoke_unnamed = speaks->authors.unnamed;
    counts->spoke_more = spoke > REPORTING_LESSONS_MAX;
    count_members(speaks->charter, &speaks->authors, reporting);
    return true;
}

bool reporting_gather(struct store *store, const struct charter *charter, struct bytes words,
                      const char *service, struct reporting *reporting, struct fault *fault)
{
    struct hearing reports = {.charter = charter, .reporting = reporting};
    struct hearing speaks = {.charter = charter};

    *reporting = (struct reporting){0};
    if (service != NULL)
        snprintf(reporting->service, sizeof reporting->service, "%s", service);
    else if (!choose_service(store, words, reporting, fault))
        return false;
    bool done = gather(store, &reports, &speaks, words, reporting, fault);
    reporting->reporters = reports.authors.list;
    reporting->speakers = speaks.authors.list;
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
