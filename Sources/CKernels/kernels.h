/* What the kernels need of the processor that Swift does not say. */
#ifndef SPIKELET_KERNELS_H
#define SPIKELET_KERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int8_t kernels_bytes __attribute__((ext_vector_type(32)));
typedef int8_t kernels_flags __attribute__((ext_vector_type(64)));
typedef int16_t kernels_words __attribute__((ext_vector_type(16)));
typedef int32_t kernels_sums __attribute__((ext_vector_type(16)));

#define KERNELS_INLINE static inline __attribute__((always_inline))

/* Swift has a loop in its place where code is made small. */
KERNELS_INLINE void kernels_zero(void *memory, size_t bytes) { __builtin_memset(memory, 0, bytes); }

KERNELS_INLINE int32_t kernels_clip(int32_t value, int32_t low, int32_t high) {
  return __builtin_elementwise_min(__builtin_elementwise_max(value, low), high);
}

/* a + b in each byte, within those. */
KERNELS_INLINE kernels_bytes kernels_add(kernels_bytes a, kernels_bytes b) { return __builtin_elementwise_add_sat(a, b); }

KERNELS_INLINE kernels_bytes kernels_clip_bytes(kernels_bytes a, kernels_bytes low, kernels_bytes high) {
  return __builtin_elementwise_min(__builtin_elementwise_max(a, low), high);
}

KERNELS_INLINE kernels_sums kernels_widen(kernels_words words) { return __builtin_convertvector(words, kernels_sums); }

/* even[0], odd[0], even[1] and so on, of the lower and of the upper half. */
KERNELS_INLINE kernels_sums kernels_widen_lower(kernels_words even, kernels_words odd) {
  return kernels_widen(__builtin_shufflevector(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23));
}

KERNELS_INLINE kernels_sums kernels_widen_upper(kernels_words even, kernels_words odd) {
  return kernels_widen(__builtin_shufflevector(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31));
}

/* Bit i is set where flag i is not 0. */
KERNELS_INLINE uint64_t kernels_bits(kernels_flags flags) {
  typedef bool bits __attribute__((ext_vector_type(64)));
  bits set = __builtin_convertvector(flags != 0, bits);
  uint64_t word;
  __builtin_memcpy(&word, &set, sizeof word);
  return word;
}

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

/* Asks for bytes that are read soon. */
static inline void kernels_fetch(const void *bytes, size_t count) {
  for (size_t line = 0; line < count; line += 64) __builtin_prefetch((const char *)bytes + line);
}

#endif
