#include "protocol/gate_initials.h"

#include <string.h>

/* Names of people in a text.
 *
 * What is not known to be safe is shown to a person (the safe-list of Philter: Norgeot et al., npj
 * Digital Medicine 3:57, 2020), and what stands beside a word that names follow: Mr, worker, told.
 */

/* --- How far a name goes on --- */

/* "Carol King", "Peter May", "Cheryl Day", "Li Na", "Iain Mor": what is safe elsewhere, straight
 * after a forename. */
static bool is_surname_too(struct text *text, size_t at)
{
    static const char *const words[] = {"na",  "no",  "do",  "so", "an",  "he", "you", "love",
                                        "min", "sun", "mac", "bi", "bai", "ha", NULL};
    const struct token *word = &text->words[at], *before = at > 0 ? word - 1 : NULL;

    if (before == NULL || !word->joined || word->opens || word->writing != WRITING_MIXED ||
        word->shape != SHAPE_CAPITAL || before->shape != SHAPE_CAPITAL || before->owns ||
        text_before_digits(text, at))
        return false;
    if (token_reads(word, "day") && token_is(before, WORD_CAPITAL) && before->is_name)
        return true; /* "Robin Day" */
    if (token_likeness(before) == LIKE_NAME &&
        (token_reads(word, "day") || token_reads_one_of(word, words) ||
         (token_is(word, WORD_WELSH) && !token_is(word, WORD_ENGLISH) && !text->welsh)))
        return true;
    return token_is(word, WORD_CAPITAL) && token_is(before, WORD_CAPITAL) &&
           !token_ends(word, "day");
}

/* A small word that nobody writes but as a name, or misspelt. */
static bool is_bare(const struct token *word)
{
    return word->writing == WRITING_MIXED && word->shape == SHAPE_SMALL && !word->mistyped &&
           word->small.size > 3 && !token_is(word, ~(uint32_t)(WORD_CAPITAL | WORD_FORENAME));
}

/* "Bridie connors", "mrs eluned parry": a surname in small letters after a name. */
static bool goes_on_small(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *before = at > 0 ? word - 1 : NULL;
    const uint32_t other = WORD_DOES | WORD_BE | WORD_DONE | WORD_ROLE | WORD_COMMON;

    if (before == NULL || !word->joined || before->owns || word->shape != SHAPE_SMALL ||
        word->writing != WRITING_MIXED || token_likeness(before) != LIKE_NAME)
        return false;
    if (is_bare(word))
        return token_is(word, WORD_CAPITAL) || before->shape == SHAPE_SMALL ||
               (word->small.size > 5 && !text->welsh);
    return before->shape == SHAPE_SMALL && token_is(word, WORD_CAPITAL) && !token_is(word, other);
}

/* A part of a name after its first. */
static bool goes_on(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (word->shape == SHAPE_INITIAL)
        return !token_reads(word, "i");
    if (token_is(word, WORD_SAFE | WORD_FUNCTION | WORD_CLOSING) && is_surname_too(text, at))
        return true;
    if (token_is(word, WORD_NAME_TOO) && word->writing != WRITING_MIXED && at > 0 &&
        token_likeness(word - 1) == LIKE_NAME)
        return !text_is_dated(text, at); /* "elin haf crowther" */
    if (word->opens || token_is(word, WORD_SAFE | WORD_FUNCTION))
        return false;
    if (goes_on_small(text, at))
        return true;
    if (word->writing == WRITING_MIXED)
        return token_has_capital(word) && token_likeness(word) >= LIKE_WORD;
    return token_likeness(word) >= LIKE_EITHER ||
           (word->kinds == 0 && word->shape != SHAPE_DIGITS && at > 0 &&
            (token_likeness(word - 1) == LIKE_NAME ||
             word[-1].shape == SHAPE_INITIAL)); /* ALFIE STUBBS, MS T. VU */
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
    if (at == 0 || at >= text->count || !token_has_capital(&text->words[at]) ||
        text->words[at].start - text->words[at - 1].end > 4 || text->words[at].own_line)
        return false;
    return is_quoted(text, at);
}

/* The last word of a name that goes on after `at`: particles only where a name comes after them. */
static size_t end_of_name(struct text *text, size_t at)
{
    for (size_t more = 0; more < 4; more++) {
        size_t next = at + 1;
        while (text_joined_at(text, next) != NULL && token_is(&text->words[next], WORD_PARTICLE) &&
               !goes_on(text, next) && next < at + 3)
            next++;
        struct token *word = text_joined_at(text, next);
        if (is_nickname(text, next)) {
            text->words[next].joined = true;
            if (next + 1 < text->count && token_has_capital(&text->words[next + 1]) &&
                text->words[next + 1].start - text->words[next].end <= 4)
                text->words[next + 1].joined = !(text->words[next + 1].opens = false);
            at = next;
            continue;
        }
        if (word == NULL || !goes_on(text, next))
            break;
        at = next;
        if (text->words[at].owns)
            break;
    }
    return at;
}

/* --- Honorifics: "Mrs Okonkwo", "Dr. A. van der Berg", "mr bhatt" --- */

static bool may_follow_honorific(const struct token *word)
{
    static const char *const links[] = {"and", "or", "the", "of", NULL};

    if (word->shape == SHAPE_DIGITS || token_is(word, WORD_FUNCTION) || token_is(word, WORD_DOES))
        return word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->opens &&
               !token_reads_one_of(word, links); /* "Mrs May", "Dr No" */
    return word->writing != WRITING_MIXED || word->shape != SHAPE_SMALL ||
           token_likeness(word) != LIKE_NOTHING || word->kinds == 0 ||
           (token_is(word, WORD_CAPITAL) && !token_is(word, WORD_ENGLISH));
}

static bool is_plain_honorific(const struct token *word)
{
    return bytes_begin(word->small, "m") || bytes_begin(word->small, "dr") ||
           bytes_begin(word->small, "cllr") || bytes_begin(word->small, "prof");
}

/* Where capitals tell nothing, a word after the forename is a surname if nothing goes on from it:
 * "MRS OLWEN STRANGE, DOB". */
static size_t end_after_honorific(struct text *text, size_t first)
{
    size_t last = end_of_name(text, first);
    const struct token *next = text_joined_at(text, last + 1),
                       *after = text_joined_at(text, last + 2);
    const uint32_t other = WORD_FUNCTION | WORD_DOES | WORD_BE | WORD_DONE | WORD_ROLE | WORD_SAFE;

    bool surname = next != NULL && next->writing != WRITING_MIXED &&
                   token_likeness(next) == LIKE_WORD && !token_is(next, other) &&
                   (after == NULL || token_is(after, WORD_BE));
    bool forename = last == first && token_likeness(&text->words[first]) == LIKE_NAME &&
                    !text->words[first].owns;

    return forename && surname ? last + 1 : last;
}

