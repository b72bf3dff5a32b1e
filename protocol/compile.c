#include "protocol/compile.h"
#include "protocol/evidence.h"
#include "protocol/vocabulary.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* --- Facts of documents --- */

uint64_t compile_bit(const struct vocabulary *vocabulary, struct bytes code)
{
    const struct word *word = vocabulary_find(vocabulary, code);

    assert(vocabulary->count < 64);
    return word == NULL ? 0 : UINT64_C(1) << (word - vocabulary->words);
}

static uint64_t bits_of(const struct document *document, const char *key,
                        const struct vocabulary *vocabulary)
{
    uint64_t bits = 0;

    for (size_t i = 0; i < document_count(document, key); i++)
        bits |= compile_bit(vocabulary, document_item(document, key, i));
    return bits;
}

void compile_read(struct compile_fact *fact, const struct document *document)
{
    const struct word *addressee =
        vocabulary_find(&barrier_addressees, document_text(document, "barrier_addressed_to"));

    fact->services = bits_of(document, "service_area", &service_areas);
    fact->factors = bits_of(document, "contributing_factor", &contributing_factors);
    fact->barriers = bits_of(document, "barrier", &barriers);
    fact->addressee = addressee == NULL ? 0 : (size_t)(addressee - barrier_addressees.words);
}

static bool is(struct bytes word, const char *code)
{
    return bytes_equal(word, bytes_of_text(code));
}

static enum compile_kind tried_kind(struct bytes uptake, struct bytes outcome)
{
    if (is(uptake, "rejected"))
        return COMPILE_REJECTED;
    if (outcomes_agree(bytes_of_text("worked"), outcome))
        return COMPILE_WORKED;
    if (outcomes_agree(bytes_of_text("did_not_work"), outcome))
        return COMPILE_DID_NOT_WORK;
    return COMPILE_NO_FINDING;
}

enum compile_kind compile_kind_of(struct bytes response, struct bytes situation,
                                  struct bytes uptake, struct bytes outcome)
{
    if (is(response, "challenge"))
        return COMPILE_CHALLENGE;
    if (is(response, "tried"))
        return uptake.size == 0 ? COMPILE_KINDS : tried_kind(uptake, outcome);
    if (!is(response, "same_here"))
        return COMPILE_KINDS;
    if (is(situation, "have"))
        return COMPILE_HAVE;
    if (is(situation, "had_and_fixed"))
        return COMPILE_FIXED;
    return is(situation, "do_not_have") ? COMPILE_NOT_HERE : COMPILE_KINDS;
}

/* --- What is said by whom --- */

#define NOBODY SIZE_MAX /* An author who is not named. */
#define ANY_SERVICE UINT64_MAX

/* What a matter's mentions say of it, in their order. */
enum aspect { REPORTED, FIXED, TRIED, WORKED, DID_NOT_WORK, NO_FINDING, ASPECTS };
#define MATTER (THEME_ADDRESSED + 1) /* `of` is the matter's fact, `word` an aspect. */

/* That a fact says a thing. */
struct mention {
    size_t kind, of, word;
    struct bytes topic;
    const struct compile_fact *said;
    size_t member;
};

struct known {
    struct digest id;
    size_t fact;
};

struct compiling {
    const struct compile_input *input;
    struct known *known; /* Lessons and issues, by id. */
    size_t known_count;
    struct mention *mentions;
    size_t count, room;
    struct spoken { /* Of which services, ever and since then, and about anything? */
        uint64_t ever, since;
        bool heard;
    } * members;
    struct spoken unnamed; /* All of them together. */
    size_t *marks;         /* The last count in which a member was. */
    size_t mark;
};

static int compare_sizes(size_t a, size_t b)
{
    return (a > b) - (a < b);
}

/* qsort() is not given a list that is none. */
static void sort(void *list, size_t count, size_t size, int (*compare)(const void *, const void *))
{
    if (count > 0)
        qsort(list, count, size, compare);
}

static int compare_known(const void *a, const void *b)
{
    return digest_compare(&((const struct known *)a)->id, &((const struct known *)b)->id);
}

static int compare_member(const void *key, const void *member)
{
    return digest_compare(key, &((const struct compile_member *)member)->authority);
}

