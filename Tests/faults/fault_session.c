/* A session over a link that goes wrong: whatever the board gives is held against what a board in the process gave.
 *
 *   fault_session LOCATOR [TIMEOUT]     of the session, in milliseconds; the default is 2000
 *
 * After a call that failed it waits until the board is there, resumes the session from its last snapshot by one call, and
 * does again what came after the snapshot. Its last lines are `outcome`, `sentence`, `resumes`, `seconds`, `longest` and
 * `bytes` (to the board, to the host). The outcomes:
 *
 *   same      no call failed
 *   resumed   calls failed, and from the snapshot on all was the same
 *   reopened  the same, but the board was lost before there was a session, which was then opened again
 *   status    a session could not be resumed by one call, or not be opened again; the sentence says why
 *   wrong     a call succeeded, and gave something else than in the process
 *   late      a call took longer than it may
 *
 * It exits with 0, with 1 after the last two, and with 2 if it could not begin. */
#include "pupil.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What became of a pupil. */
typedef struct report {
  int resumes, reopenings;
  int is_given_up;
  uint64_t bytes_out, bytes_in;
  char sentence[512];
} report;

/* Waits until the board is there again. */
static int await_board(pupil *pupil, const char *locator) {
  static spk_board boards[64];
  int is_there = 0;
  if (CALL(pupil, STEP, spk_device_watch(pupil->context, locator, NULL, NULL))) return 0;
  for (double start = seconds(); !is_there && seconds() - start < 10; pause_milliseconds(10)) {
    size_t count = 0;
    if (CALL(pupil, STEP, spk_device_list(pupil->context, boards, 64, &count))) break;
    for (size_t i = 0; i < count; i++)
      if (strcmp(boards[i].locator, locator) == 0) is_there = (int)boards[i].is_present;
  }
  return CALL(pupil, STEP, spk_device_unwatch(pupil->context, locator)) == SPK_OK && is_there;
}

/* Takes the session back to its snapshot, and checks what it says is undone. */
static spk_status resume(pupil *pupil) {
  spk_resume_report undone = SPK_RESUME_REPORT_INIT;
  const tick_counts *now = &pupil->ticks, *then = &pupil->plan->starts[pupil->lesson];
  spk_status status = CALL(pupil, TRANSFER, spk_session_resume(pupil->session, pupil->model, &undone));
  if (status == SPK_OK && undone.was_lost && !undone.uncertain &&
      (then->learning + undone.learning_ticks != now->learning || then->frozen + undone.frozen_ticks != now->frozen))
    pupil->wrong = "the ticks that are said to be undone";
  return status;
}

/* After a call that failed. */
static void go_on(pupil *pupil, const char *locator, report *report) {
  strcpy(report->sentence, pupil->failure);
  if (!await_board(pupil, locator)) {
    report->is_given_up = 1;
  } else if (pupil->session == NULL) {
    report->is_given_up = report->reopenings++ > 0;
  } else {
    report->resumes++;
    if (resume(pupil) == SPK_OK) return;
    strcpy(report->sentence, pupil->failure);
    report->is_given_up = 1;
  }
}

static void add_counters(const pupil *pupil, report *report) {
  spk_counters counters = SPK_COUNTERS_INIT;
  if (pupil->device == NULL || spk_device_counters(pupil->device, &counters) != SPK_OK) return;
  report->bytes_out += counters.bytes_out;
  report->bytes_in += counters.bytes_in;
}

static const char *outcome(const pupil *pupil, const report *report) {
  if (pupil->wrong != NULL) return "wrong";
  if (pupil->is_late) return "late";
  if (report->is_given_up) return "status";
  if (report->reopenings > 0) return "reopened";
  return report->resumes > 0 ? "resumed" : "same";
}

static int learn_over_link(lesson_plan *plan, const char *locator, uint32_t timeout_milliseconds) {
  static pupil pupil;
  static report report;
  const double start = seconds();
  pupil.plan = plan;
  if (pupil_begin(&pupil, timeout_milliseconds) != SPK_OK) return 2;
  while (pupil.lesson < LESSONS && !report.is_given_up && pupil.wrong == NULL) {
    spk_status status = pupil.session == NULL ? pupil_open(&pupil, locator, timeout_milliseconds) : pupil_learn(&pupil);
    if (status != SPK_OK) go_on(&pupil, locator, &report);
  }
  add_counters(&pupil, &report);
  if (pupil_end(&pupil) != SPK_OK) pupil.wrong = pupil.failure;
  const char *what = outcome(&pupil, &report);
  if (pupil.wrong != NULL) snprintf(report.sentence, sizeof report.sentence, "lesson %d: %s", pupil.lesson, pupil.wrong);
  printf("outcome %s\nsentence %s\nresumes %d\nseconds %.3f\nlongest %.3f %.*s\nbytes %llu %llu\n", what, report.sentence,
         report.resumes, seconds() - start, pupil.longest, (int)strcspn(pupil.longest_call, "("), pupil.longest_call, (unsigned long long)report.bytes_out,
         (unsigned long long)report.bytes_in);
  return pupil.wrong != NULL || pupil.is_late;
}

static int learn_in_process(lesson_plan *plan) {
  static pupil pupil;
  pupil.plan = plan;
  pupil.is_model = 1;
  int is_done = pupil_begin(&pupil, 10000) == SPK_OK && pupil_open(&pupil, "sim:", 10000) == SPK_OK;
  while (is_done && pupil.lesson < LESSONS) is_done = pupil_learn(&pupil) == SPK_OK;
  is_done = is_done && pupil_end(&pupil) == SPK_OK;
  if (!is_done) fprintf(stderr, "fault_session: %s\n", pupil.failure);
  return is_done;
}

int main(int argc, char **argv) {
  static lesson_plan plan;
  if (argc < 2) {
    fprintf(stderr, "usage: fault_session LOCATOR [TIMEOUT]\n");
    return 2;
  }
  if (!learn_in_process(&plan)) return 2;
  return learn_over_link(&plan, argv[1], argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 2000);
}
