#include "platform.h"

struct spk_platform_slot *platform_handle_slots(void) {
  static struct spk_platform_slot slots[SPK_PLATFORM_SLOTS];
  return slots;
}

struct spk_platform_message *platform_thread_message(void) {
  static __thread struct spk_platform_message message;
  return &message;
}
