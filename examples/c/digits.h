/** @file digits.h
 * Labelled pictures of digits, 28 by 28 pixels of 8 bits: MNIST from its IDX files, or drawn by a generator.
 */
#ifndef EXAMPLES_DIGITS_H
#define EXAMPLES_DIGITS_H

#include <stddef.h>
#include <stdint.h>

enum { DIGITS_SIDE = 28, DIGITS_PIXELS = 784, DIGITS_CLASSES = 10 };

typedef struct digits_set {
  size_t count;
  uint8_t *images; /**< [count][DIGITS_PIXELS], row by row from the top; 0 is paper, 255 full ink */
  uint8_t *labels; /**< [count], 0 .. 9 */
} digits_set;

/** A data set; start from all zeros, end with digits_free(). */
typedef struct digits_data {
  char name[128];
  digits_set train, test;
} digits_data;

/** Reads MNIST from a directory: train-images-idx3-ubyte and so on, plain or with ".gz" (through the program gzip).
 * On failure returns −1 with a sentence in `message`, and `data` is empty. */
int digits_load_mnist(const char *directory, digits_data *data, char *message, size_t message_size);

/** Draws digits by hand-like strokes: the same pictures for the same seed and index, whatever the counts.
 * Returns −1 when memory runs out, and `data` is empty. */
int digits_generate(size_t train_count, size_t test_count, uint64_t seed, digits_data *data);

/** Draws one digit (0 .. 9) into `image`. */
void digits_draw(uint8_t image[DIGITS_PIXELS], unsigned digit, uint64_t seed);

/** Opens a data set by its source: "generated", or a directory with MNIST; null looks for MNIST in
 * $SPIKELET_DATA/mnist, ../shared/data/mnist and data/mnist, and generates digits where there is none.
 * Counts and seed are of generated digits. Returns −1 with a sentence in `message`. */
int digits_open(const char *source, size_t train_count, size_t test_count, uint64_t seed, digits_data *data,
                char *message, size_t message_size);

void digits_free(digits_data *data);

/** The image of a sample. */
const uint8_t *digits_image(const digits_set *set, size_t index);

/** Puts 0 .. count − 1 in a random order; count is below 2^32. */
void digits_shuffle(uint32_t *order, size_t count, uint64_t seed);

/** Moves an image by whole pixels; paper comes in at the edges. */
void digits_shift(uint8_t out[DIGITS_PIXELS], const uint8_t *image, int right, int down);

#endif
