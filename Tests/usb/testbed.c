/* Simulated USB boards for programs that use the real libusb: runs a program in an umockdev testbed and answers its
 * ioctls on usbfs from boards of firmware-sim. Run under umockdev-wrapper:
 *
 *   testbed BOARDS PROGRAM ARGUMENTS...
 *
 * SPIKELET_TESTBED_PIECES=1 in the environment: usbfs without scatter-gather, so that libusb sends 16 KiB pieces.
 * SPIKELET_TESTBED_FAULT=PLAN: what goes wrong, as `spikelet-board --fault` takes it; at the end the testbed names on
 * stderr the faults that struck.
 * The program finds one end of a socket pair in SPIKELET_TESTBED. It writes two bytes, what and which board ('1' ...),
 * and reads one when it is done: u unplug, p plug in, i and o halt the endpoint in or out, e and v end what is under way
 * in with EPROTO or EOVERFLOW, b claim says busy, m submit says out of memory, f freeze, n be normal again. */
#define _GNU_SOURCE
#include <sys/ioctl.h>

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <umockdev.h>
#include <unistd.h>

#include "board_port.h"

enum { BOARDS = 4, ENDPOINT_IN = 0x81, ENDPOINT_OUT = 1 };

typedef struct urb {
  UMockdevIoctlData *data, *buffer;
  const void *client; /* the open node that it came by */
  gulong address;     /* in the program */
  int32_t moved;
} urb;

/* A board and its node. Everything is guarded by `lock`: ioctls come on a thread of umockdev's. */
typedef struct node {
  int number, generation, is_plugged, is_frozen, is_claimed, is_out_of_memory;
  int is_away; /* unplugged by the plan of faults, which brings it back */
  void *board;
  UMockdevIoctlBase *handler;
  GList *in, *out, *control, *done;
  GList *clears; /* ioctls that clear a halt, which a frozen board does not answer */
  /* The node that libusb polls: a FIFO, writable when something can be reaped. */
  int fifo, is_ready;
  guint watch;
  int watched_descriptor;
  GIOCondition watched;
  guint alarm; /* wakes the board at `alarm_time` */
  int64_t alarm_time;
} node;

typedef struct clear {
  UMockdevIoctlClient *client;
  uint16_t endpoint;
} clear;

static GMutex lock;
static node nodes[BOARDS];
static UMockdevTestbed *testbed;
static GMainLoop *loop;
static int result = 1;

static struct usbdevfs_urb *record(const urb *u) { return (struct usbdevfs_urb *)(void *)u->data->data; }

static void show_ready(node *n) {
  static char page[4096];
  int on = n->done != NULL || !n->is_plugged;
  if (n->fifo < 0 || on == n->is_ready) return;
  n->is_ready = on;
  while (on ? read(n->fifo, page, sizeof page) > 0 : write(n->fifo, page, sizeof page) > 0) {
  }
}

static void finish(node *n, GList **list, urb *u, int status) {
  *list = g_list_remove(*list, u);
  record(u)->status = status;
  record(u)->actual_length = u->moved;
  n->done = g_list_append(n->done, u);
}

static void finish_all(node *n, GList **list, int status) {
  while (*list != NULL) finish(n, list, (*list)->data, status);
  show_ready(n);
}

static gboolean on_board(gint descriptor, GIOCondition condition, gpointer user);
static gboolean on_alarm(gpointer user);
static gboolean on_unplug(gpointer user);

static int32_t request(node *n, uint8_t type, uint8_t request, uint16_t value, uint16_t index) {
  uint8_t setup[8] = {type, request, (uint8_t)value, (uint8_t)(value >> 8), (uint8_t)index, (uint8_t)(index >> 8)};
  uint8_t none = 0;
  return board_port_control(n->board, setup, &none);
}

static int is_frozen(const node *n) { return n->is_frozen || (board_port_state(n->board) & BOARD_PORT_FROZEN); }

