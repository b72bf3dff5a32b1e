#include "node/cli/norm.h"

#include "node/cli/like.h"
#include "node/cli/paper.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* norm: is it the norm or the exception? Counts in bounds, never a list of names beyond those who
 * chose to be named beside what they wrote. */

const char *norm_verdict_code(enum norm_verdict verdict)
{
    static const char *const codes[] = {
        [NORM_TOO_FEW] = "too_few_to_say",
        [NORM_OF_ALL] = "norm",
        [NORM_OF_SPEAKERS] = "norm_of_those_that_spoke",
        [NORM_EXCEPTION] = "exception",
        [NORM_NEITHER] = "neither",
    };

    return codes[verdict];
}

const char *norm_verdict_words(enum norm_verdict verdict)
{
    static const char *const words[] = {
        [NORM_TOO_FEW] =
            "Too few to say: fewer than 5 authorities may have reported it, or run the "
            "service.",
        [NORM_OF_ALL] = "It is the norm: at least half of all that run the service report it.",
        [NORM_OF_SPEAKERS] =
            "It is the norm among those that spoke of the service: at least half of "
            "them report it. Of the others nothing is known.",
        [NORM_EXCEPTION] = "It is an exception among those that spoke of the service: at most a "
                           "quarter of them report it. Of the others nothing is known.",
        [NORM_NEITHER] = "It is neither clearly the norm nor clearly an exception among those that "
                         "spoke of the service.",
    };

    return words[verdict];
}

const char *norm_uptake_code(enum norm_uptake uptake)
{
    static const char *const codes[] = {
        [NORM_ADOPTED] = "adopted",
        [NORM_ADAPTED] = "adapted",
        [NORM_ABANDONED] = "abandoned",
        [NORM_REJECTED] = "rejected",
    };

    return codes[uptake];
}

struct norm_bounds norm_answer_bounds(const struct norm_answer *answer,
                                      const struct norm_count *count)
{
    return norm_bounds(count, 0, answer->norm.could);
}

bool norm_answer_has_time(const struct norm_answer *answer)
{
    return norm_answer_bounds(answer, &answer->reporting.told.time.count).least >= NORM_LEAST;
}

/* --- Like us --- */

static bool look_at_likes(const struct call *call, struct store *store,
                          const struct charter *charter, struct norm_answer *answer,
                          struct fault *fault)
{
    struct likes *likes = &answer->likes;

    likes->asked = call_has(call, "like-us");
    if (!likes->asked)
        return true;
    struct digest *members = like_members(call, store, charter, &likes->members, fault);
    if (members == NULL)
        return false;
    struct norm_asked asked = reporting_among(&answer->reporting, charter, members, likes->members);
    likes->norm = norm_of(&asked);
    free(members);
    return true;
}

/* --- What they did who solved it --- */

#define BEGINNING 100 /* Characters. */

/* How a text begins, for a list. */
static char *beginning_of(struct bytes text)
{
    struct buffer beginning = {0};

    paper_short(&beginning, text, BEGINNING);
    char *copy = text_copy(buffer_view(&beginning));
    buffer_release(&beginning);
    return copy;
}

