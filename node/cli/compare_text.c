#include "node/cli/compare.h"
#include "node/cli/shared.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* What `compare` says to people. */

/* --- Numbers --- */

static int decimals_of(const struct comparing *comparing)
{
    struct bytes decimals = document_text(comparing->indicator.definition, "decimals");

    return decimals.size == 1 && decimals.data[0] >= '0' && decimals.data[0] <= '9'
               ? decimals.data[0] - '0'
               : 1;
}

static const char *unit_of(const struct comparing *comparing)
{
    static const struct {
        const char *unit, *words;
    } suffixes[] = {{"percent", " %"},
                    {"per_1000", " per 1,000"},
                    {"per_10000", " per 10,000"},
                    {"per_100000", " per 100,000"},
                    {"gbp_per_week", " pounds a week"},
                    {"gbp_per_hour", " pounds an hour"},
                    {"days", " days"}};
    struct bytes unit = document_text(comparing->indicator.definition, "unit");

    for (size_t i = 0; i < sizeof suffixes / sizeof *suffixes; i++)
        if (bytes_equal(unit, bytes_of_text(suffixes[i].unit)))
            return suffixes[i].words;
    return "";
}

/* Some numbers for one sentence. */
static const char *number(const struct comparing *comparing, double value)
{
    static char texts[8][40];
    static size_t next;
    char *text = texts[next++ % 8];

    snprintf(text, sizeof texts[0], "%.*f", decimals_of(comparing), value);
    return strspn(text, "-0.") == strlen(text) && text[0] == '-' ? text + 1 : text;
}

static const char *change(const struct comparing *comparing, double value)
{
    static char texts[4][44];
    static size_t next;
    char *text = texts[next++ % 4];
    const char *plain = number(comparing, value);

    snprintf(text, sizeof texts[0], "%s%s",
             plain[0] != '-' && strspn(plain, "0.") < strlen(plain) ? "+" : "", plain);
    return text;
}

/* --- Words --- */

const char *standing_words(enum difference standing)
{
    static const char *const words[] = {
        [DIFFERENCE_UNKNOWN] = NULL,
        [DIFFERENCE_ALIKE] = "not clearly different",
        [DIFFERENCE_HIGHER] = "higher",
        [DIFFERENCE_LOWER] = "lower",
        [DIFFERENCE_CLEARLY_HIGHER] = "clearly higher",
        [DIFFERENCE_CLEARLY_LOWER] = "clearly lower",
    };

    return words[standing];
}

/* One of a thing is said as one. */
static const char *of_count(size_t count, const char *one, const char *several)
{
    return count == 1 ? one : several;
}

static const char *meaning_words(enum meaning meaning)
{
    return meaning == MEANING_IMPROVEMENT ? "; that is an improvement"
           : meaning == MEANING_CONCERN   ? "; that is a concern"
                                          : "";
}

/* --- What it is --- */

static void print_text(const char *before, struct bytes text, const char *after)
{
    if (text.size > 0)
        printf("%s%.*s%s", before, (int)text.size, (const char *)text.data, after);
}

static void print_polarity(const struct comparing *comparing)
{
    const struct better *better = &comparing->indicator.yardstick.better;

    switch (better->polarity) {
    case POLARITY_HIGHER:
        printf("Higher is better.");
        break;
    case POLARITY_LOWER:
        printf("Lower is better.");
        break;
    case POLARITY_BANDED:
        printf("Good is between %s and %s, and both ends are not.",
               number(comparing, better->band_low), number(comparing, better->band_high));
        break;
    default:
        printf("Neither higher nor lower is better by itself.");
    }
}

static void print_heading(const struct comparing *comparing)
{
    const struct indicator *indicator = &comparing->indicator;
    struct bytes plain = document_text(indicator->definition, "plain_name");

    print_text("", plain.size > 0 ? plain : document_text(indicator->definition, "name"), "\n");
    printf("%s:%s", indicator->framework, indicator->code);
    if (indicator->disaggregation[0] != '\0')
        printf(" of %s", indicator->disaggregation);
    printf(", %s", comparing->result.period);
    if (comparing->own != NULL)
        printf(", for %s", comparing->own);
    printf(". ");
    print_polarity(comparing);
    printf("\n\n");
}

/* --- Level --- */

static void print_own(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    if (comparing->own == NULL)
        return;
    printf("Yours: ");
    if (!result->has_own) {
        printf("no figure for this period, or a hidden one.\n");
        return;
    }
    printf("%s%s", number(comparing, result->own.value), unit_of(comparing));
    if (result->has_interval)
        printf(", and by chance alone it might be %s to %s",
               number(comparing, result->interval.low), number(comparing, result->interval.high));
    if (result->own.flag[0] != '\0') {
        const struct word *flag = vocabulary_find(&value_flags, bytes_of_text(result->own.flag));
        printf(" [%s%s%s]", result->own.flag, flag == NULL ? "" : ": ",
               flag == NULL ? "" : flag->means);
    }
    printf("%s.\n", result->own.reference ? ", a public figure that you did not sign" : "");
}

