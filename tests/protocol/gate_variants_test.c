#include "protocol/gate.h"
#include "tests/support/chance.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* The hard classes in 600 made variants of each: none may pass, in whatever way it is written. */

#define VARIANTS 600

static struct gate *gate;

static void open_gate(void)
{
    struct gate_profile nobody = {0};
    struct fault fault;

    gate = gate_new(&nobody, &fault);
    lots = 1;
}

static void close_gate(void)
{
    gate_free(gate);
}

TestSuite(gate_variants, .init = open_gate, .fini = close_gate);

static const char *const before[] = {
    "",    "NHS ",  "no. ", "Number: ",    "(",    "the file for ",  "ring ",          "\"",
    "re ", "see\n", "- ",   "rang about ", "a/c ", "her number is ", "cysylltwch ar ", "Ref: ",
    "=",
};
static const char *const after[] = {"",       ".", ",",  ")",       " was in it", "\n",
                                    "; then", "?", "\"", " (copy)", ":"};

/* Is every letter and digit of what was put in covered by hard findings? */
static void expect_found_after(const char *lead, const char *identifier)
{
    char text[512];
    struct findings findings = {0};
    size_t start = strlen(lead), end = start + strlen(identifier);

    snprintf(text, sizeof text, "%s%s%s", lead, identifier,
             after[chance(sizeof after / sizeof *after)]);
    gate_scan(gate, GATE_NAMED, bytes_of_text(text), &findings);
    for (size_t at = start; at < end; at++) {
        bool covered = strchr(" .,;:-()/+_", text[at]) != NULL || (unsigned char)text[at] >= 0x80;
        for (size_t i = 0; i < findings.count && !covered; i++)
            covered =
                findings.list[i].hard && findings.list[i].start <= at && at < findings.list[i].end;
        cr_assert(covered, "\"%s\": byte %zu of \"%s\" passed", text, at - start, identifier);
    }
    findings_release(&findings);
}

static void expect_found(const char *identifier)
{
    expect_found_after(before[chance(sizeof before / sizeof *before)], identifier);
}

/* Digits in up to five groups, whichever, with one mark between them. */
static void group_anyhow(const char *digits, char *to)
{
    static const char *const gaps[] = {" ", "-", "/", "_", " - ", "\xc2\xa0"};
    const char *gap = gaps[chance(sizeof gaps / sizeof *gaps)];
    size_t left = strlen(digits), groups = 1 + chance(5);

    for (; left > 0; groups--) {
        size_t most = left - (groups - 1), size = groups == 1 ? left : 1 + chance(most);
        to += sprintf(to, "%.*s%s", (int)size, digits, size == left ? "" : gap);
        digits += size;
        left -= size;
    }
}

