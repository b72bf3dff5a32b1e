#include "node/cli/paper.h"
#include "node/cli/shared.h"
#include "node/clock.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"
#include "store/digest.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* review list and due: what was begun is looked at again, and somebody is reminded of it.
 * give-and-take: what this house gave and received, for nobody else. */

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define REVIEWS_MOST 10000
#define TITLE_CHARACTERS 60

struct looking {
    struct call *call;
    struct store *store;
    struct charter *charter;
    struct digest self;
    int64_t now_ms;
};

static bool look(struct looking *looking, struct call *call, struct fault *fault)
{
    *looking = (struct looking){.call = call, .self = self_of(call), .now_ms = clock_now_ms()};
    return (looking->store = open_store(call, STORE_READ, fault)) != NULL &&
           (looking->charter = store_charter(looking->store, fault)) != NULL;
}

static void look_away(struct looking *looking)
{
    charter_free(looking->charter);
    store_close(looking->store);
}

static bool is_own(const struct looking *looking, const struct header *header)
{
    return header->author.form == AUTHOR_NAMED &&
           (digest_equal(&header->author.feed.authority, &looking->self) ||
            charter_succeeds(looking->charter, &looking->self, &header->author.feed.authority));
}

static struct document *document_of(const struct looking *looking, const struct stored *stored)
{
    struct withheld withheld;

    return store_document(looking->store, stored->record, &withheld);
}

/* --- list --- */

struct listed {
    struct looking looking;
    const char *service;
    json_t *reviews;
    struct listing *listing;
    size_t count;
};

/* How many of its actions are how far; one without a word has not begun. */
static void count_actions(const struct document *review, size_t *counts)
{
    for (size_t i = 0; i + 2 < document_count(review, "actions"); i += 3) {
        struct bytes progress = document_item(review, "actions", i + 2);
        for (size_t k = 0; k < action_states.count; k++)
            counts[k] += progress.size == 0
                             ? k == 0
                             : bytes_equal(progress, bytes_of_text(action_states.words[k].code));
    }
}

static json_t *actions_object(const size_t *counts)
{
    json_t *object = json_object();

    for (size_t k = 0; k < action_states.count; k++)
        json_object_set_new(object, action_states.words[k].code,
                            json_integer((json_int_t)counts[k]));
    return object;
}

static json_t *review_object(const struct document *review, const struct digest *id,
                             const char *author, const size_t *counts)
{
    json_t *services = json_array();

    for (size_t i = 0; i < document_count(review, "service_area"); i++)
        json_array_append_new(services, json_bytes(document_item(review, "service_area", i)));
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "id", json_id(id), "title",
                     json_bytes(document_title(review)), "authority",
                     author == NULL ? json_null() : json_string(author), "review_kind",
                     json_bytes(document_text(review, "review_kind")), "service_areas", services,
                     "stage", json_bytes(document_text(review, "stage")), "review_again",
                     json_bytes(document_text(review, "review_again")), "actions",
                     actions_object(counts));
}

static void list_row(struct listed *listed, const struct document *review, const struct digest *id,
                     const char *author, const size_t *counts)
{
    struct buffer title = {0}, day = {0};
    char hex[13], actions[60];
    size_t all = counts[0] + counts[1] + counts[2] + counts[3];

    hex_of(hex, id->bytes, 6);
    paper_short(&title, document_title(review), TITLE_CHARACTERS);
    buffer_append(&day, document_text(review, "review_again"));
    snprintf(actions, sizeof actions, "%zu of %zu done", counts[2], all);
    listing_row(listed->listing,
                (const char *[]){hex, buffer_text(&title), author == NULL ? "(not named)" : author,
                                 buffer_text(&day), all == 0 ? "none" : actions});
    buffer_release(&title);
    buffer_release(&day);
}

static bool is_of_service(const struct document *review, const char *service)
{
    bool is = service == NULL;

    for (size_t i = 0; !is && i < document_count(review, "service_area"); i++)
        is = bytes_equal(document_item(review, "service_area", i), bytes_of_text(service));
    return is;
}

