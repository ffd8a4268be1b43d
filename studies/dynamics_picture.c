#include "dynamics_picture.h"

#include "lines.h"

static const dynamics_input inputs[] = {DYNAMICS_NOISE, DYNAMICS_STEPS, DYNAMICS_PULSE};
static const char *const input_names[] = {"Noise", "Steps", "A pulse"};
static const double seconds[] = {1.2, 1.2, 1.0};

void dynamics_point(dynamics_curve *curve, unsigned trial, const dynamics_result *result) {
  if (curve->count == DYNAMICS_POINTS) return;
  curve->trial[curve->count] = trial;
  curve->nrmse[curve->count] = result->nrmse;
  curve->rate[curve->count++] = result->rate;
}

int dynamics_look(dynamics_board *board, const dynamics *net, dynamics_view *view) {
  for (int k = 0; k < 3; k++) {
    dynamics_result result = {.x = view->x[k], .readout = view->readout[k], .spikes = k == 0 ? view->spikes : NULL};
    if (dynamics_test(board, net, inputs[k], seconds[k], 7, &result)) return 1;
    if (k == 0) view->spike_count = result.spike_count;
  }
  return 0;
}

static void draw_view(chart *picture, double left, const char *when, const dynamics *net, const dynamics_view *view) {
  static double time[DYNAMICS_LOOK];
  chart_lane lane = {"neurons", view->spike_count ? view->spikes[0].population : 0, net->shape.neurons, 1, -1};
  char title[96];
  for (int k = 0; k < 3; k++) {
    size_t count = (size_t)(seconds[k] / net->step);
    double largest = 0.1;
    chart_curve curves[2];
    for (size_t i = 0; i < count; i++) largest = fmax(largest, fabs(view->x[k][i]));
    curves[0] = lines_curve("target", time, view->x[k], count, 0, net->step, 0);
    curves[1] = lines_curve("read-out", time, view->readout[k], count, 0, net->step, 1);
    snprintf(title, sizeof title, "%s %s", input_names[k], when);
    lines_draw(picture, (chart_box){left, 130 + 250 * k, 440, 160}, title, (lines_axis){"time, seconds", 0, 0},
               (lines_axis){"first signal", -1.6 * largest, 1.6 * largest}, curves, 2);
  }
  snprintf(title, sizeof title, "Spikes %s, under noise: %u", when, (unsigned)view->spike_count);
  chart_raster(picture, (chart_box){left, 880, 440, 170}, title, &lane, 1, view->spikes, view->spike_count,
               (uint32_t)(seconds[0] / net->step));
}

int dynamics_draw(const char *folder, const char *name, const dynamics *net, const dynamics_view *before,
                  const dynamics_view *after, const dynamics_curve *curve) {
  char path[4096], subtitle[160];
  chart picture;
  const chart_curve error = {NULL, curve->trial, curve->nrmse, curve->count, 0};
  const chart_curve rate = {NULL, curve->trial, curve->rate, curve->count, 1};
  size_t length = (size_t)snprintf(path, sizeof path, "%s/dynamics-%s.svg", folder, name);
  for (size_t i = length < sizeof path ? length : 0; i-- > 0 && path[i] != '/';)
    if (path[i] == ' ') path[i] = '-';
  snprintf(subtitle, sizeof subtitle,
           "%u neurons on the simulated board, in integers: %s; all runs without feedback but the trials", net->shape.neurons,
           name);
  if (chart_open(&picture, path, 1080, 1380, "Learning a dynamical system from its error", subtitle))
    return perror(path), 1;
  draw_view(&picture, 80, "before learning", net, before);
  draw_view(&picture, 600, "after learning", net, after);
  lines_draw(&picture, (chart_box){80, 1150, 440, 150}, "Error while it learns, with feedback",
             (lines_axis){"trial of a second", 0, 0}, (lines_axis){"NRMSE", 0, 0}, &error, 1);
  lines_draw(&picture, (chart_box){600, 1150, 440, 150}, "Spikes a neuron and second, while it learns",
             (lines_axis){"trial of a second", 0, 0}, (lines_axis){"", 0, 0}, &rate, 1);
  if (chart_close(&picture)) return perror(path), 1;
  fprintf(stderr, "picture in %s\n", path);
  return 0;
}
