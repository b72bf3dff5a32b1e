#include "node/cli/compile.h"
#include "protocol/vocabulary.h"
#include "tests/node/room.h"
#include "tests/support/chance.h"
#include "tests/support/council.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A region of 60 authorities, ten others, a hub, one that left and one that was dissolved, and some
 * hundred records of theirs by lot. What is compiled is held against what a slow count finds, that
 * asks of each authority and each record by itself. */

#define NORTH 60
#define SPEAKERS 48 /* The others of the North never speak. */
#define SOUTH_END 70
#define HUB 70
#define LEFT 71
#define DISSOLVED 72 /* Another one took its place. */
#define HEIR 5
#define ALL 73
#define UNNAMED ALL
#define SEEDS_MAX 1000
#define SINCE_MS INT64_C(1780272000000) /* 1 June 2026 */
#define DAY_MS INT64_C(86400000)

static struct store *store;
static struct charter *charter;
static struct council councils[ALL];
static struct compiling compiled_now;
static unsigned unnamed;

/* What was published, as it was meant. */
enum said { LESSON, ISSUE, SAME, TRIED, CHALLENGE, ANSWER, LABEL };
#define NONE SIZE_MAX
static struct seed {
    struct digest id;
    enum said word;
    const char *what; /* A situation, an uptake or an outcome. */
    size_t who;       /* UNNAMED, or of the councils. */
    int64_t time_ms;
    uint64_t services, factors, barriers;
    size_t addressee;
    const char *topic;
    size_t about;
    size_t same; /* Of an issue or a label: the one that says the same; NONE. */
    bool gone, answered;
} seeds[SEEDS_MAX];
static size_t seed_count;

static const char *const some_services[] = {"home_care", "send", "carers", "housing_homelessness"};
static const char *const some_factors[] = {"staffing", "budget", "timing"};
static const char *const some_barriers[] = {"law", "procurement"};
static const char *const some_addressees[] = {"none", "central_department", "regulator"};
static const char *const some_topics[] = {"", "care/start", "care/late"};

/* --- The charter --- */

static const char *type_of(size_t who)
{
    return who >= SPEAKERS && who < NORTH ? "district" : who % 3 == 0 ? "county" : "unitary";
}

static void add_function(struct card *card, bool runs, const char *service)
{
    if (runs)
        snprintf(card->functions[card->function_count++], sizeof card->functions[0], "%s", service);
}

static bool runs(size_t who, const char *service)
{
    return (strcmp(service, "home_care") == 0 && who % 2 == 0) ||
           (strcmp(service, "send") == 0 && who % 4 == 0) ||
           (strcmp(service, "planning") == 0 && who >= 30 && who < 44) ||
           (strcmp(service, "highways_transport") == 0 && who >= 50 && who < 56) ||
           (strcmp(service, "waste_recycling") == 0 && who < 3);
}

static struct digest lot(size_t who, const char *what)
{
    char text[40];
    int size = snprintf(text, sizeof text, "%zu %s", who, what);

    return digest_of("candour tests: sixty", text, (size_t)size);
}

static struct signing_key *key_of(size_t who, const char *what)
{
    return signing_key_from_seed(lot(who, what).bytes);
}

static struct card *card_of(size_t who)
{
    struct card *card = memory_new(1, sizeof *card);
    struct signing_key *next = key_of(who, "next"), *steward = key_of(who, "steward");
    static const char *const services[] = {"home_care", "send", "planning", "highways_transport",
                                           "waste_recycling"};

    snprintf(card->name, sizeof card->name, "Council %zu", who);
    snprintf(card->type, sizeof card->type, "%s", type_of(who));
    snprintf(card->nation, sizeof card->nation, "England");
    snprintf(card->region, sizeof card->region,
             who < NORTH || who == LEFT || who == DISSOLVED ? "North" : "South");
    for (size_t i = 0; i < 5; i++)
        add_function(card, runs(who, services[i]), services[i]);
    card->role = who == HUB ? ROLE_HUB : ROLE_AUTHORITY;
    card->has_steward_key = who < 3;
    if (card->has_steward_key)
        card->steward_key = *signing_key_public(steward);
    struct digest transport = lot(who, "transport"), box = lot(who, "box");
    memcpy(card->transport.bytes, transport.bytes, sizeof card->transport.bytes);
    memcpy(card->box.bytes, box.bytes, sizeof card->box.bytes);
    card->feed_count = 1;
    card->feeds[0].number = 1;
    card->feeds[0].key = *signing_key_public(councils[who].key);
    card->feeds[0].next = next_key_hash(signing_key_public(next));
    card->issued_ms = SINCE_MS;
    cr_done(card_sign(card, councils[who].key, &fault));
    signing_key_free(next);
    signing_key_free(steward);
    return card;
}

static void sign_and_add(struct buffer *bundle)
{
    struct head head;
    bool changed;

    for (size_t i = 0; i < 2; i++) {
        struct signing_key *steward = key_of(i, "steward");
        cr_done(charter_sign(bundle, steward, NULL, 0, &head, &fault));
        signing_key_free(steward);
    }
    if (charter == NULL)
        charter = charter_new(NULL);
    cr_done(charter_add(charter, buffer_view(bundle), &changed, &fault));
    buffer_release(bundle);
}

