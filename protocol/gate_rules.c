#include "protocol/gate_inside.h"

#include <string.h>

/* What has a format: numbers with their check digits, addresses, references. */

/* Between the parts of a number: what people, line breaks and word processors put there. */
#define GAP "[\\s.\\x{AD}\\x{200B}\\x{2010}-\\x{2015}\\x{2212}-]{0,3}"
#define PHONE_GAP "[\\s.()\\x{AD}\\x{200B}\\x{2010}-\\x{2015}\\x{2212}-]{0,3}"
/* No digits before that belong to the same number. */
#define FRESH "(?<![0-9])(?<![0-9][.,-])"
#define MONTH                                                                                      \
    "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|"             \
    "Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?|Ionawr|Chwefror|Mawrth|Ebrill|Mai|"  \
    "Mehefin|Gorffennaf|Awst|Medi|Hydref|Tachwedd|Rhagfyr|"                                        \
    "Fawrth|Fai|Fehefin|Orffennaf|Fedi|Dachwedd|Ragfyr|Gorffenaf)\\b"
#define YEAR "(?:[0-9]{4}|['\\x{2019}]?[0-9]{2})"
#define DATE_BODY                                                                                  \
    FRESH "(?:"                                                                                    \
          "[0-9]{1,2}(?:st|nd|rd|th|af|ail|ydd|ain|eg|fed)?\\s+(?:of\\s+|o\\s+)?" MONTH            \
          "\\.?(?:,?\\s+" YEAR ")?"                                                                \
          "|\\b" MONTH "\\.?\\s+[0-9]{1,2}(?:st|nd|rd|th)?(?:,?\\s+" YEAR ")?"                     \
          "|[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})"                   \
          "|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}"                                                    \
          ")(?![0-9])"
#define DATE "(?i)" DATE_BODY
#define BANK                                                                                       \
    "(?i)\\bsort|\\bsc\\b|\\bsavings\\b|\\bgiro\\b|\\bhalifax\\b|\\btsb\\b|\\bstarling\\b|"        \
    "\\bwages\\b|\\bsalary\\b|\\bpayroll\\b|\\bdeposit|\\bs/"                                      \
    "c\\b|\\ba(?:cc)?ounts?\\b|\\bacc?t?s?\\b|\\ba/"                                               \
    "c\\b|\\bbank|\\bpay(?:ee|able|ment|ments)?\\b|"                                               \
    "\\bpaid\\b|\\brefund|\\bcyfrif|\\bdidoli\\b|\\bBACS\\b|\\bdebit|\\btransfer|\\bbuilding "     \
    "society\\b|"                                                                                  \
    "\\btal(?:u|wyd|iad|iadau)\\b|\\bbanc\\b|\\bmoney "                                            \
    "(?:to|into)\\b|\\bmonzo\\b|\\bbarclays\\b|\\bhsbc\\b|"                                        \
    "\\blloyds\\b|\\bnatwest\\b|\\bsantander\\b|\\bnationwide\\b"
#define VEHICLE                                                                                    \
    "(?i)\\breg\\b|\\bregist|\\bvehicle|\\bcars?\\b|\\bvans?\\b|\\bplates?\\b|\\blorr|"            \
    "\\bhatchback|"                                                                                \
    "\\bminibus|\\btaxi|\\btractor|\\bclamp|\\bparked|\\bestate\\b|\\bsaloon|\\bdriv|"             \
    "\\btransit|\\bmoped|"                                                                         \
    "\\bmotor|\\bbus\\b|\\bcoach|\\bdigger|\\btruck|\\bwagon|\\bfiesta|\\bcorsa|\\bvolvo|"         \
    "\\bford\\b|"                                                                                  \
    "\\bfocus|\\bastra|\\bgolf\\b|\\bskoda|\\bmicra|\\bvauxhall|\\bcerbyd|\\bfan\\b|"              \
    "\\bpcn\\b"
