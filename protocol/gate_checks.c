#include "protocol/gate_checks.h"

#include <string.h>

/* The digits of a text, in order. Returns how many there are, which may be more than fit. */
static size_t digits_of(struct bytes text, uint8_t *digits, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            continue;
        if (count < most)
            digits[count] = (uint8_t)(text.data[i] - '0');
        count++;
    }
    return count;
}

/* The tenth digit follows from nine, weighed 10 down to 2 (NHS Data Dictionary, NHS NUMBER). */
static bool nhs_check_digit(struct bytes text)
{
    uint8_t digits[10];
    unsigned sum = 0;

    if (digits_of(text, digits, 10) != 10)
        return false;
    for (unsigned i = 0; i < 9; i++)
        sum += (10 - i) * digits[i];
    return (11 - sum % 11) % 11 == digits[9]; /* A check of 10 is never a digit. */
}

static unsigned pair(const uint8_t *digits)
{
    return 10u * digits[0] + digits[1];
}

static bool is_day_and_month(unsigned day, unsigned month)
{
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* How the digits of a number stand together: "94 34/76" is 2, 2 and 2, of unlike marks. */
struct grouping {
    size_t sizes[20], count;
    bool alike;   /* One mark between all. */
    uint8_t mark; /* The last; a space where there is no other. */
};

static struct grouping grouping_of(struct bytes text)
{
    struct grouping groups = {.alike = true};

    for (size_t i = 0; i < text.size;) {
        uint8_t mark = ' ';
        size_t first;
        for (; i < text.size && (text.data[i] < '0' || text.data[i] > '9'); i++)
            mark = text.data[i] == ' ' ? mark : text.data[i];
        for (first = i; i < text.size && text.data[i] >= '0' && text.data[i] <= '9'; i++)
            ;
        if (i == first || groups.count == sizeof groups.sizes / sizeof *groups.sizes)
            continue;
        groups.alike = groups.alike && (groups.count < 2 || groups.mark == mark);
        groups.mark = mark;
        groups.sizes[groups.count++] = i - first;
    }
    return groups;
}

static bool grouped(const struct grouping *groups, const char *sizes)
{
    for (size_t i = 0; i < groups->count; i++)
        if (groups->sizes[i] != (size_t)(sizes[i] - '0'))
            return false;
    return sizes[groups->count] == '\0';
}

/* 943 476 5919 and such, but no column of numbers. */
static bool is_usual_ten(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    return (groups.count == 1 || (groups.count == 10 && groups.alike) || grouped(&groups, "334") ||
            grouped(&groups, "64") || grouped(&groups, "2224")) &&
           (groups.count < 3 || groups.mark != '\n' || !groups.alike);
}

/* One in eleven of what looks like ten digits has the right check digit by luck: in another way
 * they must stand as one number, with one mark between the parts, and commas as in a list of
 * figures where such a number has its spaces. */
static bool is_one_number(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    if (groups.mark == ',' || groups.mark == ';')
        return groups.alike && (grouped(&groups, "334") || grouped(&groups, "64"));
    return groups.count <= 5 && groups.alike &&
           (strchr(" -/_", groups.mark) != NULL || grouped(&groups, "22222"));
}

/* A person's number in Scotland begins with a date of birth (NHS Scotland, CHI number). */
bool check_chi(struct bytes text)
{
    uint8_t digits[10];

    if (!nhs_check_digit(text))
        return false;
    digits_of(text, digits, 10);
    return is_day_and_month(pair(digits), pair(digits + 2));
}

/* No number of England, Wales or Northern Ireland begins as Scotland's do, nor with 0, 1 or 2. */
bool check_nhs(struct bytes text)
{
    return text.data[0] >= '3' && nhs_check_digit(text) && !check_chi(text);
}

bool check_chi_number(struct bytes text)
{
    return is_usual_ten(text) && check_chi(text);
}

bool check_nhs_number(struct bytes text)
{
    return is_usual_ten(text) && check_nhs(text);
}

bool check_odd_chi_number(struct bytes text)
{
    return is_one_number(text) && check_chi(text);
}

bool check_odd_nhs_number(struct bytes text)
{
    return is_one_number(text) && check_nhs(text);
}

static uint8_t capital_of(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 32) : byte;
}

