/* Hand-like digits: splines through jittered points, a random pen, slant, turn, size and wobble, stray strokes, noise.
 *
 * Only + − × ÷ and square roots of doubles are used, which IEEE 754 fixes to the bit. */
#define _POSIX_C_SOURCE 200809L
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"
#include "draws.h"

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

enum { WOBBLE_GRID = 4, SPAN_STEPS = 6, RUN_POINTS = 24 };

/* How far things vary; chosen so that a linear classifier is not enough. */
static const double jitter_percent = 6.5, slant_most = 0.43, turn_most = 0.17, shift_pixels = 2, wobble_pixels = 2.2;

/* Points "xxyy" in percent of the box of the digit, from the top left; "!" is a corner, "," lifts the pen. */
static const char *const styles[DIGITS_CLASSES][4] = {
    {"5005 2020 1050 2080 5095 8080 9050 8020 5005", "6008 3015 1855 3588 6092 8065 8030 5508 3012",
     "4505 2030 2070 4595 7080 8045 7015 4008", "7012 4505 1535 1570 4595 7880 8545 6510 4020"},
    {"5005 5095", "3022 5505! 5595", "3025 5505! 5595, 3095 7895", "5805 5240 4695"},
    {"1525 3008 6505 8525 7050 4075 1095! 5093 9090", "1828 5005 8528 6560 2590 1583 3078 6092 9085",
     "1510 5008 8212 6045 1590! 9090", "1030 4005 7525 6050 3570 1590 4588 8595"},
    {"1512 5005 8022 7042 4548! 7852 8575 5095 1585", "1508 8008! 4545! 7850 8575 5095 1588",
     "2015 5505 7522 4545 8065 6592 1890", "1520 4505 7520 6542 3546 7055 8278 5096 2088 1575"},
    {"5505 1060! 9060, 6535 6595", "6505 1065! 9065, 6505 6595", "2008 1552! 8550, 7508 7095",
     "2510 1545 4055 7545 7808! 7550 6895"},
    {"8508 2508! 2045! 5038 8060 7585 4595 1585", "8010 3010! 2548 5540 8065 6090 1590",
     "2508 2045! 5538 8565 6092 1588, 2508 8506", "7512 4008 2225 4045 7562 7085 4595 1585"},
    {"7005 3530 1565 3092 6592 8070 6052 3055 1870", "6005 2540 2080 5095 7580 6555 2570",
     "4505 2035 1570 4095 8085 7560 4555 2075", "8015 5008 2045 2078 5095 8075 6055 3060 2075"},
    {"1010 8810! 4595", "1010 8810! 5095, 3050 7550", "1030 1510! 8510! 5550 4095", "1515 4510 8012 6545 5595"},
    {"5048 2028 5005 8028 5048 1575 5095 8575 5048", "7515 5005 2522 5045 8072 5095 2072 5045 7515",
     "8008 3515 2530 6050 8075 5095 2078 4552 8020 7008", "5045 3025 5005 7025 5045, 5045 2070 5095 8070 5045"},
    {"8025 5005 2028 4550 7842 8020! 7560 6595", "8025 5005 2028 4550 7842 8020! 7560 5595 2590",
     "5505 2025 5048 8025 5505 7030 6895", "7508 3510 2035 5048 7830 7508! 7895"},
};

typedef struct point {
  double x, y;
} point;

/* One sheet: where the box of the digit comes to lie, the pen, and the ink so far. */
typedef struct sheet {
  point centre;
  double width, height, slant, turn_cosine, turn_sine;
  point wobble[WOBBLE_GRID][WOBBLE_GRID];
  double radius, ink[DIGITS_PIXELS];
} sheet;

static double clamp(double value, double low, double high) {
  return value < low ? low : value > high ? high : value;
}

static void lay_out(sheet *page, uint64_t *state) {
  double half_tangent = draw_around(state, turn_most), square = half_tangent * half_tangent;
  page->turn_cosine = (1 - square) / (1 + square);
  page->turn_sine = 2 * half_tangent / (1 + square);
  page->centre.x = 14 + draw_around(state, shift_pixels);
  page->centre.y = 14 + draw_around(state, shift_pixels);
  page->height = draw_between(state, 15.5, 22);
  page->width = page->height * draw_between(state, 0.55, 1.0);
  page->slant = 0.1 + draw_around(state, slant_most);
  page->radius = draw_between(state, 0.6, 1.6);
  for (int row = 0; row < WOBBLE_GRID; row++)
    for (int column = 0; column < WOBBLE_GRID; column++) {
      page->wobble[row][column].x = draw_around(state, wobble_pixels);
      page->wobble[row][column].y = draw_around(state, wobble_pixels);
    }
}

/* From percent of the box to pixels: size, slant, turn, shift, then a smooth displacement. */
static point place(const sheet *page, point p) {
  double y = (p.y - 50) / 100 * page->height;
  double x = (p.x - 50) / 100 * page->width - y * page->slant;
  point q = {page->centre.x + x * page->turn_cosine - y * page->turn_sine,
             page->centre.y + x * page->turn_sine + y * page->turn_cosine};
  double u = clamp(q.x / DIGITS_SIDE, 0, 0.999) * (WOBBLE_GRID - 1);
  double v = clamp(q.y / DIGITS_SIDE, 0, 0.999) * (WOBBLE_GRID - 1);
  int column = (int)u, row = (int)v;
  u -= column;
  v -= row;
  const point *above = &page->wobble[row][column], *below = &page->wobble[row + 1][column];
  q.x += (1 - v) * ((1 - u) * above[0].x + u * above[1].x) + v * ((1 - u) * below[0].x + u * below[1].x);
  q.y += (1 - v) * ((1 - u) * above[0].y + u * above[1].y) + v * ((1 - u) * below[0].y + u * below[1].y);
  return q;
}

