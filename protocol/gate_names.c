#include "protocol/gate_inside.h"

#include <string.h>

/* Names of people, places and bodies in a text.
 *
 * What is not known to be safe is shown to a person (the safe-list of Philter: Norgeot et al., npj
 * Digital Medicine 3:57, 2020), and what stands beside a word that names follow: Mr, worker, told.
 */

/* How like a name a word is by itself. */
enum likeness {
    LIKE_NOTHING,
    LIKE_WORD,   /* A word of English. */
    LIKE_EITHER, /* Grace, Mark. */
    LIKE_NAME    /* No word that is known, or known as a name. */
};

static bool bytes_ends(struct bytes bytes, const char *with)
{
    size_t size = strlen(with);

    return bytes.size >= size && memcmp(bytes.data + bytes.size - size, with, size) == 0;
}

static bool is(const struct token *word, uint32_t kinds)
{
    return (word->kinds & kinds) != 0;
}

static bool has_capital(const struct token *word)
{
    return word->shape == SHAPE_CAPITAL || word->shape == SHAPE_CAPITALS;
}

/* Written in a way that tells that it is meant as a name, if it is one. */
static bool stands_out(const struct token *word)
{
    return word->writing != WRITING_MIXED || has_capital(word);
}

static bool has_vowel(struct bytes small)
{
    for (size_t i = 0; i < small.size; i++)
        if (small.data[i] >= 0x80 || strchr("aeiouy", small.data[i]) != NULL)
            return true;
    return false;
}

static enum likeness likeness_of_capitals(const struct token *word)
{
    if (is(word, WORD_ENGLISH) || word->small.size < 4)
        return LIKE_NOTHING; /* ACRONYM, or a word for emphasis. */
    return is(word, WORD_CAPITAL) || (word->kinds == 0 && word->small.size > 6) ? LIKE_NAME
                                                                                : LIKE_NOTHING;
}

static enum likeness likeness_of(const struct token *word)
{
    if (word->shape == SHAPE_DIGITS || word->small.size < 2 ||
        is(word, WORD_SAFE | WORD_FUNCTION | WORD_GREETING | WORD_CLOSING))
        return LIKE_NOTHING;
    if (word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED)
        return likeness_of_capitals(word);
    if (is(word, WORD_ENGLISH) && is(word, WORD_CAPITAL))
        return LIKE_EITHER;
    if (is(word, WORD_ENGLISH) || is(word, WORD_HONORIFIC | WORD_ROLE | WORD_DOES | WORD_DONE))
        return LIKE_WORD;
    if (is(word, WORD_CAPITAL))
        return LIKE_NAME;
    if (word->writing == WRITING_MIXED)
        return word->shape == SHAPE_CAPITAL ? LIKE_NAME : LIKE_NOTHING;
    return word->small.size > 2 && has_vowel(word->small) && !word->mistyped ? LIKE_NAME
                                                                             : LIKE_WORD;
}

/* --- Marking --- */

static struct token *word_at(struct text *text, size_t at)
{
    return at < text->count ? &text->words[at] : NULL;
}

static struct token *joined_at(struct text *text, size_t at)
{
    struct token *word = word_at(text, at);

    return word != NULL && word->joined ? word : NULL;
}

