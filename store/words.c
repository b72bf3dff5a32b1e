#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* What a word is, for FTS5 and for us: letters and digits, in small letters and without accents
 * (unicode61), not one of the little words that every text has, and of those the stem (porter).
 *
 * Little words are two fifths of a text. Without them the index is a quarter smaller and a sixth
 * quicker to fill, and a phrase is found whatever little words are in it.
 *
 * To be indexed FTS5 is given no text, but lists of the words in it, which any thread can have
 * made: they begin with WORDS_LISTED, and have a space after each word. No word has either in it,
 * for they are no letters. Terms for filters come in the same way, and end in that character so
 * that they are like no word.
 *
 * Long numbers and e-mail addresses have no words: whoever has a telephone number shall not learn
 * from the index that somebody published it. What the gate finds would be more exact, and takes
 * four times as long as all the rest of deriving. */

static const char *const little_words[] = {
    /* English */
    "a",
    "about",
    "after",
    "again",
    "all",
    "also",
    "am",
    "an",
    "and",
    "any",
    "are",
    "as",
    "at",
    "be",
    "because",
    "been",
    "before",
    "being",
    "between",
    "both",
    "but",
    "by",
    "can",
    "could",
    "did",
    "do",
    "does",
    "doing",
    "down",
    "during",
    "each",
    "few",
    "for",
    "from",
    "further",
    "had",
    "has",
    "have",
    "having",
    "he",
    "her",
    "here",
    "hers",
    "him",
    "his",
    "how",
    "i",
    "if",
    "in",
    "into",
    "is",
    "it",
    "its",
    "itself",
    "just",
    "me",
    "more",
    "most",
    "my",
    "no",
    "nor",
    "not",
    "now",
    "of",
    "off",
    "on",
    "once",
    "only",
    "or",
    "other",
    "our",
    "ours",
    "out",
    "over",
    "own",
    "same",
    "she",
    "should",
    "so",
    "some",
    "such",
    "than",
    "that",
    "the",
    "their",
    "theirs",
    "them",
    "then",
    "there",
    "these",
    "they",
    "this",
    "those",
    "through",
    "to",
    "too",
    "under",
    "until",
    "up",
    "very",
    "was",
    "we",
    "were",
    "what",
    "when",
    "where",
    "which",
    "while",
    "who",
    "whom",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
    "yours",
    /* Welsh: those that mean nothing in English */
    "ac",
    "ar",
    "bod",
    "cael",
    "chi",
    "chwi",
    "dros",
    "drwy",
    "dy",
    "ddim",
    "ef",
    "efo",
    "ei",
    "eich",
    "ein",
    "er",
    "eto",
    "eu",
    "fel",
    "fod",
    "fy",
    "gan",
    "gael",
    "gyda",
    "hefyd",
    "hi",
    "hon",
    "hwn",
    "hyd",
    "hyn",
    "hynny",
    "iddo",
    "iddi",
    "iddynt",
    "mae",
    "maen",
    "mewn",
    "na",
    "nad",
    "neu",
    "nhw",
    "ni",
    "nid",
    "o",
    "oed",
    "oedd",
    "oes",
    "ond",
    "pan",
    "roedd",
    "rhwng",
    "sy",
    "sydd",
    "trwy",
    "wedi",
    "wrth",
    "y",
    "ydy",
    "ydyw",
    "yma",
    "yn",
    "yna",
    "yno",
    "yr",
    "yw",
};

/* Words of up to 8 bytes as numbers, in a table that is a quarter full at most. */
#define LITTLE_SLOTS 1024

struct tokenizer {
    uint64_t little[LITTLE_SLOTS]; /* 0: empty. */
    fts5_tokenizer unicode, porter;
    void *unicode_context, *porter_context;
};

static uint64_t packed(const char *word, size_t size)
{
    uint64_t number = 0;

    memcpy(&number, word, size);
    return number;
}