/* Is the title one whatever follows: "Mrs", "Miss Lee", "told Sir Hugh"? */
static bool is_sure_title(const struct text *text, const struct token *title,
                          const struct token *name)
{
    static const char *const knights[] = {"sir", "dame", NULL};
    bool miss = token_reads(title, "miss") && title->writing == WRITING_MIXED &&
                title->shape == SHAPE_CAPITAL && name->shape == SHAPE_CAPITAL;
    bool honorific =
        token_is(title, WORD_HONORIFIC) && (is_plain_honorific(title) || token_stands_out(title));
    bool knight = token_reads_one_of(title, knights) && token_has_capital(title) && !title->opens &&
                  !text->welsh;

    return miss || honorific || knight;
}

static bool is_titled(const struct text *text, const struct token *title, const struct token *name)
{
    if (name->shape == SHAPE_INITIAL)
        return token_has_capital(title) || token_is(title, WORD_HONORIFIC);
    if (is_sure_title(text, title, name))
        return may_follow_honorific(name);
    bool capitals =
        name->writing == WRITING_MIXED && token_has_capital(name) && token_has_capital(title);
    return token_likeness(name) >= (capitals ? LIKE_EITHER : LIKE_NAME);
}

static void after_honorific(struct text *text, size_t at)
{
    const struct token *title = &text->words[at], *name = text_joined_at(text, at + 1);
    size_t first = at + 1;

    /* "Mr and Mrs Lee": the second finds it. "Mrs.Lee" */
    if (name == NULL && text_at(text, at + 1) != NULL && text->words[at + 1].after_mark == '.')
        name = text_at(text, at + 1);
    while (name != NULL && token_is(name, WORD_PARTICLE) &&
           text_joined_at(text, first + 1) != NULL && name->shape == SHAPE_SMALL)
        name = text_joined_at(text, ++first);
    if (name == NULL || token_is(name, WORD_HONORIFIC) ||
        (token_reads(title, "deputy") && token_is(name, WORD_ROLE)))
        return;
    if (is_small_initial(text, first) &&
        (token_is(title, WORD_HONORIFIC) || token_reads(title, "miss"))) {
        text_mark(text, at, first + 1, FINDING_PERSON, "honorific"); /* "mr e. stone" */
        return;
    }
    if (!is_titled(text, title, name))
        return;
    if (at > 1 && title->joined && token_is(title - 2, WORD_HONORIFIC) && title[-1].joined)
        at -= 2; /* "Mr and Mrs Lee" */
    text_mark(text, at, end_after_honorific(text, first), FINDING_PERSON, "honorific");
}

/* "Long (Ms)" */
static void before_honorific(struct text *text, size_t at)
{
    const struct token *title = &text->words[at];

    if (title->bracketed && at > 0 && !title->own_line && title->end < text->bytes.size &&
        text->bytes.data[title->end] == ')' && token_has_capital(title - 1) &&
        text->words[at].start - text->words[at - 1].end <= 2)
        text_mark(text, at - 1, at - 1, FINDING_PERSON, "honorific");
}

/* --- Roles: "social worker Jane", "tenant: Mark", "her brother Rufus" --- */

/* "known as Spike", "calls him \"Tiny\"", "who is \"Spud\"" */
static bool is_known_as(const struct text *text, size_t at)
{
    static const char *const called[] = {"known", "call", "calls", "called", "who", NULL};
    static const char *const beside[] = {"from", "with", "by", "called", NULL};
    static const char *const as[] = {"as", "him", "her", "himself", "herself", "is", NULL};

    if (at + 1 < text->count && token_reads_one_of(&text->words[at], beside) &&
        is_quoted(text, at + 1) && token_has_capital(&text->words[at + 1]) &&
        token_likeness(&text->words[at + 1]) >= LIKE_EITHER &&
        text->words[at].writing == WRITING_MIXED)
        return true; /* "new phone from \"Tiny\"" */
    return at > 0 && text->words[at].joined && token_reads_one_of(&text->words[at], as) &&
           token_reads_one_of(&text->words[at - 1], called);
}

/* "client: joy division" alone on its line, where capitals tell nothing. */
static size_t end_of_label(struct text *text, size_t at)
{
    size_t last = at + 1;

    while (text_joined_at(text, last + 1) != NULL && last < at + 4 &&
           text->words[last + 1].shape != SHAPE_DIGITS &&
           !token_is(&text->words[last + 1], WORD_FUNCTION))
        last++;
    bool whole = text->words[at].own_line && last < at + 4 &&
                 (last + 1 == text->count || text->words[last + 1].own_line);
    return whole ? last : end_of_name(text, at + 1);
}

/* How like a name the word after a role or kin is, which the two tell together. `loose`: there is
 * more than a space or a colon between them. */
static enum likeness likeness_after_role(struct text *text, size_t at, bool loose)
{
    const struct token *role = &text->words[at], *name = role + 1;
    const struct token *after = text_joined_at(text, at + 2);
    enum likeness like = token_likeness(name);
    bool kin = token_is(role, WORD_KIN);
    bool known_as = like == LIKE_WORD && name->joined && !name->opens && is_known_as(text, at);
    bool safe_name =
        token_is(name, WORD_SAFE) && token_is(name, WORD_CAPITAL) && token_is(name, WORD_ENGLISH);

    if (name->writing != WRITING_MIXED)
        return like;
    if (known_as)
        like = LIKE_NAME; /* "known as Curly" */
    if (kin && safe_name && name->joined && !text_before_digits(text, at + 1))
        like = LIKE_EITHER; /* "her sister May" */
    if (like == LIKE_EITHER && after != NULL && token_has_capital(after) &&
        token_likeness(after) == LIKE_WORD)
        return LIKE_NOTHING; /* "Pupil Equity Funding" */
    bool told_apart = kin && loose && after == NULL && name->shape == SHAPE_CAPITAL && !name->opens;
    if (like == LIKE_WORD && told_apart && !token_is(name, WORD_ROLE | WORD_GENERIC | WORD_DOES))
        like = LIKE_NAME; /* "her dad, Piers (not in contact)" */
    return like;
}

static void after_role(struct text *text, size_t at)
{
    const struct token *role = &text->words[at], *name = text_at(text, at + 1);

    if (name == NULL || !token_stands_out(name) || name->shape == SHAPE_DIGITS || name->own_line)
        return;
    bool quoted = is_quoted(text, at + 1);
    bool beside = name->joined || quoted || name->after_mark == ',' || name->after_mark == ':' ||
                  name->bracketed;
    if (!beside)
        return;
    if (quoted && name->after_mark != ',' && token_has_capital(name) &&
        !token_is(name, WORD_FUNCTION))
        text_mark(text, at + 1, at + 1, FINDING_PERSON, "role"); /* partner: "Spud" */
    if (token_is(name, WORD_ROLE) && token_is(name, WORD_ENGLISH))
        return; /* "Owner: Head of ..." */
    bool kin = token_is(role, WORD_KIN), small = name->writing != WRITING_MIXED;
    bool in_brackets = kin && name->bracketed && name->end < text->bytes.size &&
                       text->bytes.data[name->end] == ')'; /* "gran (sheila)" */
    bool loose = !name->joined && name->after_mark != ':' && !in_brackets;
    enum likeness like = likeness_after_role(text, at, loose);
    bool word_of_kin = like == LIKE_WORD && kin && name->joined &&
                       !token_is(name, WORD_ROLE | WORD_GENERIC | WORD_DOES) &&
                       (small ? person_acts(text, at + 1) : token_has_capital(name));
    if (like >= (loose ? LIKE_NAME : LIKE_EITHER) || word_of_kin)
        text_mark(text, at + 1,
                  name->after_mark == ':' && small ? end_of_label(text, at)
                                                   : end_of_name(text, at + 1),
                  FINDING_PERSON, "role");
}

