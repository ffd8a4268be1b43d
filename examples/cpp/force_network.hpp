// A spiking network that predicts the forces that a model of a plant misses, and learns them on the board while it controls.
//
//   state, reference, command --> cells (spiking, random tuning) --plastic--> read-out (potential = force)
//                                                   error of the prediction --> dendrites of the read-out
//
// Each cell integrates a random direction of its input from a random threshold on, so its rate is a bent line; what the plastic
// weights make of them fits any smooth function. Every 4 ticks a weight changes by
//
//   eta * (mean of the dendrite over those ticks) * (trace of the cell's spikes)
//
// which follows the gradient of the squared error: SPK_RULE_DYNAMICS, with the read-out in place of the network itself.
#ifndef EXAMPLES_FORCE_NETWORK_HPP
#define EXAMPLES_FORCE_NETWORK_HPP

#include <spikelet/spikelet.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <random>
#include <vector>

class force_network {
 public:
  // An answer is of the input of so long ago: a tick to the cells, one to the read-out, and the four of its leak.
  static constexpr double delay_seconds = 0.006;

  // Inputs are in parts of their ranges, 1,000 counts each, and cut off at twice those. Forces, in N or N m, are 65,536 counts of
  // potential a unit, and their errors 1,000 counts of value, cut off at 16 units.
  force_network(const spikelet::context &context, const spikelet::device &board, std::vector<double> input_ranges,
                std::uint32_t force_count, std::uint32_t cell_count, std::uint32_t seed)
      : input_ranges_(std::move(input_ranges)), inputs_(input_ranges_.size()), errors_(force_count), forces_(force_count) {
    auto model = spikelet::model::create(context, "forces");

    auto values = spikelet::population(static_cast<std::uint32_t>(inputs_.size()), SPK_ANALOGUE);
    values.counts_per_unit = input_one;
    values.value_limit = 2 * values.counts_per_unit;
    input_population_ = model.add_population("input", values);
    values = spikelet::population(force_count, SPK_ANALOGUE);
    values.counts_per_unit = 1000;
    values.value_limit = 16 * values.counts_per_unit;
    error_population_ = model.add_population("error", values);

    auto cells = spikelet::population(cell_count);
    cells.threshold = threshold;
    cells.reset = SPK_RESET_SUBTRACT; // what is above the threshold counts for the next spike: no part of the input is lost
    cells.lower_bound = 0;
    cells.decays[0] = {0, 4096, 4096, 4096};
    cells.pre_trace = {87 << 8, 700, 8}; // 87 a spike, gone in 6 ticks, as the error is of about so long ago
    const std::uint32_t cell_population = model.add_population("cells", cells);

    auto read_out = spikelet::population(force_count);
    read_out.reads_out = 1;
    read_out.decays[0] = {1024, 4096, 4096, 4096};
    read_out.mean_ticks = 4;
    read_out.counts_per_unit = 65536;
    const std::uint32_t read_out_population = model.add_population("read-out", read_out);

    tune(model, cell_population, cell_count, seed);

    auto error = spikelet::projection(error_population_, read_out_population);
    error.compartment = SPK_DENDRITE;
    error.connectivity = SPK_ONE_TO_ONE;
    model.set_weights(model.add_projection("error", error), std::vector<std::int16_t>(force_count, 1));

    auto forces = spikelet::projection(cell_population, read_out_population);
    forces.compartment = SPK_MEMBRANE;
    forces.storage = SPK_INT16_MASTER;
    forces.shift = 6;
    auto rule = spikelet::rule_options(SPK_RULE_DYNAMICS, 0.0096 / cell_count); // cells learn together
    rule.period_ticks = read_out.mean_ticks;
    spikelet::model::apply_rule(context, rule, forces);
    model.add_projection("forces", forces);

    session_ = spikelet::session::open(board, model, spikelet::session_options(seed));
    probe_ = session_.add_probe(read_out_population, SPK_MEMBRANE, 0, force_count);
  }

  // One tick: the input and the error of the last prediction go in, the forces come out.
  const std::vector<float> &step(spikelet::span<const double> input, spikelet::span<const double> error, bool learn) {
    for (std::size_t i = 0; i < inputs_.size(); i++)
      inputs_[i] = static_cast<float>(std::clamp(input[i] / input_ranges_[i], -2.0, 2.0));
    for (std::size_t i = 0; i < errors_.size(); i++) errors_[i] = static_cast<float>(std::clamp(error[i], -16.0, 16.0));
    const spk_unit_signal signals[] = {spikelet::unit_signal(input_population_, inputs_.data()),
                                       spikelet::unit_signal(error_population_, errors_.data())};
    session_.run(spikelet::run_options(1, learn ? spikelet::run_learn : 0, {}, signals));
    session_.read_probe_units(probe_, forces_);
    return forces_;
  }

  // How fast it learns: 1 at first, 0 for not at all.
  void set_rate(double part) {
    session_.set_rate(spikelet::all_projections, static_cast<std::uint32_t>(std::lround(256 * part)));
  }

 private:
  static constexpr int input_one = 1000, threshold = 1 << 20, encoder_shift = 4;

  // Gives each cell a direction, a threshold along it, and a rate where the input is one there: 0.15 to 0.4 spikes a tick. Four
  // cells of ten look along one input alone.
  void tune(spikelet::model &model, std::uint32_t cell_population, std::uint32_t cell_count, std::uint32_t seed) const {
    std::mt19937 random(seed);
    std::normal_distribution<double> normal;
    std::uniform_real_distribution<double> uniform;
    std::vector<std::int32_t> biases(cell_count);
    std::vector<std::int16_t> weights(inputs_.size() * cell_count);
    for (std::size_t cell = 0; cell < cell_count; cell++) {
      std::vector<double> direction(inputs_.size());
      if (uniform(random) < 0.4)
        direction[cell % inputs_.size()] = uniform(random) < 0.5 ? 1 : -1;
      else
        for (double &part : direction) part = normal(random);
      double length = 0;
      for (const double part : direction) length = std::hypot(length, part);
      const double from = -1 + 1.6 * uniform(random);
      const double gain = threshold * (0.15 + 0.25 * uniform(random)) / (1 - from);
      biases[cell] = static_cast<std::int32_t>(std::lround(-gain * from));
      for (std::size_t i = 0; i < inputs_.size(); i++) {
        const double weight = gain * direction[i] / length / input_one / (1 << encoder_shift);
        weights[i * cell_count + cell] = static_cast<std::int16_t>(std::lround(std::clamp(weight, -127.0, 127.0)));
      }
    }
    model.set_parameters(cell_population, SPK_BIAS, biases);
    auto encoder = spikelet::projection(input_population_, cell_population);
    encoder.compartment = SPK_MEMBRANE;
    encoder.shift = encoder_shift;
    model.set_weights(model.add_projection("encoder", encoder), weights);
  }

  std::vector<double> input_ranges_;
  std::vector<float> inputs_, errors_, forces_;
  std::uint32_t input_population_ = 0, error_population_ = 0, probe_ = 0;
  spikelet::session session_;
};

// What the network is told of a joint, as it will be when it answers. Velocity comes twice: in full, and finely about zero.
// Command and angle are nearly opposite in a motion of sines, and what is hardly there is learnt slowly; so the command comes
// without its part that is −`pull` times the angle.
inline std::array<double, 4> network_input(double angle, double velocity, double command, double pull) {
  const double ahead = velocity + force_network::delay_seconds * command;
  return {angle + force_network::delay_seconds * velocity, ahead, ahead / (std::abs(ahead) + 0.05), command + pull * angle};
}

#endif
