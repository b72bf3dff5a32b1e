#include "protocol/gate_signs.h"

/* Names of places, bodies and councils, by their last word or in Welsh their first. */

/* --- Places and bodies --- */

/* "st bride's primary", "ST BRENDAN'S NIGHT SHELTER" */
static bool is_of_saint(const struct token *word)
{
    return word->owns && word->joined && token_reads(word - 1, "st");
}

/* May the word stand in such a name, before its last? */
static bool serves_before(const struct token *word)
{
    if (word->shape == SHAPE_DIGITS || word->is_name)
        return word->is_name;
    if (word->writing == WRITING_SMALL)
        return token_likeness(word) >= LIKE_EITHER || is_of_saint(word);
    if (word->writing == WRITING_CAPITALS)
        return token_is(word, WORD_PARTICLE) ||
               (!token_is(word, WORD_FUNCTION | WORD_DOES) && token_likeness(word) != LIKE_NOTHING);
    return token_has_capital(word) || word->shape == SHAPE_INITIAL;
}

/* The last word of a name. */
struct suffix {
    bool group; /* Neither of a street nor of a site. */
    bool sure;  /* Hardly ends but the name of a street, with its capital after the first word:
                   "Cuckoo Fen floods". */
    bool road;  /* Where all is in capitals, any word before it may be its name: "PIER ROAD". */
};

static struct suffix suffix_of(const struct token *last)
{
    static const char *const plain[] = {
        "fen",   "lane",   "street", "avenue",  "drive", "terrace", "crescent", "hill",  "row",
        "grove", "square", "wharf",  "quay",    "wynd",  "brae",    "moor",     "marsh", "mews",
        "drove", "loan",   "croft",  "gardens", "heath", "mount",   "basin",    NULL};
    static const char *const roads[] = {"road",     "street",  "lane",  "avenue",
                                        "crescent", "terrace", "close", NULL};

    return (struct suffix){.group = !token_is(last, WORD_STREET | WORD_SITE),
                           .sure = last->shape == SHAPE_CAPITAL && last->writing == WRITING_MIXED &&
                                   token_reads_one_of(last, plain),
                           .road = token_reads_one_of(last, roads)};
}

/* Does the word at a place before such a one make a name of it, by telling which? */
static bool tells_which(const struct text *text, size_t at, const struct suffix *suffix)
{
    const struct token *word = &text->words[at];
    enum likeness like = token_likeness(word);

    if (word->is_name)
        return true;
    if (word->writing == WRITING_SMALL)
        return like == LIKE_NAME || is_of_saint(word);
    if (is_of_saint(word))
        return true;
    if (word->writing == WRITING_CAPITALS && suffix->road && like == LIKE_WORD &&
        !text_after_article(text, at))
        return !token_is(word, WORD_GENERIC | WORD_FUNCTION | WORD_ARTICLE);
    if (suffix->group || word->writing == WRITING_CAPITALS)
        return like == LIKE_NAME || (like == LIKE_EITHER && !token_is(word, WORD_GENERIC));
    return like >= LIKE_WORD && !token_is(word, WORD_GENERIC | WORD_ROLE | WORD_PERSONA) &&
           (!word->opens || like >= LIKE_EITHER || suffix->sure ||
            !token_is(word, WORD_DOES | WORD_COMMON));
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
        if (!token_has_capital(word) && !(token_links(word) && first < street))
            return street;
        if (word->is_name || token_is(word, WORD_HONORIFIC))
            return street;
        first--;
    } while (first > 0 && text->words[first].joined && street - first < 5 &&
             (token_has_capital(&text->words[first - 1]) ||
              (token_links(&text->words[first - 1]) && first > 1 &&
               token_has_capital(&text->words[first - 2]))));
    const struct token *house = &text->words[first];
    if (street - first == 1 && house->opens && !house->own_line &&
        token_likeness(house) < LIKE_EITHER)
        return street; /* "However, Hawk Lane" */
    return token_is(&text->words[street - 1], WORD_SAFE) ? street : first;
}

