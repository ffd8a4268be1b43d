#define _POSIX_C_SOURCE 200809L
#include "chart.h"

static const char *const ink = "#2b2f36", *const quiet = "#7b828c", *const hairline = "#e4e6ea";
static const char *const palette[] = {"#3a7d7c", "#b4532f", "#5b6b82", "#c9962f",
                                      "#7a5a86", "#6f8f4e", "#2f5d8a", "#a05a6b"};

/* From white to the deep teal of the diagonal. */
static void share_colour(double share, char out[8]) {
  double t = share <= 0 ? 0 : 0.12 + 0.88 * share;
  snprintf(out, 8, "#%02x%02x%02x", (unsigned)(255 - t * 197), (unsigned)(255 - t * 130), (unsigned)(255 - t * 131));
}

void chart_confusion(chart *picture, chart_box box, const char *title,
                     uint32_t counts[DIGITS_CLASSES][DIGITS_CLASSES]) {
  double wide = box.width / DIGITS_CLASSES, high = box.height / DIGITS_CLASSES;
  char text[16], colour[8];
  chart_text(picture, box.x, box.y - 12, 14, ink, "start", title);
  for (int label = 0; label < DIGITS_CLASSES; label++) {
    uint32_t sum = 0;
    for (int answer = 0; answer < DIGITS_CLASSES; answer++) sum += counts[label][answer];
    snprintf(text, sizeof text, "%d", label);
    chart_text(picture, box.x - 10, box.y + (label + 0.5) * high + 4, 11, quiet, "end", text);
    chart_text(picture, box.x + (label + 0.5) * wide, box.y + box.height + 17, 11, quiet, "middle", text);
    for (int answer = 0; answer < DIGITS_CLASSES; answer++) {
      double x = box.x + answer * wide, y = box.y + label * high;
      double share = sum ? (double)counts[label][answer] / sum : 0;
      share_colour(share, colour);
      fprintf(picture->file,
              "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='%s' stroke='#eceef1'/>\n", x, y, wide, high,
              colour);
      if (counts[label][answer] == 0) continue;
      snprintf(text, sizeof text, "%u", (unsigned)counts[label][answer]);
      chart_text(picture, x + wide / 2, y + high / 2 + 4, 10.5, share > 0.5 ? "#ffffff" : ink, "middle", text);
    }
  }
  chart_text(picture, box.x + box.width / 2, box.y + box.height + 35, 12, quiet, "middle", "answer of the network");
  fprintf(picture->file, "<g transform='rotate(-90 %.1f %.1f)'>", box.x - 34, box.y + box.height / 2);
  chart_text(picture, box.x - 34, box.y + box.height / 2, 12, quiet, "middle", "digit shown");
  fputs("</g>\n", picture->file);
}

/* A step of 1, 2 or 5 times a power of ten that divides `span` into at most `parts`. */
static double round_step(double span, int parts) {
  static const double steps[] = {1, 2, 5};
  double scale = 1e-6;
  for (int i = 0;; i = (i + 1) % 3) {
    if (steps[i] * scale * parts >= span) return steps[i] * scale;
    if (i == 2) scale *= 10;
  }
}

/* The part of the plane that is shown: x 0 .. right, y low .. high. */
typedef struct window {
  chart_box box;
  double right, low, high;
} window;

static double across(const window *view, double x) {
  return view->box.x + view->box.width * x / view->right;
}

static double down(const window *view, double y) {
  double share = (y - view->low) / (view->high - view->low);
  return view->box.y + view->box.height * (1 - (share < 0 ? 0 : share > 1 ? 1 : share));
}

static window fit(chart_box box, const chart_curve *curves, size_t curve_count) {
  window view = {box, 0, 1, 1};
  for (size_t c = 0; c < curve_count; c++)
    for (size_t i = 0; i < curves[c].count; i++) {
      if (curves[c].x[i] > view.right) view.right = curves[c].x[i];
      if (curves[c].y[i] < view.low) view.low = curves[c].y[i];
    }
  if (view.right <= 0) view.right = 1;
  view.low = view.low >= 0.95 ? 0.95 : (int)(view.low * 10) / 10.0;
  return view;
}

static void draw_axes(chart *picture, const window *view, const char *x_label, const char *y_label) {
  const chart_box *box = &view->box;
  double step = round_step(view->high - view->low, 6);
  char text[32];
  for (int i = 0; view->high - i * step >= view->low - 1e-9; i++) {
    double y = down(view, view->high - i * step);
    fprintf(picture->file, "<path stroke='%s' d='M%.1f %.1fh%.1f'/>\n", hairline, box->x, y, box->width);
    snprintf(text, sizeof text, step < 0.01 ? "%.1f %%" : "%.0f %%", 100 * (view->high - i * step));
    chart_text(picture, box->x - 8, y + 4, 11, quiet, "end", text);
  }
  step = round_step(view->right, 6);
  for (int i = 0; i * step <= view->right * (1 + 1e-9); i++) {
    double x = across(view, i * step);
    fprintf(picture->file, "<path stroke='%s' d='M%.1f %.1fv5'/>\n", quiet, x, box->y + box->height);
    snprintf(text, sizeof text, "%.0f", i * step);
    chart_text(picture, x, box->y + box->height + 18, 11, quiet, "middle", text);
  }
  fprintf(picture->file, "<path stroke='%s' d='M%.1f %.1fh%.1f'/>\n", quiet, box->x, box->y + box->height, box->width);
  chart_text(picture, box->x + box->width / 2, box->y + box->height + 36, 12, quiet, "middle", x_label);
  fprintf(picture->file, "<g transform='rotate(-90 %.1f %.1f)'>", box->x - 52, box->y + box->height / 2);
  chart_text(picture, box->x - 52, box->y + box->height / 2, 12, quiet, "middle", y_label);
  fputs("</g>\n", picture->file);
}

void chart_curves(chart *picture, chart_box box, const char *title, const char *x_label, const char *y_label,
                  const chart_curve *curves, size_t curve_count) {
  window view = fit(box, curves, curve_count);
  chart_text(picture, box.x, box.y - 12, 14, ink, "start", title);
  draw_axes(picture, &view, x_label, y_label);
  double legend = box.y + box.height - 12;
  for (size_t c = curve_count; c-- > 0;) {
    const char *colour = palette[curves[c].colour % 8];
    fprintf(picture->file, "<path fill='none' stroke='%s' stroke-width='1.8' stroke-linejoin='round' d='", colour);
    for (size_t i = 0; i < curves[c].count; i++)
      fprintf(picture->file, "%c%.1f %.1f", i ? 'L' : 'M', across(&view, curves[c].x[i]), down(&view, curves[c].y[i]));
    fputs("'/>\n", picture->file);
    if (!curves[c].name) continue;
    chart_text(picture, box.x + box.width - 8, legend, 12, colour, "end", curves[c].name);
    legend -= 18;
  }
}