static void found_charter(void)
{
    struct card *cards[ALL];
    struct buffer bundle = {0};

    for (size_t i = 0; i < ALL; i++) {
        cards[i] = card_of(i);
        councils[i].feed.authority = cards[i]->authority;
    }
    cr_done(charter_found("North", 2, true, (const struct card *const *)cards, ALL, SINCE_MS,
                          &bundle, &fault));
    sign_and_add(&bundle);
    struct amendment amendments[2] = {
        {.what = AMEND_REMOVE, .authority = cards[LEFT]->authority, .cut_count = 1},
        {.what = AMEND_DISSOLVE,
         .authority = cards[DISSOLVED]->authority,
         .succeeded_by = cards[HEIR]->authority,
         .cut_count = 1}};
    amendments[0].cuts[0].feed = amendments[1].cuts[0].feed = 1;
    cr_done(charter_propose(charter, amendments, 2, 2, SINCE_MS + DAY_MS, &bundle, &fault));
    sign_and_add(&bundle);
    for (size_t i = 0; i < ALL; i++)
        card_free(cards[i]);
}

static void begin(void)
{
    struct buffer bundle = {0};
    char name[20];

    room_open();
    for (size_t i = 0; i < ALL; i++) {
        snprintf(name, sizeof name, "council %zu", i);
        councils[i] = council_new(name);
    }
    found_charter();
    store = store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault);
    cr_assert(store != NULL, "%s", fault.text);
    cr_done(store_set_network(store, charter_network(charter), &fault));
    charter_write(charter, &bundle);
    cr_done(store_keep_charter(store, buffer_view(&bundle), SINCE_MS, &fault));
    buffer_release(&bundle);
    for (size_t i = 0; i < ALL; i++)
        councils[i].network = *charter_network(charter);
    seed_count = unnamed = 0;
}

static void end(void)
{
    compiling_release(&compiled_now);
    store_close(store);
    charter_free(charter);
    charter = NULL;
    for (size_t i = 0; i < ALL; i++)
        council_release(&councils[i]);
    room_close();
}

TestSuite(compiling, .init = begin, .fini = end);

/* --- Records by lot --- */

static struct record *without_name(const struct record *text, int64_t time_ms)
{
    const struct header *of = record_header(text);
    struct header header = {.network = of->network,
                            .kind = of->kind,
                            .topic = of->topic,
                            .author = {.form = AUTHOR_OWNER, .n = ++unnamed},
                            .time_ms = time_ms,
                            .reference_count = of->reference_count};
    struct salt salt = {{(uint8_t)unnamed, (uint8_t)(unnamed >> 8)}};

    memcpy(header.references, of->references, sizeof header.references);
    return record_sign(&header, &salt, record_content(text), councils[0].key);
}

/* Published by this author at that time; taken back where `gone`. */
static void publish(struct seed seed, const char *file)
{
    struct council *council = &councils[seed.who == UNNAMED ? 0 : seed.who];
    struct council before = *council;

    council->time_ms = seed.time_ms - 60000;
    struct record *record = council_publish(council, file);
    if (seed.who == UNNAMED) {
        struct record *named = record;
        record = without_name(named, seed.time_ms);
        *council = before;
        record_free(named);
    }
    const struct header *header = record_header(record);
    struct entry entry = {.seq = (uint64_t)header->time_ms, .id = *record_id(record)};
    if (seed.who != UNNAMED) {
        entry.feed = header->author.feed;
        entry.seq = header->author.seq;
    }
    cr_done(store_keep(store, record, true, NULL, &fault));
    if (seed.gone)
        cr_done(store_set_text(store, &entry, TEXT_ERASED, &fault));
    seed.id = *record_id(record);
    seeds[seed_count++] = seed;
    record_free(record);
}

static size_t some_author(void)
{
    size_t lot_of = chance(20);

    if (lot_of < 2)
        return UNNAMED;
    if (lot_of < 4)
        return NORTH + chance(ALL - NORTH);
    return chance(SPEAKERS);
}

static int64_t some_time(void)
{
    return SINCE_MS + ((int64_t)chance(200) - 100) * DAY_MS;
}

static uint64_t choose(const struct vocabulary *vocabulary, const char *const *codes, size_t count,
                       const char *name, size_t least, struct buffer *file)
{
    uint64_t bits = 0;
    size_t first = chance(count), taken = 0;

    for (size_t i = 0; i < count; i++) {
        const char *code = codes[(first + i) % count];
        if (taken >= least && chance(2) == 0)
            continue;
        if (taken < 3)
            buffer_printf(file, "%s%s", taken == 0 ? name : ", ", code);
        if (taken++ < 3)
            bits |= compile_bit(vocabulary, bytes_of_text(code));
    }
    buffer_append_text(file, taken > 0 ? "\n" : "");
    return bits;
}

