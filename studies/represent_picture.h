/** @file represent_picture.h
 * What learning to represent a signal looks like: spikes, signal and read-out, currents into one neuron, and how it went.
 */
#ifndef STUDIES_REPRESENT_PICTURE_H
#define STUDIES_REPRESENT_PICTURE_H

#include "balance.h"

enum { REPRESENT_POINTS = 64, REPRESENT_LOOK = 2560 };

/** What was measured as learning went on. */
typedef struct represent_curve {
  size_t count;
  double time[REPRESENT_POINTS], nrmse[REPRESENT_POINTS], rate[REPRESENT_POINTS], distance[REPRESENT_POINTS];
} represent_curve;

void represent_point(represent_curve *curve, double time, const measure *result, double distance);

/** Five membrane constants of one state of the network. */
typedef struct represent_view {
  double x[REPRESENT_LOOK], readout[REPRESENT_LOOK];
  double excitation[REPRESENT_LOOK], inhibition[REPRESENT_LOOK]; /**< into neuron 0, in its thresholds */
  spk_event spikes[REPRESENT_LOOK];
  size_t spike_count;
} represent_view;

/** Runs on, and keeps what was seen. */
int represent_look(balance_board *board, const balance *net, balance_source *source, represent_view *view);

/** Writes FOLDER/represent.svg. */
int represent_draw(const char *folder, const represent_view *before, const represent_view *after,
                   const represent_curve *curve);

#endif