static bool is_and(const struct token *word)
{
    static const char *const words[] = {"and", "of",  "the",  "y",  "yr", "upon", "on",
                                        "at",  "for", "with", "in", "a",  "na"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (bytes_equal(word->small, bytes_of_text(words[i])))
            return true;
    return false;
}

static bool before_digits(struct text *text, size_t at)
{
    const struct token *next = joined_at(text, at + 1);

    return next != NULL && next->shape == SHAPE_DIGITS;
}

/* The next word but "and", "of": "Learning and Development" is one term. */
static struct token *term_before(struct text *text, size_t at)
{
    if (at == 0 || !text->words[at].joined)
        return NULL;
    if (at > 1 && is_and(&text->words[at - 1]) && text->words[at - 1].joined)
        return &text->words[at - 2];
    return &text->words[at - 1];
}

static struct token *term_after(struct text *text, size_t at)
{
    struct token *after = joined_at(text, at + 1);

    return after != NULL && is_and(after) ? joined_at(text, at + 2) : after;
}

/* Is the word part of a term in capitals: "Housing Options Team", "Part Two", "Care Act"? */
static bool in_term(struct text *text, size_t at)
{
    struct token *before = term_before(text, at), *after = term_after(text, at);

    for (int side = 0; side < 2; side++) {
        const struct token *word = side == 0 ? before : after;
        if (word == NULL)
            continue;
        if (word->shape == SHAPE_DIGITS ||
            (word->shape == SHAPE_CAPITALS && likeness_of(word) == LIKE_NOTHING))
            return true;
        if (side == 1 && word->shape == SHAPE_INITIAL && likeness_of(&text->words[at]) == LIKE_WORD)
            return true; /* "Entrance C" */
        if (has_capital(word) && !is(word, WORD_FUNCTION) &&
            (is(word, WORD_SAFE) || likeness_of(word) == LIKE_WORD))
            return true;
    }
    return false;
}

static bool after_article(const struct text *text, size_t at)
{
    return at > 0 && text->words[at].joined && is(&text->words[at - 1], WORD_ARTICLE);
}

/* Words of one name that are found one after the other make one finding. */
static void join_names(struct text *text, size_t at)
{
    if (at > 0 && at < text->count && text->words[at].joined && text->words[at].is_name &&
        text->words[at - 1].is_name && text->words[at].class == FINDING_PERSON &&
        text->words[at - 1].class == FINDING_PERSON)
        text->words[at].begins = false;
}

static void mark(struct text *text, size_t first, size_t last, enum finding_class class,
                 const char *rule)
{
    bool free = true;

    for (size_t i = first; i <= last; i++)
        free = free && !text->words[i].is_name;
    for (size_t i = first; i <= last; i++) {
        struct token *word = &text->words[i];
        if (!word->is_name) {
            word->class = class;
            word->rule = rule;
            word->begins = free && i == first;
        }
        word->is_name = true;
    }
    join_names(text, first);
    join_names(text, last + 1);
}

/* --- Honorifics: "Mrs Okonkwo", "Dr. A. van der Berg", "mr bhatt" --- */

static bool may_follow_honorific(const struct token *word)
{
    if (word->shape == SHAPE_DIGITS || is(word, WORD_FUNCTION) || is(word, WORD_DOES))
        return word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->opens &&
               !is(word, WORD_FUNCTION);
    return word->writing != WRITING_MIXED || word->shape != SHAPE_SMALL ||
           likeness_of(word) != LIKE_NOTHING || word->kinds == 0 ||
           (is(word, WORD_CAPITAL) && !is(word, WORD_ENGLISH));
}

/* A part of a name after its first. */
static bool goes_on(const struct token *word)
{
    if (word->shape == SHAPE_INITIAL)
        return !bytes_equal(word->small, bytes_of_text("i"));
    if (word->opens || is(word, WORD_SAFE | WORD_FUNCTION))
        return false;
    if (word->writing == WRITING_MIXED)
        return has_capital(word) && likeness_of(word) >= LIKE_WORD;
    return likeness_of(word) >= LIKE_EITHER;
}

static bool is_quote(const struct text *text, size_t at)
{
    const uint8_t *byte = text->bytes.data + at;

    return *byte == '"' || *byte == '\'' || (at >= 2 && byte[-2] == 0xe2 && byte[-1] == 0x80);
}

static bool is_quoted(const struct text *text, size_t at)
{
    size_t after = text->words[at].end;

    return text->words[at].start > 0 && is_quote(text, text->words[at].start - 1) &&
           after < text->bytes.size &&
           (text->bytes.data[after] == '"' || text->bytes.data[after] == '\'' ||
            text->bytes.data[after] == 0xe2);
}

/* One word in quotation marks, straight after another: Desmond "Dizzy" Braithwaite. */
static bool is_nickname(const struct text *text, size_t at)
{
    if (at == 0 || at >= text->count || !has_capital(&text->words[at]) ||
        text->words[at].start - text->words[at - 1].end > 4 || text->words[at].own_line)
        return false;
    return is_quoted(text, at);
}

/* The last word of a name that goes on after `at`: particles only where a name comes after them. */
static size_t end_of_name(struct text *text, size_t at)
{
    for (size_t more = 0; more < 4; more++) {
        size_t next = at + 1;
        while (joined_at(text, next) != NULL && is(&text->words[next], WORD_PARTICLE) &&
               !goes_on(&text->words[next]) && next < at + 3)
            next++;
        struct token *word = joined_at(text, next);
        if (is_nickname(text, next)) {
            text->words[next].joined = true;
            if (next + 1 < text->count && has_capital(&text->words[next + 1]) &&
                text->words[next + 1].start - text->words[next].end <= 4)
                text->words[next + 1].joined = !(text->words[next + 1].opens = false);
            at = next;
            continue;
        }
        if (word == NULL || !goes_on(word))
            break;
        at = next;
        if (text->words[at].owns)
            break;
    }
    return at;
}

static bool is_plain_honorific(const struct token *word)
{
    return bytes_begin(word->small, "m") || bytes_begin(word->small, "dr") ||
           bytes_begin(word->small, "cllr") || bytes_begin(word->small, "prof");
}

static void after_honorific(struct text *text, size_t at)
{
    struct token *title = &text->words[at], *name = joined_at(text, at + 1);
    size_t first = at + 1;

    /* "Mr and Mrs Lee": the second finds it. "Mrs.Lee" */
    if (name == NULL && word_at(text, at + 1) != NULL && text->words[at + 1].after_mark == '.')
        name = word_at(text, at + 1);
    while (name != NULL && is(name, WORD_PARTICLE) && joined_at(text, first + 1) != NULL &&
           name->shape == SHAPE_SMALL)
        name = joined_at(text, ++first);
    if (name == NULL || is(name, WORD_HONORIFIC))
        return;
    bool sure = is(title, WORD_HONORIFIC) && (is_plain_honorific(title) || stands_out(title));
    if (name->shape == SHAPE_INITIAL && !(has_capital(title) || is(title, WORD_HONORIFIC)))
        return;
    if (name->shape != SHAPE_INITIAL &&
        !(sure ? may_follow_honorific(name)
               : likeness_of(name) >= LIKE_NAME ||
                     (name->writing == WRITING_MIXED && has_capital(name) && has_capital(title) &&
                      likeness_of(name) >= LIKE_EITHER)))
        return;
    if (at > 1 && title->joined && is(&text->words[at - 2], WORD_HONORIFIC) && title[-1].joined)
        at -= 2; /* "Mr and Mrs Lee" */
    mark(text, at, end_of_name(text, first), FINDING_PERSON, "honorific");
}

/* --- Roles: "social worker Jane", "tenant: Mark", "her brother Rufus" --- */

static bool is_known_as(const struct text *text, size_t at)
{
    return at > 0 && bytes_equal(text->words[at].small, bytes_of_text("as")) &&
           bytes_equal(text->words[at - 1].small, bytes_of_text("known"));
}

static void after_role(struct text *text, size_t at)
{
    struct token *name = word_at(text, at + 1);

    if (name == NULL || !stands_out(name) || name->shape == SHAPE_DIGITS || name->own_line)
        return;
    bool quoted = is_quoted(text, at + 1);
    if (!name->joined && !quoted &&
        !(name->after_mark == ',' || name->after_mark == ':' || name->bracketed))
        return;
    if (quoted && name->after_mark != ',' && has_capital(name) && !is(name, WORD_FUNCTION))
        mark(text, at + 1, at + 1, FINDING_PERSON, "role"); /* partner: "Spud" */
    enum likeness like = likeness_of(name);
    bool small = name->writing != WRITING_MIXED;
    bool loose = !name->joined && name->after_mark != ':';
    if (is(name, WORD_ROLE) && is(name, WORD_ENGLISH))
        return; /* "Owner: Head of ..." */
    if (is(name, WORD_SAFE) && is(name, WORD_CAPITAL) && is(name, WORD_ENGLISH) && name->joined &&
        is(&text->words[at], WORD_KIN) && !small && !before_digits(text, at + 1))
        like = LIKE_EITHER; /* "her sister May" */
    const struct token *after = joined_at(text, at + 2);
    if (like == LIKE_EITHER && after != NULL && has_capital(after) &&
        likeness_of(after) == LIKE_WORD)
        return; /* "Pupil Equity Funding" */
    if (like >= (loose ? LIKE_NAME : LIKE_EITHER) ||
        (like == LIKE_WORD && name->joined && !small && !is(name, WORD_ROLE | WORD_GENERIC) &&
         is(&text->words[at], WORD_KIN) && has_capital(name)))
        mark(text, at + 1, end_of_name(text, at + 1), FINDING_PERSON, "role");
}

/* --- "Child K", "Adult A" --- */

static void after_persona(struct text *text, size_t at)
{
    struct token *letter = joined_at(text, at + 1), *persona = &text->words[at];

    if (letter == NULL || (!has_capital(persona) && persona->writing == WRITING_MIXED &&
                           (letter->shape != SHAPE_INITIAL || is(letter, WORD_FUNCTION))))
        return;
    bool single = (letter->end - letter->start == 1 ||
                   (letter->end - letter->start == 2 && letter->shape == SHAPE_CAPITAL)) &&
                  letter->shape != SHAPE_DIGITS &&
                  !(letter->writing == WRITING_SMALL && is(letter, WORD_FUNCTION));
    if (single)
        mark(text,
             at - (at > 0 && persona->joined &&
                   bytes_equal(persona[-1].small, bytes_of_text("young"))),
             at + 1, FINDING_PERSON, "persona");
}

/* --- Greetings, endings, those spoken to --- */

static void after_greeting(struct text *text, size_t at)
{
    size_t next = at + 1;
    struct token *name = word_at(text, next);

    if (name != NULL && is(name, WORD_GREETING | WORD_FUNCTION) &&
        joined_at(text, next + 1) != NULL)
        name = word_at(text, ++next); /* Bore da; Good morning */
    if (name == NULL || name->opens || !stands_out(name) || likeness_of(name) < LIKE_EITHER ||
        is(name, WORD_TITLE | WORD_ROLE))
        return;
    mark(text, next, end_of_name(text, next), FINDING_PERSON, "greeting");
}

static void after_verb(struct text *text, size_t at)
{
    struct token *name = joined_at(text, at + 1);

    if (name != NULL && stands_out(name) && likeness_of(name) >= LIKE_EITHER)
        mark(text, at + 1, end_of_name(text, at + 1), FINDING_PERSON, "spoken-to");
}

/* A line of its own of one to three words that may be a name, with no other sign of a heading. */
static void on_own_line(struct text *text, size_t at)
{
    size_t end = at, likely = 0;
    bool sure = false, closing = at > 0 && is(&text->words[at - 1], WORD_CLOSING);

    for (; end < text->count && (end == at || !text->words[end].own_line); end++) {
        const struct token *word = &text->words[end];
        enum likeness like = likeness_of(word);
        if (end > at && word->after_mark == ':')
            return;
        if (word->shape != SHAPE_INITIAL && (!stands_out(word) || like == LIKE_NOTHING))
            return;
        likely += like >= LIKE_EITHER;
        sure = sure || (like == LIKE_NAME && !is(word, WORD_GENERIC | WORD_ROLE));
    }
    if (at > 0 && end - at <= 3 && likely > 0 && (likely == end - at || closing || sure))
        mark(text, at, end - 1, FINDING_PERSON, "own-line");
}

/* --- Places and bodies by their last word, or in Welsh their first --- */

/* May the word stand in such a name, before its last? */
static bool serves_before(const struct token *word)
{
    if (word->shape == SHAPE_DIGITS || word->is_name)
        return word->is_name;
    if (word->writing == WRITING_SMALL)
        return likeness_of(word) >= LIKE_EITHER;
    if (word->writing == WRITING_CAPITALS)
        return is(word, WORD_PARTICLE) ||
               (!is(word, WORD_FUNCTION | WORD_DOES) && likeness_of(word) != LIKE_NOTHING);
    return has_capital(word) || word->shape == SHAPE_INITIAL;
}

/* What makes a name of it: a word that tells which. */
static bool tells_which(const struct token *word, bool group)
{
    enum likeness like = likeness_of(word);

    if (word->is_name)
        return true;
    if (word->writing == WRITING_SMALL)
        return like == LIKE_NAME;
    if (group || word->writing == WRITING_CAPITALS)
        return like == LIKE_NAME || (like == LIKE_EITHER && !is(word, WORD_GENERIC));
    return like >= LIKE_WORD && !is(word, WORD_GENERIC | WORD_ROLE | WORD_PERSONA) &&
           (!word->opens || like >= LIKE_EITHER || !is(word, WORD_DOES | WORD_COMMON));
}

/* "at The Old Ropeworks, Hawk Lane": the house where one is named before the street; else the
 * street's own first word. */
static size_t house_before(struct text *text, size_t street)
{
    size_t first = street;

    if (first == 0 || text->words[first].after_mark != ',' || text->words[first].own_line)
        return street;
    do {
        const struct token *word = &text->words[first - 1];
        if (!has_capital(word) && !(is_and(word) && first < street))
            return street;
        if (word->is_name || is(word, WORD_HONORIFIC))
            return street;
        first--;
    } while (
        first > 0 && text->words[first].joined && street - first < 5 &&
        (has_capital(&text->words[first - 1]) ||
         (is_and(&text->words[first - 1]) && first > 1 && has_capital(&text->words[first - 2]))));
    const struct token *house = &text->words[first];
    if (street - first == 1 && house->opens && !house->own_line && likeness_of(house) < LIKE_EITHER)
        return street; /* "However, Hawk Lane" */
    return is(&text->words[street - 1], WORD_SAFE) ? street : first;
}

static void before_suffix(struct text *text, size_t at)
{
    struct token *last = &text->words[at];
    bool group = !is(last, WORD_STREET | WORD_SITE), street = is(last, WORD_STREET);
    size_t first = at;
    bool which = false;

    if (!stands_out(last) && last->writing == WRITING_MIXED)
        return;
    while (first > 0 && at - first < 5 && text->words[first].joined) {
        const struct token *word = &text->words[first - 1];
        size_t step = 1;
        if (is(word, WORD_SAFE) && is(word, WORD_CAPITAL) && first > 1 &&
            word[-1].shape == SHAPE_DIGITS)
            break; /* "4 June at Inverlochan House" */
        if (!serves_before(word) && is_and(word) && first > 1 && text->words[first - 1].joined &&
            serves_before(&text->words[first - 2]) && !text->words[first - 2].opens &&
            word->writing == WRITING_MIXED)
            step = 2;
        else if (!serves_before(word) || is(word, WORD_ARTICLE))
            break;
        first -= step;
        which = which || tells_which(&text->words[first], group);
        if (text->words[first].opens && text->words[first].writing != WRITING_MIXED)
            break;
    }
    if (!which)
        return;
    size_t named = street ? house_before(text, first) : first;
    if (named < first)
        mark(text, named, at, FINDING_ADDRESS, "house-and-street");
    else
        mark(text, first, at, street ? FINDING_PLACE : FINDING_ORG,
             street ? "place-suffix" : "organisation-suffix");
}

static void after_prefix(struct text *text, size_t at)
{
    struct token *first = &text->words[at];
    size_t last = at;
    bool which = false;

    if (!stands_out(first))
        return;
    for (size_t i = at + 1; i <= at + 4 && joined_at(text, i) != NULL; i++) {
        const struct token *word = &text->words[i];
        bool article = is_and(word) && !has_capital(word);
        if (!article && !(stands_out(word) && (has_capital(word) || word->kinds == 0)))
            break;
        if (!article)
            last = i;
        which = which || !article;
    }
    if (which)
        mark(text, at, last, is(first, WORD_WELSH_PLACE) ? FINDING_PLACE : FINDING_ORG, "prefix");
}

/* --- Councils: "Harrowmere Borough Council", "London Borough of X", "Cyngor Sir Y" --- */

static bool is_council_word(const struct token *word)
{
    return is(word, WORD_DIRECTION);
}

static void before_council(struct text *text, size_t at)
{
    size_t first = at;
    bool which = false;

    while (first > 0 && at - first < 6 && text->words[first].joined) {
        const struct token *word = &text->words[first - 1];
        if (!is_council_word(word) && !is_and(word) &&
            !(has_capital(word) && !is(word, WORD_ARTICLE)) &&
            !(word->writing == WRITING_SMALL && likeness_of(word) >= LIKE_NAME))
            break;
        first--;
        which = which || (!is_council_word(word) && likeness_of(word) >= LIKE_WORD &&
                          !is(word, WORD_GENERIC | WORD_ROLE) &&
                          (!word->opens || likeness_of(word) >= LIKE_EITHER));
    }
    while (first < at && (is_and(&text->words[first]) || is(&text->words[first], WORD_FUNCTION)))
        first++;
    if (which)
        mark(text, first, at, FINDING_AUTHORITY, "council");
}

/* "Ashlode DC" */
static bool is_short_council(const struct text *text, size_t at)
{
    static const char *const short_of[] = {"dc",  "bc",  "cc",  "mbc", "cbc",
                                           "mdc", "lbc", "rbc", "ccc"};
    const struct token *word = &text->words[at];

    if (at == 0 || !word->joined || word->shape != SHAPE_CAPITALS || !stands_out(word - 1) ||
        likeness_of(word - 1) < LIKE_EITHER)
        return false;
    for (size_t i = 0; i < sizeof short_of / sizeof *short_of; i++)
        if (bytes_equal(word->small, bytes_of_text(short_of[i])))
            return true;
    return false;
}

static void after_council(struct text *text, size_t at)
{
    size_t last = at;
    bool which = false;

    for (size_t i = at + 1; i <= at + 4 && joined_at(text, i) != NULL; i++) {
        const struct token *word = &text->words[i];
        if (!is_council_word(word) && !is_and(word) && !has_capital(word))
            break;
        if (has_capital(word))
            last = i;
        which = which || (!is_council_word(word) && likeness_of(word) == LIKE_NAME);
    }
    if (which)
        mark(text, at, last, FINDING_AUTHORITY, "council");
}

/* --- The rest: what is not known to be safe --- */

/* Does what comes after speak of a person? */
static bool acts(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = word_at(text, at + 1);

    if (next == NULL || word->owns)
        return word->owns;
    const struct token *then = joined_at(text, at + 2);
    if (next->joined && has_capital(word) && next->shape == SHAPE_SMALL &&
        (bytes_equal(word->small, next->small) ||
         (then != NULL && bytes_equal(next->small, bytes_of_text("to")) &&
          bytes_equal(word->small, then->small))))
        return true; /* "Will will do it", "Mark to mark it" */
    if (!next->joined)
        return next->after_mark == ',' && is(next, WORD_ROLE) && !next->opens;
    if (is(next, WORD_DOES) && !(word->writing != WRITING_MIXED && is(next, WORD_FUNCTION)))
        return true;
    const struct token *after = joined_at(text, at + 2);
    return is(next, WORD_BE) && after != NULL && is(after, WORD_DONE) && !is(after, WORD_ARTICLE) &&
           !is(after, WORD_FUNCTION);
}

/* Storms have names, and nobody is called so for it. */
static bool after_storm(struct text *text, size_t at)
{
    return at > 0 && text->words[at].joined &&
           bytes_equal(text->words[at - 1].small, bytes_of_text("storm"));
}

static bool beside_name(struct text *text, size_t at)
{
    const struct token *after = joined_at(text, at + 1);

    return after != NULL && after->shape == SHAPE_CAPITAL && !is(after, WORD_SAFE) &&
           likeness_of(after) >= LIKE_EITHER;
}

/* "Begum and Hollis", and a line that begins with "Wall, Amelia" or "Wall;Amelia". */
static bool lists_name(struct text *text, size_t at)
{
    const struct token *next = word_at(text, at + 1), *after = joined_at(text, at + 2);

    if (next == NULL || !stands_out(next))
        return next != NULL && next->joined && is_and(next) && after != NULL &&
               has_capital(after) && likeness_of(after) == LIKE_NAME;
    return text->words[at].opens && !next->joined && !next->own_line && next->after_mark != 0 &&
           strchr(",;\t|", next->after_mark) != NULL && likeness_of(next) == LIKE_NAME;
}

/* The first letter of a sentence is a capital anyway, and Welsh is not on the lists. */
static bool name_may_open(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (word->writing == WRITING_MIXED && word->mistyped && word->after_mark != ':')
        return false; /* A typing error. */
    if (!word->opens || is(word, WORD_CAPITAL) || acts(text, at) || beside_name(text, at))
        return true;
    if (text->welsh)
        return false;
    return true;
}

/* In a list of words that may all be names, where capitals tell nothing: "JACK, IRIS AND STERLING".
 */
static bool among_names(struct text *text, size_t at)
{
    const struct token *next = word_at(text, at + 1), *after = word_at(text, at + 2);
    enum likeness least = text->words[at].writing == WRITING_CAPITALS ? LIKE_EITHER : LIKE_NAME;

    if (at > 0 && text->words[at - 1].is_name && text->words[at].after_mark == ',')
        return true;
    if (at > 1 && text->words[at - 2].is_name &&
        bytes_equal(text->words[at - 1].small, bytes_of_text("and")))
        return true;
    if (next != NULL && next->after_mark == ',' && likeness_of(next) >= least)
        return true;
    return next != NULL && after != NULL && bytes_equal(next->small, bytes_of_text("and")) &&
           likeness_of(after) >= least;
}

static bool either_is_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (word->writing != WRITING_MIXED)
        return (acts(text, at) || among_names(text, at)) && !after_article(text, at);
    if (!has_capital(word))
        return false;
    if (word->opens)
        return acts(text, at) || (beside_name(text, at) && !is(word, WORD_DOES | WORD_TO)) ||
               lists_name(text, at);
    return !after_article(text, at) && !(in_term(text, at) && !acts(text, at));
}

