// Learns digits on line on a simulated board, and tests what it learnt.
//
//   c++ -std=c++17 digits.cpp $(pkg-config --cflags --libs spikelet) -o digits && ./digits [samples [tests [file]]]
//
// Digits are MNIST's if $SPIKELET_DATA/mnist has it in IDX form with gzip, and drawn ones otherwise. What was learnt is kept
// in `file`, if one is given.
#include <spikelet/spikelet.hpp>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

constexpr std::uint32_t side = 28, pixels = side * side, classes = 10, hidden = 100;

struct digits {
  std::vector<std::uint8_t> images; // [count][pixels], 255 is full ink
  std::vector<std::uint8_t> labels;

  spikelet::span<const std::uint8_t> image(std::size_t index) const { return {images.data() + index * pixels, pixels}; }
};

// The body of an IDX file, unpacked by gzip. Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database".
std::vector<std::uint8_t> unpack(const std::string &path, std::size_t header_bytes) {
  std::FILE *pipe = popen(("gzip -dc -- '" + path + "'").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("gzip could not be started");
  std::vector<std::uint8_t> bytes, block(1 << 20);
  for (std::size_t got; (got = std::fread(block.data(), 1, block.size(), pipe)) > 0;)
    bytes.insert(bytes.end(), block.data(), block.data() + got);
  if (pclose(pipe) != 0 || bytes.size() < header_bytes) throw std::runtime_error(path + " could not be unpacked");
  bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(header_bytes));
  return bytes;
}

digits read_mnist(const std::string &start) {
  digits set = {unpack(start + "-images-idx3-ubyte.gz", 16), unpack(start + "-labels-idx1-ubyte.gz", 8)};
  if (set.images.size() != set.labels.size() * pixels) throw std::runtime_error(start + ": images and labels differ");
  return set;
}

// Digits of five by seven squares: turned, stretched, moved and spotted at random.
digits draw(std::size_t count, std::uint32_t seed) {
  static const char *const shapes[classes] = {
      ".###.#...##...##...##...##...#.###.", "..#...##....#....#....#....#...###.",
      ".###.#...#....#...#...#...#...#####", "####.....#....#.###.....#....#####.",
      "...#...##..#.#.#..#.#####...#....#.", "######....####.....#....##...#.###.",
      ".###.#....#....####.#...##...#.###.", "#####....#...#...#...#....#....#...",
      ".###.#...##...#.###.#...##...#.###.", ".###.#...##...#.####....#....#.###."};
  std::mt19937 random(seed);
  const auto between = [&random](double low, double high) {
    return low + (high - low) * static_cast<double>(random()) / 4294967296.0;
  };
  digits set;
  for (std::size_t i = 0; i < count; i++) {
    const auto digit = static_cast<std::uint8_t>(random() % classes);
    const double angle = between(-0.4, 0.4), wide = between(2.7, 3.7), high = between(2.4, 3.4);
    const double right = between(-3, 3), down = between(-3, 3);
    for (std::uint32_t at = 0; at < pixels; at++) {
      const double x = at % side - 13.5 - right, y = at / side - 13.5 - down;
      const double column = std::floor((x * std::cos(angle) + y * std::sin(angle)) / wide + 2.5);
      const double row = std::floor((y * std::cos(angle) - x * std::sin(angle)) / high + 3.5);
      const bool inside = column >= 0 && column < 5 && row >= 0 && row < 7;
      const bool ink = inside && shapes[digit][static_cast<std::size_t>(row * 5 + column)] == '#';
      set.images.push_back(ink != (random() % 12 == 0) ? 255 : 0);
    }
    set.labels.push_back(digit);
  }
  return set;
}

// The part of the first `count` digits that the network names, frozen and without being told.
double test(spikelet::session &session, const digits &set, std::size_t count) {
  count = std::min(count, set.labels.size());
  std::size_t right = 0;
  for (std::size_t i = 0; i < count; i++)
    right += session.present(spikelet::presentation(set.image(i))) == set.labels[i] ? 1 : 0;
  return static_cast<double>(right) / static_cast<double>(count);
}

void learn(spikelet::session &session, const digits &set, const digits &unseen, std::size_t count) {
  for (std::size_t i = 0; i < count; i++) {
    if (i % 100 == 0) // the rate falls to a fortieth
      session.set_rate(spikelet::all_projections, static_cast<std::uint32_t>(256 - 249 * i / count));
    const std::size_t sample = i % set.labels.size();
    spk_presentation shown = spikelet::presentation(set.image(sample), set.labels[sample]);
    shown.ticks = 32;
    shown.flags = spikelet::run_learn | spikelet::run_clear;
    session.present(shown);
    if ((i + 1) % 2000 == 0)
      std::printf("%6zu samples learnt, %.3f of 200 others right\n", i + 1, test(session, unseen, 200));
  }
}

}  // namespace

int main(int argc, char **argv) try {
  const std::size_t samples = argc > 1 ? std::stoul(argv[1]) : 20000;
  const std::size_t tests = argc > 2 ? std::stoul(argv[2]) : 2000;
  const char *data = std::getenv("SPIKELET_DATA");
  const std::string folder = std::string(data == nullptr ? "." : data) + "/mnist/";
  std::FILE *found = std::fopen((folder + "train-images-idx3-ubyte.gz").c_str(), "rb");
  const bool mnist = found != nullptr && std::fclose(found) == 0;
  const digits training = mnist ? read_mnist(folder + "train") : draw(5000, 1);
  const digits unseen = mnist ? read_mnist(folder + "t10k") : draw(tests, 2);

  const auto context = spikelet::context::create();
  const auto board = spikelet::device::open(context, "sim:");
  const std::uint32_t layers[] = {pixels, hidden, classes};
  auto model = spikelet::model::build_erbp(context, spikelet::erbp_options(layers));
  auto session = spikelet::session::open(board, model);
  learn(session, training, unseen, samples);
  session.store(model);
  if (argc > 3) model.save_file(argv[3]);
  std::printf("%s digits, frozen:\n", mnist ? "MNIST" : "drawn");
  std::printf("accuracy %.4f\n", test(session, unseen, tests));
  return 0;
} catch (const std::exception &problem) {
  std::fprintf(stderr, "%s\n", problem.what());
  return 1;
}
