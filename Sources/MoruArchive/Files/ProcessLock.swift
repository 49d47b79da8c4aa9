package import Foundation

/// A lock on a file or folder that lives as long as its holder, however that ends.
///
/// The kernel releases it when the process dies, so what a dead process left behind can be told
/// from what a live one is using; neither a reused process number nor a restart of the machine
/// or a container can deceive it.
package final class ProcessLock: Sendable {
  private let descriptor: Int32

  private init(descriptor: Int32) { self.descriptor = descriptor }

  deinit { close(descriptor) }

  /// Takes the lock of `url`, waiting for another holder to let go.
  package static func waiting(for url: URL) throws(ArchiveError) -> ProcessLock {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .failed("open", url.path) }
    let lock = ProcessLock(descriptor: descriptor)
    while flock(descriptor, LOCK_EX) != 0 {
      guard errno == EINTR else { throw .failed("lock", url.path) }
    }
    return lock
  }

  /// Makes something new in `folder` under a name that nobody uses, and locks it.
  ///
  /// - Parameters:
  ///   - prefix: The beginning of its name.
  ///   - make: Makes it at a path; returns false and sets `errno` if it could not.
  package static func making(
    in folder: URL, prefix: String, make: (String) -> Bool
  ) throws(ArchiveError) -> (url: URL, lock: ProcessLock) {
    while true {
      let url = folder.appending(path: prefix + UUID().uuidString)
      guard make(url.path) else { throw .failed("make", url.path) }
      let descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
      guard descriptor >= 0 else {
        if errno == ENOENT { continue }
        throw .failed("open", url.path)
      }
      let lock = ProcessLock(descriptor: descriptor)
      // Between making and locking, a cleaner may have taken it for left over.
      if flock(descriptor, LOCK_EX | LOCK_NB) == 0 {
        if lock.isOn(url) { return (url, lock) }
      } else if errno != EWOULDBLOCK {
        throw .failed("lock", url.path)
      }
    }
  }

  /// Whether a live process holds the lock of `url`; false if there is nothing at `url`.
  ///
  /// - Throws: `ArchiveError.system` if it cannot be asked.
  package static func isHeld(_ url: URL) throws(ArchiveError) -> Bool {
    let descriptor = open(url.path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return false }
      throw .failed("open", url.path)
    }
    defer { close(descriptor) }
    // Shared, so that two who ask at once do not take each other for the holder.
    if flock(descriptor, LOCK_SH | LOCK_NB) == 0 { return false }
    guard errno == EWOULDBLOCK else { throw .failed("lock", url.path) }
    return true
  }

  private func isOn(_ url: URL) -> Bool {
    var ours = stat()
    var found = stat()
    return fstat(descriptor, &ours) == 0 && lstat(url.path, &found) == 0
      && ours.st_ino == found.st_ino && ours.st_dev == found.st_dev
  }
}