/* "Ms Whitlock of Adult Care": somebody, and then where they are from. */
static bool is_somebody_of(const struct text *text, size_t of)
{
    return of > 1 && token_reads(&text->words[of], "of") && text->words[of].joined &&
           text->words[of - 1].joined && token_is(&text->words[of - 2], WORD_HONORIFIC);
}

/* How many words straight before `first` belong to the name, two where one of them only links; 0
 * where it begins there. `which`: it has what tells which. */
static size_t words_before(const struct text *text, size_t first, bool which)
{
    const struct token *word = &text->words[first - 1];
    bool dated = token_is(word, WORD_SAFE) && token_is(word, WORD_CAPITAL) && first > 1 &&
                 word->joined && word[-1].shape == SHAPE_DIGITS;
    bool before_name = text->words[first].is_name && text->words[first].begins && !word->is_name &&
                       token_likeness(word) < LIKE_NAME;
    bool links = token_links(word) && first > 1 && word->joined && serves_before(word - 1) &&
                 !word[-1].opens && word->writing == WRITING_MIXED;
    bool opens = which && word->opens && !word->is_name && token_is(word, WORD_FUNCTION) &&
                 !token_is(word, WORD_GENERIC);

    if (dated) /* "4 June at Inverlochan House" */
        return 0;
    if (before_name) /* "the Co-op on Stryd Fawr", "Rang Brightpath Homecare" */
        return 0;
    if (!serves_before(word))
        return links ? 2 : 0;
    return token_is(word, WORD_ARTICLE) || opens ? 0 : 1; /* "On Kirk Wynd" */
}

static void before_suffix(struct text *text, size_t at)
{
    static const struct suffix any = {0};
    const struct token *last = &text->words[at], *next = text_joined_at(text, at + 1);
    const struct suffix suffix = suffix_of(last);
    bool capital = last->writing == WRITING_MIXED && last->shape == SHAPE_CAPITAL;
    bool street = token_is(last, WORD_STREET), which = false, tells = false;
    size_t first = at, step;

    if (!token_stands_out(last) ||
        (token_is(last, WORD_HONORIFIC) && next != NULL && token_has_capital(next)))
        return; /* "Mr Lee and Dr Bose" */
    if (next != NULL && next->writing == WRITING_MIXED && token_has_capital(next) &&
        token_is(next, WORD_ROLE))
        return; /* "Senior Travel Officer" */
    while (first > 0 && at - first < 5 && text->words[first].joined &&
           (street || !is_somebody_of(text, first - 1)) &&
           (step = words_before(text, first, which)) > 0) {
        first -= step;
        which = which || tells_which(text, first, &suffix);
        tells = tells || tells_which(text, first, &any);
        if (text->words[first].opens && text->words[first].writing != WRITING_MIXED)
            break;
    }
    if (!which && !(suffix.group && capital && tells)) /* "Halcyon Live-in Care" */
        return;
    if (!street && first > 0 && text->words[first].joined &&
        text->words[first - 1].shape == SHAPE_CAPITAL &&
        text->words[first - 1].writing == WRITING_MIXED &&
        token_reads(&text->words[first - 1], "the"))
        first--; /* "The Paddocks School" */
    size_t named = street ? house_before(text, first) : first;
    if (named < first)
        text_mark(text, named, at, FINDING_ADDRESS, "house-and-street");
    else
        text_mark(text, first, at, street ? FINDING_PLACE : FINDING_ORG,
                  street ? "place-suffix" : "organisation-suffix");
}

static void after_prefix(struct text *text, size_t at)
{
    struct token *first = &text->words[at];
    bool care = token_reads(first, "gofal"); /* "Gofal Tywi Fach", not "Gofal Cymdeithasol" */
    size_t last = at;
    bool which = false;

    if (!token_stands_out(first))
        return;
    for (size_t i = at + 1; i <= at + 4 && text_joined_at(text, i) != NULL; i++) {
        const struct token *word = &text->words[i];
        bool article = token_links(word) && !token_has_capital(word);
        if (!article && !(token_stands_out(word) && (token_has_capital(word) || word->kinds == 0)))
            break;
        if (!article)
            last = i;
        which = which || (!article && !(care && token_is(word, WORD_WELSH | WORD_GENERIC)));
    }
    if (which)
        text_mark(text, at, last, token_is(first, WORD_WELSH_PLACE) ? FINDING_PLACE : FINDING_ORG,
                  "prefix");
}

