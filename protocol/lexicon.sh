#!/bin/sh
# Writes the words and names that the gate knows, built into the program: a line each, in lower case,
# a space, and letters: "w", a word of English; "c", a common one; "r", a rare one; "n", a name, or what
# else begins with a capital. The lines are in the order of their bytes.
#
# From SCOWL (http://wordlist.aspell.net), whose lists go by how common a word is: words up to 60,
# as British dictionaries of that size have them, rare ones up to 70, American ones up to 55 ("judgment");
# capitals up to 80.
set -eu
LC_ALL=C
export LC_ALL
lists=/usr/share/dict/scowl
names='john johnny peter roger tony mike maria terry timothy charlie martin jenny jimmy joey graham hector
    sheila sally molly polly phoebe ted veronica colleen beryl jean noel' # Words as well: hardly meant so.
words='open opens tree equity equality centre central job jobs key postcode postcodes session sessions lesson
    lessons version versions index register separate standard thousand truth united welfare numbers method methods
    media member members offices order pages recent reform reforms rights rules science sciences secret society
    sprint stamps target mobile assembly board budget chief city civil closure commons company conference deaf democracy
    department enterprise excellence government help home independence independent intelligence internet knowledge marine
    mission modern night presentation private protection restoration streets success treasury union university upper urban
    volunteer volunteers welcome mothers fathers hours days weeks nights boards barriers companies conferences constitution
    departments doctors falls grants judges quarters representatives unions witnesses labs associates minimal' # Names as well: hardly meant so.
known=$(printf '%s' "$names" | tr -s ' \n' '||' | sed 's/|/\\|/g')
common=$(printf '%s' "$words" | tr -s ' \n' '||' | sed 's/|/\\|/g')

{
    cd "$lists"
    cat english-words.[123]* british-words.[123]* | sed -n "/^\\($known\\)\$/d; /^[a-z][a-z]/s/\$/ c/p"
    cat english-words.[1-5]* english-words.60 british-words.[1-5]* british-words.60 \
        english-contractions.[1-6]* british_z-words.[1-5]* american-words.[1-5]* |
        sed -n "/^\\($known\\)\$/d; /^[a-z][a-z]/s/\$/ w/p"
    cat english-words.70 british-words.70 | sed -n '/s$/d; /^[a-z]\{5,\}$/s/$/ r/p'
    sed -n '/^[A-Z][a-z]*$/s/$/ x/p' english-proper-names.95 | tr 'A-Z' 'a-z' # No rare word then.
    cat english-upper.* british-upper.* english-proper-names.[3-8]* british-proper-names.80 |
        sed -n "/'/d; /^[A-Z][a-z][a-z]/p" | tr 'A-Z' 'a-z' |
        sed "/^\\($common\\)\$/d; s/\$/ n/"
} | sort -u | awk '
    function tell() {
        if (kinds ~ /x/) gsub(/[rx]/, "", kinds)
        if (kinds != "") print word, kinds
    }
    $1 == word { kinds = kinds $2; next }
    { tell(); word = $1; kinds = $2 }
    END { tell() }'
