#!/bin/sh
# A room includes its own headers, those of the rooms below it, and the libraries it owns.
cd "$(dirname "$0")/.." || exit 1
status=0

third='sodium|msgpack|pcre2|sqlite3|zstd|zmq|jansson|confuse|libsmartcols|csv'

room() { # name, rooms it sees, libraries it owns
    find "$1" -name '*.[ch]' -exec grep -En "^#include (\"|<($third))" {} + |
        grep -Ev "#include (\"($2)/|<($3)[./])" && status=1
}

room crypto   'crypto'                     'sodium'
room protocol 'crypto|protocol'            'msgpack|pcre2|zstd'
room store    'crypto|protocol|store'      'sqlite3'
room node     'crypto|protocol|store|node' 'zmq|jansson|confuse|libsmartcols|csv'
exit $status
