/* W1: 784-500-500-10 with 5 % of the inputs firing, frozen. W2: the same, learning from labels. */
#include "workloads.h"

#include "draws.h"
#include <string.h>

enum { SAMPLES = 20, TICKS = 100, MOST_EVENTS = 8000, OUT = 4 * 1024 * 100 };

typedef struct workload {
  layers *start, *weights; /* as they are at first, and as the yardstick changes them */
  raster input, labels;
  bench board;
  spk_event *events[SAMPLES], *out;
  size_t event_counts[SAMPLES];
  int16_t *words[3];
  int learns;
  activity seen;
} workload;

static int8_t draw_weight(uint64_t *state, double deviation) {
  double sum = 0;
  for (int i = 0; i < 12; i++) sum += draw_between(state, -0.5, 0.5);
  double weight = sum * deviation;
  return (int8_t)(weight > 127 ? 127 : weight < -127 ? -127 : weight);
}

static void fill(int8_t *weights, size_t rows, size_t columns, size_t width, uint64_t *state) {
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) weights[i * width + j] = draw_weight(state, 32);
}

/* Each sample has a fifth of the pixels in ink, and those fire in a quarter of the ticks. */
static void draw_rasters(workload *work, uint64_t *state) {
  uint32_t inputs = 0, labels = 0;
  raster *in = &work->input, *label = &work->labels;
  in->ticks = label->ticks = SAMPLES * TICKS;
  in->starts = room((in->ticks + 1) * sizeof *in->starts), label->starts = room((in->ticks + 1) * sizeof *in->starts);
  in->neurons = room(in->ticks * PIXELS * sizeof *in->neurons), label->neurons = room(in->ticks * sizeof *in->neurons);
  for (uint32_t sample = 0, t = 0; sample < SAMPLES; sample++) {
    uint8_t ink[PIXELS];
    for (int i = 0; i < PIXELS; i++) ink[i] = draw_below(state, 5) == 0;
    for (uint32_t tick = 0; tick < TICKS; tick++, t++) {
      for (uint32_t i = 0; i < PIXELS; i++)
        if (ink[i] && draw_below(state, 4) == 0) in->neurons[inputs++] = i;
      if (draw_below(state, 2) == 0) label->neurons[labels++] = sample % CLASSES;
      in->starts[t + 1] = inputs, label->starts[t + 1] = labels;
    }
  }
}

static int16_t *words(const int8_t *weights, size_t rows, size_t columns, size_t width, int sign) {
  int16_t *out = room(rows * columns * sizeof *out);
  for (size_t i = 0; i < rows; i++)
    for (size_t j = 0; j < columns; j++) out[i * columns + j] = (int16_t)(sign * weights[i * width + j]);
  return out;
}

static const uint32_t sizes[4] = {PIXELS, HIDDEN, HIDDEN, CLASSES};

static void add_layers(workload *work) {
  static const int32_t thresholds[3] = {THRESHOLD1, THRESHOLD2, THRESHOLD3};
  spk_population input = SPK_POPULATION_INIT, cells = SPK_POPULATION_INIT;
  input.kind = SPK_INPUT, input.neuron_count = PIXELS;
  bench_population(&work->board, &input);
  cells.decays[0].membrane = 256, cells.decays[0].dendrite = 512;
  for (int l = 0; l < 3; l++) {
    cells.neuron_count = sizes[l + 1], cells.threshold = thresholds[l] - 1;
    cells.role = l == 2 ? SPK_ROLE_OUTPUT : SPK_ROLE_NONE, cells.dendrite_view_shift = l == 2 ? 0 : 4;
    bench_population(&work->board, &cells);
  }
  for (uint32_t l = 0; l < 3; l++) {
    spk_projection dense = SPK_PROJECTION_INIT;
    dense.source = l, dense.target = l + 1, dense.compartment = SPK_MEMBRANE;
    if (work->learns) {
      dense.learning = 1, dense.term_count = 1, dense.rounding = SPK_ROUND_STOCHASTIC;
      dense.terms[0].factor_a = SPK_FACTOR_DENDRITE, dense.terms[0].mantissa = -1, dense.terms[0].shift = l == 2 ? 6 : 8;
      if (l < 2) {
        dense.terms[0].gate = SPK_GATE_INSIDE, dense.terms[0].gate_variable = SPK_FACTOR_MEMBRANE;
        dense.terms[0].gate_low = 1 - thresholds[l], dense.terms[0].gate_high = thresholds[l] - 1;
      }
    }
    bench_projection(&work->board, &dense, work->words[l], (size_t)sizes[l] * sizes[l + 1]);
  }
}

