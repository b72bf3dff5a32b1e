#include "node/status.h"
#include "node/clock.h"
#include "node/json.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PEERS_MAX 4096
#define DELAYED_MAX 16
#define AHEAD_MS (INT64_C(60) * 24 * 3600 * 1000)  /* What comes to an end is said so early. */
#define SINGLE_PEER_MS (INT64_C(24) * 3600 * 1000) /* Then it is worth a warning. */

static json_t *json_refusals(const uint64_t *refused)
{
    json_t *object = json_object();

    for (int i = 1; i < REFUSALS; i++)
        if (refused[i] > 0)
            json_object_set_new(object, refusal_names[i], json_integer((json_int_t)refused[i]));
    return object;
}

static const char *name_of(const struct charter *charter, const struct digest *authority)
{
    const struct member *member = charter_member(charter, authority);

    return member == NULL ? "" : member->card->name;
}

static const char *peer_state(const struct peer_report *report)
{
    if (!report->greeted)
        return "greeting";
    if (report->in_sync)
        return "in_sync";
    return report->missing > 0 ? "catching_up" : "comparing";
}

static const char *const lapse_names[LAPSES] = {
    [LAPSE_NOT_SENT] = "not_sent", [LAPSE_NOT_TAKEN] = "not_taken", [LAPSE_NO_BODY] = "no_text"};

/* What it leaves us or others without: how much, since when, and the ids of some. */
static json_t *json_lapses(const struct lapses lapses[LAPSES])
{
    json_t *object = json_object();

    for (size_t i = 0; i < LAPSES; i++) {
        json_t *ids = json_array();
        for (size_t k = 0; k < lapses[i].id_count; k++)
            json_array_append_new(ids, json_id(&lapses[i].ids[k]));
        if (lapses[i].count > 0)
            json_object_set_new(object, lapse_names[i],
                                json_pack("{s:I, s:o, s:O}", "count", (json_int_t)lapses[i].count,
                                          "since", json_stamp(lapses[i].since_ms), "ids", ids));
        json_decref(ids);
    }
    return object;
}

/* Where this node connects to it; NULL where it does not. */
static const char *endpoint_of(const struct status_facts *facts, const struct digest *authority)
{
    for (size_t i = 0; i < facts->dial_count; i++)
        if (digest_equal(&facts->dials[i].authority, authority))
            return facts->dials[i].endpoint;
    return NULL;
}

static json_t *peer_object(const struct charter *charter, const struct peer_report *report,
                           const char *endpoint)
{
    return json_pack(
        "{s:s, s:o, s:s, s:b, s:o, s:o, s:o, s:I, s:I, s:I, s:I, s:I, s:o, s:o, s:s?}", "name",
        name_of(charter, &report->authority), "authority", json_id(&report->authority), "state",
        peer_state(report), "dialled", (int)report->dialled, "since", json_stamp(report->since_ms),
        "compared", json_stamp(report->compared_ms), "last_seen", json_stamp(report->last_heard_ms),
        "missing", (json_int_t)report->missing, "total", (json_int_t)report->total, "received",
        (json_int_t)report->received, "sent", (json_int_t)report->sent, "clock_off_ms",
        (json_int_t)report->clock_off_ms, "refused", json_refusals(report->refused), "lapses",
        json_lapses(report->lapses), "endpoint", endpoint);
}

static json_t *dial_object(const struct charter *charter, const struct presence *presence,
                           const struct dial *dial)
{
    static const char *const states[] = {[DIAL_CONNECTING] = "connecting",
                                         [DIAL_NOT_YET] = "not_admitted_yet",
                                         [DIAL_BARRED] = "barred",
                                         [DIAL_UP] = "greeting"};

    return json_pack(
        "{s:s, s:o, s:s, s:b, s:o, s:n, s:o, s:I, s:I, s:i, s:i, s:i, s:{}, s:{}, s:s}", "name",
        name_of(charter, &dial->authority), "authority", json_id(&dial->authority), "state",
        states[dial->state], "dialled", 1, "since", json_stamp(dial->since_ms), "compared",
        "last_seen", json_stamp(presence_of(presence, &dial->authority)), "missing",
        (json_int_t)dial->missing, "total", (json_int_t)dial->total, "received", 0, "sent", 0,
        "clock_off_ms", 0, "refused", "lapses", "endpoint", dial->endpoint);
}