static size_t slot_of(const struct tokenizer *tokenizer, uint64_t word)
{
    size_t at = (size_t)(word * UINT64_C(0x9e3779b97f4a7c15) >> 54);

    while (tokenizer->little[at] != 0 && tokenizer->little[at] != word)
        at = (at + 1) % LITTLE_SLOTS;
    return at;
}

static bool is_little(const struct tokenizer *tokenizer, const char *word, size_t size)
{
    if (size > sizeof(uint64_t) || size == 0)
        return false;
    return tokenizer->little[slot_of(tokenizer, packed(word, size))] != 0;
}

/* --- FTS5's tokenizer "words": unicode61 without the little ones --- */

typedef int hear_token(void *context, int flags, const char *token, int size, int start, int end);

struct words {
    const struct tokenizer *shared;
    Fts5Tokenizer *base;
};

static int words_create(void *context, const char **arguments, int count, Fts5Tokenizer **made)
{
    const struct tokenizer *shared = context;
    const char *base[] = {"remove_diacritics", "2"};
    struct words *words = memory_new(1, sizeof *words);

    (void)arguments;
    (void)count;
    words->shared = shared;
    int answer = shared->unicode.xCreate(shared->unicode_context, base, 2, &words->base);
    if (answer == SQLITE_OK)
        *made = (Fts5Tokenizer *)words;
    else
        free(words);
    return answer;
}

static void words_delete(Fts5Tokenizer *tokenizer)
{
    struct words *words = (struct words *)tokenizer;

    words->shared->unicode.xDelete(words->base);
    free(words);
}

/* A little word is held back until one comes after it: at the end of what is asked for by its
 * beginning it is none ("the*" asks for therapy too). */
struct passing {
    const struct tokenizer *shared;
    hear_token *hear;
    void *context;
    char held[sizeof(uint64_t)];
    int flags, size, start, end; /* Of the one held; size 0: none. */
};

static int pass_token(void *context, int flags, const char *token, int size, int start, int end)
{
    struct passing *passing = context;

    passing->size = 0;
    if (!is_little(passing->shared, token, (size_t)size))
        return passing->hear(passing->context, flags, token, size, start, end);
    memcpy(passing->held, token, (size_t)size);
    passing->flags = flags;
    passing->size = size;
    passing->start = start;
    passing->end = end;
    return SQLITE_OK;
}

static int words_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
                          int size, hear_token *hear)
{
    const struct words *words = (const struct words *)tokenizer;
    struct passing passing = {.shared = words->shared, .hear = hear, .context = context};
    int answer =
        words->shared->unicode.xTokenize(words->base, &passing, flags, text, size, pass_token);

    if (answer == SQLITE_OK && passing.size > 0 && (flags & FTS5_TOKENIZE_PREFIX) != 0)
        answer =
            hear(context, passing.flags, passing.held, passing.size, passing.start, passing.end);
    return answer;
}

/* --- FTS5's tokenizer "candour": a list of words, or a text --- */

static int candour_create(void *context, const char **arguments, int count, Fts5Tokenizer **made)
{
    (void)arguments;
    (void)count;
    *made = context; /* The store's kit: its tables are used one at a time. */
    return SQLITE_OK;
}

static void candour_delete(Fts5Tokenizer *tokenizer)
{
    (void)tokenizer;
}

static int tell_listed(const char *list, int size, void *context, hear_token *hear)
{
    int answer = SQLITE_OK;

    for (int at = 1, end; answer == SQLITE_OK && at < size; at = end + 1) {
        const char *space = memchr(list + at, ' ', (size_t)(size - at));
        end = space == NULL ? size : (int)(space - list);
        if (end > at)
            answer = hear(context, 0, list + at, end - at, at, end);
    }
    return answer;
}

