#include "node/bus_inside.h"

#include <assert.h>
#include <string.h>

/* ZAP (RFC 27/ZAP): at each handshake ZeroMQ asks whether this key may connect. */

#define ZAP_ENDPOINT "inproc://zeromq.zap.01"
#define HEX_IDENTITY (2 * sizeof(struct identity) + 1)

struct question {
    char sequence[64];
    size_t sequence_size;
    bool curve;
    bool has_key;
    struct exchange_public key;
};

void open_zap(struct bus *bus)
{
    bus->zap = zmq_socket(bus->context, ZMQ_REP);
    assert(bus->zap != NULL);
    set_int(bus->zap, ZMQ_LINGER, 0);
    int bound = zmq_bind(bus->zap, ZAP_ENDPOINT);
    assert(bound == 0);
}

static bool read_question(struct bus *bus, struct question *question)
{
    uint8_t part[256];
    int more = 1;

    memset(question, 0, sizeof *question);
    for (unsigned i = 0; more; i++) {
        int size = zmq_recv(bus->zap, part, sizeof part, i == 0 ? ZMQ_DONTWAIT : 0);
        if (size < 0)
            return false;
        if (i == 1 && (size_t)size <= sizeof question->sequence) {
            memcpy(question->sequence, part, (size_t)size);
            question->sequence_size = (size_t)size;
        }
        if (i == 5)
            question->curve = size == 5 && memcmp(part, "CURVE", 5) == 0;
        if (i == 6 && size == 32) {
            memcpy(question->key.bytes, part, 32);
            question->has_key = true;
        }
        size_t more_size = sizeof more;
        zmq_getsockopt(bus->zap, ZMQ_RCVMORE, &more, &more_size);
    }
    return true;
}

static void answer(const struct bus *bus, const struct question *question, enum admission admission,
                   const char *user)
{
    static const char *const codes[] = {
        [ADMITTED] = "200", [ADMISSION_NOT_YET] = "300", [ADMISSION_BARRED] = "400"};
    static const char *const texts[] = {[ADMITTED] = "OK",
                                        [ADMISSION_NOT_YET] = "not on the charter yet",
                                        [ADMISSION_BARRED] = "no member any more"};

    zmq_send(bus->zap, "1.0", 3, ZMQ_SNDMORE);
    zmq_send(bus->zap, question->sequence, question->sequence_size, ZMQ_SNDMORE);
    zmq_send(bus->zap, codes[admission], 3, ZMQ_SNDMORE);
    zmq_send(bus->zap, texts[admission], strlen(texts[admission]), ZMQ_SNDMORE);
    zmq_send(bus->zap, user, strlen(user), ZMQ_SNDMORE);
    zmq_send(bus->zap, "", 0, 0);
}

/* Who is admitted is named on all that it sends: by authority and key, in hexadecimal. */
bool answer_zap(struct bus *bus)
{
    struct question question;
    struct identity identity = {0};
    char user[HEX_IDENTITY] = "";
    enum admission admission = ADMISSION_BARRED;

    if (!read_question(bus, &question))
        return false;
    identity.key = question.key;
    if (question.curve && question.has_key)
        admission = bus->settings.admit(bus->settings.context, &identity.key, &identity.authority);
    if (admission == ADMITTED)
        hex_of(user, (const uint8_t *)&identity, sizeof identity);
    answer(bus, &question, admission, user);
    return true;
}