static bool word_is_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    return word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->opens &&
           !word->bracketed && !after_article(text, at) && !in_term(text, at) &&
           !(word->joined && has_capital(word - 1) && !word[-1].is_name) &&
           !is(word, WORD_ROLE | WORD_GENERIC | WORD_HONORIFIC | WORD_TITLE);
}

static bool is_unsafe(struct text *text, size_t at)
{
    if (is(&text->words[at], WORD_ROLE | WORD_HONORIFIC | WORD_TITLE) &&
        is(&text->words[at], WORD_ENGLISH))
        return false;
    switch (likeness_of(&text->words[at])) {
    case LIKE_NAME:
        return !after_storm(text, at) && name_may_open(text, at) &&
               !(text->welsh &&
                 (text->words[at].shape != SHAPE_CAPITAL || before_digits(text, at)));
    case LIKE_EITHER:
        return either_is_name(text, at);
    case LIKE_WORD:
        return word_is_name(text, at);
    default:
        return false;
    }
}

static enum finding_class class_of(struct text *text, size_t at)
{
    bool where = at > 0 && text->words[at].joined && is(&text->words[at - 1], WORD_WHERE);

    return where && !acts(text, at) && !is(&text->words[at], WORD_CAPITAL) ? FINDING_PLACE
                                                                           : FINDING_PERSON;
}