static void answer_controls(node *n) {
  while (n->control != NULL && !is_frozen(n)) {
    urb *u = n->control->data;
    int32_t moved = board_port_control(n->board, u->buffer->data, u->buffer->data + 8);
    u->moved = moved < 0 ? 0 : moved;
    finish(n, &n->control, u, moved < 0 ? -EPIPE : 0);
  }
  while (n->clears != NULL && !is_frozen(n)) {
    clear *c = n->clears->data;
    request(n, 0x02, 1, 0, c->endpoint);
    umockdev_ioctl_client_complete(c->client, 0, 0);
    g_object_unref(c->client);
    g_free(c);
    n->clears = g_list_delete_link(n->clears, n->clears);
  }
}

static void move_out(node *n) {
  while (n->out != NULL && !is_frozen(n)) {
    urb *u = n->out->data;
    int32_t rest = record(u)->buffer_length - u->moved;
    int32_t taken = board_port_out(n->board, ENDPOINT_OUT, u->buffer->data + u->moved, rest);
    if (taken >= 0) u->moved += taken;
    if (taken >= 0 && taken < rest) break;
    finish(n, &n->out, u, taken < 0 ? -EPIPE : 0);
  }
}

static void move_in(node *n) {
  while (n->in != NULL && !is_frozen(n)) {
    urb *u = n->in->data;
    int32_t got = board_port_in(n->board, ENDPOINT_IN, u->buffer->data, record(u)->buffer_length);
    if (got == -2) break;
    u->moved = got < 0 ? 0 : got;
    finish(n, &n->in, u, got == -1 ? -EPIPE : got == -3 ? -EOVERFLOW : 0);
  }
}

/* All that is under way ends, as the device is not there any more. */
static void shut_down(node *n) {
  n->is_plugged = 0;
  finish_all(n, &n->in, -ESHUTDOWN);
  finish_all(n, &n->out, -ESHUTDOWN);
  finish_all(n, &n->control, -ESHUTDOWN);
  for (; n->clears != NULL; n->clears = g_list_delete_link(n->clears, n->clears)) {
    clear *c = n->clears->data;
    umockdev_ioctl_client_complete(c->client, -1, ENODEV);
    g_object_unref(c->client);
    g_free(c);
  }
  show_ready(n);
}

/* Watches the board for what it can take and give, or waits for the time that it has to be woken at. */
static void watch(node *n) {
  int64_t time = board_port_wake(n->board);
  GIOCondition wanted = 0;
  int is_asleep = time != 0 || n->is_frozen || !n->is_plugged;
  if (n->in != NULL && !is_asleep) wanted |= G_IO_IN;
  if ((n->out != NULL || (board_port_state(n->board) & BOARD_PORT_BEHIND)) && !is_asleep) wanted |= G_IO_OUT;
  if (time != n->alarm_time) {
    int64_t wait = (time - g_get_monotonic_time() * 1000 + 999999) / 1000000;
    if (n->alarm != 0) g_source_remove(n->alarm);
    n->alarm = time == 0 ? 0 : g_timeout_add(wait > 0 ? (guint)wait : 0, on_alarm, n);
    n->alarm_time = time;
  }
  if (wanted == n->watched && board_port_poll(n->board) == n->watched_descriptor) return;
  if (n->watch != 0) g_source_remove(n->watch);
  n->watched = wanted;
  n->watched_descriptor = board_port_poll(n->board);
  n->watch = wanted == 0 ? 0 : g_unix_fd_add(n->watched_descriptor, wanted, on_board, n);
}

/* Moves bytes between the board and what is under way, and watches the board for more. */
static void pump(node *n) {
  board_port_wake(n->board);
  answer_controls(n);
  move_out(n);
  move_in(n);
  if (n->is_plugged && (board_port_state(n->board) & BOARD_PORT_GONE)) {
    n->is_away = 1;
    shut_down(n);
    g_idle_add_full(G_PRIORITY_HIGH, on_unplug, n, NULL); /* before it is there again */
  }
  show_ready(n);
  watch(n);
}

