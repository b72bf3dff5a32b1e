#include "store/digest.h"
#include "node/cli/bulletin.h"
#include "node/cli/mail.h"
#include "node/cli/paper.h"
#include "node/cli/saved.h"
#include "node/clock.h"
#include "protocol/evidence.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* digest: the few things that are new for this house, on one page. */

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define ITEMS_MOST 50
#define LOOKED_AT 20        /* Of a service and an outcome, or by one authority of a kind. */
#define LOOKED_AT_OUTSIDE 3 /* Of each service that is not one's own. */
#define OTHERS_LOOKED_AT 200
#define AUTHORS_ENOUGH 4 /* Of a service and an outcome; fewer, and more lessons are looked at, */
#define PAGES_MOST 10    /* up to so many times LOOKED_AT. */
#define WAITING_MOST 500 /* Of what was said to us, to find what nobody answered. */
#define TITLE_CHARACTERS 120
#define TEXT_CHARACTERS 280
static const char not_named[] = "an authority that is not named";

struct gathering {
    struct call *call;
    struct store *store;
    struct charter *charter;
    struct config config;
    struct digest self;
    const char *services[64]; /* What counts as ours: services, and topics that are followed. */
    size_t service_count;
    struct texts topics;
    int64_t now_ms, since_ms, after, place;
    int64_t told_ms;         /* What has been told since when: it may have been published before. */
    enum bulletin_part part; /* Of the hits that come; those of lessons go by their outcome. */
    const char *search;      /* The name of the search that is asked; else NULL. */
    size_t hits, asked_from; /* Since it was asked last: hits, and the first of their items. */
    struct bulletin bulletin;
    struct buffer note;
};

/* --- What is ours --- */

static void add_service(struct gathering *gathering, const char *code)
{
    for (size_t i = 0; i < gathering->service_count; i++)
        if (strcmp(gathering->services[i], code) == 0)
            return;
    if (gathering->service_count < sizeof gathering->services / sizeof *gathering->services)
        gathering->services[gathering->service_count++] = code;
}

/* What is followed may be a service, or a topic of nobody's vocabulary. */
static void add_interest(struct gathering *gathering, const char *text)
{
    const struct word *word = vocabulary_find(&service_areas, bytes_of_text(text));

    if (word != NULL)
        add_service(gathering, word->code);
    else
        texts_add(&gathering->topics, text);
}

static bool read_interest(struct gathering *gathering, struct fault *fault)
{
    struct texts asked = {0};
    const struct config *config = &gathering->config;
    bool good = true;

    call_values(gathering->call, "service", &asked);
    for (size_t i = 0; good && i < asked.count; i++) {
        const struct word *word = vocabulary_find(&service_areas, bytes_of_text(asked.list[i]));
        if (word != NULL)
            add_service(gathering, word->code);
        else
            good = fault_set(fault, FAULT_INPUT,
                             "--service %s: there is no such service area; docs/lesson.md lists "
                             "them",
                             asked.list[i]);
    }
    for (size_t i = 0; asked.count == 0 && i < config->authority.functions.count; i++)
        add_interest(gathering, config->authority.functions.list[i]);
    for (size_t i = 0; asked.count == 0 && i < config->follow.count; i++)
        add_interest(gathering, config->follow.list[i]);
    texts_release(&asked);
    return good;
}

/* Is one of these codes, with a space between two, a service of ours? */
static bool is_ours(const struct gathering *gathering, const char *codes)
{
    while (*codes != '\0') {
        size_t size = strcspn(codes, " ");
        for (size_t i = 0; i < gathering->service_count; i++)
            if (strlen(gathering->services[i]) == size &&
                memcmp(gathering->services[i], codes, size) == 0)
                return true;
        codes += size + (codes[size] != '\0');
    }
    return false;
}

static bool has_topic(const struct gathering *gathering, struct bytes topic)
{
    for (size_t i = 0; i < gathering->topics.count; i++)
        if (topic_has(topic, bytes_of_text(gathering->topics.list[i])))
            return true;
    return false;
}