/* "Nev the caretaker" */
static void find_bynames(struct text *text)
{
    for (size_t i = 1; i < text->count; i++)
        if (text->words[i - 1].is_name && text->words[i - 1].class == FINDING_PERSON &&
            text->words[i].joined && !text->words[i].is_name &&
            (bytes_equal(text->words[i].small, bytes_of_text("snr")) ||
             bytes_equal(text->words[i].small, bytes_of_text("jnr")) ||
             bytes_equal(text->words[i].small, bytes_of_text("sahib"))))
            mark(text, i, i, FINDING_PERSON, "byname");
    for (size_t i = 1; i + 1 < text->count; i++)
        if (text->words[i - 1].is_name && text->words[i - 1].class == FINDING_PERSON &&
            text->words[i].joined && text->words[i + 1].joined &&
            text->words[i].shape == SHAPE_SMALL &&
            bytes_equal(text->words[i].small, bytes_of_text("the")) &&
            is(&text->words[i + 1], WORD_ROLE))
            mark(text, i, i + 1, FINDING_PERSON, "byname");
}

/* June, Will: words that are never flagged by themselves. */
static bool is_forename_too(const struct token *word)
{
    static const char *const names[] = {"may", "june", "april", "august", "will", "sandy", "mai"};

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (bytes_equal(word->small, bytes_of_text(names[i])))
            return word->shape == SHAPE_CAPITAL || word->writing == WRITING_CAPITALS;
    return false;
}

