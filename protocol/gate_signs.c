#include "protocol/gate_signs.h"

#include <string.h>

/* What stands beside a word, and tells that a person is meant by it. */

bool token_ends(const struct token *word, const char *with)
{
    size_t size = strlen(with);

    return word->small.size >= size &&
           memcmp(word->small.data + word->small.size - size, with, size) == 0;
}

bool is_slip_of(struct bytes word, struct bytes of)
{
    size_t same = 0, least = word.size < of.size ? word.size : of.size, back = 0;

    while (same < least && word.data[same] == of.data[same])
        same++;
    while (back < least - same && word.data[word.size - 1 - back] == of.data[of.size - 1 - back])
        back++;
    size_t left = word.size - same - back, of_left = of.size - same - back;
    return same > 0 && ((left <= 1 && of_left <= 1) ||
                        (left == 2 && of_left == 2 && word.data[same] == of.data[same + 1] &&
                         word.data[same + 1] == of.data[same]));
}

bool text_before_digits(struct text *text, size_t at)
{
    const struct token *next = text_joined_at(text, at + 1);

    return next != NULL && next->shape == SHAPE_DIGITS;
}

bool text_is_dated(struct text *text, size_t at)
{
    return text_before_digits(text, at) ||
           (at > 0 && text->words[at].joined && text->words[at - 1].shape == SHAPE_DIGITS);
}

/* The next word but "and", "of": "Learning and Development" is one term. */
static struct token *term_before(struct text *text, size_t at)
{
    if (at == 0 || !text->words[at].joined)
        return NULL;
    if (at > 1 && token_links(&text->words[at - 1]) && text->words[at - 1].joined)
        return &text->words[at - 2];
    return &text->words[at - 1];
}

static struct token *term_after(struct text *text, size_t at)
{
    struct token *after = text_joined_at(text, at + 1);

    return after != NULL && token_links(after) ? text_joined_at(text, at + 2) : after;
}

/* Is the word part of a term in capitals: "Housing Options Team", "Part Two", "Care Act"? */
bool text_in_term(struct text *text, size_t at)
{
    struct token *before = term_before(text, at), *after = term_after(text, at);

    for (int side = 0; side < 2; side++) {
        const struct token *word = side == 0 ? before : after;
        if (word == NULL)
            continue;
        if (side == 0 && word->is_name && word->class == FINDING_ORG &&
            word + 1 < &text->words[at] && token_is(&text->words[at], WORD_FORENAME))
            continue; /* "Larkhill Community Trust and Debs" */
        if (word->shape == SHAPE_DIGITS ||
            (word->shape == SHAPE_CAPITALS && token_likeness(word) == LIKE_NOTHING))
            return true;
        if (side == 1 && word->shape == SHAPE_INITIAL &&
            token_likeness(&text->words[at]) == LIKE_WORD)
            return true; /* "Entrance C" */
        if (token_has_capital(word) && !token_is(word, WORD_FUNCTION) &&
            (token_is(word, WORD_SAFE) || token_likeness(word) == LIKE_WORD))
            return true;
    }
    return false;
}

/* "that Grace came", "both Grace and Joy": these stand before names as well. */
bool text_after_article(const struct text *text, size_t at)
{
    static const char *const before_names[] = {"that", "both", "all", "old", NULL};
    const struct token *word = &text->words[at];

    return at > 0 && word->joined && token_is(word - 1, WORD_ARTICLE) &&
           !(word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL &&
             token_reads_one_of(word - 1, before_names));
}

/* A verb that is not in its plain form: "asked", "rings", "said", "rang". */
bool token_is_past_or_third(const struct token *verb)
{
    static const char *const ends[] = {"ed",  "s",   "id",  "ang", "ew", "read", "nt",  "ote",
                                       "ld",  "ame", "ook", "ate", "at", "an",   "met", "oke",
                                       "ove", "ore", "pt",  "ft",  "st", "ank",  "ood", "ound"};

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++)
        if (token_ends(verb, ends[i]))
            return true;
    return false;
}

/* "Will, 34, said", "Blessing (7)" */
bool person_is_aged(struct text *text, size_t at)
{
    const struct token *age = text_at(text, at + 1), *after = text_at(text, at + 2);

    if (age == NULL || age->joined || age->shape != SHAPE_DIGITS || age->end - age->start > 3 ||
        age->own_line)
        return false;
    if (age->bracketed)
        return after == NULL || !after->joined;
    return age->after_mark == ',' && after != NULL && after->after_mark == ',' && !after->opens;
}

static bool is_whose(const struct token *word)
{
    static const char *const words[] = {"her", "his", "my", "their", "our", NULL};

    return token_reads_one_of(word, words);
}

