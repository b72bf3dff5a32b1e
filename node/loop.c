#include "node/loop.h"
#include "crypto/secret.h"
#include "node/clock.h"
#include "node/engine.h"
#include "node/log.h"
#include "node/notify.h"
#include "node/peers.h"
#include "node/status.h"
#include "protocol/text.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BATCH_EVENTS 512 /* In one turn, at most; */
#define BATCH_TASKS 512  /* so many tasks are handed to the keeper as they come. */
#define LOOK_MS 50       /* How often the store is asked whether a command wrote to it. */
/* How often the status is looked at, while things happen and while nothing does; it is written only
 * when it changed. */
#define STATUS_MS 500
#define STATUS_QUIET_MS 5000
/* For a subscription to arrive, before we compare what we may have missed. */
#define HEARING_MS 1000
#define SILENCE_MS 1000 /* How often it is asked whether drafts that wait may be signed now. */
/* Where there is one peer, another member is dialled for a while now and then: what one leaves out
 * another one shows. At the usual period that is once a day. */
#define CROSS_CHECK_PERIODS 288
#define GUEST_PERIODS 1

struct loop {
    struct home *home;
    struct config config;
    struct keys keys;
    struct engine engine;
    struct bus *bus;
    struct dial dials[PEERS_DIALLED_MAX];
    size_t dial_count;
    uint64_t generation; /* Of the store, when it was last looked through. */
    int64_t started_ms, tick_at_ms, watchdog_at_ms, beat_at_ms;
    int64_t status_at_ms;      /* When the status was last looked at. */
    int64_t compare_at_ms;     /* 0: no need. */
    int64_t look_again_at_ms;  /* For drafts that wait, or are held. 0: none. */
    int64_t cross_check_at_ms; /* When a guest is dialled. */
    int64_t guest_until_ms;    /* 0: there is none. */
    struct dial guest;
    struct presence presence;
    char *last_status;
    char *silence;        /* Why nothing is signed, as it was last logged; NULL: it is. */
    bool told_unnamed;    /* That a draft waits to go out without the name. */
    bool told_unreadable; /* And that one cannot be read. */
    bool stirred;         /* Something happened since the status was looked at. */
    uint64_t stored;      /* Of engine.stored, seen so far. */
};

/* --- Signals come in by a pipe, so that they wake the poll and are handled between events. The
 * keeper and the deriver wake it by the same pipe, with a zero. --- */

static int signal_pipe[2] = {-1, -1};

static void on_signal(int number)
{
    int before = errno;
    char byte = (char)number;
    ssize_t written = write(signal_pipe[1], &byte, 1);

    (void)written; /* The pipe is full of signals already. */
    errno = before;
}

static bool catch_signals(struct fault *fault)
{
    static const int numbers[] = {SIGTERM, SIGINT, SIGHUP};
    struct sigaction action = {.sa_handler = on_signal};

    if (pipe(signal_pipe) != 0)
        return fault_set(fault, FAULT_SELF, "pipe: %s", strerror(errno));
    for (int i = 0; i < 2; i++) {
        fcntl(signal_pipe[i], F_SETFL, O_NONBLOCK);
        fcntl(signal_pipe[i], F_SETFD, FD_CLOEXEC);
    }
    sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
    return true;
}

static void release_signals(void)
{
    signal(SIGTERM, SIG_DFL);
    signal(SIGINT, SIG_DFL);
    signal(SIGHUP, SIG_DFL);
    close(signal_pipe[0]);
    close(signal_pipe[1]);
}

/* SIGHUP: read the configuration again; a bad one changes nothing. */
static void reload(struct loop *loop)
{
    struct config fresh;
    struct fault fault;

    if (!config_read(loop->home, &fresh, &fault)) {
        log_line(LOG_ERROR, "%s (the old configuration stays)", fault.text);
        return;
    }
    config_release(&loop->config);
    loop->config = fresh;
    replica_set_period(loop->engine.replica, loop->config.period_ms);
    replica_set_interest(loop->engine.replica, config_interest(&loop->config),
                         loop->config.follow.count, &loop->engine.effects);
    log_line(LOG_NOTICE, "configuration read again; a change of listen takes a restart");
}

