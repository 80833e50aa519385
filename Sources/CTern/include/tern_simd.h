// Sixteen bytes at a time: what the string scanner of TernColumns asks about a block of JSON.
// SSE2 is part of every x86-64; other machines take the plain loop, which compilers vectorise.
#ifndef TERN_SIMD_H
#define TERN_SIMD_H

#include <stdint.h>
#include <string.h>

#if defined(__SSE2__)
#include <emmintrin.h>

/// A bit for each of 16 bytes that ends a run of plain text: `"`, `\` or a control character.
static inline uint32_t tern_text_stops(const void *bytes) {
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  __m128i quote = _mm_cmpeq_epi8(block, _mm_set1_epi8('"'));
  __m128i backslash = _mm_cmpeq_epi8(block, _mm_set1_epi8('\\'));
  __m128i control = _mm_cmpeq_epi8(_mm_min_epu8(block, _mm_set1_epi8(0x1F)), block);
  return (uint32_t)_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(quote, backslash), control));
}

/// A bit for each of 16 bytes that is not ASCII.
static inline uint32_t tern_text_high_bits(const void *bytes) {
  return (uint32_t)_mm_movemask_epi8(_mm_loadu_si128((const __m128i *)bytes));
}

/// Copies 16 bytes.
static inline void tern_copy_16(void *target, const void *source) {
  _mm_storeu_si128((__m128i *)target, _mm_loadu_si128((const __m128i *)source));
}

#else

/// A bit for each of 16 bytes that ends a run of plain text: `"`, `\` or a control character.
static inline uint32_t tern_text_stops(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) {
    mask |= (uint32_t)(block[i] == '"' || block[i] == '\\' || block[i] < 0x20) << i;
  }
  return mask;
}

/// A bit for each of 16 bytes that is not ASCII.
static inline uint32_t tern_text_high_bits(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) mask |= (uint32_t)(block[i] >> 7) << i;
  return mask;
}

/// Copies 16 bytes.
static inline void tern_copy_16(void *target, const void *source) { memcpy(target, source, 16); }

#endif

#endif