static bool knows_interest(const struct gathering *gathering)
{
    return gathering->service_count + gathering->topics.count > 0;
}

static void write_services(const char *codes, struct buffer *text)
{
    for (const char *at = codes; *at != '\0';) {
        size_t size = strcspn(at, " ");
        const struct word *word = vocabulary_find(&service_areas, bytes_of(at, size));
        buffer_printf(text, "%s%.*s", at == codes ? "" : "; ",
                      word == NULL ? (int)size : (int)strlen(word->means),
                      word == NULL ? at : word->means);
        at += size + (at[size] != '\0');
    }
}

/* --- Items --- */

static char *taken(struct buffer *text)
{
    char *copy = text_copy(buffer_view(text));

    buffer_release(text);
    return copy;
}

static char *shortened(struct bytes text, size_t most)
{
    struct buffer line = {0};

    paper_short(&line, text, most);
    return taken(&line);
}

static char *author_of(const struct gathering *gathering, const struct bulletin_item *item)
{
    return text_copy(bytes_of_text(
        item->named ? authority_name(gathering->charter, &item->authority) : not_named));
}

/* Whoever dates a text beyond today would be new for ever. */
static bool is_of_time(const struct gathering *gathering, int64_t time_ms)
{
    return time_ms <= gathering->now_ms + DAY_MS;
}

static bool is_self(const struct gathering *gathering, bool named, const struct digest *authority)
{
    return named && (digest_equal(authority, &gathering->self) ||
                     charter_succeeds(gathering->charter, &gathering->self, authority));
}

static bool same_author(const struct bulletin_item *a, const struct bulletin_item *b)
{
    return a->named && b->named && digest_equal(&a->authority, &b->authority);
}

static void add(struct gathering *gathering, struct bulletin_item item)
{
    item.author = author_of(gathering, &item);
    bulletin_add(&gathering->bulletin, item);
}

/* --- Lessons --- */

static enum bulletin_part part_of(const struct gathering *gathering, const struct hit *hit)
{
    if (gathering->part != PART_WORKED)
        return gathering->part;
    return outcomes_agree(bytes_of_text("did_not_work"), bytes_of_text(hit->outcome)) ? PART_FAILED
                                                                                      : PART_WORKED;
}

/* How many authors what was added since then has. Who is not named may be another each time. */
static size_t count_authors(const struct bulletin *bulletin, size_t from)
{
    size_t count = 0;

    for (size_t i = from; i < bulletin->count; i++) {
        bool first = true;
        for (size_t k = from; first && k < i; k++)
            first = !same_author(&bulletin->items[k], &bulletin->items[i]);
        count += first;
    }
    return count;
}

/* Has this author as many as are looked at? Then it makes room for others. */
static bool has_its_share(const struct bulletin *bulletin, size_t from,
                          const struct bulletin_item *item)
{
    size_t count = 0;

    for (size_t i = from; i < bulletin->count; i++)
        count += same_author(&bulletin->items[i], item);
    return count >= LOOKED_AT;
}

static bool hear_hit(void *context, const struct hit *hit, struct fault *fault)
{
    struct gathering *gathering = context;
    struct bulletin_item item = {.part = part_of(gathering, hit),
                                 .id = hit->id,
                                 .shown = hit->id,
                                 .named = !hit->anonymous,
                                 .authority = hit->authority,
                                 .time_ms = hit->published_ms};
    struct buffer why = {0};

    (void)fault;
    gathering->hits++;
    if (is_self(gathering, item.named, &item.authority) || !is_of_time(gathering, item.time_ms) ||
        has_its_share(&gathering->bulletin, gathering->asked_from, &item) ||
        (item.part == PART_OUTSIDE &&
         (is_ours(gathering, hit->services) || has_topic(gathering, bytes_of_text(hit->topic)))))
        return true;
    if (item.part == PART_SEARCH)
        buffer_printf(&why, "New to your search \"%s\".", gathering->search);
    else
        buffer_printf(&why, "A new lesson%s: ",
                      item.part == PART_OUTSIDE   ? " from outside your services"
                      : knows_interest(gathering) ? " in a service or topic of yours"
                                                  : "");
    if (item.part != PART_SEARCH) {
        write_services(hit->services, &why);
        buffer_append_text(&why, ".");
    }
    item.title = shortened(bytes_of_text(hit->title), TITLE_CHARACTERS);
    item.text = shortened(bytes_of_text(hit->abstract), TEXT_CHARACTERS);
    item.why = taken(&why);
    buffer_printf(&why, "%s.", vocabulary_means(&outcomes, bytes_of_text(hit->outcome), ""));
    item.facts = taken(&why);
    add(gathering, item);
    return true;
}