/* True when the node is asked to end. */
static bool take_signals(struct loop *loop)
{
    char number;
    bool stop = false;

    while (read(signal_pipe[0], &number, 1) == 1) {
        if (number == SIGHUP)
            reload(loop);
        else if (number != 0)
            stop = true;
    }
    return stop;
}

/* --- Peers --- */

static struct dial *find_dial(struct loop *loop, peer_number peer)
{
    if (loop->guest_until_ms != 0 && loop->guest.peer == peer)
        return &loop->guest;
    for (size_t i = 0; i < loop->dial_count; i++)
        if (loop->dials[i].peer == peer)
            return &loop->dials[i];
    return NULL;
}

static bool wanted(const struct dial *dial, const struct dial *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (peers_same(dial, &list[i]))
            return true;
    return false;
}

static bool dial(struct loop *loop, struct dial *to, int64_t now_ms)
{
    struct fault fault;

    to->since_ms = now_ms;
    if (bus_dial(loop->bus, to->endpoint, &to->authority, &to->transport, &to->peer, &fault))
        return true;
    log_line(LOG_ERROR, "%s", fault.text);
    return false;
}

static void hang_up(struct loop *loop, const struct dial *from)
{
    replica_peer_left(loop->engine.replica, from->peer);
    bus_hang_up(loop->bus, from->peer);
}

static bool is_member(const struct loop *loop, const struct digest *authority)
{
    const struct member *member = charter_member(replica_charter(loop->engine.replica), authority);

    return member != NULL && member->status == MEMBER_ACTIVE;
}

/* Whom the charter puts out is still being told of it, until the replica says that all such links
 * end: then it is `afresh`. */
static bool stays(const struct loop *loop, const struct dial *dial, const struct dial *list,
                  size_t count, bool afresh)
{
    if (wanted(dial, list, count))
        return !afresh || dial->state == DIAL_UP;
    return !afresh && !is_member(loop, &dial->authority);
}

/* Dial whom the charter and the chosen peers say; hang up on the others. With a new charter those
 * who did not let us in are dialled afresh: now they may. */
static void dial_peers(struct loop *loop, bool afresh, int64_t now_ms)
{
    struct dial list[PEERS_DIALLED_MAX];
    size_t count = peers_to_dial(loop->engine.store, replica_charter(loop->engine.replica),
                                 &loop->engine.self, list);

    for (size_t i = loop->dial_count; i-- > 0;)
        if (!stays(loop, &loop->dials[i], list, count, afresh)) {
            hang_up(loop, &loop->dials[i]);
            loop->dials[i] = loop->dials[--loop->dial_count];
        }
    for (size_t i = 0; i < count && loop->dial_count < PEERS_DIALLED_MAX; i++) {
        if (wanted(&list[i], loop->dials, loop->dial_count))
            continue;
        loop->dials[loop->dial_count] = list[i];
        loop->dial_count += dial(loop, &loop->dials[loop->dial_count], now_ms);
    }
}

/* --- A guest, to compare with --- */

static bool dials_it(const struct loop *loop, const struct digest *authority)
{
    for (size_t i = 0; i < loop->dial_count; i++)
        if (digest_equal(&loop->dials[i].authority, authority))
            return true;
    return false;
}

static void see_guest_off(struct loop *loop)
{
    hang_up(loop, &loop->guest);
    loop->guest_until_ms = 0;
}

