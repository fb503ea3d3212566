// SHA-256 of one message and of many messages of one length, four at a time.
#include "sha256_internal.h"

#include <stdatomic.h>
#include <string.h>

// MARK: Choice of the compression function

/// 1 accelerated, 0 portable, -1 before the first use.
static _Atomic int accelerated = -1;

int zk_sha256_accelerated(void) {
#if defined(__x86_64__)
  int value = atomic_load_explicit(&accelerated, memory_order_relaxed);
  if (value < 0) {
    value = zk_sha256_ni_available();
    atomic_store_explicit(&accelerated, value, memory_order_relaxed);
  }
  return value;
#else
  return 0;
#endif
}

void zk_sha256_set_accelerated(int enabled) {
#if defined(__x86_64__)
  atomic_store_explicit(&accelerated, enabled && zk_sha256_ni_available(), memory_order_relaxed);
#else
  (void)enabled;
#endif
}

void zk_sha256_blocks(uint32_t state[8], const uint8_t *data, size_t n) {
#if defined(__x86_64__)
  if (zk_sha256_accelerated()) {
    zk_sha256_compress_ni(state, data, n);
    return;
  }
#endif
  zk_sha256_compress_portable(state, data, n);
}

static void compress4(uint32_t state[STREAMS][8], const uint8_t *const data[STREAMS], size_t n) {
#if defined(__x86_64__)
  if (zk_sha256_accelerated()) {
    zk_sha256_compress4_ni(state, data, n);
    return;
  }
#endif
  for (int s = 0; s < STREAMS; s++) zk_sha256_compress_portable(state[s], data[s], n);
}

// MARK: Padding

static void write_digest(uint8_t *out, const uint32_t state[8]) {
  for (int k = 0; k < 8; k++) {
    uint32_t big = __builtin_bswap32(state[k]);
    memcpy(out + 4 * k, &big, 4);
  }
}

/// Pads the `used` < 64 bytes at the start of a message's last blocks, `total` bytes in all; returns how many blocks (1 or 2).
static size_t pad(uint8_t block[128], size_t used, uint64_t total) {
  size_t blocks = used < 56 ? 1 : 2;
  memset(block + used, 0, 64 * blocks - used);
  block[used] = 0x80;
  uint64_t bits = __builtin_bswap64(total * 8);
  memcpy(block + 64 * blocks - 8, &bits, 8);
  return blocks;
}

void zk_sha256(uint8_t digest[32], const uint8_t *data, size_t length) {
  uint32_t state[8];
  uint8_t last[128];
  memcpy(state, zk_sha256_initial, sizeof state);
  zk_sha256_blocks(state, data, length / 64);
  if (length % 64) memcpy(last, data + (length - length % 64), length % 64);
  zk_sha256_blocks(state, last, pad(last, length % 64, length));
  write_digest(digest, state);
}

// MARK: Many messages of one length

/// digest[s] = SHA256(prefix[s] (prefix_length <= 63 bytes) | body[s] (length bytes)) for four messages.
static void digest4(
    uint8_t digest[STREAMS][32], uint8_t prefix[STREAMS][64], size_t prefix_length, const uint8_t *const body[STREAMS], size_t length) {
  uint32_t state[STREAMS][8];
  uint8_t last[STREAMS][128];
  const uint8_t *data[STREAMS];
  const size_t total = prefix_length + length;
  size_t done = 0;
  for (int s = 0; s < STREAMS; s++) memcpy(state[s], zk_sha256_initial, sizeof state[s]);
  if (total >= 64) {
    // The first block holds the prefix; the following ones lie in the body as they are.
    done = 64 - prefix_length;
    for (int s = 0; s < STREAMS; s++) {
      memcpy(prefix[s] + prefix_length, body[s], done);
      data[s] = prefix[s];
    }
    compress4(state, data, 1);
    for (int s = 0; s < STREAMS; s++) data[s] = body[s] + done;
    const size_t whole = (length - done) / 64;
    if (whole) compress4(state, data, whole);
    done += 64 * whole;
  }
  size_t blocks = 0;
  for (int s = 0; s < STREAMS; s++) {
    const size_t before = total >= 64 ? 0 : prefix_length, rest = length - done;
    if (before) memcpy(last[s], prefix[s], before);
    if (rest) memcpy(last[s] + before, body[s] + done, rest);
    blocks = pad(last[s], before + rest, total);
    data[s] = last[s];
  }
  compress4(state, data, blocks);
  for (int s = 0; s < STREAMS; s++) write_digest(digest[s], state[s]);
}

