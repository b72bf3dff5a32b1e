#include "node/cli/html.h"
#include "node/cli/paper.h"
#include "node/cli/shared.h"
#include "node/clock.h"
#include "protocol/evidence.h"
#include "protocol/text.h"
#include "protocol/vocabulary.h"
#include "store/digest.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* brief: two pages for a team that talks about a lesson or an issue. What they hold is bounded part
 * by part, so that the room for the decision is never crowded out. At most there are lines for:
 *
 *     the head 5, what a lesson tells 43 (an issue less), labels 4, an update 4, who found what 14,
 *     quotes 15, questions 12, the decision 11, headings 8: together 116, two pages of 58. */

#define WIDTH 78
#define LINES_MOST 116
#define GAP "\f" /* Between paragraphs: a line, where there is room for all of them. */
static const char not_named[] = "without a name";

/* --- The sheet, as text and as HTML at once --- */

struct sheet {
    struct buffer text, html, line;
};

static void sheet_heading(struct sheet *sheet, const char *heading)
{
    buffer_printf(&sheet->text, "\n== %s\n", heading);
    buffer_printf(&sheet->html, "<h2>%s</h2>\n", heading); /* Ours. */
}

/* In at most so many lines, both alike: HTML has what the text has. */
static void sheet_add(struct sheet *sheet, const char *element, const char *label,
                      struct bytes text, size_t indent, size_t most)
{
    struct buffer whole = {0}, lines = {0};

    buffer_printf(&whole, "%s%s", label, label[0] == '\0' ? "" : ": ");
    buffer_append(&whole, text);
    paper_wrap(&lines, buffer_view(&whole), indent, WIDTH, most);
    buffer_append(&sheet->text, buffer_view(&lines));
    buffer_append_text(&sheet->text, label[0] == '\0' ? "" : GAP);
    buffer_printf(&sheet->html, "<%s>", element);
    html_text(&sheet->html, text_trimmed(buffer_view(&lines)));
    buffer_printf(&sheet->html, "</%s>\n", element);
    buffer_release(&whole);
    buffer_release(&lines);
}

static size_t count_character(const struct buffer *text, const char *what)
{
    size_t count = 0;

    for (size_t i = 0; i < text->size; i++)
        count += text->data[i] == (uint8_t)what[0];
    return count;
}

static void sheet_settle(struct sheet *sheet)
{
    struct buffer *text = &sheet->text;
    bool roomy = count_character(text, "\n") + count_character(text, GAP) <= LINES_MOST;
    size_t kept = 0;

    for (size_t i = 0; i < text->size; i++) {
        bool gap = text->data[i] == (uint8_t)GAP[0];
        bool doubled = gap && i + 1 < text->size && text->data[i + 1] == '\n';
        if (!gap || (roomy && !doubled))
            text->data[kept++] = gap ? '\n' : text->data[i];
    }
    text->size = kept;
}

/* What was put together in sheet->line. */
static void sheet_line(struct sheet *sheet, const char *element, size_t indent, size_t most)
{
    struct buffer text = sheet->line;

    sheet->line = (struct buffer){0};
    sheet_add(sheet, element, "", buffer_view(&text), indent, most);
    buffer_release(&text);
}

/* Room to write in. */
static void sheet_room(struct sheet *sheet, const char *label, unsigned lines)
{
    buffer_printf(&sheet->html, "<p class=\"room\">%s</p>\n", label);
    buffer_printf(&sheet->text, "%s ", label);
    for (size_t i = strlen(label) + 1; i < WIDTH; i++)
        buffer_append_text(&sheet->text, "_");
    buffer_append_text(&sheet->text, "\n");
    for (unsigned i = 1; i < lines; i++) {
        buffer_append_text(&sheet->html, "<p class=\"room\">&nbsp;</p>\n");
        for (size_t k = 0; k < WIDTH; k++)
            buffer_append_text(&sheet->text, "_");
        buffer_append_text(&sheet->text, "\n");
    }
}

/* --- What others say --- */