static void invite_guest(struct loop *loop, int64_t now_ms)
{
    struct dial list[PEERS_DIALLED_MAX];
    size_t count = peers_reachable(replica_charter(loop->engine.replica), &loop->engine.self, list);

    for (size_t i = count; i-- > 0;)
        if (dials_it(loop, &list[i].authority))
            list[i] = list[--count];
    if (count == 0)
        return;
    uint32_t lot;
    random_bytes(&lot, sizeof lot);
    loop->guest = list[lot % count];
    if (dial(loop, &loop->guest, now_ms))
        loop->guest_until_ms = now_ms + GUEST_PERIODS * loop->config.period_ms;
}

/* Only who has a single peer needs one. */
static void cross_check(struct loop *loop, int64_t now_ms)
{
    if (loop->guest_until_ms != 0 && now_ms >= loop->guest_until_ms)
        see_guest_off(loop);
    if (now_ms < loop->cross_check_at_ms)
        return;
    loop->cross_check_at_ms = now_ms + CROSS_CHECK_PERIODS * loop->config.period_ms;
    if (loop->dial_count == 1 && loop->guest_until_ms == 0)
        invite_guest(loop, now_ms);
}

static enum admission admit(void *context, const struct exchange_public *transport,
                            struct digest *authority)
{
    struct loop *loop = context;

    return charter_admits(replica_charter(loop->engine.replica), transport, clock_now_ms(),
                          authority);
}

static const char *peer_name(struct loop *loop, const struct digest *authority)
{
    const struct member *member = charter_member(replica_charter(loop->engine.replica), authority);

    return member == NULL ? "a peer" : member->card->name;
}

static void set_dial(struct loop *loop, const struct bus_event *event, enum dial_state state,
                     int64_t now_ms)
{
    struct dial *dial = find_dial(loop, event->peer);

    if (dial == NULL || dial->state == state)
        return;
    dial->state = state;
    dial->since_ms = now_ms;
    if (state == DIAL_NOT_YET)
        log_line(LOG_WARNING,
                 "%s does not let us in: it may not have our charter yet, or have new keys",
                 peer_name(loop, &event->authority));
    if (state == DIAL_BARRED)
        log_line(LOG_WARNING, "%s bars us: for its charter we are no member any more",
                 peer_name(loop, &event->authority));
}

/* The replica forgets a peer that is gone. */
static void keep_missing(struct loop *loop, peer_number peer)
{
    struct dial *dial = find_dial(loop, peer);
    struct peer_report report;

    if (dial == NULL || !replica_peer(loop->engine.replica, peer, &report) ||
        report.last_heard_ms == 0)
        return;
    dial->missing = report.missing;
    dial->total = report.total;
}

static void take_event(struct loop *loop, const struct bus_event *event, int64_t now_ms)
{
    struct replica *replica = loop->engine.replica;
    struct effects *effects = &loop->engine.effects;

    switch (event->kind) {
    case BUS_JOINED:
        set_dial(loop, event, DIAL_UP, now_ms);
        log_line(LOG_INFO, "connected to %s", peer_name(loop, &event->authority));
        replica_peer_joined(replica, event->peer, &event->authority, true, now_ms, effects);
        break;
    case BUS_LEFT:
        set_dial(loop, event, DIAL_CONNECTING, now_ms);
        log_line(LOG_INFO, "%s is gone", peer_name(loop, &event->authority));
        keep_missing(loop, event->peer);
        replica_peer_left(replica, event->peer);
        break;
    case BUS_HEARING:
        loop->compare_at_ms = now_ms + HEARING_MS;
        break;
    case BUS_REFUSED:
        set_dial(loop, event, event->barred ? DIAL_BARRED : DIAL_NOT_YET, now_ms);
        break;
    case BUS_FRAME:
        if (event->joined) {
            log_line(LOG_INFO, "%s has connected", peer_name(loop, &event->authority));
            replica_peer_joined(replica, event->peer, &event->authority, false, now_ms, effects);
        }
        presence_note(&loop->presence, &event->authority, now_ms);
        replica_receive(replica, event->peer, event->bytes, now_ms, effects);
        break;
    case BUS_LIVE:
        replica_hear(replica, event->peer, event->bytes, now_ms, effects);
        break;
    }
}

