#include "tests/store/room.h"

#include <stdio.h>
#include <string.h>

TestSuite(drafts, .init = room_open, .fini = room_close);

#define NOW INT64_C(1767225600000)

static struct draft *written(const char *title)
{
    struct document *document = document_new(&lesson_form);

    document_add(document, "title", bytes_of_text(title), (struct place){0});
    return draft_new(document, ATTRIBUTION_NAMED, NOW);
}

static uint64_t put(uint64_t number, const char *title)
{
    struct draft *draft = written(title);

    cr_done(store_put_draft(store, &number, draft, &fault));
    draft_free(draft);
    return number;
}

static bool write_draft(void *context, uint64_t number, const struct draft *draft,
                        const struct digest *record, struct fault *why)
{
    if (draft == NULL && record == NULL) {
        buffer_printf(context, "%llu cannot be read: %s\n", (unsigned long long)number, why->text);
        return true;
    }
    if (draft == NULL) {
        buffer_printf(context, "%llu published as %02x\n", (unsigned long long)number,
                      (unsigned)record->bytes[0]);
        return true;
    }
    struct bytes title = draft_title(draft);
    buffer_printf(context, "%llu %s %.*s\n", (unsigned long long)number, draft_state_name(draft),
                  (int)title.size, (const char *)title.data);
    return true;
}

Test(drafts, are_numbered_changed_and_read_again)
{
    struct buffer text = {0};

    cr_expect_eq(put(0, "One"), 1);
    cr_expect_eq(put(0, "Two"), 2);
    cr_expect_eq(put(1, "One again"), 1);
    room_reopen(STORE_READ);
    cr_done(store_each_draft(store, write_draft, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "1 written One again\n2 written Two\n");
    struct draft *draft = store_get_draft(store, 2, &fault);
    cr_assert(draft != NULL, "%s", fault.text);
    cr_expect(bytes_equal(draft_title(draft), bytes_of_text("Two")));
    cr_expect_eq(draft_updated_ms(draft), NOW);
    draft_free(draft);
    buffer_release(&text);
}

Test(drafts, that_are_not_there_are_said_to_be)
{
    struct draft *draft = written("Three");
    struct digest id = {{0}};
    uint64_t number = 3;

    cr_expect(store_get_draft(store, 3, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(strstr(fault.text, "there is no draft 3: candour draft list") != NULL, "%s",
              fault.text);
    cr_expect(!store_put_draft(store, &number, draft, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(!store_draft_published(store, 3, &id, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(!store_draft_record(store, 3, &id, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    draft_free(draft);
}

Test(drafts, know_the_record_they_became)
{
    uint64_t number = put(0, "One");
    struct digest id = council_network(), read = {{0}};

    cr_expect(!store_draft_record(store, number, &read, &fault));
    cr_expect(strstr(fault.text, "not published yet") != NULL, "%s", fault.text);
    cr_done(store_draft_published(store, number, &id, &fault));
    cr_done(store_draft_record(store, number, &read, &fault));
    cr_expect(digest_equal(&id, &read));
    cr_expect(store_get_draft(store, number, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(strstr(fault.text, "draft 1 is published as ") != NULL, "%s", fault.text);
}

Test(drafts, belong_to_no_network)
{
    struct store *homeless = store_open(folder_file(&folder, "other"), STORE_CREATE, &fault);
    struct draft *draft = written("Before we joined");
    uint64_t number = 0;

    cr_assert(homeless != NULL, "%s", fault.text);
    cr_done(store_put_draft(homeless, &number, draft, &fault));
    cr_expect_eq(number, 1);
    draft_free(draft);
    store_close(homeless);
}

Test(drafts, that_are_damaged_are_ours_to_mend)
{
    uint64_t number = put(0, "One");

    damage("UPDATE draft SET content = x'c1'");
    cr_expect(store_get_draft(store, number, &fault) == NULL);
    cr_expect_eq(fault.kind, FAULT_SELF);
    cr_expect(strstr(fault.text, "draft 1 is damaged") != NULL, "%s", fault.text);
}

/* Nor does what it said before stay behind: drafts change their size, and move. */
Test(drafts, that_are_deleted_are_gone)
{
    struct buffer text = {0};

    for (unsigned i = 0; i < 20; i++)
        put(0, i % 2 == 0 ? "A short one" : "One that is longer than the one before it");
    uint64_t number = put(0, "zzqxjtitle");
    put(number, "zzqxjtitle that was made longer by its author, who had more to say about it, "
                "and then some more, since nobody had understood it");
    put(0, "The last one");
    put(number, "zzqxjtitle");
    for (unsigned i = 1; i <= 20; i++)
        put(i, "Made longer than all of them were before, so that there is no more room there");
    cr_expect(room_file_with("zzqxj") != NULL);
    cr_done(store_delete_draft(store, number, &fault));
    cr_expect(room_file_with("zzqxj") == NULL, "%s", room_file_with("zzqxj"));
    cr_expect(!store_delete_draft(store, number, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_eq(put(0, "Next"), number + 2, "a number is never used again");
    cr_done(store_each_draft(store, write_draft, &text, &fault));
    cr_expect(strstr(buffer_text(&text), "\n22 written The last one\n23 written Next\n") != NULL);
    struct store_counts counts;
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.drafts, 22);
    buffer_release(&text);
}

/* While another has the store open, as a node that runs has, so that nobody closes the log. */
Test(drafts, that_are_changed_or_published_leave_nothing_behind)
{
    struct store *node = store_open(room_path(), STORE_WRITE, &fault);
    struct digest id = council_network();

    cr_assert(node != NULL, "%s", fault.text);
    uint64_t number = put(0, "zzqxjtitle of the first");
    put(0, "The next one");
    cr_expect(room_file_with("zzqxj") != NULL);
    put(number, "vvwkq, longer than the one before it");
    cr_expect(room_file_with("zzqxj") == NULL, "%s", room_file_with("zzqxj"));
    cr_expect(room_file_with("vvwkq") != NULL);
    cr_done(store_draft_published(node, number, &id, &fault));
    cr_done(store_purge_drafts(node, &fault));
    cr_expect(room_file_with("vvwkq") == NULL, "%s", room_file_with("vvwkq"));
    store_close(node);
}

Test(drafts, that_are_published_or_claimed_are_not_deleted)
{
    uint64_t published = put(0, "One"), claimed = put(0, "Two"), damaged = put(0, "Three");
    struct digest id = council_network();

    cr_done(store_draft_published(store, published, &id, &fault));
    damage("UPDATE draft SET claimed = 1 WHERE number = 2");
    damage("UPDATE draft SET state = 'approved', content = x'c1' WHERE number = 3");
    cr_expect(!store_delete_draft(store, published, &fault));
    cr_expect(strstr(fault.text, "draft 1 is published as ") != NULL, "%s", fault.text);
    cr_expect(!store_delete_draft(store, claimed, &fault));
    cr_expect(strstr(fault.text, "is being published") != NULL, "%s", fault.text);
    cr_done(store_delete_draft(store, damaged, &fault));
}

Test(drafts, that_are_damaged_hide_no_other)
{
    struct buffer text = {0};

    put(0, "One");
    put(0, "Two");
    damage("UPDATE draft SET content = x'c1' WHERE number = 1");
    cr_done(store_each_draft(store, write_draft, &text, &fault));
    cr_expect(strstr(buffer_text(&text), "1 cannot be read: store ") != NULL, "%s",
              buffer_text(&text));
    cr_expect(strstr(buffer_text(&text), "\n2 written Two\n") != NULL, "%s", buffer_text(&text));
    buffer_release(&text);
}
