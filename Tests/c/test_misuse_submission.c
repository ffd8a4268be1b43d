/* Submissions: what a blocking call refuses is refused at once, and what is refused is not submitted. */
#include "small_network.h"

#include <stdint.h>

static small_network small;
static const spk_event in[] = {{0, INPUT, 0}, {3, INPUT, 2}};
static const uint8_t intensities[3] = {255, 0, 128};

/* Nothing is on its way, and the next ticket is the one that follows `last`. */
static void nothing_was_submitted(uint64_t *last) {
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  uint64_t ticket = 0;
  uint32_t count = 77;
  OK(small.context, spk_session_pending(small.session, &count));
  CHECK(count == 0);
  REFUSED(small.context, SPK_ERROR_TIMEOUT, "", spk_context_next_completion(small.context, &completion, 0));
  OK(small.context, spk_session_submit_run(small.session, &run, NULL, 0, NULL, &ticket));
  CHECK(ticket == *last + 1);
  *last = ticket;
  OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
  CHECK(completion.ticket == ticket && completion.status == SPK_OK && completion.ticks == 1);
}

#define RUN(words, options, events, count, submission) \
  REFUSED(small.context, SPK_ERROR_ARGUMENT, words,    \
          spk_session_submit_run(small.session, options, events, count, submission, &ticket))

static void runs(void) {
  static const spk_event bad_events[][2] = {
      {{0, INPUT, 0}, {4, INPUT, 0}}, {{0, INPUT, 0}, {1, INPUT, 3}}, {{0, INPUT, 0}, {1, HIDDEN, 0}},
      {{1, INPUT, 0}, {0, INPUT, 0}}, {{1, INPUT, 0}, {1, INPUT, 0}},
  };
  LONGER(spk_run_options) newer = {SPK_RUN_OPTIONS_INIT, {0}};
  spk_run_options *options = &newer.known, bad;
  uint64_t ticket = 77;
  options->ticks = 4;
  RUN("options", NULL, in, 2, NULL);
  RUN("events_in", options, NULL, 2, NULL);
  RUN("events_in", options, in, SIZE_MAX, NULL);
  RUN("events_in", options, in, SIZE_MAX / sizeof(spk_event) + 4, NULL);
  bad = *options, bad.struct_size = 0;
  RUN("struct_size", &bad, in, 2, NULL);
  bad = *options, bad.ticks = 0;
  RUN("ticks", &bad, in, 2, NULL);
  bad = *options, bad.ticks = 65537;
  RUN("ticks", &bad, in, 2, NULL);
  bad = *options, bad.flags = 8;
  RUN("flags", &bad, in, 2, NULL);
  bad = *options, bad.signal_count = 1;
  RUN("signals", &bad, in, 2, NULL);
  options->struct_size = sizeof newer;
  newer.tail[0] = 1;
  RUN("struct_size", options, in, 2, NULL);
  newer.tail[0] = 0;
  for (size_t i = 0; i < sizeof bad_events / sizeof bad_events[0]; i++) {
    RUN("event 1", options, bad_events[i], 2, NULL);
  }
  CHECK(ticket == 77);
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "options", spk_session_submit_run(small.session, NULL, NULL, 0, NULL, NULL));
}

static void submissions(void) {
  LONGER(spk_submission) newer = {SPK_SUBMISSION_INIT, {0}};
  spk_submission *submission = &newer.known;
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  spk_event events[4];
  int32_t values[4];
  uint64_t ticket = 77;
  options.ticks = 4;
  submission->struct_size = 0;
  RUN("struct_size", &options, in, 2, submission);
  submission->struct_size = sizeof *submission - 4;
  RUN("struct_size", &options, in, 2, submission);
  submission->struct_size = sizeof newer;
  newer.tail[7] = 1;
  RUN("struct_size", &options, in, 2, submission);
  newer.tail[7] = 0;
  submission->event_capacity = 4;
  RUN("events_out", &options, in, 2, submission);
  submission->events_out = events;
  submission->event_capacity = SIZE_MAX;
  RUN("events_out", &options, in, 2, submission);
  submission->event_capacity = SIZE_MAX / sizeof events[0] + 2;
  RUN("events_out", &options, in, 2, submission);
  submission->event_capacity = 4;
  submission->probe_capacity = 4;
  RUN("probe_values", &options, in, 2, submission);
  submission->probe_values = values;
  submission->probe_capacity = SIZE_MAX;
  RUN("probe_values", &options, in, 2, submission);
  CHECK(ticket == 77);
}

