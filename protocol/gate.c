#define PCRE2_CODE_UNIT_WIDTH 8

#include "crypto/digest.h"
#include "protocol/document.h"
#include "protocol/gate_inside.h"

#include <assert.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

const struct finding_kind finding_kinds[FINDING_CLASSES] = {
    [FINDING_NHS_NUMBER] = {"nhs_number", "NHS_NUMBER", "an NHS number", true,
                            "Take it out: \"[resident]\" says enough", false},
    [FINDING_CHI_NUMBER] = {"chi_number", "CHI_NUMBER", "a CHI number", true,
                            "Take it out: \"[resident]\" says enough", false},
    [FINDING_NI_NUMBER] = {"ni_number", "NINO", "a National Insurance number", true,
                           "Take it out: \"[resident]\" says enough", false},
    [FINDING_UPN] = {"upn", "UPN", "a pupil's number", true, "Take it out: \"[pupil]\" says enough",
                     false},
    [FINDING_BANK] = {"bank", "BANK", "details of a bank account or card", true,
                      "Take it out: \"[account]\" says enough", false},
    [FINDING_EMAIL] = {"email", "EMAIL", "an e-mail address", true,
                       "Name the role instead, such as \"[team manager]\"", false},
    [FINDING_PHONE] = {"phone", "PHONE", "a telephone number", true,
                       "Name the line or the role instead, such as \"[duty line]\"", false},
    [FINDING_DATE_OF_BIRTH] =
        {"date_of_birth", "DOB", "a date of birth", false,
         "Give an age band instead, such as \"under five\" or \"in her eighties\"", false},
    [FINDING_POSTCODE] = {"postcode", "POSTCODE", "a postcode", false,
                          "Name the kind of place instead, such as \"[a neighbourhood]\"", false},
    [FINDING_ADDRESS] = {"address", "ADDRESS", "an address", false,
                         "Name the kind of place instead, such as \"[a flat]\"", false},
    [FINDING_UPRN] = {"uprn", "UPRN", "a property's reference number", false,
                      "Take it out: \"[property]\" says enough", false},
    [FINDING_VEHICLE] = {"vehicle_reg", "VEHICLE_REG", "a vehicle's number", false,
                         "Take it out: \"[a van]\" says enough", false},
    [FINDING_CASE_REF] =
        {"case_ref", "CASE_REF", "a reference of a case", false,
         "Take it out: \"[case]\" says enough, and one search for it names the people", false},
    [FINDING_URL] = {"url", "URL", "a web address or account", false,
                     "Say whose page it is instead, such as \"[our website]\"", false},
    [FINDING_PERSON] = {"person", "PERSON", "a person's name", false,
                        "Name the role instead, such as \"[resident]\" or \"[social worker]\"",
                        false},
    [FINDING_PLACE] = {"place", "PLACE", "the name of a place", false,
                       "Name the kind of place instead, such as \"[an estate]\"", false},
    [FINDING_ORG] = {"organisation", "ORG", "the name of an organisation", false,
                     "Name the kind instead, such as \"[a care home]\"", false},
    [FINDING_AUTHORITY] = {"authority", "AUTHORITY", "a name of an authority", false,
                           "Say \"[the council]\", or keep it where the lesson is signed anyway",
                           false},
    [FINDING_TELLTALE] =
        {"telltale", "TELLTALE", "something that tells which authority this is", false,
         "Say it more broadly: \"in the spring\", \"early on\", \"about a third\", "
         "\"tens of thousands of pounds\"",
         false},
    [FINDING_UNREAD] = {"unread", "UNREAD", "a text that could not be checked", true,
                        "Write it shorter and plainer", false},
    [FINDING_BLAME] =
        {"blame", "BLAME", "blame", false,
         "Say what happened and what was in the way: \"the visit was not made; two of "
         "five posts were empty\"",
         true},
};

const char *const unnamed_advice[FINDING_CLASSES] = {
    [FINDING_AUTHORITY] = "Say \"[the council]\": who reads it is not to know which"};

/* Far above what a field of a lesson needs; a text that needs more is reported as unread. */
#define MATCH_LIMIT 4000000
#define DEPTH_LIMIT 20000
#define HEAP_LIMIT_KIB 16384

/* What each rule has of one kind, compiled: once for those that have the same. */
struct compiled {
    pcre2_code **codes; /* With the first that has it; NULL with the others, and where none does. */
    size_t *first;      /* By rule: the first that has the same. */
};

struct gate {
    pcre2_match_context *limits;
    struct compiled patterns, near, unless, asks;
    bool *shared; /* By rule: another has its pattern, too. */
    pcre2_code *date_after_name, *house_before_place;
    struct lexicon *lexicon;
    struct name_lists *lists;
};

/* --- Compiling --- */