static void publish_record(enum said word)
{
    struct seed seed = {.word = word, .who = some_author(), .time_ms = some_time(), .same = NONE};
    struct buffer file = {0};
    char hex[2 * DIGEST_SIZE + 1];

    seed.gone = chance(12) == 0;
    buffer_append_text(&file, word == ISSUE ? "Kind: issue\nTitle: It is late\n"
                                            : "Title: We rang\nOutcome: worked\nStage: midway\n"
                                              "Evidence: opinion\nSource: project\n");
    seed.services = choose(&service_areas, some_services, 4, "Service: ", 1, &file);
    seed.factors = choose(&contributing_factors, some_factors, 3, "Factors: ", 0, &file);
    seed.barriers = choose(&barriers, some_barriers, 2, "Barriers: ", 0, &file);
    seed.addressee = chance(3);
    if (seed.addressee > 0)
        buffer_printf(&file, "Barrier addressed to: %s\n", some_addressees[seed.addressee]);
    seed.topic = some_topics[chance(3)];
    if (seed.topic[0] != '\0')
        buffer_printf(&file, "Topic: %s\n", seed.topic);
    if (word == ISSUE && seed_count > 0 && chance(4) == 0) {
        seed.same = chance(seed_count / 3 + 1) * 3; /* Each third is an issue. */
        seed.same = seed.same < seed_count ? seed.same : 0;
        hex_of(hex, seeds[seed.same].id.bytes, DIGEST_SIZE);
        buffer_printf(&file, "Same as: %s\n", hex);
    }
    buffer_append_text(&file, "\n## Abstract\nIt is so.\n");
    if (word == LESSON)
        buffer_append_text(&file, "\n## What we did\nWe rang.\n\n## Recommendation\nRing.\n");
    publish(seed, buffer_text(&file));
    buffer_release(&file);
}

static void publish_response(enum said word, size_t about, size_t who)
{
    static const char *const same_words[] = {"have", "have", "had_and_fixed", "do_not_have"};
    static const char *const tried_words[] = {"worked", "partly_worked", "no_effect", "too_early"};
    struct seed seed = {.word = word, .who = who, .time_ms = some_time(), .about = about};
    struct buffer file = {0};
    char hex[2 * DIGEST_SIZE + 1];

    seed.gone = chance(12) == 0;
    hex_of(hex, seeds[about].id.bytes, DIGEST_SIZE);
    buffer_printf(&file, "Kind: response\nAbout: %s\n", hex);
    if (word == SAME) {
        seed.what = same_words[chance(4)];
        buffer_printf(&file, "Response: same_here\nSituation: %s\n", seed.what);
    } else if (word == TRIED) {
        seed.what = chance(6) == 0 ? "rejected" : tried_words[chance(4)];
        bool rejected = strcmp(seed.what, "rejected") == 0;
        buffer_printf(&file, "Response: tried\nUptake: %s\nOutcome: %s\n",
                      rejected ? "rejected" : "adapted", rejected ? "worked" : seed.what);
    } else {
        buffer_append_text(&file, "Response: challenge\n");
    }
    buffer_append_text(&file, "\n## In our words\nIt is so.\n");
    publish(seed, buffer_text(&file));
    buffer_release(&file);
}

static void publish_answer(size_t challenge)
{
    struct seed seed = {.word = ANSWER, .who = 0, .time_ms = some_time(), .about = challenge};
    struct buffer file = {0};
    char about[2 * DIGEST_SIZE + 1], asked[2 * DIGEST_SIZE + 1];

    hex_of(about, seeds[seeds[challenge].about].id.bytes, DIGEST_SIZE);
    hex_of(asked, seeds[challenge].id.bytes, DIGEST_SIZE);
    buffer_printf(&file,
                  "Kind: response\nAbout: %s\nResponse: answer\nAnswers: %s\n\n"
                  "## In our words\nIt is so.\n",
                  about, asked);
    publish(seed, buffer_text(&file));
    seeds[challenge].answered = true;
    buffer_release(&file);
}

/* Labels of the first council are honoured, those of the second are not. */
static void publish_label(size_t who, size_t about, size_t same)
{
    struct seed seed = {
        .word = LABEL, .who = who, .time_ms = some_time(), .about = about, .same = same};
    struct buffer file = {0};
    char one[2 * DIGEST_SIZE + 1], other[2 * DIGEST_SIZE + 1];

    hex_of(one, seeds[about].id.bytes, DIGEST_SIZE);
    hex_of(other, seeds[same].id.bytes, DIGEST_SIZE);
    buffer_printf(&file, "Kind: label\nAbout: %s\nLabel: same_as\nSame as: %s\nExpires: 2099-12\n",
                  one, other);
    publish(seed, buffer_text(&file));
    buffer_release(&file);
}

/* Most speak of a few of them, as it is with people. */
static size_t some_record(size_t records)
{
    return chance(3) == 0 ? chance(records) : chance(8);
}

static void fill(void)
{
    size_t records = 230;

    lots = 7;
    for (size_t i = 0; i < records; i++)
        publish_record(i % 3 == 0 ? ISSUE : LESSON);
    for (size_t i = 0; i < 330; i++)
        publish_response(i % 3 == 0 ? TRIED : SAME, some_record(records), some_author());
    for (size_t i = 0; i < 40; i++)
        publish_response(CHALLENGE, some_record(records), some_author());
    for (size_t i = 0; i < 15; i++)
        publish_answer(records + 330 + i);
    publish_label(0, 4, 1);
    publish_label(1, 2, 5);
    for (size_t i = 0; i < 24; i++) /* What the heir itself said counts, not what was said last. */
        publish_response(SAME, i % 8, i < 8 ? HEIR : DISSOLVED);
}

