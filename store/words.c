#include "store/internal.h"

#include <stdlib.h>
#include <string.h>

/* What a word is, for FTS5 and for us: letters and digits, in small letters and without accents
 * (unicode61), not one of the little words that every text has, and of those the stem (porter).
 *
 * Little words are two fifths of a text. Without them the index is a quarter smaller and a sixth
 * quicker to fill, and a phrase is found whatever little words are in it. Terms for filters come
 * through the same door: a text that begins with FACET_OPEN is a list of them, and they end in it
 * too, so that no stem is made of them; no text has that character. */

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
    void *unicode_context;
    Fts5Tokenizer *stemmer; /* Ours: porter over candour over unicode61. */
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

/* --- FTS5's tokenizer "candour" --- */

typedef int hear_token(void *context, int flags, const char *token, int size, int start, int end);

struct candour {
    struct tokenizer *shared;
    Fts5Tokenizer *base;
};

static int candour_create(void *context, const char **arguments, int count, Fts5Tokenizer **made)
{
    struct tokenizer *shared = context;
    const char *base[] = {"remove_diacritics", "2"};
    struct candour *candour = memory_new(1, sizeof *candour);

    (void)arguments;
    (void)count;
    candour->shared = shared;
    int answer = shared->unicode.xCreate(shared->unicode_context, base, 2, &candour->base);
    if (answer == SQLITE_OK)
        *made = (Fts5Tokenizer *)candour;
    else
        free(candour);
    return answer;
}

static void candour_delete(Fts5Tokenizer *tokenizer)
{
    struct candour *candour = (struct candour *)tokenizer;

    candour->shared->unicode.xDelete(candour->base);
    free(candour);
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

static int tell_facets(const char *text, int size, void *context, hear_token *hear)
{
    int answer = SQLITE_OK;

    for (int at = 1, end; answer == SQLITE_OK && at < size; at = end + 1) {
        const char *space = memchr(text + at, ' ', (size_t)(size - at));
        end = space == NULL ? size : (int)(space - text);
        if (end > at)
            answer = hear(context, 0, text + at, end - at, at, end);
    }
    return answer;
}

static int candour_tokenize(Fts5Tokenizer *tokenizer, void *context, int flags, const char *text,
                            int size, hear_token *hear)
{
    const struct candour *candour = (const struct candour *)tokenizer;
    struct passing passing = {.shared = candour->shared, .hear = hear, .context = context};

    if (size > 0 && text[0] == FACET_OPEN[0])
        return tell_facets(text, size, context, hear);
    int answer =
        candour->shared->unicode.xTokenize(candour->base, &passing, flags, text, size, pass_token);
    if (answer == SQLITE_OK && passing.size > 0 && (flags & FTS5_TOKENIZE_PREFIX) != 0)
        answer =
            hear(context, passing.flags, passing.held, passing.size, passing.start, passing.end);
    return answer;
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

static bool tokenizers_join(struct tokenizer *tokenizer, fts5_api *api)
{
    static fts5_tokenizer candour = {candour_create, candour_delete, candour_tokenize};
    const char *base[] = {"candour"};
    void *porter_context;

    return api->xFindTokenizer(api, "unicode61", &tokenizer->unicode_context,
                               &tokenizer->unicode) == SQLITE_OK &&
           api->xFindTokenizer(api, "porter", &porter_context, &tokenizer->porter) == SQLITE_OK &&
           api->xCreateTokenizer(api, "candour", tokenizer, &candour, NULL) == SQLITE_OK &&
           tokenizer->porter.xCreate(porter_context, base, 1, &tokenizer->stemmer) == SQLITE_OK;
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
    return tokenizers_join(tokenizer, api) ? rank_define(store, api, fault)
                                           : store_fault(store, "opening", fault);
}

void words_release(struct store *store)
{
    if (store->tokenizer != NULL && store->tokenizer->stemmer != NULL)
        store->tokenizer->porter.xDelete(store->tokenizer->stemmer);
    free(store->tokenizer);
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

    store->tokenizer->porter.xTokenize(store->tokenizer->stemmer, &visiting, flags,
                                       (const char *)text.data, (int)text.size, visit_token);
}

void facet_write(struct buffer *to, char field, struct bytes code)
{
    buffer_append(to, bytes_of(&field, 1));
    buffer_append(to, code);
    buffer_append_text(to, FACET_OPEN);
}
