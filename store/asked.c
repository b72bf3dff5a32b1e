#include "store/asked.h"

#include <string.h>

/* Words in, concepts out.
 *
 * What a person types is never FTS5's query language: each word and each phrase is put between
 * quotation marks, only an asterisk at the end of a word keeps its meaning, and a dash before one
 * says that it must not be there. */

#define WORDS_BYTES_MAX 1000
#define TYPED_MAX ASKED_CONCEPTS
#define SYNONYM 0.55  /* What another word for it counts, by that which was typed. */
#define CORRECTED 0.9 /* What was probably meant. */
#define WEAK 0.6      /* And a word that people ask with. */
#define RARE_LESSONS 2
#define RARE_SHARE 30 /* A word that is so much rarer than one that is like it is a slip. */

/* --- Reading what was typed --- */

struct token {
    struct bytes text;
    bool begins, quoted, excluded;
};

static bool is_space(uint8_t byte)
{
    return byte == ' ' || (byte >= '\t' && byte <= '\r');
}

/* A dash before a word, and not within one or alone. */
static bool take_dash(struct bytes text, size_t *at)
{
    bool dash = text.data[*at] == '-' && *at + 1 < text.size && !is_space(text.data[*at + 1]) &&
                text.data[*at + 1] != '-';

    *at += dash;
    return dash;
}

/* can't, carer's: what comes after the apostrophe is no word. */
static struct bytes without_ending(struct bytes word)
{
    static const char *const marks[] = {"'", "\xe2\x80\x99"};

    for (size_t i = 0; i < word.size; i++)
        for (size_t k = 0; k < sizeof marks / sizeof *marks; k++) {
            size_t mark = strlen(marks[k]);
            if (i + mark <= word.size && word.size - i - mark <= 2 &&
                memcmp(word.data + i, marks[k], mark) == 0)
                return bytes_of(word.data, i);
        }
    return word;
}

/* Take the next word or "phrase" off the text. An asterisk at the end of either asks for what
 * begins so. False at the end. */
static bool next_token(struct bytes *text, struct token *token)
{
    size_t at = 0, end;

    while (at < text->size && is_space(text->data[at]))
        at++;
    if (at == text->size)
        return false;
    token->excluded = take_dash(*text, &at);
    token->quoted = text->data[at] == '"';
    end = at += token->quoted;
    while (end < text->size && text->data[end] != '"' &&
           (token->quoted || !is_space(text->data[end])))
        end++;
    token->text = bytes_of(text->data + at, end - at);
    end += token->quoted && end < text->size;
    token->begins = token->quoted
                        ? end < text->size && text->data[end] == '*'
                        : token->text.size > 0 && token->text.data[token->text.size - 1] == '*';
    end += token->quoted && token->begins;
    token->text.size -= !token->quoted && token->begins;
    if (!token->quoted)
        token->text = without_ending(token->text);
    *text = bytes_of(text->data + end, text->size - end);
    return true;
}

static size_t count_stems(struct bytes stems)
{
    size_t count = stems.size > 0;

    for (size_t i = 0; i < stems.size; i++)
        count += stems.data[i] == ' ';
    return count;
}

/* IT is a word where it is written so and the thesaurus knows it; else it is a little one. */
static bool is_capital(struct store *store, struct bytes text, struct buffer *small)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < 'A' || text.data[i] > 'Z')
            return false;
        char letter = (char)(text.data[i] | 0x20);
        buffer_append(small, bytes_of(&letter, 1));
    }
    return text.size >= 2 && thesaurus_has(thesaurus_of(store), buffer_view(small));
}

static void add_phrase(struct asked *asked, struct bytes text, struct asked_phrase phrase)
{
    if (asked->phrase_count == ASKED_PHRASES)
        return;
    phrase.text = buffer_add(&asked->letters, text);
    asked->phrases[asked->phrase_count++] = phrase;
}

static void add_concept(struct asked *asked, const struct token *token, bool typed)
{
    size_t number = asked->concept_count++;

    asked->concepts[number] =
        (struct asked_concept){.typed = buffer_add(&asked->letters, token->text),
                               .quoted = token->quoted,
                               .alone = !token->quoted && !token->begins};
    if (typed)
        add_phrase(asked, token->text,
                   (struct asked_phrase){.begins = token->begins,
                                         .way = WAY_TYPED,
                                         .concepts = UINT32_C(1) << number,
                                         .weight = 1});
}