static void derive(void)
{
    struct store *index = store_open(home_file(&home, "store.sqlite", 0), STORE_DERIVE, &fault);
    uint64_t left = 1;

    cr_assert(index != NULL, "%s", fault.text);
    while (left > 0)
        cr_done(store_derive(index, 100, false, &left, &fault));
    store_close(index);
}

static bool gather(const char *region, int64_t since)
{
    struct compile_request request = {.region = region,
                                      .since_ms = since,
                                      .honoured = &councils[0].feed.authority,
                                      .honoured_count = 1};

    return compiling_gather(store, charter, &request, &compiled_now, &fault);
}

/* --- The slow count --- */

static bool region_only;
static int64_t since_ms;

static size_t stands_for(size_t who)
{
    return who == DISSOLVED ? HEIR : who;
}

/* Is it one of those that are counted? */
static bool is_member(size_t who)
{
    return who < (region_only ? NORTH : SOUTH_END);
}

static bool is_recent(const struct seed *seed)
{
    return seed->time_ms >= since_ms;
}

/* What this authority last responded to a record with one word: its own, then of who it took the
 * place of. NULL: nothing. */
static const struct seed *last_said(size_t who, size_t about, enum said word)
{
    const struct seed *own = NULL, *before = NULL;

    for (size_t i = 0; i < seed_count; i++) {
        const struct seed *seed = &seeds[i];
        if (seed->gone || seed->word != word || seed->about != about || seed->who == UNNAMED ||
            stands_for(seed->who) != who)
            continue;
        if (seed->who == who)
            own = seed;
        else
            before = seed;
    }
    return own != NULL ? own : before;
}

static bool is_same(const struct seed *seed)
{
    return strcmp(seed->what, "have") == 0 || strcmp(seed->what, "had_and_fixed") == 0;
}

/* Does it report this record, from then on or (later is false) before? */
static bool reports(size_t who, size_t record, bool later)
{
    const struct seed *said = &seeds[record];
    const struct seed *same = last_said(who, record, SAME);

    return (said->who != UNNAMED && stands_for(said->who) == who && is_recent(said) == later) ||
           (same != NULL && is_same(same) && is_recent(same) == later);
}

static bool is_record(size_t i)
{
    return seeds[i].word <= ISSUE && !seeds[i].gone;
}

/* The first that was published of those that say the same, and name no other, by going on until
 * nothing changes. */
static size_t first_of[SEEDS_MAX];

static bool is_before(size_t a, size_t b)
{
    bool younger = seeds[a].word == ISSUE && seeds[a].same != NONE;

    if (younger != (seeds[b].word == ISSUE && seeds[b].same != NONE))
        return !younger;
    if (seeds[a].time_ms != seeds[b].time_ms)
        return seeds[a].time_ms < seeds[b].time_ms;
    return digest_compare(&seeds[a].id, &seeds[b].id) < 0;
}

static bool join(size_t a, size_t b)
{
    if (!is_record(a) || !is_record(b) || seeds[a].word != seeds[b].word ||
        first_of[a] == first_of[b])
        return false;
    size_t first = is_before(first_of[a], first_of[b]) ? first_of[a] : first_of[b];
    first_of[a] = first_of[b] = first;
    return true;
}

static void find_first(void)
{
    bool changed = true;

    for (size_t i = 0; i < seed_count; i++)
        first_of[i] = i;
    while (changed) {
        changed = false;
        for (size_t i = 0; i < seed_count; i++) {
            const struct seed *seed = &seeds[i];
            if (seed->word == ISSUE && seed->same != NONE && join(i, seed->same))
                changed = true;
            if (seed->word == LABEL && seed->who == 0 && !seed->gone &&
                join(seed->about, seed->same))
                changed = true;
        }
    }
}

/* Facts of authors without a name that report it. */
static size_t unnamed_reports(size_t record, bool later)
{
    size_t count = seeds[record].who == UNNAMED && is_recent(&seeds[record]) == later;

    for (size_t i = 0; i < seed_count; i++)
        count += seeds[i].word == SAME && !seeds[i].gone && seeds[i].about == record &&
                 seeds[i].who == UNNAMED && is_same(&seeds[i]) && is_recent(&seeds[i]) == later;
    return count;
}

/* Did it ever speak of one of these services, or (later) from then on? */
static bool speaks(size_t who, uint64_t services, bool later)
{
    for (size_t i = 0; i < seed_count; i++) {
        const struct seed *seed = &seeds[i];
        size_t record = seed->word <= ISSUE ? i : seed->about;
        if (seed->word > TRIED || seed->gone || !is_record(record) || (later && !is_recent(seed)) ||
            (seeds[record].services & services) == 0 ||
            (seed->who == UNNAMED ? who != UNNAMED : stands_for(seed->who) != who))
            continue;
        if (seed->word <= ISSUE || seed->who == UNNAMED ||
            last_said(who, seed->about, seed->word) == seed)
            return true;
    }
    return false;
}