/* --- Councils: "Harrowmere Borough Council", "London Borough of X", "Cyngor Sir Y" --- */

static void before_council(struct text *text, size_t at)
{
    size_t first = at;
    bool which = false;

    while (first > 0 && at - first < 6 && text->words[first].joined) {
        const struct token *word = &text->words[first - 1];
        if (!token_is(word, WORD_COUNCIL) && !token_links(word) &&
            !(token_has_capital(word) && !token_is(word, WORD_ARTICLE)) &&
            !(word->writing == WRITING_SMALL && token_likeness(word) >= LIKE_NAME))
            break;
        first--;
        which = which || (!token_is(word, WORD_COUNCIL) && token_likeness(word) >= LIKE_WORD &&
                          !token_is(word, WORD_GENERIC | WORD_ROLE) &&
                          (!word->opens || token_likeness(word) >= LIKE_EITHER));
    }
    while (first < at &&
           (token_links(&text->words[first]) || token_is(&text->words[first], WORD_FUNCTION)))
        first++;
    if (which)
        text_mark(text, first, at, FINDING_AUTHORITY, "council");
}

/* "Ashlode DC" */
static bool is_short_council(const struct text *text, size_t at)
{
    static const char *const short_of[] = {"dc",  "bc",  "cc",  "mbc", "cbc",
                                           "mdc", "lbc", "rbc", "ccc", NULL};
    static const char *const only_short_of[] = {"mbc", "cbc", "mdc", "lbc", "rbc", NULL};
    const struct token *word = &text->words[at];

    if (at == 0 || !word->joined || word->shape != SHAPE_CAPITALS || !token_stands_out(word - 1))
        return false;
    if (token_reads_one_of(word, only_short_of)) /* "Bury MBC" */
        return token_likeness(word - 1) >= LIKE_WORD && !token_is(word - 1, WORD_ARTICLE);
    return token_likeness(word - 1) >= LIKE_EITHER && token_reads_one_of(word, short_of);
}

/* Councils whose name is two: by the first (GSS register of local authority districts). */
static const char *const joint_councils[] = {
    "perth",      "argyll",      "dumfries", "brighton",   "telford",     "redcar",    "bath",
    "windsor",    "hammersmith", "barking",  "kensington", "basingstoke", "tonbridge", "reigate",
    "newark",     "nuneaton",    "oadby",    "hinckley",   "epsom",       "adur",      "cheshire",
    "fermanagh",  "lisburn",     "antrim",   "ards",       "newry",       "derry",     "armagh",
    "folkestone", "dacorum",     NULL};

/* "Perth and Kinross" */
static void find_joint_council(struct text *text, size_t at)
{
    const struct token *and = text_joined_at(text, at + 1);
    struct token *second = text_joined_at(text, at + 2);

    if (and != NULL && second != NULL && token_stands_out(&text->words[at]) &&
        token_reads(and, "and") && token_stands_out(second) &&
        token_likeness(second) >= LIKE_WORD && token_reads_one_of(&text->words[at], joint_councils))
        text_mark(text, at, at + 2, FINDING_AUTHORITY, "council");
}

/* "Kettle & Crumb", "Anglia Lift & Hoist", "Geddes & Daughter": what joins two names so is a firm.
 */
