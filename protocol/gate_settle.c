#include "protocol/gate_signs.h"

#define FEW_MISTYPED 2

/* Words that are safe here and a name there: what they are in this text, before any other rule
 * reads them. */

/* "June rang", "Will will do it", "Jordan is upset": no month rings. */
static bool speaks(struct text *text, size_t at)
{
    static const char *const said[] = {"said", "says", NULL};
    static const char *const past[] = {"would", "wouldn't", "could", "couldn't", "had", "hadn't",
                                       "has",   "hasn't",   "is",    "isn't",    "was", "wasn't",
                                       "did",   "didn't",   "never", NULL};
    static const char *const states[] = {
        "upset",      "unwell",   "poorly",  "tearful",  "ill",      "asleep",    "pregnant",
        "discharged", "admitted", "adopted", "fostered", "arrested", "sectioned", "diagnosed",
        "angry",      "happy",    "sad",     "placed",   "born",     "alone",     "frightened",
        "anxious",    "off",      "away",    NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    if (next == NULL)
        return false;
    if (bytes_equal(word->small, next->small) &&
        (next->shape == SHAPE_SMALL || word->writing != WRITING_MIXED))
        return true;
    if (token_is(next, WORD_BE) && text_joined_at(text, at + 2) != NULL &&
        token_reads_one_of(&text->words[at + 2], states))
        return true;
    if (token_reads(word, "will") && word->shape == SHAPE_CAPITAL && !word->opens &&
        (token_reads_one_of(next, past) ||
         (next->shape == SHAPE_CAPITAL && token_is(next, WORD_CAPITAL))))
        return true; /* "by Monday Will would not come", "it met Will Hope" */
    const struct token *after = text_joined_at(text, at + 2);
    if (word->opens && token_reads(next, "to") && after != NULL && token_is(after, WORD_TO))
        return true; /* "June to chase" */
    return token_is(next, WORD_DOES) &&
           (token_reads_one_of(next, said) ||
            (!token_is(next, WORD_FUNCTION) && token_is_past_or_third(next))) &&
           (next->shape == SHAPE_SMALL || word->writing == WRITING_CAPITALS);
}

static bool before_capital(struct text *text, size_t at)
{
    const struct token *next = text_joined_at(text, at + 1);

    return next != NULL && next->shape == SHAPE_CAPITAL && token_is(next, WORD_CAPITAL) &&
           !token_is(next, WORD_SAFE | WORD_GENERIC);
}

/* "told June", "Hi April", "her sister May", "with Will" */
static bool is_spoken_to(struct text *text, size_t at)
{
    static const char *const either[] = {"or", "and", NULL};
    static const char *const people[] = {"you", "me", "him", "her", "he", "she", NULL};
    static const char *const things[] = {"paid", "chased",  "chase", "see",
                                         "saw",  "visited", "met",   NULL};
    static const char *const with[] = {"with", "to", "from", "for", "by", "gyda",
                                       "gan",  "i",  "wrth", "â",   NULL};
    const struct token *before = at > 0 ? &text->words[at - 1] : NULL;

    if (before == NULL || text_is_dated(text, at))
        return false;
    if (token_is(before, WORD_CLOSING) && text->words[at].own_line)
        return at + 1 == text->count || text->words[at + 1].own_line;
    if (!text->words[at].joined)
        return false;
    if (token_is(before, WORD_HONORIFIC | WORD_TITLE) && token_stands_out(before))
        return true; /* "Miss May June" */
    if (at > 1 && before->joined && token_reads_one_of(before, either) &&
        token_reads_one_of(before - 1, people))
        return true; /* "Can you or April pull the notes" */
    if (token_is(before, WORD_ROLE) && before_capital(text, at))
        return true; /* "social worker May Sharp" */
    if (token_is(before, WORD_TO))
        return !token_reads_one_of(before, things);
    if (token_is(before, WORD_GREETING))
        return before->own_line;
    return token_is(before, WORD_KIN) ||
           ((!token_is(&text->words[at], WORD_SAFE) ||
             (token_is(&text->words[at], WORD_IN_WELSH) && !token_reads(before, "i"))) &&
            token_reads_one_of(before, with));
}

/* "June Harpwood", "Angharad Mai", and "June's mother". */
static bool stands_in_name(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *before = at > 0 && word->joined ? word - 1 : NULL;

    if (next != NULL && word->owns)
        return token_is(next, WORD_KIN);
    if (word->opens && (person_is_aged(text, at) || person_is_told_of(text, at) ||
                        person_works_somewhere(text, at)))
        return true;
    if (at + 1 < text->count && text->words[at + 1].bracketed && person_is_told_of(text, at))
        return true; /* "looking for Sandy (her brother)" */
    if (next != NULL && token_is(next, WORD_PARTICLE) && text_joined_at(text, at + 2) != NULL &&
        token_has_capital(&text->words[at + 2]))
        return true; /* "Jan van Dyk" */
    if (next != NULL && (next->shape == SHAPE_CAPITAL || next->writing == WRITING_CAPITALS) &&
        (token_likeness(next) == LIKE_NAME ||
         (word->opens && token_likeness(next) == LIKE_EITHER &&
          !token_is(next, WORD_GENERIC | WORD_STREET) && text_joined_at(text, at + 2) == NULL)))
        return before == NULL || (before->shape != SHAPE_DIGITS && !token_is(before, WORD_WHERE));
    return before != NULL && before->shape == SHAPE_CAPITAL && !text_is_dated(text, at) &&
           token_likeness(before) == LIKE_NAME;
}

/* "Bu Haf yn byw": what is a month or a country may have a capital anyway, and the rest at the
 * beginning of a sentence or in the name of something. */
static bool is_capital_inside(const struct text *text, size_t at)
{
    static const char *const articles[] = {"y", "yr", "the", NULL};
    const struct token *word = &text->words[at];

    return word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->opens &&
           (!token_is(word, WORD_SAFE) || token_is(word, WORD_IN_WELSH)) &&
           !token_reads(word, "mai") && !(at > 0 && token_reads_one_of(word - 1, articles)) &&
           !(at > 0 && word->joined && token_has_capital(word - 1) && !word[-1].opens) &&
           !(at + 1 < text->count && word[1].joined && token_has_capital(word + 1));
}

/* "Fraser guidelines", "Clare's Law", "Parkinson's" */
static bool names_a_thing(struct text *text, size_t at)
{
    static const char *const things[] = {
        "guideline",  "guidelines", "competence", "competent", "report",        "review",
        "inquiry",    "enquiry",    "score",      "scores",    "scale",         "principle",
        "principles", "judgment",   "judgement",  "ruling",    "test",          "disease",
        "syndrome",   "dementia",   "lymphoma",   "palsy",     "index",         "duty",
        "law",        "rule",       "rules",      "act",       "model",         "formula",
        "charter",    "factor",     "inventory",  "matrix",    "house",         "trisomy",
        "body",       "bodies",     "psychosis",  "cycle",     "diagram",       "round",
        "rounds",     "stool",      "coma",       "box",       "choice",        "amendment",
        "razor",      "nurse",      "nurses",     "clinic",    "consequential", "exemption",
        "exemptions", NULL};
    static const char *const owned[] = {
        "alzheimer",   "parkinson", "down",     "asperger",  "huntington", "crohn",   "tourette",
        "hodgkin",     "bell",      "addison",  "cushing",   "graves",     "raynaud", "meniere",
        "ménière",     "sjogren",   "sjögren",  "korsakoff", "wernicke",   "pick",    "paget",
        "dupuytren",   "hashimoto", "barnardo", "sainsbury", "mcdonald",   "nando",   "domino",
        "wetherspoon", "macmillan", NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    if (next != NULL && token_reads_one_of(next, things))
        return true;
    return word->owns && token_reads_one_of(word, owned) &&
           !(next != NULL && (token_is(next, WORD_KIN | WORD_ROLE) || token_has_capital(next)));
}

/* "IBANs", "GPs" */
static bool is_plural_of_capitals(const struct text *text, const struct token *word)
{
    if (word->shape != SHAPE_CAPITAL || word->end - word->start < 3 || word->small.size > 6 ||
        text->bytes.data[word->end - 1] != 's')
        return false;
    for (size_t i = word->start; i + 1 < word->end; i++)
        if (text->bytes.data[i] < 'A' || text->bytes.data[i] > 'Z')
            return false;
    return true;
}

/* Medicines by how their names are made (the stems of the World Health Organization), and long
 * words of English that no list has. */
static bool is_made_word(const struct token *word)
{
    static const char *const stems[] = {
        "zepam",     "zolam",   "olol",     "pril",      "sartan",   "statin",     "prazole",
        "conazole",  "cillin",  "mycin",    "floxacin",  "xaban",    "parin",      "gliptin",
        "gliflozin", "formin",  "apine",    "idone",     "azine",    "triptyline", "oxetine",
        "codeine",   "codamol", "tidine",   "semide",    "thiazide", "terol",      "asone",
        "solone",    "profen",  "traline",  "opram",     "pentin",   "balin",      "triptan",
        "setron",    "racetam", "lukast",   "thyroxine", "clone",    "dronate",    "dronic",
        "morphine",  "caine",   "phylline", "tation",    "sation",   "cation",     "rsion",
        "ability",   "ibility", "ising",    "ology",     NULL};

    if (word->small.size < 8 || token_is(word, WORD_ENGLISH))
        return false;
    for (size_t i = 0; stems[i] != NULL; i++)
        if (token_ends(word, stems[i]))
            return true;
    return false;
}

/* "june harpwood rang", and not "in june harpwood rang" */
static bool begins_small_name(struct text *text, size_t at)
{
    static const char *const dates[] = {"by",   "since", "until", "till", "from", "for", "last",
                                        "next", "this",  "early", "late", "mid",  "on",  NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    return next != NULL && !token_is(word, WORD_IN_WELSH) && token_likeness(next) == LIKE_NAME &&
           token_is(word, WORD_SAFE) && !text_is_dated(text, at) &&
           !(at > 0 && word->joined &&
             (token_is(word - 1, WORD_WHERE) || token_reads_one_of(word - 1, dates)));
}

/* "Ewa, Ola and Jan" */
static bool ends_list(struct text *text, size_t at)
{
    const struct token *word = &text->words[at], *before = at > 1 ? word - 2 : NULL;

    return before != NULL && word->joined && word[-1].joined && token_reads(word - 1, "and") &&
           word->shape == SHAPE_CAPITAL && before->shape == SHAPE_CAPITAL &&
           word->writing == WRITING_MIXED && token_likeness(before) == LIKE_NAME &&
           (token_is(before, WORD_CAPITAL) || !before->opens) && !text_is_dated(text, at) &&
           !text_in_term(text, at);
}

/* A word that is a name too: is it a name here? Written small where it stands twice ("will will do
 * it"), with a capital by what stands around it. */
static bool is_name_here(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];

    if (person_stands_alone(text, at) || ends_list(text, at))
        return true;
    if (word->writing == WRITING_SMALL)
        return begins_small_name(text, at) || (!token_is(word, WORD_SAFE) && at + 1 < text->count &&
                                               bytes_equal(word->small, word[1].small));
    return (token_has_capital(word) || word->writing == WRITING_CAPITALS) &&
           (speaks(text, at) || is_spoken_to(text, at) || stands_in_name(text, at) ||
            person_is_addressed(text, at) || is_capital_inside(text, at) ||
            (word->opens && person_begins_sentence(text, at)) || /* "Eve has dementia" */
            (text->welsh && token_is(word, WORD_IN_WELSH) && person_begins_note(text, at)));
}

/* "her son Even", "told Per to wait" */
static bool is_named_oddly(struct text *text, size_t at)
{
    static const char *const names[] = {"even", "per", "else", "just", "so", "an",
                                        "do",   "no",  "mai",  "you",  NULL};
    const struct token *word = &text->words[at];

    return at > 0 && word->joined && !word->opens && word->writing == WRITING_MIXED &&
           word->shape == SHAPE_CAPITAL && word[-1].shape == SHAPE_SMALL &&
           token_is(word - 1, WORD_KIN | WORD_TO) && token_reads_one_of(word, names) &&
           !text_in_term(text, at);
}

/* "Pru Ashdown", "Pip:" after "Known as", "Reg jnr": what else is short for something, in capitals.
 */
static bool is_short_forename(struct text *text, size_t at)
{
    static const char *const shorts[] = {"pru", "pip", "reg", "mo",  "mat", "sal", "tel", "sim",
                                         "asa", "hal", "ted", "ric", "dod", "mac", NULL};
    const struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *before = at > 0 ? word - 1 : NULL;

    if (word->writing != WRITING_MIXED || word->shape != SHAPE_CAPITAL ||
        !token_reads_one_of(word, shorts))
        return false;
    return (next != NULL && next->shape == SHAPE_CAPITAL && token_likeness(next) == LIKE_NAME) ||
           (next != NULL && token_is(next, WORD_DOES) && next->shape == SHAPE_SMALL) ||
           (before != NULL && word->joined && token_is(before, WORD_TO | WORD_KIN)) ||
           (before != NULL && word->after_mark == ':' && token_reads(before, "as"));
}

/* "Febuary", "Thrusday", "Thansk": what is met with a capital, mistyped. */
static bool is_slip_of_known(const struct token *word)
{
    static const char *const known[] = {
        "january",   "february", "march",    "april",  "august",     "september",
        "october",   "november", "december", "monday", "tuesday",    "thursday",
        "wednesday", "friday",   "saturday", "sunday", "councillor", "thanks",
        "regards",   "mawrth",   "ebrill",   "diolch", "christmas",  NULL};

    if (word->kinds != 0 || word->writing == WRITING_SMALL || word->small.size < 5)
        return false;
    for (size_t i = 0; known[i] != NULL; i++)
        if (known[i][0] == (char)word->small.data[0] &&
            is_slip_of(word->small, bytes_of_text(known[i])))
            return true;
    return false;
}

/* What these words are in this text, before any other rule reads them. */
static void settle(struct text *text, size_t at)
{
    struct token *word = &text->words[at];

    if ((word->kinds & ~(uint32_t)WORD_CAPITAL) == 0 &&
        (is_plural_of_capitals(text, word) || is_made_word(word) || is_slip_of_known(word)))
        word->kinds |= WORD_SAFE;
    if (token_is(word, WORD_FUNCTION) && is_named_oddly(text, at))
        word->kinds = WORD_CAPITAL;
    if (is_short_forename(text, at))
        word->kinds = WORD_CAPITAL | WORD_FORENAME;
    if (token_is(word, WORD_EPONYM) && names_a_thing(text, at)) {
        word->kinds |= WORD_SAFE;
        if (text_joined_at(text, at + 1) != NULL && token_reads(word + 1, "law"))
            word[1].kinds |= WORD_SAFE;
    }
    if (!token_is(word, WORD_NAME_TOO))
        return;
    if (token_is(word, WORD_IN_WELSH) && !text->welsh && !text_is_dated(text, at))
        word->kinds = (word->kinds | WORD_CAPITAL) & ~(uint32_t)(WORD_SAFE | WORD_FUNCTION);
    else if (is_name_here(text, at))
        word->kinds = WORD_CAPITAL | WORD_NAME_TOO;
}

/* Where a text is in capitals, its short lines are, too: "KIND REGARDS," "ZAHRA". */
static void settle_writing(struct text *text)
{
    size_t capitals = 0, words = 0;

    for (size_t i = 0; i < text->count; i++) {
        words += text->words[i].shape != SHAPE_DIGITS;
        capitals +=
            text->words[i].writing == WRITING_CAPITALS && text->words[i].shape != SHAPE_DIGITS;
    }
    for (size_t i = 0; capitals * 10 >= words * 7 && i < text->count; i++)
        if (text->words[i].shape == SHAPE_CAPITALS)
            text->words[i].writing = WRITING_CAPITALS;
}

/* Where hardly a word is mistyped, what is nearly a word is more likely a name. */
static void settle_mistyped(struct text *text)
{
    size_t count = 0;

    for (size_t i = 0; i < text->count; i++)
        count += text->words[i].mistyped;
    for (size_t i = 0; count <= FEW_MISTYPED && i < text->count; i++)
        if (text->words[i].writing != WRITING_MIXED)
            text->words[i].mistyped = false;
}

/* "the Munro review ... as Munro said": who gave a thing its name is no person of ours. */
static void settle_eponyms(struct text *text)
{
    for (size_t i = 0; text->count <= REPEATS_MOST && i < text->count; i++) {
        if (!token_is(&text->words[i], WORD_EPONYM) || !token_is(&text->words[i], WORD_SAFE))
            continue;
        for (size_t k = i + 1; k < text->count; k++)
            if (token_is(&text->words[k], WORD_EPONYM) &&
                bytes_equal(text->words[k].small, text->words[i].small) &&
                !(text->words[k].joined && token_is(&text->words[k - 1], WORD_HONORIFIC)))
                text->words[k].kinds |= WORD_SAFE;
    }
}

/* "a Shona interpreter" */
static void settle_language(struct text *text, size_t at)
{
    static const char *const spoken[] = {"interpreter", "interpreters", "translator", "speaker",
                                         "speakers",    "speaking",     "language",   NULL};
    struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    if (next != NULL && token_has_capital(word) && !word->opens && next->shape == SHAPE_SMALL &&
        token_reads_one_of(next, spoken))
        word->kinds |= WORD_SAFE;
}

/* "Sara Stedy", "Oliver McGowan training", "Cheshire West": what is called so is no person, and no
 * council. */
static void settle_thing(struct text *text, size_t at)
{
    struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct token *after = text_joined_at(text, at + 2);

    if (next == NULL)
        return;
    bool lift = token_reads(word, "sara") && token_reads(next, "stedy");
    bool training = token_reads(word, "oliver") && token_reads(next, "mcgowan");
    bool judgment = token_reads(word, "cheshire") && token_reads(next, "west") && after != NULL &&
                    after->shape == SHAPE_SMALL &&
                    !token_links(after); /* Not "Cheshire West and Chester". */
    if (((lift || training) && token_has_capital(word)) || judgment) {
        word->kinds |= WORD_SAFE;
        next->kinds |= WORD_SAFE;
    }
}

/* "in the North East", "West Midlands", "North locality" */
static void settle_region(struct text *text, size_t at)
{
    static const char *const first[] = {"north", "south", "east", "west", NULL};
    static const char *const then[] = {"east", "west", "midlands", "anglia", NULL};
    static const char *const part[] = {"locality", "area",       "team",     "patch",
                                       "hub",      "division",   "district", "side",
                                       "wards",    "localities", "cluster",  NULL};
    struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);

    if (next == NULL || !token_reads_one_of(word, first))
        return;
    if (token_reads_one_of(next, then)) {
        word->kinds |= WORD_SAFE;
        next->kinds |= WORD_SAFE;
    } else if (next->shape == SHAPE_SMALL && token_reads_one_of(next, part)) {
        word->kinds |= WORD_SAFE;
    }
}

/* "Sunday Okoro rang", "claimant Sunday Effiong" */
static void settle_day(struct text *text, size_t at)
{
    static const char *const days[] = {"sunday", "monday", "friday", NULL};
    struct token *word = &text->words[at], *next = text_joined_at(text, at + 1);
    bool begins =
        word->opens || (at > 0 && token_is(word - 1, WORD_ROLE | WORD_KIN | WORD_HONORIFIC));

    if (begins && word->writing == WRITING_MIXED && next != NULL && next->shape == SHAPE_CAPITAL &&
        token_reads_one_of(word, days) && token_likeness(next) == LIKE_NAME)
        word->kinds = WORD_CAPITAL;
}

/* "col F" of a table */
static void settle_column(struct text *text, size_t at)
{
    const struct token *next = text_joined_at(text, at + 1);

    if (token_reads(&text->words[at], "col") && next != NULL && next->small.size == 1 &&
        text->words[at].shape == SHAPE_SMALL)
        text->words[at].kinds |= WORD_SAFE;
}

/* "Di rang": no rank is written so. */
static void settle_di(struct text *text, size_t at)
{
    struct token *word = &text->words[at];

    if (token_reads(word, "di") &&
        (word->writing == WRITING_MIXED ? word->shape == SHAPE_CAPITAL && !text->welsh
                                        : person_acts(text, at)))
        word->kinds = WORD_CAPITAL | WORD_FORENAME;
}

/* Words of Welsh are safe in texts in Welsh, and where they begin or stand in a term. */
static void settle_welsh(struct text *text, size_t at)
{
    struct token *word = &text->words[at];
    const uint32_t other = WORD_ENGLISH | WORD_ROLE | WORD_COUNCIL | WORD_GREETING | WORD_CLOSING |
                           WORD_WELSH_PLACE | WORD_WELSH_SITE | WORD_PARTICLE;

    if (!text->welsh && token_is(word, WORD_WELSH) && !token_is(word, other) && !word->opens &&
        word->joined && word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL &&
        (token_is(word - 1, WORD_TO) || person_acts(text, at)))
        word->kinds = WORD_CAPITAL;
}

void settle_words(struct text *text)
{
    settle_writing(text);
    settle_mistyped(text);
    for (size_t i = 0; i < text->count; i++) {
        settle(text, i);
        settle_di(text, i);
        settle_column(text, i);
        settle_day(text, i);
        settle_language(text, i);
        settle_thing(text, i);
        settle_region(text, i);
        settle_welsh(text, i);
    }
    settle_eponyms(text);
}
