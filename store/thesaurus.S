/* store/thesaurus.txt, built into the program as a C string: store_thesaurus. */
    .section .rodata
    .global store_thesaurus
    .type store_thesaurus, %object
store_thesaurus:
    .incbin THESAURUS_FILE
    .byte 0
    .size store_thesaurus, . - store_thesaurus
    .section .note.GNU-stack, "", %progbits
