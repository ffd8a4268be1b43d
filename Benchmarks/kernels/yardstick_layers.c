#include "yardstick.h"

#include <immintrin.h>
#include <string.h>

/* State of one layer; sums are of the tick's arrivals. */
typedef struct layer {
  int32_t membrane[WIDE], dendrite[WIDE];
  int16_t sums[WIDE], amount[WIDE];
  uint32_t fired[WIDE];
  size_t count;
} __attribute__((aligned(64))) layer;

FAST static inline __m256i widened(const int8_t *weights) {
  return _mm256_cvtepi8_epi16(_mm_load_si128((const __m128i *)weights));
}

FAST void yardstick_accumulate(const int8_t *weights, size_t width, const uint32_t *rows, size_t count, int16_t *sums) {
  size_t column = 0;
  for (; column + 128 <= width; column += 128) {
    __m256i sum[8];
    for (int k = 0; k < 8; k++) sum[k] = _mm256_setzero_si256();
    for (size_t j = 0; j < count; j++) {
      const int8_t *row = weights + rows[j] * width + column;
      for (int k = 0; k < 8; k++) sum[k] = _mm256_add_epi16(sum[k], widened(row + 16 * k));
    }
    for (int k = 0; k < 8; k++) _mm256_store_si256((__m256i *)(sums + column + 16 * k), sum[k]);
  }
  for (; column < width; column += 32) {
    __m256i low = _mm256_setzero_si256(), high = low;
    for (size_t j = 0; j < count; j++) {
      const int8_t *row = weights + rows[j] * width + column;
      low = _mm256_add_epi16(low, widened(row));
      high = _mm256_add_epi16(high, widened(row + 16));
    }
    _mm256_store_si256((__m256i *)(sums + column), low);
    _mm256_store_si256((__m256i *)(sums + column + 16), high);
  }
}

FAST uint8_t yardstick_read(const int8_t *memory, size_t bytes) {
  __m256i sum[8];
  uint8_t out[32];
  for (int k = 0; k < 8; k++) sum[k] = _mm256_setzero_si256();
  for (size_t i = 0; i < bytes; i += 256)
    for (int k = 0; k < 8; k++) sum[k] = _mm256_add_epi8(sum[k], _mm256_load_si256((const __m256i *)(memory + i + 32 * (size_t)k)));
  for (int k = 1; k < 8; k++) sum[0] = _mm256_add_epi8(sum[0], sum[k]);
  _mm256_storeu_si256((__m256i *)out, sum[0]);
  return out[0];
}

FAST static inline void integrate(layer *one, size_t neurons, int32_t threshold) {
  int32_t *restrict membrane = one->membrane;
  int16_t *restrict sums = one->sums;
  uint32_t *restrict fired = one->fired;
  size_t count = 0;
  for (size_t i = 0; i < neurons; i++) {
    membrane[i] = membrane[i] - (membrane[i] >> 4) + sums[i];
    sums[i] = 0;
  }
  for (size_t i = 0; i < neurons; i++)
    if (membrane[i] >= threshold) membrane[i] = 0, fired[count++] = (uint32_t)i;
  one->count = count;
}

static inline void count_activity(activity *seen, const layer *net, size_t arrived) {
  seen->events += (double)(arrived * HIDDEN + net[0].count * HIDDEN + net[1].count * CLASSES);
}

static inline void count_spikes(activity *seen, const layer *net) {
  for (int l = 0; l < 3; l++) seen->spikes[l] += (double)net[l].count;
}

FAST static inline void integrate_all(layer *net) {
  integrate(&net[0], HIDDEN, THRESHOLD1);
  integrate(&net[1], HIDDEN, THRESHOLD2);
  integrate(&net[2], CLASSES, THRESHOLD3);
}

FAST void yardstick_layers(const layers *weights, const raster *input, size_t first, size_t count, activity *seen) {
  static layer net[3];
  memset(net, 0, sizeof net);
  for (size_t t = first; t < first + count; t++) {
    const uint32_t *arrived = input->neurons + input->starts[t];
    size_t rows = input->starts[t + 1] - input->starts[t];
    count_activity(seen, net, rows);
    yardstick_accumulate(weights->first, WIDE, arrived, rows, net[0].sums);
    yardstick_accumulate(weights->second, WIDE, net[0].fired, net[0].count, net[1].sums);
    yardstick_accumulate(weights->last, NARROW, net[1].fired, net[1].count, net[2].sums);
    integrate_all(net);
    count_spikes(seen, net);
  }
}

