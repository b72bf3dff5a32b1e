#include "store/search.h"
#include "node/cli/like.h"
#include "node/cli/paper.h"
#include "node/cli/saved.h"
#include "node/clock.h"
#include "node/peers.h"
#include "node/status.h"
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

/* What it was found by, where that is what was said of it. */
static json_t *via_object(const struct hit *hit)
{
    if (hit->via.kind == NULL)
        return json_null();
    return json_pack("{s:o, s:s, s:o}", "id", json_id(&hit->via.id), "kind", hit->via.kind,
                     "authority",
                     hit->via.anonymous ? json_null() : json_string(hit->via.authority_name));
}

static json_t *hit_object(const struct hit *hit)
{
    json_t *object = json_pack(
        "{s:o, s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:o, s:b, s:o, s:f, s:s, s:o, s:o, s:o}", "id",
        json_id(&hit->id), "kind", hit->kind, "title", hit->title, "abstract", hit->abstract,
        "outcome", hit->outcome, "stage", hit->stage, "service_areas",
        parts_array(hit->services, " "), "topic", hit->topic, "authority",
        hit->anonymous ? json_null() : json_string(hit->authority_name), "anonymous",
        (int)hit->anonymous, "published", json_stamp(hit->published_ms), "score", hit->score,
        "snippet", hit->snippet, "missing", parts_array(hit->missing, " "), "explanation",
        parts_array(hit->explanation, "\n"), "withheld", withheld_array(&hit->withheld));

    json_object_set_new(object, "responses", json_responses(&hit->responses));
    json_object_set_new(object, "same", json_integer((json_int_t)hit->same));
    json_object_set_new(object, "corrected_by",
                        hit->has_corrected ? json_id(&hit->corrected) : json_null());
    json_object_set_new(object, "via", via_object(hit));
    return object;
}

static void print_explanation(const char *lines)
{
    while (*lines != '\0') {
        size_t size = strcspn(lines, "\n");
        printf("    %.*s\n", (int)size, lines);
        lines += size + (lines[size] != '\0');
    }
}

static const char *author_of(bool anonymous, const char *name)
{
    return anonymous ? "an authority that is not named" : name;
}

/* The text that it was found by. */
static void print_snippet(const struct hit *hit)
{
    char id[13];

    if (hit->via.kind == NULL) {
        printf("  %s\n", hit->snippet[0] != '\0' ? hit->snippet : hit->abstract);
        return;
    }
    hex_of(id, hit->via.id.bytes, 6);
    printf("  In %s %s by %s (candour show %s): %s\n", hit->via.kind[0] == 'u' ? "an" : "a",
           hit->via.kind, author_of(hit->via.anonymous, hit->via.authority_name), id, hit->snippet);
}

/* What became of it, and what else says the same. */
static void print_thread(const struct hit *hit)
{
    struct buffer said = {0};
    char id[13];

    write_responses(&said, &hit->responses);
    if (said.size > 0)
        printf("  Others: %s\n", buffer_text(&said));
    if (hit->same > 0)
        printf("  With %" PRIu64 " more that %s the same\n", hit->same,
               hit->same == 1 ? "says" : "say");
    if (hit->has_corrected) {
        hex_of(id, hit->corrected.bytes, 6);
        printf("  Its author has said it again since, corrected: candour show %s\n", id);
    }
    buffer_release(&said);
}

