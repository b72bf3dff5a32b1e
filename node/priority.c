#include "node/priority.h"

#include <linux/sched.h>
#include <linux/sched/types.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define SHORT_NS 100000
#define USUAL_NS 3000000

/* Linux before 6.12 takes `nice` alone, and lets who wakes go before who is nice; since then it
 * does that only where the slice of who wakes is the shorter one. Where it is refused, as under a
 * policy that somebody chose for the whole program, all is as it was but for `nice`. */
static void set(int nice, __u64 slice_ns)
{
    struct sched_attr attributes = {.size = SCHED_ATTR_SIZE_VER0,
                                    .sched_flags = SCHED_FLAG_KEEP_POLICY,
                                    .sched_nice = nice,
                                    .sched_runtime = slice_ns};

    if (syscall(SYS_sched_setattr, 0, &attributes, 0) != 0)
        setpriority(PRIO_PROCESS, 0, nice);
}

void priority_of_facts(void)
{
    set(getpriority(PRIO_PROCESS, 0), SHORT_NS);
}

void priority_of_derived(int nice)
{
    set(nice, USUAL_NS);
}