static void print_standing(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    if (!result->has_own)
        return;
    if (result->has_funnel)
        printf("Beside them yours is %s%s: where places differ as these do, one of your size lies "
               "between %s and %s.\n",
               standing_words(result->standing),
               result->standing == DIFFERENCE_ALIKE ? "" : ", beyond chance",
               number(comparing, result->limits.low), number(comparing, result->limits.high));
    else
        printf("Whether yours is different beyond chance cannot be said: that takes counts, or a "
               "margin of error, of %d places.\n",
               FUNNEL_LEAST);
}

static void print_others(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    printf("Others: of %zu %s%s %zu %s a figure", result->asked,
           of_count(result->asked, "place", "places"), comparing->like_us ? " like yours" : "",
           result->level.count, of_count(result->level.count, "has", "have"));
    if (result->level.shown)
        printf("; the middle half of them lies between %s and %s, and half are below %s.\n",
               number(comparing, result->level.lower), number(comparing, result->level.upper),
               number(comparing, result->level.middle));
    else
        printf(", too few to show how they spread.\n");
    print_standing(comparing);
}

/* --- Change --- */

static void print_change(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;

    if (!result->has_own)
        return;
    if (!result->has_change) {
        printf("Since before: %s.\n", result->broken
                                          ? "the series begins anew, so there is no change"
                                          : "no earlier figure is here");
        return;
    }
    printf("Since %s: %s, from %s", result->before.period, change(comparing, result->change),
           number(comparing, result->before.value));
    if (result->has_change_interval)
        printf(", and by chance alone it might be %s to %s: %s%s",
               change(comparing, result->change_interval.low),
               change(comparing, result->change_interval.high),
               standing_words(result->change_standing),
               result->has_chart ? "" : meaning_words(result->meaning));
    printf(".\n");
    if (result->changes.shown)
        printf("Meanwhile the middle half of %zu others changed by %s to %s.\n",
               result->changes.count, change(comparing, result->changes.lower),
               change(comparing, result->changes.upper));
    printf("A place that was high or low tends to come nearer to the others by chance alone.\n");
}

static const char *signal_words(const struct comparison *result)
{
    switch (result->signal) {
    case XMR_OUTSIDE:
        return result->up ? "this one is above them" : "this one is below them";
    case XMR_TREND:
        return result->up ? "it has risen 7 times in a row" : "it has fallen 7 times in a row";
    case XMR_NEAR_LIMIT:
        return result->up ? "two of three are near the upper one"
                          : "two of three are near the lower one";
    case XMR_SHIFT:
        return result->up ? "7 in a row are above its mean" : "7 in a row are below its mean";
    default:
        return "it varies as it always does";
    }
}

static void print_chart(const struct comparing *comparing)
{
    static const char *const assurances[] = {
        [ASSURANCE_HIT_AND_MISS] = "will be met in some periods and missed in others",
        [ASSURANCE_PASS] = "will be met every time",
        [ASSURANCE_FAIL] = "will be missed every time",
    };
    const struct comparison *result = &comparing->result;

    if (!result->has_chart)
        return;
    printf("Your %zu figures since %s: %slimits %s to %s; %s%s.\n", result->points,
           result->series[0].period, result->chart.trial ? "trial " : "",
           number(comparing, result->chart.low), number(comparing, result->chart.high),
           signal_words(result), meaning_words(result->meaning));
    if (result->has_assurance)
        printf("As it is, a target of %s %s.\n", number(comparing, comparing->target),
               assurances[result->assurance]);
}

/* --- What it rests on --- */

static void print_lines(const char *what, const struct document *definition, const char *key)
{
    size_t count = document_count(definition, key);

    for (size_t i = 0; i < count; i++)
        print_text(i == 0 ? what : ", ", document_item(definition, key, i), "");
    if (count > 0)
        printf(": their figures are not put together with these.\n");
}

