#include "node/connections.h"
#include "tests/node/room.h"

#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Which connections are ended, and which may stay. */

#define NOW_MS INT64_C(1767225600000)
#define MOST 40

static struct connections connections;
static int ours[MOST], theirs[MOST];
static size_t count;

static void begin(void)
{
    connections = (struct connections){0};
    count = 0;
}

static void end(void)
{
    connections_release(&connections);
    for (size_t i = 0; i < count; i++) {
        close(ours[i]);
        close(theirs[i]);
    }
}

TestSuite(connections, .init = begin, .fini = end);

/* One that begins then; returns its number. */
static size_t accept_at(int64_t now_ms)
{
    int pair[2];

    cr_assert(count < MOST && socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    ours[count] = pair[0];
    theirs[count] = pair[1];
    connections_open(&connections, (uint32_t)pair[0], now_ms);
    return count++;
}

static bool name(size_t number, char authority)
{
    struct identity identity = {0};

    memset(identity.authority.bytes, authority, sizeof identity.authority.bytes);
    return connections_name(&connections, ours[number], &identity);
}

/* As its other end sees it. */
static bool has_ended(size_t number)
{
    char byte;
    bool over = recv(theirs[number], &byte, 1, MSG_DONTWAIT) == 0;

    cr_expect_eq(connections_find(&connections, ours[number]) == NULL, over);
    return over;
}

static size_t count_ended(void)
{
    size_t ended = 0;

    for (size_t i = 0; i < count; i++)
        ended += has_ended(i);
    return ended;
}

Test(connections, end_when_they_stay_silent)
{
    size_t silent = accept_at(NOW_MS), member = accept_at(NOW_MS), late = accept_at(NOW_MS + 1);

    cr_assert(name(member, 'l'));
    connections_end_silent(&connections, 10, NOW_MS + SILENT_MS);
    cr_expect_eq(count_ended(), 0);
    connections_end_silent(&connections, 10, NOW_MS + SILENT_MS + 1);
    cr_expect(has_ended(silent));
    cr_expect(!has_ended(member));
    cr_expect(!has_ended(late));
    cr_expect(!name(silent, 'l'), "what it says is heard no more");
}

/* Who comes with a handshake at once gets through a crowd of strangers. */
Test(connections, end_sooner_where_many_are_silent)
{
    size_t member = accept_at(NOW_MS);

    cr_assert(name(member, 'l'));
    for (unsigned i = 0; i < 30; i++)
        accept_at(NOW_MS + i * 100);
    connections_end_silent(&connections, 30, NOW_MS + 3000);
    cr_expect_eq(count_ended(), 0);
    connections_end_silent(&connections, 10, NOW_MS + 3000);
    cr_expect(!has_ended(member));
    cr_expect(!has_ended(count - 1), "the newest");
    cr_expect(has_ended(1), "the oldest");
    cr_expect(count_ended() >= 20 && count_ended() < 30, "%zu", count_ended());
}

Test(connections, are_so_many_of_one_member)
{
    for (unsigned i = 0; i < CONNECTIONS_OF_ONE_MAX; i++)
        cr_expect(name(accept_at(NOW_MS), 'l'));
    size_t more = accept_at(NOW_MS), other = accept_at(NOW_MS);

    cr_expect(!name(more, 'l'));
    cr_expect(has_ended(more));
    cr_expect(name(other, 'y'));
    cr_expect(name(0, 'l'), "who was heard before is heard on");
    connections_close(&connections, (uint32_t)ours[0]);
    cr_expect(name(accept_at(NOW_MS), 'l'), "one went");
}
