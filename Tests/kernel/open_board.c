/* Opens a board as a program does that comes second, or has no rights:
 *
 *   open_board LOCATOR          keeps it until its standard input ends
 *   open_board LOCATOR WORDS    must be refused with a sentence that has these words */
#include "../c/check.h"

#include <unistd.h>

int main(int argc, char **argv) {
  spk_context *context = NULL;
  spk_device *device = NULL;
  char byte;
  if (argc < 2) return 2;
  OK(NULL, spk_context_create(NULL, &context));
  spk_status status = spk_device_open(context, argv[1], NULL, &device);
  if (argc > 2) {
    CHECK(status != SPK_OK && strstr(spk_context_message(context), argv[2]) != NULL);
  } else {
    CHECK(status == SPK_OK);
  }
  printf("%s\n", status == SPK_OK ? "open" : spk_context_message(context));
  fflush(stdout);
  while (argc == 2 && status == SPK_OK && read(STDIN_FILENO, &byte, 1) > 0) {
  }
  OK(NULL, spk_device_close(device));
  OK(NULL, spk_context_close(context));
  return check_tally();
}