static bool was_typed(const struct asked *asked, struct bytes text)
{
    for (size_t i = 0; i < asked->concept_count; i++)
        if (bytes_equal(buffer_part(&asked->letters, asked->concepts[i].typed), text))
            return true;
    return false;
}

/* False where there are too many. */
static bool add_token(struct store *store, struct asked *asked, const struct token *token)
{
    struct buffer stems = {0}, small = {0};
    bool room = true;

    stems_write(store, token->text, token->begins, &stems);
    bool capital = stems.size == 0 && !token->quoted && is_capital(store, token->text, &small);
    if (stems.size > 0 && token->excluded) {
        room = asked->excluded_count < ASKED_CONCEPTS;
        if (room)
            asked->excluded[asked->excluded_count++] = (struct phrase){token->text, token->begins};
    } else if ((stems.size > 0 || capital) && !was_typed(asked, token->text)) {
        room = asked->concept_count < TYPED_MAX;
        if (room)
            add_concept(asked, token, stems.size > 0);
    }
    buffer_release(&stems);
    buffer_release(&small);
    return room;
}

static bool says_nothing(struct store *store, struct bytes words, struct fault *fault)
{
    int size = words.size > 100 ? 0 : (int)words.size;
    struct buffer stems = {0};

    stems_write(store, words, true, &stems);
    bool little = stems.size > 0;
    buffer_release(&stems);
    if (little)
        return fault_set(fault, FAULT_INPUT,
                         "search: nearly every lesson has \"%.*s\": add a word that says more",
                         size, (const char *)words.data);
    return fault_set(fault, FAULT_INPUT,
                     "search: there is no word in \"%.*s\" to look for: give letters or digits "
                     "(long numbers and e-mail addresses are not looked for)",
                     size, (const char *)words.data);
}

bool asked_read(struct store *store, struct bytes words, struct asked *asked, struct fault *fault)
{
    struct bytes left = words;
    struct token token;

    if (words.size == 0)
        return true;
    if (words.size > WORDS_BYTES_MAX)
        return fault_set(fault, FAULT_INPUT, "search: %zu bytes of words; at most %d", words.size,
                         WORDS_BYTES_MAX);
    if (!bytes_are_text(words) || memchr(words.data, WORDS_LISTED[0], words.size) != NULL)
        return fault_set(fault, FAULT_INPUT, "search: the words are not valid UTF-8 text");
    while (next_token(&left, &token))
        if (!add_token(store, asked, &token))
            return fault_set(fault, FAULT_INPUT, "search: more than %d words", TYPED_MAX);
    if (asked->concept_count == 0 && asked->excluded_count > 0)
        return fault_set(fault, FAULT_INPUT,
                         "search: only what must not be there: add a word that must");
    return asked->concept_count > 0 || says_nothing(store, words, fault);
}

void asked_release(struct asked *asked)
{
    buffer_release(&asked->letters);
}

struct phrase asked_phrase(const struct asked *asked, size_t index)
{
    const struct asked_phrase *phrase = &asked->phrases[index];

    return (struct phrase){buffer_part(&asked->letters, phrase->text), phrase->begins};
}

/* --- Counting --- */

/* A phrase is free of quotation marks: they are what ends one. */
void phrase_write(struct buffer *match, const struct phrase *phrase)
{
    buffer_append_text(match, "\"");
    buffer_append(match, phrase->text);
    buffer_append_text(match, phrase->begins ? "\" *" : "\"");
}

sqlite3_stmt *piece_ask(struct store *store, int64_t number, const char *what, struct bytes match,
                        struct fault *fault)
{
    long long piece = (long long)number;
    sqlite3_stmt *query = prepare_format(store, "searching", fault, what, piece, piece, piece);

    if (query != NULL)
        bind_text(query, 1, match);
    return query;
}

/* Where so many lessons of a piece have it, the piece tells how many of all do. */
#define TELLING 200

bool phrase_count(struct store *store, const struct counted *counted, const struct phrase *phrase,
                  double *lessons, struct fault *fault)
{
    static const char count[] = "SELECT count(*) FROM words_%lld WHERE words_%lld MATCH ?1";
    struct buffer match = {0};
    double seen = 0;
    bool done = true;

    *lessons = 0;
    phrase_write(&match, phrase);
    for (size_t i = 0; done && i < counted->count && *lessons < TELLING; i++) {
        int64_t found = 0;
        sqlite3_stmt *query =
            piece_ask(store, counted->pieces[i].number, count, buffer_view(&match), fault);
        done = query != NULL && run_number(store, query, &found, "searching", fault);
        sqlite3_finalize(query);
        *lessons += (double)found;
        seen += (double)counted->pieces[i].lessons;
    }
    if (*lessons >= TELLING && seen > 0 && seen < counted->lessons)
        *lessons *= counted->lessons / seen;
    buffer_release(&match);
    return done;
}

