// Sixteen bytes at a time: what the scanners of TernColumns ask about a block of JSON.
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

/// A bit for each of 32 bytes that is `low` or more.
static inline uint32_t tern_least_mask(const void *bytes, uint8_t low) {
  const __m128i *blocks = (const __m128i *)bytes;
  __m128i least = _mm_set1_epi8((char)low);
  __m128i first = _mm_loadu_si128(blocks), second = _mm_loadu_si128(blocks + 1);
  first = _mm_cmpeq_epi8(_mm_max_epu8(first, least), first);
  second = _mm_cmpeq_epi8(_mm_max_epu8(second, least), second);
  return (uint32_t)_mm_movemask_epi8(first) | (uint32_t)_mm_movemask_epi8(second) << 16;
}

/// Whether 16 bytes look like `form`, in which a digit stands for itself and all below it.
static inline int tern_looks_like(const void *bytes, const char *form, const char *least) {
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  __m128i low = _mm_loadu_si128((const __m128i *)least);
  __m128i high = _mm_loadu_si128((const __m128i *)form);
  __m128i fits = _mm_and_si128(
      _mm_cmpeq_epi8(_mm_min_epu8(block, high), block),
      _mm_cmpeq_epi8(_mm_max_epu8(block, low), block));
  return _mm_movemask_epi8(fits) == 0xFFFF;
}

/// Copies 16 bytes.
static inline void tern_copy_16(void *target, const void *source) {
  _mm_storeu_si128((__m128i *)target, _mm_loadu_si128((const __m128i *)source));
}

/// A bit for each of 32 bytes that is a decimal digit.
static inline uint32_t tern_digit_mask(const void *bytes) {
  const __m128i *blocks = (const __m128i *)bytes;
  __m128i zero = _mm_set1_epi8('0'), nine = _mm_set1_epi8(9);
  __m128i first = _mm_sub_epi8(_mm_loadu_si128(blocks), zero);
  __m128i second = _mm_sub_epi8(_mm_loadu_si128(blocks + 1), zero);
  uint32_t low = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(first, nine), first));
  uint32_t high = (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(second, nine), second));
  return low | high << 16;
}

/// A bit for each of 16 bytes that is a decimal digit.
static inline uint32_t tern_digit_mask_16(const void *bytes) {
  __m128i block = _mm_sub_epi8(_mm_loadu_si128((const __m128i *)bytes), _mm_set1_epi8('0'));
  __m128i least = _mm_min_epu8(block, _mm_set1_epi8(9));
  return (uint32_t)_mm_movemask_epi8(_mm_cmpeq_epi8(least, block));
}

/// A bit for each of 16 bytes that is a decimal digit, and above them one for each point.
static inline uint32_t tern_number_mask(const void *bytes) {
  __m128i block = _mm_loadu_si128((const __m128i *)bytes);
  __m128i digits = _mm_sub_epi8(block, _mm_set1_epi8('0'));
  digits = _mm_cmpeq_epi8(_mm_min_epu8(digits, _mm_set1_epi8(9)), digits);
  __m128i points = _mm_cmpeq_epi8(block, _mm_set1_epi8('.'));
  return (uint32_t)_mm_movemask_epi8(digits) | (uint32_t)_mm_movemask_epi8(points) << 16;
}

/// A bit for each of 64 bytes that is a comma.
static inline uint64_t tern_comma_mask(const void *bytes) {
  const __m128i *blocks = (const __m128i *)bytes;
  __m128i comma = _mm_set1_epi8(',');
  uint64_t mask = 0;
  for (int i = 0; i < 4; i++) {
    __m128i found = _mm_cmpeq_epi8(_mm_loadu_si128(blocks + i), comma);
    mask |= (uint64_t)(uint32_t)_mm_movemask_epi8(found) << (16 * i);
  }
  return mask;
}

/// The number that the last digits before `end` spell: `count` (up to 63) of them, and no more than
/// 16. One other byte stands before the last `fraction` (16 to 63: none does). The 17 bytes before
/// `end` must be readable.
static inline uint64_t tern_last_digits(const void *end, uint64_t count, uint64_t fraction) {
  // Sixteen zeros and 64 ones: from place n on, the last n bytes of 16 are ones.
#define TERN_16_ONES 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, \
                     0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF
  static const uint8_t ramp[80] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
                                   TERN_16_ONES, TERN_16_ONES, TERN_16_ONES, TERN_16_ONES};
