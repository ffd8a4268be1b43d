// A joint on a spring follows a motion at 1 kHz while its load, friction and stiffness change, and a spiking network on the board
// learns on line which torque the model of its controller misses.
//
//   c++ -std=c++17 -O2 adaptive_oscillator.cpp $(pkg-config --cflags --libs spikelet) -o adaptive_oscillator
//   ./adaptive_oscillator [--seeds N] [--push NM] [--bars] [--board LOCATOR] [--picture FILE.svg]
//
// Four controllers drive the same plant through the same noise, and see an encoder alone: 16 bits, and 0.1 mrad of noise. Each is
//
//   torque = model(angle, velocity, command) + correction      command = reference acceleration + PD on the measured error
//
// off        model: the plant as it was at first.   correction: none
// integral   the same.                              correction: the integral of the error of the predicted acceleration
// learning   the same.                              correction: the network's prediction, learnt from the same error
// informed   model: the true plant, at each time.   correction: none
//
// The network is told angle, velocity and command, and the error: commanded minus true acceleration, as the observer finds it,
// times the inertia of the model. Nobody is told of the changes but "informed", and nobody of a random torque that pushes the joint:
// 0.08 N m RMS, about a twentieth of what the motion takes. In the end the network is frozen, and another motion shows what it
// has learnt of the plant.
//
// The program fails if a bar is missed: in the last 3 s after each change learning has at most 0.6 of the error of off and 1.3 of
// informed's, and frozen 0.6 of off's; with --bars a step of control takes 100 us at most, 999 times of 1000.
#include <cmath>
#include <exception>
#include <memory>
#include <random>

#include "control_loop.hpp"
#include "control_trial.hpp"
#include "force_network.hpp"

namespace {

// In units of SI: kg m^2, N m s, N m, N m, N m.
struct plant {
  double inertia, viscous, coulomb, spring, weight;

  double torque(double angle, double velocity, double acceleration) const {
    return inertia * acceleration + viscous * velocity + coulomb * std::tanh(velocity / 0.05) + spring * angle +
           weight * std::sin(angle);
  }
};

// The load is 0.5 kg at 0.25 m.
constexpr plant as_told = {0.05, 0.2, 0.05, 1, 0}, stiff = {0.08, 0.5, 0.3, 3, 1.2};
constexpr plant plants[phase_count] = {as_told, {0.08, 0.2, 0.05, 1, 1.2}, {0.08, 0.5, 0.3, 1, 1.2}, stiff, stiff, stiff};
constexpr double stiffness = 100, damping = 20, integral_gain = 30; // 1/s^2, 1/s, 1/s

// In rad.
double reference(double seconds) {
  const double other = other_motion(seconds);
  return (1 - other) * sum_of({0.5, 0.41, 0.25, 0.73, 0.08, 1.37}, seconds) +
         other * sum_of({0.4, 0.31, 0.2, 0.93, 0.1, 1.19}, seconds);
}

trial_record run(controller kind, force_network *network, double push, std::uint32_t seed, trial_times &times) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  double angle = reference(0), velocity = (reference(step_seconds) - reference(-step_seconds)) / (2 * step_seconds);
  double pushed = 0, torque = 0, command = 0, correction = 0;
  joint_observer observer(angle, velocity);
  trial_record all;
  for (std::size_t step = 0; step < phase_count * phase_steps; step++) {
    const std::size_t phase = step / phase_steps;
    const plant &truth = plants[phase];
    if (network != nullptr && step % 100 == 0) network->set_rate(learning_rate(step));
    const double count = 2 * M_PI / 65536, measured = std::round((angle + 1e-4 * normal(random)) / count) * count;
    const double seconds = static_cast<double>(step) * step_seconds, target = reference(seconds);

    const auto control = [&] {
      const double before = reference(seconds - step_seconds), after = reference(seconds + step_seconds);
      observer.step(measured, command);
      command = (after - 2 * target + before) / (step_seconds * step_seconds) + stiffness * (target - measured) +
                damping * ((after - before) / (2 * step_seconds) - observer.velocity());
      const double error[] = {-as_told.inertia * observer.excess_acceleration()};
      if (kind == integral && phase != frozen) correction += step_seconds * integral_gain * error[0];
      if (kind == learning) {
        const auto input = network_input(measured, observer.velocity(), command, 12);
        times.call.measure([&] { correction = network->step(input, error, phase != frozen)[0]; });
      }
      torque = (kind == informed ? truth : as_told).torque(measured, observer.velocity(), command) + correction;
    };
    if (kind == learning)
      times.step.measure(control);
    else
      control();

    all.error.push_back(target - angle);
    all.missing.push_back(truth.torque(angle, velocity, command) - as_told.torque(angle, velocity, command));
    all.correction.push_back(correction);
    pushed += -30 * step_seconds * pushed + push * std::sqrt(2 * 30 * step_seconds) * normal(random);
    for (int part = 0; part < 10; part++) {
      velocity += step_seconds / 10 * (torque + pushed - truth.torque(angle, velocity, 0)) / truth.inertia;
      angle += step_seconds / 10 * velocity;
    }
  }
  return all;
}

}  // namespace

int main(int argc, char **argv) try {
  const trial_options options(argc, argv);
  const auto context = spikelet::context::create();
  const auto board = spikelet::device::open(context, options.board);
  trial_times times;
  trial_table table;
  for (std::uint32_t seed = 1; seed <= options.seeds; seed++) {
    trial_records all;
    for (const controller kind : {off, integral, learning, informed}) {
      std::unique_ptr<force_network> network;
      if (kind == learning) // in rad, rad/s, 1, rad/s^2
        network = std::make_unique<force_network>(context, board, std::vector<double>{0.8, 2.5, 1, 10}, 1, 500, seed);
      all[kind] = run(kind, network.get(), options.push, seed, times);
    }
    table.add(seed, all);
    if (options.picture != nullptr && seed == 1)
      draw_trial(options.picture, "A joint that changes, and a controller that learns",
                 "500 spiking neurons on the board learn, on line at 1 kHz, the torque that a model misses",
                 "torque that the model misses, N m", all);
  }
  return table.verdict(times, options.check_times) ? 0 : 1;
} catch (const std::exception &problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
