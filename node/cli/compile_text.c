#include "node/cli/compile.h"
#include "node/clock.h"
#include "protocol/vocabulary.h"

#include <string.h>

/* What was compiled as a summary that a person goes on with. Each statement cites what it rests on;
 * one for which there is no room is left out whole. */

#define CITED_OF_STATEMENT 3
#define CITED_CHALLENGES 8
#define TOO_FEW_BYTES 400 /* What is said at the end takes less. */
#define ID_DIGITS 12      /* As shown, here as elsewhere. */
#define ID_RUN 6
#define ID_LEAST 6

/* So that no part of it takes the room of the others. */
enum part {
    PART_THEMES,
    PART_SPREADING,
    PART_RESOLVED,
    PART_ADDRESSED,
    PART_SILENT,
    PART_CHALLENGES,
    PARTS
};
static const size_t part_most[PARTS] = {8, 4, 4, 5, 12, 1};

struct drafting {
    struct store *store;
    const struct compiled_brief *brief;
    const struct compiled *compiled;
    struct document *document;
    struct buffer seen, barriers; /* What we see; barriers explained. */
    struct buffer line;           /* Of the statement that is being made. */
    size_t counts[PARTS];
    size_t left_out;
    struct fault *fault;
    bool failed;
};

/* --- Citing --- */

static bool is_cited(const struct document *document, const char *hex)
{
    for (size_t i = 0; i < document_count(document, "cites"); i++)
        if (bytes_equal(document_item(document, "cites", i), bytes_of_text(hex)))
            return true;
    return false;
}

static uint32_t most_of(const char *key, bool items)
{
    size_t i = 0;

    while (strcmp(summary_form.fields[i].key, key) != 0)
        i++;
    return items ? summary_form.fields[i].most_items : summary_form.fields[i].most_bytes;
}

/* So much of an id as is shown: 12 digits, but less where six in a row are of 0 to 9, as they would
 * be taken for a number of somebody; and never less than six, which candour show needs. */
static int shown_digits(const char *hex)
{
    int run = 0, size = 0;

    while (size < ID_DIGITS && run < ID_RUN) {
        run = hex[size] <= '9' ? run + 1 : 0;
        size += run < ID_RUN;
    }
    return size < ID_LEAST ? ID_LEAST : size;
}

/* Put the first of them behind the line, and into what is cited. False: no room. */
static bool cite(struct drafting *drafting, const struct compile_fact *const *facts, size_t count,
                 size_t most)
{
    char hex[2 * DIGEST_SIZE + 1];

    most = count < most ? count : most;
    if (document_count(drafting->document, "cites") + most > most_of("cites", true))
        return false;
    for (size_t i = 0; i < most; i++) {
        hex_of(hex, facts[i]->id.bytes, DIGEST_SIZE);
        buffer_printf(&drafting->line, "%s%.*s", i == 0 ? " (" : ", ", shown_digits(hex), hex);
        if (!is_cited(drafting->document, hex))
            document_add(drafting->document, "cites", bytes_of_text(hex), (struct place){0});
    }
    if (count > most)
        buffer_printf(&drafting->line, " and %zu more", count - most);
    buffer_append_text(&drafting->line, ")");
    return true;
}

/* The line becomes a statement, below its part's heading where it is the first there. */
static void state(struct drafting *drafting, enum part part, const char *heading, bool cited)
{
    struct buffer *text = part == PART_ADDRESSED ? &drafting->barriers : &drafting->seen;
    const char *key = part == PART_ADDRESSED ? "barrier_text" : "what_we_see";
    size_t more = strlen(heading) + drafting->line.size + 8;

    if (!cited || text->size + more + TOO_FEW_BYTES > most_of(key, false)) {
        drafting->left_out++;
    } else {
        if (drafting->counts[part]++ == 0)
            buffer_printf(text, "%s%s\n", text->size == 0 ? "" : "\n", heading);
        buffer_printf(text, "- %s\n", buffer_text(&drafting->line));
    }
    buffer_clear(&drafting->line);
}

static bool has_room(struct drafting *drafting, enum part part)
{
    bool room = drafting->counts[part] < part_most[part];

    drafting->left_out += !room;
    return room;
}

