/** @file device.h
 * A device is an open board: real, or simulated bit for bit.
 */
#ifndef SPIKELET_DEVICE_H
#define SPIKELET_DEVICE_H

#include "context.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spk_device spk_device;

/** The size of a simulated board, and of the board that a placement is asked for. */
typedef struct spk_board_options {
  uint32_t struct_size;
  uint32_t cores;                  /**< 1 .. 4,096 */
  uint32_t neurons_per_core;       /**< 1 .. 65,536 */
  uint32_t reserved;               /**< 0 */
  uint64_t synapse_bytes_per_core; /**< 1 .. 2^40 */
} spk_board_options;

/** The default board: 8 cores of 1,024 neurons and 128 KiB of synapses. */
#define SPK_BOARD_OPTIONS_INIT { (uint32_t)sizeof(spk_board_options), 8, 1024, 0, 131072 }

/** What a board says of itself. */
typedef struct spk_capabilities {
  uint32_t struct_size;
  uint32_t cores;
  uint32_t neurons_per_core;
  uint32_t delay_ticks;            /**< the longest delay of a projection */
  uint64_t synapse_bytes_per_core;
  uint32_t law_version;            /**< of docs/numerics.md */
  uint32_t protocol_version;
  uint32_t firmware_version;       /**< major · 2^16 + minor · 2^8 + patch */
  uint32_t reserved;
} spk_capabilities;

#define SPK_CAPABILITIES_INIT { (uint32_t)sizeof(spk_capabilities), 0, 0, 0, 0, 0, 0, 0, 0 }

/** Opens a board. @since 0.1
 *
 * @param locator  "sim:" is a simulated board in this process. Others ("usb:", "unix:", "tcp:") give
 *                 #SPK_ERROR_UNSUPPORTED in this version.
 * @param board    size of a simulated board; null for the default.
 */
SPK_API spk_status spk_device_open(spk_context *context, const char *locator, const spk_board_options *board,
                                   spk_device **device);

/** Closes a device; null is allowed. #SPK_ERROR_BUSY while a session is open on it. @since 0.1 */
SPK_API spk_status spk_device_close(spk_device *device);

/** What the board said when it was opened. @since 0.1
 * @param[in,out] capabilities  `struct_size` is read, the rest written.
 */
SPK_API spk_status spk_device_capabilities(spk_device *device, spk_capabilities *capabilities);

#ifdef __cplusplus
}
#endif

#endif
