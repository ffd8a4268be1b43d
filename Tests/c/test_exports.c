/* Every function that the headers declare is in the library: linking this program asks for each of them.
 * With "--version" it prints the library's version alone. */
#include <spikelet/spikelet.h>

#include <stdio.h>
#include <string.h>

typedef void (*function)(void);

static const struct {
  const char *name;
  function address;
} functions[] = {
#define FUNCTION(name) { #name, (function)name },
#include "functions.h" /* made by scripts/test-c from the headers */
#undef FUNCTION
};

int main(int argc, char **argv) {
  if (argc == 2 && strcmp(argv[1], "--version") == 0) {
    puts(spk_version());
    return 0;
  }
  size_t count = sizeof functions / sizeof functions[0];
  for (size_t i = 0; i < count; i++) {
    if (functions[i].address == NULL) {
      printf("%s has no address\n", functions[i].name);
      return 1;
    }
  }
  printf("%zu functions have an address\n", count);
  return 0;
}
