#include "tests/crypto/fixed_random.h"
#include "tests/simulation/world.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "crypto/secret.h"

/* simulate [--loud] [--from SEED] [COUNT [LEAST MOST]]: COUNT worlds, of LEAST to MOST nodes. What
 * does not hold ends it, with the command that runs that world again. */

const char *const event_names[EVENTS] = {
    [RECORDS] = "records",
    [ERASURES] = "erasures",
    [UNNAMED] = "unnamed",
    [OWNERS] = "owners' records",
    [ADMISSIONS] = "admissions",
    [REMOVALS] = "removals",
    [ROTATIONS] = "rotations",
    [MERGERS] = "mergers",
    [STEWARDS_MADE] = "stewards made",
    [RIVALS] = "rival heads",
    [HALTS] = "halts",
    [RACING_HALTS] = "racing halts",
    [SCATTERED] = "scattered chains",
    [CRASHES] = "crashes",
    [CRASHES_MIDWAY] = "crashes midway",
    [LOST_DISKS] = "lost disks",
    [HANGING_DISKS] = "hanging disks",
    [LINKS_CUT] = "links cut",
    [LINKS_DEAF] = "one-way links",
    [PARTITIONS] = "partitions",
    [MUTES] = "silent nodes",
    [SLOW_NODES] = "slow nodes",
    [CLOCKS_OFF] = "clocks off",
    [FORKS] = "forks",
    [FORGED] = "forged",
    [SECOND_PROOFS] = "second proofs",
    [JUNK_RUNS] = "runs of junk",
    [THEFTS] = "thefts",
    [CARRIED] = "carried",
    [NOTIFIED] = "findings",
    [NOTICED] = "noticed",
    [HOSTILE_NODES] = "hostile nodes",
    [FRAMES_WITHHELD] = "records withheld",
    [BODIES_WITHHELD] = "texts withheld",
    [CUTS_WITHHELD] = "cuts withheld",
    [LIES] = "lies",
    [SPOILT] = "spoilt frames",
    [REPEATED] = "repeated frames",
    [INVENTED] = "invented tips",
    [FLOODED] = "floods",
    [ASKED] = "greedy wants",
    [PROMISED] = "empty promises",
    [UNREACHABLE] = "away at the end",
    [LETTERS] = "letters",
    [CHECKS] = "checks",
};

struct options {
    uint64_t from, count;
    size_t least, most;
    bool loud;
};

static char again[128];

/* An assertion of the program's own tells no seed. */
static void tell_command(int number)
{
    (void)number;
    if (write(STDOUT_FILENO, again, strlen(again)) < 0)
        _exit(2);
}

static void tell_and_end(int number)
{
    tell_command(number);
    _exit(1);
}

static void usage(void)
{
    fputs("simulate [--loud] [--from SEED] [COUNT [LEAST_NODES MOST_NODES]]\n", stderr);
    exit(2);
}

static uint64_t number_of(const char *text)
{
    char *end;
    uint64_t number = text == NULL ? 0 : strtoull(text, &end, 10);

    if (text == NULL || *text == '\0' || *end != '\0')
        usage();
    return number;
}

static struct options options_of(char **arguments)
{
    struct options options = {.from = 1, .count = 100, .least = 3, .most = 12};

    for (; *arguments != NULL && (*arguments)[0] == '-'; arguments++)
        if (strcmp(*arguments, "--loud") == 0)
            options.loud = true;
        else if (strcmp(*arguments, "--from") == 0)
            options.from = number_of(*++arguments);
        else
            usage();
    if (*arguments != NULL)
        options.count = number_of(*arguments++);
    if (*arguments != NULL) {
        options.least = (size_t)number_of(*arguments++);
        options.most = (size_t)number_of(*arguments++);
    }
    if (*arguments != NULL || options.least < STEWARDS || options.most < options.least ||
        options.most > NODES_MAX)
        usage();
    return options;
}

/* Proofs of rings have chance in them, and by their ids the course of a world. */
static void fix_chance(uint64_t seed)
{
    crypto_start();
    struct digest chance = digest_of("candour/test/simulation", &seed, sizeof seed);
    fixed_random_begin(chance.bytes);
}

static void run(uint64_t seed, const struct options *options, uint64_t *events)
{
    fix_chance(seed);
    snprintf(again, sizeof again, "again: simulate --loud --from %" PRIu64 " 1 %zu %zu\n", seed,
             options->least, options->most);
    struct world *world = world_new(seed, options->least, options->most, options->loud, events);
    trouble(world);
    clear_up(world);
    check_end(world);
    events[LETTERS] += county_letters(world->county);
    world_free(world);
}

int main(int count, char **arguments)
{
    struct options options = options_of(arguments + (count > 0));
    uint64_t events[EVENTS] = {0};

    signal(SIGABRT, tell_command);
    signal(SIGSEGV, tell_and_end);
    signal(SIGTERM, tell_and_end); /* It came to no end. */
    for (uint64_t i = 0; i < options.count; i++)
        run(options.from + i, &options, events);
    printf("%" PRIu64 " worlds of %zu to %zu nodes hold:", options.count, options.least,
           options.most);
    for (size_t i = 0; i < EVENTS; i++)
        printf("%s %" PRIu64 " %s", i == 0 ? "" : ",", events[i], event_names[i]);
    printf("\n");
    return 0;
}
