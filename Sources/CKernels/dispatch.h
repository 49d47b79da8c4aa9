// How a kernel body becomes one function per instruction set.
//
// `BODY(name)` gives a function its suffixed name while a body file is being included.

#ifndef CK_DISPATCH_H
#define CK_DISPATCH_H

#define CK_JOIN_(a, b) a##_##b
#define CK_JOIN(a, b) CK_JOIN_(a, b)
#define BODY(name) CK_JOIN(name, CK_SUFFIX)

#if defined(__x86_64__)
/// 2 for x86-64-v4, 1 for x86-64-v3, 0 otherwise.
static inline int ck_level(void) {
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
      __builtin_cpu_supports("avx512vl"))
    return 2;
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
                 __builtin_cpu_supports("bmi2")
             ? 1
             : 0;
}
#define CK_SELECT_BODY(name) \
  (ck_level() == 2 ? name##_v4 : ck_level() == 1 ? name##_v3 : name##_base)
#else
#define CK_SELECT_BODY(name) name##_base
#endif

#endif
