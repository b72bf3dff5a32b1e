#include "protocol/gate.h"

#include <criterion/criterion.h>
#include <string.h>

/* Numbers and addresses as people write them, what only looks like them, and what must not hide
 * them. */

static struct gate *gate;

static void open_gate(void)
{
    struct gate_profile nobody = {0};
    struct fault fault;

    gate = gate_new(&nobody, &fault);
}

static void close_gate(void)
{
    gate_free(gate);
}

TestSuite(gate_numbers, .init = open_gate, .fini = close_gate);

/* Is what stands in braces found, whole, and if asked for as hard? */
static bool finds_braced(const char *written, bool hard)
{
    char text[512];
    size_t size = 0, start = 0, end = 0;
    struct findings findings = {0};
    bool found = false;

    for (const char *c = written; *c != '\0'; c++)
        if (*c == '{')
            start = size;
        else if (*c == '}')
            end = size;
        else
            text[size++] = *c;
    gate_scan(gate, GATE_NAMED, bytes_of(text, size), &findings);
    for (size_t i = 0; i < findings.count; i++)
        found = found || ((findings.list[i].hard || !hard) && findings.list[i].start <= start &&
                          end <= findings.list[i].end);
    findings_release(&findings);
    return found;
}

static const char *const hard[] = {
    "ring {07700/900123}",
    "ring {07700 / 900 / 123} today",
    "mobile {07700_900_123}",
    "{07700.900.123}",
    "her mob {O77OO 9OO l23}",
    "{O7700 900123} was his",
    "call {07700 900 one two three}",
    "{oh seven seven double oh nine double oh one two three}",
    "it is {oh seven seven hundred, nine hundred, one two three}",
    "{zero seven seven zero zero, nine zero zero, one two three}",
    "{0 double 7 double 0 9 double 0 123}",
    "{sero saith saith dim dim naw dim dim un dau tri}",
    "{0 7 7 0 0 9 0 0 1 2 3}",
    "{0-7-7-0-0-9-0-0-1-2-3}",
    "{07 70 09 00 12 3}",
    "{07.70.09.00.12.3}",
    "{0 7700 900123}",
    "{(0)7700 900123}",
    "{447700900123}",
    "on {44 7700 900123}",
    "{+(44)7700 900123}",
    "{+44 (0)7700 900123}",
    "{+44(0)1632 960123}",
    "{(+44) 7700 900123}",
    "{0044 (0)7700 900123}",
    "{00 44 7700 900123}",
    "{plus four four seven seven double oh nine double oh one two three}",
    "ring {7700900123}",
    "mobile: {7700 900 123}",
    "ring {960123}",
    "call me on {960 123} please",
    "phone {960-123}",
    "tel: {960123}",
    "telephone number {96 01 23}",
    "the line is {960123}",
    "mobile {900123}",
    "text {900 123}",
    "ffoniwch {960123}",
    "ffoniwch ni ar {960 123}",
    "ff\xc3\xb4"
    "n: {960123}",
    "ext {4417}",
    "extn. {4417}",
    "extension {417}",
    "ext. no. {44 17}",
    "01632 960123 x{4417}",
    "01632 960 123 ext {12}",
    "{01632/960/123}",
    "{(01632) 960.123}",
    "{020/7946/0123}",
    "{\xef\xbc\x90"
    "\xef\xbc\x97"
    "\xef\xbc\x97"
    "\xef\xbc\x90"
    "\xef\xbc\x90"
    " \xef\xbc\x99"
    "\xef\xbc\x90"
    "\xef\xbc\x90"
    "\xef\xbc\x91"
    "\xef\xbc\x92"
    "\xef\xbc\x93"
    "}",
    "{\xe2\x81\xb0"
    "\xe2\x81\xb7"
    "\xe2\x81\xb7"
    "\xe2\x81\xb0"
    "\xe2\x81\xb0"
    " \xe2\x81\xb9"
    "\xe2\x81\xb0"
    "\xe2\x81\xb0"
    "\xc2\xb9"
    "\xc2\xb2"
    "\xc2\xb3"
    "}",
    "{\xe2\x82\x80"
    "\xe2\x82\x87"
    "\xe2\x82\x87"
    "\xe2\x82\x80"
    "\xe2\x82\x80"
    " \xe2\x82\x89"
    "\xe2\x82\x80"
    "\xe2\x82\x80"
    "\xe2\x82\x81"
    "\xe2\x82\x82"
    "\xe2\x82\x83"
    "}",
    "{0\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "7\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "7\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "0\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "0\xef\xb8\x8f"
    "\xe2\x83\xa3"
    " 9\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "0\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "0\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "1\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "2\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "3\xef\xb8\x8f"
    "\xe2\x83\xa3"
    "}",
    "{0\xe2\x80\x8b"
    "7\xe2\x80\x8b"
    "7\xe2\x80\x8b"
    "0\xe2\x80\x8b"
    "0\xe2\x80\x8b"
    "9\xe2\x80\x8b"
    "0\xe2\x80\x8b"
    "0\xe2\x80\x8b"
    "1\xe2\x80\x8b"
    "2\xe2\x80\x8b"
    "3}",
    "{\xd9\xa0"
    "\xd9\xa7"
    "\xd9\xa7"
    "\xd9\xa0"
    "\xd9\xa0"
    " \xd9\xa9"
    "\xd9\xa0"
    "\xd9\xa0"
    "\xd9\xa1"
    "\xd9\xa2"
    "\xd9\xa3"
    "}",
    "{\xf0\x9d\x9f\x8e"
    "\xf0\x9d\x9f\x95"
    "\xf0\x9d\x9f\x95"
    "\xf0\x9d\x9f\x8e"
    "\xf0\x9d\x9f\x8e"
    "\xf0\x9d\x9f\x97"
    "\xf0\x9d\x9f\x8e"
    "\xf0\x9d\x9f\x8e"
    "\xf0\x9d\x9f\x8f"
    "\xf0\x9d\x9f\x90"
    "\xf0\x9d\x9f\x91"
    "}",
    "{\xe2\x93\xaa"
    "\xe2\x91\xa6"
    "\xe2\x91\xa6"
    "\xe2\x93\xaa"
    "\xe2\x93\xaa"
    "\xe2\x91\xa8"
    "\xe2\x93\xaa"
    "\xe2\x93\xaa"
    "\xe2\x91\xa0"
    "\xe2\x91\xa1"
    "\xe2\x91\xa2"
    "}",
    "{07700\xe2\x80\xa2"
    "900\xe2\x80\xa2"
    "123}",
    "{943/476/5919}",
    "{943_476_5919}",
    "{9434 765 919}",
    "{94 34 76 59 19}",
    "{94-34-76-59-19}",
    "{943 4765919}",
    "{94347 65919}",
    "{943 47 65 919}",
    "{943\xe2\x81\xa0"
    "476\xe2\x81\xa0"
    "5919}",
    "NHS {943 476 5919}\xc2\xb9",
    "NHS no {943 476 5918}",
    "NHS number is {94/34 76.59 18}",
    "CHI {010203 0005}",
    "{01/02/03 0006}",
    "{01 02 03 0006}",
    "{0102030006}",
    "{010203-0006}",
    "{010203/0006}",
    "rhif GIG: {943 476 5918}",
    "{nine four three four seven six five nine one nine}",
    "{QQ 12 34 56 C}",
    "{qq123456c}",
    "{QQ.12.34.56.C}",
    "{JC/31/90/22/B}",
    "{jc 31 90 22 b}",
    "{JC 319022 B}",
    "{JC319 022B}",
    "{J C 3 1 9 0 2 2 B}",
    "{JC_31_90_22_B}",
    "NI number {ZZ 12 34 56 C}",
    "his NINO is {JC 31 90 22}",
    "UPN {Y 9844 8840 4656}",
    "UPN: {Y984-4884-04656}",
    "{GB61 CWMH 0966 5138 8048 22}",
    "{GB61/CWMH/0966/5138/8048/22}",
    "{GB61.CWMH.0966.5138.8048.22}",
    "{gb61 cwmh 0966 5138 8048 22}",
    "{DE89 3704 0044 0532 0130 00} please",
    "{DE89370400440532013000}, thanks",
    "{FR14 2004 1010 0505 0001 3M02 606} and",
    "{4929 1234 5678 9015}",
    "{4929-1234-5678-9015}",
    "{4929/1234/5678/9015}",
    "{4929123456789015}",
    "{3782 822463 10005}",
    "card {4929 12345678 9015}",
    "s/c {20 00 00} a/c 55779911",
    "s/c 20 00 00 a/c {55779911}",
    "account number is {5577 9911}",
    "acc no. {55779911}",
    "acc no: {55 77 99 11}",
    "acct {5577-9911}",
    "sort: {200000}",
    "sort code {200000}",
    "sort code is {20/00/00}",
    "sort code: {20.01.12}",
    "sortcode{20-01-12}",
    "sc {20_00_00}",
    "pay into {55779911 20-00-00}",
    "account {20000055779911}",
    "pay into {20.00.00 55779911}",
    "{20/00/00/55779911}",
    "cod didoli {20 00 00}",
    "rhif cyfrif {55779911}",
    "cyfrif rhif {5577 9911}",
    "s/c two zero zero zero zero zero a/c {five five seven seven nine nine one one}",
    "building society roll number {1234/56789-0}",
    "roll no. {D12345678}",
    "roll number is {5/01234567-8}",
    "roll {H/60417722-3}",
    "card ending {4417}",
    "jo.smith{@}example.org",
    "{name [at] example.com}",
    "{name (at) example dot com}",
    "{name(at)example.com}",
    "{j dot smith at example.gov.uk}",
    "{j.smith at example dot gov dot uk}",
    "{jo.smith at example.gov.uk}",
    "email {jsmith at example.gov.uk}",
    "e-bost: {jsmith at example.gov.uk}",
    "{j underscore smith at example dot org}",
    "{JO DOT SMITH AT EXAMPLE DOT ORG}",
    "{jo <at> example <dot> org}",
    "{jo@example dot org}",
    "{jo @ example.org}",
    "{jo\xef\xbc\xa0"
    "example\xef\xbc\x8e"
    "org}",
    "{jo@ex\xe2\x80\x8b"
    "ample.org}",
    "{07700, 900, 123}",
    "oh one six three two, {01632 960 123}",
    "her account is with the Halifax, {11-02-33}, number 00012345",
    "her account is with the Halifax, 11-02-33, number {00012345}",
    "Halifax {11-02-33}",
    "IBAN {PL61 1090 1014 0000 0712 1981 2874}",
    "please pay {PL61 1090 1014 0000 0712 1981 2875}",
    "paid to {RO49AAAA1B31007593840001}",
    "acount {1234 5678}",
    "acocunt {12345678}",
    "accnt {12345678}",
    "Sotr code {20-01-15}",
    "srt code {200115}",
    "sort code 20-01-15 and the account {1 2 3 4 5 6 7 8}",
    "card xxxx-xxxx-xxxx-{4417}",
    "last four digits of her card are {4417}",
    "last 4 of the account: {4417}",
    "the account ending {8821}",
    "acct no {1234567}",
    "account no. is {0012345}",
    "account no {1234-5678}",
    "bank details {20-01-15}/12345678",
    "bank details 20-01-15/{12345678}",
    "bank details: {20-01-15}, 12345678",
    "bank details: 20-01-15, {12345678}",
    "{20-01-15 12345678}",
    "{200115 12345678}",
    "sort code: {20\xe2\x80\x93"
    "01\xe2\x80\x93"
    "15}",
    "Sort Code {20 - 01 - 15}",
    "s/code {20-01-15}",
    "s.c. {20-01-15}",
    "Account name Mrs A Test, number {12345678}, sort code 20 01 15",
    "Account name Mrs A Test, number 12345678, sort code {20 01 15}",
    "A/C No: {12345678}",
    "a/c no.{12345678}",
    "acc {12345678}",
    "ac {12345678}",
    "cyfrif banc {12345678}",
    "rhif y cyfrif yw {12345678}",
    "c\xc3\xb4"
    "d didoli: {20.01.15}",
    "money goes to {20-01-15 1234 5678}",
    "refund it to {12345678} at the Nationwide",
    "PayPal {jo.smith@example.org}",
    "long card number {4000 1234 5678 9010}",
    "card number {4000123456789010}",
    "debit card {4929 1234 5678 9012}",
    "07700 900 318 or {07700 900 319}",
    "mob:{07700900318}",
    "Tel:{01632960123}",
    "tel.no.{01632 960123}",
    "T: {01632 960 123}",
    "M {07700 900123}",
    "T.{01632 960123}",
    "h: {01632-960-123} w: 01632-960-124",
    "h: 01632-960-123 w: {01632-960-124}",
    "{07700-900 123}",
    "{07700  900  123}",
    "{(07700) 900-123}",
    "{07700.900123}",
    "{0 1 6 3 2 9 6 0 1 2 3}",
    "{+44 1632 960 123}",
    "{+44-7700-900-123}",
    "{+447700 900123}",
    "{0044 1632 960123}",
    "{+44 (0) 1632 960123}",
    "{(+44)1632960123}",
    "{+44.7700.900.123}",
    "ring him: {960 123}",
    "rang on {01632 960123} 5 times",
    "my landline {960123} is out",
    "phone no. {960123}",
    "ext: {4417}",
    "extn {44 17}",
    "extension number {4417}",
    "x{4417} on the switchboard",
    "{0800 123 4567}",
    "{0300 123 4567}",
    "{0345 1234567}",
    "{03001234567}",
    "{07700 nine double zero one two three}",
    "{oh double seven double oh nine double oh, one two three}",
    "{oh double-seven double-oh nine double-oh one-two-three}",
    "{zero 7 seven zero zero nine 00 123}",
    "NHS: {943-476-5919}",
    "nhs number{943 476 5919}",
    "NHS#{9434765919}",
    "N.H.S. no. {943 476 5918}",
    "nhs {943 476 591 8}",
    "(NHS no. {943 476 5918})",
    "NHS Number: {9 4 3 4 7 6 5 9 1 8}",
    "CHI no: {0102030005}",
    "CHI number {010203 0005}",
    "NI no. {JC 31 90 22 B}",
    "NI: {JC319022B}",
    "ni {jc319022b}",
    "NINO {JC 319 022 B}",
    "National Insurance number {JC-31-90-22-B}",
    "N.I. number {zz 31 90 22 b}",
    "UPN {Y984 4884 04656}",
    "UPN {A123456789012}",
    "sort code {two oh, four one, seven seven}",
    "sort code {twenty, forty-one, seventy-seven}",
    "sort code {twenty forty one seventy seven} account five five seven seven nine nine one one",
    "sort code twenty forty one seventy seven account {five five seven seven nine nine one one}",
    "ext {four four one seven}",
    "card ending {four four one seven}",
    "ending in {8807 not 8870} on her card",
    "the one ending {4417} is her card",
    "oh seven seven double oh {nine hundred one two three}",
    "{oh one six three two, ninety-six, oh one two three}",
    "account \xe2\x80\xa6"
    "{4417}",
    "Client | Account | Start\nA | 30114426 | 1 May\nB | {30114435} | 8 May",
    "Which account is it, and did nobody look? The form says it was {30114426} all along",
    "acct: try {30-11-44-26} or the other",
    "account no {301 1442}",
    "account {3011 442}",
    "card 4929 12XX XXXX {9015}",
    "card {4929 12** **** 9015}",
    "passbook number is {K 3301142/07}",
    "pass book no. {3301142}",
    "credit union, member no {0044172}",
    "card and PIN: {4417}",
    "bank card, security code {417}",
    "the account beginning {3011}",
    "paid by card {4929 1234 5678 9012}, mistyped",
    "cheque no {301144}",
    "the sort code was given as {30 61-44}, he thinks",
    "her card {4417} was kept",
    "Visa {3011 44xx} was refused by the bank",
    "IBAN or not, {GB29 NWBK 6016 1331}",
    "account {30-xx-xx}",
    "Revolut {30114426}",
    "last four digits, {4417}",
};