static int candour_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
                            int size, hear_token *hear)
{
    const struct kit *kit = (const struct kit *)tokenizer;

    if (size > 0 && text[0] == WORDS_LISTED[0])
        return tell_listed(text, size, context, hear);
    return kit->tokenizer->porter.xTokenize(kit->stemmer, context, flags, text, size, hear);
}

/* --- Making it --- */

fts5_api *words_api(struct store *store, struct fault *fault)
{
    fts5_api *api = NULL;
    sqlite3_stmt *query = prepare(store, "SELECT fts5(?1)", "opening", fault);

    if (query == NULL)
        return NULL;
    sqlite3_bind_pointer(query, 1, &api, "fts5_api_ptr", NULL);
    step(store, query, "opening", fault);
    sqlite3_finalize(query);
    if (api == NULL)
        fault_set(fault, FAULT_SELF, "store %s: this SQLite has no FTS5", store->path);
    return api;
}

static bool tokenizers_join(struct store *store, fts5_api *api)
{
    static fts5_tokenizer words = {words_create, words_delete, words_tokenize};
    static fts5_tokenizer candour = {candour_create, candour_delete, candour_tokenize};
    struct tokenizer *tokenizer = store->tokenizer;

    return api->xFindTokenizer(api, "unicode61", &tokenizer->unicode_context,
                               &tokenizer->unicode) == SQLITE_OK &&
           api->xFindTokenizer(api, "porter", &tokenizer->porter_context, &tokenizer->porter) ==
               SQLITE_OK &&
           api->xCreateTokenizer(api, "words", tokenizer, &words, NULL) == SQLITE_OK &&
           api->xCreateTokenizer(api, "candour", &store->kit, &candour, NULL) == SQLITE_OK;
}

bool words_define(struct store *store, struct fault *fault)
{
    fts5_api *api = words_api(store, fault);

    if (api == NULL)
        return false;
    struct tokenizer *tokenizer = store->tokenizer = memory_new(1, sizeof *tokenizer);
    for (size_t i = 0; i < sizeof little_words / sizeof *little_words; i++) {
        uint64_t word = packed(little_words[i], strlen(little_words[i]));
        tokenizer->little[slot_of(tokenizer, word)] = word;
    }
    return tokenizers_join(store, api) && kit_make(store, &store->kit)
               ? rank_define(store, api, fault)
               : store_fault(store, "opening", fault);
}

void words_release(struct store *store)
{
    kit_release(&store->kit);
    free(store->tokenizer);
}

/* The stemmer is porter over words over unicode61. */
bool kit_make(const struct store *store, struct kit *kit)
{
    const struct tokenizer *tokenizer = store->tokenizer;
    const char *base[] = {"words"};

    *kit = (struct kit){.tokenizer = tokenizer};
    return tokenizer->porter.xCreate(tokenizer->porter_context, base, 1, &kit->stemmer) ==
           SQLITE_OK;
}

void kit_release(struct kit *kit)
{
    if (kit->stemmer != NULL)
        kit->tokenizer->porter.xDelete(kit->stemmer);
    kit->stemmer = NULL;
}

/* --- Without long numbers and addresses --- */

#define NUMBER_DIGITS 6 /* A sort code's. */
#define GAP_BYTES 4     /* Between parts of a number. */

static bool is_digit(uint8_t byte)
{
    return byte >= '0' && byte <= '9';
}

static bool is_white(uint8_t byte)
{
    return byte == ' ' || byte == '\n';
}

static bool is_letter(uint8_t byte)
{
    return (byte | 0x20) >= 'a' && (byte | 0x20) <= 'z';
}

static size_t digits_end(struct bytes text, size_t at)
{
    while (at < text.size && is_digit(text.data[at]))
        at++;
    return at;
}

/* Where the next digits of the same number begin; 0 where there are none. */
static size_t next_digits(struct bytes text, size_t end)
{
    for (size_t at = end; at < text.size && at <= end + GAP_BYTES; at++) {
        if (is_digit(text.data[at]))
            return at;
        if (is_letter(text.data[at]))
            return 0;
    }
    return 0;
}

