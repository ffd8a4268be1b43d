/* MNIST in IDX form. Source: Y. LeCun, C. Cortes, C. J. C. Burges, "The MNIST database of handwritten digits". */
#define _POSIX_C_SOURCE 200809L
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "digits.h"

enum { IDX_LABELS = 0x801, IDX_IMAGES = 0x803, MOST_SAMPLES = 1000000 };

/* An open IDX file: plain, or a pipe from gzip. */
typedef struct idx_file {
  FILE *stream;
  int is_pipe;
  char path[1024], *message;
  size_t message_size;
} idx_file;

static int complain(const idx_file *file, const char *found) {
  snprintf(file->message, file->message_size, "%s: %s", file->path, found);
  return -1;
}

static int idx_open(idx_file *file, const char *directory, const char *name) {
  char command[1100];
  int length = snprintf(file->path, sizeof file->path - 3, "%s/%s", directory, name);
  if (length < 0 || (size_t)length >= sizeof file->path - 3) return complain(file, "the path is too long");
  file->is_pipe = 0;
  file->stream = fopen(file->path, "rb");
  if (file->stream) return 0;
  strcat(file->path, ".gz");
  FILE *packed = fopen(file->path, "rb");
  if (!packed) return complain(file, "not there, and no plain file of this name either");
  fclose(packed);
  if (strchr(file->path, '\''))
    return complain(file, "cannot be unpacked under a path with an apostrophe; unpack it or move it");
  snprintf(command, sizeof command, "gzip -dc -- '%s'", file->path);
  file->is_pipe = 1;
  file->stream = popen(command, "r");
  return file->stream ? 0 : complain(file, "gzip could not be started");
}

static int idx_close(idx_file *file) {
  int ended = file->is_pipe ? pclose(file->stream) : fclose(file->stream);
  return ended == 0 ? 0 : complain(file, "could not be read to its end");
}

static int idx_number(idx_file *file, uint32_t *value) {
  uint8_t b[4];
  if (fread(b, 1, 4, file->stream) != 4) return complain(file, "ends within its header");
  *value = (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
  return 0;
}

/* Reads the header and all bytes behind it; *count is what the header says. */
static int idx_body(idx_file *file, uint32_t expected_magic, uint8_t **bytes, size_t *count) {
  uint32_t magic, samples, rows = 1, columns = 1;
  if (idx_number(file, &magic) || idx_number(file, &samples)) return -1;
  if (magic != expected_magic) return complain(file, "is not the IDX file that its name promises: wrong magic number");
  if (magic == IDX_IMAGES && (idx_number(file, &rows) || idx_number(file, &columns))) return -1;
  if (magic == IDX_IMAGES && (rows != DIGITS_SIDE || columns != DIGITS_SIDE))
    return complain(file, "images are not 28 by 28 pixels");
  if (samples == 0 || samples > MOST_SAMPLES) return complain(file, "does not hold 1 to 1,000,000 samples");
  size_t size = (size_t)samples * rows * columns;
  *count = samples;
  *bytes = malloc(size);
  if (!*bytes) return complain(file, "not enough memory");
  if (fread(*bytes, 1, size, file->stream) != size) return complain(file, "is shorter than its header says");
  return fgetc(file->stream) == EOF ? 0 : complain(file, "is longer than its header says");
}

static int idx_read(idx_file *file, const char *directory, const char *name, uint32_t magic, uint8_t **bytes,
                    size_t *count) {
  if (idx_open(file, directory, name)) return -1;
  if (idx_body(file, magic, bytes, count) == 0) return idx_close(file);
  if (file->is_pipe) {
    pclose(file->stream);
  } else {
    fclose(file->stream);
  }
  return -1;
}

static int read_set(idx_file *file, const char *directory, const char *images, const char *labels, digits_set *set) {
  size_t label_count;
  if (idx_read(file, directory, images, IDX_IMAGES, &set->images, &set->count)) return -1;
  if (idx_read(file, directory, labels, IDX_LABELS, &set->labels, &label_count)) return -1;
  if (label_count != set->count) return complain(file, "has another number of samples than the images");
  for (size_t i = 0; i < label_count; i++)
    if (set->labels[i] >= DIGITS_CLASSES) return complain(file, "has a label above 9");
  return 0;
}

int digits_load_mnist(const char *directory, digits_data *data, char *message, size_t message_size) {
  idx_file file = {.message = message, .message_size = message_size};
  memset(data, 0, sizeof *data);
  if (read_set(&file, directory, "train-images-idx3-ubyte", "train-labels-idx1-ubyte", &data->train) == 0 &&
      read_set(&file, directory, "t10k-images-idx3-ubyte", "t10k-labels-idx1-ubyte", &data->test) == 0) {
    strcpy(data->name, "MNIST");
    return 0;
  }
  digits_free(data);
  return -1;
}
