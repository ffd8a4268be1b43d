// What control programs at 1 kHz share: an observer of a joint, and the times of steps.
#ifndef EXAMPLES_CONTROL_LOOP_HPP
#define EXAMPLES_CONTROL_LOOP_HPP

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <vector>

constexpr double step_seconds = 0.001;

// Follows a joint by its measured angle and the acceleration that was commanded, and finds by how much the true one differs.
class joint_observer {
 public:
  joint_observer(double angle, double velocity) : angle_(angle), velocity_(velocity) {}

  void step(double measured_angle, double commanded_acceleration) {
    angle_ += step_seconds * velocity_ + step_seconds * step_seconds / 2 * commanded_acceleration;
    velocity_ += step_seconds * commanded_acceleration;
    const double innovation = measured_angle - angle_;
    excess_ = bandwidth * bandwidth * innovation;
    angle_ += step_seconds * 2 * bandwidth * innovation;
    velocity_ += step_seconds * excess_;
  }

  double velocity() const { return velocity_; }
  // True minus commanded acceleration, through a low-pass of second order.
  double excess_acceleration() const { return excess_; }

 private:
  static constexpr double bandwidth = 300; // 1/s
  double angle_, velocity_, excess_ = 0;
};

// How long something took, each time.
class step_times {
 public:
  template <typename Work>
  void measure(Work &&work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    microseconds_.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count());
  }

  // Prints a line, and gives the time that one in a thousand exceeds.
  double report(const char *name) {
    std::sort(microseconds_.begin(), microseconds_.end());
    const auto at = [this](double part) {
      return microseconds_[static_cast<std::size_t>(part * static_cast<double>(microseconds_.size() - 1))];
    };
    std::printf("%-34s median %6.1f us, p99.9 %7.1f us, worst %7.1f us\n", name, at(0.5), at(0.999), at(1));
    return at(0.999);
  }

 private:
  std::vector<double> microseconds_;
};

#endif
