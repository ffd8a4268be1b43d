/** @file submission.h
 * A submission is a run or a presentation that a session does while the program goes on.
 *
 * Submissions of one session take place in their order, each with the session's timeout. Each ends with one completion:
 * handed to a callback, or taken by spk_context_next_completion(). While submissions wait or run, blocking calls on the
 * session give #SPK_ERROR_BUSY; inside the session's own completion callback they are legal, and the next submission waits.
 *
 * What is submitted is copied: events, signals and intensities are the caller's again when the call returns. What is
 * written to (`events_out`, `probe_values`, `probe_units`, the arrays of `scores`) belongs to the library until the completion is handed over.
 */
#ifndef SPIKELET_SUBMISSION_H
#define SPIKELET_SUBMISSION_H

#include "session.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How a submission ended. */
typedef struct spk_completion {
  uint32_t struct_size;
  uint32_t status;       /**< an ::spk_status; #SPK_ERROR_TOO_SMALL: it took place, and spikes or values beyond the room are lost */
  uint64_t ticket;       /**< that the submission was given */
  spk_session *session;
  void *user;            /**< that the submission came with */
  size_t event_count;    /**< spikes that there were; those that fit are in `events_out` */
  size_t probe_count;    /**< values that the probe had; those that fit are in `probe_values` or `probe_units` */
  uint32_t ticks;        /**< that took place */
  uint32_t best;         /**< of a presentation: as in spk_scores */
  const char *message;   /**< the sentence, "" for #SPK_OK; valid until the callback returns, or until this thread's next call */
} spk_completion;

#define SPK_COMPLETION_INIT { (uint32_t)sizeof(spk_completion), 0, 0, NULL, NULL, 0, 0, 0, 0, NULL }

/** Runs on the context's thread, or inside spk_context_process(); one at a time in a context. Its own submission no longer
 * counts for `queue_depth`: it may submit the next. */
typedef void (*spk_completion_callback)(const spk_completion *completion);

/** Where the results of a submission go. */
typedef struct spk_submission {
  uint32_t struct_size;
  uint32_t probe;                   /**< whose values are wanted, if `probe_values` or `probe_units` is not null */
  spk_completion_callback callback; /**< null: the completion waits for spk_context_next_completion() */
  void *user;                       /**< handed over with the completion, never looked at */
  spk_event *events_out;            /**< [event_capacity], or null */
  size_t event_capacity;
  int32_t *probe_values;            /**< [probe_capacity], gets [ticks that it saw][neurons]; or null */
  size_t probe_capacity;
  float *probe_units;               /**< [probe_capacity], the same in physical units, in place of `probe_values`; or null. Without a
                                       * probe, or a unit that its population states, it gets no values */
} spk_submission;

#define SPK_SUBMISSION_INIT { (uint32_t)sizeof(spk_submission), 0, NULL, NULL, NULL, 0, NULL, 0, NULL }

/** Every submission of a session. */
#define SPK_EVERY_TICKET ((uint64_t)0)

/** Submits a run; arguments as for spk_session_run(). Does not block. #SPK_ERROR_FULL if `queue_depth` submissions are on
 * their way or not taken: nothing is submitted. @since 0.1
 * @param submission   null: the completion waits, and no results are wanted
 * @param[out] ticket  a number from 1 up, unique in the session; may be null
 */
SPK_API spk_status spk_session_submit_run(spk_session *session, const spk_run_options *options,
                                          const spk_event *events_in, size_t count_in,
                                          const spk_submission *submission, uint64_t *ticket);

/** Submits a presentation; as spk_session_submit_run() and spk_session_present(). @since 0.1
 * @param scores  null, or a struct and arrays that are the library's until the completion is handed over
 */
SPK_API spk_status spk_session_submit_present(spk_session *session, const spk_presentation *presentation,
                                              spk_scores *scores, const spk_submission *submission, uint64_t *ticket);

/** Submissions that have not ended: a callback that has not returned counts, a completion that was not taken does not.
 * Takes no lock, and never waits. @since 0.1 */
SPK_API spk_status spk_session_pending(spk_session *session, uint32_t *count);

/** Cancels: what waits ends with #SPK_ERROR_CANCELLED, what is under way after its tick. Completions come as ever. Does not
 * block. Ends a blocking run or presentation of another thread too. @since 0.1
 * @param ticket  SPK_EVERY_TICKET, or one; #SPK_ERROR_NOT_FOUND if that is not on its way
 */
SPK_API spk_status spk_session_cancel(spk_session *session, uint64_t ticket);

/** Waits until every submission has ended and its callback has returned. Without threads it processes meanwhile.
 * #SPK_ERROR_TIMEOUT if some have not. @since 0.1 */
SPK_API spk_status spk_session_drain(spk_session *session, uint32_t timeout_milliseconds);

/** Takes the completion that came first, of any session of the context. @since 0.1
 * @param[in,out] completion  `struct_size` is read, the rest written
 * @param timeout_milliseconds  0: does not wait. #SPK_ERROR_TIMEOUT if there is none. Without threads it processes meanwhile.
 */
SPK_API spk_status spk_context_next_completion(spk_context *context, spk_completion *completion,
                                               uint32_t timeout_milliseconds);

/** Does what is due, in a context without threads: moves submissions on, looks at watched boards, runs callbacks. A board in
 * the process runs inside this call. #SPK_ERROR_STATE in a context with threads. @since 0.1
 * @param timeout_milliseconds  waits so long at most until something was done; 0: does not wait
 * @param[out] handled  submissions that ended and boards that came or went; may be null
 */
SPK_API spk_status spk_context_process(spk_context *context, uint32_t timeout_milliseconds, uint32_t *handled);

/** A descriptor for poll(2), select(2) or epoll: readable when spk_context_next_completion() would give one or, in a context
 * without threads, when spk_context_process() has something to do. Belongs to the context: never read or close it. @since 0.1 */
SPK_API spk_status spk_context_descriptor(spk_context *context, int32_t *descriptor);

#ifdef __cplusplus
}
#endif

#endif
