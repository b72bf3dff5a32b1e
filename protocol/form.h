#ifndef CANDOUR_PROTOCOL_FORM_H
#define CANDOUR_PROTOCOL_FORM_H

#include "protocol/bytes.h"
#include "protocol/fault.h"

/* What a record's body says, kind by kind, as tables.
 *
 * A form lists the fields of one kind of body. Reading and writing MessagePack,
 * the file a person fills in, JSON, the check before publishing and the template
 * all walk the same table, so a field is added in one place.
 *
 * On the wire a body's content is a MessagePack map: keys are the fields' keys, ascending by their
 * encoded bytes (so shorter keys first), absent fields are left out, unknown keys and further cells
 * at the end of a row are skipped (a later version may have added them). */

enum field_type {
    FIELD_LINE,   /* Text without line breaks. Wire: str. */
    FIELD_PROSE,  /* Text with paragraphs. Wire: str. */
    FIELD_WORD,   /* One word of a vocabulary. Wire: str. */
    FIELD_WORDS,  /* Some words of a vocabulary, none twice. Wire: array of str. */
    FIELD_LINES,  /* A list of lines. Wire: array of str. */
    FIELD_DATE,   /* yyyy-mm-dd, or yyyy-mm. Wire: str. */
    FIELD_NUMBER, /* A decimal such as -12.50. Wire: [integer, decimals], decimals 0 to 9. */
    FIELD_ROWS,   /* A table of the columns below. Wire: array of arrays, nil where a cell is empty.
                   */
};

/* Closed lists. Codes are lower case with underscores; `means` is for people. */
struct word {
    const char *code;
    const char *means;
};

struct vocabulary {
    const char *name; /* For messages: "service area". */
    const struct word *words;
    size_t count;
    const struct word *groups; /* The code with which each begins, and what it is of; NULL where
                                  there are none, and NULL codes at the end. */
};

/* The only characters a text may have, for what is more than words and less than a vocabulary. */
struct alphabet {
    const char *characters;
    const char *means; /* "lower-case letters, digits, - and /" */
};

struct column {
    const char *name;
    enum field_type type; /* LINE, WORD, NUMBER or DATE */
    bool required;
    bool unscanned, coded; /* As of a field, below. */
    uint32_t most_bytes;
    const struct vocabulary *vocabulary; /* WORD */
};

/* What the ids in a field name: a record of one of these kinds, or of any where NULL. In the header
 * they become references of this relation (protocol/record.h). */
struct target {
    uint8_t relation;
    const char *const *kinds; /* Ends with NULL. */
};

struct field {
    const char *key;  /* On the wire, in JSON and in SQL views: "what_we_did". */
    const char *name; /* In files: `Name: value` in the block on top, or `## Name`. */
    enum field_type type;
    bool required;
    bool expected;  /* Not required, but asked for in the short template too. */
    bool section;   /* In a file a `## Name` section rather than a line on top. */
    bool header;    /* Belongs to the record's header: stands in files, not in the body. */
    bool unscanned; /* Words of a vocabulary, ids, numbers, dates: the gate reads none of these. */
    bool coded;     /* Free, but for codes: it looks for the hard classes alone, not for names. */
    uint32_t most_bytes;                 /* Of the text, or of each item. */
    uint32_t most_items;                 /* WORDS, LINES, ROWS */
    const struct vocabulary *vocabulary; /* WORD, WORDS */
    const struct alphabet *alphabet;     /* LINE, LINES, NUMBER; NULL where all characters may be */
    const struct target *target;         /* LINE, LINES of ids; else NULL. */
    const struct column *columns;
    size_t column_count;
    const char *advice; /* What the template says about it; NULL keeps it out of the template. */
};

struct document;
struct problems;

/* What one word of a field asks for besides. */
struct need {
    const char *field, *word; /* Where this field has this word, */
    const char *needs;        /* that one may not be left out. */
};

#define FORM_FIELDS_MAX 64

/* Rows in which a lesson tells what was found in it and how that was decided. */
#define DEID_FINDINGS_MAX 64
#define FORM_COLUMNS_MAX 8

struct form {
    const char *kind; /* The record kind: "lesson". */
    const struct field *fields;
    size_t count;
    uint32_t most_bytes; /* Of the content on the wire. */
    /* These are asked before publishing, not of what strangers published. The second is what a
     * table cannot say, such as "what did not work, unless it worked"; NULL where nothing. */
    const struct need *needs;
    size_t need_count;
    void (*check)(const struct document *document, struct problems *problems);
};

/* Has the form a field of this key? */
bool form_has(const struct form *form, const char *key);

/* The form of a kind of record, or NULL for a kind this version does not know. */
const struct form *form_of(const char *kind);
const struct form *form_of_kind(struct bytes kind);

/* May a field with this target name a record of that kind? */
bool target_fits(const struct target *target, struct bytes kind);

/* Does a reference mean anything that a record of one kind makes to one of another? What a kind
 * that this version does not know may refer to, only a later version knows: then it does. */
bool reference_fits(struct bytes kind, uint8_t relation, struct bytes target_kind);

extern const struct form profile_form, lesson_form, update_form, indicator_form, snapshot_form,
    erasure_form, response_form, issue_form, endorsement_form, discussion_form, review_form,
    summary_form, label_form, offer_form;
extern const struct form *const forms[]; /* All of them, and NULL. */

