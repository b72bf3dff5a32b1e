#include "store/search.h"

#include "tests/support/council.h"
#include "tests/support/folder.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the search answers, for a scorer:
 *
 *     search_answers LESSONS [UPDATES] < QUERIES
 *
 * keeps the lessons of a folder, and the updates of another one, in a new store, asks it each line
 * "id<tab>words", and prints the first ten hits as "id<tab>lesson<tab>title", where a lesson is
 * called by its file's name. A query without a hit prints "id<tab>". */

#define LESSONS_MAX 4096
#define SHOWN 10

static struct fault fault;

static void need(bool done)
{
    if (done)
        return;
    fprintf(stderr, "search_answers: %s\n", fault.text);
    exit(1);
}

struct library {
    struct council council;
    struct digest ids[LESSONS_MAX];
    char names[LESSONS_MAX][64];
    size_t count;
};

static void keep(struct store *store, struct record *record)
{
    need(store_keep(store, record, true, NULL, &fault));
    record_free(record);
}

/* The file's name without its folder and ending. */
static void name_of(const char *path, char name[64])
{
    const char *last = strrchr(path, '/');

    snprintf(name, 64, "%s", last == NULL ? path : last + 1);
    name[strcspn(name, ".")] = 0;
}

static void keep_lesson(struct store *store, struct library *library, const char *path)
{
    char *text = file_text(path);
    struct record *record = council_publish(&library->council, text);

    library->ids[library->count] = *record_id(record);
    name_of(path, library->names[library->count++]);
    keep(store, record);
    free(text);
}

/* An update names the lesson's file: in its place stands the id. */
static void keep_update(struct store *store, struct library *library, const char *path)
{
    char *text = file_text(path), name[64], hex[2 * DIGEST_SIZE + 1] = "";
    struct buffer written = {0};
    char *about = strstr(text, "About: ") + 7, *end = strchr(about, '\n');

    *end = 0;
    name_of(about, name);
    for (size_t i = 0; i < library->count; i++)
        if (strcmp(library->names[i], name) == 0)
            hex_of(hex, library->ids[i].bytes, DIGEST_SIZE);
    *about = 0;
    buffer_printf(&written, "%s%s\n%s", text, hex, end + 1);
    keep(store, council_publish(&library->council, buffer_text(&written)));
    buffer_release(&written);
    free(text);
}

static void keep_folder(struct store *store, struct library *library, const char *folder,
                        void (*each)(struct store *, struct library *, const char *))
{
    struct buffer pattern = {0};
    glob_t found;

    buffer_printf(&pattern, "%s/*.md", folder);
    if (glob(buffer_text(&pattern), 0, NULL, &found) != 0)
        need(fault_set(&fault, FAULT_INPUT, "%s has no .md files", folder));
    need(store_begin(store, &fault));
    for (size_t i = 0; i < found.gl_pathc && library->count < LESSONS_MAX; i++)
        each(store, library, found.gl_pathv[i]);
    need(store_commit(store, &fault));
    globfree(&found);
    buffer_release(&pattern);
}

static void derive(const char *path)
{
    struct store *store = store_open(path, STORE_DERIVE, &fault);
    uint64_t left = 1;

    need(store != NULL);
    while (left > 0)
        need(store_derive(store, 4096, true, &left, &fault));
    store_close(store);
}

struct asking {
    const struct library *library;
    const char *id;
    size_t shown;
};

static bool print_hit(void *context, const struct hit *hit, struct fault *why)
{
    struct asking *asking = context;

    (void)why;
    for (size_t i = 0; i < asking->library->count; i++)
        if (digest_equal(&asking->library->ids[i], &hit->id))
            printf("%s\t%s\t%s\n", asking->id, asking->library->names[i], hit->title);
    asking->shown++;
    return true;
}

static void ask(struct store *store, const struct library *library, char *line)
{
    char *words = strchr(line, '\t');
    struct asking asking = {.library = library, .id = line};
    struct answer answer;

    need(words != NULL || fault_set(&fault, FAULT_INPUT, "a line without a tab: %s", line));
    *words++ = 0;
    words[strcspn(words, "\n")] = 0;
    struct query query = {.words = bytes_of_text(words), .limit = SHOWN};
    need(store_search(store, &query, &answer, print_hit, &asking, &fault));
    if (asking.shown == 0)
        printf("%s\t\n", line);
}

int main(int count, char **arguments)
{
    static struct library library;
    struct folder folder = folder_new();
    const char *path = folder_file(&folder, "store.sqlite");
    char line[2048];

    if (count < 2) {
        fprintf(stderr, "search_answers LESSONS [UPDATES] < QUERIES\n");
        return 2;
    }
    library.council = council_new("library");
    struct store *store = store_open(path, STORE_CREATE, &fault);
    struct digest network = council_network();
    need(store != NULL && store_set_network(store, &network, &fault));
    keep_folder(store, &library, arguments[1], keep_lesson);
    if (count > 2)
        keep_folder(store, &library, arguments[2], keep_update);
    derive(path);
    while (fgets(line, sizeof line, stdin) != NULL)
        ask(store, &library, line);
    store_close(store);
    council_release(&library.council);
    folder_remove(&folder);
    return 0;
}