/* NULL: there is nothing to read. */
static char *title_of(const struct document *document)
{
    static const char *const keys[] = {"title", "text", "what_changed"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (form_has(document_form(document), keys[i]) && document_text(document, keys[i]).size > 0)
            return beginning_of(document_text(document, keys[i]));
    return NULL;
}

static bool add_deed(struct store *store, const struct charter *charter, struct norm_answer *answer,
                     size_t which, struct fault *fault)
{
    static const char *const kinds[REPORTING_KINDS] = {"lesson", "issue", "response", "update"};
    struct deed *deed = &answer->deeds[answer->deed_count];
    struct withheld withheld;
    struct record *record = store_find(store, &answer->reporting.sayings[which].id, true, fault);
    struct document *document = record == NULL ? NULL : store_document(store, record, &withheld);

    deed->title = document == NULL ? NULL : title_of(document);
    if (deed->title != NULL) {
        const struct author *author = &record_header(record)->author;
        answer->deed_count++;
        deed->id = *record_id(record);
        deed->kind = kinds[answer->reporting.records[which].kind];
        if (author->form == AUTHOR_NAMED)
            deed->name = authority_name(charter, &author->feed.authority);
    }
    document_free(document);
    record_free(record);
    return record != NULL || fault->kind == FAULT_ABSENT;
}

/* The one after `last` (NULL: the first), the newest first; of one day by their ids. */
static const struct norm_saying *next_solving(const struct norm_answer *answer,
                                              const struct norm_saying *last)
{
    const struct reporting *reporting = &answer->reporting;
    const struct norm_saying *next = NULL;

    for (size_t i = 0; i < reporting->count; i++) {
        const struct norm_saying *at = &reporting->sayings[i];
        if (reporting->records[i].counted != NORM_SOLVES ||
            (last != NULL && (at->day > last->day ||
                              (at->day == last->day && digest_compare(&at->id, &last->id) <= 0))))
            continue;
        if (next == NULL || at->day > next->day ||
            (at->day == next->day && digest_compare(&at->id, &next->id) < 0))
            next = at;
    }
    return next;
}

static bool gather_deeds(struct store *store, const struct charter *charter,
                         struct norm_answer *answer, struct fault *fault)
{
    const struct norm_saying *last = NULL;
    bool done = true;

    while (done && answer->deed_count < DEEDS_MAX && (last = next_solving(answer, last)) != NULL)
        done = add_deed(store, charter, answer, (size_t)(last - answer->reporting.sayings), fault);
    return done;
}

/* --- How the count came about --- */

static void explain_count(json_t *list, const char *what, const struct norm_count *count,
                          struct norm_bounds bounds)
{
    struct buffer text = {0};

    buffer_printf(&text, "%s: %zu by name", what, count->named);
    if (count->unnamed > 0)
        buffer_printf(&text,
                      "; of those without one %zu at most, and by their tags %zu at least, of whom "
                      "each may be one of the named",
                      count->unnamed, count->apart);
    buffer_printf(&text, ": so %zu at least, and %zu at most.", bounds.least, bounds.most);
    json_array_append_new(list, json_string(buffer_text(&text)));
    buffer_release(&text);
}

static void explain_matter(json_t *list, const struct issue_group *same)
{
    struct buffer text = {0};
    char id[13];

    for (size_t i = 0; i < same->count; i++) {
        hex_of(id, same->ids[i].bytes, 6);
        buffer_printf(&text, "%s%s", i == 0 ? "One matter: " : ", ", id);
    }
    if (same->count > 0)
        json_array_append_new(list, json_string(buffer_text(&text)));
    buffer_release(&text);
}

static void explain(struct norm_answer *answer)
{
    const struct reporting *reporting = &answer->reporting;
    const uint64_t *of_kind = reporting->of_kind;
    json_t *list = answer->explanation;

    explain_matter(list, &reporting->same);
    json_array_append_new(list, json_sprintf("Records that report it: issues, %" PRIu64
                                             "; lessons, %" PRIu64 "; responses, %" PRIu64
                                             ". Of these without a name: %" PRIu64 ".",
                                             of_kind[REPORTING_ISSUE], of_kind[REPORTING_LESSON],
                                             of_kind[REPORTING_RESPONSE], reporting->unnamed));
    explain_count(list, "Authorities that report it", &reporting->told.report, answer->norm.report);
    explain_count(list, "Authorities that spoke of the service", &reporting->told.spoke,
                  answer->norm.spoke);
    json_array_append_new(
        list, json_string("Of what one authority says of one thing the latest counts."));
    if (reporting->more)
        json_array_append_new(
            list, json_string("There is more than was looked at, so the most is all that spoke."));
}

/* --- All of it --- */

/* An id has a digit: "decade" is a word. */
static bool is_id(const char *text)
{
    size_t size = strspn(text, "0123456789abcdefABCDEF");

    return text[size] == '\0' && size >= 6 && size <= 2 * DIGEST_SIZE &&
           strpbrk(text, "0123456789") != NULL;
}

static void keep_title(struct store *store, struct norm_answer *answer)
{
    struct fault ignored;
    struct withheld withheld;
    struct record *record = store_find(store, &answer->reporting.issue, true, &ignored);
    struct document *document = record == NULL ? NULL : store_document(store, record, &withheld);

    answer->title = document == NULL ? strdup("") : beginning_of(document_title(document));
    document_free(document);
    record_free(record);
}

static bool gather_issue(struct call *call, struct store *store, const struct charter *charter,
                         const char *service, struct norm_answer *answer, struct fault *fault)
{
    struct norm_members honoured;
    struct digest id;

    if (!store_resolve(store, call->arguments[0], &id, fault))
        return false;
    struct digest *list = honoured_authorities(call, charter, &honoured.count);
    honoured.list = list;
    bool done =
        reporting_gather_issue(store, charter, &id, &honoured, service, &answer->reporting, fault);
    free(list);
    if (done)
        keep_title(store, answer);
    return done;
}

static bool gather(struct call *call, struct store *store, const struct charter *charter,
                   struct norm_answer *answer, struct fault *fault)
{
    const char *service = NULL;

    if (!call_word(call, "service", &service_areas, &service, fault))
        return false;
    if (call->argument_count == 1 && is_id(call->arguments[0]))
        return gather_issue(call, store, charter, service, answer, fault);
    for (size_t i = 0; i < call->argument_count; i++)
        buffer_printf(&answer->words, "%s%s", i == 0 ? "" : " ", call->arguments[i]);
    /* A search without words finds all there is: that is no matter that is reported. */
    if (text_trimmed(buffer_view(&answer->words)).size == 0)
        return fault_set(fault, FAULT_INPUT,
                         "norm: there is no word to look for: give words, or the id of an issue or "
                         "a lesson");
    return reporting_gather(store, charter, buffer_view(&answer->words), service,
                            &answer->reporting, fault);
}

static void answer_release(struct norm_answer *answer)
{
    for (size_t i = 0; i < answer->deed_count; i++)
        free(answer->deeds[i].title);
    free(answer->title);
    reporting_release(&answer->reporting);
    buffer_release(&answer->words);
    json_decref(answer->explanation);
}

static bool find_answer(struct call *call, struct store *store, const struct charter *charter,
                        struct norm_answer *answer, struct fault *fault)
{
    if (!gather(call, store, charter, answer, fault))
        return false;
    struct norm_asked asked = reporting_asked(&answer->reporting);
    answer->norm = norm_of(&asked);
    if (call_has(call, "explain") && answer->norm.verdict != NORM_TOO_FEW)
        explain(answer);
    return look_at_likes(call, store, charter, answer, fault) &&
           gather_deeds(store, charter, answer, fault) &&
           (!call_has(call, "remember") || like_remember(call, fault));
}

bool run_norm(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct charter *charter = store == NULL ? NULL : store_charter(store, fault);
    struct norm_answer answer = {.explanation = json_array()};
    uint64_t behind = 0;

    bool done = charter != NULL && count_not_searchable(store, &behind, fault) &&
                find_answer(call, store, charter, &answer, fault);
    if (done) {
        call->status = answer.norm.verdict == NORM_TOO_FEW;
        if (!call_json(call, norm_object(&answer))) {
            say_norm(call, &answer);
            say_not_searchable(call, behind);
        }
    }
    answer_release(&answer);
    charter_free(charter);
    store_close(store);
    return done;
}