/* Where in a file a thing stands; line and column count from 1, in bytes; 0 when it has no place.
 */
struct place {
    uint32_t line;
    uint32_t column;
};

/* Everything wrong with a text a person wrote, in the order of the text; what has no place comes
 * last. More than PROBLEMS_MAX are not kept. */
#define PROBLEMS_MAX 500

struct problem {
    struct place place;
    const char *code; /* Stable, for --json: "unknown_word", "missing", "too_long", ... */
    char *text;       /* What is wrong and what to do, with did-you-mean. */
};
struct problems {
    struct problem *list;
    size_t count;
};
__attribute__((format(printf, 4, 5))) void problems_add(struct problems *problems,
                                                        struct place place, const char *code,
                                                        const char *format, ...);
void problems_release(struct problems *problems);

/* A filled-in form: for each field a list of texts (one for LINE, PROSE, WORD, DATE and NUMBER;
 * row by row, `column_count` at a time, for ROWS, where an empty cell is an empty text).
 *
 * A number is held as people write it, "-12.50" (text.h). In a document without
 * problems texts are valid UTF-8 without control characters (except line breaks in PROSE) and
 * without characters that turn the direction of writing, with no white space at either end. */
struct document;

struct document *document_new(const struct form *form);
struct document *document_copy(const struct document *document);
void document_free(struct document *document);
const struct form *document_form(const struct document *document);

/* `key` must be a field of the form: asking for another is our bug and aborts. */
struct bytes document_text(const struct document *document, const char *key); /* First, or empty. */
size_t document_count(const struct document *document, const char *key);
struct bytes document_item(const struct document *document, const char *key, size_t index);
struct place document_place(const struct document *document, const char *key, size_t index);
/* What a list shows of it: its title or name, or what kind it is. */
struct bytes document_title(const struct document *document);

/* When its text is to go from every node; 0: never. FAULT_INPUT where that is over by now. */
bool document_expiry(const struct document *document, int64_t now_ms, int64_t *expiry_ms,
                     struct fault *fault);

/* Add a text (for ROWS: the next cell). The text is copied and tidied: white space at either end
 * goes, tabs become spaces, line breaks lose their carriage return, and words become codes ("Partly
 * worked", partly_worked). An empty text is not added, except as a cell. What it may not be is
 * found by document_check(), not here. */
void document_add(struct document *document, const char *key, struct bytes text,
                  struct place place);
void document_clear(struct document *document, const char *key);

/* Everything that keeps the document from being published: missing fields, lengths, words that are
 * not in a vocabulary, numbers, dates, and what the form's own check says. */
void document_check(const struct document *document, struct problems *problems);

/* FAULT_INPUT with the first of them, and its place where it is from a file. */
bool problems_are_none(const struct problems *problems, struct fault *fault);

/* Does nothing keep it from being published? The first of its problems is the fault (FAULT_INPUT),
 * with its place where it is from a file. */
bool document_is_sound(const struct document *document, struct fault *fault);

/* Write the content of a body, so without header fields. The document must be without problems. */
void document_write(const struct document *document, struct buffer *content);

/* Read the content of a body from a stranger, so without header fields. NULL and FAULT_PEER when it
 * is not what the form says; a word that is not in this version's vocabulary is kept as it is (a
 * later version may know it). */
struct document *document_read(const struct form *form, struct bytes content, struct fault *fault);

/* The kind that the `Kind:` line of a file names, "lesson" where there is no such line, NULL where
 * the kind is none of ours. */
const char *file_kind(struct bytes file);

/* Read a file: `Name: value` lines, an empty line, `## Name` sections. Everything wrong with it
 * goes to `problems` (document_check() included); the document is what could be read and is never
 * NULL. A file over FORM_FILE_MAX is not read. */
#define FORM_FILE_MAX (256 * 1024)
struct document *document_parse(const struct form *form, struct bytes file,
                                struct problems *problems);

/* Write it as such a file; document_parse() gives back the same document, header fields included.
 */
void document_print(const struct document *document, struct buffer *file);

/* A file to fill in, that says what belongs where: what is required and expected, or all there is.
 */
void form_template(const struct form *form, bool all, struct buffer *file);

/* The vocabulary's entry for a code, or NULL; and the nearest code to a misspelling, or NULL. */
const struct word *vocabulary_find(const struct vocabulary *vocabulary, struct bytes code);
const char *vocabulary_nearest(const struct vocabulary *vocabulary, struct bytes code);
/* What a code means, for people; `otherwise` where it is none that this version knows. */
const char *vocabulary_means(const struct vocabulary *vocabulary, struct bytes code,
                             const char *otherwise);

/* The word that a person means: by its code or by what it means, in any case, with spaces, hyphens
 * and underscores alike; or by the beginning of either (four letters at least) that only one word
 * has. NULL: none, or several. Not for strangers' texts: in records words are codes. */
const struct word *vocabulary_meant(const struct vocabulary *vocabulary, struct bytes typed);

/* What to write instead of what is none: "did you mean ...?", or which it may be. Appended. */
void vocabulary_advise(const struct vocabulary *vocabulary, struct bytes typed,
                       struct buffer *advice);

/* The edit distance (Damerau-Levenshtein, optimal string alignment; Boytsov 2011) of two words of
 * at most 40 bytes; 99 when either is longer. */
unsigned spelling_distance(struct bytes a, struct bytes b);

#endif