/* --- More ways to say it --- */

struct widening {
    struct store *store;
    struct asked *asked;
    const struct counted *counted;
    struct fault *fault;
    bool failed;
    enum asked_way way;
    uint32_t concepts;
    double weight;
    struct buffer stems[ASKED_CONCEPTS]; /* Of each concept that is an ordinary word. */
};

static bool has_phrase(const struct widening *widening, struct bytes stems)
{
    bool has = false;

    for (size_t i = 0; !has && i < widening->asked->phrase_count; i++) {
        struct buffer other = {0};
        const struct asked_phrase *phrase = &widening->asked->phrases[i];
        stems_write(widening->store, buffer_part(&widening->asked->letters, phrase->text), false,
                    &other);
        has = !phrase->begins && (phrase->concepts & widening->concepts) == widening->concepts &&
              bytes_equal(buffer_view(&other), stems);
        buffer_release(&other);
    }
    return has;
}

/* What no lesson has is left out. */
static void offer_phrase(void *context, struct bytes text)
{
    struct widening *widening = context;
    struct phrase phrase = {.text = text};
    struct buffer stems = {0};
    double lessons = 0;

    stems_write(widening->store, text, false, &stems);
    if (!widening->failed && stems.size > 0 && !has_phrase(widening, buffer_view(&stems))) {
        widening->failed =
            !phrase_count(widening->store, widening->counted, &phrase, &lessons, widening->fault);
        if (lessons > 0)
            add_phrase(widening->asked, text,
                       (struct asked_phrase){.way = widening->way,
                                             .concepts = widening->concepts,
                                             .weight = widening->weight,
                                             .lessons = lessons});
    }
    buffer_release(&stems);
}

static void write_small(struct bytes text, struct buffer *small)
{
    for (size_t i = 0; i < text.size; i++) {
        char letter =
            (char)(text.data[i] >= 'A' && text.data[i] <= 'Z' ? text.data[i] | 0x20 : text.data[i]);
        buffer_append(small, bytes_of(&letter, 1));
    }
}

/* Co-located may be colocated as well. */
static void offer_joined(struct widening *widening, struct bytes word)
{
    struct buffer joined = {0};

    for (size_t i = 0; i < word.size; i++)
        if (word.data[i] != '-')
            buffer_append(&joined, bytes_of(word.data + i, 1));
    if (joined.size < word.size)
        offer_phrase(widening, buffer_view(&joined));
    buffer_release(&joined);
}

static double typed_lessons(const struct asked *asked, uint32_t concept)
{
    double lessons = 0;

    for (size_t i = 0; i < asked->phrase_count; i++)
        if (asked->phrases[i].concepts == concept && asked->phrases[i].lessons > lessons)
            lessons = asked->phrases[i].lessons;
    return lessons;
}

/* A word that no lesson has was hardly meant; one that very few have may be a slip of theirs. */
static void correct(struct widening *widening, size_t number, struct bytes word)
{
    struct asked *asked = widening->asked;
    struct asked_concept *concept = &asked->concepts[number];
    double lessons = typed_lessons(asked, UINT32_C(1) << number);
    struct spelling meant = {.lessons = 0};

    if (lessons > RARE_LESSONS ||
        thesaurus_has(thesaurus_of(widening->store), buffer_view(&widening->stems[number])))
        return;
    if (!spelling_correct(widening->store, widening->counted, word, &meant, widening->fault))
        widening->failed = true;
    if (meant.lessons > lessons * RARE_SHARE) {
        concept->corrected = buffer_add(&asked->letters, buffer_view(&meant.word));
        widening->way = WAY_CORRECTED;
        widening->weight = CORRECTED;
        offer_phrase(widening, buffer_view(&meant.word));
        buffer_clear(&widening->stems[number]);
        stems_write(widening->store, buffer_view(&meant.word), false, &widening->stems[number]);
    }
    buffer_release(&meant.word);
}

static void widen_word(struct widening *widening, size_t number)
{
    struct asked *asked = widening->asked;
    struct bytes typed = buffer_part(&asked->letters, asked->concepts[number].typed);
    struct buffer small = {0};

    write_small(typed, &small);
    stems_write(widening->store, typed, false, &widening->stems[number]);
    if (widening->stems[number].size == 0)
        buffer_append(&widening->stems[number], buffer_view(&small)); /* IT */
    widening->concepts = UINT32_C(1) << number;
    widening->way = WAY_SPELLING;
    widening->weight = 1;
    spelling_each(buffer_view(&small), offer_phrase, widening);
    offer_joined(widening, buffer_view(&small));
    correct(widening, number, buffer_view(&small));
    buffer_release(&small);
}

