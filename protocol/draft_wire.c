#include "protocol/document.h"
#include "protocol/draft_inside.h"
#include "protocol/reader.h"
#include "protocol/snapshot.h"
#include "protocol/writer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What becomes of a draft: the content to sign, and the bytes the store keeps. */

/* --- The content to sign --- */

/* Clear, or set, a field that only some forms have. */
static void clear_field(struct document *document, const char *key)
{
    if (form_has(document_form(document), key))
        document_clear(document, key);
}

static void set_field(struct document *document, const char *key, const char *text)
{
    if (!form_has(document_form(document), key))
        return;
    document_clear(document, key);
    document_add(document, key, bytes_of_text(text), (struct place){0});
}

static uint32_t times_kept(const struct draft *draft, enum finding_class class)
{
    uint32_t times = 0;

    for (size_t i = 0; i < draft->noted_count; i++)
        if (draft->noted[i].class == class && draft->noted[i].reason != NULL)
            times += draft->noted[i].uses;
    return times;
}

static uint32_t times_decided(const struct draft *draft, enum finding_class class,
                              enum decision decision)
{
    return decision == DECISION_KEEP ? times_kept(draft, class) : draft->taken_out[class][decision];
}

/* Where the author is not named a number of one nation's patients is told as any patient's. */
static void tell_finding(const struct draft *draft, struct document *document,
                         enum finding_class class, enum decision decision)
{
    bool unnamed = draft->attribution != ATTRIBUTION_NAMED;
    uint32_t times = times_decided(draft, class, decision);
    char count[16];

    if (unnamed && class == FINDING_NHS_NUMBER)
        times += times_decided(draft, FINDING_CHI_NUMBER, decision);
    if (times == 0 || (unnamed && class == FINDING_CHI_NUMBER))
        return;
    snprintf(count, sizeof count, "%u", times);
    const char *const cells[] = {finding_kinds[class].code, decision_names[decision], count};
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
        document_add(document, "deid_findings", bytes_of_text(cells[i]), (struct place){0});
}

/* Each class may have been decided in each way. */
_Static_assert(FINDING_CLASSES *DECISIONS <= DEID_FINDINGS_MAX, "the form has rows for all");

static void tell_findings(const struct draft *draft, struct document *document)
{
    if (form_field(document_form(document), bytes_of_text("deid_findings")) == NULL)
        return;
    document_clear(document, "deid_findings");
    for (unsigned class = 0; class < FINDING_CLASSES; class ++)
        for (unsigned decision = 0; decision < DECISIONS; decision++)
            tell_finding(draft, document, (enum finding_class) class, (enum decision)decision);
}

static bool write_content(const struct document *document, struct buffer *map, struct fault *fault)
{
    if (!document_is_sound(document, fault))
        return false;
    document_write(document, map);
    return true;
}

struct document *draft_to_sign(const struct draft *draft)
{
    struct document *document = document_copy(draft->document);

    set_field(document, "schema", "1");
    set_field(document, "attribution", attribution_names[draft->attribution]);
    if (draft->attribution != ATTRIBUTION_NAMED)
        clear_field(document, "authority_type"); /* It would leave a few to guess among. */
    set_field(document, "deid_rules", GATE_RULES);
    set_field(document, "deid_human_check", "yes");
    tell_findings(draft, document);
    return document;
}

bool draft_content(const struct draft *draft, const struct house_rules *house, struct buffer *map,
                   struct fault *fault)
{
    if (!draft_may_go_out(draft, house, fault))
        return false;
    struct document *document = draft_to_sign(draft);
    bool written = write_content(document, map, fault);
    document_free(document);
    return written;
}

/* --- The store's bytes ---
 *
 *     draft = [ 4, kind: str, state: uint, attribution: uint, updated: uint (ms),
 *               release: uint (ms; 0 unless approved), author: str (empty: nobody said),
 *               [[key: str, [[text: bin, line: uint, column: uint], ...]], ...],
 *               [[class: str, decision: uint, count: uint], ...]              taken out
 *               last number of a finding: uint,
 *               [[class: str, text's digest: bin 32, reason: str or nil, uses: uint,
 *                 number: uint (0: none yet)], ...]                            found
 *               [[name: str, approved text's digest: bin 32, answer: str or nil,
 *                 by which rules: str (empty: unknown), at: uint (ms; 0: unknown)], ...],
 *               nil or [rejected, withdrawn or not signed by: str, why: str],
 *               [[row: uint, why it is hidden: uint], ...] ]
 *
 * Version 3, which is still read, has nothing of hidden rows; version 2 no rules and time of an
 * approval and no numbers, and of what is found only what is kept; version 1 has no release, author
 * and answer either. */

#define DRAFT_VERSION 4
#define DRAFT_ITEMS_MAX 65536
#define RULES_NAME_MAX 40