void zk_sha256_leaves(uint8_t *out, const uint8_t *salts, const uint8_t *base, size_t length, size_t stride, size_t count) {
  for (size_t j = 0; j < count; j += STREAMS) {
    const size_t n = count - j < STREAMS ? count - j : STREAMS;
    uint8_t digest[STREAMS][32], prefix[STREAMS][64];
    const uint8_t *body[STREAMS];
    for (size_t s = 0; s < STREAMS; s++) {
      const size_t index = j + (s < n ? s : 0);
      body[s] = base + index * stride;
      prefix[s][0] = 0;
      if (salts) memcpy(prefix[s] + 1, salts + 32 * index, 32);
    }
    digest4(digest, prefix, salts ? 33 : 1, body, length);
    memcpy(out + 32 * j, digest, 32 * n);
  }
}

/// Four short messages in their padded blocks: their owner changes some bytes and hashes again.
typedef struct {
  uint8_t bytes[STREAMS][128];
  size_t blocks;
} short_messages;

/// Pads four messages of the `length` <= 119 bytes at `message`.
static void prepare(short_messages *m, const uint8_t *message, size_t length) {
  for (int s = 0; s < STREAMS; s++) {
    const size_t whole = length / 64 * 64;
    memcpy(m->bytes[s], message, length);
    m->blocks = whole / 64 + pad(m->bytes[s] + whole, length - whole, length);
  }
}

/// Writes the digests of the first n messages.
static void digest_short(uint8_t *out, const short_messages *m, size_t n) {
  uint32_t state[STREAMS][8];
  const uint8_t *data[STREAMS];
  for (int s = 0; s < STREAMS; s++) {
    memcpy(state[s], zk_sha256_initial, sizeof state[s]);
    data[s] = m->bytes[s];
  }
  compress4(state, data, m->blocks);
  for (size_t s = 0; s < n; s++) write_digest(out + 32 * s, state[s]);
}

void zk_sha256_nodes(uint8_t *out, const uint8_t *in, uint8_t height, size_t count) {
  const uint8_t message[66] = {1, height};
  short_messages m;
  prepare(&m, message, sizeof message);
  for (size_t i = 0; i < count; i += STREAMS) {
    const size_t n = count - i < STREAMS ? count - i : STREAMS;
    for (size_t s = 0; s < n; s++) memcpy(m.bytes[s] + 2, in + 64 * (i + s), 64);
    digest_short(out + 32 * i, &m, n);
  }
}

void zk_sha256_counter(
    uint8_t *out, const uint8_t *label, size_t label_length, const uint8_t seed[32], uint64_t first, size_t count) {
  uint8_t message[119] = {0};
  short_messages m;
  memcpy(message, label, label_length);
  memcpy(message + label_length, seed, 32);
  prepare(&m, message, label_length + 40);
  for (size_t j = 0; j < count; j += STREAMS) {
    for (size_t s = 0; s < STREAMS; s++) {
      uint64_t index = first + j + s;
      uint8_t bytes[8];
      for (size_t k = 0; k < 8; k++) bytes[k] = (uint8_t)(index >> (8 * k));
      memcpy(m.bytes[s] + label_length + 32, bytes, 8);
    }
    digest_short(out + 32 * j, &m, count - j < STREAMS ? count - j : STREAMS);
  }
}
