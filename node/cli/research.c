#include "node/cli/research.h"
#include "crypto/secret.h"
#include "node/cli/progress.h"
#include "node/clock.h"
#include "node/csv.h"
#include "protocol/text.h"
#include "store/digest.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The de-identified store as CSV and JSON Lines: a table for each kind, and one for each field that
 * is a table itself. */

/* Kinds that are there. What expires is not: outside it would outlive its day. */
static const struct form *const researched[] = {
    &lesson_form,      &issue_form,      &update_form,  &response_form,
    &endorsement_form, &discussion_form, &review_form,  &summary_form,
    &indicator_form,   &snapshot_form,   &profile_form,
};
#define KINDS (sizeof researched / sizeof *researched)

/* Fields that are of the house, or of the way out of it. */
static const char *const left_out[] = {"deid_rules",       "deid_human_check", "deid_findings",
                                       "released_by_role", "contact_role",     "embargo_until",
                                       "schema",           "attribution"};

/* What each table begins with. Ids of records that others refer to have a space between two. */
static const struct {
    const char *name, *meaning;
    int relation; /* Of the reference that it lists; -1: it lists none. */
} heads[] = {
    {"id", "The record. Of an unnamed author it is made up for this export alone", -1},
    {"authority", "The id of its author; empty where the author is not named", -1},
    {"authority_name", "The author's name; empty where the author is not named", -1},
    {"published", "The day; the month alone where the author is not named", -1},
    {"topic", "What others follow it by", -1},
    {"about", "The records that it is about", RELATION_ABOUT},
    {"answers", "The question, challenge or summary that it answers", RELATION_ANSWERS},
    {"same_as", "The records that say the same", RELATION_SAME_AS},
    {"supersedes", "The record that it says anew, corrected", RELATION_SUPERSEDES},
};
#define HEADS (sizeof heads / sizeof *heads)

static const struct {
    const char *name, *meaning;
} member_columns[] = {
    {"id", "The authority"},
    {"name", "Its name"},
    {"type", "What type of authority it is"},
    {"nation", "Its nation"},
    {"region", "Its region"},
    {"role", "authority or hub"},
    {"status", "active, left or dissolved"},
};
#define MEMBER_COLUMNS (sizeof member_columns / sizeof *member_columns)

struct table {
    FILE *csv, *lines;
    FILE *rows[FORM_FIELDS_MAX]; /* Of fields that are tables; else NULL. */
};

struct exporting {
    struct call *call;
    struct store *store;
    struct charter *charter;
    char part[HOME_PATH_MAX + 32]; /* The folder, until it is whole. */
    struct texts files;
    struct table tables[KINDS];
    FILE *columns; /* columns.csv */
    uint8_t key[DIGEST_SIZE];
    int64_t now_ms;
    uint64_t records, embargoed, seen, total;
    struct progress progress;
};

/* --- Files --- */

static FILE *file_new(struct exporting *exporting, const char *name, struct fault *fault)
{
    char path[sizeof exporting->part + 120];

    snprintf(path, sizeof path, "%s/%s", exporting->part, name);
    int handle = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    FILE *file = handle < 0 ? NULL : fdopen(handle, "w");
    if (file == NULL)
        fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
    else
        texts_add(&exporting->files, path);
    return file;
}

static bool file_end(FILE **file, struct fault *fault)
{
    FILE *ended = *file;

    if (ended == NULL)
        return true;
    *file = NULL;
    bool good = fflush(ended) == 0 && ferror(ended) == 0 && fsync(fileno(ended)) == 0;
    int why = errno;
    good = fclose(ended) == 0 && good;
    return good || fault_set(fault, FAULT_SELF, "the export cannot be written: %s", strerror(why));
}

/* One line of what explains all the others. */
static void explain(struct exporting *exporting, const char *file, const char *column,
                    const char *type, const char *meaning)
{
    csv_text(exporting->columns, 0, file);
    csv_text(exporting->columns, 1, column);
    csv_text(exporting->columns, 2, type);
    csv_text(exporting->columns, 3, meaning);
    csv_row_end(exporting->columns);
}

/* --- What a table's columns are --- */

static const char *meaning_of(const struct field *field)
{
    return field->advice == NULL ? "The node fills it in" : field->advice;
}

static bool is_left_out(const char *key)
{
    for (size_t i = 0; i < sizeof left_out / sizeof *left_out; i++)
        if (strcmp(left_out[i], key) == 0)
            return true;
    return false;
}

