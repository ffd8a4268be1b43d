/* A session that is taught lesson by lesson, and the results that each lesson is to give. */
#ifndef TESTS_PUPIL_H
#define TESTS_PUPIL_H

#include <spikelet/spikelet.h>

enum { LESSONS = 8, MARKS = 32 };

/* Ticks of learning runs and of frozen ones. */
typedef struct tick_counts {
  uint64_t learning, frozen;
} tick_counts;

/* A digest of each result, and the ticks that had taken place when a lesson began. */
typedef struct lesson_plan {
  uint64_t marks[LESSONS][MARKS];
  tick_counts starts[LESSONS + 1];
} lesson_plan;

typedef struct pupil {
  lesson_plan *plan;
  int is_model;  /* whether the plan is made, and not followed */
  int lesson;    /* that comes next; the snapshot is of its beginning */
  int mark;      /* results that the lesson has given */
  double limit;  /* seconds that a run may take */
  spk_context *context;
  spk_device *device;
  spk_model *model; /* holds the snapshot, if there is one */
  spk_session *session;
  uint32_t input, label, hidden, sensors, input_hidden;
  uint32_t probe, seldom;   /* of each tick, and of every seventh */
  tick_counts ticks;        /* that have taken place */
  char failure[400];        /* the last call that failed, and its sentence */
  const char *wrong;        /* what differed, or null */
  double begun, longest;    /* of calls */
  const char *longest_call;
  int is_late;              /* whether one took longer than it may */
} pupil;

/* What a call may take: the session's timeout and the time to end a run, or that of moving a network. */
typedef enum time_limit { STEP, TRANSFER } time_limit;

double seconds(void);
void pause_milliseconds(long milliseconds);

/* Makes a call, sees to its time, and keeps its sentence if it fails. Gives its status.
 * call: as it stands in the source */
#define CALL(pupil, limit, call) (call_begins(pupil), call_ended(pupil, limit, #call, call))
void call_begins(pupil *pupil);
spk_status call_ended(pupil *pupil, time_limit limit, const char *call, spk_status status);

/* Makes context and model. */
spk_status pupil_begin(pupil *pupil, uint32_t timeout_milliseconds);

/* Opens board and session; whatever fails, nothing stays open. */
spk_status pupil_open(pupil *pupil, const char *locator, uint32_t timeout_milliseconds);

/* The next lesson, from the snapshot on, and the next snapshot. */
spk_status pupil_learn(pupil *pupil);

/* Closes session and board. */
spk_status pupil_close(pupil *pupil);

/* Closes all. */
spk_status pupil_end(pupil *pupil);

#endif
