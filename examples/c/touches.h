/** @file touches.h
 * Touches of a fingertip, as `spikelet samples classify` writes them, and what may become of the fingertip.
 */
#ifndef EXAMPLES_TOUCHES_H
#define EXAMPLES_TOUCHES_H

#include <stddef.h>
#include <stdint.h>

enum { TOUCH_KINDS = 8, TAXELS = 16, TOUCH_TICKS = 120, TOUCH_EVENTS = 512 /* of a touch, at most */ };

typedef struct touch_event {
  uint8_t tick, taxel;
} touch_event;

typedef struct touch {
  uint32_t kind;
  uint32_t event_count;
  touch_event *events; /**< by ascending tick and taxel */
} touch;

typedef struct touches {
  touch *list;
  size_t count;
  touch_event *events; /**< of all of them */
} touches;

/** What a fingertip does to events: where they are felt, and how many of them are. */
typedef struct fingertip {
  uint8_t taxel[TAXELS]; /**< at which a taxel's events arrive */
  double kept[TAXELS];   /**< 0 .. 1, by taxel before that */
} fingertip;

/** Reads a file. @return −1, with a sentence on stderr, if it cannot be read or is none of touches. */
int touches_read(touches *all, const char *path);
void touches_free(touches *all);

/** As the network was trained with. */
fingertip fingertip_new(void);
/** Its wires were mixed up: every taxel is felt in the place of another, as drawn. */
fingertip fingertip_rewired(uint64_t seed);
/** Worn: a quarter of the taxels, as drawn, are dead, the others lose up to 6 events of 10, each its own share. */
fingertip fingertip_worn(uint64_t seed);

/** What is felt of a touch.
 * @param seed    of what is lost
 * @param events  [TOUCH_EVENTS], by ascending tick and taxel
 * @return events there are
 */
size_t touch_feel(const touch *one, const fingertip *finger, uint64_t seed, touch_event *events);

#endif