/* Fields of a header are in the columns that each table begins with. */
static bool is_column(const struct field *field)
{
    return !field->header && field->type != FIELD_ROWS && !is_left_out(field->key);
}

static bool is_table(const struct field *field)
{
    return field->type == FIELD_ROWS && !is_left_out(field->key);
}

static const char *type_name(enum field_type type)
{
    switch (type) {
    case FIELD_WORD:
        return "code";
    case FIELD_WORDS:
        return "codes, a space between two";
    case FIELD_LINES:
        return "texts, each on a line";
    case FIELD_DATE:
        return "date";
    case FIELD_NUMBER:
        return "number";
    default:
        return "text";
    }
}

static bool begin_rows(struct exporting *exporting, const struct form *form, size_t index,
                       struct fault *fault)
{
    const struct field *field = &form->fields[index];
    char name[100];
    FILE *file;

    snprintf(name, sizeof name, "%s_%s.csv", form->kind, field->key);
    file = file_new(exporting, name, fault);
    if (file == NULL)
        return false;
    csv_text(file, 0, "id");
    explain(exporting, name, "id", "id", "The record that the row is of");
    for (size_t i = 0; i < field->column_count; i++) {
        csv_text(file, i + 1, field->columns[i].name);
        explain(exporting, name, field->columns[i].name, type_name(field->columns[i].type),
                meaning_of(field));
    }
    csv_row_end(file);
    for (size_t k = 0; k < KINDS; k++)
        if (researched[k] == form)
            exporting->tables[k].rows[index] = file;
    return true;
}

static bool begin_table(struct exporting *exporting, size_t kind, struct fault *fault)
{
    const struct form *form = researched[kind];
    struct table *table = &exporting->tables[kind];
    char name[60];
    size_t at = 0;

    snprintf(name, sizeof name, "%s.jsonl", form->kind);
    if ((table->lines = file_new(exporting, name, fault)) == NULL)
        return false;
    snprintf(name, sizeof name, "%s.csv", form->kind);
    if ((table->csv = file_new(exporting, name, fault)) == NULL)
        return false;
    for (size_t i = 0; i < HEADS; i++) {
        csv_text(table->csv, at++, heads[i].name);
        explain(exporting, name, heads[i].name,
                strcmp(heads[i].name, "published") == 0 ? "date" : "text", heads[i].meaning);
    }
    for (size_t i = 0; i < form->count; i++)
        if (is_column(&form->fields[i])) {
            csv_text(table->csv, at++, form->fields[i].key);
            explain(exporting, name, form->fields[i].key, type_name(form->fields[i].type),
                    meaning_of(&form->fields[i]));
        }
    csv_row_end(table->csv);
    for (size_t i = 0; i < form->count; i++)
        if (is_table(&form->fields[i]) && !begin_rows(exporting, form, i, fault))
            return false;
    return true;
}

/* --- Ids --- */

/* An id leads every member to the record: of an author who is not named it is another one in each
 * export, by a key that nobody keeps. Whose record is not here may be not named too. */
static void write_id(struct exporting *exporting, const struct digest *id, bool named,
                     struct buffer *text)
{
    uint8_t keyed[2 * DIGEST_SIZE];
    char hex[2 * DIGEST_SIZE + 1];

    if (named) {
        hex_of(hex, id->bytes, DIGEST_SIZE);
        buffer_append_text(text, hex);
        return;
    }
    memcpy(keyed, exporting->key, DIGEST_SIZE);
    memcpy(keyed + DIGEST_SIZE, id->bytes, DIGEST_SIZE);
    struct digest other = digest_of("candour research export", keyed, sizeof keyed);
    hex_of(hex, other.bytes, DIGEST_SIZE / 2);
    buffer_printf(text, "unnamed-%s", hex);
}

static bool is_named(const struct record *record)
{
    return record_header(record)->author.form == AUTHOR_NAMED;
}

static void write_other_id(struct exporting *exporting, const struct digest *id,
                           struct buffer *text)
{
    struct fault ignored;
    struct record *record = store_find(exporting->store, id, false, &ignored);

    write_id(exporting, id, record != NULL && is_named(record), text);
    record_free(record);
}

