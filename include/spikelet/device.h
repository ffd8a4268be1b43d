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

/** The size of a simulated board, and of the board that a placement is asked for; and how it is simulated. */
typedef struct spk_board_options {
  uint32_t struct_size;
  uint32_t cores;                  /**< 1 .. 4,096 */
  uint32_t neurons_per_core;       /**< 1 .. 65,536 */
  /** 0 .. 64 that simulate a board in this process, the caller's counted; 0 is 1. More than processors are slower, and
   * no result depends on it. No result of a placement depends on it. */
  uint32_t threads;
  uint64_t synapse_bytes_per_core; /**< 1 .. 2^40 */
} spk_board_options;

/** The default board: 8 cores of 1,024 neurons and 128 KiB of synapses. */
#define SPK_BOARD_OPTIONS_INIT { (uint32_t)sizeof(spk_board_options), 8, 1024, 1, 131072 }

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
  uint64_t identity;               /**< which board it is, the same each time it is opened; 0 if it does not know */
} spk_capabilities;

#define SPK_CAPABILITIES_INIT { (uint32_t)sizeof(spk_capabilities), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** What was sent and received since the device was opened; counts go on when the board is opened again. */
typedef struct spk_counters {
  uint32_t struct_size;
  uint32_t losses;        /**< times that the board was lost */
  uint64_t requests;      /**< that the board was sent */
  uint64_t refusals;      /**< that it answered with an error */
  uint64_t bytes_out, bytes_in;
  uint64_t ticks;         /**< that runs and presentations took */
  uint64_t events_out, events_in; /**< spikes to the board, and back */
  uint64_t damages;       /**< times that bytes of the board were wrong or missing, and were asked for again */
} spk_counters;

#define SPK_COUNTERS_INIT { (uint32_t)sizeof(spk_counters), 0, 0, 0, 0, 0, 0, 0, 0, 0 }

/** A board that can be opened, or could be when it was there. */
typedef struct spk_board {
  char locator[288];    /**< opens it; ends with a zero */
  uint32_t is_present;  /**< 1: it is there; open by somebody else or not */
  uint32_t reserved[7]; /**< 0 */
} spk_board;

/** Told that a watched board has come (1) or gone (0). Runs on the context's thread, or inside spk_context_process().
 * @param locator  valid until the callback returns
 */
typedef void (*spk_board_callback)(void *user, const char *locator, uint32_t is_present);

/** Opens a board. Blocks: 10 seconds at most. @since 0.1
 *
 * @param locator  "sim:" is a simulated board in this process; "unix:/path" and "tcp:host:port" are boards behind a
 *                 socket, as spikelet-board serves them. "usb:" is the only board on USB, "usb:serial=X" and
 *                 "usb:bus=1,port=2.3" one of several; docs/c-api.md has all forms. #SPK_ERROR_BUSY if several
 *                 boards could be meant, or another program has it.
 * @param board    of a simulated board in this process; null for the default. Others say their size themselves.
 *                 #SPK_ERROR_NO_MEMORY too if the system does not give as many threads.
 */
SPK_API spk_status spk_device_open(spk_context *context, const char *locator, const spk_board_options *board,
                                   spk_device **device);

/** Closes a device, and ends its threads; null is allowed. Never waits for the board. #SPK_ERROR_BUSY while a session is open on it. @since 0.1 */
SPK_API spk_status spk_device_close(spk_device *device);

/** What the board said when it was opened. @since 0.1
 * @param[in,out] capabilities  `struct_size` is read, the rest written.
 */
SPK_API spk_status spk_device_capabilities(spk_device *device, spk_capabilities *capabilities);

/** What was sent and received. @since 0.1
 * @param[in,out] counters  `struct_size` is read, the rest written.
 */
SPK_API spk_status spk_device_counters(spk_device *device, spk_counters *counters);

/** The boards that the context knows of: "sim:", those on USB, and those that are watched. Looks at each: 0.1 seconds at
 * most, and once as long to read the serial number of one on USB. @since 0.1
 * @param boards      [capacity], or null with capacity 0 to ask for the count
 * @param[out] count  boards there are; written with #SPK_ERROR_TOO_SMALL too.
 */
SPK_API spk_status spk_device_list(spk_context *context, spk_board *boards, size_t capacity, size_t *count);

/** Watches a board: `callback` is told whether it is there, at once and whenever that changes. Looked at up to five times a
 * second, and when libusb tells that a device has come or gone, one board at a time between submissions; one that does not
 * answer is waited for 0.1 seconds, and then as long goes by without a look. At most 64 boards a context. @since 0.1
 * @param locator   as for spk_device_open(); need not be there. Kept as a copy.
 * @param callback  null: the board is only listed
 * @param user      handed to the callback, never looked at; must live until spk_device_unwatch() has returned
 */
SPK_API spk_status spk_device_watch(spk_context *context, const char *locator, spk_board_callback callback, void *user);

/** Watches a board no more. When it has returned, the callback neither runs nor will: it waits for one that runs on another
 * thread, which must not wait for this call. Legal inside the callback itself, which is then the last.
 * #SPK_ERROR_NOT_FOUND if it was not watched. @since 0.1 */
SPK_API spk_status spk_device_unwatch(spk_context *context, const char *locator);

#ifdef __cplusplus
}
#endif

#endif
