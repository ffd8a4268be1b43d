/** @file chart.h
 * Charts of spikes and learning, written as one SVG file. Lengths are in pixels from the top left.
 */
#ifndef EXAMPLES_CHART_H
#define EXAMPLES_CHART_H

#include <spikelet/spikelet.h>
#include <stdio.h>

#include "digits.h"

typedef struct chart {
  FILE *file;
} chart;

/** Where a panel is drawn; its title stands above, the numbers of its axes left and below. */
typedef struct chart_box {
  double x, y, width, height;
} chart_box;

/** One band of a raster: a population. */
typedef struct chart_lane {
  const char *name;
  uint32_t population, neuron_count;
  double share;   /**< of the height of the panel */
  int32_t marked; /**< a neuron to stand out, or −1 */
} chart_lane;

typedef struct chart_curve {
  const char *name;    /**< in the legend; null for none */
  const double *x, *y; /**< [count] */
  size_t count;
  unsigned colour;     /**< 0 .. 7 */
} chart_curve;

/** Starts a picture. @return −1, with errno set, if the file cannot be written. */
int chart_open(chart *picture, const char *path, double width, double height, const char *title,
               const char *subtitle);

/** Ends the picture. @return −1 if not all of it could be written. */
int chart_close(chart *picture);

/** A digit, dark on light. */
void chart_digit(chart *picture, chart_box box, const uint8_t *image);

/** Spikes over ticks, a band for each population. */
void chart_raster(chart *picture, chart_box box, const char *title, const chart_lane *lanes, size_t lane_count,
                  const spk_event *events, size_t event_count, uint32_t ticks);

/** Counts by label (rows) and answer (columns); a field is coloured by its share of the row. */
void chart_confusion(chart *picture, chart_box box, const char *title,
                     uint32_t counts[DIGITS_CLASSES][DIGITS_CLASSES]);

/** Curves with a legend; x from 0, y as percent from a round value below the lowest to 100. */
void chart_curves(chart *picture, chart_box box, const char *title, const char *x_label, const char *y_label,
                  const chart_curve *curves, size_t curve_count);

/** Text; `anchor` is "start", "middle" or "end". */
void chart_text(chart *picture, double x, double y, double size, const char *colour, const char *anchor,
                const char *text);

#endif