#undef TERN_16_ONES
  const char *bytes = (const char *)end;
  __m128i behind = _mm_loadu_si128((const __m128i *)(ramp + fraction));
  __m128i used = _mm_loadu_si128((const __m128i *)(ramp + count));
  __m128i right = _mm_loadu_si128((const __m128i *)(bytes - 16));
  __m128i left = _mm_loadu_si128((const __m128i *)(bytes - 17));
  __m128i text = _mm_or_si128(_mm_and_si128(behind, right), _mm_andnot_si128(behind, left));
  __m128i digits = _mm_and_si128(_mm_xor_si128(text, _mm_set1_epi8('0')), used);
  __m128i tens = _mm_mullo_epi16(_mm_and_si128(digits, _mm_set1_epi16(0xFF)), _mm_set1_epi16(10));
  __m128i pairs = _mm_add_epi16(tens, _mm_srli_epi16(digits, 8));
  __m128i fours = _mm_madd_epi16(pairs, _mm_set1_epi32(1 << 16 | 100));
  __m128i packed = _mm_packs_epi32(fours, fours);
  __m128i eights = _mm_madd_epi16(packed, _mm_set1_epi32(1 << 16 | 10000));
  uint64_t both = (uint64_t)_mm_cvtsi128_si64(eights);
  return (both & 0xFFFFFFFF) * 100000000 + (both >> 32);
}

#else

/// A bit for each of 16 bytes that is a decimal digit, and above them one for each point.
static inline uint32_t tern_number_mask(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 16; i++) {
    mask |= (uint32_t)((uint8_t)(block[i] - '0') <= 9) << i;
    mask |= (uint32_t)(block[i] == '.') << (16 + i);
  }
  return mask;
}

/// A bit for each of 64 bytes that is a comma.
static inline uint64_t tern_comma_mask(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint64_t mask = 0;
  for (int i = 0; i < 64; i++) mask |= (uint64_t)(block[i] == ',') << i;
  return mask;
}

/// A bit for each of 32 bytes that is a decimal digit.
static inline uint32_t tern_digit_mask(const void *bytes) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 32; i++) mask |= (uint32_t)((uint8_t)(block[i] - '0') <= 9) << i;
  return mask;
}

/// A bit for each of 16 bytes that is a decimal digit.
static inline uint32_t tern_digit_mask_16(const void *bytes) {
  return tern_digit_mask(bytes) & 0xFFFF;
}

/// The number that the last digits before `end` spell: `count` (up to 63) of them, and no more than
/// 16. One other byte stands before the last `fraction` (16 to 63: none does). The 17 bytes before
/// `end` must be readable.
static inline uint64_t tern_last_digits(const void *end, uint64_t count, uint64_t fraction) {
  const uint8_t *digit = (const uint8_t *)end;
  uint64_t value = 0, power = 1;
  for (uint64_t i = 0; i < count && i < 16; i++, power *= 10) {
    digit -= i == fraction ? 2 : 1;
    value += (*digit & 15) * power;
  }
  return value;
}

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

/// A bit for each of 32 bytes that is `low` or more.
static inline uint32_t tern_least_mask(const void *bytes, uint8_t low) {
  const uint8_t *block = (const uint8_t *)bytes;
  uint32_t mask = 0;
  for (int i = 0; i < 32; i++) mask |= (uint32_t)(block[i] >= low) << i;
  return mask;
}

/// Whether 16 bytes look like `form`, in which a digit stands for itself and all below it.
static inline int tern_looks_like(const void *bytes, const char *form, const char *least) {
  const uint8_t *block = (const uint8_t *)bytes;
  const uint8_t *high = (const uint8_t *)form, *low = (const uint8_t *)least;
  for (int i = 0; i < 16; i++) {
    if (block[i] > high[i] || block[i] < low[i]) return 0;
  }
  return 1;
}

/// Copies 16 bytes.
static inline void tern_copy_16(void *target, const void *source) { memcpy(target, source, 16); }

#endif

/// Whether 16 bytes start with a date in quotes, `"YYYY-MM-DD"`, its digits not yet checked to be
/// a day of the calendar.
static inline int tern_is_date(const void *bytes) {
  return tern_looks_like(bytes, "\"9999-19-39\"\xFF\xFF\xFF\xFF", "\"0000-00-00\"\0\0\0\0");
}

/// Whether 16 bytes are a date and a time, `YYYY-MM-DD HH:MM`, likewise.
static inline int tern_is_moment(const void *bytes) {
  return tern_looks_like(bytes, "9999-19-39 29:59", "0000-00-00 00:00");
}

#endif