/* "CARER IS HOPE", "(mum is Crystal)" */
static void after_role_is(struct text *text, size_t at)
{
    const struct token *is = text_joined_at(text, at + 1), *name = text_joined_at(text, at + 2);
    const struct token *after = text_joined_at(text, at + 3);
    const uint32_t other = WORD_ROLE | WORD_GENERIC | WORD_DONE | WORD_FUNCTION | WORD_SAFE;

    if (is != NULL && name != NULL && (token_reads(is, "is") || token_reads(is, "was")) &&
        token_stands_out(name) && name->writing != WRITING_SMALL &&
        token_likeness(name) == LIKE_EITHER && !token_is(name, other) &&
        (after == NULL || name->writing == WRITING_MIXED))
        text_mark(text, at + 2, end_of_name(text, at + 2), FINDING_PERSON, "role");
}

/* "with sheila the cleaner" */
static void find_apposed(struct text *text, size_t at)
{
    static const char *const before[] = {"with", "to", "by", "from", "and", NULL};
    const struct token *word = &text->words[at], *the = text_joined_at(text, at + 1);
    const struct token *role = text_joined_at(text, at + 2);

    if (at > 0 && word->joined && the != NULL && role != NULL && token_reads(the, "the") &&
        token_is(role, WORD_ROLE) && token_reads_one_of(word - 1, before) &&
        token_likeness(word) >= LIKE_EITHER && !token_is(word, WORD_TO | WORD_DOES))
        text_mark(text, at, at, FINDING_PERSON, "apposed");
}

/* --- "Child K", "Adult A" --- */

/* "gave each Worker a laptop", and not "Child a was three" */
static bool is_article(struct text *text, size_t at)
{
    const struct token *letter = &text->words[at], *next = text_joined_at(text, at + 1);

    return letter->shape == SHAPE_SMALL && letter->writing == WRITING_MIXED &&
           token_reads(letter, "a") && next != NULL &&
           !token_is(next, WORD_BE | WORD_DOES | WORD_DONE | WORD_FUNCTION);
}

static void after_persona(struct text *text, size_t at)
{
    struct token *letter = text_joined_at(text, at + 1), *persona = &text->words[at];

    if (letter == NULL ||
        (!token_has_capital(persona) && persona->writing == WRITING_MIXED &&
         (letter->shape != SHAPE_INITIAL || token_is(letter, WORD_FUNCTION))) ||
        is_article(text, at + 1))
        return;
    bool single = (letter->end - letter->start == 1 ||
                   (letter->end - letter->start == 2 && letter->shape == SHAPE_CAPITAL)) &&
                  letter->shape != SHAPE_DIGITS &&
                  !(letter->writing == WRITING_SMALL && token_is(letter, WORD_FUNCTION));
    if (single)
        text_mark(text, at - (at > 0 && persona->joined && token_reads(persona - 1, "young")),
                  at + 1, FINDING_PERSON, "persona");
}

/* --- Greetings, endings, those spoken to --- */

static void after_greeting(struct text *text, size_t at)
{
    size_t next = at + 1;
    struct token *name = text_at(text, next);

    if (name != NULL && token_is(name, WORD_GREETING | WORD_FUNCTION) &&
        text_joined_at(text, next + 1) != NULL)
        name = text_at(text, ++next); /* Bore da; Good morning */
    if (name == NULL || name->opens || !token_stands_out(name) ||
        token_likeness(name) < LIKE_EITHER || token_is(name, WORD_TITLE | WORD_ROLE))
        return;
    text_mark(text, next, end_of_name(text, next), FINDING_PERSON, "greeting");
}

static void after_verb(struct text *text, size_t at)
{
    struct token *name = text_joined_at(text, at + 1), *next = text_joined_at(text, at + 2);
    bool term = name != NULL && token_is(name, WORD_GENERIC) && next != NULL &&
                token_has_capital(next); /* "referral to Early Help" */

    if (name != NULL && token_stands_out(name) && token_likeness(name) >= LIKE_EITHER && !term)
        text_mark(text, at + 1, end_of_name(text, at + 1), FINDING_PERSON, "spoken-to");
}

/* "let florin know" */
static void find_let_know(struct text *text, size_t at)
{
    const struct token *name = text_joined_at(text, at + 1), *know = text_joined_at(text, at + 2);

    if (name != NULL && know != NULL && token_reads(&text->words[at], "let") &&
        token_reads(know, "know") && token_likeness(name) >= LIKE_EITHER)
        text_mark(text, at + 1, at + 1, FINDING_PERSON, "spoken-to");
}

/* --- Who speaks: "[14:03] Will: on my way" --- */

static void find_speakers(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (word->shape != SHAPE_DIGITS && token_stands_out(word) &&
        (token_likeness(word) >= LIKE_EITHER || token_is(word, WORD_NAME_TOO)) &&
        !(token_is(word, WORD_SAFE) && text_is_dated(text, at)) && person_speaks_again(text, at))
        text_mark(text, at, at, FINDING_PERSON, "speaker");
}

/* --- After a label: "Cc:", "Surname:", "Witness 1:" --- */

/* "Cc: Grace", "Apologies: Hope, Mark" */
static void after_heading(struct text *text, size_t at)
{
    static const char *const headings[] = {
        "to",        "from",     "cc",        "bcc",    "attn", "fao",  "present", "apologies",
        "attending", "attended", "attendees", "signed", "by",   "copy", NULL};
    struct token *name = text_at(text, at + 1);

    if (name != NULL && name->after_mark == ':' && token_reads_one_of(&text->words[at], headings) &&
        token_has_capital(name) && !text_in_term(text, at + 1) &&
        (token_likeness(name) == LIKE_EITHER ||
         (token_is(name, WORD_NAME_TOO) && !token_is(name, WORD_SAFE))) &&
        (!token_is(name, WORD_GENERIC | WORD_ROLE) ||
         (token_is(name, WORD_CAPITAL) && text_joined_at(text, at + 2) == NULL)))
        text_mark(text, at + 1, end_of_name(text, at + 1), FINDING_PERSON, "heading");
}

/* "Present: A Bell, C Hope, R Day (Chair)", "Cllrs Moss, Field and Day": one name after the other.
 */
