#define PCRE2_CODE_UNIT_WIDTH 8

#include "protocol/gate.h"
#include "protocol/document.h"

#include <assert.h>
#include <pcre2.h>
#include <stdlib.h>
#include <string.h>

const struct finding_kind finding_kinds[FINDING_CLASSES] = {
    [FINDING_NHS_NUMBER] = {"nhs_number", "an NHS number", true,
                            "Take it out: \"[resident]\" says enough"},
    [FINDING_NI_NUMBER] = {"ni_number", "a National Insurance number", true,
                           "Take it out: \"[resident]\" says enough"},
    [FINDING_EMAIL] = {"email", "an e-mail address", true,
                       "Name the role instead, such as \"[team manager]\""},
    [FINDING_PHONE] = {"phone", "a telephone number", true,
                       "Name the line or the role instead, such as \"[duty line]\""},
    [FINDING_DATE_OF_BIRTH] = {"date_of_birth", "a date of birth", false,
                               "Give an age band instead, such as \"in her eighties\""},
    [FINDING_POSTCODE] = {"postcode", "a postcode", false,
                          "Name the kind of place instead, such as \"[a market town]\""},
    [FINDING_UPRN] = {"uprn", "a property's reference number", false,
                      "Take it out: \"[property]\" says enough"},
    [FINDING_OWN_NAME] = {"own_name", "a name of this authority", false,
                          "Say \"[the council]\", or keep it where the lesson is signed anyway"},
    [FINDING_UNREAD] = {"unread", "a text that could not be checked", true,
                        "Write it shorter and plainer"},
};

/* Between the parts of a number: what people, line breaks and word processors put there. */
#define GAP "[\\s.\\x{AD}\\x{200B}\\x{2010}-\\x{2015}\\x{2212}-]{0,3}"
#define PHONE_GAP "[\\s.()\\x{AD}\\x{200B}\\x{2010}-\\x{2015}\\x{2212}-]{0,3}"
/* No digits before that belong to the same number. */
#define FRESH "(?<![0-9])(?<![0-9][.,-])"
#define MONTH                                                                                      \
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"             \
    "Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Ionawr|Chwefror|Mawrth|Ebrill|Mai|"  \
    "Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr)\\b"
#define YEAR "(?:[0-9]{4}|['\\x{2019}]?[0-9]{2})"
#define DATE                                                                                       \
    "(?i)" FRESH "(?:"                                                                             \
    "[0-9]{1,2}(?:st|nd|rd|th|af|ain|eg|fed)?\\s+(?:of\\s+)?" MONTH "\\.?(?:,?\\s+" YEAR ")?"      \
    "|\\b" MONTH "\\.?\\s+[0-9]{1,2}(?:st|nd|rd|th)?(?:,?\\s+" YEAR ")?"                           \
    "|[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})"                         \
    "|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}"                                                          \
    ")(?![0-9])"
#define BIRTH                                                                                      \
    "(?i)\\bborn\\b|\\bbirth|\\bb\\.\\s|\\bd\\.?\\s?o\\.?\\s?b\\b|\\bgeni\\b|\\bganwyd\\b"         \
    "|\\bturn(?:s|ed)\\s[0-9]"
#define NUMBER_WORD                                                                                \
    "(?:oh|nought|zero|one|two|three|four|five|six|seven|eight|nine|double|treble|triple)"

/* The digits of a text, in order. Returns how many there are, which may be more than fit. */
static size_t digits_of(struct bytes text, uint8_t *digits, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            continue;
        if (count < most)
            digits[count] = (uint8_t)(text.data[i] - '0');
        count++;
    }
    return count;
}

/* The tenth digit follows from nine, weighed 10 down to 2 (NHS Data Dictionary, NHS NUMBER). */
static bool nhs_check_digit(struct bytes text)
{
    uint8_t digits[10];
    unsigned sum = 0;

    if (digits_of(text, digits, 10) != 10)
        return false;
    for (unsigned i = 0; i < 9; i++)
        sum += (10 - i) * digits[i];
    return (11 - sum % 11) % 11 == digits[9]; /* A check of 10 is never a digit. */
}

/* A rule finds `pattern`, or a group of it, where `holds` agrees and, when there is a `near`, where
 * that stands within so many bytes before or after. */
