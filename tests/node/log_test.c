#include "node/log.h"
#include "tests/node/room.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

TestSuite(log, .init = room_open, .fini = room_close);

static void say_one_of_each(void)
{
    log_line(LOG_ERROR, "the disk is full");
    log_line(LOG_WARNING, "the clock is off");
    log_line(LOG_NOTICE, "%s is running", "Leeds");
    log_line(LOG_INFO, "York has connected");
    log_line(LOG_DEBUG, "a detail");
}

Test(log, leaves_out_what_is_less_important_than_asked)
{
    log_start((struct log_settings){.least = LOG_WARNING});
    char *said = said_by(say_one_of_each);
    cr_expect(strstr(said, "Z error: the disk is full\n") != NULL, "%s", said);
    cr_expect(strstr(said, "Z warning: the clock is off\n") != NULL, "%s", said);
    cr_expect(strstr(said, "running") == NULL, "%s", said);
    free(said);

    log_start((struct log_settings){.least = LOG_DEBUG});
    said = said_by(say_one_of_each);
    cr_expect(strstr(said, "Z notice: Leeds is running\n") != NULL, "%s", said);
    cr_expect(strstr(said, "Z debug: a detail\n") != NULL, "%s", said);
    free(said);
}

Test(log, gives_the_journal_priorities_and_leaves_the_time_to_it)
{
    setenv("JOURNAL_STREAM", "8:12345", 1);
    log_start((struct log_settings){.least = LOG_DEBUG});
    char *said = said_by(say_one_of_each);
    cr_expect_str_eq(said, "<3>the disk is full\n<4>the clock is off\n<5>Leeds is running\n"
                           "<6>York has connected\n<7>a detail\n");
    free(said);
}

Test(log, writes_one_json_object_a_line)
{
    log_start((struct log_settings){.json = true, .least = LOG_DEBUG});
    char *said = said_by(say_one_of_each), *rest = NULL;
    const char *const levels[] = {"error", "warning", "notice", "info", "debug"};
    size_t count = 0;

    for (char *line = strtok_r(said, "\n", &rest); line != NULL;
         line = strtok_r(NULL, "\n", &rest)) {
        json_t *object = json_loads(line, 0, NULL);
        cr_assert(object != NULL && count < 5, "%s", line);
        cr_expect_str_eq(json_string_value(json_object_get(object, "level")), levels[count++]);
        cr_expect(json_is_string(json_object_get(object, "text")), "%s", line);
        cr_expect_eq(json_string_length(json_object_get(object, "time")), 20, "%s", line);
        json_decref(object);
    }
    cr_expect_eq(count, 5);
    free(said);
}

static void say_what_a_stranger_wrote(void)
{
    char lengthy[3000];

    log_line(LOG_ERROR, "%s", "one\n<0>two\r\x1b[31mthree");
    log_line(LOG_ERROR, "%s", "not UTF-8: \xff\xc3");
    for (size_t i = 0; i + 2 < sizeof lengthy; i += 2)
        memcpy(lengthy + i, "\xc3\xa4", 3);
    log_line(LOG_ERROR, "%s", lengthy);
    log_line(LOG_ERROR, "x%s", lengthy);
}

static size_t count_lines(const char *text)
{
    size_t count = 0;

    for (; *text != '\0'; text++)
        count += *text == '\n';
    return count;
}

Test(log, keeps_to_one_line_whatever_is_in_the_text)
{
    log_start((struct log_settings){.least = LOG_ERROR});
    char *said = said_by(say_what_a_stranger_wrote);
    cr_expect_eq(count_lines(said), 4, "%s", said);
    cr_expect(strchr(said, '\x1b') == NULL && strchr(said, '\r') == NULL, "%s", said);
    cr_expect(strstr(said, "one <0>two  [31mthree\n") != NULL, "%s", said);
    free(said);

    log_start((struct log_settings){.json = true, .least = LOG_ERROR});
    said = said_by(say_what_a_stranger_wrote);
    cr_expect_eq(count_lines(said), 4, "%s", said);
    free(said);
}
