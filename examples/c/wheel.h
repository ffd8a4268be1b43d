/** @file wheel.h
 * Stands in for the driver of two sensors that are a quarter turn apart at a wheel: it turns forward or backward or
 * stands still, some ticks at a time, and which of the three cannot be seen from one value.
 */
#ifndef EXAMPLES_WHEEL_H
#define EXAMPLES_WHEEL_H

#include <math.h>

#include "draws.h"

enum { WHEEL_SENSORS = 2, WHEEL_STATES = 3 };

typedef struct wheel {
  uint64_t draws; /**< start from a seed, and the rest from 0 */
  double angle, turn; /**< radians, and radians a tick */
  uint32_t state;     /**< 0 backward, 1 still, 2 forward */
} wheel;

/** Draws what the wheel does from now on. */
static inline void wheel_spell(wheel *one) {
  one->state = draw_below(&one->draws, WHEEL_STATES);
  one->turn = ((double)one->state - 1) * draw_between(&one->draws, 0.15, 0.3);
}

/** Turns the wheel by a tick. @param values  [WHEEL_SENSORS], within −36 .. 36 */
static inline void wheel_tick(wheel *one, int16_t *values) {
  one->angle += one->turn;
  for (int i = 0; i < WHEEL_SENSORS; i++)
    values[i] = (int16_t)lround(30 * cos(one->angle - i * 1.570796327) + draw_around(&one->draws, 6));
}

#endif