struct rule {
    enum finding_class class;
    const char *name;
    const char *pattern;
    uint32_t group;
    bool (*holds)(struct bytes text);
    const char *near;
    size_t before, after;
};

static const struct rule rules[] = {
    {FINDING_NHS_NUMBER, "nhs-number",
     .pattern = FRESH "[0-9]{3}" GAP "[0-9]{3}" GAP "[0-9]{4}(?![0-9])(?!-[0-9])",
     .holds = nhs_check_digit},
    {FINDING_NHS_NUMBER, "chi-number",
     .pattern = FRESH "[0-9]{6}" GAP "[0-9]{4}(?![0-9])(?!-[0-9])", .holds = nhs_check_digit},
    {FINDING_NHS_NUMBER, "nhs-number-spread", .pattern = FRESH "[0-9](?:[ .-][0-9]){9}(?![0-9])",
     .holds = nhs_check_digit},

    /* HMRC's manual NIM39110: letters and prefixes that are never given out. */
    {FINDING_NI_NUMBER, "ni-number",
     .pattern = "(?i)\\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]\\s?[A-CEGHJ-NPR-TW-Z](?:" GAP
                "[0-9]{2}){3}" GAP "[A-D]\\b"},
    {FINDING_NI_NUMBER, "ni-number-no-suffix",
     .pattern = "(?i)\\b[A-Z]{2}(?:" GAP "[0-9]{2}){3}(?![0-9])",
     .near = "(?i)\\bnational\\s+insurance\\b|\\bNI\\s+n|\\bNINO\\b", .before = 40, .after = 25},

    {FINDING_EMAIL, "email",
     .pattern = "(?<![\\w.])[\\w.+'%-]{1,64}+@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}"},
    {FINDING_EMAIL, "email-spelt",
     .pattern = "(?i)(?<![\\w.])[\\w.+-]{1,64}\\s?(?:[\\[(]at[\\])]|\\sat\\s)\\s?[\\w.-]{1,63}"
                "(?:\\s?(?:[\\[(]dot[\\])]|\\sdot\\s)\\s?[\\w-]{1,63}){1,8}"},

    /* Ten or eleven digits from the trunk zero on. A date is not one. */
    {FINDING_PHONE, "phone",
     .pattern = "(?<![0-9+])(?<![0-9][.,-])(?![0-9]{2}[.-][0-9]{2}[.-](?:19|20)[0-9]{2}(?![0-9]))"
                "(?:(?:\\+|00)44" PHONE_GAP "(?:\\(0\\)" PHONE_GAP
                "|0)?|\\(?0)[1235789][0-9](?:" PHONE_GAP "[0-9]){7,8}(?![0-9])"},
    {FINDING_PHONE, "phone-abroad",
     .pattern = "(?<![\\w+])\\+(?!44)[1-9][0-9]{0,2}(?:" PHONE_GAP "[0-9]){7,12}(?![0-9])"},
    {FINDING_PHONE, "phone-extension",
     .pattern = "(?i)\\b(?:tel|extn?|extension)\\b\\.?\\s?(?:no\\.?|number)?\\s?[.:]?\\s?"
                "([0-9](?:[ -]?[0-9]){3,10})(?![0-9])",
     .group = 1},
    {FINDING_PHONE, "phone-words",
     .pattern = "(?i)\\b" NUMBER_WORD "\\b(?:[\\s,-]{1,3}" NUMBER_WORD "\\b){7,12}"},

    {FINDING_DATE_OF_BIRTH, "date-of-birth", .pattern = DATE, .near = BIRTH, .before = 60,
     .after = 30},

    /* Small letters too, but not "phase w1 1st". */
    {FINDING_POSTCODE, "postcode",
     .pattern = "(?i)\\b(?:GIR\\s{0,2}0AA|(?:[A-PR-UWYZ](?:[0-9][0-9ABCDEFGHJKPSTUW]?|"
                "[A-HK-Y][0-9][0-9ABEHMNPRVWXY]?))\\s{0,2}(?-i:(?!1st|2nd|3rd|[0-9]th))"
                "[0-9][ABD-HJLNP-UW-Z]{2})\\b"},
    {FINDING_POSTCODE, "postcode-district",
     .pattern = "\\b[A-PR-UWYZ][A-HK-Y]?[0-9]{1,2}[A-Z]?(?: [0-9])?\\b", .near = "(?i)\\bpostcode",
     .before = 30, .after = 20},

    {FINDING_UPRN, "uprn", .pattern = "(?<![0-9])[0-9]{4,15}(?![0-9])",
     .near = "(?i)\\bUPRNs?\\b|\\bunique\\s+property\\b", .before = 60, .after = 30},
    {FINDING_UPRN, "uprn-property", .pattern = "(?<![0-9])[0-9]{10,15}(?![0-9])",
     .near = "(?i)\\bpropert|\\bland\\s+charge|\\bgazetteer\\b|\\bLLPG\\b", .before = 60,
     .after = 30},

    /* What nobody sees, and digits that are not ours, would hide any of the above. */
    {FINDING_UNREAD, "hidden",
     .pattern = "[\\x{AD}\\x{200B}-\\x{200F}\\x{2060}-\\x{2064}\\x{FEFF}]|(?![0-9])\\p{Nd}"},
};
#define RULES (sizeof rules / sizeof *rules)