static bool runs_one(size_t who, uint64_t services)
{
    for (size_t i = 0; i < service_areas.count; i++)
        if ((services >> i & 1) != 0 && runs(who, service_areas.words[i].code))
            return true;
    return false;
}

static size_t could_report(uint64_t services)
{
    size_t running = 0, could = 0, all = 0;

    for (size_t who = 0; who < SOUTH_END; who++) {
        if (!is_member(who))
            continue;
        all++;
        running += runs_one(who, services);
        could += runs_one(who, services) || speaks(who, services, false);
    }
    return running == 0 || services == UINT64_MAX ? all : could;
}

static void expect_count(const struct compiled_count *count, size_t named, size_t unnamed_records,
                         uint64_t services, const char *what)
{
    size_t least = named > 0 ? named : unnamed_records > 0, could = could_report(services);
    size_t most = named + unnamed_records < could ? named + unnamed_records : could;

    cr_expect_eq(count->named, named, "%s: %zu named, not %zu", what, count->named, named);
    cr_expect_eq(count->unnamed, unnamed_records, "%s: %zu unnamed", what, count->unnamed);
    cr_expect_eq(count->least, least, "%s: %zu", what, count->least);
    cr_expect_eq(count->most, most > least ? most : least, "%s: %zu", what, count->most);
    cr_expect_eq(count->could, could, "%s: %zu could, not %zu", what, count->could, could);
}

/* --- Themes --- */

static bool has_theme(const struct seed *seed, enum theme_kind kind, size_t of, size_t word,
                      const char *topic)
{
    if (kind == THEME_TOPIC)
        return strcmp(seed->topic, topic) == 0;
    if (kind == THEME_ADDRESSED)
        return seed->addressee == of && (seed->barriers >> word & 1) != 0;
    return (seed->services >> of & 1) != 0 &&
           ((kind == THEME_FACTOR ? seed->factors : seed->barriers) >> word & 1) != 0;
}

static void count_theme(enum theme_kind kind, size_t of, size_t word, const char *topic,
                        size_t *named, size_t *without)
{
    *named = *without = 0;
    for (size_t who = 0; who < SOUTH_END; who++) {
        bool reporting = false;
        for (size_t i = 0; i < seed_count && is_member(who) && !reporting; i++)
            reporting = is_record(i) && has_theme(&seeds[i], kind, of, word, topic) &&
                        reports(who, i, true);
        *named += reporting;
    }
    for (size_t i = 0; i < seed_count; i++)
        if (is_record(i) && has_theme(&seeds[i], kind, of, word, topic))
            *without += unnamed_reports(i, true);
}

static const struct compiled_theme *find_theme(enum theme_kind kind, size_t of, size_t word,
                                               const char *topic)
{
    const struct compiled_themes *themes = kind == THEME_ADDRESSED
                                               ? &compiled_now.compiled->addressed
                                               : &compiled_now.compiled->themes;

    for (size_t i = 0; i < themes->count; i++) {
        const struct compiled_theme *theme = &themes->list[i];
        if (theme->kind == kind && theme->of == of && theme->word == word &&
            bytes_equal(theme->topic, bytes_of_text(topic)))
            return theme;
    }
    return NULL;
}

/* How many there are to be stated, and how many of too few. */
static size_t stated, too_few;

static void expect_theme(enum theme_kind kind, size_t of, size_t word, const char *topic)
{
    const struct compiled_theme *theme = find_theme(kind, of, word, topic);
    size_t named, without;
    char what[80];

    snprintf(what, sizeof what, "theme %d %zu %zu %s", (int)kind, of, word, topic);
    count_theme(kind, of, word, topic, &named, &without);
    too_few += named < COMPILE_LEAST && named + without > 0;
    if (named < COMPILE_LEAST) {
        cr_expect(theme == NULL, "%s is stated, of %zu", what, named);
        return;
    }
    stated++;
    cr_assert(theme != NULL, "%s is not stated, of %zu", what, named);
    uint64_t services = kind <= THEME_BARRIER ? UINT64_C(1) << of : UINT64_MAX;
    expect_count(&theme->count, named, without, services, what);
    cr_expect_geq(theme->count.fact_count, named, "%s cites %zu", what, theme->count.fact_count);
}

static void expect_in_order(const struct compiled_themes *themes, bool addressed)
{
    for (size_t i = 1; i < themes->count; i++) {
        const struct compiled_theme *one = &themes->list[i - 1], *next = &themes->list[i];
        if (addressed && one->of != next->of)
            cr_expect(next->of == 0 || (one->of != 0 && one->of < next->of));
        else
            cr_expect_geq(one->count.least, next->count.least);
    }
}