static bool ask(struct gathering *gathering, struct query *query, struct fault *fault)
{
    struct answer answer;

    query->after = gathering->after;
    query->since_ms = gathering->since_ms;
    return store_search(gathering->store, query, &answer, hear_hit, gathering, fault);
}

/* Page by page, until there are several authors: who publishes much crowds nobody out. */
static bool ask_pages(struct gathering *gathering, struct query query, struct fault *fault)
{
    bool done = true, more = true;

    query.limit = LOOKED_AT;
    gathering->asked_from = gathering->bulletin.count;
    for (unsigned page = 0; done && more && page < PAGES_MOST; page++) {
        gathering->hits = 0;
        query.offset = page * LOOKED_AT;
        done = ask(gathering, &query, fault);
        more = gathering->hits == LOOKED_AT &&
               count_authors(&gathering->bulletin, gathering->asked_from) < AUTHORS_ENOUGH;
    }
    return done;
}

/* Of each outcome as many, so that none crowds the others out. */
static bool ask_each_outcome(struct gathering *gathering, struct query query, struct fault *fault)
{
    bool done = true;

    gathering->part = PART_WORKED;
    for (size_t i = 0; done && i < outcomes.count; i++) {
        query.outcome = outcomes.words[i].code;
        done = ask_pages(gathering, query, fault);
    }
    return done;
}

static bool gather_lessons(struct gathering *gathering, struct fault *fault)
{
    bool done = true;

    if (!knows_interest(gathering))
        return ask_each_outcome(gathering, (struct query){0}, fault);
    for (size_t i = 0; done && i < gathering->service_count; i++)
        done =
            ask_each_outcome(gathering, (struct query){.service = gathering->services[i]}, fault);
    for (size_t i = 0; done && i < gathering->topics.count; i++)
        done =
            ask_each_outcome(gathering, (struct query){.topic = gathering->topics.list[i]}, fault);
    return done;
}

static bool gather_outside(struct gathering *gathering, struct fault *fault)
{
    bool done = true;

    gathering->part = PART_OUTSIDE;
    gathering->asked_from = gathering->bulletin.count;
    for (size_t i = 0; done && knows_interest(gathering) && i < service_areas.count; i++) {
        struct query query = {.service = service_areas.words[i].code, .limit = LOOKED_AT_OUTSIDE};
        if (!is_ours(gathering, query.service))
            done = ask(gathering, &query, fault);
    }
    return done;
}

/* A search that cannot be asked any more keeps nobody from the rest. */
static bool gather_searches(struct gathering *gathering, struct fault *fault)
{
    const struct query within = {
        .after = gathering->after, .since_ms = gathering->since_ms, .limit = LOOKED_AT};
    struct texts names = {0};
    struct fault refused;
    bool done = saved_names(gathering->store, &names, fault);

    gathering->part = PART_SEARCH;
    for (size_t i = 0; done && i < names.count; i++) {
        gathering->search = names.list[i];
        gathering->asked_from = gathering->bulletin.count;
        if (search_again(gathering->call, gathering->store, names.list[i], &within, hear_hit,
                         gathering, &refused))
            continue;
        buffer_printf(&gathering->note, "%sYour search \"%s\" cannot be asked: %s.",
                      gathering->note.size > 0 ? " " : "", names.list[i], refused.text);
        if (refused.kind == FAULT_SELF) {
            *fault = refused;
            done = false;
        }
    }
    texts_release(&names);
    return done;
}

/* --- What is said --- */

