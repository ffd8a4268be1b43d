/* What the kernels are held against: the same work in C, written for the processor at hand, without a board, an API or a law. */
#ifndef BENCHMARKS_YARDSTICK_H
#define BENCHMARKS_YARDSTICK_H

#include <stddef.h>
#include <stdint.h>

/* x86-64 with AVX2, whatever the compiler is told. */
#define FAST __attribute__((target("avx2,fma")))

enum { PIXELS = 784, HIDDEN = 500, CLASSES = 10, WIDE = 512, NARROW = 32 };

/* Spikes of an input, tick by tick: those of tick t are neurons[starts[t]] .. neurons[starts[t + 1] − 1], ascending. */
typedef struct raster {
  size_t ticks;
  uint32_t *starts;
  uint32_t *neurons;
} raster;

/* Weights of 784-500-500-10, rows padded with zeros; feedback from the classes to each hidden layer. Aligned to 64. */
typedef struct layers {
  int8_t first[PIXELS * WIDE], second[HIDDEN * WIDE], last[HIDDEN * NARROW], feedback[2][CLASSES * WIDE];
} layers;

enum { THRESHOLD1 = 480, THRESHOLD2 = 380, THRESHOLD3 = 380 };

typedef struct activity {
  double spikes[3]; /* of the two hidden layers, and the classes */
  double events;    /* synapses of rows that arrived; with learning, each was updated */
} activity;

/* Runs ticks first .. first + count − 1 of the input from rest: leaky neurons, membrane − membrane/16 + arrivals, reset to 0. */
void yardstick_layers(const layers *weights, const raster *input, size_t first, size_t count, activity *seen);

/* The same, and each row that arrives changes by what the dendrites of its targets hold, rounded at random synapse by synapse.
 * The dendrites hold the leaky sum of feedback for classes that fired, less that for labels. */
void yardstick_learning(layers *weights, const raster *input, const raster *labels, size_t first, size_t count, activity *seen);

/* Neurons that excite and inhibit each other, each with `fan` targets. */
typedef struct recurrent {
  size_t neurons, fan;
  uint16_t *targets; /* [neurons][fan], ascending */
  int8_t *weights;
  int32_t *bias, *start; /* [neurons], in sixteenths of a weight */
  int32_t threshold;
} recurrent;

/* Runs from the start; the spikes that there were. membrane and arrivals: [neurons], fired: [neurons]. */
double yardstick_recurrent(const recurrent *net, size_t ticks, int32_t *membrane, int32_t *arrivals, uint32_t *fired);

/* A classifier 784-500-10 that learns by eRBP in int16 masters. */
typedef struct classifier {
  int16_t first[PIXELS * WIDE], last[HIDDEN * NARROW];
  int16_t feedback[CLASSES * WIDE];
  uint32_t lanes[WIDE];
  uint64_t random;
} classifier;

typedef struct training_activity {
  double spikes[3]; /* of input, hidden and output */
  double samples;
} training_activity;

/* One sample of 32 ticks, learning from tick 8; the class that it is taken for. */
int yardstick_train(classifier *net, const uint8_t *image, int label, training_activity *seen);

/* Adds `count` rows of `width` weights (a multiple of 128) into 16-bit sums, held in registers. */
void yardstick_accumulate(const int8_t *weights, size_t width, const uint32_t *rows, size_t count, int16_t *sums);

/* Reads memory from one end to the other; what no kernel can beat. `bytes` is a multiple of 256. */
uint8_t yardstick_read(const int8_t *memory, size_t bytes);

#endif
