#include "yardstick.h"

#include <immintrin.h>
#include <string.h>

enum { TICKS = 32, BURN_IN = 8, LABEL_PERIOD = 2, THRESHOLD = 1024, GATE = 8 * THRESHOLD, UNIT_SHIFT = 5 };

typedef struct layer {
  int16_t current[WIDE], dendrite[WIDE], step[WIDE], sums[WIDE];
  int32_t arrivals[WIDE];
  int8_t refractory[WIDE];
  uint32_t fired[WIDE];
  size_t count;
} __attribute__((aligned(64))) layer;

static inline uint64_t draw(uint64_t *random) {
  *random ^= *random << 13, *random ^= *random >> 7, *random ^= *random << 17;
  return *random;
}

static inline int32_t clip(int32_t value) { return value > 32767 ? 32767 : value < -32768 ? -32768 : value; }

/* Loses a quarter. */
static inline int32_t leak(int32_t value) { return value - ((value >> 2) + ((value > 0) & ((value >> 2) == 0))); }

/* Steps of the masters of each column, rounded at random; 0 if all are 0. */
FAST static inline int prepare(layer *one, size_t width, int shift, uint32_t *restrict lanes) {
  int any = 0;
  for (size_t j = 0; j < width; j++) {
    int32_t open = one->current[j] >= -GATE && one->current[j] <= GATE ? one->dendrite[j] : 0;
    any |= open;
    one->arrivals[j] = open * 256;
  }
  if (any == 0) return 0;
  for (size_t j = 0; j < width; j++) {
    lanes[j] ^= lanes[j] << 13, lanes[j] ^= lanes[j] >> 17, lanes[j] ^= lanes[j] << 5;
    one->step[j] = (int16_t)clip((one->arrivals[j] + (int32_t)(lanes[j] & ((1u << shift) - 1))) >> shift);
  }
  return 1;
}

FAST static inline void deliver(int16_t *weights, size_t width, const uint32_t *rows, size_t count, int learns, layer *target) {
  memset(target->sums, 0, width * sizeof *target->sums);
  for (size_t r = 0; r < count; r++)
    for (size_t j = 0; j < width; j += 16) {
      __m256i *row = (__m256i *)(weights + rows[r] * width + j), *sums = (__m256i *)(target->sums + j);
      __m256i weight = _mm256_load_si256(row);
      if (learns) {
        weight = _mm256_adds_epi16(weight, _mm256_load_si256((const __m256i *)(target->step + j)));
        _mm256_store_si256(row, weight);
      }
      _mm256_store_si256(sums, _mm256_add_epi16(_mm256_load_si256(sums), _mm256_srai_epi16(weight, 8)));
    }
}

FAST static inline void integrate(layer *one, size_t width, size_t neurons) {
  for (size_t j = 0; j < width; j++) {
    one->current[j] = (int16_t)clip(leak(one->current[j]) + one->sums[j] * (1 << UNIT_SHIFT));
    one->dendrite[j] = (int16_t)leak(one->dendrite[j]);
  }
  size_t count = 0;
  for (size_t j = 0; j < neurons; j++) {
    int fires = (one->refractory[j] <= 0) & (one->current[j] > THRESHOLD);
    one->fired[count] = (uint32_t)j;
    count += (size_t)fires;
    one->refractory[j] = (int8_t)(fires ? 1 : one->refractory[j] > 0 ? one->refractory[j] - 1 : 0);
  }
  one->count = count;
}

/* Spikes of the two rails of error neurons of a class: −1, 0 or 1. */
static inline int error(int32_t *missed, int32_t *wrong) {
  int sum = 0;
  if (*missed >= 100) sum++, *missed -= 100;
  if (*missed < 0) *missed = 0;
  if (*wrong >= 100) sum--, *wrong -= 100;
  if (*wrong < 0) *wrong = 0;
  return sum;
}

FAST int yardstick_train(classifier *net, const uint8_t *image, int label, training_activity *seen) {
  static layer hidden, output;
  static uint32_t active[PIXELS], chance[PIXELS], fired[PIXELS + 1];
  int32_t missed[CLASSES] = {0}, wrong[CLASSES] = {0}, counts[CLASSES] = {0};
  size_t pixels = 0, inputs = 0, next = 0;
  memset(&hidden, 0, sizeof hidden);
  memset(&output, 0, sizeof output);
  for (uint32_t i = 0; i < PIXELS; i++)
    if (image[i] > 10) active[pixels] = i, chance[pixels++] = image[i] * 128u;
  for (int t = 0; t < TICKS; t++) {
    static uint32_t coming[PIXELS + 1];
    uint64_t random = 0;
    next = 0;
    for (size_t i = 0; i < pixels; i++) {
      if (i % 4 == 0) random = draw(&net->random);
      coming[next] = active[i];
      next += (random & 65535) < chance[i];
      random >>= 16;
    }
    int learns = t >= BURN_IN;
    int first = learns && prepare(&hidden, WIDE, 15, net->lanes), last = learns && prepare(&output, NARROW, 14, net->lanes);
    deliver(net->first, WIDE, fired, inputs, first, &hidden);
    deliver(net->last, NARROW, hidden.fired, hidden.count, last, &output);
    integrate(&hidden, WIDE, HIDDEN);
    integrate(&output, NARROW, CLASSES);
    memcpy(fired, coming, next * sizeof *fired);
    inputs = next;
    seen->spikes[0] += (double)inputs, seen->spikes[1] += (double)hidden.count, seen->spikes[2] += (double)output.count;
    for (size_t s = 0; s < output.count; s++) {
      counts[output.fired[s]]++;
      missed[output.fired[s]] -= 90, wrong[output.fired[s]] += 90;
    }
    if (t % LABEL_PERIOD == 0) missed[label] += 90, wrong[label] -= 90;
    for (int c = 0; c < CLASSES; c++) {
      int32_t sign = error(&missed[c], &wrong[c]) * (1 << UNIT_SHIFT);
      if (sign == 0) continue;
      for (size_t j = 0; j < WIDE; j++) hidden.dendrite[j] = (int16_t)clip(hidden.dendrite[j] + sign * net->feedback[c * WIDE + (int)j]);
      output.dendrite[c] = (int16_t)clip(output.dendrite[c] + sign * 32);
    }
  }
  int best = 0;
  for (int c = 1; c < CLASSES; c++)
    if (counts[c] > counts[best]) best = c;
  seen->samples++;
  return best;
}
