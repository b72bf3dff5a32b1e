#include "protocol/gate.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

/* Names, places, addresses and references, by the words beside them. How well the gate does on
 * texts that it was not made for is for tests/gate/score.py to tell. */

static struct gate *gate;

static void open_gate(void)
{
    static const struct bytes own[] = {{(const uint8_t *)"Ashcombe Vale Council", 21},
                                       {(const uint8_t *)"Ashcombe", 8},
                                       {(const uint8_t *)"AVC", 3},
                                       {(const uint8_t *)"Cyngor Sir Llanwern", 19}};
    static const struct bytes places[] = {
        {(const uint8_t *)"Cae Glas", 8}, {(const uint8_t *)"Pentrewern", 10},
        {(const uint8_t *)"Hope", 4},     {(const uint8_t *)"Gorse Hill", 10},
        {(const uint8_t *)"Range", 5},    {(const uint8_t *)"Grange", 6},
        {(const uint8_t *)"Cartref", 7}};
    static const struct bytes bodies[] = {{(const uint8_t *)"Gorse Hill Infants", 18},
                                          {(const uint8_t *)"St Osyth's", 10}};
    static const struct bytes people[] = {{(const uint8_t *)"Bo Long", 7}};
    struct gate_profile profile = {{own, 4}, {places, 7}, {bodies, 2}, {people, 1}};
    struct fault fault;

    gate = gate_new(&profile, &fault);
    cr_assert_not_null(gate, "%s", fault.text);
}

static void close_gate(void)
{
    gate_free(gate);
}

TestSuite(gate_names, .init = open_gate, .fini = close_gate);

static const char *told(enum gate_mode mode, const char *text)
{
    static char words[4096];
    struct findings findings = {0};
    size_t size = 0;

    words[0] = '\0';
    gate_scan(gate, mode, bytes_of_text(text), &findings);
    for (size_t i = 0; i < findings.count; i++)
        size += (size_t)snprintf(words + size, sizeof words - size, "%s%s[%.*s]", i == 0 ? "" : " ",
                                 finding_kinds[findings.list[i].class].code,
                                 (int)(findings.list[i].end - findings.list[i].start),
                                 text + findings.list[i].start);
    findings_release(&findings);
    return words;
}

struct row {
    const char *text, *found;
};

static void expect(enum gate_mode mode, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++)
        cr_expect_str_eq(told(mode, rows[i].text), rows[i].found,
                         "\"%s\" gave \"%s\", expected \"%s\"", rows[i].text,
                         told(mode, rows[i].text), rows[i].found);
}
#define EXPECT(mode, rows) expect(mode, rows, sizeof rows / sizeof *rows)