static bool hear_review(void *context, const struct stored *stored, struct fault *fault)
{
    struct listed *listed = context;
    struct document *review = document_of(&listed->looking, stored);
    const struct author *author = &record_header(stored->record)->author;
    size_t counts[4] = {0};

    (void)fault;
    if (review != NULL && is_of_service(review, listed->service)) {
        const char *name = author->form == AUTHOR_NAMED
                               ? authority_name(listed->looking.charter, &author->feed.authority)
                               : NULL;
        count_actions(review, counts);
        listed->count++;
        json_array_append_new(listed->reviews,
                              review_object(review, record_id(stored->record), name, counts));
        list_row(listed, review, record_id(stored->record), name, counts);
    }
    document_free(review);
    return true;
}

bool run_review_list(struct call *call, struct fault *fault)
{
    static const char *const columns[] = {"ID", "REVIEW", "OF", "LOOK AGAIN", "ACTIONS", NULL};
    struct listed listed = {.reviews = json_array(), .listing = listing_new(columns, NULL)};
    struct recent recent = {.kind = "review", .standing = true, .most = REVIEWS_MOST};

    bool done = look(&listed.looking, call, fault) &&
                call_word(call, "service", &service_areas, &listed.service, fault);
    if (!call_has(call, "all"))
        recent.of = &listed.looking.self;
    done = done && store_each_recent(listed.looking.store, &recent, hear_review, &listed, fault);
    if (done && !call_json(call, json_pack("{s:O}", "reviews", listed.reviews))) {
        if (listed.count == 0)
            call_say(call, "No review%s: candour lesson new --kind review begins one.",
                     call_has(call, "all") ? " has been published" : " of yours is published");
        else if (!call->quiet)
            listing_print(listed.listing);
    }
    listing_free(listed.listing);
    json_decref(listed.reviews);
    look_away(&listed.looking);
    return done;
}

/* --- due --- */

struct due {
    struct digest id;
    const char *kind;
    char *title, *what;
    int64_t end_ms; /* Of the day: from then on it is over. */
};

struct reminding {
    struct looking looking;
    int64_t until_ms;  /* What ends by then is due. */
    int64_t silent_ms; /* Not followed up for so long. */
    int64_t told_ms;   /* When the author last went on from the record at hand; 0: never. */
    struct due *list;
    size_t count;
};

static void remind(struct reminding *reminding, const struct stored *stored,
                   const struct document *document, const char *what, int64_t end_ms)
{
    reminding->list = memory_grow(reminding->list, reminding->count + 1, sizeof *reminding->list);
    reminding->list[reminding->count++] =
        (struct due){*record_id(stored->record), document_form(document)->kind,
                     text_copy(document_title(document)), text_copy(bytes_of_text(what)), end_ms};
}

static bool hear_follow_up(void *context, const struct stored *stored, struct fault *fault)
{
    struct reminding *reminding = context;
    const struct header *header = record_header(stored->record);

    (void)fault;
    if (bytes_equal(header->kind, bytes_of_text("update")) && is_own(&reminding->looking, header) &&
        header->time_ms > reminding->told_ms)
        reminding->told_ms = header->time_ms;
    return true;
}

/* When a day or month is over; 0 where none is named. */
static int64_t end_of(struct bytes day)
{
    return day.size == 7 || day.size == 10 ? date_end_ms(day) : 0;
}

/* It is looked at again when its author says on or after that day how it went on. */
static void remind_of_day(struct reminding *reminding, const struct stored *stored,
                          const struct document *document)
{
    int64_t end_ms = end_of(document_text(document, "review_again"));

    if (end_ms != 0 && end_ms <= reminding->until_ms && reminding->told_ms < end_ms - DAY_MS)
        remind(reminding, stored, document, "look again", end_ms);
}

static void remind_of_actions(struct reminding *reminding, const struct stored *stored,
                              const struct document *review)
{
    struct buffer what = {0};

    for (size_t i = 0; i + 2 < document_count(review, "actions"); i += 3) {
        struct bytes action = document_item(review, "actions", i);
        struct bytes progress = document_item(review, "actions", i + 2);
        int64_t end_ms = end_of(document_item(review, "actions", i + 1));
        if (end_ms == 0 || end_ms > reminding->until_ms ||
            bytes_equal(progress, bytes_of_text("done")) ||
            bytes_equal(progress, bytes_of_text("dropped")))
            continue;
        buffer_clear(&what);
        buffer_printf(&what, "%.*s (%s)", (int)action.size, (const char *)action.data,
                      vocabulary_means(&action_states, progress, "nothing is said of it"));
        remind(reminding, stored, review, buffer_text(&what), end_ms);
    }
    buffer_release(&what);
}