/* Classes that fire raise the dendrites by the feedback, labels lower them. */
static void add_feedback(workload *work) {
  spk_population label = SPK_POPULATION_INIT;
  label.kind = SPK_INPUT, label.neuron_count = CLASSES;
  uint32_t population = bench_population(&work->board, &label);
  for (int sign = -1; sign <= 1; sign += 2) {
    for (uint32_t l = 0; l < 3; l++) {
      static const int8_t ones[CLASSES] = {1, 1, 1, 1, 1, 1, 1, 1, 1, 1};
      spk_projection back = SPK_PROJECTION_INIT;
      back.source = sign < 0 ? population : 3, back.target = l + 1, back.compartment = SPK_DENDRITE, back.shift = 6;
      back.connectivity = l == 2 ? SPK_ONE_TO_ONE : SPK_DENSE;
      int16_t *weights = l == 2 ? words(ones, 1, CLASSES, CLASSES, sign) : words(work->start->feedback[l], CLASSES, HIDDEN, WIDE, sign);
      bench_projection(&work->board, &back, weights, l == 2 ? CLASSES : (size_t)CLASSES * HIDDEN);
      free(weights);
    }
  }
}

static void fill_events(workload *work) {
  for (uint32_t sample = 0; sample < SAMPLES; sample++) {
    spk_event *event = work->events[sample] = room(MOST_EVENTS * sizeof *event);
    for (uint32_t tick = 0; tick < TICKS; tick++) {
      size_t t = sample * TICKS + tick;
      for (uint32_t i = work->input.starts[t]; i < work->input.starts[t + 1]; i++)
        *event++ = (spk_event){tick, 0, work->input.neurons[i]};
      for (uint32_t i = work->labels.starts[t]; work->learns && i < work->labels.starts[t + 1]; i++)
        *event++ = (spk_event){tick, 4, work->labels.neurons[i]};
    }
    work->event_counts[sample] = (size_t)(event - work->events[sample]);
  }
}

static void run_yardstick(void *self) {
  workload *work = self;
  for (size_t sample = 0; sample < SAMPLES; sample++) {
    if (work->learns)
      yardstick_learning(work->weights, &work->input, &work->labels, sample * TICKS, TICKS, &work->seen);
    else
      yardstick_layers(work->weights, &work->input, sample * TICKS, TICKS, &work->seen);
  }
}

static void prepare_yardstick(void *self) {
  workload *work = self;
  memcpy(work->weights, work->start, sizeof *work->weights);
}

static void run_board(void *self) {
  workload *work = self;
  spk_run_options run = SPK_RUN_OPTIONS_INIT;
  run.ticks = TICKS, run.flags = SPK_RUN_CLEAR | (work->learns ? SPK_RUN_LEARN : 0);
  for (int sample = 0; sample < SAMPLES; sample++) {
    size_t count;
    must(spk_session_run(work->board.session, &run, work->events[sample], work->event_counts[sample], work->out, OUT, &count));
    for (size_t i = 0; i < count; i++) work->seen.spikes[work->out[i].population - 1]++;
  }
}

static void prepare_board(void *self) {
  workload *work = self;
  must(spk_session_set_ticks(work->board.session, 0, 0));
  for (uint32_t l = 0; l < 3 && work->learns; l++)
    must(spk_session_write_weights(work->board.session, l, work->words[l], (size_t)sizes[l] * sizes[l + 1]));
}

