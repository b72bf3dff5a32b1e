#include "protocol/writer.h"

#include <msgpack.h>

static int append(void *buffer, const char *data, size_t size)
{
    buffer_append(buffer, bytes_of(data, size));
    return 0;
}

static msgpack_packer packer_of(struct buffer *to)
{
    msgpack_packer packer;

    msgpack_packer_init(&packer, to, append);
    return packer;
}

void write_number(struct buffer *to, uint64_t number)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_uint64(&packer, number);
}

void write_integer(struct buffer *to, int64_t number)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_int64(&packer, number);
}

void write_flag(struct buffer *to, bool flag)
{
    msgpack_packer packer = packer_of(to);
    if (flag)
        msgpack_pack_true(&packer);
    else
        msgpack_pack_false(&packer);
}

void write_nil(struct buffer *to)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_nil(&packer);
}

void write_bytes(struct buffer *to, const void *data, size_t size)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_bin(&packer, size);
    msgpack_pack_bin_body(&packer, data, size);
}

void write_text(struct buffer *to, struct bytes text)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_str(&packer, text.size);
    msgpack_pack_str_body(&packer, text.data, text.size);
}

void write_array(struct buffer *to, size_t count)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_array(&packer, count);
}

void write_map(struct buffer *to, size_t pairs)
{
    msgpack_packer packer = packer_of(to);
    msgpack_pack_map(&packer, pairs);
}