static void print_hit(const struct searching *searching, const struct hit *hit)
{
    bool coloured = call_coloured(searching->call), lesson = hit->outcome[0] != '\0';
    char id[13], date[CLOCK_DATE_SIZE];

    hex_of(id, hit->id.bytes, 6);
    clock_date(date, hit->published_ms);
    printf("%s%s%s\n", coloured ? bold : "", hit->title, coloured ? plain : "");
    printf("  %s%s%s; %s; %s\n", lesson ? hit->outcome : hit->kind, lesson ? ", " : "", hit->stage,
           author_of(hit->anonymous, hit->authority_name), date);
    print_snippet(hit);
    print_thread(hit);
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

/* What a query points to of authorities. */
struct whose {
    struct digest authority, *honoured, *among;
};

static void whose_release(struct whose *whose)
{
    free(whose->honoured);
    free(whose->among);
}

/* Without a charter nobody is honoured, and all that can be asked goes by none. */
static bool read_whose(struct call *call, struct store *store, struct query *query,
                       struct whose *whose, struct fault *fault)
{
    const char *name = call_value(call, "authority");
    bool like_us = call_has(call, "like-us");
    struct fault ignored;
    struct charter *charter = store_charter(store, name != NULL || like_us ? fault : &ignored);
    const struct member *member =
        name == NULL || charter == NULL ? NULL : peers_member(charter, name, fault);
    bool found = name == NULL || member != NULL;

    query->honoured = whose->honoured = honoured_authorities(call, charter, &query->honoured_count);
    if (member != NULL) {
        whose->authority = member->card->authority;
        query->authority = &whose->authority;
    }
    if (found && like_us) {
        whose->among =
            charter == NULL ? NULL : like_members(call, store, charter, &query->among_count, fault);
        found = whose->among != NULL && (!call_has(call, "remember") || like_remember(call, fault));
        query->among = whose->among;
        if (query->among_count > AMONG_MOST)
            query->among_count = AMONG_MOST; /* The nearest. */
    }
    charter_free(charter);
    return found;
}

static bool read_query(struct call *call, struct store *store, struct query *query,
                       struct whose *whose, struct fault *fault)
{
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
    return call_since(call, clock_now_ms(), &query->since_ms, fault) &&
           read_whose(call, store, query, whose, fault);
}

/* When it last heard a peer, or where it does not run lived, by what it wrote down. 0: never. */
static int64_t last_heard_ms(const json_t *status, bool running)
{
    const json_t *peers = json_object_get(status, "peers");
    const char *at = json_string_value(json_object_get(status, "at"));
    int64_t last_ms = 0;

    if (!running)
        return at == NULL ? 0 : clock_read_stamp(at);
    for (size_t i = 0; i < json_array_size(peers); i++) {
        const json_t *seen = json_object_get(json_array_get(peers, i), "last_seen");
        int64_t seen_ms = json_is_string(seen) ? clock_read_stamp(json_string_value(seen)) : 0;
        last_ms = seen_ms > last_ms ? seen_ms : last_ms;
    }
    return last_ms;
}

static bool has_others(const json_t *status)
{
    const json_t *charter = json_object_get(status, "charter");

    return json_integer_value(json_object_get(charter, "members")) > 1;
}

/* Of what others publish while nobody is heard nothing can be found, and nothing else shows it.
 * Appends nothing where a peer is heard. */
static void write_cut_off(const struct call *call, struct store *store, struct buffer *text)
{
    struct fault ignored;
    json_t *status = status_read(store, &ignored);
    bool running = home_running(&call->home) != 0;
    int64_t last_ms = last_heard_ms(status, running);
    char minute[CLOCK_MINUTE_SIZE];

    if (!json_is_object(json_object_get(status, "charter")))
        buffer_append_text(text,
                           "! This home has joined no network, so nothing that others publish "
                           "is here: candour join, with the charter's file.");
    else if (has_others(status) && !(running && hears_peers(status))) {
        clock_minute(minute, last_ms);
        buffer_printf(text, "! No %s%s%s: what others have published meanwhile is not here. %s",
                      running ? "peer has been heard" : "node has run here",
                      last_ms == 0 ? " yet" : " since ", last_ms == 0 ? "" : minute,
                      running ? "candour status says more." : "candour run starts it.");
    }
    json_decref(status);
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
    if (answer->total == 0 && call_has(call, "new"))
        call_say(call, "Nothing is new to this search.");
    else if (answer->total == 0)
        call_say(call, "Nothing found. Try other words: what others call it.");
    else if (searching->loose)
        call_say(call, "None of these has all of the words.");
    if (answer->total > searching->shown)
        call_say(call, "%zu of %s%" PRIu64 " shown: --limit shows more.", searching->shown,
                 answer->at_least ? "at least " : "", answer->total);
}

/* `cut_off`: why what others publish is not here; empty where it is. */
static void tell_answer(struct searching *searching, const struct answer *answer, uint64_t behind,
                        struct buffer *cut_off)
{
    struct call *call = searching->call;

    call->status = answer->total == 0;
    if (call_json(call, json_pack("{s:I, s:b, s:b, s:o, s:I, s:b, s:O}", "total",
                                  (json_int_t)answer->total, "at_least", (int)answer->at_least,
                                  "loose", (int)searching->loose, "corrections",
                                  corrections_array(answer), "not_searchable", (json_int_t)behind,
                                  "cut_off", cut_off->size > 0, "results", searching->results)))
        return;
    say_answer(searching, answer);
    say_not_searchable(call, behind);
    if (cut_off->size > 0)
        call_say(call, "%s", buffer_text(cut_off));
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
    struct buffer words = {0}, cut_off = {0};
    struct whose whose = {.honoured = NULL};
    struct query query = {0};
    struct answer answer = {.total = 0};
    json_t *kept = NULL;
    uint64_t behind = 0;

    bool done = store != NULL && read_saved(call, store, &query, &kept, fault) &&
                read_query(call, store, &query, &whose, fault) &&
                read_thesaurus(call, store, fault) && count_not_searchable(store, &behind, fault);
    write_words(call, kept, &words);
    query.words = buffer_view(&words);
    done = done && store_search(store, &query, &answer, hear_hit, &searching, fault);
    if (done)
        write_cut_off(call, store, &cut_off);
    store_close(store);
    done = done && write_saved(call, &answer, fault);
    if (done)
        tell_answer(&searching, &answer, behind, &cut_off);
    buffer_release(&cut_off);
    json_decref(searching.results);
    json_decref(kept);
    buffer_release(&words);
    whose_release(&whose);
    return done;
}

bool search_again(const struct call *call, struct store *store, const char *name,
                  const struct query *within, search_visit *visit, void *context,
                  struct fault *fault)
{
    struct call asking = {.command = command_named("search"), .home = call->home};
    struct query query = {0};
    struct answer answer;
    struct whose whose = {.honoured = NULL};
    struct buffer words = {0};
    json_t *kept = NULL;

    bool done = saved_take(&asking, store, name, &kept, fault) &&
                read_query(&asking, store, &query, &whose, fault) &&
                read_thesaurus(call, store, fault);
    write_words(&asking, kept, &words);
    query.words = buffer_view(&words);
    query.share = NEW_SHARE;
    query.after = within->after;
    query.limit = within->limit;
    if (query.since_ms < within->since_ms)
        query.since_ms = within->since_ms;
    done = done && store_search(store, &query, &answer, visit, context, fault);
    buffer_release(&words);
    json_decref(kept);
    whose_release(&whose);
    return done;
}

/* --- What is silent --- */

static const struct word silences_list[] = {
    {"questions", "questions and challenges that nobody has answered"},
    {"lessons", "lessons older than a year of which their authors never said how they went on"},
    {"issues", "issues that nobody has put right"},
};
static const struct vocabulary silences = {
    .name = "silence",
    .words = silences_list,
    .count = sizeof silences_list / sizeof *silences_list,
};

#define FOLLOWED_UP_MS (365 * INT64_C(86400000))

#define BEGIN_CHARACTERS 300

/* How a text of others begins, on one line: none of its own can be taken for ours. */
static void print_begin(struct bytes text)
{
    struct buffer line = {0};

    paper_short(&line, text, BEGIN_CHARACTERS);
    printf("%s\n", buffer_text(&line));
    buffer_release(&line);
}

static bool hear_silent(void *context, const struct silent_record *at, struct fault *fault)
{
    struct searching *searching = context;
    char id[13], date[CLOCK_DATE_SIZE];

    (void)fault;
    searching->shown++;
    if (searching->call->json) {
        json_array_append_new(
            searching->results,
            json_pack("{s:o, s:s, s:s, s:o, s:o}", "id", json_id(&at->id), "kind", at->kind,
                      "title", at->title, "authority",
                      at->anonymous ? json_null() : json_string(at->authority_name), "published",
                      json_stamp(at->time_ms)));
        return true;
    }
    hex_of(id, at->id.bytes, 6);
    clock_date(date, at->time_ms);
    print_begin(bytes_of_text(at->title));
    printf("  %s; %s; %s\n  candour show %s\n\n", at->kind,
           author_of(at->anonymous, at->authority_name), date, id);
    return true;
}

static bool search_silent(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    struct searching searching = {.call = call, .results = json_array()};
    struct silence silence = {.before_ms = INT64_MAX};
    struct digest *honoured = NULL;
    struct fault ignored;
    const char *what = NULL;
    uint64_t limit;

    if (call->argument_count > 0)
        fault_set(fault, FAULT_INPUT, "--silent takes no words: leave out \"%s\"",
                  call->arguments[0]);
    bool done = store != NULL && call->argument_count == 0 &&
                call_word(call, "silent", &silences, &what, fault) &&
                call_number(call, "limit", 1000, 10, &limit, fault);
    if (done) {
        struct charter *charter = store_charter(store, &ignored);
        silence.honoured = honoured = honoured_authorities(call, charter, &silence.honoured_count);
        charter_free(charter);
        while (strcmp(what, silences_list[silence.what].code) != 0)
            silence.what++;
        if (silence.what == SILENT_LESSONS)
            silence.before_ms = clock_now_ms() - FOLLOWED_UP_MS;
        silence.limit = (size_t)limit;
        done = store_each_silent(store, &silence, hear_silent, &searching, fault);
    }
    store_close(store);
    free(honoured);
    if (done) {
        call->status = searching.shown == 0;
        if (!call_json(call, json_pack("{s:O}", "results", searching.results)) &&
            searching.shown == 0)
            call_say(call, "There are no %s.", silences_list[silence.what].means);
    }
    json_decref(searching.results);
    return done;
}

bool run_search(struct call *call, struct fault *fault)
{
    if (call_has(call, "silent"))
        return search_silent(call, fault);
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
    struct digest id; /* What is shown. */
    bool began;       /* Something that was said of it was told. */
};

static json_t *header_object(const struct record *record, const struct charter *charter)
{
    const struct header *header = record_header(record);
    json_t *references = json_array(), *object;

    for (size_t i = 0; i < header->reference_count; i++)
        json_array_append_new(references,
                              json_pack("{s:i, s:o}", "relation", header->references[i].relation,
                                        "id", json_id(&header->references[i].id)));
    object = json_pack("{s:o, s:o, s:o, s:o, s:o, s:I, s:o}", "network", json_id(&header->network),
                       "kind", json_bytes(header->kind), "published", json_stamp(header->time_ms),
                       "topic", json_bytes(header->topic), "references", references, "body_size",
                       (json_int_t)header->body_size, "expires", json_stamp(header->expiry_ms));
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

/* What only the header says: which question it answers, and until when it stands. */
static void print_terms(const struct header *header)
{
    char id[2 * DIGEST_SIZE + 1], date[CLOCK_DATE_SIZE];

    for (size_t i = 0; i < header->reference_count; i++)
        if (header->references[i].relation == RELATION_ANSWERS) {
            hex_of(id, header->references[i].id.bytes, DIGEST_SIZE);
            printf("answers %s\n", id);
        }
    if (header->expiry_ms != 0) {
        clock_date(date, header->expiry_ms - 1);
        printf("stands until %s\n", date);
    }
}

static void print_heading(const struct record *record, const struct charter *charter)
{
    const struct header *header = record_header(record);
    char id[2 * DIGEST_SIZE + 1], date[CLOCK_MINUTE_SIZE];

    hex_of(id, record_id(record)->bytes, DIGEST_SIZE);
    clock_minute(date, header->time_ms);
    printf("%.*s %s\n", (int)header->kind.size, (const char *)header->kind.data, id);
    print_terms(header);
    if (header->author.form == AUTHOR_NAMED)
        printf("from %s, number %" PRIu64 " of its feed %u, %s; signature %s\n\n",
               authority_name(charter, &header->author.feed.authority), header->author.seq,
               (unsigned)header->author.feed.number, date,
               verified(record, charter) ? "good" : "NOT good under the charter's keys");
    else
        printf("from an authority that is not named\n\n");
}

static bool names(const struct record *record, const struct digest *id)
{
    const struct header *header = record_header(record);

    for (size_t i = 0; i < header->reference_count; i++)
        if (digest_equal(&header->references[i].id, id))
            return true;
    return false;
}

/* What only cites it is about more than this: its title is enough. */
static void print_citing(const struct showing *showing, const struct record *record)
{
    struct withheld withheld;
    struct document *document = store_document(showing->store, record, &withheld);
    struct bytes title = document == NULL ? (struct bytes){0} : document_title(document);
    char id[13];

    hex_of(id, record_id(record)->bytes, 6);
    printf("\nIt cites this: %.*s (candour show %s)\n", (int)title.size, (const char *)title.data,
           id);
    document_free(document);
}

/* --- The thread: each in a few lines, the whole of it by its id --- */

/* Does another field of the form take the same words? Then they alone do not say what they are of.
 */
static bool shares_words(const struct form *form, const struct field *field)
{
    for (size_t i = 0; i < form->count; i++)
        if (&form->fields[i] != field && form->fields[i].vocabulary == field->vocabulary)
            return true;
    return false;
}

/* The words that were chosen in it: "tried, adapted, no_effect". */
static void write_chosen(const struct document *document, struct buffer *text)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        bool chosen = field->type == FIELD_WORD || field->type == FIELD_WORDS;
        for (size_t k = 0;
             chosen && strcmp(field->key, "lang") != 0 && k < document_count(document, field->key);
             k++) {
            buffer_append_text(text, text->size == 0 ? ": " : ", ");
            if (k == 0 && shares_words(form, field))
                buffer_printf(text, "%s: ", field->name);
            buffer_append(text, document_item(document, field->key, k));
        }
    }
}