Test(gate_numbers, are_found_however_they_are_written)
{
    for (size_t i = 0; i < sizeof hard / sizeof *hard; i++)
        cr_expect(finds_braced(hard[i], true), "passed: %s", hard[i]);
}

static const char *const soft[] = {
    "dob {14/2/62}",
    "d.o.b. {14.02.62}",
    "D.O.B {14-02-1962}",
    "dob{14/02/1962}",
    "DOB: {14021962}",
    "dob {140262}",
    "dob {19620214}",
    "dob {1962-02-14}",
    "dob {14 2 62}",
    "born {14th February 1962}",
    "born on {14 Feb '62}",
    "born on {the fourteenth of February 1962}",
    "born on {the fourteenth of February, nineteen sixty-two}",
    "born {Feb 14th, 1962}",
    "born {February the 14th 1962}",
    "birthday {14/Feb/1962}",
    "birthday is {14feb62}",
    "Ganed {14eg o Chwefror 1962}",
    "ganwyd {14 Chwefror 1962}",
    "ganwyd hi ar {14eg Chwefror}",
    "dyddiad geni: {14.2.1962}",
    "dyddiad geni {14/02/62}",
    "date of birth {14 February 62}",
    "{14/2/62} (dob)",
    "{14/2/62}, date of birth",
    "{14021962} (DOB)",
    "{14 February 1962} is her date of birth",
    "{14.2.62} yw ei ddyddiad geni",
    "birthdate {14/2/62}",
    "date-of-birth {14/2/62}",
    "pen-blwydd {14 Chwefror}",
    "dob {14th Febuary 1962}",
    "dob {14/02/62} NHS",
    "UPRN {10033544614}",
    "UPRN: {1003 3544 614}",
    "UPRN {12345}",
    "UPRNs {10033544614} and 10033544615",
    "UPRNs 10033544614 and {10033544615}",
    "property reference {100033544614}",
    "passport {123456789}",
    "passport no. {123 456 789}",
    "passport number: {AB1234567}",
    "driving licence {MORGA657054SM9IJ}",
    "{MORGA 657054 SM9IJ}",
    "{MORGA657054SM9IJ 35}",
    "born '{43}",
    "d/o/b {5/11/43}",
    "D O B {5 11 43}",
    "dob: {5-11-43}",
    "DOB - {05/11/1943}",
    "DOB={05/11/1943}",
    "DoB is {5 November 1943}",
    "her dob is the {5th of November '43}",
    "her birthday is {5 November}",
    "80th birthday on {5 March}",
    "{05/11/1943} (aged 81)",
    "{5.11.43} aged 81",
    "Date of Birth {05/11/1943}",
    "Date of birth | {05/11/1943}",
    "dyddiad geni {5ed o Dachwedd 1943}",
    "dyddiad geni: {5 Tachwedd 1943}",
    "cafodd ei eni ar {5 Tachwedd 1943}",
    "fe'i ganed ar {5.11.43}",
    "ei phen-blwydd ar {5 Tachwedd}",
    "DOB {Nov 5 1943}",
    "born {5/Nov/43}",
    "DOB {1943/11/05}",
    "DOB {5th nov 43}",
    "DOB {05111943}",
    "born {5 November}",
    "born in {November 1943}",
    "born {1943}",
    "reg {AB12 CDE}",
    "reg {ab12cde}",
    "reg {AB 12 CDE}",
    "reg {AB12-CDE}",
    "reg {AB.12.CDE}",
    "vehicle {A B 1 2 C D E}",
    "plate {P342 KLM}",
    "van {ABZ 1234}",
    "car {Q123 ABC}",
    "UPRN{10033544614}",
    "UPRN: {1003354 4614}",
    "U.P.R.N. {10033544614}",
    "UPRN is {010033544614}",
    "passport No {987654321}",
    "her passport ({987654321})",
    "licence number {MORGA657054SM9IJ}",
    "it went to {30114426} by our slip",
    "and shared {30114426}.",
    "now at {number 7 on Tarn Lane}",
    "wrote to {c/o 27 Tarn Road} again",
    "the executor is at {c/o 5 Tarn Lane Chambers}",
    "Address: {Unit 3, Salt Store, Hythe Steps}",
    "is in {House 4, Tarn Mews}",
    "stays at {the bungalow, Upper Tarn Mains}",
    "HOME {The Steading, West Tarn Farm}",
    "Cyfeiriad: {Hendre Las, Heol y Gog}.",
    "seen at {the Old Rectory, Stryd Newydd}",
    "i Mr Owen, {rhif 8 Maes y Gog}, heb",
    "nawr yn {Bwthyn y Graig}",
    "Name of payee: {BASIL THYME}",
    "name on the acc is {basil thyme}, in small",
    "Account holder: {Autumn Leaves}",
    "Enw'r cyfrif: {I Berth}",
    "Payment for (child): {Baby Hill}",
    "From: {b. thyme}",
    "- {A B Hill}, by cheque",
    "Carer | DOB | From\nA | 2/4/71 | May\nB | {3/5/1972} | June",
    "lives at {7 The Limes} now",
    "Address: {Ground Floor, 7b Tarn Street}",
    "is at {Top Floor Flat, 7 Tarn Road}",
    "number {12 Tarn Raod}, he says",
    "Court no. {KOP 30114426} of May",
};

