/* What protocol/lexicon.txt has and what protocol/lexicon.sh writes, built into the program as C strings: lexicon_own
 * and lexicon_list. */
    .section .rodata
    .global lexicon_own
    .type lexicon_own, %object
lexicon_own:
    .incbin LEXICON_OWN
    .byte 0
    .size lexicon_own, . - lexicon_own
    .global lexicon_list
    .type lexicon_list, %object
lexicon_list:
    .incbin LEXICON_LIST
    .byte 0
    .size lexicon_list, . - lexicon_list
    .section .note.GNU-stack, "", %progbits