static void print_left_out(const struct comparing *comparing)
{
    const struct indicator *indicator = &comparing->indicator;

    if (indicator->apart > 0)
        printf("%zu %s this code otherwise, and %s not compared: the code is the same, what it "
               "counts is not.\n",
               indicator->apart,
               of_count(indicator->apart, "authority defines", "authorities define"),
               of_count(indicator->apart, "is", "are"));
    if (indicator->undefined > 0)
        printf("%zu %s not say what the code counts, and %s taken at its word.\n",
               indicator->undefined,
               of_count(indicator->undefined, "authority does", "authorities do"),
               of_count(indicator->undefined, "is", "are"));
    if (indicator->embargoed > 0)
        printf("%zu %s under an embargo, and left out until its day.\n", indicator->embargoed,
               of_count(indicator->embargoed, "figure is", "figures are"));
    if (indicator->foreign > 0)
        printf("%zu %s not of an area on its author's card, and left out.\n", indicator->foreign,
               of_count(indicator->foreign, "figure is", "figures are"));
}

static void print_basis(const struct comparing *comparing)
{
    const struct comparison *result = &comparing->result;
    const struct document *definition = comparing->indicator.definition;

    printf("\n");
    if (result->public > 0)
        printf("Of the others' figures %zu %s public (%s): no member signed %s.\n", result->public,
               of_count(result->public, "is", "are"), comparing->indicator.source,
               of_count(result->public, "it", "them"));
    if (result->doubtful > 0)
        printf("Of the others' figures %zu %s flagged, as provisional or estimated.\n",
               result->doubtful, of_count(result->doubtful, "is", "are"));
    print_left_out(comparing);
    if (result->broken)
        printf("Your older figures are from before a break in the series, and not compared.\n");
    print_lines("Before it there was ", definition, "predecessors");
    print_lines("After it comes ", definition, "successors");
    print_text("Breaks: ", document_text(definition, "break_note"), "\n");
}

/* --- Like whom --- */

static void print_neighbours(const struct comparing *comparing)
{
    if (!comparing->like_us)
        return;
    printf("\nLike yours, by what kind of places they are and not by any figure above:\n");
    for (size_t i = 0; i < comparing->like.count; i++) {
        const struct neighbour *neighbour = &comparing->like.list[i];
        printf("  %s, closeness %.2f", comparing->like.places.names[neighbour->place],
               neighbour->closeness);
        for (size_t d = 0; d < neighbour->difference_count; d++)
            printf("%s%s", d == 0 ? "; differs mainly in " : ", then in ",
                   comparing->like.variables[neighbour->differs[d]].means);
        if (neighbour->missing > 0)
            printf(" (%zu not known)", neighbour->missing);
        printf("\n");
    }
}

/* --- Questions --- */

static bool is_outside(const struct comparison *result)
{
    return result->standing == DIFFERENCE_HIGHER || result->standing == DIFFERENCE_LOWER ||
           result->standing == DIFFERENCE_CLEARLY_HIGHER ||
           result->standing == DIFFERENCE_CLEARLY_LOWER;
}

size_t compare_questions(const struct comparing *comparing, const char *questions[QUESTIONS_MAX])
{
    const struct comparison *result = &comparing->result;
    bool changed = result->has_chart ? result->signal != XMR_NONE
                                     : result->change_standing == DIFFERENCE_HIGHER ||
                                           result->change_standing == DIFFERENCE_LOWER;
    size_t count = 0;

    if (is_outside(result))
        questions[count++] = "What is different here: who is counted, what people need, or what is "
                             "done for them?";
    else
        questions[count++] =
            "Is it good enough for the people it is about, whatever it is elsewhere?";
    if (changed)
        questions[count++] = "What happened: did the service change, or what is recorded of it?";
    if (result->improved > 0)
        questions[count++] = "Some others got clearly better: what did they do, and would it work "
                             "here?";
    questions[count++] = "What do the people who use the service, and those who work in it, say of "
                         "this?";
    return count;
}

static void print_questions(const struct comparing *comparing)
{
    const struct document *definition = comparing->indicator.definition;
    const char *questions[QUESTIONS_MAX];
    size_t count = compare_questions(comparing, questions);

    printf("\nQuestions that this raises, and cannot answer:\n");
    for (size_t i = 0; i < count; i++)
        printf("  - %s\n", questions[i]);
    if (comparing->result.improved > 0)
        printf(
            "Of the others %zu got clearly better since before; of these %zu %s published lessons "
            "of this service.\n",
            comparing->result.improved, comparing->improved_with_lessons,
            of_count(comparing->improved_with_lessons, "has", "have"));
    printf("What others learned:\n");
    for (size_t i = 0; i < document_count(definition, "service_area"); i++)
        print_text("  candour search --service ", document_item(definition, "service_area", i),
                   "\n");
    if (document_count(definition, "service_area") == 0)
        print_text("  candour search ", document_text(definition, "name"), "\n");
}

void compare_print(const struct comparing *comparing)
{
    print_heading(comparing);
    print_own(comparing);
    print_others(comparing);
    print_change(comparing);
    print_chart(comparing);
    print_basis(comparing);
    print_neighbours(comparing);
    print_questions(comparing);
}
