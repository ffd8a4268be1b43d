/* A network that was trained on the host (docs/training.md) tracks a signal of two dimensions with its spikes. The model comes from
 * `spikelet train autoencode -o MODEL`; its population "signal" takes the values, and the membranes of "readout" show them again, as a
 * low-pass filter of 10 ms would.
 *
 *   track_signal MODEL [LOCATOR [MILLISECONDS]]     the default is sim: 2000
 */
#include <math.h>
#include <stdlib.h>

#include "try.h"

enum { SIGNALS = 2, TICKS = 200 };              /* ticks of a run: 100 ms */
static const double tick_ms = 0.5, unit = 4096; /* of a value: 1.0 */
static const double loss = 205.0 / 4096;        /* a tick, of the filter: 0.5 ms / 10 ms */

/* Sums of sines, never the same for long. */
static double signal_at(int which, double ms) {
  static const double periods[SIGNALS][3] = {{97, 131, 211}, {83, 149, 257}};
  double sum = 0;
  for (int i = 0; i < 3; i++) sum += 0.5 * sin(6.283185307179586 * ms / periods[which][i] + which + i);
  return sum;
}

int main(int argc, char **argv) {
  spk_context *context;
  spk_device *board;
  spk_model *model;
  spk_session *session;
  uint32_t input, neurons, output, probe, runs = (argc > 3 ? (uint32_t)atoi(argv[3]) : 2000) / 100;
  double filtered[SIGNALS] = {0}, errors = 0, squares = 0;
  size_t spikes = 0;
  if (argc < 2 || runs == 0) return fprintf(stderr, "usage: track_signal MODEL [LOCATOR [MILLISECONDS]]\n"), 2;
  TRY(NULL, spk_context_create(NULL, &context));
  TRY(context, spk_device_open(context, argc > 2 ? argv[2] : "sim:", NULL, &board));
  TRY(context, spk_model_load_file(context, argv[1], &model));
  TRY(context, spk_model_find_population(model, "signal", &input));
  TRY(context, spk_model_find_population(model, "neurons", &neurons));
  TRY(context, spk_model_find_population(model, "readout", &output));
  TRY(context, spk_session_open(board, model, NULL, &session));
  TRY(context, spk_session_record(session, neurons, 1));
  TRY(context, spk_session_add_probe(session, output, SPK_MEMBRANE, 0, SIGNALS, &probe));

  for (uint32_t run = 0; run < runs; run++) {
    int16_t values[TICKS * SIGNALS];
    int32_t seen[TICKS * SIGNALS];
    spk_signal signal = {input, 0, values};
    spk_run_options options = SPK_RUN_OPTIONS_INIT;
    spk_event events[512];
    size_t count;
    for (int i = 0; i < TICKS * SIGNALS; i++)
      values[i] = (int16_t)lrint(unit * signal_at(i % SIGNALS, (run * TICKS + i / SIGNALS) * tick_ms));
    options.ticks = TICKS;
    options.signals = &signal;
    options.signal_count = 1;
    TRY(context, spk_session_run(session, &options, NULL, 0, NULL, 0, NULL));
    do {
      TRY(context, spk_session_read_events(session, events, 512, &count));
      spikes += count;
    } while (count == 512);
    TRY(context, spk_session_read_probe(session, probe, seen, TICKS * SIGNALS, &count));
    for (int i = 0; i < TICKS * SIGNALS; i++) {
      double *wanted = &filtered[i % SIGNALS], error = seen[i] / unit - *wanted;
      if (run > 0) errors += error * error, squares += *wanted * *wanted; /* the first 100 ms are for settling */
      *wanted += loss * (values[i] / unit - *wanted);
    }
  }
  TRY(context, spk_session_close(session));
  TRY(context, spk_model_close(model));
  TRY(context, spk_device_close(board));
  TRY(NULL, spk_context_close(context));
  printf("%u ms, %zu spikes\nNRMSE %.4f\n", (unsigned)runs * 100, spikes, squares > 0 ? sqrt(errors / squares) : 0);
  return 0;
}
