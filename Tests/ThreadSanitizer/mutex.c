// Where Synchronization.Mutex has to wait, it locks and unlocks in Swift's own library, which is not instrumented: to
// ThreadSanitizer, whoever waited holds no lock. These stand before that library's functions and tell it.
//
// Names, arguments and what is in `handle` are those of stdlib/public/Synchronization/Mutex/LinuxImpl.swift.

#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdbool.h>
#include <stdint.h>

#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define TRY_LOCK "$s15Synchronization12_MutexHandleV12_tryLockSlowSbyF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

#define SWIFT __attribute__((swiftcall))
#define SELF __attribute__((swift_context))

void __tsan_acquire(void *address);
void __tsan_release(void *address);

SWIFT void lock(uint32_t thread, SELF void *handle) __asm__(LOCK);
SWIFT bool tryLock(SELF void *handle) __asm__(TRY_LOCK);
SWIFT void unlock(SELF void *handle) __asm__(UNLOCK);

SWIFT void lock(uint32_t thread, SELF void *handle) {
  ((SWIFT void (*)(uint32_t, SELF void *))dlsym(RTLD_NEXT, LOCK))(thread, handle);
  __tsan_acquire(handle);
}

SWIFT bool tryLock(SELF void *handle) {
  bool isLocked = ((SWIFT bool (*)(SELF void *))dlsym(RTLD_NEXT, TRY_LOCK))(handle);
  if (isLocked) __tsan_acquire(handle);
  return isLocked;
}

SWIFT void unlock(SELF void *handle) {
  __tsan_release(handle);
  ((SWIFT void (*)(SELF void *))dlsym(RTLD_NEXT, UNLOCK))(handle);
}