/* "May rang", "Will said": no month rings, and after "will" a verb has its plain form. */
static void find_speaking(struct text *text)
{
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct token *next = &text->words[i + 1];
        if (text->words[i].writing == WRITING_MIXED && is_forename_too(&text->words[i]) &&
            next->joined && next->shape == SHAPE_SMALL &&
            bytes_equal(text->words[i].small, next->small))
            mark(text, i, i, FINDING_PERSON, "speaking"); /* "Will will do it" */
        if (!text->words[i].is_name && is_forename_too(&text->words[i]) && next->joined &&
            is(next, WORD_DOES) && !is(next, WORD_FUNCTION) && next->shape == SHAPE_SMALL &&
            (bytes_ends(next->small, "ed") || bytes_ends(next->small, "s") ||
             bytes_ends(next->small, "id") || bytes_ends(next->small, "ang") ||
             bytes_ends(next->small, "ew") || bytes_ends(next->small, "nt") ||
             bytes_ends(next->small, "ote") || bytes_ends(next->small, "ld")))
            mark(text, i, i, FINDING_PERSON, "speaking");
    }
}

/* "van der Linde": with the particles before it, where they are no words of English or Welsh. */
static size_t first_of_name(const struct text *text, size_t at)
{
    if (at > 0 && text->words[at].joined && text->words[at].shape != SHAPE_SMALL &&
        is_forename_too(&text->words[at - 1]) &&
        !(at > 1 && text->words[at - 2].shape == SHAPE_DIGITS))
        return at - 1; /* "June Harpwood" */
    while (at > 0 && text->words[at].joined && is(&text->words[at - 1], WORD_PARTICLE) &&
           !is(&text->words[at - 1], WORD_FUNCTION | WORD_SAFE) && !after_article(text, at - 1) &&
           !text->words[at - 1].is_name)
        at--;
    return at;
}