/* The peers that are connected; none where no network was joined. */
struct connected {
    struct peer_report *reports;
    size_t count;
};

static struct connected connected_peers(const struct engine *engine)
{
    struct connected peers = {0};

    if (engine->replica == NULL)
        return peers;
    peers.reports = memory_new(PEERS_MAX, sizeof *peers.reports);
    peers.count = replica_peers(engine->replica, peers.reports, PEERS_MAX);
    return peers;
}

static json_t *peers_array(const struct engine *engine, const struct status_facts *facts,
                           const struct connected *connected)
{
    json_t *peers = json_array();

    if (engine->replica == NULL)
        return peers;
    const struct charter *charter = replica_charter(engine->replica);
    for (size_t i = 0; i < connected->count; i++)
        json_array_append_new(peers,
                              peer_object(charter, &connected->reports[i],
                                          endpoint_of(facts, &connected->reports[i].authority)));
    for (size_t i = 0; i < facts->dial_count; i++)
        if (facts->dials[i].state != DIAL_UP)
            json_array_append_new(peers, dial_object(charter, facts->presence, &facts->dials[i]));
    return peers;
}

/* At a hub, where members connect by themselves: those who have not. Whom it dials is among the
 * peers, connected or not. */
static json_t *not_connected_array(const struct engine *engine, const struct status_facts *facts,
                                   const struct connected *connected)
{
    json_t *away = json_array();

    if (engine->replica == NULL || facts->presence == NULL)
        return away;
    const struct charter *charter = replica_charter(engine->replica);
    const struct member *self = charter_member(charter, &engine->self);
    if (self == NULL || self->card->role != ROLE_HUB)
        return away;
    struct places told = {.key = facts->presence->places.key};
    for (size_t i = 0; i < connected->count; i++)
        places_put(&told, &connected->reports[i].authority, i);
    for (size_t i = 0; i < facts->dial_count; i++)
        places_put(&told, &facts->dials[i].authority, i);
    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        const struct digest *authority = &member->card->authority;
        if (member == self || member->status != MEMBER_ACTIVE ||
            places_find(&told, authority) != NO_PLACE)
            continue;
        json_array_append_new(away, json_pack("{s:s, s:o, s:o}", "name", member->card->name,
                                              "authority", json_id(authority), "last_seen",
                                              json_stamp(presence_of(facts->presence, authority))));
    }
    places_release(&told);
    return away;
}

json_t *status_of_charter(const struct charter *charter)
{
    size_t heads = charter_heads(charter), active = 0;
    struct digest signers[STEWARDS_MAX];
    json_t *evidence = json_array();

    for (size_t i = 0; i < charter_members(charter); i++)
        active += charter_member_at(charter, i)->status == MEMBER_ACTIVE;
    size_t count = charter_double_signers(charter, signers, STEWARDS_MAX);
    for (size_t i = 0; i < count; i++)
        json_array_append_new(evidence, json_string(name_of(charter, &signers[i])));
    uint64_t version = heads == 0 ? 0 : charter_head(charter, heads - 1)->version;
    return json_pack("{s:s, s:o, s:I, s:I, s:I, s:b, s:o}", "name", charter_name(charter),
                     "network", json_id(charter_network(charter)), "version", (json_int_t)version,
                     "members", (json_int_t)active, "heads", (json_int_t)heads, "needs_upgrade",
                     (int)charter_needs_upgrade(charter), "signed_both_rivals", evidence);
}

