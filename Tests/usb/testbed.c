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
#include "usbfs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "board_port.h"

enum { BOARDS = 4, ENDPOINT_IN = 0x81, ENDPOINT_OUT = 1 };

static node nodes[BOARDS];
static UMockdevTestbed *testbed;
static GMainLoop *loop;
static int result = 1;

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
  g_mutex_lock(&usbfs_lock);
  usbfs_reset(n);
  n->is_plugged = 1;
  n->is_claimed = 0;
  gchar *root = umockdev_testbed_get_root_dir(testbed), *path = g_build_filename(root, name, NULL);
  g_mutex_unlock(&usbfs_lock);
  if (!umockdev_testbed_add_from_string(testbed, text->str, &error)) g_error("add: %s", error->message);
  g_mutex_lock(&usbfs_lock);
  unlink(path);
  if (n->fifo >= 0) close(n->fifo);
  if (mkfifo(path, 0666) != 0) perror("testbed: mkfifo");
  n->fifo = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
  fcntl(n->fifo, F_SETPIPE_SZ, 4096);
  n->is_ready = 1;
  usbfs_show_ready(n);
  g_mutex_unlock(&usbfs_lock);
  g_free(path);
  g_free(root);
  g_string_free(text, TRUE);
}

static void unplug(node *n) {
  char path[64];
  path_of(n, path);
  g_mutex_lock(&usbfs_lock);
  usbfs_shut_down(n);
  g_mutex_unlock(&usbfs_lock);
  umockdev_testbed_uevent(testbed, path, "remove");
  umockdev_testbed_remove_device(testbed, path);
}

gboolean on_unplug(gpointer user) {
  unplug(user);
  return G_SOURCE_REMOVE;
}

gboolean on_alarm(gpointer user) {
  node *n = user;
  int returns;
  g_mutex_lock(&usbfs_lock);
  n->alarm = 0;
  n->alarm_time = 0;
  usbfs_pump(n);
  returns = n->is_away && !(board_port_state(n->board) & BOARD_PORT_GONE);
  if (returns) n->is_away = 0;
  g_mutex_unlock(&usbfs_lock);
  if (returns) plug(n);
  return G_SOURCE_REMOVE;
}

static void change(node *n, char what) {
  g_mutex_lock(&usbfs_lock);
  switch (what) {
    case 'i': usbfs_request(n, 0x02, 3, 0, ENDPOINT_IN); break;
    case 'o': usbfs_request(n, 0x02, 3, 0, ENDPOINT_OUT); break;
    case 'e': usbfs_finish_all(n, &n->in, -EPROTO); break;
    case 'v': usbfs_finish_all(n, &n->in, -EOVERFLOW); break;
    case 'b': n->is_claimed = 1; break;
    case 'm': n->is_out_of_memory = 1; break;
    case 'f': n->is_frozen = 1; break;
    default: n->is_claimed = n->is_out_of_memory = n->is_frozen = 0; break;
  }
  usbfs_pump(n);
  g_mutex_unlock(&usbfs_lock);
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
    g_signal_connect(n->handler, "handle-ioctl", G_CALLBACK(usbfs_on_ioctl), n);
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
