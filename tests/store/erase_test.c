#include "store/internal.h"
#include "tests/store/room.h"

#include "protocol/receipt.h"
#include "store/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A text that is erased is out of every file, byte for byte, and so are the terms that the search
 * had of it. */

TestSuite(erase, .init = room_open, .fini = room_close);

#define NOW INT64_C(1767225600000)

/* Until it is out of all files and noted so. */
static void purge(void)
{
    derive();
    cr_done(store_purged(store, index_purged(), false, NOW, &fault));
}

static size_t found(const char *word)
{
    struct query query = {.words = bytes_of_text(word), .limit = 0};
    struct answer answer = {.total = 0};

    cr_done(store_search(store, &query, &answer, NULL, NULL, &fault));
    return answer.total;
}

/* --- Each kind --- */

#define RARE "zzqxj" /* How each rare word begins; stems keep it. */

static const char *const files[] = {
    "Title: zzqxjtitling\nService: home_care\nOutcome: partly_worked\nStage: midway\n"
    "Evidence: opinion\nSource: project\n\n## Artefacts\n- zzqxjfile\n\n## "
    "Abstract\nzzqxjabstracted\n\n"
    "## What we did\nzzqxjdid and zzqxjdone\n\n## What did not work\nzzqxjnot\n\n"
    "## Recommendation\nzzqxjrecommending\n\n## Rationale\nzzqxjwhy\n\n"
    "## Setbacks\n- started | zzqxjsetback | zzqxjthen\n",
    "Kind: update\nAbout: last\nStage: completed\nOutcome: worked\n\n"
    "## What changed since\nzzqxjchanged\n",
    "Kind: snapshot\nFramework: zzqxjframe\nArea: E08000035\nPeriod: 2020-21\nStatus: final\n"
    "Disclosure profile: strict\n\n## Rows\n- zzqxjcode | zzqxjpart | 55 | | | | | \n",
    "Kind: profile\nLanguages: en\nContact: zzqxjofficer\nServices: home_care\n\n## Context\n"
    "- zzqxjname | 15.8 | 2021 | zzqxjsource\n",
    "Kind: indicator\nFramework: zzqxjframework\nFramework version: 2014\nCode: zzqxjcode\n"
    "Name: zzqxjname\nPlain name: zzqxjplain\nUnit: percent\nStatistic: proportion\n"
    "Polarity: higher\nPeriod kind: financial_year\nDecimals: 1\n",
};
#define FILES (sizeof files / sizeof *files)

/* Short bodies of one kind have words in common, for they are kept as they are. */
static const char *beside(const char *file)
{
    return file == files[2] ? update_file : snapshot_file;
}

static struct record *with_neighbours(const char *file)
{
    keep(council_lesson(&leeds, "Before", "It was quiet."));
    keep(council_publish(&leeds, beside(file)));
    struct record *record = council_publish(&leeds, file);
    keep(record_hold(record));
    keep(council_lesson(&leeds, "After", "It was quiet again."));
    keep(council_publish(&leeds, beside(file)));
    return record;
}

Test(erase, leaves_nothing_of_a_body_of_any_kind)
{
    for (size_t i = 0; i < FILES; i++) {
        if (i > 0) {
            room_close();
            room_open();
        }
        struct record *record = with_neighbours(files[i]);
        struct entry at = entry_for(record);
        derive();
        cr_expect(room_file_with(RARE) != NULL, "%zu", i);
        cr_expect(room_file_with_body(record) != NULL, "%zu", i);
        cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
        purge();
        cr_expect(room_file_with(RARE) == NULL, "%zu: %s", i, room_file_with(RARE));
        cr_expect(room_file_with_body(record) == NULL, "%zu: %s", i, room_file_with_body(record));
        cr_expect_str_eq(verified(), "", "%zu", i);
        cr_expect_str_eq(asked("SELECT count(*), sum(body_here) FROM records"), "5|4\n");
        cr_expect_str_eq(asked("SELECT count(*) FROM snapshots"), i == 2 ? "0\n" : "6\n");
        cr_expect_eq(found("quiet"), 2);
        record_free(record);
    }
}

