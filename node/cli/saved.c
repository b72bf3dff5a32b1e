#include "node/cli/saved.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* They are one value of the store: an object of {words: [...], options: [[name, value], ...],
 * place}, by name. */

static const char value_name[] = "searches";

#define NAME_BYTES 40
#define SAVED_MOST 200

static json_t *read_all(struct store *store, struct fault *fault)
{
    struct buffer text = {0};
    struct fault absent;
    json_t *all = NULL;

    if (!store_get_value(store, value_name, &text, &absent)) {
        if (absent.kind != FAULT_ABSENT)
            *fault = absent;
        all = absent.kind == FAULT_ABSENT ? json_object() : NULL;
    } else {
        all = json_loadb((const char *)text.data, text.size, 0, NULL);
        if (!json_is_object(all)) {
            json_decref(all);
            all = json_object(); /* Not written by us: it is begun anew. */
        }
    }
    buffer_release(&text);
    return all;
}

static bool write_all(struct store *store, const json_t *all, struct fault *fault)
{
    char *text = json_dumps(all, JSON_COMPACT);
    bool done = store_put_value(store, value_name, bytes_of_text(text), fault);

    free(text);
    return done;
}

static bool is_absent_name(const char *name, const json_t *all, struct fault *fault)
{
    struct buffer names = {0};
    const char *other;
    json_t *kept;

    json_object_foreach((json_t *)all, other, kept)
        buffer_printf(&names, "%s%s", names.size == 0 ? "" : ", ", other);
    fault_set(fault, FAULT_ABSENT, "no search is kept as \"%s\"; there are: %s", name,
              names.size == 0 ? "none" : buffer_text(&names));
    buffer_release(&names);
    return false;
}

/* --- As if it had been typed --- */

static const struct command_option *option_of(const struct command *command, const char *name)
{
    for (const struct command_option *option = command->options; option->name != NULL; option++)
        if (strcmp(option->name, name) == 0)
            return option;
    return NULL;
}

/* Was it given by the person, before those that are kept? */
static bool is_given(const struct call *call, size_t given, const char *option)
{
    for (size_t i = 0; i < given; i++)
        if (strcmp(call->given[i].option->name, option) == 0)
            return true;
    return false;
}

static void take_options(struct call *call, const json_t *options)
{
    size_t i, given = call->given_count;
    json_t *pair;

    json_array_foreach(options, i, pair)
    {
        const char *name = json_string_value(json_array_get(pair, 0));
        const char *value = json_string_value(json_array_get(pair, 1));
        const struct command_option *option = name == NULL ? NULL : option_of(call->command, name);
        if (option == NULL || (value == NULL) != (option->argument == NULL) ||
            is_given(call, given, name) ||
            call->given_count == sizeof call->given / sizeof *call->given)
            continue;
        call->given[call->given_count].option = option;
        call->given[call->given_count++].value = value;
    }
}

bool saved_take(struct call *call, struct store *store, const char *name, json_t **kept,
                struct fault *fault)
{
    json_t *all = read_all(store, fault), *found = json_object_get(all, name);

    if (all != NULL && found == NULL)
        is_absent_name(name, all, fault);
    *kept = json_incref(found);
    json_decref(all);
    if (*kept == NULL)
        return false;
    if (call->argument_count > 0)
        return fault_set(fault, FAULT_INPUT, "--saved %s has words of its own: leave out \"%s\"",
                         name, call->arguments[0]);
    take_options(call, json_object_get(*kept, "options"));
    return true;
}

int64_t saved_place(const json_t *kept)
{
    return json_integer_value(json_object_get(kept, "place"));
}

/* --- Keeping --- */

/* What is asked, and not how it is shown, nor of which home. */
static bool is_kept(const struct call *call, const char *option)
{
    static const char *const shown[] = {"save",  "saved",  "new",     "explain",
                                        "limit", "silent", "remember"};

    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (strcmp(shown[i], option) == 0)
            return false;
    return option_of(call->command, option) != NULL;
}

