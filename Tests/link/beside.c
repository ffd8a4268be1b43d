/* A program that links libusb and jansson beside libspikelet, and uses all three. */
#include "board.h"

#include <jansson.h>
#include <libusb-1.0/libusb.h>

int main(void) {
  uint32_t digest;
  json_error_t problem;
  json_t *document = json_loads("{\"lessons\": 40}", 0, &problem);
  const struct libusb_version *usb = libusb_get_version();
  if (document == NULL || usb == NULL || usb->major != 1) return 1;
  if (!board_digest(1, (uint32_t)json_integer_value(json_object_get(document, "lessons")), &digest)) return 1;
  json_decref(document);
  printf("digest %08x\n", (unsigned)digest);
  return 0;
}
