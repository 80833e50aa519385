// Source: V. Gopal and others, "Fast CRC Computation for Generic Polynomials Using PCLMULQDQ
// Instruction" (Intel, 2009): 64 bytes are moved on by the remainders of powers of x.
#include "tern_crc.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>

int tern_crc32_can_fold(void) {
  unsigned a, b, c, d;
  return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_PCLMUL) && (c & bit_SSE4_1);
}

// What `block` is worth so many bytes further on, as `distance` says, and the bytes that are there.
__attribute__((target("pclmul,sse4.1"))) static inline __m128i fold(
    __m128i block, __m128i distance, __m128i there) {
  __m128i low = _mm_clmulepi64_si128(block, distance, 0x00);
  __m128i high = _mm_clmulepi64_si128(block, distance, 0x11);
  return _mm_xor_si128(_mm_xor_si128(low, high), there);
}

__attribute__((target("pclmul,sse4.1"))) size_t tern_crc32_fold(
    uint32_t state, const void *bytes, size_t count, uint8_t folded[16]) {
  // x to the powers 4 * 128 + 32 and 4 * 128 - 32 modulo the polynomial, and for one block of 128
  // bits; bits in reverse order, shifted by one.
  const __m128i by_four = _mm_set_epi64x(0x1c6e41596, 0x154442bd4);
  const __m128i by_one = _mm_set_epi64x(0x0ccaa009e, 0x1751997d0);
  const __m128i *next = (const __m128i *)bytes, *end = next + count / 64 * 4;
  __m128i first = _mm_xor_si128(_mm_loadu_si128(next), _mm_cvtsi32_si128((int)state));
  __m128i second = _mm_loadu_si128(next + 1);
  __m128i third = _mm_loadu_si128(next + 2), fourth = _mm_loadu_si128(next + 3);
  for (next += 4; next < end; next += 4) {
    first = fold(first, by_four, _mm_loadu_si128(next));
    second = fold(second, by_four, _mm_loadu_si128(next + 1));
    third = fold(third, by_four, _mm_loadu_si128(next + 2));
    fourth = fold(fourth, by_four, _mm_loadu_si128(next + 3));
  }
  second = fold(first, by_one, second);
  third = fold(second, by_one, third);
  fourth = fold(third, by_one, fourth);
  _mm_storeu_si128((__m128i *)folded, fourth);
  return count / 64 * 64;
}

#else

int tern_crc32_can_fold(void) { return 0; }

size_t tern_crc32_fold(uint32_t state, const void *bytes, size_t count, uint8_t folded[16]) {
  (void)state, (void)bytes, (void)count, (void)folded;
  return 0;
}

#endif
