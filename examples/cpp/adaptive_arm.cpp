// An arm of two joints, simulated by MuJoCo, follows a motion at 1 kHz while its load, friction and stiffness change, and a spiking
// network on the board learns on line which torques the model of its controller misses.
//
//   c++ -std=c++17 -O2 adaptive_arm.cpp $(pkg-config --cflags --libs spikelet) -lmujoco -lEGL -o adaptive_arm
//   ./adaptive_arm [--seeds N] [--push NM] [--bars] [--board LOCATOR] [--picture FILE.svg] [--render FILE.png]
//
// What the controllers are, what each is told, and what the bars are stands in adaptive_oscillator.cpp. The model is MuJoCo's
// inverse dynamics here, of the arm as it was at first or, for "informed", as it is. The tracking error is that of both joints
// together. The rendered picture shows three of the arms after the last change: dark is the path that the hand should take, blue the
// one it took, and the pale arm is where it should be.
#include <mujoco/mujoco.h>

#include <array>
#include <cmath>
#include <cstring>
#include <exception>
#include <memory>
#include <random>
#include <stdexcept>

#include "arm_view.hpp"
#include "control_loop.hpp"
#include "control_trial.hpp"
#include "force_network.hpp"

namespace {

// It moves in a vertical plane; m, kg, N m s, N m. The hand is what the arm carries.
constexpr char description[] = R"(
<mujoco model="arm">
  <compiler angle="radian"/>
  <option timestep="0.0005"/>
  <visual> <headlight ambient="0.4 0.4 0.4" diffuse="0.4 0.4 0.4"/> <rgba haze="1 1 1 1"/> </visual>
  <default>
    <joint type="hinge" axis="0 1 0" damping="0.2" frictionloss="0.05" armature="0.02"/>
    <geom type="capsule" contype="0" conaffinity="0" rgba="0.75 0.76 0.78 1"/>
  </default>
  <asset>
    <texture type="skybox" builtin="gradient" rgb1="1 1 1" rgb2="0.86 0.89 0.93" width="64" height="384"/>
  </asset>
  <worldbody>
    <light pos="-0.5 -1.5 2.5" dir="0.2 0.6 -1" diffuse="0.6 0.6 0.6"/>
    <geom type="box" pos="0 0 1.06" size="0.09 0.09 0.02" rgba="0.35 0.37 0.4 1"/>
    <body name="upper" pos="0 0 1">
      <joint name="shoulder"/>
      <geom fromto="0 0 0 0 0 -0.3" size="0.03" mass="1"/>
      <geom type="cylinder" fromto="0 -0.04 0 0 0.04 0" size="0.04" mass="0" rgba="0.35 0.37 0.4 1"/>
      <body name="lower" pos="0 0 -0.3">
        <joint name="elbow"/>
        <geom fromto="0 0 0 0 0 -0.3" size="0.025" mass="0.7"/>
        <geom type="cylinder" fromto="0 -0.035 0 0 0.035 0" size="0.034" mass="0" rgba="0.35 0.37 0.4 1"/>
        <body name="hand" pos="0 0 -0.3">
          <geom type="sphere" size="0.045" mass="0.1" rgba="0.85 0.35 0.1 1"/>
        </body>
      </body>
    </body>
  </worldbody>
</mujoco>)";

constexpr int joints = 2;
using pair = std::array<double, joints>; // one value a joint

// What is in the hand, and each joint's damping, friction and spring: kg, N m s, N m, N m.
struct state_of_arm {
  double load, damping, friction, spring;
};
constexpr state_of_arm as_told = {0.1, 0.2, 0.05, 0}, stiff = {0.4, 0.5, 0.25, 1};
constexpr state_of_arm states[phase_count] = {as_told, {0.4, 0.2, 0.05, 0}, {0.4, 0.5, 0.25, 0}, stiff, stiff, stiff};
constexpr double stiffness = 100, damping = 20, integral_gain = 30; // 1/s^2, 1/s, 1/s
constexpr pair middle = {0.4, 0.7};                                 // rad

// The plant, or a model of it.
class arm {
 public:
  arm() {
    mjVFS files;
    mj_defaultVFS(&files);
    mj_makeEmptyFileVFS(&files, "arm.xml", sizeof description - 1);
    std::memcpy(files.filedata[0], description, sizeof description - 1);
    char problem[500] = "";
    model_.reset(mj_loadXML("arm.xml", &files, problem, sizeof problem));
    mj_deleteVFS(&files);
    if (!model_) throw std::runtime_error(problem);
    data_.reset(mj_makeData(model_.get()));
  }