static void write_item(struct buffer *to, const struct document *document, const char *key,
                       size_t item)
{
    struct bytes text = document_item(document, key, item);
    struct place place = document_place(document, key, item);

    write_array(to, 3);
    write_bytes(to, text.data, text.size);
    write_number(to, place.line);
    write_number(to, place.column);
}

static void write_document(struct buffer *to, const struct document *document)
{
    const struct form *form = document_form(document);
    size_t filled = 0;

    for (size_t i = 0; i < form->count; i++)
        filled += document_count(document, form->fields[i].key) > 0;
    write_array(to, filled);
    for (size_t i = 0; i < form->count; i++) {
        const char *key = form->fields[i].key;
        size_t count = document_count(document, key);
        if (count == 0)
            continue;
        write_array(to, 2);
        write_text(to, bytes_of_text(key));
        write_array(to, count);
        for (size_t item = 0; item < count; item++)
            write_item(to, document, key, item);
    }
}

static void write_taken_out(struct buffer *to, const struct draft *draft)
{
    size_t count = 0;

    for (size_t i = 0; i < (size_t)FINDING_CLASSES * DECISIONS; i++)
        count += draft->taken_out[i / DECISIONS][i % DECISIONS] > 0;
    write_array(to, count);
    for (size_t i = 0; i < (size_t)FINDING_CLASSES * DECISIONS; i++) {
        if (draft->taken_out[i / DECISIONS][i % DECISIONS] == 0)
            continue;
        write_array(to, 3);
        write_text(to, bytes_of_text(finding_kinds[i / DECISIONS].code));
        write_number(to, i % DECISIONS);
        write_number(to, draft->taken_out[i / DECISIONS][i % DECISIONS]);
    }
}

static void write_optional(struct buffer *to, const char *text)
{
    if (text == NULL)
        write_nil(to);
    else
        write_text(to, bytes_of_text(text));
}

static void write_noted(struct buffer *to, const struct draft *draft)
{
    write_number(to, draft->last_number);
    write_array(to, draft->noted_count);
    for (size_t i = 0; i < draft->noted_count; i++) {
        const struct noted *noted = &draft->noted[i];
        write_array(to, 5);
        write_text(to, bytes_of_text(finding_kinds[noted->class].code));
        write_bytes(to, noted->text.bytes, sizeof noted->text.bytes);
        write_optional(to, noted->reason);
        write_number(to, noted->uses);
        write_number(to, noted->number);
    }
}

static void write_approvals(struct buffer *to, const struct draft *draft)
{
    write_array(to, draft->approval_count);
    for (size_t i = 0; i < draft->approval_count; i++) {
        const struct approval *approval = &draft->approvals[i];
        write_array(to, 5);
        write_text(to, bytes_of_text(approval->name));
        write_bytes(to, approval->text.bytes, sizeof approval->text.bytes);
        write_optional(to, approval->answer);
        write_text(to, bytes_of_text(draft_approved_by_rules(draft, i)));
        write_number(to, (uint64_t)approval->at_ms);
    }
}

static void write_return(struct buffer *bytes, const struct draft *draft)
{
    if (draft->returned_by == NULL) {
        write_nil(bytes);
        return;
    }
    write_array(bytes, 2);
    write_text(bytes, bytes_of_text(draft->returned_by));
    write_text(bytes, bytes_of_text(draft->returned_why));
}

static void write_hidden(struct buffer *bytes, const struct draft *draft)
{
    write_array(bytes, (uint32_t)draft->hidden_count);
    for (size_t i = 0; i < draft->hidden_count; i++) {
        write_array(bytes, 2);
        write_number(bytes, draft->hidden[i].row);
        write_number(bytes, draft->hidden[i].because);
    }
}

void draft_write(const struct draft *draft, struct buffer *bytes)
{
    write_array(bytes, 14);
    write_number(bytes, DRAFT_VERSION);
    write_text(bytes, bytes_of_text(document_form(draft->document)->kind));
    write_number(bytes, draft->state);
    write_number(bytes, draft->attribution);
    write_number(bytes, (uint64_t)draft->updated_ms);
    write_number(bytes, (uint64_t)draft->release_ms);
    write_text(bytes, bytes_of_text(draft_author(draft)));
    write_document(bytes, draft->document);
    write_taken_out(bytes, draft);
    write_noted(bytes, draft);
    write_approvals(bytes, draft);
    write_return(bytes, draft);
    write_hidden(bytes, draft);
}

static void read_item(struct reader *reader, struct document *document, const char *key)
{
    size_t before = document_count(document, key);

    read_array(reader, key, 3, 3);
    struct bytes text = read_bytes(reader, key, 0, FORM_FILE_MAX);
    uint64_t line = read_number(reader, "line", 0, UINT32_MAX);
    uint64_t column = read_number(reader, "column", 0, UINT32_MAX);
    if (reader->failed)
        return;
    document_add(document, key, text, (struct place){(uint32_t)line, (uint32_t)column});
    if (document_count(document, key) == before)
        reader_refuse(reader, "%s: empty", key);
}

