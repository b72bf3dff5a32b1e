/* What protocol/lexicon.sh writes, built into the program as a C string: lexicon_list. */
    .section .rodata
    .global lexicon_list
    .type lexicon_list, %object
lexicon_list:
    .incbin LEXICON_FILE
    .byte 0
    .size lexicon_list, . - lexicon_list
    .section .note.GNU-stack, "", %progbits