/* "Flat 2/1, 118", "Plot 6", "27-29", "44b" */
#define DWELLING                                                                                   \
    "(?:(?:flat|flt|apt|apartment|unit|room|rear of|fflat|plot|caravan|pitch|bay|no|number|"       \
    "(?:ground|first|second|third|top|upper|lower) floor(?: flat)?)\\b\\.?\\s*)"
#define HOUSE                                                                                      \
    "(?:" DWELLING "?(?:[0-9]{1,4}[a-z]?(?:/[0-9]{1,3})?\\s?,?\\s{0,2}))?"                         \
    "(?<![0-9\\x{A3}.-])[0-9]{1,4}[a-z]?(?:\\s?[-/]\\s?[0-9]{1,4}[a-z]?)?"
#define STREET_NAME                                                                                \
    "(?!" MONTH ")(?!the\\b|of\\b|and\\b|in\\b|to\\b|a\\b|on\\b|per\\b|days?\\b|weeks?\\b|years?"  \
    "\\b|people\\b|"                                                                               \
    "times\\b|hours?\\b|minutes\\b|calls\\b|out\\b|other\\b|different\\b|x\\b)[a-z\\x{C0}-\\x{"    \
    "24F}][\\w'\\x{2019}.-]{1,24}"
/* The last words of streets; those that are met everywhere only with a capital. */
#define STREET                                                                                     \
    "(?:(?:road|street|lane|close|avenue|drive|court|gardens|terrace|crescent|hill|row|walk|"      \
    "grove|"                                                                                       \
    "square|house|wharf|fawr|rd|st|ave|cl|cres|gdns|pl|parade|mews|quay|wynd|brae|loan|croft|"     \
    "drove|cottages)|(?-i:Way|WAY|Rise|RISE|Place|PLACE|View|VIEW|Green|GREEN|Park|PARK|Gate|"     \
    "GATE|"                                                                                        \
    "Mount|MOUNT|Vale|VALE|Bank|BANK|Yard|YARD|Chase|CHASE|Fields?|FIELDS?|Meadows?|MEADOWS?|End|" \
    "END|Side|SIDE|Buildings|BUILDINGS|Villas|VILLAS|Estate|ESTATE|Fen|FEN|Common|COMMON|Bridge|"  \
    "BRIDGE))\\b"
#define STREET_CAPITAL                                                                             \
    "(?:Road|Street|Lane|Close|Avenue|Drive|Way|Rise|Court|Place|Gardens|Terrace|Crescent|Hill|"   \
    "Row|Walk|Grove|Square|Wharf|Parade|Mews|Quay|View|Green|Park|Wynd|Brae|Fen|Drove|Common)\\b"
#define BIRTH                                                                                      \
    "(?i)\\bborn\\b|\\bb(?:irth|day)|\\bb\\.(?=\\s|$)|\\bd\\.?\\s?o\\.?\\s?b\\b|\\bgeni\\b|"       \
    "\\bganwyd\\b"                                                                                 \
    "|\\bturn(?:s|ed|ing)\\b"
#define NUMBER_WORD                                                                                \
    "(?:oh|nought|zero|one|two|three|four|five|six|seven|eight|nine|double|treble|triple)"

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

/* A person's number in Scotland begins with a date of birth (NHS Scotland, CHI number). */
static bool is_chi_number(struct bytes text)
{
    uint8_t digits[10];

    if (!nhs_check_digit(text))
        return false;
    digits_of(text, digits, 10);
    unsigned day = 10u * digits[0] + digits[1], month = 10u * digits[2] + digits[3];
    return day >= 1 && day <= 31 && month >= 1 && month <= 12;
}

/* No number of England, Wales or Northern Ireland begins so. */
static bool is_nhs_number(struct bytes text)
{
    return nhs_check_digit(text) && !is_chi_number(text);
}

static uint8_t capital_of(uint8_t byte)
{
    return byte >= 'a' && byte <= 'z' ? (uint8_t)(byte - 32) : byte;
}

