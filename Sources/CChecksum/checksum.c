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

__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t checksum, const uint8_t *byte, size_t count) {
  uint64_t value = (uint32_t)~checksum;
  for (; count >= 8; count -= 8, byte += 8) {
    uint64_t word;
    memcpy(&word, byte, 8);
    value = _mm_crc32_u64(value, word);
  }
  for (; count > 0; count--, byte++) value = _mm_crc32_u8((uint32_t)value, *byte);
  return ~(uint32_t)value;
}

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

static uint32_t by_instruction(uint32_t checksum, const uint8_t *byte, size_t count) {
  uint32_t value = ~checksum;
  for (; count >= 8; count -= 8, byte += 8) {
    uint64_t word;
    memcpy(&word, byte, 8);
    value = __crc32cd(value, word);
  }
  for (; count > 0; count--, byte++) value = __crc32cb(value, *byte);
  return ~value;
}

static int has_instruction(void) { return 1; }
#else
static uint32_t by_instruction(uint32_t checksum, const uint8_t *byte, size_t count) {
  return checksum_crc32c_portable(checksum, byte, count);
}

static int has_instruction(void) { return 0; }
#endif

uint32_t checksum_crc32c(uint32_t checksum, const void *bytes, size_t count) {
  return has_instruction() ? by_instruction(checksum, bytes, count) : checksum_crc32c_portable(checksum, bytes, count);
}