/* False for who is none of the members. */
static bool find_member(const struct compile_input *input, bool named,
                        const struct digest *authority, size_t *member)
{
    *member = NOBODY;
    if (!named)
        return true;
    const struct compile_member *found = bsearch(authority, input->members, input->member_count,
                                                 sizeof *input->members, compare_member);
    if (found != NULL)
        *member = (size_t)(found - input->members);
    return found != NULL;
}

static const struct compile_fact *find_fact(const struct compiling *compiling,
                                            const struct digest *id)
{
    struct known key = {.id = *id};
    const struct known *found =
        bsearch(&key, compiling->known, compiling->known_count, sizeof key, compare_known);

    return found == NULL ? NULL : &compiling->input->facts[found->fact];
}

static void know_all(struct compiling *compiling)
{
    const struct compile_input *input = compiling->input;

    compiling->known = memory_new(input->fact_count + 1, sizeof *compiling->known);
    for (size_t i = 0; i < input->fact_count; i++)
        if (input->facts[i].kind <= COMPILE_ISSUE)
            compiling->known[compiling->known_count++] = (struct known){input->facts[i].id, i};
    qsort(compiling->known, compiling->known_count, sizeof *compiling->known, compare_known);
}

static void mention(struct compiling *compiling, struct mention mention)
{
    if (compiling->count == compiling->room) {
        compiling->room = compiling->room == 0 ? 1024 : 2 * compiling->room;
        compiling->mentions =
            memory_grow(compiling->mentions, compiling->room, sizeof *compiling->mentions);
    }
    compiling->mentions[compiling->count++] = mention;
}

static void mention_each(struct compiling *compiling, struct mention base, uint64_t of,
                         uint64_t words)
{
    for (base.of = 0; of >> base.of != 0; base.of++)
        for (base.word = 0; (of >> base.of & 1) != 0 && words >> base.word != 0; base.word++)
            if ((words >> base.word & 1) != 0)
                mention(compiling, base);
}

static bool is_since(const struct compiling *compiling, const struct compile_fact *fact)
{
    return fact->time_ms >= compiling->input->since_ms;
}

static void mention_aspect(struct compiling *compiling, struct mention base,
                           const struct compile_fact *record, enum aspect aspect)
{
    const struct compile_fact *matter = find_fact(compiling, &record->matter);

    base.kind = MATTER;
    base.of = (size_t)((matter == NULL ? record : matter) - compiling->input->facts);
    base.word = aspect;
    mention(compiling, base);
}

/* Services stand among the words of a header's topic, with hyphens. */
static bool is_service(struct bytes word)
{
    char code[64] = "";

    for (size_t i = 0; i < word.size && i < sizeof code - 1; i++)
        code[i] = (char)(word.data[i] == '-' ? '_' : word.data[i]);
    return vocabulary_find(&service_areas, bytes_of_text(code)) != NULL;
}

static void mention_topics(struct compiling *compiling, struct mention base, struct bytes topic)
{
    base.kind = THEME_TOPIC;
    base.of = base.word = 0;
    for (size_t start = 0, at = 0; at <= topic.size; at++) {
        if (at < topic.size && topic.data[at] != ' ')
            continue;
        base.topic = bytes_of(topic.data + start, at - start);
        if (base.topic.size > 0 && !is_service(base.topic))
            mention(compiling, base);
        start = at + 1;
    }
}

/* Whoever reports a record says what that says. */
static void report(struct compiling *compiling, struct mention base,
                   const struct compile_fact *record)
{
    mention_aspect(compiling, base, record, REPORTED);
    if (!is_since(compiling, base.said))
        return;
    base.kind = THEME_FACTOR;
    mention_each(compiling, base, record->services, record->factors);
    base.kind = THEME_BARRIER;
    mention_each(compiling, base, record->services, record->barriers);
    base.kind = THEME_ADDRESSED;
    mention_each(compiling, base, UINT64_C(1) << record->addressee, record->barriers);
    mention_topics(compiling, base, record->topic);
}

static void speak(struct compiling *compiling, const struct mention *base,
                  const struct compile_fact *record)
{
    struct spoken *spoken =
        base->member == NOBODY ? &compiling->unnamed : &compiling->members[base->member];

    spoken->ever |= record->services;
    if (is_since(compiling, base->said)) {
        spoken->since |= record->services;
        spoken->heard = true;
    }
}

