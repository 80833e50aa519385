// The checksum of gzip (CRC-32, RFC 1952) by carry-less multiplication, which newer processors do
// in one instruction.
#ifndef TERN_CRC_H
#define TERN_CRC_H

#include <stddef.h>
#include <stdint.h>

/// Whether this processor has the instruction.
// Hidden: libtern.so shows every other name that begins with tern_.
__attribute__((visibility("hidden"))) int tern_crc32_can_fold(void);

/// Replaces the front of `bytes` by 16 bytes that have the same checksum.
///
/// `state` is the checksum's register before them; that of `folded` starts at 0. Takes whole blocks
/// of 64 bytes, of which there must be one at least; returns how many bytes that were. Only where
/// `tern_crc32_can_fold`.
__attribute__((visibility("hidden"))) size_t tern_crc32_fold(
    uint32_t state, const void *bytes, size_t count, uint8_t folded[16]);

#endif