/* "Grace, her daughter", "Hope, who", "Joy (carer)" */
bool person_is_told_of(struct text *text, size_t at)
{
    static const char *const of_them[] = {"eldest", "oldest", "youngest", "younger", "elder", NULL};
    static const char *const who[] = {"who", "whose", "aged", NULL};
    const struct token *next = text_at(text, at + 1), *after = text_joined_at(text, at + 2);

    if (next == NULL || next->opens ||
        !(next->joined || next->after_mark == ',' || next->bracketed ||
          (next->after_mark == '-' && token_is(&text->words[at], WORD_FORENAME))))
        return false;
    if (after != NULL && is_whose(next) && token_is(after, WORD_KIN))
        return true;
    if (after != NULL && token_reads(next, "the") && token_reads_one_of(after, of_them))
        return true;
    for (size_t i = at + 2; token_reads(next, "the") && next->after_mark == ',' && i < at + 5 &&
                            text_joined_at(text, i) != NULL;
         i++)
        if (token_is(&text->words[i], WORD_ROLE) && i + 1 < text->count &&
            text->words[i + 1].after_mark == ',')
            return true; /* "Bishop, the site manager, did" */
    return !next->joined && (token_is(next, WORD_ROLE | WORD_KIN) || token_reads_one_of(next, who));
}

/* "Comfort and the twins", "Joy and her baby" */
static bool is_with_others(struct text *text, size_t at)
{
    static const char *const others[] = {"twins", "kids",   "children", "baby", "babies",
                                         "boys",  "girls",  "family",   "dog",  "dogs",
                                         "cat",   "bairns", NULL};
    const struct token *and = text_joined_at(text, at + 1), *whose = text_joined_at(text, at + 2);
    const struct token *who = text_joined_at(text, at + 3);

    return and != NULL && whose != NULL && who != NULL && token_reads(and, "and") &&
           (is_whose(whose) || token_reads(whose, "the")) &&
           (token_is(who, WORD_KIN) || token_reads_one_of(who, others));
}

/* "Grace then rang", "Joy on call", "Dawn off sick": what is said of people. */
static bool is_at_work(struct text *text, size_t at)
{
    static const char *const adverbs[] = {"also",  "then",    "never", "still", "always", "just",
                                          "later", "already", "now",   "again", NULL};
    static const char *const on[] = {"on", "off", NULL};
    static const char *const duty[] = {"call",  "leave",   "sick",   "duty", "shift",
                                       "phone", "holiday", "annual", "from", "nights",
                                       "till",  "until",   NULL};
    const struct token *next = text_joined_at(text, at + 1), *after = text_joined_at(text, at + 2);

    if (next == NULL || after == NULL)
        return false;
    return (token_reads_one_of(next, adverbs) &&
            (token_is(after, WORD_DOES) ||
             (token_ends(after, "ing") && after->shape == SHAPE_SMALL))) ||
           (token_reads_one_of(next, on) && token_reads_one_of(after, duty));
}

/* "April in the contact centre read it out" */
bool person_works_somewhere(struct text *text, size_t at)
{
    static const char *const places[] = {"in", "from", "at", "on", NULL};
    const struct token *next = text_joined_at(text, at + 1);

    if (next == NULL || !text->words[at].opens || !token_has_capital(&text->words[at]) ||
        !token_reads_one_of(next, places))
        return false;
    for (size_t i = at + 3; i < at + 7 && text_joined_at(text, i) != NULL; i++)
        if (token_is(&text->words[i], WORD_DOES) && token_is_past_or_third(&text->words[i]))
            return true;
    return false;
}

/* Does what comes after speak of a person? */
bool person_acts(struct text *text, size_t at)
{
    static const char *const said[] = {"said", "says", NULL};
    static const char *const did[] = {"took", "gave", "saw", "came", "went", "did", NULL};
    const struct token *word = &text->words[at], *next = text_at(text, at + 1);

    if (next == NULL || word->owns)
        return word->owns;
    const struct token *after = text_joined_at(text, at + 2);
    if (next->joined && token_has_capital(word) && next->shape == SHAPE_SMALL &&
        (bytes_equal(word->small, next->small) ||
         (after != NULL && token_reads(next, "to") && bytes_equal(word->small, after->small))))
        return true; /* "Will will do it", "Mark to mark it" */
    if (person_is_aged(text, at) || person_is_told_of(text, at) || is_with_others(text, at) ||
        is_at_work(text, at) || person_works_somewhere(text, at))
        return true;
    if (!next->joined)
        return false;
    if (token_is(next, WORD_DOES) &&
        (word->writing == WRITING_MIXED || !token_is(next, WORD_FUNCTION) ||
         token_reads_one_of(next, said) ||
         (token_is(word, WORD_FORENAME) && token_reads_one_of(next, did))))
        return true;
    if (token_is(next, WORD_BE) && after != NULL && text_joined_at(text, at + 3) != NULL &&
        is_whose(after) && token_is(&text->words[at + 3], WORD_KIN))
        return true; /* "River is their brother" */
    if (token_is(word, WORD_FORENAME) && token_ends(next, "ed") && token_is(next, WORD_ENGLISH) &&
        next->shape == SHAPE_SMALL && word->writing == WRITING_MIXED)
        return true; /* "Hazel panicked" */
    return token_is(next, WORD_BE) && after != NULL && token_is(after, WORD_DONE) &&
           !token_is(after, WORD_ARTICLE) && !token_is(after, WORD_FUNCTION);
}

