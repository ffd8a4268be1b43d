/** @file dynamics_picture.h
 * What learning a dynamical system looks like: target and read-out, spikes, and the error as it was learnt.
 */
#ifndef STUDIES_DYNAMICS_PICTURE_H
#define STUDIES_DYNAMICS_PICTURE_H

#include "dynamics.h"

enum { DYNAMICS_POINTS = 512, DYNAMICS_LOOK = 32768 };

/** The error of each trial, with feedback. */
typedef struct dynamics_curve {
  size_t count;
  double trial[DYNAMICS_POINTS], nrmse[DYNAMICS_POINTS], rate[DYNAMICS_POINTS];
} dynamics_curve;

void dynamics_point(dynamics_curve *curve, unsigned trial, const dynamics_result *result);

/** One state of the network, driven by noise, by steps and by a pulse, without feedback. */
typedef struct dynamics_view {
  double x[3][DYNAMICS_LOOK], readout[3][DYNAMICS_LOOK];
  spk_event spikes[DYNAMICS_LOOK]; /**< of the first */
  size_t spike_count;
} dynamics_view;

int dynamics_look(dynamics_board *board, const dynamics *net, dynamics_view *view);

/** Writes FOLDER/dynamics-NAME.svg. */
int dynamics_draw(const char *folder, const char *name, const dynamics *net, const dynamics_view *before,
                  const dynamics_view *after, const dynamics_curve *curve);

#endif
