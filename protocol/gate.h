#ifndef CANDOUR_PROTOCOL_GATE_H
#define CANDOUR_PROTOCOL_GATE_H

#include "protocol/bytes.h"
#include "protocol/fault.h"
#include "protocol/form.h"

/* The gate: what must not leave the house unseen.
 *
 * It finds identifiers of people, and the names an authority goes by, in a text. It
 * finds and does not change: what becomes of a finding is for a person to decide
 * (protocol/draft.h). What has a format is a table in gate_rules.c, a further rule a further row;
 * names are found in gate_people.c, gate_initials.c and gate_places.c. */

/* The version of the rules, as a published lesson tells it. */
#define GATE_RULES "gate-6"

enum finding_class {
    FINDING_NHS_NUMBER, /* Ten digits with their check digit. */
    FINDING_CHI_NUMBER, /* Scotland's, which begins with a date of birth. */
    FINDING_NI_NUMBER,
    FINDING_UPN, /* A pupil's number. */
    FINDING_BANK,
    FINDING_EMAIL,
    FINDING_PHONE,
    FINDING_DATE_OF_BIRTH, /* A date near a word such as "born". */
    FINDING_POSTCODE,
    FINDING_ADDRESS,
    FINDING_UPRN, /* A property's number, near its word. */
    FINDING_VEHICLE,
    FINDING_CASE_REF,
    FINDING_URL,
    FINDING_PERSON,
    FINDING_PLACE,
    FINDING_ORG,
    FINDING_AUTHORITY, /* Of the authority that writes, or another. */
    FINDING_TELLTALE,  /* Where the author is not named: what tells who it is. */
    FINDING_UNREAD,    /* A text no rule could read to its end: nothing is known of it. */
    FINDING_BLAME,     /* A word that looks for somebody to blame. */
    FINDING_CLASSES
};

/* What holds for all findings of a class. */
struct finding_kind {
    const char *code;  /* "nhs_number" */
    const char *label; /* "NHS_NUMBER": as files with spans have it. */
    const char *means; /* "an NHS number" */
    bool hard;         /* May be replaced or generalised, never kept. */
    const char *advice;
    bool suggestion; /* About the tone: nobody has to decide about it. */
};
extern const struct finding_kind finding_kinds[FINDING_CLASSES];

/* The advice where the author is not named; NULL: the same. */
extern const char *const unnamed_advice[FINDING_CLASSES];

struct finding {
    size_t start, end; /* Bytes of the text, the end exclusive. */
    enum finding_class class;
    const char *rule; /* Which rule found it; "phone-words". */
    bool hard;
    const char *advice;

    /* In a document: which text of which field, and where in the file it came from (zeros when it
     * came from no file). */
    const char *key;
    size_t item;
    struct place place;
};

/* In the order of the text, none overlapping another. */
struct findings {
    struct finding *list;
    size_t count;
};
void findings_release(struct findings *findings);

/* What an authority knows by name: itself (official, short, former, its domain), places, bodies,
 * people. Found as whole words in any case, the longest first, with spaces and hyphens alike, and
 * in Welsh as it changes their first letters. A street gazetteer and a directory of staff fit in.
 */
#define GATE_NAMES_MAX 100000
#define GATE_NAME_MAX 160
struct gate_names {
    const struct bytes *list;
    size_t count;
};
struct gate_profile {
    struct gate_names names, places, organisations, people;
};
void gate_names_add(struct gate_names *names, struct bytes name); /* The name is borrowed. */
void gate_profile_release(struct gate_profile *profile);          /* Its lists, not the names. */

/* Compile the rules. NULL and FAULT_INPUT when a name cannot be used. Without a profile (NULL) it
 * knows the hard classes alone, and scans by GATE_HARD only. A gate never changes: one serves every
 * thread. */
struct gate;
struct gate *gate_new(const struct gate_profile *profile, struct fault *fault);
void gate_free(struct gate *gate);

/* Who reads a lesson by an authority that is not named may look for its author: more gives it away.
 */
enum gate_mode {
    GATE_NAMED,
    GATE_ANONYMOUS,
    GATE_HARD /* The hard classes alone, which need no profile: for texts of others. */
};

/* Append what is found in a text. Of overlapping findings the leftmost stays, of those the longest;
 * where one of them is hard the finding is hard and covers them all. */
void gate_scan(const struct gate *gate, enum gate_mode mode, struct bytes text,
               struct findings *findings);

/* Are there texts in a field that are looked at? Not in numbers and dates. A word of our list and a
 * whole id say nothing else either, but a stranger's may be others: for the hard classes those are.
 */
bool field_is_scanned(const struct field *field);

/* Append what is found in the texts of a field, or of every field that is scanned. Of the hard
 * classes it is found also where it goes on from one item of a list to the next, or from one cell
 * of a row to another: as a finding in each. */
void gate_scan_field(const struct gate *gate, enum gate_mode mode, const struct document *document,
                     const struct field *field, struct findings *findings);
void gate_scan_document(const struct gate *gate, enum gate_mode mode,
                        const struct document *document, struct findings *findings);

/* The text that a finding in a document covers. */
struct bytes finding_text(const struct document *document, const struct finding *finding);

#endif
