/* Spikelet in one process with two libraries that bring Swift runtimes of their own: all three are used in turn, from one
 * thread and from several, and give what they give alone.
 *
 * The libraries are linked; or, compiled with -DOPENED, `together WORDS RING` opens them, after Spikelet was used. */
#include "board.h"

#include <pthread.h>

enum { THREADS = 4, LESSONS = 40 };

typedef int64_t (*words_function)(int32_t length, int32_t kinds);
typedef int64_t (*ring_function)(int32_t size);

#ifdef OPENED
#include <dlfcn.h>
#include <string.h>

static words_function words_weigh;
static ring_function ring_squares;

/* Writes the function's address to where `function` points. */
static int find(const char *library, const char *name, void *function) {
  void *handle = dlopen(library, RTLD_NOW | RTLD_GLOBAL);
  void *address = handle == NULL ? NULL : dlsym(handle, name);
  if (address == NULL) fprintf(stderr, "%s\n", dlerror());
  memcpy(function, &address, sizeof address);
  return address != NULL;
}
#else
int64_t words_weigh(int32_t length, int32_t kinds);
int64_t ring_squares(int32_t size);
#endif

static int64_t expected_weight(int32_t length, int32_t kinds) {
  int64_t sum = 0;
  for (int32_t i = 0; i < length; i++) sum += i % kinds < 10 ? 2 : 3;
  return sum;
}

static int64_t expected_squares(int64_t size) {
  return size * (size + 1) * (2 * size + 1) / 6;
}

typedef struct work {
  uint64_t seed;
  uint32_t digest;
  int wrong; /* answers of the Swift libraries that are not the expected ones */
  spk_status status;
} work;

static void *use_all_three(void *argument) {
  work *one = argument;
  board mine = {NULL, NULL, NULL, NULL};
  one->digest = 0;
  one->wrong = 0;
  one->status = board_open(&mine, one->seed);
  for (uint32_t lesson = 0; lesson < LESSONS && one->status == SPK_OK; lesson++) {
    int32_t size = (int32_t)(lesson * one->seed % 90 + 10);
    one->wrong += words_weigh(7 * size, size) != expected_weight(7 * size, size);
    one->status = board_teach(&mine, lesson, &one->digest);
    one->wrong += ring_squares(size) != expected_squares(size);
  }
  if (one->status == SPK_OK) one->status = board_close(&mine);
  return NULL;
}

int main(int argc, char **argv) {
  uint32_t alone[THREADS];
  work together[THREADS];
  pthread_t threads[THREADS];
  int failed = 0;
  for (int i = 0; i < THREADS; i++) failed += !board_digest((uint64_t)i + 1, LESSONS, &alone[i]);
#ifdef OPENED
  if (argc != 3) return fprintf(stderr, "usage: together WORDS RING\n"), 2;
  if (!find(argv[1], "words_weigh", &words_weigh) || !find(argv[2], "ring_squares", &ring_squares)) return 1;
#else
  (void)argc, (void)argv;
#endif
  for (int threaded = 0; threaded < 2; threaded++) {
    for (int i = 0; i < THREADS; i++) {
      together[i].seed = (uint64_t)i + 1;
      if (!threaded) {
        use_all_three(&together[i]);
      } else if (pthread_create(&threads[i], NULL, use_all_three, &together[i]) != 0) {
        return 1;
      }
    }
    for (int i = 0; i < THREADS; i++) {
      if (threaded) pthread_join(threads[i], NULL);
      if (together[i].status == SPK_OK && together[i].wrong == 0 && together[i].digest == alone[i]) continue;
      fprintf(stderr, "%s, seed %d: %s, %d wrong answers of the Swift libraries, digest %08x, alone %08x\n",
              threaded ? "threads" : "one thread", i + 1, spk_status_string(together[i].status), together[i].wrong,
              (unsigned)together[i].digest, (unsigned)alone[i]);
      failed++;
    }
  }
  printf("digest %08x\n", (unsigned)alone[0]);
  return failed != 0;
}
