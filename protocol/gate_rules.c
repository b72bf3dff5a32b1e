#include "protocol/gate_checks.h"
#include "protocol/gate_inside.h"

/* What has a format: numbers with their check digits, addresses, references. */

/* Between the parts of a number, in plain digits: what people and line breaks put there; and where
 * its letters or a word tell that it is no list of numbers. */
#define GAP "[ \\r\\n./_-]{0,3}"
#define ANY_GAP "[ \\r\\n.,;:/_-]{0,3}"
/* No other number begins there. */
#define NO_OTHER "(?![ ,]{1,2}0[127][0-9]{3})"
#define LINE_GAP "[ .()/_-]{0,3}"
#define PHONE_GAP "[\\s.;:()/_*\\x{2026}-]{0,4}"
#define COMMA_GAP "[\\s.,()/_*-]{0,4}"
#define TRUNK(gap)                                                                                 \
    "(?:\\(?(?:\\+|00)\\s?\\(?44\\)?" gap "(?:\\(0\\)" gap                                         \
    "|0)?|\\(?0\\)?|\\(0\\)\\s)[1235789][0-9]"
/* No digits before that belong to the same number. */
#define FRESH "(?<![0-9])(?<![0-9][.,-])"
#define MONTH                                                                                      \
    "(?:J(?:an(?:uary)?|une?|uly?)|F(?:eb(?:ruary)?|awrth|ai|ehefin|edi)|M(?:a(?:r(?:ch)?|y|wrth|" \
    "i)|ehefin|edi)|"                                                                              \
    "A(?:pr(?:il)?|ug(?:ust)?|wst)|Sept?(?:ember)?|O(?:ct(?:ober)?|rffennaf)|Nov(?:ember)?|"       \
    "D(?:ec(?:ember)?|achwedd)|Ionawr|Chwefror|Ebrill|Gorffenn?af|Hydref|Tachwedd|Rh?agfyr)"       \
    "(?![a-z])"
#define YEAR "(?:[0-9]{4}|['\\x{2019}]?[0-9]{2})"
#define NTH "(?:st|nd|rd|th|af|ail|il|ydd|ain|eg|fed|ed)?+"
#define DATE_BODY                                                                                  \
    "(?:(?=[0-9])" FRESH "(?:"                                                                     \
    "[0-9]{1,2}+" NTH "[\\s./-]{0,2}+(?:of\\s+|o\\s+)?" MONTH "\\.?(?:[,./-]?\\s*" YEAR ")?"       \
    "|[0-9]{4}[\\s./-]" MONTH "[\\s./-][0-9]{1,2}"                                                 \
    "|[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})"                         \
    "|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2})"                                                         \
    "|\\b(?=[ac-jmnorst])" FRESH MONTH "\\.?\\s{1,8}(?:the\\s)?[0-9]{1,2}" NTH "(?:,?\\s+" YEAR    \
    ")?"                                                                                           \
    ")(?![0-9])"
#define DATE "(?i)" DATE_BODY
/* Codes, not columns. */
#define SORTS                                                                                      \
    "sort(?!ed|s\\b|ing (?!code)| (?:out|order|it|this|that|them|things|by|of|through)\\b)"
/* By the first letter; where no \b follows, what begins so counts, too. */
#define BANK                                                                                       \
    "(?i)\\b(?=[abcdfghlmnprstvw])(?:a(?:[ckoun]{3,6}ts?|cc?t?s?|/c)\\b|"                          \
    "b(?:ank|(?:anc|acs|uilding society|arclays|/soc)\\b)|"                                        \
    "c(?:yfrif|redit "                                                                             \
    "union|(?:heques?|hq|lydesdale|ardiau?)\\b)|d(?:eposit|ebit|(?:idoli|anske)\\b)|"              \
    "first direct\\b|giro\\b|h(?:alifax|sbc)\\b|lloyds\\b|m(?:andate|(?:oney "                     \
    "(?:to|into)|onzo|onese)\\b)|"                                                                 \
    "nat(?:west|ionwide| west)\\b|"                                                                \
    "p(?:ass ?book|repaid|(?:ay(?:ee|able|ments?|roll)?|aid|rincipality|ost office card)\\b)|"     \
    "r(?:efund|(?:evolut|bs)\\b)|" SORTS "|s(?:iec|tanding "                                       \
    "order|(?:rot|otr|rt)\\s?code|(?:c|/c|avings|alary|tarling|kipton|antander|rt)\\b)|"           \
    "t(?:ransfer|(?:al(?:u|wyd|iad|iadau)|sb)\\b)|virgin money\\b|wages\\b)"
/* What stands straight before an account's number, and before a sort code. */
#define LEADS                                                                                      \
    "(?:[^\\w\\n]{1,3}|\\n|\\b(?:is|was|no|num|nos|nr|numbers?|code|yw|rhif|into|to|bank|are|"     \
    "details|"                                                                                     \
    "new|old|it's|its|as|ar|i|i'r)\\b){0,7}"
#define ACCOUNT                                                                                    \
    "(?i)(?<![\\w/])(?:a/cs?|a\\.c|acc?|acc?ts?|a[ckoun]{3,6}ts?|accoutn|bank "                    \
    "ref|acc?\\s?no|cyfrif|cyf "                                                                   \
    "banc|bank|"                                                                                   \
    "banc|roll n(?:o|umber)|kont[ao]|cuenta|compte)(?![a-z])" LEADS
#define SORT                                                                                       \
    "(?i)(?<![\\w/"                                                                                \
    "])(?:s(?:h?ort|rot|otr|rt|or)(?:ing)?[\\s-]?(?:codes?|cdoe|coed|cod)|sort|srt|s/"             \
    "c(?:ode)?|s\\.c|sc(?![0-9]{4}[/-])|s\\s?code|(?:bank|branch) code|c[o\\x{F4}]d "              \
    "(?:didoli|banc)|"                                                                             \
    "rhif didoli|didoli)(?![a-z])" LEADS
/* Codes of books and lists are written like accounts. */
#define NO_ACCOUNT                                                                                 \
    "(?i)\\b(?:budget|cost|centre|ledger|nominal|gl|indicator|objective|subjective|project|"       \
    "invoices?|journals?|suspense|requisition|framework|contract|batch|supplier|vendor|creditor|"  \
    "example|version|asset|permit|ticket|incident|log|fund|lines?|row|anfoneb|[cgn]h?yllideb|"     \
    "orders?|po|uprn|case|job|claim|voucher|vat|charity|company|refs?|reference|born|dob|"         \
    "(?<!in )errors?|build|release|table|serial|model|meter|mpan|isbn)\\b"                         \
    "(?:[^\\w\\n]|\\b(?:cent(?:re|er)|codes?|no|number|id|ref|reference|line|is|was|yw|and|to|"    \
    "from|"                                                                                        \
    "order)\\b|[0-9]){0,8}$|"                                                                      \
    "\\b(?:income|expenditure|net|gross|total|(?:total|amount|sum) (?:paid|spent|owed|due)|spend|" \
    "outturn|debt|unspent|turnover|surplus|deficit|shortfall|revenue|budget|incwm|gwariant|"       \
    "cyfanswm)\\b"                                                                                 \
    "(?:[^\\w\\n]|\\b(?:is|was|of|at)\\b){1,4}$"
#define CODE_OF_BOOKS                                                                              \
    "(?i)\\b(?:(?:cost|ledger|budget|nominal|gl|project|finance|suspense) "                        \
    "(?:codes?|centres?|lines?|accounts?|no)|ledger|codes?|cod|cc)\\W{1,3}$"
/* Where no word near says that it is one: a code of whatever. */
#define NO_ACCOUNT_AT_ALL NO_ACCOUNT "|\\b(?:code|id)\\W{1,3}$"
/* An account is meant where they stand near, and not just money. */
#define ACCOUNTS                                                                                   \
    "(?i)\\b(?:" SORTS                                                                             \
    "|srt\\b|s/c|sc\\b|didoli|a/c|acc?t?s?\\b|a[ckoun]{3,6}ts?(?![a-z])|cyfrif|"                   \
    "bank|banc\\b|building soc|"                                                                   \
    "(?:halifax|barclays|hsbc|lloyds|natwest|santander|nationwide|tsb|monzo)\\b)"
/* Below a heading of a table, some rows on. */
#define COLUMN(heading)                                                                            \
    "(?i)(?:^|[|\\t,;\\n])[ \"]?" heading "[ \"]?(?:[|\\t,;][^\\n]{0,120})?\\n"                    \
    "(?:[^\\n]{1,160}\\n){0,12}[^\\n]{0,160}[|\\t,;][ \"]{0,2}$"
#define ROLL_NUMBER                                                                                \
    "(?<![\\w/.-])(?:[A-Z]{1,3}[ /-]?)?[0-9]{1,9}(?:[ /-][0-9]{1,9}){1,3}(?![\\w/-]|[.,][0-9])"
#define CARD "(?i)\\b(?:cards?|visa|mastercard|maestro|amex|cerdyn)\\b"
/* Where each digit has its box. */
#define BOXED "(?:[ .,;:/_|\\[\\]-]{0,3}|-?\\n)"
#define LAST_DIGITS "[0-9]{3,4}(?:(?:,|,? and|,? or|,? a|,? ac| &|/) ?[0-9]{3,4}){0,3}"
#define PASSPORT "(?i)\\bpass?port|\\bpasbort|\\bBRP\\b|\\bresidence permit\\b"
/* Words before the number of what is filed. */
#define FILED                                                                                      \
    "(?i)\\b(?:ref(?:erence)?s?|applications?|app|complaints?|cases?|claim|cais|cwyn|achos|filed " \
    "(?:with|under|as)|"                                                                           \
    "cyfeirnod|"                                                                                   \
    "cyf|tribunal|licen[cs]e|permit|notice|inquest|incident|crime)\\b"                             \
    "\\W{1,3}(?:(?:no|number|is|yw|rhif)\\W{1,3})?"
/* By these words an account is meant, wherever in the passage they stand. */
#define ACCOUNT_FAR                                                                                \
    "(?i)(?<![\\w/])(?:a/"                                                                         \
    "c|acc|acct|a[ckoun]{3,6}ts?|cyfrif(?:on)?|banks?|banc|" SORTS "|iban|standing "               \
    "orders?|direct debits?)(?![\\w/])"
#define VEHICLE                                                                                    \
    "(?i)\\b(?:reg\\b|regist|vehicle|cars?\\b|vans?\\b|plates?\\b|lorr|hatchback|minibus|taxi|"    \
    "tractor|clamp|parked|parking|estate\\b|saloon|driv|transit|moped|motor|bus\\b|coach|digger|"  \
    "truck|"                                                                                       \
    "wagon|cerbyd|fan\\b|pcn\\b|ticket(?:ed|s)?\\b|blue badge|bathodyn "                           \
    "glas|engine|mot\\b|dvla|windscreen|tyre|bonnet|tow(?:ed|ing)\\b|"                             \
    "anpr|speeding|scrap|breaker|ulez|caz\\b|skip lorry|motability|"                               \
    "fiesta|corsa|volvo|ford\\b|focus|astra|golf\\b|skoda|micra|vauxhall|honda|toyota|nissan|bmw|" \
    "audi|mercedes|"                                                                               \
    "peugeot|renault|citro[e\\x{EB}]n|fiat\\b|hyundai|kia\\b|mazda|vw\\b|volkswagen|polo\\b|"      \
    "passat|clio|"                                                                                 \
    "zafira|mondeo|sprinter|vivaro|range rover|land rover|suzuki|dacia)"
/* "Flat 2/1, 118", "Plot 6", "27-29", "44b" */
#define DWELLING                                                                                   \
    "(?:(?:flat|flt|apt|apartment|unit|room|rear of|fflat|plot|caravan|pitch|bay|no|number|rhif|"  \
    "house|uned|"                                                                                  \
    "(?:ground|first|second|third|top|upper|lower) floor(?: flat)?)\\b\\.?\\s{0,8})"
#define HOUSE                                                                                      \
    "(?=[0-9]|gro|fir|sec|thi|fou|top|upp|low|bas|fla|ffl|flt|uni|c/"                              \
    "o|nu|no|rh|ap|roo|rear|plot|ca|pi|bay|hou|une)"                                               \
    "(?:\\b(?:(?:ground|first|second|third|fourth|top|upper|lower|basement)[ -](?:floor "          \
    ")?(?:flat|floor)|(?:flat|fflat|unit) [a-h]|basement|[0-9]f[0-9]),? )?"                        \
    "(?:\\b(?:c/o|number|no|rhif)\\b\\.?\\s{1,2})?"                                                \
    "(?:" DWELLING "?(?:[0-9]{1,4}+[a-z]?(?:/[0-9]{1,3}+)?\\s?,?\\s{0,2}))?"                       \
    "(?<![0-9\\x{A3}.-])[0-9]{1,4}+[a-z]?(?:\\s?(?:[-/&,\\x{2013}]|and|a)\\s?[0-9]{1,4}[a-z]?)?"