static json_t *state_of(struct engine *engine)
{
    if (engine->replica == NULL)
        return json_null();
    struct digest charter = charter_digest(replica_charter(engine->replica));
    struct digest state = set_state_digest(replica_set(engine->replica), &charter);
    return json_id(&state);
}

/* The feeds that have used up their budget, by their authorities' names. */
static json_t *json_delayed(const struct engine *engine, int64_t now_ms)
{
    struct feed feeds[DELAYED_MAX];
    size_t count = replica_delayed(engine->replica, now_ms, feeds, DELAYED_MAX);
    json_t *names = json_array();

    for (size_t i = 0; i < count; i++)
        json_array_append_new(
            names, json_string(name_of(replica_charter(engine->replica), &feeds[i].authority)));
    return names;
}

static json_t *records_object(struct engine *engine, const struct store_counts *counts,
                              const struct replica_counters *counters, int64_t now_ms)
{
    return json_pack(
        "{s:o, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:o, s:I, s:I, s:I, s:I, s:I, s:I}", "state",
        state_of(engine), "in_set", (json_int_t)counters->in_set, "aside",
        (json_int_t)(counters->aside - counters->beyond_cut), "beyond_cut",
        (json_int_t)counters->beyond_cut, "waiting", (json_int_t)counters->waiting, "bodies_wanted",
        (json_int_t)counters->bodies_wanted, "erased", (json_int_t)counters->erased, "hidden",
        (json_int_t)counters->hidden, "forks", (json_int_t)counters->forks, "delayed",
        engine->replica == NULL ? json_array() : json_delayed(engine, now_ms), "lessons",
        (json_int_t)counts->lessons, "updates", (json_int_t)counts->updates, "indicators",
        (json_int_t)counts->indicators, "snapshots", (json_int_t)counts->snapshots,
        "not_searchable", (json_int_t)store_not_searchable(counts), "bytes",
        (json_int_t)counts->bytes);
}

/* --- Warnings: what is not as it should be, and what to do --- */

static void warn(json_t *warnings, bool when, const char *text)
{
    if (when)
        json_array_append_new(warnings, json_string(text));
}

static __attribute__((format(printf, 2, 3))) void warn_of(json_t *warnings, const char *format, ...)
{
    char text[512];
    va_list arguments;

    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    json_array_append_new(warnings, json_sentence(text));
}

static void warn_of_lapses(json_t *warnings, const struct charter *charter,
                           const struct peer_report *report)
{
    static const char *const sentences[LAPSES][2] = {
        [LAPSE_NOT_SENT] = {"%s said that it has %llu records and has not sent them, since %s",
                            "%s said that it has %llu record and has not sent it, since %s"},
        [LAPSE_NOT_TAKEN] = {"%s was told of %llu records and still lacks them, since %s",
                             "%s was told of %llu record and still lacks it, since %s"},
        [LAPSE_NO_BODY] = {"%s passes on %llu records without their texts, since %s",
                           "%s passes on %llu record without its text, since %s"}};

    for (size_t i = 0; i < LAPSES; i++) {
        const struct lapses *lapses = &report->lapses[i];
        char minute[CLOCK_MINUTE_SIZE], said[256];
        if (lapses->count == 0)
            continue;
        clock_minute(minute, lapses->since_ms);
        snprintf(said, sizeof said, sentences[i][lapses->count == 1],
                 name_of(charter, &report->authority), (unsigned long long)lapses->count, minute);
        warn_of(warnings, "%s: candour --json peers lists some of them; others may have them.",
                said);
    }
}

/* What one peer leaves out only another one shows. */
static void warn_of_single_peer(json_t *warnings, const struct charter *charter,
                                const struct connected *connected, int64_t now_ms)
{
    const struct peer_report *only = NULL;

    for (size_t i = 0; i < connected->count; i++) {
        const struct peer_report *report = &connected->reports[i];
        if (report->compared_ms == 0)
            continue;
        if (only != NULL && !digest_equal(&only->authority, &report->authority))
            return;
        only = report;
    }
    if (only != NULL && now_ms - only->since_ms > SINGLE_PEER_MS)
        warn_of(warnings,
                "%s is the only peer that this node is compared with: what it leaves out, nobody "
                "shows. Choose a second one: candour join CHARTER --peer NAME --peer NAME.",
                name_of(charter, &only->authority));
}

