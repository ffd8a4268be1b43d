// A trial of controllers: four drive the same plant through phases of ten seconds, a table says how they did, and bars how they
// must. What the controllers are stands in adaptive_oscillator.cpp.
#ifndef EXAMPLES_CONTROL_TRIAL_HPP
#define EXAMPLES_CONTROL_TRIAL_HPP

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <stdexcept>
#include <string>
#include <vector>

#include "control_loop.hpp"
#include "control_picture.hpp"

enum controller { off, integral, learning, informed, controller_count };
constexpr const char *controller_names[] = {"off", "integral", "learning", "informed"};

// In the first phase the plant is as the model has it, at the start of the next three it changes, and then it stays. While the
// network settles, its rate falls to a sixteenth; then it is frozen, and the motion becomes another one.
constexpr std::array<const char *, 6> phase_names = {"as told", "load", "friction", "stiffness", "settling", "frozen"};
constexpr std::size_t settling = 4, frozen = 5, phase_count = phase_names.size(), phase_steps = 10000, measured_steps = 3000;

// How fast the network learns in a step.
inline double learning_rate(std::size_t step) {
  if (step / phase_steps != settling) return 1;
  return 1 - 0.9375 * static_cast<double>(step % phase_steps) / phase_steps;
}

// Goes from 0 to 1 within two seconds at the start of the last phase, twice differentiable.
inline double other_motion(double seconds) {
  const double s = std::clamp((seconds - phase_steps * frozen * step_seconds) / 2, 0.0, 1.0);
  return s * s * s * (10 - 15 * s + 6 * s * s);
}

// Three amplitudes, each followed by a frequency in Hz.
using tones = std::array<double, 6>;

inline double sum_of(const tones &all, double seconds) {
  double sum = 0;
  for (std::size_t i = 0; i < all.size(); i += 2) sum += all[i] * std::sin(2 * M_PI * all[i + 1] * seconds);
  return sum;
}

struct trial_options {
  std::uint32_t seeds = 3;
  double push = 0.08; // N m, RMS
  const char *board = "sim:", *picture = nullptr, *render = nullptr;
  bool check_times = false;

  trial_options(int argc, char **argv) {
    for (int i = 1; i < argc; i++) {
      const std::string option = argv[i];
      const auto is = [&](const char *name) { return option == name && i + 1 < argc; };
      if (option == "--bars")
        check_times = true;
      else if (is("--seeds"))
        seeds = static_cast<std::uint32_t>(std::clamp(std::stol(argv[++i]), 1L, 1000L));
      else if (is("--push"))
        push = std::stod(argv[++i]);
      else if (is("--board"))
        board = argv[++i];
      else if (is("--picture"))
        picture = argv[++i];
      else if (is("--render"))
        render = argv[++i];
      else
        throw std::invalid_argument(option + " is no option, or wants a value");
    }
  }
};

// What is kept of each step: the tracking error, in rad, and of a joint the torque that the model misses at this command, with the
// correction that was made, in N m.
struct trial_record {
  std::vector<double> error, missing, correction;
};
using trial_records = std::array<trial_record, controller_count>;

struct trial_times {
  step_times call, step;
};

class trial_table {
 public:
  trial_table() {
    std::printf("tracking error in the last 3 s of 10, mrad (RMS)\nseed  plant     ");
    for (const char *name : controller_names) std::printf(" %9s", name);
    std::printf("   of off  of informed\n");
  }

  void add(std::uint32_t seed, const trial_records &all) {
    for (std::size_t i = 0; i < phase_count; i++) {
      const double learnt = end_error(all[learning], i);
      const double of_off = learnt / end_error(all[off], i), of_informed = learnt / end_error(all[informed], i);
      std::printf("%4u  %-10s", static_cast<unsigned>(seed), phase_names[i]);
      for (const trial_record &one : all) {
        std::printf(" %9.2f", 1000 * end_error(one, i));
        all_finite_ = all_finite_ && std::isfinite(end_error(one, i));
      }
      std::printf(" %8.3f %12.2f\n", of_off, of_informed);
      if (i == frozen) worst_frozen_ = std::max(worst_frozen_, of_off);
      if (i == 0 || i >= settling) continue;
      worst_of_off_ = std::max(worst_of_off_, of_off);
      worst_of_informed_ = std::max(worst_of_informed_, of_informed);
    }
  }

  // Prints the times and the worst of all seeds. True if no bar was missed: after each change 0.6 of the error of off and 1.3 of
  // informed's, frozen 0.6 of off's, and, where times count, 100 us for all but one step of a thousand.
  bool verdict(trial_times &times, bool times_count) const {
    times.call.report("the board: a tick and its answer");
    const bool in_time = times.step.report("a step of control, all in all") <= 100;
    const bool good = worst_of_off_ <= 0.6 && worst_of_informed_ <= 1.3 && worst_frozen_ <= 0.6 && all_finite_ &&
                      (in_time || !times_count);
    std::printf("at worst: %.3f of off, %.2f of informed; frozen %.3f of off: %s\n", worst_of_off_, worst_of_informed_,
                worst_frozen_, good ? "within the bars" : "MISSED");
    return good;
  }

 private:
  // The root of the mean square at the end of a phase.
  static double end_error(const trial_record &all, std::size_t phase) {
    double sum = 0;
    for (std::size_t i = 0; i < measured_steps; i++) {
      const double error = all.error[(phase + 1) * phase_steps - 1 - i];
      sum += error * error;
    }
    return std::sqrt(sum / measured_steps);
  }

  bool all_finite_ = true;
  double worst_of_off_ = 0, worst_of_informed_ = 0, worst_frozen_ = 0;
};

inline void draw_trial(const char *path, const char *title, const char *subtitle, const char *force_title,
                       const trial_records &all) {
  std::vector<control_picture::change> changes;
  std::vector<control_picture::spell> spells;
  for (std::size_t i = 0; i < phase_count; i++)
    changes.push_back({static_cast<double>(i * phase_steps) * step_seconds, phase_names[i]});
  for (const bool at_end : {false, true})
    for (std::size_t i = 1; i < settling; i++) {
      const double from = changes[i].seconds + (at_end ? 7 : -0.5);
      spells.push_back({phase_names[i] + std::string(at_end ? ", after ten seconds" : " changes"), from, from + 3});
    }
  control_picture picture(title, subtitle);
  picture.errors("tracking error, mrad", 1000, -1, 3, changes,
                 {{"integral", "#a8a29e", all[integral].error},
                  {"off", "#c2410c", all[off].error},
                  {"learning", "#1d4ed8", all[learning].error},
                  {"informed", "#15803d", all[informed].error}});
  picture.forces(force_title, spells,
                 {{"predicted", "#60a5fa", all[learning].correction}, {"true", "#1c1917", all[learning].missing}});
  picture.write(path);
}

#endif
