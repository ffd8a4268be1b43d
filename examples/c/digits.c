#define _POSIX_C_SOURCE 200809L
#include "digits.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "draws.h"

void digits_free(digits_data *data) {
  free(data->train.images);
  free(data->train.labels);
  free(data->test.images);
  free(data->test.labels);
  memset(data, 0, sizeof *data);
}

const uint8_t *digits_image(const digits_set *set, size_t index) {
  return set->images + index * DIGITS_PIXELS;
}

void digits_shuffle(uint32_t *order, size_t count, uint64_t seed) {
  uint64_t state = seed;
  for (size_t i = 0; i < count; i++) order[i] = (uint32_t)i;
  for (size_t left = count; left > 1; left--) {
    uint32_t other = draw_below(&state, (uint32_t)left), last = order[left - 1];
    order[left - 1] = order[other];
    order[other] = last;
  }
}

void digits_shift(uint8_t out[DIGITS_PIXELS], const uint8_t *image, int right, int down) {
  memset(out, 0, DIGITS_PIXELS);
  for (int row = 0; row < DIGITS_SIDE; row++)
    for (int column = 0; column < DIGITS_SIDE; column++) {
      int y = row - down, x = column - right;
      if (y >= 0 && y < DIGITS_SIDE && x >= 0 && x < DIGITS_SIDE)
        out[row * DIGITS_SIDE + column] = image[y * DIGITS_SIDE + x];
    }
}

static int is_readable(const char *directory) {
  static const char *const endings[] = {"", ".gz"};
  char path[1024];
  for (int i = 0; i < 2; i++) {
    snprintf(path, sizeof path, "%s/train-images-idx3-ubyte%s", directory, endings[i]);
    FILE *file = fopen(path, "rb");
    if (file) return fclose(file) == 0;
  }
  return 0;
}

/* The first usual place with MNIST, or "generated"; `room` is for a path made here. */
static const char *usual_source(char *room, size_t room_size) {
  const char *data = getenv("SPIKELET_DATA");
  snprintf(room, room_size, "%s/mnist", data ? data : "");
  if (data && is_readable(room)) return room;
  if (is_readable("../shared/data/mnist")) return "../shared/data/mnist";
  if (is_readable("data/mnist")) return "data/mnist";
  return "generated";
}

int digits_open(const char *source, size_t train_count, size_t test_count, uint64_t seed, digits_data *data,
                char *message, size_t message_size) {
  char room[1024];
  if (!source) source = usual_source(room, sizeof room);
  if (strcmp(source, "generated") != 0) return digits_load_mnist(source, data, message, message_size);
  if (digits_generate(train_count, test_count, seed, data) == 0) return 0;
  snprintf(message, message_size, "not enough memory for %zu generated digits", train_count + test_count);
  return -1;
}