static __m256i state;

FAST static inline __m256i draw(void) {
  state = _mm256_xor_si256(state, _mm256_slli_epi32(state, 13));
  state = _mm256_xor_si256(state, _mm256_srli_epi32(state, 17));
  state = _mm256_xor_si256(state, _mm256_slli_epi32(state, 5));
  return state;
}

/* Adds rows to the sums and updates them: amounts are in 1/256, rounded down after a random byte. */
FAST static inline void update(int8_t *weights, size_t width, const uint32_t *rows, size_t count, layer *target) {
  const __m256i low_byte = _mm256_set1_epi16(255);
  for (size_t j = 0; j < count; j++)
    for (size_t i = 0; i < width; i += 32) {
      int8_t *row = weights + rows[j] * width + i;
      int16_t *sums = target->sums + i;
      const int16_t *amount = target->amount + i;
      __m256i random = draw(), low = widened(row), high = widened(row + 16);
      __m256i step0 = _mm256_add_epi16(_mm256_load_si256((const __m256i *)amount), _mm256_and_si256(random, low_byte));
      __m256i step1 = _mm256_add_epi16(_mm256_load_si256((const __m256i *)(amount + 16)), _mm256_srli_epi16(random, 8));
      _mm256_store_si256((__m256i *)sums, _mm256_add_epi16(_mm256_load_si256((const __m256i *)sums), low));
      _mm256_store_si256((__m256i *)(sums + 16), _mm256_add_epi16(_mm256_load_si256((const __m256i *)(sums + 16)), high));
      low = _mm256_add_epi16(low, _mm256_srai_epi16(step0, 8));
      high = _mm256_add_epi16(high, _mm256_srai_epi16(step1, 8));
      _mm256_store_si256((__m256i *)row, _mm256_permute4x64_epi64(_mm256_packs_epi16(low, high), 0xd8));
    }
}

/* Amounts of a layer whose dendrites hold the sum of feedback times the errors of the classes. */
FAST static inline void prepare(layer *one, const int8_t *feedback, const int32_t *error, int32_t threshold) {
  int32_t dendrite[WIDE] = {0};
  for (size_t k = 0; k < CLASSES; k++) {
    if (error[k] == 0) continue;
    for (size_t i = 0; i < WIDE; i++) dendrite[i] += feedback[k * WIDE + i] * error[k];
  }
  for (size_t i = 0; i < WIDE; i++) {
    int32_t step = -(dendrite[i] >> 4);
    step = step > 1000 ? 1000 : step < -1000 ? -1000 : step;
    one->amount[i] = (int16_t)(one->membrane[i] > -threshold && one->membrane[i] < threshold ? step : 0);
  }
}

FAST void yardstick_learning(layers *weights, const raster *input, const raster *labels, size_t first, size_t count, activity *seen) {
  static layer net[3];
  int32_t error[CLASSES] = {0};
  memset(net, 0, sizeof net);
  state = _mm256_set_epi32(1, 22, 333, 4444, 55555, 666666, 7777777, 88888888);
  for (size_t t = first; t < first + count; t++) {
    size_t rows = input->starts[t + 1] - input->starts[t];
    count_activity(seen, net, rows);
    update(weights->first, WIDE, input->neurons + input->starts[t], rows, &net[0]);
    update(weights->second, WIDE, net[0].fired, net[0].count, &net[1]);
    update(weights->last, NARROW, net[1].fired, net[1].count, &net[2]);
    integrate_all(net);
    count_spikes(seen, net);
    for (int k = 0; k < CLASSES; k++) error[k] -= error[k] / 8;
    for (size_t k = 0; k < net[2].count; k++) error[net[2].fired[k]] += 64;
    for (size_t k = labels->starts[t]; k < labels->starts[t + 1]; k++) error[labels->neurons[k]] -= 64;
    prepare(&net[0], weights->feedback[0], error, THRESHOLD1);
    prepare(&net[1], weights->feedback[1], error, THRESHOLD2);
    for (int k = 0; k < CLASSES; k++) net[2].amount[k] = (int16_t)(-error[k] * 4 > 1000 ? 1000 : -error[k] * 4 < -1000 ? -1000 : -error[k] * 4);
  }
}
