/* What usbfs does for a simulated board: transfers under way, and the ioctls that programs make on its node. */
#ifndef TESTS_USBFS_H
#define TESTS_USBFS_H

#include <glib-unix.h>
#include <stdint.h>
#include <umockdev.h>

/* A board and its node. Everything is guarded by usbfs_lock: ioctls come on a thread of umockdev's. */
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

extern GMutex usbfs_lock;

/* All with the lock held, but usbfs_on_ioctl(), which takes it. */

/* A control request that has no data. */
int32_t usbfs_request(node *n, uint8_t type, uint8_t request, uint16_t value, uint16_t index);
/* A fresh board, configured. */
void usbfs_reset(node *n);
/* Moves bytes between the board and what is under way, and watches the board for more. */
void usbfs_pump(node *n);
void usbfs_finish_all(node *n, GList **list, int status);
/* All that is under way ends, as the device is not there any more. */
void usbfs_shut_down(node *n);
/* Makes the node that libusb polls writable while something can be reaped. */
void usbfs_show_ready(node *n);
gboolean usbfs_on_ioctl(UMockdevIoctlBase *base, UMockdevIoctlClient *client, gpointer node);

/* The testbed's: the board has gone by the plan of faults, or has to be woken. */
gboolean on_unplug(gpointer node);
gboolean on_alarm(gpointer node);

#endif
