#include "represent_picture.h"

#include "lines.h"

void represent_point(represent_curve *curve, double time, const measure *result, double distance) {
  if (curve->count == REPRESENT_POINTS) return;
  curve->time[curve->count] = time;
  curve->nrmse[curve->count] = log10(measure_nrmse(result));
  curve->rate[curve->count] = measure_rate(result);
  curve->distance[curve->count++] = log10(distance);
}

int represent_look(balance_board *board, const balance *net, balance_source *source, represent_view *view) {
  static balance_block block;
  double excitation = 0, inhibition = 0;
  size_t next = 0;
  block.ticks = REPRESENT_LOOK;
  if (balance_run_block(board, net, source, &block, 0)) return 1;
  view->spike_count = block.spike_count;
  for (size_t i = 0; i < block.spike_count; i++) view->spikes[i] = block.spikes[i];
  for (long tick = 0; tick < block.ticks; tick++) {
    double changes[2] = {balance_drive(net, block.values[tick]) / net->thresholds[0], 0};
    for (; next < block.spike_count && block.spikes[next].tick == (uint32_t)tick; next++)
      if (block.spikes[next].neuron != 0)
        changes[1] = board->into_first[block.spikes[next].neuron] * net->weight_unit / net->thresholds[0];
    excitation *= 1 - net->step;
    inhibition *= 1 - net->step;
    for (int k = 0; k < 2; k++) *(changes[k] > 0 ? &excitation : &inhibition) += fabs(changes[k]);
    view->excitation[tick] = excitation;
    view->inhibition[tick] = inhibition;
    view->x[tick] = block.x[tick][0];
    view->readout[tick] = block.readout[tick][0];
  }
  return 0;
}

static void draw_view(chart *picture, double left, const char *when, const represent_view *view) {
  static double time[REPRESENT_LOOK];
  const lines_axis over = {"time, membrane constants", 0, 0}, current = {"thresholds", 0, 0}, signal = {"first signal", -4, 4};
  const double span = 1.0 / BALANCE_TICKS;
  chart_lane lane = {"neurons", view->spike_count ? view->spikes[0].population : 0, BALANCE_NEURONS, 1, -1};
  chart_curve signals[2], currents[2];
  char title[96];
  signals[0] = lines_curve("signal", time, view->x, REPRESENT_LOOK, 0, span, 0);
  signals[1] = lines_curve("read-out", time, view->readout, REPRESENT_LOOK, 0, span, 1);
  currents[0] = lines_curve("excitation", time, view->excitation, REPRESENT_LOOK, 0, span, 1);
  currents[1] = lines_curve("inhibition", time, view->inhibition, REPRESENT_LOOK, 0, span, 4);
  snprintf(title, sizeof title, "Spikes %s: %u", when, (unsigned)view->spike_count);
  chart_raster(picture, (chart_box){left, 130, 440, 230}, title, &lane, 1, view->spikes, view->spike_count, REPRESENT_LOOK);
  snprintf(title, sizeof title, "Signal and read-out %s", when);
  lines_draw(picture, (chart_box){left, 450, 440, 170}, title, over, signal, signals, 2);
  snprintf(title, sizeof title, "Currents into neuron 0 %s", when);
  lines_draw(picture, (chart_box){left, 710, 440, 170}, title, over, current, currents, 2);
}

int represent_draw(const char *folder, const represent_view *before, const represent_view *after,
                   const represent_curve *curve) {
  char path[4096];
  chart picture;
  const lines_axis time = {"learning time, membrane constants", 0, 0}, free = {"", 0, 0};
  const chart_curve errors[] = {{"log10 NRMSE, fixed decoder", curve->time, curve->nrmse, curve->count, 0},
                                {"log10 distance", curve->time, curve->distance, curve->count, 2}};
  const chart_curve rate = {NULL, curve->time, curve->rate, curve->count, 1};
  snprintf(path, sizeof path, "%s/represent.svg", folder);
  if (chart_open(&picture, path, 1080, 1220, "Learning to represent a signal",
                 "50 neurons on the simulated board, in integers; recurrent weights from random, by the balance rule"))
    return perror(path), 1;
  draw_view(&picture, 80, "before learning", before);
  draw_view(&picture, 600, "after learning", after);
  lines_draw(&picture, (chart_box){80, 970, 440, 170}, "The course of learning", time, free,
             errors, 2);
  lines_draw(&picture, (chart_box){600, 970, 440, 170}, "Spikes a neuron and membrane constant", time, free, &rate, 1);
  if (chart_close(&picture)) return perror(path), 1;
  fprintf(stderr, "picture in %s\n", path);
  return 0;
}
