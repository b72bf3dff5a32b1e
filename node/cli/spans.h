#ifndef CANDOUR_NODE_CLI_SPANS_H
#define CANDOUR_NODE_CLI_SPANS_H

#include "node/cli/command.h"
#include "protocol/gate.h"

/* Reads the passages of the file that --spans names, {"id", "profile", "text"} a line, with the
 * profiles of --profiles, {"name": {"name", "aliases", "domains", "places", "orgs", "people"}}, and
 * prints {"id", "spans": [{"start", "end", "class", "rule"}]} for each: offsets are bytes of UTF-8,
 * the end exclusive. FAULT_INPUT names file and line. */
bool check_spans(const struct call *call, enum gate_mode mode, struct fault *fault);

#endif
