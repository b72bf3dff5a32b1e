#ifndef CANDOUR_NODE_PRIORITY_H
#define CANDOUR_NODE_PRIORITY_H

/* Who waits for a processor when there are too few. Each is of the calling thread alone, and of
 * those that it starts from then on. Neither needs a privilege. */

/* Who takes in, keeps and passes on facts runs for a short time at once, and is let run as soon as
 * there is something for it to do. */
void priority_of_facts(void);

/* Who derives runs for as long as it is let, and `nice` tells how readily it gives way. One that
 * was nice cannot be less so afterwards. */
void priority_of_derived(int nice);

#endif
