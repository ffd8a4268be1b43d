/** @file try.h
 * What the examples do when a call fails: print its sentence and return 1.
 */
#ifndef EXAMPLES_TRY_H
#define EXAMPLES_TRY_H

#include <spikelet/spikelet.h>
#include <stdio.h>

#define TRY(context, call)                                                                         \
  do {                                                                                             \
    spk_status try_status = (call);                                                                \
    if (try_status != SPK_OK) {                                                                    \
      fprintf(stderr, "%s:%d: %s: %s\n", __FILE__, __LINE__, spk_status_string(try_status),        \
              spk_context_message(context));                                                       \
      return 1;                                                                                    \
    }                                                                                              \
  } while (0)

#endif