/* "be 120000 a year" is none. */
bool check_ni_number(struct bytes text)
{
    static const char *const words[] = {"as ", "at ", "be ", "by ", "he ", "me ", "my ",
                                        "we ", "am ", "an ", "ha ", "oh ", "pa ", "ok "};
    struct grouping groups = grouping_of(text);
    bool apart = text.data[text.size - 2] == ' ' && capital_of(text.data[text.size - 1]) == 'A';

    if (!apart || grouped(&groups, "222"))
        return true;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((text.data[0] | 0x20) == words[i][0] && (text.data[1] | 0x20) == words[i][1] &&
            text.data[2] == ' ')
            return false;
    return true;
}

/* The letter before follows from what comes after it, weighed 2 to 13, modulo 23; a temporary
 * number ends in a letter (Department for Education, Unique Pupil Numbers, 2019). */
bool check_upn(struct bytes text)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";
    unsigned sum = 0, place = 0, given = 0;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = capital_of(text.data[i]);
        const char *letter;
        if (byte >= '0' && byte <= '9')
            sum += place > 0 ? (byte - '0') * (place + 1) : 0;
        else if (byte >= 'A' && byte <= 'Z' && (letter = strchr(letters, byte)) != NULL)
            *(place == 0 ? &given : &sum) +=
                (unsigned)(letter - letters) * (place == 0 ? 1 : place + 1);
        else
            continue;
        place++;
    }
    return place == 13 && sum % 23 == given;
}