static pcre2_code *compile(struct bytes pattern)
{
    PCRE2_SIZE at;
    int error;
    pcre2_code *code =
        pcre2_compile(pattern.data, pattern.size, PCRE2_UTF | PCRE2_UCP | PCRE2_USE_OFFSET_LIMIT,
                      &error, &at, NULL);

    assert(code != NULL);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* Without it, it is slower and no different. */
    return code;
}

static bool name_serves(struct bytes name, struct fault *fault)
{
    struct bytes trimmed = text_trimmed(name);

    if (!bytes_are_text(name) || trimmed.size > GATE_NAME_MAX)
        return fault_set(fault, FAULT_INPUT,
                         "own name \"%.*s\": must be UTF-8 of at most %d bytes: write it shorter",
                         QUOTED(name), GATE_NAME_MAX);
    if (trimmed.size < 2)
        return fault_set(fault, FAULT_INPUT,
                         "own name \"%.*s\": one letter would be found everywhere: leave it out",
                         QUOTED(name));
    return true;
}

static bool names_serve(const struct gate_names *names, size_t *count, struct fault *fault)
{
    *count += names->count;
    if (*count > GATE_NAMES_MAX)
        return fault_set(fault, FAULT_INPUT, "more than %d own names: leave some out",
                         GATE_NAMES_MAX);
    for (size_t i = 0; i < names->count; i++)
        if (!name_serves(names->list[i], fault))
            return false;
    return true;
}

static bool profile_serves(const struct gate_profile *profile, struct fault *fault)
{
    size_t count = 0;

    return names_serve(&profile->names, &count, fault) &&
           names_serve(&profile->places, &count, fault) &&
           names_serve(&profile->organisations, &count, fault) &&
           names_serve(&profile->people, &count, fault);
}

void gate_names_add(struct gate_names *names, struct bytes name)
{
    struct bytes *list =
        memory_grow((void *)(uintptr_t)names->list, names->count + 1, sizeof *list);

    list[names->count++] = name;
    names->list = list;
}

void gate_profile_release(struct gate_profile *profile)
{
    free((void *)(uintptr_t)profile->names.list);
    free((void *)(uintptr_t)profile->places.list);
    free((void *)(uintptr_t)profile->organisations.list);
    free((void *)(uintptr_t)profile->people.list);
    *profile = (struct gate_profile){0};
}

static bool is_hard(const struct rule *rule)
{
    return finding_kinds[rule->class].hard;
}

static bool read_alike(const struct rule *rule, const struct rule *other)
{
    return is_hard(rule) == is_hard(other) && rule->as_written == other->as_written;
}

static bool reads(const char *pattern, const char *other)
{
    return other != NULL && strcmp(pattern, other) == 0;
}

/* Given the same text, and looking for the whole of the pattern. */
static bool look_alike(const struct rule *rule, const struct rule *other)
{
    return rule->group == 0 && other->group == 0 && reads(rule->pattern, other->pattern);
}

static bool near_alike(const struct rule *rule, const struct rule *other)
{
    return reads(rule->near, other->near) && rule->before == other->before &&
           rule->after == other->after;
}

static bool unless_alike(const struct rule *rule, const struct rule *other)
{
    return reads(rule->unless, other->unless);
}

static bool ask_alike(const struct rule *rule, const struct rule *other)
{
    return reads(rule->asks, other->asks);
}

static size_t first_alike(size_t rule, bool (*alike)(const struct rule *, const struct rule *))
{
    size_t first = 0;

    while (first < rule && !(read_alike(&gate_rules[rule], &gate_rules[first]) &&
                             alike(&gate_rules[rule], &gate_rules[first])))
        first++;
    return first;
}

static void compiled_new(struct compiled *compiled)
{
    compiled->codes = memory_new(gate_rule_count, sizeof *compiled->codes);
    compiled->first = memory_new(gate_rule_count, sizeof *compiled->first);
}

static void compiled_release(struct compiled *compiled)
{
    for (size_t i = 0; i < gate_rule_count; i++)
        pcre2_code_free(compiled->codes[i]);
    free(compiled->codes);
    free(compiled->first);
}

static const pcre2_code *code_of(const struct compiled *compiled, size_t rule)
{
    return compiled->codes[compiled->first[rule]];
}

/* `pattern` may be NULL. */
static void compile_rule(struct compiled *compiled, size_t rule, const char *pattern,
                         bool (*alike)(const struct rule *, const struct rule *))
{
    compiled->first[rule] = pattern == NULL ? rule : first_alike(rule, alike);
    if (pattern != NULL && compiled->first[rule] == rule)
        compiled->codes[rule] = compile(bytes_of_text(pattern));
}