static void hear_tried(struct compiling *compiling, struct mention base,
                       const struct compile_fact *record)
{
    static const enum aspect aspects[COMPILE_KINDS] = {[COMPILE_WORKED] = WORKED,
                                                       [COMPILE_DID_NOT_WORK] = DID_NOT_WORK,
                                                       [COMPILE_NO_FINDING] = NO_FINDING};

    mention_aspect(compiling, base, record, TRIED);
    mention_aspect(compiling, base, record, aspects[base.said->kind]);
}

static void hear(struct compiling *compiling, const struct compile_fact *fact)
{
    struct mention base = {.said = fact};
    const struct compile_fact *record =
        fact->kind <= COMPILE_ISSUE ? fact : find_fact(compiling, &fact->about);

    if (fact->kind == COMPILE_CHALLENGE || record == NULL ||
        !find_member(compiling->input, fact->named, &fact->authority, &base.member))
        return;
    speak(compiling, &base, record);
    if (fact->kind <= COMPILE_FIXED)
        report(compiling, base, record);
    if (!is_since(compiling, fact))
        return;
    if (fact->kind == COMPILE_FIXED)
        mention_aspect(compiling, base, record, FIXED);
    if (fact->kind >= COMPILE_WORKED)
        hear_tried(compiling, base, record);
}

/* --- Counting what is said of one thing --- */

static int compare_said(const struct compile_fact *a, const struct compile_fact *b)
{
    int order = compare_sizes(a->kind > COMPILE_ISSUE, b->kind > COMPILE_ISSUE);

    if (order == 0)
        order = (a->time_ms > b->time_ms) - (a->time_ms < b->time_ms);
    return order != 0 ? order : digest_compare(&a->id, &b->id);
}

static int compare_things(const struct mention *a, const struct mention *b)
{
    int order = compare_sizes(a->kind, b->kind);

    order = order != 0 ? order : compare_sizes(a->of, b->of);
    order = order != 0 ? order : compare_sizes(a->word, b->word);
    return order != 0 ? order : bytes_compare(a->topic, b->topic);
}

static int compare_mentions(const void *a, const void *b)
{
    const struct mention *one = a, *other = b;
    int order = compare_things(one, other);

    return order != 0 ? order : compare_said(one->said, other->said);
}

/* Some that stand beside each other. */
struct range {
    const struct mention *list;
    size_t count;
};

static struct range range_at(const struct compiling *compiling, size_t at)
{
    struct range range = {.list = &compiling->mentions[at]};

    while (at < compiling->count && compare_things(range.list, &compiling->mentions[at]) == 0) {
        range.count++;
        at++;
    }
    return range;
}

/* A response may be about two records that say the same. */
static bool is_said_before(const struct range *range, size_t index)
{
    return index > 0 &&
           digest_equal(&range->list[index].said->id, &range->list[index - 1].said->id);
}

/* Is it the first of this author in this count? Each record without a name is of another one. */
static bool is_new(struct compiling *compiling, size_t member)
{
    bool seen = compiling->marks[member] == compiling->mark;

    compiling->marks[member] = compiling->mark;
    return !seen;
}

static size_t count_could(const struct compiling *compiling, uint64_t services)
{
    size_t run = 0, could = 0;

    for (size_t i = 0; i < compiling->input->member_count; i++) {
        bool runs = (compiling->input->members[i].runs & services) != 0;
        bool spoken = (compiling->members[i].ever & services) != 0;
        run += runs;
        could += runs || spoken;
    }
    return run == 0 || services == ANY_SERVICE ? compiling->input->member_count : could;
}

static struct compiled_count count_range(struct compiling *compiling, const struct range *range,
                                         uint64_t services)
{
    struct compiled_count count = {.could = count_could(compiling, services)};

    compiling->mark++;
    for (size_t i = 0; i < range->count; i++) {
        if (is_said_before(range, i))
            continue;
        if (range->list[i].member == NOBODY)
            count.unnamed++;
        else
            count.named += is_new(compiling, range->list[i].member);
    }
    struct norm_count authors = {
        .named = count.named, .unnamed = count.unnamed, .apart = count.unnamed > 0};
    struct norm_bounds bounds = norm_bounds(&authors, 0, count.could);
    count.least = bounds.least;
    count.most = bounds.most;
    return count;
}

