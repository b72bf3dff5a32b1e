#include "store/search.h"
#include "node/cli/saved.h"
#include "node/clock.h"
#include "node/peers.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* search and show: what others learned. */

static const char bold[] = "\033[1m", dim[] = "\033[2m", plain[] = "\033[0m";

/* --- search --- */

struct searching {
    struct call *call;
    json_t *results;
    struct digest self;
    size_t shown;
    bool loose; /* No lesson that is shown has all the words. */
};

/* --- What is withheld --- */

/* Whom a home belongs to; zeros where it has no card. */
static struct digest self_of(const struct call *call)
{
    struct fault ignored;
    struct card *card = keys_last_card(&call->home, &ignored);
    struct digest self = card == NULL ? (struct digest){0} : card->authority;

    card_free(card);
    return self;
}

static json_t *withheld_array(const struct withheld *withheld)
{
    json_t *codes = json_array();

    for (unsigned i = 0; i < FINDING_CLASSES; i++)
        if ((withheld->classes & 1U << i) != 0)
            json_array_append_new(codes, json_string(finding_kinds[i].code));
    return codes;
}

/* `author` is NULL where it is not named. */
static void print_withheld(const struct withheld *withheld, const struct digest *id,
                           const struct digest *author, const struct digest *self)
{
    struct buffer what = {0};
    char hex[13];

    if (withheld->count == 0)
        return;
    withheld_write(withheld, &what);
    hex_of(hex, id->bytes, 6);
    if (!withheld_identifies(withheld))
        printf("Withheld from this text: %s.\n", buffer_text(&what));
    else if (author == NULL)
        printf("Withheld from this text, whose author is not named and cannot be told: %s.\n",
               buffer_text(&what));
    else if (digest_equal(author, self))
        printf("Withheld from this text of your own: %s. Take it back with candour erase %s "
               "--why WHY --by NAME, and publish it without.\n",
               buffer_text(&what), hex);
    else
        printf("Withheld from this text, and its author's node is told: %s.\n", buffer_text(&what));
    buffer_release(&what);
}

static json_t *parts_array(const char *text, const char *between)
{
    json_t *list = json_array();

    while (*text != '\0') {
        size_t size = strcspn(text, between);
        json_array_append_new(list, json_stringn(text, size));
        text += size + (text[size] != '\0');
    }
    return list;
}

static json_t *hit_object(const struct hit *hit)
{
    return json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:f, s:s, s:o, s:o, s:o}", "id",
        json_id(&hit->id), "kind", hit->kind, "title", hit->title, "abstract", hit->abstract,
        "outcome", hit->outcome, "stage", hit->stage, "service_areas",
        parts_array(hit->services, " "), "topic", hit->topic, "authority",
        hit->anonymous ? json_null() : json_string(hit->authority_name), "anonymous",
        (int)hit->anonymous, "published", json_stamp(hit->published_ms), "score", hit->score,
        "snippet", hit->snippet, "missing", parts_array(hit->missing, " "), "explanation",
        parts_array(hit->explanation, "\n"), "withheld", withheld_array(&hit->withheld));
}

static void print_explanation(const char *lines)
{
    while (*lines != '\0') {
        size_t size = strcspn(lines, "\n");
        printf("    %.*s\n", (int)size, lines);
        lines += size + (lines[size] != '\0');
    }
}

static void print_hit(const struct searching *searching, const struct hit *hit)
{
    bool coloured = call_coloured(searching->call);
    char id[13], date[CLOCK_DATE_SIZE];

    hex_of(id, hit->id.bytes, 6);
    clock_date(date, hit->published_ms);
    printf("%s%s%s\n", coloured ? bold : "", hit->title, coloured ? plain : "");
    printf("  %s, %s; %s; %s\n", hit->outcome, hit->stage,
           hit->anonymous ? "an authority that is not named" : hit->authority_name, date);
    printf("  %s\n", hit->snippet[0] != '\0' ? hit->snippet : hit->abstract);
    if (hit->missing[0] != '\0')
        printf("  Not in it: %s\n", hit->missing);
    print_explanation(hit->explanation);
    if (hit->withheld.count > 0)
        printf("  ");
    print_withheld(&hit->withheld, &hit->id, hit->anonymous ? NULL : &hit->authority,
                   &searching->self);
    printf("  %scandour show %s%s\n\n", coloured ? dim : "", id, coloured ? plain : "");
}