/* "the Bell twins" */
bool person_has_family(struct text *text, size_t at)
{
    static const char *const families[] = {
        "family",     "families", "twins",   "children",  "boys",   "girls", "brothers",
        "sisters",    "siblings", "parents", "household", "couple", "baby",  "kids",
        "chronology", "file",     "case",    "referral",  NULL};
    const struct token *next = text_joined_at(text, at + 1);

    return next != NULL && !next->owns && next->shape == SHAPE_SMALL && !text->words[at].opens &&
           token_reads_one_of(next, families);
}

/* "Hazel is on leave", "Holly to ring" */
bool person_begins_sentence(struct text *text, size_t at)
{
    static const char *const after[] = {
        "is",    "was",   "has",    "had",   "did",   "didn't", "hasn't", "isn't", "wasn't",
        "won't", "can't", "will",   "would", "could", "ok",     "okay",   "not",   "might",
        "may",   "must",  "should", "says",  "never", "still",  NULL};
    static const char *const states[] = {"unsettled", "settled",  "tearful",    "asleep",
                                         "agitated",  "unwell",   "distressed", "poorly",
                                         "upset",     "confused", "aggressive", NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return token_is(word, WORD_FORENAME) && next != NULL && !text_after_article(text, at) &&
           (token_reads_one_of(next, after) || token_reads_one_of(next, states) ||
            next->shape == SHAPE_INITIAL ||
            (token_reads(next, "to") && text_joined_at(text, at + 2) != NULL &&
             (token_is(&text->words[at + 2], WORD_TO | WORD_DOES | WORD_DONE) ||
              (text->words[at + 2].shape == SHAPE_SMALL &&
               token_is(&text->words[at + 2], WORD_ENGLISH) &&
               !token_is(&text->words[at + 2], WORD_FUNCTION | WORD_ARTICLE)))));
}

/* In a text where capitals tell nothing: "the cat is with grace" */
bool person_is_with(const struct text *text, size_t at)
{
    static const char *const with[] = {"with", "by", "from", "for", "and", NULL};
    const struct token *word = &text->words[at];

    return token_is(word, WORD_FORENAME) && at > 0 && word->joined &&
           token_reads_one_of(word - 1, with);
}

/* "Chase can you ring", "Sandy I cannot find it": without a comma. */
static bool is_asked(struct text *text, size_t at)
{
    static const char *const asks[] = {"can", "could", "will", "would", "did", "have", "are", NULL};
    static const char *const says[] = {"hope", "bet", "pray", "may", "will", NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *after = text_joined_at(text, at + 2);

    if (next == NULL || after == NULL || !token_is(word, WORD_CAPITAL) ||
        word->writing != WRITING_MIXED || !token_has_capital(word))
        return false;
    return (token_reads_one_of(next, asks) && token_reads(after, "you")) ||
           (next->shape == SHAPE_INITIAL && token_reads(next, "i") && after->shape == SHAPE_SMALL &&
            !token_reads_one_of(word, says));
}

/* "Will, will you be there?": the first word of a message. */
bool person_is_addressed(struct text *text, size_t at)
{
    static const char *const after[] = {"i",    "you",   "your",   "can",    "could",
                                        "will", "would", "please", "thanks", "thank",
                                        "have", "did",   "do",     "are",    NULL};
    const struct token *word = &text->words[at], *next = text_at(text, at + 1);

    if (word->own_line && is_asked(text, at))
        return true;
    return word->own_line && next != NULL && !next->own_line && next->after_mark == ',' &&
           !next->joined && token_is(next, WORD_FUNCTION) &&
           (word->writing != WRITING_MIXED || next->shape == SHAPE_SMALL ||
            next->shape == SHAPE_INITIAL) &&
           ((!token_is(word, WORD_NAME_TOO) && word->writing == WRITING_MIXED) ||
            token_reads_one_of(next, after));
}

/* The last word of a message, alone after a full stop: "See you then. Grace" */
bool person_signs(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    bool last = at + 1 == text->count || text->words[at + 1].own_line;

    return at > 0 && last && word->opens && !word->own_line && token_has_capital(word) &&
           (word->after_mark == '.' || word->after_mark == '!' || word->after_mark == '?') &&
           (word->end == text->bytes.size || text->bytes.data[word->end] == '\n');
}

bool person_stands_alone(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    bool alone = word->own_line && word->writing == WRITING_MIXED && text->count > 8 &&
                 word->shape == SHAPE_CAPITAL && !word->owns;

    if (!alone)
        return false;
    return (at == 0 && text->bytes.data[word->end] == ',' && word[1].own_line) ||
           (at + 1 == text->count && word->end + 1 >= text->bytes.size && word->start > 2 &&
            text->bytes.data[word->start - 2] == '\n');
}

/* "allocated to Dean", "spoke with grace" */
bool person_is_turned_to(const struct text *text, size_t at)
{
    static const char *const to[] = {"to", "with", "by", "from", NULL};
    static const char *const verbs[] = {
        "seen",       "met",      "note",      "card",     "complaint",   "request", "reply",
        "statement",  "letter",   "call",      "email",    "e-mail",      "text",    "message",
        "referral",   "visit",    "allocated", "assigned", "reallocated", "spoke",   "spoken",
        "speak",      "speaking", "talk",      "talked",   "chat",        "chatted", "handed",
        "introduced", "married",  "lives",     "living",   "stays",       "staying", "heard",
        "chaired",    "signed",   NULL};

    return at > 0 && text->words[at].joined && token_reads_one_of(&text->words[at], to) &&
           token_reads_one_of(&text->words[at - 1], verbs);
}

/* "this is grace from housing", "it's mark here", "i'm joy" */
bool person_is_introduced(struct text *text, size_t at)
{
    static const char *const it[] = {"it's", "its", "i'm", "im", NULL};
    static const char *const this[] = {"this", "name", "it", "i", NULL};
    static const char *const is[] = {"is", "am", "was", NULL};
    static const char *const from[] = {"from", "here", "again", "calling", "speaking", "at", NULL};
    const struct token *word = &text->words[at], *after = text_joined_at(text, at + 2);

    if (!token_reads_one_of(word, it) && !(at > 0 && word->joined && token_reads_one_of(word, is) &&
                                           token_reads_one_of(word - 1, this)))
        return false;
    return (after != NULL && token_reads_one_of(after, from)) ||
           (at > 0 && token_reads(word - 1, "name"));
}

/* Welsh is written without k, q, v, x and z. */
bool token_is_not_welsh(const struct token *word)
{
    for (size_t i = 0; i < word->small.size; i++)
        if (strchr("kqvxz", word->small.data[i]) != NULL)
            return !word->mistyped;
    return false;
}

/* "Tudur wedi bwyta": a sentence of Welsh begins with its verb, a note with the one it is about.
 * Nouns and verbs are known by their ends. */
bool person_begins_note(struct text *text, size_t at)
{
    static const char *const after[] = {"wedi", "yn", "heb", "ddim", "i", "nes", NULL};
    static const char *const ends[] = {
        "au",  "iad", "aeth", "wyr",    "ion", "oedd", "edd", "fa", "dod", "eb",  "wyd",
        "odd", "ais", "wch",  "ir",     "id",  "ant",  "ent", "ud", "wn",  "ydd", "us",
        "ol",  "iau", "adau", "yddion", "wr",  "og",   "lw",  "es", "eg",  "ig",  NULL};
    const struct token *next = text_joined_at(text, at + 1);

    if (next == NULL || !token_reads_one_of(next, after))
        return false;
    for (size_t i = 0; ends[i] != NULL; i++)
        if (token_ends(&text->words[at], ends[i]))
            return false;
    return true;
}

/* Is it the first word of its line but digits, with a colon straight after it? */
static bool is_label(const struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (at + 1 >= text->count || word[1].after_mark != ':' || word[1].own_line || word->owns ||
        text->bytes.data[word->end] != ':')
        return false;
    while (at > 0 && !text->words[at].own_line && text->words[at - 1].shape == SHAPE_DIGITS)
        at--;
    return text->words[at].own_line;
}

bool person_speaks_again(struct text *text, size_t at)
{
    if (text->count > REPEATS_MOST || !is_label(text, at))
        return false;
    for (size_t i = 0; i < text->count; i++)
        if (i != at && bytes_equal(text->words[i].small, text->words[at].small) &&
            is_label(text, i))
            return true;
    return false;
}