static void cite_range(const struct range *range, struct compiled_count *count)
{
    count->facts = memory_new(range->count + 1, sizeof(*count->facts));
    for (size_t i = 0; i < range->count; i++)
        if (!is_said_before(range, i))
            count->facts[count->fact_count++] = range->list[i].said;
}

/* --- Themes --- */

static void *grown(void *list, size_t count, size_t size)
{
    bool full = (count & (count - 1)) == 0; /* A power of two, or none yet. */

    return full ? memory_grow(list, count == 0 ? 1 : 2 * count, size) : list;
}

static void add_theme(struct compiling *compiling, struct compiled_themes *themes,
                      const struct range *range)
{
    const struct mention *first = range->list;
    bool of_service = first->kind <= THEME_BARRIER;
    struct compiled_theme theme = {.kind = (enum theme_kind)first->kind,
                                   .of = first->of,
                                   .word = first->word,
                                   .topic = first->topic};

    theme.count =
        count_range(compiling, range, of_service ? UINT64_C(1) << first->of : ANY_SERVICE);
    if (theme.count.least < COMPILE_LEAST) {
        themes->too_few++;
        return;
    }
    cite_range(range, &theme.count);
    themes->list = grown(themes->list, themes->count, sizeof *themes->list);
    themes->list[themes->count++] = theme;
}

/* As people read them: of a theme its service comes first. */
static int compare_codes(const struct compiled_theme *a, const struct compiled_theme *b)
{
    const struct vocabulary *words = a->kind == THEME_FACTOR ? &contributing_factors : &barriers;
    int order = 0;

    if (a->kind != b->kind && (a->kind == THEME_TOPIC || b->kind == THEME_TOPIC))
        return compare_sizes(a->kind, b->kind);
    if (a->kind == THEME_TOPIC)
        return bytes_compare(a->topic, b->topic);
    if (a->kind != THEME_ADDRESSED)
        order = strcmp(service_areas.words[a->of].code, service_areas.words[b->of].code);
    if (order == 0)
        order = compare_sizes(a->kind, b->kind);
    return order != 0 ? order : strcmp(words->words[a->word].code, words->words[b->word].code);
}

/* Of what is addressed to somebody that comes first; 0 is nobody. */
static int compare_addressees(const struct compiled_theme *a, const struct compiled_theme *b)
{
    return a->kind == THEME_ADDRESSED ? compare_sizes(a->of - 1, b->of - 1) : 0;
}

static int compare_themes(const void *a, const void *b)
{
    const struct compiled_theme *one = a, *other = b;
    int order = compare_addressees(one, other);

    order = order != 0 ? order : compare_sizes(other->count.least, one->count.least);
    return order != 0 ? order : compare_codes(one, other);
}

/* --- Matters --- */

/* Who reported it since then, and had not before. Whoever did so without a name may be one of those
 * that did so later under theirs; or not. */
static void count_joined(struct compiling *compiling, const struct range *range,
                         struct compiled_matter *matter)
{
    size_t before[2] = {0}, after[2] = {0}; /* Unnamed records, and named authorities. */

    compiling->mark++;
    for (int later = 0; later < 2; later++)
        for (size_t i = 0; i < range->count; i++) {
            size_t member = range->list[i].member;
            size_t *count = later ? after : before;
            if (is_since(compiling, range->list[i].said) != (later == 1) ||
                is_said_before(range, i))
                continue;
            if (member == NOBODY)
                count[0]++;
            else
                count[1] += is_new(compiling, member);
        }
    matter->joined_least = after[1] > before[0] ? after[1] - before[0] : 0;
    matter->joined_most = after[0] + after[1];
    if (matter->joined_most > matter->reported.most)
        matter->joined_most = matter->reported.most;
}

static struct compiled_count *counts_of(struct compiled_matter *matter, size_t aspect)
{
    struct compiled_count *const counts[ASPECTS] = {&matter->reported,     &matter->fixed,
                                                    &matter->tried,        &matter->worked,
                                                    &matter->did_not_work, &matter->no_finding};

    return counts[aspect];
}