enum stance { WORKED, FAILED, EARLY, REJECTED, FIXED, SAME, NOT_HERE, STANCES };
static const char *const stance_labels[STANCES] = {
    [WORKED] = "Tried it, and it works, at least in part",
    [FAILED] = "Tried it, and found that it does not",
    [EARLY] = "Tried it, and cannot say yet",
    [REJECTED] = "Looked at it and decided against it",
    [FIXED] = "Had the same, and put it right",
    [SAME] = "Have the same",
    [NOT_HERE] = "Do not have it",
};

static const char *const stance_deeds[STANCES + 1] = {
    [WORKED] = "tried it, and it works, at least in part",
    [FAILED] = "tried it, and it does not work",
    [EARLY] = "tried it, and cannot say",
    [REJECTED] = "decided against it",
    [STANCES] = "asked, without an answer",
};

struct quote {
    struct digest id;
    bool named;
    struct digest authority;
    enum stance stance; /* STANCES: a question or challenge. */
};
#define QUOTES_MOST 200 /* That are looked at. */
#define QUOTES_SHOWN 5
#define LABELS_SHOWN 2

struct briefing {
    struct call *call;
    struct store *store;
    struct charter *charter;
    struct digest self, id;
    struct record *record;
    struct document *document;
    struct withheld withheld;
    struct sheet sheet;
    struct {
        struct texts names;
        size_t unnamed;
    } stances[STANCES];
    struct quote quotes[QUOTES_MOST];
    size_t quote_count;
    json_t *labels;
    struct record *update; /* The latest by its own author; NULL: there is none. */
};

static bool is(const char *word, const char *code)
{
    return strcmp(word, code) == 0;
}

/* STANCES where it is none. */
static enum stance stance_of(const struct said *said)
{
    if (is(said->response, "same_here"))
        return is(said->situation, "had_and_fixed") ? FIXED
               : is(said->situation, "have")        ? SAME
               : is(said->situation, "do_not_have") ? NOT_HERE
                                                    : STANCES;
    if (!is(said->response, "tried"))
        return STANCES;
    if (is(said->uptake, "rejected"))
        return REJECTED;
    struct bytes outcome = bytes_of_text(said->outcome);
    return outcomes_agree(bytes_of_text("worked"), outcome)         ? WORKED
           : outcomes_agree(bytes_of_text("did_not_work"), outcome) ? FAILED
                                                                    : EARLY;
}

static bool hear_said(void *context, const struct said *said, struct fault *fault)
{
    struct briefing *briefing = context;
    enum stance stance = stance_of(said);
    bool asks = is(said->response, "question") || is(said->response, "challenge");
    bool answered = true;

    if (stance != STANCES && said->named)
        texts_add(&briefing->stances[stance].names,
                  authority_name(briefing->charter, &said->authority));
    else if (stance != STANCES)
        briefing->stances[stance].unnamed++;
    if (asks && !store_answered(briefing->store, &said->id, &answered, fault))
        return false;
    if (briefing->quote_count < QUOTES_MOST && (!answered || stance <= REJECTED))
        briefing->quotes[briefing->quote_count++] =
            (struct quote){said->id, said->named, said->authority, stance};
    return true;
}

static bool is_authors(const struct briefing *briefing, const struct author *author)
{
    const struct author *own = &record_header(briefing->record)->author;

    if (author->form == AUTHOR_OWNER)
        return digest_equal(&author->record, &briefing->id);
    return author->form == AUTHOR_NAMED && own->form == AUTHOR_NAMED &&
           (digest_equal(&author->feed.authority, &own->feed.authority) ||
            charter_succeeds(briefing->charter, &author->feed.authority, &own->feed.authority));
}

/* They come oldest first. */
static bool hear_about(void *context, const struct stored *stored, struct fault *fault)
{
    struct briefing *briefing = context;
    const struct header *header = record_header(stored->record);

    if (!bytes_equal(header->kind, bytes_of_text("update")) ||
        !is_authors(briefing, &header->author))
        return true;
    struct record *update = store_find(briefing->store, record_id(stored->record), true, fault);
    if (update == NULL)
        return false;
    record_free(briefing->update);
    briefing->update = update;
    return true;
}