static void find_unsafe(struct text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        if (text->words[i].is_name || !is_unsafe(text, i))
            continue;
        size_t end = end_of_name(text, i);
        mark(text, first_of_name(text, i), end, class_of(text, i), "not-known-safe");
        i = end;
    }
}

/* --- Initials: "J. T. Smith", "Kayden B.", "(NQ)", "PN to chase" --- */

static bool is_initials(const struct token *word)
{
    return word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED &&
           word->end - word->start <= 3 && !is(word, WORD_SAFE | WORD_FUNCTION | WORD_HONORIFIC) &&
           !(is(word, WORD_ENGLISH) && word->end - word->start == 3);
}

static bool says(const struct token *next)
{
    static const char *const words[] = {"to",  "will", "would", "and", "or",
                                        "has", "is",   "was",   "had"};

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (bytes_equal(next->small, bytes_of_text(words[i])))
            return true;
    return is(next, WORD_DOES);
}

/* D.O.B., e.g., U.K.: how many letters, 0 where it is none of those. */
static size_t short_for(const struct text *text, size_t at)
{
    static const char *const shorts[] = {"dob", "eg", "ie", "uk", "eu",  "ni",  "nb",
                                         "am",  "pm", "gp", "ot", "aka", "tbc", "asap"};
    char letters[8] = "";
    size_t count = 0;

    for (size_t i = at; i < text->count && text->words[i].shape == SHAPE_INITIAL && count < 6 &&
                        (i == at || text->words[i].start - text->words[i - 1].end <= 1);
         i++)
        letters[count++] = (char)text->words[i].small.data[0];
    for (size_t i = 0; i < sizeof shorts / sizeof *shorts; i++)
        if (strcmp(shorts[i], letters) == 0)
            return count;
    return 0;
}

