#include "node/cli/mail.h"

#include <criterion/criterion.h>
#include <string.h>

static struct fault fault;

static const char *quoted(const char *text)
{
    static struct buffer page;

    buffer_clear(&page);
    mail_quote(bytes_of_text(text), &page);
    return buffer_text(&page);
}

Test(mail, quotes_what_may_be_lost_on_the_way)
{
    cr_expect_str_eq(quoted("a = b\n"), "a =3D b\n");
    cr_expect_str_eq(quoted("£5\n"), "=C2=A35\n");
    cr_expect_str_eq(quoted("at the end \nof a line\t\n"), "at the end=20\nof a line=09\n");
    cr_expect_str_eq(quoted("From here\n.\n..\n"), "=46rom here\n=2E\n=2E.\n");
    cr_expect_str_eq(quoted("bell\x07\r\n"), "bell=07=0D\n");
}

Test(mail, keeps_lines_short)
{
    char text[400], *line = text;

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    strcpy(text + 100, "££££££££££££££££££££");
    text[strlen(text)] = 'F';
    struct buffer page = {0};
    mail_quote(bytes_of_text(text), &page);
    for (line = (char *)buffer_text(&page); *line != '\0';) {
        size_t size = strcspn(line, "\n");
        cr_expect_leq(size, 76, "%.*s", (int)size, line);
        line += size + (line[size] != '\0');
    }
    buffer_release(&page);
}

Test(mail, takes_addresses_and_nothing_else)
{
    static const char *const good[] = {"team@example.org", "a.b+candour@mail.example.co.uk",
                                       "root@localhost"};
    static const char *const bad[] = {"",
                                      "team",
                                      "@example.org",
                                      "team@",
                                      "team@example.org\nBcc: all@example.org",
                                      "team@example.org, all@example.org",
                                      "Team <team@example.org>",
                                      "-oQ/tmp@example.org",
                                      "a@b@c",
                                      "a b@example.org",
                                      "t\xc3\xa9@example.org",
                                      ".a@example.org",
                                      "a@-example.org"};

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        cr_expect(mail_address_is_good("to", good[i], &fault), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        cr_expect(!mail_address_is_good("to", bad[i], &fault), "%s", bad[i]);
        cr_expect_eq(fault.kind, FAULT_INPUT);
    }
}

Test(mail, is_a_message)
{
    struct buffer page = {0};
    const struct letter letter = {.from = "candour@example.org",
                                  .to = "team@example.org",
                                  .subject = "What others learned: 1 item, 2026-11-30",
                                  .id = "digest.1.ab",
                                  .time_ms = INT64_C(1796049928000),
                                  .text = bytes_of_text("Bcc: all@example.org\n\n.\n"),
                                  .html = bytes_of_text("<p>x</p>\n")};

    mail_write(&letter, &page);
    cr_expect_str_eq(buffer_text(&page),
                     "From: candour@example.org\nTo: team@example.org\n"
                     "Subject: What others learned: 1 item, 2026-11-30\n"
                     "Date: Mon, 30 Nov 2026 14:45:28 +0000\n"
                     "Message-ID: <digest.1.ab@example.org>\nMIME-Version: 1.0\n"
                     "Auto-Submitted: auto-generated\n"
                     "Content-Type: multipart/alternative; boundary=\"=_candour_=_\"\n"
                     "\n--=_candour_=_\nContent-Type: text/plain; charset=utf-8\n"
                     "Content-Transfer-Encoding: quoted-printable\n\n"
                     "Bcc: all@example.org\n\n=2E\n"
                     "\n--=_candour_=_\nContent-Type: text/html; charset=utf-8\n"
                     "Content-Transfer-Encoding: quoted-printable\n\n<p>x</p>\n"
                     "\n--=_candour_=_--\n");
    buffer_release(&page);
}