static void find_named_list(struct text *text, size_t at)
{
    static const char *const lists[] = {"present",    "apologies", "attendees", "attending",
                                        "attendance", "invitees",  "members",   NULL};
    static const char *const plurals[] = {"cllrs", "messrs", "mssrs", "councillors", NULL};
    const struct token *first = text_at(text, at + 1);
    bool titled = token_reads_one_of(&text->words[at], plurals);

    if (first == NULL || first->own_line || first->writing != WRITING_MIXED ||
        !(titled ? first->joined && token_has_capital(&text->words[at])
                 : first->after_mark == ':' && token_reads_one_of(&text->words[at], lists)))
        return;
    for (size_t i = at + 1, last; i < text->count; i = last + 1) {
        const struct token *word = &text->words[i];
        last = i;
        if (i > at + 1 && (word->own_line || (word->opens && word->after_mark != ';')))
            return;
        if (word->bracketed || token_reads(word, "and") || word->shape == SHAPE_DIGITS)
            continue;
        if (!token_has_capital(word) && word->shape != SHAPE_INITIAL) {
            if (titled)
                return;
            continue;
        }
        while (last < i + 3 && text_joined_at(text, last + 1) != NULL &&
               token_has_capital(&text->words[last + 1]))
            last++;
        bool initialled = word->shape == SHAPE_INITIAL && last == i + 1;
        bool alone = titled && last == i && !token_is(word, WORD_ROLE | WORD_SITE | WORD_GROUP);
        if ((initialled || alone) && token_likeness(&text->words[last]) != LIKE_NAME &&
            text->words[last].shape == SHAPE_CAPITAL)
            text_mark(text, i, last, FINDING_PERSON, "heading");
    }
}

/* "Surname: Young", "First name | April": whatever stands there is a name. */
static bool asks_for_name(const struct text *text, size_t at)
{
    static const char *const labels[] = {"surname",   "surnames", "forename", "forenames",
                                         "cyfenw",    "enwau",    "alias",    "nickname",
                                         "firstname", "lastname", NULL};
    static const char *const which[] = {
        "first",    "last",      "middle", "family",  "given", "full",  "maiden",  "birth",
        "previous", "preferred", "former", "child's", "other", "print", "printed", NULL};
    static const char *const names[] = {"name", "names", NULL};
    const struct token *word = &text->words[at];
    const uint32_t whose = WORD_ROLE | WORD_PERSONA | WORD_KIN;

    if (token_reads_one_of(word, labels))
        return true;
    if (at > 1 && word->joined && word[-1].joined && token_is(word, whose) &&
        token_reads(word - 1, "of") && token_reads_one_of(word - 2, names))
        return true; /* "Name of child" */
    return at > 0 && word->joined && token_reads_one_of(word, names) &&
           (token_reads_one_of(word - 1, which) || (word[-1].owns && token_is(word - 1, whose)));
}

/* What stands after a label: the word after "Forename", "Forename(s)", "Witness 1", "Carer (2)". */
static size_t after_label(struct text *text, size_t at)
{
    const struct token *count = text_at(text, at + 1);
    bool counts =
        count != NULL && !count->own_line && (count->joined || count->bracketed) &&
        (token_reads(count, "s") || (count->shape == SHAPE_DIGITS && count->small.size < 3));

    return counts && text_at(text, at + 2) != NULL ? at + 2 : at + 1;
}

/* Is there a colon before the word? */
static bool is_after_colon(const struct text *text, size_t at)
{
    for (size_t i = text->words[at - 1].end; i < text->words[at].start; i++)
        if (text->bytes.data[i] == ':')
            return true;
    return false;
}

/* "Witness 1: Bell", "Carer (2): Olive Lamb" */
static void after_counted_role(struct text *text, size_t at)
{
    size_t next = after_label(text, at);

    if (next == at + 2 && is_after_colon(text, next) && !text->words[next].own_line &&
        token_has_capital(&text->words[next]) &&
        (token_likeness(&text->words[next]) >= LIKE_EITHER ||
         (token_is(&text->words[next], WORD_NAME_TOO) && !text_is_dated(text, next))) &&
        !token_is(&text->words[next], WORD_GENERIC))
        text_mark(text, next, end_of_name(text, next), FINDING_PERSON, "role");
}

static void after_name_label(struct text *text, size_t at)
{
    static const char *const none[] = {
        "not", "unknown", "none", "as", "see", "same", "given", "known",    "na", "n",
        "is",  "or",      "and",  "of", "tbc", "nil",  "dim",   "withheld", NULL};
    size_t first = after_label(text, at), last = first;
    struct token *name = text_at(text, first);

    if (name == NULL || name->own_line || name->shape == SHAPE_DIGITS || name->is_name ||
        token_reads_one_of(name, none) || asks_for_name(text, first))
        return;
    if (name->joined ? !token_has_capital(name)
                     : name->after_mark != ':' && name->after_mark != '|' && !name->bracketed &&
                           name->after_mark != 0 && !is_after_colon(text, first))
        return;
    if (name->joined && name->writing != WRITING_MIXED)
        return;
    while (last < first + 3 && text_joined_at(text, last + 1) != NULL &&
           text->words[last + 1].shape != SHAPE_DIGITS &&
           (token_stands_out(&text->words[last + 1]) ||
            text->words[last + 1].shape == SHAPE_INITIAL) &&
           !token_reads_one_of(&text->words[last + 1], none) &&
           !(last + 2 < text->count && text->words[last + 2].after_mark == ':'))
        last++;
    text_mark(text, first, last, FINDING_PERSON, "label");
}

/* May it stand in the value of a field that asks for a person? */
static bool fills_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    const uint32_t other = WORD_ROLE | WORD_GENERIC | WORD_SITE | WORD_GROUP | WORD_KIN;

    return word->shape == SHAPE_INITIAL || word->is_name || token_reads(word, "day") ||
           (word->shape == SHAPE_CAPITAL && !token_is(word, other) &&
            (token_likeness(word) >= LIKE_EITHER || token_is(word, WORD_NAME_TOO)));
}

/* "Minute taker: Summer Day": two words or three, and nothing else in the field. */
static void after_role_label(struct text *text, size_t at)
{
    const struct token *first = text_at(text, at + 1);
    size_t last = at + 1;

    if (first == NULL || first->own_line || first->after_mark != ':' ||
        first->writing != WRITING_MIXED || !fills_name(text, at + 1))
        return;
    while (text_joined_at(text, last + 1) != NULL && fills_name(text, last + 1))
        last++;
    if (last > at + 1 && last < at + 4 && text_joined_at(text, last + 1) == NULL)
        text_mark(text, at + 1, last, FINDING_PERSON, "label");
}

/* --- Under the heading of a column: "| Child | Worker |" --- */

#define COLUMNS_MOST 16