static void read_document_field(struct reader *reader, struct document *document)
{
    read_array(reader, "field", 2, 2);
    const struct field *field =
        form_field(document_form(document), read_text(reader, "key", 1, 64));
    size_t count = read_array(reader, "texts", 1, DRAFT_ITEMS_MAX);

    if (reader->failed)
        return;
    if (field == NULL || document_count(document, field->key) > 0) {
        reader_refuse(reader, "field: unknown, or twice");
        return;
    }
    for (size_t i = 0; i < count && !reader->failed; i++)
        read_item(reader, document, field->key);
}

/* False where these rules have no such class any more. What was decided about a finding of it is
 * left out: a person decides about what is found there now. */
static bool read_class(struct reader *reader, enum finding_class *class)
{
    struct bytes code = read_text(reader, "class", 1, 40);

    for (unsigned i = 0; i < FINDING_CLASSES; i++)
        if (bytes_equal(code, bytes_of_text(finding_kinds[i].code))) {
            *class = (enum finding_class)i;
            return true;
        }
    *class = FINDING_AUTHORITY; /* Its name by the first rules, "gate-1". */
    return bytes_equal(code, bytes_of_text("own_name"));
}

static void read_taken_out(struct reader *reader, struct draft *draft)
{
    size_t count = read_array(reader, "taken out", 0, (size_t)FINDING_CLASSES * DECISIONS);

    for (size_t i = 0; i < count && !reader->failed; i++) {
        read_array(reader, "taken out", 3, 3);
        enum finding_class class;
        bool known = read_class(reader, &class);
        uint64_t decision = read_number(reader, "decision", 0, DECISIONS - 1);
        uint64_t times = read_number(reader, "count", 1, UINT32_MAX);
        if (known)
            draft->taken_out[class][decision] = (uint32_t)times;
    }
}

static char *read_sentence(struct reader *reader, const char *name, size_t most)
{
    return text_copy(read_text(reader, name, 1, most));
}

static void read_one_noted(struct reader *reader, uint64_t version, struct draft *draft)
{
    struct noted noted = {0};
    size_t parts = version < 3 ? 4 : 5;

    read_array(reader, "found", parts, parts);
    bool known = read_class(reader, &noted.class);
    read_fixed(reader, "digest", noted.text.bytes, sizeof noted.text.bytes);
    struct bytes reason = version > 2 && read_nil(reader)
                              ? bytes_of_text("")
                              : read_text(reader, "reason", 1, DRAFT_REASON_MAX);
    noted.uses = (uint32_t)read_number(reader, "uses", 0, UINT32_MAX);
    if (version > 2)
        noted.number = (uint32_t)read_number(reader, "number", 0, draft->last_number);
    if (!known || reader->failed)
        return;
    if (reason.size > 0 && !finding_kinds[noted.class].hard)
        noted.reason = text_copy(reason);
    draft->noted[draft->noted_count++] = noted;
}

static void read_noted(struct reader *reader, uint64_t version, struct draft *draft)
{
    if (version > 2)
        draft->last_number = (uint32_t)read_number(reader, "last number", 0, UINT32_MAX);
    size_t count = read_array(reader, "found", 0, DRAFT_KEPT_MAX);

    draft->noted = memory_new(count, sizeof *draft->noted);
    for (size_t i = 0; i < count && !reader->failed; i++)
        read_one_noted(reader, version, draft);
}

/* What version 3 tells of an approval besides. */
static void read_approval_of(struct reader *reader, struct approval *approval)
{
    struct bytes rules = read_text(reader, "rules", 0, RULES_NAME_MAX);

    if (rules.size > 0)
        approval->rules = text_copy(rules);
    approval->at_ms = (int64_t)read_number(reader, "at", 0, INT64_MAX);
}

static void read_approvals(struct reader *reader, uint64_t version, struct draft *draft)
{
    static const size_t parts_of[DRAFT_VERSION + 1] = {[1] = 2, [2] = 3, [3] = 5, [4] = 5};
    size_t parts = parts_of[version];
    size_t count = read_array(reader, "approvals", 0, DRAFT_APPROVALS_MAX);

    for (size_t i = 0; i < count && !reader->failed; i++) {
        struct approval *approval = &draft->approvals[draft->approval_count++];
        read_array(reader, "approval", parts, parts);
        approval->name = read_sentence(reader, "name", DRAFT_NAME_MAX);
        read_fixed(reader, "digest", approval->text.bytes, sizeof approval->text.bytes);
        if (version > 1 && !read_nil(reader))
            approval->answer = read_sentence(reader, "answer", DRAFT_REASON_MAX);
        if (version > 2)
            read_approval_of(reader, approval);
        if ((approval->answer == NULL) != (draft->attribution == ATTRIBUTION_NAMED))
            reader_refuse(reader, "answer: does not fit the attribution");
    }
}