static bool hear_own(void *context, const struct stored *stored, struct fault *fault)
{
    struct reminding *reminding = context;
    struct document *document = document_of(&reminding->looking, stored);
    bool done = true;

    reminding->told_ms = 0;
    if (document != NULL)
        done = store_each_about(reminding->looking.store, record_id(stored->record), hear_follow_up,
                                reminding, fault);
    if (done && document != NULL) {
        remind_of_day(reminding, stored, document);
        if (document_form(document) == &review_form)
            remind_of_actions(reminding, stored, document);
    }
    document_free(document);
    return done;
}

/* A lesson whose day is named is looked at again on that day. */
static bool hear_silent(void *context, const struct stored *stored, struct fault *fault)
{
    struct reminding *reminding = context;
    struct document *lesson = document_of(&reminding->looking, stored);

    (void)fault;
    if (lesson != NULL && document_count(lesson, "review_again") == 0)
        remind(reminding, stored, lesson, "say how it went on: nothing was told since",
               record_header(stored->record)->time_ms + reminding->silent_ms);
    document_free(lesson);
    return true;
}

static bool gather_due(struct reminding *reminding, struct fault *fault)
{
    static const char *const kinds[] = {"review", "lesson", "discussion"};
    struct recent recent = {.of = &reminding->looking.self, .standing = true, .most = REVIEWS_MOST};
    bool done = true;

    for (size_t i = 0; done && i < sizeof kinds / sizeof *kinds; i++) {
        recent.kind = kinds[i];
        done = store_each_recent(reminding->looking.store, &recent, hear_own, reminding, fault);
    }
    recent.kind = "lesson";
    recent.silent = true;
    recent.until_ms = reminding->looking.now_ms - reminding->silent_ms;
    return done &&
           store_each_recent(reminding->looking.store, &recent, hear_silent, reminding, fault);
}

static int compare_due(const void *left, const void *right)
{
    const struct due *a = left, *b = right;

    if (a->end_ms != b->end_ms)
        return a->end_ms < b->end_ms ? -1 : 1;
    int order = memcmp(a->id.bytes, b->id.bytes, DIGEST_SIZE);
    return order != 0 ? order : strcmp(a->what, b->what);
}

static int64_t days_over(const struct reminding *reminding, const struct due *due)
{
    int64_t past_ms = reminding->looking.now_ms - due->end_ms;

    return past_ms >= 0 ? past_ms / DAY_MS + 1 : -((-past_ms - 1) / DAY_MS);
}

static void say_due(const struct reminding *reminding, const struct due *due)
{
    int64_t days = days_over(reminding, due);
    struct buffer text = {0};
    char when[40];

    if (days > 0)
        snprintf(when, sizeof when, "%lld day%s over", (long long)days, days == 1 ? "" : "s");
    else if (days == 0)
        snprintf(when, sizeof when, "Today");
    else
        snprintf(when, sizeof when, "In %lld day%s", (long long)-days, days == -1 ? "" : "s");
    buffer_printf(&text, "%s: %s: %s (candour show %02x%02x%02x%02x%02x%02x)", when, due->title,
                  due->what, due->id.bytes[0], due->id.bytes[1], due->id.bytes[2], due->id.bytes[3],
                  due->id.bytes[4], due->id.bytes[5]);
    call_say(reminding->looking.call, "%s", buffer_text(&text));
    buffer_release(&text);
}

static json_t *due_array(const struct reminding *reminding)
{
    json_t *list = json_array();
    char day[CLOCK_DATE_SIZE];

    for (size_t i = 0; i < reminding->count; i++) {
        const struct due *due = &reminding->list[i];
        clock_date(day, due->end_ms - 1);
        json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:s, s:s, s:I}", "id",
                                              json_id(&due->id), "kind", due->kind, "title",
                                              due->title, "what", due->what, "day", day,
                                              "days_over", (json_int_t)days_over(reminding, due)));
    }
    return list;
}

