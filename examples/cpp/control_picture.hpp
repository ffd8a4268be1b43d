// A picture of a controlled plant, as one SVG file: errors over the whole run, on a logarithmic scale, and below them forces over
// short spells. Lengths are in pixels from the top left.
#ifndef EXAMPLES_CONTROL_PICTURE_HPP
#define EXAMPLES_CONTROL_PICTURE_HPP

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "control_loop.hpp"

class control_picture {
 public:
  struct change {
    double seconds;
    const char *name;
  };
  struct curve {
    const char *name, *colour;
    const std::vector<double> &values; // one a step
  };
  struct spell {
    std::string title;
    double from, to; // seconds
  };

  control_picture(const char *title, const char *subtitle) {
    text(left, 30, 18, "#1c1917", "start", title);
    text(left, 50, 12, "#57534e", "start", subtitle);
  }

  // The root of the mean square of each half second, in units of 1 / `scale`, from 10^low to 10^high.
  void errors(const char *title, double scale, int low, int high, const std::vector<change> &changes,
              const std::vector<curve> &curves) {
    const double top = 96, height = 230, width = 790;
    const double seconds = static_cast<double>(curves[0].values.size()) * step_seconds;
    const auto x = [=](double at) { return left + width * at / seconds; };
    const auto y = [=](double value) {
      const double part = (std::log10(std::max(value, 1e-9)) - low) / (high - low);
      return top + height * (1 - std::clamp(part, 0.0, 1.0));
    };
    text(left, 78, 12, "#1c1917", "start", title);
    for (int power = low; power <= high; power++) {
      const double value = std::pow(10.0, power);
      line(left, y(value), left + width, y(value), "#e7e5e4", "");
      text(left - 6, y(value) + 4, 10, "#57534e", "end", number(value));
    }
    for (std::size_t i = 0; i < changes.size(); i++) {
      if (i > 0) line(x(changes[i].seconds), top, x(changes[i].seconds), top + height, "#78716c", "4 3");
      text(x(changes[i].seconds) + 5, top + 12, 11, "#1c1917", "start", changes[i].name);
      text(x(changes[i].seconds), top + height + 14, 10, "#57534e", "middle", number(changes[i].seconds) + " s");
    }
    std::vector<double> label_heights;
    for (const curve &one : curves) {
      std::vector<double> xs, ys;
      const std::size_t bin = static_cast<std::size_t>(0.5 / step_seconds);
      for (std::size_t start = 0; start + bin <= one.values.size(); start += bin) {
        double sum = 0;
        for (std::size_t i = start; i < start + bin; i++) sum += one.values[i] * one.values[i];
        xs.push_back(x((static_cast<double>(start) + static_cast<double>(bin) / 2) * step_seconds));
        ys.push_back(y(scale * std::sqrt(sum / static_cast<double>(bin))));
      }
      path(xs, ys, one.colour, 1.6);
      double label = ys.back() + 4;
      for (const double other : label_heights) // curves come from the highest end to the lowest
        if (label < other + 12) label = other + 12;
      label_heights.push_back(label);
      text(left + width + 6, label, 11, one.colour, "start", one.name);
    }
  }

  // Spells of two curves, three panels a row, all on one scale.
  void forces(const char *title, const std::vector<spell> &spells, const std::vector<curve> &curves) {
    double range = 0;
    for (const spell &one : spells)
      for (std::size_t i = step(one.from); i < step(one.to); i++)
        for (const curve &each : curves) range = std::max(range, std::abs(each.values[i]));
    range = std::ceil(range);
    text(left, 372, 12, "#1c1917", "start", title);
    double right = left + 870;
    for (std::size_t i = curves.size(); i-- > 0; right -= 90) {
      line(right - 80, 368, right - 62, 368, curves[i].colour, "");
      text(right - 57, 372, 11, curves[i].colour, "start", curves[i].name);
    }
    const double width = 275, height = 120;
    for (std::size_t at = 0; at < spells.size(); at++) {
      const double x0 = left + static_cast<double>(at % 3) * (width + 22), 
                   y0 = 402 + static_cast<double>(at / 3) * (height + 52);
      text(x0, y0 - 6, 11, "#57534e", "start", spells[at].title);
      for (const double value : {-range, 0.0, range}) {
        const double y = y0 + height * (1 - value / range) / 2;
        line(x0, y, x0 + width, y, "#e7e5e4", "");
        if (at % 3 == 0) text(x0 - 6, y + 4, 10, "#57534e", "end", number(value));
      }
      const double length = spells[at].to - spells[at].from;
      for (double second = std::ceil(spells[at].from); second < spells[at].to; second++)
        text(x0 + width * (second - spells[at].from) / length, y0 + height + 14, 10, "#57534e", "middle",
             number(second) + " s");
      for (const curve &each : curves) {
        std::vector<double> xs, ys;
        for (std::size_t i = step(spells[at].from); i < step(spells[at].to); i += 5) {
          xs.push_back(x0 + width * (static_cast<double>(i) * step_seconds - spells[at].from) / length);
          ys.push_back(y0 + height * (1 - each.values[i] / range) / 2);
        }
        path(xs, ys, each.colour, 1.2);
      }
    }
    bottom_ = std::max(bottom_, 402 + static_cast<double>((spells.size() + 2) / 3) * (height + 52));
  }

  void write(const char *file_name) const {
    std::FILE *file = std::fopen(file_name, "w");
    if (file == nullptr) throw std::runtime_error(std::string(file_name) + " cannot be written");
    const char *format = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 960 %g\" font-family=\"sans-serif\">\n"
                         "<rect width=\"100%%\" height=\"100%%\" fill=\"#ffffff\"/>\n%s</svg>\n";
    const bool whole = std::fprintf(file, format, bottom_, body_.c_str()) > 0;
    if (std::fclose(file) != 0 || !whole) throw std::runtime_error(std::string(file_name) + " could not be written whole");
  }

 private:
  static constexpr double left = 56;

  static std::size_t step(double seconds) { return static_cast<std::size_t>(std::lround(seconds / step_seconds)); }

  static std::string number(double value) {
    char digits[32];
    std::snprintf(digits, sizeof digits, "%g", value);
    return digits;
  }

  void text(double x, double y, double size, const char *colour, const char *anchor, const std::string &words) {
    body_ += "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" font-size=\"" + number(size) + "\" fill=\"" + colour +
             "\" text-anchor=\"" + anchor + "\">" + words + "</text>\n";
  }

  void line(double x1, double y1, double x2, double y2, const char *colour, const char *dashes) {
    body_ += "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" + number(y2) +
             "\" stroke=\"" + colour + "\" stroke-dasharray=\"" + dashes + "\"/>\n";
  }

  void path(const std::vector<double> &xs, const std::vector<double> &ys, const char *colour, double width) {
    body_ += std::string("<polyline fill=\"none\" stroke=\"") + colour + "\" stroke-width=\"" + number(width) + "\" points=\"";
    for (std::size_t i = 0; i < xs.size(); i++) body_ += number(xs[i]) + "," + number(ys[i]) + " ";
    body_ += "\"/>\n";
  }

  std::string body_;
  double bottom_ = 350;
};

#endif
