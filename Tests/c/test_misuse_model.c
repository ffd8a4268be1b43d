/* Models as a whole: names, files, memory, counts, finding, reading back. */
#include "small_network.h"

#include <stdlib.h>
#include <unistd.h>

static small_network small;

static void names(void) {
  static const char *const refused[] = {"a\nb", "\x7f", "\xff", "\xc3", "\xed\xa0\x80", "\xc0\x80", "\xc2\x85"};
  char name[65];
  spk_model *model = NULL;
  spk_population population = SPK_POPULATION_INIT;
  spk_projection projection = SPK_PROJECTION_INIT;
  population.neuron_count = 1;
  projection.source = INPUT;
  projection.target = HIDDEN;
  uint64_t before = small_model_print(small.model);
  for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
    REFUSED(small.context, SPK_ERROR_MODEL, "name", spk_model_create(small.context, refused[i], &model));
    REFUSED(small.context, SPK_ERROR_MODEL, "name",
            spk_model_add_population(small.model, refused[i], &population, NULL));
    REFUSED(small.context, SPK_ERROR_MODEL, "name",
            spk_model_add_projection(small.model, refused[i], &projection, NULL));
  }
  memset(name, 'n', 64);
  name[64] = 0;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "63", spk_model_create(small.context, name, &model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "63", spk_model_add_population(small.model, name, &population, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "63", spk_model_add_projection(small.model, name, &projection, NULL));
  REFUSED(small.context, SPK_ERROR_MODEL, "empty", spk_model_add_population(small.model, "", &population, NULL));
  REFUSED(small.context, SPK_ERROR_MODEL, "empty", spk_model_add_projection(small.model, "", &projection, NULL));
  REFUSED(small.context, SPK_ERROR_MODEL, "hidden",
          spk_model_add_population(small.model, "hidden", &population, NULL));
  REFUSED(small.context, SPK_ERROR_MODEL, "input-hidden",
          spk_model_add_projection(small.model, "input-hidden", &projection, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "name", spk_model_create(small.context, NULL, &model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "name", spk_model_add_population(small.model, NULL, &population, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "name", spk_model_add_projection(small.model, NULL, &projection, NULL));
  CHECK(model == NULL);
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "model", spk_model_create(small.context, "m", NULL));
  CHECK(small_model_print(small.model) == before);

  name[63] = 0;
  OK(small.context, spk_model_create(small.context, name, &model));
  OK(small.context, spk_model_add_population(model, name, &population, NULL));
  OK(small.context, spk_model_close(model));
  OK(small.context, spk_model_create(small.context, "", &model));
  OK(small.context, spk_model_add_population(model, "caf\xc3\xa9 \"1\" \\", &population, NULL));
  OK(small.context, spk_model_check(model));
  OK(small.context, spk_model_close(model));
}

static void memory(void) {
  static unsigned char bytes[65536], copy[65536];
  spk_model *model = NULL;
  size_t size = 0, again = 0;
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "size", spk_model_save_memory(small.model, NULL, 0, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "bytes", spk_model_save_memory(small.model, NULL, 100, &size));
  OK(small.context, spk_model_save_memory(small.model, NULL, 0, &size));
  CHECK(size > 0 && size < sizeof bytes);
  memset(bytes, 0xaa, sizeof bytes);
  REFUSED(small.context, SPK_ERROR_TOO_SMALL, "", spk_model_save_memory(small.model, bytes, size - 1, &again));
  CHECK(again == size && bytes[0] == 0xaa && bytes[size - 2] == 0xaa);
  OK(small.context, spk_model_save_memory(small.model, bytes, size, &again));
  CHECK(again == size && bytes[size] == 0xaa);

  REFUSED(small.context, SPK_ERROR_ARGUMENT, "bytes", spk_model_load_memory(small.context, NULL, 100, &model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "model", spk_model_load_memory(small.context, bytes, size, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "bytes", spk_model_load_memory(small.context, bytes, SIZE_MAX, &model));
  for (size_t cut = 0; cut < size; cut += cut < 200 ? 1 : 37) {
    REFUSED(small.context, SPK_ERROR_FORMAT, "", spk_model_load_memory(small.context, bytes, cut, &model));
  }
  memcpy(copy, bytes, size);
  copy[size] = 0;
  REFUSED(small.context, SPK_ERROR_FORMAT, "", spk_model_load_memory(small.context, copy, size + 1, &model));
  memset(copy, 0xff, 8);
  REFUSED(small.context, SPK_ERROR_FORMAT, "header", spk_model_load_memory(small.context, copy, size, &model));
  CHECK(model == NULL);
  OK(small.context, spk_model_load_memory(small.context, bytes, size, &model));
  OK(small.context, spk_model_save_memory(model, copy, sizeof copy, &again));
  CHECK(again == size && memcmp(bytes, copy, size) == 0);
  OK(small.context, spk_model_close(model));
}

static void files(void) {
  char directory[] = "/tmp/spikelet-XXXXXX", path[64], missing[64];
  spk_model *model = NULL;
  if (!CHECK(mkdtemp(directory) != NULL)) return;
  snprintf(path, sizeof path, "%s/model", directory);
  snprintf(missing, sizeof missing, "%s/none/model", directory);
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "path", spk_model_save_file(small.model, NULL));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "path", spk_model_load_file(small.context, NULL, &model));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "model", spk_model_load_file(small.context, path, NULL));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, path, spk_model_load_file(small.context, path, &model));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_model_load_file(small.context, "", &model));
  REFUSED(small.context, SPK_ERROR_IO, directory, spk_model_load_file(small.context, directory, &model));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, missing, spk_model_save_file(small.model, missing));
  REFUSED(small.context, SPK_ERROR_IO, directory, spk_model_save_file(small.model, directory));
  REFUSED(small.context, SPK_ERROR_IO, "/dev/null/x", spk_model_save_file(small.model, "/dev/null/x"));
  OK(small.context, spk_model_save_file(small.model, path));
  OK(small.context, spk_model_save_file(small.model, path));
  OK(small.context, spk_model_load_file(small.context, path, &model));
  CHECK(small_model_print(model) == small_model_print(small.model));
  OK(small.context, spk_model_close(model));
  FILE *file = fopen(path, "wb");
  if (CHECK(file != NULL)) {
    fputs("not a model", file);
    fclose(file);
  }
  model = NULL;
  REFUSED(small.context, SPK_ERROR_FORMAT, path, spk_model_load_file(small.context, path, &model));
  CHECK(model == NULL);
  CHECK(unlink(path) == 0);
  CHECK(rmdir(directory) == 0); /* nothing else was left in it */
}