/* What a body cites, as it is written there. */
static void write_cited(struct exporting *exporting, struct bytes hex, struct buffer *text)
{
    struct digest id;
    char whole[2 * DIGEST_SIZE + 1] = "";

    if (hex.size != 2 * DIGEST_SIZE)
        return;
    memcpy(whole, hex.data, hex.size);
    if (hex_read(id.bytes, DIGEST_SIZE, whole))
        write_other_id(exporting, &id, text);
}

static void write_references(struct exporting *exporting, const struct header *header, int relation,
                             struct buffer *text)
{
    for (size_t i = 0; i < header->reference_count; i++) {
        if (header->references[i].relation != relation)
            continue;
        if (text->size > 0)
            buffer_append_text(text, " ");
        write_other_id(exporting, &header->references[i].id, text);
    }
}

/* --- Records --- */

/* The column of this place at the start of each table. */
static void write_head(struct exporting *exporting, const struct record *record, size_t column,
                       struct buffer *text)
{
    const struct header *header = record_header(record);
    char hex[2 * DIGEST_SIZE + 1], date[CLOCK_DATE_SIZE];
    bool named = is_named(record);

    if (heads[column].relation >= 0) {
        write_references(exporting, header, heads[column].relation, text);
        return;
    }
    switch (column) {
    case 0:
        write_id(exporting, record_id(record), named, text);
        break;
    case 1:
        if (named) {
            hex_of(hex, header->author.feed.authority.bytes, DIGEST_SIZE);
            buffer_append_text(text, hex);
        }
        break;
    case 2:
        if (named)
            buffer_append_text(text,
                               authority_name(exporting->charter, &header->author.feed.authority));
        break;
    case 3:
        clock_date(date, header->time_ms);
        buffer_printf(text, "%.*s", named ? 10 : 7, date);
        break;
    default:
        buffer_append(text, header->topic);
    }
}

static void write_field(struct exporting *exporting, const struct document *document,
                        const struct field *field, struct buffer *text)
{
    for (size_t i = 0; i < document_count(document, field->key); i++) {
        struct bytes item = document_item(document, field->key, i);
        if (i > 0)
            buffer_append_text(text,
                               field->type == FIELD_LINES && field->target == NULL ? "\n" : " ");
        if (field->target != NULL)
            write_cited(exporting, item, text);
        else
            buffer_append(text, item);
    }
}

static void write_csv(struct exporting *exporting, const struct table *table,
                      const struct record *record, const struct document *document)
{
    const struct form *form = document_form(document);
    struct buffer text = {0};
    size_t at = 0;

    for (size_t i = 0; i < HEADS; i++) {
        buffer_clear(&text);
        write_head(exporting, record, i, &text);
        csv_cell(table->csv, at++, buffer_view(&text), false);
    }
    for (size_t i = 0; i < form->count; i++) {
        if (!is_column(&form->fields[i]))
            continue;
        buffer_clear(&text);
        write_field(exporting, document, &form->fields[i], &text);
        csv_cell(table->csv, at++, buffer_view(&text), form->fields[i].type == FIELD_NUMBER);
    }
    csv_row_end(table->csv);
    buffer_release(&text);
}

static void write_rows(struct exporting *exporting, FILE *file, const struct record *record,
                       const struct document *document, const struct field *field)
{
    struct buffer id = {0};

    write_id(exporting, record_id(record), is_named(record), &id);
    for (size_t i = 0; i < document_count(document, field->key); i += field->column_count) {
        csv_cell(file, 0, buffer_view(&id), false);
        for (size_t k = 0; k < field->column_count; k++)
            csv_cell(file, k + 1, document_item(document, field->key, i + k),
                     field->columns[k].type == FIELD_NUMBER);
        csv_row_end(file);
    }
    buffer_release(&id);
}

static json_t *cited_array(struct exporting *exporting, const struct document *document,
                           const struct field *field)
{
    json_t *list = json_array();

    for (size_t i = 0; i < document_count(document, field->key); i++) {
        struct buffer text = {0};
        write_cited(exporting, document_item(document, field->key, i), &text);
        json_array_append_new(list, json_bytes(buffer_view(&text)));
        buffer_release(&text);
    }
    return list;
}