/* The whole, its first four at the end and letters as 10 to 35, leaves 1 modulo 97 (ISO 13616). */
bool check_iban(struct bytes text)
{
    uint8_t kept[34];
    size_t count = 0;
    unsigned rest = 0;

    for (size_t i = 0; i < text.size; i++) {
        uint8_t byte = capital_of(text.data[i]);
        if (!((byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z')))
            continue;
        if (count == sizeof kept)
            return false;
        kept[count++] = byte;
    }
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = kept[(i + 4) % count];
        rest = byte <= '9' ? (rest * 10 + byte - '0') % 97 : (rest * 100 + byte - 'A' + 10) % 97;
    }
    return count >= 15 && rest == 1;
}

/* Every second digit doubled, the digits added up, leaves nothing modulo 10 (ISO/IEC 7812). */
bool check_card_digit(struct bytes text)
{
    uint8_t digits[19];
    size_t count = digits_of(text, digits, sizeof digits);
    unsigned sum = 0;

    for (size_t i = 0; i < count && count <= sizeof digits; i++) {
        unsigned digit = digits[count - 1 - i] * (i % 2 == 1 ? 2u : 1u);
        sum += digit > 9 ? digit - 9 : digit;
    }
    return count >= 15 && count <= sizeof digits && sum % 10 == 0;
}

/* Digits of a card stand by fours, of some by four, six and five. */
bool check_card(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    bool fours = true;

    for (size_t i = 0; i < groups.count; i++)
        fours = fours && (groups.count == 1 || groups.sizes[i] % 4 == 0);
    return check_card_digit(text) && groups.alike && (fours || grouped(&groups, "465"));
}

/* "ab12cde" is a plate in small letters too, "to 12 the" is not, nor "LS14 was". */
bool check_written_alike(struct bytes text)
{
    bool first = text.data[0] >= 'A' && text.data[0] <= 'Z', last = text.data[text.size - 1] <= 'Z';
    bool word = false; /* May what ends it be one? */

    for (size_t i = text.size - 3; i < text.size; i++)
        word = word || strchr("aeiouy", text.data[i]) != NULL;
    return first == last && (first || text.size == 7 || !word);
}

/* A number under which something is filed has some digits; a year or "A/B" is none. */
bool check_reference(struct bytes text)
{
    uint8_t digits[16];
    size_t count = digits_of(text, digits, sizeof digits), letters = 0;

    for (size_t i = 0; i < text.size; i++)
        letters += text.data[i] >= 'A' && text.data[i] <= 'Z';
    if (count == 4 && letters + 5 == text.size &&
        ((digits[0] == 1 && digits[1] == 9) || (digits[0] == 2 && digits[1] == 0)) &&
        text.data[letters] == '-')
        return false; /* ASCOF-2014 */
    return count >= 3 && letters >= 1 && (count >= 4 || letters >= 2) &&
           !bytes_begin(text, "COVID") && !bytes_begin(text, "DOB") && !bytes_begin(text, "ISO") &&
           !bytes_begin(text, "BS");
}

/* 14, 02 and 23, or backwards. */
static bool is_day_of_six(const uint8_t digits[6])
{
    return is_day_and_month(pair(digits), pair(digits + 2)) ||
           is_day_and_month(pair(digits + 4), pair(digits + 2));
}

/* 09-99-27: no day or no month, in whichever order, no shares of a hundred, no steps of five. */
bool check_no_date(struct bytes text)
{
    uint8_t digits[6];

    if (digits_of(text, digits, 6) != 6 || is_day_of_six(digits))
        return false;
    unsigned first = pair(digits), second = pair(digits + 2), third = pair(digits + 4);
    bool fives = first % 5 == 0 && second % 5 == 0 && third % 5 == 0;
    return first + second + third != 100 && !(fives && first < second && second < third);
}

static bool is_year(const uint8_t *digits)
{
    return pair(digits) == 19 || pair(digits) == 20;
}

/* 2014 2015, 14/02/2014, 2014-02-14, 14.02.23: years and dates, with marks or without. */
static bool is_years(struct bytes text)
{
    uint8_t digits[8];
    size_t count = digits_of(text, digits, sizeof digits);
    struct grouping groups = grouping_of(text);

    if (count == 6)
        return (grouped(&groups, "222") && is_day_and_month(pair(digits), pair(digits + 2))) ||
               (grouped(&groups, "42") && is_year(digits));
    if (count == 8 && (groups.count == 1 || grouped(&groups, "224") || grouped(&groups, "422")))
        return (is_year(digits + 4) && is_day_and_month(pair(digits), pair(digits + 2))) ||
               (is_year(digits) && is_day_and_month(pair(digits + 6), pair(digits + 4)));
    return count == 8 && grouped(&groups, "44") && is_year(digits) && is_year(digits + 4);
}

static bool is_round(struct bytes text)
{
    return text.size > 3 && memcmp(text.data + text.size - 3, "000", 3) == 0;
}

/* Neither a year or date nor a sum, nor one with a part after it: "2041188-03". */
bool check_account(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    return !is_years(text) && !is_round(text) &&
           !(groups.count == 2 && groups.mark != ' ' && groups.sizes[1] < 3);
}

/* Where it is called one, eight digits are, whatever else they look like. */
bool check_called_account(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    return (groups.count == 1 && groups.sizes[0] == 8) || check_account(text);
}

bool check_account_of_eight(struct bytes text)
{
    return digits_of(text, NULL, 0) == 8 && check_account(text);
}

bool check_like_date(struct bytes text)
{
    return is_years(text) || is_round(text);
}

/* Without a word straight before: no steps, no digit eight times. */
bool check_account_alone(struct bytes text)
{
    size_t steps = 0, alike = 0;

    for (size_t i = 1; i < text.size; i++) {
        steps += text.data[i] == text.data[i - 1] + 1;
        alike += text.data[i] == text.data[i - 1];
    }
    return check_account(text) && steps + 1 < text.size && alike + 1 < text.size;
}

/* "150-175" are so many, "960-123" is a line: of a range the second is more. */
static bool is_range(struct bytes text, const struct grouping *groups)
{
    size_t half = groups->sizes[0];

    return groups->count == 2 && groups->sizes[1] == half && groups->mark != ' ' &&
           memcmp(text.data, text.data + text.size - half, half) < 0;
}

/* Where it is called one, it may be round. */
bool check_called_phone(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    return !is_years(text) && !is_range(text, &groups) && memcmp(text.data, "00", 2) != 0;
}

/* A number within one's own area. */
bool check_local_number(struct bytes text)
{
    return check_called_phone(text) && check_account(text);
}

/* Eleven digits one by one or two by two from the trunk zero on are no scale and no dates. */
bool check_spread_phone(struct bytes text)
{
    uint8_t digits[11];
    struct grouping groups = grouping_of(text);
    size_t steps = 0;

    if (digits_of(text, digits, 11) != 11 || (text.data[1] == '.' && groups.count < 11))
        return false;
    if (groups.sizes[0] == 2 && groups.sizes[1] == 2 &&
        (groups.sizes[2] == 4 || text.data[2] != ' ') && is_day_of_six(digits))
        return false;
    for (size_t i = 1; i < 11; i++)
        steps += digits[i] == digits[i - 1] + 1;
    return steps < 6;
}

/* "NHS 0800 123456" is a line. */
bool check_no_phone(struct bytes text)
{
    uint8_t digits[10];

    digits_of(text, digits, 10);
    return digits[0] != 0 || is_day_and_month(pair(digits), pair(digits + 2));
}

/* "extension 2014" may be of a house. */
bool check_extension(struct bytes text)
{
    uint8_t digits[12];
    size_t count = digits_of(text, digits, sizeof digits);

    return count >= 3 && !(count == 4 && is_year(digits)) && check_account(text);
}

/* 0123/2014/56 is a reference. */
bool check_phone(struct bytes text)
{
    return text.data[4] != '/' || text.data[9] != '/' ||
           (memcmp(text.data + 5, "19", 2) != 0 && memcmp(text.data + 5, "20", 2) != 0);
}

/* With commas between few parts, the last of three digits or more, it is no list of figures. */
bool check_phone_of_commas(struct bytes text)
{
    struct grouping groups = grouping_of(text);

    return memchr(text.data, ',', text.size) != NULL && groups.count <= 5 &&
           groups.sizes[groups.count - 1] >= 3;
}

static bool is_date(struct bytes text)
{
    struct grouping groups = grouping_of(text);
    size_t digits = digits_of(text, NULL, 0);

    return groups.count == 3 && groups.sizes[1] <= 2 && digits <= 8 && digits + 2 == text.size &&
           (groups.mark == '/' || groups.mark == '-');
}

/* 20-55-1: neither a day nor so many of a hundred. */
bool check_no_day(struct bytes text)
{
    uint8_t digits[8];

    digits_of(text, digits, sizeof digits);
    return !is_day_and_month(pair(digits), pair(digits + 2)) &&
           !is_day_and_month(pair(digits + 2), pair(digits));
}

bool check_five_digits(struct bytes text)
{
    uint8_t digits[24];

    return digits_of(text, digits, sizeof digits) >= 5 && !is_date(text);
}

/* 5/01234567-8, and neither a date nor figures side by side. */
bool check_roll_number(struct bytes text)
{
    bool lettered = text.data[0] > '9';

    for (size_t i = 0; i < text.size; i++)
        lettered = lettered || text.data[i] == '/' || text.data[i] == '-';
    return lettered && digits_of(text, NULL, 0) >= 6 && !is_years(text) && !is_date(text);
}

bool check_three_digits(struct bytes text)
{
    return digits_of(text, NULL, 0) >= 3;
}

bool check_four_digits_and_a_letter(struct bytes text)
{
    for (size_t i = 0; i < text.size; i++)
        if (text.data[i] >= 'A' && text.data[i] <= 'Z')
            return digits_of(text, NULL, 0) >= 4;
    return false;
}

/* 24/5520, and neither 2014/2015 nor 24/7. */
bool check_no_year(struct bytes text)
{
    uint8_t digits[10];
    size_t count = digits_of(text, digits, sizeof digits);

    return count != 8 || !is_year(digits + 4);
}

/* Four digits at least, and no year or date. */
bool check_filed(struct bytes text)
{
    uint8_t digits[8];
    size_t count = digits_of(text, digits, sizeof digits);

    return count >= 4 && !(count == 4 && text.size == 4 && is_year(digits)) && !is_date(text) &&
           check_no_year(text);
}

bool check_ten_digits(struct bytes text)
{
    return digits_of(text, NULL, 0) >= 10;
}