static bool hear_hit(void *context, const struct hit *hit, struct fault *fault)
{
    struct searching *searching = context;

    (void)fault;
    searching->loose = (searching->loose || searching->shown == 0) && hit->missing[0] != '\0';
    searching->shown++;
    if (searching->call->json)
        json_array_append_new(searching->results, hit_object(hit));
    else
        print_hit(searching, hit);
    return true;
}

static bool read_query(struct call *call, struct store *store, struct query *query,
                       struct digest *authority, struct fault *fault)
{
    const char *member_name = call_value(call, "authority"), *since = call_value(call, "since");
    uint64_t limit;

    if (!call_word(call, "service", &service_areas, &query->service, fault) ||
        !call_word(call, "outcome", &outcomes, &query->outcome, fault) ||
        !call_word(call, "stage", &stages, &query->stage, fault) ||
        !call_word(call, "evidence", &evidence_levels, &query->evidence, fault) ||
        !call_word(call, "voice", &view_holders, &query->voice, fault) ||
        !call_word(call, "barrier", &barriers, &query->barrier, fault) ||
        !call_word(call, "driver", &drivers, &query->driver, fault) ||
        !call_word(call, "factor", &contributing_factors, &query->factor, fault) ||
        !call_word(call, "partner", &partner_sectors, &query->partner, fault) ||
        !call_number(call, "limit", 1000, 10, &limit, fault))
        return false;
    query->topic = call_value(call, "topic");
    query->explain = call_has(call, "explain");
    query->limit = (size_t)limit;
    if (since != NULL && (query->since_ms = clock_since(since, clock_now_ms())) < 0)
        return fault_set(fault, FAULT_INPUT,
                         "--since %s: must be yyyy-mm-dd, or a span such as 30d, 12h or 2w", since);
    if (member_name == NULL)
        return true;
    struct charter *charter = load_charter(store, fault);
    const struct member *member =
        charter == NULL ? NULL : peers_member(charter, member_name, fault);
    if (member != NULL) {
        *authority = member->card->authority;
        query->authority = authority;
    }
    charter_free(charter);
    return member != NULL;
}

/* What the house calls things, where it has said so. */
static bool read_thesaurus(const struct call *call, struct store *store, struct fault *fault)
{
    const char *path = home_file(&call->home, "thesaurus.txt", 0);
    struct buffer text = {0};

    if (access(path, F_OK) != 0)
        return true;
    bool done = file_read(path, THESAURUS_BYTES_MAX, &text, fault) &&
                store_set_thesaurus(store, buffer_view(&text), fault);
    buffer_release(&text);
    return done;
}

static json_t *corrections_array(const struct answer *answer)
{
    json_t *list = json_array();

    for (size_t i = 0; i < answer->correction_count; i++)
        json_array_append_new(list, json_pack("{s:s, s:s}", "typed", answer->corrections[i].typed,
                                              "meant", answer->corrections[i].meant));
    return list;
}

static void say_answer(const struct searching *searching, const struct answer *answer)
{
    struct call *call = searching->call;

    for (size_t i = 0; i < answer->correction_count; i++)
        call_say(call, "Searched for \"%s\", not \"%s\": nobody here wrote it so.",
                 answer->corrections[i].meant, answer->corrections[i].typed);
    if (answer->total == 0)
        call_say(call, "Nothing found. Try other words: what others call it.");
    else if (searching->loose)
        call_say(call, "None of these has all of the words.");
    if (answer->total > searching->shown)
        call_say(call, "%zu of %s%" PRIu64 " shown: --limit shows more.", searching->shown,
                 answer->at_least ? "at least " : "", answer->total);
}

static void tell_answer(struct searching *searching, const struct answer *answer, uint64_t behind)
{
    struct call *call = searching->call;

    call->status = answer->total == 0;
    if (call_json(call,
                  json_pack("{s:I, s:b, s:b, s:o, s:I, s:O}", "total", (json_int_t)answer->total,
                            "at_least", (int)answer->at_least, "loose", (int)searching->loose,
                            "corrections", corrections_array(answer), "not_searchable",
                            (json_int_t)behind, "results", searching->results)))
        return;
    say_answer(searching, answer);
    say_not_searchable(call, behind);
}

