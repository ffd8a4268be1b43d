/** @file draws.h
 * Random draws for data sets and orders of samples: splitmix64, the same on every machine.
 *
 * Source: G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.
 */
#ifndef EXAMPLES_DRAWS_H
#define EXAMPLES_DRAWS_H

#include <stdint.h>

static inline uint64_t draw_bits(uint64_t *state) {
  uint64_t z = (*state += UINT64_C(0x9E3779B97F4A7C15));
  z = (z ^ (z >> 30)) * UINT64_C(0xBF58476D1CE4E5B9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94D049BB133111EB);
  return z ^ (z >> 31);
}

/** A whole number in 0 .. count − 1; count is below 2^32. */
static inline uint32_t draw_below(uint64_t *state, uint32_t count) {
  return (uint32_t)(((draw_bits(state) >> 32) * count) >> 32);
}

/** A number in low .. high. */
static inline double draw_between(uint64_t *state, double low, double high) {
  return low + (high - low) * ((double)(draw_bits(state) >> 11) / 9007199254740992.0);
}

/** A number in −width .. width, more often near 0: the mean of two. */
static inline double draw_around(uint64_t *state, double width) {
  double first = draw_between(state, -width, width);
  return (first + draw_between(state, -width, width)) / 2;
}

#endif
