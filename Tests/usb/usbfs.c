#define _GNU_SOURCE
#include "usbfs.h"

#include <sys/ioctl.h>

#include <errno.h>
#include <linux/usbdevice_fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "board_port.h"

enum { ENDPOINT_IN = 0x81, ENDPOINT_OUT = 1 };

typedef struct urb {
  UMockdevIoctlData *data, *buffer;
  const void *client; /* the open node that it came by */
  gulong address;     /* in the program */
  int32_t moved;
} urb;

typedef struct clear {
  UMockdevIoctlClient *client;
  uint16_t endpoint;
} clear;

GMutex usbfs_lock;

static struct usbdevfs_urb *record(const urb *u) { return (struct usbdevfs_urb *)(void *)u->data->data; }

void usbfs_show_ready(node *n) {
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

void usbfs_finish_all(node *n, GList **list, int status) {
  while (*list != NULL) finish(n, list, (*list)->data, status);
  usbfs_show_ready(n);
}

static gboolean on_board(gint descriptor, GIOCondition condition, gpointer user);

int32_t usbfs_request(node *n, uint8_t type, uint8_t request, uint16_t value, uint16_t index) {
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
    usbfs_request(n, 0x02, 1, 0, c->endpoint);
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

void usbfs_shut_down(node *n) {
  n->is_plugged = 0;
  usbfs_finish_all(n, &n->in, -ESHUTDOWN);
  usbfs_finish_all(n, &n->out, -ESHUTDOWN);
  usbfs_finish_all(n, &n->control, -ESHUTDOWN);
  for (; n->clears != NULL; n->clears = g_list_delete_link(n->clears, n->clears)) {
    clear *c = n->clears->data;
    umockdev_ioctl_client_complete(c->client, -1, ENODEV);
    g_object_unref(c->client);
    g_free(c);
  }
  usbfs_show_ready(n);
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

void usbfs_pump(node *n) {
  board_port_wake(n->board);
  answer_controls(n);
  move_out(n);
  move_in(n);
  if (n->is_plugged && (board_port_state(n->board) & BOARD_PORT_GONE)) {
    n->is_away = 1;
    usbfs_shut_down(n);
    g_idle_add_full(G_PRIORITY_HIGH, on_unplug, n, NULL); /* before it is there again */
  }
  usbfs_show_ready(n);
  watch(n);
}

static gboolean on_board(gint descriptor, GIOCondition condition, gpointer user) {
  (void)descriptor, (void)condition;
  g_mutex_lock(&usbfs_lock);
  usbfs_pump(user);
  g_mutex_unlock(&usbfs_lock);
  return G_SOURCE_CONTINUE;
}

void usbfs_reset(node *n) {
  board_port_reset(n->board);
  usbfs_request(n, 0x00, 9, 1, 0);
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
  usbfs_pump(n);
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
  usbfs_show_ready(n);
  return 0;
}

static int discard(node *n, const void *client, gulong address) {
  GList **lists[] = {&n->in, &n->out, &n->control};
  for (int i = 0; i < 3; i++) {
    for (GList *item = *lists[i]; item != NULL; item = item->next) {
      urb *u = item->data;
      if (u->client != client || u->address != address) continue;
      finish(n, lists[i], u, -ENOENT);
      usbfs_show_ready(n);
      return 0;
    }
  }
  return EINVAL;
}

static guint32 *word(UMockdevIoctlData *argument, UMockdevIoctlData **holder) {
  *holder = umockdev_ioctl_data_resolve(argument, 0, 4, NULL);
  return (guint32 *)(void *)(*holder)->data;
}

gboolean usbfs_on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer user) {
  node *n = user;
  gulong code = umockdev_ioctl_client_get_request(client);
  UMockdevIoctlData *argument = umockdev_ioctl_client_get_arg(client), *holder = NULL;
  int failure = 0, value = 0, is_later = 0;
  (void)base;
  g_mutex_lock(&usbfs_lock);
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
      case USBDEVFS_RESET: usbfs_reset(n); break;
      case USBDEVFS_CLEAR_HALT: {
        clear *c = g_new0(clear, 1);
        c->client = g_object_ref(client);
        c->endpoint = (uint16_t)*word(argument, &holder);
        n->clears = g_list_append(n->clears, c);
        is_later = 1;
        usbfs_pump(n);
        break;
      }
      case USBDEVFS_SUBMITURB: failure = submit(n, client, argument); break;
      case USBDEVFS_REAPURB:
      case USBDEVFS_REAPURBNDELAY: failure = reap(n, client, argument); break;
      case USBDEVFS_DISCARDURB: failure = discard(n, client, *(gulong *)(void *)argument->data); break;
      default:
        g_mutex_unlock(&usbfs_lock);
        fprintf(stderr, "testbed: ioctl 0x%lx is not known\n", code);
        return FALSE;
    }
  }
  if (holder != NULL) g_object_unref(holder);
  g_mutex_unlock(&usbfs_lock);
  if (!is_later) umockdev_ioctl_client_complete(client, failure ? -1 : value, failure);
  return TRUE;
}
