#include "node/engine.h"
#include "node/status.h"
#include "protocol/charter_wire.h"
#include "protocol/draft.h"
#include "protocol/message.h"
#include "tests/node/room.h"
#include "tests/support/council.h"

#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* When a node signs, and when it does not. */

#define NOW_MS INT64_C(1767225600000) /* 1 January 2026 */
#define STEWARDS 3

static struct engine engine;
static struct keys keys;
static struct signing_key *stewards[STEWARDS];
static struct digest members[STEWARDS];

static struct card *make_home(struct home *at, const char *name)
{
    struct config config = config_named(name);
    struct card *card = NULL;

    if (at != &home) {
        cr_done(home_find(at, folder_file(&folder, name), &fault));
        cr_done(home_create(at, &fault));
    }
    cr_done(keys_create(at, &config, NULL, false, NOW_MS, &card, &fault));
    if (at == &home) {
        struct buffer file = {0};
        config_write(&config, &file);
        put_file(home_file(&home, "candour.conf", 0), buffer_text(&file));
        buffer_release(&file);
    }
    config_release(&config);
    return card;
}

static void start(int64_t now_ms, bool force_offline)
{
    struct engine_settings settings = {
        .self = &members[0], .period_ms = 60000, .force_offline = force_offline, .wake = -1};

    cr_done(engine_open(&engine, &home, &settings, now_ms, &fault));
    engine.keys = &keys;
}

/* The home founds a network with two others. */
static void begin(void)
{
    static const char *const names[STEWARDS] = {"Leeds", "York", "Hull"};
    struct home others[STEWARDS];
    struct card *cards[STEWARDS];
    struct buffer bundle = {0};
    struct head head;

    room_open();
    for (size_t i = 0; i < STEWARDS; i++) {
        struct home *at = i == 0 ? &home : &others[i];
        cards[i] = make_home(at, names[i]);
        stewards[i] = keys_steward(at, NULL, &fault);
        cr_assert(stewards[i] != NULL, "%s", fault.text);
    }
    cr_done(charter_found("Learning together", 2, true, (const struct card *const *)cards, STEWARDS,
                          NOW_MS, &bundle, &fault));
    for (size_t i = 0; i < 2; i++)
        cr_done(charter_sign(&bundle, stewards[i], NULL, 0, &head, &fault));
    store_close(store_open(home_file(&home, "store.sqlite", 0), STORE_CREATE, &fault));
    cr_done(engine_found(&home, buffer_view(&bundle), NOW_MS, &fault));
    for (size_t i = 0; i < STEWARDS; i++) {
        members[i] = cards[i]->authority;
        card_free(cards[i]);
    }
    cr_done(keys_open(&home, &keys, &fault));
    start(NOW_MS - OWN_HEAD_MS, false);
    buffer_release(&bundle);
}

static void end(void)
{
    engine_close(&engine);
    keys_close(&keys);
    for (size_t i = 0; i < STEWARDS; i++)
        signing_key_free(stewards[i]);
    room_close();
}

TestSuite(engine, .init = begin, .fini = end);

static const char indicator[] =
    "Kind: indicator\nFramework: ASCOF-2014\nFramework version: 2014\nCode: 1E\n"
    "Name: Employment\nPlain name: Adults who have a paid job\nUnit: percent\n"
    "Statistic: proportion\nPolarity: higher\nPeriod kind: financial_year\nDecimals: 1\n";

static uint64_t approve_file(const char *kind, const char *file, enum attribution attribution,
                             int64_t hold_ms)
{
    struct gate_profile nobody = {0};
    struct problems problems = {0};
    struct draft *draft = draft_new(document_parse(form_of(kind), bytes_of_text(file), &problems),
                                    attribution, NOW_MS);
    struct gate *gate = gate_new(&nobody, &fault);
    uint64_t number = 0;

    cr_assert_eq(problems.count, 0);
    cr_done(draft_submit(draft, NOW_MS, &fault));
    cr_done(draft_set_author(draft, "Sam", &fault));
    struct consent consent = {.by = "Jo",
                              .read = draft_digest(draft),
                              .answer = attribution == ATTRIBUTION_NAMED ? NULL : "No: many did",
                              .policy = APPROVAL_ONE,
                              .hold_ms = hold_ms};
    cr_done(draft_approve(draft, gate, &consent, NOW_MS, &fault));
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_WRITE, &fault);
    cr_done(store_put_draft(store, &number, draft, &fault));
    store_close(store);
    gate_free(gate);
    draft_free(draft);
    problems_release(&problems);
    return number;
}