/* --- Numbers --- */

static void write_bounds(struct buffer *text, size_t least, size_t most)
{
    char words[BOUNDS_TEXT];

    buffer_append_text(text, bounds_in_words(words, least, most));
}

/* A part of those that were counted: "some" where that is fewer than may be told. */
static void write_some(struct buffer *text, size_t least, size_t most)
{
    if (least < COMPILE_LEAST)
        buffer_append_text(text, "some");
    else
        write_bounds(text, least, most);
}

static void write_of(struct buffer *text, const struct compiled_count *count)
{
    write_bounds(text, count->least, count->most);
    buffer_printf(text, " of %zu", count->could);
}

/* --- Themes and barriers --- */

static void write_theme(struct buffer *line, const struct compiled_theme *theme)
{
    const struct vocabulary *words =
        theme->kind == THEME_FACTOR ? &contributing_factors : &barriers;

    if (theme->kind == THEME_TOPIC)
        buffer_printf(line, "The topic %.*s: ", (int)theme->topic.size,
                      (const char *)theme->topic.data);
    else if (theme->kind == THEME_ADDRESSED)
        buffer_printf(line, "%s: ", barrier_addressees.words[theme->of].means);
    else
        buffer_printf(line, "%s, %s: ", service_areas.words[theme->of].means,
                      theme->kind == THEME_FACTOR ? "a factor" : "a barrier");
    if (theme->kind != THEME_TOPIC)
        buffer_printf(line, "\"%s\", ", words->words[theme->word].means);
    write_of(line, &theme->count);
}

static void state_themes(struct drafting *drafting, const struct compiled_themes *themes,
                         enum part part, const char *heading)
{
    for (size_t i = 0; i < themes->count; i++) {
        const struct compiled_theme *theme = &themes->list[i];
        if (!has_room(drafting, part))
            continue;
        write_theme(&drafting->line, theme);
        bool cited =
            cite(drafting, theme->count.facts, theme->count.fact_count, CITED_OF_STATEMENT);
        state(drafting, part, heading, cited);
    }
}

/* --- Matters --- */

/* Its title, as it may be shown. */
static void write_title(struct drafting *drafting, const struct digest *id)
{
    struct withheld ignored;
    struct record *record = store_find(drafting->store, id, true, drafting->fault);
    struct document *document =
        record == NULL ? NULL : store_document(drafting->store, record, &ignored);

    drafting->failed = drafting->failed || record == NULL;
    if (document != NULL) {
        struct bytes title = document_title(document);
        buffer_printf(&drafting->line, "\"%.*s\": ", (int)title.size, (const char *)title.data);
    }
    document_free(document);
    record_free(record);
}

static void state_spreading(struct drafting *drafting, const struct compiled_matter *matter)
{
    if (!has_room(drafting, PART_SPREADING))
        return;
    write_title(drafting, &matter->record->id);
    write_of(&drafting->line, &matter->reported);
    buffer_append_text(&drafting->line, ", of whom ");
    write_some(&drafting->line, matter->joined_least, matter->joined_most);
    buffer_append_text(&drafting->line, " came to it in this time");
    const struct compile_fact *record = matter->record;
    bool cited = cite(drafting, &record, 1, 1);
    state(drafting, PART_SPREADING, "Reported by more than before:", cited);
}

static void write_tried(struct buffer *line, const struct compiled_matter *matter)
{
    const struct {
        const struct compiled_count *count;
        const char *what;
    } parts[] = {{&matter->worked, "it worked, at least in part, at"},
                 {&matter->did_not_work, "it did not at"},
                 {&matter->no_finding, "it is too early to say at"}};
    const char *before = ": ";

    buffer_append_text(line, "tried by ");
    write_bounds(line, matter->tried.least, matter->tried.most);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        if (parts[i].count->most == 0)
            continue;
        buffer_printf(line, "%s%s ", before, parts[i].what);
        write_some(line, parts[i].count->least, parts[i].count->most);
        before = ", ";
    }
}