/* Records are heard one by one; what they are about is read besides. */
struct thing {
    const struct record *record;
    struct document *document; /* As it may be shown; NULL: it cannot be read. */
    struct withheld withheld;
    struct digest about;
    bool has_about;
};

static struct thing thing_of(struct gathering *gathering, const struct record *record)
{
    const struct header *header = record_header(record);
    struct thing thing = {.record = record};

    thing.document = store_document(gathering->store, record, &thing.withheld);
    for (size_t i = 0; i < header->reference_count && !thing.has_about; i++)
        if (header->references[i].relation == RELATION_ABOUT) {
            thing.about = header->references[i].id;
            thing.has_about = true;
        }
    return thing;
}

/* What it is about; NULL where that is not here. */
static struct document *target_of(struct gathering *gathering, const struct thing *thing)
{
    struct fault ignored;
    struct withheld withheld;
    struct record *record =
        thing->has_about ? store_find(gathering->store, &thing->about, true, &ignored) : NULL;
    struct document *document =
        record == NULL ? NULL : store_document(gathering->store, record, &withheld);

    record_free(record);
    return document;
}

static struct bulletin_item item_of(const struct thing *thing, enum bulletin_part part)
{
    const struct header *header = record_header(thing->record);
    struct bulletin_item item = {.part = part,
                                 .id = *record_id(thing->record),
                                 .shown =
                                     thing->has_about ? thing->about : *record_id(thing->record),
                                 .named = header->author.form == AUTHOR_NAMED,
                                 .time_ms = header->time_ms};

    if (item.named)
        item.authority = header->author.feed.authority;
    return item;
}

/* "Somebody asks", in their place; the text itself stands below. */
static const char *deed_of(const struct document *document)
{
    static const struct {
        const char *response, *deed;
    } deeds[] = {{"question", "A question"},      {"challenge", "A challenge"},
                 {"answer", "An answer"},         {"tried", "They tried it"},
                 {"same_here", "The same there"}, {"thanks", "Thanks"}};
    const struct form *form = document_form(document);

    if (form != &response_form)
        return form == &endorsement_form  ? "They vouch for it"
               : form == &discussion_form ? "A team discussed it"
                                          : "A summary cites it";
    for (size_t i = 0; i < sizeof deeds / sizeof *deeds; i++)
        if (bytes_equal(document_text(document, "response"), bytes_of_text(deeds[i].response)))
            return deeds[i].deed;
    return "A response";
}

/* The first of these that it has. */
static struct bytes text_of(const struct document *document)
{
    static const char *const keys[] = {"text",     "what_decided", "assumption_challenged",
                                       "abstract", "what_changed", "context"};

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
        if (form_has(document_form(document), keys[i]) && document_count(document, keys[i]) > 0)
            return document_text(document, keys[i]);
    return (struct bytes){0};
}

/* What became of it, in the words of the vocabularies. */
static char *facts_of(const struct document *document)
{
    static const struct {
        const char *key;
        const struct vocabulary *vocabulary;
    } words[] = {{"uptake", &uptakes},
                 {"situation", &situations},
                 {"outcome", &outcomes},
                 {"decision", &team_decisions},
                 {"stage", &stages}};
    struct buffer facts = {0};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (form_has(document_form(document), words[i].key) &&
            document_count(document, words[i].key) > 0)
            buffer_printf(
                &facts, "%s%s.", facts.size > 0 ? " " : "",
                vocabulary_means(words[i].vocabulary, document_text(document, words[i].key), ""));
    return taken(&facts);
}

static void add_said(struct gathering *gathering, const struct thing *thing,
                     enum bulletin_part part)
{
    struct bulletin_item item = item_of(thing, part);
    struct document *target = target_of(gathering, thing);
    struct bytes title = target == NULL ? (struct bytes){0} : document_title(target);
    struct buffer why = {0}, heading = {0};
    char span[CLOCK_SPAN_SIZE];