/* How many columns end between the word before and this one. */
static size_t columns_before(const struct text *text, size_t at)
{
    size_t count = 0, spaces = 0;

    for (size_t i = text->words[at - 1].end; i < text->words[at].start; i++) {
        uint8_t c = text->bytes.data[i];
        count += c == '|' || c == '\t' || (c == ' ' && spaces == 2);
        spaces = c == ' ' ? spaces + 1 : 0;
    }
    return count;
}

/* Marks the cell from `first` to before `end`, if a name of one to four words is all it has. */
static void read_cell(struct text *text, size_t first, size_t end)
{
    bool name = end - first <= 4;

    for (size_t i = first; name && i < end; i++)
        name = fills_name(text, i) && (i == first || text->words[i].joined);
    if (name && text->words[first].shape != SHAPE_INITIAL)
        text_mark(text, first, end - 1, FINDING_PERSON, "column");
}

static void find_columns(struct text *text)
{
    uint32_t people = 0;

    for (size_t first = 0, after; first < text->count; first = after) {
        size_t column = 0, cell = first;
        uint32_t heads = 0;
        bool plain = text->words[first].writing == WRITING_MIXED || people == 0;
        for (after = first; after < text->count && (after == first || !text->words[after].own_line);
             after++) {
            const struct token *word = &text->words[after];
            size_t more = after > first ? columns_before(text, after) : 0;
            if (more > 0) {
                if (people & UINT32_C(1) << column)
                    read_cell(text, cell, after);
                column = column + more < COLUMNS_MOST ? column + more : COLUMNS_MOST;
                cell = after;
            }
            plain = plain && word->shape != SHAPE_DIGITS && word->after_mark != ':';
            if (token_is(word, WORD_ROLE | WORD_KIN) && !word->is_name)
                heads |= UINT32_C(1) << column;
        }
        if (people & UINT32_C(1) << column)
            read_cell(text, cell, after);
        if (column == 0)
            people = 0;
        else if (people == 0 && plain)
            people = heads;
    }
}

/* --- On its own line --- */

/* A line of its own of one to three words that may be a name, with no other sign of a heading. */
static void on_own_line(struct text *text, size_t at)
{
    size_t end = at, likely = 0;
    bool sure = false, closing = at > 0 && token_is(&text->words[at - 1], WORD_CLOSING);

    for (; end < text->count && (end == at || !text->words[end].own_line); end++) {
        const struct token *word = &text->words[end];
        enum likeness like = token_likeness(word);
        if (end > at && word->after_mark == ':')
            return;
        if (end > at && is_bare(word) && token_is(word, WORD_CAPITAL)) {
            likely++;
            continue; /* "Heather sutherland" */
        }
        if (word->shape != SHAPE_INITIAL &&
            (!token_stands_out(word) || (like == LIKE_NOTHING && !is_surname_too(text, end))))
            return;
        likely += like >= LIKE_EITHER;
        sure = sure || (like == LIKE_NAME && !token_is(word, WORD_GENERIC | WORD_ROLE));
    }
    if (at > 0 && end - at <= 3 && likely > 0 && (likely == end - at || closing || sure))
        text_mark(text, at, end - 1, FINDING_PERSON, "own-line");
}

/* "Bola," alone at the beginning, "Win" alone at the end, and no more than a word. */
static void alone_at_either_end(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (person_stands_alone(text, at) && token_likeness(word) >= LIKE_WORD &&
        !token_is(word, WORD_ROLE | WORD_GENERIC))
        text_mark(text, at, at, FINDING_PERSON, "own-line");
}

/* --- The rest: what is not known to be safe --- */

/* Storms have names, and nobody is called so for it. */
static bool after_storm(struct text *text, size_t at)
{
    return at > 0 && text->words[at].joined && token_reads(&text->words[at - 1], "storm");
}

static bool beside_name(struct text *text, size_t at)
{
    const struct token *after = text_joined_at(text, at + 1);

    if (after != NULL && after->shape == SHAPE_CAPITAL && token_is(after, WORD_SAFE))
        return token_is(after, WORD_CAPITAL) && person_acts(text, at + 1); /* "Dawn French fell" */
    return after != NULL && after->shape == SHAPE_CAPITAL && token_likeness(after) >= LIKE_EITHER;
}

/* "a reader there, Ivy Sallow, has written" */
static bool is_told_apart(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *after = text_at(text, at + 2);

    return word->after_mark == ',' && !word->own_line && next != NULL &&
           next->shape == SHAPE_CAPITAL && !token_is(next, WORD_GENERIC | WORD_ROLE | WORD_SITE) &&
           !token_is(word, WORD_GENERIC) && after != NULL && after->after_mark == ',' &&
           after->shape == SHAPE_SMALL;
}

/* "Joy, Mark and Grace", "Joy, Mark, Grace" */
static bool is_first_of_three(struct text *text, size_t at)
{
    const struct token *third = text_at(text, at + 2);

    if (third != NULL && token_reads(third, "and"))
        third = text_joined_at(text, at + 3);
    else if (third != NULL && third->after_mark != ',')
        return false;
    return third != NULL && token_has_capital(third) && !third->opens &&
           token_likeness(third) >= LIKE_EITHER &&
           token_likeness(&text->words[at + 1]) >= LIKE_EITHER;
}

/* "Begum and Hollis", and a line  that begins with "Wall, Amelia" or "Wall;Amelia". */
static bool lists_name(struct text *text, size_t at)
{
    const struct token *next = text_at(text, at + 1), *after = text_joined_at(text, at + 2);

    if (next == NULL || !token_stands_out(next))
        return next != NULL && next->joined && token_links(next) && after != NULL &&
               token_has_capital(after) &&
               (token_likeness(after) == LIKE_NAME ||
                (token_likeness(after) == LIKE_EITHER && token_reads(next, "and") &&
                 !text_in_term(text, at + 2)));
    if (text->words[at].opens && next->after_mark == '&' && !next->own_line &&
        next->shape == SHAPE_CAPITAL && token_likeness(next) >= LIKE_EITHER)
        return true; /* "Grace & Favour Nkomo" */
    return text->words[at].opens && !next->joined && !next->own_line && next->after_mark != 0 &&
           strchr(",;\t|", next->after_mark) != NULL &&
           (token_likeness(next) == LIKE_NAME || is_first_of_three(text, at));
}

/* A typing error, and not "Dolina MacAulay". */
static bool is_typing_error(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    bool capital = next != NULL && next->shape == SHAPE_CAPITAL;
    bool before_name = capital && token_likeness(next) == LIKE_NAME && !next->mistyped &&
                       text->bytes.data[next->start] < 'a';
    bool before_particle = capital && token_is(next, WORD_PARTICLE);

    return word->writing == WRITING_MIXED && word->mistyped && word->after_mark != ':' &&
           !before_name && !before_particle && !person_acts(text, at);
}