static void state_resolved(struct drafting *drafting, const struct compiled_matter *matter)
{
    bool fixed = matter->fixed.least >= COMPILE_LEAST, tried = matter->tried.least >= COMPILE_LEAST;

    if (!has_room(drafting, PART_RESOLVED))
        return;
    write_title(drafting, &matter->record->id);
    if (fixed) {
        buffer_append_text(&drafting->line, "put right by ");
        write_bounds(&drafting->line, matter->fixed.least, matter->fixed.most);
    }
    buffer_append_text(&drafting->line, fixed && tried ? ", " : "");
    if (tried)
        write_tried(&drafting->line, matter);
    const struct compile_fact *record = matter->record;
    bool cited = cite(drafting, &record, 1, 1);
    state(drafting, PART_RESOLVED, "Put right, or tried:", cited);
}

static void state_matters(struct drafting *drafting)
{
    const struct compiled_matter *list = drafting->compiled->matters.list;
    size_t count = drafting->compiled->matters.count;

    for (size_t i = 0; i < count; i++)
        if (list[i].spreading)
            state_spreading(drafting, &list[i]);
    for (size_t i = 0; i < count; i++)
        if (list[i].resolved)
            state_resolved(drafting, &list[i]);
}

/* --- What is missing --- */

static void state_challenges(struct drafting *drafting)
{
    const struct compiled *compiled = drafting->compiled;
    char date[CLOCK_DATE_SIZE];

    if (compiled->challenge_count == 0)
        return;
    clock_date(date, compiled->challenges[0]->time_ms);
    buffer_printf(&drafting->line, "Challenges without an answer: %zu, the oldest of %s",
                  compiled->challenge_count, date);
    bool cited = cite(drafting, compiled->challenges, compiled->challenge_count, CITED_CHALLENGES);
    state(drafting, PART_CHALLENGES, "Open:", cited);
}

static void write_silence(struct buffer *line, const struct compiled_silence *silence)
{
    if (silence->service != COMPILE_ANY)
        buffer_printf(line, "%s: none of the %zu that run it",
                      service_areas.words[silence->service].means, silence->members);
    else
        buffer_printf(line, "Of anything: none of the %zu", silence->members);
    if (silence->type != COMPILE_ANY)
        buffer_printf(line, "%s of the type \"%s\"",
                      silence->service != COMPILE_ANY ? " and are" : "",
                      authority_types.words[silence->type].means);
    if (silence->unnamed)
        buffer_append_text(line, ", by name; what was said without a name may be theirs");
}

static void state_silences(struct drafting *drafting)
{
    for (size_t i = 0; i < drafting->compiled->silent.count; i++) {
        if (!has_room(drafting, PART_SILENT))
            continue;
        write_silence(&drafting->line, &drafting->compiled->silent.list[i]);
        state(drafting, PART_SILENT,
              "Nothing is heard, which does not say that nothing is there:", true);
    }
}

static void state_too_few(struct drafting *drafting)
{
    const struct compiled *compiled = drafting->compiled;

    buffer_printf(&drafting->seen,
                  "\nToo few to say, as it is fewer than %d: themes, %zu; what may be spreading, "
                  "%zu; what was put right or tried, %zu; barriers, %zu; silences, %zu.\n",
                  COMPILE_LEAST, compiled->themes.too_few, compiled->matters.too_few_spreading,
                  compiled->matters.too_few_resolved, compiled->addressed.too_few,
                  compiled->silent.too_few);
}

/* --- The document --- */

static void add(struct document *document, const char *key, const char *text)
{
    document_add(document, key, bytes_of_text(text), (struct place){0});
}

/* The region's name would be taken for a person's or a place's: the hub's own name stands by it. */
static void add_title(struct drafting *drafting)
{
    const struct word *service =
        vocabulary_find(&service_areas, document_text(drafting->document, "service_area"));
    struct buffer title = {0};

    if (service == NULL)
        buffer_append_text(&title, "What several members report");
    else
        buffer_printf(&title, "%s: what several members report", service->means);
    add(drafting->document, "title", buffer_text(&title));
    buffer_release(&title);
}