static int compare_names(const void *left, const void *right)
{
    return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Who is not named may be one authority or several, and one of those that are. */
static void write_stance(struct briefing *briefing, enum stance stance)
{
    struct texts *names = &briefing->stances[stance].names;
    size_t unnamed = briefing->stances[stance].unnamed, most = names->count + unnamed;
    size_t least = names->count > 0 ? names->count : 1;
    struct buffer *line = &briefing->sheet.line;
    char number[BOUNDS_TEXT];

    if (most == 0)
        return;
    buffer_printf(line, "%s: %s %s (", stance_labels[stance], bounds_in_words(number, least, most),
                  most == 1 ? "authority" : "authorities");
    if (names->count > 0)
        qsort(names->list, names->count, sizeof *names->list, compare_names);
    for (size_t i = 0; i < names->count; i++)
        buffer_printf(line, "%s%s", i == 0 ? "" : ", ", names->list[i]);
    if (unnamed > 0)
        buffer_printf(line, "%s%zu %s", names->count > 0 ? "; " : "", unnamed, not_named);
    buffer_append_text(line, ").");
    sheet_line(&briefing->sheet, "p", 0, 2);
}

static void write_update(struct briefing *briefing)
{
    struct withheld withheld;
    struct document *document = briefing->update == NULL
                                    ? NULL
                                    : store_document(briefing->store, briefing->update, &withheld);
    struct buffer *line = &briefing->sheet.line;
    char date[CLOCK_DATE_SIZE];

    if (document == NULL)
        return;
    clock_date(date, record_header(briefing->update)->time_ms);
    struct bytes changed = document_text(document, "what_changed");
    buffer_printf(line, "Its author on %s: %s. %.*s", date,
                  vocabulary_means(&outcomes, document_text(document, "outcome"), ""),
                  (int)changed.size, (const char *)changed.data);
    sheet_line(&briefing->sheet, "p", 0, 4);
    document_free(document);
}

/* Returns whether it has words of its own to be quoted. */
static bool write_quote(struct briefing *briefing, const struct quote *quote)
{
    struct fault ignored;
    struct withheld withheld;
    struct record *record = store_find(briefing->store, &quote->id, true, &ignored);
    struct document *document =
        record == NULL ? NULL : store_document(briefing->store, record, &withheld);
    struct buffer *line = &briefing->sheet.line;
    bool has = document != NULL && document_count(document, "text") > 0;

    if (has) {
        struct bytes text = document_text(document, "text");
        buffer_printf(line, "%s %s: \"%.*s\"",
                      quote->named ? authority_name(briefing->charter, &quote->authority)
                                   : "Somebody without a name",
                      stance_deeds[quote->stance], (int)text.size, (const char *)text.data);
        sheet_line(&briefing->sheet, "p", 2, 3);
    }
    document_free(document);
    record_free(record);
    return has;
}

/* What failed elsewhere and what worked, in turn, and before them what nobody has answered. */
static void write_quotes(struct briefing *briefing)
{
    static const enum stance turns[] = {STANCES, FAILED, WORKED, REJECTED, EARLY};
    bool used[QUOTES_MOST] = {false}, any = true;
    size_t shown = 0;

    while (any && shown < QUOTES_SHOWN) {
        any = false;
        for (size_t t = 0; t < sizeof turns / sizeof *turns && shown < QUOTES_SHOWN; t++)
            for (size_t i = 0; i < briefing->quote_count; i++) {
                if (used[i] || briefing->quotes[i].stance != turns[t])
                    continue;
                used[i] = any = true;
                shown += write_quote(briefing, &briefing->quotes[i]);
                break;
            }
    }
}

static const char *text_at(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* Labels of those that this home honours, as show has them. */
static void write_labels(struct briefing *briefing)
{
    size_t i, shown = 0;
    const json_t *label;

    json_array_foreach(briefing->labels, i, label)
    {
        if (!json_is_true(json_object_get(label, "honoured")) || shown++ == LABELS_SHOWN)
            continue;
        const char *code = text_at(label, "label"), *why = text_at(label, "why");
        buffer_printf(&briefing->sheet.line, "%s says: %s. %s", text_at(label, "authority_name"),
                      vocabulary_means(&labels, bytes_of_text(code), code), why);
        sheet_line(&briefing->sheet, "p", 0, 2);
    }
}

static void write_others(struct briefing *briefing)
{
    size_t before = briefing->sheet.text.size;

    write_labels(briefing);
    write_update(briefing);
    for (unsigned stance = 0; stance < STANCES; stance++)
        write_stance(briefing, (enum stance)stance);
    write_quotes(briefing);
    if (briefing->sheet.text.size == before) {
        buffer_append_text(&briefing->sheet.line,
                           "Nobody has said anything yet. If you have the same, or try it: candour "
                           "respond.");
        sheet_line(&briefing->sheet, "p", 0, 2);
    }
}

/* --- The lesson --- */

static bool has(const struct document *document, const char *key)
{
    return form_has(document_form(document), key) && document_count(document, key) > 0;
}

/* How it went, as it was said first, and as its author says now where that is something else. */
static void write_outcome(struct briefing *briefing, const struct document *document)
{
    struct withheld withheld;
    struct document *update = briefing->update == NULL
                                  ? NULL
                                  : store_document(briefing->store, briefing->update, &withheld);
    struct bytes first = document_text(document, "outcome");
    struct buffer *line = &briefing->sheet.line;

    buffer_printf(line, " %s.", vocabulary_means(&outcomes, first, ""));
    if (update != NULL && has(update, "outcome") &&
        !bytes_equal(document_text(update, "outcome"), first))
        buffer_printf(line, " Its author says later: %s.",
                      vocabulary_means(&outcomes, document_text(update, "outcome"), ""));
    buffer_printf(
        line, " It rests on: %s.",
        vocabulary_means(&evidence_levels, document_text(document, "evidence_level"), ""));
    document_free(update);
}

static void write_head(struct briefing *briefing)
{
    const struct header *header = record_header(briefing->record);
    const struct document *document = briefing->document;
    struct buffer *line = &briefing->sheet.line;
    char date[CLOCK_DATE_SIZE];

    sheet_add(&briefing->sheet, "h1", "", document_title(document), 0, 2);
    clock_date(date, header->time_ms);
    buffer_printf(line, "A%s %.*s by %s, %s.", header->kind.data[0] == 'i' ? "n" : "",
                  (int)header->kind.size, (const char *)header->kind.data,
                  header->author.form == AUTHOR_NAMED
                      ? authority_name(briefing->charter, &header->author.feed.authority)
                      : "an authority that is not named",
                  date);
    if (has(document, "outcome"))
        write_outcome(briefing, document);
    sheet_line(&briefing->sheet, "p", 0, 3);
}

static void write_matter(struct briefing *briefing)
{
    static const struct {
        const char *key, *label;
        size_t most;
    } parts[] = {
        {"abstract", "In short", 8},
        {"what_happens", "What happens", 9},
        {"what_we_did", "What they did", 9},
        {"tried_so_far", "Tried so far", 8},
        {"what_worked", "What worked", 5},
        {"what_did_not_work", "What did not work", 8},
        {"do_differently", "What they would do differently", 5},
        {"would_help", "What would help", 6},
        {"recommendation", "What they recommend", 8},
    };

    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (has(briefing->document, parts[i].key))
            sheet_add(&briefing->sheet, "p", parts[i].label,
                      document_text(briefing->document, parts[i].key), 0, parts[i].most);
}

/* --- Three questions --- */

#define QUOTED_IN_QUESTION 110

static void question_about(struct briefing *briefing, const char *before, struct bytes text,
                           const char *after)
{
    struct buffer *line = &briefing->sheet.line;

    buffer_printf(line, "%s \"", before);
    paper_short(line, text, QUOTED_IN_QUESTION);
    buffer_printf(line, "\" %s", after);
}

/* What is different here, or was taken for granted there. */
static void ask_about_place(struct briefing *briefing)
{
    const struct document *document = briefing->document;
    const struct member *member = charter_member(briefing->charter, &briefing->self);
    struct bytes theirs = has(document, "authority_type")
                              ? document_text(document, "authority_type")
                              : (struct bytes){0};
    struct bytes ours = member == NULL ? (struct bytes){0} : bytes_of_text(member->card->type);

    if (theirs.size > 0 && ours.size > 0 && !bytes_equal(theirs, ours))
        buffer_printf(&briefing->sheet.line,
                      "They are of another kind (%s; we: %s). What of it depends on that, and what "
                      "would be in its place here?",
                      vocabulary_means(&authority_types, theirs, ""),
                      vocabulary_means(&authority_types, ours, ""));
    else if (has(document, "preconditions"))
        question_about(briefing,
                       "It takes for granted:", document_item(document, "preconditions", 0),
                       "Is that so here? How do we know?");
    else if (has(document, "would_not_apply_if"))
        question_about(briefing, "They would not expect the same if:",
                       document_item(document, "would_not_apply_if", 0), "Is that so here?");
    else
        buffer_append_text(&briefing->sheet.line,
                           "What do they take for granted that is different here: people, money, "
                           "partners, rules?");
}

static void ask_about_failure(struct briefing *briefing)
{
    const struct document *document = briefing->document;
    size_t failed = briefing->stances[FAILED].names.count + briefing->stances[FAILED].unnamed;

    if (failed > 0)
        buffer_append_text(&briefing->sheet.line,
                           "It did not work everywhere: others who tried it say so above. What "
                           "have they in common with us?");
    else if (has(document, "what_did_not_work"))
        question_about(briefing, "This did not work:", document_text(document, "what_did_not_work"),
                       "What makes us think that it would here?");
    else if (has(document, "tried_so_far"))
        question_about(briefing, "This was tried:", document_text(document, "tried_so_far"),
                       "Did we try the same, and what did we not see?");
    else
        buffer_append_text(&briefing->sheet.line,
                           "It says nothing of what went wrong. What would go wrong first here?");
}

static void ask_about_ground(struct briefing *briefing)
{
    const struct document *document = briefing->document;

    if (has(document, "questions_for_teams"))
        question_about(briefing,
                       "Its author asks:", document_item(document, "questions_for_teams", 0),
                       "What is our answer?");
    else if (has(document, "evidence_level"))
        buffer_printf(
            &briefing->sheet.line,
            "It rests on this: %s. What would we have to count or ask, before and after, "
            "to know whether it works here?",
            vocabulary_means(&evidence_levels, document_text(document, "evidence_level"), ""));
    else
        buffer_append_text(&briefing->sheet.line,
                           "Who is worst off by it, and what would they say if we asked them?");
}

static void write_questions(struct briefing *briefing)
{
    static void (*const asks[])(struct briefing *) = {ask_about_place, ask_about_failure,
                                                      ask_about_ground};

    for (size_t i = 0; i < sizeof asks / sizeof *asks; i++) {
        buffer_printf(&briefing->sheet.line, "%zu. ", i + 1);
        asks[i](briefing);
        sheet_line(&briefing->sheet, "p", 0, 4);
    }
}

/* --- The whole --- */

static void write_decision(struct briefing *briefing)
{
    struct sheet *sheet = &briefing->sheet;
    char id[13];

    sheet_room(sheet, "What we had taken for granted, and do no more:", 2);
    sheet_room(sheet, "We decided (adopt, adapt, reject, find out more, nothing):", 3);
    sheet_room(sheet, "Who does it (a role):", 1);
    sheet_room(sheet, "By when:", 1);
    sheet_room(sheet, "We look at it again on:", 1);
    hex_of(id, briefing->id.bytes, 6);
    buffer_printf(&sheet->line,
                  "The whole of it: candour show %s. Tell the others what you decided: candour "
                  "lesson new --kind discussion.",
                  id);
    sheet_line(sheet, "p", 0, 2);
    if (briefing->withheld.count > 0) {
        buffer_append_text(&sheet->line, "Withheld from this text: ");
        withheld_write(&briefing->withheld, &sheet->line);
        buffer_append_text(&sheet->line, ".");
        sheet_line(sheet, "p", 0, 1);
    }
}

static const char style[] =
    "<style>\n"
    "body { font: 9.5pt/1.2 Helvetica, Arial, sans-serif; max-width: 17cm; margin: auto; }\n"
    "h1 { font-size: 14pt; margin: 0 0 4pt; }\n"
    "h2 { font-size: 11pt; margin: 8pt 0 2pt; border-bottom: 0.5pt solid; }\n"
    "p { margin: 0 0 2pt; }\n"
    "p.room { border-bottom: 0.5pt solid; margin: 0 0 12pt; }\n"
    "section { break-inside: avoid; }\n"
    "@page { size: A4; margin: 1.5cm 2cm; }\n"
    "</style>\n";

static void write_sheet(struct briefing *briefing)
{
    struct sheet *sheet = &briefing->sheet;

    buffer_append_text(&sheet->html, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
                                     "<meta charset=\"utf-8\">\n<title>");
    html_text(&sheet->html, document_title(briefing->document));
    buffer_printf(&sheet->html, "</title>\n%s</head>\n<body>\n", style);
    write_head(briefing);
    sheet_heading(sheet, "What it tells");
    write_matter(briefing);
    sheet_heading(sheet, "What others say");
    write_others(briefing);
    sheet_heading(sheet, "Three questions");
    write_questions(briefing);
    buffer_append_text(&sheet->html, "<section>\n");
    sheet_heading(sheet, "What we decided");
    write_decision(briefing);
    buffer_append_text(&sheet->html, "</section>\n</body>\n</html>\n");
    sheet_settle(sheet);
}

static bool read_matter(struct briefing *briefing, struct fault *fault)
{
    struct call *call = briefing->call, unheard = *call;

    unheard.quiet = true;
    briefing->labels = json_array();
    if ((briefing->store = open_store(call, STORE_READ, fault)) == NULL ||
        (briefing->charter = store_charter(briefing->store, fault)) == NULL ||
        !store_resolve(briefing->store, call->arguments[0], &briefing->id, fault) ||
        (briefing->record = store_find(briefing->store, &briefing->id, true, fault)) == NULL)
        return false;
    struct bytes kind = record_header(briefing->record)->kind;
    if (!bytes_equal(kind, bytes_of_text("lesson")) && !bytes_equal(kind, bytes_of_text("issue")))
        return fault_set(fault, FAULT_INPUT,
                         "%s is of the kind %.*s: a brief is made of a lesson or an issue",
                         call->arguments[0], QUOTED(kind));
    briefing->document = store_document(briefing->store, briefing->record, &briefing->withheld);
    if (briefing->document == NULL)
        return fault_set(fault, FAULT_ABSENT, "its text is not here: candour why %s says why",
                         call->arguments[0]);
    return store_each_said(briefing->store, &briefing->id, hear_said, briefing, fault) &&
           say_labels(&unheard, briefing->store, briefing->charter, &briefing->id, briefing->labels,
                      fault) &&
           store_each_about(briefing->store, &briefing->id, hear_about, briefing, fault);
}

static void release(struct briefing *briefing)
{
    for (unsigned i = 0; i < STANCES; i++)
        texts_release(&briefing->stances[i].names);
    buffer_release(&briefing->sheet.text);
    buffer_release(&briefing->sheet.html);
    buffer_release(&briefing->sheet.line);
    json_decref(briefing->labels);
    document_free(briefing->document);
    record_free(briefing->record);
    record_free(briefing->update);
    charter_free(briefing->charter);
    store_close(briefing->store);
    free(briefing);
}

bool run_brief(struct call *call, struct fault *fault)
{
    struct briefing *briefing = memory_new(1, sizeof *briefing);
    const char *format = call_value(call, "format");
    bool html = format != NULL && strcmp(format, "html") == 0, done;

    briefing->call = call;
    briefing->self = self_of(call);
    if (format != NULL && !html && strcmp(format, "text") != 0)
        done = fault_set(fault, FAULT_INPUT, "--format %s: is neither text nor html", format);
    else
        done = read_matter(briefing, fault);
    if (done) {
        write_sheet(briefing);
        const struct buffer *page = html ? &briefing->sheet.html : &briefing->sheet.text;
        done = (fwrite(page->data, 1, page->size, stdout) == page->size && fflush(stdout) == 0) ||
               fault_set(fault, FAULT_SELF, "the pages cannot be written: %s", strerror(errno));
    }
    release(briefing);
    return done;
}
