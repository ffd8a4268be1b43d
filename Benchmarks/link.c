/* What a link costs: the round trip of a step, the rate of an upload beside that of a program that only moves bytes, and the
 * rate of learning samples beside that of a board in the process.
 *
 *   link FOLDER BOARD   prints a table, and writes FOLDER/link.json; BOARD is spikelet-board. Returns 1 if a bar is missed.
 */
#define _GNU_SOURCE
#include "measure.h"
#include "upload.h"

#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUTS = 784, STEPS = 5000, ROUNDS = 15, SAMPLES = 300, IN_FLIGHT = 4, PIECE = 65536 };

extern char **environ;

static double processor_seconds(int who) {
  struct rusage usage;
  getrusage(who, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

/* A board in a process of its own. */

static char path[64], locator[80];

static pid_t start_board(const char *program) {
  pid_t process;
  char *arguments[] = {(char *)program, "--unix", path, "--synapse-bytes", "4194304", NULL};
  snprintf(path, sizeof path, "/tmp/spikelet-link-%d", (int)getpid());
  snprintf(locator, sizeof locator, "unix:%s", path);
  if (posix_spawn(&process, program, NULL, NULL, arguments, environ) != 0) {
    fprintf(stderr, "link: %s does not start\n", program);
    exit(1);
  }
  for (int i = 0; i < 500 && access(path, F_OK) != 0; i++) usleep(10000);
  return process;
}

/* Boards of the same size in the process and behind the socket. */
static spk_device *open_device(spk_context *context, const char *place) {
  spk_board_options size = SPK_BOARD_OPTIONS_INIT;
  spk_device *device;
  size.synapse_bytes_per_core = 4194304;
  must(spk_device_open(context, place, strcmp(place, "sim:") == 0 ? &size : NULL, &device));
  return device;
}

/* Median of a step with 16 spikes in, in microseconds. */
static double step_time(const char *place) {
  static double times[STEPS];
  const uint32_t layers[] = {16, 100, 10};
  spk_context *context;
  spk_model *model;
  spk_session *session;
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  spk_event in[16], out[512];
  size_t count;
  options.layer_count = 3;
  options.layer_sizes = layers;
  must(spk_context_create(NULL, &context));
  spk_device *device = open_device(context, place);
  must(spk_model_build_erbp(context, &options, &model));
  must(spk_session_open(device, model, NULL, &session));
  for (uint32_t i = 0; i < 16; i++) in[i] = (spk_event){0, 0, i};
  for (int i = 0; i < STEPS; i++) {
    double start = seconds();
    must(spk_session_run(session, &run, in, 16, out, 512, &count));
    times[i] = (seconds() - start) * 1e6;
  }
  must(spk_session_close(session));
  must(spk_model_close(model));
  must(spk_device_close(device));
  must(spk_context_close(context));
  return median(times, STEPS);
}

/* Bytes a second that a program reaches which writes pieces to another, which reads them and says so at the end. */
static double bare_rate(size_t bytes) {
  static char buffer[1 << 18];
  double times[ROUNDS];
  int ends[2];
  char done = 0;
  if (socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) exit(1);
  pid_t reader = fork();
  if (reader == 0) {
    for (int round = 0; round < ROUNDS; round++) {
      for (size_t left = bytes; left > 0;) {
        ssize_t count = read(ends[1], buffer, left < sizeof buffer ? left : sizeof buffer);
        if (count <= 0) _exit(1);
        left -= (size_t)count;
      }
      if (write(ends[1], &done, 1) != 1) _exit(1);
    }
    _exit(0);
  }
  for (int round = 0; round < ROUNDS; round++) {
    double start = seconds();
    for (size_t left = bytes; left > 0;) {
      ssize_t count = write(ends[0], buffer, left < PIECE ? left : PIECE);
      if (count <= 0) exit(1);
      left -= (size_t)count;
    }
    if (read(ends[0], &done, 1) != 1) exit(1);
    times[round] = seconds() - start;
  }
  waitpid(reader, NULL, 0);
  close(ends[0]);
  close(ends[1]);
  return (double)bytes / median(times, ROUNDS);
}

/* Opens sessions, and compares the rate of their bytes with that of a program that only moves as many. */
static void upload(void) {
  spk_context *context;
  size_t bytes = 0;
  must(spk_context_create(NULL, &context));
  spk_device *device = open_device(context, locator);
  spk_model *model = large_model(context);
  double time = upload_time(device, model, &bytes);
  double rate = (double)bytes / time, bare = bare_rate(bytes);
  must(spk_model_close(model));
  must(spk_device_close(device));
  must(spk_context_close(context));
  report("bytes of an upload of 501,760 int8 weights", "", (double)bytes, "", NO_BAR, 0);
  report("upload over unix:", "", rate / 1e6, "MB/s", NO_BAR, 0);
  report("bytes alone, in pieces of 64 KiB", "", bare / 1e6, "MB/s", NO_BAR, 0);
  report("upload beside bytes alone", "", rate / bare, "", AT_LEAST, 0.5);
}

/* Learning samples a second of a 784-100-10 classifier, IN_FLIGHT at a time. */
static double sample_rate(const char *place, double *processor) {
  static uint8_t pixels[INPUTS];
  const uint32_t layers[] = {INPUTS, 100, 10};
  spk_context *context;
  spk_model *model;
  spk_session *session;
  spk_erbp_options options = SPK_ERBP_OPTIONS_INIT;
  spk_presentation presentation = SPK_PRESENTATION_INIT;
  spk_completion completion = SPK_COMPLETION_INIT;
  int submitted = 0;
  options.layer_count = 3;
  options.layer_sizes = layers;
  for (int i = 0; i < INPUTS; i++) pixels[i] = (uint8_t)(i % 5 == 0 ? 200 : 0);
  presentation.ticks = 32;
  presentation.intensities = pixels;
  presentation.intensity_count = INPUTS;
  presentation.flags = SPK_RUN_LEARN;
  must(spk_context_create(NULL, &context));
  spk_device *device = open_device(context, place);
  must(spk_model_build_erbp(context, &options, &model));
  must(spk_session_open(device, model, NULL, &session));
  double start = seconds(), spent = processor_seconds(RUSAGE_SELF);
  for (int ended = 0; ended < SAMPLES; ended++) {
    for (; submitted < SAMPLES && submitted < ended + IN_FLIGHT; submitted++) {
      presentation.label = submitted % 10;
      must(spk_session_submit_present(session, &presentation, NULL, NULL, NULL));
    }
    must(spk_context_next_completion(context, &completion, 10000));
    must((spk_status)completion.status);
  }
  double time = seconds() - start;
  *processor = processor_seconds(RUSAGE_SELF) - spent;
  must(spk_session_close(session));
  must(spk_model_close(model));
  must(spk_device_close(device));
  must(spk_context_close(context));
  return SAMPLES / time;
}

/* Processor time that another process has used, in seconds. */
static double used_by(pid_t process) {
  char name[64];
  unsigned long user, kernel;
  snprintf(name, sizeof name, "/proc/%d/stat", (int)process);
  FILE *file = fopen(name, "r");
  if (file == NULL || fscanf(file, "%*d (%*[^)]) %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &kernel) != 2) {
    exit(1);
  }
  fclose(file);
  return (double)(user + kernel) / (double)sysconf(_SC_CLK_TCK);
}

static void samples(pid_t board) {
  double inside[5], outside[5], used_inside = 0, used_outside = 0, used, ratios[5];
  for (int i = 0; i < 5; i++) {
    inside[i] = sample_rate("sim:", &used);
    used_inside += used;
    double before = used_by(board);
    outside[i] = sample_rate(locator, &used);
    used_outside += used + used_by(board) - before;
    ratios[i] = outside[i] / inside[i];
  }
  report("learning samples in the process", "", median(inside, 5), "1/s", NO_BAR, 0);
  report("learning samples over unix:, 4 in flight", "", median(outside, 5), "1/s", NO_BAR, 0);
  report("their rate beside the process's", "", median(ratios, 5), "", AT_LEAST, 0.9);
  report("processor time of both processes beside the process's", "", used_outside / used_inside, "", AT_MOST, 1.3);
}

int main(int argc, char **argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: link FOLDER BOARD\n");
    return 2;
  }
  pid_t board = start_board(argv[2]);
  report("step in the process", "", step_time("sim:"), "us", NO_BAR, 0);
  report("step over unix:, 16 spikes in", "", step_time(locator), "us", AT_MOST, 40);
  upload();
  samples(board);
  kill(board, SIGTERM);
  waitpid(board, NULL, 0);
  return write_report(argv[1], "link");
}