/* A probe that is not there gives no values; numbers beyond all probes too. */
static void probes_that_are_not_there(uint64_t *last) {
  spk_submission submission = SPK_SUBMISSION_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  spk_run_options options = SPK_RUN_OPTIONS_INIT;
  const uint32_t probes[] = {0, 15, 16, UINT32_MAX};
  int32_t values[4] = {77, 77, 77, 77};
  submission.probe_values = values;
  submission.probe_capacity = 4;
  for (size_t i = 0; i < 4; i++) {
    submission.probe = probes[i];
    OK(small.context, spk_session_submit_run(small.session, &options, NULL, 0, &submission, last));
    OK(small.context, spk_context_next_completion(small.context, &completion, 10000));
    CHECK(completion.status == SPK_OK && completion.probe_count == 0 && values[0] == 77);
  }
}

static void presentations(void) {
  LONGER(spk_scores) scores = {SPK_SCORES_INIT, {0}};
  spk_presentation good = SPK_PRESENTATION_INIT, bad;
  spk_submission submission = SPK_SUBMISSION_INIT;
  uint32_t counts[3] = {77, 77, 77};
  uint64_t ticket = 77;
  good.intensities = intensities;
  good.intensity_count = 3;
#define PRESENT(words, presentation)                    \
  REFUSED(small.context, SPK_ERROR_ARGUMENT, words,     \
          spk_session_submit_present(small.session, presentation, &scores.known, &submission, &ticket))
#define WITH(change) (bad = good, change, &bad)
  PRESENT("presentation", NULL);
  PRESENT("struct_size", WITH(bad.struct_size = 0));
  PRESENT("ticks", WITH(bad.ticks = 0));
  PRESENT("ticks", WITH(bad.ticks = 65537));
  PRESENT("intensities", WITH(bad.intensities = NULL));
  PRESENT("intensities", WITH(bad.intensity_count = 2));
  PRESENT("intensities", WITH(bad.intensity_count = SIZE_MAX));
  PRESENT("label", WITH(bad.label = 3));
  PRESENT("label", WITH(bad.label = -2));
  PRESENT("label_period", WITH(bad.label_period = 0));
  PRESENT("flags", WITH(bad.flags = SPK_RUN_LABELLED));
  PRESENT("struct_size", (submission.struct_size = 0, &good));
  submission.struct_size = sizeof submission;
  PRESENT("struct_size", (scores.known.struct_size = 0, &good));
  PRESENT("struct_size", (scores.known.struct_size = sizeof scores, scores.tail[2] = 1, &good));
  scores.tail[2] = 0;
  scores.known.counts = counts;
  scores.known.capacity = 2;
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "capacity",
          spk_session_submit_present(small.session, &good, &scores.known, &submission, &ticket));
  CHECK(ticket == 77 && counts[0] == 77 && scores.known.count == 0);
}

static void waiting_and_cancelling(uint64_t last) {
  spk_session *session = small.session;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "count", spk_session_pending(session, NULL));
  if (last > 0) REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_session_cancel(session, last));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_session_cancel(session, last + 1));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_session_cancel(session, UINT64_MAX));
  OK(small.context, spk_session_cancel(session, SPK_EVERY_TICKET));
  OK(small.context, spk_session_drain(session, 0));
  OK(small.context, spk_session_drain(session, UINT32_MAX));
}

int main(void) {
  uint64_t last = 0;
  small = small_open();
  uint64_t before = small_session_print(small.session);
  runs();
  submissions();
  presentations();
  waiting_and_cancelling(0);
  CHECK(small_session_print(small.session) == before);
  nothing_was_submitted(&last);
  probes_that_are_not_there(&last);
  nothing_was_submitted(&last);
  waiting_and_cancelling(last);
  small_close(&small);
  return check_tally();
}