/* The first letter of a sentence is a capital anyway, and Welsh is not on the lists. */
static bool name_may_open(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (is_typing_error(text, at))
        return false;
    if (!word->opens || token_is(word, WORD_CAPITAL) || person_acts(text, at) ||
        beside_name(text, at))
        return true;
    return !text->welsh || person_is_addressed(text, at) || person_signs(text, at) ||
           token_is_not_welsh(word) || person_begins_note(text, at);
}

/* In a list of words that may all be names, where capitals tell nothing: "JACK, IRIS AND STERLING".
 */
static bool among_names(struct text *text, size_t at)
{
    const struct token *next = text_at(text, at + 1), *after = text_at(text, at + 2);
    enum likeness least = text->words[at].writing == WRITING_CAPITALS ? LIKE_EITHER : LIKE_NAME;

    if (at > 0 && text->words[at - 1].is_name && text->words[at].after_mark == ',')
        return true;
    if (at > 1 && token_is_person(&text->words[at - 2]) &&
        (token_reads(&text->words[at - 1], "and") || token_reads(&text->words[at - 1], "or")))
        return true;
    if (next != NULL && next->after_mark == ',' && token_likeness(next) >= least)
        return true;
    return next != NULL && after != NULL && token_reads(next, "and") &&
           token_likeness(after) >= least;
}

/* "joy mbeki" */
static bool before_surname(struct text *text, size_t at)
{
    const struct token *next = text_joined_at(text, at + 1);

    bool both = next != NULL && token_is(&text->words[at], WORD_FORENAME) &&
                text->words[at].writing == WRITING_CAPITALS &&
                token_likeness(next) == LIKE_EITHER &&
                !token_is(next, WORD_DOES | WORD_BE | WORD_DONE | WORD_ROLE);
    return next != NULL && (token_likeness(next) == LIKE_NAME || both) && !text->words[at].owns &&
           !token_is(&text->words[at], WORD_DOES | WORD_TO);
}

/* "Hope no hope of a bed", "Bill - the bill came": the word itself is written small beside it. */
static bool is_set_apart(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    const struct token *next = at + 1 < text->count ? word + 1 : NULL;

    static const char *const hopes[] = {"hope", "faith", "bill", "charity", "rich", NULL};

    if (next == NULL || next->own_line || next->shape != SHAPE_SMALL ||
        !(token_is(word, WORD_FORENAME) || token_reads_one_of(word, hopes)) ||
        !(token_is(next, WORD_FUNCTION | WORD_BE | WORD_DOES) || next->after_mark == '-'))
        return false;
    for (size_t i = at + 1; i < text->count && i < at + 12 && !text->words[i].own_line; i++)
        if (text->words[i].shape == SHAPE_SMALL && bytes_equal(text->words[i].small, word->small))
            return true;
    return false;
}

static bool either_is_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (word->writing != WRITING_MIXED)
        return (person_acts(text, at) || among_names(text, at) || before_surname(text, at) ||
                person_begins_sentence(text, at) || person_is_with(text, at) ||
                (at == 0 && person_is_addressed(text, at))) &&
               !text_after_article(text, at);
    if (!token_has_capital(word))
        return false;
    if (word->opens)
        return person_acts(text, at) ||
               (beside_name(text, at) && !token_is(word, WORD_DOES | WORD_TO)) ||
               lists_name(text, at) || person_is_addressed(text, at) || person_signs(text, at) ||
               is_set_apart(text, at) || person_begins_sentence(text, at);
    bool meant = is_told_apart(text, at) || person_acts(text, at) ||
                 (person_is_with(text, at) && !text_before_digits(text, at));
    return (!text_after_article(text, at) || person_has_family(text, at)) &&
           (meant || !text_in_term(text, at));
}

/* "Assess, Plan, Do", "Attainment, Cognition": what nobody is called. */
static bool is_plain_word(struct text *text, size_t at)
{
    static const char *const ends[] = {"tion", "tions", "ment", "ments", "ness",  "ity",
                                       "ence", "ance",  "ings", "ship",  "ology", "ies",
                                       "ency", "ise",   "sion", "sions", "able",  NULL};
    static const char *const with[] = {"with", "by", NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    bool made = false,
         in_name = (word->joined && word[-1].is_name) || (next != NULL && token_has_capital(next));
    bool addressed = word->joined && (token_is(word - 1, WORD_TO) ||
                                      token_reads_one_of(word - 1, with)); /* "live with Reign" */

    for (size_t i = 0; word->small.size >= LONG_WORD - 1 && ends[i] != NULL; i++)
        made = made || token_ends(word, ends[i]);
    return (made || token_is(word, WORD_COMMON)) && !in_name && !addressed &&
           !person_acts(text, at);
}

static bool word_is_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (is_plain_word(text, at))
        return false;
    return word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->opens &&
           !word->bracketed && !text_after_article(text, at) && !text_in_term(text, at) &&
           !(word->joined && token_has_capital(word - 1) && !word[-1].is_name) &&
           !token_is(word, WORD_ROLE | WORD_GENERIC | WORD_HONORIFIC | WORD_TITLE);
}

static bool is_known_name(const struct token *word)
{
    if (word->writing == WRITING_MIXED)
        return word->shape != SHAPE_SMALL && token_is(word, WORD_CAPITAL);
    return (token_is(word, WORD_CAPITAL) &&
            word->small.size > (word->writing == WRITING_CAPITALS ? 2 : 3)) ||
           (word->small.size > 4 && token_is_not_welsh(word));
}

static bool speaks_small(struct text *text, size_t at)
{
    static const char *const verbs[] = {
        "said",   "says",    "told",  "tells",  "asked",  "asks",    "rang",    "rings", "phoned",
        "texted", "emailed", "wants", "wanted", "thinks", "thought", "replied", "knows", NULL};
    const struct token *next = text_joined_at(text, at + 1);

    return !text->welsh && next != NULL && next->shape == SHAPE_SMALL &&
           token_reads_one_of(next, verbs) && !text_after_article(text, at);
}

/* "ty's nan", where capitals tell nothing */
static bool has_kin(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return word->owns && next != NULL && token_is(next, WORD_KIN) &&
           !token_is(word, WORD_FUNCTION | WORD_SAFE | WORD_ROLE | WORD_KIN) &&
           word->small.size > 1 && (!token_is(word, WORD_ENGLISH) || token_is(word, WORD_CAPITAL));
}

/* "son (vikram)", "an older boy called deano", "can rafal or Shu Fen look" */
static bool is_bare_name(struct text *text, size_t at)
{
    static const char *const either[] = {"or", "and", NULL};
    static const char *const called[] = {"called", "named", "nicknamed", "aka", NULL};
    const struct token *word = &text->words[at], *before = at > 0 ? word - 1 : NULL;
    const struct token *next = text_joined_at(text, at + 1), *after = text_joined_at(text, at + 2);

    if (before == NULL || text->welsh)
        return false;
    if (word->bracketed && word->end < text->bytes.size && text->bytes.data[word->end] == ')')
        return token_is(before, WORD_KIN);
    if (word->joined && token_reads_one_of(before, called))
        return true;
    return next != NULL && after != NULL && token_reads_one_of(next, either) &&
           after->shape == SHAPE_CAPITAL && token_likeness(after) == LIKE_NAME;
}

