// Tables for reading numbers; data only, so that the loops which use them stay in Swift.
#ifndef TERN_NUMBERS_H
#define TERN_NUMBERS_H

#include <stdint.h>
#include <string.h>

/// The leading 128 bits of 5^-342 … 5^308, high word first.
// Hidden: libtern.so shows every other name that begins with tern_.
__attribute__((visibility("hidden"))) extern const uint64_t tern_powers_of_five[2 * 651];

/// The high 64 bits of 5^exponent; the exponent is -342 to 308.
static inline uint64_t tern_power_of_five_high(int64_t exponent) {
  return tern_powers_of_five[2 * (exponent + 342)];
}

/// The next 64 bits of it.
static inline uint64_t tern_power_of_five_low(int64_t exponent) {
  return tern_powers_of_five[2 * (exponent + 342) + 1];
}

/// 10^exponent; the exponent is 0 to 19, of others the lowest five bits count.
static inline uint64_t tern_power_of_ten(uint64_t exponent) {
  static const uint64_t powers[32] = {
      1u, 10u, 100u, 1000u, 10000u, 100000u, 1000000u, 10000000u, 100000000u, 1000000000u,
      10000000000u, 100000000000u, 1000000000000u, 10000000000000u, 100000000000000u,
      1000000000000000u, 10000000000000000u, 100000000000000000u, 1000000000000000000u,
      10000000000000000000u};
  return powers[exponent & 31];
}

/// The two digits of a number below 100, as they stand in a text; of others the lowest seven bits
/// count, and 100 to 127 give zeros.
static inline uint16_t tern_digit_pair(uint64_t value) {
  static const char pairs[256] =
      "00010203040506070809101112131415161718192021222324252627282930313233343536373839"
      "40414243444546474849505152535455565758596061626364656667686970717273747576777879"
      "8081828384858687888990919293949596979899";
  uint16_t pair;
  memcpy(&pair, pairs + 2 * (value & 127), 2);
  return pair;
}

#endif
