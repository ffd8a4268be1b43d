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

/** Makes a context. Does not block. @since 0.1
 * @param[out] context  the new context; close it with spk_context_close().
 */
SPK_API spk_status spk_context_create(spk_context **context);

/** Closes a context; null is allowed. Waits for calls inside.
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
