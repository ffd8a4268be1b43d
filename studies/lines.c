#include "lines.h"

#include <math.h>

static const char *const colours[] = {"#2b2f36", "#b4532f", "#3a7d7c", "#7a5ea8", "#5b6b82", "#c58a1f", "#4f8a3c", "#a13d63"};

/** More points than this would not be seen. */
enum { POINTS = 1500, STEPS = 5 };

static void fit(lines_axis *axis, const chart_curve *curves, size_t count, int is_x) {
  if (axis->low < axis->high) return;
  axis->low = INFINITY;
  axis->high = -INFINITY;
  for (size_t c = 0; c < count; c++)
    for (size_t i = 0; i < curves[c].count; i++) {
      double value = is_x ? curves[c].x[i] : curves[c].y[i];
      axis->low = fmin(axis->low, value);
      axis->high = fmax(axis->high, value);
    }
  if (!(axis->low < axis->high)) axis->high = axis->low + 1;
}

/* A round step that parts the axis into about five. */
static double step_of(const lines_axis *axis) {
  double raw = (axis->high - axis->low) / STEPS, power = pow(10, floor(log10(raw)));
  return power * (raw / power < 1.5 ? 1 : raw / power < 3.5 ? 2 : raw / power < 7.5 ? 5 : 10);
}

static double place(const lines_axis *axis, double value, double from, double length) {
  double share = (value - axis->low) / (axis->high - axis->low);
  return from + length * fmin(1, fmax(0, share));
}

static void draw_axes(chart *picture, chart_box box, const lines_axis *x, const lines_axis *y) {
  char text[24];
  for (double v = ceil(x->low / step_of(x)) * step_of(x); v <= x->high * 1.0001; v += step_of(x)) {
    double at = place(x, v, box.x, box.width);
    fprintf(picture->file, "<path stroke='#d9dce1' d='M%.1f %.1fv4'/>\n", at, box.y + box.height);
    snprintf(text, sizeof text, "%g", fabs(v) < 1e-12 ? 0 : v);
    chart_text(picture, at, box.y + box.height + 16, 10, "#7b828c", "middle", text);
  }
  for (double v = ceil(y->low / step_of(y)) * step_of(y); v <= y->high + 1e-9 * step_of(y); v += step_of(y)) {
    double at = place(y, v, box.y + box.height, -box.height);
    fprintf(picture->file, "<path stroke='#eceef1' d='M%.1f %.1fh%.1f'/>\n", box.x, at, box.width);
    snprintf(text, sizeof text, "%g", fabs(v) < 1e-12 ? 0 : v);
    chart_text(picture, box.x - 6, at + 3.5, 10, "#7b828c", "end", text);
  }
  chart_text(picture, box.x + box.width / 2, box.y + box.height + 34, 12, "#7b828c", "middle", x->label);
  fprintf(picture->file, "<g transform='rotate(-90 %.1f %.1f)'>", box.x - 44, box.y + box.height / 2);
  chart_text(picture, box.x - 44, box.y + box.height / 2, 12, "#7b828c", "middle", y->label);
  fputs("</g>\n", picture->file);
}

void lines_draw(chart *picture, chart_box box, const char *title, lines_axis x, lines_axis y, const chart_curve *curves,
                size_t count) {
  double legend = box.x + box.width;
  fit(&x, curves, count, 1);
  fit(&y, curves, count, 0);
  chart_text(picture, box.x, box.y - 12, 14, "#2b2f36", "start", title);
  draw_axes(picture, box, &x, &y);
  for (size_t c = 0; c < count; c++) {
    size_t stride = curves[c].count / POINTS + 1;
    fprintf(picture->file, "<path fill='none' stroke='%s' stroke-width='1.4' d='", colours[curves[c].colour % 8]);
    for (size_t i = 0; i < curves[c].count; i += stride)
      fprintf(picture->file, "%c%.1f %.1f", i ? 'L' : 'M', place(&x, curves[c].x[i], box.x, box.width),
              place(&y, curves[c].y[i], box.y + box.height, -box.height));
    fputs("'/>\n", picture->file);
  }
  for (size_t c = count; c-- > 0;) {
    if (!curves[c].name) continue;
    size_t length = 0;
    while (curves[c].name[length]) length++;
    chart_text(picture, legend, box.y - 12, 11, colours[curves[c].colour % 8], "end", curves[c].name);
    legend -= 6.3 * (double)length + 12;
  }
}

chart_curve lines_curve(const char *name, double *x, const double *y, size_t count, double from, double step,
                        unsigned colour) {
  chart_curve curve = {name, x, y, count, colour};
  for (size_t i = 0; i < count; i++) x[i] = from + (double)i * step;
  return curve;
}