static void read_return(struct reader *reader, struct draft *draft)
{
    bool returned = !read_nil(reader);

    if (reader->failed)
        return;
    if (returned) {
        read_array(reader, "return", 2, 2);
        draft->returned_by = read_sentence(reader, "returned by", DRAFT_NAME_MAX);
        draft->returned_why = text_copy(read_text(reader, "why", 0, DRAFT_REASON_MAX));
    }
    if (returned != (draft->state == DRAFT_REJECTED) &&
        !(returned && (draft->state == DRAFT_WRITTEN || draft->state == DRAFT_SUBMITTED)))
        reader_refuse(reader, "return: does not fit the state");
}

static void read_hidden(struct reader *reader, struct draft *draft)
{
    bool figures = document_form(draft->document) == &snapshot_form;
    size_t rows = figures ? snapshot_rows(draft->document) : 0;
    size_t count = read_array(reader, "hidden", 0, rows);

    for (size_t i = 0; i < count && !reader->failed; i++) {
        read_array(reader, "hidden", 2, 2);
        uint64_t row = read_number(reader, "row", 0, rows - 1);
        uint64_t because = read_number(reader, "because", 0, HIDDEN_REASONS - 1);
        if (!reader->failed)
            draft_note_hidden(draft, (size_t)row, (enum hidden_because)because);
    }
}

/* What version 2 tells besides. */
static void read_hold(struct reader *reader, struct draft *draft)
{
    draft->release_ms = (int64_t)read_number(reader, "release", 0, INT64_MAX);
    struct bytes author = read_text(reader, "author", 0, DRAFT_NAME_MAX);

    if (author.size > 0)
        draft->author = text_copy(author);
    if (draft->release_ms != 0 && draft->state != DRAFT_APPROVED && draft->state != DRAFT_PUBLISHED)
        reader_refuse(reader, "release: does not fit the state");
}

static struct draft *read_start(struct reader *reader, uint64_t *version)
{
    char kind[32] = "";

    static const size_t parts_of[DRAFT_VERSION + 1] = {[1] = 10, [2] = 12, [3] = 13, [4] = 14};
    size_t parts = read_array(reader, "draft", 10, 14);
    *version = read_number(reader, "version", 1, DRAFT_VERSION);
    if (parts != parts_of[*version])
        reader_refuse(reader, "draft: has %zu parts", parts);
    struct bytes name = read_text(reader, "kind", 1, sizeof kind - 1);
    uint64_t state = read_number(reader, "state", 0, DRAFT_STATES - 1);
    uint64_t attribution = read_number(reader, "attribution", 0, ATTRIBUTIONS - 1);
    uint64_t updated_ms = read_number(reader, "updated", 0, INT64_MAX);

    if (reader->failed)
        return NULL;
    memcpy(kind, name.data, name.size);
    const struct form *form = form_of(kind);
    if (form == NULL) {
        reader_refuse(reader, "kind: unknown");
        return NULL;
    }
    struct draft *draft =
        draft_new(document_new(form), (enum attribution)attribution, (int64_t)updated_ms);
    draft->state = (enum draft_state)state;
    if (*version > 1)
        read_hold(reader, draft);
    return draft;
}

/* The approval that a damaged or altered row tells of does not count. */
static void check_approval(struct reader *reader, const struct draft *draft)
{
    struct digest now = draft_digest(draft);
    bool needed = draft->state == DRAFT_APPROVED || draft->state == DRAFT_PUBLISHED;

    if (needed && draft->approval_count == 0)
        reader_refuse(reader, "approvals: none");
    for (size_t i = 0; i < draft->approval_count; i++)
        if (!digest_equal(&draft->approvals[i].text, &now))
            reader_refuse(reader, "approvals: of another text");
}

struct draft *draft_read(struct bytes bytes, struct fault *fault)
{
    struct reader reader = reader_of(bytes, fault);
    uint64_t version;
    struct draft *draft = read_start(&reader, &version);

    if (draft == NULL)
        return NULL;
    size_t fields = read_array(&reader, "fields", 0, FORM_FIELDS_MAX);
    for (size_t i = 0; i < fields && !reader.failed; i++)
        read_document_field(&reader, draft->document);
    read_taken_out(&reader, draft);
    read_noted(&reader, version, draft);
    read_approvals(&reader, version, draft);
    read_return(&reader, draft);
    if (version > 3 && !reader.failed)
        read_hidden(&reader, draft);
    if (!reader.failed)
        check_approval(&reader, draft);
    if (reader_end(&reader))
        return draft;
    draft_free(draft);
    return NULL;
}