/* The words of the call, or of the search that was kept. */
static void write_words(const struct call *call, const json_t *kept, struct buffer *words)
{
    size_t i;
    json_t *word;

    for (i = 0; i < call->argument_count; i++)
        buffer_printf(words, "%s%s", i == 0 ? "" : " ", call->arguments[i]);
    json_array_foreach(json_object_get(kept, "words"), i, word)
        buffer_printf(words, "%s%s", i == 0 ? "" : " ", json_string_value(word));
}

/* What is new to a search that was kept: of what came since, that which has half of it or more. */
#define NEW_SHARE 0.5

static bool read_saved(struct call *call, struct store *store, struct query *query, json_t **kept,
                       struct fault *fault)
{
    const char *name = call_value(call, "saved");

    if (call_has(call, "new") && name == NULL)
        return fault_set(fault, FAULT_INPUT, "--new: say with --saved NAME to which search");
    if (name != NULL && !saved_take(call, store, name, kept, fault))
        return false;
    if (call_has(call, "new")) {
        query->after = saved_place(*kept);
        query->share = NEW_SHARE;
    }
    return true;
}

static bool write_saved(const struct call *call, const struct answer *answer, struct fault *fault)
{
    const char *name = call_value(call, "save"), *saved = call_value(call, "saved");

    if (name != NULL)
        return saved_keep(call, name, answer->place, fault);
    return !call_has(call, "new") || saved_note(call, saved, answer->place, fault);
}

static bool search(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct searching searching = {.call = call, .results = json_array(), .self = self_of(call)};
    struct buffer words = {0};
    struct digest authority;
    struct query query = {0};
    struct answer answer = {.total = 0};
    json_t *kept = NULL;
    uint64_t behind = 0;

    bool done = store != NULL && read_saved(call, store, &query, &kept, fault) &&
                read_query(call, store, &query, &authority, fault) &&
                read_thesaurus(call, store, fault) && count_not_searchable(store, &behind, fault);
    write_words(call, kept, &words);
    query.words = buffer_view(&words);
    done = done && store_search(store, &query, &answer, hear_hit, &searching, fault);
    store_close(store);
    done = done && write_saved(call, &answer, fault);
    if (done)
        tell_answer(&searching, &answer, behind);
    json_decref(searching.results);
    json_decref(kept);
    buffer_release(&words);
    return done;
}

bool run_search(struct call *call, struct fault *fault)
{
    if (call_has(call, "searches"))
        return saved_list(call, fault);
    if (call_has(call, "forget"))
        return saved_forget(call, call_value(call, "forget"), fault);
    return search(call, fault);
}

/* --- show --- */

struct showing {
    struct call *call;
    struct store *store;
    const struct charter *charter;
    struct digest self;
    json_t *thread;
};

static json_t *header_object(const struct record *record, const struct charter *charter)
{
    const struct header *header = record_header(record);
    json_t *references = json_array(), *object;

    for (size_t i = 0; i < header->reference_count; i++)
        json_array_append_new(references,
                              json_pack("{s:i, s:o}", "relation", header->references[i].relation,
                                        "id", json_id(&header->references[i].id)));
    object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I}", "network", json_id(&header->network),
                       "kind", json_bytes(header->kind), "published", json_stamp(header->time_ms),
                       "topic", json_bytes(header->topic), "references", references, "body_size",
                       (json_int_t)header->body_size);
    if (header->author.form == AUTHOR_NAMED) {
        json_object_set_new(object, "authority", json_id(&header->author.feed.authority));
        json_object_set_new(object, "authority_name",
                            json_string(authority_name(charter, &header->author.feed.authority)));
        json_object_set_new(object, "feed", json_integer(header->author.feed.number));
        json_object_set_new(object, "seq", json_integer((json_int_t)header->author.seq));
    }
    return object;
}

/* Is the proof good under a key that the charter lists for the feed? */
static bool verified(const struct record *record, const struct charter *charter)
{
    const struct author *author = &record_header(record)->author;

    if (author->form != AUTHOR_NAMED || charter == NULL)
        return false;
    struct feed_rules rules = charter_feed(charter, &author->feed);
    for (size_t i = 0; i < rules.key_count; i++)
        if (record_proven_by(record, &rules.keys[i]))
            return true;
    return false;
}