static void find_initials(struct text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        i += short_for(text, i);
        if (i >= text->count)
            return;
        struct token *word = &text->words[i], *before = i > 0 ? word - 1 : NULL;
        struct token *next = joined_at(text, i + 1);
        bool dotted = word->shape == SHAPE_INITIAL && next != NULL &&
                      next->shape == SHAPE_INITIAL && next->start - word->end <= 2 &&
                      text->bytes.data[word->end] == '.';
        bool letter = word->shape == SHAPE_INITIAL ||
                      (word->writing == WRITING_SMALL && word->small.size == 1 &&
                       strchr("aeioy", word->small.data[0]) == NULL && word->shape == SHAPE_SMALL);
        bool beside = letter &&
                      ((next != NULL && next->is_name) ||
                       (before != NULL && word->joined && before->is_name)) &&
                      !bytes_equal(word->small, bytes_of_text("i"));
        bool signs = word->shape == SHAPE_INITIAL && next != NULL && has_capital(next) &&
                     text->bytes.data[word->end] == '.' && !is(next, WORD_FUNCTION);
        bool named = is_initials(word) && word->bracketed && before != NULL && before->is_name;
        bool alone = is_initials(word) && i > 0 && word->own_line &&
                     (i + 1 == text->count || text->words[i + 1].own_line);
        bool short_of =
            is_initials(word) && word->end - word->start == 2 &&
            ((next != NULL && says(next)) || word->after_mark == ':' || word->after_mark == '/' ||
             word->owns || (before != NULL && word->joined && is(before, WORD_TO)));
        if (dotted || signs)
            mark(text, i, i + 1, FINDING_PERSON, "initials");
        else if (beside || named || short_of || alone)
            mark(text, i, i, FINDING_PERSON, "initials");
    }
}

