#include "store/asked.h"

#include "protocol/vocabulary.h"

#include <string.h>

/* What is asked, in FTS5's language: every word and code is quoted. */

static void write_facet(struct buffer *match, char field, struct bytes code)
{
    struct buffer facet = {0};

    /* A code that has a quotation mark in it is nobody's. */
    if (memchr(code.data, '"', code.size) != NULL)
        code.size = 0;
    facet_write(&facet, field, code);
    buffer_append_text(match, "\"" WORDS_LISTED);
    buffer_append(match, buffer_view(&facet));
    buffer_append_text(match, "\"");
    buffer_release(&facet);
}

static struct bytes without_slash(const char *topic)
{
    struct bytes text = bytes_of_text(topic);

    while (text.size > 0 && text.data[text.size - 1] == '/')
        text.size--;
    return text;
}

static void write_and(struct buffer *match)
{
    buffer_append_text(match, match->size == 0 ? "" : " AND ");
}

/* At least so strong. */
static void write_evidence(struct buffer *match, const char *least)
{
    bool enough = false;

    write_and(match);
    buffer_append_text(match, "(");
    for (size_t i = 0; i < evidence_levels.count; i++) {
        bool first = !enough && strcmp(evidence_levels.words[i].code, least) == 0;
        enough = enough || first;
        if (enough) {
            buffer_append_text(match, first ? "" : " OR ");
            write_facet(match, FACET_EVIDENCE, bytes_of_text(evidence_levels.words[i].code));
        }
    }
    if (!enough)
        write_facet(match, FACET_EVIDENCE, bytes_of_text(least));
    buffer_append_text(match, ")");
}

static void write_authority(struct buffer *match, const struct digest *authority)
{
    char hex[2 * DIGEST_SIZE + 1];

    hex_of(hex, authority->bytes, DIGEST_SIZE);
    write_facet(match, FACET_AUTHORITY, bytes_of_text(hex));
}

static void write_among(struct buffer *match, const struct query *query)
{
    static const struct digest nobody;

    write_and(match);
    buffer_append_text(match, "(");
    for (size_t i = 0; i < query->among_count; i++) {
        buffer_append_text(match, i == 0 ? "" : " OR ");
        write_authority(match, &query->among[i]);
    }
    if (query->among_count == 0)
        write_authority(match, &nobody);
    buffer_append_text(match, ")");
}

void filters_write(struct buffer *match, const struct query *query)
{
    const struct {
        char field;
        const char *code;
    } facets[] = {{FACET_SERVICE, query->service},
                  {FACET_BARRIER, query->barrier},
                  {FACET_VOICE, query->voice},
                  {FACET_DRIVER, query->driver},
                  {FACET_FACTOR, query->factor},
                  {FACET_PARTNER, query->partner},
                  {FACET_KIND, query->lessons_only ? "lesson" : NULL}};

    for (size_t i = 0; i < sizeof facets / sizeof *facets; i++)
        if (facets[i].code != NULL) {
            write_and(match);
            write_facet(match, facets[i].field, bytes_of_text(facets[i].code));
        }
    if (query->authority != NULL) {
        write_and(match);
        write_authority(match, query->authority);
    }
    if (query->among != NULL)
        write_among(match, query);
    if (query->evidence != NULL)
        write_evidence(match, query->evidence);
    if (query->topic != NULL) {
        write_and(match);
        write_facet(match, FACET_TOPIC, without_slash(query->topic));
    }
}

/* Any of those phrases that stand for one of these concepts. Returns how many they are. */
size_t asked_write_any(struct buffer *match, const struct asked *asked, uint32_t concepts)
{
    size_t count = 0;

    buffer_append_text(match, "(");
    for (size_t i = 0; i < asked->phrase_count; i++) {
        struct phrase phrase = asked_phrase(asked, i);
        if ((asked->phrases[i].concepts & concepts) == 0)
            continue;
        buffer_append_text(match, count++ == 0 ? "" : " OR ");
        phrase_write(match, &phrase);
    }
    buffer_append_text(match, ")");
    return count;
}

void asked_write_excluded(struct buffer *match, const struct asked *asked)
{
    if (asked->excluded_count == 0)
        return;
    buffer_append_text(match, " NOT (");
    for (size_t i = 0; i < asked->excluded_count; i++) {
        buffer_append_text(match, i == 0 ? "" : " OR ");
        phrase_write(match, &asked->excluded[i]);
    }
    buffer_append_text(match, ")");
}

void asked_write_quoted(struct buffer *match, const struct asked *asked)
{
    for (size_t i = 0; i < asked->concept_count; i++)
        if (asked->concepts[i].quoted) {
            buffer_append_text(match, " AND ");
            asked_write_any(match, asked, UINT32_C(1) << i);
        }
}
