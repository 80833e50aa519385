// Tables for reading numbers; data only, so that the loops which use them stay in Swift.
#ifndef TERN_NUMBERS_H
#define TERN_NUMBERS_H

#include <stdint.h>

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

#endif
