/** @file ring_fit.h
 * How a network rings after a pulse, beside its target: the linear system that fits its read-out best.
 */
#ifndef STUDIES_RING_FIT_H
#define STUDIES_RING_FIT_H

#include "dynamics.h"

/** Fits [−d w; −w −d] to the read-outs of a run with a pulse, by Gauss and Newton from the target's.
 * @param readouts  [ticks][2]
 * @param[out] frequency, damping  relative errors of w and d
 */
void ring_fit(const dynamics *net, const double *readouts, long ticks, double *frequency, double *damping);

#endif