  void become(const state_of_arm &now) {
    const int hand = mj_name2id(model_.get(), mjOBJ_BODY, "hand");
    for (int i = 0; i < 3; i++) model_->body_inertia[3 * hand + i] *= now.load / model_->body_mass[hand];
    model_->body_mass[hand] = now.load;
    for (int i = 0; i < joints; i++) {
      model_->dof_damping[i] = now.damping;
      model_->dof_frictionloss[i] = now.friction;
      model_->jnt_stiffness[i] = now.spring;
    }
    const std::unique_ptr<mjData, deleter> other(mj_makeData(model_.get()));
    mj_setConst(model_.get(), other.get());
  }

  void set(const pair &angle, const pair &velocity) {
    std::copy(angle.begin(), angle.end(), data_->qpos);
    std::copy(velocity.begin(), velocity.end(), data_->qvel);
  }
  pair angle() const { return {data_->qpos[0], data_->qpos[1]}; }
  pair velocity() const { return {data_->qvel[0], data_->qvel[1]}; }

  // A step of control, which is two of MuJoCo's.
  void move(const pair &torque) {
    std::copy(torque.begin(), torque.end(), data_->qfrc_applied);
    for (int i = 0; i < 2; i++) mj_step(model_.get(), data_.get());
  }

  pair torque(const pair &angle, const pair &velocity, const pair &acceleration) {
    set(angle, velocity);
    std::copy(acceleration.begin(), acceleration.end(), data_->qacc);
    mj_inverse(model_.get(), data_.get());
    return {data_->qfrc_inverse[0], data_->qfrc_inverse[1]};
  }

  // The torque of some acceleration alone, where torque() was asked last.
  pair inertia_times(const pair &acceleration) const {
    pair product{};
    mj_mulM(model_.get(), data_.get(), product.data(), acceleration.data());
    return product;
  }

  // Where the hand is at these angles.
  arm_view::point hand(const pair &angle) {
    set(angle, {});
    mj_forward(model_.get(), data_.get());
    const mjtNum *at = data_->xpos + 3 * mj_name2id(model_.get(), mjOBJ_BODY, "hand");
    return {at[0], at[1], at[2]};
  }

  const mjModel *model() const { return model_.get(); }
  mjData *data() { return data_.get(); }

 private:
  struct deleter {
    void operator()(mjModel *model) const { mj_deleteModel(model); }
    void operator()(mjData *data) const { mj_deleteData(data); }
  };
  std::unique_ptr<mjModel, deleter> model_;
  std::unique_ptr<mjData, deleter> data_;
};

// In rad.
pair reference(double seconds) {
  const double other = other_motion(seconds);
  return {middle[0] + (1 - other) * sum_of({0.5, 0.37, 0.2, 0.71, 0.06, 1.31}, seconds) +
              other * sum_of({0.4, 0.29, 0.2, 0.83, 0.07, 1.17}, seconds),
          middle[1] + (1 - other) * sum_of({0.5, 0.43, 0.25, 0.61, 0.06, 1.47}, seconds) +
              other * sum_of({0.4, 0.33, 0.25, 0.77, 0.07, 1.27}, seconds)};
}

// The controller of one joint: an observer, and the acceleration that it commands.
struct joint_control {
  joint_observer observer;
  double command = 0;

  void step(double measured, double before, double target, double after) {
    observer.step(measured, command);
    command = (after - 2 * target + before) / (step_seconds * step_seconds) + stiffness * (target - measured) +
              damping * ((after - before) / (2 * step_seconds) - observer.velocity());
  }
};