/* What the thesaurus says of the words from one to another. */
static bool widen_term(struct widening *widening, size_t from, size_t until)
{
    const struct thesaurus *thesaurus = thesaurus_of(widening->store);
    struct buffer key = {0};

    widening->concepts = 0;
    for (size_t i = from; i < until; i++) {
        buffer_append_text(&key, i == from ? "" : " ");
        buffer_append(&key, buffer_view(&widening->stems[i]));
        widening->concepts |= UINT32_C(1) << i;
    }
    widening->way = WAY_SYNONYM;
    widening->weight = SYNONYM;
    bool has = thesaurus_has(thesaurus, buffer_view(&key));
    thesaurus_each(thesaurus, buffer_view(&key), offer_phrase, widening);
    buffer_release(&key);
    return has;
}

/* The longest terms first. Of a longer one its single words are not looked up: direct payments are
 * no payments. */
static void widen_terms(struct widening *widening)
{
    size_t count = widening->asked->concept_count;

    for (size_t from = 0; from < count; from++) {
        size_t words = 0, until = from;
        while (until < count && widening->stems[until].size > 0 &&
               words + count_stems(buffer_view(&widening->stems[until])) <= THESAURUS_WORDS)
            words += count_stems(buffer_view(&widening->stems[until++]));
        while (until > from && !widen_term(widening, from, until))
            until--;
        from = until > from ? until - 1 : from;
    }
}

static bool count_typed(struct widening *widening)
{
    struct asked *asked = widening->asked;

    for (size_t i = 0; i < asked->phrase_count; i++) {
        struct phrase phrase = asked_phrase(asked, i);
        if (!phrase_count(widening->store, widening->counted, &phrase, &asked->phrases[i].lessons,
                          widening->fault))
            return false;
    }
    return true;
}

/* Words that people ask with, more than for. */
static bool is_weak(struct widening *widening, size_t concept)
{
    static const char weak[] =
        " anybodi anyon advic away bad behind best better bring bui call came case come council "
        "deal difficult do easi everyon exampl experi find fix get give go good got help idea "
        "improv issu keep kept know lack learn left lesson littl long look lot made make manag "
        "mani "
        "much need never new nobodi number often old peopl poor practic problem proper properli "
        "quick quickli realli reduc right run servic set show slow start stop take talk tell thing "
        "think time tip tri turn us wai want well went work worri wrong ";
    struct buffer stem = {0};

    buffer_printf(&stem, " %s ", buffer_text(&widening->stems[concept]));
    bool found = stem.size > 2 && strstr(weak, buffer_text(&stem)) != NULL;
    buffer_release(&stem);
    return found;
}

static void reckon_rarity(struct widening *widening)
{
    struct asked *asked = widening->asked;
    double lessons = widening->counted->lessons;

    for (size_t i = 0; i < asked->concept_count; i++) {
        double with = 0;
        for (size_t k = 0; k < asked->phrase_count; k++)
            if ((asked->phrases[k].concepts >> i & 1) != 0 && asked->phrases[k].lessons > with)
                with = asked->phrases[k].lessons;
        asked->concepts[i].rarity = with == 0 ? 0 : rarity(lessons, with);
        if (is_weak(widening, i))
            asked->concepts[i].rarity *= WEAK;
    }
}

void asked_drop_absent(struct asked *asked)
{
    size_t kept = 0;

    for (size_t i = 0; i < asked->phrase_count; i++)
        if (asked->phrases[i].lessons > 0)
            asked->phrases[kept++] = asked->phrases[i];
    asked->phrase_count = kept;
}

bool asked_widen(struct store *store, struct asked *asked, const struct counted *counted,
                 struct fault *fault)
{
    struct widening widening = {.store = store, .asked = asked, .counted = counted, .fault = fault};

    bool done = count_typed(&widening);
    for (size_t i = 0; done && i < asked->concept_count; i++)
        if (asked->concepts[i].alone)
            widen_word(&widening, i);
    if (done)
        widen_terms(&widening);
    reckon_rarity(&widening);
    for (size_t i = 0; i < ASKED_CONCEPTS; i++)
        buffer_release(&widening.stems[i]);
    return done && !widening.failed;
}