static void expect_themes(void)
{
    const struct compiled *compiled = compiled_now.compiled;

    stated = too_few = 0;
    for (size_t of = 0; of < service_areas.count; of++) {
        for (size_t word = 0; word < contributing_factors.count; word++)
            expect_theme(THEME_FACTOR, of, word, "");
        for (size_t word = 0; word < barriers.count; word++)
            expect_theme(THEME_BARRIER, of, word, "");
    }
    for (size_t i = 1; i < 3; i++)
        expect_theme(THEME_TOPIC, 0, 0, some_topics[i]);
    cr_expect_gt(stated, 0);
    cr_expect_eq(compiled->themes.count, stated);
    cr_expect_eq(compiled->themes.too_few, too_few);
    expect_in_order(&compiled->themes, false);
    stated = too_few = 0;
    for (size_t of = 0; of < barrier_addressees.count; of++)
        for (size_t word = 0; word < barriers.count; word++)
            expect_theme(THEME_ADDRESSED, of, word, "");
    cr_expect_gt(stated, 0);
    cr_expect_eq(compiled->addressed.count, stated);
    cr_expect_eq(compiled->addressed.too_few, too_few);
    expect_in_order(&compiled->addressed, true);
}

/* --- Matters --- */

/* What somebody found who tried it; an empty one stands for any. */
static bool found(const struct seed *seed, const char *finding)
{
    static const char *const findings[][2] = {{"worked", "worked"},
                                              {"partly_worked", "worked"},
                                              {"no_effect", "did_not"},
                                              {"too_early", "early"},
                                              {"had_and_fixed", "fixed"}};

    for (size_t i = 0; i < 5; i++)
        if (strcmp(seed->what, findings[i][0]) == 0)
            return finding[0] == '\0' || strcmp(finding, findings[i][1]) == 0;
    return false;
}

static void expect_found(const struct compiled_count *count, size_t record, enum said word,
                         const char *finding)
{
    size_t named = 0, without = 0;
    char what[60];

    for (size_t who = 0; who < SOUTH_END; who++) {
        bool finds = false;
        for (size_t i = 0; i < seed_count && is_member(who); i++) {
            const struct seed *last =
                is_record(i) && first_of[i] == record ? last_said(who, i, word) : NULL;
            finds = finds || (last != NULL && is_recent(last) && found(last, finding));
        }
        named += finds;
    }
    for (size_t i = 0; i < seed_count; i++)
        without += seeds[i].word == word && !seeds[i].gone && is_record(seeds[i].about) &&
                   first_of[seeds[i].about] == record && seeds[i].who == UNNAMED &&
                   is_recent(&seeds[i]) && found(&seeds[i], finding);
    snprintf(what, sizeof what, "%s of record %zu", finding, record);
    if (count == NULL)
        too_few = named + without > 0 && named < COMPILE_LEAST;
    else if (count->named + count->unnamed + named + without > 0)
        expect_count(count, named, without, seeds[record].services, what);
    stated = named > 0 ? named : without > 0;
}

static const struct compiled_matter *find_matter(size_t record)
{
    for (size_t i = 0; i < compiled_now.compiled->matters.count; i++)
        if (digest_equal(&compiled_now.compiled->matters.list[i].record->id, &seeds[record].id))
            return &compiled_now.compiled->matters.list[i];
    return NULL;
}

static size_t spreading, resolved, few_spreading, few_resolved;

static void expect_matter(size_t record)
{
    const struct compiled_matter *matter = find_matter(record);
    size_t named = 0, joined = 0, before = 0, after = 0;

    for (size_t who = 0; who < SOUTH_END; who++) {
        bool earlier = false, later = false;
        for (size_t i = 0; i < seed_count && is_member(who); i++) {
            if (!is_record(i) || first_of[i] != record)
                continue;
            earlier = earlier || reports(who, i, false);
            later = later || reports(who, i, true);
        }
        named += earlier || later;
        joined += later && !earlier;
    }
    for (size_t i = 0; i < seed_count; i++)
        if (is_record(i) && first_of[i] == record) {
            before += unnamed_reports(i, false);
            after += unnamed_reports(i, true);
        }
    size_t least = named > 0 ? named : before + after > 0;
    size_t joined_least = joined > before ? joined - before : 0;
    expect_found(NULL, record, SAME, "fixed");
    size_t fixed = stated;
    expect_found(NULL, record, TRIED, "");
    size_t tried = stated;
    bool is_spreading = since_ms > 0 && joined_least > 0 && least >= COMPILE_LEAST;
    bool is_resolved = fixed >= COMPILE_LEAST || tried >= COMPILE_LEAST;
    spreading += is_spreading;
    resolved += is_resolved;
    few_spreading +=
        since_ms > 0 && joined_least > 0 && !is_spreading && named + before + after > 1;
    few_resolved += fixed + tried > 0 && !is_resolved;
    cr_assert_eq(matter != NULL, is_spreading || is_resolved, "record %zu", record);
    if (matter == NULL)
        return;
    cr_expect_eq(matter->spreading, is_spreading);
    cr_expect_eq(matter->resolved, is_resolved);
    if (named + before + after > 0)
        expect_count(&matter->reported, named, before + after, seeds[record].services, "matter");
    cr_expect_eq(matter->joined_least, joined_least);
    size_t most = joined + after < matter->reported.most ? joined + after : matter->reported.most;
    cr_expect_eq(matter->joined_most, most);
    expect_found(&matter->fixed, record, SAME, "fixed");
    expect_found(&matter->tried, record, TRIED, "");
    expect_found(&matter->worked, record, TRIED, "worked");
    expect_found(&matter->did_not_work, record, TRIED, "did_not");
    expect_found(&matter->no_finding, record, TRIED, "early");
}

