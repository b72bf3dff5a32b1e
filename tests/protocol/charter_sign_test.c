#include "tests/protocol/charter_model.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>

/* What a steward's program looks at before it signs, and what files of signatures become. */

#define A_FIT "a ABC/2 by AB fit -H"

Test(charter, signatures)
{
    static const struct {
        const char *rule, *made;
        char signer;
        const char *before; /* Pairs of head and predecessor, "ba". */
        const char *because;
    } rows[] = {
        {"a steward", A_FIT "; b ABC/2 on a fit -H", 'A', "", NULL},
        {"a founder", "a ABC/2 fit -H", 'C', "", NULL},
        {"again", A_FIT "; b ABC/2 on a by A fit -H", 'A', "", NULL},
        {"in place of one that does not hold", A_FIT "; b ABC/2 on a by a fit -H", 'A', "", NULL},
        {"a steward to be", A_FIT "; b DEF/2 on a fit -H", 'D', "", NULL},
        {"a steward that was", A_FIT "; b DEF/2 on a fit -H", 'A', "", NULL},
        {"one that has it all already", A_FIT, 'C', "", NULL},
        {"no steward", A_FIT "; b ABC/2 on a fit -H", 'D', "",
         "this key is no steward's of head 2 nor of one that it goes on from: it has nothing to "
         "sign here"},
        {"an entry is gone", A_FIT "; b ABC/2 on a fit -H -G", 'A', "",
         "Gateshead: its entry is gone: who leaves keeps an entry, so that what it said before can "
         "still be checked"},
        {"a feed is gone", A_FIT " D=3; b ABC/2 on a fit -H D=6", 'A', "",
         "Derby: feed 2 on the card is missing or not as it was: feeds and where they were closed "
         "never change"},
        {"a feed is another", A_FIT " D=4; b ABC/2 on a fit -H D=5", 'A', "",
         "Derby: feed 1 on the card is missing or not as it was: feeds and where they were closed "
         "never change"},
        {"an older card", A_FIT " D=1; b ABC/2 on a fit -H", 'A', "",
         "Derby: the card is not newer than the one that is there: issue it again"},
        {"a newer card", A_FIT " D=1; b ABC/2 on a fit -H D=2", 'A', "", NULL},
        {"a cut is dropped", A_FIT " cut:D1@5x; b ABC/2 on a fit -H", 'A', "",
         "Derby: the cut of feed 1 at 5 is gone or raised: a cut stays for good, only lower ones "
         "may be put beside it"},
        {"a cut is raised", A_FIT " cut:D1@5x; b ABC/2 on a fit -H cut:D1@6y", 'A', "",
         "Derby: the cut of feed 1 at 5 is gone or raised: a cut stays for good, only lower ones "
         "may be put beside it"},
        {"a cut is moved to another record", A_FIT " cut:D1@5x; b ABC/2 on a fit -H cut:D1@5y", 'A',
         "",
         "Derby: the cut of feed 1 at 5 is gone or raised: a cut stays for good, only lower ones "
         "may be put beside it"},
        {"a lower one beside it", A_FIT " cut:D1@5x; b ABC/2 on a fit -H cut:D1@5x cut:D1@3y", 'A',
         "", NULL},
        {"a cut that the card now has too", A_FIT " cut:D1@7s; b ABC/2 on a fit -H D=2", 'A', "",
         NULL},
        {"a successor is gone",
         A_FIT " ended:D D>E cut:D1@5x; b ABC/2 on a fit -H ended:D cut:D1@5x", 'A', "",
         "Derby: its successor is gone or another one: the first one stays"},
        {"a successor is another",
         A_FIT " ended:D D>E cut:D1@5x; b ABC/2 on a fit -H ended:D D>F cut:D1@5x", 'A', "",
         "Derby: its successor is gone or another one: the first one stays"},
        {"who was dissolved is back", A_FIT " ended:D cut:D1@5x; b ABC/2 on a fit -H cut:D1@5x",
         'A', "", "Derby: was dissolved, and that is for good"},
        {"who leaves has an open feed", A_FIT "; b ABC/2 on a fit -H gone:D", 'A', "",
         "Derby: it is to leave, but where does its feed 1 end? Give the cut"},
        {"a successor without an end", A_FIT "; b ABC/2 on a fit -H D>E", 'A', "",
         "Derby: has a successor without being dissolved"},
        {"a successor that is no member", A_FIT "; b ABC/2 on a fit -H ended:D D>H cut:D1@5x", 'A',
         "", "Derby: its successor is no member: admit it first, or in the same proposal"},
        {"a steward that left", A_FIT "; b ABC/2 on a fit -H gone:B cut:B1@5x", 'A', "",
         "a steward that is no active member: Bradford"},
        {"a steward that is no member", A_FIT "; b ABH/2 on a fit -H", 'A', "",
         "a steward that is no active member"},
        {"a steward without a key on its card", A_FIT "; b ABC/2 on a fit -H B=6", 'A', "",
         "Bradford: a steward under another key than the one on its card"},
        {"without its rings", A_FIT "; b ABC/2 on a -H", 'A', "",
         "the ring for epoch 4051 is not that of all active members' keys"},
        {"a ring that leaves somebody out", A_FIT "; b ABC/2 on a -H ring:ABC", 'A', "",
         "the ring for epoch 4051 is not that of all active members' keys"},
        {"a ring of another time", A_FIT "; b ABC/2 on a -H ring:ABC at:200", 'A', "",
         "a ring for epoch 4051, which is not now or next"},
        {"newer rules", A_FIT "; b ABC/2 on a fit -H rules2", 'A', "",
         "head 2 asks for rules 2, this program knows 1: upgrade before you sign"},
        {"older rules", A_FIT " rules2; b ABC/2 on a fit -H", 'A', "",
         "head 2: rules do not go back"},
        {"without its roster", A_FIT "; b ABC/2 on a fit -H -G bare", 'A', "",
         "the file does not hold the roster of its newest head"},
        {"without its predecessor's roster", A_FIT " bare; b ABC/2 on a fit -H D=1", 'A', "",
         "the file lacks the roster that head 2 goes on from, so what it changes cannot be seen"},
        {"on a head that is short itself", "a ABC/2 by A fit -H; b ABC/2 on a fit -H", 'A', "",
         "head 2: a head that it goes on from is not in the file, or has not all its signatures "
         "yet"},
        {"rivals in one file", A_FIT "; b ABC/2 on a fit -H; c ABC/2 on a fit -H at:1", 'A', "",
         "*the file holds rival heads 2 and 2: propose one that goes on from both"},
        {"nothing in the file", "a ABC/2 unheard; halt D1@5x", 'A', "",
         "the file holds no head of a charter"},
        {"a second head on the same one", A_FIT "; c ABC/2 on a fit -H at:1; b ABC/2 unheard", 'A',
         "ba", "*this key has signed another head that goes on from the same one"},
        {"the same head again", A_FIT "; b ABC/2 on a fit -H", 'A', "ba", NULL},
        {"one that goes on from the first",
         A_FIT "; b ABC/2 on a by AB fit -H; c ABC/2 on b fit -H", 'A', "ba", NULL},
        {"one that takes the first one in",
         A_FIT "; b ABC/2 on a by AB fit -H; c ABC/2 on a by BC fit -H at:1; d ABC/2 on bc fit -H",
         'A', "ba", NULL},
        {"one that names both the first and what that goes on from",
         A_FIT "; b ABC/2 on a by AB fit -H; d ABC/2 on ab fit -H", 'A', "ba", NULL},
        {"one that goes on from the rival: another predecessor",
         A_FIT "; c ABC/2 on a by BC fit -H at:1; d ABC/2 on c fit -H; b ABC/2 unheard", 'A', "ba",
         NULL},
        {"one that takes in the rival and not the first",
         A_FIT "; c ABC/2 on a by BC fit -H at:1; d ABC/2 on ac fit -H; b ABC/2 unheard", 'A', "ba",
         "*this key has signed another head that goes on from the same one"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model *model = model_read(rows[i].made);
        struct buffer bundle = {0}, before_wire = {0};
        struct signed_before before = {0};
        struct head *head = memory_new(1, sizeof *head);
        struct fault fault = {0};
        model_write_bundle(model, 0, &bundle);
        buffer_append(&before_wire, buffer_view(&bundle));
        if (rows[i].before[0] != '\0') {
            before.head = model_find(model, rows[i].before[0])->text->head.hash;
            before.predecessor = model_find(model, rows[i].before[1])->text->head.hash;
        }
        bool done = charter_sign(&bundle, town_key(rows[i].signer, KEY_STEWARD), &before,
                                 rows[i].before[0] != '\0', head, &fault);
        cr_expect_eq(done, rows[i].because == NULL, "%s: %s", rows[i].rule, fault.text);
        cr_expect(done || town_says(fault.text, rows[i].because), "%s: %s", rows[i].rule,
                  fault.text);
        if (!done) {
            cr_expect_eq(fault.kind, FAULT_INPUT, "%s", rows[i].rule);
            cr_expect(bytes_equal(buffer_view(&bundle), buffer_view(&before_wire)), "%s",
                      rows[i].rule);
        }
        buffer_release(&bundle);
        buffer_release(&before_wire);
        model_free(model);
        free(head);
    }
    towns_release();
}

/* Signatures that do not hold neither come in nor push out. */
Test(charter, unites_only_what_holds)
{
    struct model *model =
        model_read(A_FIT "; b ABC/2 on a by A fit -H | a by AB; roster a; b by aB; "
                         "roster b");
    struct proposal *proposal = memory_new(1, sizeof *proposal);
    struct buffer first = {0}, second = {0};
    struct fault fault = {0};

    model_write_bundle(model, 0, &first);
    model_write_bundle(model, 1, &second);
    cr_assert(charter_unite(&first, buffer_view(&second), &fault), "%s", fault.text);
    cr_assert(charter_read_proposal(buffer_view(&first), NULL, proposal, &fault));
    cr_expect_eq(proposal->needed, 0);
    cr_assert(charter_unite(&second, buffer_view(&first), &fault), "%s", fault.text);
    cr_assert(charter_read_proposal(buffer_view(&second), NULL, proposal, &fault));
    cr_expect_eq(proposal->needed, 0);
    buffer_release(&first);
    buffer_release(&second);
    free(proposal);
    model_free(model);
    towns_release();
}

/* A steward's own program looks for doubles too: the proposer's may not have. */
Test(charter, a_double_is_not_signed)
{
    struct model *model = model_read(A_FIT " -E; b ABC/2 on a fit -H");
    struct card *card = town_altered_card('E', "derby", NULL, ROLE_AUTHORITY);
    struct roster_card *shared = roster_card_new(card);
    struct head head = model->heads[1].text->head, *signed_head = memory_new(1, sizeof head);
    struct bundle bundle;
    struct buffer wire = {0};
    struct fault fault = {0};

    struct roster *roster = roster_open(model->heads[1].roster, (struct known_cards){0}, &fault);
    roster_text_free(roster->text);
    roster->text = NULL;
    entry_set_card(roster_find(roster, town_id('E')), shared);
    cr_assert(roster_seal(roster, &fault));
    head.roster = roster->text->digest;
    head_write(&head, &wire);
    struct head_text *text = head_read(buffer_view(&wire), &fault);
    buffer_clear(&wire);
    model->part_count -= 2; /* Not b as it was, */
    model_write_bundle(model, 0, &wire);
    cr_assert(bundle_read(&bundle, buffer_view(&wire), &fault));
    bundle_add_head(&bundle, text); /* but so. */
    bundle_add_roster(&bundle, roster->text);
    buffer_clear(&wire);
    bundle_write(&bundle, &wire);
    cr_expect_not(charter_sign(&wire, town_key('A', KEY_STEWARD), NULL, 0, signed_head, &fault));
    cr_expect_str_eq(fault.text,
                     "there is already a member called Derby: it must go by another name", "%s",
                     fault.text);
    bundle_release(&bundle);
    buffer_release(&wire);
    head_free(text);
    roster_free(roster);
    roster_card_free(shared);
    free(signed_head);
    model_free(model);
    towns_release();
}

/* How many signatures a hand-over still needs: fewest where one counts for both lists. */
Test(charter, counts_what_is_needed)
{
    static const struct {
        const char *made;
        size_t signed_by, needed;
    } rows[] = {
        {A_FIT "; b ABC/2 on a fit -H", 0, 2},
        {A_FIT "; b ABC/2 on a by A fit -H", 1, 1},
        {A_FIT "; b ABC/2 on a by AC fit -H", 2, 0},
        {A_FIT "; b ABC/2 on a by aD fit -H", 0, 2},
        {A_FIT "; b DEF/2 on a fit -H", 0, 4},
        {A_FIT "; b DEF/2 on a by DEF fit -H", 3, 2},
        {A_FIT "; b CDE/2 on a fit -H", 0, 3},
        {A_FIT "; b BCD/2 on a fit -H", 0, 2},
        {A_FIT "; b ABC/2 on a by AB fit -H; c CDE/2 on a by ACD fit -H; d ABCDE/3 on bc fit -H", 0,
         3},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct model *model = model_read(rows[i].made);
        struct proposal *proposal = memory_new(1, sizeof *proposal);
        struct buffer bundle = {0};
        struct fault fault = {0};
        model_write_bundle(model, 0, &bundle);
        cr_expect(charter_read_proposal(buffer_view(&bundle), NULL, proposal, &fault), "%s: %s",
                  rows[i].made, fault.text);
        cr_expect_eq(proposal->signed_by, rows[i].signed_by, "%s: %zu", rows[i].made,
                     proposal->signed_by);
        cr_expect_eq(proposal->needed, rows[i].needed, "%s: %zu", rows[i].made, proposal->needed);
        buffer_release(&bundle);
        free(proposal);
        model_free(model);
    }
    towns_release();
}