#define STREET_NAME                                                                                \
    "(?=[a-z\\x{C0}-\\x{24F}])(?!" MONTH                                                           \
    ")(?!the\\b|of\\b|and\\b|in\\b|to\\b|a\\b|on\\b|per\\b|days?\\b|weeks?\\b|years?"              \
    "\\b|people\\b|"                                                                               \
    "times\\b|hours?\\b|minutes\\b|calls\\b|out\\b|other\\b|different\\b|x\\b)[a-z\\x{C0}-\\x{"    \
    "24F}][\\w'\\x{2019}.-]{1,24}+"
/* The last words of streets; those that are met everywhere only with a capital. */
#define STREET                                                                                     \
    "(?:(?:a(?:ve(?:nue?|une)?|vneue)|brae|c(?:l(?:ose|soe|oes)?|olse|o(?:urt|ttages)|r(?:es(?:c?" \
    "ent)?|oft))|"                                                                                 \
    "dr(?:ive|ove|vie|iev)|fawr|g(?:rove|ar(?:dens|dnes)|radens|dns)|h(?:ill|ouse)|"               \
    "l(?:ane|oan|aen|nae|n)|mews|p(?:l|arade)|quay|r(?:oad|ow|d|aod|oda)|"                         \
    "s(?:t?re(?:e+t?|t)|te+t|t|quare)|t(?:err(?:ace?)?|erace?|ce)|w(?:alk|harf|ynd))|"             \
    "(?-i:(?=[A-Z])(?:Ct|Crt|Av|AV|Pk|Loke|LOKE|Way|WAY|Rise|RISE|Place|PLACE|View|VIEW|Green|"    \
    "GREEN|Park|PARK|"                                                                             \
    "Gate|GATE|Mount|MOUNT|Vale|VALE|Bank|BANK|Yard|YARD|Chase|CHASE|Fields?|FIELDS?|Meadows?|"    \
    "MEADOWS?|End|END|Side|"                                                                       \
    "SIDE|Buildings|BUILDINGS|Villas|VILLAS|Estate|ESTATE|Fen|FEN|Common|COMMON|Bridge|BRIDGE)))"  \
    "\\b"
#define STREET_CAPITAL                                                                             \
    "(?:Road|Street|Lane|Close|Avenue|Drive|Way|Rise|Court|Place|Gardens|Terrace|Crescent|Hill|"   \
    "Row|Walk|Grove|Square|Wharf|Parade|Mews|Quay|View|Green|Park|Wynd|Brae|Fen|Drove|Common)\\b"
#define NAMED "[A-Z][\\w'\\x{2019}-]{1,30}"
/* Houses that have a name, and those that "the" tells which. */
#define HOUSE_KIND                                                                                 \
    "(?:House|Cottage|Lodge|Farm|Farmhouse|Villa|Barn|Forge|Court|Mill|Rectory|Vicarage|Bungalow|" \
    "Hall|Croft|Steading|Gatehouse|Schoolhouse|Stables|Manse|Parsonage)"
#define SOME_HOUSE "(?:[Tt]he\\s)?(?:" NAMED "\\s){0,3}" HOUSE_KIND
#define THE_HOUSE                                                                                  \
    "[Tt]he\\s(?:old\\s)?(?:house|cottage|lodge|farm|farmhouse|barn|forge|mill|rectory|vicarage|"  \
    "bungalow|hall|croft|steading|gatehouse|schoolhouse|stables|manse|parsonage)"
#define WELSH_HOUSE                                                                                \
    "(?:Hafod|Hendre|Bwthyn|T\\x{177}|T\\x{177}'n|Ty|Ty'n|Tyddyn|Plas|Bryn|Pen|Nant|Cae|Llys|"     \
    "Gelli|Glan|Fron|Gwern|Dolau|Maes|Llwyn|Beudy|Ysgubor|Fferm|Yr\\sHen)"                         \
    "(?:\\s(?:y|yr|" NAMED ")){1,3}"
#define WELSH_STREET                                                                               \
    "(?:Heol|Stryd|Ffordd|Rhodfa|L\\x{F4}n|Lon|Clos|Rhes|Teras|Cilgant|Maes|Trem)"                 \
    "(?:\\s(?:y|yr|" NAMED ")){1,3}"
/* In small letters, too, after a number. */
#define WELSH_KIND                                                                                 \
    "(?:(?-i:Bron|Nant|Cwrt|Gerddi|Rhiw|Coed|Min)|heol|cae|llys|stryd|ffordd|rhodfa|l\\x{F4}n|"    \
    "lon|maes|"                                                                                    \
    "clos|cilgant|trem|glan|pen|tan|bryn|parc|rhes|teras|tai)(?:'r|\\x{2019}r)?[\\s-]"
#define NAME_PART "[\\p{L}][\\p{L}'\\x{2019}-]{1,24}"
#define BIRTH                                                                                      \
    "(?i)(?<!stub)born(?![a-z])|\\bb(?:irth|rith|ith|irht|rth|day)|\\bb\\.(?=\\s|$)|\\bd[./"       \
    "]?\\s?o[./"                                                                                   \
    "]?\\s?b\\b|\\bgeni\\b|\\beni\\b|"                                                             \
    "\\bgan(?:wyd|ed)\\b|\\byob\\b|\\bd/b\\b|\\(b\\s$|\\bp(?:h|m)?en[ -]?blwydd|\\bg\\.\\s?$"      \
    "|\\bturn(?:s|ed|ing)\\b|\\burodz|\\bnac(?:id|im)|\\bnaissance|\\bn\\x{E9}e? le\\b|\\bgeburt"  \
    "|\\bgeb(?:oren|\\.)|\\bn[a\\x{103}]s(?:cut|ter)"
#define DATE_IN_DIGITS                                                                             \
    "(?<![0-9/-])(?:[0-3][0-9][01][0-9][0-9]{2}(?:[0-9]{2})?|"                                     \
    "(?:19|20)[0-9]{2}[01][0-9][0-3][0-9])(?![0-9/-])"
/* After the date, and not of the next. */
#define BIRTH_AFTER                                                                                \
    "(?i)^[^\\n]{0,24}?(?:\\bborn\\b|\\bb(?:irth|day)|\\bd\\.?\\s?o\\.?\\s?b\\b|\\bgeni\\b|"       \
    "\\bpen-?blwydd)"                                                                              \
    "(?!\\W{0,4}[0-9])"
/* How long an account's number is in which country (the IBAN registry). */
#define IBAN_OF(size) ANY_GAP "[0-9]" ANY_GAP "[0-9](?:" ANY_GAP "[A-Z0-9]){" #size "}"
#define IBAN_11 "NO" IBAN_OF(11)
#define IBAN_12 "BE" IBAN_OF(12)
#define IBAN_14 "(?:DK|FI|NL|FO|GL)" IBAN_OF(14)
#define IBAN_15 "(?:MK|SI)" IBAN_OF(15)
#define IBAN_16 "(?:AT|BA|EE|KZ|LT|LU|XK)" IBAN_OF(16)
#define IBAN_17 "(?:CH|HR|LI|LV)" IBAN_OF(17)
#define IBAN_18 "(?:BG|DE|GB|GE|IE|ME|RS)" IBAN_OF(18)
#define IBAN_19 "(?:AE|GI|IL|TL)" IBAN_OF(19)
#define IBAN_20 "(?:AD|CZ|ES|MD|PK|RO|SA|SE|SK|TN|VG)" IBAN_OF(20)
#define IBAN_21 "(?:PT|ST)" IBAN_OF(21)
#define IBAN_22 "(?:IS|TR)" IBAN_OF(22)
#define IBAN_23 "(?:FR|GR|IT|MC|SM|MR)" IBAN_OF(23)
#define IBAN_24 "(?:AL|AZ|CY|DO|GT|HU|LB|PL|BY|SV)" IBAN_OF(24)
#define IBAN_25 "(?:BR|EG|PS|UA|QA)" IBAN_OF(25)
#define IBAN_26 "(?:JO|KW|MU)" IBAN_OF(26)
#define IBAN_27 "(?:MT|SC)" IBAN_OF(27)
#define IBANS                                                                                      \
    IBAN_11 "|" IBAN_12 "|" IBAN_14 "|" IBAN_15 "|" IBAN_16 "|" IBAN_17 "|" IBAN_18 "|" IBAN_19    \
            "|" IBAN_20 "|" IBAN_21 "|" IBAN_22 "|" IBAN_23 "|" IBAN_24 "|" IBAN_25 "|" IBAN_26    \
            "|" IBAN_27
#define PROPERTY                                                                                   \
    "(?i)\\b(?:UPRNs?|U\\.P\\.R\\.N\\.?|(?:unique\\s)?property\\sref(?:erence)?s?|"                \
    "unique\\sproperty|cyfeirnod\\s(?:"                                                            \
    "unigryw\\s)?eiddo)"                                                                           \
    "(?![a-z])"
/* Of telephones. */
#define CALLS                                                                                      \
    "(?i)\\b(?:ring|rings|rang|rung|ringing|call|calls|called|calling|phone|phones|phoned|"        \
    "phoning|tel|"                                                                                 \
    "telephone|telephoned|mob|mobile|text|texts|texted|txt|whatsapp|sms|fax|landline|line|"        \
    "contact|"                                                                                     \
    "ffoniwch|ffonio|ffoniodd|ff[o\\x{F4}]n|galwch|tecstiwch|symudol|llinell|cysylltwch)\\b"
/* What is counted is no number to ring. */
#define NO_UNIT                                                                                    \
    "(?! "                                                                                         \
    "?(?:%|people|residents|households|homes|tenants|families|customers|patients|carers|children|" \
    "pupils|parents|staff|members|times|hours|minutes|days|calls|texts|letters|messages|pounds|"   \
    "miles|"                                                                                       \
    "of (?:it|them|these|those|which)|o bobl|o deuluoedd|o alwadau)\\b)"
/* An address as one says it. */
#define SPELT_DOT "(?:\\s?[\\[({<]\\s?(?:dot|\\.)\\s?[\\])}>]\\s?|\\sdot\\s)"
#define DOT "(?:\\.|" SPELT_DOT ")"
#define JOINED "(?:[._]|" SPELT_DOT "|\\s(?:underscore|dash|hyphen)\\s)"
#define USER                                                                                       \
    "[\\w.+'-]{1,64}(?:" SPELT_DOT                                                                 \
    "[\\w.+'-]{1,64}|\\s(?:underscore|dash|hyphen)\\s[\\w.+'-]{1,64}){0,4}"
#define DOMAIN "[\\w-]{1,63}(?:" DOT "[\\w-]{1,63}){1,8}"
#define DOMAIN_END                                                                                 \
    "(?:uk|com|org|net|gov|nhs|wales|cymru|scot|info|eu|ie|example|edu|io|co|me|london|tv|app)\\b"
#define AT_DOMAIN "(?i)(?<=\\s)(?:at|@)\\s[\\w-]{1,63}(?:\\.\\w|\\s?[\\[({<]|\\sdot\\s)"
#define NUMBER_WORD                                                                                \
    "(?:oh|nought|zero|one|two|three|four|five|six|seven|eight|nine|double|treble|triple)"

/* A date with its year straight after a name is taken for a date of birth: "Lee Ash, 9/8/38,". */
const char gate_date_after_name[] =
    "(?i)\\G(?:\\s[A-Z]\\b)?\\.?\\s?[)'\\x{2019}\"\\x{201D}]?(?:,? "
    "?\\(?[MF]\\)?)?[,;\\t|]?\\s{0,2}\\(?\\s?("
    "(?:[0-9]{1,2}" NTH "[\\s./-]{0,2}(?:of\\s+|o\\s+)?" MONTH "\\.?[,./-]?\\s*" YEAR "|" MONTH
    "\\.?\\s+[0-9]{1,2}" NTH ",?\\s+" YEAR
    "|[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})"
    "|[0-9]{4}[./-][0-9]{2}[./-][0-9]{2}))(?![0-9])";

/* What stands before the name of a place and makes an address of it. */
const char gate_house_before_place[] =
    "(?i)(?<![\\w\\x{A3}])(?:" HOUSE "|" DWELLING
    "[0-9]{1,4}[a-z]?(?:/[0-9]{1,3})?(?:\\s(?:on|in|along|ar|yn)(?:\\s(?:the|y|yr))?(?=\\s))?)"
    "\\s?,?\\s{0,2}$";

#define TEN "(?<![0-9])(?<![0-9]{2}\\.)(?<!0\\.)(?<!-[0-9]\\.)[0-9](?:" GAP "[0-9]){9}(?!\\.?[0-9])"
/* No row of numbers. */
#define TEN_ALONE                                                                                  \
    "(?<![0-9\\x{A3}])(?<![0-9][\\s.,;/_-])[0-9](?:" ANY_GAP "[0-9]){9}(?![0-9]|[\\s.,;/_-][0-9])"

#define MARKS "(\\s?[^\\w\\s\\x{A3}$%]{1,2}\\s?)"
#define TEN_BY_MARKS "(?<![0-9])[0-9]{3}" MARKS "[0-9]{3}\\1[0-9]{4}(?![0-9])"