/* Its title, or else how its first text begins. */
static struct bytes brief_text(const struct document *document)
{
    const struct form *form = document_form(document);

    if (form_has(form, "title"))
        return document_text(document, "title");
    for (size_t i = 0; i < form->count; i++)
        if (form->fields[i].type == FIELD_PROSE &&
            document_count(document, form->fields[i].key) > 0)
            return document_text(document, form->fields[i].key);
    return (struct bytes){0};
}

static void print_brief(const struct showing *showing, const struct record *record)
{
    const struct header *header = record_header(record);
    bool named = header->author.form == AUTHOR_NAMED;
    struct withheld withheld;
    struct document *document = store_document(showing->store, record, &withheld);
    struct buffer chosen = {0};
    char id[13], date[CLOCK_DATE_SIZE];

    hex_of(id, record_id(record)->bytes, 6);
    clock_date(date, header->time_ms);
    if (document != NULL)
        write_chosen(document, &chosen);
    printf("\n%s, %s: %.*s%s%s\n", date,
           named ? authority_name(showing->charter, &header->author.feed.authority)
                 : "an authority that is not named",
           (int)header->kind.size, (const char *)header->kind.data, buffer_text(&chosen),
           !named || verified(record, showing->charter)
               ? ""
               : "; signature NOT good under the charter's keys");
    print_terms(header);
    if (document == NULL)
        printf("(its text is not here: candour why %s says why)\n", id);
    else if (brief_text(document).size > 0)
        print_begin(brief_text(document));
    print_withheld(&withheld, record_id(record), named ? &header->author.feed.authority : NULL,
                   &showing->self);
    printf("candour show %s\n", id);
    buffer_release(&chosen);
    document_free(document);
}