static void warn_of_peers(json_t *warnings, const struct engine *engine,
                          const struct connected *connected, int64_t now_ms)
{
    const struct charter *charter = replica_charter(engine->replica);

    for (size_t i = 0; i < connected->count; i++)
        warn_of_lapses(warnings, charter, &connected->reports[i]);
    warn_of_single_peer(warnings, charter, connected, now_ms);
}

static void warn_of_deaf_links(json_t *warnings, const struct engine *engine,
                               const struct status_facts *facts)
{
    for (size_t i = 0; i < facts->dial_count; i++)
        if (engine->bus != NULL && bus_is_deaf(engine->bus, facts->dials[i].peer))
            warn_of(
                warnings,
                "What is new at %s comes only every %lld seconds: the port after that of %s, for "
                "live records, does not answer. Have it opened.",
                name_of(replica_charter(engine->replica), &facts->dials[i].authority),
                (long long)facts->config->period_ms / 1000, facts->dials[i].endpoint);
}

static void warn_of_charter(json_t *warnings, const struct engine *engine)
{
    const struct charter *charter = replica_charter(engine->replica);
    const struct member *self = charter_member(charter, &engine->self);

    warn(warnings, charter_needs_upgrade(charter),
         "The charter asks for rules that this candour does not know: install a newer one. "
         "Until then everything new is set aside.");
    warn(warnings, charter_heads(charter) > 1,
         "Rival charters are in force together: the stewards should merge them "
         "(candour charter merge).");
    warn(warnings, self == NULL,
         "This authority is not on the charter: give its card to the stewards.");
    warn(warnings, self != NULL && self->status != MEMBER_ACTIVE,
         "By the charter this authority is no member any more: no node lets it in, and what it "
         "publishes from now on counts nowhere. If that is a mistake, ask a steward.");
}

/* --- What comes to an end. These warn only: nothing stops on a date. --- */

static bool lists_ring(const struct charter *charter, uint32_t epoch)
{
    for (size_t i = 0; i < charter_heads(charter); i++) {
        const struct head *head = charter_head(charter, i);
        for (size_t k = 0; k < head->ring_count; k++)
            if (head->rings[k].epoch == epoch)
                return true;
    }
    return false;
}

static bool has_ring_key(const struct card *card, uint32_t epoch)
{
    for (size_t i = 0; i < card->ring_count; i++)
        if (card->rings[i].epoch == epoch)
            return true;
    return false;
}

static const char *month_of(uint32_t epoch)
{
    return epoch % 2 == 0 ? "April" : "October";
}

static void warn_of_rings(json_t *warnings, const struct engine *engine, int64_t now_ms)
{
    const struct charter *charter = replica_charter(engine->replica);
    const struct member *self = charter_member(charter, &engine->self);
    uint32_t last = ring_epoch_of(now_ms + AHEAD_MS), epoch = ring_epoch_of(now_ms);

    while (epoch < last && lists_ring(charter, epoch))
        epoch++;
    if (!lists_ring(charter, epoch))
        warn_of(warnings,
                "The charter lists no ring for anonymous records from 1 %s %u on: a steward "
                "proposes one with the members' new cards (candour charter propose --rotate).",
                month_of(epoch), (unsigned)epoch / 2);
    for (epoch = ring_epoch_of(now_ms); self != NULL && epoch <= last; epoch++)
        if (!has_ring_key(self->card, epoch)) {
            warn_of(warnings,
                    "This authority's card has no key for the ring that begins on 1 %s %u: candour "
                    "card --out FILE makes one, for the stewards.",
                    month_of(epoch), (unsigned)epoch / 2);
            return;
        }
}