/* The rule for names has no row: its pattern comes from the profile. */
static const struct rule own_name_rule = {.class = FINDING_OWN_NAME, .name = "own-name"};
static const struct rule unread_rule = {.class = FINDING_UNREAD, .name = "unread"};

/* Far above what a field of a lesson needs; a text that needs more is reported as unread. */
#define MATCH_LIMIT 4000000
#define DEPTH_LIMIT 20000
#define HEAP_LIMIT_KIB 16384

struct gate {
    pcre2_match_context *limits;
    pcre2_code *patterns[RULES];
    pcre2_code *near[RULES];
    pcre2_code *names; /* NULL: the profile has none. */
};

/* --- Compiling --- */

static pcre2_code *compile(struct bytes pattern)
{
    PCRE2_SIZE at;
    int error;
    pcre2_code *code =
        pcre2_compile(pattern.data, pattern.size, PCRE2_UTF | PCRE2_UCP, &error, &at, NULL);

    assert(code != NULL);
    pcre2_jit_compile(code, PCRE2_JIT_COMPLETE); /* Without it, it is slower and no different. */
    return code;
}

/* One byte of a name as a pattern: letters as they are, spaces and hyphens alike, apostrophes
 * straight, curly or left out. */
static void append_name_byte(struct buffer *pattern, uint8_t byte)
{
    bool letter = byte >= 0x80 || (byte >= '0' && byte <= '9') ||
                  ((byte | 0x20) >= 'a' && (byte | 0x20) <= 'z');

    if (byte == ' ' || byte == '-')
        buffer_append_text(pattern, "[\\s-]+");
    else if (byte == '\'')
        buffer_append_text(pattern, "['\\x{2019}]?");
    else
        buffer_printf(pattern, "%s%c", letter ? "" : "\\", byte);
}

static void append_name(struct buffer *pattern, struct bytes name)
{
    for (size_t i = 0; i < name.size; i++) {
        uint8_t byte = name.data[i];
        if (i > 0 && (byte == ' ' || byte == '-') &&
            (name.data[i - 1] == ' ' || name.data[i - 1] == '-'))
            continue;
        append_name_byte(pattern, byte);
    }
}