static void add_service(struct drafting *drafting, size_t service)
{
    struct bytes code = bytes_of_text(service_areas.words[service].code);
    size_t count = document_count(drafting->document, "service_area");

    for (size_t i = 0; i < count; i++)
        if (bytes_equal(document_item(drafting->document, "service_area", i), code))
            return;
    if (count < most_of("service_area", true))
        document_add(drafting->document, "service_area", code, (struct place){0});
}

/* Those of the themes that most report, then of the matters, then those that are silent. */
static void add_services(struct drafting *drafting)
{
    const struct compiled *compiled = drafting->compiled;

    for (size_t i = 0; i < compiled->themes.count; i++)
        if (compiled->themes.list[i].kind <= THEME_BARRIER)
            add_service(drafting, compiled->themes.list[i].of);
    for (size_t i = 0; i < compiled->matters.count; i++)
        for (size_t k = 0; k < service_areas.count; k++)
            if ((compiled->matters.list[i].record->services >> k & 1) != 0)
                add_service(drafting, k);
    for (size_t i = 0; i < compiled->silent.count; i++)
        if (compiled->silent.list[i].service != COMPILE_ANY)
            add_service(drafting, compiled->silent.list[i].service);
}

static void add_barriers(struct drafting *drafting)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < drafting->compiled->addressed.count; i++)
        bits |= UINT64_C(1) << drafting->compiled->addressed.list[i].word;
    for (size_t i = 0; i < barriers.count; i++)
        if ((bits >> i & 1) != 0)
            add(drafting->document, "barrier", barriers.words[i].code);
}

static void add_dates(struct drafting *drafting)
{
    char date[CLOCK_DATE_SIZE];

    if (drafting->brief->request.since_ms > 0) {
        clock_date(date, drafting->brief->request.since_ms);
        add(drafting->document, "since", date);
    }
    clock_date(date, drafting->brief->until_ms);
    add(drafting->document, "until", date);
}

static void add_abstract(struct drafting *drafting)
{
    const struct compiled *compiled = drafting->compiled;
    size_t spreading = 0, resolved = 0;
    struct buffer text = {0};

    for (size_t i = 0; i < compiled->matters.count; i++) {
        spreading += compiled->matters.list[i].spreading;
        resolved += compiled->matters.list[i].resolved;
    }
    buffer_printf(
        &text,
        "Of %zu members: themes that at least %d of them report, %zu; matters that are "
        "spreading, %zu; that were put right or tried, %zu; challenges without an answer, "
        "%zu. Authorities are counted, not records, by the codes of their own records. Where some "
        "are not named the number lies between two.",
        drafting->brief->compiling->input.member_count, COMPILE_LEAST, compiled->themes.count,
        spreading, resolved, compiled->challenge_count);
    add(drafting->document, "abstract", buffer_text(&text));
    buffer_release(&text);
}

static void write_document(struct drafting *drafting)
{
    add_services(drafting);
    add_title(drafting);
    add_barriers(drafting);
    add_dates(drafting);
    add_abstract(drafting);
    state_themes(drafting, &drafting->compiled->themes, PART_THEMES, "Shared by several:");
    state_matters(drafting);
    state_themes(drafting, &drafting->compiled->addressed, PART_ADDRESSED,
                 "What stands in the way, by who could remove it:");
    state_challenges(drafting);
    state_silences(drafting);
    state_too_few(drafting);
    document_add(drafting->document, "what_we_see", buffer_view(&drafting->seen),
                 (struct place){0});
    document_add(drafting->document, "barrier_text", buffer_view(&drafting->barriers),
                 (struct place){0});
}

struct document *compile_draft(struct store *store, const struct compiled_brief *brief,
                               size_t *left_out, struct fault *fault)
{
    struct drafting drafting = {.store = store,
                                .brief = brief,
                                .compiled = brief->compiling->compiled,
                                .document = document_new(&summary_form),
                                .fault = fault};

    write_document(&drafting);
    *left_out = drafting.left_out;
    buffer_release(&drafting.seen);
    buffer_release(&drafting.barriers);
    buffer_release(&drafting.line);
    if (!drafting.failed)
        return drafting.document;
    document_free(drafting.document);
    return NULL;
}
