// Compression functions of SHA-256 and their constants.
#pragma once

#include "include/CFieldKernels.h"

/// Messages that are hashed side by side.
#define STREAMS 4

/// FIPS 180-4, 4.2.2 and 5.3.3.
extern const uint32_t zk_sha256_k[64];
extern const uint32_t zk_sha256_initial[8];

/// Compresses n blocks of one message.
void zk_sha256_compress_portable(uint32_t state[8], const uint8_t *data, size_t n);

#if defined(__x86_64__)
/// 1 if the processor has what the two functions below need.
int zk_sha256_ni_available(void);
void zk_sha256_compress_ni(uint32_t state[8], const uint8_t *data, size_t n);
/// Compresses n blocks of each of four messages.
void zk_sha256_compress4_ni(uint32_t state[STREAMS][8], const uint8_t *const data[STREAMS], size_t n);
#endif
