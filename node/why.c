#include "node/why.h"

#include "node/clock.h"
#include "node/json.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#define REPORTS_MAX 4096

/* --- Records --- */

static const struct {
    const char *state, *because, *advice;
} reasons[] = {
    [BECAUSE_IN] = {"here", "It is in the set.", ""},
    [BECAUSE_UNKNOWN] = {"unknown", "No peer has sent it, and nothing here refers to it by name.",
                         "candour sync compares with every peer now. Is the id right?"},
    [BECAUSE_TIME] =
        {"waiting",
         "Its time is more than 10 minutes ahead of the clock here; it is taken in when "
         "its time comes.",
         "If many wait, look whether the clock here is right."},
    [BECAUSE_UNLISTED] = {"aside", "No charter in force here lists its author's feed.",
                          "A newer charter may: candour sync, or candour join with its file."},
    [BECAUSE_PREV] = {"aside", "A record before it in its author's feed is not here yet.",
                      "Peers are asked for that; nothing to do."},
    [BECAUSE_CUT] = {"beyond_cut",
                     "Its feed was closed before it, by the stewards, by its owner or by a halt.",
                     "If its author stands by it, it publishes it again in its next feed."},
    [BECAUSE_PROOF] = {"aside", "Its signature does not hold, and nothing signed goes on from it.",
                       "If its author is sure of it: its key may have changed in a newer charter."},
    [BECAUSE_RING] = {"aside",
                      "It is anonymous, and its ring, its time or its proof is not right, or the "
                      "ring is not known here yet.",
                      "A newer charter may list the ring: candour sync."},
    [BECAUSE_SLOT] = {"aside", "Another record of the same slot has a lower id and counts instead.",
                      ""},
    [BECAUSE_NO_SUBJECT] = {"aside", "The anonymous record that it goes on from is not in the set.",
                            ""},
};

static void add_name(const struct engine *engine, struct buffer *text, peer_number number)
{
    struct peer_report *reports = memory_new(REPORTS_MAX, sizeof *reports);
    size_t count = replica_peers(engine->replica, reports, REPORTS_MAX);

    for (size_t i = 0; i < count; i++) {
        const struct member *member =
            reports[i].peer == number
                ? charter_member(replica_charter(engine->replica), &reports[i].authority)
                : NULL;
        if (member != NULL)
            buffer_printf(text, " of %s", member->card->name);
    }
    free(reports);
}

/* Whom it, or what it waits for, or its text, is asked of. */
static void add_asked(const struct engine *engine, const struct why *why, int64_t now_ms,
                      struct buffer *text)
{
    char span[CLOCK_SPAN_SIZE];

    if (why->asked_ms == 0)
        return;
    clock_span(span, now_ms - why->asked_ms);
    buffer_append_text(text, " It is asked for");
    add_name(engine, text, why->asked);
    buffer_printf(text, ", since %s", span);
    if (why->tries > 0)
        buffer_printf(text, "; %u other%s did not send it", why->tries, why->tries == 1 ? "" : "s");
    buffer_append_text(text, ".");
}

static bool body_is_here(const struct engine *engine, const struct digest *id)
{
    struct fault ignored;
    struct record *record = store_find(engine->store, id, true, &ignored);
    bool here = record != NULL && record_has_body(record);

    record_free(record);
    return here;
}

#define ERASERS_TOLD 8

/* By its author, by an heir, or by stewards who agreed. */
static void add_erasers(const struct engine *engine, const struct digest *id, struct buffer *text)
{
    struct digest ids[ERASERS_TOLD];
    size_t count = set_erasures_of(replica_set(engine->replica), id, ids, ERASERS_TOLD);

    for (size_t i = 0; i < count; i++) {
        struct entry entry = {0};
        char hex[13];
        hex_of(hex, ids[i].bytes, 6);
        set_entry(replica_set(engine->replica), &ids[i], &entry);
        const struct member *member =
            charter_member(replica_charter(engine->replica), &entry.feed.authority);
        buffer_printf(text, "%s%s%s%s%s", i == 0 ? " By " : ", ", hex, member == NULL ? "" : " of ",
                      member == NULL ? "" : member->card->name, i + 1 == count ? "." : "");
    }
}

