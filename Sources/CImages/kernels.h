#ifndef KERNELS_H
#define KERNELS_H

/* Compiles a function for several instruction sets; the best one is chosen when the program starts. */
#if defined(__x86_64__) && defined(__linux__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

#define INLINE static inline __attribute__((always_inline))

#endif