static void release_matter(struct compiled_matter *matter)
{
    for (size_t i = 0; i < ASPECTS; i++)
        free(counts_of(matter, i)->facts);
}

static void add_matter(const struct compile_input *input, struct compiled *compiled,
                       struct compiled_matter *matter)
{
    bool joined = input->since_ms > 0 && matter->joined_least > 0;
    bool tried = matter->fixed.least > 0 || matter->tried.least > 0;

    matter->spreading = joined && matter->reported.least >= COMPILE_LEAST;
    matter->resolved = matter->fixed.least >= COMPILE_LEAST || matter->tried.least >= COMPILE_LEAST;
    compiled->matters.too_few_spreading +=
        joined && !matter->spreading && matter->reported.named + matter->reported.unnamed > 1;
    compiled->matters.too_few_resolved += tried && !matter->resolved;
    if (!matter->spreading && !matter->resolved) {
        release_matter(matter);
        return;
    }
    compiled->matters.list =
        grown(compiled->matters.list, compiled->matters.count, sizeof *compiled->matters.list);
    compiled->matters.list[compiled->matters.count++] = *matter;
}

/* All ranges of the matter that begins there. Returns where the next one does. */
static size_t count_matter(struct compiling *compiling, struct compiled *compiled, size_t at)
{
    const size_t of = compiling->mentions[at].of;
    struct compiled_matter matter = {.record = &compiling->input->facts[of]};

    while (at < compiling->count && compiling->mentions[at].of == of) {
        struct range range = range_at(compiling, at);
        struct compiled_count *count = counts_of(&matter, range.list->word);
        *count = count_range(compiling, &range, matter.record->services);
        cite_range(&range, count);
        if (range.list->word == REPORTED)
            count_joined(compiling, &range, &matter);
        at += range.count;
    }
    add_matter(compiling->input, compiled, &matter);
    return at;
}

static int compare_matters(const void *a, const void *b)
{
    const struct compiled_matter *one = a, *other = b;
    int order = compare_sizes(other->reported.least, one->reported.least);

    return order != 0 ? order : digest_compare(&one->record->id, &other->record->id);
}

static void count_all(struct compiling *compiling, struct compiled *compiled)
{
    size_t at = 0;

    while (at < compiling->count) {
        struct range range = range_at(compiling, at);
        if (range.list->kind == MATTER) {
            at = count_matter(compiling, compiled, at);
            continue;
        }
        add_theme(compiling,
                  range.list->kind == THEME_ADDRESSED ? &compiled->addressed : &compiled->themes,
                  &range);
        at += range.count;
    }
}

/* --- Silence --- */

/* Of the members that are of this type and run this service: how many, and did any speak of it? */
static size_t count_silent(const struct compiling *compiling, size_t service, size_t type,
                           bool *spoke)
{
    size_t count = 0;

    *spoke = false;
    for (size_t i = 0; i < compiling->input->member_count; i++) {
        const struct compile_member *member = &compiling->input->members[i];
        const struct spoken *spoken = &compiling->members[i];
        if (type != COMPILE_ANY && member->type != type)
            continue;
        count += service == COMPILE_ANY || (member->runs >> service & 1) != 0;
        *spoke = *spoke || (service == COMPILE_ANY ? spoken->heard : spoken->since >> service & 1);
    }
    return count;
}

/* True where nobody is known to have spoken, be it stated or of too few. */
static bool add_silence(const struct compiling *compiling, struct compiled *compiled,
                        size_t service, size_t type)
{
    bool spoke;
    size_t members = count_silent(compiling, service, type, &spoke);

    if (spoke || members == 0)
        return false;
    if (members < COMPILE_LEAST) {
        compiled->silent.too_few++;
        return true;
    }
    compiled->silent.list =
        grown(compiled->silent.list, compiled->silent.count, sizeof *compiled->silent.list);
    compiled->silent.list[compiled->silent.count++] = (struct compiled_silence){
        .service = service,
        .type = type,
        .members = members,
        .unnamed = service == COMPILE_ANY ? compiling->unnamed.heard
                                          : (compiling->unnamed.since >> service & 1) != 0};
    return true;
}