static gboolean on_board(gint descriptor, GIOCondition condition, gpointer user) {
  (void)descriptor, (void)condition;
  g_mutex_lock(&lock);
  pump(user);
  g_mutex_unlock(&lock);
  return G_SOURCE_CONTINUE;
}

static void reset(node *n) {
  board_port_reset(n->board);
  request(n, 0x00, 9, 1, 0);
}

static int submit(node *n, const void *client, UMockdevIoctlData *argument) {
  UMockdevIoctlData *data = umockdev_ioctl_data_resolve(argument, 0, sizeof(struct usbdevfs_urb), NULL);
  struct usbdevfs_urb *found = (struct usbdevfs_urb *)(void *)data->data;
  urb *u;
  if (n->is_out_of_memory && found->type != USBDEVFS_URB_TYPE_CONTROL) return ENOMEM;
  u = g_new0(urb, 1);
  u->data = data;
  u->client = client;
  u->address = data->client_addr;
  u->buffer = umockdev_ioctl_data_resolve(data, G_STRUCT_OFFSET(struct usbdevfs_urb, buffer),
                                          (gsize)found->buffer_length, NULL);
  if (found->type == USBDEVFS_URB_TYPE_CONTROL) {
    n->control = g_list_append(n->control, u);
  } else if (found->endpoint & 0x80) {
    n->in = g_list_append(n->in, u);
  } else {
    n->out = g_list_append(n->out, u);
  }
  pump(n);
  return 0;
}

static int reap(node *n, const void *client, UMockdevIoctlData *argument) {
  GList *item = n->done;
  while (item != NULL && ((urb *)item->data)->client != client) item = item->next;
  if (item == NULL) return n->is_plugged ? EAGAIN : ENODEV;
  urb *u = item->data;
  UMockdevIoctlData *place = umockdev_ioctl_data_resolve(argument, 0, sizeof(gpointer), NULL);
  umockdev_ioctl_data_set_ptr(place, 0, u->data);
  g_object_unref(place);
  n->done = g_list_delete_link(n->done, item);
  g_free(u); /* its data belongs to the answer */
  show_ready(n);
  return 0;
}

static int discard(node *n, const void *client, gulong address) {
  GList **lists[] = {&n->in, &n->out, &n->control};
  for (int i = 0; i < 3; i++) {
    for (GList *item = *lists[i]; item != NULL; item = item->next) {
      urb *u = item->data;
      if (u->client != client || u->address != address) continue;
      finish(n, lists[i], u, -ENOENT);
      show_ready(n);
      return 0;
    }
  }
  return EINVAL;
}

static guint32 *word(UMockdevIoctlData *argument, UMockdevIoctlData **holder) {
  *holder = umockdev_ioctl_data_resolve(argument, 0, 4, NULL);
  return (guint32 *)(void *)(*holder)->data;
}