static void write_line(struct exporting *exporting, const struct table *table,
                       const struct record *record, const struct document *document)
{
    const struct form *form = document_form(document);
    json_t *line = json_object(), *fields = json_document(document);

    for (size_t i = 0; i < HEADS; i++) {
        struct buffer text = {0};
        write_head(exporting, record, i, &text);
        json_object_set_new(line, heads[i].name,
                            text.size == 0 ? json_null() : json_bytes(buffer_view(&text)));
        buffer_release(&text);
    }
    for (size_t i = 0; i < form->count; i++) {
        const struct field *field = &form->fields[i];
        if (field->header || is_left_out(field->key))
            json_object_del(fields, field->key);
        else if (field->target != NULL && document_count(document, field->key) > 0)
            json_object_set_new(fields, field->key, cited_array(exporting, document, field));
    }
    json_object_update(line, fields);
    json_dumpf(line, table->lines, JSON_COMPACT | JSON_REAL_PRECISION(15));
    fputc('\n', table->lines);
    json_decref(fields);
    json_decref(line);
}

/* Members have it; others may not yet. */
static bool is_embargoed(const struct exporting *exporting, const struct document *document)
{
    struct bytes day = form_has(document_form(document), "embargo_until")
                           ? document_text(document, "embargo_until")
                           : (struct bytes){0};

    return (day.size == 7 || day.size == 10) && date_end_ms(day) > exporting->now_ms;
}

static void write_record(struct exporting *exporting, size_t kind, const struct record *record,
                         const struct document *document)
{
    struct table *table = &exporting->tables[kind];
    const struct form *form = researched[kind];

    exporting->records++;
    write_csv(exporting, table, record, document);
    write_line(exporting, table, record, document);
    for (size_t i = 0; i < form->count; i++)
        if (table->rows[i] != NULL)
            write_rows(exporting, table->rows[i], record, document, &form->fields[i]);
}

static bool hear_record(void *context, const struct stored *stored, struct fault *fault)
{
    struct exporting *exporting = context;
    const struct header *header = record_header(stored->record);
    struct withheld withheld;
    size_t kind = 0;

    (void)fault;
    progress_show(&exporting->progress, ++exporting->seen, exporting->total);
    while (kind < KINDS && !bytes_equal(header->kind, bytes_of_text(researched[kind]->kind)))
        kind++;
    if (kind == KINDS || header->expiry_ms != 0)
        return true;
    struct document *document = store_document(exporting->store, stored->record, &withheld);
    if (document != NULL && is_embargoed(exporting, document))
        exporting->embargoed++;
    else if (document != NULL)
        write_record(exporting, kind, stored->record, document);
    document_free(document);
    return true;
}

/* --- Who could have said something --- */

static bool write_members(struct exporting *exporting, struct fault *fault)
{
    static const char name[] = "authority.csv";
    static const char *const statuses[] = {
        [MEMBER_ACTIVE] = "active", [MEMBER_LEFT] = "left", [MEMBER_DISSOLVED] = "dissolved"};
    FILE *file = file_new(exporting, name, fault);

    if (file == NULL)
        return false;
    for (size_t i = 0; i < MEMBER_COLUMNS; i++) {
        csv_text(file, i, member_columns[i].name);
        explain(exporting, name, member_columns[i].name, "text", member_columns[i].meaning);
    }
    csv_row_end(file);
    for (size_t i = 0; i < charter_members(exporting->charter); i++) {
        const struct member *member = charter_member_at(exporting->charter, i);
        const struct card *card = member->card;
        char id[2 * DIGEST_SIZE + 1];
        hex_of(id, card->authority.bytes, DIGEST_SIZE);
        const char *const cells[MEMBER_COLUMNS] = {id,
                                                   card->name,
                                                   card->type,
                                                   card->nation,
                                                   card->region,
                                                   card->role == ROLE_HUB ? "hub" : "authority",
                                                   statuses[member->status]};
        for (size_t k = 0; k < MEMBER_COLUMNS; k++)
            csv_text(file, k, cells[k]);
        csv_row_end(file);
    }
    return file_end(&file, fault);
}

/* --- The whole --- */

static bool begin_all(struct exporting *exporting, struct fault *fault)
{
    bool done = (exporting->columns = file_new(exporting, "columns.csv", fault)) != NULL;

    if (done) {
        csv_text(exporting->columns, 0, "file");
        csv_text(exporting->columns, 1, "column");
        csv_text(exporting->columns, 2, "type");
        csv_text(exporting->columns, 3, "meaning");
        csv_row_end(exporting->columns);
    }
    done = done && write_members(exporting, fault);
    for (size_t i = 0; done && i < KINDS; i++)
        done = begin_table(exporting, i, fault);
    return done;
}

