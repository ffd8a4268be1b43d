#include "checksum.h"

#include <string.h>

uint32_t checksum_crc32c_portable(uint32_t checksum, const void *bytes, size_t count) {
  /* What the low four bits of a checksum turn into when they are shifted out. */
  static const uint32_t table[16] = {
      0x00000000, 0x105EC76F, 0x20BD8EDE, 0x30E349B1, 0x417B1DBC, 0x5125DAD3, 0x61C69362, 0x7198540D,
      0x82F63B78, 0x92A8FC17, 0xA24BB5A6, 0xB21572C9, 0xC38D26C4, 0xD3D3E1AB, 0xE330A81A, 0xF36E6F75,
  };
  const uint8_t *byte = bytes;
  checksum = ~checksum;
  for (size_t i = 0; i < count; i++) {
    checksum ^= byte[i];
    checksum = checksum >> 4 ^ table[checksum & 15];
    checksum = checksum >> 4 ^ table[checksum & 15];
  }
  return ~checksum;
}

#if defined(__x86_64__)
#include <cpuid.h>
#include <nmmintrin.h>

#define INSTRUCTED __attribute__((target("sse4.2")))
#define ADD_WORD(sum, word) _mm_crc32_u64(sum, word)
#define ADD_BYTE(sum, byte) _mm_crc32_u8(sum, byte)

/* Whether the processor has the instruction. To ask it takes as long as thousands of bytes, so it is asked once. */
static int has_instruction(void) {
  enum { UNKNOWN, NO, YES };
  static int known;
  int found = __atomic_load_n(&known, __ATOMIC_RELAXED);
  if (found == UNKNOWN) {
    unsigned a, b, c = 0, d;
    found = __get_cpuid(1, &a, &b, &c, &d) && (c & bit_SSE4_2) ? YES : NO;
    __atomic_store_n(&known, found, __ATOMIC_RELAXED);
  }
  return found == YES;
}
#elif defined(__ARM_FEATURE_CRC32)
#include <arm_acle.h>

#define INSTRUCTED
#define ADD_WORD(sum, word) __crc32cd((uint32_t)(sum), word)
#define ADD_BYTE(sum, byte) __crc32cb(sum, byte)

static int has_instruction(void) { return 1; }
#endif

#ifdef INSTRUCTED
static uint64_t word_at(const uint8_t *byte) {
  uint64_t word;
  memcpy(&word, byte, 8);
  return word;
}

/* The product of two polynomials modulo that of the checksum, the lowest power in the highest bit. */
static uint32_t product(uint32_t a, uint32_t b) {
  uint32_t sum = 0;
  for (int power = 31; power >= 0; power--) {
    sum ^= b & -(a >> power & 1);
    b = b >> 1 ^ (0x82F63B78 & -(b & 1));
  }
  return sum;
}

/* Carries a checksum on over three stretches at once: an instruction takes three cycles, and one can begin in each.
 * stretch: bytes, a multiple of 8
 * by_one, by_two: x to the power of 8 stretch, and of 16 stretch */
__attribute__((noinline)) INSTRUCTED static uint32_t abreast(uint32_t sum, const uint8_t *byte, size_t stretch, uint32_t by_one, uint32_t by_two) {
  uint64_t first = sum, second = 0, third = 0;
  for (const uint8_t *end = byte + stretch; byte < end; byte += 8) {
    first = ADD_WORD(first, word_at(byte));
    second = ADD_WORD(second, word_at(byte + stretch));
    third = ADD_WORD(third, word_at(byte + 2 * stretch));
  }
  return product((uint32_t)first, by_two) ^ product((uint32_t)second, by_one) ^ (uint32_t)third;
}

INSTRUCTED static uint32_t by_instruction(uint32_t checksum, const uint8_t *byte, size_t count) {
  enum { LONG = 4096, SHORT = 512 };
  uint32_t sum = ~checksum;
  for (; count >= 3 * LONG; count -= 3 * LONG, byte += 3 * LONG) sum = abreast(sum, byte, LONG, 0x35D73A62, 0x28461564);
  for (; count >= 3 * SHORT; count -= 3 * SHORT, byte += 3 * SHORT) sum = abreast(sum, byte, SHORT, 0x74C360A4, 0xE4172B16);
  uint64_t wide = sum;
  for (; count >= 8; count -= 8, byte += 8) wide = ADD_WORD(wide, word_at(byte));
  sum = (uint32_t)wide;
  for (; count > 0; count--, byte++) sum = ADD_BYTE(sum, *byte);
  return ~sum;
}

uint32_t checksum_crc32c(uint32_t checksum, const void *bytes, size_t count) {
  return has_instruction() ? by_instruction(checksum, bytes, count) : checksum_crc32c_portable(checksum, bytes, count);
}
#else
uint32_t checksum_crc32c(uint32_t checksum, const void *bytes, size_t count) {
  return checksum_crc32c_portable(checksum, bytes, count);
}
#endif
