#include "tests/protocol/county_inside.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void county_names(struct county *county, const struct record *record, const char *name)
{
    size_t at = places_find(&county->record_places, record_id(record));

    strncpy(county->names[at], name, sizeof *county->names - 1);
}

const char *county_name_of(const struct county *county, const struct digest *id)
{
    size_t at = places_find(&county->record_places, id);

    return at == NO_PLACE ? "?" : county->names[at];
}

struct record *county_find(const struct county *county, const struct digest *id)
{
    size_t at = places_find(&county->record_places, id);

    return at == NO_PLACE ? NULL : county->records[at];
}

void county_note(struct county *county, const char *format, ...)
{
    char text[512];
    va_list arguments;

    if (county->quiet)
        return;
    va_start(arguments, format);
    vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    buffer_append_text(&county->notes, text);
}

const char *county_notes(struct county *county)
{
    buffer_clear(&county->read);
    buffer_append(&county->read, buffer_view(&county->notes));
    buffer_clear(&county->notes);
    return buffer_text(&county->read);
}

void county_be_quiet(struct county *county)
{
    county->quiet = true;
}

/* --- What is noted of an effect --- */

static void note_tips(const struct node *node, const struct message *message, const char *to)
{
    county_note(node->county, "%s tells %s%s:", node->name, to, message->more ? " at first" : "");
    for (size_t i = 0; i < message->count; i++)
        county_note(node->county, " %s", county_name_of(node->county, &message->tips[i].id));
    county_note(node->county, "%s\n", message->count == 0 ? " nothing" : "");
}

static void note_ids(const struct node *node, const struct message *message, const char *to)
{
    county_note(node->county, "%s tells %s ids:", node->name, to);
    for (size_t i = 0; i < message->count; i++)
        county_note(node->county, " %s", county_name_of(node->county, &message->ids[i]));
    county_note(node->county, "\n");
}

static void note_message(const struct node *node, const struct message *message, const char *to)
{
    struct county *county = node->county;
    const char *name = node->name;

    switch (message->kind) {
    case MESSAGE_HELLO:
        county_note(county, "%s %s %s\n", name, message->hello.answer ? "answers" : "hello", to);
        break;
    case MESSAGE_CHARTER:
        county_note(county, "%s charter %s\n", name, to);
        break;
    case MESSAGE_BUCKETS:
    case MESSAGE_SKETCH:
    case MESSAGE_WHICH:
    case MESSAGE_INTEREST:
        county_note(county, "%s %s %s\n", name, message_names[message->kind], to);
        break;
    case MESSAGE_TIPS:
        note_tips(node, message, to);
        break;
    case MESSAGE_IDS:
        note_ids(node, message, to);
        break;
    case MESSAGE_WANT:
        for (size_t i = 0; i < message->count; i++)
            county_note(county, "%s wants %s after %u of %s\n", name,
                        county_name_of(county, &message->wants[i].tip),
                        (unsigned)message->wants[i].after, to);
        break;
    case MESSAGE_CREDIT:
        county_note(county, "%s credit %s\n", name, to);
        break;
    case MESSAGE_FETCH:
        for (size_t i = 0; i < message->count; i++)
            county_note(county, "%s fetches %s of %s\n", name,
                        county_name_of(county, &message->ids[i]), to);
        break;
    case MESSAGE_BYE:
        county_note(county, "%s bye %s: %.*s\n", name, to, (int)message->reason.size,
                    (const char *)message->reason.data);
        break;
    case MESSAGE_NOTICE:
        for (size_t i = 0; i < message->count; i++)
            county_note(county, "%s tells %s of %.*s in %s\n", name, to,
                        (int)message->notices[i].class.size,
                        (const char *)message->notices[i].class.data,
                        county_name_of(county, &message->notices[i].id));
        break;
    case MESSAGE_NOTED:
        for (size_t i = 0; i < message->count; i++)
            county_note(county, "%s has noted %s for %s\n", name,
                        county_name_of(county, &message->ids[i]), to);
        break;
    case MESSAGE_RELAY:
        county_note(county, "%s relays by %s\n", name, to);
        break;
    case MESSAGE_RECORDS:
    case MESSAGES:
        break;
    }
}

static void note_records(const struct node *node, const struct effect *effect, const char *to)
{
    county_note(node->county, "%s sends %s", node->name, to);
    for (size_t i = 0; i < effect->sending_count; i++)
        county_note(node->county, " %s%s", effect->sendings[i].bare ? "bare " : "",
                    county_name_of(node->county, &effect->sendings[i].entry.id));
    if (effect->left > 0)
        county_note(node->county, ", %u left", (unsigned)effect->left);
    county_note(node->county, "%s\n", effect->sending_count == 0 ? " nothing" : "");
}

static void note_send(const struct node *node, const struct effect *effect, const char *to)
{
    struct message message;
    struct fault fault;

    if (message_read(&message, buffer_view(&effect->bytes), &fault))
        note_message(node, &message, to);
    else
        county_note(node->county, "%s says nonsense: %s\n", node->name, fault.text);
    message_release(&message);
}

static void note_of(const struct node *node, const char *what, const struct digest *id)
{
    county_note(node->county, "%s %s %s\n", node->name, what, county_name_of(node->county, id));
}

static const char *const texts[] = {
    [TEXT_STANDS] = "shows", [TEXT_HIDDEN] = "hides", [TEXT_ERASED] = "erases"};

void note_effect(const struct node *node, const struct effect *effect, const char *to)
{
    if (node->county->quiet)
        return;
    switch (effect->kind) {
    case EFFECT_STORE:
        note_of(node, effect->in ? "keeps" : "sets aside", record_id(effect->record));
        break;
    case EFFECT_STORE_BODY:
        note_of(node, "keeps the body of", record_id(effect->record));
        break;
    case EFFECT_MOVE:
        note_of(node, effect->in ? "takes in" : "puts out", &effect->entry.id);
        break;
    case EFFECT_TEXT:
        note_of(node, texts[effect->text], &effect->entry.id);
        break;
    case EFFECT_DROP_BODY:
        note_of(node, "drops the body of", &effect->entry.id);
        break;
    case EFFECT_STORE_CHARTER:
        county_note(node->county, "%s keeps the charter\n", node->name);
        break;
    case EFFECT_STORE_NOTICES:
        county_note(node->county, "%s keeps a notice\n", node->name);
        break;
    case EFFECT_STORE_TOLD:
        county_note(node->county, "%s keeps that it was heard\n", node->name);
        break;
    case EFFECT_SEND:
        note_send(node, effect, to);
        break;
    case EFFECT_SEND_RECORDS:
        note_records(node, effect, to);
        break;
    case EFFECT_LIVE:
        note_of(node, "publishes", &effect->entry.id);
        break;
    case EFFECT_ADMIT:
    case EFFECT_LOOK:
        break;
    case EFFECT_CLOSE:
        county_note(node->county, "%s parts from %s\n", node->name, to);
        break;
    }
}
