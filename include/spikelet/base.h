/** @file base.h
 * What every header stands on: status numbers, attributes, and the rules that hold for all calls.
 *
 * - Every call that can fail returns an ::spk_status; results come through out parameters, last. Out parameters are
 *   written on success only, unless a function says otherwise.
 * - A call that fails changes nothing, and leaves a sentence for people in spk_context_message().
 * - A handle that is null, closed, or of another kind gives #SPK_ERROR_HANDLE. Handles are keys that are looked up, never
 *   addresses that are followed. A pointer to data must be valid for the bytes that its parameters say, or null where
 *   that is allowed; null where it is not gives #SPK_ERROR_ARGUMENT.
 * - No pointer is kept after a call returns unless the call says so.
 * - Where an array comes with a capacity and a count, a null array with capacity 0 asks for the count alone.
 * - Structs that the caller fills begin with `struct_size`; start from the `…_INIT` macro beside the struct.
 * - Calls are safe from any thread. Calls on one object run one after the other; two objects do not wait for each other.
 * - Inside a callback of the library, calls that wait for callbacks (close, drain, process, next completion) give
 *   #SPK_ERROR_STATE. All others are legal there.
 */
#ifndef SPIKELET_BASE_H
#define SPIKELET_BASE_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#define SPK_CLOSED_ENUM __attribute__((enum_extensibility(closed)))
#else
#define SPK_CLOSED_ENUM
#endif

#if defined(__GNUC__)
#define SPK_API __attribute__((visibility("default")))
#else
#define SPK_API
#endif

#ifdef __cplusplus
extern "C" {
#endif

/** How a call ended. Numbers are never reused. @since 0.1 */
typedef enum SPK_CLOSED_ENUM spk_status {
  SPK_OK = 0,
  SPK_ERROR_ARGUMENT = 1,       /**< An argument is null, out of range, or of the wrong size. */
  SPK_ERROR_HANDLE = 2,         /**< A handle is null, closed, or of another kind. */
  SPK_ERROR_STATE = 3,          /**< The call is not legal in this state. */
  SPK_ERROR_BUSY = 4,           /**< Children are open, or the object is in use; nothing was closed. */
  SPK_ERROR_NO_MEMORY = 5,      /**< An allocation failed; nothing changed, but a run may have taken place in part. */
  SPK_ERROR_NOT_FOUND = 6,      /**< No such name, file or board. */
  SPK_ERROR_FORMAT = 7,         /**< A file or buffer is not what it should be. */
  SPK_ERROR_MODEL = 8,          /**< A network description breaks the numeric law. */
  SPK_ERROR_UNSUPPORTED = 9,    /**< Reserved by the law, the file or the locator, and not built yet. */
  SPK_ERROR_DOES_NOT_FIT = 10,  /**< The model does not fit the board. */
  SPK_ERROR_IO = 11,            /**< The system refused to read or write. */
  SPK_ERROR_TIMEOUT = 12,       /**< The time given ran out. */
  SPK_ERROR_PROTOCOL = 13,      /**< Host and board do not understand each other. */
  SPK_ERROR_TOO_SMALL = 14,     /**< The caller's array is too small; the count says what is needed. */
  SPK_ERROR_INTERNAL = 15,      /**< A defect in Spikelet. */
  SPK_ERROR_LOST = 16,          /**< The board is gone, now or since an earlier call: spk_session_resume(), or close. */
  SPK_ERROR_CANCELLED = 17,     /**< spk_session_cancel() ended it; a run may have taken place in part. */
  SPK_ERROR_FULL = 18           /**< As many submissions wait as may: take completions, then try again. */
} spk_status;

/** A short name of the status, for logs: "ok", "argument", … Never null. @since 0.1 */
SPK_API const char *spk_status_string(spk_status status);

/** The library's version, "0.1.0". Never null. @since 0.1 */
SPK_API const char *spk_version(void);

/** The version of the numeric law (docs/numerics.md) that this library computes by. @since 0.1 */
SPK_API uint32_t spk_law_version(void);

#ifdef __cplusplus
}
#endif

#endif