static json_t *what_is_asked(const struct call *call, int64_t place)
{
    json_t *words = json_array(), *options = json_array();

    for (size_t i = 0; i < call->argument_count; i++)
        json_array_append_new(words, json_string(call->arguments[i]));
    for (size_t i = 0; i < call->given_count; i++)
        if (is_kept(call, call->given[i].option->name))
            json_array_append_new(
                options, json_pack("[s, s?]", call->given[i].option->name, call->given[i].value));
    return json_pack("{s:o, s:o, s:I}", "words", words, "options", options, "place",
                     (json_int_t)place);
}

/* Change the value of one name; NULL takes it away. */
static bool change(const struct call *call, const char *name, json_t *kept, struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    json_t *all = store == NULL ? NULL : read_all(store, fault);
    bool done = all != NULL;

    if (done && kept == NULL)
        done = json_object_del(all, name) == 0 || is_absent_name(name, all, fault);
    else if (done)
        json_object_set(all, name, kept);
    if (done && json_object_size(all) > SAVED_MOST)
        done =
            fault_set(fault, FAULT_INPUT, "%d searches are kept: --forget one first", SAVED_MOST);
    done = done && write_all(store, all, fault);
    json_decref(all);
    json_decref(kept);
    store_close(store);
    return done;
}

bool saved_keep(const struct call *call, const char *name, int64_t place, struct fault *fault)
{
    if (name[0] == 0 || strlen(name) > NAME_BYTES || !bytes_are_line(bytes_of_text(name)))
        return fault_set(fault, FAULT_INPUT, "--save: a name is a line of at most %d bytes",
                         NAME_BYTES);
    return change(call, name, what_is_asked(call, place), fault);
}

bool saved_note(const struct call *call, const char *name, int64_t place, struct fault *fault)
{
    struct store *store = open_store(call, STORE_WRITE, fault);
    json_t *all = store == NULL ? NULL : read_all(store, fault);
    json_t *kept = json_object_get(all, name);
    bool done = kept != NULL;

    if (done) {
        json_object_set_new(kept, "place", json_integer((json_int_t)place));
        done = write_all(store, all, fault);
    }
    json_decref(all);
    store_close(store);
    return done;
}

bool saved_forget(const struct call *call, const char *name, struct fault *fault)
{
    if (!change(call, name, NULL, fault))
        return false;
    call_say(call, "The search \"%s\" is not kept any more.", name);
    return true;
}

bool saved_names(struct store *store, struct texts *names, struct fault *fault)
{
    json_t *all = read_all(store, fault), *kept;
    const char *name;

    json_object_foreach(all, name, kept) texts_add(names, name);
    json_decref(all);
    return all != NULL;
}

static void print_kept(const char *name, const json_t *kept)
{
    size_t i;
    json_t *item;

    printf("%s:", name);
    json_array_foreach(json_object_get(kept, "words"), i, item)
        printf(" %s", json_string_value(item));
    json_array_foreach(json_object_get(kept, "options"), i, item)
        printf(" --%s %s", json_string_value(json_array_get(item, 0)),
               json_string_value(json_array_get(item, 1)));
    printf("\n");
}

bool saved_list(struct call *call, struct fault *fault)
{
    struct store *store = open_store(call, STORE_READ, fault);
    json_t *all = store == NULL ? NULL : read_all(store, fault), *kept;
    const char *name;

    store_close(store);
    if (all == NULL)
        return false;
    if (call_json(call, json_pack("{s:O}", "searches", all))) {
        json_decref(all);
        return true;
    }
    if (json_object_size(all) == 0)
        call_say(call, "No search is kept: candour search WORDS --save NAME keeps one.");
    json_object_foreach(all, name, kept) print_kept(name, kept);
    json_decref(all);
    return true;
}