/* Ours in another shape: fullwidth, mathematical, circled, squared, small capitals. */
#define SHAPED                                                                                     \
    "[\\x{FF21}-\\x{FF3A}\\x{FF41}-\\x{FF5A}\\x{24B6}-\\x{24E9}\\x{1D400}-\\x{1D7CB}\\x{1F110}-"   \
    "\\x{1F169}\\x{1D00}-\\x{1D22}\\x{A730}\\x{262}\\x{26A}\\x{274}\\x{280}\\x{299}\\x{29C}\\x{"   \
    "29F}]"

/* A letter of a script of which no rule and no list knows a word. */
#define FOREIGN                                                                                    \
    "(?=[\\x{530}-\\x{10FFFF}])(?![\\p{Latin}\\p{Greek}\\p{Cyrillic}\\p{Common}\\p{Inherited}])"   \
    "\\p{L}"

/* Capitals of Greek and Cyrillic that look like ours (Unicode's confusables.txt). */
#define TWIN                                                                                       \
    "[\\x{391}\\x{392}\\x{395}-\\x{397}\\x{399}\\x{39A}\\x{39C}\\x{39D}\\x{39F}\\x{3A1}\\x{3A4}"   \
    "\\x{3A5}\\x{3A7}"                                                                             \
    "\\x{405}\\x{406}\\x{408}\\x{410}\\x{412}\\x{415}\\x{41A}\\x{41C}-\\x{41E}\\x{420}-\\x{422}"   \
    "\\x{425}]"

/* The first, the only and the most of a story, which every lesson has: they tell of no place. */
#define NOT_OF_THE_STORY_FIRST                                                                     \
    "(?!\\s(?:(?:full|few|couple of|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|"   \
    "twenty|[0-9]{1,2})\\s)?(?:minutes?|hours?|mornings?|afternoons?|evenings?|nights?|days?|"     \
    "weeks?|weekends?|fortnight|months?|quarters?|half|years?|winter|spring|summer|autumn|"        \
    "visits?|calls?|letters?|meetings?|payments?|drafts?|versions?|steps?|sentence|line|place|"    \
    "instance|time(?! (?:in|any|ever)))\\b)"
#define NOT_OF_THE_STORY_ONLY                                                                      \
    "(?!\\s(?:thing|way|reason|question|answer|difference|exception|problem)s?\\b)"
#define OF_THE_STORY_MOST                                                                          \
    "(?:useful|helpful|important|common|likely|difficult|urgent|experienced|complex|vulnerable|"   \
    "recent|of)\\b"

/* Plans, funds and schemes that every council has. Reviews of a death are published, and few. */
#define EVERYWHERE                                                                                 \
    "\\b(?:(?:The|An?|Our|Each|Every|This|No|Her|His|Their)\\s)?(?:(?:Child Protection|Child in "  \
    "Need|(?:Health and )?Care|Care and Support|Pathway|Support|Safety|Placement|Personal "        \
    "Education|Local|Business|Business Continuity|Action|Corporate|Project) Plan|Medium[ -]Term "  \
    "Financial (?:Plan|Strategy)|Capital Programme|Better Care Fund|Household Support Fund|(?:UK " \
    ")?Shared Prosperity Fund|(?:Supporting|Troubled) Families [Pp]rogramme|Council Tax "          \
    "(?:Reduction|Support) Scheme)\\b(*SKIP)(*FAIL)|"