static void compile_rules(struct gate *gate, bool hard_alone)
{
    compiled_new(&gate->patterns);
    compiled_new(&gate->near);
    compiled_new(&gate->unless);
    compiled_new(&gate->asks);
    gate->shared = memory_new(gate_rule_count, sizeof *gate->shared);
    for (size_t i = 0; i < gate_rule_count; i++) {
        const struct rule *rule = &gate_rules[i];
        if (hard_alone && !is_hard(rule))
            continue;
        compile_rule(&gate->patterns, i, rule->pattern, look_alike);
        compile_rule(&gate->near, i, rule->near, near_alike);
        compile_rule(&gate->unless, i, rule->unless, unless_alike);
        compile_rule(&gate->asks, i, rule->asks, ask_alike);
        if (gate->patterns.first[i] != i)
            gate->shared[i] = gate->shared[gate->patterns.first[i]] = true;
    }
}

struct gate *gate_new(const struct gate_profile *profile, struct fault *fault)
{
    if (profile != NULL && !profile_serves(profile, fault))
        return NULL;
    struct gate *gate = memory_new(1, sizeof *gate);
    gate->limits = pcre2_match_context_create(NULL);
    assert(gate->limits != NULL);
    pcre2_set_match_limit(gate->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(gate->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(gate->limits, HEAP_LIMIT_KIB);
    compile_rules(gate, profile == NULL);
    if (profile == NULL)
        return gate;
    gate->date_after_name = compile(bytes_of_text(gate_date_after_name));
    gate->house_before_place = compile(bytes_of_text(gate_house_before_place));
    gate->lexicon = lexicon_new();
    gate->lists = name_lists_new(profile, gate->lexicon);
    return gate;
}

void gate_free(struct gate *gate)
{
    if (gate == NULL)
        return;
    compiled_release(&gate->patterns);
    compiled_release(&gate->near);
    compiled_release(&gate->unless);
    compiled_release(&gate->asks);
    free(gate->shared);
    pcre2_code_free(gate->date_after_name);
    pcre2_code_free(gate->house_before_place);
    name_lists_free(gate->lists);
    lexicon_free(gate->lexicon);
    pcre2_match_context_free(gate->limits);
    free(gate);
}

/* --- Scanning one text --- */

/* A list that has room for one more than `count`: twice as long whenever it is full. */
static void *room_for_one(void *list, size_t count, size_t size)
{
    return (count & (count - 1)) == 0 ? memory_grow(list, count == 0 ? 1 : 2 * count, size) : list;
}

static void add_finding(struct findings *findings, enum finding_class class, const char *rule,
                        size_t start, size_t end)
{
    findings->list = room_for_one(findings->list, findings->count, sizeof *findings->list);
    findings->list[findings->count++] = (struct finding){.start = start,
                                                         .end = end,
                                                         .class = class,
                                                         .rule = rule,
                                                         .hard = finding_kinds[class].hard,
                                                         .advice = finding_kinds[class].advice};
}

static void add_unread(struct findings *findings, size_t start, size_t end)
{
    add_finding(findings, FINDING_UNREAD, "unread", start, end);
}

static bool inside_character(struct bytes text, size_t at)
{
    return at < text.size && (text.data[at] & 0xc0) == 0x80;
}

/* A text as rules are given it, and where its digits stand. */
struct reading {
    struct bytes text;
    const size_t *from; /* As in struct plain; NULL where it is the text itself. */
    struct span *digits;
    size_t count;
};

/* Matches of a pattern that several rules have, in the order of the text: what stands at `start` is
 * the first from `from` on. */
struct seen {
    struct match {
        size_t from, start, end;
    } * list;
    size_t count, next; /* `next`: where the rule at work is. */
    bool ended;
    size_t ended_from; /* From here on there is no more. */
};

/* What stands around a number rule after rule asks: the last answers, each where its question
 * falls.
 */
#define ANSWERS 64
struct answer {
    const pcre2_code *question; /* NULL: none. */
    size_t start, end;
    bool is;
};

/* One scan of one text. */
struct scan {
    const struct gate *gate;
    struct bytes text;
    struct reading written, plain;
    pcre2_match_data *match;
    pcre2_match_context *limits;
    struct seen *seen; /* By rule, with the first that has the pattern. */
    struct answer *answers;
    struct findings *findings;
    size_t first; /* The first finding of this text. */
};

/* Find a pattern that begins from `from` to `last`. Its place is in `span`;
 * returns 1, 0 where there is none, -1 where the limits ended the search. */
static int find_within(const struct scan *scan, const pcre2_code *code, uint32_t group,
                       struct bytes text, size_t from, size_t last, size_t span[2])
{
    pcre2_set_offset_limit(scan->limits, last);
    int count = pcre2_match(code, text.data, text.size, from, PCRE2_NO_UTF_CHECK, scan->match,
                            scan->limits);

    if (count > 0) {
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(scan->match);
        span[0] = places[2 * group];
        span[1] = places[2 * group + 1];
    }
    return count > 0 ? 1 : count == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

static int find(const struct scan *scan, const pcre2_code *code, uint32_t group, struct bytes text,
                size_t from, size_t span[2])
{
    return find_within(scan, code, group, text, from, PCRE2_UNSET, span);
}

static void note_digits(struct reading *reading)
{
    struct bytes text = reading->text;

    for (size_t at = 0; at < text.size; at++) {
        if (text.data[at] < '0' || text.data[at] > '9')
            continue;
        struct span *last = reading->count == 0 ? NULL : &reading->digits[reading->count - 1];
        if (last != NULL && last->at + last->size == at) {
            last->size++;
            continue;
        }
        reading->digits = room_for_one(reading->digits, reading->count, sizeof *reading->digits);
        reading->digits[reading->count++] = (struct span){at, 1};
    }
}

/* How many digits are looked at in one go, and how far beyond what is asked they may stand apart:
 * to begin a search anew takes longer than to look at so many bytes. */
#define DIGITS_AHEAD 32
#define DIGITS_APART 64

/* The same, for a pattern that begins at most `most` bytes before a digit. */
static int find_by_digits(const struct scan *scan, const pcre2_code *code, uint32_t group,
                          const struct reading *in, size_t most, size_t from, size_t span[2])
{
    size_t low = 0, high = in->count;

    while (low < high) { /* The first digits that do not end before `from`. */
        size_t middle = low + (high - low) / 2;
        if (in->digits[middle].at + in->digits[middle].size <= from)
            low = middle + 1;
        else
            high = middle;
    }
    for (size_t i = low, last; i < in->count; i++, from = last + 1) {
        size_t start = in->digits[i].at > most ? in->digits[i].at - most : 0;
        for (size_t ahead = 0;
             ahead < DIGITS_AHEAD && i + 1 < in->count &&
             in->digits[i + 1].at <= in->digits[i].at + in->digits[i].size + most + DIGITS_APART;
             ahead++)
            i++;
        last = in->digits[i].at + in->digits[i].size - 1;
        for (start = start > from ? start : from; inside_character(in->text, start);)
            start++;
        int found = find_within(scan, code, group, in->text, start, last, span);
        if (found != 0)
            return found;
    }
    return 0;
}

/* So many bytes before a place, and after one, of whole characters. */
static struct bytes text_before(struct bytes text, size_t at, size_t most)
{
    size_t start = at > most ? at - most : 0;

    while (inside_character(text, start))
        start++;
    return bytes_of(text.data + start, at - start);
}

static struct bytes text_behind(struct bytes text, size_t at, size_t most)
{
    size_t end = text.size - at > most ? at + most : text.size;

    while (inside_character(text, end))
        end--;
    return bytes_of(text.data + at, end - at);
}

/* Does the word that a rule asks for stand near? What cannot be told counts as a yes. */
static bool find_near(const struct scan *scan, size_t rule, struct bytes text, const size_t span[2])
{
    const struct rule *is = &gate_rules[rule];
    const pcre2_code *near = code_of(&scan->gate->near, rule);
    size_t found[2];

    return find(scan, near, 0, text_before(text, span[0], is->before), 0, found) != 0 ||
           find(scan, near, 0, text_behind(text, span[1], is->after), 0, found) != 0;
}

/* Does what rules a finding out stand straight before? */
#define UNLESS_MOST 60

static bool find_unless(const struct scan *scan, size_t rule, struct bytes text,
                        const size_t span[2])
{
    const pcre2_code *unless = code_of(&scan->gate->unless, rule);
    size_t found[2];

    return find(scan, unless, 0, text_before(text, span[0], UNLESS_MOST), 0, found) > 0;
}

static bool is_around(const struct scan *scan, size_t rule, const pcre2_code *question,
                      struct bytes text, const size_t span[2],
                      bool (*find_around)(const struct scan *, size_t, struct bytes,
                                          const size_t[2]))
{
    size_t slot = ((uintptr_t)question / 64 + 7 * span[0] + span[1]) % ANSWERS;
    struct answer *answer = &scan->answers[slot];

    if (answer->question != question || answer->start != span[0] || answer->end != span[1])
        *answer = (struct answer){question, span[0], span[1], find_around(scan, rule, text, span)};
    return answer->is;
}

/* Does what a rule asks for stand anywhere in the text? */
static bool find_asked(const struct scan *scan, size_t rule, struct bytes text,
                       const size_t span[2])
{
    size_t found[2];

    return find(scan, code_of(&scan->gate->asks, rule), 0, text, span[0], found) != 0;
}

static bool is_asked_for(const struct scan *scan, size_t rule, struct bytes text)
{
    const size_t whole[2] = {0, text.size};

    return is_around(scan, rule, code_of(&scan->gate->asks, rule), text, whole, find_asked);
}

static bool is_near(const struct scan *scan, size_t rule, struct bytes text, const size_t span[2])
{
    return is_around(scan, rule, code_of(&scan->gate->near, rule), text, span, find_near);
}

static bool is_ruled_out(const struct scan *scan, size_t rule, struct bytes text,
                         const size_t span[2])
{
    return is_around(scan, rule, code_of(&scan->gate->unless, rule), text, span, find_unless);
}

static bool rule_holds(const struct scan *scan, size_t rule, struct bytes text,
                       const size_t span[2])
{
    const struct rule *is = &gate_rules[rule];
    struct bytes found = bytes_of(text.data + span[0], span[1] - span[0]);

    return (is->holds == NULL || is->holds(found)) &&
           (is->near == NULL || is_near(scan, rule, text, span)) &&
           (is->unless == NULL || !is_ruled_out(scan, rule, text, span));
}

static size_t next_character(struct bytes text, size_t at)
{
    for (at++; inside_character(text, at); at++)
        ;
    return at;
}

static int look_for(const struct scan *scan, size_t rule, const struct reading *in, size_t from,
                    size_t span[2])
{
    const struct rule *is = &gate_rules[rule];
    const pcre2_code *code = code_of(&scan->gate->patterns, rule);

    return is->digit > 0 ? find_by_digits(scan, code, is->group, in, is->digit, from, span)
                         : find(scan, code, is->group, in->text, from, span);
}

/* The next match of a rule's pattern, from what another rule has seen where it can. */
static int find_rule(const struct scan *scan, size_t rule, const struct reading *in, size_t from,
                     size_t span[2])
{
    struct seen *seen = &scan->seen[scan->gate->patterns.first[rule]];

    if (!scan->gate->shared[rule])
        return look_for(scan, rule, in, from, span);
    while (seen->next < seen->count && seen->list[seen->next].start < from)
        seen->next++;
    if (seen->next < seen->count && seen->list[seen->next].from <= from) {
        span[0] = seen->list[seen->next].start;
        span[1] = seen->list[seen->next].end;
        return 1;
    }
    if (seen->ended && from >= seen->ended_from)
        return 0;
    int found = look_for(scan, rule, in, from, span);
    if (found == 0 && !seen->ended) {
        seen->ended = true;
        seen->ended_from = from;
    }
    if (found > 0 && seen->next == seen->count) {
        seen->list = room_for_one(seen->list, seen->count, sizeof *seen->list);
        seen->list[seen->count++] = (struct match){from, span[0], span[1]};
    }
    return found;
}

/* Where a place of a reading stands in the text as it came. */
static size_t place_of(const struct reading *in, size_t at)
{
    return in->from == NULL ? at : in->from[at];
}

/* Is it inside of what has been found to be the same? Only the last findings are looked at: more
 * take longer than to ask what stands around. */
#define FINDINGS_BACK 64
static bool is_known(const struct scan *scan, enum finding_class class, const struct reading *in,
                     const size_t span[2])
{
    size_t start = place_of(in, span[0]), end = place_of(in, span[1]);

    size_t count = scan->findings->count;
    size_t i = count - scan->first > FINDINGS_BACK ? count - FINDINGS_BACK : scan->first;

    for (; i < count; i++)
        if (scan->findings->list[i].class == class && scan->findings->list[i].start <= start &&
            end <= scan->findings->list[i].end)
            return true;
    return false;
}

static void scan_rule(const struct scan *scan, size_t rule)
{
    const struct rule *is = &gate_rules[rule];
    const struct reading *in = is_hard(is) && !is->as_written ? &scan->plain : &scan->written;
    size_t from = 0, span[2];
    int found;

    if (is->asks != NULL && !is_asked_for(scan, rule, in->text))
        return;
    scan->seen[scan->gate->patterns.first[rule]].next = 0;
    while ((found = find_rule(scan, rule, in, from, span)) > 0)
        if (is_known(scan, is->class, in, span)) {
            from = span[1];
        } else if (rule_holds(scan, rule, in->text, span)) {
            add_finding(scan->findings, is->class, is->name, place_of(in, span[0]),
                        place_of(in, span[1]));
            from = span[1];
        } else {
            from = next_character(in->text, span[0]); /* Another may begin inside. */
        }
    if (found < 0)
        add_unread(scan->findings, place_of(in, from), scan->text.size);
}

#define LISTED "listed" /* The rule of your own names. */

static void mark_listed(const struct gate *gate, struct text *text)
{
    size_t size;

    name_lists_mend(gate->lists, text);
    for (size_t i = 0; i<text->count; i += size> 0 ? size : 1) {
        enum finding_class class;
        size = name_lists_match(gate->lists, text, i, &class);
        for (size_t k = i; k < i + size; k++) {
            text->words[k].is_name = true;
            text->words[k].class = class;
            text->words[k].rule = LISTED;
            text->words[k].begins = k == i;
            text->words[k].joined = text->words[k].joined || k > i;
        }
    }
}

/* One finding for words that make up one name. */
static void scan_names(const struct gate *gate, struct bytes bytes, struct findings *findings)
{
    struct text text;

    text_take_apart(&text, gate->lexicon, bytes);
    mark_listed(gate, &text);
    find_places(&text);
    find_people(&text);
    for (size_t i = 0, last; i < text.count; i = last + 1) {
        last = i;
        if (!text.words[i].is_name)
            continue;
        while (last + 1 < text.count && text.words[last + 1].is_name &&
               text.words[last + 1].joined && !text.words[last + 1].begins)
            last++;
        add_finding(findings, text.words[i].class, text.words[i].rule, text.words[i].start,
                    text_end_of_name(&text, last));
    }
    text_release(&text);
}

static void scan_dates_after_names(const struct scan *scan)
{
    size_t count = scan->findings->count, span[2];

    for (size_t i = scan->first; i < count; i++)
        if (scan->findings->list[i].class == FINDING_PERSON &&
            find(scan, scan->gate->date_after_name, 1, scan->text, scan->findings->list[i].end,
                 span) > 0)
            add_finding(scan->findings, FINDING_DATE_OF_BIRTH, "date-after-name", span[0], span[1]);
}

#define HOUSE_MOST 40 /* Bytes that are looked at before a place. */

static void scan_houses(const struct scan *scan)
{
    size_t count = scan->findings->count, span[2];

    for (size_t i = scan->first; i < count; i++) {
        const struct finding *place = &scan->findings->list[i];
        struct bytes before = text_before(scan->text, place->start, HOUSE_MOST);
        if (place->class == FINDING_PLACE &&
            find(scan, scan->gate->house_before_place, 0, before, 0, span) > 0)
            add_finding(scan->findings, FINDING_ADDRESS, "house-and-place",
                        place->start - before.size + span[0], place->end);
    }
}

static int leftmost_longest(const void *a, const void *b)
{
    const struct finding *first = a, *second = b;

    if (first->item != second->item)
        return first->item < second->item ? -1 : 1;
    if (first->start != second->start)
        return first->start < second->start ? -1 : 1;
    if (first->end != second->end)
        return first->end > second->end ? -1 : 1;
    return (int)first->class - (int)second->class;
}

/* A hard finding is never lost behind a soft one, which could be kept, none behind a suggestion,
 * and none is cut short. */
static void absorb(struct finding *finding, const struct finding *other)
{
    size_t start = finding->start, end = finding->end;

    if ((other->hard && !finding->hard) || finding_kinds[finding->class].suggestion)
        *finding = *other;
    finding->start = start;
    finding->end = other->end > end ? other->end : end;
}

/* How many brackets that open in a part of a text do not close in it. */
static size_t left_open(struct bytes text, size_t start, size_t end)
{
    size_t open = 0;

    for (size_t i = start; i < end; i++)
        if (text.data[i] == '(')
            open++;
        else if (text.data[i] == ')' && open > 0)
            open--;
    return open;
}

/* What stands for "01632 960 456" in "(01632 960 456)" is to stand between both brackets, and for
 * "01632 (960 456)" instead of both. */
static void settle_brackets(struct bytes text, struct finding *finding)
{
    while (finding->start + 1 < finding->end && text.data[finding->start] == '(' &&
           left_open(text, finding->start, finding->end) >
               left_open(text, finding->start + 1, finding->end))
        finding->start++;
    for (size_t open = left_open(text, finding->start, finding->end);
         open > 0 && finding->end < text.size && text.data[finding->end] == ')'; open--)
        finding->end++;
}

/* Sort the findings from `first` on and leave none that overlaps another. */
static void resolve(struct findings *findings, size_t first)
{
    size_t kept = first;

    if (findings->count == first)
        return;
    qsort(findings->list + first, findings->count - first, sizeof *findings->list,
          leftmost_longest);
    for (size_t i = first; i < findings->count; i++)
        if (kept == first || findings->list[i].item != findings->list[kept - 1].item ||
            findings->list[i].start >= findings->list[kept - 1].end)
            findings->list[kept++] = findings->list[i];
        else
            absorb(&findings->list[kept - 1], &findings->list[i]);
    findings->count = kept;
}

/* The words that a text joins, each where it stands: "ashcombe/late-rounds", "Ashcombe-wide". */
static void part_words(struct bytes text, struct buffer *words)
{
    buffer_append(words, text);
    for (size_t i = 0; i < words->size; i++)
        if (strchr("-_./:", words->data[i]) != NULL)
            words->data[i] = ' ';
}

static bool has_authority(const struct gate *gate, struct bytes bytes)
{
    struct buffer words = {0};
    struct text text;
    bool has = false;

    part_words(bytes, &words);
    text_take_apart(&text, gate->lexicon, buffer_view(&words));
    mark_listed(gate, &text);
    for (size_t i = 0; i < text.count; i++)
        has = has || (text.words[i].is_name && text.words[i].class == FINDING_AUTHORITY);
    text_release(&text);
    buffer_release(&words);
    return has;
}

/* Where the author is not named its name may not hide in what can be kept: "12 Ashcombe Road". */
static void settle_unnamed(const struct gate *gate, struct bytes text, struct finding *finding)
{
    struct bytes found = bytes_of(text.data + finding->start, finding->end - finding->start);

    if (!finding->hard && has_authority(gate, found))
        finding->class = FINDING_AUTHORITY;
    if (unnamed_advice[finding->class] != NULL)
        finding->advice = unnamed_advice[finding->class];
}

static bool applies(const struct rule *rule, enum gate_mode mode)
{
    return mode == GATE_HARD ? is_hard(rule) : mode == GATE_ANONYMOUS || !rule->anonymous;
}

/* Append what the rules find, and names, as they come: one may lie over another. */
static void scan_text(const struct gate *gate, enum gate_mode mode, struct bytes text,
                      struct findings *findings)
{
    struct plain plain;

    plain_read(&plain, text);
    struct scan scan = {.gate = gate,
                        .text = text,
                        .written = {.text = text},
                        .plain = {.text = buffer_view(&plain.made), .from = plain.from},
                        .match = pcre2_match_data_create(2, NULL),
                        .limits = pcre2_match_context_copy(gate->limits),
                        .seen = memory_new(gate_rule_count, sizeof *scan.seen),
                        .answers = memory_new(ANSWERS, sizeof *scan.answers),
                        .findings = findings,
                        .first = findings->count};
    assert(scan.match != NULL && scan.limits != NULL);
    note_digits(&scan.written);
    note_digits(&scan.plain);
    for (size_t i = 0; i < gate_rule_count; i++)
        if (applies(&gate_rules[i], mode))
            scan_rule(&scan, i);
    if (mode != GATE_HARD) {
        scan_names(gate, text, findings);
        scan_dates_after_names(&scan);
        scan_houses(&scan);
    }
    for (size_t i = 0; i < gate_rule_count; i++)
        free(scan.seen[i].list);
    free(scan.seen);
    free(scan.answers);
    pcre2_match_context_free(scan.limits);
    pcre2_match_data_free(scan.match);
    free(scan.written.digits);
    free(scan.plain.digits);
    plain_release(&plain);
}

void gate_scan(const struct gate *gate, enum gate_mode mode, struct bytes text,
               struct findings *findings)
{
    size_t first = findings->count;

    assert(mode == GATE_HARD || gate->lexicon != NULL);
    if (text.size == 0)
        return;
    if (!bytes_are_text(text)) {
        add_unread(findings, 0, text.size);
        return;
    }
    scan_text(gate, mode, text, findings);
    for (size_t i = first; i < findings->count; i++)
        settle_brackets(text, &findings->list[i]);
    resolve(findings, first);
    for (size_t i = first; mode == GATE_ANONYMOUS && i < findings->count; i++)
        settle_unnamed(gate, text, &findings->list[i]);
}

void findings_release(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){0};
}

/* --- Scanning a document --- */

/* Where in the file a text goes on after the bytes from `from` to `to` of it. */
static struct place place_after(struct place place, struct bytes text, size_t from, size_t to)
{
    if (place.line == 0)
        return place;
    for (size_t i = from; i < to; i++) {
        place.column++;
        if (text.data[i] == '\n')
            place = (struct place){place.line + 1, 1};
    }
    return place;
}

static bool cell_is_unscanned(const struct field *field, size_t item, struct bytes text)
{
    if (field->type == FIELD_ROWS)
        return field->unscanned || field->columns[item % field->column_count].unscanned;
    if (!field_is_scanned(field))
        return true;
    if (!field->unscanned)
        return false;
    return field->vocabulary != NULL ? vocabulary_find(field->vocabulary, text) != NULL
                                     : text.size == 2 * DIGEST_SIZE;
}

static bool is_code(const struct field *field, size_t item)
{
    return field->coded || field->unscanned ||
           (field->type == FIELD_ROWS && field->columns[item % field->column_count].coded);
}

/* In a code a word tells nothing; but where the author is not named your own names do:
 * "ashcombe/late-rounds". */
static void scan_code(const struct gate *gate, enum gate_mode mode, struct bytes code,
                      struct findings *findings)
{
    struct buffer words = {0};

    gate_scan(gate, GATE_HARD, code, findings);
    if (mode != GATE_ANONYMOUS)
        return;
    size_t kept = findings->count;
    part_words(code, &words);
    gate_scan(gate, mode, buffer_view(&words), findings);
    for (size_t i = kept; i < findings->count; i++)
        if (findings->list[i].class == FINDING_AUTHORITY ||
            strcmp(findings->list[i].rule, LISTED) == 0)
            findings->list[kept++] = findings->list[i];
    findings->count = kept;
    buffer_release(&words);
}

bool field_is_scanned(const struct field *field)
{
    return !field->unscanned || field->vocabulary != NULL || field->target != NULL;
}

/* From `first` on, findings are of this item. */
static void note_item(struct findings *findings, size_t first, const char *key, size_t item)
{
    for (size_t i = first; i < findings->count; i++) {
        findings->list[i].key = key;
        findings->list[i].item = item;
    }
}

/* What a number may be divided over: all items of a list, or the texts of a row. Figures, dates and
 * words of vocabularies are none of it: with those beside it any code would look like a number. */
static bool is_part(const struct field *field, size_t item)
{
    return field->type != FIELD_ROWS ||
           field->columns[item % field->column_count].type == FIELD_LINE;
}

struct part {
    size_t item, start, end; /* In the joined text. */
};

static size_t join(const struct document *document, const struct field *field, size_t from,
                   size_t to, struct part *parts, struct buffer *joined)
{
    size_t count = 0;

    for (size_t item = from; item < to; item++) {
        struct bytes text = document_item(document, field->key, item);
        if (text.size == 0 || !is_part(field, item) || cell_is_unscanned(field, item, text))
            continue;
        if (count > 0)
            buffer_append_text(joined, field->type == FIELD_ROWS ? " " : "\n");
        parts[count].item = item;
        parts[count].start = joined->size;
        buffer_append(joined, text);
        parts[count++].end = joined->size;
    }
    return count;
}

/* The pieces of a finding that stands in more than one part. */
static void add_pieces(struct findings *findings, const struct finding *whole, const char *key,
                       const struct part *parts, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        size_t start = whole->start > parts[i].start ? whole->start : parts[i].start;
        size_t end = whole->end < parts[i].end ? whole->end : parts[i].end;
        if (start >= end || (whole->start >= parts[i].start && whole->end <= parts[i].end))
            continue;
        add_finding(findings, whole->class, whole->rule, start - parts[i].start,
                    end - parts[i].start);
        note_item(findings, findings->count - 1, key, parts[i].item);
    }
}

/* What may never be kept, and begins in one item and ends in another. */
static void scan_joined(const struct gate *gate, const struct document *document,
                        const struct field *field, size_t from, size_t to,
                        struct findings *findings)
{
    struct part *parts = memory_new(to - from, sizeof *parts);
    struct buffer joined = {0};
    struct findings found = {0};
    size_t count = join(document, field, from, to, parts, &joined);

