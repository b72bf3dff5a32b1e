#include "node/keyfile.h"
#include "crypto/secret.h"
#include "node/home.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define PASSPHRASE_MAX 1024
#define SHEET_BEGIN "-----BEGIN CANDOUR RECOVERY SHEET-----"
#define SHEET_END "-----END CANDOUR RECOVERY SHEET-----"

static bool read_line(FILE *from, char *line)
{
    if (fgets(line, PASSPHRASE_MAX, from) == NULL)
        return false;
    line[strcspn(line, "\r\n")] = '\0';
    return true;
}

static bool ask_terminal(const char *question, char *answer)
{
    struct termios before, quiet;
    FILE *terminal = fopen("/dev/tty", "r+");

    if (terminal == NULL)
        return false;
    tcgetattr(fileno(terminal), &before);
    quiet = before;
    quiet.c_lflag &= ~(tcflag_t)ECHO;
    tcsetattr(fileno(terminal), TCSAFLUSH, &quiet);
    fprintf(terminal, "%s: ", question);
    fflush(terminal);
    bool answered = read_line(terminal, answer);
    tcsetattr(fileno(terminal), TCSAFLUSH, &before);
    fprintf(terminal, "\n");
    fclose(terminal);
    return answered;
}

/* systemd hands a service its secrets as files in this folder (systemd.exec(5), LoadCredential). */
static bool ask_credential(char *answer)
{
    const char *folder = getenv("CREDENTIALS_DIRECTORY");
    char path[HOME_PATH_MAX];

    if (folder == NULL)
        return false;
    snprintf(path, sizeof path, "%s/passphrase", folder);
    FILE *file = fopen(path, "r");
    bool answered = file != NULL && read_line(file, answer);
    if (file != NULL)
        fclose(file);
    return answered;
}

char *passphrase_ask(const char *what_for, bool is_new, struct fault *fault)
{
    const char *variable = getenv("CANDOUR_PASSPHRASE");
    char *first = secret_new(PASSPHRASE_MAX), *second = secret_new(PASSPHRASE_MAX);
    char question[256];

    if (variable != NULL && strlen(variable) < PASSPHRASE_MAX) {
        memcpy(first, variable, strlen(variable) + 1);
        goto answered;
    }
    if (ask_credential(first))
        goto answered;
    snprintf(question, sizeof question, "%s passphrase for %s", is_new ? "New" : "The", what_for);
    if (!ask_terminal(question, first)) {
        fault_set(
            fault, FAULT_INPUT,
            "%s needs a passphrase and there is no terminal to ask on: set CANDOUR_PASSPHRASE",
            what_for);
        goto refuse;
    }
    if (is_new && (!ask_terminal("The same again", second) || strcmp(first, second) != 0)) {
        fault_set(fault, FAULT_INPUT, "the two passphrases differ: try again");
        goto refuse;
    }
answered:
    secret_free(second);
    if (first[0] != '\0')
        return first;
    second = NULL;
    fault_set(fault, FAULT_INPUT, "the passphrase for %s is empty: choose one", what_for);
refuse:
    secret_free(first);
    secret_free(second);
    return NULL;
}

bool keyfile_write(const char *path, const void *secret, size_t size, const char *passphrase,
                   struct fault *fault)
{
    uint8_t *box = secret_new(SECRET_BOX_MAX);
    size_t box_size = secret_seal(box, secret, size, passphrase);
    bool written = file_write(path, bytes_of(box, box_size), 0600, true, fault);

    secret_free(box);
    return written;
}

static bool only_ours(const char *path, int file, struct fault *fault)
{
    struct stat status;

    if (fstat(file, &status) != 0)
        return fault_set(fault, FAULT_SELF, "%s: cannot look at it: %s", path, strerror(errno));
    if ((status.st_mode & 077) != 0)
        return fault_set(
            fault, FAULT_SELF,
            "%s: others may read this key (its mode is %04o): run chmod 600 on it, and "
            "ask who has read it",
            path, (unsigned)status.st_mode & 07777);
    if (status.st_uid != geteuid())
        return fault_set(fault, FAULT_SELF, "%s: belongs to another user: run as its owner", path);
    return true;
}