static gboolean on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user) {
  node *n = user;
  gulong code = umockdev_ioctl_client_get_request(client);
  UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client), *holder = NULL;
  int failure = 0, value = 0, is_later = 0;
  (void)base;
  g_mutex_lock(&lock);
  if (!n->is_plugged && code != USBDEVFS_REAPURBNDELAY && code != USBDEVFS_REAPURB) {
    failure = ENODEV;
  } else {
    switch (code) {
      case USBDEVFS_GET_CAPABILITIES:
        *word(argument, &holder) = USBDEVFS_CAP_ZERO_PACKET | USBDEVFS_CAP_BULK_CONTINUATION |
                                   USBDEVFS_CAP_NO_PACKET_SIZE_LIM | USBDEVFS_CAP_REAP_AFTER_DISCONNECT |
                                   (getenv("SPIKELET_TESTBED_PIECES") ? 0 : USBDEVFS_CAP_BULK_SCATTER_GATHER);
        break;
      case USBDEVFS_GET_SPEED: value = 3; break;
      case USBDEVFS_CLAIMINTERFACE:
      case USBDEVFS_DISCONNECT_CLAIM:
        failure = n->is_claimed ? EBUSY : 0;
        n->is_claimed = 1;
        break;
      case USBDEVFS_RELEASEINTERFACE: n->is_claimed = 0; break;
      case USBDEVFS_SETINTERFACE:
      case USBDEVFS_SETCONFIGURATION: break;
      case USBDEVFS_GETDRIVER:
      case USBDEVFS_IOCTL: failure = ENODATA; break;
      case USBDEVFS_RESET: reset(n); break;
      case USBDEVFS_CLEAR_HALT: {
        clear *c = g_new0(clear, 1);
        c->client = g_object_ref(client);
        c->endpoint = (uint16_t)*word(argument, &holder);
        n->clears = g_list_append(n->clears, c);
        is_later = 1;
        pump(n);
        break;
      }
      case USBDEVFS_SUBMITURB: failure = submit(n, client, argument); break;
      case USBDEVFS_REAPURB:
      case USBDEVFS_REAPURBNDELAY: failure = reap(n, client, argument); break;
      case USBDEVFS_DISCARDURB: failure = discard(n, client, *(gulong *)(void *)argument->data); break;
      default:
        g_mutex_unlock(&lock);
        fprintf(stderr, "testbed: ioctl 0x%lx is not known\n", code);
        return FALSE;
    }
  }
  if (holder != NULL) g_object_unref(holder);
  g_mutex_unlock(&lock);
  if (!is_later) umockdev_ioctl_client_complete(client, failure ? -1 : value, failure);
  return TRUE;
}

static void path_of(const node *n, char *path) { sprintf(path, "/sys/devices/pci0000:00/usb1/1-%d", n->number); }

/* The node as umockdev wants it described; a board that is plugged in again has a new number. */
static void plug(node *n) {
  GError *error = NULL;
  char name[64];
  uint8_t descriptors[512];
  int device = 10 * n->number + n->generation++;
  GString *text = g_string_new(NULL);
  int32_t count = board_port_descriptors(n->board, descriptors, sizeof descriptors);
  sprintf(name, "/dev/bus/usb/001/%03d", device);
  g_string_printf(text,
                  "P: /devices/pci0000:00/usb1/1-%d\nN: bus/usb/001/%03d\nE: SUBSYSTEM=usb\nE: DRIVER=usb\n"
                  "E: BUSNUM=001\nE: DEVNUM=%03d\nE: DEVNAME=%s\nE: DEVTYPE=usb_device\nE: PRODUCT=1209/1/10\n"
                  "A: bConfigurationValue=1\\n\nA: busnum=1\\n\nA: devnum=%d\\n\nA: speed=480\\n\n"
                  "A: idVendor=1209\\n\nA: idProduct=0001\\n\nH: descriptors=",
                  n->number, device, device, name, device);
  for (int32_t i = 0; i < count; i++) g_string_append_printf(text, "%02X", descriptors[i]);
  g_string_append(text, "\n");
  if (!umockdev_testbed_attach_ioctl(testbed, name, n->handler, &error)) g_error("attach: %s", error->message);
  g_mutex_lock(&lock);
  reset(n);
  n->is_plugged = 1;
  n->is_claimed = 0;
  gchar *root = umockdev_testbed_get_root_dir(testbed), *path = g_build_filename(root, name, NULL);
  g_mutex_unlock(&lock);
  if (!umockdev_testbed_add_from_string(testbed, text->str, &error)) g_error("add: %s", error->message);
  g_mutex_lock(&lock);
  unlink(path);
  if (n->fifo >= 0) close(n->fifo);
  if (mkfifo(path, 0666) != 0) perror("testbed: mkfifo");
  n->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  fcntl(n->fifo, F_SETPIPE_SZ, 4096);
  n->is_ready = 1;
  show_ready(n);
  g_mutex_unlock(&lock);
  g_free(path);
  g_free(root);
  g_string_free(text, TRUE);
}

static void unplug(node *n) {
  char path[64];
  path_of(n, path);
  g_mutex_lock(&lock);
  shut_down(n);
  g_mutex_unlock(&lock);
  umockdev_testbed_uevent(testbed, path, "remove");
  umockdev_testbed_remove_device(testbed, path);
}