static void expect_matters(void)
{
    const struct compiled *compiled = compiled_now.compiled;

    spreading = resolved = few_spreading = few_resolved = 0;
    find_first();
    for (size_t i = 0; i < seed_count; i++)
        if (is_record(i) && first_of[i] == i)
            expect_matter(i);
        else
            cr_expect(find_matter(i) == NULL);
    for (size_t i = 1; i < compiled->matters.count; i++)
        cr_expect_geq(compiled->matters.list[i - 1].reported.least,
                      compiled->matters.list[i].reported.least);
    cr_expect_gt(resolved, 0);
    cr_expect_eq(spreading > 0, since_ms > 0);
    cr_expect_eq(compiled->matters.too_few_spreading, few_spreading);
    cr_expect_eq(compiled->matters.too_few_resolved, few_resolved);
}

/* --- What is missing --- */

static size_t count_silent(size_t service, size_t type)
{
    uint64_t services = service == COMPILE_ANY ? UINT64_MAX : UINT64_C(1) << service;
    size_t members = 0;

    for (size_t who = 0; who < SOUTH_END; who++) {
        if (!is_member(who) ||
            (type != COMPILE_ANY && strcmp(type_of(who), authority_types.words[type].code) != 0))
            continue;
        if (speaks(who, services, true))
            return 0;
        members += service == COMPILE_ANY || runs_one(who, services);
    }
    return members;
}

static void expect_silence(size_t service, size_t type, size_t members)
{
    const struct compiled *compiled = compiled_now.compiled;
    uint64_t services = service == COMPILE_ANY ? UINT64_MAX : UINT64_C(1) << service;

    too_few += members > 0 && members < COMPILE_LEAST;
    if (members < COMPILE_LEAST)
        return;
    stated++;
    for (size_t i = 0; i < compiled->silent.count; i++)
        if (compiled->silent.list[i].service == service && compiled->silent.list[i].type == type) {
            cr_expect_eq(compiled->silent.list[i].members, members);
            cr_expect_eq(compiled->silent.list[i].unnamed, speaks(UNNAMED, services, true));
            return;
        }
    cr_expect(false, "silence %zu %zu of %zu is not stated", service, type, members);
}

static void expect_silences(void)
{
    stated = too_few = 0;
    cr_assert_eq(count_silent(COMPILE_ANY, COMPILE_ANY), 0);
    for (size_t type = 0; type < authority_types.count; type++)
        expect_silence(COMPILE_ANY, type, count_silent(COMPILE_ANY, type));
    for (size_t service = 0; service < service_areas.count; service++) {
        size_t all = count_silent(service, COMPILE_ANY);
        expect_silence(service, COMPILE_ANY, all);
        for (size_t type = 0; all == 0 && type < authority_types.count; type++)
            if (count_silent(COMPILE_ANY, type) == 0)
                expect_silence(service, type, count_silent(service, type));
    }
    cr_expect_gt(stated, 0);
    cr_expect_eq(compiled_now.compiled->silent.count, stated);
    cr_expect_eq(compiled_now.compiled->silent.too_few, too_few);
}

static void expect_challenges(void)
{
    size_t open = 0;

    for (size_t i = 0; i < seed_count; i++) {
        const struct seed *seed = &seeds[i];
        if (seed->word != CHALLENGE || seed->gone || seed->answered || !is_record(seed->about))
            continue;
        size_t whose = stands_for(seeds[seed->about].who);
        if (whose == UNNAMED ? region_only : !is_member(whose))
            continue;
        open++;
        bool listed = false;
        for (size_t k = 0; k < compiled_now.compiled->challenge_count; k++)
            listed = listed || digest_equal(&compiled_now.compiled->challenges[k]->id, &seed->id);
        cr_expect(listed, "challenge %zu is not listed", i);
    }
    cr_expect_gt(open, 0);
    cr_expect_eq(compiled_now.compiled->challenge_count, open);
    for (size_t k = 1; k < compiled_now.compiled->challenge_count; k++)
        cr_expect_leq(compiled_now.compiled->challenges[k - 1]->time_ms,
                      compiled_now.compiled->challenges[k]->time_ms);
}

Test(compiling, counts_as_a_slow_count_does)
{
    static const struct {
        const char *region;
        int64_t since_ms;
    } calls[] = {{"North", SINCE_MS}, {"north", 0}, {NULL, SINCE_MS}, {NULL, 0}};

    fill();
    derive();
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        region_only = calls[i].region != NULL;
        since_ms = calls[i].since_ms;
        compiling_release(&compiled_now);
        cr_done(gather(calls[i].region, since_ms));
        cr_expect_eq(compiled_now.input.member_count, region_only ? NORTH : SOUTH_END);
        expect_themes();
        expect_matters();
        expect_silences();
        expect_challenges();
    }
}

Test(compiling, knows_no_region_that_is_on_no_card)
{
    cr_refused(gather("East", 0), FAULT_ABSENT, "no active member's card");
}