    clock_span(span, gathering->now_ms - item.time_ms);
    if (part == PART_WAITING)
        buffer_printf(&why,
                      "It was put to you %s ago, and nobody has answered: candour respond "
                      "%02x%02x%02x%02x --kind answer.",
                      span, item.id.bytes[0], item.id.bytes[1], item.id.bytes[2], item.id.bytes[3]);
    else
        buffer_append_text(&why, "It is said to what you published.");
    item.deed = deed_of(thing->document);
    buffer_printf(&heading, "%s: %.*s", item.deed, (int)title.size, (const char *)title.data);
    item.title = shortened(buffer_view(&heading), TITLE_CHARACTERS);
    item.text = shortened(text_of(thing->document), TEXT_CHARACTERS);
    item.why = taken(&why);
    item.facts = facts_of(thing->document);
    add(gathering, item);
    buffer_release(&heading);
    document_free(target);
}

static bool hear_said(void *context, const struct stored *stored, struct fault *fault)
{
    struct gathering *gathering = context;
    struct thing thing = thing_of(gathering, stored->record);

    (void)fault;
    if (thing.document != NULL && is_of_time(gathering, record_header(stored->record)->time_ms))
        add_said(gathering, &thing, PART_TO_US);
    document_free(thing.document);
    return true;
}

static bool asks(const struct document *document)
{
    struct bytes response = document_text(document, "response");

    return bytes_equal(response, bytes_of_text("question")) ||
           bytes_equal(response, bytes_of_text("challenge"));
}

static bool hear_waiting(void *context, const struct stored *stored, struct fault *fault)
{
    struct gathering *gathering = context;
    struct thing thing = thing_of(gathering, stored->record);
    bool answered = true, done = true;

    if (thing.document != NULL && asks(thing.document))
        done = store_answered(gathering->store, record_id(stored->record), &answered, fault);
    if (done && !answered)
        add_said(gathering, &thing, PART_WAITING);
    document_free(thing.document);
    return done;
}

static bool gather_said(struct gathering *gathering, struct fault *fault)
{
    static const char *const kinds[] = {"response", "endorsement", "discussion", "summary"};
    struct recent recent = {.after = gathering->after,
                            .since_ms = gathering->since_ms,
                            .to = &gathering->self,
                            .standing = true,
                            .most = OTHERS_LOOKED_AT,
                            .most_of_one = LOOKED_AT};
    const struct recent all = {.kind = "response",
                               .to = &gathering->self,
                               .standing = true,
                               .most = WAITING_MOST,
                               .most_of_one = 2 * LOOKED_AT};
    bool done = true;

    for (size_t i = 0; done && i < sizeof kinds / sizeof *kinds; i++) {
        recent.kind = kinds[i];
        done = store_each_recent(gathering->store, &recent, hear_said, gathering, fault);
    }
    return done && store_each_recent(gathering->store, &all, hear_waiting, gathering, fault);
}

/* --- Other kinds --- */

static bool concerns(const struct gathering *gathering, const struct document *document,
                     struct bytes topic)
{
    bool ours = !knows_interest(gathering) || has_topic(gathering, topic);

    for (size_t i = 0; !ours && i < document_count(document, "service_area"); i++) {
        char *code = text_copy(document_item(document, "service_area", i));
        ours = is_ours(gathering, code);
        free(code);
    }
    return ours;
}

static const char *news_of(const struct form *form)
{
    return form == &issue_form    ? "A problem that others may recognise, in your services"
           : form == &update_form ? "How a lesson of your services went on"
           : form == &offer_form  ? "It is offered or looked for, in your services"
           : form == &review_form ? "A review, in your services"
                                  : "What several authorities say, in your services";
}

