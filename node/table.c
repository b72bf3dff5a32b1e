#include "node/table.h"

#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define READ_SIZE (64 * 1024)

/* The window holds the row being read from its first byte on, and what was read ahead. When the row
 * turns out bad, reading goes back to its second line: a quotation mark that is never closed costs
 * one row, not the rest of the file. */
struct table {
    const struct table_reader *reader;
    FILE *file;
    struct fault *fault;

    struct buffer window;
    size_t begin, at;          /* In the window: of the row, of what is next. */
    uint32_t begin_line, line; /* Of the row, of what is next. */
    uint64_t taken;            /* Bytes, of the whole file. */
    bool ended;

    struct csv_parser parser;
    struct buffer text; /* The row's cells, one after the other, */
    size_t ends[TABLE_COLUMNS_MAX];
    size_t cells; /* may count beyond the columns: then the row is bad. */
    bool complete;
    const char *why; /* The row is bad. */

    size_t columns; /* 0 until the header was read. */
    uint32_t bad;
};

/* --- What libcsv calls --- */

static void take_cell(void *data, size_t size, void *context)
{
    struct table *table = context;

    if (table->cells < TABLE_COLUMNS_MAX && size <= TABLE_FIELD_MAX) {
        buffer_append(&table->text, bytes_of(data, size));
        table->ends[table->cells] = table->text.size;
    }
    if (size > TABLE_FIELD_MAX)
        table->why = "a field is too long; is a quotation mark missing?";
    table->cells++;
}

static void end_row(int terminator, void *context)
{
    (void)terminator;
    ((struct table *)context)->complete = true;
}

static void start_row(struct table *table)
{
    csv_free(&table->parser);
    if (csv_init(&table->parser, CSV_STRICT | CSV_STRICT_FINI) != 0)
        abort();
    csv_set_delim(&table->parser, (unsigned char)table->reader->delimiter);
    buffer_clear(&table->text);
    table->cells = 0;
    table->complete = false;
    table->why = NULL;
    table->begin = table->at;
    table->begin_line = table->line;
}

/* --- The window --- */

static bool read_on(struct table *table)
{
    uint8_t bytes[READ_SIZE];
    size_t size = fread(bytes, 1, sizeof bytes, table->file);

    if (size < sizeof bytes && ferror(table->file))
        return fault_set(table->fault, FAULT_INPUT, "%s: cannot be read: %s", table->reader->name,
                         strerror(errno));
    table->ended = size < sizeof bytes;
    table->taken += size;
    if (table->taken > TABLE_BYTES_MAX)
        return fault_set(table->fault, FAULT_INPUT,
                         "%s: is larger than %d MiB: keep the rows of this council only",
                         table->reader->name, TABLE_BYTES_MAX / 1024 / 1024);
    if (table->begin > 0) {
        table->window.size -= table->begin;
        memmove(table->window.data, table->window.data + table->begin, table->window.size);
        table->at -= table->begin;
        table->begin = 0;
    }
    buffer_append(&table->window, bytes_of(bytes, size));
    return true;
}

/* The line's bytes with its ending: a line feed, a carriage return, or both. 0 where the window
 * does not hold all of it. */
static size_t line_in_window(const struct table *table, size_t from)
{
    for (size_t i = from; i < table->window.size; i++) {
        uint8_t byte = table->window.data[i];
        if (byte == '\n')
            return i + 1 - from;
        if (byte == '\r' && i + 1 < table->window.size)
            return i + (table->window.data[i + 1] == '\n') + 1 - from;
    }
    return table->ended ? table->window.size - from : 0;
}

/* The next line, or no bytes at the end. */
static bool next_line(struct table *table, size_t *size)
{
    while ((*size = line_in_window(table, table->at)) == 0) {
        if (table->ended)
            return true;
        /* Of a line that is too long, only that it is too long is kept. */
        if (table->window.size - table->at > TABLE_LINE_MAX + 1)
            table->window.size = table->at + TABLE_LINE_MAX + 1;
        if (!read_on(table))
            return false;
    }
    return true;
}

/* --- Rows --- */

static struct bytes cell(const struct table *table, size_t index)
{
    size_t start = index == 0 ? 0 : table->ends[index - 1];

    return bytes_of(table->text.data + start, table->ends[index] - start);
}

/* Spreadsheets add empty fields at the end of a row, and empty rows at the end of a table. */
static size_t cells_that_count(const struct table *table)
{
    size_t count = table->cells;
    size_t least = table->columns;

    while (count > least && cell(table, count - 1).size == 0)
        count--;
    return count;
}

static bool row_is_empty(const struct table *table)
{
    return table->text.size == 0;
}

static const char *why_bad(struct table *table, char why[96])
{
    if (table->why != NULL)
        return table->why;
    if (table->cells > TABLE_COLUMNS_MAX)
        return "has too many fields; is the delimiter right?";
    size_t count = cells_that_count(table);
    if (table->columns > 0 && count != table->columns) {
        snprintf(why, 96, "has %zu fields, the row of column names %zu", count, table->columns);
        return why;
    }
    for (size_t i = 0; i < count; i++)
        if (!bytes_are_text(cell(table, i)))
            return "is not UTF-8: save the file as \"CSV UTF-8\" and import it again";
    return NULL;
}

