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

/* a + b of the columns 0 to 7 and 16 to 23, and of the others: as the instruction of AVX2 takes them, which no loop is turned into. */
#if defined(__AVX2__)
#define KERNELS_SUM(a, b, ...) \
  (kernels_words) __builtin_ia32_pmaddubsw256((kernels_chars)((kernels_bytes)1), (kernels_chars)__builtin_shufflevector(a, b, __VA_ARGS__))
typedef char kernels_chars __attribute__((vector_size(32)));

KERNELS_INLINE kernels_words kernels_sum_outer(kernels_bytes a, kernels_bytes b) {
  return KERNELS_SUM(a, b, 0, 32, 1, 33, 2, 34, 3, 35, 4, 36, 5, 37, 6, 38, 7, 39, 16, 48, 17, 49, 18, 50, 19, 51, 20, 52, 21, 53, 22, 54, 23, 55);
}

KERNELS_INLINE kernels_words kernels_sum_inner(kernels_bytes a, kernels_bytes b) {
  return KERNELS_SUM(a, b, 8, 40, 9, 41, 10, 42, 11, 43, 12, 44, 13, 45, 14, 46, 15, 47, 24, 56, 25, 57, 26, 58, 27, 59, 28, 60, 29, 61, 30, 62, 31, 63);
}
#else
#define KERNELS_SOME(a, ...) __builtin_convertvector(__builtin_shufflevector(a, a, __VA_ARGS__), kernels_words)

KERNELS_INLINE kernels_words kernels_sum_outer(kernels_bytes a, kernels_bytes b) {
  return KERNELS_SOME(a, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23) +
         KERNELS_SOME(b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
}

KERNELS_INLINE kernels_words kernels_sum_inner(kernels_bytes a, kernels_bytes b) {
  return KERNELS_SOME(a, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31) +
         KERNELS_SOME(b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31);
}
#endif

/* The columns 0 to 15 of such sums, and 16 to 31. */
KERNELS_INLINE kernels_sums kernels_widen_lower(kernels_words outer, kernels_words inner) {
  return kernels_widen(__builtin_shufflevector(outer, inner, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
}

KERNELS_INLINE kernels_sums kernels_widen_upper(kernels_words outer, kernels_words inner) {
  return kernels_widen(__builtin_shufflevector(outer, inner, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31));
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
