#include "crypto/secret.h"
#include "node/keyfile.h"
#include "tests/node/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(keyfile, .init = room_open, .fini = room_close);

static const char secret[] = "0123456789abcdef0123456789abcdef";
#define SIZE (sizeof secret - 1)

static const char *key_path(void)
{
    return home_file(&home, "keys/box", 1);
}

static void write_key(const char *passphrase)
{
    cr_done(keyfile_write(key_path(), secret, SIZE, passphrase, &fault));
}

static void expect_key(void)
{
    void *read = keyfile_read(key_path(), SIZE, &fault);

    cr_assert(read != NULL, "%s", fault.text);
    cr_expect(memcmp(read, secret, SIZE) == 0);
    secret_free(read);
}

Test(keyfile, gives_back_the_secret)
{
    struct stat status;

    write_key(NULL);
    cr_assert(stat(key_path(), &status) == 0);
    cr_expect_eq(status.st_mode & 07777, 0600);
    expect_key();
    setenv("CANDOUR_PASSPHRASE", "not asked for", 1);
    expect_key();
}

Test(keyfile, is_never_written_over)
{
    write_key(NULL);
    cr_refused(keyfile_write(key_path(), "x", 1, NULL, &fault), FAULT_INPUT, "is there already");
    expect_key();
}

Test(keyfile, is_refused_where_others_may_read_or_write_it)
{
    static const unsigned modes[] = {0640, 0604, 0644, 0660, 0620, 0602, 0610, 0601, 0666};

    write_key(NULL);
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++) {
        char words[64];
        cr_assert(chmod(key_path(), modes[i]) == 0);
        snprintf(words, sizeof words, "keys/box: others may read this key (its mode is %04o)",
                 modes[i]);
        cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF, words);
    }
    cr_assert(chmod(key_path(), 0400) == 0);
    expect_key();
}

Test(keyfile, is_refused_where_it_belongs_to_another)
{
    write_key(NULL);
    if (geteuid() != 0)
        return; /* Only root can give a file away; the bad-input story does so as root too. */
    cr_assert(chown(key_path(), 65534, 65534) == 0);
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF,
               "belongs to another user");
}

Test(keyfile, that_is_not_there_is_said_so)
{
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF,
               "cannot read this key: No such file");
    cr_assert(mkdir(key_path(), 0700) == 0);
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF, "keys/box");
}

Test(keyfile, opens_to_its_passphrase_only)
{
    write_key("correct horse");
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
    expect_key();
    setenv("CANDOUR_PASSPHRASE", "correct hors", 1);
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_INPUT, "does not open it");
    setenv("CANDOUR_PASSPHRASE", "", 1);
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_INPUT, "is empty");
}

Test(keyfile, takes_the_passphrase_that_systemd_hands_over)
{
    write_key("correct horse");
    put_file(folder_file(&folder, "passphrase"), "correct horse\n");
    setenv("CREDENTIALS_DIRECTORY", folder.path, 1);
    expect_key();
    put_file(folder_file(&folder, "passphrase"), "another\n");
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_INPUT, "does not open it");
}

Test(keyfile, that_is_cut_short_or_another_file_is_refused)
{
    struct buffer whole = {0};

    write_key(NULL);
    cr_done(file_read(key_path(), 4096, &whole, &fault));
    for (size_t size = 0; size < whole.size; size++) {
        cr_assert(truncate(key_path(), 0) == 0);
        cr_done(file_write(key_path(), bytes_of(whole.data, size), 0600, false, &fault));
        cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF,
                   "is not the key it should be");
    }
    buffer_append_text(&whole, "x");
    cr_done(file_write(key_path(), buffer_view(&whole), 0600, false, &fault));
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF,
               "is not the key it should be");
    buffer_release(&whole);

    struct buffer large = {0};
    for (unsigned i = 0; i < 1000; i++)
        buffer_append_text(&large, "candour secret 1\n");
    cr_done(file_write(key_path(), buffer_view(&large), 0600, false, &fault));
    cr_refused(keyfile_read(key_path(), SIZE, &fault) != NULL, FAULT_SELF,
               "is not the key it should be");
    buffer_release(&large);
}