static bool hear_other(void *context, const struct stored *stored, struct fault *fault)
{
    struct gathering *gathering = context;
    struct thing thing = thing_of(gathering, stored->record);
    struct bulletin_item item = item_of(&thing, PART_OTHER);
    struct document *target = NULL;
    const struct document *matter = thing.document;
    struct buffer why = {0};

    (void)fault;
    if (matter != NULL && document_form(matter) == &update_form)
        matter = target = target_of(gathering, &thing);
    if (matter != NULL && form_has(document_form(matter), "service_area") &&
        !is_self(gathering, item.named, &item.authority) && is_of_time(gathering, item.time_ms) &&
        concerns(gathering, matter, record_header(stored->record)->topic)) {
        item.title = shortened(document_title(matter), TITLE_CHARACTERS);
        item.text = shortened(text_of(thing.document), TEXT_CHARACTERS);
        buffer_printf(&why, "%s.", news_of(document_form(thing.document)));
        item.why = taken(&why);
        item.facts = facts_of(thing.document);
        if (target == NULL)
            item.shown = item.id;
        add(gathering, item);
    }
    document_free(target);
    document_free(thing.document);
    return true;
}

static bool gather_others(struct gathering *gathering, struct fault *fault)
{
    static const char *const kinds[] = {"issue", "update", "offer", "review", "summary"};
    struct recent recent = {.after = gathering->after,
                            .since_ms = gathering->since_ms,
                            .standing = true,
                            .most = OTHERS_LOOKED_AT,
                            .most_of_one = LOOKED_AT};
    bool done = true;

    for (size_t i = 0; done && i < sizeof kinds / sizeof *kinds; i++) {
        recent.kind = kinds[i];
        done = store_each_recent(gathering->store, &recent, hear_other, gathering, fault);
    }
    return done;
}

/* --- Since when --- */

/* One value of the store: up to where each digest has told what came, by what was asked. */
static const char value_name[] = "digests";
#define PROFILES_MOST 200

static json_t *read_places(struct store *store, struct fault *fault)
{
    struct buffer text = {0};
    struct fault absent = {0};
    json_t *places = NULL;

    if (store_get_value(store, value_name, &text, &absent))
        places = json_loadb((const char *)text.data, text.size, 0, NULL);
    buffer_release(&text);
    if (absent.kind != FAULT_NONE && absent.kind != FAULT_ABSENT) {
        *fault = absent;
        return NULL;
    }
    if (json_is_object(places))
        return places;
    json_decref(places);
    return json_object();
}

/* "weekly", and the services that were asked for. */
static void write_profile(const struct call *call, struct buffer *profile)
{
    struct texts asked = {0};

    buffer_append_text(profile, call_has(call, "weekly") ? "weekly" : "monthly");
    call_values(call, "service", &asked);
    for (size_t i = 0; i < asked.count; i++)
        buffer_printf(profile, " %s", asked.list[i]);
    texts_release(&asked);
}

static bool read_since(struct gathering *gathering, struct fault *fault)
{
    const struct call *call = gathering->call;
    bool since = call_has(call, "since");
    struct buffer profile = {0};

    if (call_has(call, "weekly") + call_has(call, "monthly") + since > 1)
        return fault_set(fault, FAULT_INPUT, "give one of --weekly, --monthly and --since");
    if (since) {
        bool good = call_since(call, gathering->now_ms, &gathering->since_ms, fault);
        gathering->told_ms = gathering->since_ms;
        return good;
    }
    json_t *places = read_places(gathering->store, fault);
    if (places == NULL)
        return false;
    write_profile(call, &profile);
    const json_t *told = json_object_get(places, buffer_text(&profile));
    gathering->after = json_integer_value(json_object_get(told, "place"));
    gathering->told_ms = json_integer_value(json_object_get(told, "at"));
    if (told == NULL)
        gathering->told_ms = gathering->since_ms =
            gathering->now_ms - (call_has(call, "weekly") ? 7 : 30) * DAY_MS;
    json_decref(places);
    buffer_release(&profile);
    return true;
}

/* What is told now is not new to the next one. */
static bool note_place(const struct gathering *gathering, struct fault *fault)
{
    struct store *store;
    struct buffer profile = {0};

    if (call_has(gathering->call, "since"))
        return true;
    if ((store = open_store(gathering->call, STORE_WRITE, fault)) == NULL)
        return false;
    json_t *places = read_places(store, fault);
    bool done = places != NULL;
    write_profile(gathering->call, &profile);
    if (done) {
        json_object_set_new(places, buffer_text(&profile),
                            json_pack("{s:I, s:I}", "place", (json_int_t)gathering->place, "at",
                                      (json_int_t)gathering->now_ms));
        if (json_object_size(places) > PROFILES_MOST)
            json_object_del(places, json_object_iter_key(json_object_iter(places)));
        char *text = json_dumps(places, JSON_COMPACT);
        done = store_put_value(store, value_name, bytes_of_text(text), fault);
        free(text);
    }
    json_decref(places);
    buffer_release(&profile);
    store_close(store);
    return done;
}

