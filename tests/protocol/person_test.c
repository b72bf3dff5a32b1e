#include "protocol/person.h"

#include <criterion/criterion.h>

static bool one(const char *a, const char *b)
{
    bool there = names_one_person(bytes_of_text(a), bytes_of_text(b));

    cr_expect_eq(there, names_one_person(bytes_of_text(b), bytes_of_text(a)), "%s, %s", a, b);
    return there;
}

Test(person, is_one_however_the_name_is_typed)
{
    static const char *const rows[][2] = {
        {"Jo Bloggs", " jo  BLOGGS "},
        {"Ann Officer", "A. Officer"},
        {"Ann Officer", "A Officer"},
        {"Ann Mary Officer", "A.M. Officer"},
        {"Ann Mary Officer", "Ann Officer"},
        {"Dr Ann Officer", "Ann Officer MBE"},
        {"Cllr. Mrs A. Officer", "Ann Officer"},
        {"Ann Officer (Housing)", "Ann Officer"},
        {"Ann Officer, Head of Housing", "Ann Officer"},
        {"Rees, J.", "Jo Rees"},
        {"Rees, Jo", "J. Rees, team manager"},
        {"Siân Llŷr", "SIAN LLYR"},
        {"Siân Llŷr", "Sia\xcc\x82n Lly\xcc\x82r"},
        {"ÁINE Ó BRIAIN", "Aine o Briain"},
        {"Bjørn Æsir", "Bjorn Aesir"},
        {"Łukasz Groß", "Lukasz Gross"},
        {"Pat O'Brien", "Pat O\xe2\x80\x99"
                        "Brien"},
        {"Pat O'Brien", "pat obrien"},
        {"Pat Smith-Jones", "Pat Smith\xe2\x80\x91Jones"},
        {"jo.bloggs@example.gov.uk", "Jo Bloggs"},
        {"Jo", "Jo Bloggs"},
        {"Bloggs", "Jo Bloggs"},
        {"Сергей Иванов", "СЕРГЕЙ иванов"},
        {"Сергей Иванов", "С. Иванов"},
        {"王芳", "王芳"},
        {"Miss", "miss"},
        /* What looks the same, or nearly. */
        {"Ann Lee", "Ann\xc2\xa0Lee"},
        {"Ann Lee", "Ann Le\xc2\xad"
                    "e"},
        {"Ann Lee", "Ann\xe2\x80\x8b Lee\xe2\x80\x8b"},
        {"Ann Lee", "A\xe2\x80\x8d"
                    "nn L\xef\xbb\xbf"
                    "ee"},
        {"Ann Lee", "Ann\xe2\x80\x89Lee"},
        {"Ann Lee", "Ann Lee 2"},
        {"Ann Lee", "Ann Lee2"},
        {"Ann Lee", "2 Ann Lee"},
        {"Ann Lee", "Ann Lee II"},
        {"Ann Lee", "Аnn Lее"},     /* Cyrillic A and e. */
        {"Ann Lee", "Αnn Lεe"},     /* Greek. */
        {"Cope Rose", "Соре Rоѕе"}, /* All of the first is Cyrillic. */
        {"Ann Lee", "Ann \xea\x93\xa1"
                    "ee"},                 /* LISU LETTER LA, which no table of ours has. */
        {"Ann Lee", "\xef\xbc\xa1nn Lee"}, /* Wide. */
        {"Сергей Иванов", "Сергей Иванов 2"},
        {"Ann Fflint", "Ann \xef\xac\x80"
                       "lint"},
        {"Ann Fflint", "AnnFflint"},
        {"Ann Lee", "Ann\xe2\x81\xa3"
                    "Lee"}, /* What nobody sees stands for the space. */
        {"Ann Lee", "An n Lee"},
        /* In another order, beside others. */
        {"Ann Lee", "Lee Ann"},
        {"Ann Lee", "Ann Lee BSc (Hons)"},
        {"Ann Lee", "Team manager Ann Lee"},
        {"Ann Lee", "Mary Ann Lee"},
        {"Ann Lee", "Jo Rees / Ann Lee"},
        {"Ann Lee", "pp Ann Lee"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect(one(rows[i][0], rows[i][1]), "%s, %s", rows[i][0], rows[i][1]);
}

Test(person, is_another_where_the_names_differ)
{
    static const char *const rows[][2] = {
        {"Jo Bloggs", "Jo Blogg"},
        {"Jo Bloggs", "Sam Bloggs"},
        {"J. Bloggs", "S. Bloggs"},
        {"A. M. Officer", "A. B. Officer"},
        {"Ann Officer", "Anne Officer"},
        {"Sam", "Jo Bloggs"},
        {"Rees, J.", "Rees, S."},
        {"Сергей Иванов", "Олег Иванов"},
        {"Сергей Иванов", "О. Иванов"},
        {"王芳", "王伟"},
        {"Mr", "Mrs"},
        {"...", "Jo"},
        {"Ann Lee", "Ann Lea 2"},
        {"Ann Lee", "Mary Lee Jones"},
        {"Ann Lee", "L. A. Jones"},
        {"Ann Lee", "Jo Lee Rees"},
        {"Ann Lee", "\xea\x93\xa1nn Lea"},
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_not(one(rows[i][0], rows[i][1]), "%s, %s", rows[i][0], rows[i][1]);
}
