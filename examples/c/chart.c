/* The picture itself, and the charts of samples and spikes; chart_learning.c has those of accuracy. */
#define _POSIX_C_SOURCE 200809L
#include "chart.h"

static const char *const ink = "#2b2f36", *const quiet = "#7b828c", *const hairline = "#d9dce1";

static void write_escaped(FILE *file, const char *text) {
  for (; *text; text++) switch (*text) {
      case '&': fputs("&amp;", file); break;
      case '<': fputs("&lt;", file); break;
      case '>': fputs("&gt;", file); break;
      default: fputc((unsigned char)*text < 32 ? ' ' : *text, file);
    }
}

void chart_text(chart *picture, double x, double y, double size, const char *colour, const char *anchor,
                const char *text) {
  fprintf(picture->file, "<text x='%.1f' y='%.1f' font-size='%.1f' fill='%s' text-anchor='%s'>", x, y, size, colour,
          anchor);
  write_escaped(picture->file, text);
  fputs("</text>\n", picture->file);
}

int chart_open(chart *picture, const char *path, double width, double height, const char *title,
               const char *subtitle) {
  picture->file = fopen(path, "w");
  if (!picture->file) return -1;
  fprintf(picture->file,
          "<svg xmlns='http://www.w3.org/2000/svg' width='%.0f' height='%.0f' viewBox='0 0 %.0f %.0f' "
          "font-family='Inter, Helvetica, Arial, DejaVu Sans, sans-serif'>\n"
          "<title>",
          width, height, width, height);
  write_escaped(picture->file, title);
  fprintf(picture->file, "</title>\n<rect width='%.0f' height='%.0f' fill='#ffffff'/>\n", width, height);
  chart_text(picture, 40, 46, 21, ink, "start", title);
  chart_text(picture, 40, 70, 13, quiet, "start", subtitle);
  return 0;
}

int chart_close(chart *picture) {
  fputs("</svg>\n", picture->file);
  int failed = ferror(picture->file);
  return fclose(picture->file) != 0 || failed ? -1 : 0;
}

void chart_digit(chart *picture, chart_box box, const uint8_t *image) {
  double side = box.width / DIGITS_SIDE;
  fprintf(picture->file,
          "<g shape-rendering='crispEdges'><rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='#f4f5f7'/>\n",
          box.x, box.y, box.width, box.height);
  for (int i = 0; i < DIGITS_PIXELS; i++)
    if (image[i])
      fprintf(picture->file,
              "<rect x='%.2f' y='%.2f' width='%.2f' height='%.2f' fill='%s' fill-opacity='%.2f'/>\n",
              box.x + i % DIGITS_SIDE * side, box.y + i / DIGITS_SIDE * side, side, side, ink, image[i] / 255.0);
  fputs("</g>\n", picture->file);
}

/* The height on the page of the middle of a neuron's row; neuron 0 is on top. */
static double row_of(const chart_lane *lane, double top, double height, uint32_t neuron) {
  return top + height * (neuron + 0.5) / lane->neuron_count;
}

static void raster_lane(chart *picture, chart_box box, const chart_lane *lane, const char *colour,
                        const spk_event *events, size_t event_count, uint32_t ticks) {
  double row = box.height / lane->neuron_count, mark = row < 2.2 ? 2.2 : row > 9 ? 7 : row * 0.75;
  char text[16];
  fprintf(picture->file, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='#f7f8f9'/>\n", box.x, box.y,
          box.width, box.height);
  if (lane->marked >= 0)
    fprintf(picture->file, "<rect x='%.1f' y='%.1f' width='%.1f' height='%.1f' fill='#f4dcd1'/>\n", box.x,
            box.y + row * lane->marked, box.width, row);
  fprintf(picture->file, "<path stroke='%s' stroke-width='%.2f' d='", colour, row >= 7 ? 2.0 : 1.5);
  for (size_t i = 0; i < event_count; i++)
    if (events[i].population == lane->population && events[i].neuron < lane->neuron_count)
      fprintf(picture->file, "M%.1f %.1fv%.1f", box.x + box.width * (events[i].tick + 0.5) / ticks,
              row_of(lane, box.y, box.height, events[i].neuron) - mark / 2, mark);
  fputs("'/>\n", picture->file);
  fprintf(picture->file, "<g transform='rotate(-90 %.1f %.1f)'>", box.x - 34, box.y + box.height / 2);
  chart_text(picture, box.x - 34, box.y + box.height / 2, 12, colour, "middle", lane->name);
  fputs("</g>\n", picture->file);
  uint32_t last = lane->neuron_count - 1, step = row >= 7 || last == 0 ? 1 : last;
  for (uint32_t n = 0; n <= last; n += step) {
    double y = row_of(lane, box.y, box.height, n) + 3.5;
    if (row < 7) y = n ? box.y + box.height : box.y + 8;
    snprintf(text, sizeof text, "%u", (unsigned)n);
    chart_text(picture, box.x - 6, y, row < 7 || row > 9 ? 10 : 8.5, quiet, "end", text);
  }
}

void chart_raster(chart *picture, chart_box box, const char *title, const chart_lane *lanes, size_t lane_count,
                  const spk_event *events, size_t event_count, uint32_t ticks) {
  static const char *const colours[] = {"#5b6b82", "#3a7d7c", "#b4532f"};
  double gap = 8, room = box.height - gap * (double)(lane_count - 1);
  chart_box lane = box;
  char text[16];
  chart_text(picture, box.x, box.y - 12, 14, ink, "start", title);
  for (size_t i = 0; i < lane_count; i++) {
    lane.height = room * lanes[i].share;
    raster_lane(picture, lane, &lanes[i], colours[i % 3], events, event_count, ticks);
    lane.y += lane.height + gap;
  }
  for (uint32_t tick = 0; tick <= ticks; tick += ticks >= 8 ? ticks / 8 : 1) {
    double x = box.x + box.width * tick / ticks;
    fprintf(picture->file, "<path stroke='%s' d='M%.1f %.1fv4'/>\n", hairline, x, box.y + box.height);
    snprintf(text, sizeof text, "%u", (unsigned)tick);
    chart_text(picture, x, box.y + box.height + 16, 10, quiet, "middle", text);
  }
  chart_text(picture, box.x + box.width / 2, box.y + box.height + 34, 12, quiet, "middle", "tick");
}
