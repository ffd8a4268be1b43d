/* What USB costs: the rate of an upload beside that of a program that only moves as many bytes to the board by libusb. They are
 * no frames, so that the board takes them and does nothing with them. Runs in the testbed of Tests/usb, with one board.
 *
 *   usb FOLDER   prints a table, and writes FOLDER/usb.json. Returns 1 if a bar is missed.
 */
#define _GNU_SOURCE
#include "measure.h"
#include "upload.h"

#include <libusb-1.0/libusb.h>

enum { BLOCKS = 15, ROUNDS = 6 };
enum { PIECE = 65536, IN_FLIGHT = 4, VENDOR = 0x1209, PRODUCT = 1, OUT = 1 };

static void usb(int code) {
  if (code >= 0) return;
  fprintf(stderr, "libusb: %s\n", libusb_error_name(code));
  exit(1);
}

/* Transfers of one round: each one that ends is submitted again with the next piece. */
static size_t unsent, landed;

static void next(struct libusb_transfer *transfer) {
  transfer->length = (int)(unsent < PIECE ? unsent : PIECE);
  if (transfer->length == 0) return;
  unsent -= (size_t)transfer->length;
  usb(libusb_submit_transfer(transfer));
}

static void LIBUSB_CALL sent(struct libusb_transfer *transfer) {
  if (transfer->status != LIBUSB_TRANSFER_COMPLETED) exit(1);
  landed += (size_t)transfer->actual_length;
  next(transfer);
}

/* Median time to move so many bytes, IN_FLIGHT pieces at a time. */
static double bare_time(size_t bytes) {
  static uint8_t buffers[IN_FLIGHT][PIECE];
  double times[ROUNDS];
  struct libusb_transfer *transfers[IN_FLIGHT];
  libusb_context *context;
  usb(libusb_init(&context));
  libusb_device_handle *handle = libusb_open_device_with_vid_pid(context, VENDOR, PRODUCT);
  if (handle == NULL) exit(1);
  usb(libusb_claim_interface(handle, 0));
  for (int i = 0; i < IN_FLIGHT; i++) {
    transfers[i] = libusb_alloc_transfer(0);
    libusb_fill_bulk_transfer(transfers[i], handle, OUT, buffers[i], PIECE, sent, NULL, 0);
  }
  for (int round = 0; round < ROUNDS; round++) {
    double start = seconds();
    unsent = bytes;
    landed = 0;
    for (int i = 0; i < IN_FLIGHT; i++) next(transfers[i]);
    while (landed < bytes) usb(libusb_handle_events(context));
    times[round] = seconds() - start;
  }
  for (int i = 0; i < IN_FLIGHT; i++) libusb_free_transfer(transfers[i]);
  libusb_release_interface(handle, 0);
  libusb_close(handle);
  libusb_exit(context);
  return median(times, ROUNDS);
}

int main(int argc, char **argv) {
  size_t bytes = 0;
  if (argc != 2 || getenv("SPIKELET_TESTBED") == NULL) {
    fprintf(stderr, "usage: testbed 1 usb FOLDER\n");
    return 2;
  }
  double upload[BLOCKS], alone[BLOCKS], ratios[BLOCKS];
  spk_context *context;
  must(spk_context_create(NULL, &context));
  spk_model *model = large_model(context);
  for (int i = 0; i < BLOCKS; i++) { /* in turns: the machine may do other things too */
    spk_device *device;
    must(spk_device_open(context, "usb:", NULL, &device));
    double time = upload_time(device, model, &bytes);
    must(spk_device_close(device)); /* the bare program needs it */
    double bare = bare_time(bytes);
    upload[i] = (double)bytes / time / 1e6;
    alone[i] = (double)bytes / bare / 1e6;
    ratios[i] = bare / time;
  }
  must(spk_model_close(model));
  must(spk_context_close(context));
  report("bytes of an upload of 501,760 int8 weights", "", (double)bytes, "", NO_BAR, 0);
  report("upload over usb:", "", median(upload, BLOCKS), "MB/s", NO_BAR, 0);
  report("bytes alone by libusb, 4 pieces of 64 KiB at a time", "", median(alone, BLOCKS), "MB/s", NO_BAR, 0);
  report("upload over usb: beside bytes alone", "", median(ratios, BLOCKS), "", AT_LEAST, 0.7);
  return write_report(argv[1], "usb");
}