static void find_firm(struct text *text, size_t at)
{
    static const char *const ends[] = {"son",  "sons",     "daughter",   "daughters", "co",
                                       "bros", "partners", "associates", "carry",     NULL};
    const uint32_t other = WORD_GENERIC | WORD_SAFE | WORD_FUNCTION | WORD_ROLE | WORD_PERSONA |
                           WORD_HONORIFIC | WORD_TITLE;
    struct token *after = &text->words[at];
    const struct token *before = at > 0 ? after - 1 : NULL;
    size_t first = at - 1, last = at;

    if (before == NULL || after->after_mark != '&' || after->own_line ||
        after->start - before->end > 3 || before->writing != WRITING_MIXED ||
        before->shape != SHAPE_CAPITAL || after->shape != SHAPE_CAPITAL)
        return;
    bool sure = token_reads_one_of(after, ends);
    if (!sure && (token_likeness(before) != LIKE_WORD || token_likeness(after) != LIKE_WORD ||
                  token_is(before, other) || token_is(after, other)))
        return;
    while (first > 0 && at - first < 4 && text->words[first].joined && !text->words[first].opens &&
           text->words[first - 1].shape == SHAPE_CAPITAL &&
           !token_is(&text->words[first - 1], other))
        first--;
    while (last < at + 2 && text_joined_at(text, last + 1) != NULL &&
           text->words[last + 1].shape == SHAPE_CAPITAL)
        last++;
    after->joined = true;
    text_mark(text, first, last, FINDING_ORG, "firm");
}

/* "the Red Lion", "the Fox and Hounds": public houses. */
static void find_pub(struct text *text, size_t at)
{
    static const char *const signs[] = {
        "lion",  "lions",  "hart",   "harrow",  "hounds",     "tar",     "feathers", "tavern",
        "swan",  "bull",   "plough", "oak",     "wheatsheaf", "unicorn", "horses",   "horse",
        "boar",  "stag",   "anchor", "sailor",  "greyhound",  "bells",   "taproom",  "eagle",
        "crown", "castle", "ship",   "railway", "dragon",     "griffin", "pheasant", NULL};
    size_t first = at;

    if (at < 2 || !token_reads_one_of(&text->words[at], signs))
        return;
    while (
        first > 0 && text->words[first].joined && at - first < 3 &&
        (token_has_capital(&text->words[first - 1]) || token_reads(&text->words[first - 1], "and")))
        first--;
    if (first < at && first > 0 && text->words[first].joined &&
        text->words[at].shape == SHAPE_CAPITAL && token_has_capital(&text->words[first]) &&
        token_reads(&text->words[first - 1], "the") && !text->words[first].opens &&
        text->words[first].writing == WRITING_MIXED)
        text_mark(text, first, at, FINDING_ORG, "public-house");
}

static void after_council(struct text *text, size_t at)
{
    size_t last = at;
    bool which = false;

    for (size_t i = at + 1; i <= at + 4 && text_joined_at(text, i) != NULL; i++) {
        const struct token *word = &text->words[i];
        if (!token_is(word, WORD_COUNCIL) && !token_links(word) && !token_has_capital(word))
            break;
        if (token_has_capital(word))
            last = i;
        which = which || (!token_is(word, WORD_COUNCIL) && token_likeness(word) == LIKE_NAME);
    }
    if (which)
        text_mark(text, at, last, FINDING_AUTHORITY, "council");
}

/* "School: Hollow Oak", "Provider: Bluebird": on a form, the name of a body needs no last word. */
static void after_body_label(struct text *text, size_t at)
{
    static const char *const labels[] = {
        "school",    "nursery",  "college",  "surgery",   "practice",     "provider",
        "agency",    "employer", "home",     "hospital",  "organisation", "setting",
        "pharmacy",  "club",     "charity",  "company",   "dentist",      "childminder",
        "attended",  "optician", "agent",    "supplier",  "contractor",   "venue",
        "landlord",  "ysgol",    "darparwr", "placement", "ward",         "preschool",
        "playgroup", NULL};
    const struct token *first = text_at(text, at + 1);
    size_t last = at, telling = 0;
    bool name = false;

    if (first == NULL || first->own_line ||
        !(first->after_mark == ':' || first->after_mark == '|') ||
        !(token_reads_one_of(&text->words[at], labels) ||
          (token_reads(&text->words[at], "with") && at > 0 &&
           token_reads(&text->words[at - 1], "placed"))) ||
        first->writing != WRITING_MIXED)
        return;
    do {
        const struct token *word = &text->words[last + 1];
        if (!token_has_capital(word) && !(token_links(word) && last > at))
            break;
        last++;
        if (token_is(word, WORD_FUNCTION | WORD_SAFE | WORD_GENERIC | WORD_ROLE))
            continue;
        telling += token_likeness(word) >= LIKE_WORD;
        name = name || token_likeness(word) >= LIKE_EITHER ||
               (token_likeness(word) == LIKE_WORD && !token_is(word, WORD_COMMON));
    } while (last < at + 5 && text_joined_at(text, last + 1) != NULL);
    bool whole =
        text_joined_at(text, last + 1) == NULL || text->words[last + 1].shape == SHAPE_DIGITS;
    if (whole && last > at && token_has_capital(&text->words[last]) &&
        (name || (telling > 0 && last > at + 1)))
        text_mark(text, at + 1, last, FINDING_ORG, "label");
}