static uint64_t approve_as(enum attribution attribution, int64_t hold_ms)
{
    return approve_file("indicator", indicator, attribution, hold_ms);
}

static uint64_t approve(void)
{
    return approve_as(ATTRIBUTION_NAMED, 0);
}

/* As the loop does it: nothing is claimed while nothing may be signed. */
static size_t publish_at(int64_t now_ms)
{
    if (engine_silence(&engine, now_ms) != NULL || engine_read_house(&engine) != NULL)
        return 0;
    cr_done(engine_claim(&engine, now_ms, &fault));
    cr_done(engine_settle(&engine, now_ms, &fault));
    size_t count = engine.claimed_count;
    cr_done(engine_publish(&engine, now_ms, &fault));
    cr_done(engine_settle(&engine, now_ms, &fault));
    return count;
}

static size_t publish(void)
{
    return publish_at(NOW_MS);
}

static enum draft_state state_of(uint64_t number)
{
    struct draft *draft = store_get_draft(engine.store, number, &fault);
    enum draft_state state = draft_state(draft);

    draft_free(draft);
    return state;
}

/* A head on the one that stands, under rules that no program knows yet. */
static void upgrade(void)
{
    struct head head = *charter_head(replica_charter(engine.replica), 0);
    struct bundle next = {0};
    struct buffer wire = {0}, all = {0};
    struct head_signature signature;

    head.predecessors[0] = head.hash;
    head.predecessor_count = 1;
    head.version++;
    head.rules = RULES_VERSION + 1;
    head_write(&head, &wire);
    struct head_text *text = head_read(buffer_view(&wire), &fault);
    struct bundle_head *added = bundle_add_head(&next, text);
    for (size_t i = 0; i < 2; i++) {
        head_sign(&signature, &text->head, stewards[i]);
        bundle_head_put(added, &signature);
    }
    bundle_write(&next, &all);
    cr_done(
        replica_offer_charter(engine.replica, buffer_view(&all), NOW_MS, &engine.effects, &fault));
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    cr_assert(charter_needs_upgrade(replica_charter(engine.replica)));
    bundle_release(&next);
    head_free(text);
    buffer_release(&wire);
    buffer_release(&all);
}

Test(engine, signs_one_record_after_the_other)
{
    approve();
    approve();
    cr_expect_eq(publish(), 2);
    cr_expect_eq(replica_counters(engine.replica).in_set, 2);
    cr_expect_eq(replica_counters(engine.replica).forks, 0);
}

Test(engine, signs_what_is_held_when_its_time_has_come)
{
    uint64_t number = approve_as(ATTRIBUTION_NAMED, 2000);
    struct approved approved;

    approve_as(ATTRIBUTION_NAMED, 3000);
    cr_done(approved_count(engine.store, NOW_MS, &approved, &fault));
    cr_expect_eq(approved.held, 2);
    cr_expect_eq(approved.due, 0);
    cr_expect_eq(approved.next_ms, NOW_MS + 2000);
    cr_expect_eq(publish_at(NOW_MS + 1999), 0);
    cr_expect_eq(state_of(number), DRAFT_APPROVED);
    cr_expect_eq(publish_at(NOW_MS + 2000), 1);
    cr_done(approved_count(engine.store, NOW_MS + 2000, &approved, &fault));
    cr_expect_eq(approved.held, 1);
    cr_expect_eq(approved.next_ms, NOW_MS + 3000);
}

/* How it stood when the node looked does not count: it may have been taken back since, and approved
 * anew. */
Test(engine, claims_nothing_that_is_not_due)
{
    uint64_t numbers[] = {approve_as(ATTRIBUTION_NAMED, 2000), approve_as(ATTRIBUTION_ANONYMOUS, 0),
                          approve()};

    for (size_t i = 0; i < 3; i++) {
        struct task *task = tasks_add(&engine.tasks, TASK_CLAIM);
        task->number = numbers[i];
        task->now_ms = NOW_MS + 1;
    }
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    cr_assert_eq(engine.claimed_count, 1);
    cr_expect_eq(engine.claimed[0], numbers[2]);
}