/* The letter before follows from what comes after it, weighed 2 to 13, modulo 23; a temporary
 * number ends in a letter (Department for Education, Unique Pupil Numbers, 2019). */
static bool upn_check_letter(struct bytes text)
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
static bool iban_check(struct bytes text)
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
static bool card_check(struct bytes text)
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

/* "ab12cde" is a plate in small letters too, "to 12 the" is not, nor "LS14 was". */
static bool is_written_alike(struct bytes text)
{
    bool first = text.data[0] >= 'A' && text.data[0] <= 'Z', last = text.data[text.size - 1] <= 'Z';

    return first == last && (first || text.size == 7);
}

/* A number under which something is filed has some digits; a year or "A/B" is none. */
static bool is_reference(struct bytes text)
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
           !bytes_begin(text, "COVID") && !bytes_begin(text, "ISO") && !bytes_begin(text, "BS");
}

/* 09-99-27: no day or no month, in whichever order. */
static bool is_no_date(struct bytes text)
{
    uint8_t digits[6];

    if (digits_of(text, digits, 6) != 6)
        return false;
    unsigned first = 10u * digits[0] + digits[1], middle = 10u * digits[2] + digits[3],
             last = 10u * digits[4] + digits[5];
    bool dated = first >= 1 && first <= 31 && middle >= 1 && middle <= 12;
    bool backwards = middle >= 1 && middle <= 12 && last >= 1 && last <= 31;
    return !dated && !backwards;
}

static bool is_date(struct bytes text)
{
    size_t marks = 0, others = 0;

    for (size_t i = 0; i < text.size; i++) {
        marks += text.data[i] == '/' || text.data[i] == '-';
        others += (text.data[i] < '0' || text.data[i] > '9') && text.data[i] != '/' &&
                  text.data[i] != '-';
    }
    return marks == 2 && others == 0 && text.size <= 10;
}

static bool has_five_digits(struct bytes text)
{
    uint8_t digits[24];

    return digits_of(text, digits, sizeof digits) >= 5 && !is_date(text);
}

/* A date with its year straight after a name is taken for a date of birth: "Lee Ash, 9/8/38,". */
const char gate_date_after_name[] =
    "(?i)\\G(?:\\s[A-Z]\\b)?\\.?\\s?[)'\\x{2019}\"\\x{201D}]?[,;\\t|]?\\s{0,2}\\(?\\s?("
    "(?:[0-9]{1,2}(?:st|nd|rd|th|af|ail|ydd|ain|eg|fed)?\\s+(?:of\\s+|o\\s+)?" MONTH
    "\\.?,?\\s+" YEAR "|" MONTH "\\.?\\s+[0-9]{1,2}(?:st|nd|rd|th)?,?\\s+" YEAR
    "|[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})"
    "|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}))(?![0-9])";

/* What stands before the name of a place and makes an address of it. */
const char gate_house_before_place[] = "(?i)(?<![\\w\\x{A3}])(?:" HOUSE "|" DWELLING
                                       "[0-9]{1,4}[a-z]?(?:/[0-9]{1,3})?)\\s?,?\\s{0,2}$";

/* Ten digits: 3, 3 and 4, or 6 and 4, or each by itself. */
#define TEN_SPACED "(?<![0-9])[0-9]{3}" GAP "[0-9]{3}" GAP "[0-9]{4}(?![0-9])"
#define TEN_SIX_FOUR "(?<![0-9])[0-9]{6}" GAP "[0-9]{4}(?![0-9])"
#define TEN_SPREAD "(?<![0-9])[0-9](?:[ .-][0-9]){9}(?![0-9])"

