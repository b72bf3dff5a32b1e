#include "protocol/gate.h"
#include "tests/support/folder.h"

#include <assert.h>
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* How fast the check before publishing reads, in megabytes of text per second of one processor.
 *
 *     gate_bench [SECONDS]
 *
 * Notes of some 220 bytes are full of numbers, names and addresses, all made up; the lessons are
 * the samples, as they are written for others to read. */

static const char *const notes[] = {
    "Call from Mrs Wren Castleton, 07700 900412, about 4 Tarn Mews NR99 4ZZ. DOB 12/03/1961, NI JC "
    "31 90 22 B. Refund of £312.40 to go to 20-99-31 44182205, not the old a/c ending 4417. Ref "
    "TWC/22/01834. Van AB12 CDE on drive.",
    "Payee | Sort code | Account | Amount | Our ref\nWojcik, Ada | 09-99-28 | 62217743 | £412.60 | "
    "DP-11873\nThyme, Basil | 110344 | 00871562 | £188.00 | DP-11880\nTarn Trust | 30.94.17 | "
    "24419080 | £2,050.00 | DP-11902",
    "Handover Flat 11, Teal Court: Alfie T, insulin 8am, NHS 943 476 5919, dob 10/01/49, next of "
    "kin Nasreen 01632 960286. Key safe with her. May Ash at no. 12, CHI 010203 0006, falls x3 "
    "since 4 June, GP Dr Moss told 09.15.",
    "hi bethan sory for dealy, th bank detials for olteanu are sortcode 205513 acc 83340917 , he "
    "sent a foto of teh card 4929 1234 5678 9015 so ive deleted it. can you let florin know. he "
    "lives 44 ffordd tarn cf99 9zq",
    "Supervision notes Jas / Leanne 18/4. João Figueira: NI came through, JC 31 90 22 B, bank "
    "20-55-17, acc 90331142. Son Tiago, 4/4/17, UPN Y984488404656. Iban GB61 CWMH 0966 5138 8048 "
    "22 "
    "for the grant. Leanne will ask Wendy.",
    "PLANNING ENFORCEMENT 24/01177/FUL: MR GARETH STROUD, 5 ORCHARD RISE, TQ99 1QD, HAS BUILT 2.4M "
    "FENCE. LETTER 14.02.24, 2ND 03.03.24. TEL 01632 960155 OR 07700 900123. EMAIL "
    "G.STROUD@EXAMPLE.ORG. UPRN 100033544614.",
};

#define TEXTS_MOST 64
struct texts {
    struct bytes list[TEXTS_MOST];
    size_t count;
};

static void read_lessons(struct texts *texts)
{
    DIR *folder = opendir(SOURCE_DIR "/node/samples/lessons");

    assert(folder != NULL);
    for (struct dirent *entry; (entry = readdir(folder)) != NULL && texts->count < TEXTS_MOST;) {
        char path[512];
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, SOURCE_DIR "/node/samples/lessons/%s", entry->d_name);
        char *text = file_text(path);
        assert(text != NULL);
        texts->list[texts->count++] = bytes_of_text(text);
    }
    closedir(folder);
}

static double cpu_s(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void measure(const char *what, const struct gate *gate, enum gate_mode mode,
                    const struct texts *texts, double seconds)
{
    size_t bytes = 0, all = 0, found = 0;
    double start = cpu_s(), took = 0;

    for (size_t i = 0; i < texts->count; i++)
        all += texts->list[i].size;
    for (size_t rounds = 0; took < seconds; rounds++, took = cpu_s() - start)
        for (size_t i = 0; i < texts->count; i++) {
            struct findings findings = {0};
            gate_scan(gate, mode, texts->list[i], &findings);
            bytes += texts->list[i].size;
            found += rounds == 0 ? findings.count : 0;
            findings_release(&findings);
        }
    printf("%-44s %6zu bytes each, %3zu findings: %5.2f MB/s\n", what, all / texts->count, found,
           (double)bytes / 1e6 / took);
}

int main(int count, char **arguments)
{
    double seconds = count > 1 ? strtod(arguments[1], NULL) : 2;
    struct gate_profile nobody = {0};
    struct texts dense = {0}, lessons = {0};
    struct fault fault;
    struct gate *gate = gate_new(&nobody, &fault);

    assert(gate != NULL);
    for (size_t i = 0; i < sizeof notes / sizeof *notes; i++)
        dense.list[dense.count++] = bytes_of_text(notes[i]);
    read_lessons(&lessons);
    measure("dense notes, before publishing", gate, GATE_NAMED, &dense, seconds);
    measure("lessons, before publishing", gate, GATE_NAMED, &lessons, seconds);
    measure("dense notes, of others: hard classes", gate, GATE_HARD, &dense, seconds);
    measure("lessons, of others: hard classes", gate, GATE_HARD, &lessons, seconds);
    for (size_t i = 0; i < lessons.count; i++)
        free((void *)(uintptr_t)lessons.list[i].data);
    gate_free(gate);
    return 0;
}