/* --- What was a name once is one wherever it stands --- */

static bool names_same(struct text *text, const struct token *word)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->words[i].is_name && text->words[i].class == FINDING_PERSON &&
            bytes_equal(text->words[i].small, word->small) && !is(&text->words[i], WORD_HONORIFIC))
            return true;
    return false;
}

#define REPEATS_MOST                                                                               \
    4096 /* Longer texts are seldom read by people: each word costs all others.                    \
          */

static void find_repeated(struct text *text)
{
    if (text->count > REPEATS_MOST)
        return;
    for (size_t i = 0; i < text->count; i++) {
        struct token *word = &text->words[i];
        if (word->is_name || !stands_out(word) || word->shape == SHAPE_DIGITS ||
            is(word, WORD_FUNCTION | WORD_SAFE | WORD_ROLE | WORD_TITLE) || word->small.size < 2)
            continue;
        bool may = word->writing == WRITING_MIXED ||
                   (likeness_of(word) >= LIKE_EITHER && !after_article(text, i));
        if (may && names_same(text, word))
            mark(text, i, i, FINDING_PERSON, "repeated");
    }
}

/* "The Willows", in the middle of a sentence. */
static void find_the(struct text *text, size_t at)
{
    struct token *name = joined_at(text, at + 1), *the = &text->words[at];

    if (the->shape == SHAPE_CAPITAL && !the->opens && !the->bracketed && name != NULL &&
        name->shape == SHAPE_CAPITAL && likeness_of(name) >= LIKE_WORD &&
        bytes_equal(the->small, bytes_of_text("the")))
        mark(text, at, end_of_name(text, at + 1), FINDING_ORG, "the");
}

void find_names(struct text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        uint32_t kinds = text->words[i].kinds;
        if (kinds & (WORD_STREET | WORD_SITE | WORD_GROUP))
            before_suffix(text, i);
        if (kinds & (WORD_WELSH_PLACE | WORD_WELSH_SITE))
            after_prefix(text, i);
        if (is_short_council(text, i))
            mark(text, i - 1, i, FINDING_AUTHORITY, "council");
        if (bytes_equal(text->words[i].small, bytes_of_text("council")))
            before_council(text, i);
        if (bytes_equal(text->words[i].small, bytes_of_text("cyngor")) ||
            bytes_equal(text->words[i].small, bytes_of_text("borough")))
            after_council(text, i);
    }
    for (size_t i = 0; i < text->count; i++) {
        uint32_t kinds = text->words[i].kinds;
        if (kinds & (WORD_HONORIFIC | WORD_TITLE))
            after_honorific(text, i);
        if (kinds & WORD_PERSONA)
            after_persona(text, i);
        if ((kinds & WORD_ROLE) || is_known_as(text, i))
            after_role(text, i);
        if (kinds & (WORD_GREETING | WORD_CLOSING))
            after_greeting(text, i);
        if (kinds & WORD_TO)
            after_verb(text, i);
        if (text->words[i].own_line)
            on_own_line(text, i);
        find_the(text, i);
    }
    find_unsafe(text);
    find_speaking(text);
    find_initials(text);
    find_repeated(text);
    find_bynames(text);
}
