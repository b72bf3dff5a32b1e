#include "tests/protocol/charter_model.h"

#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What stewards do: every rule of propose and sign a row. */

/* Amendments in a word each: +E=0 admit Exeter with its card 0 (an enum town_card), ~D=2 rotate,
 * -D:1@5x remove with feed 1 cut, !D>E:1@5x dissolve, ^D make a steward, _C no steward any more. */
static void read_cuts(const char *text, struct amendment *amendment)
{
    char id = 0;

    for (text = strchr(text, ':'); text != NULL; text = strchr(text + 1, ':')) {
        struct cut *cut = &amendment->cuts[amendment->cut_count].cut;
        sscanf(text, ":%" SCNu32 "@%" SCNu64 "%c", &amendment->cuts[amendment->cut_count].feed,
               &cut->seq, &id);
        if (cut->seq != 0)
            cut->id = town_record(id);
        amendment->cut_count++;
    }
}

static size_t read_amendments(const char *text, struct amendment *amendments)
{
    static const char marks[] = {
        [AMEND_ADMIT] = '+',    [AMEND_REMOVE] = '-',  [AMEND_ROTATE] = '~',
        [AMEND_DISSOLVE] = '!', [AMEND_STEWARD] = '^', [AMEND_UNSTEWARD] = '_',
    };
    size_t count = 0;

    for (; *text != '\0'; text += strcspn(text, " "), text += *text == ' ') {
        struct amendment *amendment = &amendments[count++];
        char word[32] = "";
        memset(amendment, 0, sizeof *amendment);
        memcpy(word, text, strcspn(text, " "));
        while (marks[amendment->what] != word[0])
            amendment->what++;
        amendment->authority = *town_id(word[1]);
        if (word[2] == '=')
            amendment->card = town_card(word[1], (enum town_card)(word[3] - '0'));
        if (word[2] == '>')
            amendment->succeeded_by = *town_id(word[3]);
        read_cuts(word, amendment);
    }
    return count;
}

static void say_changes(const struct proposal *proposal, struct buffer *text)
{
    for (size_t i = 0; i < proposal->changes.count; i++)
        buffer_printf(text, "%s%s", i > 0 ? "; " : "", proposal->changes.text[i]);
}

static bool sign_as(struct buffer *bundle, char town, struct fault *fault)
{
    struct head *signed_head = memory_new(1, sizeof *signed_head);
    bool done = charter_sign(bundle, town_key(town, KEY_STEWARD), NULL, 0, signed_head, fault);

    free(signed_head);
    return done;
}

#define START "a ABC/2 by AB -E -F -G -H"
#define RIVALS START "; b ABC/2 on a by AB -F -G -H; c ABC/2 on a by BC -E -G -H at:1"

