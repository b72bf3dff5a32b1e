#include "protocol/gate.h"

#include <assert.h>

/* Whatever the text: findings lie within it, in order, apart, on whole characters; and so do those
 * of the text with a role in the place of each. */

static struct gate *gate;

static bool starts_character(struct bytes text, size_t at)
{
    return at == text.size || (text.data[at] & 0xc0) != 0x80;
}

static void check(struct bytes text, const struct findings *findings)
{
    size_t end = 0;

    for (size_t i = 0; i < findings->count; i++) {
        const struct finding *finding = &findings->list[i];
        assert(finding->start >= end && finding->start < finding->end);
        assert(finding->end <= text.size && finding->class < FINDING_CLASSES);
        assert(finding->hard == finding_kinds[finding->class].hard);
        assert(finding->class == FINDING_UNREAD ||
               (starts_character(text, finding->start) && starts_character(text, finding->end)));
        end = finding->end;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size), name = bytes_of_text("St Mary's-on-Sea");
    struct findings findings = {0}, again = {0}, unnamed = {0};
    struct buffer replaced = {0};
    struct fault fault = {0};
    size_t end = 0;

    if (gate == NULL)
        gate = gate_new(&(struct gate_profile){.names = {&name, 1}}, &fault);
    gate_scan(gate, GATE_NAMED, text, &findings);
    check(text, &findings);
    gate_scan(gate, GATE_ANONYMOUS, text, &unnamed);
    check(text, &unnamed);
    for (size_t i = 0; i < findings.count; i++) {
        buffer_append(&replaced, bytes_of(data + end, findings.list[i].start - end));
        buffer_append_text(&replaced, "[role]");
        end = findings.list[i].end;
    }
    buffer_append(&replaced, bytes_of(data + end, size - end));
    gate_scan(gate, GATE_NAMED, buffer_view(&replaced), &again);
    check(buffer_view(&replaced), &again);
    findings_release(&findings);
    findings_release(&again);
    findings_release(&unnamed);
    buffer_release(&replaced);
    return 0;
}