/* --- Writing --- */

enum format { FORMAT_TEXT, FORMAT_HTML, FORMAT_MESSAGE, FORMAT_ATOM };

static bool read_format(const struct call *call, enum format *format, struct fault *fault)
{
    static const char *const names[] = {"text", "html", "message", "atom"};
    const char *given = call_value(call, "format");
    const char *from = call_value(call, "from"), *to = call_value(call, "to");

    *format = FORMAT_TEXT;
    for (size_t i = 0; given != NULL && i < sizeof names / sizeof *names; i++)
        if (strcmp(given, names[i]) == 0)
            *format = (enum format)i;
    if (given != NULL && strcmp(given, names[*format]) != 0)
        return fault_set(fault, FAULT_INPUT, "--format %s: is none of text, html, message, atom",
                         given);
    if (*format != FORMAT_MESSAGE)
        return true;
    if (from == NULL || to == NULL)
        return fault_set(fault, FAULT_INPUT,
                         "--format message: say with --from and --to who sends it to whom");
    return mail_address_is_good("from", from, fault) && mail_address_is_good("to", to, fault);
}

static void write_message(const struct gathering *gathering, const struct bulletin_head *head,
                          struct buffer *page)
{
    struct buffer text = {0}, html = {0};
    char id[60], author[17], subject[60], today[CLOCK_DATE_SIZE];

    clock_date(today, head->now_ms);
    hex_of(author, head->self.bytes, 8);
    snprintf(id, sizeof id, "digest.%lld.%s", (long long)head->now_ms, author);
    snprintf(subject, sizeof subject, "What others learned: %zu item%s, %s",
             gathering->bulletin.count, gathering->bulletin.count == 1 ? "" : "s", today);
    bulletin_text(&gathering->bulletin, head, &text);
    bulletin_html(&gathering->bulletin, head, &html);
    const struct letter letter = {.from = call_value(gathering->call, "from"),
                                  .to = call_value(gathering->call, "to"),
                                  .subject = subject,
                                  .id = id,
                                  .time_ms = head->now_ms,
                                  .text = buffer_view(&text),
                                  .html = buffer_view(&html)};
    mail_write(&letter, page);
    buffer_release(&text);
    buffer_release(&html);
}

static const char *part_code(enum bulletin_part part)
{
    static const char *const codes[PARTS] = {"to_us",  "waiting", "failed", "worked",
                                             "search", "other",   "outside"};

    return codes[part];
}

static json_t *items_array(const struct bulletin *bulletin)
{
    json_t *list = json_array();

    for (size_t i = 0; i < bulletin->count; i++) {
        const struct bulletin_item *item = &bulletin->items[i];
        json_array_append_new(
            list, json_pack("{s:o, s:o, s:I, s:s, s:s, s:s, s:s, s:s, s:o, s:o}", "id",
                            json_id(&item->id), "show", json_id(&item->shown), "said",
                            (json_int_t)item->said, "part", part_code(item->part), "why", item->why,
                            "title", item->title, "text", item->text, "facts", item->facts,
                            "authority", item->named ? json_string(item->author) : json_null(),
                            "published", json_stamp(item->time_ms)));
    }
    return list;
}

static bool print_page(struct gathering *gathering, const struct bulletin_head *head,
                       enum format format, struct fault *fault)
{
    struct buffer page = {0};