/* Synapses that the board went through, counted in a run of its own with all spikes recorded. A spike of the last tick is not delivered
 * any more, as little as those of the input. */
static double count_board(workload *work) {
  for (uint32_t population = 1; population <= 3; population++) must(spk_session_record(work->board.session, population, 1));
  memset(&work->seen, 0, sizeof work->seen);
  prepare_board(work);
  run_board(work);
  must(spk_session_record(work->board.session, 1, 0));
  must(spk_session_record(work->board.session, 2, 0));
  return (double)work->input.starts[work->input.ticks] * HIDDEN + work->seen.spikes[0] * HIDDEN + work->seen.spikes[1] * CLASSES;
}

static void measure(workload *work, const char *name, int repeats, double bar) {
  side board = {prepare_board, run_board, work, 0}, yardstick = {prepare_yardstick, run_yardstick, work, 0};
  board.count = count_board(work);
  report(name, ", events or updates a sample", board.count / SAMPLES, "", NO_BAR, 0);
  memset(&work->seen, 0, sizeof work->seen);
  prepare_yardstick(work);
  run_yardstick(work);
  yardstick.count = work->seen.events;
  report(name, ", those of the board in the yardstick's", board.count / yardstick.count, "", NO_BAR, 0);
  pair found = measure_pair(&board, &yardstick, repeats);
  report(name, ", CPU time of each", found.first * 1e12, "ps", NO_BAR, 0);
  report(name, ", CPU time in the yardstick's", found.cpu_ratio, "", AT_MOST, bar);
  report(name, ", wall time in the yardstick's", found.wall_ratio, "", NO_BAR, 0);
}

static void measure_layers(int learns, const char *name, int repeats, double bar) {
  workload work;
  uint64_t state = 12345;
  memset(&work, 0, sizeof work);
  work.learns = learns;
  work.start = room(sizeof *work.start), work.weights = room(sizeof *work.weights), work.out = room(OUT * sizeof *work.out);
  draw_rasters(&work, &state);
  fill(work.start->first, PIXELS, HIDDEN, WIDE, &state);
  fill(work.start->second, HIDDEN, HIDDEN, WIDE, &state);
  fill(work.start->last, HIDDEN, CLASSES, NARROW, &state);
  for (int l = 0; l < 2; l++)
    for (size_t k = 0; k < CLASSES; k++)
      for (size_t i = 0; i < HIDDEN; i++) work.start->feedback[l][k * WIDE + i] = (int8_t)((int)draw_below(&state, 33) - 16);
  work.words[0] = words(work.start->first, PIXELS, HIDDEN, WIDE, 1);
  work.words[1] = words(work.start->second, HIDDEN, HIDDEN, WIDE, 1);
  work.words[2] = words(work.start->last, HIDDEN, CLASSES, NARROW, 1);
  fill_events(&work);
  work.board = bench_create(8, 1024, 131072);
  add_layers(&work);
  if (learns) add_feedback(&work);
  largest_block = 0;
  bench_open(&work.board);
  if (learns) {
    double synapses = (double)PIXELS * HIDDEN + HIDDEN * HIDDEN + HIDDEN * CLASSES;
    report(name, ", memory of the network on the board", (double)largest_block / synapses, "bytes a synapse", AT_MOST, 1.1);
  }
  measure(&work, name, repeats, bar);
  bench_close(&work.board);
  for (int sample = 0; sample < SAMPLES; sample++) free(work.events[sample]);
  for (int l = 0; l < 3; l++) free(work.words[l]);
  free(work.input.starts), free(work.input.neurons), free(work.labels.starts), free(work.labels.neurons);
  free(work.start), free(work.weights), free(work.out);
}

void layers_workloads(int repeats) {
  measure_layers(0, "W1 784-500-500-10", repeats, 1.2);
  measure_layers(1, "W2 784-500-500-10, learning", repeats, 0.8);
}