/* --- One turn of the loop --- */

static bool is_same(const char *a, const char *b)
{
    return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

/* Drafts wait while nothing may be signed; the log says why, once for each reason. */
static bool is_silent(struct loop *loop, size_t waiting, int64_t now_ms)
{
    const char *silence = waiting == 0 ? NULL : engine_silence(&loop->engine, now_ms);

    if (waiting > 0 && silence == NULL)
        silence = engine_read_house(&loop->engine);
    if (is_same(silence, loop->silence))
        return silence != NULL;
    loop->stirred = true;
    if (silence != NULL)
        log_line(LOG_WARNING, "%zu draft%s, for nothing is signed: %s", waiting,
                 waiting == 1 ? " waits" : "s wait", silence);
    free(loop->silence);
    loop->silence = silence == NULL ? NULL : text_copy(bytes_of_text(silence));
    return silence != NULL;
}

/* Once; and neither which one nor how many, as logs are kept and read by others. */
static void tell_unnamed(struct loop *loop, size_t unnamed)
{
    if (unnamed > 0 && !loop->told_unnamed)
        log_line(LOG_NOTICE, "what was approved to go out anonymously stays in the house: this "
                             "version of candour cannot publish anonymously yet");
    loop->told_unnamed = unnamed > 0;
}

/* Once too; the others are signed all the same. */
static void tell_unreadable(struct loop *loop, const struct approved *approved)
{
    if (approved->unreadable > 0 && !loop->told_unreadable)
        log_line(LOG_ERROR, "%s: it is never signed", approved->damage.text);
    loop->told_unreadable = approved->unreadable > 0;
}

/* Look whether a command has left something for us. */
static bool look_at_store(struct loop *loop, int64_t now_ms, struct fault *fault)
{
    uint64_t generation = store_generation(loop->engine.store);
    bool again = loop->look_again_at_ms != 0 && now_ms >= loop->look_again_at_ms;
    struct approved approved;

    if (generation == loop->generation && !again)
        return true;
    if (generation != loop->generation) {
        loop->generation = generation;
        loop->stirred = true;
        dial_peers(loop, false, now_ms); /* Others may have been chosen. */
        if (!engine_serve_queue(&loop->engine, now_ms, fault))
            return false;
    }
    if (!approved_count(loop->engine.store, now_ms, &approved, fault))
        return false;
    tell_unnamed(loop, approved.unnamed);
    tell_unreadable(loop, &approved);
    bool silent = is_silent(loop, approved.due + approved.held, now_ms);
    loop->look_again_at_ms = approved.next_ms;
    if (silent || approved.next_ms > now_ms + SILENCE_MS) /* What silences it may come meanwhile. */
        loop->look_again_at_ms = now_ms + SILENCE_MS;
    if (!silent && approved.due > 0)
        return engine_claim(&loop->engine, now_ms, fault);
    return true;
}

/* The part of the status that is worth writing down when it alone changed. */
static char *dump_without_time(json_t *status)
{
    json_t *at = json_incref(json_object_get(status, "at"));

    json_object_del(status, "at");
    char *text = json_dumps(status, JSON_COMPACT);
    json_object_set_new(status, "at", at);
    return text;
}

static void keep_status(struct loop *loop, const char *text)
{
    buffer_append_text(&tasks_add(&loop->engine.tasks, TASK_STATUS)->text, text);
}

static bool write_status(struct loop *loop, int64_t now_ms, struct fault *fault)
{
    struct status_facts facts = {.started_ms = loop->started_ms,
                                 .unguarded_keys =
                                     !loop->config.unsafe_next_key && keys_unguarded(loop->home),
                                 .silence = loop->silence,
                                 .dials = loop->dials,
                                 .dial_count = loop->dial_count,
                                 .presence = &loop->presence,
                                 .config = &loop->config,
                                 .feed_number = loop->keys.feed_number};

    if (now_ms < loop->status_at_ms + (loop->stirred ? STATUS_MS : STATUS_QUIET_MS))
        return true;
    loop->status_at_ms = now_ms;
    loop->stirred = false;
    json_t *status = status_of(&loop->engine, &facts, now_ms, fault);
    if (status == NULL)
        return false;
    char *text = dump_without_time(status);
    if (loop->last_status == NULL || strcmp(text, loop->last_status) != 0) {
        char *whole = json_dumps(status, JSON_COMPACT);
        keep_status(loop, whole);
        free(whole);
        free(loop->last_status);
        loop->last_status = text;
    } else {
        free(text);
    }
    json_decref(status);
    return true;
}

/* Whoever asks for the status while this process hangs must be told that it does. */
static void beat(struct loop *loop, int64_t now_ms)
{
    if (now_ms < loop->beat_at_ms)
        return;
    loop->beat_at_ms = now_ms + STATUS_QUIET_MS;
    home_beat(loop->home);
}

static void feed_watchdog(struct loop *loop, int64_t now_ms)
{
    int64_t every_ms = notify_watchdog_ms();

    if (every_ms == 0 || now_ms < loop->watchdog_at_ms)
        return;
    loop->watchdog_at_ms = now_ms + every_ms;
    notify("WATCHDOG=1");
}

/* Take in what has come, and let the keeper begin with what there is to keep meanwhile. */
static bool take_events(struct loop *loop, int64_t now_ms, struct fault *fault)
{
    struct engine *engine = &loop->engine;
    struct bus_event event;

    for (unsigned i = 0; i < BATCH_EVENTS && bus_next(loop->bus, now_ms, &event); i++) {
        loop->stirred = true;
        take_event(loop, &event, now_ms);
        if (!engine_carry_out(engine, now_ms, fault) || !engine_ease(engine, now_ms, fault))
            return false;
        if (engine->tasks.count >= BATCH_TASKS && !engine_turn(engine, now_ms, fault))
            return false;
    }
    return true;
}

static bool go_on(struct loop *loop, int64_t now_ms, struct fault *fault)
{
    struct engine *engine = &loop->engine;

    if (loop->compare_at_ms != 0 && now_ms >= loop->compare_at_ms) {
        loop->compare_at_ms = 0;
        replica_sync(engine->replica, now_ms, &engine->effects);
    }
    if (engine->stored != loop->stored) {
        loop->stored = engine->stored;
        loop->stirred = true;
    }
    loop->tick_at_ms = replica_tick(engine->replica, now_ms, &engine->effects);
    if (engine->claimed_count > 0) /* There may be more of them than are claimed at once. */
        loop->look_again_at_ms = now_ms;
    return engine_turn(engine, now_ms, fault) && engine_publish(engine, now_ms, fault) &&
           look_at_store(loop, now_ms, fault) &&
           engine_confirm(engine, loop->config.period_ms, now_ms, fault) &&
           engine_notify(engine, loop->config.period_ms, now_ms, fault);
}

static bool turn(struct loop *loop, struct fault *fault)
{
    struct engine *engine = &loop->engine;
    int64_t now_ms = clock_now_ms();
    int64_t wait_ms = loop->tick_at_ms - now_ms;

    bus_wait(loop->bus, wait_ms < LOOK_MS ? wait_ms : LOOK_MS);
    now_ms = clock_now_ms();
    if (!take_events(loop, now_ms, fault) || !go_on(loop, now_ms, fault))
        return false;
    if (engine->admit_again) {
        engine->admit_again = false;
        bus_admit_again(loop->bus);
        dial_peers(loop, true, now_ms);
    }
    cross_check(loop, now_ms);
    feed_watchdog(loop, now_ms);
    beat(loop, now_ms);
    return write_status(loop, now_ms, fault) && engine_turn(engine, now_ms, fault);
}

/* --- Starting and ending --- */

static void restore_presence(struct loop *loop, int64_t now_ms)
{
    struct fault ignored;
    json_t *status = status_read(loop->engine.store, &ignored);

    presence_init(&loop->presence);
    presence_restore(&loop->presence, replica_charter(loop->engine.replica), status, now_ms);
    json_decref(status);
}

static void warn_of_backup(const struct engine *engine)
{
    if (!engine->restored)
        return;
    if (engine->alone_at_ms == 0)
        log_line(LOG_NOTICE, "restored from a backup: nothing is signed before a peer has told how "
                             "far our own feed goes");
    else
        log_line(LOG_WARNING,
                 "--force-offline: if no peer answers within %d seconds, this node signs on from "
                 "its backup. What was published since that was made then has a rival under the "
                 "same number: everybody sees a fork, and the feed is lost",
                 OWN_HEAD_MS / 1000);
}

static bool start(struct loop *loop, const struct texts *listen, bool force_offline,
                  struct fault *fault)
{
    int64_t now_ms = clock_now_ms();
    struct card *card;

    if (!config_read(loop->home, &loop->config, fault) || !home_lock(loop->home, fault) ||
        !keys_open(loop->home, &loop->keys, fault))
        return false;
    card = keys_last_card(loop->home, fault);
    if (card == NULL)
        return false;
    struct digest self = card->authority;
    card_free(card);
    struct engine_settings engine = {.self = &self,
                                     .period_ms = loop->config.period_ms,
                                     .interest = config_interest(&loop->config),
                                     .interest_count = loop->config.follow.count,
                                     .force_offline = force_offline,
                                     .wake = signal_pipe[1]};
    if (!engine_open(&loop->engine, loop->home, &engine, now_ms, fault))
        return false;
    if (loop->engine.replica == NULL)
        return fault_set(fault, FAULT_INPUT, "%s: has joined no network yet: candour join CHARTER",
                         loop->home->path);
    struct bus_settings settings = {.transport = loop->keys.transport,
                                    .listen = listen->count > 0 ? listen : &loop->config.listen,
                                    .admit = admit,
                                    .context = loop,
                                    .wake = signal_pipe[0]};
    loop->bus = bus_open(&settings, fault);
    if (loop->bus == NULL)
        return false;
    loop->engine.bus = loop->bus;
    loop->engine.keys = &loop->keys;
    warn_of_backup(&loop->engine);
    restore_presence(loop, now_ms);
    loop->started_ms = loop->tick_at_ms = now_ms;
    loop->cross_check_at_ms = now_ms + loop->config.period_ms;
    dial_peers(loop, false, now_ms);
    loop->generation = UINT64_MAX; /* Look through it once. */
    return true;
}

static void end(struct loop *loop)
{
    bus_close(loop->bus);
    engine_close(&loop->engine);
    keys_close(&loop->keys);
    config_release(&loop->config);
    home_unlock(loop->home);
    presence_release(&loop->presence);
    free(loop->silence);
    free(loop->last_status);
}

bool loop_run(struct home *home, const struct texts *listen, bool force_offline,
              struct fault *fault)
{
    struct loop *loop = memory_new(1, sizeof *loop);
    bool good;

    loop->home = home;
    good = catch_signals(fault) && start(loop, listen, force_offline, fault);
    if (good) {
        log_line(LOG_NOTICE, "%s is running, %s", loop->config.authority.name, home->path);
        good = turn(loop, fault);
        notify("READY=1");
        while (good && !take_signals(loop))
            good = turn(loop, fault);
        notify("STOPPING=1");
        if (good)
            log_line(LOG_NOTICE, "ended");
    }
    end(loop);
    release_signals();
    free(loop);
    return good;
}