/* Five are enough to be stated, and one of five without a name is not one of five. */
Test(compiling, states_nothing_of_fewer_than_five)
{
    static const char issue[] = "Kind: issue\nTitle: Late\nService: carers\nFactors: timing\n\n"
                                "## Abstract\nIt is late.\n";

    for (size_t who = 0; who < 4; who++)
        publish((struct seed){.who = who, .time_ms = SINCE_MS}, issue);
    publish((struct seed){.who = UNNAMED, .time_ms = SINCE_MS}, issue);
    derive();
    cr_done(gather("North", 0));
    cr_expect_eq(compiled_now.compiled->themes.count, 0);
    cr_expect_eq(compiled_now.compiled->themes.too_few, 1);
    compiling_release(&compiled_now);
    publish((struct seed){.who = 4, .time_ms = SINCE_MS}, issue);
    derive();
    cr_done(gather("North", 0));
    cr_assert_eq(compiled_now.compiled->themes.count, 1);
    cr_expect_eq(compiled_now.compiled->themes.list[0].count.least, 5);
    cr_expect_eq(compiled_now.compiled->themes.list[0].count.most, 6);
    cr_expect_eq(compiled_now.compiled->themes.list[0].count.fact_count, 6);
}

/* --- The draft --- */

static bool is_in_list(const struct document *document, const char *digits, size_t size)
{
    for (size_t i = 0; i < document_count(document, "cites"); i++) {
        struct bytes id = document_item(document, "cites", i);
        if (id.size >= size && memcmp(id.data, digits, size) == 0)
            return true;
    }
    return false;
}

/* Every statement but those of silence ends with ids, which are among what is cited. Returns how
 * many statements there are. */
static size_t expect_cited(const struct document *document, const char *key)
{
    struct bytes text = document_text(document, key);
    char copy[8001], *line, *rest = copy;
    size_t count = 0;

    snprintf(copy, sizeof copy, "%.*s", (int)text.size, (const char *)text.data);
    while ((line = strtok_r(rest, "\n", &rest)) != NULL) {
        if (strncmp(line, "- ", 2) != 0)
            continue;
        count++;
        const char *at = strrchr(line, '(');
        if (strstr(line, "none of the") != NULL)
            continue;
        cr_assert(at != NULL, "\"%s\" cites nothing", line);
        while (at != NULL) {
            size_t size = strspn(at + 1 + (at[0] == ','), "0123456789abcdef");
            cr_expect_geq(size, 6, "%s", line);
            cr_expect(is_in_list(document, at + 1 + (at[0] == ','), size), "%s", line);
            at = strchr(at + 1, ',');
        }
    }
    return count;
}

static void expect_said(const struct document *document, const char *key, const char *words)
{
    struct bytes text = document_text(document, key);
    char copy[8001];

    snprintf(copy, sizeof copy, "%.*s", (int)text.size, (const char *)text.data);
    cr_expect(strstr(copy, words) != NULL, "does not say \"%s\":\n%s", words, copy);
}

/* The first of the themes, with the numbers that were counted. */
static void expect_first_theme(const struct document *document)
{
    const struct compiled_theme *theme = compiled_now.compiled->themes.list;
    char line[200];

    while (theme->kind == THEME_TOPIC)
        theme++;
    const struct vocabulary *words =
        theme->kind == THEME_FACTOR ? &contributing_factors : &barriers;
    cr_assert_lt(theme->count.least, theme->count.most);
    snprintf(line, sizeof line, "- %s, a %s: \"%s\", %zu to %zu of %zu (",
             service_areas.words[theme->of].means,
             theme->kind == THEME_FACTOR ? "factor" : "barrier", words->words[theme->word].means,
             theme->count.least, theme->count.most, theme->count.could);
    expect_said(document, "what_we_see", line);
}

Test(compiling, drafts_a_summary_that_lacks_nothing)
{
    struct compiled_brief brief = {.compiling = &compiled_now,
                                   .request = {.region = "North", .since_ms = SINCE_MS},
                                   .until_ms = SINCE_MS};
    struct buffer file = {0};
    size_t left_out;

    fill();
    derive();
    cr_done(gather("North", SINCE_MS));
    struct document *document = compile_draft(store, &brief, &left_out, &fault);
    cr_assert(document != NULL, "%s", fault.text);
    cr_expect(document_is_sound(document, &fault), "%s", fault.text);
    size_t statements =
        expect_cited(document, "what_we_see") + expect_cited(document, "barrier_text");
    size_t matters = 0;
    for (size_t i = 0; i < compiled_now.compiled->matters.count; i++)
        matters += (size_t)compiled_now.compiled->matters.list[i].spreading +
                   compiled_now.compiled->matters.list[i].resolved;
    cr_expect_eq(statements + left_out, compiled_now.compiled->themes.count +
                                            compiled_now.compiled->addressed.count + matters +
                                            compiled_now.compiled->silent.count + 1);
    expect_first_theme(document);
    document_print(document, &file);
    cr_expect(strstr(buffer_text(&file), "Council") == NULL, "%s", buffer_text(&file));
    buffer_release(&file);
    document_free(document);
}
