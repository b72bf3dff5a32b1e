#ifndef CANDOUR_PROTOCOL_LIMITS_H
#define CANDOUR_PROTOCOL_LIMITS_H

/* Every limit of the protocol, on one page. docs/protocol.md repeats none of them without its name.
 */

#define PROTOCOL_VERSION 2 /* 2: notices. */
#define PROTOCOL_VERSION_LEAST 1
#define RULES_VERSION 1 /* The rules of membership of the set that this program knows. */

/* Records */
#define HEADER_MAX 2048
#define PROOF_MAX 16384 /* Room for a ring of 511 keys. */
#define BODY_MAX 65536
#define BODY_ANONYMOUS_MAX 8192
#define BODY_PACKED_MAX (BODY_MAX + 1) /* As it is, and a byte before it. */
#define RECORD_WIRE_MAX (HEADER_MAX + PROOF_MAX + BODY_PACKED_MAX + 64)
#define KIND_MAX 32
#define TOPIC_MAX 256 /* Of a header: several words. The one its author gives has 128. */
#define REFERENCES_MAX 8
#define SCOPE_ID_MAX 256
#define OWNER_RECORDS_MAX 64
#define SEQ_MAX INT64_MAX                 /* What SQLite can count to. */
#define TIME_MAX INT64_C(253402300799999) /* The end of the year 9999, in ms. */
#define RUN_MAX 1024 /* Records from one proof that holds to the next, that one counted. */

/* Charter */
#define CHARTER_MAX (4 * 1024 * 1024)
#define CARD_MAX 8192
#define HEAD_MAX 8192
#define ROSTER_MAX (3 * 1024 * 1024)
#define MEMBERS_MAX 4096
#define PROPOSAL_NEWCOMERS_MAX 64 /* Told one by one to the steward who reads it. */
#define STEWARDS_MIN 3
#define STEWARDS_MAX 64
#define PREDECESSORS_MAX 16
#define HEADS_MAX 4096
#define SIGNATURES_MAX (STEWARDS_MAX * (1 + PREDECESSORS_MAX)) /* Of one head. */
/* In one bundle, and as many again of those left by earlier ones, before the rest is not looked at.
 */
#define BAD_SIGNATURES_MAX 64
#define HALTS_MAX 4096
#define CHARTER_ASIDE_MAX 256 /* Of each kind of part that cannot be judged yet, */
#define CHARTER_ASIDE_BYTES_MAX (8 * 1024 * 1024) /* and of rosters and rings their bytes. */
#define FEEDS_MAX 16                              /* Of one authority. */
#define CUTS_MAX 16                               /* Of one feed, over all maximal rosters. */
#define AREAS_MAX 16                              /* On one card, */
#define FUNCTIONS_MAX 64
#define RING_KEYS_MAX 8 /* likewise. */
#define RING_MIN 2
#define RING_MAX 4096
#define RING_EPOCHS_MAX 256                        /* In one bundle: 128 years, */
#define RINGS_MAX 8192                             /* and the rings of all of them. */
#define HEAD_RINGS_MAX 4                           /* That one head lists. */
#define ENTRY_CUTS_MAX 64                          /* In one member's entry. */
#define RELEASE_MS (INT64_C(7) * 24 * 3600 * 1000) /* Between releases of anonymous records, */
#define RELEASE_DEMO_MS (INT64_C(60) * 1000)       /* and in a network for show. */
#define NAME_MAX_BYTES 120
#define ENDPOINTS_MAX 8
#define ENDPOINT_MAX 128
#define OLD_TRANSPORT_KEY_MS (INT64_C(90) * 24 * 3600 * 1000)

/* Messages */
#define FRAME_MAX (CHARTER_MAX + 64)
/* What a sender puts into one frame, one record at least; a reader takes twice as much. */
#define RECORDS_FRAME_MAX (256 * 1024)
#define RECORDS_MAX 1024 /* In one frame. */
#define TIPS_MAX 1024    /* In one frame. */
#define IDS_MAX 1024
#define LINES_MAX 131072 /* Of a sketch: every feed that a charter can list, and weeks. */
#define WANTS_MAX 256
#define FETCH_MAX 256
#define INTEREST_MAX 64 /* Words, */
#define INTEREST_WORD_MAX 64
#define REASON_MAX 200
#define NOTICES_MAX 64      /* In one frame. */
#define NOTICE_WORD_MAX 40  /* A field's key, a class of finding, a version of the rules. */
#define NOTICE_BOX_MAX 8192 /* A notice to be passed on, boxed. */

/* The door */
#define GRACE_MS (INT64_C(10) * 60 * 1000) /* How far ahead of our clock a record may be. */
#define ASIDE_MAX 16384                    /* Undecided records kept, */
#define ASIDE_BYTES_MAX (64 * 1024 * 1024) /* and their bytes. */
#define FEED_BUDGET 1024 /* Records of one feed for each day since the founding. */
/* Of one member in a day. To see that the proof of a large ring does not hold takes a fifth of a
 * second; in a slot the lowest id counts, and its author can draw as many as it likes. */
#define JUNK_MAX 8    /* Ring proofs that do not hold: after so many none is looked at, */
#define LOSERS_MAX 64 /* and records by which slots were lost: none is taken for a slot. */

#endif
