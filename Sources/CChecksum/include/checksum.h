/* CRC-32C (Castagnoli), reflected, as in RFC 3720 appendix B.4: initial value and final XOR are all ones. */
#ifndef SPIKELET_CHECKSUM_H
#define SPIKELET_CHECKSUM_H

#include <stddef.h>
#include <stdint.h>

/* Carries a checksum on over more bytes; starts with 0. Uses the processor's instruction where there is one. */
uint32_t checksum_crc32c(uint32_t checksum, const void *bytes, size_t count);

/* The same without it. */
uint32_t checksum_crc32c_portable(uint32_t checksum, const void *bytes, size_t count);

#endif