const struct rule gate_rules[] = {
    {FINDING_CHI_NUMBER, "chi-number-spaced", .pattern = TEN_SPACED, .holds = is_chi_number},
    {FINDING_NHS_NUMBER, "nhs-number", .pattern = TEN_SPACED, .holds = is_nhs_number},
    {FINDING_CHI_NUMBER, "chi-number", .pattern = TEN_SIX_FOUR, .holds = is_chi_number},
    {FINDING_NHS_NUMBER, "nhs-number-six-four", .pattern = TEN_SIX_FOUR, .holds = is_nhs_number},
    {FINDING_CHI_NUMBER, "chi-number-spread", .pattern = TEN_SPREAD, .holds = is_chi_number},
    {FINDING_NHS_NUMBER, "nhs-number-spread", .pattern = TEN_SPREAD, .holds = is_nhs_number},

    /* HMRC's manual NIM39110: letters and prefixes that are never given out. */
    {FINDING_NI_NUMBER, "ni-number",
     .pattern = "(?i)\\b(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z]\\s?[A-CEGHJ-NPR-TW-Z](?:" GAP
                "[0-9]{2}){3}" GAP "[A-D]\\b"},
    {FINDING_NI_NUMBER, "ni-number-no-suffix",
     .pattern = "(?i)\\b[A-Z]{2}(?:" GAP "[0-9]{2}){3}(?![0-9])",
     .near = "(?i)\\bnational\\s+insurance\\b|\\bNI\\s+n|\\bNINO\\b", .before = 40, .after = 25},

    {FINDING_UPN, "pupil-number",
     .pattern =
         "(?i)(?<![A-Z0-9])[A-HJ-NP-RT-Z]" GAP "(?:[0-9]" GAP "){11}[0-9A-HJ-NP-RT-Z](?![A-Z0-9])",
     .holds = upn_check_letter},
    {FINDING_UPN, "pupil-number-by-word",
     .pattern = "(?i)(?<![A-Z0-9])[A-Z]" GAP "(?:[0-9]" GAP "){11}[0-9A-Z](?![A-Z0-9])",
     .near = "(?i)\\bUPNs?\\b|\\bunique\\s+pupil\\b|\\bpupil", .before = 40, .after = 25},

    {FINDING_BANK, "iban",
     .pattern = "(?i)(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?:[\\s-]?[A-Z0-9]){11,30}(?![A-Z0-9])",
     .holds = iban_check},
    {FINDING_BANK, "iban-uk",
     .pattern = "(?i)(?<![A-Z0-9])GB\\s?[0-9]{2}[\\s-]?[A-Z]{4}(?:[\\s-]?[0-9]){14}(?![0-9])"},
    {FINDING_BANK, "iban-by-word",
     .pattern = "(?<![A-Z0-9])[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{2,4}){3,8}(?![A-Z0-9])",
     .near = "(?i)\\bIBAN\\b", .before = 30, .after = 15},
    {FINDING_BANK, "sort-code",
     .pattern = "(?<![0-9/.-])[0-9]{2}(\\s?[ "
                "./\\x{2010}-\\x{2015}-]\\s?)[0-9]{2}\\1[0-9]{2}(?![0-9-]|/[0-9])",
     .near = BANK, .before = 60, .after = 40},
    {FINDING_BANK, "sort-code-no-date",
     .pattern =
         "(?<![0-9/.-])[0-9]{2}[-\\x{2010}-\\x{2015}][0-9]{2}[-\\x{2010}-\\x{2015}][0-9]{2}(?![0-9/"
         "-])",
     .holds = is_no_date},
    {FINDING_BANK, "sort-code-and-account",
     .pattern = "(?<![0-9-])[0-9]{2}[ -]?[0-9]{2}[ -]?[0-9]{2}[ ,/]{1,3}(?:and |a/c |acc(?:ount)? "
                "|no\\.? ){0,2}"
                "(?:[0-9]{8}|[0-9]{4} [0-9]{4})(?![0-9])"},
    {FINDING_BANK, "account-number",
     .pattern = "(?<![0-9\\x{A3}-])(?<![0-9][,/])(?:[0-9]{4}[ -][0-9]{4}|[0-9]{6,8}|[0-9]{2} "
                "[0-9]{2} [0-9]{2} "
                "[0-9]{2})(?![0-9]|[.,][0-9])",
     .near = BANK "|(?<![0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])", .before = 60, .after = 30},
    {FINDING_BANK, "ends-in",
     .pattern = "(?i)\\b(?:account|card|a/"
                "c|acc?t?|cyfrif)\\b[^.\\n]{0,24}\\b(?:end(?:s|ing)|gorffen)\\s(?:in\\s|with\\s|"
                "yn\\s)?([0-9]{3,5})\\b",
     .group = 1},
    {FINDING_BANK, "card",
     .pattern = "(?<![0-9])[3-6][0-9]{3}(?:[\\s.-]{0,2}[0-9]{4}){2}[\\s.-]{0,2}[0-9]{3,4}(?![0-9])",
     .holds = card_check},

    /* DVLA's INF104: two letters, the age, three letters; before 2001 a letter at the front, at the
     * end; Northern Ireland has its own. */
    {FINDING_VEHICLE, "vehicle",
     .pattern = "(?i)\\b[A-HJ-PR-Y]{2}(?-i:[0-7][0-9])[ -]?[A-HJ-PR-Z]{3}\\b",
     .holds = is_written_alike},
    {FINDING_VEHICLE, "vehicle-small",
     .pattern = "(?i)\\b[A-HJ-PR-Y]{2}[0-7][0-9][ -]?[A-HJ-PR-Z]{3}\\b", .near = VEHICLE,
     .before = 60, .after = 40},
    {FINDING_VEHICLE, "vehicle-old",
     .pattern =
         "(?i)\\b(?:[A-HJ-NPR-TV-Y][0-9]{1,3}[ -]?[A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3}[ -]?[0-9]{1,3}[ -]?"
         "[A-HJ-NPR-TV-Y]|[A-Z]{1,2}[IZ][A-Z]?[ -]?[0-9]{1,4})\\b",
     .near = VEHICLE, .before = 60, .after = 40},

    {FINDING_URL, "url",
     .pattern = "(?i)\\b(?:https?|ftp)://[^\\s)>\\]\"]{1,400}[^\\s)>\\].,;:'\"?!]"},
    {FINDING_URL, "url-www",
     .pattern = "(?i)(?<![\\w.])www\\.[^\\s)>\\]\"]{1,400}[^\\s)>\\].,;:'\"?!]"},
    {FINDING_URL, "url-bare",
     .pattern = "(?i)(?<![@\\w./"
                "-])(?:[a-z0-9-]{1,63}\\.){1,5}(?:uk|cymru|wales|scot|com|org|net|info|eu|ie|"
                "example|gov|edu|io|app|me|tv|co|london)\\b(?:/"
                "[^\\s)>\\]\"]{0,400}[^\\s)>\\].,;:'\"?!])?(?![@\\w])"},
    {FINDING_URL, "handle", .pattern = "(?<![\\w.@/])@\\w{3,30}\\b(?!\\.\\w)"},

    {FINDING_CASE_REF, "reference",
     .pattern = "(?i)(?<![\\w/-])(?=[A-Z/-]*[0-9])(?-i:[A-Z]{1,8}[0-9]{0,4})(?:\\s?[/"
                "-]\\s?(?-i:[A-Z0-9]{1,8})){1,5}(?![\\w/-])",
     .holds = is_reference},
    {FINDING_CASE_REF, "reference-digits-first",
     .pattern = "(?i)(?<![\\w/-])[0-9]{2,4}[/-](?:[0-9]{3,7}(?:[/"
                "-][A-Z]{1,8}[0-9]{0,2}){1,2}|[A-Z]{1,6}[/-]?[0-9]{2,7}|"
                "[0-9]{5,7}|[0-9]{4,6}/[0-9]{2}|[0-9]{2}[A-Z]{3}[0-9]{2})(?![\\w/-])"},
    {FINDING_CASE_REF, "reference-by-word",
     .pattern =
         "(?i)\\b(?:ref(?:erence)?s?|decisions?|applications?|app|penalty|complaints?|case|"
         "claim|cais|cwyn|cyfeirnod|tribunal|permission|licen[cs]e|enforcement|ombudsman|foi|"
         "eir|sar|incident|crime|log|job|ticket|call|account|order|invoice|notice|fine|pcn|"
         "file|mosaic|lcs|las|id|swift|number|no|rhif)\\b[^.\\w\\n]{0,4}"
         "(?:ref(?:erence)?|no|number|rhif)?[^.\\w\\n]{0,4}\\(?"
         "((?:[A-Z]{1,6}[ /-]?)?[0-9](?:[A-Z0-9]|[/-](?=[0-9A-Z])|[ "
         "](?=[0-9])){3,14}[0-9A-Z])(?![\\w])",
     .group = 1, .holds = has_five_digits},
    {FINDING_CASE_REF, "reference-joined",
     .pattern = "(?<![\\w/-])(?![EWSNKJ][0-9]{8}\\b)[A-Z]{1,5}[0-9]{5,9}(?![\\w/-])"},
    {FINDING_CASE_REF, "ombudsman", .pattern = "(?<![0-9])[0-9]{2} [0-9]{3} [0-9]{3}(?![0-9])"},
    {FINDING_CASE_REF, "citation",
     .pattern = "\\[[0-9]{4}\\] (?:[A-Z]{2,6}|[A-Z][A-Za-z]{1,6})(?: [A-Za-z]{2,6})? [0-9]{1,5}(?: "
                "\\([A-Z][A-Za-z]{1,8}\\))?"},

    {FINDING_ADDRESS, "address",
     .pattern = "(?i)(?<![\\w\\x{A3}])" HOUSE ",?\\s{0,2}(?:" STREET_NAME "\\s{1,2}){1,3}" STREET},
    {FINDING_ADDRESS, "address-flat",
     .pattern = "(?i)\\b(?:flat|apt|apartment|fflat)\\.?\\s{0,3}[0-9]{1,4}[a-z]?\\b\\s{0,3},?(?:"
                "\\s{0,3}" STREET_NAME "){1,3}?\\s{1,2}"
                "(?:" STREET "|house|court|lodge|point|heights|tower|mansions|buildings)"},
    {FINDING_ADDRESS, "address-flat-number",
     .pattern = "(?i)\\b(?:flat|apt|apartment|fflat)\\s?[0-9]{1,4}[a-z]?\\b"},
    {FINDING_ADDRESS, "address-welsh",
     .pattern =
         "(?i)(?<![0-9])" HOUSE ",?\\s{0,2}(?:heol|cae|llys|stryd|ffordd|rhodfa|l\\x{F4}n|lon|maes|"
         "clos|cilgant|trem|glan|pen|tan|bryn|parc|rhes|teras|tai)(?:'r|\\x{2019}r)?[\\s-]"
         "(?:(?:y|yr|yr?\\s|'r|a)\\s)?[\\w'\\x{2019}-]+(?:\\s(?-i:[A-Z])[\\w'\\x{2019}-]+)?"},
    {FINDING_ADDRESS, "address-named",
     .pattern =
         "\\b(?:The\\s)?(?:[A-Z][\\w'\\x{2019}-]+\\s){0,2}(?:House|Cottage|Lodge|Farm|Villa|Barn|"
         "Forge|Court|Mill|Rectory|Vicarage|Bungalow|Hall|Croft),\\s"
         "(?:[0-9]{1,4}[a-z]?\\s)?(?:[A-Z][\\w'\\x{2019}-]+\\s){1,2}(?-i:" STREET_CAPITAL ")"},
    {FINDING_ADDRESS, "house-number",
     .pattern = "(?i)\\b(?:lives?|living|lived|moved)\\s(?:at|to)\\s(?:number\\s|no\\.?\\s)[0-9]{1,"
                "4}[a-z]?\\b"},

    {FINDING_EMAIL, "email",
     .pattern = "(?<![\\w.])[\\w.+'%-]{1,64}+@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}"},
    {FINDING_EMAIL, "email-apart",
     .pattern = "(?<![\\w.])[\\w.+'%-]{1,64}+\\s?[\\[(]?[@\\x{FF20}\\x{FE6B}][\\])]?\\s?[\\w-]{1,"
                "63}(?:\\.[\\w-]{1,63}){1,8}"},
    {FINDING_EMAIL, "email-spelt",
     .pattern = "(?i)(?<![\\w.])[\\w.+'-]{1,64}\\s?(?:[\\[(]at[\\])]|\\sat\\s)\\s?[\\w.-]{1,63}"
                "(?:\\s?(?:[\\[(]dot[\\])]|\\sdot\\s)\\s?[\\w-]{1,63}){1,8}"},

    /* Ten or eleven digits from the trunk zero on. A date is not one. */
    {FINDING_PHONE, "phone",
     .pattern = "(?<![0-9+])(?<![0-9][.-])(?![0-9]{2}[.-][0-9]{2}[.-](?:19|20)[0-9]{2}(?![0-9]))"
                "(?:(?:\\+|00)44" PHONE_GAP "(?:\\(0\\)" PHONE_GAP
                "|0)?|\\(?0)[1235789][0-9](?:" PHONE_GAP "[0-9]){7,8}(?![0-9])"},
    {FINDING_PHONE, "phone-abroad",
     .pattern = "(?<![\\w+])\\+(?!44)[1-9][0-9]{0,2}(?:" PHONE_GAP "[0-9]){7,12}(?![0-9])"},
    {FINDING_PHONE, "phone-extension",
     .pattern = "(?i)\\b(?:tel|extn?|extension)\\b\\.?\\s?(?:no\\.?|number)?\\s?[.:]?\\s?"
                "([0-9](?:[ -]?[0-9]){3,10})(?![0-9])",
     .group = 1},
    {FINDING_PHONE, "phone-words",
     .pattern = "(?i)\\b" NUMBER_WORD "\\b(?:[\\s,-]{1,3}" NUMBER_WORD "\\b){7,12}"},

    {FINDING_DATE_OF_BIRTH, "date-by-age", .pattern = DATE,
     .near = "(?i)\\baged?\\s[0-9]{1,3}\\b[),]?\\s?\\(?$", .before = 14, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-of-birth-words",
     .pattern = "(?i)\\b(?:born|birth|birthday|d\\.?o\\.?b\\.?|ganwyd|ganed)\\b[^\\n]{0,12}?\\b"
                "((?:the )?(?:[a-z]{3,10}[ -])?(?:first|second|third|[a-z]{3,8}th) (?:of )?" MONTH
                "(?: " YEAR ")?|"
                "[0-9]{1,2} [0-9]{1,2} (?:[0-9]{4}|[0-9]{2})(?![0-9])|(?:christmas|boxing|new "
                "year's) (?:day|eve),? [0-9]{4})",
     .group = 1},
    {FINDING_DATE_OF_BIRTH, "month-of-birth",
     .pattern =
         "(?i)\\b" MONTH ",?\\s(?:19|20)[0-9]{2}\\b|(?<![0-9/-])(?:19|20)[0-9]{2}(?![0-9/-])",
     .near = BIRTH, .before = 14, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-of-birth-digits",
     .pattern = "(?<![0-9/-])[0-3][0-9][01][0-9][0-9]{2}(?:[0-9]{2})?(?![0-9/-])", .near = BIRTH,
     .before = 12, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-of-birth", .pattern = DATE, .near = BIRTH, .before = 60,
     .after = 30},

    /* Small letters too, but not "phase w1 1st". */
    {FINDING_POSTCODE, "postcode",
     .pattern = "(?i)\\b(?:GIR\\s{0,2}0AA|(?:[A-Z](?:[0-9][0-9ABCDEFGHJKPSTUW]?|"
                "[A-Z][0-9][0-9ABEHMNPRVWXY]?))\\s{0,2}(?-i:(?!1st|2nd|3rd|[0-9]th))"
                "[0-9][ABD-HJLNP-UW-Z]{2})\\b"},
    {FINDING_POSTCODE, "postcode-district",
     .pattern = "(?i)\\b(?!no\\b)[A-Z]{1,2}[0-9]{1,2}[A-Z]?(?:\\s[0-9]\\b)?(?![\\w])",
     .near = "(?i)\\bpost\\s?code|\\bcod(?:au)?\\s?post", .before = 40, .after = 20},

    {FINDING_UPRN, "uprn", .pattern = "(?<![0-9])[0-9]{4,15}(?![0-9])",
     .near = "(?i)\\bUPRNs?\\b|\\bunique\\s+property\\b", .before = 60, .after = 30},
    {FINDING_UPRN, "uprn-property", .pattern = "(?<![0-9])[0-9]{10,15}(?![0-9])",
     .near = "(?i)\\bpropert|\\bland\\s+charge|\\bgazetteer\\b|\\bLLPG\\b", .before = 60,
     .after = 30},

    /* What singles a council out where its name does not. */
    {FINDING_TELLTALE, "only-one",
     .pattern = "(?i)\\bthe only\\b|\\bthe (?:very )?first\\b|\\bfirst "
                "(?:council|authority|county|borough|in)\\b|\\bnowhere else\\b|\\bunique(?:ly)?\\b|"
                "\\bthe (?:largest|smallest|biggest|oldest|poorest|richest|most \\w+|least "
                "\\w+)\\b|\\bpioneer\\w*|\\baward-winning\\b|\\byr unig\\b|\\by cyntaf\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "exact-date", .pattern = "(?i)" DATE_BODY, .anonymous = true},
    {FINDING_TELLTALE, "exact-sum",
     .pattern = "(?i)\\x{A3}\\s?[0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]{2})?|\\x{A3}\\s?[0-9]+\\.[0-9]{"
                "2}\\b|\\x{A3}\\s?[0-9.]+\\s?(?:m|million|k|bn)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "exact-count",
     .pattern = "(?<![0-9\\x{A3}.,])[0-9]{1,3},[0-9]{3}(?:,[0-9]{3})?(?![0-9])", .anonymous = true},
    {FINDING_TELLTALE, "nation",
     .pattern = "(?i)\\b(?:wales|welsh|scotland|scottish|england|northern ireland|northern "
                "irish|cymru|cymraeg|gaelic|cornish|estyn|senedd|"
                "holyrood|stormont|care inspectorate|ofsted|cosla|wlga)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "tier",
     .pattern = "(?i)\\b(?:county|district|borough|unitary|metropolitan|combined "
                "authority|island|islands|london|coastal|cathedral city|"
                "national park|two-tier)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "programme",
     .pattern = "\\b(?:[A-Z][\\w'\\x{2019}-]+\\s){1,4}(?:Programme|Project|Initiative|Scheme|"
                "Strategy|Partnership|Pilot|Pathfinder|Review|Inquiry|Fund|Plan)\\b",
     .anonymous = true},

    {FINDING_BLAME, "blame",
     .pattern = "(?i)\\b(?:fail(?:ed|ure|s|ing)?\\sto\\b|incompeten\\w+|negligen\\w+|refus(?:ed|es|"
                "al)\\sto\\b|"
                "fault of\\b|to blame\\b|couldn't be "
                "bothered\\b|laz(?:y|iness)\\b|careless\\w*|stupid\\w*|useless\\b|"
                "hopeless\\b|inexcusabl\\w+|should have known\\b|not fit for "
                "purpose\\b|methodd\\b|esgeulus\\w*)"},

    /* What nobody sees, and digits that are not ours, would hide any of the above. */
    {FINDING_UNREAD, "hidden",
     .pattern = "[\\x{AD}\\x{34F}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}\\x{202A}-\\x{202E}\\x{2066}-"
                "\\x{2069}\\x{200B}-\\x{200F}\\x{2060}-\\x{2064}\\x{FEFF}]|(?![0-9])\\p{Nd}"},
};
const size_t gate_rule_count = sizeof gate_rules / sizeof *gate_rules;