static gboolean on_unplug(gpointer user) {
  unplug(user);
  return G_SOURCE_REMOVE;
}

static gboolean on_alarm(gpointer user) {
  node *n = user;
  int returns;
  g_mutex_lock(&lock);
  n->alarm = 0;
  n->alarm_time = 0;
  pump(n);
  returns = n->is_away && !(board_port_state(n->board) & BOARD_PORT_GONE);
  if (returns) n->is_away = 0;
  g_mutex_unlock(&lock);
  if (returns) plug(n);
  return G_SOURCE_REMOVE;
}

static void change(node *n, char what) {
  g_mutex_lock(&lock);
  switch (what) {
    case 'i': request(n, 0x02, 3, 0, ENDPOINT_IN); break;
    case 'o': request(n, 0x02, 3, 0, ENDPOINT_OUT); break;
    case 'e': finish_all(n, &n->in, -EPROTO); break;
    case 'v': finish_all(n, &n->in, -EOVERFLOW); break;
    case 'b': n->is_claimed = 1; break;
    case 'm': n->is_out_of_memory = 1; break;
    case 'f': n->is_frozen = 1; break;
    default: n->is_claimed = n->is_out_of_memory = n->is_frozen = 0; break;
  }
  pump(n);
  g_mutex_unlock(&lock);
}

static gboolean on_order(gint descriptor, GIOCondition condition, gpointer user) {
  char order[2];
  (void)condition, (void)user;
  if (recv(descriptor, order, 2, MSG_WAITALL) != 2) return G_SOURCE_REMOVE;
  node *n = &nodes[(order[1] - '1') % BOARDS];
  if (order[0] == 'u') {
    unplug(n);
  } else if (order[0] == 'p') {
    plug(n);
  } else {
    change(n, order[0]);
  }
  if (send(descriptor, order, 1, MSG_NOSIGNAL) != 1) return G_SOURCE_REMOVE;
  return G_SOURCE_CONTINUE;
}

static void on_exit_of_program(GPid pid, gint status, gpointer user) {
  (void)pid, (void)user;
  result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  g_main_loop_quit(loop);
}

int main(int argc, char **argv) {
  const char *plan = getenv("SPIKELET_TESTBED_FAULT");
  int ends[2], count = argc > 2 ? atoi(argv[1]) : 0;
  char text[16];
  GPid pid;
  GError *error = NULL;
  if (count < 1 || count > BOARDS || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) return 2;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  sprintf(text, "%d", ends[1]);
  setenv("SPIKELET_TESTBED", text, 1);
  testbed = umockdev_testbed_new();
  loop = g_main_loop_new(NULL, FALSE);
  for (int i = 0; i < count; i++) {
    node *n = &nodes[i];
    n->number = i + 1;
    n->fifo = n->watched_descriptor = -1;
    n->board = board_port_make(n->number, plan);
    n->handler = umockdev_ioctl_base_new();
    if (n->board == NULL) g_error("no board: is the plan of faults \"%s\" right?", plan != NULL ? plan : "");
    g_signal_connect(n->handler, "handle-ioctl", G_CALLBACK(on_ioctl), n);
    plug(n);
  }
  g_unix_fd_add(ends[0], G_IO_IN, on_order, NULL);
  if (!g_spawn_async(NULL, argv + 2, NULL,
                     G_SPAWN_DO_NOT_REAP_CHILD | G_SPAWN_SEARCH_PATH | G_SPAWN_LEAVE_DESCRIPTORS_OPEN, NULL, NULL, &pid,
                     &error)) {
    g_error("%s", error->message);
  }
  close(ends[1]);
  g_child_watch_add(pid, on_exit_of_program, NULL);
  g_main_loop_run(loop);
  for (int i = 0; plan != NULL && i < count; i++) {
    static uint8_t faults[65536];
    int32_t length = board_port_faults(nodes[i].board, faults, sizeof faults);
    fprintf(stderr, "testbed: faults that struck: %.*s\n", (int)length, (const char *)faults);
  }
  g_object_unref(testbed);
  return result;
}
