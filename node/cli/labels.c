#include "node/cli/shared.h"
#include "node/clock.h"
#include "node/peers.h"
#include "protocol/vocabulary.h"

#include <inttypes.h>
#include <stdlib.h>

/* Labels that members put on records: this home shows those of whom it honours. */

struct digest *honoured_authorities(const struct call *call, const struct charter *charter,
                                    size_t *count)
{
    struct config config = {0};
    struct fault ignored;

    /* Whoever only reads may not be let read the configuration: then no other's are honoured. */
    (void)config_read(&call->home, &config, &ignored);
    struct digest *list = memory_new(config.labels_from.count + 1, sizeof *list);
    list[0] = self_of(call);
    *count = 1;
    for (size_t i = 0; charter != NULL && i < config.labels_from.count; i++) {
        const struct member *member = peers_member(charter, config.labels_from.list[i], &ignored);
        if (member != NULL)
            list[(*count)++] = member->card->authority;
    }
    config_release(&config);
    return list;
}

struct labelling {
    struct call *call;
    const struct charter *charter;
    struct digest *honoured;
    size_t honoured_count;
    json_t *list;
    uint64_t others; /* Labels of whom it does not honour. */
};

static bool is_honoured(const struct labelling *labelling, const struct digest *authority)
{
    for (size_t i = 0; i < labelling->honoured_count; i++)
        if (digest_equal(&labelling->honoured[i], authority))
            return true;
    return false;
}

static void say_label(const struct labelling *labelling, const struct label *label)
{
    char date[CLOCK_DATE_SIZE], other[13] = "";

    clock_date(date, label->expiry_ms - 1);
    if (label->has_same_as)
        hex_of(other, label->same_as.bytes, 6);
    call_say(labelling->call, "%s says: %s%s%s%s%s (until %s)",
             authority_name(labelling->charter, &label->authority),
             vocabulary_means(&labels, bytes_of_text(label->label), label->label),
             label->has_same_as ? ": candour show " : "", other, label->why[0] == '\0' ? "" : ". ",
             label->why, date);
}

static json_t *label_object(const struct labelling *labelling, const struct label *label,
                            bool honoured)
{
    char date[CLOCK_DATE_SIZE];

    clock_date(date, label->expiry_ms - 1);
    return json_pack(
        "{s:o, s:s, s:o, s:s, s:s, s:s, s:b}", "id", json_id(&label->record), "label", label->label,
        "same_as", label->has_same_as ? json_id(&label->same_as) : json_null(), "why", label->why,
        "expires", date, "authority_name", authority_name(labelling->charter, &label->authority),
        "honoured", (int)honoured);
}

static bool hear_label(void *context, const struct label *label, struct fault *fault)
{
    struct labelling *labelling = context;
    bool honoured = is_honoured(labelling, &label->authority);

    (void)fault;
    json_array_append_new(labelling->list, label_object(labelling, label, honoured));
    if (honoured)
        say_label(labelling, label);
    labelling->others += !honoured;
    return true;
}

bool say_labels(struct call *call, struct store *store, const struct charter *charter,
                const struct digest *id, json_t *list, struct fault *fault)
{
    struct labelling labelling = {.call = call, .charter = charter, .list = list};

    labelling.honoured = honoured_authorities(call, charter, &labelling.honoured_count);
    bool done = store_each_label(store, id, hear_label, &labelling, fault);
    if (done && labelling.others > 0)
        call_say(call, "%" PRIu64 " %s of members that are not among labels_from in candour.conf.",
                 labelling.others, labelling.others == 1 ? "label" : "labels");
    if (done && json_array_size(list) > 0)
        call_say(call, "%s", "");
    free(labelling.honoured);
    return done;
}