static int longest_first(const void *a, const void *b)
{
    size_t size_a = ((const struct bytes *)a)->size, size_b = ((const struct bytes *)b)->size;

    return (size_a < size_b) - (size_a > size_b);
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

static bool compile_names(struct gate *gate, const struct gate_profile *profile,
                          struct fault *fault)
{
    struct buffer pattern = {0};

    if (profile->count > GATE_NAMES_MAX)
        return fault_set(fault, FAULT_INPUT, "%zu own names, at most %d: leave some out",
                         profile->count, GATE_NAMES_MAX);
    for (size_t i = 0; i < profile->count; i++)
        if (!name_serves(profile->names[i], fault))
            return false;
    if (profile->count == 0)
        return true;

    struct bytes *names = memory_new(profile->count, sizeof *names);
    for (size_t i = 0; i < profile->count; i++)
        names[i] = text_trimmed(profile->names[i]);
    qsort(names, profile->count, sizeof *names, longest_first);
    for (size_t i = 0; i < profile->count; i++) {
        buffer_append_text(&pattern, i == 0 ? "(?i)(?<!\\w)(?:" : "|");
        append_name(&pattern, names[i]);
    }
    buffer_append_text(&pattern, ")(?!\\w)");
    gate->names = compile(buffer_view(&pattern));
    buffer_release(&pattern);
    free(names);
    return true;
}

struct gate *gate_new(const struct gate_profile *profile, struct fault *fault)
{
    struct gate *gate = memory_new(1, sizeof *gate);

    if (!compile_names(gate, profile, fault)) {
        gate_free(gate);
        return NULL;
    }
    gate->limits = pcre2_match_context_create(NULL);
    assert(gate->limits != NULL);
    pcre2_set_match_limit(gate->limits, MATCH_LIMIT);
    pcre2_set_depth_limit(gate->limits, DEPTH_LIMIT);
    pcre2_set_heap_limit(gate->limits, HEAP_LIMIT_KIB);
    for (size_t i = 0; i < RULES; i++) {
        gate->patterns[i] = compile(bytes_of_text(rules[i].pattern));
        if (rules[i].near != NULL)
            gate->near[i] = compile(bytes_of_text(rules[i].near));
    }
    return gate;
}

void gate_free(struct gate *gate)
{
    if (gate == NULL)
        return;
    for (size_t i = 0; i < RULES; i++) {
        pcre2_code_free(gate->patterns[i]);
        pcre2_code_free(gate->near[i]);
    }
    pcre2_code_free(gate->names);
    pcre2_match_context_free(gate->limits);
    free(gate);
}

/* --- Scanning one text --- */

static struct finding *add_finding(struct findings *findings, const struct rule *rule, size_t start,
                                   size_t end)
{
    findings->list = memory_grow(findings->list, findings->count + 1, sizeof *findings->list);
    struct finding *finding = &findings->list[findings->count++];
    *finding = (struct finding){.start = start,
                                .end = end,
                                .class = rule->class,
                                .rule = rule->name,
                                .hard = finding_kinds[rule->class].hard,
                                .advice = finding_kinds[rule->class].advice};
    return finding;
}

static bool inside_character(struct bytes text, size_t at)
{
    return at < text.size && (text.data[at] & 0xc0) == 0x80;
}

/* Find a pattern from `from` on. Its place is in `span`; returns 1, 0 where there is none, -1 where
 * the limits ended the search. */
static int find(const struct gate *gate, const pcre2_code *code, uint32_t group, struct bytes text,
                size_t from, size_t span[2])
{
    pcre2_match_data *match = pcre2_match_data_create(2, NULL);

    assert(match != NULL);
    int count =
        pcre2_match(code, text.data, text.size, from, PCRE2_NO_UTF_CHECK, match, gate->limits);
    if (count > 0) {
        const PCRE2_SIZE *places = pcre2_get_ovector_pointer(match);
        span[0] = places[2 * group];
        span[1] = places[2 * group + 1];
    }
    pcre2_match_data_free(match);
    return count > 0 ? 1 : count == PCRE2_ERROR_NOMATCH ? 0 : -1;
}

/* Does the word that a rule asks for stand near? What cannot be told counts as a yes. */
static bool is_near(const struct gate *gate, size_t rule, struct bytes text, const size_t span[2])
{
    size_t start = span[0] > rules[rule].before ? span[0] - rules[rule].before : 0;
    size_t end = text.size - span[1] > rules[rule].after ? span[1] + rules[rule].after : text.size;
    size_t found[2];

    while (inside_character(text, start))
        start++;
    while (inside_character(text, end))
        end--;
    struct bytes before = bytes_of(text.data + start, span[0] - start);
    struct bytes after = bytes_of(text.data + span[1], end - span[1]);
    return find(gate, gate->near[rule], 0, before, 0, found) != 0 ||
           find(gate, gate->near[rule], 0, after, 0, found) != 0;
}

static bool rule_holds(const struct gate *gate, size_t rule, struct bytes text,
                       const size_t span[2])
{
    struct bytes found = bytes_of(text.data + span[0], span[1] - span[0]);

    if (rules[rule].holds != NULL && !rules[rule].holds(found))
        return false;
    return rules[rule].near == NULL || is_near(gate, rule, text, span);
}

static size_t next_character(struct bytes text, size_t at)
{
    for (at++; inside_character(text, at); at++)
        ;
    return at;
}

static void scan_rule(const struct gate *gate, size_t rule, struct bytes text,
                      struct findings *findings)
{
    size_t from = 0, span[2];
    int found;

    while ((found = find(gate, gate->patterns[rule], rules[rule].group, text, from, span)) > 0)
        if (rule_holds(gate, rule, text, span)) {
            add_finding(findings, &rules[rule], span[0], span[1]);
            from = span[1];
        } else {
            from = next_character(text, span[0]); /* Another may begin inside. */
        }
    if (found < 0)
        add_finding(findings, &unread_rule, from, text.size);
}

static void scan_names(const struct gate *gate, struct bytes text, struct findings *findings)
{
    size_t from = 0, span[2];
    int found;

    if (gate->names == NULL)
        return;
    while ((found = find(gate, gate->names, 0, text, from, span)) > 0) {
        add_finding(findings, &own_name_rule, span[0], span[1]);
        from = span[1];
    }
    if (found < 0)
        add_finding(findings, &unread_rule, from, text.size);
}

static int leftmost_longest(const void *a, const void *b)
{
    const struct finding *first = a, *second = b;

    if (first->start != second->start)
        return first->start < second->start ? -1 : 1;
    if (first->end != second->end)
        return first->end > second->end ? -1 : 1;
    return (int)first->class - (int)second->class;
}

/* A hard finding is never lost behind a soft one, which could be kept, and never cut short. */
static void absorb(struct finding *finding, const struct finding *other)
{
    size_t start = finding->start, end = finding->end;

    if (!other->hard)
        return;
    if (!finding->hard)
        *finding = *other;
    finding->start = start;
    finding->end = other->end > end ? other->end : end;
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
        if (kept == first || findings->list[i].start >= findings->list[kept - 1].end)
            findings->list[kept++] = findings->list[i];
        else
            absorb(&findings->list[kept - 1], &findings->list[i]);
    findings->count = kept;
}

void gate_scan(const struct gate *gate, enum gate_mode mode, struct bytes text,
               struct findings *findings)
{
    size_t first = findings->count;

    (void)mode;
    if (text.size == 0)
        return;
    if (!bytes_are_text(text)) {
        add_finding(findings, &unread_rule, 0, text.size);
        return;
    }
    for (size_t i = 0; i < RULES; i++)
        scan_rule(gate, i, text, findings);
    scan_names(gate, text, findings);
    resolve(findings, first);
}

void findings_release(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){0};
}