/* Of a record in the set: what of its text? */
static const char *state_of_text(const struct engine *engine, const struct why *why,
                                 const struct digest *id, struct buffer *text, const char **advice)
{
    if (why->text == TEXT_ERASED) {
        buffer_append_text(text, " Its text was taken back and is removed.");
        add_erasers(engine, id, text);
        return "erased";
    }
    if (why->text == TEXT_HIDDEN) {
        buffer_append_text(text, " Its text is hidden: an erasure of it is on its way.");
        add_erasers(engine, id, text);
        return "hidden";
    }
    if (why->body_wanted) {
        buffer_append_text(text, " Its text is not here yet.");
        *advice = "Peers are asked for it; candour peers says who withholds texts.";
        return "without_text";
    }
    if (!body_is_here(engine, id)) {
        buffer_append_text(text, " Its text is not here: it has expired, or its topic is not "
                                 "followed.");
        *advice = "What is followed stands in candour.conf under \"follow\".";
        return "without_text";
    }
    return "here";
}

/* Where the feed of a record beyond it ends. */
static void add_end(const struct engine *engine, const struct digest *id, struct buffer *text)
{
    const struct charter *charter = replica_charter(engine->replica);
    struct entry entry;

    if (!set_entry(replica_set(engine->replica), id, &entry))
        return;
    const struct member *member = charter_member(charter, &entry.feed.authority);
    struct feed_rules rules = charter_feed(charter, &entry.feed);
    if (member != NULL && rules.cut_count > 0)
        buffer_printf(
            text, " Feed %u of %s ends with record %" PRIu64 "; this is record %" PRIu64 ".",
            (unsigned)entry.feed.number, member->card->name, rules.cuts[0].seq, entry.seq);
}

#define FORKS_SEEN 256

/* Is it one of two records with one number? Those after it are on its branch and not told. */
static bool add_fork(const struct engine *engine, const struct digest *id, struct buffer *text)
{
    const struct set *set = replica_set(engine->replica);
    struct digest(*pairs)[2];
    bool found = false;

    if (set_forks(set, NULL, 0) == 0)
        return false;
    pairs = memory_new(FORKS_SEEN, sizeof *pairs);
    size_t count = set_forks(set, pairs, FORKS_SEEN);
    for (size_t i = 0; !found && i < count; i++) {
        bool first = digest_equal(&pairs[i][0], id);
        char other[13];
        found = first || digest_equal(&pairs[i][1], id);
        hex_of(other, pairs[i][first].bytes, 6);
        if (found)
            buffer_printf(text, " Its author has signed another record with the same number: %s.",
                          other);
    }
    free(pairs);
    return found;
}

json_t *why_record(struct engine *engine, const struct digest *id, int64_t now_ms)
{
    struct buffer text = {0};
    struct why why;

    replica_why(engine->replica, id, now_ms, &why);
    const char *state = reasons[why.because].state, *advice = reasons[why.because].advice;
    buffer_append_text(&text, reasons[why.because].because);
    if (why.because == BECAUSE_IN)
        state = state_of_text(engine, &why, id, &text, &advice);
    if (why.because == BECAUSE_CUT)
        add_end(engine, id, &text);
    if (why.because == BECAUSE_IN && add_fork(engine, id, &text))
        advice = "Ask its author by telephone which of the two is its own; it must close that feed "
                 "and open the next (docs/keys.md).";
    if (why.delayed)
        buffer_append_text(&text, " Its feed has as many records here as it may have by today; "
                                  "more are asked for tomorrow.");
    add_asked(engine, &why, now_ms, &text);
    json_t *object = json_pack("{s:s, s:s, s:o, s:s}", "state", state, "because",
                               buffer_text(&text), "since", json_stamp(why.asked_ms), "do", advice);
    buffer_release(&text);
    return object;
}