/* Digits that are typed in another way than with the keys for digits. */
static void spell_oddly(const char *digits, char *to)
{
    static const char *const words[] = {"oh",   "one", "two",   "three", "four",
                                        "five", "six", "seven", "eight", "nine"};
    static const char *const raised[] = {
        "\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
        "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
    size_t way = chance(6), from = chance(strlen(digits) - 2);

    for (size_t i = 0; digits[i] != '\0'; i++) {
        int digit = digits[i] - '0';
        switch (way) {
        case 0: /* Fullwidth. */
            to += sprintf(to, "\xef\xbc%c", 0x90 + digit);
            break;
        case 1: /* Keys of a telephone. */
            to += sprintf(to, "%d\xef\xb8\x8f\xe2\x83\xa3", digit);
            break;
        case 2:
            to += sprintf(to, "%s", raised[digit]);
            break;
        case 3: /* With what nobody sees between. */
            to += sprintf(to, "%s%d", i == 0 ? "" : "\xe2\x80\x8b", digit);
            break;
        case 4: /* From somewhere on in words. */
            to += i < from ? sprintf(to, "%d", digit)
                           : sprintf(to, "%s%s", i == 0 ? "" : " ", words[digit]);
            break;
        default:
            to += sprintf(to, "%c", digit == 0 ? 'O' : digit == 1 && i > 0 ? 'l' : digits[i]);
        }
    }
}

/* Ten digits as people write them. */
static void spell_ten(const char digits[11], char *to)
{
    static const char *const gaps[] = {"",  " ",  "-",        ".",  ",",
                                       ";", ", ", "\xc2\xa0", "  ", "\xe2\x80\x93"};
    const char *gap = gaps[chance(sizeof gaps / sizeof *gaps)];

    if (chance(8) == 0) {
        for (size_t i = 0; i < 10; i++)
            to += sprintf(to, "%s%c", i == 0 ? "" : " ", digits[i]);
        return;
    }
    sprintf(to, "%.3s%s%.3s%s%.4s", digits, gap, digits + 3, gap, digits + 6);
}

/* Nine digits and their check digit (weights 10 to 2, modulo 11); false where there is none. */
static bool add_check_digit(char digits[11])
{
    unsigned sum = 0;

    for (unsigned i = 0; i < 9; i++)
        sum += (unsigned)(digits[i] - '0') * (10 - i);
    unsigned check = (11 - sum % 11) % 11;
    digits[9] = (char)('0' + check % 10);
    digits[10] = '\0';
    return check != 10;
}

Test(gate_variants, of_nhs_numbers_all_are_found)
{
    for (size_t made = 0; made < VARIANTS;) {
        char digits[11], text[128];
        snprintf(digits, sizeof digits, "%c%08zu", "4679"[chance(4)], chance(100000000));
        if (!add_check_digit(digits))
            continue;
        switch (chance(3)) {
        case 0:
            group_anyhow(digits, text);
            break;
        case 1:
            spell_oddly(digits, text);
            break;
        default:
            spell_ten(digits, text);
        }
        expect_found(text);
        made++;
    }
}

Test(gate_variants, of_chi_numbers_all_are_found)
{
    for (size_t made = 0; made < VARIANTS;) {
        char digits[11], text[128];
        snprintf(digits, sizeof digits, "%02zu%02zu%02zu%03zu", 1 + chance(28), 1 + chance(12),
                 chance(100), chance(1000));
        if (!add_check_digit(digits))
            continue;
        if (chance(2) == 0)
            spell_ten(digits, text);
        else
            snprintf(text, sizeof text, "%.6s%s%.4s", digits, chance(2) == 0 ? " " : "-",
                     digits + 6);
        expect_found(text);
        made++;
    }
}

Test(gate_variants, of_national_insurance_numbers_all_are_found)
{
    static const char first[] = "ABCEGHJKLMNOPRSTWXYZ", second[] = "ABCEGHJKLMNPRSTWXYZ";
    static const char *const gaps[] = {"", " ", "-", ".", "/", "_", ",", ";", ", "};

    for (size_t made = 0; made < VARIANTS;) {
        char letters[3] = {first[chance(sizeof first - 1)], second[chance(sizeof second - 1)],
                           '\0'};
        if (strstr("BG GB NK KN TN NT ZZ", letters) != NULL)
            continue;
        if (letters[0] == 'O') /* Never given out (NIM39110). */
            continue;
        char text[64];
        const char *gap = gaps[chance(sizeof gaps / sizeof *gaps)];
        snprintf(text, sizeof text, "%s%s%02zu%s%02zu%s%02zu%s%c", letters, gap, chance(100), gap,
                 chance(100), gap, chance(100), gap, "ABCD"[chance(4)]);
        if (chance(4) == 0)
            for (char *c = text; *c != '\0'; c++)
                *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
        expect_found(text);
        made++;
    }
}

Test(gate_variants, of_pupil_numbers_all_are_found)
{
    static const char letters[] = "ABCDEFGHJKLMNPQRTUVWXYZ";

    for (size_t made = 0; made < VARIANTS; made++) {
        char rest[13], text[64];
        unsigned sum = 0;
        for (size_t i = 0; i < 12; i++)
            rest[i] = (char)('0' + chance(10));
        if (chance(5) == 0) /* A temporary one. */
            rest[11] = letters[chance(sizeof letters - 1)];
        rest[12] = '\0';
        for (unsigned i = 0; i < 12; i++)
            sum += (i + 2) * (rest[i] <= '9' ? (unsigned)(rest[i] - '0')
                                             : (unsigned)(strchr(letters, rest[i]) - letters));
        char letter = letters[sum % 23];
        if (chance(3) > 0)
            snprintf(text, sizeof text, "%c%s", letter, rest);
        else
            snprintf(text, sizeof text, "%c %.3s %.4s %.4s %s", letter, rest, rest + 3, rest + 7,
                     rest + 11);
        if (chance(4) == 0)
            for (char *c = text; *c != '\0'; c++)
                *c = *c >= 'A' && *c <= 'Z' ? (char)(*c + 32) : *c;
        expect_found(text);
    }
}

/* The two digits after the country (ISO 13616). */
static void make_iban(char *text, size_t size, const char *account)
{
    char moved[128];
    unsigned rest = 0;

    snprintf(moved, sizeof moved, "%sGB00", account);
    for (const char *c = moved; *c != '\0'; c++)
        rest = *c <= '9' ? (rest * 10 + (unsigned)(*c - '0')) % 97
                         : (rest * 100 + (unsigned)(*c - 'A' + 10)) % 97;
    snprintf(text, size, "GB%02u%s", 98 - rest, account);
}

Test(gate_variants, of_bank_details_all_are_found)
{
    for (size_t made = 0; made < VARIANTS; made++) {
        char text[128], plain[96], account[64];
        size_t a = chance(100), b = chance(100), c = chance(100), number = chance(100000000);
        switch (chance(6)) {
        case 0:
            snprintf(text, sizeof text, "%02zu-%02zu-%02zu %08zu", a, b, c, number);
            break;
        case 1:
            snprintf(text, sizeof text, "%02zu %02zu %02zu, %08zu", a, b, c, number);
            break;
        case 2:
            snprintf(text, sizeof text, "%02zu%02zu%02zu %08zu", a, b, c, number);
            break;
        case 3:
            snprintf(text, sizeof text, "%02zu-%02zu-%02zu / %04zu %04zu", a, b, c, number / 10000,
                     number % 10000);
            break;
        default:
            snprintf(account, sizeof account, "ZZBK%02zu%02zu%02zu%08zu", a, b, c, number);
            make_iban(plain, sizeof plain, account);
            if (chance(2) == 0)
                snprintf(text, sizeof text, "%s", plain);
            else
                snprintf(text, sizeof text, "%.4s %.4s %.4s %.4s %.4s %s", plain, plain + 4,
                         plain + 8, plain + 12, plain + 16, plain + 20);
        }
        expect_found(text);
    }
}

/* Dates and sums among the accounts, days among the sort codes. */
Test(gate_variants, of_what_is_called_an_account_or_a_sort_code_all_are_found)
{
    static const char *const accounts[] = {"account ",        "a/c ",          "acct no. ",
                                           "account number:", "acc: ",         "cyfrif ",
                                           "account\n",       "rhif cyfrif: ", "bank account "};
    static const char *const sorts[] = {
        "sort code ", "s/c ", "sc ", "sortcode:", "sort ", "sort code\n", "cod didoli: ", "srt "};
    static const char *const gaps[] = {"", " ", "-", "/", ".", ",", ";", " - ", "_", ", "};

    for (size_t made = 0; made < VARIANTS; made++) {
        char text[64];
        const char *gap = gaps[chance(sizeof gaps / sizeof *gaps)];
        switch (chance(4)) {
        case 0:
            snprintf(text, sizeof text, "%02zu%02zu20%02zu", 1 + chance(28), 1 + chance(12),
                     chance(30));
            break;
        case 1:
            snprintf(text, sizeof text, "%05zu000", chance(100000));
            break;
        case 2:
            snprintf(text, sizeof text, "%08zu", chance(100000000));
            break;
        default:
            snprintf(text, sizeof text, "%02zu%s%02zu%s%02zu", chance(100), gap, chance(100), gap,
                     chance(100));
            expect_found_after(sorts[chance(sizeof sorts / sizeof *sorts)], text);
            continue;
        }
        expect_found_after(accounts[chance(sizeof accounts / sizeof *accounts)], text);
    }
}

/* Local ones, round ones too. */
Test(gate_variants, of_what_is_called_a_telephone_number_all_are_found)
{
    static const char *const leads[] = {
        "phone ",       "tel: ",       "mobile ",      "telephone number ",
        "landline is ", "call me on ", "ff\xc3\xb4n: "};

    for (size_t made = 0; made < VARIANTS; made++) {
        char text[32];
        snprintf(text, sizeof text, "%zu%s", 2000 + 100 * chance(80) + chance(4) * 23,
                 chance(2) == 0 ? "00" : "000");
        expect_found_after(leads[chance(sizeof leads / sizeof *leads)], text);
    }
}

Test(gate_variants, of_email_addresses_all_are_found)
{
    static const char *const users[] = {"jo",       "jo.smith",     "j_smith",
                                        "jo+send",  "JO.SMITH",     "o'neill",
                                        "asc-duty", "sian.ap-rhys", "x1"};
    static const char *const hosts[] = {"example.org",    "mail.example.com", "council.gov.uk",
                                        "sir.llyw.cymru", "EXAMPLE.ORG",      "a-b.example.net",
                                        "nhs.net"};

    for (size_t made = 0; made < VARIANTS; made++) {
        char text[128];
        const char *user = users[chance(sizeof users / sizeof *users)];
        const char *host = hosts[chance(sizeof hosts / sizeof *hosts)];
        if (chance(4) == 0) {
            size_t dot = strcspn(host, ".");
            snprintf(text, sizeof text, "%s%zu [at] %.*s [dot] %s", user, chance(100), (int)dot,
                     host, strrchr(host, '.') + 1);
            if (strchr(host + dot + 1, '.') != NULL)
                continue;
        } else {
            snprintf(text, sizeof text, "%s%zu@%s", user, chance(100), host);
        }
        struct findings findings = {0};
        gate_scan(gate, GATE_NAMED, bytes_of_text(text), &findings);
        cr_assert_eq(findings.count, 1, "%s", text);
        cr_assert(findings.list[0].hard && findings.list[0].start == 0 &&
                      findings.list[0].end == strlen(text),
                  "%s", text);
        findings_release(&findings);
    }
}

/* Ofcom's numbers for drama. */
Test(gate_variants, of_telephone_numbers_in_odd_spellings_all_are_found)
{
    for (size_t made = 0; made < VARIANTS; made++) {
        char digits[12], text[128];
        snprintf(digits, sizeof digits, "%s%03zu",
                 chance(3) == 0   ? "07700900"
                 : chance(2) == 0 ? "01632960"
                                  : "02079460",
                 chance(1000));
        if (chance(2) == 0) {
            spell_oddly(digits, text);
        } else {
            group_anyhow(digits + 3, text + 3);
            memcpy(text, digits, 3);
        }
        expect_found(text);
    }
}

/* Ofcom's numbers for drama. */
Test(gate_variants, of_telephone_numbers_all_are_found)
{
    for (size_t made = 0; made < VARIANTS; made++) {
        char text[64];
        size_t last = chance(1000);
        bool abroad = chance(3) == 0;
        static const char *const gaps[] = {" ",  "",    "-", ".", "\xc2\xa0", " / ", "/",
                                           ". ", " - ", "_", ",", ";",        ":",   ", "};
        const char *gap = gaps[chance(sizeof gaps / sizeof *gaps)];
        const char *zero = abroad ? (chance(2) == 0   ? "+44"
                                     : chance(2) == 0 ? "+44 (0)"
                                     : chance(2) == 0 ? "+(44)"
                                                      : "0044 ")
                                  : "0";
        switch (chance(5)) {
        case 0:
            snprintf(text, sizeof text, "%s7700%s900%s%03zu", zero, gap, gap, last);
            break;
        case 1:
            snprintf(text, sizeof text, "%s1632%s960%03zu", zero, gap, last);
            break;
        case 2:
            snprintf(text, sizeof text, "%s20%s7946%s0%03zu", zero, gap, gap, last);
            break;
        case 3:
            snprintf(text, sizeof text, "(01632)%s960%s%03zu", gap, gap, last);
            break;
        default:
            snprintf(text, sizeof text, "%s29%s2018%s0%03zu", zero, gap, gap, last);
        }
        expect_found(text);
    }
}