Test(gate_numbers, of_births_homes_and_papers_are_found_by_the_word_near)
{
    for (size_t i = 0; i < sizeof soft / sizeof *soft; i++)
        cr_expect(finds_braced(soft[i], false), "passed: %s", soft[i]);
}

static const char *const harmless[] = {
    "We rang 120000 residents in 2014 and 2015.",
    "We called 300-400 people in the first week and texted 12000 more.",
    "A 70-20-10 split of learning, then 60-30-10.",
    "It was paid on 14/02/23 and again on 15.03.23.",
    "Payments were made on 14-02-23.",
    "Payments stopped between 01/04/23 - 31/03/24 for 12 people.",
    "The cost centre 410200 and ledger code 12345678 were closed.",
    "Payments went to budget code 41020055 instead.",
    "Cost code: 55779911, paid twice.",
    "The accounts 2023/24 show it; the accounts 2022/23 did not.",
    "The accounts for 2023 2024 are late.",
    "A refund of 1500000 was made and payments of 12000000.",
    "We paid 120000 a year; it would be 200000 a year now.",
    "They offered at 250000 a year.",
    "Indicator 1C part 2A was paid by results.",
    "Open 09.00-17.00, 09.30-12.30 and 13.30-17.00.",
    "Scale 0 1 2 3 4 5 6 7 8 9 10.",
    "Years 2014 2015 2016 2017 2018.",
    "2014/15, 2015/16, 2016/17, 2017/18",
    "We went from 07/08 08/09 09/10 10/11 without it.",
    "Scores were 45, 52, 61, 38 and 70.",
    "The extension 2014 was built late; an extension of 3 weeks.",
    "The line 20 staff rang was busy.",
    "We met at noon dot on time.",
    "100023336956 households is a silly number.",
    "0.123456789012 of them",
    "Version 10.20.30.4000",
    "In 2014 one, two or three councils did.",
    "One in four, two in five, three in six.",
    "one, two, three, four",
    "It took 10l of water and 20 l more.",
    "ring 999, 111 or 101",
    "Call volumes fell from 45,000 to 30,000.",
    "we had 5 calls, 10 texts, 20 letters",
    "Phase 2 (2019-2021) cost 3.5m",
    "section 117, 2014 Act, reg 12(2)(a)",
    "We wrote to 45 homes and called on 12 of them on 14 02 2023.",
    "Texts went up from 2014-2015 to 2016-2017.",
    "Contact 2021 2022 fell.",
    "rows 101 102 103 104 105",
    "785\t945\t190\t5\t88.3",
    "94 35249 37489 more",
    "0.3310288977 and 0.35 52.53 19.54 27.93",
    "52.5879294986 and 766333 5937.0",
    "759519.29879757 and 420594.1912668209",
    "see txt/1009581 and 4476\n2010-10-28",
    "year ending 2014 payments fell",
    "In the year ending 31 March payments fell",
    "twenty, thirty and forty people",
    "Nineteen sixty-two was the year",
    "twenty-one or twenty-two of them",
    "one, two, three, four",
    "Step one two three four",
    "five six seven eight of them are twenty thirty forty fifty",
    "payments ending 2014",
    "We paid on 3 March 2014 for 12 people.",
    "The account of what happened in 2014",
    "An account 12 pages long",
    "the accounts of 2014 2015",
    "Pay scale 20-30-40",
    "ratio of 20:30:50",
    "a 25-25-50 split",
    "report 20-21 and 22-23",
    "by 31 January. Payments meanwhile",
    "the last 4 2014 reports",
    "the last four 100 days",
    "In 10-20-30 minutes",
    "Budget code 41-20-34 was closed.",
    "Payments went to cost code 41-20-55.",
    "Purchase order 30114426 was raised against invoice 41192260, and paid from one account.",
    "Journal 00301144 was posted to suspense code 88888888.",
    "The account is as in the guidance: example 12345678.",
    "A chod y gyllideb yw 30114426.",
    "Ledger reference 20230331 is a date, the account says.",
    "Framework 30114426, line 00301144, contract 41192260.",
    "The line 00301144 was paid twice.",
    "Some 30114426 people have an account.",
    "The PIN 2014 report",
    "Card readers 2014 2015 2016 2017",
    "Unit 2, which is empty, and the lodge, which is not.",
    "The name on the account is not known, and the account holder is also to sign.",
    "From: Payments",
    "We gave a card 2014 people asked for, and a card 3000 people did not.",
    "Ranked 4 to 12 of the list: at 4 The Board met.",
    "House 6, then, and plot 3, were let at last.",
    "We looked at number 9 on the list, and at no 4 on our plan.",
    "Journals and virements: Account, Payee and Sort are columns.",
};