bool run_review_due(struct call *call, struct fault *fault)
{
    struct reminding reminding = {.count = 0};
    uint64_t within, silent;

    bool done = call_number(call, "within", 3650, 30, &within, fault) &&
                call_number(call, "silent", 3650, 180, &silent, fault) &&
                look(&reminding.looking, call, fault);
    if (done) {
        reminding.until_ms = reminding.looking.now_ms + ((int64_t)within + 1) * DAY_MS;
        reminding.silent_ms = (int64_t)silent * DAY_MS;
        done = gather_due(&reminding, fault);
    }
    if (done) {
        call->status = reminding.count > 0;
        if (reminding.count > 0)
            qsort(reminding.list, reminding.count, sizeof *reminding.list, compare_due);
        if (!call_json(call, json_pack("{s:o}", "due", due_array(&reminding))))
            for (size_t i = 0; i < reminding.count; i++)
                say_due(&reminding, &reminding.list[i]);
    }
    for (size_t i = 0; i < reminding.count; i++) {
        free(reminding.list[i].title);
        free(reminding.list[i].what);
    }
    free(reminding.list);
    look_away(&reminding.looking);
    return done;
}

/* --- give-and-take --- */

struct exchange {
    struct call *call;
    const struct looking *looking;
    json_t *ways[2];
    uint64_t counts[2];
    uint64_t lessons, frank; /* Of one's own: all, and those that tell what did not work. */
};

static bool hear_own_lesson(void *context, const struct stored *stored, struct fault *fault)
{
    struct exchange *exchange = context;
    struct document *lesson = document_of(exchange->looking, stored);

    (void)fault;
    exchange->lessons += lesson != NULL;
    exchange->frank += lesson != NULL && (document_count(lesson, "what_did_not_work") > 0 ||
                                          document_count(lesson, "setbacks") > 0);
    document_free(lesson);
    return true;
}

static bool hear_exchange(void *context, enum exchange_way way, const char *kind, const char *word,
                          uint64_t count, struct fault *fault)
{
    struct exchange *exchange = context;
    char name[80];

    (void)fault;
    if (form_of(kind) == NULL) /* Cards, charters and the like are no gift. */
        return true;
    snprintf(name, sizeof name, "%s%s%s", kind, word[0] == '\0' ? "" : ": ", word);
    json_object_set_new(exchange->ways[way], name, json_integer((json_int_t)count));
    exchange->counts[way] += count;
    return true;
}

static void say_way(const struct exchange *exchange, enum exchange_way way, const char *heading,
                    const char *nothing)
{
    const char *name;
    json_t *count;

    call_say(exchange->call, "%s", exchange->counts[way] == 0 ? nothing : heading);
    json_object_foreach(exchange->ways[way], name, count)
        call_say(exchange->call, "  %6lld  %s", (long long)json_integer_value(count), name);
}

static void say_exchange(const struct exchange *exchange)
{
    say_way(exchange, EXCHANGE_GIVEN,
            "You gave, under your name:", "You have given nothing under your name yet.");
    if (exchange->lessons > 0)
        call_say(exchange->call,
                 "Lessons as they stand: %" PRIu64 ". Of these tell what did not work: %" PRIu64
                 ".",
                 exchange->lessons, exchange->frank);
    say_way(exchange, EXCHANGE_RECEIVED,
            "Others said to what you gave:", "Nobody has said anything yet to what you gave.");
    call_say(exchange->call, "Only this house sees it: nothing of it is published, and nobody else "
                             "is counted.");
}

bool run_give_and_take(struct call *call, struct fault *fault)
{
    struct looking looking;
    struct exchange exchange = {
        .call = call, .looking = &looking, .ways = {json_object(), json_object()}};

    bool done = look(&looking, call, fault);
    const struct recent lessons = {
        .kind = "lesson", .of = &looking.self, .standing = true, .most = REVIEWS_MOST};
    done = done &&
           store_each_exchange(looking.store, &looking.self, hear_exchange, &exchange, fault) &&
           store_each_recent(looking.store, &lessons, hear_own_lesson, &exchange, fault);
    if (done && !call_json(call, json_pack("{s:O, s:O, s:{s:I, s:I}}", "given",
                                           exchange.ways[EXCHANGE_GIVEN], "received",
                                           exchange.ways[EXCHANGE_RECEIVED], "lessons", "all",
                                           (json_int_t)exchange.lessons, "tell_what_did_not_work",
                                           (json_int_t)exchange.frank)))
        say_exchange(&exchange);
    json_decref(exchange.ways[0]);
    json_decref(exchange.ways[1]);
    look_away(&looking);
    return done;
}