Test(erase, leaves_nothing_of_what_has_expired)
{
    struct record *record = with_neighbours(files[0]);
    struct entry at = entry_for(record);
    struct digest ids[4];
    size_t count;
    int64_t since_ms;

    derive();
    cr_done(store_drop_body(store, &at, &fault));
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect(room_file_with_body(record) == NULL, "%s", room_file_with_body(record));
    cr_done(store_unreceipted(store, ids, 4, &count, &since_ms, &fault));
    cr_expect_eq(count, 0); /* Nobody asked for it. */
    cr_expect(!store_keep_body(store, record, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_str_eq(verified(), "");
    record_free(record);
}

/* Words that nobody finds any more stay behind in the index; when the text is erased they must go
 * all the same. */
Test(erase, reaches_what_was_hidden)
{
    struct record *record = with_neighbours(files[0]);
    struct entry at = entry_for(record);

    derive();
    cr_done(store_set_text(store, &at, TEXT_HIDDEN, &fault));
    derive();
    cr_expect_eq(found("zzqxjtitling"), 0);
    cr_expect(room_file_with(RARE) != NULL);
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect(room_file_with_body(record) == NULL, "%s", room_file_with_body(record));
    cr_expect_str_eq(verified(), "");
    record_free(record);
}

static bool count_hit(void *context, const struct hit *hit, struct fault *why)
{
    (void)hit;
    (void)why;
    ++*(size_t *)context;
    return true;
}

/* Before the index has heard of it: what is counted can be shown. */
Test(erase, is_not_counted_by_a_search_from_then_on)
{
    struct record *record = with_neighbours(files[0]);
    struct entry at = entry_for(record);
    const struct query query = {.words = bytes_of_text("zzqxjtitling"), .limit = 5};
    const struct query both = {.words = bytes_of_text("zzqxjtitling quiet"), .limit = 5};
    struct answer answer;
    size_t hits = 0;

    derive();
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_done(store_search(store, &query, &answer, count_hit, &hits, &fault));
    cr_expect_eq(answer.total, 0);
    cr_expect_eq(hits, 0);
    cr_done(store_search(store, &both, &answer, count_hit, &hits, &fault));
    cr_expect_eq(answer.total, 2);
    cr_expect_eq(hits, 2);
    record_free(record);
}

Test(erase, leaves_nothing_of_what_has_left_the_set)
{
    for (size_t i = 0; i < FILES; i++) {
        if (i > 0) {
            room_close();
            room_open();
        }
        struct record *record = with_neighbours(files[i]);
        struct entry at = entry_for(record);
        struct digest ids[4];
        size_t count;
        int64_t since_ms;
        derive();
        cr_done(store_move(store, &at, false, &fault));
        purge();
        cr_expect(room_file_with(RARE) == NULL, "%zu: %s", i, room_file_with(RARE));
        cr_expect(room_file_with_body(record) == NULL, "%zu: %s", i, room_file_with_body(record));
        cr_done(store_unreceipted(store, ids, 4, &count, &since_ms, &fault));
        cr_expect_eq(count, 0); /* Nobody asked for it. */
        cr_done(store_move(store, &at, true, &fault));
        cr_done(store_keep_body(store, record, &fault));
        cr_expect_str_eq(verified(), "");
        cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
        purge();
        cr_expect(room_file_with(RARE) == NULL, "%zu: %s", i, room_file_with(RARE));
        cr_expect(room_file_with_body(record) == NULL, "%zu: %s", i, room_file_with_body(record));
        record_free(record);
    }
}

Test(erase, reaches_a_body_that_came_later)
{
    struct record *record = council_publish(&leeds, files[0]);

    keep(without_body(record));
    keep(council_lesson(&leeds, "Between", "It was quiet."));
    derive();
    cr_done(store_keep_body(store, record, &fault));
    struct entry at = entry_for(record);
    derive();
    cr_expect_eq(found("zzqxjtitling"), 1);
    cr_done(store_set_text(store, &at, TEXT_HIDDEN, &fault));
    derive();
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect(room_file_with_body(record) == NULL, "%s", room_file_with_body(record));
    cr_expect_str_eq(verified(), "");
    record_free(record);
}

/* --- The way of a text through the house --- */

static struct draft *draft_of(const char *title)
{
    struct document *document = document_new(&lesson_form);

    document_add(document, "title", bytes_of_text(title), (struct place){0});
    document_add(document, "what_we_did", bytes_of_text(title), (struct place){0});
    return draft_new(document, ATTRIBUTION_NAMED, NOW);
}

static uint64_t put_draft(uint64_t number, const char *title)
{
    struct draft *draft = draft_of(title);

    cr_done(store_put_draft(store, &number, draft, &fault));
    draft_free(draft);
    return number;
}

Test(erase, leaves_nothing_in_drafts_queue_and_values)
{
    struct record *record = council_publish(&leeds, files[0]);
    struct buffer wire = {0};
    uint64_t ticket, number;
    struct digest id = *record_id(record);
    struct entry at = entry_for(record);

    for (int i = 0; i < 20; i++)
        put_draft(0, i % 2 == 0 ? "A short one" : "One that is longer than the one before it");
    number = put_draft(0, "zzqxjtitle");
    put_draft(number,
              "zzqxjtitle that was made longer by its author, who had more to say about it");
    put_draft(0, "The last one");
    record_write(record, true, &wire);
    cr_done(store_queue(store, QUEUE_RECORD, buffer_view(&wire), &ticket, &fault));
    cr_done(store_put_value(store, "status", bytes_of_text("zzqxjtitling is being sent"), &fault));
    cr_done(store_queue_answer(store, ticket, FAULT_NONE, "taken", &fault));
    cr_done(store_begin(store, &fault));
    keep(record);
    cr_done(store_draft_published(store, number, &id, &fault));
    cr_done(store_commit(store, &fault));
    derive();
    cr_done(store_put_value(store, "status", bytes_of_text("all is well"), &fault));
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect_eq(put_draft(0, "Another"), number + 2); /* Numbers go on. */
    cr_expect_str_eq(verified(), "");
    buffer_release(&wire);
}

Test(erase, waits_for_a_queue_that_is_full)
{
    struct entry at = keep(council_publish(&leeds, files[0]));
    uint64_t ticket = 0;
    enum queue_kind kind;
    struct buffer frame = {0};

    cr_done(store_begin(store, &fault));
    for (int i = 0; i < 300; i++)
        cr_done(store_queue(store, QUEUE_RECORD, bytes_of_text("a frame"), &ticket, &fault));
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_done(store_commit(store, &fault));
    derive();
    cr_expect(!store_purged(store, index_purged(), false, NOW, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    ticket = 0;
    while (store_queue_next(store, &ticket, &kind, &frame, &fault))
        cr_done(store_queue_answer(store, ticket, FAULT_NONE, "", &fault));
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    buffer_release(&frame);
}

/* --- When --- */

static uint64_t count_unreceipted(struct digest *first, int64_t *since_ms)
{
    struct digest ids[8];
    size_t count;

    cr_done(store_unreceipted(store, ids, 8, &count, since_ms, &fault));
    if (count > 0)
        *first = ids[0];
    return count;
}

Test(erase, is_noted_when_the_text_is_gone_and_then_receipted)
{
    struct entry first = keep(council_publish(&leeds, files[0]));
    struct record *update = council_publish(&leeds, files[1]);
    struct entry second = keep(without_body(update));
    struct digest id, receipt = council_network();
    int64_t since_ms;
    struct store_counts counts;

    record_free(update);
    derive();
    uint64_t before = index_purged();
    cr_done(store_set_text(store, &first, TEXT_ERASED, &fault));
    cr_done(store_set_text(store, &second, TEXT_ERASED, &fault)); /* Its text was never here. */
    cr_expect(!store_purged(store, before, false, NOW, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect_eq(count_unreceipted(&id, &since_ms), 0); /* The index has it still. */
    derive();
    cr_expect_gt(index_purged(), before);
    cr_expect_eq(count_unreceipted(&id, &since_ms), 0);
    cr_done(store_purged(store, index_purged(), false, NOW + 7, &fault));
    cr_done(store_purged(store, index_purged(), false, NOW + 9, &fault));
    cr_assert_eq(count_unreceipted(&id, &since_ms), 2);
    cr_expect(digest_equal(&id, &first.id));
    cr_expect_eq(since_ms, NOW + 7);
    cr_done(store_count(store, &counts, &fault));
    cr_expect_eq(counts.erased, 2);
    cr_done(store_receipted(store, &first.id, 1, &receipt, &fault));
    cr_assert_eq(count_unreceipted(&id, &since_ms), 1);
    cr_expect(digest_equal(&id, &second.id));
    cr_expect_str_eq(verified(), "");

    /* The erasure leaves the set, and comes back: another receipt is due. */
    cr_done(store_set_text(store, &first, TEXT_STANDS, &fault));
    cr_assert_eq(count_unreceipted(&id, &since_ms), 1);
    cr_done(store_set_text(store, &first, TEXT_ERASED, &fault));
    purge();
    cr_assert_eq(count_unreceipted(&id, &since_ms), 2);
    cr_expect(digest_equal(&id, &second.id));
    cr_expect_str_eq(verified(), "");
}

Test(erase, is_not_done_while_a_reader_holds_the_old_pages)
{
    struct entry at = keep(council_publish(&leeds, files[0]));
    struct store *reader;
    uint64_t left;

    derive();
    reader = store_open(room_path(), STORE_READ, &fault);
    cr_assert(reader != NULL, "%s", fault.text);
    cr_done(index_use(reader, &fault));
    cr_done(
        execute(reader, "BEGIN; SELECT one FROM main.file; SELECT one FROM progress", "", &fault));
    uint64_t before = index_purged();
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    derive(); /* It is derived, but not yet out of the log. */
    cr_expect_eq(index_purged(), before);
    cr_expect(room_file_with(RARE) != NULL);
    cr_expect(!store_purged(store, index_purged() + 1, false, NOW, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_expect(strstr(fault.text, "try again later") != NULL, "%s", fault.text);
    store_close(reader);
    purge();
    cr_expect_gt(index_purged(), before);
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    (void)left;
}

Test(erase, takes_the_body_from_nobody_any_more)
{
    struct record *record = council_publish(&leeds, files[0]);
    struct entry at = entry_for(record);

    keep(record_hold(record));
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault));
    cr_expect(!store_keep_body(store, record, &fault));
    cr_expect_eq(fault.kind, FAULT_ABSENT);
    cr_done(store_keep(store, record, true, NULL, &fault)); /* It is here: nothing changes. */
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));

    cr_done(store_set_text(store, &at, TEXT_STANDS, &fault));
    cr_done(store_keep_body(store, record, &fault)); /* The text is wanted again. */
    cr_expect_str_eq(asked("SELECT title FROM lessons"), "zzqxjtitling\n");
    cr_expect_eq(found("zzqxjtitling"), 1);
    cr_expect_str_eq(verified(), "");
    cr_done(store_set_text(store, &at, TEXT_ERASED, &fault)); /* Also this one. */
    purge();
    cr_expect(room_file_with(RARE) == NULL, "%s", room_file_with(RARE));
    cr_expect_str_eq(verified(), "");
    record_free(record);
}

Test(erase, hides_a_text_from_everybody_at_once)
{
    struct record *record = with_neighbours(files[0]);
    struct entry at = entry_for(record);

    derive();
    derive_close();
    cr_done(store_set_text(store, &at, TEXT_HIDDEN, &fault));
    cr_expect_str_eq(asked_as_it_is("SELECT title FROM lessons ORDER BY 1"), "After\nBefore\n");
    struct record *read = store_read(store, &at, true, &fault);
    cr_assert(read != NULL, "%s", fault.text);
    cr_expect(!record_has_body(read));
    record_free(read);
    read = store_find(store, &at.id, true, &fault);
    cr_assert(read != NULL, "%s", fault.text);
    cr_expect(!record_has_body(read));
    record_free(read);
    cr_done(store_set_text(store, &at, TEXT_STANDS, &fault));
    read = store_read(store, &at, true, &fault);
    cr_expect(record_has_body(read));
    record_free(read);
    cr_expect_eq(found("zzqxjtitling"), 1);
    cr_expect_str_eq(verified(), "");
    record_free(record);
}

/* --- Receipts of others --- */

static bool write_receipt(void *context, const struct digest *authority, int64_t time_ms,
                          struct fault *why)
{
    (void)why;
    buffer_printf(context, "%s %lld\n",
                  digest_equal(authority, &york.feed.authority) ? "York" : "Hull",
                  (long long)(time_ms - NOW) / 60000);
    return true;
}

static struct record *receipt_by(struct council *council, const struct digest *id)
{
    struct buffer map = {0}, content = {0};

    receipt_write(id, 1, &map);
    body_wrap(buffer_view(&map), &content);
    struct record *record = council_say(council, "receipt", buffer_view(&content), NULL);
    buffer_release(&map);
    buffer_release(&content);
    return record;
}

Test(erase, tells_who_has_confirmed_it)
{
    struct entry at = keep(council_publish(&leeds, files[0]));
    struct buffer text = {0};

    keep(receipt_by(&york, &at.id));
    keep(receipt_by(&york, &at.id));
    keep_aside(receipt_by(&hull, &at.id));
    derive();
    cr_done(store_each_receipt(store, &at.id, write_receipt, &text, &fault));
    cr_expect_str_eq(buffer_text(&text), "York 1\n");
    cr_expect_str_eq(asked("SELECT count(*), count(DISTINCT id), count(DISTINCT authority),"
                           " count(DISTINCT about) FROM receipts"),
                     "2|2|1|1\n");
    cr_expect_str_eq(verified(), "");
    buffer_release(&text);
}