/* --- The sheet --- */

static const char *sheet_path(void)
{
    return folder_file(&folder, "leeds.sheet");
}

static void write_recovery(void)
{
    cr_done(sheet_write(sheet_path(), "candour recovery sheet of Leeds", secret, SIZE,
                        "correct horse", &fault));
    setenv("CANDOUR_PASSPHRASE", "correct horse", 1);
}

static void expect_sheet(void)
{
    void *read = sheet_read(sheet_path(), SIZE, &fault);

    cr_assert(read != NULL, "%s", fault.text);
    cr_expect(memcmp(read, secret, SIZE) == 0);
    secret_free(read);
}

Test(keyfile, sheet_gives_back_the_secret)
{
    struct stat status;

    write_recovery();
    cr_assert(stat(sheet_path(), &status) == 0);
    cr_expect_eq(status.st_mode & 07777, 0600);
    expect_sheet();
    char *text = file_text(sheet_path());
    cr_expect(strstr(text, "recovery sheet of Leeds") != NULL, "%s", text);
    cr_expect(strstr(text, secret) == NULL, "the secret is sealed");
    free(text);
}

/* Replaces each line feed, as a text editor elsewhere or a person typing it may. */
Test(keyfile, sheet_bears_how_it_was_typed)
{
    struct buffer typed = {0};

    write_recovery();
    char *text = file_text(sheet_path());
    for (const char *at = text; *at != '\0'; at++)
        buffer_append_text(&typed, *at == '\n' ? " \r\n\t" : (char[]){*at, '\0'});
    cr_done(file_write(sheet_path(), buffer_view(&typed), 0600, false, &fault));
    expect_sheet();
    buffer_release(&typed);
    free(text);
}

/* Every digit of it, changed, left out or doubled: refused, and never a crash. */
Test(keyfile, sheet_with_a_line_copied_wrong_is_refused)
{
    write_recovery();
    char *text = file_text(sheet_path());
    char *begin = strstr(text, "SHEET-----\n") + 11, *end = strstr(text, "-----END");
    size_t checked = 0;

    for (char *at = begin; at < end; at += 7) {
        char was = *at;
        if (was == '\n')
            continue;
        *at = was == '0' ? '1' : '0';
        put_file(sheet_path(), text);
        *at = was;
        fault = (struct fault){0};
        cr_expect(sheet_read(sheet_path(), SIZE, &fault) == NULL);
        cr_expect(strstr(fault.text, "leeds.sheet: ") != NULL, "%s", fault.text);
        checked++;
    }
    cr_expect(checked > 10);

    begin[5] = 'g';
    put_file(sheet_path(), text);
    cr_refused(sheet_read(sheet_path(), SIZE, &fault) != NULL, FAULT_INPUT,
               "is not a recovery sheet, or a line of it was copied wrong");
    free(text);
}

Test(keyfile, sheet_without_its_marks_is_none)
{
    static const char *const texts[] = {
        "",
        "nothing",
        "-----BEGIN CANDOUR RECOVERY SHEET-----\n",
        "-----END CANDOUR RECOVERY SHEET-----\n-----BEGIN CANDOUR RECOVERY SHEET-----\n",
        "-----BEGIN CANDOUR RECOVERY SHEET-----\n-----END CANDOUR RECOVERY SHEET-----\n",
        "-----BEGIN CANDOUR RECOVERY SHEET-----\nabc\n-----END CANDOUR RECOVERY SHEET-----\n"};

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        put_file(sheet_path(), texts[i]);
        cr_refused(sheet_read(sheet_path(), SIZE, &fault) != NULL, FAULT_INPUT,
                   "is not a recovery sheet");
    }
    cr_refused(sheet_read(folder_file(&folder, "nothing"), SIZE, &fault) != NULL, FAULT_INPUT,
               "cannot read");
}