Test(charter, proposals)
{
    static const struct {
        const char *rule, *start, *amendments;
        uint32_t threshold;
        const char *signers;
        const char *says; /* The changes, or why not. */
    } rows[] = {
        {"admit", START, "+E=0", 0, "AB", "Exeter comes in"},
        {"admit with cuts", START, "+E=2:1@4x", 0, "AB",
         "Exeter comes in; Exeter: feed 1 ends at 7; Exeter: feed 1 ends at 4"},
        {"admit a member", START, "+D=0", 0, NULL,
         "Derby is a member already: a new card of a member is put in with rotate"},
        {"admit the same twice", START, "+E=0 +E=0", 0, NULL,
         "Exeter is a member already: a new card of a member is put in with rotate"},
        {"remove", START, "-D:1@5x", 0, "BC", "Derby leaves; Derby: feed 1 ends at 5"},
        {"remove and leave nothing", START, "-D:1@0", 0, "BC",
         "Derby leaves; Derby: feed 1 ends at 0"},
        {"remove without saying where it ends", START, "-D", 0, NULL,
         "Derby: it is to leave, but where does its feed 1 end? Give the cut"},
        {"remove with one feed cut and one not", "a ABC/2 by AB D=2", "-D:1@5x", 0, NULL,
         "Derby: it is to leave, but where does its feed 2 end? Give the cut"},
        {"remove where the card closed the first feed", "a ABC/2 by AB D=2", "-D:2@5x", 0, "AB",
         "Derby leaves; Derby: feed 2 ends at 5"},
        {"remove a stranger", START, "-E:1@5x", 0, NULL, "*no such member"},
        {"remove twice", START, "-D:1@5x -D:1@5x", 0, NULL, "Derby has left already"},
        {"cut a feed that is not there", START, "-D:1@5x:2@5x", 0, NULL, "Derby has no feed 2"},
        {"come back in the same feed", START " gone:D cut:D1@5x", "+D=1", 0, NULL,
         "Derby left and its feeds are closed: it must go on in a new feed, under its next key, to "
         "come back"},
        {"come back in a new feed", START " gone:D cut:D1@5x", "+D=3", 0, "AB",
         "Derby comes back; Derby goes on in feed 2"},
        {"come back from the dead", START " ended:D cut:D1@5x", "+D=3", 0, NULL,
         "Derby was dissolved, and that is for good"},
        {"rotate: another transport key", START, "~D=1", 0, "AB", "Derby has a new card"},
        {"rotate: on in feed 2", START, "~D=2", 0, "AB",
         "Derby goes on in feed 2; Derby: feed 1 ends at 7"},
        {"rotate with a cut of the stewards'", START, "~D=3:1@5x", 0, "AB",
         "Derby goes on in feed 2; Derby: feed 1 ends at 5"},
        {"rotate back", START " D=1", "~D=0", 0, NULL,
         "Derby: the card is not newer than the one that is there: issue it again"},
        {"rotate to the same", START, "~D=0", 0, NULL,
         "Derby: the card is not newer than the one that is there: issue it again"},
        {"rotate and lose a feed", START " D=3", "~D=6", 0, NULL,
         "Derby: feed 2 on the card is missing or not as it was: feeds and where they were closed "
         "never change"},
        {"rotate and change what a feed committed to", START " D=2", "~D=3", 0, NULL,
         "Derby: feed 1 on the card is missing or not as it was: feeds and where they were closed "
         "never change"},
        {"rotate a stranger", START, "~E=1", 0, NULL, "Exeter is no active member: admit it"},
        {"rotate who left", START " gone:D cut:D1@5x", "~D=3", 0, NULL,
         "Derby is no active member: admit it"},
        {"a steward's new key", START, "~A=7", 0, NULL,
         "Aylesbury has a new steward key; "
         "Aylesbury has a new card"},
        {"a steward's card without the key", START, "~A=6", 0, NULL,
         "Aylesbury is a steward, and its card has no steward key: let it issue one that has, or "
         "end its stewardship in the same proposal"},
        {"and with its stewardship ended", START, "~A=6 _A ^D", 0, "BC",
         "Derby becomes a steward; Aylesbury is no steward any more; Aylesbury has a new card"},
        {"dissolve", START, "!D:1@5x", 0, "AB", "Derby is dissolved; Derby: feed 1 ends at 5"},
        {"dissolve with a successor", START, "!D>C:1@5x", 0, "AB",
         "Derby is dissolved; Derby is succeeded by Chester; Derby: feed 1 ends at 5"},
        {"dissolve with one that is admitted along", START, "+E=0 !D>E:1@5x", 0, "AB",
         "Derby is dissolved; Derby is succeeded by Exeter; Derby: feed 1 ends at 5; "
         "Exeter comes in"},
        {"dissolve with a stranger for a successor", START, "!D>E:1@5x", 0, NULL,
         "Derby: its successor is no member: admit it first, or in the same proposal"},
        {"dissolve into itself", START, "!D>D:1@5x", 0, NULL, "Derby: succeeds itself"},
        {"dissolve in a circle", "a ABC/2 by AB ended:D D>E cut:D1@5x", "!E>D:1@5x", 0, NULL,
         "*succeeds itself"},
        {"dissolve who left", START " gone:D cut:D1@5x", "!D>C", 0, "AB",
         "Derby is dissolved; Derby is succeeded by Chester"},
        {"name the successor later", START " ended:D cut:D1@5x", "!D>C", 0, "AB",
         "Derby is succeeded by Chester"},
        {"the first successor stays", START " ended:D D>B cut:D1@5x", "!D>C", 0, NULL,
         "Derby is dissolved already; its first successor stays"},
        {"a fourth steward", START, "^D", 0, "ABC",
         "the threshold is 3, it was 2; Derby becomes a steward"},
        {"with a threshold that is not more than half", START, "^D", 2, NULL,
         "a threshold of 2 with 4 stewards: it must be more than half of them and fewer than all, "
         "so from 3 to 3; give one, or name another steward"},
        {"with a threshold of all", START, "^D", 4, NULL,
         "a threshold of 4 with 4 stewards: it must be more than half of them and fewer than all, "
         "so from 3 to 3; give one, or name another steward"},
        {"another threshold alone", "a ABCDE/3 by ABC", "", 4, "ABCD",
         "the threshold is 4, it was 3"},
        {"a steward for another", START, "_C ^D", 0, "AB",
         "Chester is no steward any more; Derby becomes a steward"},
        {"a steward twice", START, "^A", 0, NULL, "Aylesbury is a steward already"},
        {"a stranger as a steward", START, "^E", 0, NULL, "*no such member"},
        {"a member without a steward key", START " D=6", "^D", 0, NULL,
         "Derby: its card has no steward key: let it issue one that has, and put it in with "
         "rotate"},
        {"a steward who left", START " gone:D cut:D1@5x", "^D", 0, NULL,
         "Derby is no active member"},
        {"no steward, no more", START, "_D", 0, NULL, "Derby is no steward"},
        {"too few stewards", START, "_C", 0, NULL,
         "2 stewards would be left, at least 3 are needed: name another steward (a member whose "
         "card has a steward key) in the same proposal"},
        {"to remove a steward ends its stewardship", START, "-C:1@5x", 0, NULL,
         "2 stewards would be left, at least 3 are needed: name another steward (a member whose "
         "card has a steward key) in the same proposal"},
        {"with another in its place", START, "-C:1@5x ^D", 0, "AB",
         "Chester is no steward any more; Derby becomes a steward; Chester leaves; "
         "Chester: feed 1 ends at 5"},
        {"a threshold that is now all", "a ABCDE/4 by ABCD", "-E:1@5x", 0, NULL,
         "a threshold of 4 with 4 stewards: it must be more than half of them and fewer than all, "
         "so from 3 to 3; give one, or name another steward"},
        {"and lowered", "a ABCDE/4 by ABCD", "-E:1@5x", 3, "ABCD",
         "the threshold is 3, it was 4; Exeter is no steward any more; Exeter leaves; "
         "Exeter: feed 1 ends at 5"},
        {"nothing", START " fit", "", 0, NULL,
         "nothing would change: say who is to be admitted, removed or rotated"},
        {"nothing but new rings", START, "", 0, "AB", ""},
        {"a merge of rivals", RIVALS, "", 0, "AB", "the rivalry of 2 heads ends; *"},
        {"a merge keeps every cut",
         START "; b ABC/2 on a by AB -E -F -G -H cut:D1@5x; c ABC/2 on a by BC -E -F -G -H "
               "cut:D1@6y",
         "", 0, "AB", "*Derby: feed 1 ends at *"},
        {"a merge keeps who left out",
         START "; b ABC/2 on a by AB -E -F -G -H; c ABC/2 on a by BC -E -F -G -H gone:D cut:D1@6y",
         "", 0, "AB", "the rivalry of 2 heads ends*"},
        {"a merge drops a steward who left in one rival",
         "a ABCD/3 by ABC -E -F -G -H; b ABCD/3 on a by ABC -E -F -G -H; c ABD/2 on a by ABD "
         "-E -F -G -H gone:C cut:C1@5x",
         "", 2, "ABD", "the rivalry of 2 heads ends*"},
        {"a merge of two successors",
         START "; b ABC/2 on a by AB -E -F -G -H ended:D D>A cut:D1@6y; c ABC/2 on a by BC -E -F "
               "-G -H ended:D D>B cut:D1@6y",
         "", 0, NULL,
         "Derby: the rival heads name different successors of it: no head can keep both; only a "
         "successor network ends this"},
        {"a merge of cards that contradict each other",
         START "; b ABC/2 on a by AB -E -F -G -H D=2; c ABC/2 on a by BC -E -F -G -H D=3", "", 0,
         NULL,
         "Derby: feed 1 on the card is missing or not as it was: feeds and where they were closed "
         "never change"},
        {"newer rules than ours", START " rules2", "+E=0", 0, NULL,
         "the charter asks for newer rules than this program knows: upgrade first"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct charter *charter = charter_made(rows[i].start);
        struct amendment *amendments = memory_new(8, sizeof *amendments);
        struct proposal *proposal = memory_new(1, sizeof *proposal);
        struct buffer bundle = {0}, text = {0};
        struct fault fault = {0};
        size_t count = read_amendments(rows[i].amendments, amendments);
        bool done = charter_propose(charter, amendments, count, rows[i].threshold, TOWN_MS + DAY_MS,
                                    &bundle, &fault);
        if (done) {
            cr_expect(charter_read_proposal(buffer_view(&bundle), charter, proposal, &fault),
                      "%s: %s", rows[i].rule, fault.text);
            say_changes(proposal, &text);
        } else {
            cr_expect_eq(fault.kind, FAULT_INPUT, "%s", rows[i].rule);
            buffer_append_text(&text, fault.text);
        }
        cr_expect(town_says(buffer_text(&text), rows[i].says), "%s: %s", rows[i].rule,
                  buffer_text(&text));
        for (const char *town = rows[i].signers; done && town != NULL && *town != '\0'; town++)
            cr_expect(sign_as(&bundle, *town, &fault), "%s: %s", rows[i].rule, fault.text);
        if (done && rows[i].signers != NULL) {
            bool changed;
            cr_expect(charter_add(charter, buffer_view(&bundle), &changed, &fault), "%s: %s",
                      rows[i].rule, fault.text);
            cr_expect_eq(charter_heads(charter), 1, "%s", rows[i].rule);
            cr_expect_eq(charter_head(charter, 0)->version, proposal->head.version, "%s",
                         rows[i].rule);
            cr_expect(charter_read_proposal(buffer_view(&bundle), charter, proposal, &fault));
            cr_expect_eq(proposal->needed, 0, "%s: %zu", rows[i].rule, proposal->needed);
        }
        buffer_release(&bundle);
        buffer_release(&text);
        charter_free(charter);
        free(amendments);
        free(proposal);
    }
    towns_release();
}

/* --- Founding --- */

Test(charter, is_founded)
{
    static const struct {
        const char *rule, *name, *cards; /* A letter and an enum town_card for each. */
        uint32_t threshold;
        const char *because;
    } rows[] = {
        {"three of them", "Learning", "A0B0C0", 2, NULL},
        {"and one without a steward key", "Learning", "A0B0C0D6", 2, NULL},
        {"five, four must sign", "Learning", "A0B0C0D0E0", 4, NULL},
        {"the threshold left open", "Learning", "A0B0C0D0", 0, NULL},
        {"two of them", "Learning", "A0B0", 2,
         "2 stewards would be left, at least 3 are needed: name another steward (a member whose "
         "card has a steward key) in the same proposal"},
        {"half is not enough", "Learning", "A0B0C0D0", 2,
         "a threshold of 2 with 4 stewards: it must be more than half of them and fewer than all, "
         "so from 3 to 3; give one, or name another steward"},
        {"all is too many", "Learning", "A0B0C0", 3,
         "a threshold of 3 with 3 stewards: it must be more than half of them and fewer than all, "
         "so from 2 to 2; give one, or name another steward"},
        {"one twice", "Learning", "A0B0C0A1", 2,
         "Aylesbury is a member already: a new card of a member is put in with rotate"},
        {"without a name", "", "A0B0C0", 2, "head name: got 0, expected 1 to 120"},
        {"with a bell in it", "Lear\aning", "A0B0C0", 2, "head name: holds a control character"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct card *cards[TOWNS];
        size_t count = strlen(rows[i].cards) / 2;
        struct buffer bundle = {0};
        struct fault fault = {0};
        for (size_t k = 0; k < count; k++)
            cards[k] =
                town_card(rows[i].cards[2 * k], (enum town_card)(rows[i].cards[2 * k + 1] - '0'));
        bool done = charter_found(rows[i].name, rows[i].threshold, false, cards, count, TOWN_MS,
                                  &bundle, &fault);
        cr_expect_eq(done, rows[i].because == NULL, "%s: %s", rows[i].rule, fault.text);
        if (rows[i].because != NULL)
            cr_expect_str_eq(fault.text, rows[i].because, "%s: %s", rows[i].rule, fault.text);
        buffer_release(&bundle);
    }
    towns_release();
}

Test(charter, refuses_a_double)
{
    struct card *same_name = town_altered_card('E', "DERBY", NULL, ROLE_AUTHORITY);
    struct card *same_key =
        town_altered_card('E', NULL, &town_card('D', CARD_FIRST)->transport, ROLE_AUTHORITY);
    struct charter *charter = charter_made(START), *left = charter_made(START " gone:D cut:D1@5x");
    struct amendment admit = {.what = AMEND_ADMIT, .card = same_name};
    struct buffer bundle = {0};
    struct fault fault;

    cr_expect_not(charter_propose(charter, &admit, 1, 0, TOWN_MS, &bundle, &fault));
    cr_expect_str_eq(fault.text,
                     "there is already a member called Derby: it must go by another name");
    cr_expect(charter_propose(left, &admit, 1, 0, TOWN_MS, &bundle, &fault), "%s", fault.text);
    admit.card = same_key;
    cr_expect_not(charter_propose(charter, &admit, 1, 0, TOWN_MS, &bundle, &fault));
    cr_expect_str_eq(fault.text,
                     "Exeter and Derby have the same transport key: one home was copied "
                     "from the other; make one of them anew");
    buffer_release(&bundle);
    card_free(same_name);
    card_free(same_key);
    charter_free(charter);
    charter_free(left);
    towns_release();
}

Test(charter, hubs_are_no_stewards)
{
    struct card *hub = town_altered_card('D', NULL, NULL, ROLE_HUB);
    const struct card *cards[] = {town_card('A', CARD_FIRST), town_card('B', CARD_FIRST),
                                  town_card('C', CARD_FIRST), hub};
    struct proposal *proposal = memory_new(1, sizeof *proposal);
    struct buffer bundle = {0}, text = {0};
    struct fault fault = {0};

    cr_assert(charter_found("Learning", 0, true, cards, 4, TOWN_MS, &bundle, &fault), "%s",
              fault.text);
    cr_assert(charter_read_proposal(buffer_view(&bundle), NULL, proposal, &fault), "%s",
              fault.text);
    cr_expect_eq(proposal->head.steward_count, 3);
    cr_expect_eq(proposal->head.threshold, 2);
    cr_expect_eq(proposal->members, 4);
    cr_expect_eq(proposal->head.version, 1);
    cr_expect_eq(proposal->head.demo, true);
    cr_expect_eq(proposal->head.release_ms, RELEASE_DEMO_MS);
    cr_expect_eq(proposal->needed, 2);
    cr_expect_eq(proposal->signed_by, 0);
    say_changes(proposal, &text);
    cr_expect_not_null(strstr(buffer_text(&text), "Derby comes in"));
    buffer_release(&bundle);
    buffer_release(&text);
    card_free(hub);
    free(proposal);
    towns_release();
}

/* A network's first days, from the founding to the second head, with files going round. */
Test(charter, a_proposal_goes_round)
{
    const struct card *cards[] = {town_card('A', CARD_FIRST), town_card('B', CARD_FIRST),
                                  town_card('C', CARD_FIRST)};
    struct buffer first = {0}, second = {0}, other = {0};
    struct charter *charter = charter_new(NULL);
    struct proposal *proposal = memory_new(1, sizeof *proposal);
    struct fault fault = {0};
    bool changed;

    cr_assert(charter_found("Learning", 2, false, cards, 3, TOWN_MS, &first, &fault));
    buffer_append(&second, buffer_view(&first));
    cr_expect(sign_as(&first, 'A', &fault));
    cr_expect(sign_as(&second, 'C', &fault));
    cr_expect_not(charter_add(charter, buffer_view(&first), &changed, &fault));
    cr_expect_eq(fault.refusal, REFUSED_THRESHOLD);
    cr_expect_not(charter_in_force(charter));
    cr_expect(charter_unite(&first, buffer_view(&second), &fault), "%s", fault.text);
    cr_expect(charter_add(charter, buffer_view(&first), &changed, &fault), "%s", fault.text);
    cr_expect(charter_in_force(charter));
    cr_expect_str_eq(charter_name(charter), "Learning");

    /* Both epochs' rings are there, with their keys. */
    const struct head *head = charter_head(charter, 0);
    cr_expect_eq(head->ring_count, 2);
    for (size_t i = 0; i < head->ring_count; i++) {
        const struct ring_public *keys;
        size_t count = 0;
        cr_expect_eq(head->rings[i].epoch, TOWN_EPOCH + i);
        cr_expect(
            charter_ring(charter, &head->rings[i].digest, head->rings[i].epoch, &keys, &count));
        cr_expect_eq(count, 3);
    }

    /* Another proposal's signatures do not go into this one. */
    struct amendment admit = {.what = AMEND_ADMIT, .card = town_card('D', CARD_FIRST)};
    cr_assert(charter_propose(charter, &admit, 1, 0, TOWN_MS + DAY_MS, &other, &fault));
    cr_expect_not(charter_unite(&first, buffer_view(&other), &fault));
    cr_expect_eq(fault.kind, FAULT_INPUT);
    cr_expect(charter_read_proposal(buffer_view(&other), charter, proposal, &fault));
    cr_expect_eq(proposal->needed, 2);
    cr_expect_eq(proposal->head.version, 2);
    cr_expect(sign_as(&other, 'B', &fault), "%s", fault.text);
    cr_expect(charter_read_proposal(buffer_view(&other), NULL, proposal, &fault), "%s", fault.text);
    cr_expect_eq(proposal->needed, 1);
    cr_expect_eq(proposal->signed_by, 1);
    cr_expect(sign_as(&other, 'C', &fault));
    cr_expect(charter_add(charter, buffer_view(&other), &changed, &fault));
    cr_expect_eq(charter_members(charter), 4);
    buffer_release(&first);
    buffer_release(&second);
    buffer_release(&other);
    charter_free(charter);
    free(proposal);
    towns_release();
}

/* What the merge of the rows above makes of who left in one of them. */
Test(charter, a_merge_takes_the_sterner_status)
{
    static const char *const rivals[] = {
        START "; b ABC/2 on a by AB -E -F -G -H; c ABC/2 on a by BC -E -F -G -H gone:D cut:D1@6y",
        START "; b ABC/2 on a by AB -E -F -G -H gone:D cut:D1@5x; "
              "c ABC/2 on a by BC -E -F -G -H ended:D D>A cut:D1@6y",
        START "; b ABC/2 on a by AB -E -F -G -H ended:D D>A cut:D1@6y; "
              "c ABC/2 on a by BC -E -F -G -H D=1",
    };
    static const enum member_status status[] = {MEMBER_LEFT, MEMBER_DISSOLVED, MEMBER_DISSOLVED};
    static const size_t cuts[] = {1, 2, 1};

    for (size_t i = 0; i < sizeof rivals / sizeof *rivals; i++) {
        struct charter *charter = charter_made(rivals[i]);
        struct feed feed = {*town_id('D'), 1};
        struct buffer bundle = {0};
        struct fault fault = {0};
        bool changed;
        cr_assert(charter_propose(charter, NULL, 0, 0, TOWN_MS, &bundle, &fault), "%s", fault.text);
        cr_assert(sign_as(&bundle, 'A', &fault) && sign_as(&bundle, 'B', &fault), "%s", fault.text);
        cr_assert(charter_add(charter, buffer_view(&bundle), &changed, &fault));
        cr_expect_eq(charter_heads(charter), 1);
        const struct member *member = charter_member(charter, town_id('D'));
        cr_expect_eq(member->status, status[i], "%zu", i);
        cr_expect_eq(member->succeeded, status[i] == MEMBER_DISSOLVED, "%zu", i);
        cr_expect_eq(member->card->issued_ms,
                     town_card('D', i == 2 ? CARD_MOVED : CARD_FIRST)->issued_ms);
        cr_expect_eq(charter_feed(charter, &feed).cut_count, cuts[i], "%zu", i);
        buffer_release(&bundle);
        charter_free(charter);
    }
    towns_release();
}

/* Who left is in no ring; two keys make one, fewer make none. */
Test(charter, rings_are_of_the_active)
{
    struct charter *charter = charter_made(START);
    struct amendment amendments[4];
    struct buffer bundle = {0};
    struct fault fault = {0};
    bool changed;
    size_t count = read_amendments("-D:1@5x +E=0", amendments);
    struct ring *expected = model_ring(0x17);

    cr_assert(charter_propose(charter, amendments, count, 0, TOWN_MS, &bundle, &fault));
    cr_assert(sign_as(&bundle, 'A', &fault) && sign_as(&bundle, 'B', &fault));
    cr_assert(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    cr_expect_eq(charter_head(charter, 0)->ring_count, 2);
    cr_expect_eq(charter_head(charter, 0)->rings[0].epoch, TOWN_EPOCH);
    cr_expect(digest_equal(&charter_head(charter, 0)->rings[0].digest, &expected->digest));

    /* In spring the next epoch begins; two years on nobody's card has a key. */
    cr_assert(charter_propose(charter, NULL, 0, 0, TOWN_MS + 90 * DAY_MS, &bundle, &fault));
    cr_assert(sign_as(&bundle, 'A', &fault) && sign_as(&bundle, 'B', &fault));
    cr_assert(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    cr_expect_eq(charter_head(charter, 0)->ring_count, 1);
    cr_expect_eq(charter_head(charter, 0)->rings[0].epoch, TOWN_EPOCH + 1);
    cr_assert(charter_propose(charter, NULL, 0, 0, TOWN_MS + 800 * DAY_MS, &bundle, &fault));
    cr_assert(sign_as(&bundle, 'A', &fault) && sign_as(&bundle, 'B', &fault));
    cr_assert(charter_add(charter, buffer_view(&bundle), &changed, &fault));
    cr_expect_eq(charter_head(charter, 0)->ring_count, 0);
    ring_free(expected);
    buffer_release(&bundle);
    charter_free(charter);
    towns_release();
}
