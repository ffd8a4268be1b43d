/* jansson, with shims for the reference-count macros that Swift does not import. */
#ifndef SPIKELET_JANSSON_SHIM_H
#define SPIKELET_JANSSON_SHIM_H

#include <jansson.h>

static inline void spk_json_release(json_t *value) { json_decref(value); }
static inline int spk_json_type(const json_t *value) { return (int)json_typeof(value); }

#endif
