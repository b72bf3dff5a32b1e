/* store/schema.sql, built into the program as a C string: store_schema. */
    .section .rodata
    .global store_schema
    .type store_schema, %object
store_schema:
    .incbin SCHEMA_FILE
    .byte 0
    .size store_schema, . - store_schema
    .section .note.GNU-stack, "", %progbits