/* Nothing that the authority's own key signs is anonymous. */
Test(engine, leaves_an_unnamed_draft_in_the_house)
{
    uint64_t number = approve_as(ATTRIBUTION_ANONYMOUS, 0);
    struct approved approved;

    approve();
    cr_expect_eq(publish_at(NOW_MS + INT64_C(1000) * 86400000), 1, "only the named one");
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
    cr_expect_eq(state_of(number), DRAFT_APPROVED, "neither rejected nor lost");
    cr_done(approved_count(engine.store, NOW_MS, &approved, &fault));
    cr_expect_eq(approved.unnamed, 1);
    cr_expect_eq(approved.next_ms, 0);
}

/* It is the node's to give back, though nobody else may change what it has claimed. */
Test(engine, rejects_what_cannot_be_signed_and_goes_on)
{
    uint64_t number =
        approve_file("update",
                     "Kind: update\nAbout: no id\nStage: completed\nOutcome: worked\n\n"
                     "## What changed since\nNothing.\n",
                     ATTRIBUTION_NAMED, 0);

    approve();
    cr_expect_eq(publish(), 2);
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
    struct draft *draft = store_get_draft(engine.store, number, &fault);
    cr_expect_eq(draft_state(draft), DRAFT_REJECTED);
    cr_expect_str_eq(draft_returned_why(draft), "no id is not the id of a record");
    draft_free(draft);
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_WRITE, &fault);
    draft = store_get_draft(store, number, &fault);
    cr_done(store_put_draft(store, &number, draft, &fault));
    draft_free(draft);
    store_close(store);
}

static void name_place(const char *name)
{
    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    put_file(home_file(&home, "names/places.txt", 0), name);
}

/* An approval may be older than the lists of names: what they find is decided first. */
Test(engine, checks_once_more_what_it_signs)
{
    uint64_t number = approve();

    name_place("paid job\n");
    cr_expect_eq(publish(), 1, "it was claimed");
    cr_expect_eq(replica_counters(engine.replica).in_set, 0);
    struct draft *draft = store_get_draft(engine.store, number, &fault);
    cr_expect(draft_was_turned_back(draft));
    cr_expect_neq(strstr(draft_returned_why(draft), "finds 1 thing"), NULL, "%s",
                  draft_returned_why(draft));
    draft_free(draft);
    cr_expect_eq(publish(), 0, "nor is it asked for again");
}

/* Nobody knows what a list would find that cannot be read. */
Test(engine, signs_nothing_while_the_lists_of_names_cannot_be_read)
{
    uint64_t number = approve();

    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    cr_assert_eq(mkdir(home_file(&home, "names/places.txt", 0), 0700), 0);
    cr_expect_neq(strstr(engine_read_house(&engine), "names/places.txt"), NULL);
    cr_expect_eq(publish(), 0);
    cr_expect_eq(state_of(number), DRAFT_APPROVED);
    cr_assert_eq(rmdir(home_file(&home, "names/places.txt", 0)), 0);
    cr_expect_eq(publish(), 1);
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
}

/* It goes by the lists that it was claimed under. */
Test(engine, signs_what_it_had_claimed_when_a_list_breaks)
{
    approve();
    cr_assert_null(engine_read_house(&engine));
    cr_done(engine_claim(&engine, NOW_MS, &fault));
    cr_assert_eq(mkdir(home_file(&home, "names", 0), 0700), 0);
    cr_assert_eq(mkdir(home_file(&home, "names/places.txt", 0), 0700), 0);
    cr_assert_not_null(engine_read_house(&engine));
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    cr_assert_eq(engine.claimed_count, 1);
    cr_done(engine_publish(&engine, NOW_MS, &fault));
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
}

Test(engine, reads_the_house_again_when_a_file_of_it_changed)
{
    struct gate *gate;

    name_place("paid job\n");
    cr_assert_null(engine_read_house(&engine));
    gate = engine.house.gate;
    cr_assert_null(engine_read_house(&engine));
    cr_expect_eq(engine.house.gate, gate);
    put_file(home_file(&home, "names/people.txt", 0), "Bo Long\n");
    cr_assert_null(engine_read_house(&engine));
    cr_expect_neq(engine.house.gate, gate);
    approve();
    put_file(home_file(&home, "names/places.txt", 0), "no place\n");
    cr_expect_eq(publish(), 1);
    cr_expect_eq(replica_counters(engine.replica).in_set, 1, "by the list as it is by now");
}

