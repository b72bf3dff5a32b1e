#ifndef CANDOUR_PROTOCOL_PURPOSE_H
#define CANDOUR_PROTOCOL_PURPOSE_H

/* What is signed and hashed, for what. Every purpose in the house stands here. */
#define PURPOSE_RECORD "candour/1/record"
#define PURPOSE_RECORD_ID "candour/1/record-id"
#define PURPOSE_CONTENT "candour/1/content"
#define PURPOSE_AUTHORITY "candour/1/authority"
#define PURPOSE_NEXT_KEY "candour/1/next-key"
#define PURPOSE_CARD "candour/1/card"
#define PURPOSE_ROSTER "candour/1/roster"
#define PURPOSE_HEAD "candour/1/head"
#define PURPOSE_HEAD_SIGNATURE "candour/1/head-signature"
#define PURPOSE_HALT "candour/1/halt"
#define PURPOSE_CHARTER "candour/1/charter"
#define PURPOSE_BUCKET "candour/1/bucket"
#define PURPOSE_WEEK "candour/1/week"
#define PURPOSE_WEEKS "candour/1/weeks"
#define PURPOSE_STATE "candour/1/state"
#define PURPOSE_SALT "candour/1/salt" /* Draws salts from a seed; never leaves the program. */
#define PURPOSE_SHORT "candour/1/short"
#define PURPOSE_SLOT "candour/1/slot" /* Places in a table in memory; never leaves it. */
#define PURPOSE_DRAFT "candour/1/draft"
#define PURPOSE_KEPT "candour/1/kept"

#endif
