/** @file context.h
 * A context owns devices, models and sessions, and keeps the sentences of failed calls.
 */
#ifndef SPIKELET_CONTEXT_H
#define SPIKELET_CONTEXT_H

#include "base.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct spk_context spk_context;

/** No thread is started: callbacks run, and submissions move on, inside spk_context_process() alone. */
#define SPK_CONTEXT_NO_THREADS ((uint32_t)1)

/** Levels of what is logged. */
enum { SPK_LOG_ERROR = 0 /**< a call that failed */, SPK_LOG_NOTICE = 1 /**< a board came, went, or was opened again */ };

/** Told of failed calls and of what happens to boards. Runs on the thread where it happens, inside the call.
 * @param message  one sentence, without a line end; valid until the callback returns
 */
typedef void (*spk_log_callback)(void *user, uint32_t level, const char *message);

typedef struct spk_context_options {
  uint32_t struct_size;
  uint32_t flags;       /**< SPK_CONTEXT_… */
  uint32_t queue_depth; /**< submissions that a session may have on their way, completions not taken included; 1 .. 4,096 */
  uint32_t reserved;    /**< 0 */
  spk_log_callback log; /**< null: nothing is logged */
  void *log_user;       /**< handed to `log`, never looked at; must live as long as the context */
} spk_context_options;

#define SPK_CONTEXT_OPTIONS_INIT { (uint32_t)sizeof(spk_context_options), 0, 16, 0, NULL, NULL }

/** Makes a context. Does not block, and starts no thread. @since 0.1
 * @param options       null for the defaults
 * @param[out] context  the new context; close it with spk_context_close().
 */
SPK_API spk_status spk_context_create(const spk_context_options *options, spk_context **context);

/** Closes a context; null is allowed. Waits for calls inside, and for its thread. Completions that were not taken are gone.
 * #SPK_ERROR_BUSY if devices, models or sessions of it are open: nothing is closed then. @since 0.1
 */
SPK_API spk_status spk_context_close(spk_context *context);

/** The sentence of the last call on this thread that failed: where, what was found, what was expected, what to do.
 *
 * Empty if none failed, or if the last one belonged to another context. With a null context: the last one whatever its
 * context, for calls that had no valid handle. Valid until the next Spikelet call on this thread. Never null. @since 0.1
 */
SPK_API const char *spk_context_message(const spk_context *context);

#ifdef __cplusplus
}
#endif

#endif