static bool end_all(struct exporting *exporting, struct fault *fault)
{
    struct fault ignored;
    bool done = file_end(&exporting->columns, fault);

    for (size_t k = 0; k < KINDS; k++) {
        struct table *table = &exporting->tables[k];
        done = file_end(&table->csv, done ? fault : &ignored) && done;
        done = file_end(&table->lines, done ? fault : &ignored) && done;
        for (size_t i = 0; i < FORM_FIELDS_MAX; i++)
            done = file_end(&table->rows[i], done ? fault : &ignored) && done;
    }
    return done;
}

static bool sync_folder(const char *path, struct fault *fault)
{
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool done = folder >= 0 && fsync(folder) == 0;

    if (!done)
        fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", path, strerror(errno));
    if (folder >= 0)
        close(folder);
    return done;
}

static bool is_new(const char *folder, struct fault *fault)
{
    struct stat status;

    return lstat(folder, &status) != 0 ||
           fault_set(fault, FAULT_INPUT, "%s is there already: name a folder that is not", folder);
}

static bool begin_folder(struct exporting *exporting, const char *folder, struct fault *fault)
{
    if (strlen(folder) >= HOME_PATH_MAX)
        return fault_set(fault, FAULT_INPUT, "the path of the folder is too long");
    if (!is_new(folder, fault))
        return false;
    snprintf(exporting->part, sizeof exporting->part, "%s.part-XXXXXX", folder);
    if (mkdtemp(exporting->part) != NULL)
        return true;
    exporting->part[0] = '\0';
    return fault_set(fault, FAULT_SELF, "%s: no folder can be made beside it: %s", folder,
                     strerror(errno));
}

static bool end_folder(struct exporting *exporting, const char *folder, struct fault *fault)
{
    if (!sync_folder(exporting->part, fault) || !is_new(folder, fault))
        return false;
    if (rename(exporting->part, folder) != 0)
        return fault_set(fault, FAULT_SELF, "%s: cannot be written: %s", folder, strerror(errno));
    exporting->part[0] = '\0';
    return true;
}

static void remove_part(struct exporting *exporting)
{
    if (exporting->part[0] == '\0')
        return;
    for (size_t i = 0; i < exporting->files.count; i++)
        unlink(exporting->files.list[i]);
    rmdir(exporting->part);
}

static bool read_all(struct exporting *exporting, struct fault *fault)
{
    struct store_counts counts;

    if ((exporting->store = open_store(exporting->call, STORE_READ, fault)) == NULL ||
        (exporting->charter = store_charter(exporting->store, fault)) == NULL ||
        !store_count(exporting->store, &counts, fault))
        return false;
    exporting->total = counts.records;
    return true;
}

static bool write_all(struct exporting *exporting, struct fault *fault)
{
    struct fault ignored;

    exporting->progress = progress_begin(exporting->call, "exporting");
    bool done = begin_all(exporting, fault) &&
                store_each_by_id(exporting->store, hear_record, exporting, fault);
    done = end_all(exporting, done ? fault : &ignored) && done;
    progress_end(&exporting->progress);
    return done;
}

bool export_research(struct call *call, const char *folder, struct fault *fault)
{
    struct exporting *exporting = memory_new(1, sizeof *exporting);

    exporting->call = call;
    exporting->now_ms = clock_now_ms();
    random_bytes(exporting->key, sizeof exporting->key);
    bool done = read_all(exporting, fault) && begin_folder(exporting, folder, fault) &&
                write_all(exporting, fault) && end_folder(exporting, folder, fault);
    if (done && !call_json(call, json_pack("{s:s, s:I, s:I, s:I}", "path", folder, "records",
                                           (json_int_t)exporting->records, "embargoed",
                                           (json_int_t)exporting->embargoed, "files",
                                           (json_int_t)exporting->files.count)))
        call_say(call,
                 "%s: %" PRIu64
                 " record%s in %zu files; columns.csv says what is in them. Left out: %" PRIu64
                 " under an embargo.",
                 folder, exporting->records, exporting->records == 1 ? "" : "s",
                 exporting->files.count, exporting->embargoed);
    remove_part(exporting);
    secret_wipe(exporting->key, sizeof exporting->key);
    texts_release(&exporting->files);
    charter_free(exporting->charter);
    store_close(exporting->store);
    free(exporting);
    return done;
}
