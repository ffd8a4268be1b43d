/** @file model.hpp
 * A model is a network of populations and projections with their weights: built in code, or read from a file.
 */
#ifndef SPIKELET_MODEL_HPP
#define SPIKELET_MODEL_HPP

#include "context.hpp"

namespace spikelet {

/** A population or projection that was read back, with its name. @since 0.1 */
template <typename Description>
struct named {
  Description description;
  char name[64]; /**< ends with a zero */
};

/** Numbers of populations and projections. @since 0.1 */
struct model_counts {
  std::uint32_t populations, projections;
};

/** The synapses of a sparse projection, in the order of spk_model_set_synapses(). @since 0.1 */
struct synapses {
  std::vector<std::uint32_t> row_starts; /**< [sources + 1] */
  std::vector<std::uint32_t> targets;
  std::vector<std::int16_t> weights;
};

/** Owns an ::spk_model. Declare it after its context. @since 0.1 */
class model : public handle<spk_model, spk_model_close> {
 public:
  using handle::handle;

  /** Makes a model without populations. spk_model_create() */
  static result<model> try_create(const context &owner, text name) noexcept {
    spk_model *object = nullptr;
    const spk_status status = spk_model_create(owner.get(), name.get(), &object);
    return {status, model(object)};
  }

  /** Builds a classifier that learns. spk_model_build_erbp() */
  static result<model> try_build_erbp(const context &owner, const spk_erbp_options &options) noexcept {
    spk_model *object = nullptr;
    const spk_status status = spk_model_build_erbp(owner.get(), &options, &object);
    return {status, model(object)};
  }

  /** Fills in the rule of a projection that is to be added. spk_rule_apply() */
  static result<void> try_apply_rule(const context &owner, const spk_rule_options &options,
                                     spk_projection &projection) noexcept {
    return spk_rule_apply(owner.get(), &options, &projection);
  }

  /** Reads a model from a safetensors file. spk_model_load_file() */
  static result<model> try_load_file(const context &owner, text path) noexcept {
    spk_model *object = nullptr;
    const spk_status status = spk_model_load_file(owner.get(), path.get(), &object);
    return {status, model(object)};
  }

  /** Reads a model from the bytes of a safetensors file. spk_model_load_memory() */
  static result<model> try_load_memory(const context &owner, span<const std::uint8_t> bytes) noexcept {
    spk_model *object = nullptr;
    const spk_status status = spk_model_load_memory(owner.get(), bytes.data(), bytes.size(), &object);
    return {status, model(object)};
  }

  /** Checks the model and writes it as safetensors. spk_model_save_file() */
  result<void> try_save_file(text path) const noexcept { return spk_model_save_file(get(), path.get()); }

  /** Checks the model and writes it to memory; gives how many bytes there are. spk_model_save_memory() */
  result<std::size_t> try_save_memory(span<std::uint8_t> bytes) const noexcept {
    std::size_t size = 0;
    const spk_status status = spk_model_save_memory(get(), bytes.data(), bytes.size(), &size);
    return {status, size};
  }
  result<std::vector<std::uint8_t>> try_save_memory() const {
    return detail::all<std::uint8_t>([this](std::uint8_t *bytes, std::size_t capacity, std::size_t *size) noexcept {
      return spk_model_save_memory(get(), bytes, capacity, size);
    });
  }

  /** Checks the whole model against the law. spk_model_check() */
  result<void> try_check() const noexcept { return spk_model_check(get()); }

  /** Adds a population; gives its number. spk_model_add_population() */
  result<std::uint32_t> try_add_population(text name, const spk_population &population) noexcept {
    std::uint32_t index = 0;
    const spk_status status = spk_model_add_population(get(), name.get(), &population, &index);
    return {status, index};
  }

  /** Adds a projection; gives its number. spk_model_add_projection() */
  result<std::uint32_t> try_add_projection(text name, const spk_projection &projection) noexcept {
    std::uint32_t index = 0;
    const spk_status status = spk_model_add_projection(get(), name.get(), &projection, &index);
    return {status, index};
  }

  /** Gives a parameter (SPK_THRESHOLD … SPK_DECAY_INDEX) one value a neuron. spk_model_set_parameters() */
  result<void> try_set_parameters(std::uint32_t population, std::uint32_t parameter,
                                  span<const std::int32_t> values) noexcept {
    return spk_model_set_parameters(get(), population, parameter, values.data(), values.size());
  }