/* What `show` says of a record, and of those about it. */
static json_t *record_object(const struct showing *showing, const struct record *record)
{
    struct withheld withheld;
    struct document *document = store_document(showing->store, record, &withheld);
    json_t *object = json_pack("{s:o, s:o, s:b, s:o, s:o}", "id", json_id(record_id(record)),
                               "header", header_object(record, showing->charter), "verified",
                               (int)verified(record, showing->charter), "body",
                               document == NULL ? json_null() : json_document(document), "withheld",
                               withheld_array(&withheld));

    document_free(document);
    return object;
}

static void print_body(const struct showing *showing, const struct record *record)
{
    const struct author *author = &record_header(record)->author;
    struct withheld withheld;
    struct document *document = store_document(showing->store, record, &withheld);
    struct buffer text = {0};

    if (document != NULL) {
        if (document_form(document) == &snapshot_form) {
            say_disclosure_profile(showing->call, document_text(document, "sdc_profile"));
            printf("\n");
        }
        document_print(document, &text);
        fwrite(text.data, 1, text.size, stdout);
        printf("%s", withheld.count > 0 ? "\n" : "");
        print_withheld(&withheld, record_id(record),
                       author->form == AUTHOR_NAMED ? &author->feed.authority : NULL,
                       &showing->self);
    } else {
        printf("(its text is not here: candour why, with the id above, says why)\n");
    }
    buffer_release(&text);
    document_free(document);
}

static void print_heading(const struct record *record, const struct charter *charter)
{
    const struct header *header = record_header(record);
    char id[2 * DIGEST_SIZE + 1], date[CLOCK_MINUTE_SIZE];

    hex_of(id, record_id(record)->bytes, DIGEST_SIZE);
    clock_minute(date, header->time_ms);
    printf("%.*s %s\n", (int)header->kind.size, (const char *)header->kind.data, id);
    if (header->author.form == AUTHOR_NAMED)
        printf("from %s, number %" PRIu64 " of its feed %u, %s; signature %s\n\n",
               authority_name(charter, &header->author.feed.authority), header->author.seq,
               (unsigned)header->author.feed.number, date,
               verified(record, charter) ? "good" : "NOT good under the charter's keys");
    else
        printf("from an authority that is not named\n\n");
}

static bool hear_about(void *context, const struct stored *stored, struct fault *fault)
{
    struct showing *showing = context;

    (void)fault;
    if (showing->call->json) {
        json_array_append_new(showing->thread, record_object(showing, stored->record));
    } else {
        printf("\n---- since then ----\n");
        print_heading(stored->record, showing->charter);
        print_body(showing, stored->record);
    }
    return true;
}

static bool find_shown(struct call *call, struct store *store, struct digest *id,
                       struct fault *fault)
{
    struct fault ignored;
    uint64_t behind;

    if (store_resolve(store, call->arguments[0], id, fault))
        return true;
    if (fault->kind == FAULT_ABSENT && count_not_searchable(store, &behind, &ignored) && behind > 0)
        fault_set(fault, FAULT_ABSENT,
                  "%s: no record that can be found yet has an id that begins so; %" PRIu64
                  " of the records here cannot: candour status says how far it is",
                  call->arguments[0], behind);
    return false;
}

bool run_show(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct showing showing = {
        .call = call, .store = store, .thread = json_array(), .self = self_of(call)};
    struct charter *charter = NULL;
    struct record *record = NULL;
    struct digest id;

    bool done = store != NULL && find_shown(call, store, &id, fault) &&
                (record = store_find(store, &id, true, fault)) != NULL &&
                (charter = load_charter(store, fault)) != NULL;
    showing.charter = charter;
    if (done && !call->json) {
        print_heading(record, charter);
        print_body(&showing, record);
    }
    done = done && store_each_about(store, &id, hear_about, &showing, fault);
    if (done && call->json) {
        json_t *object = record_object(&showing, record);
        json_object_set(object, "thread", showing.thread);
        call_json(call, object);
    }
    json_decref(showing.thread);
    record_free(record);
    charter_free(charter);
    store_close(store);
    return done;
}