static void warn_of_transport(json_t *warnings, const struct engine *engine, int64_t now_ms)
{
    const struct charter *charter = replica_charter(engine->replica);
    const struct member *self = charter_member(charter, &engine->self);
    struct digest authority;

    if (engine->keys == NULL || self == NULL || self->status != MEMBER_ACTIVE)
        return;
    const struct exchange_public *key = exchange_key_public(engine->keys->transport);
    bool now = charter_admits(charter, key, now_ms, &authority) == ADMITTED;
    bool later = charter_admits(charter, key, now_ms + AHEAD_MS, &authority) == ADMITTED;
    warn(warnings, now && !later,
         "The charter lists a newer transport key of this authority, and the one in use will "
         "be let in for less than 60 days: restart the node, with the newer keys.");
    warn(warnings, !now,
         "The charter does not list the transport key that this node runs with, so no node lets it "
         "in, and none finds it. If its keys were replaced since it started, restart it; else give "
         "its newest card to the stewards (candour charter propose --rotate CARD).");
}

static void warn_of_deriving(json_t *warnings, const struct engine *engine)
{
    struct deriver_news news;

    if (engine->deriver == NULL)
        return;
    deriver_hear(engine->deriver, &news);
    if (news.trouble[0] != '\0')
        warn_of(warnings, "New records cannot be searched: %s. It is tried again by itself.",
                news.trouble);
}

/* A member whose last feed has an end publishes nothing until it has a new card. */
static void warn_of_halts(json_t *warnings, const struct engine *engine)
{
    const struct charter *charter = replica_charter(engine->replica);

    for (size_t i = 0; i < charter_members(charter); i++) {
        const struct member *member = charter_member_at(charter, i);
        const struct card *card = member->card;
        if (member->status != MEMBER_ACTIVE || card->feed_count == 0)
            continue;
        struct feed feed = {card->authority, card->feeds[card->feed_count - 1].number};
        struct feed_rules rules = charter_feed(charter, &feed);
        if (rules.cut_count == 0)
            continue;
        bool own = digest_equal(&card->authority, &engine->self);
        warn_of(warnings,
                "Feed %u of %s is halted after its record %llu: what was signed after that counts "
                "nowhere. %s",
                (unsigned)feed.number, card->name, (unsigned long long)rules.cuts[0].seq,
                own ? "Next: candour card --rotate --key SHEET, and give that card to the stewards."
                    : "It publishes again when the stewards have put its new card into the "
                      "charter (candour charter propose --rotate CARD).");
    }
}

#define FORKS_TOLD 4

static void warn_of_forks(json_t *warnings, struct engine *engine, uint64_t count)
{
    struct digest pairs[FORKS_TOLD][2];
    size_t told = set_forks(replica_set(engine->replica), pairs, FORKS_TOLD);

    for (size_t i = 0; i < told; i++) {
        struct entry entry = {0};
        char ids[2][13];
        set_entry(replica_set(engine->replica), &pairs[i][0], &entry);
        hex_of(ids[0], pairs[i][0].bytes, 6);
        hex_of(ids[1], pairs[i][1].bytes, 6);
        warn_of(warnings,
                "%s has signed two records with one number, %llu of feed %u (%s and %s): somebody "
                "else has its key, or an old backup of it went on. Tell it by telephone: it must "
                "close that feed and open the next (candour card --rotate).",
                name_of(replica_charter(engine->replica), &entry.feed.authority),
                (unsigned long long)entry.seq, (unsigned)entry.feed.number, ids[0], ids[1]);
    }
    if (count > told)
        warn_of(warnings, "There are %llu more such pairs: candour sql \"SELECT * FROM forks\".",
                (unsigned long long)(count - told));
}

/* Has no peer told yet how far our own feed goes? */
static bool is_asking(const struct engine *engine, const struct status_facts *facts, int64_t now_ms)
{
    struct feed own = {engine->self, facts->feed_number};

    return engine->restored && replica_may_sign(engine->replica, &own, now_ms) == SIGNING_ASKING;
}