Test(gate_names, finds_people_by_what_they_are_called)
{
    static const struct row rows[] = {
        {"Mr Smith rang twice.", "person[Mr Smith]"},
        {"We told Mrs Y, and Dr. van der Berg.", "person[Mrs Y] person[Dr. van der Berg]"},
        {"Mr and Mrs Okafor left.", "person[Mr and Mrs Okafor]"},
        {"Her social worker Grace was away.", "person[Grace]"},
        {"Adult A and Child K were seen.", "person[Adult A] person[Child K]"},
        {"Then Oluwaseun explained it.", "person[Oluwaseun]"},
        {"Grace said no. Grace under pressure is no model.", "person[Grace] person[Grace]"},
        {"Desmond \"Dizzy\" Braithwaite came", "person[Desmond \"Dizzy\" Braithwaite]"},
        {"Signed by J. T. Prosser", "person[J. T. Prosser]"},
        {"PN to chase; ask PN's team", "person[PN] person[PN]"},
        {"RLJ chaired. KM reminded us. To do: RLJ, letter.", "person[RLJ] person[KM] person[RLJ]"},
        {"spoke to priyanka about it", "person[priyanka]"},
        {"SPEAK TO MR GARETH STROUD FIRST", "person[MR GARETH STROUD]"},
        {"Will will do the rota", "person[Will]"},
        {"Nev the caretaker had the code", "person[Nev the caretaker]"},
        {"Dywedodd Mrs Siân Prosser ei bod yn hwyr", "person[Mrs Siân Prosser]"},
        {"We met Bo Long.", "person[Bo Long]"},
        {"Kaycee Dunn, 03.05.14, was late", "person[Kaycee Dunn] date_of_birth[03.05.14]"},
        {"Review: da Conceição. Nothing for Lo Presti or Joseph wa Kalema.",
         "person[da Conceição] person[Lo Presti] person[Joseph wa Kalema]"},
        {"It is Barbara Tench, T E N C H, and LAU Ka Yan after her.",
         "person[Barbara Tench] person[T E N C H] person[LAU] person[Ka Yan]"},
        {"He was seen outside Doig's. Doig's mother said so.", "person[Doig's] person[Doig]"},
        {"A reader there, Ivy Sallow, wrote; so did Rukhsana Bi.",
         "person[Ivy Sallow] person[Rukhsana Bi]"},
        {"Filed under Page, J. and under ODWYER, twice", "person[Page] person[J] person[ODWYER]"},
        {"a reply from md. Kamrul Islam, and one from \"Costel\"",
         "person[md. Kamrul Islam] person[Costel]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_names_that_are_words_where_a_person_is_meant)
{
    static const struct row rows[] = {
        {"Will, 34, lives alone. Blessing (7) has no laptop.", "person[Will] person[Blessing]"},
        {"Will, will you be there?", "person[Will]"},
        {"Chase can you ring him today?", "person[Chase]"},
        {"Sandy I cannot find it.", "person[Sandy]"},
        {"Grace and Joy came in together.", "person[Grace] person[Joy]"},
        {"Bishop in payroll paid it.", "person[Bishop]"},
        {"Chance on call, phone off. Dawn still wanted it.", "person[Chance] person[Dawn]"},
        {"Grace, her daughter, and Comfort, who drove.", "person[Grace] person[Comfort]"},
        {"It is late again. See you then. Grace", "person[Grace]"},
        {"June rang. We told April. May said she may.", "person[June] person[April] person[May]"},
        {"June Harpwood has sent eleven to Siân King.", "person[June Harpwood] person[Siân King]"},
        {"Fraser said no to Wendy, and Clare's mother left.",
         "person[Fraser] person[Wendy] person[Clare]"},
        {"Anna Cook came. Cook was late.", "person[Anna Cook] person[Cook]"},
        {"Big Al and Sir Peregrine Nott.", "person[Big Al] person[Sir Peregrine Nott]"},
        {"Long (Ms) rang.", "person[Long]"},
        {"Everyone calls him \"Tiny\". Who is \"Spud\"?", "person[Tiny] person[Spud]"},
        {"[14:03] Will: on my way\n[14:05] Carl: ok\n[14:06] Will: ta",
         "person[Will] person[Carl] person[Will]"},
        {"allocated to dean, who spoke with grace", "person[dean] person[grace]"},
        {"she is on the fifth floor and grace her granddaughter carries it", "person[grace]"},
        {"Comfort and the twins left. The Bell family and the Patel children came.",
         "person[Comfort] person[Bell] person[Patel]"},
        {"Joy, Mark and Grace attended.", "person[Joy] person[Mark] person[Grace]"},
        {"this is grace from housing", "person[grace]"},
        {"NOTE FROM GRANT: JUNE IS UPSET, ALFIE STUBBS IS NOT.",
         "person[GRANT] person[JUNE] person[ALFIE STUBBS]"},
        {"E.G. to apologise, e.g. by letter.", "person[E.G]"},
        {"h. lacey sat there with grace, will will go, and tam took it",
         "person[h] person[lacey] person[grace] person[will will] person[tam]"},
        {"HI GRACE,\nTHE FORM IS LATE AGAIN AND NOBODY KNOWS WHY IT IS SO.\nKIND REGARDS,\nZAHRA",
         "person[GRACE] person[ZAHRA]"},
        {"MS T. VU AND HER SON MILES HAVE GONE TO THE OFFICE.", "person[MS T. VU] person[MILES]"},
        {"John is off, and Peter to ring. copy to t.j. if late", "person[John] person[Peter]"},
        {"It was late, and by Monday Will would not come. The carers, Bashir and Jan, left.",
         "person[Will] person[Bashir] person[Jan]"},
        {"For the claimant Sunday Effiong. Bishop, the site manager, paid.",
         "person[Sunday Effiong] person[Bishop]"},
        {"There is me and her dad, Piers (away). Somebody has to drop Ebony 8ish.",
         "person[Piers] person[Ebony]"},
        {"PEARL UNSETTLED, HIT BLESSING, NO INJURY. THE FORM IS LATE.",
         "person[PEARL] person[BLESSING]"},
        {"PENNY, CAN YOU RING MRS OLWEN STRANGE, AND SAY WHY?",
         "person[PENNY] person[MRS OLWEN STRANGE]"},
        {"April in the contact centre then read it out.", "person[April]"},
        {"We saw Carer B and Worker C.", "person[Carer B] person[Worker C]"},
        {"HK still has no number.", "person[HK]"},
        {"Hazel is on leave. Holly to ring Joy.", "person[Hazel] person[Holly] person[Joy]"},
        {"it was left with sheila the cleaner. the letter from rose came",
         "person[sheila the cleaner] person[rose]"},
        {"Apologies: Joy, Will", "person[Joy] person[Will]"},
        {"We heard that Olive, 84, had gone.", "person[Olive]"},
        {"J said so. K's mum left. We spoke to M.", "person[J] person[K] person[M]"},
        {"Client AB moved. Allocated worker: Crystal.", "person[AB] person[Crystal]"},
        {"Dan said so, and Pam and Beth heard it.", "person[Dan] person[Pam] person[Beth]"},
        {"Kia rang, and her sister Zafira was told. Christian rang too.",
         "person[Kia] person[sister Zafira] person[Christian]"},
        {"Eve was upset. Abi Dyson rang Vienna.", "person[Eve] person[Abi Dyson] person[Vienna]"},
        {"Eve has dementia. Christian is a carer; June is in two weeks.",
         "person[Eve] person[Christian]"},
        {"The Kia was sold in Geneva by Christian Aid on Christmas Eve, IMO.", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, shows_what_is_written_in_letters_that_no_rule_reads)
{
    static const struct row rows[] = {
        {"We met محمد علي at home.", "person[محمد علي]"},
        {"We met 王小明, and राहुल.", "person[王小明] person[राहुल]"},
        {"We met 𝐊𝐨𝐟𝐢 and Ｋｏｆｉ.", "unread[𝐊𝐨𝐟𝐢] unread[Ｋｏｆｉ]"},
        {"Ⓚⓞⓕⓘ and ᴋᴏꜰɪ rang.", "unread[Ⓚⓞⓕⓘ] unread[ᴋᴏꜰɪ]"},
        {"At 30 °C ½ of them — “5 µg” in a café, 1º: ✓", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, reads_no_further_than_the_text)
{
    const char *text = "The form is under Page, J.";
    struct findings findings = {0};

    cr_expect_str_eq(told(GATE_NAMED, text), "person[Page] person[J]");
    gate_scan(gate, GATE_NAMED, bytes_of(text, strlen(text) - 1), &findings);
    cr_expect_eq(findings.count, 0, "the dot is not the text's");
    findings_release(&findings);
}

Test(gate_names, finds_what_a_label_or_a_title_says_is_a_name)
{
    static const struct row rows[] = {
        {"Surname: Young\nForenames: Summer Rose\nDate of birth: not known",
         "person[Young] person[Summer Rose]"},
        {"First name: April. Last name: Not given.", "person[April]"},
        {"Full name\tMarch\nSurname | Day", "person[March] person[Day]"},
        {"Miss May June rang, then Miss Day.", "person[Miss May June] person[Miss Day]"},
        {"They agreed that Mrs May and Dr No stay.", "person[Mrs May] person[Dr No]"},
        {"Apologies: Young.", "person[Young]"},
        {"client: joy division\nworker: rain\nthe boiler man never came",
         "person[joy division] person[rain]"},
        {"Dawn French fell. Grace English found her.", "person[Dawn French] person[Grace English]"},
        {"Cheryl Day, the GP and Iain Mor signed it.", "person[Cheryl Day] person[Iain Mor]"},
        {"It was Li Na who rang.", "person[Li Na]"},
        {"We heard from social worker May Sharp.", "person[May Sharp]"},
        {"Can you or April do it?", "person[April]"},
        {"He spoke toMaria, and saidMrsHoskin andJoan left.",
         "person[Maria] person[MrsHoskin] person[Joan]"},
        {"Forename(s): Joy\nWitness 1: Bell\nCarer (2): Olive Lamb\nWard: Castle",
         "person[Joy] person[Bell] person[Olive Lamb]"},
        {"Child's name: Happy\nName of child: Promise", "person[Happy] person[Promise]"},
        {"Sunday Okoro rang, and Lucky Gill.", "person[Sunday Okoro] person[Lucky Gill]"},
        {"Grace & Favour Nkomo. Told T no. River is their brother.",
         "person[Grace] person[Favour Nkomo] person[T] person[River]"},
        {"Di rang. We saw Di.", "person[Di] person[Di]"},
        {"We asked Eleni for it.", "person[Eleni]"}, /* A word of Welsh, in English. */
        {"Bola,\nthe form is missing from the file once more. Please look.\n\nWin",
         "person[Bola] person[Win]"},
        {"The form is missing from the file once more.\n\nEllen Love", "person[Ellen Love]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_initials_by_what_is_done_with_them)
{
    static const struct row rows[] = {
        {"We spoke to JB, and agreed with RS.", "person[JB] person[RS]"},
        {"Visit by JB. Call from MT, who spoke to TB.", "person[JB] person[MT] person[TB]"},
        {"KB: did you see her\nDF: no\nKB: ok\nDF: ta",
         "person[KB] person[DF] person[KB] person[DF]"},
        {"M (16) and S (14) were in.", "person[M] person[S]"},
        {"I wrote it tonight. NB", "person[NB]"},
        {"Born DD/MM/YYYY. Cases of TB rose; the TV is on.", ""},
        {"SZYMANSKA, B\nKAUR, Simran\nSt John, Peredur",
         "person[SZYMANSKA] person[B] person[KAUR] person[Simran] person[St John] person[Peredur]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_names_of_those_who_write_all_small)
{
    static const struct row rows[] = {
        {"saw faith and hope at the drop in. charity the eldest is nan pearl's, car EY12 "
         "UJD",
         "person[faith] person[hope] person[charity] person[pearl's] vehicle_reg[EY12 UJD]"},
        {"kwame said the lift is out. spoke to hope, who is off", "person[kwame] person[hope]"},
        {"mr e. stone and miss p. whittle left. june harpwood stays, and in june zahra goes\n"
         "p. thrower",
         "person[mr e] person[stone] person[miss p] person[whittle] person[june harpwood] "
         "person[zahra] "
         "person[p] person[thrower]"},
        {"Can you let florin know? We let people know.", "person[florin]"},
        {"Then kwame said no. I rang imran, and deepak came.",
         "person[kwame] person[imran] person[deepak]"},
        {"tj's nan rang x3. tj wont go, the client's mum says", "person[tj] person[tj]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, joins_a_couple_with_one_surname)
{
    static const struct row rows[] = {
        {"We met Carwyn and Delyth Mathias.", "person[Carwyn and Delyth Mathias]"},
        {"We met Carwyn and Delyth.", "person[Carwyn] person[Delyth]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_people_in_welsh)
{
    static const struct row rows[] = {
        {"Mae hi'n hwyr ac mae Haf yn aros ers y bore.", "person[Haf]"},
        {"Siaradais â Mai. Mae Gwawr adref. Aeth Haf i'r ysgol.",
         "person[Mai] person[Gwawr] person[Haf]"},
        {"Mae'r drws ar gau. Tudur wedi ffonio, Kasia yno.", "person[Tudur] person[Kasia]"},
        {"mae carwyn yn hwyr ac nid yw wedi ffonio", "person[carwyn]"},
        {"MAE HUW TREHARNE WEDI GADAEL Y CARTREF", "person[HUW TREHARNE]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, lets_plain_words_pass)
{
    static const char *const texts[] = {
        "Will we do it again? Only if the front line may veto it.",
        "Grace under pressure is not a staffing model.",
        "Bet I have it right.",
        "May I ask why?",
        "Will I be told?",
        "When can you come? How will you know?",
        "Virements and appointeeships: ask under Account or Payee.",
        "The Care Act 2014 asks for it, and Part 3 of the Housing Act 1996.",
        "In May the Housing Options Team moved to SharePoint.",
        "Section 42 thresholds drifted. Mark each page before it goes to the Panel.",
        "Between 01-10-22 and 31-03-23 nobody reviewed the risk log.",
        "We saved £75,000 of the 2021/22 budget and lost two years.",
        "hope is not a plan and may never be one",
        "DO NOT SEND THE FORM BY POST. IT IS LATE AGAIN.",
        "PHONE TREE AND JOB SHEETS ARE KEPT BY TWO WORKERS; OPEN THE FORM.",
        "We told Payroll, thanked Libraries and asked Procurement to pay the Agency.",
        "We gave each Social Worker a laptop and every Case Officer a phone.",
        "We kept Out of Hours ready, and In Hours and Out of Hours were told of Write-offs.",
        "A PiPoT case; the Falls Team and the Boards met; Departments and Unions did too.",
        "Byddem yn dechrau gyda'r Ymwelwyr Iechyd. Ceisiadau oedd yn hwyr. Eisteddwch gyda'r tîm.",
        "Roedd Dechrau'n Deg a Teuluoedd yn Gyntaf ar gael. Mae'r Cynnig Rhagweithiol yn anodd.",
        "Press the Attach button.", /* In the list of words "attaché" comes next. */
        "Roedd y ffurflen yn hwyr. Ni chafodd neb wybod pam.",
        "Learning and Development will run it. Storm Eunice closed the office.",
        "Compared with May and June, April was worse. In August, 12 staff left.",
        "She has Parkinson's and Alzheimer's; he has Down syndrome and Crohn's disease.",
        "She takes Risperidone, Apixaban and Zopiclone; the IBANs and UPRNs were wrong.",
        "Sainsbury's and Barnardo's sent vans. Frank feedback is welcome.",
        "Option B was dropped, and so was Plan C. Vitamin D was given.",
        "Gillick competence, the Fraser guidelines, the Casey review and Clare's Law apply.",
        "The Barthel score and a Waterlow of 18; Cheshire West; the Southwark judgment.",
        "We had Sorani, Tigrinya and Yoruba interpreters at Vaisakhi and Hanukkah.",
        "Gweithiwr Cymdeithasol, Rheolwr Tîm, Cyfarwyddwr Gwasanaethau Cymdeithasol.",
        "O dan Ddeddf Gwasanaethau Cymdeithasol a Llesiant mae angen asesiad ar gael.",
        "Roedd y Prif Weithredwr a'r Bwrdd Diogelu Rhanbarthol yno ym mis Mai.",
        "Price changes in March need a form. Bill to follow. Rose bushes grow there.",
        "Faith has no place in a plan. Page one is late, and the grant is paid.",
        "The Deputy Head and the Deputy Manager left.",
        "The Munro review asked for it, as Munro said, and we read Munro (2011) again.",
        "Assess, Plan, Do. Arab and Roma families, by Quintile: Attainment, Cognition, Continence.",
        "Lockdown closed it. Quintile 1 was left out. Telehealth came late.",
        "* Onboarding: too long\n* Rebanding: none\n* Decluttering: some",
        "Underspends hid it. Handoffs fell. Streetlighting and Re-enablement followed.",
        "sort it by col F, all of it is in the wrong order again",
        "Co-production was promised. Deprescribing and Reprocurement came first.",
        "You ask why. So do I. Costed at five pounds, it is in Annex C. Mark it as read.",
        "Team meeting, North locality. See Cheshire West, as the acid test has it.",
        "The closing date is 30 Mai.",
        "A Merton-compliant assessment, a Shona interpreter, a Sara Stedy and a Berlingo.",
        "Oliver McGowan training, TOIL, the SENDIST form and a referral to Early Help.",
        "The fishbone was drawn on a Mosaic printout; Karpman and Waterlow came next.",
        "The refferal was recieved. Alos the next one. Nxet time it was lokced.",
    };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        cr_expect_str_eq(told(GATE_NAMED, texts[i]), "", "\"%s\" gave %s", texts[i],
                         told(GATE_NAMED, texts[i]));
}

Test(gate_names, finds_places_bodies_and_councils)
{
    static const struct row rows[] = {
        {"As Ms Whitlock of Adult Care says.", "person[Ms Whitlock]"},
        {"Mr Patel of Ashmere School rang.", "person[Mr Patel] organisation[Ashmere School]"},
        {"at 12 Acacia Road", "address[12 Acacia Road]"},
        {"Flat 2/1, 118 Balnagowan Terrace", "address[Flat 2/1, 118 Balnagowan Terrace]"},
        {"a fly-tip on Cinder Lane", "place[Cinder Lane]"},
        {"9 Cae Glas is empty", "address[9 Cae Glas]"},
        {"o 12 Heol y Bont", "address[12 Heol y Bont]"},
        {"at the Beechcroft Lodge", "organisation[Beechcroft Lodge]"},
        {"moved to Ysgol Gyfun Llan", "organisation[Ysgol Gyfun Llan]"},
        {"from Harrowmere Borough Council", "authority[Harrowmere Borough Council]"},
        {"the county council and the parish council", ""},
        {"Gorse Hill Infants had Gorse Hill's keys",
         "organisation[Gorse Hill Infants] place[Gorse Hill]"},
        {"AVC and Ashcombe", "authority[AVC] authority[Ashcombe]"},
        {"as Perth and Kinross and Bury MBC do",
         "authority[Perth and Kinross] authority[Bury MBC]"},
        {"School: Hollow Oak\nProvider: Harmony\nHome: Not known\nSchool: Primary",
         "organisation[Hollow Oak] organisation[Harmony]"},
        {"Name of pupil\nAddress: The Bungalow, Spring Side. Moved in May.",
         "address[The Bungalow, Spring Side]"},
        {"Email address: none. Address: as above. Home address: not given", ""},
        {"read out in front of Kettle & Crumb, by Geddes & Daughter",
         "organisation[Kettle & Crumb] organisation[Geddes & Daughter]"},
        {"Health & Safety, Adults & Health, Policy & Resources", ""},
        {"She left for Halcyon Live-in Care and the Tessel Fostering panel.",
         "organisation[Halcyon Live-in Care] organisation[Tessel Fostering]"},
        {"the Early Help Service, a Specialist Advice Centre and the Budget Forum", ""},
        {"Cefnogaeth gan Gofal Tywi, a Gofal Cymdeithasol", "organisation[Gofal Tywi]"},
        {"WE WENT TO PIER ROAD AGAIN. IT IS A BUSY ROAD.", "place[PIER ROAD]"},
        {"Cuckoo Fen floods. It is by Tidewell Basin.", "place[Cuckoo Fen] place[Tidewell Basin]"},
        {"the Senior Travel Officer, and the Works on Stryd Fawr", "place[Stryd Fawr]"},
        {"at the Red Lion, by the Fox and Hounds",
         "organisation[Red Lion] organisation[Fox and Hounds]"},
        {"Annwyl Gyngor Llanwern, mae gan Lanwern waith i'w wneud",
         "authority[Gyngor Llanwern] authority[Lanwern]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, knows_listed_names_as_they_are_written)
{
    static const struct row rows[] = {
        {"in gorse-hill", "place[gorse-hill]"},
        {"St Osyths", "organisation[St Osyths]"},
        {"we hope so; Hope is far", "place[Hope]"},
        {"roedd e yn byw ym Mhentrewern ar y pryd", "place[Mhentrewern]"},
        {"The phentrewern of it", ""}, /* Changed so in Welsh alone. */
        {"a range of homes in Range", "place[Range]"},
        {"mae hi wedi mynd i gartref newydd", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

/* One letter wrong, left out, too many, two that changed places; without its spaces. */
Test(gate_names, knows_listed_names_as_they_are_mistyped)
{
    static const struct row rows[] = {
        {"near gorse-hlil", "place[gorse-hlil]"},
        {"near gorsehill", "place[gorsehill]"},
        {"seen in pentreewern again", "place[pentreewern]"},
        {"We saw a range of homse again.", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_names_in_small_letters_among_others)
{
    static const struct row rows[] = {
        {"The visit to Blessing Nwosu went well. Next week blesing brings the letters.",
         "person[Blessing Nwosu] person[blesing]"},
        {"We met Bridie connors there.", "person[Bridie connors]"},
        {"The report was done by p. mensah in May.", "person[p] person[mensah]"},
        {"The call was taken and kirstin says no.", "person[kirstin]"},
        {"Her son (vikram) was out.", "person[vikram]"},
        {"The son cliveon the phone.", "person[cliveon]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_names_in_fields_columns_and_lists)
{
    static const struct row rows[] = {
        {"Minute taker: Summer Day", "person[Summer Day]"},
        {"| Child | Worker |\n| one | Robin Day |", "person[Robin Day]"},
        {"Present: A Bell, C Field, R Day (Chair)", "person[A Bell] person[C Field] person[R Day]"},
        {"Kofi Annobil spoke first. KA will send it.", "person[Kofi Annobil] person[KA]"},
        {"Print name: APRIL WINTER", "person[APRIL WINTER]"},
        {"Bill - the bill came to me.", "person[Bill]"},
        {"Will,\n\ncan you look at the plan for the school again please?\n\nJan",
         "person[Will] person[Jan]"},
        {"It was Ll. Prydderch.", "person[Ll] person[Prydderch]"},
        {"The worker was seen at the plan and OT will visit.", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_births_and_references_as_they_are_mistyped)
{
    static const struct row rows[] = {
        {"DOB 17.O6.2015", "date_of_birth[17.O6.2015]"},
        {"born 3.IV.1987", "date_of_birth[3.IV.1987]"},
        {"born 12 März 1987", "date_of_birth[12 März 1987]"},
        {"gyfeirnod TH4471", "case_ref[TH4471]"},
        {"His date of brith is 04/07/2016. Upstairs since 01/01/1945.",
         "date_of_birth[04/07/2016] date_of_birth[01/01/1945]"},
        {"Age assessment, second sitting: the uncle swears to 1 January 2009.",
         "date_of_birth[1 January 2009]"},
        {"the rules (ref 2019) are old", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, finds_numbers_under_which_people_are_filed)
{
    static const struct row rows[] = {
        {"UPN Y993308923772.", "upn[Y993308923772]"},
        {"application 24/01177/HOUSE", "case_ref[24/01177/HOUSE]"},
        {"[2021] EWHC 123 (Fam)", "case_ref[[2021] EWHC 123 (Fam)]"},
        {"complaint 202204418 says", "case_ref[202204418]"},
        {"the van, DG12 UVB", "vehicle_reg[DG12 UVB]"},
        {"see www.example.org/a?b and @northmoor", "url[www.example.org/a?b] url[@northmoor]"},
        {"refund to 09-99-18 30455512 today", "bank[09-99-18 30455512]"},
        {"the table ASCOF-2014 for E06000014", ""},
        {"FOI 7729/A asks it, and so does PPN 26/40918",
         "case_ref[FOI 7729/A] case_ref[PPN 26/40918]"},
        {"bundle ZW24C50093, appeal sc142/25/01973",
         "case_ref[ZW24C50093] case_ref[sc142/25/01973]"},
        {"The Ombudsman had it (202304418).", "case_ref[202304418]"},
        {"14b Gallows Hill is 100091462208 to planning",
         "address[14b Gallows Hill] uprn[100091462208]"},
        {"Across KXB 217J and P482 HNB.", "vehicle_reg[KXB 217J] vehicle_reg[P482 HNB]"},
        {"Ticketed behind it: N7 HRS.", "vehicle_reg[N7 HRS]"},
        {"The cherished plate TSV 42 went by in AXZ 4127, and the gritter ae20 vzh.",
         "vehicle_reg[TSV 42] vehicle_reg[AXZ 4127] vehicle_reg[ae20 vzh]"},
        {"A bank change, by phone: 830915, then 0072 6614, then fraud.",
         "bank[830915, then 0072 6614]"},
        {"7/6/51, said the pharmacy, and 10/10/25 is the review.", "date_of_birth[7/6/51]"},
        {"Lodged as 2303318/2024.", "case_ref[2303318/2024]"},
        {"Form 01-02-03 spoilt the sort order.", ""},
        {"Cost code 07700-900-12, ledger 7731-AX-09, code 0042-ASC-17. TOIL 11 hours.", ""},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, lets_no_number_hide_beside_another)
{
    static const struct row rows[] = {
        {"9434765919,4010232137", "nhs_number[9434765919] nhs_number[4010232137]"},
        {"943 476 5919-2", "nhs_number[943 476 5919]"},
        {"07700900123,07700900456", "phone[07700900123] phone[07700900456]"},
        {"jane.smith @ example.org", "email[jane.smith @ example.org]"},
        {"4111\xc2\xa0"
         "1111\xc2\xa0"
         "1111\xc2\xa0"
         "1111",
         "bank[4111\xc2\xa0"
         "1111\xc2\xa0"
         "1111\xc2\xa0"
         "1111]"},
        {"943\xe2\x80\xaa"
         "476",
         "unread[\xe2\x80\xaa]"},
    };
    EXPECT(GATE_NAMED, rows);
}

Test(gate_names, looks_for_numbers_where_codes_stand)
{
    struct document *document = document_new(form_of("lesson"));
    struct findings findings = {0};

    document_add(document, "topic", bytes_of_text("ashcombe/9434765919"), (struct place){2, 8});
    gate_scan_document(gate, GATE_NAMED, document, &findings);
    cr_assert_eq(findings.count, 1);
    cr_expect_eq(findings.list[0].class, FINDING_NHS_NUMBER);
    cr_expect_eq(findings.list[0].place.column, 17);
    findings_release(&findings);
    document_free(document);
}

/* "ashcombe/late-rounds" would name it. */
Test(gate_names, looks_for_your_own_names_where_codes_stand_in_what_is_unnamed)
{
    struct document *document = document_new(form_of("lesson"));
    struct findings findings = {0};
    static const char *const row[] = {"ASHCOMBE-LOCAL", "First", "", "2023-24"};

    document_add(document, "topic", bytes_of_text("ashcombe/only-polish-first"),
                 (struct place){2, 8});
    for (size_t i = 0; i < sizeof row / sizeof *row; i++)
        document_add(document, "indicator_refs", bytes_of_text(row[i]), (struct place){9, 3});
    gate_scan_document(gate, GATE_NAMED, document, &findings);
    cr_expect_eq(findings.count, 0);
    gate_scan_document(gate, GATE_ANONYMOUS, document, &findings);
    cr_assert_eq(findings.count, 2, "%zu", findings.count);
    cr_expect_eq(findings.list[0].class, FINDING_AUTHORITY);
    cr_expect_eq(findings.list[0].place.column, 8);
    cr_expect(bytes_equal(finding_text(document, &findings.list[0]), bytes_of_text("ashcombe")));
    cr_expect(bytes_equal(finding_text(document, &findings.list[1]), bytes_of_text("ASHCOMBE")));
    findings_release(&findings);
    document_free(document);
}

/* It cannot be kept, so it may not hide in what can. */
Test(gate_names, finds_the_authority_in_a_longer_name_of_what_is_unnamed)
{
    static const struct row rows[] = {
        {"They wrote to 12 Ashcombe Road again.", "authority[12 Ashcombe Road]"},
        {"Our Ashcombe Thrive programme ended.", "authority[Ashcombe Thrive programme]"},
        {"The Ashcombe-wide scheme ended.", "authority[Ashcombe-wide scheme]"},
        {"The Thrive programme ended at 12 Acacia Road.",
         "telltale[Thrive programme] address[12 Acacia Road]"},
    };
    EXPECT(GATE_ANONYMOUS, rows);
    cr_expect_str_eq(told(GATE_NAMED, rows[0].text), "address[12 Ashcombe Road]");
}

Test(gate_names, marks_more_where_the_author_is_not_named)
{
    static const struct row rows[] = {
        {"We were the first in the country.", "telltale[the first]"},
        {"It cost £612,000 on 3 May 2024.", "telltale[£612,000] telltale[3 May 2024]"},
        {"as a Welsh county does", "telltale[Welsh] telltale[county]"},
        {"The IJB and the children's reporter asked for the CHI; the health board had it.",
         "telltale[IJB] telltale[children's reporter] telltale[CHI] telltale[health board]"},
        {"It took a year.", ""},
        {"We were one of the few. No other council did it.",
         "telltale[one of the few] telltale[No other council]"},
        {"We in the North East, or the West Midlands, up north.",
         "telltale[North East] telltale[West Midlands] telltale[up north]"},
        {"Yma yn y cymoedd, a de-orllewin.", "telltale[y cymoedd] telltale[de-orllewin]"},
        {"our Start Well programme and the Thrive pilot ended",
         "telltale[Start Well programme] telltale[Thrive pilot]"},
        {"The Family Hubs pilot. The pilot. A programme, Bright Futures.",
         "telltale[Family Hubs pilot] telltale[Bright Futures]"},
        {"We branded it \"Safe Steps\".", "telltale[Safe Steps]"},
        {"The Somali-speaking families, who speak Tigrinya or Urdu.",
         "telltale[Somali-speaking] telltale[speak Tigrinya] telltale[Urdu]"},
        {"Interpreters were late. Polish the floor? In Polish.", "telltale[Polish]"},
        {"The interpreter came. Small and medium firms. Kriol speakers.",
         "telltale[Kriol speakers]"},
        {"A seaside town with a population of 4180 residents.",
         "telltale[seaside town] telltale[population of] telltale[4180 residents]"},
        {"All 27 schools, and 31.4% of them, after the section 114 notice.",
         "telltale[All 27 schools] telltale[31.4%] telltale[section 114]"},
        {"The pilot scheme and the care plan took some weeks; it is a service for people.", ""},
        {"A borough on the coast went single-tier.",
         "telltale[borough] telltale[coast] telltale[single-tier]"},
        {"The first day, for the first time, in the first six\nmonths. The only thing that helped.",
         ""},
        {"It was the most important, most useful and the most rural.", "telltale[the most rural]"},
        {"For the first time in England, the first team.",
         "telltale[the first] telltale[England] telltale[the first]"},
        {"The Child Protection Plan, her Education, Health and Care Plan and the Local Plan.", ""},
        {"The Better Care Fund, a Supporting Families programme and the Council Tax Reduction "
         "Scheme.",
         ""},
        {"The Moorhen Local Plan, a Safeguarding Adults Review and the Towns Fund.",
         "telltale[The Moorhen Local Plan] telltale[Safeguarding Adults Review] "
         "telltale[Towns Fund]"},
    };
    EXPECT(GATE_ANONYMOUS, rows);
    cr_expect_str_eq(told(GATE_NAMED, "in the North East, our Start Well programme for Urdu"), "");
    cr_expect_str_eq(told(GATE_NAMED, "It cost £612,000 on 3 May 2024."), "");
}

Test(gate_names, only_suggests_about_blame)
{
    struct findings findings = {0};

    gate_scan(gate, GATE_NAMED, bytes_of_text("The team failed to visit."), &findings);
    cr_assert_eq(findings.count, 1);
    cr_expect_eq(findings.list[0].class, FINDING_BLAME);
    cr_expect(finding_kinds[FINDING_BLAME].suggestion && !findings.list[0].hard);
    findings_release(&findings);
}