/* --- Scanning a document --- */

/* Where in the file the byte at `offset` of a text stands whose first byte stands at `start`. */
static struct place place_of(struct place start, struct bytes text, size_t offset)
{
    if (start.line == 0)
        return start;
    struct place place = {start.line, start.column + (uint32_t)offset};
    for (size_t i = 0; i < offset; i++)
        if (text.data[i] == '\n')
            place = (struct place){place.line + 1, (uint32_t)(offset - i)};
    return place;
}

static void scan_item(const struct gate *gate, enum gate_mode mode, const struct document *document,
                      const char *key, size_t item, struct findings *findings)
{
    struct bytes text = document_item(document, key, item);
    struct place start = document_place(document, key, item);
    size_t first = findings->count;

    gate_scan(gate, mode, text, findings);
    for (size_t i = first; i < findings->count; i++) {
        findings->list[i].key = key;
        findings->list[i].item = item;
        findings->list[i].place = place_of(start, text, findings->list[i].start);
    }
}

void gate_scan_document(const struct gate *gate, enum gate_mode mode,
                        const struct document *document, struct findings *findings)
{
    const struct form *form = document_form(document);

    for (size_t i = 0; i < form->count; i++)
        for (size_t item = 0;
             !form->fields[i].unscanned && item < document_count(document, form->fields[i].key);
             item++)
            scan_item(gate, mode, document, form->fields[i].key, item, findings);
}

struct bytes finding_text(const struct document *document, const struct finding *finding)
{
    struct bytes text = document_item(document, finding->key, finding->item);

    assert(finding->start <= finding->end && finding->end <= text.size);
    return bytes_of(text.data + finding->start, finding->end - finding->start);
}