    gathering->call->status = gathering->bulletin.count == 0;
    if (call_json(gathering->call,
                  json_pack("{s:s, s:s, s:I, s:o, s:o}", "of", head->of, "since", head->since,
                            "candidates", (json_int_t)head->candidates, "note",
                            json_sentence(head->note), "items", items_array(&gathering->bulletin))))
        return true;
    if (gathering->bulletin.count == 0) {
        if (format == FORMAT_TEXT)
            call_say(gathering->call, "Nothing is new since %s.", head->since);
        return true;
    }
    switch (format) {
    case FORMAT_TEXT:
        bulletin_text(&gathering->bulletin, head, &page);
        break;
    case FORMAT_HTML:
        bulletin_html(&gathering->bulletin, head, &page);
        break;
    case FORMAT_MESSAGE:
        write_message(gathering, head, &page);
        break;
    case FORMAT_ATOM:
        bulletin_atom(&gathering->bulletin, head, &page);
        break;
    }
    bool done = fwrite(page.data, 1, page.size, stdout) == page.size && fflush(stdout) == 0;
    buffer_release(&page);
    return done || fault_set(fault, FAULT_SELF, "the page cannot be written: %s", strerror(errno));
}

static bool gather(struct gathering *gathering, struct fault *fault)
{
    return store_place(gathering->store, &gathering->place, fault) &&
           read_since(gathering, fault) && gather_said(gathering, fault) &&
           gather_lessons(gathering, fault) && gather_searches(gathering, fault) &&
           gather_others(gathering, fault) && gather_outside(gathering, fault);
}

static void write_note(struct gathering *gathering, uint64_t behind)
{
    const char *gap = gathering->note.size > 0 ? " " : "";

    if (!knows_interest(gathering)) {
        buffer_printf(&gathering->note,
                      "%sWhich services are yours is not known, so nothing can be from outside "
                      "them: name them under authority.functions in candour.conf, or with "
                      "--service.",
                      gap);
        gap = " ";
    }
    if (behind > 0)
        buffer_printf(&gathering->note,
                      "%sRecords that are not searchable yet, and may be new next time: %llu.", gap,
                      (unsigned long long)behind);
}

/* The same thing may be new in several ways. */
static size_t count_candidates(const struct bulletin *bulletin)
{
    size_t count = 0;

    for (size_t i = 0; i < bulletin->count; i++) {
        bool first = true;
        for (size_t k = 0; first && k < i; k++)
            first = !digest_equal(&bulletin->items[k].id, &bulletin->items[i].id);
        count += first;
    }
    return count;
}

bool run_digest(struct call *call, struct fault *fault)
{
    struct gathering *gathering = memory_new(1, sizeof *gathering);
    struct bulletin_head head = {0};
    uint64_t limit, behind = 0;
    enum format format;
    char since[CLOCK_DATE_SIZE];

    gathering->call = call;
    gathering->self = self_of(call);
    gathering->now_ms = clock_now_ms();
    bool done = read_format(call, &format, fault) &&
                call_number(call, "limit", ITEMS_MOST, 7, &limit, fault) &&
                config_read(&call->home, &gathering->config, fault) &&
                (gathering->store = open_store(call, STORE_READ, fault)) != NULL &&
                (gathering->charter = store_charter(gathering->store, fault)) != NULL &&
                read_interest(gathering, fault) &&
                count_not_searchable(gathering->store, &behind, fault) && gather(gathering, fault);
    if (done) {
        bulletin_join(&gathering->bulletin);
        head.candidates = count_candidates(&gathering->bulletin);
        bulletin_choose(&gathering->bulletin, limit == 0 ? 1 : (size_t)limit);
        write_note(gathering, behind);
        clock_date(since, gathering->told_ms);
        head.of = authority_name(gathering->charter, &gathering->self);
        head.self = gathering->self;
        head.since = since;
        head.note = gathering->note.size > 0 ? buffer_text(&gathering->note) : NULL;
        head.now_ms = gathering->now_ms;
        done = print_page(gathering, &head, format, fault) && note_place(gathering, fault);
    }
    bulletin_release(&gathering->bulletin);
    buffer_release(&gathering->note);
    texts_release(&gathering->topics);
    config_release(&gathering->config);
    charter_free(gathering->charter);
    store_close(gathering->store);
    free(gathering);
    return done;
}