// Gives the record, and the angles of each step.
trial_record run(controller kind, force_network *network, double push, std::uint32_t seed, trial_times &times,
                 std::vector<pair> &angles) {
  std::mt19937 random(seed);
  std::normal_distribution<double> normal;
  arm plant, model, told, truth;
  pair angle = reference(0), velocity{}, pushed{}, torque{}, correction{};
  const pair before_start = reference(-step_seconds), after_start = reference(step_seconds);
  for (std::size_t i = 0; i < joints; i++) velocity[i] = (after_start[i] - before_start[i]) / (2 * step_seconds);
  plant.set(angle, velocity);
  std::array<joint_control, joints> controls = {joint_control{{angle[0], velocity[0]}}, joint_control{{angle[1], velocity[1]}}};
  trial_record all;
  for (std::size_t step = 0; step < phase_count * phase_steps; step++) {
    const std::size_t phase = step / phase_steps;
    if (step % phase_steps == 0)
      for (arm *one : {&plant, &truth, kind == informed ? &model : nullptr})
        if (one != nullptr) one->become(states[phase]);
    if (network != nullptr && step % 100 == 0) network->set_rate(0.8 * learning_rate(step)); // more inputs, more spikes
    const double count = 2 * M_PI / 65536, seconds = static_cast<double>(step) * step_seconds;
    angle = plant.angle();
    velocity = plant.velocity();
    const pair target = reference(seconds);
    pair measured{}, observed{}, command{}, excess{};
    for (std::size_t i = 0; i < joints; i++) measured[i] = std::round((angle[i] + 1e-4 * normal(random)) / count) * count;

    const auto control = [&] {
      const pair before = reference(seconds - step_seconds), after = reference(seconds + step_seconds);
      std::array<double, 4 * joints> input;
      for (std::size_t i = 0; i < joints; i++) {
        controls[i].step(measured[i], before[i], target[i], after[i]);
        observed[i] = controls[i].observer.velocity();
        command[i] = controls[i].command;
        excess[i] = -controls[i].observer.excess_acceleration();
        const auto part = network_input(measured[i] - middle[i], observed[i], command[i], 8);
        std::copy(part.begin(), part.end(), input.begin() + static_cast<std::ptrdiff_t>(i * part.size()));
      }
      torque = model.torque(measured, observed, command);
      const pair error = model.inertia_times(excess);
      if (kind == integral && phase != frozen)
        for (std::size_t i = 0; i < joints; i++) correction[i] += step_seconds * integral_gain * error[i];
      if (kind == learning)
        times.call.measure([&] {
          const std::vector<float> &forces = network->step(input, error, phase != frozen);
          std::copy(forces.begin(), forces.end(), correction.begin());
        });
      for (std::size_t i = 0; i < joints; i++) torque[i] += correction[i];
    };
    if (kind == learning)
      times.step.measure(control);
    else
      control();

    all.error.push_back(std::hypot(target[0] - angle[0], target[1] - angle[1]));
    all.missing.push_back(truth.torque(angle, velocity, command)[0] - told.torque(angle, velocity, command)[0]);
    all.correction.push_back(correction[0]);
    angles.push_back(angle);
    for (std::size_t i = 0; i < joints; i++) {
      pushed[i] += -30 * step_seconds * pushed[i] + push * std::sqrt(2 * 30 * step_seconds) * normal(random);
      torque[i] += pushed[i];
    }
    plant.move(torque);
  }
  return all;
}

// The arm of each controller at the end of the last change's phase, with the path of its hand in the last 3 s.
void render(const char *path, const std::array<std::vector<pair>, controller_count> &angles) {
  constexpr std::size_t end = settling * phase_steps;
  arm should, is;
  arm_view view(is.model(), 3);
  arm_view::path wanted{{}, {0.2f, 0.2f, 0.2f, 1}};
  for (std::size_t step = end - measured_steps; step < end; step += 10)
    wanted.points.push_back(should.hand(reference(static_cast<double>(step) * step_seconds)));
  int panel = 0;
  for (const controller kind : {off, learning, informed}) {
    arm_view::path gone{{}, {0.1f, 0.35f, 0.9f, 1}};
    for (std::size_t step = end - measured_steps; step < end; step += 10) gone.points.push_back(is.hand(angles[kind][step]));
    view.draw(panel++, controller_names[kind], is.data(), should.data(), {wanted, gone});
  }
  view.write(path);
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
    std::array<std::vector<pair>, controller_count> angles;
    for (const controller kind : {off, integral, learning, informed}) {
      std::unique_ptr<force_network> network;
      if (kind == learning) // of each joint, in rad, rad/s, 1, rad/s^2
        network = std::make_unique<force_network>(context, board, std::vector<double>{0.8, 2.5, 0.75, 10, 0.8, 2.5, 0.75, 10},
                                                  2, 800, seed);
      all[kind] = run(kind, network.get(), options.push, seed, times, angles[kind]);
    }
    table.add(seed, all);
    if (options.picture != nullptr && seed == 1)
      draw_trial(options.picture, "An arm that changes, and a controller that learns",
                 "800 spiking neurons on the board learn, on line at 1 kHz, the torques that a model misses",
                 "torque of the shoulder that the model misses, N m", all);
    if (options.render != nullptr && seed == 1) render(options.render, angles);
  }
  return table.verdict(times, options.check_times) ? 0 : 1;
} catch (const std::exception &problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