static void *open_box(const char *path, const uint8_t *box, size_t box_size, size_t size,
                      struct fault *fault)
{
    uint8_t *secret = secret_new(SECRET_MAX);
    size_t secret_size = 0;
    enum secret_answer answer = secret_open(secret, &secret_size, box, box_size, NULL);

    if (answer == SECRET_NEEDS_PASSPHRASE) {
        char *passphrase = passphrase_ask(path, false, fault);
        if (passphrase == NULL)
            goto refuse;
        answer = secret_open(secret, &secret_size, box, box_size, passphrase);
        secret_free(passphrase);
    }
    if (answer == SECRET_OPEN && secret_size == size)
        return secret;
    if (answer == SECRET_WRONG_PASSPHRASE)
        fault_set(fault, FAULT_INPUT,
                  "%s: this passphrase does not open it, or it was damaged: try again", path);
    else
        fault_set(
            fault, FAULT_SELF,
            "%s: is not the key it should be: restore it from the backup, or see docs/keys.md",
            path);
refuse:
    secret_free(secret);
    return NULL;
}

void *keyfile_read(const char *path, size_t size, struct fault *fault)
{
    uint8_t *box = secret_new(SECRET_BOX_MAX);
    void *secret = NULL;

    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        fault_set(fault, FAULT_SELF, "%s: cannot read this key: %s", path, strerror(errno));
        secret_free(box);
        return NULL;
    }
    if (only_ours(path, file, fault)) {
        ssize_t box_size = read(file, box, SECRET_BOX_MAX);
        if (box_size >= 0)
            secret = open_box(path, box, (size_t)box_size, size, fault);
        else
            fault_set(fault, FAULT_SELF, "%s: cannot read: %s", path, strerror(errno));
    }
    close(file);
    secret_free(box);
    return secret;
}

bool sheet_write(const char *path, const char *title, const void *secret, size_t size,
                 const char *passphrase, struct fault *fault)
{
    uint8_t box[SECRET_BOX_MAX]; /* Sealed: no secret in the clear. */
    size_t box_size = secret_seal(box, secret, size, passphrase);
    struct buffer text = {0};
    char line[65];

    buffer_printf(
        &text,
        "%s\n\n"
        "Keep this on paper or on a stick in a safe, not on the server. With its passphrase\n"
        "it signs charters, stops a stolen key and carries the authority to a new server.\n\n"
        "%s\n",
        title, SHEET_BEGIN);
    for (size_t at = 0; at < box_size; at += 32) {
        hex_of(line, box + at, box_size - at < 32 ? box_size - at : 32);
        buffer_printf(&text, "%s\n", line);
    }
    buffer_append_text(&text, SHEET_END "\n");
    bool written = file_write(path, buffer_view(&text), 0600, true, fault);
    buffer_release(&text);
    return written;
}

/* The hexadecimal digits between the marks, white space between them left out. */
static size_t read_marked(const char *text, uint8_t *box)
{
    const char *at = strstr(text, SHEET_BEGIN), *end = strstr(text, SHEET_END);
    size_t size = 0;
    char pair[3] = {0};
    unsigned digits = 0;

    if (at == NULL || end == NULL || end < at)
        return 0;
    for (at += strlen(SHEET_BEGIN); at < end; at++) {
        if (strchr(" \t\r\n", *at) != NULL)
            continue;
        pair[digits++] = *at;
        if (digits < 2)
            continue;
        if (size == SECRET_BOX_MAX || !hex_read(&box[size], 1, pair))
            return 0;
        size++;
        digits = 0;
    }
    return digits == 0 ? size : 0;
}

void *sheet_read(const char *path, size_t size, struct fault *fault)
{
    struct buffer text = {0};
    uint8_t box[SECRET_BOX_MAX];
    void *secret = NULL;

    if (file_read(path, 65536, &text, fault)) {
        size_t box_size = read_marked(buffer_text(&text), box);
        if (box_size > 0)
            secret = open_box(path, box, box_size, size, fault);
        else
            fault_set(fault, FAULT_INPUT,
                      "%s: is not a recovery sheet, or a line of it was copied wrong", path);
    }
    buffer_release(&text);
    return secret;
}