static void reading_back(void) {
  LONGER(spk_population) population = {SPK_POPULATION_INIT, {0}};
  LONGER(spk_projection) projection = {SPK_PROJECTION_INIT, {0}};
  uint32_t populations = 77, projections = 77, index = 77;
  char name[64];
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "populations", spk_model_counts(small.model, NULL, &projections));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projections", spk_model_counts(small.model, &populations, NULL));
  CHECK(populations == 77 && projections == 77);
  OK(small.context, spk_model_counts(small.model, &populations, &projections));
  CHECK(populations == POPULATIONS && projections == PROJECTIONS);

  REFUSED(small.context, SPK_ERROR_ARGUMENT, "name", spk_model_find_population(small.model, NULL, &index));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "index", spk_model_find_population(small.model, "input", NULL));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "Input", spk_model_find_population(small.model, "Input", &index));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "", spk_model_find_population(small.model, "", &index));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "name", spk_model_find_projection(small.model, NULL, &index));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "index", spk_model_find_projection(small.model, "input-hidden", NULL));
  REFUSED(small.context, SPK_ERROR_NOT_FOUND, "hidden", spk_model_find_projection(small.model, "hidden", &index));
  CHECK(index == 77);
  OK(small.context, spk_model_find_population(small.model, "label", &index));
  CHECK(index == LABEL);
  OK(small.context, spk_model_find_projection(small.model, "output-output", &index));
  CHECK(index == OUTPUT_OUTPUT);

  REFUSED(small.context, SPK_ERROR_ARGUMENT, "population", spk_model_get_population(small.model, 0, NULL, name));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "population 5",
          spk_model_get_population(small.model, POPULATIONS, &population.known, name));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projection", spk_model_get_projection(small.model, 0, NULL, name));
  REFUSED(small.context, SPK_ERROR_ARGUMENT, "projection 4294967295",
          spk_model_get_projection(small.model, UINT32_MAX, &projection.known, name));
  for (uint32_t size = 0; size < 8; size += 4) {
    population.known.struct_size = projection.known.struct_size = size;
    REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
            spk_model_get_population(small.model, 0, &population.known, name));
    REFUSED(small.context, SPK_ERROR_ARGUMENT, "struct_size",
            spk_model_get_projection(small.model, 0, &projection.known, name));
  }
  CHECK(population.known.neuron_count == 0 && projection.known.target == 0);
  population.known.struct_size = sizeof population;
  projection.known.struct_size = sizeof projection;
  OK(small.context, spk_model_get_population(small.model, HIDDEN, &population.known, NULL));
  OK(small.context, spk_model_get_projection(small.model, INPUT_HIDDEN, &projection.known, NULL));
  population.known.struct_size = sizeof(spk_population);
  projection.known.struct_size = sizeof(spk_projection);
  OK(small.context, spk_model_get_population(small.model, HIDDEN, &population.known, name));
  CHECK(strcmp(name, "hidden") == 0 && population.known.neuron_count == 4 && population.known.threshold == 40);
  CHECK(population.known.kind == SPK_LEAKY && population.known.decays[0].membrane == 1024);
  OK(small.context, spk_model_get_projection(small.model, INPUT_HIDDEN, &projection.known, name));
  CHECK(strcmp(name, "input-hidden") == 0 && projection.known.term_count == 1);
  CHECK(projection.known.target == HIDDEN && projection.known.high_limit == 100);
  CHECK(projection.known.terms[0].factor_a == SPK_FACTOR_DENDRITE && projection.known.terms[0].shift == 1);
}

int main(void) {
  small = small_open();
  names();
  memory();
  files();
  reading_back();
  small_close(&small);
  return check_tally();
}