const struct rule gate_rules[] = {
    {FINDING_CHI_NUMBER, "chi-number", .digit = 1, .pattern = TEN, .holds = check_chi_number},
    {FINDING_NHS_NUMBER, "nhs-number", .digit = 1, .pattern = TEN, .holds = check_nhs_number},
    {FINDING_CHI_NUMBER, "chi-number-odd", .digit = 1, .pattern = TEN_ALONE,
     .holds = check_odd_chi_number},
    {FINDING_NHS_NUMBER, "nhs-number-odd", .digit = 1, .pattern = TEN_ALONE,
     .holds = check_odd_nhs_number},
    /* By threes, with any mark between that is twice the same: 943=476=5919, [943][476][5919]. */
    {FINDING_CHI_NUMBER, "chi-number-marks", .digit = 4, .pattern = TEN_BY_MARKS,
     .holds = check_chi},
    {FINDING_NHS_NUMBER, "nhs-number-marks", .digit = 4, .pattern = TEN_BY_MARKS,
     .holds = check_nhs},
    /* Where it is called one it may be mistyped. */
    {FINDING_NHS_NUMBER, "nhs-number-by-word", .digit = 256,
     .pattern = "(?i)\\b(?:NHS|N\\.H\\.S\\.?|GIG)(?![a-z])" LEADS "([0-9](?:" ANY_GAP
                "[0-9]){9})(?![0-9])",
     .group = 1, .holds = check_no_phone},
    {FINDING_CHI_NUMBER, "chi-number-by-word", .digit = 256,
     .pattern = "(?i)\\bCHI\\b" LEADS "([0-9](?:" ANY_GAP "[0-9]){9})(?![0-9])", .group = 1},

    /* HMRC's manual NIM39110: letters and prefixes that are never given out; QQ is in examples. */
    {FINDING_NI_NUMBER, "ni-number", .digit = 20,
     .pattern = "(?i)(?<![A-Z0-9])(?:(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][ .,;-]?"
                "[A-CEGHJ-NPR-TW-Z]|QQ)(?:" ANY_GAP "[0-9]){6}" ANY_GAP "[A-D](?![A-Z0-9])",
     .holds = check_ni_number},
    {FINDING_NI_NUMBER, "ni-number-by-word", .digit = 12,
     .pattern = "(?i)(?<![A-Z0-9])[A-Z]{2}(?:" ANY_GAP "[0-9]){6}(?:" ANY_GAP "[A-Z])?(?![A-Z0-9])",
     .near = "(?i)\\bnational\\s+insurance\\b|\\bNI\\s+n|\\bN\\.I\\.|\\bNINO\\b|\\byswiriant\\b",
     .before = 40, .after = 25},

    {FINDING_UPN, "pupil-number", .digit = 8,
     .pattern = "(?i)(?<![A-Z0-9])(?![A-Z][0-9]{8}[,;])[A-HJ-NP-RT-Z]" ANY_GAP "(?:[0-9]" ANY_GAP
                "){11}[0-9A-HJ-NP-RT-Z](?![A-Z0-9])",
     .holds = check_upn},
    {FINDING_UPN, "pupil-number-by-word", .digit = 8,
     .pattern = "(?i)(?<![A-Z0-9])[A-Z]" ANY_GAP "(?:[0-9]" ANY_GAP "){11}[0-9A-Z](?![A-Z0-9])",
     .near = "(?i)\\bUPNs?\\b|\\bunique\\s+pupil\\b|\\bpupil", .before = 40, .after = 25},

    {FINDING_BANK, "iban", .digit = 12,
     .pattern = "(?i)(?<![A-Z0-9])(?=[A-Z]{2}" ANY_GAP "[0-9])(?:" IBANS ")(?![A-Z0-9])",
     .holds = check_iban},
    {FINDING_BANK, "iban-uk", .digit = 12,
     .pattern = "(?i)(?<![A-Z0-9])GB" ANY_GAP "[0-9]" ANY_GAP "[0-9](?:" ANY_GAP
                "[A-Z]){4}(?:" ANY_GAP "[0-9]){6,14}(?![0-9])"},
    {FINDING_BANK, "iban-mistyped", .digit = 12,
     .pattern = "(?<![A-Z0-9])(?=[A-Z]{2}" ANY_GAP "[0-9])(?:" IBANS ")(?![A-Z0-9])",
     .holds = check_ten_digits, .near = BANK, .before = 60, .after = 30},
    {FINDING_BANK, "iban-by-word", .digit = 3,
     .pattern = "(?<![A-Z0-9])[A-Z]{2} ?[0-9]{2}(?:[ ./_-]?[A-Z0-9]{2,4}){1,8}(?![A-Z0-9])",
     .near = "(?i)\\bIBAN\\b", .before = 30, .after = 15},
    {FINDING_BANK, "sort-code", .digit = 1,
     .pattern =
         "(?<![0-9/.,;-])[0-9]{2}(\\s?[ ./_-]\\s?|[,;])[0-9]{2}\\1[0-9]{2}(?![0-9-]|[/,;][0-9])",
     .holds = check_no_date, .near = BANK, .before = 60, .after = 40, .unless = NO_ACCOUNT},
    {FINDING_BANK, "sort-code-like-date", .digit = 1,
     .pattern = "(?<![0-9/.-])[0-9]{2}(\\s?[ -]\\s?)[0-9]{2}\\1[0-9]{2}(?![0-9-]|/[0-9])",
     .near = ACCOUNTS, .before = 40, .after = 25,
     .unless = NO_ACCOUNT "|\\b(?:on|since|from|until|by|dated|before|after|ar)\\s$"},
    {FINDING_BANK, "sort-code-by-word", .digit = 256,
     .pattern = SORT "([0-9](?:" BOXED "[0-9]){5})(?![0-9])", .group = 1},
    {FINDING_BANK, "sort-code-mixed", .digit = 1,
     .pattern = "(?<![0-9/.-])[0-9]{2}[ ./-][0-9]{2}[ ./-][0-9]{2}(?![0-9-]|/[0-9])",
     .holds = check_no_date, .near = "(?i)\\b" SORTS "|\\bs/c|\\bdidoli", .before = 40, .after = 20,
     .unless = NO_ACCOUNT},
    /* Over two lines or three. */
    {FINDING_BANK, "sort-code-over-lines", .digit = 1,
     .pattern =
         "(?<![0-9/.-])(?<![0-9]\\n)(?=[0-9]{2}[ ./-]{0,2}(?:[0-9]{2})?[ ./-]{0,2}\\n)"
         "[0-9]{2}[ ./-]{0,2}\\n?[0-9]{2}[ ./-]{0,2}\\n?[0-9]{2}(?![0-9-]|[/\\n][0-9]{1,3}\\b)",
     .holds = check_no_date, .near = ACCOUNTS, .before = 60, .after = 20, .unless = NO_ACCOUNT},
    /* A digit short, or one too many. */
    {FINDING_BANK, "sort-code-mistyped", .digit = 1,
     .pattern = "(?<![0-9/.-])[0-9]{2}-[0-9]{2}-(?:[0-9]|[0-9]{3})(?![0-9-]|[/.][0-9])",
     .holds = check_no_day, .near = ACCOUNTS, .before = 40, .after = 20, .unless = NO_ACCOUNT},
    {FINDING_BANK, "sort-code-masked", .digit = 8,
     .pattern = "(?i)(?<![\\w*#-])(?=[x*#0-9 -]{0,6}[0-9])(?=[0-9 -]{0,6}[x*#])"
                "[x*#0-9]{2}([ -])[x*#0-9]{2}\\1[x*#0-9]{2}(?![\\w*#-])",
     .near = BANK, .before = 60, .after = 40},
    {FINDING_BANK, "sort-code-in-column", .asks = "\\n", .digit = 1,
     .pattern = "(?<![0-9/.,-])[0-9]{2}([ ./-]?)[0-9]{2}\\1[0-9]{2}(?=\"?\\s?(?:[|\\t,;\\n]|$))",
     .near = COLUMN("(?:sort(?:ing)?\\s?code|cod didoli|s/c|sc|sort)"), .before = 900, .after = 0},
    {FINDING_BANK, "sort-code-no-date", .digit = 1,
     .pattern = "(?<![0-9/.-])[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9/-])", .holds = check_no_date,
     .unless = NO_ACCOUNT},
    {FINDING_BANK, "sort-code-and-account", .digit = 1,
     .pattern = "(?<![0-9-])[0-9]{2}([ ./_,;-]?)[0-9]{2}\\1[0-9]{2}(?:[ ,;/_-]|\\.(?= "
                ")|(?<=[0-9]\\.[0-9]{2})\\.){1,3}(?:and |a/c |acc(?:ount)? "
                "|no\\.? ){0,2}"
                "(?:[0-9]{8}|[0-9]{4}[ -][0-9]{4})(?![0-9])"},
    {FINDING_BANK, "sort-code-then-account", .digit = 1,
     .pattern = "(?<![0-9\\x{A3}-])[0-9]{6}[,;]? (?:then |and |with )?(?:[0-9]{8}|[0-9]{4} "
                "[0-9]{4})(?![0-9])",
     .near = BANK, .before = 160, .after = 60},
    {FINDING_BANK, "account-and-sort-code", .digit = 1,
     .pattern =
         "(?<![0-9-])(?:[0-9]{8}|[0-9]{4}[ -][0-9]{4})[ ,;./_(-]{1,3}(?:[0-9]{2}-[0-9]{2}-[0-9]{2}|"
         "[0-9]{2} [0-9]{2} [0-9]{2}|[0-9]{6})(?![0-9])",
     .near = BANK, .before = 60, .after = 30},
    {FINDING_BANK, "fourteen", .digit = 1, .pattern = "(?<![0-9])[0-9]{14}(?![0-9])", .near = BANK,
     .before = 60, .after = 30, .unless = NO_ACCOUNT},
    {FINDING_BANK, "account-by-word", .digit = 256,
     .pattern = ACCOUNT "([0-9](?:" BOXED "[0-9]){7}|0[0-9]{8}|[0-9]{3}[ -][0-9]{4}|[0-9]{4}[ "
                        "-][0-9]{3})(?![ ./_-]?[0-9])",
     .group = 1, .holds = check_called_account},
    {FINDING_BANK, "account-number", .digit = 1,
     .pattern = "(?<![0-9\\x{A3}-])(?<![0-9][,/])(?:[0-9]{4}[ -][0-9]{4}|[0-9]{6,8}|[0-9]{2}([ "
                "-])[0-9]{2}\\1[0-9]{2}\\1[0-9]{2})(?![0-9]|[.,-][0-9])" NO_UNIT,
     .holds = check_account, .near = BANK "|(?<![0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}(?![0-9])",
     .before = 60, .after = 30, .unless = NO_ACCOUNT},
    /* As one would write a date, or a sum. */
    {FINDING_BANK, "account-like-date", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}/-])(?<![0-9][.,])[0-9]{8}(?![\\w/-]|[.,][0-9])" NO_UNIT,
     .holds = check_like_date,
     .near = ACCOUNTS "|(?<![0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}\\W{1,3}(?:number\\W)?$", .before = 40,
     .after = 0,
     .unless =
         NO_ACCOUNT "|\\b(?:on|since|from|until|by|dated?|before|after|ar|opened|closed|of|for|"
                    "at|ending|year|period|and|to|than|file)\\W{1,3}$"},
    {FINDING_BANK, "account-over-lines", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}.,/-])(?<![0-9][\\s.,/-])[0-9]{2,6}-?\\n[0-9]{2,6}(?![\\w/"
                "-]|[\\s.,][0-9])",
     .holds = check_account_of_eight, .near = ACCOUNTS, .before = 60, .after = 20,
     .unless = NO_ACCOUNT},
    {FINDING_BANK, "account-spread", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}.,/-])(?<![0-9][\\s.,/-])[0-9](?:[ "
                ".-]?[0-9]){7}(?![\\w/-]|[\\s.,][0-9])" NO_UNIT,
     .holds = check_account_of_eight, .near = ACCOUNTS, .before = 60, .after = 20,
     .unless = NO_ACCOUNT},
    {FINDING_BANK, "account-in-column", .asks = "\\n", .digit = 1,
     .pattern =
         "(?<![\\w\\x{A3}.,/-])(?:[0-9]{6,10}|[0-9]{4}[ -][0-9]{4})(?=\"?\\s?(?:[|\\t,;\\n]|$))",
     .near =
         COLUMN("(?:(?:bank )?a(?:ccount|cct?|/c)(?: (?:no|number|num))?\\.?|(?:rhif )?cyfrif)"),
     .before = 900, .after = 0},
    {FINDING_BANK, "account-long", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}-])(?<![0-9][.,/])[0-9]{9,12}(?![\\w-]|[.,/][0-9])" NO_UNIT,
     .near = "(?i)\\b(?:bank|building soc\\w{0,5}|savings|credit union|post office|undeb credyd|"
             "cymdeithas adeiladu)\\b[^.\\n]{0,32}$",
     .before = 60, .after = 0, .unless = NO_ACCOUNT},
    {FINDING_BANK, "bank-of-account", .asks = "(?i)\\b(?:BIC|SWIFT)\\b",
     .pattern = "(?i:\\b(?:BIC|SWIFT)\\b)" LEADS "([A-Z]{6}[A-Z0-9]{2}(?:[A-Z0-9]{3})?)(?![\\w])",
     .group = 1},
    /* The heading of a table, or a sentence before. */
    {FINDING_BANK, "account-far", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}-])(?<![0-9][.,/])[0-9]{8}(?![\\w-]|[.,/][0-9])" NO_UNIT,
     .holds = check_account_alone, .near = ACCOUNT_FAR, .before = 240, .after = 120,
     .unless = NO_ACCOUNT_AT_ALL},
    {FINDING_BANK, "roll-number", .digit = 192,
     .pattern = "(?i)\\b(?:roll|pass\\s?book|savings\\sbook)\\s?(?:no|num|number|ref)\\b\\.?"
                "(?: ?\\([^)\\n]{1,24}\\))?[^\\w\\n]{0,3}(?:(?:is|was|of)\\b[^\\w\\n]{0,2})?"
                "([A-Z0-9][A-Z0-9]{0,8}(?:[ ./-]{1,3}(?-i:[A-Z0-9]){1,10}){0,4})(?![\\w])",
     .group = 1, .holds = check_five_digits},
    {FINDING_BANK, "roll-alone", .digit = 16,
     .pattern = "(?i)(?<!on )\\b(?:roll|pass\\s?book)[ "
                ":]{1,2}([A-Z]{0,3}[ /]?[0-9]{5,9}[/-][0-9]{1,9}|(?-i:[A-Z]{1,3})[ "
                "/-]?[0-9]{5,10})(?![\\w/-])",
     .group = 1},
    {FINDING_BANK, "roll-far", .digit = 5, .pattern = ROLL_NUMBER, .holds = check_roll_number,
     .near =
         "(?i)\\b(?:roll\\s?n|pass\\s?book|savings\\sbook|building\\ssociety\\s(?:ref|n|account))",
     .before = 160, .after = 0},
    {FINDING_BANK, "roll-near", .digit = 5, .pattern = ROLL_NUMBER, .holds = check_roll_number,
     .near = "(?i)\\b(?:roll|rholyn|society|cymdeithas adeiladu|nationwide|skipton|principality|"
             "savings|llyfr)\\b[^\\n]{0,24}$",
     .before = 48, .after = 0},
    {FINDING_BANK, "last-digits", .digit = 320,
     .pattern =
         "(?i)\\b(?:(?:last|final)\\s(?:4|four|3|three)\\s(?:digits?|numbers?|of\\s(?:(?:the|his|"
         "her|"
         "their|my)\\s)?"
         "(?:card|account))|(?:pedwar|4|tri|3)\\s(?:digid|rhif|ffigur)(?:au)?\\solaf)"
         "(?:\\s(?:of|on|the|his|her|their|my|card|account|is|are|was|were|being|as|yw|ei|y|cerdyn|"
         "cyfrif)){0,7}[ :,(=-]{0,3}(" LAST_DIGITS ")(?![\\w])",
     .group = 1},
    {FINDING_BANK, "last-of-card", .digit = 64,
     .pattern = "(?i)\\b(?:last|final)\\s(?:4|four)\\b(?:\\s(?:is|are|was|were|being|as)){0,2}[ "
                ":,(=-]{1,3}"
                "(" LAST_DIGITS ")(?![\\w])",
     .group = 1, .near = BANK "|" CARD, .before = 60, .after = 40},
    {FINDING_BANK, "digits-that-are-last", .digit = 1,
     .pattern = "(?<![\\w.,\\x{A3}-])[0-9]{4}(?=\\W{1,3}(?:(?:is|are|was|were|being|as)\\s)?"
                "(?:(?:the|her|his|their)\\s)?last\\s(?:4|four)\\b)",
     .near = BANK "|" CARD, .before = 60, .after = 60},
    {FINDING_BANK, "masked", .digit = 128,
     .pattern = "(?i)\\b(?:a/"
                "c|acc?t?|a[ckoun]{3,6}ts?|cards?|cyfrif)\\b[^\\w\\n]{0,4}(?:(?:no|number)\\b[^"
                "\\w\\n]{0,3})?"
                "((?:[*x#]{2,12}[ -]?){1,4}[0-9]{2,4})(?![\\w])",
     .group = 1},
    {FINDING_BANK, "card-masked", .digit = 1,
     .pattern = "(?i)(?<![\\w])[2-6][0-9]{3}[ -]?[0-9x*#]{2}[x*#]{2}[ -]?[x*#]{4}[ "
                "-]?[x*#]{0,3}[0-9]{1,4}(?![\\w])"},
    {FINDING_BANK, "member", .digit = 64,
     .pattern = "(?i)\\bmember(?:ship)?\\s(?:no|num|number)\\b\\.?[^\\w\\n]{0,3}(?:(?:is|was)\\b )?"
                "([A-Z]{0,3}[0-9]{4,9}(?:[/-][0-9]{1,4})?)(?![\\w/-])",
     .group = 1, .near = "(?i)\\bcredit union|\\bbuilding society|\\bundeb credyd", .before = 80,
     .after = 40},
    {FINDING_BANK, "member-by-word", .digit = 64,
     .pattern = "(?i)\\b(?:credit union|undeb "
                "credyd)\\b[^.\\n0-9]{0,16}\\b(?:number|no|a/c|acc\\w{0,5}|cyfrif|"
                "aelod|ref)\\b[^\\w\\n]{1,3}([0-9]{4,9})(?![\\w/-])",
     .group = 1},
    {FINDING_BANK, "secret-of-card", .digit = 40,
     .pattern = "(?i)\\b(?:PIN|CVV2?|CVC|security "
                "code)\\b(?:[^\\w\\n]{1,3}|\\b(?:is|was|no|number|code)\\b)"
                "{0,5}([0-9]{3,4})(?![\\w])",
     .group = 1, .near = "(?i)\\bcards?\\b|\\bbank|\\baccount", .before = 60, .after = 40},
    {FINDING_BANK, "security-code", .digit = 40,
     .pattern = "(?i)\\b(?:CVV2?|CVC)\\b(?:[^\\w\\n]{1,3}|\\b(?:is|was|no|number|code)\\b)"
                "{0,5}([0-9]{3,4})(?![\\w])",
     .group = 1},
    {FINDING_BANK, "card-expires", .digit = 40,
     .pattern = "(?i)\\b(?:exp|expiry|expires?|valid "
                "(?:to|until|thru))\\b[^\\w\\n]{0,3}(?:(?:date|end)\\b[^\\w"
                "\\n]{1,2})?((?:0[1-9]|1[0-2])\\s?[/-]\\s?(?:20)?[0-9]{2})(?![0-9/-])",
     .group = 1, .near = CARD, .before = 60, .after = 40},
    {FINDING_BANK, "ends-in", .digit = 256,
     .pattern = "(?i)\\b(?:account|card|cerdyn|a/"
                "c|acc?t?|cyfrif)\\b[^.\\n]{0,24}\\b(?:end(?:s|ing|ed)|begin(?:s|ning)|start(?:s|"
                "ing)|finish(?:es|ing)|gorffen)\\s(?:in\\s|with\\s|on\\s|"
                "yn\\s|gyda\\s|mewn\\s)?[*.#x-]{0,4}([0-9]{3,5}(?:,?\\s(?:not|and|or|nid|neu)\\s[0-"
                "9]{3,5})?)\\b",
     .group = 1},
    {FINDING_BANK, "one-that-ends-in", .digit = 64,
     .pattern = "(?i)(?:\\b(?:end(?:s|ing)|finish(?:es|ing)|gorffen)\\s(?:in\\s|with\\s|yn\\s|"
                "gyda\\s|mewn\\s)?|\\x{2026}\\s?|\\.{3}"
                "\\s?|\\*{2,}\\s?|"
                "x{2,}\\s?)((?!19|20)[0-9]{3,5}(?:,?\\s(?:not|and|or|nid|neu)\\s[0-9]{3,5})?)\\b",
     .group = 1, .near = BANK "|" CARD, .before = 60, .after = 40},
    {FINDING_BANK, "card-digits", .digit = 40,
     .pattern = "(?i)\\b(?:card|visa debit|cerdyn)(?:\\s(?:no|num|number))?\\b\\.?[ "
                ":(#*-]{1,3}((?!19|20)[0-9]{4})(?![\\w]|[.,/-][0-9])" NO_UNIT,
     .group = 1},
    {FINDING_BANK, "begins-with", .digit = 1,
     .pattern = "(?i)(?<![\\w-])(?:[0-9]{2,4}[ -]){0,3}[0-9]{2,6}[ -]?[x*]{2,4}(?:[ "
                "-]?[x*]{2,4}){0,3}(?![\\w])",
     .near = BANK, .before = 60, .after = 30},
    {FINDING_BANK, "masked-middle", .digit = 1,
     .pattern = "(?i)(?<![\\w])[0-9]{1,6}[ -]?[x*#]{2,12}[ -]?[0-9]{1,6}(?![\\w])",
     .near = BANK "|" CARD, .before = 60, .after = 40},
    {FINDING_BANK, "card", .digit = 1,
     .pattern = "(?<![0-9])(?<![0-9][.])(?=4|5[1-5]|2[2-7]|3[47]|6[0457])[0-9](?:" GAP
                "[0-9]){14,15}(?![0-9])",
     .holds = check_card},
    {FINDING_BANK, "card-marks", .digit = 8,
     .pattern = "(?<![0-9])[2-6][0-9]{3}" MARKS "[0-9]{4}\\1[0-9]{4}\\1[0-9]{4}(?![0-9])",
     .holds = check_card},
    {FINDING_BANK, "card-mistyped", .digit = 256,
     .pattern = "(?i)\\bcard\\b" LEADS "([2-6][0-9]{3}(?:" ANY_GAP "[0-9]{4}){2}" ANY_GAP
                "[0-9]{3,4})(?![0-9])",
     .group = 1},
    /* Mistyped, and no row of figures. */
    {FINDING_BANK, "card-fours", .digit = 1,
     .pattern = "(?<![0-9])(?<![0-9][ .,-])(?=4|5[1-5]|2[2-7]|6[0457])[0-9]{4}([ "
                "-]?)[0-9]{4}\\1[0-9]{4}\\1[0-9]{4}"
                "(?![0-9]|[ .,-][0-9])",
     .near = "(?i)\\bcards?\\b|\\bvisa\\b|\\bmastercard\\b|\\blong number\\b|\\bpay|\\bpaid\\b|"
             "\\bbank",
     .before = 60, .after = 40},
    {FINDING_BANK, "card-by-word", .digit = 1,
     .pattern = "(?<![0-9])[2-6](?:" ANY_GAP "[0-9]){12,18}(?![0-9])", .holds = check_card_digit,
     .near = "(?i)\\bcards?\\b|\\bvisa\\b|\\bmastercard\\b|\\bPAN\\b", .before = 40, .after = 20},

    /* DVLA's INF104: two letters, the age, three letters; before 2001 a letter at the front, at the
     * end; Northern Ireland has its own. */
    {FINDING_VEHICLE, "vehicle", .digit = 8,
     .pattern = "(?i)\\b[A-HJ-PR-Y]{2}(?-i:[0-7][0-9])[ -]?[A-HJ-PR-Z]{3}\\b",
     .holds = check_written_alike},
    {FINDING_VEHICLE, "vehicle-small", .digit = 16,
     .pattern = "(?i)\\b[A-HJ-PR-Y] ?[A-HJ-PR-Y][ .-]?[0-7] ?[0-9][ .-]?[A-HJ-PR-Z] ?[A-HJ-PR-Z] "
                "?[A-HJ-PR-Z]\\b",
     .near = VEHICLE, .before = 60, .after = 40},
    {FINDING_VEHICLE, "vehicle-old", .digit = 16,
     .pattern =
         "(?i)\\b(?:[A-HJ-NP-TV-Y][0-9]{1,3}[ -]?[A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3}[ -]?[0-9]{1,3}[ -]?"
         "[A-HJ-NPR-TV-Y]|(?:[A-Z]{1,2}[IZ]|[A-Z][IZ][A-Z])[ -]?[0-9]{1,4})\\b",
     .near = VEHICLE, .before = 60, .after = 40},
    {FINDING_VEHICLE, "vehicle-undated", .digit = 4,
     .pattern = "\\b(?:[A-Z]{1,3} [0-9]{1,4}|[0-9]{1,4} [A-Z]{1,3})\\b",
     .near = "(?i)\\b(?:number|private|cherished|personal(?:ised)?) "
             "plates?\\W{0,3}$|\\breg(?:istration)?\\W{1,3}$",
     .before = 24, .after = 0},
    /* Of Northern Ireland, in a text that is not all in capitals. */
    {FINDING_VEHICLE, "vehicle-irish", .digit = 4,
     .pattern = "(?<![A-Z] |[A-Z0-9/.-])(?:[A-Z]{2}Z|[A-Z][IZ][A-Z]) "
                "(?!19|20)[0-9]{4}(?![A-Z0-9/-]| [A-Z]{2})"},
    /* Of 1963 to 2001, with its space, in a text that is not all in capitals. */
    {FINDING_VEHICLE, "vehicle-of-old", .digit = 4,
     .pattern = "(?<![A-Z] |[A-Z0-9/.-])(?:[A-HJ-NP-TV-Y][0-9]{2,3} [A-HJ-PR-Y]{3}|[A-HJ-PR-Y]{3} "
                "[0-9]{2,3}"
                "[A-HJ-NPR-TV-Y])(?![A-Z0-9/-]| [A-Z]{2})"},

    {FINDING_URL, "url",
     .pattern = "(?i)\\b(?:https?|ftp)://[^\\s)>\\]\"]{1,400}[^\\s)>\\].,;:'\"?!]"},
    {FINDING_URL, "url-www",
     .pattern = "(?i)(?<![\\w.])www\\.[^\\s)>\\]\"]{1,400}[^\\s)>\\].,;:'\"?!]"},
    {FINDING_URL, "url-bare",
     .pattern = "(?i)(?<![@\\w./"
                "-])(?:[a-z0-9-]{1,63}\\.){1,5}(?:uk|cymru|wales|scot|com|org|net|info|eu|ie|"
                "example|gov|edu|io|app|me|tv|co|london)\\b(?:/"
                "[^\\s)>\\]\"]{0,400}[^\\s)>\\].,;:'\"?!])?(?![@\\w])"},
    {FINDING_URL, "handle", .asks = "@", .pattern = "(?<![\\w.@/])@\\w{3,30}\\b(?!\\.\\w)"},

    {FINDING_CASE_REF, "reference", .digit = 64,
     .pattern = "(?i)(?:(?<![\\w/-])|(?<=(?-i:[a-z]))(?=(?-i:[A-Z]{2,8})/))(?=[A-Z/"
                "-]*[0-9])(?-i:[A-Z]{1,8}[0-9]{0,4})(?:\\s?[/"
                "-]\\s?(?-i:[A-Z0-9l]{1,8})){1,5}(?:/(?-i:[a-z]))?(?![\\w/-])",
     .holds = check_reference, .unless = CODE_OF_BOOKS},
    {FINDING_CASE_REF, "reference-digits-first", .digit = 1,
     .pattern = "(?i)(?<![\\w/-])[0-9]{2,4}[/-](?:[0-9]{3,7}(?:[/"
                "-][A-Z]{1,8}[0-9]{0,2}){1,2}|[A-Z]{1,6}[/-]?[0-9]{2,7}|"
                "[0-9]{5,7}|[0-9]{4,6}/"
                "[0-9]{2}|[0-9]{2}[A-Z]{3}[0-9]{2})(?:\\s(?-i:FUL|FULL|HOUSE|HSE|COU|OUT|LBC|"
                "ADV|RES|REM|TPO)\\b)?(?![\\w/-])",
     .unless = CODE_OF_BOOKS},
    {FINDING_CASE_REF, "reference-small", .digit = 64,
     .pattern = FILED "((?-i:[a-z]{1,6}[/-][a-z0-9]{1,8}(?:[/-][a-z0-9]{1,8}){0,4}))(?![\\w/-])",
     .group = 1, .holds = check_three_digits},
    {FINDING_CASE_REF, "reference-apart", .digit = 64,
     .pattern = FILED "((?-i:(?=[A-Z./_ -]{0,20}[0-9])(?:[A-Z]{1,6}|[0-9]{2,4})(?:[ ./_-]{1,3}"
                      "(?:[A-Z]{2,5}|[0-9]{2,7})){1,4}))(?![\\w/-])",
     .group = 1, .holds = check_four_digits_and_a_letter},
    {FINDING_CASE_REF, "reference-of-year", .digit = 64,
     .pattern = FILED "((?:(?:19|20)[0-9]{2}|[0-9]{2})/[0-9]{3,6})(?![\\w/-])", .group = 1,
     .holds = check_no_year},
    /* In Welsh as it changes, or mistyped, or four digits alone. */
    {FINDING_CASE_REF, "reference-by-slip", .digit = 64,
     .pattern =
         "(?i)\\b(?:(?:n?g|ch)yfeirnod|cyfeirnod|n?ghyfeirnod|achos(?:ion)?|ffeil|ng?h?wyn|"
         "[cg][wŵ]yn|cyf|ref(?:[a-z]{2,5}ce)?|rfe|csae|caes)"
         "(?:\\s(?:rhif|no|number|cwyn|yr achos))?[ .:(]{0,3}"
         "((?=[A-Z./-]{0,6}[0-9])(?:(?-i:[A-Z]{1,5})[/-]?)?[0-9]{2,7}(?:[/-][A-Z0-9]{1,7}){0,3})"
         "(?![\\w/-]|[.,][0-9])" NO_UNIT,
     .group = 1, .holds = check_filed},
    {FINDING_CASE_REF, "reference-of-day", .digit = 64,
     .pattern =
         "(?i)\\b(?:incident|log|cad|crime)\\b\\W{1,3}(?:(?:no|number|ref)\\b\\W{1,3})?([0-9]{2,5} "
         "of "
         "(?:[0-9]{1,2}" NTH " " MONTH "|[0-9]{1,2}[./-][0-9]{1,2})(?:[ ./-]" YEAR ")?)(?![\\w])",
     .group = 1},
    {FINDING_CASE_REF, "reference-by-word", .digit = 128,
     .pattern =
         "(?i)\\b(?=[ac-fijl-pr-u])(?<!build )(?<!ledger )(?<!journal )(?<!purchase )(?<!budget )"
         "(?:a(?:cc(?:t|ount)?|pp(?:lications?)?|/"
         "c)|c(?:a(?:is|ll|se)|laim|omplaints?|rime|wyn|yf(?:eirnod)?)|"
         "decisions?|e(?:ir|nforcement)|f(?:oi|ile|ine)|i(?:d|ncident)|job|l(?:as|cs|icen[cs]e|og)|"
         "mosaic|"
         "n(?:o(?:tice)?|umber)|o(?:mbudsman|rder)|p(?:cn|enalty|ermission)|r(?:ef(?:erence)?s?|"
         "hif)|"
         "s(?:ar|wift)|t(?:enancy|icket|ribunal)|utr)\\b(?:(?<=no)\\.)?[^.\\w\\n]{0,4}"
         "(?:ref(?:erence)?|no|number|rhif)?[^.\\w\\n]{0,4}\\(?"
         "((?:[A-Z]{1,6}[ /-]?)?[0-9](?:[A-Z0-9]|[/-](?=[0-9A-Z])|[ "
         "](?=[0-9])){3,14}[0-9A-Z])(?![\\w])",
     .group = 1, .holds = check_five_digits},
    /* An account, or a number of a person or a case: nothing near tells which. */
    {FINDING_CASE_REF, "eight-digits", .digit = 1,
     .pattern =
         "(?<![\\w\\x{A3}-])(?<![0-9][.,/])(?<![0-9]\\t)[0-9]{8}(?![\\w-]|[.,/\\t][0-9])" NO_UNIT,
     .holds = check_account_alone, .unless = NO_ACCOUNT_AT_ALL},
    /* So many digits in one are somebody's or something's number, if nothing else tells whose. */
    {FINDING_CASE_REF, "long-number", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}/+-])(?<![0-9][.,])[0-9]{9,12}(?![\\w/-]|[.,][0-9])" NO_UNIT,
     .holds = check_account_alone, .unless = NO_ACCOUNT_AT_ALL},
    {FINDING_CASE_REF, "reference-letters-and-eight", .digit = 8,
     .pattern = "(?<![\\w\\x{A3}/-])(?!PO |GL |CC |VAT |UPRN |ID |ISBN |TEL |MOB |NHS |ACC |AC |SC "
                "|LINE |CODE )"
                "[A-Z]{2,5} [0-9]{8}(?![\\w-]|[.,/][0-9])",
     .unless = NO_ACCOUNT},
    {FINDING_CASE_REF, "reference-of-four", .digit = 8,
     .pattern = "(?<![\\w/-])[A-Z]{2,5}[0-9]{4}(?![\\w/-])",
     .near = "(?i)\\b(?:ref(?:erence)?s?|invoices?|case|claim|orders?|applications?|tickets?|jobs?|"
             "complaints?|"
             "licen[cs]es?|permits?|notices?|cyf|cyfeirnod|anfoneb(?:au)?)\\b[^.\\n]{0,24}$",
     .before = 40, .after = 0},
    {FINDING_CASE_REF, "reference-joined", .digit = 5,
     .pattern = "(?<![\\w/-])(?![EWSNKJ][0-9]{8}\\b)[A-Z]{1,5}[0-9]{5,9}(?![\\w/-])"},
    {FINDING_CASE_REF, "passport", .asks = PASSPORT, .digit = 8,
     .pattern = "(?i)\\b[A-Z]{0,2}[0-9](?:[ .-]?[0-9]){6,8}(?![\\w])", .near = PASSPORT,
     .before = 40, .after = 20},
    /* Five letters of the name, the birth, initials (DVLA's INF1D). */
    {FINDING_CASE_REF, "driving-licence", .digit = 24,
     .pattern = "(?i)(?<![A-Z0-9])(?:[A-Z]{5}|[A-Z]{4}9|[A-Z]{3}99|[A-Z]{2}999)[ "
                "-]?[0-9][0156][0-9][0-3][0-9]{2}[ -]?"
                "[A-Z9]{2}[ -]?[0-9A-Z][ -]?[A-Z]{2}(?:[ -]?[0-9]{2})?(?![A-Z0-9])"},
    /* Of courts and tribunals. */
    {FINDING_CASE_REF, "reference-of-court", .digit = 8,
     .pattern = "(?i)\\b(?:[A-Z]{2}[0-9]{2}[CDFPZ][0-9]{5}|sc[0-9]{3}/[0-9]{2}/[0-9]{5}|[0-9]{7}/"
                "20[0-9]{2})\\b"},
    /* "CPL 0047/25", and not "SI 2014/55" */
    {FINDING_CASE_REF, "reference-by-number", .digit = 8,
     .pattern = "(?<![\\w/-])[A-Z]{2,5} (?!(?:19|20)[0-9]{2}/)[0-9]{3,6}/[0-9]{2}(?![\\w/-])"},
    /* "FOI 7729/A", "PPN 26/40918": what is called so is filed, however short. */
    {FINDING_CASE_REF, "reference-of-request", .digit = 24,
     .pattern =
         "\\b(?:FOIA?|EIR|SAR|DSAR|PPN|VPR|LGO|LGSCO|SPSO|PSOW|NIPSO|ICO|URN|CRN|DR) "
         "?(?:[Nn]o\\.? ?|[Rr]ef\\.? ?)?((?=[^ ]{0,8}[0-9]{3})[0-9]{1,8}(?:[/-][0-9A-Z]{1,8}){0,3})"
         "(?![\\w/-])"},
    {FINDING_CASE_REF, "ombudsman", .digit = 1,
     .pattern = "(?<![0-9/.-])[0-9]{2}([ -])[0-9]{3}\\1[0-9]{3}(?![0-9-])"},
    {FINDING_CASE_REF, "citation", .digit = 1,
     .pattern = "\\[[0-9]{4}\\] (?:[A-Z]{2,6}|[A-Z][A-Za-z]{1,6})(?: [A-Za-z]{2,6})? [0-9]{1,5}(?: "
                "\\([A-Z][A-Za-z]{1,8}\\))?"},

    {FINDING_ADDRESS, "address", .digit = 96, .asks = "(?i)\\s" STREET,
     .pattern =
         "(?i)(?:(?<![\\w\\x{A3}])|(?=[0-9])(?<=from|\\bto|\\bat))" HOUSE
         ",?\\s{0,2}(?:" STREET_NAME "\\s{1,2}){1,3}" STREET
         "(?:\\s(?-i:Chambers|Cottages|House|Court|Mews|Flats|Buildings|Villas|Lodge)\\b)?"
         "(?:,? \\((?:[0-9]{1,2}/[0-9]{1,2}|basement|(?:ground|top|first|second) floor)\\))?"},
    /* On a form, whatever stands there. */
    {FINDING_ADDRESS, "address-label", .asks = "(?i)addr|cyfeiriad",
     .pattern =
         "(?im)(?:^|[|;\\t.,]|[a-z] {2,8})[ *-]{0,3}(?:(?:home|current|previous|last|new|old|"
         "forwarding|site|property|tenant's|client's|child's|full) )?(?:address|addr|cyfeiriad)"
         "(?: of (?:the )?(?:property|premises|site|child|tenant))?[ \\t]?[:|][ \\t]{0,8}+"
         "(?!(?:not?|none|unknown|as|n/?a|see|same|please|is|the same|withheld|to|for|line)\\b)"
         "((?=[^\\n|;\\t]{0,60}(?-i:[A-Z]))(?:(?![ ,(](?:tel|phone|mob|e-?mail|dob|d\\.o\\.b|born|"
         "nhs|ni|uprn|ref|post ?code|since|moved|council|landlord|tenant|account|name|and|where|"
         "which|is|was|has)\\b|[.?!](?:\\s|$))[^\\n|;\\t:@]){4,90})",
     .group = 1},
    {FINDING_ADDRESS, "address-flat", .digit = 48,
     .pattern = "(?i)\\b(?:flat|apt|apartment|fflat)\\.?\\s{0,3}[0-9]{1,4}[a-z]?\\b\\s{0,3},?(?:"
                "\\s{0,3}" STREET_NAME "){1,3}?\\s{1,2}"
                "(?:" STREET "|house|court|lodge|point|heights|tower|mansions|buildings)"},
    {FINDING_ADDRESS, "address-flat-number", .digit = 48,
     .pattern = "(?i)(?:\\bblock [a-z0-9]{1,2},? "
                ")?\\b(?:flat|apt|apartment|fflat)\\s?[0-9]{1,4}[a-z]?\\b"},
    {FINDING_ADDRESS, "address-flat-letter",
     .pattern = "\\b(?:Flat|Fflat|FLAT|FFLAT|flat|fflat) [A-H],? (?:" NAMED
                " ){1,3}(?:" STREET_CAPITAL "|House|Lodge|Heights|Tower|Mansions|HOUSE|COURT)"},
    {FINDING_ADDRESS, "address-quoted",
     .pattern = "[\"'\\x{2018}\\x{201C}]" NAMED "(?: " NAMED
                ")?[\"'\\x{2019}\\x{201D}] ?, ?(?:[0-9]{1,4}[a-z]? )?(?:" NAMED
                " ){1,2}(?:Loke|" STREET_CAPITAL ")"},
    {FINDING_ADDRESS, "address-small",
     .pattern = "(?i)\\b(?:lives?|living|lived|stays?|staying|moved|addr|address|home)\\b\\W{1,3}(?"
                ":(?:at|to|in|is)\\s)?"
                "((?:the\\s)?(?:[a-z]{3,14}\\s){1,2}(?:house|cottage|lodge|farm|farmhouse|barn|"
                "forge|mill|rectory|"
                "vicarage|bungalow|croft|steading|schoolhouse|manse),\\s(?:[a-z]{3,14}\\s){1,2}(?:"
                "road|street|lane|close|"
                "avenue|drive|terrace|crescent|hill|row|walk|grove|wynd|brae|drove|loke|rd|ln))\\b",
     .group = 1},
    {FINDING_ADDRESS, "address-welsh", .digit = 96, .asks = "(?i)" WELSH_KIND,
     .pattern =
         "(?i)(?:(?=[0-9])|\\b)(?<![0-9])" HOUSE ",?\\s{0,2}" WELSH_KIND
         "(?:(?:y|yr|yr?\\s|'r|a)\\s)?[\\w'\\x{2019}-]+(?:\\s(?-i:[A-Z])[\\w'\\x{2019}-]+)?"},
    {FINDING_ADDRESS, "address-named",
     .pattern = "\\b(?:" SOME_HOUSE "|" THE_HOUSE "|" WELSH_HOUSE "),\\s(?:" WELSH_STREET
                "|(?:[0-9]{1,4}[a-z]?\\s)?(?:" NAMED "\\s){1,2}" STREET_CAPITAL "|(?:" NAMED
                "\\s){1,3}(?:Farm|Mains|Estate|Steading|Croft|Barns|Steps|Yard)\\b)"},
    /* "Unit 2, Salt Store, Hythe Steps" */
    {FINDING_ADDRESS, "address-unit", .digit = 16,
     .pattern =
         "\\b(?:[Ff]lat|[Ff]flat|[Uu]nit|[Pp]lot|[Hh]ouse|[Cc]aravan|[Uu]ned) [0-9]{1,4}[a-z]?,"
         "(?:\\s(?:" NAMED "\\s){1,3}" NAMED "\\b(?:,(?=\\s[A-Z]))?){1,"
         "2}"},
    /* "7 The Limes" */
    {FINDING_ADDRESS, "address-the", .digit = 16,
     .pattern = "\\b(?:at|to|from|of|now|is|was|address:?) ((?:[Nn]o\\.? )?[0-9]{1,3}[a-z]?,? The "
                "[A-Z][a-z]{3,20}s?)\\b"
                "(?=[.,;)\\n]|$| (?:in|on|now|and|since|for|with|from|until)\\b)",
     .group = 1},
    {FINDING_ADDRESS, "house-number", .digit = 96,
     .pattern = "(?i)\\b(?:lives?|living|lived|moved)\\s(?:at|to)\\s(?:number\\s|no\\.?\\s)[0-9]{1,"
                "4}[a-z]?\\b"},
    {FINDING_ADDRESS, "house-the", .digit = 1,
     .pattern = "(?<![0-9.,/])[0-9]{1,3}[a-zA-Z]?,? [Tt]he [A-Z][a-z]{3,}s\\b",
     .near = "(?i)\\b(?:lives?|lived|living|stays?|visit(?:ed)?|of|at)(?: at)? $|[:,] $",
     .before = 12, .after = 0},
    {FINDING_ADDRESS, "house-the-green", .digit = 1,
     .pattern = "(?<![0-9.,/])[0-9]{1,3}[a-zA-Z]?,? The (?:Green|Square|Row|Terrace|Parade|Street|"
                "Lane|Drive|Close|Crescent|Paddock|Orchard|Croft|Mews|Mount|Hill|Common|Rise|"
                "Meadow|Avenue|Grove|Chase|Dell|Ridge|Spinney|Quay|Wharf|Walk|Way|Court)\\b"},
    {FINDING_ADDRESS, "house-number-beside", .digit = 24,
     .pattern = "(?i)\\b(?:at|opposite|neighbours?|next to|next door,?|lives? at|flat above|"
                "(?:owner|occupier|tenant|resident|floor|front|rear|back)s? of|outside|behind) "
                "((?:number|no\\.?) ?[0-9]{1,3}[a-z]?)(?![\\w.,/-]?[0-9]| (?:on|in|of)\\b)",
     .group = 1},

    /* What follows is a name, whatever it is. */
    {FINDING_PERSON, "name-of-account",
     .pattern = "(?i)(?:\\b(?:name (?:of (?:the )?"
                "(?:payee|account|claimant|applicant|tenant|child|client|carer|person)|"
                "on (?:the )?(?:card|acc|account|a/c))|account name|account holder|payee name|"
                "enw'r (?:cyfrif|cwsmer|plentyn|hawlydd))|\\(child\\))(?: ?[:|]| is| yw)[ "
                "\\t]{1,2}(?!(?:not|the|a|an|our|her|his|their|also|still|no|now|to|in|on|as|given|"
                "written|spelt)\\b)"
                "(\\p{L}\\.?\\s" NAME_PART "|" NAME_PART
                "(?: (?!is\\b|was\\b|and\\b|on\\b|in\\b|at\\b|sort\\b|not\\b)" NAME_PART "){1,2})",
     .group = 1},
    /* "A B Hill" */
    {FINDING_PERSON, "initials",
     .pattern = "(?:^|[\\n:,*-]) ?([A-Z] (?:[A-Z] ){1,2}[A-Z]" NAME_PART ")\\b", .group = 1},
    {FINDING_PERSON, "initial-from",
     .pattern = "(?im)^(?:from|to|cc|bcc): (\\p{L}(?:\\. ?| )" NAME_PART ") ?$", .group = 1},
    {FINDING_EMAIL, "email", .asks = "@",
     .pattern = "(?<![\\w.])[\\w.+'%-]{1,64}+@[\\w-]{1,63}(?:\\.[\\w-]{1,63}){1,8}"},
    {FINDING_EMAIL, "email-apart", .asks = "@",
     .pattern = "(?<![\\w.])[\\w.+'%-]{1,64}+\\s?[\\[(]?@[\\])]?\\s?[\\w-]{1,"
                "63}(?:\\.[\\w-]{1,63}){1,8}"},
    /* "jo dot smith (at) example dot org" */
    {FINDING_EMAIL, "email-spelt", .asks = "(?i)[\\[({<_*]\\s?(?:at|@)",
     .pattern = "(?i)(?<![\\w.])" USER "\\s?[\\[({<_*]\\s?(?:at|@)\\s?[\\])}>_*]\\s?" DOMAIN},
    {FINDING_EMAIL, "email-spelt-dots", .asks = "(?i)\\bdot\\b|[\\[({<]\\s?\\.",
     .pattern = "(?i)(?<![\\w.])" USER
                "\\s?(?:@|\\sat\\s)\\s?[\\w-]{1,63}(?:\\.[\\w-]{1,63}){0,4}" SPELT_DOT
                "(?:[\\w-]{1,63}" DOT "){0,8}" DOMAIN_END},
    {FINDING_EMAIL, "email-spelt-user", .asks = AT_DOMAIN,
     .pattern =
         "(?i)(?<![\\w.])[\\w+'-]{1,64}(?:" JOINED "[\\w+'-]{1,64}){1,4}\\s(?:at|@)\\s" DOMAIN},
    {FINDING_EMAIL, "email-by-word", .asks = AT_DOMAIN,
     .pattern = "(?i)(?<![\\w.])[\\w.+'-]{1,64}\\s(?:at|AT)\\s" DOMAIN,
     .near = "(?i)\\b(?:e-?mails?|e-?bost|mail|inbox)\\b[^\\w\\n]{0,3}(?:(?:is|her|him|them|me|us|"
             "address|on|to|yw)"
             "\\b[^\\w\\n]{0,3}){0,3}$",
     .before = 40, .after = 0},

    /* Ten or eleven digits from the trunk zero on. */
    {FINDING_PHONE, "phone", .digit = 16,
     .pattern = "(?<![0-9+])(?<![0-9][.-])" TRUNK(PHONE_GAP) "(?:" NO_OTHER PHONE_GAP
                                                             "[0-9]){7,8}(?![0-9])",
     .holds = check_phone, .unless = CODE_OF_BOOKS},
    {FINDING_PHONE, "phone-commas", .digit = 16,
     .pattern = "(?<![0-9+,])(?<![0-9][.-])" TRUNK(COMMA_GAP) "(?:" NO_OTHER COMMA_GAP
                                                              "[0-9]){7,8}(?![0-9]|[.,][0-9])",
     .holds = check_phone_of_commas},
    {FINDING_PHONE, "phone-44", .digit = 16,
     .pattern = "(?<![0-9+])(?<![0-9][./-])\\(?\\+?\\s?\\(?44\\)?" LINE_GAP "(?:\\(?0\\)?" LINE_GAP
                ")?7(?:" LINE_GAP "[0-9]){9}(?![0-9])",
     .holds = check_local_number},
    {FINDING_PHONE, "phone-spread", .digit = 1,
     .pattern = "(?<![0-9])(?<![0-9][\\s.,/-])0(?:[ _-]|\\s?[/.-]\\s?)?[1-37](?:" LINE_GAP
                "[0-9]){9}(?![0-9]|[\\s.,/-][0-9])",
     .holds = check_spread_phone, .unless = CODE_OF_BOOKS},
    /* The trunk zero is lost in a spreadsheet, 44 stands for it. */
    {FINDING_PHONE, "phone-no-zero", .digit = 1,
     .pattern = "(?<![0-9+])(?<![0-9][.,/-])(?:44" LINE_GAP ")?(?:[17][0-9]|2[0-9])(?:" LINE_GAP
                "[0-9]){8}(?![0-9])",
     .holds = check_local_number, .near = CALLS, .before = 20, .after = 0, .unless = CODE_OF_BOOKS},
    {FINDING_PHONE, "phone-abroad", .digit = 1,
     .pattern = "(?<![\\w+])\\+(?!44)[1-9][0-9]{0,2}(?:" PHONE_GAP "[0-9]){7,12}(?![0-9])"},
    {FINDING_PHONE, "phone-abroad-00", .digit = 1,
     .pattern = "(?<![\\w+])(?<![0-9][.,/-])00\\s?(?!44)[1-9][0-9]{0,2}(?:" PHONE_GAP
                "[0-9]){7,12}(?![0-9])",
     .near = CALLS, .before = 30, .after = 0},
    {FINDING_PHONE, "phone-local", .digit = 256,
     .pattern = CALLS
     "(?<!budget line)(?<!cost line)(?<!ledger line)(?:[ "
     "\\t:.,=(\"'-]{1,3}|\\b(?:on|at|is|was|no|number|"
     "me|us|her|him|them|back|direct|line|phone|ar|ni|fi|hi|yw|rhif|now|or|text|call)\\b){0,7}"
     "(?<![0-9])(?<![0-9][,./-])"
     "([0-9]{5,8}|[0-9]{3,5}[ ./_-][0-9]{3,4}|[0-9]{2}[ ./_-][0-9]{2}[ ./_-][0-9]{2}|"
     "[0-9](?:[ ./_-][0-9]){5,7})(?![0-9]|[.,/-][0-9])" NO_UNIT,
     .group = 1, .holds = check_local_number},
    /* A round one, where it is called a number. */
    {FINDING_PHONE, "phone-by-word", .digit = 64,
     .pattern =
         "(?i)\\b(?:tel|telephone|phone|mob|mobile|fax|landline|ff[o\\x{F4}]n|ffoniwch|symudol|"
         "(?:ring|rang|call|called|text|phone|contact)(?:\\s(?:me|us|her|him|them))?\\s(?:on|at))"
         "\\b"
         "(?:[ \\t:.(=\"'-]{1,3}|\\b(?:no|number|is|was|on|at|ar|yw|rhif)\\b){0,5}(?<![0-9])"
         "([0-9]{5,8}|[0-9]{3}[ -][0-9]{3})(?![\\w]|[ .,/-][0-9])" NO_UNIT
         "(?! (?:a|an|per|in|of|more|or|and)\\b)",
     .group = 1, .holds = check_called_phone},
    {FINDING_PHONE, "phone-extension", .digit = 96,
     .pattern = "(?i)\\b(?:tel|extn?|extension)\\b\\.?\\s?(?:no\\.?|number)?\\s?[.:]?\\s?"
                "([0-9](?:[ -]?[0-9]){2,10})(?![0-9])",
     .group = 1, .holds = check_extension},
    {FINDING_PHONE, "phone-short-extension", .digit = 64,
     .pattern = "(?i)\\b(?:extn?\\.?|x|est\\.?)\\s?:?\\s?([0-9]{2,6})(?![\\w])", .group = 1,
     .near = CALLS
     "|[0-9]{3}[ -]?[0-9]{3}[ ,(]{0,3}(?:x|extn?|est)\\.?\\s?:?\\s?$|\\bdesk\\b|\\bswitchboard\\b",
     .before = 40, .after = 25},
    {FINDING_PHONE, "phone-words",
     .pattern = "(?i)\\b" NUMBER_WORD "\\b(?:[\\s,-]{1,3}" NUMBER_WORD "\\b){7,12}",
     .as_written = true},

    {FINDING_DATE_OF_BIRTH, "date-by-age", .digit = 64, .pattern = DATE,
     .near = "(?i)\\baged?\\s[0-9]{1,3}\\b[),]?\\s?\\(?$|\\b(?:s?he|they|who)(?:'ll be| is| was| "
             "will be) [0-9]{1,2} on (?:the )?$|^,?\\s\\(?(?:aged?\\s[0-9]{1,3}\\b|[0-9]{"
             "1,3}\\s?(?:yrs|years\\sold|y/?o)\\b)",
     .before = 28, .after = 16},
    {FINDING_DATE_OF_BIRTH, "date-of-both", .digit = 1,
     .pattern = FRESH "[0-9]{1,2}[./-][0-9]{1,2}[./-](?:[0-9]{4}|[0-9]{2})(?![0-9])",
     .near = "(?i)\\b(?:both|twins?)\\W{1,2}$", .before = 8, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-of-birth-marks", .digit = 16,
     .pattern = "(?i)\\bd[./]?\\s?o[./]?\\s?b\\b[^\\w\\n]{0,3}([0-9]{1,2}[/.;,]{1,2}[0-9]{1,2}(?:[/"
                ".;,]{1,2}(?:[0-9]{4}|"
                "[0-9]{2}))?|(?:19|20)[0-9]{2} [0-9]{1,2} [0-9]{1,2})(?![0-9])",
     .group = 1},
    {FINDING_DATE_OF_BIRTH, "date-of-birth-words",
     .pattern =
         "(?i)\\b(?:born|birth|birthday|d[./ ]?o[./ ]?b\\.?|ganwyd|ganed|geni)\\b[^\\n]{0,12}?\\b"
         "((?:the )?(?:[a-z]{3,10}[ -])?(?:first|second|third|[a-z]{3,8}th) (?:day )?(?:of )?" MONTH
         "(?:,? (?:" YEAR
         "|(?:nineteen|two thousand|twenty)(?:[ -](?!he\\b|she\\b|in\\b|at\\b)[a-z]{2,9}){0,3}))?|"
         "[0-9]{1,2}[ ,]{1,2}[0-9]{1,2}[ "
         ",]{1,2}(?:[0-9]{4}|[0-9]{2})(?![0-9])|(?:christmas|boxing|new "
         "year's) (?:day|eve),? [0-9]{4})",
     .group = 1},
    /* An O for a zero, an l for a one. */
    {FINDING_DATE_OF_BIRTH, "date-of-birth-letters", .digit = 4,
     .pattern = "(?<![\\w])[0-3OoIl]?[0-9OoIl]([./-])[01OoIl]?[0-9OoIl]\\1"
                "(?:[12Il][0-9OoIl]{3}|[0-9OoIl]{2})(?![\\w])",
     .near = BIRTH, .before = 24, .after = 0},
    /* A month that is mistyped. */
    {FINDING_DATE_OF_BIRTH, "date-of-birth-month", .digit = 1,
     .pattern =
         "(?i)" FRESH "[0-9]{1,2}" NTH
         "\\s(?:of\\s|o\\s)?[\\p{L}]{3,12}\\s(?:(?:19|20)[0-9]{2}|'?[0-9]{2})(?![0-9])|" FRESH
         "[0-9]{1,2}[. /-]{1,2}(?:I{1,3}|I?VI{0,3}|I?XI{0,2})[. /-]{1,2}"
         "(?:19|20)?[0-9]{2}(?![0-9])|" FRESH
         "[0-9]{1,2}(?:st|nd|rd|th) (?:of )?(?:the )?[0-9]{1,2}(?:st|nd|rd|th),? (?:of )?"
         "(?:19|20)?[0-9]{2}(?![0-9])",
     .near = BIRTH, .before = 16, .after = 0},
    {FINDING_DATE_OF_BIRTH, "month-of-birth", .digit = 64,
     .pattern = "(?i)\\b(?=[ac-jmnorst])" MONTH ",?\\s(?:19|20)[0-9]{2}\\b|(?=[0-9])(?:(?<![0-9/-])"
                "(?:19|20)[0-9]{2}(?![0-9/-])|(?<=['\\x{2019}])[0-9]{2}\\b)",
     .near = BIRTH, .before = 14, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-of-birth-digits", .digit = 1, .pattern = DATE_IN_DIGITS,
     .near = BIRTH, .before = 16, .after = 0},
    {FINDING_DATE_OF_BIRTH, "digits-before-birth", .digit = 1, .pattern = DATE_IN_DIGITS,
     .near = "(?i)^\\W{0,4}(?:d\\.?o\\.?b\\b|date of birth|dyddiad geni)(?!\\W{0,4}[0-9])",
     .before = 0, .after = 20},
    {FINDING_DATE_OF_BIRTH, "date-of-birth", .digit = 64, .pattern = DATE, .near = BIRTH,
     .before = 60, .after = 0},
    /* Under the heading of a column. */
    {FINDING_DATE_OF_BIRTH, "date-in-column", .asks = "\\n", .digit = 64,
     .pattern =
         FRESH "[0-9]{1,2}\\s?[./-]\\s?[0-9]{1,2}\\s?[./-]\\s?(?:[0-9]{4}|[0-9]{2})(?![0-9])",
     .near = "(?i)[|\\t,;][ \"]?(?:d\\.?o\\.?b\\.?|date of birth|born|dyddiad "
             "geni|geni)\\b[^\\n]{0,80}\\n"
             "(?:[^\\n]{1,160}\\n){0,8}[^\\n]{0,160}[|\\t,;]\\s?$",
     .before = 480, .after = 0},
    {FINDING_DATE_OF_BIRTH, "date-before-birth", .digit = 64, .pattern = DATE, .near = BIRTH_AFTER,
     .before = 0, .after = 36},
    /* What is written so of so long ago is seldom anything else. */
    {FINDING_DATE_OF_BIRTH, "date-of-old", .digit = 1,
     .pattern = FRESH
     "(?<![/.-])(?:[0-9]{1,2}([./-])[0-9]{1,2}\\1(?:19[0-9]{2})|(?:[12][0-9]|3[01]|0?[1-9])/"
     "(?:1[0-2]|0?[1-9])/[3-9][0-9])(?![0-9/-]|\\.[0-9])"},
    {FINDING_DATE_OF_BIRTH, "date-of-claimed-age", .digit = 64, .pattern = DATE,
     .near = "(?i)\\bage[ -]?(?:assess|disput|determin)", .before = 240, .after = 40},
    /* Between a number of a person's and another. */
    {FINDING_DATE_OF_BIRTH, "date-by-number", .digit = 64, .pattern = DATE,
     .near = "(?i)^[,;\\s)]{1,3}(?:NHS|UPN|NINO|NI|CHI|GIG)\\b|"
             "(?:[0-9]{3} ?[0-9]{3} ?[0-9]{4}|[A-Z][0-9]{11}[0-9A-Z])[,;\\s(]{1,3}$",
     .before = 20, .after = 10},

    /* Small letters too, but not "phase w1 1st". */
    {FINDING_POSTCODE, "postcode", .digit = 12,
     .pattern = "(?i)\\b(?:GIR\\s{0,2}0AA|(?:[A-Z](?:[0-9][0-9ABCDEFGHJKPSTUW]?|"
                "[A-Z][0-9][0-9A-Z]?))\\s{0,2}(?-i:(?!1st|2nd|3rd|[0-9]th))"
                "[0-9][ABD-HJLNP-UW-Z]{2})\\b"},
    {FINDING_POSTCODE, "postcode-district", .digit = 8,
     .pattern = "(?i)\\b(?!no\\b)[A-Z]{1,2}[0-9]{1,2}[A-Z]?(?:\\s[0-9]\\b)?(?![\\w])",
     .near = "(?i)\\bpost\\s?code|\\bcod(?:au)?\\s?post", .before = 40, .after = 20},

    {FINDING_UPRN, "uprn", .asks = PROPERTY, .digit = 1,
     .pattern = "(?<![0-9])[0-9](?:[ ._-]?[0-9]){7,14}(?![0-9])", .near = PROPERTY, .before = 60,
     .after = 30},
    {FINDING_UPRN, "uprn-property", .digit = 32,
     .pattern = "(?i)\\bproperty[^\\w\\n]{1,3}([0-9]{11,12})(?![0-9])", .group = 1},
    /* Those given since 2005 begin alike (GeoPlace, UPRN allocation), and stand beside a house. */
    {FINDING_UPRN, "uprn-alone", .digit = 1,
     .pattern = "(?<![\\w\\x{A3}.,/-])10[0-9]{9,10}(?![\\w/-]|[.,][0-9])" NO_UNIT,
     .near =
         "(?i)\\b(?:planning|council tax|address|house|flat|propert|door|gazetteer|llpg|nlpg|land "
         "charges|tenan|premises|street)",
     .before = 80, .after = 60},
    {FINDING_UPRN, "uprn-by-word", .asks = PROPERTY, .digit = 320,
     .pattern = PROPERTY
     "(?:[^\\w\\n]{1,3}|\\b(?:is|was|no|number|numbers|yw|rhif)\\b){0,7}([0-9]{1,15})(?![\\w])",
     .group = 1},

    /* What singles a council out where its name does not. */
    {FINDING_TELLTALE, "only-one",
     .pattern =
         "(?i)\\bthe only\\b" NOT_OF_THE_STORY_ONLY
         "|\\bthe (?:very )?first\\b" NOT_OF_THE_STORY_FIRST "|\\bfirst "
         "(?:council|authority|county|borough|"
         "in)\\b|\\bnowhere else\\b|\\bunique(?:ly)?\\b|\\bthe (?:largest|smallest|biggest|oldest|"
         "poorest|richest|most (?!" OF_THE_STORY_MOST
         ")\\w+|least \\w+)\\b|\\bpioneer\\w*|\\baward-winning\\b|"
         "\\bone of (?:the |only )?(?:two|three|four|five|few|only|first|last|largest|smallest|"
         "poorest|handful)\\b|\\b(?:no other|only (?:one|two|three)|only) "
         "(?:councils?|authorit\\w+|"
         "count(?:y|ies)|boroughs?|districts?)\\b|\\b(?:council|authority|place) alone\\b|"
         "\\bflagship\\b|\\bnational(?:ly)? (?:pilot|pathfinder|recognised|known)\\b|"
         "\\btrailblaz\\w+|\\bvanguard\\b|\\bearly adopter\\w*|\\byr unig\\b|\\by cyntaf\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "exact-date", .pattern = "(?i)" DATE_BODY, .anonymous = true},
    {FINDING_TELLTALE, "exact-sum",
     .pattern = "(?i)\\x{A3}\\s?[0-9]{1,3}(?:,[0-9]{3})+(?:\\.[0-9]{2})?|\\x{A3}\\s?[0-9]+\\.[0-9]{"
                "2}\\b|\\x{A3}\\s?[0-9.]+\\s?(?:m|million|k|bn)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "exact-count",
     .pattern = "(?<![0-9\\x{A3}.,])[0-9]{1,3},[0-9]{3}(?:,[0-9]{3})?(?![0-9])", .anonymous = true},
    /* "our 27 schools", "4180 households", "31.4%": one look at a table tells whose they are. */
    {FINDING_TELLTALE, "exact-share", .digit = 1,
     .pattern = "(?<![0-9\\x{A3}.,])[0-9]{1,3}\\.[0-9]+\\s?(?:%|per cent\\b|percent\\b)",
     .anonymous = true},
    {FINDING_TELLTALE, "exact-number",
     .pattern =
         "(?i)\\b(?:(?:all (?:our |the )?|our |the (?:council|county|borough)(?:'|\\x{2019})s )"
         "(?:[0-9]{1,4}|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
         "|[0-9]{4,7}) (?:\\w+ )?(?:schools|libraries|wards|councillors|members|homes|"
         "households|residents|tenants|children|pupils|properties|towns|villages|islands|"
         "parishes|districts|boroughs|care homes|museums|leisure centres)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "nation",
     .pattern = "(?i)\\b(?:wales|welsh|scotland|scottish|england|northern ireland|northern "
                "irish|cymru|cymraeg|gaelic|cornish|estyn|senedd|"
                "holyrood|stormont|care inspectorate|ofsted|cosla|wlga|children's "
                "(?:hearing|reporter|panel)s?|"
                "procurator fiscal|sheriff (?:court|officer)s?|health boards?|(?:health and social "
                "care|hsc) trusts?|"
                "(?-i:CHI|SCRA|GIRFEC|SHANARRI|IJB|HSCP|COSLA|CIW|WCCIS|ALNCo|ALN|PSNI|NIHE|NIPSO|"
                "SPSO|PSOW))\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "region",
     .pattern =
         "(?i)\\b(?:north|south)(?:ern)?[ -]?(?:east|west)(?:ern)?\\b|\\b(?:(?:east|west)(?:ern)? "
         ")?midlands\\b|\\beast(?:ern)? (?:anglia|england)\\b|\\beast of england\\b|"
         "\\bhome counties\\b|\\b(?:west|black|north) country\\b|\\b(?:tyne|tees|mersey|"
         "humber|wear|clyde)side\\b|\\bhumber\\b|\\bcotswolds?\\b|\\bpennines?\\b|\\bfenland\\b|"
         "\\bup north\\b|\\bdown south\\b|\\bnorth of the border\\b|"
         "(?:(?<=\\bthe )|(?<=\\bour )|(?<=\\bin "
         "))(?-i:North|South|East|West|Borders|Highlands?|Lowlands|Islands|"
         "Valleys|Fens|Dales|Marches|Wolds|Broads|Moors|Weald|Lakes|Peaks?|Wirral)\\b|"
         "\\b(?:gogledd|de)[ -](?:dd?wyrain|g?orllewin)\\b|\\by (?:cymoedd|gogledd)\\b|"
         "\\bcanolbarth\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "kind-of-place",
     .pattern =
         "(?i)\\b(?:seaside|market|mill|mining|pit|fishing|spa|port|harbour|garrison|university|"
         "commuter|resort|border|steel|shipbuilding|new) (?:town|city|village|resort)s?\\b|"
         "\\bcoalfields?\\b|\\bsteelworks\\b|\\bdockyards?\\b|\\bshipyards?\\b|"
         "\\b(?:naval|army|air) base\\b|\\bairport\\b|\\bferry port\\b|\\bpower station\\b|"
         "\\bpopulation of\\b|\\bseaside\\b|\\bcoast(?:line)?\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "tier",
     .pattern = "(?i)\\b(?:county|district|borough|unitary|metropolitan|combined "
                "authority|island|islands|london|coastal|cathedral city|"
                "national park|(?:two|single)-tier)\\b",
     .anonymous = true},
    /* What everybody has read about one council. */
    {FINDING_TELLTALE, "in-the-news",
     .pattern =
         "(?i)\\b(?:section|s\\.?) ?114\\b|\\bspecial measures\\b|\\bpublic interest "
         "report\\b|\\bbest value (?:notice|inspection|duty notice)\\b|\\b(?:statutory|"
         "government) (?:intervention|directions?)\\b|\\bcommissioners (?:were|was|are|had been|"
         "have been) (?:sent|appointed)\\b|\\b(?:rated|judged|graded|found) (?:as |to be )?[\"'"
         "\\x{201C}\\x{2018}]?(?:inadequate|outstanding|requires improvement)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "language",
     .pattern =
         "(?i)\\b(?!(?:and|or|the|an?)\\b)\\p{L}+[ -](?:speaking|medium)\\b|\\bspeak(?:s|ers? "
         "of|ing)? (?-i:\\p{Lu})\\p{L}+|"
         "\\b(?-i:(?!(?:The|An?|Our|No|Every|Each)\\b)\\p{Lu})\\p{L}+[ "
         "-](?:speakers?|interpreters?|translators?)\\b|"
         "\\b(?-i:Polish)\\b(?! "
         "(?:the|it|up|this|that)\\b)|\\b(?:urdu|punjabi|panjabi|bengali|sylheti|somali|arabic|"
         "turkish|"
         "romanian|portuguese|lithuanian|latvian|bulgarian|hungarian|slovak|czech|albanian|"
         "ukrainian|"
         "russian|gujarati|hindi|tamil|nepali|kurdish|sorani|kurmanji|farsi|persian|dari|pashto|"
         "tigrinya|amharic|oromo|vietnamese|cantonese|mandarin|yoruba|igbo|swahili|lingala|tetum|"
         "yiddish|romani|spanish|italian|french|german|tagalog|malayalam|irish|scots)\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "programme",
     .pattern =
         EVERYWHERE "\\b(?:[A-Z][\\w'\\x{2019}-]+\\s){1,4}(?:Programme|Project|Initiative|Scheme|"
                    "Strategy|Partnership|Pilot|Pathfinder|Review|Inquiry|Fund|Plan)\\b",
     .anonymous = true},
    /* "our Start Well programme", "the Thrive pilot" */
    {FINDING_TELLTALE, "programme-named",
     .pattern = EVERYWHERE
     "(?:(?<=[a-z,] )|\\b(?!(?:The|This|That|Our|Each|An|Every|Another|One|No|Any|Some|Their|"
     "His|Her|My|Your|In|When|If|Under|By|For|At|On|It|We)\\b)(?=[A-Z][\\w'\\x{2019}-]+\\s["
     "A-Z]))(?:[A-Z][\\w'\\x{2019}-]+\\s(?:(?:and|for|of|to|the|in)\\s)?){1,4}(?:"
     "programme|project|initiative|scheme|partnership|pilot|pathfinder|campaign|fund|trial|"
     "alliance|collaborative|rhaglen|cynllun)s?\\b",
     .anonymous = true},
    {FINDING_TELLTALE, "programme-called",
     .pattern =
         "(?:\\b(?:called|named|known as|branded|badged|titled)|\\b(?:programme|project|initiative|"
         "scheme|pilot|campaign|service|strategy),)\\s((?:[A-Z][\\w'\\x{2019}-]+)(?:\\s(?:(?:and|"
         "for|of|to|the|in)\\s)?[A-Z][\\w'\\x{2019}-]+){0,3})",
     .group = 1, .anonymous = true},
    {FINDING_TELLTALE, "programme-quoted",
     .pattern =
         "[\"'\\x{201C}\\x{2018}]([A-Z][\\w\\x{2019}-]+(?:\\s(?:(?:and|for|of|to|the|in)\\s)?[A-Z]["
         "\\w\\x{2019}-]+){1,3})[\"'\\x{201D}\\x{2019}]",
     .group = 1, .anonymous = true},

    {FINDING_BLAME, "blame",
     .pattern = "(?i)\\b(?:fail(?:ed|ure|s|ing)?\\sto\\b|incompeten\\w+|negligen\\w+|refus(?:ed|es|"
                "al)\\sto\\b|"
                "fault of\\b|to blame\\b|couldn't be "
                "bothered\\b|laz(?:y|iness)\\b|careless\\w*|stupid\\w*|useless\\b|"
                "hopeless\\b|inexcusabl\\w+|should have known\\b|not fit for "
                "purpose\\b|methodd\\b|esgeulus\\w*)"},

    /* What nobody sees, and digits that are not ours, would hide any of the above. */
    {FINDING_UNREAD, "hidden", .asks = "[^\\x{0}-\\x{7F}]",
     .pattern = "[\\x{AD}\\x{34F}\\x{115F}\\x{1160}\\x{3164}\\x{FFA0}\\x{202A}-\\x{202E}\\x{2066}-"
                "\\x{2069}\\x{200B}-\\x{200F}\\x{2060}-\\x{2064}\\x{FEFF}]|(?![0-9])\\p{Nd}",
     .as_written = true},
    {FINDING_UNREAD, "other-shape", .asks = SHAPED, .pattern = SHAPED "(?: ?" SHAPED "){0,80}",
     .as_written = true},
    {FINDING_PERSON, "other-script", .asks = FOREIGN,
     .pattern = FOREIGN "[\\p{L}\\p{M}]*(?:[ .-]" FOREIGN "[\\p{L}\\p{M}]*){0,7}"},
    /* In one word with ours, or beside a number: nobody sees that it is not what it looks like. */
    {FINDING_UNREAD, "other-alphabet", .asks = TWIN,
     .pattern = "\\w{0,40}(?:[A-Za-z0-9]" TWIN "|" TWIN "[A-Za-z0-9])\\w{0,40}|"
                "(?<!\\p{L})" TWIN "(?:[ ./_-]?" TWIN ")?(?:[ ./_-]?[A-Za-z])?(?:[ ./_-]?[0-9]){6}|"
                "[0-9](?:[ ./_-]?[0-9]){5}[ ./_-]?" TWIN "(?!\\p{L})"},
};
const size_t gate_rule_count = sizeof gate_rules / sizeof *gate_rules;
