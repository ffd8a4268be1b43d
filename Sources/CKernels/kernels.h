/* What the kernels need of the processor that Swift does not say. */
#ifndef SPIKELET_KERNELS_H
#define SPIKELET_KERNELS_H

#include <stdbool.h>

#if defined(__x86_64__)
#include <cpuid.h>

/* Whether processor and system have what x86-64-v3 asks for: AVX2 and what came with it. */
static inline bool kernels_has_v3(void) {
  enum {
    LEAF1 = bit_FMA | bit_MOVBE | bit_OSXSAVE | bit_AVX | bit_F16C,
    LEAF7 = bit_BMI | bit_AVX2 | bit_BMI2,
    VECTORS = 6
  };
  unsigned a, b, c, d, saved, high;
  if (!__get_cpuid(1, &a, &b, &c, &d) || (c & LEAF1) != LEAF1) return false;
  if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (b & LEAF7) != LEAF7) return false;
  if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || (c & bit_LZCNT) == 0) return false;
  __asm__("xgetbv" : "=a"(saved), "=d"(high) : "c"(0));
  return (saved & VECTORS) == VECTORS;
}
#endif

#endif
