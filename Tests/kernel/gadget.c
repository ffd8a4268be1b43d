/* A board of spikelet-board as a gadget of USB: carries the bytes of its socket over endpoints of FunctionFS. dummy_hcd
 * then moves packets as a bus does, where vhci_hcd moves whole transfers.
 *
 *   gadget FOLDER SOCKET    FOLDER: where FunctionFS is mounted; prints a line when the gadget can be bound */
#include <endian.h>
#include <fcntl.h>
#include <linux/usb/functionfs.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum { PACKET = 512, RESET = 2 };

typedef struct __attribute__((packed)) endpoints {
  struct usb_interface_descriptor interface;
  struct usb_endpoint_descriptor_no_audio out, in;
} endpoints;

static const char *place;
static int control, out, in, board = -1;

/* A fresh board: the process forgets its network when a connection ends. The threads keep the descriptor's number. */
static int connect_board(void) {
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  strncpy(address.sun_path, place, sizeof address.sun_path - 1);
  int fresh = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (board < 0) {
    board = fresh;
  } else {
    shutdown(board, SHUT_RDWR);
    dup2(fresh, board);
    close(fresh);
  }
  return connect(board, (struct sockaddr *)&address, sizeof address);
}

/* To the board, a packet at a time: a longer read would wait for a short packet, which need not come. */
static void *carry_out(void *unused) {
  char bytes[PACKET];
  (void)unused;
  for (;;) {
    ssize_t count = read(out, bytes, sizeof bytes);
    if (count < 0) usleep(10000); /* not plugged in */
    if (count > 0 && send(board, bytes, (size_t)count, MSG_NOSIGNAL) != count) usleep(1000);
  }
  return NULL;
}

/* To the host, whose transfers end at a short packet: at an empty one if there is no other. */
static void *carry_in(void *unused) {
  static char bytes[16 * PACKET];
  (void)unused;
  for (;;) {
    ssize_t count = recv(board, bytes, sizeof bytes, 0);
    if (count <= 0) usleep(1000); /* between two connections */
    if (count > 0 && write(in, bytes, (size_t)count) == count && count % PACKET == 0 && write(in, bytes, 0) != 0) usleep(1000);
  }
  return NULL;
}

static int describe(void) {
  struct __attribute__((packed)) {
    struct usb_functionfs_descs_head_v2 head;
    uint32_t full_count, high_count;
    endpoints full, high;
  } all = {
      .head = {htole32(FUNCTIONFS_DESCRIPTORS_MAGIC_V2), htole32(sizeof all),
               htole32(FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC | FUNCTIONFS_ALL_CTRL_RECIP)},
      .full_count = htole32(3),
      .high_count = htole32(3),
      .full = {.interface = {9, USB_DT_INTERFACE, 0, 0, 2, USB_CLASS_VENDOR_SPEC, 0, 0, 0},
               .out = {7, USB_DT_ENDPOINT, 1, USB_ENDPOINT_XFER_BULK, htole16(64), 0},
               .in = {7, USB_DT_ENDPOINT, USB_DIR_IN | 2, USB_ENDPOINT_XFER_BULK, htole16(64), 0}},
  };
  const struct usb_functionfs_strings_head strings = {htole32(FUNCTIONFS_STRINGS_MAGIC), htole32(sizeof strings), 0, 0};
  all.high = all.full;
  all.high.out.wMaxPacketSize = all.high.in.wMaxPacketSize = htole16(PACKET);
  return write(control, &all, sizeof all) == sizeof all && write(control, &strings, sizeof strings) == sizeof strings;
}

/* Answers the vendor's requests: reset. What it does not know stalls, by a transfer in the wrong direction. */
static void answer(const struct usb_ctrlrequest *setup) {
  char none = 0;
  ssize_t moved;
  int is_done = setup->bRequestType == 0x40 && setup->bRequest == RESET && connect_board() == 0;
  if (is_done || setup->bRequestType & USB_DIR_IN) {
    moved = read(control, &none, 0);
  } else {
    moved = write(control, &none, 0);
  }
  (void)moved;
}

static int open_file(const char *folder, const char *name) {
  char path[128];
  snprintf(path, sizeof path, "%s/%s", folder, name);
  return open(path, O_RDWR | O_CLOEXEC);
}

int main(int argc, char **argv) {
  struct usb_functionfs_event event;
  pthread_t threads[2];
  if (argc != 3) return 2;
  place = argv[2];
  control = open_file(argv[1], "ep0");
  if (control < 0 || !describe()) return perror("ep0"), 1;
  out = open_file(argv[1], "ep1");
  in = open_file(argv[1], "ep2");
  if (out < 0 || in < 0 || connect_board() != 0) return perror("endpoints and board"), 1;
  pthread_create(&threads[0], NULL, carry_out, NULL);
  pthread_create(&threads[1], NULL, carry_in, NULL);
  puts("ready");
  fflush(stdout);
  while (read(control, &event, sizeof event) == sizeof event) {
    if (event.type == FUNCTIONFS_SETUP) answer(&event.u.setup);
  }
  return 1;
}