static bool hear_about(void *context, const struct stored *stored, struct fault *fault)
{
    struct showing *showing = context;

    (void)fault;
    if (showing->call->json) {
        json_array_append_new(showing->thread, record_object(showing, stored->record));
    } else if (!bytes_equal(record_header(stored->record)->kind, bytes_of_text("label"))) {
        printf("%s", showing->began ? "" : "\n---- since then ----\n");
        showing->began = true;
        if (names(stored->record, &showing->id))
            print_brief(showing, stored->record);
        else
            print_citing(showing, stored->record);
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
    json_t *labels_on = json_array();
    struct responses responses;
    struct digest id;

    bool done = store != NULL && find_shown(call, store, &id, fault) &&
                (record = store_find(store, &id, true, fault)) != NULL &&
                store_responses(store, &id, &responses, fault) &&
                (charter = store_charter(store, fault)) != NULL;
    showing.charter = charter;
    showing.id = done ? id : (struct digest){0};
    if (done && !call->json) {
        print_heading(record, charter);
        say_responses(call, &responses);
    }
    done = done && say_labels(call, store, charter, &id, labels_on, fault);
    if (done && !call->json)
        print_body(&showing, record);
    done = done && store_each_about(store, &id, hear_about, &showing, fault);
    if (done && call->json) {
        json_t *object = record_object(&showing, record);
        json_object_set_new(object, "responses", json_responses(&responses));
        json_object_set(object, "labels", labels_on);
        json_object_set(object, "thread", showing.thread);
        call_json(call, object);
    }
    json_decref(showing.thread);
    json_decref(labels_on);
    record_free(record);
    charter_free(charter);
    store_close(store);
    return done;
}
