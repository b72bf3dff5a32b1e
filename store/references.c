#include "store/internal.h"

#include <math.h>
#include <stdio.h>

/* Public figures and places that a person took from a file, to compare with. Of the house, not of a
 * network: nobody signed them, and nothing passes them on. */

enum sql { PUT_FIGURE, EACH_FIGURE, PUT_PLACE, FORGET_TRAITS, PUT_TRAIT, EACH_TRAIT, QUERIES };

static const char *const sql[QUERIES] = {
    [PUT_FIGURE] = "INSERT OR REPLACE INTO reference_figure (framework, code, disaggregation, area,"
                   " period, value, numerator, denominator, base, margin, flag, source)"
                   " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
    [EACH_FIGURE] = "SELECT area, period, value, numerator, denominator, base, margin, flag, source"
                    " FROM reference_figure WHERE framework = ?1 AND code = ?2"
                    " AND " SAME_GROUP("disaggregation", "?3") " ORDER BY area, period",
    [PUT_PLACE] = "INSERT OR REPLACE INTO reference_place (area, name, type, source)"
                  " VALUES (?1, ?2, ?3, ?4)",
    [FORGET_TRAITS] = "DELETE FROM reference_trait WHERE area = ?1",
    [PUT_TRAIT] = "INSERT OR REPLACE INTO reference_trait (area, name, value, period)"
                  " VALUES (?1, ?2, ?3, ?4)",
    [EACH_TRAIT] = "SELECT p.area, p.type, p.name, t.name, t.value, t.period, p.source"
                   " FROM reference_place p JOIN reference_trait t ON t.area = p.area"
                   " ORDER BY p.area, t.name",
};
const struct wall references_wall = {sql, QUERIES};

static sqlite3_stmt *start(struct store *store, enum sql query)
{
    return statement(store, WALL_REFERENCES, (int)query);
}

static void bind_real(sqlite3_stmt *query, int at, double number)
{
    if (!isnan(number))
        sqlite3_bind_double(query, at, number);
}

double column_real(sqlite3_stmt *query, int at)
{
    return sqlite3_column_type(query, at) == SQLITE_NULL ? NAN : sqlite3_column_double(query, at);
}

/* --- Figures --- */

static bool put_figure(struct store *store, const char *source, const struct figure_key *key,
                       const struct known_figure *figure, struct fault *fault)
{
    sqlite3_stmt *query = start(store, PUT_FIGURE);

    bind_word(query, 1, key->framework);
    bind_word(query, 2, key->code);
    bind_word(query, 3, key->disaggregation);
    bind_word(query, 4, figure->area);
    bind_word(query, 5, figure->period);
    bind_real(query, 6, figure->value);
    bind_real(query, 7, figure->numerator);
    bind_real(query, 8, figure->denominator);
    bind_real(query, 9, figure->base);
    bind_real(query, 10, figure->margin);
    bind_word(query, 11, figure->flag[0] == '\0' ? NULL : figure->flag);
    bind_word(query, 12, source);
    return run(store, query, "keeping a public figure", fault);
}

bool store_put_reference(struct store *store, const char *source, const struct figure_key *key,
                         const struct known_figure *figure, struct fault *fault)
{
    return act_begin(store, fault) &&
           act_end(store, put_figure(store, source, key, figure, fault), fault);
}

bool store_each_reference(struct store *store, const struct figure_key *key,
                          store_visit_figure *visit, void *context, struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH_FIGURE);
    int answer = SQLITE_ROW;

    bind_word(query, 1, key->framework);
    bind_word(query, 2, key->code);
    bind_word(query, 3, key->disaggregation);
    while (answer == SQLITE_ROW &&
           (answer = step(store, query, "reading public figures", fault)) == SQLITE_ROW) {
        struct known_figure figure = {.value = column_real(query, 2),
                                      .numerator = column_real(query, 3),
                                      .denominator = column_real(query, 4),
                                      .base = column_real(query, 5),
                                      .margin = column_real(query, 6),
                                      .reference = true};
        snprintf(figure.area, sizeof figure.area, "%s", column_word(query, 0));
        snprintf(figure.period, sizeof figure.period, "%s", column_word(query, 1));
        snprintf(figure.flag, sizeof figure.flag, "%s", column_word(query, 7));
        if (!visit(context, &figure, column_word(query, 8), fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- Places --- */

static bool put_traits(struct store *store, const struct reference_place *place,
                       struct fault *fault)
{
    sqlite3_stmt *query = start(store, FORGET_TRAITS);

    bind_word(query, 1, place->area);
    bool done = run(store, query, "keeping a place's profile", fault);
    for (size_t i = 0; done && i < place->trait_count; i++) {
        query = start(store, PUT_TRAIT);
        bind_word(query, 1, place->area);
        bind_word(query, 2, place->traits[i].name);
        bind_real(query, 3, place->traits[i].value);
        bind_word(query, 4, place->traits[i].period);
        done = run(store, query, "keeping a place's profile", fault);
    }
    return done;
}

static bool put_place(struct store *store, const struct reference_place *place, struct fault *fault)
{
    sqlite3_stmt *query = start(store, PUT_PLACE);

    bind_word(query, 1, place->area);
    bind_word(query, 2, place->name);
    bind_word(query, 3, place->type);
    bind_word(query, 4, place->source);
    return run(store, query, "keeping a place's profile", fault) && put_traits(store, place, fault);
}

bool store_put_reference_place(struct store *store, const struct reference_place *place,
                               struct fault *fault)
{
    return act_begin(store, fault) && act_end(store, put_place(store, place, fault), fault);
}

bool store_each_reference_place(struct store *store, store_visit_place *visit, void *context,
                                struct fault *fault)
{
    sqlite3_stmt *query = start(store, EACH_TRAIT);
    int answer = SQLITE_ROW;

    while (answer == SQLITE_ROW &&
           (answer = step(store, query, "reading places' profiles", fault)) == SQLITE_ROW) {
        struct reference_trait trait = {.name = column_word(query, 3),
                                        .value = column_real(query, 4),
                                        .period = column_word(query, 5)};
        struct reference_place place = {.area = column_word(query, 0),
                                        .type = column_word(query, 1),
                                        .name = column_word(query, 2),
                                        .source = column_word(query, 6),
                                        .traits = &trait,
                                        .trait_count = 1};
        if (!visit(context, &place, fault))
            answer = SQLITE_ERROR;
    }
    finish(query);
    return answer == SQLITE_DONE;
}

/* --- From schema 5 --- */

static const char make_tables[] =
    "CREATE TABLE IF NOT EXISTS reference_figure (framework TEXT NOT NULL, code TEXT NOT NULL,"
    " disaggregation TEXT NOT NULL, area TEXT NOT NULL, period TEXT NOT NULL, value REAL,"
    " numerator REAL, denominator REAL, base REAL, margin REAL, flag TEXT, source TEXT NOT NULL,"
    " PRIMARY KEY (framework, code, disaggregation, area, period)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS reference_place (area TEXT NOT NULL PRIMARY KEY,"
    " name TEXT NOT NULL, type TEXT NOT NULL, source TEXT NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS reference_trait (area TEXT NOT NULL, name TEXT NOT NULL,"
    " value REAL NOT NULL, period TEXT NOT NULL, PRIMARY KEY (area, name)) STRICT, WITHOUT ROWID;";

bool references_migrate(struct store *store, struct fault *fault)
{
    return execute(store, make_tables, "bringing it up to date", fault);
}