/* A file whose name is in no UTF-8, or a sentence that was cut short within a letter. */
Test(engine, tells_in_its_status_what_is_no_utf_8)
{
    struct config config = config_named("Leeds");
    struct status_facts facts = {
        .config = &config, .feed_number = 1, .silence = "\xe2t\xe2ge.txt: no"};
    json_t *status = status_of(&engine, &facts, NOW_MS, &fault);

    cr_assert_not_null(status, "%s", fault.text);
    cr_expect_str_eq(
        json_string_value(json_object_get(json_object_get(status, "drafts"), "unsigned_because")),
        "?t?ge.txt: no");
    json_decref(status);
    config_release(&config);
}

static void change_store(const char *how)
{
    sqlite3 *database;

    cr_assert_eq(sqlite3_open(home_file(&home, "store.sqlite", 0), &database), SQLITE_OK);
    cr_assert_eq(sqlite3_exec(database, how, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

/* One row that cannot be read is no reason to keep all others in the house. */
Test(engine, signs_what_it_can_read)
{
    uint64_t damaged = approve();
    struct approved approved;

    approve();
    change_store("UPDATE draft SET content = x'c1' WHERE number = 1");
    cr_done(approved_count(engine.store, NOW_MS, &approved, &fault));
    cr_expect_eq(approved.due, 1);
    cr_expect_eq(approved.unreadable, 1);
    cr_expect_neq(strstr(approved.damage.text, "draft 1 is damaged"), NULL, "%s",
                  approved.damage.text);
    cr_expect_eq(publish(), 1);
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
    cr_expect_null(store_get_draft(engine.store, damaged, &fault));
}

static void purge_all(void)
{
    for (int64_t now_ms = NOW_MS; engine.to_purge; now_ms += 1000) {
        cr_done(engine_turn(&engine, now_ms, &fault));
        keeper_wait(engine.keeper);
    }
}

/* The keeper's answer to what it was told before is not one to what was erased since. */
Test(engine, purges_what_was_erased_while_another_text_was_purged)
{
    purge_all();
    engine_purge(&engine, false);
    cr_done(engine_turn(&engine, NOW_MS, &fault));
    keeper_wait(engine.keeper);
    engine_purge(&engine, false);
    cr_done(engine_turn(&engine, NOW_MS, &fault));
    cr_expect(engine.to_purge);
    purge_all();
}

static size_t log_size(void)
{
    struct buffer log = {0};

    cr_done(file_read(home_file(&home, "store.sqlite-wal", 0), SIZE_MAX / 2, &log, &fault));
    size_t size = log.size;
    buffer_release(&log);
    return size;
}

/* Who looks on may be anyone, for as long as he likes. */
Test(engine, leaves_the_log_of_facts_empty_though_somebody_has_the_store_open)
{
    struct store *reader = store_open(home_file(&home, "store.sqlite", 0), STORE_READ, &fault);

    cr_assert(reader != NULL, "%s", fault.text);
    approve(); /* Once it is published, the log is emptied for what the draft said. */
    cr_expect_gt(log_size(), 0);
    engine_close(&engine);
    cr_expect_eq(log_size(), 0);
    store_close(reader);
}

/* It would count none of its own records, begin its feed anew at 1, and so fork it for good. */
Test(engine, signs_nothing_under_rules_that_it_does_not_know)
{
    approve();
    cr_expect_eq(publish(), 1);
    upgrade();
    uint64_t waits = approve();
    cr_expect_eq(publish(), 0);
    cr_expect_eq(state_of(waits), DRAFT_APPROVED);
    cr_expect_eq(replica_counters(engine.replica).aside, 1, "only the record from before");
}

/* A home put together from two backups: its records would count nowhere, all with one number. */
Test(engine, signs_nothing_with_a_key_that_is_not_on_the_charter)
{
    struct signing_key *right = keys.feed;

    keys.feed = stewards[1];
    uint64_t waits = approve();
    cr_expect_eq(publish(), 0);
    cr_expect_eq(state_of(waits), DRAFT_APPROVED);
    cr_expect_eq(replica_counters(engine.replica).aside, 0);
    keys.feed = right;
}

/* A crash between them would leave a record in the set without the one before it. */
Test(engine, keeps_together_what_was_decided_together)
{
    struct effect decided[2] = {{.kind = EFFECT_MOVE, .in = true},
                                {.kind = EFFECT_MOVE, .in = true}};
    struct effects own = engine.effects;

    engine.effects = (struct effects){.list = decided, .count = 2};
    cr_done(engine_carry_out(&engine, NOW_MS, &fault));
    engine.effects = own;
    cr_assert_eq(engine.tasks.count, 2);
    cr_expect_not(engine.tasks.list[0].joined);
    cr_expect(engine.tasks.list[1].joined);
    engine.tasks.count = 0; /* Nobody is to do them: there is no such record. */
    engine.asked -= 2;
}

/* Somebody sends more than he may, or by the live plane. */
Test(engine, keeps_no_more_in_memory_than_it_may)
{
    struct council leeds = {.network = engine.network,
                            .key = keys.feed,
                            .feed = {members[0], keys.feed_number},
                            .time_ms = NOW_MS};
    struct buffer content = {0}, wire = {0};
    size_t count = PENDING_MOST / BODY_MAX + 16;
    int64_t now_ms = NOW_MS + (int64_t)count * 60000; /* A minute for each. */

    while (content.size < BODY_MAX - DIGEST_SIZE) { /* Nothing that could be packed. */
        struct digest noise = digest_of("candour tests: noise", content.data, content.size);
        buffer_add(&content, (struct bytes){noise.bytes, DIGEST_SIZE});
    }
    for (size_t i = 0; i < count; i++) {
        struct record *record = council_say(&leeds, "noise", buffer_view(&content), NULL);
        buffer_clear(&wire);
        record_write(record, true, &wire);
        replica_hear(engine.replica, 1, buffer_view(&wire), now_ms, &engine.effects);
        cr_done(engine_carry_out(&engine, now_ms, &fault));
        record_free(record);
    }
    cr_expect_gt(engine.pending_bytes, PENDING_MOST);
    cr_done(engine_ease(&engine, now_ms, &fault));
    cr_expect_leq(engine.pending_bytes, PENDING_MOST);
    cr_done(engine_settle(&engine, now_ms, &fault));
    cr_expect_eq(engine.pending_bytes, 0);
    cr_expect_eq(replica_counters(engine.replica).in_set, count);
    buffer_release(&content);
    buffer_release(&wire);
}

/* --- A home from a backup --- */

/* As `candour restore` leaves it, started at `now_ms`. */
static void restore(int64_t now_ms, bool force_offline)
{
    engine_close(&engine);
    struct store *store = store_open(home_file(&home, "store.sqlite", 0), STORE_WRITE, &fault);
    cr_done(store_put_value(store, "restored", bytes_of_text("yes"), &fault));
    store_close(store);
    start(now_ms, force_offline);
}

/* York greets and says that it has nothing of anybody. */
static void meet_york(void)
{
    struct hello hello = {1, 1, engine.network, {{1}}, NOW_MS, true, 1000000};
    const uint64_t shorts[SET_BUCKETS + 1] = {0}; /* No bucket is like ours. */
    struct short_salt salt = {{0}};
    struct buffer frame = {0};

    replica_peer_joined(engine.replica, 1, &members[1], true, NOW_MS, &engine.effects);
    hello_write(&hello, &frame);
    replica_receive(engine.replica, 1, buffer_view(&frame), NOW_MS, &engine.effects);
    buffer_clear(&frame);
    buckets_write(&engine.network, &salt, shorts, &frame);
    replica_receive(engine.replica, 1, buffer_view(&frame), NOW_MS, &engine.effects);
    buffer_clear(&frame);
    tips_write(NULL, 0, false, &frame);
    replica_receive(engine.replica, 1, buffer_view(&frame), NOW_MS, &engine.effects);
    buffer_release(&frame);
    cr_done(engine_settle(&engine, NOW_MS, &fault));
}

Test(engine, from_a_backup_waits_for_a_peer)
{
    restore(NOW_MS - 100 * OWN_HEAD_MS, false);
    uint64_t waits = approve();
    cr_expect_eq(publish(), 0);
    cr_expect_eq(state_of(waits), DRAFT_APPROVED);
    meet_york();
    cr_expect_eq(publish(), 1);
}

/* What the peer told is in the store: once is enough. */
Test(engine, from_a_backup_waits_once_only)
{
    restore(NOW_MS, false);
    meet_york();
    cr_done(engine_publish(&engine, NOW_MS, &fault));
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    engine_close(&engine);
    start(NOW_MS - OWN_HEAD_MS, false);
    approve();
    cr_expect_eq(publish(), 1);
}

Test(engine, from_a_backup_is_asked_again_after_a_restart)
{
    restore(NOW_MS, false);
    engine_close(&engine);
    start(NOW_MS - OWN_HEAD_MS, false);
    approve();
    cr_expect_eq(publish(), 0);
}

/* A person has said so; peers have their usual time to answer all the same. */
Test(engine, from_a_backup_signs_alone_when_it_is_forced_to)
{
    restore(NOW_MS - OWN_HEAD_MS + 1, true);
    approve();
    cr_expect_eq(publish(), 0);
    engine_close(&engine);
    start(NOW_MS - OWN_HEAD_MS, true);
    cr_expect_eq(publish(), 1);
    engine_close(&engine);
    start(NOW_MS - OWN_HEAD_MS, false);
    approve();
    cr_expect_eq(publish(), 0, "no peer has told yet");
}

/* --- What others say of own texts --- */

static void york_says(const char *field)
{
    const struct notice notice = {members[0], bytes_of_text(field), bytes_of_text("phone")};
    struct task *task = tasks_add(&engine.tasks, TASK_EFFECT);

    task->effect.kind = EFFECT_STORE_NOTICES;
    task->effect.peer = 7;
    task->effect.authority = members[1];
    notice_write(bytes_of_text("gate-0"), &notice, 1, &task->effect.bytes);
}

static void expect_noted(const struct noticed *noticed)
{
    struct message message;

    cr_expect_eq(noticed->peer, 7);
    cr_expect(digest_equal(&noticed->authority, &members[1]));
    cr_done(message_read(&message, buffer_view(&noticed->noted), &fault));
    cr_expect_eq(message.kind, MESSAGE_NOTED);
    cr_expect(bytes_equal(message.rules, bytes_of_text("gate-0")));
    cr_expect_eq(message.count, 1);
    cr_expect(digest_equal(&message.ids[0], &members[0]));
    message_release(&message);
}

Test(engine, answers_for_notices_that_are_kept_and_for_no_others)
{
    struct keeper_news news;
    size_t answered = 0;
    char field[8];

    for (int i = 0; i <= NOTICES_OF_RECORD; i++) {
        snprintf(field, sizeof field, "f%d", i);
        york_says(field);
    }
    keeper_hand(engine.keeper, &engine.tasks);
    do {
        keeper_wait(engine.keeper);
        cr_done(keeper_hear(engine.keeper, &news, &fault));
        for (size_t i = 0; i < news.noticed.count; i++)
            expect_noted(&news.noticed.list[i]);
        answered += news.noticed.count;
        noticed_release(&news.noticed);
    } while (news.tasks < news.handed);
    cr_expect_eq(answered, NOTICES_OF_RECORD);
}

/* --- What comes to an end is said 60 days ahead, and only said --- */

#define DAY_MS INT64_C(86400000)
#define OCTOBER_MS INT64_C(1790812800000) /* 1 October 2026: no head lists a ring for then. */

static bool warned(int64_t now_ms, const char *words)
{
    struct config config = config_named("Leeds");
    struct status_facts facts = {.config = &config, .feed_number = 1};
    json_t *status = status_of(&engine, &facts, now_ms, &fault);
    json_t *warning;
    bool found = false;
    size_t index;

    cr_assert(status != NULL, "%s", fault.text);
    json_array_foreach(json_object_get(status, "warnings"), index, warning) found =
        found || strstr(json_string_value(warning), words) != NULL;
    json_decref(status);
    config_release(&config);
    return found;
}

Test(engine, says_ahead_that_the_rings_come_to_an_end)
{
    static const char charter[] = "lists no ring for anonymous records from 1 October 2026";
    static const char card[] = "no key for the ring that begins on 1 October 2026";

    cr_expect(!warned(OCTOBER_MS - 60 * DAY_MS - 1, charter));
    cr_expect(!warned(OCTOBER_MS - 60 * DAY_MS - 1, card));
    cr_expect(warned(OCTOBER_MS - 60 * DAY_MS, charter));
    cr_expect(warned(OCTOBER_MS - 60 * DAY_MS, card));
    cr_expect(warned(OCTOBER_MS + DAY_MS, charter), "and when it has happened");
    cr_expect_null(engine_silence(&engine, OCTOBER_MS + DAY_MS), "named records go on");
}

/* Leeds goes on with the old transport key after the charter lists a newer one. */
Test(engine, says_ahead_that_an_old_transport_key_is_let_in_no_more)
{
    static const char words[] = "one in use will be let in for less than 60 days";
    static const char unlisted[] = "does not list the transport key that this node runs with";
    struct config config = config_named("Leeds");
    struct card *card = keys_card(&home, &config, true, NOW_MS + DAY_MS, &fault);
    struct amendment rotate = {.what = AMEND_ROTATE, .card = card, .authority = members[0]};
    struct buffer bundle = {0};
    struct head head;

    cr_assert(card != NULL, "%s", fault.text);
    cr_done(charter_propose(replica_charter(engine.replica), &rotate, 1, 0, NOW_MS + DAY_MS,
                            &bundle, &fault));
    for (size_t i = 0; i < 2; i++)
        cr_done(charter_sign(&bundle, stewards[i], NULL, 0, &head, &fault));
    cr_done(replica_offer_charter(engine.replica, buffer_view(&bundle), NOW_MS + DAY_MS,
                                  &engine.effects, &fault));
    cr_done(engine_settle(&engine, NOW_MS + DAY_MS, &fault));
    cr_expect(!warned(NOW_MS + 30 * DAY_MS, words));
    cr_expect(warned(NOW_MS + 32 * DAY_MS, words));
    cr_expect(!warned(NOW_MS + 32 * DAY_MS, unlisted));
    cr_expect(warned(NOW_MS + 92 * DAY_MS, unlisted), "and says on that it is let in no more");
    keys_close(&keys);
    cr_done(keys_open(&home, &keys, &fault));
    cr_expect(!warned(NOW_MS + 32 * DAY_MS, words), "once it runs with the newer keys");
    cr_expect(!warned(NOW_MS + 92 * DAY_MS, unlisted));
    buffer_release(&bundle);
    card_free(card);
    config_release(&config);
}

/* Beside what was published before they tell of few people, whoever has approved them. */
Test(engine, signs_no_figures_that_differ_little)
{
    static const char file[] =
        "Kind: snapshot\nFramework: F\nArea: E08000035\nPeriod: 2020-21\nStatus: final\n"
        "Disclosure profile: exact_totals\n\n## Rows\n- A | Male | %s\n";
    char text[sizeof file];

    snprintf(text, sizeof text, file, "30");
    approve_file("snapshot", text, ATTRIBUTION_NAMED, 0);
    cr_expect_eq(publish(), 1);
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
    snprintf(text, sizeof text, file, "32");
    uint64_t number = approve_file("snapshot", text, ATTRIBUTION_NAMED, 0);
    cr_expect_eq(publish(), 1, "it was claimed");
    cr_expect_eq(replica_counters(engine.replica).in_set, 1);
    cr_expect_eq(state_of(number), DRAFT_REJECTED);
    snprintf(text, sizeof text, file, "36");
    approve_file("snapshot", text, ATTRIBUTION_NAMED, 0);
    cr_expect_eq(publish(), 1);
    cr_expect_eq(replica_counters(engine.replica).in_set, 2);
}

/* That the disk cannot be read is nothing that a draft could be mended for. */
Test(engine, turns_no_draft_back_for_what_the_disk_does)
{
    static const char file[] =
        "Kind: snapshot\nFramework: F\nArea: E08000035\nPeriod: %s\nStatus: final\n"
        "Disclosure profile: exact_totals\n\n## Rows\n- A | Male | 30\n";
    char text[sizeof file + 8];

    snprintf(text, sizeof text, file, "2020-21");
    approve_file("snapshot", text, ATTRIBUTION_NAMED, 0);
    cr_assert_eq(publish(), 1);
    snprintf(text, sizeof text, file, "2021-22");
    uint64_t number = approve_file("snapshot", text, ATTRIBUTION_NAMED, 0);
    cr_assert_null(engine_read_house(&engine));
    cr_done(engine_claim(&engine, NOW_MS, &fault));
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    cr_assert_eq(engine.claimed_count, 1);
    change_store("UPDATE wire SET header = x'c1'");
    cr_refused(engine_publish(&engine, NOW_MS, &fault), FAULT_SELF, "");
    cr_done(engine_settle(&engine, NOW_MS, &fault));
    cr_expect_eq(state_of(number), DRAFT_APPROVED);
}