/* Inks a straight piece, with an edge one pixel soft. */
static void ink_segment(sheet *page, point a, point b) {
  double reach = page->radius + 0.5, dx = b.x - a.x, dy = b.y - a.y, square = dx * dx + dy * dy;
  int left = (int)clamp((a.x < b.x ? a.x : b.x) - reach, 0, DIGITS_SIDE);
  int right = (int)clamp((a.x < b.x ? b.x : a.x) + reach, -1, DIGITS_SIDE - 1);
  int top = (int)clamp((a.y < b.y ? a.y : b.y) - reach, 0, DIGITS_SIDE);
  int bottom = (int)clamp((a.y < b.y ? b.y : a.y) + reach, -1, DIGITS_SIDE - 1);
  for (int row = top; row <= bottom; row++)
    for (int column = left; column <= right; column++) {
      double x = column + 0.5 - a.x, y = row + 0.5 - a.y;
      double along = square > 0 ? clamp((x * dx + y * dy) / square, 0, 1) : 0;
      x -= along * dx;
      y -= along * dy;
      double ink = clamp(reach - sqrt(x * x + y * y), 0, 1);
      double *pixel = &page->ink[row * DIGITS_SIDE + column];
      if (ink > *pixel) *pixel = ink;
    }
}

static double between_knots(double a, double b, double c, double d, double t) {
  return b + t / 2 * (c - a + t * (2 * a - 5 * b + 4 * c - d + t * (3 * (b - c) + d - a)));
}

/* Inks a Catmull-Rom spline through the points. */
static void ink_run(sheet *page, const point *points, int count) {
  for (int i = 0; i + 1 < count; i++) {
    point a = points[i > 0 ? i - 1 : 0], b = points[i], c = points[i + 1];
    point d = points[i + 2 < count ? i + 2 : count - 1], from = place(page, b);
    for (int step = 1; step <= SPAN_STEPS; step++) {
      double t = (double)step / SPAN_STEPS;
      point p = {between_knots(a.x, b.x, c.x, d.x, t), between_knots(a.y, b.y, c.y, d.y, t)};
      point to = place(page, p);
      ink_segment(page, from, to);
      from = to;
    }
  }
}

static void ink_style(sheet *page, const char *text, uint64_t *state) {
  point run[RUN_POINTS];
  int count = 0;
  while (*text) {
    if (*text == ' ') {
      text++;
    } else if (*text == '!' || *text == ',') {
      ink_run(page, run, count);
      run[0] = run[count - 1];
      count = *text++ == '!' ? 1 : 0;
    } else {
      run[count].x = (text[0] - '0') * 10 + (text[1] - '0') + draw_around(state, jitter_percent);
      run[count++].y = (text[2] - '0') * 10 + (text[3] - '0') + draw_around(state, jitter_percent);
      text += 4;
    }
  }
  ink_run(page, run, count);
}

/* Now and then a stray stroke: a scratch anywhere on the sheet. */
static void ink_strays(sheet *page, uint64_t *state) {
  for (uint32_t left = draw_below(state, 3); left > 0; left--) {
    point from = {draw_between(state, 1, 27), draw_between(state, 1, 27)};
    point to = {from.x + draw_around(state, 7), from.y + draw_around(state, 7)};
    double radius = page->radius;
    page->radius = draw_between(state, 0.4, 0.8);
    ink_segment(page, from, to);
    page->radius = radius;
  }
}

void digits_draw(uint8_t image[DIGITS_PIXELS], unsigned digit, uint64_t seed) {
  sheet page = {.radius = 1};
  uint64_t state = seed;
  lay_out(&page, &state);
  ink_style(&page, styles[digit][draw_below(&state, 4)], &state);
  ink_strays(&page, &state);
  double full = draw_between(&state, 150, 255), grain = draw_between(&state, 0, 24);
  for (int i = 0; i < DIGITS_PIXELS; i++) {
    double value = full * page.ink[i] + draw_around(&state, grain);
    image[i] = (uint8_t)clamp(value, 0, 255);
  }
}

static int draw_set(digits_set *set, size_t count, uint64_t seed) {
  set->images = malloc(count * DIGITS_PIXELS + 1);
  set->labels = malloc(count + 1);
  if (!set->images || !set->labels) return -1;
  set->count = count;
  for (size_t i = 0; i < count; i++) {
    uint64_t state = seed + i * UINT64_C(0xD1342543DE82EF95);
    set->labels[i] = (uint8_t)draw_below(&state, DIGITS_CLASSES);
    digits_draw(set->images + i * DIGITS_PIXELS, set->labels[i], draw_bits(&state));
  }
  return 0;
}

int digits_generate(size_t train_count, size_t test_count, uint64_t seed, digits_data *data) {
  uint64_t state = seed, train_seed = draw_bits(&state), test_seed = draw_bits(&state);
  memset(data, 0, sizeof *data);
  strcpy(data->name, "generated digits");
  if (draw_set(&data->train, train_count, train_seed) == 0 &&
      draw_set(&data->test, test_count, test_seed) == 0)
    return 0;
  digits_free(data);
  return -1;
}
