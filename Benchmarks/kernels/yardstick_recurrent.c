#include "yardstick.h"

#include <string.h>

FAST double yardstick_recurrent(const recurrent *net, size_t ticks, int32_t *restrict membrane, int32_t *restrict arrivals,
                                uint32_t *restrict fired) {
  size_t count = 0, neurons = net->neurons, fan = net->fan;
  double spikes = 0;
  const int32_t *restrict bias = net->bias;
  memcpy(membrane, net->start, neurons * sizeof *membrane);
  memset(arrivals, 0, neurons * sizeof *arrivals);
  for (size_t t = 0; t < ticks; t++) {
    for (size_t j = 0; j < count; j++) {
      const uint16_t *targets = net->targets + fired[j] * fan;
      const int8_t *weights = net->weights + fired[j] * fan;
      for (size_t k = 0; k < fan; k++) arrivals[targets[k]] += weights[k];
    }
    for (size_t i = 0; i < neurons; i++) {
      membrane[i] = (membrane[i] * 973 >> 10) + bias[i] + arrivals[i] * 16;
      arrivals[i] = 0;
    }
    count = 0;
    for (size_t i = 0; i < neurons; i++)
      if (membrane[i] > net->threshold) membrane[i] = 0, fired[count++] = (uint32_t)i;
    spikes += (double)count;
  }
  return spikes;
}