  /** Reads a parameter, one value a neuron. spk_model_get_parameters() */
  result<void> try_get_parameters(std::uint32_t population, std::uint32_t parameter,
                                  span<std::int32_t> values) const noexcept {
    return spk_model_get_parameters(get(), population, parameter, values.data(), values.size());
  }
  result<std::vector<std::int32_t>> try_get_parameters(std::uint32_t population, std::uint32_t parameter) const {
    const auto found = try_get_population(population);
    std::vector<std::int32_t> values(found ? found->description.neuron_count : 0);
    const spk_status status = found ? try_get_parameters(population, parameter, values).status() : found.status();
    return {status, std::move(values)};
  }

  /** Sets all stored weights of a projection. spk_model_set_weights() */
  result<void> try_set_weights(std::uint32_t projection, span<const std::int16_t> weights) noexcept {
    return spk_model_set_weights(get(), projection, weights.data(), weights.size());
  }

  /** Reads all stored weights of a projection; gives how many there are. spk_model_get_weights() */
  result<std::size_t> try_get_weights(std::uint32_t projection, span<std::int16_t> weights) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_model_get_weights(get(), projection, weights.data(), weights.size(), &count);
    return {status, count};
  }
  result<std::vector<std::int16_t>> try_get_weights(std::uint32_t projection) const {
    return detail::all<std::int16_t>(
        [this, projection](std::int16_t *weights, std::size_t capacity, std::size_t *count) noexcept {
          return spk_model_get_weights(get(), projection, weights, capacity, count);
        });
  }

  /** Sets the synapses of a sparse projection. spk_model_set_synapses()
   * @param row_starts  [sources + 1]; of another length, or with as many targets as there are not weights, the call gives
   *                    #SPK_ERROR_ARGUMENT: the library is told null for that array
   */
  result<void> try_set_synapses(std::uint32_t projection, span<const std::uint32_t> row_starts,
                                span<const std::uint32_t> targets, span<const std::int16_t> weights) noexcept {
    std::size_t rows = 0;
    const spk_status status = row_count(projection, rows);
    if (status != SPK_OK) return status;
    return spk_model_set_synapses(get(), projection, row_starts.size() == rows ? row_starts.data() : nullptr,
                                  targets.data(), weights.size() == targets.size() ? weights.data() : nullptr,
                                  targets.size());
  }
  result<void> try_set_synapses(std::uint32_t projection, const synapses &all) noexcept {
    return try_set_synapses(projection, all.row_starts, all.targets, all.weights);
  }

  /** Reads the synapses of a sparse projection. spk_model_get_synapses() */
  result<synapses> try_get_synapses(std::uint32_t projection) const {
    synapses all;
    std::size_t rows = 0, count = 0;
    spk_status status = row_count(projection, rows);
    if (status == SPK_OK) status = spk_model_get_synapses(get(), projection, nullptr, nullptr, nullptr, 0, &count);
    if (status != SPK_OK) return {status, std::move(all)};
    all.row_starts.resize(rows);
    all.targets.resize(count);
    all.weights.resize(count);
    status = spk_model_get_synapses(get(), projection, all.row_starts.data(), all.targets.data(), all.weights.data(),
                                    count, &count);
    return {status, std::move(all)};
  }

  /** Whether the model holds a snapshot of a session, and of when. spk_model_snapshot() */
  result<spk_snapshot> try_snapshot() const noexcept {
    spk_snapshot snapshot = spikelet::snapshot();
    const spk_status status = spk_model_snapshot(get(), &snapshot);
    return {status, snapshot};
  }

  /** Numbers of populations and projections. spk_model_counts() */
  result<model_counts> try_counts() const noexcept {
    model_counts counts{0, 0};
    const spk_status status = spk_model_counts(get(), &counts.populations, &counts.projections);
    return {status, counts};
  }

  /** Reads a population back. spk_model_get_population() */
  result<named<spk_population>> try_get_population(std::uint32_t index) const noexcept {
    named<spk_population> found{population(), {}};
    const spk_status status = spk_model_get_population(get(), index, &found.description, found.name);
    return {status, found};
  }

  /** Reads a projection back. spk_model_get_projection() */
  result<named<spk_projection>> try_get_projection(std::uint32_t index) const noexcept {
    named<spk_projection> found{projection(), {}};
    const spk_status status = spk_model_get_projection(get(), index, &found.description, found.name);
    return {status, found};
  }

  /** The number of the population of this name. spk_model_find_population() */
  result<std::uint32_t> try_find_population(text name) const noexcept {
    std::uint32_t index = 0;
    const spk_status status = spk_model_find_population(get(), name.get(), &index);
    return {status, index};
  }