/* "Tried Cedars, Larches tomorrow?": homes are called after trees. */
static void find_home(struct text *text, size_t at)
{
    static const char *const trees[] = {
        "elms",      "beeches", "cedars",  "larches", "oaks",    "limes",     "willows",
        "firs",      "pines",   "laurels", "poplars", "hollies", "hawthorns", "chestnuts",
        "sycamores", "birches", "maples",  "rowans",  "alders",  "acacias",   NULL};
    const struct token *word = &text->words[at];

    if (word->writing == WRITING_MIXED && word->shape == SHAPE_CAPITAL && !word->is_name &&
        token_reads_one_of(word, trees))
        text_mark(text, at, at, FINDING_ORG, "trees");
}

/* "priory fen infants school": small, after a place of the lists. */
static void after_listed(struct text *text, size_t at)
{
    size_t first = at;

    if (!token_is(&text->words[at], WORD_SITE | WORD_GROUP) ||
        (text->words[at].writing == WRITING_MIXED && token_stands_out(&text->words[at])))
        return;
    while (first > 0 && at - first < 3 && text->words[first].joined &&
           !text->words[first - 1].is_name && text->words[first - 1].shape == SHAPE_SMALL &&
           token_is(&text->words[first - 1], WORD_SITE | WORD_GENERIC))
        first--;
    if (first > 0 && text->words[first].joined && text->words[first - 1].is_name &&
        text->words[first - 1].shape == SHAPE_SMALL)
        text_mark(text, first, at, FINDING_ORG, "organisation-suffix");
}

/* "Dunholt comunity colege": a name of the lists goes on into what is mistyped. */
static void go_on_from_listed(struct text *text, size_t at)
{
    const struct token *word = &text->words[at];
    size_t last = at;

    if (!word->is_name || word->class != FINDING_PLACE || word->writing == WRITING_CAPITALS)
        return;
    while (last < at + 3 && text_joined_at(text, last + 1) != NULL &&
           !text->words[last + 1].is_name &&
           (text->words[last + 1].mistyped || text->words[last + 1].meant.size > 0 ||
            token_is(&text->words[last + 1], WORD_GENERIC | WORD_SITE | WORD_GROUP)))
        last++;
    bool slip = false;
    for (size_t i = at + 1; i <= last; i++)
        slip = slip || text->words[i].mistyped || text->words[i].meant.size > 0;
    for (size_t i = at + 1; slip && i <= last; i++) {
        text->words[i].is_name = true;
        text->words[i].class = word->class;
        text->words[i].rule = word->rule;
    }
}

void find_places(struct text *text)
{
    for (size_t i = 0; i < text->count; i++) {
        const struct token *word = &text->words[i];
        if (token_is(word, WORD_STREET | WORD_SITE | WORD_GROUP))
            before_suffix(text, i);
        go_on_from_listed(text, i);
        after_listed(text, i);
        if (token_is(word, WORD_WELSH_PLACE | WORD_WELSH_SITE))
            after_prefix(text, i);
        if (is_short_council(text, i))
            text_mark(text, i - 1, i, FINDING_AUTHORITY, "council");
        find_joint_council(text, i);
        after_body_label(text, i);
        find_firm(text, i);
        find_pub(text, i);
        find_home(text, i);
        if (token_reads(word, "council"))
            before_council(text, i);
        if (token_reads(word, "cyngor") || token_reads(word, "borough"))
            after_council(text, i);
    }
}