static json_t *warnings_array(struct engine *engine, const struct status_facts *facts,
                              const struct connected *connected,
                              const struct replica_counters *counters, int64_t now_ms)
{
    json_t *warnings = json_array();

    warn(warnings, engine->replica == NULL,
         "This home has joined no network: run candour join with the charter's file.");
    warn(warnings, facts->unguarded_keys,
         "The next key or the steward key lies on this machine: move it away with "
         "candour card --recovery SHEET.");
    warn(warnings, engine->restored && engine->alone_at_ms == 0,
         "This home comes from a backup, and no peer has told yet how far its own feed goes: "
         "nothing is signed until one has.");
    warn(warnings, engine->alone_at_ms != 0 && is_asking(engine, facts, now_ms),
         "This home comes from a backup and signs on without asking (--force-offline): what was "
         "published since the backup has a rival then, and the feed is lost.");
    if (facts->silence != NULL)
        warn_of(warnings, "Nothing is signed: %s.", facts->silence);
    if (engine->replica != NULL) {
        warn_of_charter(warnings, engine);
        warn_of_halts(warnings, engine);
        warn_of_rings(warnings, engine, now_ms);
        warn_of_transport(warnings, engine, now_ms);
        warn_of_peers(warnings, engine, connected, now_ms);
        warn_of_deaf_links(warnings, engine, facts);
    }
    if (counters->forks > 0)
        warn_of_forks(warnings, engine, counters->forks);
    warn_of_deriving(warnings, engine);
    return warnings;
}

json_t *status_read(struct store *store, struct fault *fault)
{
    struct buffer text = {0};
    json_t *status = NULL;
    json_error_t error;

    if (store_get_value(store, "status", &text, fault)) {
        status = json_loadb((const char *)text.data, text.size, 0, &error);
        if (status == NULL)
            fault_set(fault, FAULT_SELF, "the status that the node wrote cannot be read: %s",
                      error.text);
    }
    buffer_release(&text);
    return status;
}

json_t *status_of(struct engine *engine, const struct status_facts *facts, int64_t now_ms,
                  struct fault *fault)
{
    struct store_counts counts = {0};
    struct replica_counters counters = {0};
    bool running = facts->started_ms != 0, joined = engine->replica != NULL;
    char version[] = CANDOUR_VERSION;

    if (!store_count(engine->store, &counts, fault))
        return NULL;
    if (joined)
        counters = replica_counters(engine->replica);
    else /* A command asks, of a home whose node has never run. */
        counters = (struct replica_counters){
            .in_set = counts.records, .aside = counts.aside, .erased = counts.erased};
    struct connected connected = connected_peers(engine);
    json_t *status = json_pack(
        "{s:{s:b, s:i, s:o, s:s, s:s, s:o, s:i, s:i}, s:o, s:o, s:{s:I, s:I, s:o}, s:o, s:o, s:o, "
        "s:o, s:o}",
        "node", "running", (int)running, "pid", running ? (int)getpid() : 0, "started",
        json_stamp(facts->started_ms), "version", version, "name", facts->config->authority.name,
        "authority", json_id(&engine->self), "feed", (int)facts->feed_number, "subscribers",
        engine->bus == NULL ? 0 : (int)bus_subscribers(engine->bus), "charter",
        joined ? status_of_charter(replica_charter(engine->replica)) : json_null(), "records",
        records_object(engine, &counts, &counters, now_ms), "drafts", "waiting",
        (json_int_t)counts.drafts, "queued", (json_int_t)counts.queued, "unsigned_because",
        json_sentence(facts->silence), "peers", peers_array(engine, facts, &connected),
        "not_connected", not_connected_array(engine, facts, &connected), "refused",
        json_refusals(counters.refused), "warnings",
        warnings_array(engine, facts, &connected, &counters, now_ms), "at", json_stamp(now_ms));
    free(connected.reports);
    if (status == NULL)
        abort(); /* Names in the store and in the configuration are UTF-8: memory has run out. */
    return status;
}