static struct bytes trimmed(struct bytes text)
{
    while (text.size > 0 && text.data[text.size - 1] <= ' ')
        text.size--;
    while (text.size > 0 && text.data[0] <= ' ') {
        text.data++;
        text.size--;
    }
    return text;
}

static bool deliver(struct table *table)
{
    struct bytes cells[TABLE_COLUMNS_MAX];
    struct row row = {table->begin_line, cells, cells_that_count(table)};

    for (size_t i = 0; i < row.count; i++)
        cells[i] = trimmed(cell(table, i));
    if (table->columns > 0)
        return table->reader->row(table->reader->context, &row, table->fault);
    table->columns = row.count;
    return table->reader->header(table->reader->context, &row, table->fault);
}

/* Say so, and go on with the line after the one the row began on. */
static bool leave_out(struct table *table, const char *why)
{
    if (table->columns == 0)
        return fault_set(table->fault, FAULT_INPUT, "%s:%u: the row of column names %s",
                         table->reader->name, table->begin_line, why);
    table->reader->bad(table->reader->context, table->begin_line, why);
    if (++table->bad > TABLE_BAD_MAX)
        return fault_set(table->fault, FAULT_INPUT,
                         "%s:%u: more than %d rows cannot be read, this one because it %s",
                         table->reader->name, table->begin_line, TABLE_BAD_MAX, why);
    table->at = table->begin + line_in_window(table, table->begin);
    table->line = table->begin_line + 1;
    return true;
}

static bool end_of_row(struct table *table)
{
    char text[96];
    const char *why = row_is_empty(table) && table->why == NULL ? NULL : why_bad(table, text);

    if (why != NULL) {
        if (!leave_out(table, why))
            return false;
    } else if (!row_is_empty(table) && !deliver(table)) {
        return false;
    }
    start_row(table);
    return true;
}

static bool row_goes_on(const struct table *table)
{
    return table->at > table->begin && !table->complete && table->why == NULL;
}

static void feed(struct table *table, size_t size)
{
    if (csv_parse(&table->parser, table->window.data + table->at, size, take_cell, end_row,
                  table) != size)
        table->why = "has a quotation mark in the middle of a field";
    if (table->why == NULL && table->line - table->begin_line >= TABLE_ROW_LINES_MAX)
        table->why = "opens a quotation mark that is not closed";
    table->at += size;
    table->line++;
}

/* A line that begins no row: an empty one, or one with white space only. */
static bool is_blank(struct bytes line)
{
    return trimmed(line).size == 0;
}

static bool take_line(struct table *table, size_t size)
{
    struct bytes line = bytes_of(table->window.data + table->at, size);
    bool begins = table->at == table->begin;

    if (size > TABLE_LINE_MAX) {
        table->why = "is too long a line";
        table->at += size;
        table->line++;
    } else if (begins && is_blank(line)) {
        table->at += size;
        table->line++;
        start_row(table);
        return true;
    } else {
        feed(table, size);
    }
    return row_goes_on(table) || end_of_row(table);
}

/* The file ended, perhaps inside a row. Going back over a bad one leaves more lines to read. */
static bool take_end(struct table *table)
{
    if (table->at == table->begin)
        return true;
    if (csv_fini(&table->parser, take_cell, end_row, table) != 0)
        table->why = "opens a quotation mark that is not closed";
    return end_of_row(table);
}

static bool read_rows(struct table *table)
{
    size_t size;

    for (;;) {
        if (!next_line(table, &size))
            return false;
        if (size > 0 && !take_line(table, size))
            return false;
        if (size == 0 && table->at == table->begin)
            return true;
        if (size == 0 && !take_end(table))
            return false;
    }
}

static bool skip_start(struct table *table)
{
    static const uint8_t mark[] = {0xef, 0xbb, 0xbf};
    size_t size;

    if (!read_on(table))
        return false;
    if (table->window.size >= 2 && (memcmp(table->window.data, "\xff\xfe", 2) == 0 ||
                                    memcmp(table->window.data, "\xfe\xff", 2) == 0))
        return fault_set(table->fault, FAULT_INPUT,
                         "%s: is UTF-16: save it as \"CSV UTF-8\" and import it again",
                         table->reader->name);
    if (table->window.size >= sizeof mark && memcmp(table->window.data, mark, sizeof mark) == 0)
        table->at = sizeof mark;
    for (uint32_t i = 0; i < table->reader->skip_lines; i++) {
        if (!next_line(table, &size))
            return false;
        table->at += size;
        table->line++;
    }
    start_row(table);
    return true;
}

bool table_read(const struct table_reader *reader, FILE *file, struct fault *fault)
{
    struct table *table = memory_new(1, sizeof *table);

    table->reader = reader;
    table->file = file;
    table->fault = fault;
    table->line = 1;
    bool read = skip_start(table) && read_rows(table);
    if (read && table->columns == 0)
        read = fault_set(fault, FAULT_INPUT, "%s: is empty: it has no row of column names",
                         reader->name);
    csv_free(&table->parser);
    buffer_release(&table->window);
    buffer_release(&table->text);
    free(table);
    return read;
}
