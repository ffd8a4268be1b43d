#include "touches.h"

#include <stdio.h>
#include <stdlib.h>

#include "draws.h"

/* One line: the kind, and TICK:TAXEL for each event. 1 at the end of the file, −1 if it is no touch. */
static int read_line(FILE *file, touch *one, touch_event *events) {
  unsigned kind, tick, taxel;
  int found = fscanf(file, "%u", &kind), next;
  if (found == EOF) return 1;
  if (found != 1 || kind >= TOUCH_KINDS) return -1;
  one->kind = kind;
  one->event_count = 0;
  while ((next = fgetc(file)) == ' ') {
    if (one->event_count == TOUCH_EVENTS || fscanf(file, "%u:%u", &tick, &taxel) != 2) return -1;
    if (tick >= TOUCH_TICKS || taxel >= TAXELS) return -1;
    events[one->event_count].tick = (uint8_t)tick;
    events[one->event_count++].taxel = (uint8_t)taxel;
  }
  return next == '\n' || next == EOF ? 0 : -1;
}

/* Room for `count` touches and their events, of which each has TOUCH_EVENTS at most. */
static int grow(touches *all, size_t count) {
  touch *list = realloc(all->list, count * sizeof *list);
  touch_event *events;
  if (!list) return -1;
  all->list = list;
  events = realloc(all->events, count * TOUCH_EVENTS * sizeof *events);
  if (!events) return -1;
  all->events = events;
  return 0;
}

int touches_read(touches *all, const char *path) {
  FILE *file = fopen(path, "r");
  size_t room = 0;
  int end = 0;
  *all = (touches){0};
  if (!file) return perror(path), -1;
  while (!end) {
    if (all->count == room && grow(all, room = room ? 2 * room : 512)) end = -1;
    else if (!(end = read_line(file, &all->list[all->count], all->events + all->count * TOUCH_EVENTS))) all->count++;
  }
  fclose(file);
  for (size_t i = 0; i < all->count; i++) all->list[i].events = all->events + i * TOUCH_EVENTS;
  if (end == 1 && all->count > 0) return 0;
  fprintf(stderr, "%s: touch %zu cannot be read\n", path, all->count + 1);
  touches_free(all);
  return -1;
}

void touches_free(touches *all) {
  free(all->list);
  free(all->events);
  *all = (touches){0};
}

fingertip fingertip_new(void) {
  fingertip finger;
  for (int i = 0; i < TAXELS; i++) finger.taxel[i] = (uint8_t)i, finger.kept[i] = 1;
  return finger;
}

fingertip fingertip_rewired(uint64_t seed) {
  fingertip finger = fingertip_new();
  for (uint32_t i = TAXELS - 1; i > 0; i--) {
    uint32_t other = draw_below(&seed, i); /* never itself: every taxel moves */
    uint8_t taxel = finger.taxel[i];
    finger.taxel[i] = finger.taxel[other];
    finger.taxel[other] = taxel;
  }
  return finger;
}

fingertip fingertip_worn(uint64_t seed) {
  fingertip order = fingertip_rewired(seed), finger = fingertip_new();
  for (int i = 0; i < TAXELS; i++) finger.kept[order.taxel[i]] = i < TAXELS / 4 ? 0 : draw_between(&seed, 0.4, 1);
  return finger;
}

size_t touch_feel(const touch *one, const fingertip *finger, uint64_t seed, touch_event *events) {
  size_t count = 0;
  for (uint32_t i = 0; i < one->event_count; i++) {
    touch_event event = one->events[i];
    size_t place = count;
    if (draw_between(&seed, 0, 1) >= finger->kept[event.taxel]) continue;
    event.taxel = finger->taxel[event.taxel];
    /* Events of a tick are put in order again. */
    while (place > 0 && events[place - 1].tick == event.tick && events[place - 1].taxel > event.taxel) {
      events[place] = events[place - 1];
      place--;
    }
    events[place] = event;
    count++;
  }
  return count;
}