/* 1998, 2021; and the 22 of 2021/22. */
static bool is_year(struct bytes text, size_t at, size_t end, size_t before)
{
    bool century = (text.data[at] == '1' && text.data[at + 1] == '9') ||
                   (text.data[at] == '2' && text.data[at + 1] == '0');

    return (end - at == 4 && century) || (end - at == 2 && before == 4);
}

/* The end of the number that begins here. It is a long one that has many digits in all, unless
 * they are years. */
static size_t number_end(struct bytes text, size_t at, bool *is_long)
{
    size_t digits = 0, before = 0, end;
    bool years = true;

    do {
        end = digits_end(text, at);
        years = years && is_year(text, at, end, before);
        digits += before = end - at;
    } while ((at = next_digits(text, end)) != 0);
    *is_long = digits >= NUMBER_DIGITS && !years;
    return end;
}

/* Blank what is between white space around these bytes, in a copy: what is left stays in place. */
static size_t blank(struct bytes text, size_t at, size_t end, struct buffer *copy)
{
    if (copy->size == 0)
        buffer_append(copy, text);
    while (at > 0 && !is_white(text.data[at - 1]))
        at--;
    while (end < text.size && !is_white(text.data[end]))
        end++;
    memset(copy->data + at, ' ', end - at);
    return end;
}

static struct bytes without_numbers(struct bytes text, struct buffer *copy)
{
    bool is_long;

    for (size_t at = 0; at < text.size;)
        if (text.data[at] == '@') {
            at = blank(text, at, at + 1, copy);
        } else if (is_digit(text.data[at])) {
            size_t end = number_end(text, at, &is_long);
            at = is_long ? blank(text, at, end, copy) : end;
        } else {
            at++;
        }
    return copy->size == 0 ? text : buffer_view(copy);
}

/* --- For ourselves --- */

struct visiting {
    words_visit *visit;
    void *context;
};

static int visit_token(void *context, int flags, const char *token, int size, int start, int end)
{
    const struct visiting *visiting = context;

    (void)flags;
    visiting->visit(visiting->context, bytes_of(token, (size_t)size), (size_t)start, (size_t)end);
    return SQLITE_OK;
}

void words_each(struct store *store, struct bytes text, bool begins, words_visit *visit,
                void *context)
{
    struct visiting visiting = {visit, context};
    int flags = FTS5_TOKENIZE_QUERY | (begins ? FTS5_TOKENIZE_PREFIX : 0);
    struct buffer copy = {0};

    text = without_numbers(text, &copy);
    store->tokenizer->porter.xTokenize(store->kit.stemmer, &visiting, flags,
                                       (const char *)text.data, (int)text.size, visit_token);
    buffer_release(&copy);
}

void words_listed_each(struct bytes list, words_visit *visit, void *context)
{
    struct visiting visiting = {visit, context};

    tell_listed((const char *)list.data, (int)list.size, &visiting, visit_token);
}

static int list_token(void *context, int flags, const char *token, int size, int start, int end)
{
    struct buffer *list = context;

    (void)flags;
    (void)start;
    (void)end;
    buffer_append(list, bytes_of(token, (size_t)size));
    buffer_append_text(list, " ");
    return SQLITE_OK;
}

void words_list(const struct kit *kit, struct bytes text, struct buffer *list)
{
    struct buffer copy = {0};

    buffer_append_text(list, WORDS_LISTED);
    text = without_numbers(text, &copy);
    kit->tokenizer->porter.xTokenize(kit->stemmer, list, FTS5_TOKENIZE_DOCUMENT,
                                     (const char *)text.data, (int)text.size, list_token);
    buffer_release(&copy);
}

void facet_write(struct buffer *to, char field, struct bytes code)
{
    buffer_append(to, bytes_of(&field, 1));
    buffer_append(to, code);
    buffer_append_text(to, WORDS_LISTED);
}
