#include "protocol/yardstick.h"

#include "protocol/text.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* --- What a code measures --- */

static double number_in(const struct document *document, const char *key, double otherwise)
{
    struct bytes text = document_text(document, key);
    int64_t integer;
    unsigned decimals;

    if (text.size == 0 || !number_read(text, &integer, &decimals))
        return otherwise;
    double number = (double)integer;
    while (decimals-- > 0)
        number /= 10;
    return number;
}

static double multiplier_of(struct bytes unit)
{
    static const struct {
        const char *unit;
        double multiplier;
    } units[] = {
        {"percent", 100}, {"per_1000", 1000}, {"per_10000", 10000}, {"per_100000", 100000}};

    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (bytes_equal(unit, bytes_of_text(units[i].unit)))
            return units[i].multiplier;
    return 1;
}

struct yardstick yardstick_of(const struct document *definition)
{
    static const char *const polarities[] = {"higher", "lower", "neutral", "banded"};
    struct yardstick yardstick = {
        .statistic = STATISTIC_COUNT,
        .multiplier =
            number_in(definition, "multiplier", multiplier_of(document_text(definition, "unit"))),
        .better = {.polarity = POLARITY_NEUTRAL,
                   .band_low = number_in(definition, "band_low", 0),
                   .band_high = number_in(definition, "band_high", 0)}};

    for (size_t i = 0; i < STATISTICS; i++)
        if (bytes_equal(document_text(definition, "stat_type"), bytes_of_text(statistic_names[i])))
            yardstick.statistic = (enum statistic)i;
    for (size_t i = 0; i < 4; i++)
        if (bytes_equal(document_text(definition, "polarity"), bytes_of_text(polarities[i])))
            yardstick.better.polarity = (enum polarity)i;
    return yardstick;
}

/* Letters and digits alone, small. */
static void append_plain(struct buffer *to, struct bytes text)
{
    bool apart = false;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = text.data[i];
        if (byte < 0x80 && !isalnum(byte)) {
            apart = to->size > 0;
            continue;
        }
        if (apart)
            buffer_append_text(to, " ");
        apart = false;
        byte = (uint8_t)(byte < 0x80 ? tolower(byte) : byte);
        buffer_append(to, bytes_of(&byte, 1));
    }
    buffer_append_text(to, "\n");
}

struct digest indicator_meaning(const struct document *definition)
{
    static const char *const fields[] = {"unit", "stat_type", "period_kind", "numerator_def",
                                         "denominator_def"};
    struct buffer text = {0};

    for (size_t i = 0; i < sizeof fields / sizeof *fields; i++)
        append_plain(&text, document_text(definition, fields[i]));
    buffer_printf(&text, "%.9g", yardstick_of(definition).multiplier);
    struct digest digest = digest_of("candour indicator meaning v1", text.data, text.size);
    buffer_release(&text);
    return digest;
}

/* --- One figure --- */

bool figure_has_value(const struct known_figure *figure)
{
    static const char *const instead[] = {"c", "x", "z", "low", "k"};

    for (size_t i = 0; i < sizeof instead / sizeof *instead; i++)
        if (strcmp(figure->flag, instead[i]) == 0)
            return false;
    return isfinite(figure->value);
}

bool figure_counts(const struct yardstick *yardstick, const struct known_figure *figure,
                   struct funnel_point *point)
{
    switch (yardstick->statistic) {
    case STATISTIC_SURVEY_PROPORTION:
        *point = (struct funnel_point){figure->value / yardstick->multiplier * figure->base,
                                       figure->base};
        return funnel_takes(FUNNEL_PROPORTION, point);
    case STATISTIC_PROPORTION:
        *point = (struct funnel_point){figure->numerator, figure->denominator};
        return funnel_takes(FUNNEL_PROPORTION, point);
    case STATISTIC_RATE:
    case STATISTIC_RATIO:
        *point = (struct funnel_point){figure->numerator, figure->denominator};
        return funnel_takes(FUNNEL_RATE, point);
    default:
        return false;
    }
}

bool yardstick_is_share(const struct yardstick *yardstick)
{
    return yardstick->statistic == STATISTIC_PROPORTION ||
           yardstick->statistic == STATISTIC_SURVEY_PROPORTION;
}

bool figure_interval(const struct yardstick *yardstick, const struct known_figure *figure, double z,
                     struct interval *interval)
{
    struct funnel_point point;
    double by = yardstick->multiplier;

    if (!figure_has_value(figure))
        return false;
    if (figure_counts(yardstick, figure, &point)) {
        *interval = yardstick_is_share(yardstick) ? proportion_interval(point.x, point.n, z)
                                                  : count_interval(point.x, z);
        by = yardstick_is_share(yardstick) ? by : by / point.n;
        *interval = (struct interval){interval->low * by, interval->high * by};
        return true;
    }
    if (yardstick->statistic == STATISTIC_COUNT && figure->value >= 0) {
        *interval = count_interval(figure->value, z);
        return true;
    }
    double wide = figure->margin * z / NORMAL_95; /* Margins are published at 95 %. */
    *interval = (struct interval){figure->value - wide, figure->value + wide};
    return isfinite(wide) && wide > 0;
}

bool figure_error(const struct yardstick *yardstick, const struct known_figure *figure,
                  double *error)
{
    struct interval interval;

    if (!figure_interval(yardstick, figure, NORMAL_95, &interval))
        return false;
    *error = (interval.high - interval.low) / 2 / NORMAL_95;
    return true;
}
