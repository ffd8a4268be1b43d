/** @file lines.h
 * Curves over any axes, for the charts of ../examples/c/chart.h.
 */
#ifndef STUDIES_LINES_H
#define STUDIES_LINES_H

#include "../examples/c/chart.h"

/** Axes of a panel; with `low` = `high` the range is that of the curves. */
typedef struct lines_axis {
  const char *label;
  double low, high;
} lines_axis;

/** Draws curves in one panel; each with its colour, in the order of the legend. */
void lines_draw(chart *picture, chart_box box, const char *title, lines_axis x, lines_axis y, const chart_curve *curves,
                size_t count);

/** A stretch of samples as a curve: `y[count]`, over `x[count]`, which is filled with from + i · step. */
chart_curve lines_curve(const char *name, double *x, const double *y, size_t count, double from, double step,
                        unsigned colour);

#endif