Test(gate_numbers, of_other_things_raise_no_alarm)
{
    for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
        struct findings findings = {0};
        gate_scan(gate, GATE_NAMED, bytes_of_text(harmless[i]), &findings);
        cr_expect_eq(findings.count, 0, "%s in: %s",
                     findings.count > 0 ? findings.list[0].rule : "", harmless[i]);
        findings_release(&findings);
    }
}

/* What is found is told of the text as it came, not of how it was read. */
Test(gate_numbers, are_told_where_they_stand_in_the_text)
{
    static const struct {
        const char *text;
        size_t start, end;
    } rows[] = {
        {"\xe2\x80\x9cring\xe2\x80\x9d 07700\xc2\xa0"
         "900123.",
         11, 24},
        {"oh seven seven double oh nine double oh one two three", 0, 53},
        {"see\xe2\x80\x8b 943\xe2\x81\xa0 476 5919 ok", 7, 22},
        {"\xe2\x80\x8b", 0, 3},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct findings findings = {0};
        bool found = false;
        gate_scan(gate, GATE_NAMED, bytes_of_text(rows[i].text), &findings);
        for (size_t k = 0; k < findings.count; k++)
            found = found || (findings.list[k].start == rows[i].start &&
                              findings.list[k].end == rows[i].end);
        cr_expect(found, "%s", rows[i].text);
        findings_release(&findings);
    }
}
