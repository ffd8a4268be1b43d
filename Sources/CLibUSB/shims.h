/* libusb as Spikelet uses it. Its functions are weak: a program that links the archive without libusb gets all but USB. */
#ifndef SPIKELET_LIBUSB_SHIMS_H
#define SPIKELET_LIBUSB_SHIMS_H

#include <libusb-1.0/libusb.h>
#include <stdint.h>
#include <unistd.h>

#pragma weak libusb_init
#pragma weak libusb_exit
#pragma weak libusb_set_option
#pragma weak libusb_handle_events_timeout_completed
#pragma weak libusb_interrupt_event_handler
#pragma weak libusb_hotplug_register_callback
#pragma weak libusb_get_device_list
#pragma weak libusb_free_device_list
#pragma weak libusb_ref_device
#pragma weak libusb_unref_device
#pragma weak libusb_get_device
#pragma weak libusb_get_device_descriptor
#pragma weak libusb_get_active_config_descriptor
#pragma weak libusb_free_config_descriptor
#pragma weak libusb_get_bus_number
#pragma weak libusb_get_port_numbers
#pragma weak libusb_open
#pragma weak libusb_wrap_sys_device
#pragma weak libusb_close
#pragma weak libusb_set_auto_detach_kernel_driver
#pragma weak libusb_claim_interface
#pragma weak libusb_release_interface
#pragma weak libusb_set_interface_alt_setting
#pragma weak libusb_clear_halt
#pragma weak libusb_control_transfer
#pragma weak libusb_alloc_transfer
#pragma weak libusb_free_transfer
#pragma weak libusb_submit_transfer
#pragma weak libusb_cancel_transfer

/* Whether libusb is in the process, 1.0.24 or later: a function of each of its objects, and those that came last. */
static inline int spk_usb_is_linked(void) {
  return libusb_init != NULL && libusb_get_active_config_descriptor != NULL && libusb_submit_transfer != NULL &&
         libusb_control_transfer != NULL && libusb_set_option != NULL && libusb_interrupt_event_handler != NULL &&
         libusb_wrap_sys_device != NULL;
}

/* A context. Where a program may not look for devices, as on Android, it still opens those that it is given. */
static inline int spk_usb_init(libusb_context **context, int discovers) {
  if (!discovers) libusb_set_option(NULL, LIBUSB_OPTION_NO_DEVICE_DISCOVERY);
  return libusb_init(context);
}

static inline int LIBUSB_CALL spk_usb_changed(libusb_context *context, libusb_device *device, libusb_hotplug_event event,
                                              void *descriptor) {
  (void)context, (void)device, (void)event;
  const uint64_t one = 1;
  if (write((int)(intptr_t)descriptor, &one, sizeof one) < 0) return 0;
  return 0; /* to be called again */
}

/* Signals the descriptor when a device comes or goes; does nothing where libusb cannot tell. */
static inline void spk_usb_watch(libusb_context *context, int descriptor) {
  libusb_hotplug_register_callback(context, LIBUSB_HOTPLUG_EVENT_DEVICE_ARRIVED | LIBUSB_HOTPLUG_EVENT_DEVICE_LEFT, 0,
                                   LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY, LIBUSB_HOTPLUG_MATCH_ANY,
                                   spk_usb_changed, (void *)(intptr_t)descriptor, NULL);
}

/* Handles what has happened, or waits for it: a minute at most. */
static inline int spk_usb_handle_events(libusb_context *context) {
  struct timeval minute = { 60, 0 };
  return libusb_handle_events_timeout_completed(context, &minute, NULL);
}

#endif