  /** The number of the projection of this name. spk_model_find_projection() */
  result<std::uint32_t> try_find_projection(text name) const noexcept {
    std::uint32_t index = 0;
    const spk_status status = spk_model_find_projection(get(), name.get(), &index);
    return {status, index};
  }

  /** Places the model on a board that need not be there; gives how many cores it has. spk_model_place() */
  result<std::size_t> try_place(const spk_board_options &board, span<spk_core_use> cores) const noexcept {
    std::size_t count = 0;
    const spk_status status = spk_model_place(get(), &board, cores.data(), cores.size(), &count);
    return {status, count};
  }
  result<std::vector<spk_core_use>> try_place(const spk_board_options &board = board_options()) const {
    return detail::all<spk_core_use>(
        [this, &board](spk_core_use *cores, std::size_t capacity, std::size_t *count) noexcept {
          return spk_model_place(get(), &board, cores, capacity, count);
        });
  }

#ifdef __cpp_exceptions
  /** @name The same, throwing an ::error. @{ */
  static model create(const context &owner, text name) { return try_create(owner, name).value(); }
  static model build_erbp(const context &owner, const spk_erbp_options &options) {
    return try_build_erbp(owner, options).value();
  }
  static void apply_rule(const context &owner, const spk_rule_options &options, spk_projection &projection) {
    try_apply_rule(owner, options, projection).value();
  }
  static model load_file(const context &owner, text path) { return try_load_file(owner, path).value(); }
  static model load_memory(const context &owner, span<const std::uint8_t> bytes) {
    return try_load_memory(owner, bytes).value();
  }
  void save_file(text path) const { try_save_file(path).value(); }
  std::size_t save_memory(span<std::uint8_t> bytes) const { return try_save_memory(bytes).value(); }
  std::vector<std::uint8_t> save_memory() const { return try_save_memory().value(); }
  void check() const { try_check().value(); }
  std::uint32_t add_population(text name, const spk_population &population) {
    return try_add_population(name, population).value();
  }
  std::uint32_t add_projection(text name, const spk_projection &projection) {
    return try_add_projection(name, projection).value();
  }
  void set_parameters(std::uint32_t population, std::uint32_t parameter, span<const std::int32_t> values) {
    try_set_parameters(population, parameter, values).value();
  }
  void get_parameters(std::uint32_t population, std::uint32_t parameter, span<std::int32_t> values) const {
    try_get_parameters(population, parameter, values).value();
  }
  std::vector<std::int32_t> get_parameters(std::uint32_t population, std::uint32_t parameter) const {
    return try_get_parameters(population, parameter).value();
  }
  void set_weights(std::uint32_t projection, span<const std::int16_t> weights) {
    try_set_weights(projection, weights).value();
  }
  std::size_t get_weights(std::uint32_t projection, span<std::int16_t> weights) const {
    return try_get_weights(projection, weights).value();
  }
  std::vector<std::int16_t> get_weights(std::uint32_t projection) const { return try_get_weights(projection).value(); }
  void set_synapses(std::uint32_t projection, span<const std::uint32_t> row_starts, span<const std::uint32_t> targets,
                    span<const std::int16_t> weights) {
    try_set_synapses(projection, row_starts, targets, weights).value();
  }
  void set_synapses(std::uint32_t projection, const synapses &all) { try_set_synapses(projection, all).value(); }
  synapses get_synapses(std::uint32_t projection) const { return try_get_synapses(projection).value(); }
  spk_snapshot snapshot() const { return try_snapshot().value(); }
  model_counts counts() const { return try_counts().value(); }
  named<spk_population> get_population(std::uint32_t index) const { return try_get_population(index).value(); }
  named<spk_projection> get_projection(std::uint32_t index) const { return try_get_projection(index).value(); }
  std::uint32_t find_population(text name) const { return try_find_population(name).value(); }
  std::uint32_t find_projection(text name) const { return try_find_projection(name).value(); }
  std::size_t place(const spk_board_options &board, span<spk_core_use> cores) const {
    return try_place(board, cores).value();
  }
  std::vector<spk_core_use> place(const spk_board_options &board = board_options()) const {
    return try_place(board).value();
  }
  /** @} */
#endif

 private:
  // The row starts that a sparse projection has: one a neuron of its source, and the end.
  spk_status row_count(std::uint32_t index, std::size_t &rows) const noexcept {
    const auto between = try_get_projection(index);
    if (!between) return between.status();
    const auto from = try_get_population(between->description.source);
    rows = std::size_t{from->description.neuron_count} + 1;
    return from.status();
  }
};

static_assert(sizeof(model) == sizeof(spk_model *), "a model is one pointer");

}  // namespace spikelet

#endif
