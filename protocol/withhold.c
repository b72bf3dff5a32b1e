#include "protocol/withhold.h"

#include "protocol/document.h"

#include <stdlib.h>
#include <string.h>

bool finding_identifies(const struct finding *finding)
{
    return finding->hard && finding->class != FINDING_UNREAD;
}

static bool class_identifies(struct bytes code)
{
    for (unsigned class = 0; class < FINDING_CLASSES; class ++)
        if (bytes_equal(code, bytes_of_text(finding_kinds[class].code)))
            return finding_kinds[class].hard && class != FINDING_UNREAD;
    return false;
}

/* What stands in the header is no text of a body. */
bool finding_may_stand(struct bytes kind, struct bytes field, struct bytes class)
{
    const struct form *form = form_of_kind(kind);
    const struct field *found = form == NULL ? NULL : form_field(form, field);

    return found != NULL && !found->header && field_is_scanned(found) && class_identifies(class);
}

bool withheld_identifies(const struct withheld *withheld)
{
    return (withheld->classes & ~(1U << FINDING_UNREAD)) != 0;
}

/* Findings that touch, such as the digits of another script one by one, are withheld as one. */
static void write_shown(struct bytes text, const struct finding *findings, size_t count,
                        struct buffer *shown, struct withheld *withheld)
{
    const struct finding *last = NULL;
    size_t at = 0;

    for (size_t i = 0; i < count; i++) {
        const struct finding *finding = &findings[i];
        if (!finding->hard)
            continue;
        buffer_append(shown, bytes_of(text.data + at, finding->start - at));
        if (last == NULL || last->class != finding->class || last->end != finding->start) {
            buffer_printf(shown, "[withheld: %s]", finding_kinds[finding->class].means);
            withheld->count++;
        }
        withheld->classes |= 1U << finding->class;
        last = finding;
        at = finding->end;
    }
    buffer_append(shown, bytes_after(text, at));
}

void text_withhold(const struct gate *gate, struct bytes text, struct buffer *shown,
                   struct withheld *withheld)
{
    struct findings findings = {0};

    gate_scan(gate, GATE_HARD, text, &findings);
    write_shown(text, findings.list, findings.count, shown, withheld);
    findings_release(&findings);
}

static void withhold_item(struct item *item, const struct finding *findings, size_t count,
                          struct withheld *withheld)
{
    struct buffer shown = {0};

    write_shown(item_text(item), findings, count, &shown, withheld);
    free(item->data);
    buffer_text(&shown);
    item->data = (char *)shown.data;
    item->size = shown.size;
}

static void withhold_items(const struct gate *gate, struct document *document,
                           const struct field *field, struct withheld *withheld)
{
    struct items *items = &document->items[field - document->form->fields];
    struct findings findings = {0};

    gate_scan_field(gate, GATE_HARD, document, field, &findings);
    for (size_t i = 0, next; i < findings.count; i = next) {
        size_t item = findings.list[i].item;
        for (next = i + 1; next < findings.count && findings.list[next].item == item; next++)
            ;
        withhold_item(&items->list[item], &findings.list[i], next - i, withheld);
    }
    findings_release(&findings);
}

void document_withhold_field(const struct gate *gate, struct document *document, const char *key,
                             struct withheld *withheld)
{
    const struct field *field = form_field(document->form, bytes_of_text(key));

    if (field != NULL)
        withhold_items(gate, document, field, withheld);
}

void document_withhold(const struct gate *gate, struct document *document,
                       struct withheld *withheld)
{
    for (size_t i = 0; i < document->form->count; i++)
        withhold_items(gate, document, &document->form->fields[i], withheld);
}

void withheld_write(const struct withheld *withheld, struct buffer *text)
{
    unsigned left = withheld->classes;

    for (unsigned class = 0; class < FINDING_CLASSES; class ++) {
        if ((withheld->classes & 1U << class) == 0)
            continue;
        left &= ~(1U << class);
        buffer_append_text(text, finding_kinds[class].means);
        buffer_append_text(text, left == 0 ? "" : (left & (left - 1)) == 0 ? " and " : ", ");
    }
}