static bool is_unsafe(struct text *text, size_t at)
{
    if (token_is(&text->words[at], WORD_ROLE | WORD_HONORIFIC | WORD_TITLE) &&
        token_is(&text->words[at], WORD_ENGLISH) &&
        !(token_is(&text->words[at], WORD_FORENAME) && !text->words[at].opens))
        return false;
    if (is_bare(&text->words[at]) && text->words[at].kinds == 0) /* "kwame" */
        return speaks_small(text, at) || is_bare_name(text, at);
    if (text->words[at].writing == WRITING_SMALL && has_kin(text, at))
        return true;
    switch (token_likeness(&text->words[at])) {
    case LIKE_NAME:
        return !after_storm(text, at) && name_may_open(text, at) &&
               !(text->welsh && !is_known_name(&text->words[at]) &&
                 (text->words[at].shape != SHAPE_CAPITAL || text_before_digits(text, at)));
    case LIKE_EITHER:
        return either_is_name(text, at);
    case LIKE_WORD:
        return word_is_name(text, at);
    default:
        return false;
    }
}

/* "one in Upper Tolling" */
static bool is_place_of_two(struct text *text, size_t at)
{
    static const char *const sizes[] = {"upper",  "lower",  "nether", "great", "little",
                                        "easter", "wester", "much",   "long",  NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return at > 0 && word->joined && token_is(word - 1, WORD_WHERE) && next != NULL &&
           word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL &&
           next->shape == SHAPE_CAPITAL && token_reads_one_of(word, sizes) &&
           token_likeness(next) >= LIKE_WORD && !token_is(next, WORD_GENERIC | WORD_ROLE) &&
           text_joined_at(text, at + 2) == NULL;
}

static enum finding_class class_of(struct text *text, size_t at)
{
    bool where = at > 0 && text->words[at].joined && token_is(&text->words[at - 1], WORD_WHERE);

    return where && !person_acts(text, at) && !token_is(&text->words[at], WORD_CAPITAL)
               ? FINDING_PLACE
               : FINDING_PERSON;
}

/* With the word before it that belongs to it. */
static size_t first_of_name(const struct text *text, size_t at)
{
    static const char *const sizes[] = {"big",   "wee",    "little", "old",    "young",
                                        "auld",  "easter", "wester", "nether", "upper",
                                        "lower", "great",  "market", NULL};

    if (at > 0 && text->words[at].joined && !text->words[at - 1].is_name &&
        token_reads_one_of(&text->words[at - 1], sizes) &&
        (token_has_capital(&text->words[at - 1]) || token_reads(&text->words[at - 1], "wee")))
        return at - 1; /* "Big Al" */
    if (at > 0 && text->words[at].joined && token_reads(&text->words[at - 1], "st") &&
        token_stands_out(&text->words[at - 1]) && !text->words[at - 1].is_name)
        return at - 1; /* "St John" */
    return at;
}

/* "The Willows", in the middle of a sentence. */
static void find_the(struct text *text, size_t at)
{
    struct token *name = text_joined_at(text, at + 1), *the = &text->words[at];

    if (the->shape == SHAPE_CAPITAL && !the->opens && !the->bracketed && name != NULL &&
        name->shape == SHAPE_CAPITAL &&
        (token_likeness(name) >= LIKE_WORD || token_reads(name, "old")) && token_reads(the, "the"))
        text_mark(text, at, end_of_name(text, at + 1), FINDING_ORG, "the");
}

static void find_unsafe(struct text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        if (!text->words[i].is_name && is_place_of_two(text, i))
            text_mark(text, i, i + 1, FINDING_PLACE, "place");
        if (text->words[i].is_name || !is_unsafe(text, i))
            continue;
        size_t end = end_of_name(text, i);
        text_mark(text, first_of_name(text, i), end, class_of(text, i), "not-known-safe");
        i = end;
    }
}

/* --- What was a name once is one wherever it stands --- */

/* "blesing", where "Blessing Nwosu" was named. */
static bool names_nearly(const struct text *text, const struct token *word)
{
    for (size_t i = 0; i < text->count; i++)
        if (token_is_person(&text->words[i]) && text->words[i].small.size > 4 &&
            text->words[i].shape == SHAPE_CAPITAL &&
            token_likeness(&text->words[i]) >= LIKE_EITHER &&
            is_slip_of(word->small, text->words[i].small))
            return true;
    return false;
}

static bool names_same(struct text *text, const struct token *word)
{
    for (size_t i = 0; i < text->count; i++)
        if (token_is_person(&text->words[i]) && bytes_equal(text->words[i].small, word->small) &&
            !token_is(&text->words[i], WORD_HONORIFIC))
            return true;
    return false;
}

/* "MAY HAS NO PHONE", after "NANA MAY" */
static bool is_said_to_be(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return token_is(word, WORD_NAME_TOO) && !text_is_dated(text, at) && next != NULL &&
           token_is(next, WORD_BE) && word->shape != SHAPE_SMALL;
}

/* "Cook was late", after "Anna Cook" */
static bool is_only_role(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    return token_is(word, WORD_ROLE | WORD_TITLE) &&
           (!token_is(word, WORD_CAPITAL) || text_after_article(text, at) ||
            text_in_term(text, at) || (word->opens && !person_acts(text, at)));
}

/* May it be a name of the text once more, if it reads like one? */
static bool may_repeat(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    bool safe = token_is(word, WORD_FUNCTION | WORD_SAFE) && !is_said_to_be(text, at);

    return !word->is_name && word->shape != SHAPE_DIGITS && word->small.size > 1 && !safe &&
           !is_only_role(text, at) &&
           (word->writing == WRITING_MIXED || token_is(word, WORD_NAME_TOO) ||
            (token_likeness(word) >= LIKE_EITHER && !text_after_article(text, at)) ||
            (word->writing == WRITING_SMALL && word->kinds == 0));
}

static void find_repeated(struct text *text)
{
    const uint32_t other = WORD_CAPITAL | WORD_FORENAME;

    for (size_t i = 0; text->count <= REPEATS_MOST && i < text->count; i++) {
        const struct token *word = &text->words[i];
        bool small = word->shape == SHAPE_SMALL && word->writing == WRITING_MIXED && !text->welsh;
        bool brief = small && word->small.size == 3 && (word->kinds & ~other) == 0;
        bool slip = small && word->mistyped && word->kinds == 0; /* "blesing" of "blessing", too. */
        bool bare = slip || (small && is_bare(word));
        if ((token_stands_out(word) || bare || brief) && may_repeat(text, i) &&
            (names_same(text, word) || (bare && !brief && names_nearly(text, word))))
            text_mark(text, i, i, FINDING_PERSON, "repeated");
    }
}

/* --- The surname first, as lists have it --- */