/* What is said of all is not said once more of some of them. */
static void find_silent(const struct compiling *compiling, struct compiled *compiled)
{
    bool silent_types[64] = {false};

    assert(authority_types.count <= 64);
    if (add_silence(compiling, compiled, COMPILE_ANY, COMPILE_ANY))
        return;
    for (size_t type = 0; type < authority_types.count; type++)
        silent_types[type] = add_silence(compiling, compiled, COMPILE_ANY, type);
    for (size_t service = 0; service < service_areas.count; service++) {
        if (add_silence(compiling, compiled, service, COMPILE_ANY))
            continue;
        for (size_t type = 0; type < authority_types.count; type++)
            if (!silent_types[type])
                add_silence(compiling, compiled, service, type);
    }
}

static int compare_silences(const void *a, const void *b)
{
    const struct compiled_silence *one = a, *other = b;
    int order = compare_sizes(other->members, one->members);

    order = order != 0 ? order : compare_sizes(one->service + 1, other->service + 1);
    return order != 0 ? order : compare_sizes(one->type + 1, other->type + 1);
}

/* --- Challenges --- */

/* Of a region are those to what its members published; whose a record without a name is nobody
 * knows. */
static bool is_challenge(const struct compile_input *input, const struct compile_fact *fact)
{
    size_t member;

    return fact->kind == COMPILE_CHALLENGE && (fact->about_named || !input->region) &&
           find_member(input, fact->about_named, &fact->about_authority, &member);
}

static int compare_facts(const void *a, const void *b)
{
    return compare_said(*(const struct compile_fact *const *)a,
                        *(const struct compile_fact *const *)b);
}

static void find_challenges(const struct compile_input *input, struct compiled *compiled)
{
    const struct compile_fact **list = memory_new(input->fact_count + 1, sizeof(*list));
    size_t count = 0, kept = 0;

    for (size_t i = 0; i < input->fact_count; i++)
        if (is_challenge(input, &input->facts[i]))
            list[count++] = &input->facts[i];
    qsort(list, count, sizeof(*list), compare_facts);
    for (size_t i = 0; i < count; i++)
        if (kept == 0 || !digest_equal(&list[kept - 1]->id, &list[i]->id))
            list[kept++] = list[i]; /* One to several records at once is one. */
    compiled->challenges = list;
    compiled->challenge_count = kept;
}

/* --- All of it --- */

static void put_in_order(struct compiled *compiled)
{
    sort(compiled->themes.list, compiled->themes.count, sizeof *compiled->themes.list,
         compare_themes);
    sort(compiled->addressed.list, compiled->addressed.count, sizeof *compiled->addressed.list,
         compare_themes);
    sort(compiled->matters.list, compiled->matters.count, sizeof *compiled->matters.list,
         compare_matters);
    sort(compiled->silent.list, compiled->silent.count, sizeof *compiled->silent.list,
         compare_silences);
}

struct compiled *compile(const struct compile_input *input)
{
    struct compiled *compiled = memory_new(1, sizeof *compiled);
    struct compiling compiling = {.input = input};

    compiling.members = memory_new(input->member_count + 1, sizeof *compiling.members);
    compiling.marks = memory_new(input->member_count + 1, sizeof *compiling.marks);
    know_all(&compiling);
    for (size_t i = 0; i < input->fact_count; i++)
        hear(&compiling, &input->facts[i]);
    sort(compiling.mentions, compiling.count, sizeof *compiling.mentions, compare_mentions);
    count_all(&compiling, compiled);
    find_silent(&compiling, compiled);
    find_challenges(input, compiled);
    put_in_order(compiled);
    free(compiling.mentions);
    free(compiling.members);
    free(compiling.marks);
    free(compiling.known);
    return compiled;
}

static void free_themes(struct compiled_themes *themes)
{
    for (size_t i = 0; i < themes->count; i++)
        free(themes->list[i].count.facts);
    free(themes->list);
}

void compiled_free(struct compiled *compiled)
{
    if (compiled == NULL)
        return;
    free_themes(&compiled->themes);
    free_themes(&compiled->addressed);
    for (size_t i = 0; i < compiled->matters.count; i++)
        release_matter(&compiled->matters.list[i]);
    free(compiled->matters.list);
    free(compiled->silent.list);
    free(compiled->challenges);
    free(compiled);
}
