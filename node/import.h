#ifndef CANDOUR_NODE_IMPORT_H
#define CANDOUR_NODE_IMPORT_H

#include "protocol/disclosure.h"
#include "protocol/form.h"
#include "protocol/known_figure.h"

#include <stdio.h>

/* Indicator values from a file: rows of this authority become snapshots, small numbers suppressed.
 *
 * A mapping file says which column is what, whose rows to take, and what the codes measure
 * (node/samples/ascof.map.conf is one). Framework and code are the key, never the
 * name. What comes out was through disclosure control; the figures as they stood in the file are
 * not kept. */

#define IMPORT_ROWS_MAX 16384   /* Of this authority. */
#define IMPORT_REFUSED_MAX 1000 /* Told one by one; all are counted. */

/* --- The mapping --- */

struct import_map;

/* Read a mapping file; `name` is what its faults call it, "FILE:LINE: ...". NULL and FAULT_INPUT
 * when it cannot be used. */
struct import_map *import_map_open(const char *path, struct fault *fault);
struct import_map *import_map_parse(const char *name, const char *text, struct fault *fault);
void import_map_free(struct import_map *map);

/* --- The import --- */

/* Says what a code measures that the mapping does not describe, from definitions kept elsewhere.
 * False: not known there. */
typedef bool import_find_measure(void *context, struct bytes framework, struct bytes code,
                                 struct measure *measure);

struct ledger; /* node/ledger.h */

struct import_request {
    const struct import_map *map;
    const char *file_name;             /* For faults. */
    const char *area;                  /* The GSS code of the area whose rows to take. */
    import_find_measure *find_measure; /* NULL: the mapping says all. */
    void *context;
    struct ledger *ledger; /* What was published before; NULL: nothing. */
    const char *shipped;   /* Where the mapping is, if none was named; NULL: one was. */
};

struct import_refusal {
    uint32_t line;
    char *why;
};

/* A row that disclosure control hid. */
struct import_hidden {
    uint32_t line;
    char *why;
    size_t snapshot, row; /* Where it stands. */
    enum hidden_because because;
};

/* What others in the file add up to: as the mapping says, by its name, or by its numbers. */
struct import_total {
    char *name;
    const char *because; /* "mapping", "name", "numbers", "periods" */
};

struct import_result {
    struct document **snapshots; /* At most SNAPSHOT_ROWS_MAX rows each, in the file's order. */
    size_t snapshot_count;
    const struct disclosure_profile *profile;
    uint32_t imported;            /* Rows in the snapshots; among them */
    uint32_t suppressed;          /* those that disclosure control hid, */
    struct import_hidden *hidden; /* each with why; of these */
    uint32_t company;             /* the ones that would have told another, */
    uint32_t stay_hidden;         /* and those that an earlier release had hidden. */
    struct import_total *totals;  /* With exact totals: what was taken for one. */
    size_t total_count;
    uint32_t others;  /* Rows of other areas or periods, or that the mapping leaves out. */
    uint32_t refused; /* Rows that could not be read or judged, */
    struct import_refusal *refusals; /* in the file's order. */
    size_t refusal_count;
};

/* Read a file to its end. False: nothing is imported, and `result` is empty. A row that cannot be
 * used is refused by line and the rest imported; a file without a usable row of this area is a
 * fault. */
bool import_table(const struct import_request *request, FILE *file, struct import_result *result,
                  struct fault *fault);
/* Public figures from the same kind of file, of every area (where the request names none), as they
 * stand there: they are public already, so nothing is hidden, and they are compared with and never
 * published. `hear` is told of each, with the request's context. */
typedef bool import_hear_public(void *context, const struct figure_key *key,
                                const struct known_figure *figure, struct fault *fault);
bool import_public(const struct import_request *request, FILE *file, import_hear_public *hear,
                   struct import_result *result, struct fault *fault);
void import_result_release(struct import_result *result);

#endif