/* "Page, J." */
static bool is_surname_and_initial(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *initial = word + 1;

    return word->shape == SHAPE_CAPITAL && initial->shape == SHAPE_INITIAL &&
           (token_likeness(word) >= LIKE_EITHER || token_is(word, WORD_CAPITAL)) &&
           !token_reads(initial, "i") && initial->end < text->bytes.size &&
           text->bytes.data[initial->end] == '.' && letters_of_abbreviation(text, at + 1) == 0;
}

/* "LAU Ka Yan" */
static bool is_surname_of_two(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *first = text_joined_at(text, at + 1),
                       *second = text_joined_at(text, at + 2);

    return word->shape == SHAPE_CAPITALS && word->writing == WRITING_MIXED &&
           word->small.size > 2 &&
           !token_is(word, WORD_SAFE | WORD_FUNCTION | WORD_ROLE | WORD_ENGLISH) && first != NULL &&
           first->shape == SHAPE_CAPITAL && second != NULL && second->shape == SHAPE_CAPITAL &&
           token_likeness(second) == LIKE_NAME;
}

/* "KAUR, Simran", "SZYMANSKA, B": in capitals before the comma. */
static void find_surname_in_capitals(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = word + 1;

    if (word->shape != SHAPE_CAPITALS || word->small.size < 3 ||
        token_is(word, WORD_SAFE | WORD_FUNCTION))
        return;
    if (next->shape == SHAPE_INITIAL && !token_reads(next, "i") &&
        text_joined_at(text, at + 2) == NULL)
        text_mark(text, at, at + 1, FINDING_PERSON, "surname-first");
    else if (token_is_person(next) && next->shape == SHAPE_CAPITAL)
        text_mark(text, at, at, FINDING_PERSON, "surname-first");
}

static void find_surnames_first(struct text *text)
{
    for (size_t i = 0; i + 1 < text->count; i++) {
        const struct token *word = &text->words[i], *next = word + 1;
        bool comma = next->after_mark == ',' && !next->own_line && !next->joined &&
                     next->start - word->end <= 2;
        if (comma && is_surname_and_initial(text, i))
            text_mark(text, i, i + 1, FINDING_PERSON, "surname-first");
        if (is_surname_of_two(text, i))
            text_mark(text, i, i + 2, FINDING_PERSON, "surname-first");
        if (comma)
            find_surname_in_capitals(text, i);
    }
}

/* --- What belongs to a name: particles, bynames, the other of two --- */

/* "Wee Tam", "Big Mags", "Auld Rab" */
static void find_sized(struct text *text, size_t at)
{
    static const char *const sizes[] = {"big", "wee", "auld", "lang", NULL};
    const struct token *name = text_joined_at(text, at + 1);

    if (name != NULL && token_reads_one_of(&text->words[at], sizes) && token_stands_out(name) &&
        token_is(name, WORD_FORENAME) && !name->is_name)
        text_mark(text, at, at + 1, FINDING_PERSON, "byname");
}

/* "Reg jnr", "Nev the caretaker" */
static void find_bynames(struct text *text)
{
    static const char *const bynames[] = {"snr", "jnr", "sahib", NULL};

    for (size_t i = 1; i < text->count; i++) {
        const struct token *word = &text->words[i], *before = word - 1;
        bool byname = word->joined && token_reads_one_of(word, bynames);
        bool unnamed =
            !before->is_name && before->shape <= SHAPE_CAPITAL && !token_is(before, WORD_FUNCTION);
        if (byname && token_is_person(before) && !word->is_name)
            text_mark(text, i, i, FINDING_PERSON, "byname");
        else if (byname && unnamed)
            text_mark(text, i - 1, i, FINDING_PERSON, "byname"); /* "Reg jnr" */
    }
    for (size_t i = 1; i + 1 < text->count; i++) {
        const struct token *the = &text->words[i], *role = text_joined_at(text, i + 1);
        if (token_is_person(the - 1) && the->joined && the->shape == SHAPE_SMALL &&
            token_reads(the, "the") && role != NULL && token_is(role, WORD_ROLE))
            text_mark(text, i, i + 1, FINDING_PERSON, "byname");
    }
}

/* "van der Linde", "Lo Presti": with the particles before it, where they are no words of English or
 * Welsh. */
static void find_particles(struct text *text)
{
    for (size_t i = text->count; i-- > 1;) {
        const struct token *word = &text->words[i], *before = word - 1;
        if (token_is_person(word) && word->begins && word->joined &&
            token_is(before, WORD_PARTICLE) && !token_is(before, WORD_FUNCTION) &&
            !(token_is(before, WORD_SAFE) && text->welsh) && !text_after_article(text, i - 1) &&
            !before->is_name)
            text_mark(text, i - 1, i - 1, FINDING_PERSON, word->rule);
    }
}

/* "Carwyn and Delyth Mathias": one surname, one name. */
static void join_couples(struct text *text)
{
    for (size_t i = 1; i + 2 < text->count; i++) {
        const struct token *word = &text->words[i];
        bool both = word->joined && word[1].joined && token_reads(word, "and") && !word->is_name &&
                    token_is_person(word - 1) && token_is_person(word + 1) && word[-1].begins &&
                    !word[-1].owns;
        if (both && word[2].is_name && word[2].joined && !word[2].begins) {
            text_mark(text, i, i, FINDING_PERSON, word[-1].rule);
            text->words[i].begins = text->words[i + 1].begins = false;
        }
    }
}

/* --- All of them --- */

void find_people(struct text *text)
{
    settle_words(text);
    for (size_t i = 0; i < text->count; i++) {
        uint32_t kinds = text->words[i].kinds;
        if (kinds & (WORD_HONORIFIC | WORD_TITLE))
            after_honorific(text, i);
        if (kinds & WORD_HONORIFIC)
            before_honorific(text, i);
        if (kinds & WORD_PERSONA)
            after_persona(text, i);
        if ((kinds & (WORD_ROLE | WORD_KIN)) || is_known_as(text, i))
            after_role(text, i);
        if (kinds & (WORD_ROLE | WORD_KIN)) {
            after_counted_role(text, i);
            after_role_label(text, i);
            after_role_is(text, i);
        }
        if (person_is_turned_to(text, i) || person_is_introduced(text, i))
            after_verb(text, i);
        if (kinds & (WORD_GREETING | WORD_CLOSING))
            after_greeting(text, i);
        if (kinds & WORD_TO)
            after_verb(text, i);
        if (text->words[i].own_line) {
            on_own_line(text, i);
            alone_at_either_end(text, i);
        }
        find_speakers(text, i);
        find_apposed(text, i);
        find_let_know(text, i);
        after_heading(text, i);
        find_named_list(text, i);
        if (asks_for_name(text, i))
            after_name_label(text, i);
        find_the(text, i);
        find_sized(text, i);
    }
    find_columns(text);
    find_unsafe(text);
    find_surnames_first(text);
    find_initials(text);
    find_repeated(text);
    find_bynames(text);
    find_particles(text);
    join_couples(text);
}