    if (count > 1)
        gate_scan(gate, GATE_HARD, buffer_view(&joined), &found);
    for (size_t i = 0; i < found.count; i++)
        add_pieces(findings, &found.list[i], field->key, parts, count);
    findings_release(&found);
    buffer_release(&joined);
    free(parts);
}

static void note_places(const struct document *document, struct findings *findings, size_t first)
{
    for (size_t i = first; i < findings->count; i++) {
        struct finding *finding = &findings->list[i];
        struct bytes text = document_item(document, finding->key, finding->item);
        bool goes_on = i > first && finding[-1].item == finding->item;
        finding->place =
            goes_on ? place_after(finding[-1].place, text, finding[-1].start, finding->start)
                    : place_after(document_place(document, finding->key, finding->item), text, 0,
                                  finding->start);
    }
}

void gate_scan_field(const struct gate *gate, enum gate_mode mode, const struct document *document,
                     const struct field *field, struct findings *findings)
{
    size_t count = document_count(document, field->key), first = findings->count;
    size_t stretch = field->type == FIELD_ROWS ? field->column_count : count;

    for (size_t item = 0; item < count; item++) {
        size_t before = findings->count;
        struct bytes text = document_item(document, field->key, item);
        if (cell_is_unscanned(field, item, text))
            continue;
        if (is_code(field, item))
            scan_code(gate, mode, text, findings);
        else
            gate_scan(gate, mode, text, findings);
        note_item(findings, before, field->key, item);
    }
    for (size_t from = 0; count > 1 && from < count; from += stretch)
        scan_joined(gate, document, field, from, from + stretch < count ? from + stretch : count,
                    findings);
    resolve(findings, first);
    note_places(document, findings, first);
}

void gate_scan_document(const struct gate *gate, enum gate_mode mode,
                        const struct document *document, struct findings *findings)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        gate_scan_field(gate, mode, document, &form->fields[i], findings);
}

struct bytes finding_text(const struct document *document, const struct finding *finding)
{
    struct bytes text = document_item(document, finding->key, finding->item);

    assert(finding->start <= finding->end && finding->end <= text.size);
    return bytes_of(text.data + finding->start, finding->end - finding->start);
}
